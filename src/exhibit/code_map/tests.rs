//! Maps against plain recomputations.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1, Axis};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::turn::Turn;
use super::*;
use crate::data::{DataSet, ImageShape, Split};
use crate::exhibit::live::{CodePicture, Parts};
use crate::exhibit::{Coder, Exhibit, Images, Matrix};
use crate::experiment::axes::Axes;
use crate::kernel::{PriorConfig, PriorKernel, build};
use crate::model::{Activation, Architecture, Autoencoder};
use crate::training::config::RunConfig;
use crate::training::{HeldOut, Scores, ShownDigits};

/// Images of 4 × 5 pixels, of three classes.
fn data(count: usize) -> Arc<DataSet> {
    let shape = ImageShape {
        height: 4,
        width: 5,
    };
    let pixel = |at: usize| ((at * at * 31 + at * 7) % 251) as u8;
    let labels = (0..count).map(|at| (at % 3) as u8).collect();
    let pixels = (0..count * 20).map(pixel).collect();
    Arc::new(DataSet::new("table", shape, pixels, Some(labels)).unwrap())
}

fn network(seed: u64, code: usize) -> Autoencoder<f32> {
    let architecture = Architecture {
        dims: vec![20, 12, code],
        hidden: Activation::Relu,
        code: Activation::Identity,
        output: Activation::Sigmoid,
    };
    Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(seed))
}

/// A run whose network shows the first `shown` validation images.
fn exhibit(data: &DataSet, network: Autoencoder<f32>, shown: usize) -> Arc<Exhibit> {
    let config = RunConfig::default();
    let split = Split::new(data.len(), config.seed);
    let digits = ShownDigits::choose(data, &split, HeldOut::Validation, shown);
    let codes = network.encode(digits.pixels.view());
    let mut parts = Parts::nothing(config);
    parts.images = Arc::new(Images::of(&digits));
    parts.codes = Some(Arc::new(CodePicture {
        matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
        reconstructions: Arc::new(network.decode(codes.view())),
        codes: Arc::new(codes),
        step: 7,
        lambda: 0.1,
        scores: Scores {
            samples: shown,
            lr: 0.0,
            lc_c_p: 0.0,
            lc_p_ki: None,
            lc_c_ki: None,
        },
        coder: Some(Coder::of(network)),
    }));
    Arc::new(parts.exhibit())
}

fn wanted(data: &Arc<DataSet>, exhibit: &Arc<Exhibit>, which: Which) -> Wanted {
    Wanted::of(exhibit, Some(Arc::clone(data)), which)
}

fn close(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>, tolerance: f32) {
    assert_eq!(a.len(), b.len());
    assert!((&a - &b).iter().all(|d| d.abs() < tolerance), "{a} for {b}");
}

fn near(a: [f32; 2], b: [f32; 2], tolerance: f32) {
    assert!(
        (0..2).all(|i| (a[i] - b[i]).abs() < tolerance),
        "{a:?} for {b:?}"
    );
}

#[test]
fn points_are_scores_and_their_share_is_what_the_plane_leaves_over() {
    let data = data(400);
    let exhibit = exhibit(&data, network(1, 8), 50);
    let mut mapper = Mapper::default();
    let charted = mapper.map(&wanted(&data, &exhibit, Which::Shown)).unwrap();
    let map = &charted.map;
    let codes = &exhibit.network.as_ref().unwrap().codes;
    assert_eq!(
        (map.points.len(), map.axes.width(), map.axes.count()),
        (50, 8, AXES)
    );
    assert!(Arc::ptr_eq(&map.rows, codes));
    let mean = codes.mean_axis(Axis(0)).unwrap();
    let (mut total, mut left) = (0.0, 0.0);
    for (row, &point) in codes.outer_iter().zip(&map.points) {
        let centred = &row - &mean;
        let score = [0, 1].map(|axis| centred.dot(&map.axes.axis(axis).unwrap()));
        near(point, score, 1e-5);
        near(map.place(row), point, 1e-5);
        let rest = &centred
            - &(&map.axes.axis(0).unwrap() * score[0] + &map.axes.axis(1).unwrap() * score[1]);
        total += centred.dot(&centred);
        left += rest.dot(&rest);
    }
    let share = 1.0 - f64::from(left / total);
    assert!((map.share() - share).abs() < 1e-5);
    let percent = format!("{:.0} % of the variance of 8 numbers", 100.0 * share);
    assert!(charted.caption.contains(&percent), "{}", charted.caption);
    assert!(charted.caption.starts_with("50 validation images · step 7"));
}

