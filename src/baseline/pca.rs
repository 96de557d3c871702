//! Linear principal component analysis, of pixels or of an autoencoder's codes (Section 4.5).
//!
//! The rows are centred, their covariance is C = Xᵀ X / (n − 1), and a row is projected on C's
//! leading eigenvectors. Rows are asked for tile by tile, so that images may stay bytes.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};

use super::BaselineError;
use crate::linalg::{Accumulate, Parallel, leading_eigenpairs, product, symmetric_eigen};

/// Up to this many columns the covariance is built and decomposed whole.
const DENSE_COLUMNS: usize = 512;
/// The same where more components are asked for, and there may be, than a quarter of the columns:
/// products alone would take longer.
const DENSE_COLUMNS_FOR_MANY: usize = 2048;
/// Rows of a tile.
const TILE: usize = 1024;
/// Residual norms of the eigenpairs, relative to the largest eigenvalue.
const TOLERANCE: f64 = 1e-5;
/// Variances below this share of the largest are rounding.
const NEGLIGIBLE: f64 = 1e-6;

/// The mean and the principal axes of a set of rows.
#[derive(Clone, Debug)]
pub struct Pca {
    mean: Array1<f32>,
    variances: Array1<f64>,
    /// d × components.
    axes: Array2<f32>,
}

impl Pca {
    /// Fits the rows of a matrix (n × d, contiguous by rows or not); see [`Self::fit_tiles`].
    ///
    /// # Errors
    ///
    /// As [`Self::fit_tiles`].
    pub fn fit(
        rows: ArrayView2<'_, f32>,
        components: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let copy = |range: Range<usize>, mut tile: ArrayViewMut2<'_, f32>| {
            tile.assign(&rows.slice(s![range, ..]));
        };
        Self::fit_tiles(rows.dim(), copy, components, seed, cancel)
    }

    /// Fits n rows of d numbers, (n, d) = `shape`; `gather` writes the rows of a range into a
    /// matrix of that many rows, and is called several times for each.
    ///
    /// There are at most as many components as the rows' rank allows: variances below 1e-6 of
    /// the largest are left out, and identical rows have no component at all.
    ///
    /// # Errors
    ///
    /// [`BaselineError::TooFewSamples`] without rows, [`BaselineError::Eigen`] if numbers are not
    /// finite, [`BaselineError::Cancelled`].
    pub fn fit_tiles(
        shape: (usize, usize),
        gather: impl FnMut(Range<usize>, ArrayViewMut2<'_, f32>),
        components: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let (n, d) = shape;
        if n == 0 {
            return Err(BaselineError::TooFewSamples {
                method: "PCA",
                needed: 1,
                found: 0,
            });
        }
        let mut tiles = Tiles { shape, gather };
        let mean = tiles.mean();
        let scale = 1.0 / (n.max(2) - 1) as f64;
        let many = 4 * components.min(n) > d && d <= DENSE_COLUMNS_FOR_MANY;
        let (mut variances, axes) = if many || d <= DENSE_COLUMNS {
            if cancel() {
                return Err(BaselineError::Cancelled);
            }
            let (values, vectors) = symmetric_eigen(tiles.scatter(&mean).view())?;
            (values, narrow(&vectors))
        } else {
            let apply = |v: ArrayView2<'_, f32>| tiles.scatter_product(&mean, v);
            let pairs = leading_eigenpairs(d, components.min(n), apply, seed, TOLERANCE, cancel)?;
            (pairs.values, pairs.vectors)
        };
        variances *= scale;
        let floor = NEGLIGIBLE * variances.first().copied().unwrap_or(0.0);
        let kept = variances
            .iter()
            .take(components.min(n - 1))
            .take_while(|&&v| v > floor)
            .count();
        Ok(Self {
            mean,
            variances: variances.slice(s![..kept]).to_owned(),
            axes: axes.slice(s![.., ..kept]).as_standard_layout().into_owned(),
        })
    }

    /// The number of components that were found.
    #[must_use]
    pub fn components(&self) -> usize {
        self.variances.len()
    }

    /// The variance along each axis, descending (denominator n − 1).
    #[must_use]
    pub fn variances(&self) -> ArrayView1<'_, f64> {
        self.variances.view()
    }

    /// The mean row, d.
    #[must_use]
    pub fn mean(&self) -> ArrayView1<'_, f32> {
        self.mean.view()
    }

    /// The axes in columns of unit length, d × components.
    #[must_use]
    pub fn axes(&self) -> ArrayView2<'_, f32> {
        self.axes.view()
    }

    /// Scores of `rows` (any × d) on the axes, any × components.
    #[must_use]
    pub fn project(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let centred = (&rows - &self.mean).as_standard_layout().into_owned();
        let mut scores = Array2::zeros((rows.nrows(), self.components()));
        product(
            scores.view_mut(),
            Accumulate::Replace,
            1.0,
            centred.view(),
            self.axes.view(),
            Parallel::Yes,
        );
        scores
    }

    /// The rows that have these `scores` (any × components, contiguous by rows), any × d.
    #[must_use]
    pub fn restore(&self, scores: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut rows = Array2::zeros((scores.nrows(), self.mean.len()));
        rows += &self.mean;
        product(
            rows.view_mut(),
            Accumulate::Add,
            1.0,
            scores,
            self.axes.t(),
            Parallel::Yes,
        );
        rows
    }

    /// The projections of `rows` (any × d) on the affine space of the axes, any × d.
    #[must_use]
    pub fn reconstruct(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.restore(self.project(rows).view())
    }

    /// `rows` (any × d) with noise of variance `noise` on every column taken away as far as second
    /// moments tell (Wiener's filter), any × d.
    ///
    /// A row is y = x + e with e of mean 0 and covariance σ²I, independent of the clean x. With the
    /// clean rows' mean μ and covariance C = V Λ Vᵀ, the affine function of y nearest to x in mean
    /// square is
    ///
    /// x̂ = μ + Cov(x, y) Cov(y)⁻¹ (y − μ) = μ + C (C + σ²I)⁻¹ (y − μ) = μ + V Λ(Λ + σ²I)⁻¹ Vᵀ (y − μ):
    ///
    /// the score on each axis times λ/(λ + σ²), λ that axis' variance (denominator n − 1). Where all
    /// components were fitted none is missing: those left out have λ = 0 and the factor 0. μ and C
    /// are those of the fitted rows, σ² = `noise` ≥ 0; at 0 this is [`Self::reconstruct`].
    #[must_use]
    pub fn shrink(&self, rows: ArrayView2<'_, f32>, noise: f64) -> Array2<f32> {
        #[expect(clippy::cast_possible_truncation, reason = "a factor from 0 to 1")]
        let factors = self.variances.mapv(|λ| (λ / (λ + noise)) as f32);
        let scores = self.project(rows) * &factors;
        self.restore(scores.view())
    }
}

