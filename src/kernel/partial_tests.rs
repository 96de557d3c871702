use std::sync::Arc;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::data::{DataSet, ImageShape};
use crate::kernel::{PckConfig, PriorConfig, PriorKernel, build};

const STARTS: usize = 5;
const LARGEST: usize = 7;

/// Images whose posteriors are shared between components.
fn data() -> Arc<DataSet> {
    let mut random = Pcg64Mcg::seed_from_u64(3);
    let pixels = (0..140 * 12).map(|i| {
        let level = if (i / 12) % 3 == i % 3 { 150.0 } else { 70.0 };
        (level + 80.0 * (random.random::<f64>() - 0.5)) as u8
    });
    let shape = ImageShape {
        height: 3,
        width: 4,
    };
    Arc::new(DataSet::new("clusters", shape, pixels.collect(), None).unwrap())
}

fn fitted(change: impl FnOnce(&mut PckConfig)) -> Box<dyn PriorKernel> {
    let mut config = PckConfig {
        restarts: STARTS,
        max_components: LARGEST,
        fit_samples: 50,
        ..PckConfig::default()
    };
    change(&mut config);
    let training: Vec<usize> = (0..100).collect();
    build(&PriorConfig::Pck(config), &data(), &training, 4).unwrap()
}

fn range(least: usize, most: usize, starts: usize) -> MixtureRange {
    MixtureRange {
        components: [least, most],
        starts,
    }
}

/// The images on show: fewer than there are, in an order of their own.
fn rows() -> Vec<usize> {
    (0..90).map(|i| (i * 37) % 140).collect()
}

fn part(gram: &mut PartialGram, pck: &Pck, range: MixtureRange) -> (PartialSum, Array2<f32>) {
    let rows = rows();
    let mut out = Array2::from_elem((rows.len(), rows.len()), f32::NAN);
    let sum = gram.write(pck, range, &rows, out.view_mut());
    (sum, out)
}

fn worst(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    (a - b).iter().fold(0.0, |worst, d| worst.max(d.abs()))
}

/// Mixture by mixture, from the posteriors one by one.
fn plainly(pck: &Pck, range: MixtureRange) -> (usize, f64, Array2<f32>) {
    let posteriors = pck.posteriors();
    // Number i is start i / (G−1) with 2 + i mod (G−1) components.
    let chosen: Vec<usize> = (0..posteriors.mixtures())
        .filter(|i| {
            let (start, size) = (i / (LARGEST - 1), 2 + i % (LARGEST - 1));
            start < range.starts && (range.components[0]..=range.components[1]).contains(&size)
        })
        .collect();
    let all: Vec<Vec<Vec<f32>>> = (0..posteriors.samples())
        .map(|sample| {
            chosen
                .iter()
                .map(|&m| posteriors.posterior(sample, m))
                .collect()
        })
        .collect();
    let product = |i: usize, j: usize| -> f64 {
        let mixtures = all[i].iter().zip(&all[j]);
        mixtures
            .flat_map(|(a, b)| a.iter().zip(b))
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum()
    };
    let largest = (0..all.len()).map(|i| product(i, i)).fold(0.0, f64::max);
    let rows = rows();
    let matrix = Array2::from_shape_fn((rows.len(), rows.len()), |(i, j)| {
        (product(rows[i], rows[j]) / largest) as f32
    });
    (chosen.len(), largest, matrix)
}

#[test]
fn a_part_is_what_its_posteriors_give() {
    let kernel = fitted(|_| {});
    let pck = kernel.as_pck().unwrap();
    assert!(pck.posteriors().entries() > 1_000, "not all are one-hot");
    let mut gram = PartialGram::new(pck);
    // From many mixtures to few and back: what is kept in memory does not show.
    for range in [
        range(2, 7, 5),
        range(4, 4, 1),
        range(2, 3, 5),
        range(6, 7, 2),
        range(2, 7, 3),
    ] {
        let (mixtures, normaliser, wanted) = plainly(pck, range);
        let (sum, found) = part(&mut gram, pck, range);
        assert_eq!(sum.mixtures, mixtures, "{range:?}");
        assert!((sum.normaliser / normaliser - 1.0).abs() < 1e-5);
        assert!(worst(&found, &wanted) < 1e-5, "{range:?}");
    }
}

