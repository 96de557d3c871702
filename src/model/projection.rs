//! A batch's codes on their leading axes: what the decoder sees in training through a projection.
//!
//! PCA of codes keeps m of their Nc axes; a decoder that has only seen codes of all Nc does badly
//! with what is left. Here it learns on projected codes. With μ the mean of the batch's codes and
//! the rows of Q (m×Nc) orthonormal, the decoder is given
//!
//! ```text
//! y = μ + (h − μ) Qᵀ Q
//! ```
//!
//! Q spans nearly the m leading principal axes of the batch: every step begins with random
//! directions and applies the batch's covariance to them twice (the randomised range finder of
//! Halko, Martinsson and Tropp, 2011, Algorithm 4.4). Q and μ count as constants of the step,
//! although they follow from the codes, so that what comes back is
//!
//! ```text
//! ∂L/∂h = ∂L/∂y Qᵀ Q
//! ```
//!
//! The alignment is that of the codes themselves.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::minibatch::dot;
use crate::linalg::{Accumulate, Parallel, Real, product};

/// How often the covariance is applied to the random directions.
const ITERATIONS: usize = 2;

/// A direction of which less than this part is left beside the others is none.
const NOTHING: f64 = 1e-4;

/// The projection of a step, in buffers that are made once.
pub struct Projection<T> {
    /// μ, Nc.
    mean: Vec<f64>,
    /// Q, m×Nc: rows of length 1, or of zeros where the codes have less than m axes.
    basis: Array2<T>,
    /// h − μ, then y; k×Nc.
    codes: Array2<T>,
}

impl<T: Real> Projection<T> {
    /// Buffers for `k` codes of `units` units, and for `components` axes (at most `units` are
    /// used).
    #[must_use]
    pub fn new(k: usize, units: usize, components: usize) -> Self {
        Self {
            mean: vec![0.0; units],
            basis: Array2::zeros((components.min(units), units)),
            codes: Array2::zeros((k, units)),
        }
    }

    /// m.
    #[must_use]
    pub fn components(&self) -> usize {
        self.basis.nrows()
    }

    /// Begins a step: the directions that its axes are found from.
    pub fn begin(&mut self, rng: &mut impl Rng) {
        for value in &mut self.basis {
            *value = T::of(rng.sample(StandardNormal));
        }
    }

    /// y, k×Nc, after [`Self::project`].
    pub(super) fn codes(&self) -> ArrayView2<'_, T> {
        self.codes.view()
    }

    /// Turns the axes towards the leading ones of `codes` (k×Nc); `scores` is a buffer of k×m.
    pub(super) fn turn(&mut self, codes: ArrayView2<'_, T>, scores: &mut Array2<T>) {
        self.mean.fill(0.0);
        for row in codes.outer_iter() {
            for (mean, value) in self.mean.iter_mut().zip(row) {
                *mean += value.wide();
            }
        }
        let k = codes.nrows() as f64;
        for mean in &mut self.mean {
            *mean /= k;
        }
        self.centre(codes);
        for _ in 0..ITERATIONS {
            alone(scores.view_mut(), self.codes.view(), self.basis.t());
            alone(self.basis.view_mut(), scores.t(), self.codes.view());
            orthonormalise(&mut self.basis);
        }
    }

    /// y of `codes` (k×Nc) under the axes as they are; `scores` is a buffer of k×m.
    pub(super) fn project(&mut self, codes: ArrayView2<'_, T>, scores: &mut Array2<T>) {
        self.centre(codes);
        alone(scores.view_mut(), self.codes.view(), self.basis.t());
        alone(self.codes.view_mut(), scores.view(), self.basis.view());
        for mut row in self.codes.outer_iter_mut() {
            for (value, &mean) in row.iter_mut().zip(&self.mean) {
                *value += T::of(mean);
            }
        }
    }

    /// rows ← rows Qᵀ Q, by way of `scores` (as many rows, m columns).
    pub(super) fn back(&self, mut rows: ArrayViewMut2<'_, T>, mut scores: ArrayViewMut2<'_, T>) {
        alone(scores.view_mut(), rows.view(), self.basis.t());
        alone(rows.view_mut(), scores.view(), self.basis.view());
    }

    fn centre(&mut self, codes: ArrayView2<'_, T>) {
        for (mut out, row) in self.codes.outer_iter_mut().zip(codes.outer_iter()) {
            for ((out, &value), &mean) in out.iter_mut().zip(row).zip(&self.mean) {
                *out = value - T::of(mean);
            }
        }
    }
}

