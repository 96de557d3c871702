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

/// ln N(x; μ, σ²) less its terms that all components share, one pixel after the other.
#[test]
fn a_gaussian_of_any_number_of_pixels_is_its_definition() {
    // Around a lane's width, and around the products that one logarithm is taken of.
    for pixels in [1, 2, 15, 16, 17, 255, 256, 257, 300, 784] {
        for covariance in [Covariance::Diagonal, Covariance::Spherical] {
            let shape = FeatureShape {
                covariance,
                dimension: pixels,
                active: pixels,
            };
            let (mass, floor) = (2.5, 0.03);
            let mean = |p: usize| 0.4 * (p as f64 * 0.9).sin();
            // One pixel in seven has no variance of its own.
            let own = |p: usize| (p % 7) as f64 * 0.02;
            let square = |p: usize| own(p) + mean(p) * mean(p);
            let values = (0..pixels).map(|p| mass * mean(p));
            let sums: Vec<f64> = match covariance {
                Covariance::Diagonal => (0..pixels)
                    .map(|p| mass * square(p))
                    .chain(values)
                    .collect(),
                Covariance::Spherical => {
                    let all = (0..pixels).map(square).sum::<f64>();
                    std::iter::once(mass * all).chain(values).collect()
                }
            };
            let shared = (0..pixels).map(own).sum::<f64>() / pixels as f64;
            let variance = |p: usize| match covariance {
                Covariance::Diagonal => own(p) + floor,
                Covariance::Spherical => shared + floor,
            };
            let mut out = vec![0.0; sums.len()];
            let found = gaussian(&sums, mass, shape, floor, &mut out);
            let term = |p: usize| variance(p).ln() + mean(p).powi(2) / variance(p);
            let wanted = -0.5 * (0..pixels).map(term).sum::<f64>();
            let what = format!("{covariance:?}, {pixels}");
            assert!(
                (found - wanted).abs() < 1e-9 * wanted.abs().max(1.0),
                "{what}: {found} {wanted}"
            );
            let (quadratic, linear) = out.split_at(shape.quadratic());
            for (p, found) in quadratic.iter().enumerate() {
                assert!((found + 0.5 / variance(p)).abs() < 1e-9, "{what}");
            }
            for (p, found) in linear.iter().enumerate() {
                assert!((found - mean(p) / variance(p)).abs() < 1e-9, "{what}");
            }
        }
    }
}

/// What has no variance at all, and no floor either, still has a density.
#[test]
fn variances_are_never_below_the_least() {
    for covariance in [Covariance::Diagonal, Covariance::Spherical] {
        let shape = FeatureShape {
            covariance,
            dimension: 800,
            active: 800,
        };
        // So many that the product of their variances is no number any more; and squares that
        // rounding has left a little too small for the means.
        let mut sums = vec![1e-12_f64 - 1e-15; 800];
        if covariance == Covariance::Spherical {
            sums = vec![800.0 * 1e-12 - 1e-13];
        }
        sums.extend([1e-6; 800]);
        let mut out = vec![0.0; sums.len()];
        let found = gaussian(&sums, 1.0, shape, 0.0, &mut out);
        let wanted = -0.5 * 800.0 * (1e-12_f64.ln() + 1.0);
        assert!(
            (found / wanted - 1.0).abs() < 1e-9,
            "{covariance:?}: {found}"
        );
        assert!((out[0] / -0.5e12 - 1.0).abs() < 1e-9);
        assert!((out[shape.quadratic() + 799] / 1e6 - 1.0).abs() < 1e-9);
    }
}

/// A mixture's features, in which some pixels never vary.
fn features_of(samples: &Array2<f64>, covariance: Covariance) -> (FeatureMap, Array2<f64>) {
    let map = FeatureMap::new(samples.view(), covariance);
    let mut features = Array2::zeros((samples.nrows(), map.shape().width()));
    map.write(samples.view(), features.view_mut());
    (map, features)
}

/// Two clusters far apart, 0.2 wide, with 3 of 10 samples in the first; 5 of 9 pixels vary.
fn clusters() -> Array2<f64> {
    Array2::from_shape_fn((10, 9), |(i, j)| match j {
        0..5 => f64::from(u8::from(i >= 3)) * 6.0 + 0.2 * ((i * 5 + j) as f64).sin(),
        _ => 0.7,
    })
}

/// Where a sample belongs to one component alone, weights, means and variances are the clusters',
/// and so is the likelihood.
#[test]
fn clusters_far_apart_have_their_own_moments_and_likelihood() {
    let samples = clusters();
    let floor = 0.04;
    for covariance in [Covariance::Diagonal, Covariance::Spherical] {
        let (map, features) = features_of(&samples, covariance);
        let settings = EmSettings {
            variance_floor: floor,
            max_iterations: 30,
            tolerance: 0.0,
        };
        let mut em = Em::default();
        let outcome = em.fit(features.view(), map.shape(), &[0, 5], settings);
        // At a tolerance of zero nothing is near enough, not even the same likelihood.
        assert_eq!((outcome.iterations, outcome.converged), (30, false));
        let mut likelihood = 0.0;
        for rows in [0..3, 3..10] {
            let size = rows.len() as f64;
            let cluster = samples.slice(ndarray::s![rows, ..]);
            let mean = cluster.mean_axis(ndarray::Axis(0)).unwrap();
            let own = (&cluster - &mean)
                .mapv(|x| x * x)
                .sum_axis(ndarray::Axis(0))
                / size;
            let variance = match covariance {
                Covariance::Diagonal => own + floor,
                Covariance::Spherical => own.mapv(|_| own.sum() / 9.0) + floor,
            };
            for row in cluster.outer_iter() {
                let terms = (&row - &mean).mapv(|x| x * x) / &variance + variance.mapv(f64::ln);
                let shared = 9.0 * std::f64::consts::TAU.ln();
                likelihood += ((size / 10.0).ln() - 0.5 * (terms.sum() + shared)) / 10.0;
            }
        }
        let found = outcome.log_likelihood;
        assert!(
            (found - likelihood).abs() < 1e-9,
            "{covariance:?}: {found} {likelihood}"
        );
        let largest = em.constants().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(largest, 0.0, "{covariance:?}");
    }
}

#[test]
fn a_component_that_lost_its_samples_keeps_its_place() {
    let (map, features) = features_of(&clusters(), Covariance::Diagonal);
    let mut em = Em::<f64>::default();
    em.start(features.view(), map.shape(), &[0, 5], 0.1);
    let width = map.shape().width();
    let before = (em.coefficients[width..].to_vec(), em.densities[1]);
    for row in em.responsibilities.chunks_exact_mut(2) {
        row.copy_from_slice(&[1.0, 0.0]);
    }
    em.maximisation(features.view(), map.shape(), 0.1);
    assert_eq!((em.coefficients[width..].to_vec(), em.densities[1]), before);
    assert!(em.log_weights[0].abs() < 1e-12);
    // Next to none, which is still a number.
    let least = (f64::EPSILON * 10.0 / 10.0).ln();
    assert!((em.log_weights[1] - least).abs() < 1e-9);
}
