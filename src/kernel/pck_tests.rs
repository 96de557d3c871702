use ndarray::{Array2, s};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::data::{DataSet, ImageShape};
use crate::kernel::features::FeatureMap;
use crate::kernel::{Covariance, EnsembleBuilder, GrowingGram, KernelError, Mixture, PckConfig};

/// Images with soft clusters, so that many posteriors are shared between components.
fn digits(n: usize) -> DataSet {
    let mut random = Pcg64Mcg::seed_from_u64(3);
    let pixels = (0..n * 20).map(|i| {
        let level = if (i / 20) % 3 == i % 3 { 150.0 } else { 70.0 };
        (level + 80.0 * (random.random::<f64>() - 0.5)) as u8
    });
    let shape = ImageShape {
        height: 4,
        width: 5,
    };
    DataSet::new("clusters", shape, pixels.collect(), None).unwrap()
}

fn config(covariance: Covariance) -> PckConfig {
    PckConfig {
        restarts: 40,
        max_components: 9,
        covariance,
        ..PckConfig::default()
    }
}

fn builder(data: &DataSet, covariance: Covariance, seed: u64) -> EnsembleBuilder {
    let fit: Vec<_> = (0..60).collect();
    EnsembleBuilder::new(data.rows(&fit).view(), &config(covariance), seed).unwrap()
}

fn kernel(data: &DataSet, covariance: Covariance, piece: usize) -> Pck {
    let mut builder = builder(data, covariance, 5);
    while builder.fits().len() < builder.total() {
        builder.fit_next(piece);
    }
    let ensemble = Arc::new(builder.finish());
    let mut posteriors = Posteriors::empty(&ensemble);
    while posteriors.place_next(&ensemble, data, 70) < data.len() {}
    Pck::new(ensemble, posteriors)
}

/// F, from posteriors computed one by one without any cut.
fn dense(pck: &Pck, data: &DataSet) -> Array2<f64> {
    let all: Vec<_> = (0..data.len()).collect();
    let ensemble = pck.ensemble();
    let mut features = Array2::zeros((data.len(), ensemble.map().shape().width()));
    ensemble
        .map()
        .write(data.rows(&all).view(), features.view_mut());
    let mut dense = Array2::zeros((data.len(), ensemble.components()));
    let mut start = 0;
    for block in ensemble.blocks() {
        let mut logits = Array2::zeros((data.len(), block.components()));
        block.logits(features.view(), logits.view_mut());
        let mut first = 0;
        for &size in &block.sizes {
            for (i, logits) in logits
                .slice(s![.., first..first + size])
                .outer_iter()
                .enumerate()
            {
                let logits = logits.mapv(f64::from);
                let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let weights = logits.mapv(|logit| (logit - largest).exp());
                let posterior = &weights / weights.sum();
                dense
                    .slice_mut(s![i, start + first..start + first + size])
                    .assign(&posterior);
            }
            first += size;
        }
        start += first;
    }
    dense
}

#[test]
fn posteriors_sum_to_one_and_agree_with_dense_ones() {
    let data = digits(300);
    for covariance in [Covariance::Diagonal, Covariance::Spherical] {
        let pck = kernel(&data, covariance, 100);
        let dense = dense(&pck, &data);
        let posteriors = pck.posteriors();
        assert!(
            posteriors.entries() > 300 * 10,
            "the posteriors are not all one-hot"
        );
        for sample in 0..300 {
            for mixture in 0..posteriors.mixtures() {
                let posterior = posteriors.posterior(sample, mixture);
                assert!((posterior.iter().sum::<f32>() - 1.0).abs() < 1e-6);
                let start = posteriors.starts()[mixture] as usize;
                for (component, &weight) in posterior.iter().enumerate() {
                    // Nine components, each at most the cut away.
                    let error = f64::from(weight) - dense[[sample, start + component]];
                    assert!(error.abs() < 1e-4);
                }
            }
        }
    }
}

