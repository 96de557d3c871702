//! Settings are checked once, against the data, into a type that can only hold sound ones.

use super::config::{CopiesConfig, DenoisingConfig, PriorConfig, Ramp, RunConfig};
use crate::data::{DataSet, ImageShape, Split};
use crate::kernel::{KernelError, told};
use crate::model::Architecture;

/// Units of a layer at the most; more than that is a slip of the finger.
const MOST_UNITS: usize = 16_384;

/// Parameters of a network at the most: 2²⁸, four copies of which take 4 GB.
const MOST_PARAMETERS: usize = 1 << 28;

/// Copies of a digit at the most: those of 4,200 digits then take half a gigabyte.
const MOST_COPIES: usize = 50;

/// Why settings cannot be used, and what would be right.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A number out of its range.
    #[error("{name} is {value}, but has to be {range}")]
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        range: String,
    },
    /// A setting that the data cannot serve.
    #[error("{0}")]
    Data(String),
    /// A setting of the prior kernel.
    #[error(transparent)]
    Kernel(#[from] KernelError),
}

/// Settings that fit each other and the data.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedConfig {
    config: RunConfig,
    architecture: Architecture,
}

impl CheckedConfig {
    /// The settings.
    #[must_use]
    pub fn get(&self) -> &RunConfig {
        &self.config
    }

    /// The network's shape.
    #[must_use]
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }
}

impl RunConfig {
    /// Checks every setting, alone and against `data` split by [`Split`].
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first setting that cannot be used and what would be right.
    pub fn check(&self, data: &DataSet, split: &Split) -> Result<CheckedConfig, ConfigError> {
        self.check_training(split)?;
        self.check_beyond(data.shape())?;
        self.check_prior(data, split)?;
        check_denoising(&self.denoising)?;
        range("the number of shown images", self.shown, 2, 5_000)?;
        let architecture = self.architecture(data.shape().pixels())?;
        Ok(CheckedConfig {
            config: self.clone(),
            architecture,
        })
    }

    fn check_training(&self, split: &Split) -> Result<(), ConfigError> {
        let training = &self.training;
        check_lambda(training.lambda)?;
        range("k, the minibatch size,", training.batch, 2, 10_000)?;
        range("the number of steps", training.steps, 1, 100_000_000)?;
        check_learning_rate(training.learning_rate)?;
        let cool_down = training.cool_down;
        real(
            "the cool-down",
            cool_down,
            (0.0..=1.0).contains(&cool_down),
            "from 0 to 1",
        )?;
        check_noise("the noise on the training input", training.input_noise)?;
        if let Some(limit) = training.clip_norm {
            real("the gradient's clip norm", limit, limit > 0.0, "above 0")?;
        }
        if let Some(pretraining) = &training.pretraining {
            check_learning_rate(pretraining.learning_rate)?;
            range(
                "the pretraining steps of a layer",
                pretraining.steps_per_layer,
                1,
                10_000_000,
            )?;
        }
        if split.training.len() < training.batch {
            return Err(ConfigError::Data(format!(
                "a minibatch takes {} samples, but only {} are there for training: load more, \
                 or choose a smaller k",
                training.batch,
                split.training.len()
            )));
        }
        Ok(())
    }

    /// What goes beyond the paper.
    fn check_beyond(&self, shape: ImageShape) -> Result<(), ConfigError> {
        let training = &self.training;
        if let Some(ramp) = &training.ramp {
            check_ramp(ramp)?;
        }
        if let Some(components) = training.projection {
            range("m, the components in training,", components, 1, MOST_UNITS)?;
        }
        if let Some(copies) = &training.copies {
            check_copies(copies, shape)?;
        }
        Ok(())
    }

    fn check_prior(&self, data: &DataSet, split: &Split) -> Result<(), ConfigError> {
        self.prior.check()?;
        match &self.prior {
            PriorConfig::Pck(pck) if split.training.len() < pck.fit_samples => {
                Err(ConfigError::Data(format!(
                    "the mixtures are fitted on {} training samples, but there are {}: load more, \
                     or fit on fewer",
                    pck.fit_samples,
                    split.training.len()
                )))
            }
            PriorConfig::Ideal if data.labels().is_none() => Err(ConfigError::Data(
                "the ideal kernel needs labels, and these data have none: choose another prior, \
                 or put the labels file beside the images"
                    .into(),
            )),
            _ => Ok(()),
        }
    }