#[test]
fn a_point_is_a_code_again_that_keeps_what_its_image_has_beyond_the_plane() {
    let data = data(400);
    let exhibit = exhibit(&data, network(2, 8), 50);
    let charted = Mapper::default()
        .map(&wanted(&data, &exhibit, Which::Shown))
        .unwrap();
    // A plane that is turned, as it is after a while.
    let turned = Map {
        turn: Turn::nearest(&[[1.0, 0.0], [0.0, 1.0]], &[[0.6, 0.8], [0.8, -0.6]]),
        crowd: Arc::clone(&charted.map.crowd),
        rows: Arc::clone(&charted.map.rows),
        axes: charted.map.axes.clone(),
        points: Vec::new(),
    };
    let points = charted
        .map
        .points
        .iter()
        .map(|&point| turned.turn.apply(point));
    let turned = Map {
        points: points.collect(),
        ..turned
    };
    for map in [&*charted.map, &turned] {
        let codes = &map.rows;
        close(map.at(map.points[9], Some(9)).view(), codes.row(9), 1e-5);
        close(map.at([0.0, 0.0], None).view(), map.axes.mean(), 1e-6);
        for (point, of) in [([0.3, -0.2], Some(4)), ([-0.5, 0.1], None)] {
            let code = map.at(point, of);
            near(map.place(code.view()), point, 1e-5);
            let base = of.map_or_else(|| map.axes.mean(), |at| codes.row(at));
            let moved = &code - &base;
            // All of the way lies in the plane.
            let [a, b] = [0, 1].map(|axis| moved.dot(&map.axes.axis(axis).unwrap()));
            assert!((moved.dot(&moved) - (a * a + b * b)).abs() < 1e-5);
        }
        let line = map.between(3, 11, 9).unwrap();
        close(line.row(0), codes.row(3), 1e-6);
        close(line.row(8), codes.row(11), 1e-6);
        close(
            line.row(2),
            (&codes.row(3) * 0.75 + &codes.row(11) * 0.25).view(),
            1e-5,
        );
        assert!(map.between(3, 50, 9).is_none());
        let along = map.along(&[0.0, -2.0], Some(5));
        let step = &along - &codes.row(5);
        let wanted = &map.axes.axis(1).unwrap() * (-2.0 * map.axes.deviation(1) as f32);
        close(step.view(), wanted.view(), 1e-5);
    }
    let map = &charted.map;
    let distance = |at: usize| {
        let [x, y] = map.points[at];
        (x - 0.1).hypot(y + 0.1)
    };
    let nearest = (0..50)
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
        .unwrap();
    assert_eq!(map.nearest([0.1, -0.1], 100.0), Some(nearest));
    assert_eq!(map.nearest([0.1, -0.1], 0.9 * distance(nearest)), None);
}

