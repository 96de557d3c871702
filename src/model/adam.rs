//! Adam (Kingma and Ba, 2015), the optimiser of Section 4.1.
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
//! θ ← θ − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
//! ```

use multiversion::multiversion;

use crate::linalg::Real;

/// Adam's constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConfig {
    /// β₁, decay of the mean of the gradients.
    pub beta1: f64,
    /// β₂, decay of the mean of their squares.
    pub beta2: f64,
    /// ε, added to the root.
    pub epsilon: f64,
}

impl Default for AdamConfig {
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }
}

/// Adam's state: one pair of moments for each parameter.
#[derive(Clone)]
pub struct Adam<T> {
    config: AdamConfig,
    /// m.
    pub(super) first: Vec<T>,
    /// v.
    pub(super) second: Vec<T>,
    step: u64,
}

/// The numbers of one step, shared by all parameters.
#[derive(Clone, Copy)]
pub(super) struct StepSize<T> {
    beta1: T,
    beta2: T,
    epsilon: T,
    /// η / (1 − β₁ᵗ).
    rate: T,
    /// 1 / √(1 − β₂ᵗ).
    root: T,
}

impl<T: Real> Adam<T> {
    /// Zero moments for `parameters` numbers.
    #[must_use]
    pub fn new(parameters: usize, config: AdamConfig) -> Self {
        Self {
            config,
            first: vec![T::zero(); parameters],
            second: vec![T::zero(); parameters],
            step: 0,
        }
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Counts a step of learning rate `rate` and gives its constants.
    pub(super) fn begin(&mut self, rate: f64) -> StepSize<T> {
        self.step += 1;
        let AdamConfig {
            beta1,
            beta2,
            epsilon,
        } = self.config;
        let t = self.step as f64;
        StepSize {
            beta1: T::of(beta1),
            beta2: T::of(beta2),
            epsilon: T::of(epsilon),
            rate: T::of(rate / (1.0 - beta1.powf(t))),
            root: T::of(1.0 / (1.0 - beta2.powf(t)).sqrt()),
        }
    }

    /// One step of all `parameters` along `gradient`, with learning rate `rate`.
    pub fn update(&mut self, parameters: &mut [T], gradient: &[T], rate: f64) {
        let size = self.begin(rate);
        move_along(
            parameters,
            gradient,
            &mut self.first,
            &mut self.second,
            size,
        );
    }

    /// The moments of a state that was taken down after `step` steps: m and v, one of each for a
    /// parameter.
    ///
    /// # Panics
    ///
    /// If there are not as many of one as of the other.
    #[must_use]
    pub fn restored(first: Vec<T>, second: Vec<T>, step: u64, config: AdamConfig) -> Self {
        assert_eq!(first.len(), second.len(), "moments in pairs");
        Self {
            config,
            first,
            second,
            step,
        }
    }

    /// m and v, one of each for a parameter.
    #[must_use]
    pub fn moments(&self) -> (&[T], &[T]) {
        (&self.first, &self.second)
    }

    /// Takes over the state of `other`, which has as many moments, without allocating.
    ///
    /// # Panics
    ///
    /// If the number of moments is another one.
    pub fn copy_from(&mut self, other: &Self) {
        self.step = other.step;
        self.first.copy_from_slice(&other.first);
        self.second.copy_from_slice(&other.second);
    }

    /// How far v can be trusted at the next step, in (0, 1]: the variance rectification rₜ of `RAdam`
    /// (Liu et al., 2020, Section 3.3), with which the learning rate is multiplied where the moments
    /// of a network that has learnt already begin anew. With ρ∞ = 2 / (1 − β₂) − 1 and
    /// ρₜ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ),
    ///
    /// ```text
    /// rₜ = √( (ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ) )
    /// ```
    ///
    /// Before the fifth step, where the variance is not bounded, it is that of the fifth.
    #[must_use]
    pub fn rectification(&self) -> f64 {
        let beta = self.config.beta2;
        let last = 2.0 / (1.0 - beta) - 1.0;
        let rho = |t: f64| last - 2.0 * t * beta.powf(t) / (1.0 - beta.powf(t));
        let mut t = (self.step + 1).max(5) as f64;
        while rho(t) <= 4.0 {
            t += 1.0;
        }
        let now = rho(t);
        ((now - 4.0) * (now - 2.0) * last / ((last - 4.0) * (last - 2.0) * now)).sqrt()
    }

    /// Moments at zero, and no step taken.
    pub fn reset(&mut self) {
        self.step = 0;
        self.first.fill(T::zero());
        self.second.fill(T::zero());
    }
}

/// The update of some of the parameters, with their share of the moments.
#[multiversion(targets = "simd", dispatcher = "direct")]
pub(super) fn move_along<T: Real>(
    parameters: &mut [T],
    gradient: &[T],
    first: &mut [T],
    second: &mut [T],
    size: StepSize<T>,
) {
    let StepSize {
        beta1,
        beta2,
        epsilon,
        rate,
        root,
    } = size;
    let (rest1, rest2) = (T::one() - beta1, T::one() - beta2);
    let moments = first.iter_mut().zip(second.iter_mut());
    for ((parameter, &g), (m, v)) in parameters.iter_mut().zip(gradient).zip(moments) {
        *m = beta1 * *m + rest1 * g;
        *v = beta2 * *v + rest2 * g * g;
        *parameter -= rate * *m / (v.sqrt() * root + epsilon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `torch.optim.Adam` 2.15 in f64; `tests/reference/adam.py` made them.
    #[test]
    fn agrees_with_pytorch() {
        let reference: Reference =
            serde_json::from_str(include_str!("../../tests/reference/adam.json")).unwrap();
        let mut adam = Adam::<f64>::new(reference.start.len(), AdamConfig::default());
        let mut parameters = reference.start.clone();
        for (gradient, expected) in reference.gradients.iter().zip(&reference.parameters) {
            adam.update(&mut parameters, gradient, reference.rate);
            for (got, expected) in parameters.iter().zip(expected) {
                assert!((got - expected).abs() < 1e-14, "{got} {expected}");
            }
        }
        assert_eq!(adam.steps(), reference.gradients.len() as u64);
    }

    #[test]
    fn a_state_that_is_taken_over_goes_on_as_the_other_does() {
        let mut one = [0.5, -0.2];
        let mut adam = Adam::<f64>::new(2, AdamConfig::default());
        for step in 0..3 {
            adam.update(&mut one, &[0.1, 0.2 * f64::from(step)], 1e-2);
        }
        let mut other = one;
        let mut copy = Adam::new(2, AdamConfig::default());
        copy.update(&mut [0.0; 2], &[3.0, -3.0], 1e-2);
        copy.copy_from(&adam);
        assert_eq!((copy.steps(), copy.moments()), (3, adam.moments()));
        adam.update(&mut one, &[-0.4, 0.7], 1e-2);
        copy.update(&mut other, &[-0.4, 0.7], 1e-2);
        assert_eq!(one, other);
    }

    /// Where v is trusted even later than at the fifth step, it is as at the first at which it is.
    #[test]
    fn a_variance_that_is_bounded_late_counts_from_then() {
        let beta2 = 0.75;
        let config = AdamConfig {
            beta2,
            ..AdamConfig::default()
        };
        let last = 2.0 / (1.0 - beta2) - 1.0;
        let rho = |t: i32| {
            let power = beta2.powi(t);
            last - 2.0 * f64::from(t) * power / (1.0 - power)
        };
        assert!(rho(5) < 4.0 && rho(6) > 4.0);
        let trust = |t: i32| {
            let parts = (rho(t) - 4.0) * (rho(t) - 2.0) * last;
            (parts / ((last - 4.0) * (last - 2.0) * rho(t))).sqrt()
        };
        let mut adam = Adam::<f64>::new(1, config);
        for step in 1..12 {
            let found = adam.rectification();
            assert!(
                (found - trust(step.max(6))).abs() < 1e-12,
                "{step}: {found}"
            );
            adam.begin(1e-3);
        }
    }

    #[test]
    fn moments_that_begin_anew_are_trusted_by_and_by() {
        let mut adam = Adam::<f64>::new(1, AdamConfig::default());
        let mut trust = vec![adam.rectification()];
        for _ in 0..20_000 {
            adam.begin(1e-3);
            trust.push(adam.rectification());
        }
        assert!(trust.is_sorted() && trust[0] > 0.0 && trust[20_000] <= 1.0);
        // torch.optim.RAdam's formula at steps 50, 100 and 1,000 (β₂ = 0.999), in f64.
        for (step, expected) in [
            (50, 0.1481523025591326),
            (100, 0.21533543653820142),
            (1_000, 0.6453256523380656),
        ] {
            assert!(
                (trust[step - 1] - expected).abs() < 1e-12,
                "{step}: {}",
                trust[step - 1]
            );
        }
        adam.reset();
        assert_eq!((adam.steps(), adam.rectification()), (0, trust[0]));
        assert!(adam.first[0] == 0.0 && adam.second[0] == 0.0);
    }

    #[derive(serde::Deserialize)]
    struct Reference {
        rate: f64,
        start: Vec<f64>,
        gradients: Vec<Vec<f64>>,
        parameters: Vec<Vec<f64>>,
    }
}