/// out ← a·b on the calling thread.
fn alone<T: Real>(out: ArrayViewMut2<'_, T>, a: ArrayView2<'_, T>, b: ArrayView2<'_, T>) {
    product(out, Accumulate::Replace, T::one(), a, b, Parallel::No);
}

/// Gram and Schmidt, each row against those before it twice; what is then next to nothing is set
/// to zero.
fn orthonormalise<T: Real>(rows: &mut Array2<T>) {
    let columns = rows.ncols().max(1);
    let all = rows.as_slice_mut().expect("a buffer in standard layout");
    for row in 0..all.len() / columns {
        let (before, rest) = all.split_at_mut(row * columns);
        let row = &mut rest[..columns];
        let length = dot(row, row).sqrt();
        for _ in 0..2 {
            for other in before.chunks_exact(columns) {
                let part = T::of(dot(row, other));
                for (value, &other) in row.iter_mut().zip(other) {
                    *value -= part * other;
                }
            }
        }
        let left = dot(row, row).sqrt();
        let scale = if left > NOTHING * length {
            T::of(1.0 / left)
        } else {
            T::zero()
        };
        for value in row {
            *value *= scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;

    use super::*;
    use crate::data::generator;
    use crate::linalg::symmetric_eigen;

    /// Codes whose axes have the variances 1, 1/4, 1/9, …
    fn codes(k: usize, units: usize) -> Array2<f64> {
        let mut rng = generator(4, 0);
        let scale = |j: usize| 1.0 / (j + 1) as f64;
        let raw = Array2::from_shape_fn((k, units), |(_, j)| {
            scale(j) * rng.sample::<f64, _>(StandardNormal)
        });
        let mixed = Array2::from_shape_fn((units, units), |_| rng.sample(StandardNormal));
        raw.dot(&mixed) + 0.7
    }

    fn projected(codes: &Array2<f64>, m: usize) -> (Projection<f64>, Array2<f64>) {
        let mut projection = Projection::new(codes.nrows(), codes.ncols(), m);
        let mut scores = Array2::zeros((codes.nrows(), projection.components()));
        projection.begin(&mut generator(1, 0));
        projection.turn(codes.view(), &mut scores);
        projection.project(codes.view(), &mut scores);
        let projected = projection.codes.clone();
        (projection, projected)
    }

    fn squares(a: &Array2<f64>) -> f64 {
        a.iter().map(|x| x * x).sum()
    }

    #[test]
    fn it_is_a_projection_and_loses_hardly_more_than_pca() {
        let codes = codes(60, 12);
        // What PCA loses are the smaller eigenvalues of the centred codes' products.
        let centred = &codes - &codes.mean_axis(Axis(0)).unwrap();
        let (values, _) = symmetric_eigen(centred.t().dot(&centred).view()).unwrap();
        let mut values = values.to_vec();
        values.sort_by(|a, b| b.total_cmp(a));
        for m in [1, 3, 6, 11] {
            let (projection, once) = projected(&codes, m);
            let gram = projection.basis.dot(&projection.basis.t());
            assert!(squares(&(&gram - &Array2::<f64>::eye(m))) < 1e-20);
            // Projected once more it stays where it is.
            let mut again = once.clone();
            let mut scores = Array2::zeros((60, m));
            again -= &once.mean_axis(Axis(0)).unwrap();
            let centred = again.clone();
            projection.back(again.view_mut(), scores.view_mut());
            assert!(squares(&(&again - &centred)) < 1e-20);

            let (ours, best) = (squares(&(&once - &codes)), values[m..].iter().sum::<f64>());
            assert!(
                ours > best * (1.0 - 1e-9) && ours < best * 1.25,
                "{m}: {ours} {best}"
            );
        }
    }

    #[test]
    fn codes_of_any_size_have_their_axes() {
        for scale in [1e-6, 1e6] {
            let (projection, _) = projected(&(codes(60, 12) * scale), 4);
            let gram = projection.basis.dot(&projection.basis.t());
            assert!(squares(&(&gram - &Array2::<f64>::eye(4))) < 1e-20);
        }
    }

    #[test]
    fn codes_with_fewer_axes_are_left_as_they_are() {
        let low = codes(40, 3);
        let wide = Array2::from_shape_fn((40, 9), |(i, j)| low[[i, j % 3]] * (j + 1) as f64);
        let (_, projected) = projected(&wide, 7);
        assert!(squares(&(&projected - &wide)) < 1e-12 * squares(&wide));
        // All codes the same: nothing but their mean.
        let same = Array2::from_elem((5, 4), 2.5);
        let (projection, projected) = self::projected(&same, 2);
        assert!(projection.basis.iter().all(|&x| x == 0.0));
        assert_eq!(projected, same);
    }
}
