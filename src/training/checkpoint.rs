//! A run in training as a file, from which it goes on as if it had never stopped: the same
//! numbers to the last bit, on the same number of threads.
//!
//! The file holds the network ([`crate::model::saved`] says how), Adam's moments, the layer that
//! is being pretrained, the order of the training samples, both random states, the settings and
//! the counters. The prior kernel is not in it: it follows from the data and the seed.
//!
//! What is not kept is the older copy of good weights that a diverging run falls back to; after
//! a resumption that copy is the checkpoint itself.

use std::collections::BTreeMap;
use std::path::Path;

use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::config::RunConfig;
use super::trainer::Stage;
use crate::data::WriteError;
use crate::data::tensors::{Tensor, TensorError, TensorFile, write_tensors};
use crate::model::saved::ARCHITECTURE;
use crate::model::{Adam, AdamConfig, Architecture, Autoencoder};

/// The text that holds the counters.
const STATE: &str = "state";
/// The text that holds the settings.
const SETTINGS: &str = "settings";
/// The prefix of the layer that is being pretrained.
const ALONE: &str = "alone.";

/// Everything about a trainer that changes.
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
    /// λ.
    pub lambda: f64,
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
    /// The random state that draws minibatches.
    pub batches: Pcg64Mcg,
    /// The random state of the noise.
    pub noise: Pcg64Mcg,
}

/// A run in training.
pub struct Checkpoint {
    /// Its settings.
    pub config: RunConfig,
    /// Steps of whole-network training that it is to take.
    pub steps: usize,
    /// The trainer.
    pub trainer: TrainerState,
}

/// The texts of the file.
#[derive(Serialize, Deserialize)]
struct State {
    steps: usize,
    adam_step: u64,
    alone: Option<Architecture>,
    counters: Counters,
}

impl Checkpoint {
    /// Writes it to `path`, whole or not at all, with `texts` beside its own.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the file cannot be written.
    pub fn write(&self, path: &Path, texts: BTreeMap<String, String>) -> Result<(), WriteError> {
        let trainer = &self.trainer;
        let (first, second) = trainer.adam.moments();
        let mut tensors = trainer.network.tensors("");
        if let Some(alone) = &trainer.alone {
            tensors.extend(alone.tensors(ALONE));
        }
        tensors.push(("adam.first".into(), Tensor::row(first)));
        tensors.push(("adam.second".into(), Tensor::row(second)));
        tensors.push(("order".into(), Tensor::indices(&trainer.order)));
        let state = State {
            steps: self.steps,
            adam_step: trainer.adam.steps(),
            alone: trainer.alone.as_ref().map(|a| a.architecture().clone()),
            counters: trainer.counters.clone(),
        };
        let mut texts = texts;
        texts.insert(ARCHITECTURE.into(), json(trainer.network.architecture()));
        texts.insert(STATE.into(), json(&state));
        texts.insert(SETTINGS.into(), json(&self.config));
        write_tensors(path, tensors, &texts)
    }

    /// What `file` holds.
    ///
    /// # Errors
    ///
    /// [`TensorError`] if something is missing or does not fit the rest.
    pub fn read(file: &TensorFile) -> Result<Self, TensorError> {
        let state: State = parse(file, STATE)?;
        let network = Autoencoder::load(file)?;
        let alone = match state.alone {
            Some(architecture) => Some(Autoencoder::from_tensors(file, ALONE, architecture)?),
            None => None,
        };
        let (first, second) = (file.floats("adam.first")?, file.floats("adam.second")?);
        let trained = alone.as_ref().unwrap_or(&network).parameters().len();
        if first.len() != trained || second.len() != trained {
            return Err(file.missing("adam.first"));
        }
        Ok(Self {
            config: parse(file, SETTINGS)?,
            steps: state.steps,
            trainer: TrainerState {
                network,
                alone,
                adam: Adam::restored(first, second, state.adam_step, AdamConfig::default()),
                order: file.indices("order")?,
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

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
