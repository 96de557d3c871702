//! The settings of a prior kernel, as plain data.

use serde::{Deserialize, Serialize};

use super::KernelError;

/// The prior kernel P and its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PriorConfig {
    /// The probabilistic cluster kernel, Eq. 4.
    Pck(PckConfig),
    /// exp(−‖x − y‖² / (2σ²)), σ = `width` × the median distance of training samples.
    Rbf {
        /// σ as a multiple of the median distance.
        width: f64,
    },
    /// (⟨x, y⟩ / d + `offset`)^`degree`.
    Polynomial {
        /// The exponent, at least 1.
        degree: u32,
        /// What is added to the inner product, at least 0.
        offset: f64,
    },
    /// ⟨x, y⟩ / (‖x‖ ‖y‖).
    Cosine,
    /// ⟨x, y⟩ / d.
    Linear,
    /// 1 where the classes agree, 0 elsewhere: `K_I` of Section 4.3. Needs labels.
    Ideal,
}

/// The mixtures of the probabilistic cluster kernel (Section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PckConfig {
    /// Q: starts for each number of components.
    pub restarts: usize,
    /// G: mixtures have 2, 3, …, G components.
    pub max_components: usize,
    /// Training samples that the mixtures are fitted on.
    pub fit_samples: usize,
    /// The shape of the components.
    pub covariance: Covariance,
    /// Added to every variance.
    pub variance_floor: f64,
    /// EM iterations at the most.
    pub max_iterations: usize,
    /// EM stops when the mean log-likelihood of a sample gains less than this.
    pub tolerance: f64,
}

/// The shape of a Gaussian component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covariance {
    /// A variance for each pixel.
    Diagonal,
    /// One variance.
    Spherical,
}

impl Default for PckConfig {
    fn default() -> Self {
        Self {
            restarts: 30,
            max_components: 30,
            fit_samples: 200,
            covariance: Covariance::Diagonal,
            variance_floor: 1e-2,
            max_iterations: 100,
            tolerance: 1e-3,
        }
    }
}

impl PckConfig {
    /// The number of mixtures, Q · (G − 1).
    #[must_use]
    pub fn mixtures(&self) -> usize {
        self.restarts * self.max_components.saturating_sub(1)
    }

    /// Whether mixtures can be fitted under these settings.
    ///
    /// # Errors
    ///
    /// [`KernelError::Setting`] names the setting that is out of its range, and the range;
    /// [`KernelError::TooFewSamples`] if a mixture would have more components than samples.
    pub fn check(&self) -> Result<(), KernelError> {
        let wrong = |setting, range| Err(KernelError::Setting { setting, range });
        if self.restarts == 0 {
            return wrong("restarts (Q)", "at least 1");
        }
        if !(2..=255).contains(&self.max_components) {
            return wrong("components of a mixture (G)", "2 to 255");
        }
        // Their index is stored in sixteen bits.
        if self.mixtures() > usize::from(u16::MAX) {
            return wrong("mixtures in all", "at most 65,535");
        }
        if !(self.variance_floor.is_finite() && self.variance_floor >= 1e-6) {
            return wrong("variance floor", "at least 0.000001");
        }
        if self.max_iterations == 0 {
            return wrong("EM iterations", "at least 1");
        }
        if !(self.tolerance.is_finite() && self.tolerance >= 0.0) {
            return wrong("EM tolerance", "a number from 0 up");
        }
        if self.fit_samples < self.max_components {
            return Err(KernelError::TooFewSamples {
                needed: self.max_components,
                given: self.fit_samples,
            });
        }
        Ok(())
    }
}
