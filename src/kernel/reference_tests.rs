//! The PCK against scikit-learn's posteriors (`tests/reference/posteriors.py`), and what the paper
//! says about its mixtures.

use std::sync::Arc;

use ndarray::{Array2, array};
use serde::Deserialize;

use super::features::FeatureMap;
use super::{
    Covariance, Ensemble, EnsembleBuilder, Mixture, Pck, PckConfig, Posteriors, PriorKernel,
    Scratch,
};

#[derive(Deserialize)]
struct Reference {
    samples: Vec<Vec<f64>>,
    diagonal: Case,
    spherical: Case,
}

#[derive(Deserialize)]
struct Case {
    mixtures: Vec<Parameters>,
    prior: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Parameters {
    weights: Vec<f64>,
    means: Vec<Vec<f64>>,
    variances: Vec<Vec<f64>>,
    posteriors: Vec<Vec<f64>>,
}

/// A mixture of these parameters, by the definition of ln w N(x; μ, σ²) in pixels less 0.5.
fn mixture(of: &Parameters, covariance: Covariance) -> Mixture {
    let (mut coefficients, mut constants) = (Vec::new(), Vec::new());
    for ((weight, means), variances) in of.weights.iter().zip(&of.means).zip(&of.variances) {
        let variance = |pixel: usize| variances[pixel.min(variances.len() - 1)];
        let mean = |pixel: usize| means[pixel] - 0.5;
        let pixels = 0..means.len();
        match covariance {
            Covariance::Diagonal => {
                coefficients.extend(pixels.clone().map(|p| -0.5 / variance(p)));
            }
            Covariance::Spherical => coefficients.push(-0.5 / variance(0)),
        }
        coefficients.extend(pixels.clone().map(|p| mean(p) / variance(p)));
        let term = |p: usize| variance(p).ln() + mean(p).powi(2) / variance(p);
        constants.push(weight.ln() - 0.5 * pixels.map(term).sum::<f64>());
    }
    Mixture::of_parameters(&coefficients, &constants)
}

#[test]
fn posteriors_and_the_whole_p_are_scikit_learns() {
    let reference: Reference =
        serde_json::from_str(include_str!("../../tests/reference/posteriors.json")).unwrap();
    let (n, d) = (reference.samples.len(), reference.samples[0].len());
    let pixels = Array2::from_shape_fn((n, d), |(i, j)| reference.samples[i][j] as f32);
    // All pixels vary, about 0.5.
    let about = Array2::from_shape_fn((2, d), |(i, _)| [0.25_f32, 0.75][i]);
    for (case, covariance) in [
        (&reference.diagonal, Covariance::Diagonal),
        (&reference.spherical, Covariance::Spherical),
    ] {
        let map = Arc::new(FeatureMap::new(about.view(), covariance));
        let mixtures: Vec<_> = case
            .mixtures
            .iter()
            .map(|m| mixture(m, covariance))
            .collect();
        let ensemble = Arc::new(Ensemble::new(map, &mixtures));
        let posteriors = Posteriors::of_images(&ensemble, pixels.view());
        for (index, wanted) in case.mixtures.iter().enumerate() {
            for (sample, wanted) in wanted.posteriors.iter().enumerate() {
                let found = posteriors.posterior(sample, index);
                assert_eq!(found.len(), wanted.len());
                for (found, wanted) in found.iter().zip(wanted) {
                    // Posteriors up to 1e-5 are left out, and single precision does the rest.
                    let error = (f64::from(*found) - wanted).abs();
                    assert!(error < 5e-5, "{covariance:?}, {sample}, {index}: {error}");
                }
            }
        }
        let pck = Pck::new(ensemble, posteriors);
        let all: Vec<usize> = (0..n).collect();
        let mut prior = Array2::zeros((n, n));
        pck.gram(&all, &mut Scratch::default(), prior.view_mut());
        for ((i, j), found) in prior.indexed_iter() {
            let error = (f64::from(*found) - case.prior[i][j]).abs();
            assert!(error < 5e-5, "{covariance:?}, P({i}, {j}): {error}");
        }
        // Some rows and other columns, and a product with P.
        let (rows, columns) = ([3, 0, 23], [7, 7, 1, 20]);
        let mut block = Array2::zeros((3, 4));
        pck.block(&rows, &columns, block.view_mut());
        let v = array![[1.0_f32], [-2.0], [0.5], [3.0]];
        let product = pck.multiply(&rows, &columns, v.view());
        for (i, &row) in rows.iter().enumerate() {
            let mut sum = 0.0;
            for (j, &column) in columns.iter().enumerate() {
                let wanted = case.prior[row][column];
                assert!((f64::from(block[[i, j]]) - wanted).abs() < 5e-5);
                sum += wanted * f64::from(v[[j, 0]]);
            }
            assert!((f64::from(product[[i, 0]]) - sum).abs() < 3e-4);
        }
    }
}

/// Section 2.3: Q starts for each of g = 2, …, G components.
#[test]
fn every_number_of_components_from_two_has_all_its_starts() {
    let samples = Array2::from_shape_fn((20, 6), |(i, j)| ((i * 7 + j * 5) % 11) as f32 / 11.0);
    let config = PckConfig {
        restarts: 3,
        max_components: 6,
        fit_samples: 20,
        ..PckConfig::default()
    };
    let mut builder = EnsembleBuilder::new(samples.view(), &config, 0).unwrap();
    assert_eq!(builder.total(), 15);
    builder.fit_next(usize::MAX);
    let mut sizes: Vec<usize> = builder.fits().iter().map(|m| m.components).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6]);
    // And as many components stand in each mixture's posterior.
    let ensemble = builder.ensemble();
    let placed = Posteriors::of_images(ensemble, samples.view());
    for (index, mixture) in builder.fits().iter().enumerate() {
        assert_eq!(placed.posterior(0, index).len(), mixture.components);
    }
    assert_eq!(ensemble.components(), 60);
    // The paper's Q = G = 30.
    assert_eq!(PckConfig::default().mixtures(), 870);
}
