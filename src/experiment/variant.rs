//! How a network of a study departs from the plan's settings: the rows of *Better*.

use serde::{Deserialize, Serialize};

use crate::training::config::{Activation, CopiesConfig, Ramp, RunConfig};

/// A departure from a plan's settings.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// None: the plan's settings as they are.
    #[default]
    Plan,
    /// The paper's way: code units of the hidden layers' kind, constant λ, no noise, no
    /// projection, no copies.
    Paper,
    /// The paper's way with identity code units.
    Identity,
    /// The paper's way with a ramp of λ.
    Ramp,
    /// The paper's way with copies of the training images.
    Copies,
    /// Identity code units, m of them, and noise on the training input: PCA of the codes then
    /// leaves nothing away.
    Noise,
    /// Identity code units, as many as the plan has, noise on the training input, and training
    /// through a projection on m axes.
    Projection,
    /// Identity code units, a ramp of λ and copies.
    All,
}

/// Standard deviation of the noise on the training input.
const NOISE: f64 = 0.25;

impl Variant {
    /// The rows of the table; the paper's way, which the others are compared with, first.
    pub const COMPARED: [Self; 7] = [
        Self::Paper,
        Self::Identity,
        Self::Ramp,
        Self::Copies,
        Self::All,
        Self::Noise,
        Self::Projection,
    ];

    /// Whether it is the plan's settings as they are.
    #[must_use]
    pub fn is_plan(&self) -> bool {
        *self == Self::Plan
    }

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "the plan's settings",
            Self::Paper => "the paper's way",
            Self::Identity => "identity code units",
            Self::Ramp => "λ ramp",
            Self::Copies => "moved copies",
            Self::Noise => "training noise, Nc = m",
            Self::Projection => "training noise, through m axes",
            Self::All => "identity, ramp and copies",
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Plan => "The plan's settings as they are.",
            Self::Paper => {
                "Code units of the hidden layers' kind, constant λ, no noise, no projection, no copies."
            }
            Self::Identity => "The paper's way, but the code layer has no transfer function.",
            Self::Ramp => "The paper's way, but λ is low at first and rises to its value.",
            Self::Copies => {
                "The paper's way, but the network is trained on moved copies of the images, too."
            }
            Self::Noise => {
                "Identity code, noise on the training input, and no more code units than the components that denoising keeps."
            }
            Self::Projection => {
                "Identity code, noise on the training input, and codes that are decoded from m of their leading axes."
            }
            Self::All => "Identity code units, a ramp of λ and moved copies.",
        }
    }

    /// The name in file names and in `report.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Paper => "paper",
            Self::Identity => "identity",
            Self::Ramp => "ramp",
            Self::Copies => "copies",
            Self::Noise => "noise",
            Self::Projection => "projection",
            Self::All => "all",
        }
    }

    /// Whether its network has m code units in place of the plan's Nc.
    #[must_use]
    pub fn codes_are_components(self) -> bool {
        self == Self::Noise
    }

    /// Turns the plan's settings into its own; `components` is m of the denoising.
    pub fn apply(self, config: &mut RunConfig, components: usize) {
        if self == Self::Plan {
            return;
        }
        let hidden = config.network.hidden_activation;
        let training = &mut config.training;
        (training.ramp, training.projection, training.copies) = (None, None, None);
        (training.input_noise, config.network.code_activation) = (0.0, hidden);
        if matches!(
            self,
            Self::Identity | Self::Noise | Self::Projection | Self::All
        ) {
            config.network.code_activation = Activation::Identity;
        }
        if matches!(self, Self::Ramp | Self::All) {
            training.ramp = Some(Ramp::default());
        }
        if matches!(self, Self::Copies | Self::All) {
            training.copies = Some(CopiesConfig::default());
        }
        if matches!(self, Self::Noise | Self::Projection) {
            training.input_noise = NOISE;
        }
        if self == Self::Projection {
            training.projection = Some(components);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    #[test]
    fn each_changes_what_it_says_and_no_two_are_alike() {
        for preset in Preset::ALL {
            let of = |variant: Variant| {
                let mut config = preset.config();
                variant.apply(&mut config, 32);
                if variant.codes_are_components() {
                    config.network.code = 32;
                }
                config
            };
            assert_eq!(of(Variant::Plan), preset.config());
            for (index, variant) in Variant::COMPARED.into_iter().enumerate() {
                for other in &Variant::COMPARED[..index] {
                    assert_ne!(of(variant), of(*other), "{variant:?}, {other:?}");
                }
            }
            let paper = of(Variant::Paper);
            assert_eq!(
                paper.network.code_activation,
                paper.network.hidden_activation
            );
            assert_eq!(paper.training.input_noise, 0.0);
            assert!(of(Variant::Projection).training.projection == Some(32));
        }
    }
}
