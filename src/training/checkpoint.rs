//! A run in training as a file, from which it goes on as if it had never stopped: the same
//! numbers to the last bit, on the same number of threads.
//!
//! The file holds the network ([`crate::model::saved`] says how), Adam's moments, the layer that
//! is being pretrained, the order of the training samples, both random states, the settings and
//! the counters; besides, for whoever tells how the network came about, the settings that the run
//! began with and what changed since. The prior kernel is not in it: it follows from the data and
//! the seed.
//!
//! All names may begin with a prefix, so that several runs have room in one file.
//!
//! What is not kept is the older copy of good weights that a diverging run falls back to; after
//! a resumption that copy is the checkpoint itself.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::config::RunConfig;
use super::ready::Settling;
use super::schedule::Schedule;
use super::trainer::Stage;
use crate::data::WriteError;
use crate::data::tensors::{Tensor, TensorError, TensorFile, write_tensors};
use crate::model::saved::ARCHITECTURE;
use crate::model::{Adam, AdamConfig, Architecture, Autoencoder};

/// The text that holds the counters.
const STATE: &str = "state";
/// The text that holds the settings.
const SETTINGS: &str = "settings";
/// The text that holds the settings that the run began with.
const BEGAN: &str = "began";
/// The text that holds what changed since.
const CHANGES: &str = "changes";
/// The prefix of the layer that is being pretrained.
const ALONE: &str = "alone.";

/// Everything about a trainer that changes.
#[derive(Clone)]
pub struct TrainerState {
    /// The network, without the layer that is being pretrained.
    pub network: Autoencoder<f32>,
    /// The layer that is being pretrained.
    pub alone: Option<Autoencoder<f32>>,
    /// The moments of what is being trained.
    pub adam: Adam<f32>,
    /// The training samples in their present order.
    pub order: Vec<usize>,
    /// The rest.
    pub counters: Counters,
}

/// The numbers among a trainer's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// λ, where a ramp leads to.
    pub lambda: f64,
    /// Whether λ was set since, so that the settings' ramp is over.
    #[serde(default)]
    pub ramp_over: bool,
    /// The learning rate.
    pub rate: f64,
    /// The learning rate of pretraining.
    pub pretraining_rate: f64,
    /// Standard deviation of the noise on the input.
    pub input_noise: f64,
    /// What is being trained.
    pub stage: Stage,
    /// Steps taken in all.
    pub step: u64,
    /// λ when the moments began, if they began anew: the learning rate then rises with them.
    #[serde(default)]
    pub warmed: Option<f64>,
    /// The random state that draws minibatches.
    pub batches: Pcg64Mcg,
    /// The random state of the noise.
    pub noise: Pcg64Mcg,
}

/// A run in training.
#[derive(Clone)]
pub struct Checkpoint {
    /// Its settings.
    pub config: RunConfig,
    /// Those that it began with.
    pub began: RunConfig,
    /// What changed about the training since.
    pub schedule: Schedule,
    /// Steps of whole-network training that it is to take.
    pub steps: usize,
    /// Those of them after which the present leg began.
    pub leg: usize,
    /// Whether the leg goes on until the loss settles, and how far that is.
    pub(super) settling: Option<Settling>,
    /// The trainer.
    pub trainer: TrainerState,
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Checkpoint");
        shown.field("step", &self.step()).finish_non_exhaustive()
    }
}

/// The texts of the file.
#[derive(Serialize, Deserialize)]
struct State {
    steps: usize,
    #[serde(default)]
    leg: usize,
    #[serde(default)]
    settling: Option<Settling>,
    adam_step: u64,
    alone: Option<Architecture>,
    counters: Counters,
}

impl State {
    /// Whether all steps are taken: a run that goes on from here begins its moments anew.
    fn is_at_rest(&self) -> bool {
        matches!(self.counters.stage, Stage::Training { done } if done >= self.steps)
    }

    /// Whether a run under `config` can have come here with a network of so many layers.
    fn is_possible(&self, config: &RunConfig, layers: usize) -> bool {
        let counters = &self.counters;
        let rate = |rate: f64| rate > 0.0 && rate.is_finite();
        let numbers = (0.0..=1.0).contains(&counters.lambda)
            && rate(counters.rate)
            && rate(counters.pretraining_rate)
            && (0.0..f64::MAX).contains(&counters.input_noise)
            && counters
                .warmed
                .is_none_or(|lambda| (0.0..=1.0).contains(&lambda))
            && self.leg <= self.steps;
        let pretraining = config.training.pretraining;
        let of_layer = pretraining.map_or(0, |pretraining| pretraining.steps_per_layer);
        let (layers_done, done) = match counters.stage {
            Stage::Pretraining { layer, done } => (layer, done),
            Stage::Training { done } if of_layer == 0 => (0, done),
            Stage::Training { done } => (layers, done),
        };
        let most = match counters.stage {
            Stage::Pretraining { .. } => of_layer,
            Stage::Training { .. } => self.steps,
        };
        // Whoever changes the code size starts a layer anew, so there may be more steps than these.
        let before = (of_layer as u64).checked_mul(layers_done as u64);
        let least = before.and_then(|before| before.checked_add(done as u64));
        numbers
            && layers_done <= layers
            && done <= most
            && least.is_some_and(|least| least <= counters.step)
            && counters.step < 1 << 60
            && self.adam_step <= counters.step
    }
}

