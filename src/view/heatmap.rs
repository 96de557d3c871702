//! From a kernel matrix to pixels: one scale for what is compared, means where many entries fall
//! on one pixel.
//!
//! P and C live on different scales, and Lc (Eq. 6) compares them after division by their
//! Frobenius norms. The pictures do the same, times the number of rows: N·P / ‖P‖F is P in units
//! of its root mean square entry, so that 1 means "as large as entries are on the whole" for any
//! number of digits.

use ndarray::ArrayView2;

use super::colour::Lut;

/// The values at the two ends of a colour map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Painted in the first colour, with everything below.
    pub low: f32,
    /// Painted in the last colour, with everything above.
    pub high: f32,
}

impl Scale {
    /// A scale from −`reach` to `reach`.
    #[must_use]
    pub fn centred(reach: f32) -> Self {
        Self {
            low: -reach,
            high: reach,
        }
    }

    /// The index of a value's colour in a map of 256.
    #[inline]
    #[must_use]
    pub fn index(self, value: f32) -> u8 {
        let t = (value - self.low) / (self.high - self.low);
        // `as` sends what is not a number to 0 and what is out of range to its end.
        (t * 255.0 + 0.5) as u8
    }
}

/// What turns entries of an N×N kernel into units of their root mean square: N / ‖K‖F.
#[must_use]
pub fn unit(rows: usize, norm: f64) -> f32 {
    if norm > 0.0 && norm.is_finite() {
        (rows as f64 / norm) as f32
    } else {
        0.0
    }
}

/// ‖K‖F, summed in double precision.
#[must_use]
pub fn norm(matrix: &ArrayView2<'_, f32>) -> f64 {
    let squares = matrix.iter().map(|&value| f64::from(value).powi(2));
    squares.sum::<f64>().sqrt()
}

/// The quantile that the upper end of a scale stands at: a few entries (the diagonal, say) may
/// be off the scale.
const UPPER: f64 = 0.99;
/// Entries looked at for a quantile.
const LOOKED_AT: usize = 20_000;

