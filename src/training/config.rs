//! What a run is made of, as plain data: the settings a person chooses, and the names of the
//! presets.

use serde::{Deserialize, Serialize};

pub use super::beyond::{CopiesConfig, Ramp};
pub use crate::kernel::{Covariance, PckConfig, PriorConfig};
pub use crate::model::Activation;

/// The settings of a run. Every field is what the window's controls and the command line set,
/// what reports and pictures carry with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The preset these settings started from.
    pub preset: Preset,
    /// The seed of everything random but the choice of the samples: the split, the mixtures,
    /// the weights, the minibatches, the noise.
    pub seed: u64,
    /// The prior kernel P.
    pub prior: PriorConfig,
    /// The layers.
    pub network: NetworkConfig,
    /// The optimisation.
    pub training: TrainingConfig,
    /// The denoising comparison (Table 2).
    pub denoising: DenoisingConfig,
    /// How many held-out digits the kernels on screen show.
    pub shown: usize,
}

impl RunConfig {
    /// Steps before the whole network is trained.
    fn pretraining_steps(&self) -> usize {
        let layers = self.network.hidden.len() + 1;
        let pretraining = self.training.pretraining;
        pretraining.map_or(0, |pretraining| pretraining.steps_per_layer * layers)
    }

    /// All steps of a run under these settings, pretraining among them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.pretraining_steps() as u64 + self.training.steps as u64
    }

    /// λ of the last of `step` steps of a run under these settings, pretraining among them; of the
    /// first, before any. (Layers below the code are pretrained without λ.)
    #[must_use]
    pub fn lambda_at(&self, step: u64) -> f64 {
        let training = &self.training;
        let done = usize::try_from(step).unwrap_or(usize::MAX);
        let done = done.saturating_sub(self.pretraining_steps() + 1);
        training.ramp.map_or(training.lambda, |ramp| {
            ramp.lambda(training.lambda, done, training.steps)
        })
    }
}

/// Named sets of settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Seconds: 6,000 digits and two moved copies of each that is trained on, a small `ReLU` network
    /// with an identity code, no pretraining.
    #[default]
    Quick,
    /// A network of that size with an identity code, trained to take noise away: noise on its
    /// input, moved copies of the digits, little λ (which costs alignment), and codes that are
    /// decoded from as many of their axes as denoising keeps.
    Denoise,
    /// Minutes: the same digits, sigmoid units, layerwise pretraining.
    Balanced,
    /// The paper's network and data: 20,000 digits, 784–500–500–2000–2000, and a schedule that has
    /// visibly converged.
    Paper,
    /// The same under the paper's whole schedule (Section 4.1), which takes days.
    PaperFull,
}

/// The layers of the autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// Units of the hidden layers between the pixels and the code.
    pub hidden: Vec<usize>,
    /// Nc, the units of the code layer.
    pub code: usize,
    /// The hidden layers' activation, on the way to the code and back.
    pub hidden_activation: Activation,
    /// The code layer's activation.
    pub code_activation: Activation,
}

/// The optimisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// λ of Eq. 5, in [0, 1].
    pub lambda: f64,
    /// k, samples of a minibatch.
    pub batch: usize,
    /// Steps of fine-tuning (all steps, without pretraining).
    pub steps: usize,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// The last part of the steps, in [0, 1], over which the learning rate falls linearly to a
    /// twentieth (0: it stays, as in the paper).
    #[serde(default)]
    pub cool_down: f64,
    /// Greedy layerwise pretraining (Section 2.1), if any.
    pub pretraining: Option<PretrainingConfig>,
    /// The gradient's global norm is scaled down to this, if set.
    pub clip_norm: Option<f64>,
    /// Standard deviation of Gaussian noise on the training input (0: none, as in the paper).
    pub input_noise: f64,
    /// λ low at first and rising to its value, if so; not in the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
    /// In the whole network's training, the leading axes of the batch's codes that are decoded, if
    /// not all ([`Projection`](crate::model::Projection)); not in the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<usize>,
    /// Altered copies of the training digits, if any; not in the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<CopiesConfig>,
}

/// Greedy layerwise pretraining.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainingConfig {
    /// Steps for each layer.
    pub steps_per_layer: usize,
    /// Adam's learning rate meanwhile.
    pub learning_rate: f64,
}

/// The denoising comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenoisingConfig {
    /// Standard deviation of the Gaussian noise on the test pixels.
    pub noise: f64,
    /// Whether noisy pixels are cut to [0, 1].
    pub clip: bool,
    /// m, the principal components of every method.
    pub components: usize,
    /// The ridge of the kernel regression that finds pre-images.
    pub ridge: f64,
    /// σ of the pre-image's RBF kernel as a multiple of the median distance between scores.
    pub width: f64,
}

/// σ and ridge of the pre-image are good for all ten classes; the paper's own (Section 4.5) were
/// found for two. NumPy and scikit-learn on one draw of 6,000 digits, noisy
/// validation digits, m = 32, images cut to [0, 1]: 0.0366 here, 0.0380 at the paper's ridge of 0.5;
/// the best of a grid 0.0365 at σ = 2 and 0.01 (`examples/preimage_grid.rs` has the grid).
impl Default for DenoisingConfig {
    fn default() -> Self {
        Self {
            noise: 0.25,
            clip: false,
            components: 32,
            ridge: 0.1,
            width: 1.0,
        }
    }
}