impl Checkpoint {
    /// Whether all steps are taken that the run was to take.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.trainer.counters.stage, Stage::Training { done } if done >= self.steps)
    }

    /// Writes it to `path`, whole or not at all, with `texts` beside its own.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the file cannot be written.
    pub fn write(&self, path: &Path, texts: BTreeMap<String, String>) -> Result<(), WriteError> {
        let mut texts = texts;
        texts.extend(self.texts(""));
        write_tensors(path, self.tensors(""), &texts)
    }

    /// Its tensors, under names that begin with `prefix`.
    #[must_use]
    pub fn tensors(&self, prefix: &str) -> Vec<(String, Tensor<'_>)> {
        let trainer = &self.trainer;
        let (first, second) = trainer.adam.moments();
        let mut tensors = trainer.network.tensors(prefix);
        if let Some(alone) = &trainer.alone {
            tensors.extend(alone.tensors(&format!("{prefix}{ALONE}")));
        }
        let rest = [
            ("adam.first", Tensor::row(first)),
            ("adam.second", Tensor::row(second)),
            ("order", Tensor::indices(&trainer.order)),
        ];
        tensors.extend(rest.map(|(name, tensor)| (format!("{prefix}{name}"), tensor)));
        tensors
    }

    /// What of it is no tensor, as texts under names that begin with `prefix`.
    #[must_use]
    pub fn texts(&self, prefix: &str) -> Vec<(String, String)> {
        let trainer = &self.trainer;
        let state = State {
            steps: self.steps,
            leg: self.leg,
            settling: self.settling,
            adam_step: trainer.adam.steps(),
            alone: trainer.alone.as_ref().map(|a| a.architecture().clone()),
            counters: trainer.counters.clone(),
        };
        let texts = [
            (ARCHITECTURE, json(trainer.network.architecture())),
            (STATE, json(&state)),
            (SETTINGS, json(&self.config)),
            (BEGAN, json(&self.began)),
            (CHANGES, json(&self.schedule)),
        ];
        let named = texts.map(|(name, text)| (format!("{prefix}{name}"), text));
        named.into()
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.trainer.counters.step
    }

    /// What `file` holds.
    ///
    /// # Errors
    ///
    /// [`TensorError`] if something is missing or does not fit the rest.
    pub fn read(file: &TensorFile) -> Result<Self, TensorError> {
        Self::read_under(file, "")
    }

    /// What `file` holds under names that begin with `prefix`.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_under(file: &TensorFile, prefix: &str) -> Result<Self, TensorError> {
        let named = |name: &str| format!("{prefix}{name}");
        let state: State = parse(file, &named(STATE))?;
        let network = Autoencoder::load_under(file, prefix)?;
        let alone = match state.alone.clone() {
            Some(architecture) => {
                let of = Autoencoder::from_tensors(file, &named(ALONE), architecture)?;
                Some(of)
            }
            None => None,
        };
        let moments = |name: &str| file.floats(&named(name));
        let (first, second) = (moments("adam.first")?, moments("adam.second")?);
        let trained = alone.as_ref().unwrap_or(&network).parameters().len();
        let squares = second.iter().all(|&square| square >= 0.0);
        let light = first.is_empty() && second.is_empty() && state.is_at_rest();
        if !light && (first.len() != trained || second.len() != trained || !squares) {
            return Err(file.missing(&named("adam.first")));
        }
        let config: RunConfig = parse(file, &named(SETTINGS))?;
        if !state.is_possible(&config, network.architecture().layers()) {
            return Err(file.missing(&named(STATE)));
        }
        // Files of earlier versions do not tell how the run began.
        let began = if_there(file, &named(BEGAN))?;
        Ok(Self {
            began: began.unwrap_or_else(|| config.clone()),
            schedule: if_there(file, &named(CHANGES))?.unwrap_or_default(),
            config,
            steps: state.steps,
            leg: state.leg,
            settling: state.settling,
            trainer: TrainerState {
                network,
                alone,
                adam: Adam::restored(first, second, state.adam_step, AdamConfig::default()),
                order: file.indices(&named("order"))?,
                counters: state.counters,
            },
        })
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with names for keys")
}

fn parse<T: serde::de::DeserializeOwned>(file: &TensorFile, name: &str) -> Result<T, TensorError> {
    serde_json::from_str(file.text(name)?).map_err(|_| file.missing(name))
}

fn if_there<T: serde::de::DeserializeOwned>(
    file: &TensorFile,
    name: &str,
) -> Result<Option<T>, TensorError> {
    match file.text(name) {
        Ok(_) => parse(file, name).map(Some),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