/// Rows that are produced tile by tile.
struct Tiles<G> {
    shape: (usize, usize),
    gather: G,
}

impl<G: FnMut(Range<usize>, ArrayViewMut2<'_, f32>)> Tiles<G> {
    /// Shows every tile to `visit`, in order.
    fn each(&mut self, mut visit: impl FnMut(ArrayViewMut2<'_, f32>)) {
        let (n, d) = self.shape;
        let mut buffer = Array2::zeros((TILE.min(n), d));
        for start in (0..n).step_by(TILE) {
            let range = start..(start + TILE).min(n);
            let mut tile = buffer.slice_mut(s![..range.len(), ..]);
            (self.gather)(range, tile.view_mut());
            visit(tile);
        }
    }

    /// The mean row.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is what is asked for"
    )]
    fn mean(&mut self) -> Array1<f32> {
        let (n, d) = self.shape;
        let mut sum = Array1::<f64>::zeros(d);
        self.each(|tile| {
            for row in tile.rows() {
                sum.zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
            }
        });
        sum.mapv(|x| (x / n as f64) as f32)
    }

    /// `XᵀX` of the centred rows, d×d.
    fn scatter(&mut self, mean: &Array1<f32>) -> Array2<f64> {
        let d = self.shape.1;
        let mut scatter = Array2::zeros((d, d));
        self.each(|tile| {
            let centred = (&tile - mean).mapv(f64::from);
            product(
                scatter.view_mut(),
                Accumulate::Add,
                1.0,
                centred.t(),
                centred.view(),
                Parallel::Yes,
            );
        });
        scatter
    }

    /// `XᵀX` · `v` of the centred rows, without the d×d matrix.
    fn scatter_product(&mut self, mean: &Array1<f32>, v: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut out = Array2::zeros(v.dim());
        self.each(|mut tile| {
            for mut row in tile.axis_iter_mut(Axis(0)) {
                row -= mean;
            }
            let mut scores = Array2::zeros((tile.nrows(), v.ncols()));
            product(
                scores.view_mut(),
                Accumulate::Replace,
                1.0,
                tile.view(),
                v,
                Parallel::Yes,
            );
            product(
                out.view_mut(),
                Accumulate::Add,
                1.0,
                tile.t(),
                scores.view(),
                Parallel::Yes,
            );
        });
        out
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn narrow(matrix: &Array2<f64>) -> Array2<f32> {
    matrix.mapv(|x| x as f32)
}

#[cfg(test)]
#[path = "pca_tests.rs"]
mod tests;
