//! What of a run's settings can change while it goes on.
//!
//! They travel whole: a slider that moves sends all of them, and the newest are in force. Which of
//! them differ from those before is found where it matters, by whoever takes them.

use super::config::{DenoisingConfig, RunConfig};

/// The settings that can change while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSettings {
    /// λ of Eq. 5, from the next minibatch on. Another one ends a ramp.
    pub lambda: f64,
    /// Nc. With another one the code layer starts anew, the layers below stay.
    pub code: usize,
    /// Adam's learning rate, from the next minibatch on.
    pub learning_rate: f64,
    /// Standard deviation of the noise on the training input, from the next minibatch on.
    pub input_noise: f64,
    /// The denoising comparison.
    pub denoising: DenoisingConfig,
    /// How many held-out digits the kernels show.
    pub shown: usize,
}

impl LiveSettings {
    /// Those of `config`.
    #[must_use]
    pub fn of(config: &RunConfig) -> Self {
        Self {
            lambda: config.training.lambda,
            code: config.network.code,
            learning_rate: config.training.learning_rate,
            input_noise: config.training.input_noise,
            denoising: config.denoising,
            shown: config.shown,
        }
    }

    /// Writes them into `config`, whose other settings stay, but for a ramp to another λ.
    pub fn write(&self, config: &mut RunConfig) {
        let training = &mut config.training;
        if training.lambda.total_cmp(&self.lambda).is_ne() {
            training.ramp = None;
        }
        training.lambda = self.lambda;
        training.learning_rate = self.learning_rate;
        training.input_noise = self.input_noise;
        config.network.code = self.code;
        config.denoising = self.denoising;
        config.shown = self.shown;
    }

    /// Whether the training of a run changes if these take the place of `old` ones: not where only
    /// what is looked at does.
    #[must_use]
    pub fn trains_otherwise(&self, old: &Self) -> bool {
        let seen = |settings: &Self| {
            (
                settings.lambda,
                settings.code,
                settings.learning_rate,
                settings.input_noise,
            )
        };
        seen(self) != seen(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::{Preset, Ramp};

    #[test]
    fn what_is_written_is_what_is_read_and_another_lambda_ends_a_ramp() {
        let mut config = Preset::Quick.config();
        config.training.ramp = Some(Ramp::default());
        let mut live = LiveSettings::of(&config);
        live.code = 7;
        live.shown = 11;
        live.write(&mut config);
        assert_eq!(LiveSettings::of(&config), live);
        assert!(config.training.ramp.is_some());
        let old = live;
        live.denoising.components = 3;
        assert!(!live.trains_otherwise(&old));
        live.lambda += 0.1;
        assert!(live.trains_otherwise(&old));
        live.write(&mut config);
        assert_eq!(LiveSettings::of(&config), live);
        assert!(config.training.ramp.is_none());
    }
}