#[test]
fn the_whole_range_is_p_and_parts_add_up_to_it() {
    let kernel = fitted(|_| {});
    let pck = kernel.as_pck().unwrap();
    let whole = pck.range().unwrap();
    assert_eq!(whole, range(2, LARGEST, STARTS));
    let mut gram = PartialGram::new(pck);
    let (sum, found) = part(&mut gram, pck, whole);
    assert_eq!(sum.mixtures, STARTS * (LARGEST - 1));
    let rows = rows();
    let mut p = Array2::zeros((rows.len(), rows.len()));
    pck.gram(&rows, &mut Scratch::default(), p.view_mut());
    assert!((sum.normaliser - pck.normaliser()).abs() < 1e-9);
    assert_eq!(found, p);
    let mut added = Array2::<f32>::zeros(p.dim());
    let mut mixtures = 0;
    for range in [
        range(2, 3, STARTS),
        range(4, 4, STARTS),
        range(5, 7, STARTS),
    ] {
        let (sum, found) = part(&mut gram, pck, range);
        added += &(found * sum.normaliser as f32);
        mixtures += sum.mixtures;
    }
    assert_eq!(mixtures, pck.posteriors().mixtures());
    assert!(worst(&(added / pck.normaliser() as f32), &p) < 1e-5);
}

#[test]
fn a_range_without_mixtures_is_empty() {
    let kernel = fitted(|_| {});
    let pck = kernel.as_pck().unwrap();
    let mut gram = PartialGram::new(pck);
    for range in [range(8, 9, 5), range(5, 4, 5), range(2, 7, 0)] {
        let (sum, found) = part(&mut gram, pck, range);
        assert_eq!((sum.mixtures, sum.normaliser), (0, 0.0));
        assert!(found.iter().all(|&entry| entry == 0.0));
    }
    let all = part(&mut gram, pck, range(0, 255, usize::MAX)).0;
    assert_eq!(all.mixtures, pck.posteriors().mixtures());
}

/// What the part shows is what a run gets that fits its mixtures alone.
#[test]
fn a_fit_of_some_mixtures_alone_is_the_part_of_the_whole() {
    let kernel = fitted(|_| {});
    let pck = kernel.as_pck().unwrap();
    let alone = fitted(|config| {
        (config.min_components, config.max_components) = (3, 5);
        config.restarts = 4;
    });
    let alone = alone.as_pck().unwrap();
    assert_eq!(alone.range(), Some(range(3, 5, 4)));
    let (sum, found) = part(&mut PartialGram::new(pck), pck, range(3, 5, 4));
    assert_eq!(sum.mixtures, alone.posteriors().mixtures());
    assert!((sum.normaliser - alone.normaliser()).abs() < 1e-6);
    let rows = rows();
    let mut p = Array2::zeros((rows.len(), rows.len()));
    alone.gram(&rows, &mut Scratch::default(), p.view_mut());
    assert!(worst(&found, &p) < 1e-5);
}

/// `cargo test --release -- --ignored --nocapture a_part_takes`
#[test]
#[ignore = "a measurement"]
fn a_part_takes_milliseconds() {
    let source = crate::data::Source::bundled().unwrap();
    let selection = crate::data::Selection::default();
    let data = Arc::new(source.select(&selection).unwrap());
    let training: Vec<usize> = (0..data.len()).collect();
    let kernel = build(&PriorConfig::Pck(PckConfig::default()), &data, &training, 0).unwrap();
    let pck = kernel.as_pck().unwrap();
    let rows: Vec<usize> = (0..300).collect();
    let mut out = Array2::zeros((300, 300));
    let mut gram = PartialGram::new(pck);
    for range in [
        range(2, 30, 30),
        range(2, 15, 30),
        range(20, 30, 10),
        range(2, 2, 30),
    ] {
        gram.write(pck, range, &rows, out.view_mut());
        let begun = std::time::Instant::now();
        for _ in 0..20 {
            gram.write(pck, range, &rows, out.view_mut());
        }
        let each = begun.elapsed().as_secs_f64() / 20.0;
        println!("{range:?} of {} samples: {:.2} ms", data.len(), 1e3 * each);
    }
}
