//! Settings that go beyond the paper: a ramp of λ, training through a projection, altered copies.

use serde::{Deserialize, Serialize};

/// λ of the whole network's training as its steps go on: low at first, when the network learns to
/// reconstruct, and rising to the run's own λ, which stays.
///
/// With s the share of the steps that are taken and λ the run's own,
///
/// ```text
/// λ(s) = λ₀ + (λ − λ₀) · clamp((s − begin) / (end − begin), 0, 1),   λ₀ = min(start, λ)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// λ in the first part, in [0, 1]; the run's own, where that is less.
    pub start: f64,
    /// The share of the steps, in [0, 1), after which λ rises.
    pub begin: f64,
    /// The share of the steps, in (`begin`, 1], from which on λ is the run's own.
    pub end: f64,
}

impl Default for Ramp {
    fn default() -> Self {
        Self {
            start: 0.05,
            begin: 0.3,
            end: 0.7,
        }
    }
}

impl Ramp {
    /// λ of the step after `done` of `steps`, in a run whose own is `lambda`.
    #[must_use]
    pub fn lambda(&self, lambda: f64, done: usize, steps: usize) -> f64 {
        let start = self.start.min(lambda);
        let share = done as f64 / steps.max(1) as f64;
        let risen = (share - self.begin) / (self.end - self.begin);
        if risen >= 1.0 {
            // To the bit, whatever rounding makes of the sum.
            return lambda;
        }
        start + (lambda - start) * risen.max(0.0)
    }
}

/// Altered copies of the training digits, which are trained on as the digits are: P is a function,
/// so that every copy has posteriors of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiesConfig {
    /// Copies of each training digit.
    pub count: usize,
    /// Pixels by which a copy is moved at the most, along each axis.
    pub shift: usize,
    /// Standard deviation of Gaussian noise on a copy's pixels, which are then cut to [0, 1]. The
    /// network is to rebuild the noisy copy.
    pub noise: f64,
}

impl Default for CopiesConfig {
    fn default() -> Self {
        Self {
            count: 4,
            shift: 1,
            noise: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_flat_then_rises_then_stays() {
        let ramp = Ramp {
            start: 0.05,
            begin: 0.25,
            end: 0.75,
        };
        let at = |lambda, done| ramp.lambda(lambda, done, 100);
        assert_eq!([at(0.9, 0), at(0.9, 25)], [0.05, 0.05]);
        assert!((at(0.9, 50) - 0.475).abs() < 1e-12);
        assert_eq!([at(0.9, 75), at(0.9, 99), at(0.9, 500)], [0.9; 3]);
        for k in 1..=1_000 {
            let lambda = f64::from(k) / 1_000.0;
            assert_eq!(at(lambda, 75), lambda, "to the bit");
        }
        let all: Vec<f64> = (0..=100).map(|done| at(0.9, done)).collect();
        assert!(all.is_sorted());
        // A run of less λ than the ramp's has its own throughout.
        assert_eq!([at(0.0, 0), at(0.0, 60), at(0.01, 30)], [0.0, 0.0, 0.01]);
    }
}
