//! The presets, as plain data.

use super::config::{
    Activation, CopiesConfig, NetworkConfig, PckConfig, Preset, PretrainingConfig, PriorConfig,
    RunConfig, TrainingConfig,
};

/// Steps of the paper's epoch: (n/k)² minibatches of k = 200 of n = 14,000 training samples
/// (Section 4.1).
const EPOCH: usize = (14_000 / 200) * (14_000 / 200);

/// The paper's epochs of pretraining, for each layer.
const PRETRAINING: usize = 30;

/// The paper's epochs of fine-tuning.
const FINE_TUNING: usize = 100;

impl Preset {
    /// All of them, the quickest first.
    pub const ALL: [Self; 5] = [
        Self::Quick,
        Self::Denoise,
        Self::Balanced,
        Self::Paper,
        Self::PaperFull,
    ];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "Quick",
            Self::Denoise => "Denoise",
            Self::Balanced => "Balanced",
            Self::Paper => "Paper",
            Self::PaperFull => "Paper, full schedule",
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Quick => "seconds: ReLU units, no pretraining, 1,000 steps",
            Self::Denoise => {
                "seconds: noise on the input, λ = 0.02, moved copies, codes decoded from 32 of their axes"
            }
            Self::Balanced => {
                "a minute: sigmoid units, 500 steps of pretraining a layer, 1,500 steps"
            }
            Self::Paper => {
                "minutes: the paper's 500–500–2000–2000, 500 steps of pretraining a layer, 2,000 steps"
            }
            Self::PaperFull => {
                "days: the same network under the paper's own schedule, 147,000 steps of pretraining \
                 a layer, 490,000 steps"
            }
        }
    }

    /// How many samples the preset is meant for.
    #[must_use]
    pub fn samples(self) -> usize {
        match self {
            Self::Quick | Self::Denoise | Self::Balanced => 6_000,
            Self::Paper | Self::PaperFull => 20_000,
        }
    }

    /// The settings.
    #[must_use]
    pub fn config(self) -> RunConfig {
        let plain = RunConfig {
            preset: self,
            seed: 0,
            prior: PriorConfig::Pck(PckConfig::default()),
            network: NetworkConfig {
                hidden: vec![256, 256, 512],
                code: 128,
                hidden_activation: Activation::Relu,
                code_activation: Activation::Relu,
            },
            training: TrainingConfig {
                lambda: 0.1,
                batch: 200,
                steps: 1_000,
                learning_rate: 3e-3,
                cool_down: 0.3,
                pretraining: None,
                clip_norm: None,
                input_noise: 0.0,
                ramp: None,
                projection: None,
                copies: None,
            },
            denoising: super::config::DenoisingConfig::default(),
            shown: 300,
        };
        match self {
            Self::Quick => {
                let mut config = plain;
                config.network.code_activation = Activation::Identity;
                config.training.copies = Some(CopiesConfig {
                    count: 2,
                    ..CopiesConfig::default()
                });
                config
            }
            Self::Denoise => {
                let mut config = plain;
                config.network.code_activation = Activation::Identity;
                let training = &mut config.training;
                (training.lambda, training.input_noise) = (0.02, 0.25);
                training.projection = Some(config.denoising.components);
                training.copies = Some(CopiesConfig::default());
                config
            }
            Self::Balanced => RunConfig {
                network: NetworkConfig {
                    hidden_activation: Activation::Sigmoid,
                    code_activation: Activation::Sigmoid,
                    ..plain.network
                },
                training: TrainingConfig {
                    steps: 1_500,
                    learning_rate: 1e-3,
                    pretraining: Some(PretrainingConfig {
                        steps_per_layer: 500,
                        learning_rate: 3e-3,
                    }),
                    ..plain.training
                },
                ..plain
            },
            Self::PaperFull => {
                let mut config = Self::Paper.config();
                config.preset = self;
                config.training.steps = FINE_TUNING * EPOCH;
                if let Some(pretraining) = &mut config.training.pretraining {
                    pretraining.steps_per_layer = PRETRAINING * EPOCH;
                }
                config
            }
            Self::Paper => RunConfig {
                network: NetworkConfig {
                    hidden: vec![500, 500, 2_000],
                    code: 2_000,
                    hidden_activation: Activation::Sigmoid,
                    code_activation: Activation::Sigmoid,
                },
                training: TrainingConfig {
                    steps: 2_000,
                    learning_rate: 1e-3,
                    cool_down: 0.0,
                    pretraining: Some(PretrainingConfig {
                        steps_per_layer: 500,
                        learning_rate: 3e-3,
                    }),
                    ..plain.training
                },
                ..plain
            },
        }
    }
}

impl Default for RunConfig {
    fn default() -> Self {
        Preset::default().config()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 4.1: 30 epochs of pretraining a layer and 100 of fine-tuning, an epoch being (n/k)²
    /// minibatches of k = 200 of n = 14,000 samples.
    #[test]
    fn the_full_schedule_is_the_papers() {
        let training = Preset::PaperFull.config().training;
        assert_eq!((training.batch, training.steps), (200, 490_000));
        let pretraining = training.pretraining.unwrap();
        assert_eq!(pretraining.steps_per_layer, 147_000);
        // 70 % of these are trained on.
        assert_eq!(Preset::PaperFull.samples(), 20_000);
        assert_eq!(Preset::Quick.samples(), 6_000);
    }
}
