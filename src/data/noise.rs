//! Gaussian noise on pixels, the same for a sample whichever others stand beside it.
//!
//! Row i draws from a stream of its own, so the noise depends on the seed and i only: not on the
//! number of rows, nor on the number of threads.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::random::generator;

/// Rows a thread takes at once; fewer are not worth the hand-over.
const ROWS_AT_ONCE: usize = 16;

/// `clean` (n×d, pixels in [0, 1]) with noise of standard deviation `std` added, cut to [0, 1] if
/// `clip` is set. With `std` 0 the pixels stay what they are.
///
/// # Panics
///
/// If `std` is negative or not finite.
#[must_use]
pub fn gaussian_noise(clean: ArrayView2<'_, f32>, std: f32, clip: bool, seed: u64) -> Array2<f32> {
    let mut noisy = clean.into_owned();
    add_gaussian_noise(noisy.view_mut(), std, clip, seed);
    noisy
}

/// Adds the noise of [`gaussian_noise`] to `pixels` (n×d) in place; allocates nothing.
///
/// # Panics
///
/// If `std` is negative or not finite.
pub fn add_gaussian_noise(mut pixels: ArrayViewMut2<'_, f32>, std: f32, clip: bool, seed: u64) {
    assert!(
        std.is_finite() && std >= 0.0,
        "a standard deviation is not negative: {std}"
    );
    let d = pixels.ncols();
    if d == 0 {
        return;
    }
    if let Some(slice) = pixels.as_slice_mut() {
        slice
            .par_chunks_mut(d)
            .with_min_len(ROWS_AT_ONCE)
            .enumerate()
            .for_each(|(index, row)| {
                add_to_row(row, index, std, clip, seed);
            });
    } else {
        for (index, mut row) in pixels.outer_iter_mut().enumerate() {
            add_to_row(&mut row, index, std, clip, seed);
        }
    }
}

/// Adds the noise of row `index`.
fn add_to_row<'a>(
    row: impl IntoIterator<Item = &'a mut f32>,
    index: usize,
    std: f32,
    clip: bool,
    seed: u64,
) {
    let mut rng = generator(seed, index as u64);
    for pixel in row {
        let normal: f32 = rng.sample(StandardNormal);
        *pixel += std * normal;
        if clip {
            *pixel = pixel.clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, s};

    use super::*;

    fn grey(n: usize) -> Array2<f32> {
        Array2::from_elem((n, 784), 0.5)
    }

    #[test]
    fn mean_and_deviation_are_those_asked_for() {
        let noise = gaussian_noise(grey(400).view(), 0.25, false, 3) - 0.5;
        let n = noise.len() as f64;
        let mean = noise.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let variance = noise.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / n - mean * mean;
        // Five standard errors of each.
        assert!(mean.abs() < 5.0 * 0.25 / n.sqrt(), "{mean}");
        assert!(
            (variance.sqrt() - 0.25).abs() < 5.0 * 0.25 / (2.0 * n).sqrt(),
            "{variance}"
        );
    }

    #[test]
    fn a_row_does_not_depend_on_the_others_nor_on_the_layout() {
        let all = gaussian_noise(grey(50).view(), 0.25, false, 9);
        let few = gaussian_noise(grey(3).view(), 0.25, false, 9);
        assert_eq!(all.slice(s![..3, ..]), few);
        assert_ne!(all.row(0), all.row(1));

        let mut columns_first = grey(50).reversed_axes().as_standard_layout().into_owned();
        columns_first.swap_axes(0, 1);
        assert!(!columns_first.is_standard_layout());
        add_gaussian_noise(columns_first.view_mut(), 0.25, false, 9);
        assert_eq!(columns_first, all);
        assert_ne!(gaussian_noise(grey(50).view(), 0.25, false, 10), all);
    }

    #[test]
    fn clipping_cuts_to_the_pixels_range() {
        let clipped = gaussian_noise(grey(20).view(), 1.0, true, 1);
        let free = gaussian_noise(grey(20).view(), 1.0, false, 1);
        assert!(free.iter().any(|&x| x < 0.0) && free.iter().any(|&x| x > 1.0));
        assert_eq!(clipped, free.mapv(|x| x.clamp(0.0, 1.0)));
    }

    #[test]
    fn no_noise_changes_nothing_and_no_pixels_are_fine() {
        assert_eq!(gaussian_noise(grey(4).view(), 0.0, false, 1), grey(4));
        assert_eq!(
            gaussian_noise(Array2::zeros((3, 0)).view(), 1.0, true, 1).len_of(Axis(0)),
            3
        );
    }
}
