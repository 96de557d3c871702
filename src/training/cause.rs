//! Why a loss is not finite: what is likely for the settings at hand.

use std::fmt;

use ndarray::ArrayView2;

use super::config::{PriorConfig, RunConfig};

/// Noise beyond this drowns pixels between 0 and 1.
const MUCH_NOISE: f64 = 2.0;

/// What is likely to blame for a loss that is not finite.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// P itself is not finite, under this kernel.
    Kernel(PriorConfig),
    /// The noise on the training input, by its standard deviation.
    Noise(f64),
    /// The steps are too large.
    Rate,
}

impl Cause {
    /// What is likely under `config`, where the training input has so much noise and the
    /// minibatch has this P.
    #[must_use]
    pub fn likely(config: &RunConfig, noise: f64, prior: ArrayView2<'_, f32>) -> Self {
        // Squares of the entries are added up: beyond this they are infinite.
        let usable = |value: &f32| value.is_finite() && value.abs() < 1e15;
        if !prior.iter().all(usable) {
            Self::Kernel(config.prior)
        } else if noise > MUCH_NOISE {
            Self::Noise(noise)
        } else {
            Self::Rate
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kernel(prior) => {
                f.write_str("The likely cause is the prior kernel, whose values are not finite: ")?;
                match prior {
                    PriorConfig::Rbf { width } => {
                        write!(f, "begin anew with another RBF width than {width}.")
                    }
                    PriorConfig::Polynomial { degree, offset } => write!(
                        f,
                        "begin anew with a smaller polynomial degree than {degree}, or a smaller \
                         offset than {offset}."
                    ),
                    _ => f.write_str("begin anew with another one."),
                }
            }
            Self::Noise(noise) => write!(
                f,
                "The likely cause is the noise on the training input, of standard deviation \
                 {noise} on pixels from 0 to 1: go on, or begin anew, with less of it."
            ),
            Self::Rate => f.write_str(
                "The likely cause is the learning rate: go on from good weights with a smaller one.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::training::config::Preset;

    #[test]
    fn the_cause_is_the_one_that_fits_the_settings() {
        let mut config = Preset::Quick.config();
        let sound = Array2::<f32>::ones((3, 3));
        let broken = Array2::<f32>::from_elem((3, 3), f32::NAN);
        let likely = |config: &RunConfig, noise, prior: &Array2<f32>| {
            Cause::likely(config, noise, prior.view()).to_string()
        };
        assert!(likely(&config, 0.0, &sound).contains("learning rate"));
        assert!(likely(&config, 0.3, &sound).contains("learning rate"));
        let noisy = likely(&config, 9.0, &sound);
        assert!(noisy.contains("noise") && noisy.contains('9'), "{noisy}");
        assert!(!noisy.contains("learning rate"), "{noisy}");
        // Bounds: twice as much noise as pixels reach, and entries whose squares overflow.
        assert!(likely(&config, 2.0, &sound).contains("learning rate"));
        assert!(likely(&config, 2.1, &sound).contains("noise"));
        let with = |value| {
            let mut prior = sound.clone();
            prior[[1, 2]] = value;
            likely(&config, 0.0, &prior)
        };
        assert!(with(-9e14).contains("learning rate"));
        for value in [1e15, -2e15, f32::INFINITY] {
            assert!(with(value).contains("prior kernel"), "{value}");
        }
        config.prior = PriorConfig::Rbf { width: 0.125 };
        let kernel = likely(&config, 9.0, &broken);
        assert!(
            kernel.contains("RBF width") && kernel.contains("0.125"),
            "{kernel}"
        );
        assert!(!kernel.contains("learning rate"), "{kernel}");
        config.prior = PriorConfig::Polynomial {
            degree: 77,
            offset: 3.5,
        };
        let kernel = likely(&config, 0.0, &broken);
        assert!(kernel.contains("77") && kernel.contains("3.5"), "{kernel}");
    }
}
