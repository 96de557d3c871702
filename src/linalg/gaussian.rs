//! A Gaussian kernel between points of few dimensions, multiplied tile by tile as it is computed.
//!
//! k(a, b) = exp(−‖a − b‖² / (2σ²)). A tile of inner products is turned into kernel values while
//! it lies in the cache and is used up there; no array of n×n numbers ever exists.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use super::exp::gaussian_row;
use super::{Accumulate, Cancelled, Parallel, product};

/// Rows of a tile: one task of a thread.
const TILE_ROWS: usize = 128;
/// Columns of a tile; 128 × 512 numbers fit a second-level cache.
const TILE_COLUMNS: usize = 512;
/// Rows that are multiplied between two looks at `cancel`.
const STRIPE: usize = 16 * TILE_ROWS;

/// Points moved to their mean and scaled by 1 / (√2 σ), such that k = exp(−‖a − b‖²).
#[derive(Clone, Debug)]
pub struct Scaled {
    points: Array2<f32>,
    squares: Vec<f32>,
}

/// The Gaussian kernel to a set of n points.
#[derive(Clone, Debug)]
pub struct GaussianKernel {
    centre: Array1<f32>,
    scale: f32,
    columns: Scaled,
}

impl GaussianKernel {
    /// The kernel of bandwidth `sigma` > 0 to the rows of `points` (n × dimensions).
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "single precision is enough"
    )]
    pub fn new(points: ArrayView2<'_, f32>, sigma: f64) -> Self {
        assert!(sigma > 0.0, "a bandwidth is positive");
        // Differences do not change when all points move; their rounding shrinks.
        let centre = points
            .mean_axis(Axis(0))
            .unwrap_or_else(|| Array1::zeros(points.ncols()));
        let scale = (1.0 / (std::f64::consts::SQRT_2 * sigma)) as f32;
        let columns = Scaled::new(points, &centre, scale);
        Self {
            centre,
            scale,
            columns,
        }
    }

    /// n, the number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.squares.len()
    }

    /// Whether there is no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The kernel's own points.
    #[must_use]
    pub fn points(&self) -> &Scaled {
        &self.columns
    }

    /// Other points of the same dimensions, prepared for [`Self::multiply`].
    #[must_use]
    pub fn place(&self, points: ArrayView2<'_, f32>) -> Scaled {
        Scaled::new(points, &self.centre, self.scale)
    }

    /// K(`rows`, points) · `v`, for `v` of n × b; `cancel` is asked every 2,048 rows.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn multiply(
        &self,
        rows: &Scaled,
        v: ArrayView2<'_, f32>,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Array2<f32>, Cancelled> {
        let (count, width) = (rows.squares.len(), v.ncols());
        assert_eq!(
            v.nrows(),
            self.len(),
            "a kernel multiplies one row for each of its points"
        );
        let mut out = Array2::zeros((count, width));
        if width == 0 {
            return Ok(out);
        }
        let slice = out.as_slice_mut().expect("a new array is contiguous");
        for (stripe, part) in slice.chunks_mut(STRIPE * width).enumerate() {
            if cancel() {
                return Err(Cancelled);
            }
            part.par_chunks_mut(TILE_ROWS * width)
                .enumerate()
                .for_each(|(tile, part)| {
                    let start = stripe * STRIPE + tile * TILE_ROWS;
                    let range = start..start + part.len() / width;
                    let out = ArrayViewMut2::from_shape((range.len(), width), part)
                        .expect("chunks are whole rows");
                    self.multiply_tile(rows, range, v, out);
                });
        }
        Ok(out)
    }

    /// One task of [`Self::multiply`].
    fn multiply_tile(
        &self,
        rows: &Scaled,
        range: Range<usize>,
        v: ArrayView2<'_, f32>,
        mut out: ArrayViewMut2<'_, f32>,
    ) {
        let mut buffer = vec![0.0; range.len() * TILE_COLUMNS.min(self.len())];
        for start in (0..self.len()).step_by(TILE_COLUMNS) {
            let columns = start..(start + TILE_COLUMNS).min(self.len());
            let buffer = &mut buffer[..range.len() * columns.len()];
            let mut tile = ArrayViewMut2::from_shape((range.len(), columns.len()), buffer)
                .expect("the buffer was cut to the tile's size");
            self.columns
                .kernel(rows, range.clone(), columns.clone(), tile.view_mut());
            let accumulate = if start == 0 {
                Accumulate::Replace
            } else {
                Accumulate::Add
            };
            product(
                out.view_mut(),
                accumulate,
                1.0,
                tile.view(),
                v.slice(s![columns, ..]),
                Parallel::No,
            );
        }
    }
}

impl Scaled {
    fn new(points: ArrayView2<'_, f32>, centre: &Array1<f32>, scale: f32) -> Self {
        let points = ((&points - centre) * scale)
            .as_standard_layout()
            .into_owned();
        let squares = points.rows().into_iter().map(|row| row.dot(&row)).collect();
        Self { points, squares }
    }

    /// The points `indices` alone.
    pub(super) fn select(&self, indices: &[usize]) -> Self {
        Self {
            points: self.points.select(Axis(0), indices),
            squares: indices.iter().map(|&i| self.squares[i]).collect(),
        }
    }

    /// Writes `K(rows[range], self[columns])` into `out`, on the calling thread.
    pub(super) fn kernel(
        &self,
        rows: &Self,
        range: Range<usize>,
        columns: Range<usize>,
        mut out: ArrayViewMut2<'_, f32>,
    ) {
        let left = rows.points.slice(s![range.clone(), ..]);
        let right = self.points.slice(s![columns.clone(), ..]);
        product(
            out.view_mut(),
            Accumulate::Replace,
            1.0,
            left,
            right.t(),
            Parallel::No,
        );
        for (mut row, &own) in out.rows_mut().into_iter().zip(&rows.squares[range]) {
            let row = row.as_slice_mut().expect("tiles are contiguous by rows");
            gaussian_row(row, own, &self.squares[columns.clone()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_definition_across_tiles() {
        let points = |n: usize, shift: f32| {
            Array2::from_shape_fn((n, 5), |(i, j)| {
                ((i * 13 + j * 7) as f32 * 0.37).sin() + shift
            })
        };
        // Far from the origin, where a careless difference of squares would be all rounding.
        let (train, new) = (points(1200, 50.0), points(300, 50.3));
        let v = Array2::from_shape_fn((1200, 3), |(i, j)| ((i + 5 * j) as f32 * 0.11).cos());
        let kernel = GaussianKernel::new(train.view(), 0.9);
        let got = kernel
            .multiply(&kernel.place(new.view()), v.view(), &|| false)
            .unwrap();
        for (i, row) in new.rows().into_iter().enumerate().step_by(37) {
            let mut wanted = [0.0_f64; 3];
            for (other, weights) in train.rows().into_iter().zip(v.rows()) {
                let d2: f64 = row
                    .iter()
                    .zip(other)
                    .map(|(a, b)| f64::from(a - b).powi(2))
                    .sum();
                for (sum, &w) in wanted.iter_mut().zip(weights) {
                    *sum += (-d2 / (2.0 * 0.81)).exp() * f64::from(w);
                }
            }
            for (j, wanted) in wanted.iter().enumerate() {
                assert!(
                    (f64::from(got[[i, j]]) - wanted).abs() < 2e-3,
                    "{} for {wanted}",
                    got[[i, j]]
                );
            }
        }
        assert_eq!(
            kernel
                .multiply(kernel.points(), v.view(), &|| true)
                .unwrap_err(),
            Cancelled
        );
    }
}
