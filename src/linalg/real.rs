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

    /// eˣ, to a few units in the last place, in a form that compilers turn into vector code;
    /// 0 and infinity where eˣ leaves the range.
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

    /// e^x = 2^n · e^r with n = round(x / ln 2); e^r by a polynomial of degree 6 on |r| ≤ ln 2 / 2
    /// (coefficients 1/k!, whose remainder there is below 1.3e-7).
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "n is a small whole number")]
    fn fast_exp(self) -> Self {
        let x = self.clamp(-87.3, 88.7);
        // Adding 1.5·2²³ rounds to a whole number.
        let n = (x * std::f32::consts::LOG2_E + 12_582_912.0) - 12_582_912.0;
        let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
        let polynomial = 1.0
            + r * (1.0
                + r * (0.5
                    + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
        // In two factors, so that n = 128 still has an exponent.
        let half = (n as i32) >> 1;
        let other = n as i32 - half;
        let power = |e: i32| Self::from_bits(((e + 127) << 23).cast_unsigned());
        polynomial * power(half) * power(other)
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
        for i in -8600..8800 {
            let x = i as f32 / 100.0 + 0.003;
            let (got, exact) = (f64::from(x.fast_exp()), f64::from(x).exp());
            assert!((got / exact - 1.0).abs() < 4e-7, "{x}: {got} {exact}");
        }
        assert!((-1e4_f32).fast_exp() < 1e-37);
        assert!(f32::NAN.fast_exp().is_nan());
    }
}