#[test]
fn a_map_is_turned_to_the_one_before() {
    let data = data(400);
    let exhibit = exhibit(&data, network(3, 6), 60);
    let mut mapper = Mapper::default();
    let first = mapper
        .map(&wanted(&data, &exhibit, Which::Shown))
        .unwrap()
        .map;
    // The same codes in another basis of their space: reversed, one mirrored, two turned.
    let mut codes = first.rows.as_ref().clone();
    codes.invert_axis(Axis(1));
    codes.column_mut(2).mapv_inplace(|x| -x);
    let (a, b) = (codes.column(0).to_owned(), codes.column(1).to_owned());
    codes.column_mut(0).assign(&(&a * 0.6 + &b * 0.8));
    codes.column_mut(1).assign(&(&a * -0.8 + &b * 0.6));
    let axes = Axes::principal(codes.view(), AXES, 1, &|| false).unwrap();
    let rows = Arc::new(codes.as_standard_layout().into_owned());
    let second = Map::new(Arc::clone(&first.crowd), rows, axes, Some(&first));
    for (&a, &b) in first.points.iter().zip(&second.points) {
        near(a, b, 1e-4);
    }
    // Every axis goes the same way as before.
    let scores = [&*first, &second].map(|map| map.axes.scores(map.rows.view()));
    for axis in 0..AXES {
        assert!(scores[0].column(axis).dot(&scores[1].column(axis)) > 0.0);
    }
    // A map of other images has nothing to be turned to.
    let mut others = Crowd::clone(&first.crowd);
    others.indices.reverse();
    let rows = Arc::clone(&second.rows);
    let alone = Map::new(Arc::new(others), rows, second.axes.clone(), Some(&first));
    assert_eq!(alone.turn, Turn::NONE);
}

#[test]
fn all_images_of_a_part_are_encoded_and_of_very_many_an_even_share() {
    let data = data(400);
    let exhibit = exhibit(&data, network(4, 5), 20);
    let split = Split::new(400, exhibit.made.began.seed);
    let mut mapper = Mapper::default();
    for (which, samples) in [
        (Which::Validation, split.validation),
        (Which::Training, split.training),
    ] {
        let map = mapper.map(&wanted(&data, &exhibit, which)).unwrap().map;
        assert_eq!(map.crowd.indices, samples);
        let coder = exhibit.coder().unwrap();
        let codes = coder.encode(data.rows(&samples).view());
        assert!((&codes - &*map.rows).iter().all(|d| d.abs() < 1e-5));
        let at = samples.len() / 2;
        assert_eq!(map.crowd.image(at).unwrap(), data.image(samples[at]));
        assert_eq!(
            map.crowd.labels.as_ref().unwrap()[at] as usize,
            samples[at] % 3
        );
    }
    let shape = ImageShape {
        height: 1,
        width: 1,
    };
    let many = DataSet::new("many", shape, vec![0; 60_000], None).unwrap();
    let crowd = Crowd::part(&Arc::new(many), 1, Which::Training);
    assert_eq!(crowd.count(), 20_000);
    let all = Split::new(60_000, 1).training;
    assert_eq!(crowd.indices[1], all[2]);
    assert_eq!(crowd.indices[19_999], all[all.len() * 19_999 / 20_000]);
    assert_eq!(crowd.told, "20,000 of 42,000 training images");
}

#[test]
fn what_is_not_there_is_said() {
    let data = data(400);
    let with = exhibit(&data, network(5, 5), 20);
    let mut bare = Exhibit::clone(&with);
    bare.network.as_mut().unwrap().coder = None;
    let bare = Arc::new(bare);
    let mut mapper = Mapper::default();
    let charted = mapper.map(&wanted(&data, &bare, Which::Shown)).unwrap();
    assert!(charted.decoder.is_none());
    assert!(mapper.map(&wanted(&data, &bare, Which::Training)).is_err());
    let mut without = wanted(&data, &with, Which::Training);
    without.data = None;
    assert!(mapper.map(&without).is_err());
    let mut broken = Exhibit::clone(&with);
    broken.network.as_mut().unwrap().codes = Arc::new(Array2::from_elem((20, 5), f32::NAN));
    assert!(
        mapper
            .map(&wanted(&data, &Arc::new(broken), Which::Shown))
            .is_err()
    );
    let mut nothing = Exhibit::clone(&with);
    nothing.network = None;
    assert!(
        mapper
            .map(&wanted(&data, &Arc::new(nothing), Which::Shown))
            .is_err()
    );
    // Codes that are all the same have one place.
    let mut same = Exhibit::clone(&with);
    same.network.as_mut().unwrap().codes = Arc::new(Array2::ones((20, 5)));
    let map = mapper
        .map(&wanted(&data, &Arc::new(same), Which::Shown))
        .unwrap()
        .map;
    assert!(map.points.iter().all(|&point| point == [0.0, 0.0]));
    assert_eq!((map.share(), map.axes.count()), (0.0, 0));
    close(map.at([0.4, 0.2], Some(3)).view(), map.rows.row(3), 1e-6);
}