#[test]
fn blocks_agree_with_the_dense_kernel() {
    let data = digits(300);
    let pck = kernel(&data, Covariance::Diagonal, 100);
    let dense = dense(&pck, &data);
    let all = dense.dot(&dense.t());
    let largest = all.diag().iter().copied().fold(0.0, f64::max);
    assert!((pck.normaliser() / largest - 1.0).abs() < 1e-4);
    let all = all / largest;
    // Sizes below, at and above a tile's 64 lanes.
    for (rows, columns) in [(1, 1), (64, 65), (130, 3), (200, 128)] {
        let rows: Vec<_> = (0..rows).map(|i| (i * 7) % 300).collect();
        let columns: Vec<_> = (0..columns).map(|i| (i * 11 + 4) % 300).collect();
        let mut out = Array2::from_elem((rows.len(), columns.len()), f32::NAN);
        pck.block(&rows, &columns, out.view_mut());
        let mut gram = Array2::from_elem((rows.len(), rows.len()), f32::NAN);
        let mut scratch = Scratch::default();
        // Once to fill the buffers with something else.
        pck.gram(
            &columns,
            &mut scratch,
            Array2::zeros((columns.len(), columns.len())).view_mut(),
        );
        pck.gram(&rows, &mut scratch, gram.view_mut());
        assert_eq!(gram, gram.t());
        for (i, &row) in rows.iter().enumerate() {
            for (j, &column) in columns.iter().enumerate() {
                // Posteriors are cut at 1e-5, and a mixture has nine of them.
                assert!((f64::from(out[[i, j]]) - all[[row, column]]).abs() < 1e-4);
            }
            for (j, &column) in rows.iter().enumerate() {
                assert!((f64::from(gram[[i, j]]) - all[[row, column]]).abs() < 1e-4);
            }
        }
        assert!(
            gram.iter()
                .all(|&entry| (0.0..=1.0 + 1e-5).contains(&entry))
        );
        let v = Array2::from_shape_fn((columns.len(), 3), |(i, j)| ((i + 3 * j) as f32).sin());
        let product = pck.multiply(&rows, &columns, v.view());
        let images = data.rows::<f32>(&rows);
        let of_images = pck.multiply_images(images.view(), &rows, &columns, v.view());
        let across = pck.across(images.view(), &columns).unwrap();
        // Those of samples are cut, those of new images are not.
        assert!((&across - &out).iter().all(|error| error.abs() < 1e-4));
        let wanted = out.dot(&v);
        assert!((&product - &wanted).iter().all(|error| error.abs() < 1e-3));
        assert!(
            (&of_images - &wanted)
                .iter()
                .all(|error| error.abs() < 1e-3)
        );
    }
}

#[test]
fn many_columns_go_through_several_slices() {
    let data = digits(150);
    let pck = kernel(&data, Covariance::Spherical, 100);
    let all: Vec<_> = (0..150).collect();
    assert!(slices(pck.posteriors().starts(), 150).len() > 1);
    let product = pck.multiply(&all, &all, Array2::eye(150).view());
    let mut gram = Array2::zeros((150, 150));
    pck.gram(&all, &mut Scratch::default(), gram.view_mut());
    assert!((&product - &gram).iter().all(|error| error.abs() < 1e-4));
}

#[test]
fn pieces_and_threads_do_not_matter_and_seeds_do() {
    let data = digits(200);
    let all: Vec<_> = (0..200).collect();
    let gram = |pck: &Pck| {
        let mut out = Array2::zeros((200, 200));
        pck.gram(&all, &mut Scratch::default(), out.view_mut());
        out
    };
    let one = gram(&kernel(&data, Covariance::Diagonal, 7));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let other = pool.install(|| gram(&kernel(&data, Covariance::Diagonal, 1000)));
    assert_eq!(one, other);
    let mut first = builder(&data, Covariance::Diagonal, 1);
    let mut second = builder(&data, Covariance::Diagonal, 2);
    let likelihoods = |builder: &mut EnsembleBuilder| {
        let fitted = builder.fit_next(40);
        fitted
            .iter()
            .map(|mixture| mixture.fit.log_likelihood)
            .collect::<Vec<_>>()
    };
    assert_ne!(likelihoods(&mut first), likelihoods(&mut second));
}

