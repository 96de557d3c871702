//! Units against plain recomputations.

use ndarray::{arr1, arr2};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::super::live::{CodePicture, Parts};
use super::super::{Images, Matrix, Scores};
use super::*;
use crate::model::{Activation, Architecture, Autoencoder};
use crate::training::config::RunConfig;

const SHAPE: ImageShape = ImageShape {
    height: 3,
    width: 4,
};

/// What a network of three layers and five units, one of them dead, makes of thirty images.
fn exhibit() -> Exhibit {
    let architecture = Architecture {
        dims: vec![12, 7, 5],
        hidden: Activation::Tanh,
        code: Activation::Relu,
        output: Activation::Sigmoid,
    };
    let mut network = Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(6));
    // The third unit's bias is below all that its weights can add.
    let biases = 12 * 7 + 7 + 12 + 7 * 5;
    network.parameters_mut()[biases..biases + 5].copy_from_slice(&[3.0, 3.0, -50.0, 3.0, 3.0]);
    let pixels = Array2::from_shape_fn((30, 12), |(i, j)| {
        ((i * 5 + j * 3) as f32 * 0.7).sin().abs()
    });
    let codes = network.encode(pixels.view());
    Parts {
        images: Arc::new(Images {
            count: 30,
            shape: SHAPE,
            pixels: Some(Arc::new(pixels)),
            ..Images::none()
        }),
        codes: Some(Arc::new(CodePicture {
            matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
            reconstructions: Arc::new(network.decode(codes.view())),
            codes: Arc::new(codes),
            step: 1,
            lambda: 0.1,
            scores: Scores {
                samples: 30,
                lr: 0.1,
                lc_c_p: 0.2,
                lc_p_ki: None,
                lc_c_ki: None,
            },
            coder: Some(Coder::of(network)),
        })),
        ..Parts::nothing(RunConfig::default())
    }
    .exhibit()
}

fn column(exhibit: &Exhibit, index: usize) -> Vec<f64> {
    let codes = &exhibit.network.as_ref().unwrap().codes;
    codes.column(index).iter().map(|&x| f64::from(x)).collect()
}

#[test]
fn figures_are_those_of_the_column() {
    let exhibit = exhibit();
    let units = Units::of(&exhibit).unwrap();
    assert_eq!(units.all.len(), 5);
    for (index, unit) in units.all.iter().enumerate() {
        let values = column(&exhibit, index);
        let mean = values.iter().sum::<f64>() / 30.0;
        let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 30.0;
        assert_eq!(unit.index, index);
        assert!((unit.mean - mean).abs() < 1e-12);
        assert!((unit.deviation - square.sqrt()).abs() < 1e-12);
        let active = values.iter().filter(|x| **x != 0.0).count() as f64 / 30.0;
        assert!((unit.active - active).abs() < 1e-12);
        let [low, high] = [f64::min, f64::max].map(|f| values.iter().copied().reduce(f).unwrap());
        assert_eq!([f64::from(unit.low), f64::from(unit.high)], [low, high]);
    }
    let used: Vec<f64> = (units.by_use.iter())
        .map(|&index| units.all[index].deviation)
        .collect();
    assert!(used.windows(2).all(|pair| pair[0] >= pair[1]), "{used:?}");
    assert_eq!(units.by_use[4], 2);
}

#[test]
fn a_unit_is_dead_where_all_images_give_it_one_value() {
    let exhibit = exhibit();
    let units = Units::of(&exhibit).unwrap();
    let found: Vec<usize> = (0..5).filter(|&index| units.all[index].dead).collect();
    assert_eq!(found, [2]);
    assert_eq!(dead(units.codes.view()), 1);
    assert_eq!(exhibit.network.as_ref().unwrap().dead, 1);
    // Not only at zero, and to a millionth of the largest activation.
    let codes = arr2(&[
        [0.5, 0.0, 1e-9, 3.0, 0.0],
        [0.5, 0.0, 2e-9, 3.000_000_2, 0.0],
        [0.5, 0.0, 1e-9, 3.0, 1e-5],
    ]);
    assert_eq!(dead(codes.view()), 4);
    let each: Vec<bool> = super::units(codes.view())
        .iter()
        .map(|unit| unit.dead)
        .collect();
    assert_eq!(each, [true, true, true, true, false]);
    assert_eq!(dead(codes.slice(s![..1, ..])), 0, "one image tells nothing");
    assert_eq!(dead(Array2::zeros((0, 4)).view()), 0);
}

