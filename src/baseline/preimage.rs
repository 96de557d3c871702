//! Pre-images (Bakır, Weston and Schölkopf, 2003): the way back from scores to pixels, learned.
//!
//! A kernel ridge regression from the training samples' scores z to their pixels x,
//! x(z) = Σᵢ wᵢ exp(−‖z − zᵢ‖² / (2σ²)) with (K + αI) W = X. It has no intercept and α is added
//! to the diagonal as it stands: the convention of scikit-learn's `KernelRidge`.

use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::BaselineError;
use crate::linalg::{self, GaussianKernel, RidgeSolution, ridge_solve, squared_distances};

/// Relative residual of the regression, ‖X − (K + αI)W‖ / ‖X‖.
///
/// Of pixels between 0 and 1 this is an error of some 1e-4 each, far under a step of 8-bit data
/// (4e-3) and far under the error of any pre-image.
const TOLERANCE: f64 = 3e-4;
/// Scores that the median distance is taken over, at the most.
const MEDIAN_SAMPLES: usize = 2000;

/// σ of the regression's kernel: `width` times the median distance between `scores` (n × m), whose
/// samples `seed` draws.
///
/// # Errors
///
/// [`BaselineError::Width`] for a width that is not above 0, [`BaselineError::TooFewSamples`] without
/// scores.
pub(super) fn sigma(
    scores: ArrayView2<'_, f32>,
    width: f64,
    seed: u64,
) -> Result<f64, BaselineError> {
    if !(width.is_finite() && width > 0.0) {
        return Err(BaselineError::Width(width));
    }
    if scores.nrows() == 0 {
        return Err(BaselineError::TooFewSamples {
            method: "a pre-image",
            needed: 1,
            found: 0,
        });
    }
    Ok(width * median_distance(scores, seed))
}

/// A regression from scores to pixels.
#[derive(Clone, Debug)]
pub struct PreImage {
    kernel: GaussianKernel,
    sigma: f64,
    solution: RidgeSolution,
}

impl PreImage {
    /// Learns the way from `scores` (n × m) to `pixels` (n × d), row by row.
    ///
    /// σ is `width` times the median distance between the scores ([`median_distance`]), α is
    /// `ridge`; both are above 0. The regression's relative residual ends below 3e-4.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Width`], [`BaselineError::TooFewSamples`] without samples,
    /// [`BaselineError::Ridge`] if the regression has no solution, [`BaselineError::Cancelled`].
    pub fn fit(
        scores: ArrayView2<'_, f32>,
        pixels: ArrayView2<'_, f32>,
        ridge: f64,
        width: f64,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let sigma = sigma(scores, width, seed)?;
        let kernel = GaussianKernel::new(scores, sigma);
        let solution = ridge_solve(&kernel, pixels, ridge, TOLERANCE, seed, cancel)?;
        Ok(Self {
            kernel,
            sigma,
            solution,
        })
    }

    /// σ of the kernel, in units of the scores.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Products with the kernel that the regression needed, and its relative residual.
    #[must_use]
    pub fn convergence(&self) -> (usize, f64) {
        (self.solution.iterations, self.solution.residual)
    }

    /// The pixels that belong to `scores` (any × m), any × d; not cut to [0, 1].
    ///
    /// # Errors
    ///
    /// [`BaselineError::Cancelled`] when `cancel`, asked every 2,048 rows, says so.
    pub fn predict(
        &self,
        scores: ArrayView2<'_, f32>,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Array2<f32>, BaselineError> {
        let rows = self.kernel.place(scores);
        let kept = self
            .kernel
            .multiply(&rows, self.solution.weights.view(), cancel)?;
        let mut pixels = Array2::zeros((scores.nrows(), self.solution.targets));
        for (from, mut to) in kept.rows().into_iter().zip(pixels.rows_mut()) {
            for (&column, &value) in self.solution.columns.iter().zip(from) {
                to[column] = value;
            }
        }
        Ok(pixels)
    }
}

/// The median Euclidean distance between two different rows of `scores`, over all pairs of at
/// most 2,000 rows drawn by `seed`; for an even number of pairs the upper of the two middle ones.
///
/// Where more than half of the pairs coincide, the median of the other pairs; 1 if all coincide.
#[must_use]
pub fn median_distance(scores: ArrayView2<'_, f32>, seed: u64) -> f64 {
    let n = scores.nrows();
    let indices = if n <= MEDIAN_SAMPLES {
        (0..n).collect()
    } else {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        rand::seq::index::sample(&mut rng, n, MEDIAN_SAMPLES).into_vec()
    };
    let mut squares = squared_distances(scores.select(Axis(0), &indices).view());
    match linalg::median_distance(&mut squares) {
        Some(median) if median > 0.0 => median,
        _ => {
            squares.retain(|&square| square > 0.0);
            linalg::median_distance(&mut squares).unwrap_or(1.0)
        }
    }
}

#[cfg(test)]
#[path = "preimage_tests.rs"]
mod tests;
