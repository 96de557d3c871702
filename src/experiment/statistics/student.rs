//! Student's t distribution, centred and of unit scale.

use statrs::distribution::{ContinuousCDF, StudentsT};

fn student(freedom: usize) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, freedom as f64).ok()
}

/// The 97.5 % quantile with `freedom` degrees of freedom, half the width of a 95 % interval in
/// standard errors; `None` for 0.
pub fn quantile(freedom: usize) -> Option<f64> {
    Some(student(freedom)?.inverse_cdf(1.0 - super::LEVEL / 2.0))
}

/// The probability of being at least as far from zero as `t` with `freedom` degrees of freedom,
/// from 0 to 1; `None` for 0, or if `t` is no number.
pub fn two_sided(t: f64, freedom: usize) -> Option<f64> {
    // The lower tail: the upper one, as a difference from 1, would lose its digits.
    let tail = |student: StudentsT| (2.0 * student.cdf(-t.abs())).clamp(0.0, 1.0);
    student(freedom).filter(|_| !t.is_nan()).map(tail)
}