#[test]
fn the_growing_kernel_ends_as_the_kernel() {
    let data = digits(100);
    let all: Vec<_> = (0..100).collect();
    let mut builder = builder(&data, Covariance::Diagonal, 5);
    let mut growing = GrowingGram::new(&builder, data.rows(&all).view());
    assert!(growing.matrix().iter().all(|&entry| entry == 0.0));
    while builder.fits().len() < builder.total() {
        growing.add(&builder.fit_next(23));
    }
    assert_eq!(growing.mixtures(), builder.total());
    let pck = kernel(&data, Covariance::Diagonal, 50);
    let mut gram = Array2::zeros((100, 100));
    pck.gram(&all, &mut Scratch::default(), gram.view_mut());
    assert!(
        (&gram - &growing.matrix())
            .iter()
            .all(|error| error.abs() < 1e-4)
    );
}

#[test]
fn bad_samples_and_settings_are_told() {
    let data = digits(100);
    let rows = |n: usize| data.rows::<f32>(&(0..n).collect::<Vec<_>>());
    let config = config(Covariance::Diagonal);
    let fails = |n: usize, config: &PckConfig| {
        EnsembleBuilder::new(rows(n).view(), config, 0)
            .err()
            .unwrap()
    };
    let few = KernelError::TooFewSamples {
        needed: 9,
        given: 8,
    };
    assert_eq!(fails(8, &config), few);
    for wrong in [
        PckConfig {
            restarts: 0,
            ..config
        },
        PckConfig {
            max_components: 1,
            ..config
        },
        PckConfig {
            max_components: 256,
            ..config
        },
        PckConfig {
            variance_floor: 0.0,
            ..config
        },
        PckConfig {
            variance_floor: f64::NAN,
            ..config
        },
        PckConfig {
            max_iterations: 0,
            ..config
        },
        PckConfig {
            tolerance: f64::NAN,
            ..config
        },
        PckConfig {
            restarts: 70_000,
            ..config
        },
    ] {
        assert!(
            matches!(fails(60, &wrong), KernelError::Setting { .. }),
            "{wrong:?}"
        );
    }
    let same = Array2::from_elem((50, 20), 0.3_f32);
    let error = EnsembleBuilder::new(same.view(), &config, 0).err();
    assert_eq!(error, Some(KernelError::IdenticalSamples));
}

/// Several batches at once, after some samples that are there already.
#[test]
fn samples_placed_in_any_pieces_have_the_posteriors_of_the_definition() {
    let data = digits(700);
    let mut builder = builder(&data, Covariance::Diagonal, 5);
    builder.fit_next(30);
    let ensemble = Arc::new(builder.finish());
    let mut posteriors = Posteriors::empty(&ensemble);
    assert_eq!(posteriors.place_next(&ensemble, &data, 100), 100);
    assert_eq!(posteriors.place_next(&ensemble, &data, 570), 670);
    assert_eq!(posteriors.place_next(&ensemble, &data, usize::MAX), 700);
    assert_eq!(posteriors.place_next(&ensemble, &data, 5), 700);
    let pck = Pck::new(ensemble, posteriors);
    let (dense, placed) = (dense(&pck, &data), pck.posteriors());
    assert_eq!((placed.samples(), placed.mixtures()), (700, 30));
    for sample in 0..700 {
        for mixture in 0..30 {
            let start = placed.starts()[mixture] as usize;
            for (component, weight) in placed.posterior(sample, mixture).iter().enumerate() {
                let error = f64::from(*weight) - dense[[sample, start + component]];
                assert!(error.abs() < 1e-4, "{sample}, {mixture}: {error}");
            }
        }
    }
}

