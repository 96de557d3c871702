//! Kernel PCA under a prior kernel, not centred (Section 4.3).
//!
//! With the leading eigenpairs E, Λ of the training samples' kernel matrix, the training scores
//! are Z = E Λ^½, so that Z Zᵀ is the best approximation of rank m; its first columns serve
//! every smaller m. Another sample is projected by Nyström's formula, Z = K(new, training) E Λ^-½.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::BaselineError;
use crate::kernel::PriorKernel;
use crate::linalg::leading_eigenpairs;

/// Residual norms of the eigenpairs, relative to the largest eigenvalue.
const TOLERANCE: f64 = 1e-5;

/// The leading eigenpairs of a kernel matrix of n training samples.
#[derive(Clone, Debug)]
pub struct Kpca {
    training: Vec<usize>,
    eigenvalues: Array1<f64>,
    /// E, n × components.
    vectors: Array2<f32>,
    /// E Λ^-½, what a new sample's kernel values are multiplied by.
    projection: Array2<f32>,
}

impl Kpca {
    /// Finds the `components` leading eigenpairs of `kernel` on the samples `training`, by
    /// products alone.
    ///
    /// Eigenvalues below 1e-5 of the largest are not told apart from zero and are left out with
    /// their vectors, so there may be fewer components than asked for ([`Self::components`]).
    ///
    /// # Errors
    ///
    /// [`BaselineError::Cancelled`], [`BaselineError::TooFewSamples`] without samples, and
    /// [`BaselineError::Eigen`] if the eigenpairs cannot be found.
    pub fn fit(
        kernel: &dyn PriorKernel,
        training: &[usize],
        components: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        Self::fit_to(TOLERANCE, kernel, training, components, seed, cancel)
    }

    /// The same with residuals of `tolerance` of the largest eigenvalue, below which eigenvalues are
    /// left out; 2e-6 is about the least that can be met. A very wide RBF kernel is nearly constant,
    /// and its second eigenvalue so small that it takes this.
    ///
    /// # Errors
    ///
    /// As [`Self::fit`].
    pub fn fit_to(
        tolerance: f64,
        kernel: &dyn PriorKernel,
        training: &[usize],
        components: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let n = training.len();
        if n == 0 {
            return Err(BaselineError::TooFewSamples {
                method: "kernel PCA",
                needed: 1,
                found: 0,
            });
        }
        let apply = |v: ArrayView2<'_, f32>| kernel.multiply(training, training, v);
        let pairs = leading_eigenpairs(n, components, apply, seed, tolerance, cancel)?;
        let floor = tolerance * pairs.values.first().copied().unwrap_or(0.0);
        let kept = pairs
            .values
            .iter()
            .take_while(|&&value| value > floor)
            .count();
        let all: Vec<usize> = (0..kept).collect();
        let vectors = pairs
            .vectors
            .select(Axis(1), &all)
            .as_standard_layout()
            .into_owned();
        let eigenvalues = pairs.values.select(Axis(0), &all);
        let projection = scaled(&vectors, &eigenvalues.mapv(|x| x.powf(-0.5)));
        Ok(Self {
            training: training.to_vec(),
            eigenvalues,
            vectors,
            projection,
        })
    }

    /// m, the number of components that were found.
    #[must_use]
    pub fn components(&self) -> usize {
        self.eigenvalues.len()
    }

    /// Λ, descending.
    #[must_use]
    pub fn eigenvalues(&self) -> ArrayView1<'_, f64> {
        self.eigenvalues.view()
    }

    /// E: eigenvectors of unit length in the columns, n × m.
    #[must_use]
    pub fn eigenvectors(&self) -> ArrayView2<'_, f32> {
        self.vectors.view()
    }

    /// Z = E Λ^½ of the training samples, n × m.
    #[must_use]
    pub fn training_scores(&self) -> Array2<f32> {
        scaled(&self.vectors, &self.eigenvalues.mapv(f64::sqrt))
    }

    /// Z = K(`rows`, training) E Λ^-½, `rows.len()` × m. `kernel` is the one that was fitted on
    /// (or one that agrees with it on these samples), `rows` are indices of its samples.
    #[must_use]
    pub fn scores(&self, kernel: &dyn PriorKernel, rows: &[usize]) -> Array2<f32> {
        self.project(|v| kernel.multiply(rows, &self.training, v))
    }

    /// Nyström's formula for samples that the kernel does not know by an index, noisy ones for
    /// instance: `multiply` returns K(new, training) · V for a V of n × m, contiguous by rows.
    pub fn project(
        &self,
        multiply: impl FnOnce(ArrayView2<'_, f32>) -> Array2<f32>,
    ) -> Array2<f32> {
        multiply(self.projection.view())
    }
}

/// The columns of `vectors`, each times its factor.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn scaled(vectors: &Array2<f32>, factors: &Array1<f64>) -> Array2<f32> {
    vectors * &factors.mapv(|x| x as f32)
}

#[cfg(test)]
#[path = "kpca_tests.rs"]
mod tests;
