//! The loss of Eq. 8: Lr of Eq. 3 as a mean, Lc of Eq. 6, and the gradient of Lc.
//!
//! With Ĉ = C/‖C‖F, P̂ = P/‖P‖F and A = ⟨Ĉ, P̂⟩, Eq. 7 gives Lc = √(2 − 2A), and
//!
//! ```text
//! ∂Lc/∂C = (A·Ĉ − P̂) / (Lc·‖C‖F)        ∂Lc/∂codes = 2 (∂Lc/∂C) · codes
//! ```
//!
//! Sums run in `f64`. Where C or P vanishes A is taken as zero, and where
//! C ∝ P the gradient, which has no direction there, is zero too.

use crate::kernel::alignment::distance;

/// Norms below this count as zero.
const TINY: f64 = 1e-12;

/// The losses of a minibatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Losses {
    /// Lr: squared error, mean over samples and pixels.
    pub lr: f64,
    /// Lc, in [0, √2].
    pub lc: f64,
    /// (1 − λ) Lr + λ Lc.
    pub total: f64,
}

impl Losses {
    /// Eq. 8 from its two parts.
    #[must_use]
    pub fn weigh(lambda: f64, lr: f64, lc: f64) -> Self {
        // A weight of zero hides its part altogether, even one that is not finite.
        let part = |weight: f64, loss: f64| if weight == 0.0 { 0.0 } else { weight * loss };
        Self {
            lr,
            lc,
            total: part(1.0 - lambda, lr) + part(lambda, lc),
        }
    }
}

/// Lc and the two numbers that make its gradient: ∂Lc/∂C = `from_c`·C + `from_p`·P.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CodeLoss {
    pub lc: f64,
    pub from_c: f64,
    pub from_p: f64,
}

impl CodeLoss {
    /// From ‖C‖F², ‖P‖F² and ⟨C, P⟩.
    pub fn new(c_squared: f64, p_squared: f64, c_dot_p: f64) -> Self {
        let (c, p) = (c_squared.sqrt(), p_squared.sqrt());
        if c <= TINY || p <= TINY {
            // Nothing is aligned with nothing: A = 0.
            let lc = std::f64::consts::SQRT_2;
            return Self {
                lc,
                from_c: 0.0,
                from_p: 0.0,
            };
        }
        let alignment = c_dot_p / (c * p);
        let lc = distance(alignment);
        if lc < 1e-7 {
            return Self {
                lc,
                from_c: 0.0,
                from_p: 0.0,
            };
        }
        Self {
            lc,
            from_c: alignment / (lc * c * c),
            from_p: -1.0 / (lc * c * p),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::kernel::alignment::lc as code_loss;

    fn gram(n: usize, seed: f64) -> Array2<f64> {
        let x = Array2::from_shape_fn((n, 4), |(i, j)| ((i * 4 + j) as f64 * 1.7 + seed).sin());
        x.dot(&x.t())
    }

    fn gradient(c: &Array2<f64>, p: &Array2<f64>) -> Array2<f64> {
        let loss = CodeLoss::new((c * c).sum(), (p * p).sum(), (c * p).sum());
        c * loss.from_c + p * loss.from_p
    }

    #[test]
    fn is_the_distance_of_the_normalised_matrices() {
        let (c, p) = (gram(6, 0.0), gram(6, 2.0));
        let norm = |m: &Array2<f64>| (m * m).sum().sqrt();
        let direct = norm(&(&c / norm(&c) - &p / norm(&p)));
        assert!((code_loss(c.view(), p.view()) - direct).abs() < 1e-12);
        assert!(code_loss(c.view(), (&c * 3.0).view()) < 1e-7);
    }

    #[test]
    fn gradient_by_finite_differences() {
        let (c, p) = (gram(5, 0.3), gram(5, 1.1));
        let stated = gradient(&c, &p);
        let h = 1e-6;
        for i in 0..5 {
            for j in 0..5 {
                let at = |d: f64| {
                    let mut c = c.clone();
                    c[[i, j]] += d;
                    code_loss(c.view(), p.view())
                };
                let numeric = (at(h) - at(-h)) / (2.0 * h);
                assert!((numeric - stated[[i, j]]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn vanishing_matrices_give_numbers() {
        let (zero, p) = (Array2::zeros((3, 3)), gram(3, 0.5));
        assert_eq!(
            code_loss(zero.view(), p.view()),
            CodeLoss::new(0.0, 1.0, 0.0).lc
        );
        assert!(gradient(&zero, &p).iter().all(|g| *g == 0.0));
        assert!(gradient(&p, &p).iter().all(|g| g.is_finite()));
    }

    #[test]
    fn what_is_not_a_number_stays_visible() {
        assert!(CodeLoss::new(f64::NAN, 1.0, 0.5).lc.is_nan());
        assert!(CodeLoss::new(1.0, 1.0, f64::NAN).lc.is_nan());
        assert!(CodeLoss::new(f64::INFINITY, 1.0, f64::INFINITY).lc.is_nan());
    }

    #[test]
    fn the_ends_of_lambda_see_one_part_only() {
        assert_eq!(Losses::weigh(0.0, 0.3, f64::NAN).total, 0.3);
        assert_eq!(Losses::weigh(1.0, f64::INFINITY, 0.2).total, 0.2);
        assert!((Losses::weigh(0.25, 0.4, 0.8).total - 0.5).abs() < 1e-15);
    }
}
