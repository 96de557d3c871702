//! The coordinates in which a Gaussian's logarithm is a linear function.
//!
//! `ln N(x; μ, σ²) = Σ_j (−x_j² / 2σ_j² + μ_j x_j / σ_j²)` + a constant is an inner product of
//! [x², x] with a component's coefficients, so that the log-densities of many samples under many
//! components are one matrix product.
//!
//! Two things keep it short and exact. Pixels are centred on the mean of the samples that the
//! mixtures are fitted on, which keeps the cancellation between the terms small. And pixels that
//! are constant there (the margins of a digit: a third of the image) are left out: every
//! component has the same mean and, on the diagonal, the same variance in them, so that for *any*
//! sample their term cancels in the posterior. Under spherical components the squares have one
//! common coefficient and become a single feature, ‖x‖² over all pixels, constant ones too
//! (a variance does not cancel there).

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Covariance;
use crate::linalg::Real;

/// The sizes of a feature row: `quadratic()` squares, then `active` centred pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FeatureShape {
    pub covariance: Covariance,
    /// d, pixels of an image.
    pub dimension: usize,
    /// Pixels that vary over the samples of the fit.
    pub active: usize,
}

impl FeatureShape {
    /// How many features are squares.
    pub fn quadratic(self) -> usize {
        match self.covariance {
            Covariance::Diagonal => self.active,
            Covariance::Spherical => 1,
        }
    }

    /// The length of a feature row.
    pub fn width(self) -> usize {
        self.quadratic() + self.active
    }
}

/// The way from pixels to features.
pub(super) struct FeatureMap {
    covariance: Covariance,
    mean: Vec<f64>,
    active: Vec<usize>,
}

impl FeatureMap {
    /// The map that suits mixtures fitted on `samples` (n×d, n > 0).
    pub fn new<T: Real>(samples: ArrayView2<'_, T>, covariance: Covariance) -> Self {
        let n = samples.nrows() as f64;
        let mut active = Vec::new();
        let mean = samples
            .columns()
            .into_iter()
            .enumerate()
            .map(|(pixel, column)| {
                if column.iter().all(|&value| value == column[0]) {
                    return column[0].wide();
                }
                active.push(pixel);
                column.iter().map(|value| value.wide()).sum::<f64>() / n
            })
            .collect();
        Self {
            covariance,
            mean,
            active,
        }
    }

    /// The sizes of what [`Self::write`] writes.
    pub fn shape(&self) -> FeatureShape {
        FeatureShape {
            covariance: self.covariance,
            dimension: self.mean.len(),
            active: self.active.len(),
        }
    }

    /// Writes the features of `pixels` (n×d) into `out` (n×width).
    pub fn write<T: Real>(&self, pixels: ArrayView2<'_, T>, mut out: ArrayViewMut2<'_, T>) {
        let quadratic = self.shape().quadratic();
        for (pixels, mut out) in pixels.outer_iter().zip(out.outer_iter_mut()) {
            for (feature, &pixel) in self.active.iter().enumerate() {
                let centred = pixels[pixel] - T::of(self.mean[pixel]);
                out[quadratic + feature] = centred;
                if self.covariance == Covariance::Diagonal {
                    out[feature] = centred * centred;
                }
            }
            if self.covariance == Covariance::Spherical {
                let squares = pixels.iter().zip(&self.mean);
                let squares = squares.map(|(pixel, mean)| (pixel.wide() - mean).powi(2));
                out[0] = T::of(squares.sum());
            }
        }
    }
}