/// Each mixture parts the samples at a bound of its own, far from all of them, so that there is
/// nothing to correct anywhere. More mixtures than a byte counts, more samples than a tile has.
#[test]
fn samples_without_corrections_are_as_alike_as_the_mixtures_in_which_they_agree() {
    let (samples, mixtures) = (70, 300);
    let place = |sample: usize| sample as f64 / 70.0;
    let bound = |mixture: usize| (mixture * 11 % 71) as f64 / 70.0 - 0.5 / 70.0;
    let pixels = Array2::from_shape_fn((samples, 1), |(i, _)| place(i) as f32);
    let map = Arc::new(FeatureMap::new(pixels.view(), Covariance::Spherical));
    let mean = 69.0 / 140.0;
    let parted = |mixture: usize| {
        let constant = 5000.0 * (bound(mixture) - mean);
        Mixture::of_parameters(&[0.0, 5000.0, 0.0, 0.0], &[0.0, constant])
    };
    let parted: Vec<_> = (0..mixtures).map(parted).collect();
    let ensemble = Arc::new(Ensemble::new(map, &parted));
    let posteriors = Posteriors::of_images(&ensemble, pixels.view());
    assert_eq!(posteriors.entries(), 0);
    let pck = Pck::new(ensemble, posteriors);
    assert_eq!(pck.normaliser(), 300.0);
    let all: Vec<_> = (0..samples).collect();
    let v = Array2::eye(samples);
    let (mut gram, mut block) = (v.clone(), v.clone());
    pck.gram(&all, &mut Scratch::default(), gram.view_mut());
    pck.block(&all, &all, block.view_mut());
    let product = pck.multiply(&all, &all, v.view());
    for i in 0..samples {
        for j in 0..samples {
            let agree = |&mixture: &usize| {
                let bound = bound(mixture);
                (place(i) > bound) == (place(j) > bound)
            };
            let wanted = (0..mixtures).filter(agree).count() as f32 / 300.0;
            for found in [&gram, &block, &product] {
                assert!((found[[i, j]] - wanted).abs() < 1e-6, "{i}, {j}");
            }
        }
    }
}

#[test]
fn products_with_nothing_are_nothing() {
    let data = digits(70);
    let pck = kernel(&data, Covariance::Diagonal, 100);
    let rows = [3, 1, 4];
    let product = pck.multiply(&rows, &rows, Array2::zeros((3, 0)).view());
    assert_eq!(product.dim(), (3, 0));
    let product = pck.multiply(&[], &rows, Array2::zeros((3, 2)).view());
    assert_eq!(product.dim(), (0, 2));
}

/// What two samples agree in, summed over all mixtures, is their entry of P; under each mixture it is the product
/// of their posteriors.
#[test]
fn agreement_adds_up_to_the_kernel() {
    let data = digits(100);
    let pck = kernel(&data, Covariance::Spherical, 50);
    let posteriors = pck.posteriors();
    let sizes: Vec<usize> = pck
        .ensemble()
        .starts()
        .windows(2)
        .map(|at| (at[1] - at[0]) as usize)
        .collect();
    for (i, j) in [(0, 1), (3, 3), (17, 90), (90, 17), (41, 55)] {
        let mut sums = std::collections::BTreeMap::<usize, Vec<f64>>::new();
        for (mixture, &size) in sizes.iter().enumerate() {
            let [a, b] = [i, j].map(|sample| posteriors.posterior(sample, mixture));
            let product = a.iter().zip(&b).map(|(a, b)| f64::from(a * b)).sum();
            sums.entry(size).or_default().push(product);
        }
        let agreement = pck.agreement(i, j).unwrap();
        assert_eq!(agreement.len(), 8, "g = 2, …, 9");
        let mut total = 0.0;
        for one in &agreement {
            let all = &sums[&one.components];
            assert_eq!(all.len(), 40, "each start has one of this size");
            let mean = all.iter().sum::<f64>() / 40.0;
            assert!((one.share - mean).abs() < 1e-5, "{} {mean}", one.share);
            total += one.share * 40.0;
        }
        let mut entry = Array2::zeros((1, 1));
        pck.block(&[i], &[j], entry.view_mut());
        let entry = f64::from(entry[[0, 0]]);
        assert!(
            (total / pck.normaliser() - entry).abs() < 1e-4,
            "{total} {entry}"
        );
    }
    assert!(
        pck.agreement(2, 2)
            .unwrap()
            .iter()
            .all(|one| one.share > 0.4 && one.share < 1.0 + 1e-6)
    );
}
