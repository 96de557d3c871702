//! The settings of a prior kernel, as plain data.

use serde::{Deserialize, Serialize};

use super::KernelError;
use super::error::told;

/// The prior kernel P and its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", from = "Keys")]
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

/// [`PriorConfig`] as it is read: a kernel without settings has empty ones here, for only then
/// serde refuses keys that it does not know.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Keys {
    Pck(PckConfig),
    Rbf { width: f64 },
    Polynomial { degree: u32, offset: f64 },
    Cosine {},
    Linear {},
    Ideal {},
}

impl From<Keys> for PriorConfig {
    fn from(keys: Keys) -> Self {
        match keys {
            Keys::Pck(config) => Self::Pck(config),
            Keys::Rbf { width } => Self::Rbf { width },
            Keys::Polynomial { degree, offset } => Self::Polynomial { degree, offset },
            Keys::Cosine {} => Self::Cosine,
            Keys::Linear {} => Self::Linear,
            Keys::Ideal {} => Self::Ideal,
        }
    }
}

/// The mixtures of the probabilistic cluster kernel (Section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PckConfig {
    /// Q: starts for each number of components.
    pub restarts: usize,
    /// Components of the smallest mixtures: 2 in Eq. 4, which is what a file means that does not say it.
    #[serde(default = "two", skip_serializing_if = "is_two")]
    pub min_components: usize,
    /// G: mixtures have `min_components` (2), …, G components.
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

fn two() -> usize {
    2
}

fn is_two(components: &usize) -> bool {
    *components == two()
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
            min_components: two(),
            max_components: 30,
            fit_samples: 200,
            covariance: Covariance::Diagonal,
            variance_floor: 1e-2,
            max_iterations: 100,
            tolerance: 1e-3,
        }
    }
}

/// (offset + 1)^degree of a polynomial kernel at the most: its squares are added up in `f32`.
const LARGEST: f64 = 1e15;

impl PriorConfig {
    /// One of each kind, with the settings to begin with.
    #[must_use]
    pub fn each() -> [Self; 6] {
        [
            Self::Pck(PckConfig::default()),
            Self::Rbf { width: 1.0 },
            Self::Polynomial {
                degree: 2,
                offset: 1.0,
            },
            Self::Cosine,
            Self::Linear,
            Self::Ideal,
        ]
    }

    /// The name as it is shown, in small letters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pck(_) => "cluster kernel",
            Self::Rbf { .. } => "RBF kernel",
            Self::Polynomial { .. } => "polynomial kernel",
            Self::Cosine => "cosine kernel",
            Self::Linear => "linear kernel",
            Self::Ideal => "ideal kernel",
        }
    }

    /// Whether the kernel's own settings make sense; whether data fit them shows when it is made.
    ///
    /// # Errors
    ///
    /// [`KernelError::Setting`] names the setting that is out of its range, and the range;
    /// [`KernelError::TooFewSamples`] as [`PckConfig::check`].
    pub fn check(&self) -> Result<(), KernelError> {
        match *self {
            Self::Pck(config) => config.check(),
            Self::Rbf { width } if !(1e-3..=1e3).contains(&width) => {
                wrong("RBF width", &told(width), "from 0.001 to 1,000")
            }
            Self::Polynomial { degree, .. } if !(1..=100).contains(&degree) => {
                wrong("polynomial degree", &degree, "from 1 to 100")
            }
            Self::Polynomial { offset, .. } if !(0.0..=1e6).contains(&offset) => {
                wrong("polynomial offset", &told(offset), "from 0 to 1,000,000")
            }
            Self::Polynomial { degree, offset } => {
                let largest = (offset + 1.0).powf(f64::from(degree));
                if largest <= LARGEST {
                    return Ok(());
                }
                let range = "at most 1e15, by a smaller degree or offset";
                wrong("largest value, (offset + 1)^degree,", &told(largest), range)
            }
            Self::Rbf { .. } | Self::Cosine | Self::Linear | Self::Ideal => Ok(()),
        }
    }
}

fn wrong(
    setting: &'static str,
    value: &dyn std::fmt::Display,
    range: &'static str,
) -> Result<(), KernelError> {
    let value = value.to_string();
    Err(KernelError::Setting {
        setting,
        value,
        range,
    })
}

impl PckConfig {
    /// The number of mixtures: Q · (G − 1), fewer where the smallest are left out.
    #[must_use]
    pub fn mixtures(&self) -> usize {
        self.restarts.saturating_mul(self.sizes())
    }

    /// How many numbers of components there are, from the smallest to G.
    #[must_use]
    pub fn sizes(&self) -> usize {
        (self.max_components.saturating_add(1)).saturating_sub(self.min_components)
    }

