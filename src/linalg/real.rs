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
}

impl Real for f32 {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    fn of(value: f64) -> Self {
        value as Self
    }

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
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
}