    /// The network for images of `d` pixels.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if it has too many layers, units or parameters.
    pub fn architecture(&self, d: usize) -> Result<Architecture, ConfigError> {
        let network = &self.network;
        range(
            "the number of hidden layers",
            network.hidden.len(),
            0,
            crate::model::MOST_LAYERS - 1,
        )?;
        for &units in &network.hidden {
            range("the size of a hidden layer", units, 1, MOST_UNITS)?;
        }
        check_code_size(network.code)?;
        let mut dims = vec![d];
        dims.extend(&network.hidden);
        dims.push(network.code);
        let architecture = Architecture {
            dims,
            hidden: network.hidden_activation,
            code: network.code_activation,
            // Pixels are in [0, 1].
            output: crate::model::Activation::Sigmoid,
        };
        range(
            "the number of parameters",
            architecture.parameters(),
            1,
            MOST_PARAMETERS,
        )?;
        Ok(architecture)
    }
}

/// λ ∈ [0, 1].
fn check_lambda(lambda: f64) -> Result<(), ConfigError> {
    real("λ", lambda, (0.0..=1.0).contains(&lambda), "from 0 to 1")
}

/// A ramp whose parts follow each other.
fn check_ramp(ramp: &Ramp) -> Result<(), ConfigError> {
    let Ramp { start, begin, end } = *ramp;
    real(
        "λ at the ramp's start",
        start,
        (0.0..=1.0).contains(&start),
        "from 0 to 1",
    )?;
    real(
        "the share of the steps after which λ rises",
        begin,
        (0.0..1.0).contains(&begin),
        "at least 0 and less than 1",
    )?;
    real(
        "the share of the steps at which λ has risen",
        end,
        end > begin && end <= 1.0,
        "above that after which it rises, and at most 1",
    )
}

/// Copies that are others than their digits.
fn check_copies(copies: &CopiesConfig, shape: ImageShape) -> Result<(), ConfigError> {
    range("the number of copies", copies.count, 1, MOST_COPIES)?;
    let side = shape.height.min(shape.width);
    let least = usize::from(copies.noise <= 0.0);
    range("the shift of copies", copies.shift, least, side / 2)?;
    real(
        "the noise on copies",
        copies.noise,
        (0.0..=1.0).contains(&copies.noise),
        "from 0 to 1",
    )
}

/// A learning rate in (0, 10].
fn check_learning_rate(rate: f64) -> Result<(), ConfigError> {
    real(
        "the learning rate",
        rate,
        rate > 0.0 && rate <= 10.0,
        "above 0 and at most 10",
    )
}

/// A standard deviation in [0, 10].
fn check_noise(name: &'static str, std: f64) -> Result<(), ConfigError> {
    real(name, std, (0.0..=10.0).contains(&std), "from 0 to 10")
}

/// Nc.
fn check_code_size(units: usize) -> Result<(), ConfigError> {
    range("Nc", units, 1, MOST_UNITS)
}

/// The settings of the denoising comparison.
fn check_denoising(denoising: &DenoisingConfig) -> Result<(), ConfigError> {
    check_noise("the noise on the test images", denoising.noise)?;
    range("m, the number of components,", denoising.components, 1, 512)?;
    real(
        "the ridge",
        denoising.ridge,
        (1e-12..=1e12).contains(&denoising.ridge),
        "from 1e-12 to 1e12",
    )?;
    real(
        "the width of the pre-image's kernel",
        denoising.width,
        (1e-3..=1e3).contains(&denoising.width),
        "from 0.001 to 1,000",
    )
}

fn range(name: &'static str, value: usize, least: usize, most: usize) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let range = format!("from {least} to {most}");
    Err(ConfigError::OutOfRange {
        name,
        value: value.to_string(),
        range,
    })
}

fn real(name: &'static str, value: f64, sound: bool, range: &str) -> Result<(), ConfigError> {
    if sound && value.is_finite() {
        return Ok(());
    }
    Err(ConfigError::OutOfRange {
        name,
        value: told(value),
        range: range.into(),
    })
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