    /// Whether mixtures can be fitted under these settings.
    ///
    /// # Errors
    ///
    /// [`KernelError::Setting`] names the setting that is out of its range, and the range;
    /// [`KernelError::TooFewSamples`] if a mixture would have more components than samples.
    pub fn check(&self) -> Result<(), KernelError> {
        // The mixtures' index is stored in sixteen bits.
        let most = usize::from(u16::MAX);
        if !(1..=most).contains(&self.restarts) {
            return wrong("number of restarts (Q)", &self.restarts, "from 1 to 65,535");
        }
        if !(2..=255).contains(&self.max_components) {
            let value = &self.max_components;
            return wrong("components of a mixture (G)", value, "from 2 to 255");
        }
        if !(2..=self.max_components).contains(&self.min_components) {
            let value = &self.min_components;
            return wrong("least components of a mixture", value, "from 2 to G");
        }
        if self.mixtures() > most {
            return wrong("number of mixtures", &self.mixtures(), "at most 65,535");
        }
        if !(1e-6..=1e6).contains(&self.variance_floor) {
            let value = told(self.variance_floor);
            return wrong("variance floor", &value, "from 0.000001 to 1,000,000");
        }
        if !(1..=1_000_000).contains(&self.max_iterations) {
            let value = &self.max_iterations;
            return wrong("number of EM iterations", value, "from 1 to 1,000,000");
        }
        if !(0.0..=1e6).contains(&self.tolerance) {
            return wrong("EM tolerance", &told(self.tolerance), "from 0 to 1,000,000");
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The setting that is out of its range, if one is.
    fn wrong_setting(config: PriorConfig) -> Option<&'static str> {
        match config.check() {
            Ok(()) => None,
            Err(KernelError::Setting { setting, .. }) => Some(setting),
            Err(other) => panic!("{config:?}: {other}"),
        }
    }

    type Change = fn(&mut PckConfig);

    #[test]
    fn the_bounds_of_a_kernels_settings_are_fine_and_what_is_beyond_is_named() {
        for width in [1e-3, 1e3] {
            assert_eq!(wrong_setting(PriorConfig::Rbf { width }), None);
        }
        for width in [0.9e-3, 1.1e3] {
            let beyond = PriorConfig::Rbf { width };
            assert_eq!(wrong_setting(beyond), Some("RBF width"));
        }
        let polynomial = |degree, offset| wrong_setting(PriorConfig::Polynomial { degree, offset });
        // 10¹⁵ and the largest degree and offset.
        for (degree, offset) in [(15, 9.0), (49, 1.0), (100, 0.0), (1, 1e6)] {
            assert_eq!(polynomial(degree, offset), None, "{degree}, {offset}");
        }
        for (degree, offset, named) in [
            (101, 0.0, "polynomial degree"),
            (1, 1.1e6, "polynomial offset"),
            (16, 9.0, "largest value, (offset + 1)^degree,"),
            (50, 1.0, "largest value, (offset + 1)^degree,"),
        ] {
            assert_eq!(polynomial(degree, offset), Some(named));
        }
        for config in [PriorConfig::Cosine, PriorConfig::Linear, PriorConfig::Ideal] {
            assert_eq!(wrong_setting(config), None);
        }
    }

    #[test]
    fn the_bounds_of_a_mixtures_settings_are_fine_and_what_is_beyond_is_named() {
        let changed = |change: fn(&mut PckConfig)| {
            let mut config = PckConfig {
                fit_samples: 255,
                ..PckConfig::default()
            };
            change(&mut config);
            wrong_setting(PriorConfig::Pck(config))
        };
        let fine: [fn(&mut PckConfig); 10] = [
            // As many mixtures as can be counted, and one alone.
            |c| (c.restarts, c.max_components) = (65_535, 2),
            |c| (c.restarts, c.max_components) = (1, 2),
            // As many components as samples.
            |c| (c.restarts, c.max_components) = (1, 255),
            // One size alone, and all but the smallest.
            |c| (c.min_components, c.max_components) = (9, 9),
            |c| c.min_components = 3,
            |c| c.variance_floor = 1e-6,
            |c| c.variance_floor = 1e6,
            |c| c.max_iterations = 1,
            |c| c.tolerance = 0.0,
            |c| c.tolerance = 1e6,
        ];
        for (number, change) in fine.into_iter().enumerate() {
            assert_eq!(changed(change), None, "{number}");
        }
        let beyond = [
            ((|c| c.restarts = 0) as Change, "number of restarts (Q)"),
            (|c| c.restarts = 65_536, "number of restarts (Q)"),
            (
                |c| (c.restarts, c.max_components) = (32_768, 3),
                "number of mixtures",
            ),
            (|c| c.min_components = 1, "least components of a mixture"),
            (|c| c.min_components = 31, "least components of a mixture"),
            (|c| c.max_iterations = 1_000_001, "number of EM iterations"),
            (|c| c.variance_floor = 0.9e-6, "variance floor"),
            (|c| c.tolerance = 1.1e6, "EM tolerance"),
        ];
        for (change, named) in beyond {
            assert_eq!(changed(change), Some(named));
        }
        let many = PckConfig {
            restarts: 3,
            max_components: 7,
            ..PckConfig::default()
        };
        assert_eq!(many.mixtures(), 18, "starts of 2, 3, 4, 5, 6 and 7");
        let larger = PckConfig {
            min_components: 5,
            ..many
        };
        assert_eq!(larger.mixtures(), 9, "starts of 5, 6 and 7");
        let few = PckConfig {
            fit_samples: 6,
            ..many
        };
        let error = KernelError::TooFewSamples {
            needed: 7,
            given: 6,
        };
        assert_eq!(few.check(), Err(error));
    }

    /// Files and settings from before there was a smallest number of components are read as they were meant,
    /// and what has the usual one is written as it was then.
    #[test]
    fn the_usual_smallest_mixtures_are_not_spoken_of() {
        let usual = PriorConfig::Pck(PckConfig::default());
        let old = r#"{"kind":"pck","restarts":30,"max_components":30,"fit_samples":200,"covariance":"diagonal","variance_floor":0.01,"max_iterations":100,"tolerance":0.001}"#;
        assert_eq!(serde_json::to_string(&usual).unwrap(), old);
        assert_eq!(serde_json::from_str::<PriorConfig>(old).unwrap(), usual);
        let fine = PriorConfig::Pck(PckConfig {
            min_components: 12,
            ..PckConfig::default()
        });
        let written = serde_json::to_string(&fine).unwrap();
        assert!(written.contains("\"min_components\":12"), "{written}");
        assert_eq!(serde_json::from_str::<PriorConfig>(&written).unwrap(), fine);
    }
}
