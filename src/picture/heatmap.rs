//! From a kernel matrix to pixels: means where many entries fall on one pixel, then colours on a
//! [`Scale`].

use ndarray::ArrayView2;

use super::colour::Lut;
use crate::exhibit::Scale;

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

/// Writes a row of values as `width` pixels: means where several fall on a pixel, else each as often as it has
/// pixels. Nothing of no values but zeros.
pub fn pool_row(values: &[f32], width: usize, out: &mut Vec<f32>) {
    let n = values.len();
    out.clear();
    if width >= n {
        out.extend((0..width).map(|x| {
            let at = (2 * x + 1) * n / (2 * width);
            values.get(at).copied().unwrap_or(0.0)
        }));
        return;
    }
    let mean = |cells: &Vec<(usize, f32)>| -> f32 {
        let shares = cells.iter().map(|&(cell, weight)| weight * values[cell]);
        shares.sum()
    };
    out.extend(parts(n, width).iter().map(mean));
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
    }
}
