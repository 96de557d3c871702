//! The scale of a kernel's colours: one for what is compared.
//!
//! P and C live on different scales, and Lc (Eq. 6) compares them after division by their
//! Frobenius norms. The pictures do the same, times the number of rows: N·P / ‖P‖F is P in units
//! of its root mean square entry, so that 1 means "as large as entries are on the whole" for any
//! number of images.

use ndarray::ArrayView2;

use super::looks::Limits;

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

    /// One scale for values that have these: from zero (or the lowest end, where there are negative
    /// values) to the highest end.
    #[must_use]
    pub fn shared(scales: impl IntoIterator<Item = Self>) -> Self {
        let nothing = Self {
            low: 0.0,
            high: 0.0,
        };
        let mut shared = scales.into_iter().fold(nothing, |all, one| Self {
            low: all.low.min(one.low),
            high: all.high.max(one.high),
        });
        if shared.high - shared.low <= f32::EPSILON {
            shared.high = shared.low + 1.0;
        }
        shared
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

/// Entries looked at for a quantile.
const LOOKED_AT: usize = 20_000;

/// Where the entries of a matrix times `factor` lie, but for those that `limits` let be beyond.
#[must_use]
pub fn of_entries(matrix: ArrayView2<'_, f32>, factor: f32, limits: Limits) -> Scale {
    // An odd stride does not fall into step with the rows. The outermost entry may be any.
    let stride = match limits {
        Limits::Full => 1,
        Limits::Usual | Limits::Robust => (matrix.len() / LOOKED_AT).max(1) | 1,
    };
    let mut values: Vec<f32> = matrix
        .iter()
        .step_by(stride)
        .map(|&value| value * factor)
        .filter(|value| value.is_finite())
        .collect();
    let mut quantile = |q: f64| {
        let place = (values.len().saturating_sub(1) as f64 * q).round() as usize;
        if values.is_empty() {
            0.0
        } else {
            *values.select_nth_unstable_by(place, f32::total_cmp).1
        }
    };
    Scale {
        high: quantile(1.0 - limits.beyond()),
        low: quantile(limits.beyond()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn one_scale_holds_both_matrices() {
        let small = Array2::from_shape_fn((50, 50), |(i, j)| ((i + j) % 2) as f32);
        let large = Array2::from_shape_fn((50, 50), |(i, j)| ((i + j) % 3) as f32 - 1.0);
        let scale = Scale::shared([
            of_entries(small.view(), 5.0, Limits::Usual),
            of_entries(large.view(), 1.0, Limits::Usual),
        ]);
        assert_eq!((scale.low, scale.high), (-1.0, 5.0));
    }

    #[test]
    fn a_constant_or_broken_matrix_has_a_scale_too() {
        let zero = Array2::zeros((5, 5));
        let broken = Array2::from_elem((5, 5), f32::NAN);
        for matrix in [zero, broken, Array2::zeros((0, 0))] {
            let scale = Scale::shared([of_entries(matrix.view(), 1.0, Limits::Usual)]);
            assert!(scale.high > scale.low);
        }
        assert_eq!(Scale::centred(1.0).index(0.0), 128);
    }
}
