//! The two kinds of number that the numerics are written for.

use std::fmt::{Debug, Display};
use std::iter::Sum;

/// A floating-point number that a network can be made of: `f32` to train, `f64` to test.
pub trait Real:
    num_traits::Float
    + num_traits::NumAssign
    + num_traits::FromPrimitive
    + faer::traits::ComplexField
    + ndarray::LinalgScalar
    + ndarray::ScalarOperand
    + Sum
    + Debug
    + Display
    + Default
    + Send
    + Sync
    + 'static
{
    /// `value`, rounded to this type.
    fn of(value: f64) -> Self;

    /// This number as an `f64`.
    fn wide(self) -> f64;

    /// eˣ to a few units in the last place, in a form that compilers turn into vector code. In
    /// `f32` x is first cut to [−87, 88], so that the value is a positive finite number.
    fn fast_exp(self) -> Self;
}

impl Real for f32 {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is what is asked for"
    )]
    fn of(value: f64) -> Self {
        value as Self
    }

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "callers are compiled for several vector widths"
    )]
    fn fast_exp(self) -> Self {
        super::exp::exp(self)
    }
}

impl Real for f64 {
    #[inline]
    fn of(value: f64) -> Self {
        value
    }

    #[inline]
    fn wide(self) -> f64 {
        self
    }

    #[inline]
    fn fast_exp(self) -> Self {
        self.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_exp_is_exp() {
        for i in -8690..8790 {
            let x = i as f32 / 100.0 + 0.003;
            let (got, exact) = (f64::from(x.fast_exp()), f64::from(x).exp());
            assert!((got / exact - 1.0).abs() < 4e-7, "{x}: {got} {exact}");
        }
        assert!((-1e4_f32).fast_exp() < 2e-38 && 1e4_f32.fast_exp().is_finite());
        assert!(f32::NAN.fast_exp().is_nan());
    }
}