#[test]
fn a_picture_is_what_a_unit_changes() {
    let exhibit = exhibit();
    let coder = exhibit.coder().unwrap();
    let units = Units::of(&exhibit).unwrap();
    let mean = Array2::from_shape_fn((1, 5), |(_, j)| units.all[j].mean as f32);
    let base = coder.decode(mean.view());
    let mut all = Vec::new();
    for (index, unit) in units.all.iter().enumerate() {
        let image = |factor: f32| {
            let mut code = mean.clone();
            code[[0, index]] += factor * unit.deviation as f32;
            coder.decode(code.view())
        };
        let closer = Closer::at(&exhibit, index).unwrap();
        assert_eq!(closer.unit, *unit);
        let decoded = closer.decoded.unwrap();
        for (row, wanted) in [base.clone(), image(-2.0), image(2.0)].iter().enumerate() {
            let difference = &decoded.images.row(row) - &wanted.row(0);
            assert!(difference.iter().all(|d| d.abs() < 1e-6), "{index} {row}");
        }
        let change = image(2.0) - &base;
        assert!((&decoded.change - &change).iter().all(|d| d.abs() < 1e-6));
        let most = change.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!((decoded.reach - most).abs() < 1e-6);
        assert_eq!(
            decoded.reach == 0.0,
            index == 2,
            "a dead one changes nothing"
        );
        all.push(change);
    }
    // The same on the sheet of all, on one scale.
    let sheet = units.sheet.unwrap();
    assert_eq!((sheet.width(), sheet.height(), sheet.tile), (20, 3, SHAPE));
    let most = all
        .iter()
        .flatten()
        .fold(0.0_f32, |most, x| most.max(x.abs()));
    assert!((sheet.reach - most).abs() < 1e-6);
    for (index, change) in all.iter().enumerate() {
        for (at, &value) in change.iter().enumerate() {
            let (y, x) = (at / 4, at % 4);
            let place = f32::from(sheet.places[y * 20 + index * 4 + x]);
            let wanted = (value / sheet.reach + 1.0) * 127.5;
            assert!((place - wanted).abs() <= 0.51, "{index} {at}");
        }
    }
}

#[test]
fn images_that_move_it_most_come_first_each_way() {
    let exhibit = exhibit();
    for index in 0..5 {
        let closer = Closer::at(&exhibit, index).unwrap();
        let values = column(&exhibit, index);
        let mean = closer.unit.mean;
        if index == 2 {
            assert!(closer.raised.is_empty() && closer.lowered.is_empty());
            continue;
        }
        for (found, sign) in [(&closer.raised, 1.0), (&closer.lowered, -1.0)] {
            let mut wanted: Vec<f64> = (values.iter())
                .map(|x| sign * (x - mean))
                .filter(|by| *by > 0.0)
                .collect();
            wanted.sort_by(|a, b| b.total_cmp(a));
            wanted.truncate(EXTREMES);
            assert!(!wanted.is_empty());
            let by: Vec<f64> = found
                .iter()
                .map(|&(image, value)| {
                    assert_eq!(f64::from(value), values[image]);
                    sign * (values[image] - mean)
                })
                .collect();
            assert_eq!(by, wanted);
        }
    }
    assert!(Closer::at(&exhibit, 5).is_none());
}

#[test]
fn a_histogram_counts_every_image_once() {
    let exhibit = exhibit();
    for index in 0..5 {
        let histogram = Closer::at(&exhibit, index).unwrap().histogram;
        assert_eq!(histogram.counts.iter().sum::<usize>(), 30);
        if index == 2 {
            assert_eq!(histogram.counts, [30]);
            continue;
        }
        let values = column(&exhibit, index);
        for (bar, &count) in histogram.counts.iter().enumerate() {
            let [low, high] = histogram.ends(bar);
            let last = bar + 1 == BARS;
            let inside = |x: &&f64| **x >= low && (**x < high || last);
            assert_eq!(values.iter().filter(inside).count(), count, "{index} {bar}");
        }
    }
    let few = Histogram::of(arr1(&[0.0, 1.0, f32::NAN]).view());
    assert_eq!((few.counts[0], few.counts[BARS - 1]), (1, 1));
    assert_eq!(Histogram::of(arr1(&[]).view()).counts, [0]);
}

#[test]
fn large_images_are_shown_small() {
    let shape = ImageShape {
        height: 64,
        width: 70,
    };
    let tile = small(shape);
    assert_eq!((tile.height, tile.width), (22, 24));
    let image = Array2::from_shape_fn((64, 70), |(y, x)| (y * 70 + x) as f32);
    let flat = image.flatten();
    let mut out = vec![0.0; tile.pixels()];
    shrink(flat.view(), shape, tile, &mut out);
    // Blocks of three by three; the last ones are what is left.
    let block = |y: usize, x: usize| {
        let (bottom, right) = ((3 * y + 3).min(64), (3 * x + 3).min(70));
        image.slice(s![3 * y..bottom, 3 * x..right]).mean().unwrap()
    };
    for (y, x) in [(0, 0), (5, 7), (21, 3), (4, 23), (21, 23)] {
        assert!((out[y * 24 + x] - block(y, x)).abs() < 1e-2, "{y} {x}");
    }
    assert_eq!(small(SHAPE), SHAPE);
}

#[test]
fn without_the_network_there_are_figures_and_no_pictures() {
    let mut exhibit = exhibit();
    exhibit.network.as_mut().unwrap().coder = None;
    let units = Units::of(&exhibit).unwrap();
    assert!(units.sheet.is_none() && units.all.len() == 5);
    let closer = Closer::at(&exhibit, 0).unwrap();
    assert!(closer.decoded.is_none() && !closer.raised.is_empty());
    exhibit.network = None;
    assert!(Units::of(&exhibit).is_none() && Closer::at(&exhibit, 0).is_none());
}