#[test]
fn images_are_those_of_the_network_cut_to_what_pixels_are() {
    let data = data(400);
    let exhibit = exhibit(&data, network(6, 5), 20);
    let charted = Mapper::default()
        .map(&wanted(&data, &exhibit, Which::Shown))
        .unwrap();
    let decoder = charted.decoder.unwrap();
    let codes = &charted.map.rows;
    let images = decoder.decode(codes.view());
    let plain = exhibit.coder().unwrap().decode(codes.view());
    assert!(
        (&images - &plain.mapv(|x| x.clamp(0.0, 1.0)))
            .iter()
            .all(|d| d.abs() < 1e-6)
    );
    assert!(decoder.is_quick() && decoder.width() == 5);
    let crowd = &charted.map.crowd;
    let image = data
        .image(crowd.indices[3])
        .iter()
        .map(|&byte| f64::from(byte) / 255.0);
    let squares = image
        .zip(images.row(3))
        .map(|(a, &b)| (a - f64::from(b)).powi(2));
    let error = squares.sum::<f64>() / 20.0;
    assert!((crowd.error(3, images.row(3)).unwrap() - error).abs() < 1e-6);
    assert_eq!(crowd.error(20, images.row(3)), None);
    let sample = crowd.indices[3];
    assert_eq!(
        crowd.name(3),
        format!("sample {sample}, class {}", sample % 3)
    );
}

#[test]
fn kernel_pca_has_the_same_images_and_is_fitted_once() {
    let data = data(400);
    let exhibit = exhibit(&data, network(7, 5), 30);
    let training = Split::new(400, exhibit.made.began.seed).training;
    let kernel = build(&PriorConfig::Cosine, &data, &training, 0).unwrap();
    let kernel: Arc<dyn PriorKernel> = kernel.into();
    let mut wanted =
        KernelWanted::of(&exhibit, &wanted(&data, &exhibit, Which::Shown), &kernel).unwrap();
    wanted.config.components = 7;
    let mut mapper = KernelMapper::default();
    let charted = mapper.map(&wanted, &|| false).unwrap();
    let Some(Decoder::Kernel(space)) = &charted.decoder else {
        panic!("a pre-image")
    };
    assert_eq!(charted.map.crowd.indices, exhibit.images.indices);
    // Scores less their mean over the training images; Z Zᵀ is P as far as its components reach.
    let scores = space.scores(&*kernel, &exhibit.images.indices);
    let own = space.scores(&*kernel, &training);
    let mean = own.mean_axis(Axis(0)).unwrap();
    for (row, &point) in scores.outer_iter().zip(&charted.map.points) {
        near(point, [row[0] - mean[0], row[1] - mean[1]], 1e-4);
    }
    let images = charted.decoder.as_ref().unwrap().decode(scores.view());
    assert_eq!(images.dim(), (30, 20));
    assert!(
        charted
            .caption
            .contains(&format!("{} training images, m = 7", training.len()))
    );
    // The same kernel PCA serves other images; another ridge is another one.
    let mut others = wanted.clone();
    others.images.which = Which::Validation;
    let again = mapper
        .map(&others, &|| panic!("nothing is fitted"))
        .unwrap();
    assert!(again.decoder.unwrap().is(charted.decoder.as_ref().unwrap()));
    assert_eq!(again.map.points.len(), 60);
    others.config.ridge *= 2.0;
    assert!(mapper.map(&others, &|| true).is_err());
    let other = mapper.map(&others, &|| false).unwrap();
    assert!(!other.decoder.unwrap().is(charted.decoder.as_ref().unwrap()));
}
