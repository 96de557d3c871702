use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::Deserialize;

use super::super::features::FeatureMap;
use super::*;

#[derive(Deserialize)]
struct Reference {
    variance_floor: f64,
    start: Vec<usize>,
    samples: Vec<Vec<f64>>,
    others: Vec<Vec<f64>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    covariance: Covariance,
    max_iterations: usize,
    tolerance: f64,
    iterations: usize,
    log_likelihood: f64,
    posteriors: Vec<Vec<f64>>,
    posteriors_of_others: Vec<Vec<f64>>,
}

fn reference() -> Reference {
    let text = include_str!("../../tests/reference/gaussian_mixture.json");
    serde_json::from_str(text).unwrap()
}

fn matrix<T: Real>(rows: &[Vec<f64>]) -> Array2<T> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| T::of(rows[i][j]))
}

/// Posteriors of `pixels` under the fitted mixture, straight from the definition.
fn posteriors<T: Real>(em: &Em<T>, map: &FeatureMap, pixels: &Array2<T>) -> Array2<f64> {
    let mut features = Array2::zeros((pixels.nrows(), map.shape().width()));
    map.write(pixels.view(), features.view_mut());
    let constants: Vec<T> = em.constants().collect();
    let width = map.shape().width();
    let mut out = Array2::from_shape_fn((pixels.nrows(), constants.len()), |(i, c)| {
        let coefficients = &em.coefficients()[c * width..][..width];
        let row = features.row(i);
        let inner = row.iter().zip(coefficients);
        inner.map(|(a, b)| a.wide() * b.wide()).sum::<f64>() + constants[c].wide()
    });
    for mut row in out.outer_iter_mut() {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|logit| (logit - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    out
}

fn agrees_with_scikit_learn<T: Real>(tolerance: f64) {
    let reference = reference();
    let samples: Array2<T> = matrix(&reference.samples);
    let others: Array2<T> = matrix(&reference.others);
    for case in reference.cases {
        let map = FeatureMap::new(samples.view(), case.covariance);
        assert_eq!(
            map.shape().active,
            samples.ncols() - 1,
            "one pixel never varies"
        );
        let mut features = Array2::zeros((samples.nrows(), map.shape().width()));
        map.write(samples.view(), features.view_mut());
        let settings = EmSettings {
            variance_floor: reference.variance_floor,
            max_iterations: case.max_iterations,
            tolerance: case.tolerance,
        };
        let mut em = Em::default();
        let outcome = em.fit(features.view(), map.shape(), &reference.start, settings);
        assert_eq!(outcome.iterations, case.iterations);
        assert!((outcome.log_likelihood - case.log_likelihood).abs() < tolerance);
        for (pixels, wanted) in [
            (&samples, case.posteriors),
            (&others, case.posteriors_of_others),
        ] {
            let error = posteriors(&em, &map, pixels) - matrix::<f64>(&wanted);
            assert!(error.iter().all(|e| e.abs() < tolerance), "{error}");
        }
    }
}

#[test]
fn agrees_with_scikit_learn_in_double_precision() {
    agrees_with_scikit_learn::<f64>(1e-8);
}

#[test]
fn agrees_with_scikit_learn_in_single_precision() {
    agrees_with_scikit_learn::<f32>(1e-3);
}

#[test]
fn likelihood_never_decreases_without_a_floor() {
    for covariance in [Covariance::Diagonal, Covariance::Spherical] {
        for seed in 0..8 {
            let mut random = Pcg64Mcg::seed_from_u64(seed);
            let samples = Array2::from_shape_fn((300, 3), |(i, _)| {
                (i % 3) as f64 + random.random::<f64>() + random.random::<f64>()
            });
            let map = FeatureMap::new(samples.view(), covariance);
            let mut features = Array2::zeros((300, map.shape().width()));
            map.write(samples.view(), features.view_mut());
            // Variances start at the floor; a wide one lets every component have samples.
            let mut em = Em::default();
            em.start(features.view(), map.shape(), &[0, 1, 2], 0.5);
            let mut trace = Vec::new();
            for _ in 0..40 {
                trace.push(em.expectation(features.view()));
                em.maximisation(features.view(), map.shape(), 0.0);
            }
            assert!(
                trace.windows(2).all(|pair| pair[1] >= pair[0] - 1e-10),
                "{trace:?}"
            );
            assert!(trace[39] > trace[0] + 0.1, "something was learned");
        }
    }
}
