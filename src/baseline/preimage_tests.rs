use super::super::reference::{Reference, assert_close, table};
use super::*;
use crate::linalg::Threads;

const NEVER: &dyn Fn() -> bool = &|| false;

fn pixels() -> Array2<f32> {
    let mut pixels = table(60, 8, 0.0).mapv(|x| x.clamp(0.0, 1.0));
    pixels.column_mut(3).fill(0.0);
    pixels
}

#[test]
fn agrees_with_scikit_learn() {
    let reference = Reference::read().pre_image;
    let scores = table(60, 4, 0.4);
    assert!((median_distance(scores.view(), 1) - reference.median).abs() < 1e-5);
    let preimage = PreImage::fit(scores.view(), pixels().view(), 0.5, 1.25, 1, NEVER).unwrap();
    assert!((preimage.sigma() - 1.25 * reference.median).abs() < 1e-5);
    let predictions = preimage.predict(table(6, 4, 0.9).view(), NEVER).unwrap();
    assert_close(&predictions, &reference.predictions, 2e-4);
    assert!(predictions.column(3).iter().all(|&x| x == 0.0));
}

#[test]
fn one_thread_and_two_agree() {
    let fit = |threads| {
        Threads::new(threads).install(|| {
            let fitted = PreImage::fit(
                table(600, 4, 0.4).view(),
                table(600, 8, 0.0).view(),
                0.5,
                1.0,
                1,
                NEVER,
            );
            fitted
                .unwrap()
                .predict(table(300, 4, 0.9).view(), NEVER)
                .unwrap()
        })
    };
    let (one, two) = (fit(1), fit(2));
    assert!((&one - &two).iter().all(|d| d.abs() < 1e-3));
    assert_eq!(two, fit(2));
}

#[test]
fn the_median_copes_with_coinciding_scores() {
    let mut scores = Array2::from_elem((40, 3), 7.5_f32);
    assert!((median_distance(scores.view(), 1) - 1.0).abs() < 1e-12);
    scores[[0, 1]] += 2.0;
    assert!((median_distance(scores.view(), 1) - 2.0).abs() < 1e-5);
    assert!((median_distance(scores.slice(ndarray::s![..1, ..]), 1) - 1.0).abs() < 1e-12);
    let same = Array2::from_elem((40, 3), 7.5_f32);
    let preimage = PreImage::fit(
        same.view(),
        Array2::from_elem((40, 2), 0.5).view(),
        0.5,
        1.0,
        1,
        NEVER,
    )
    .unwrap();
    let back = preimage.predict(same.view(), NEVER).unwrap();
    assert!(back.iter().all(|x| (x - 0.5 * 40.0 / 40.5).abs() < 1e-4));
}

#[test]
fn bad_settings_and_cancel_are_reported() {
    let fit = |ridge, width, cancel| {
        PreImage::fit(
            table(60, 4, 0.4).view(),
            pixels().view(),
            ridge,
            width,
            1,
            cancel,
        )
    };
    assert_eq!(fit(0.5, 0.0, NEVER).unwrap_err(), BaselineError::Width(0.0));
    assert!(matches!(
        fit(-1.0, 1.0, NEVER).unwrap_err(),
        BaselineError::Ridge(_)
    ));
    assert_eq!(
        fit(0.5, 1.0, &|| true).unwrap_err(),
        BaselineError::Cancelled
    );
    let empty = Array2::zeros((0, 4));
    assert!(PreImage::fit(empty.view(), empty.view(), 0.5, 1.0, 1, NEVER).is_err());
}
