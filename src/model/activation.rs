//! The transfer functions σ(·) of Eq. 1.
//!
//! Each states its derivative in terms of its *value*, so that the backward pass needs the
//! activations alone. Bias and function are applied in one pass over a row, the derivative in one
//! more.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use crate::linalg::Real;

/// A transfer function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// 1 / (1 + e^−a).
    Sigmoid,
    /// max(0, a).
    Relu,
    /// tanh a.
    Tanh,
    /// log(1 + e^a).
    Softplus,
    /// a.
    Identity,
}

impl Activation {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Sigmoid,
        Self::Relu,
        Self::Tanh,
        Self::Softplus,
        Self::Identity,
    ];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Relu => "ReLU",
            Self::Tanh => "tanh",
            Self::Softplus => "softplus",
            Self::Identity => "identity",
        }
    }

    /// σ(a).
    #[inline(always)]
    pub fn value<T: Real>(self, a: T) -> T {
        let one = T::one();
        match self {
            Self::Sigmoid => one / (one + (-a).fast_exp()),
            Self::Relu => positive(a),
            // tanh a = 2 σ(2a) − 1
            Self::Tanh => (one + one) / (one + (-(a + a)).fast_exp()) - one,
            // log(1 + e^a) = max(a, 0) + log(1 + e^−|a|)
            Self::Softplus => positive(a) + (-a.abs()).fast_exp().ln_1p(),
            Self::Identity => a,
        }
    }

    /// σ′(a) as a function of y = σ(a).
    #[inline(always)]
    pub fn slope<T: Real>(self, y: T) -> T {
        let (zero, one) = (T::zero(), T::one());
        match self {
            Self::Sigmoid => y * (one - y),
            Self::Relu => {
                if y > zero {
                    one
                } else {
                    zero
                }
            }
            Self::Tanh => one - y * y,
            Self::Softplus => one - (-y).fast_exp(),
            Self::Identity => one,
        }
    }
}

/// max(0, a), and NaN where a is NaN (so that a diverged network is noticed).
#[inline(always)]
fn positive<T: Real>(a: T) -> T {
    if a < T::zero() { T::zero() } else { a }
}

/// row ← σ(row + bias), for a row of pre-activations without their bias.
pub(super) fn add_bias_and_activate<T: Real>(row: &mut [T], bias: &[T], activation: Activation) {
    // One loop a function: the choice stands outside of it.
    match activation {
        Activation::Sigmoid => biased(row, bias, |a| Activation::Sigmoid.value(a)),
        Activation::Relu => biased(row, bias, |a| Activation::Relu.value(a)),
        Activation::Tanh => biased(row, bias, |a| Activation::Tanh.value(a)),
        Activation::Softplus => biased(row, bias, |a| Activation::Softplus.value(a)),
        Activation::Identity => biased(row, bias, |a| a),
    }
}

/// delta ← delta · σ′, with σ′ from the activations `values`.
pub(super) fn multiply_by_slope<T: Real>(delta: &mut [T], values: &[T], activation: Activation) {
    match activation {
        Activation::Sigmoid => sloped(delta, values, |y| Activation::Sigmoid.slope(y)),
        Activation::Relu => sloped(delta, values, |y| Activation::Relu.slope(y)),
        Activation::Tanh => sloped(delta, values, |y| Activation::Tanh.slope(y)),
        Activation::Softplus => sloped(delta, values, |y| Activation::Softplus.slope(y)),
        Activation::Identity => {}
    }
}

#[multiversion(targets = "simd", dispatcher = "direct")]
fn biased<T: Real, F: Fn(T) -> T>(row: &mut [T], bias: &[T], function: F) {
    for (value, &bias) in row.iter_mut().zip(bias) {
        *value = function(*value + bias);
    }
}

#[multiversion(targets = "simd", dispatcher = "direct")]
fn sloped<T: Real, F: Fn(T) -> T>(delta: &mut [T], values: &[T], slope: F) {
    for (delta, &value) in delta.iter_mut().zip(values) {
        *delta *= slope(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_finite_differences_of_the_values() {
        for activation in Activation::ALL {
            for i in -40..40 {
                let a = f64::from(i) * 0.17 + 0.05;
                let h = 1e-6;
                let numeric = (activation.value(a + h) - activation.value(a - h)) / (2.0 * h);
                let stated = activation.slope(activation.value(a));
                assert!((numeric - stated).abs() < 1e-8, "{activation:?} at {a}");
            }
        }
    }

    #[test]
    fn values_are_the_definitions_and_f32_follows_f64() {
        for i in -300..300 {
            let a = f64::from(i) * 0.1 + 0.01;
            let expected = [
                1.0 / (1.0 + (-a).exp()),
                a.max(0.0),
                a.tanh(),
                a.exp().ln_1p(),
                a,
            ];
            for (activation, expected) in Activation::ALL.into_iter().zip(expected) {
                assert!(
                    (activation.value(a) - expected).abs() < 1e-12,
                    "{activation:?} at {a}"
                );
                let narrow = f64::from(activation.value(a as f32));
                assert!((narrow - expected).abs() < 2e-6 * expected.abs().max(1.0));
            }
        }
    }

    #[test]
    fn not_a_number_stays_visible() {
        for activation in Activation::ALL {
            assert!(activation.value(f32::NAN).is_nan());
        }
    }

    #[test]
    fn rows_agree_with_single_values() {
        for activation in Activation::ALL {
            let bias: Vec<f32> = (0..37).map(|i| (i as f32).sin()).collect();
            let before: Vec<f32> = (0..37).map(|i| (i as f32 * 1.3).cos() * 3.0).collect();
            let mut row = before.clone();
            add_bias_and_activate(&mut row, &bias, activation);
            let mut delta = vec![0.5; 37];
            multiply_by_slope(&mut delta, &row, activation);
            for i in 0..37 {
                let y = activation.value(before[i] + bias[i]);
                assert!((row[i] - y).abs() < 1e-6);
                assert!((delta[i] - 0.5 * activation.slope(y)).abs() < 1e-6);
            }
        }
    }
}