/// One scale for several matrices, each given with its factor: from zero (or the lower end, where
/// there are negative entries) to the largest upper quantile.
#[must_use]
pub fn shared_scale(matrices: &[(ArrayView2<'_, f32>, f32)]) -> Scale {
    let mut scale = Scale {
        low: 0.0,
        high: 0.0,
    };
    for &(matrix, factor) in matrices {
        // An odd stride does not fall into step with the rows.
        let stride = (matrix.len() / LOOKED_AT).max(1) | 1;
        let mut values: Vec<f32> = matrix
            .iter()
            .step_by(stride)
            .map(|&value| value * factor)
            .filter(|value| value.is_finite())
            .collect();
        if values.is_empty() {
            continue;
        }
        let mut quantile = |q: f64| {
            let place = ((values.len() - 1) as f64 * q).round() as usize;
            *values.select_nth_unstable_by(place, f32::total_cmp).1
        };
        scale.high = scale.high.max(quantile(UPPER));
        scale.low = scale.low.min(quantile(1.0 - UPPER));
    }
    if scale.high - scale.low <= f32::EPSILON {
        scale.high = scale.low + 1.0;
    }
    scale
}

/// Writes the `side`×`side` means of a square matrix times `factor`; each output pixel covers
/// N/side rows and columns, a cell that straddles two pixels counts in both by its parts.
/// `side` above N is taken as N.
pub fn pool(matrix: &ArrayView2<'_, f32>, factor: f32, side: usize, out: &mut Vec<f32>) {
    let n = matrix.nrows();
    let side = side.clamp(1, n.max(1));
    out.clear();
    if side >= n {
        out.extend(matrix.iter().map(|&value| value * factor));
        return;
    }
    let parts = parts(n, side);
    let mut row_sum = vec![0.0f32; n];
    for rows in &parts {
        row_sum.fill(0.0);
        for &(row, weight) in rows {
            let weight = weight * factor;
            for (sum, &value) in row_sum.iter_mut().zip(matrix.row(row)) {
                *sum += weight * value;
            }
        }
        out.extend(parts.iter().map(|columns| {
            columns
                .iter()
                .map(|&(column, weight)| weight * row_sum[column])
                .sum::<f32>()
        }));
    }
}

/// For each of `side` pixels the cells it covers and their weights, which add up to one.
fn parts(n: usize, side: usize) -> Vec<Vec<(usize, f32)>> {
    let width = n as f64 / side as f64;
    (0..side)
        .map(|pixel| {
            let (start, end) = (pixel as f64 * width, (pixel + 1) as f64 * width);
            (start as usize..n.min(end.ceil() as usize))
                .map(|cell| {
                    let overlap = end.min(cell as f64 + 1.0) - start.max(cell as f64);
                    (cell, (overlap / width) as f32)
                })
                .filter(|&(_, weight)| weight > 0.0)
                .collect()
        })
        .collect()
}

/// Colours values through a map into four bytes a value.
///
/// # Panics
///
/// If `out` does not hold four bytes for every value.
pub fn paint(values: &[f32], scale: Scale, lut: &Lut, out: &mut [u8]) {
    assert_eq!(out.len(), 4 * values.len(), "four bytes a pixel");
    let (pixels, _) = out.as_chunks_mut::<4>();
    for (pixel, &value) in pixels.iter_mut().zip(values) {
        *pixel = lut[usize::from(scale.index(value))];
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::super::colour;
    use super::*;

    #[test]
    fn pooling_keeps_the_mean() {
        let matrix = Array2::from_shape_fn((30, 30), |(i, j)| ((i * 7 + j * 13) % 11) as f32 - 3.0);
        let mean = matrix.mean().expect("not empty");
        for side in [1, 7, 10, 29] {
            let mut out = Vec::new();
            pool(&matrix.view(), 2.0, side, &mut out);
            assert_eq!(out.len(), side * side);
            let pooled = out.iter().sum::<f32>() / out.len() as f32;
            assert!((pooled - 2.0 * mean).abs() < 1e-4, "{side}: {pooled}");
        }
    }

    #[test]
    fn pooling_by_whole_blocks_takes_their_means() {
        let matrix = Array2::from_shape_fn((4, 4), |(i, j)| (i * 4 + j) as f32);
        let mut out = Vec::new();
        pool(&matrix.view(), 1.0, 2, &mut out);
        assert_eq!(out, [2.5, 4.5, 10.5, 12.5]);
        pool(&matrix.view(), 1.0, 9, &mut out);
        assert_eq!(out.len(), 16);
    }

    #[test]
    fn one_scale_holds_both_matrices() {
        let small = Array2::from_shape_fn((50, 50), |(i, j)| ((i + j) % 2) as f32);
        let large = Array2::from_shape_fn((50, 50), |(i, j)| ((i + j) % 3) as f32 - 1.0);
        let scale = shared_scale(&[(small.view(), 5.0), (large.view(), 1.0)]);
        assert_eq!(
            scale,
            Scale {
                low: -1.0,
                high: 5.0
            }
        );
    }

    #[test]
    fn a_constant_or_broken_matrix_has_a_scale_too() {
        let zero = Array2::zeros((5, 5));
        let broken = Array2::from_elem((5, 5), f32::NAN);
        for matrix in [zero, broken] {
            let scale = shared_scale(&[(matrix.view(), 1.0)]);
            assert!(scale.high > scale.low);
        }
        assert_eq!(unit(3, 0.0), 0.0);
    }

    #[test]
    fn colours_run_from_end_to_end() {
        let scale = Scale {
            low: 0.0,
            high: 2.0,
        };
        let mut out = [0; 16];
        paint(&[-1.0, 0.0, 2.0, 9.0], scale, colour::greys(true), &mut out);
        assert_eq!(
            out,
            [
                0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255
            ]
        );
        assert_eq!(Scale::centred(1.0).index(0.0), 128);
    }
}
