//! Exhibits of matrices whose every entry is known.

use super::live::{CodePicture, Parts, PriorPicture};
use super::*;
use crate::training::config::{Preset, RunConfig};
use crate::training::{HeldOut, Schedule, ShownDigits};

fn images(count: usize) -> Arc<Images> {
    Arc::new(Images::of(&ShownDigits {
        set: HeldOut::Validation,
        indices: (0..count).collect(),
        labels: Some(vec![3; count]),
        pixels: Array2::zeros((count, 4)),
        shape: crate::data::ImageShape {
            height: 2,
            width: 2,
        },
        collection: None,
    }))
}

fn codes(matrix: Array2<f32>, step: u64) -> CodePicture {
    let n = matrix.nrows();
    CodePicture {
        matrix: Arc::new(Matrix::new(matrix)),
        codes: Arc::new(Array2::zeros((n, 2))),
        reconstructions: Arc::new(Array2::zeros((n, 4))),
        step,
        lambda: 0.1,
        scores: Scores {
            samples: n,
            lr: 0.02,
            lc_c_p: 0.25,
            lc_p_ki: None,
            lc_c_ki: None,
        },
        coder: None,
    }
}

/// A run on as many images as `prior` has rows.
fn parts(prior: Array2<f32>, codes: Option<CodePicture>) -> Parts {
    Parts {
        made: Arc::new(Made {
            data: None,
            samples: None,
            began: RunConfig {
                seed: 4,
                ..Preset::Quick.config()
            },
            schedule: Schedule::default(),
            plan: None,
        }),
        images: images(prior.nrows()),
        prior: Some(Arc::new(PriorPicture::new(prior, Some((3, 9)), None))),
        codes: codes.map(Arc::new),
        kernel: None,
        denoising: None,
        test: None,
    }
}

/// Entries from 1, row by row.
fn ramp(n: usize, factor: f32) -> Array2<f32> {
    Array2::from_shape_fn((n, n), |(i, j)| factor * (1 + n * i + j) as f32)
}

#[test]
fn a_difference_is_one_of_directions_and_there_when_both_are() {
    let alone = parts(ramp(3, 1.0), None).exhibit();
    let [p, c, difference] = [0, 1, 2].map(|index| alone.has(index));
    assert!(p && !c && !difference);
    assert_eq!(alone.value(2, (0, 0)), None);

    // Twice as long, and another direction at one entry.
    let mut other = ramp(3, 2.0);
    other[[1, 2]] = 0.0;
    let exhibit = parts(ramp(3, 1.0), Some(codes(other.clone(), 7))).exhibit();
    let unit = |matrix: &Array2<f32>| 3.0 / matrix.mapv(|x| x * x).sum().sqrt();
    let wanted = unit(&other) * &other - unit(&ramp(3, 1.0)) * &ramp(3, 1.0);
    let found = exhibit.entries(2).unwrap();
    assert!((&found - &wanted).iter().all(|d| d.abs() < 1e-5));
    let (value, scaled) = exhibit.value(2, (1, 2)).unwrap();
    assert!((value - wanted[[1, 2]]).abs() < 1e-5 && value == scaled);
    let (value, scaled) = exhibit.value(0, (0, 1)).unwrap();
    assert_eq!(value, 2.0);
    assert!((scaled - 2.0 * unit(&ramp(3, 1.0))).abs() < 1e-5);
    // A difference is painted about zero, the others on one scale.
    assert_eq!(exhibit.scale(0), exhibit.scale(1));
    assert_eq!(exhibit.scale(2).low, -exhibit.scale(2).high);

    // Of another size for a moment: after the number of images was changed.
    let odd = parts(ramp(3, 1.0), Some(codes(ramp(4, 1.0), 7))).exhibit();
    assert!(!odd.has(2) && odd.entries(2).is_none());
}

#[test]
fn a_prior_in_the_making_says_so_and_a_network_gives_step_and_score() {
    let exhibit = parts(ramp(3, 1.0), Some(codes(ramp(3, 1.0), 7))).exhibit();
    let (_, prior) = exhibit.kernel(KernelOf::Prior).unwrap();
    assert_eq!((prior.growing, prior.step), (Some((3, 9)), None));
    assert!(
        prior
            .caption
            .starts_with("3 of 9 mixtures · 3 validation images by class")
    );
    for of in [KernelOf::Codes, KernelOf::Difference] {
        let (_, kernel) = exhibit.kernel(of).unwrap();
        assert_eq!((kernel.step, kernel.lc), (Some(7), Some(0.25)));
    }
    assert_eq!(exhibit.step(), 7);
    let rebuilt = exhibit.row(RowOf::Reconstruction).unwrap();
    assert_eq!(rebuilt.figure, "Lr 0.0200");
}

#[test]
fn what_is_not_there_yet_has_its_place() {
    let exhibit = Parts::nothing(Preset::Quick.config()).exhibit();
    assert_eq!((exhibit.kernels.len(), exhibit.rows_of_kernels()), (3, 0));
    assert!(
        exhibit
            .kernels
            .iter()
            .all(|kernel| !kernel.absent.is_empty())
    );
    assert_eq!(exhibit.rows.len(), 2 + denoising::LIVE_ROWS.len());
    let blank = |row: &Row| row.images.is_none() && row.each.is_empty();
    assert!(exhibit.rows.iter().all(blank));
}
