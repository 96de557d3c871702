//! A network that is kept: where it stands, and how it came there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SessionError;
use crate::data::tensors::{Tensor, TensorError, TensorFile};
use crate::data::{DataRecord, DataSet, Split};
use crate::training::{Checkpoint, LossPoint, Run, RunConfig, RunError};

/// What a network is in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The run.
    Run,
    /// One that somebody pinned beside it.
    Pin,
    /// A rung of the ladder.
    Rung,
}

/// What a run was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It worked, and works on.
    Working,
    /// It waits for somebody, after a pause or since it diverged.
    Paused,
    /// Somebody stopped it.
    Stopped,
    /// It has taken all its steps.
    Finished,
}

/// What there is of a network.
#[derive(Clone, Debug)]
pub enum Held {
    /// Nothing yet: its prior was being fitted under these settings.
    Settings(Box<RunConfig>),
    /// The network, with all that training goes on from.
    Network(Arc<Checkpoint>),
}

impl Held {
    /// Of `run` as it stands.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        match run.checkpoint() {
            Some(checkpoint) => Self::Network(Arc::new(checkpoint)),
            None => Self::Settings(Box::new(run.config().get().clone())),
        }
    }

    /// The settings as they are now.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        match self {
            Self::Settings(config) => config,
            Self::Network(checkpoint) => &checkpoint.config,
        }
    }
}

/// A network that is kept.
#[derive(Clone)]
pub struct KeptNetwork {
    /// What it is.
    pub role: Role,
    /// What somebody calls it; may be empty.
    pub name: String,
    /// λ that it was trained under; of a run, λ as it is set.
    pub lambda: f64,
    /// What it was doing.
    pub standing: Standing,
    /// The data that it was trained on.
    pub data: Arc<DataRecord>,
    /// What there is of it.
    pub held: Held,
    /// Losses of minibatches, in the order of their steps.
    pub training: Vec<LossPoint>,
    /// Losses on validation samples, in the order of their steps.
    pub validation: Vec<LossPoint>,
}

/// What of a network stands in the session's text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    role: Role,
    name: String,
    lambda: f64,
    standing: Standing,
    data: Arc<DataRecord>,
    /// Only where there is no network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settings: Option<Box<RunConfig>>,
}

impl KeptNetwork {
    /// `run` as it stands, on data of this record, with the losses that are known of it.
    #[must_use]
    pub fn of_run(
        run: &Run,
        standing: Standing,
        data: Arc<DataRecord>,
        (training, validation): (Vec<LossPoint>, Vec<LossPoint>),
    ) -> Self {
        Self::run(Held::of(run), standing, data, (training, validation))
    }

    /// A run that is held so.
    #[must_use]
    pub fn run(
        held: Held,
        standing: Standing,
        data: Arc<DataRecord>,
        (training, validation): (Vec<LossPoint>, Vec<LossPoint>),
    ) -> Self {
        Self {
            role: Role::Run,
            name: String::new(),
            lambda: held.config().training.lambda,
            standing,
            data,
            held,
            training,
            validation,
        }
    }

    /// Looks whether a run on `data` can have come here.
    ///
    /// # Errors
    ///
    /// [`RunError`] if the settings or the network do not fit the data.
    pub fn check(&self, data: &DataSet) -> Result<(), RunError> {
        match &self.held {
            Held::Network(checkpoint) => checkpoint.check(data),
            Held::Settings(config) => {
                let split = Split::new(data.len(), config.seed);
                config.check(data, &split)?;
                Ok(())
            }
        }
    }

    /// Its settings as they are now.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        self.held.config()
    }

    /// The settings that it began with.
    #[must_use]
    pub fn began(&self) -> &RunConfig {
        match &self.held {
            Held::Settings(config) => config,
            Held::Network(checkpoint) => &checkpoint.began,
        }
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u64 {
        match &self.held {
            Held::Settings(_) => 0,
            Held::Network(checkpoint) => checkpoint.step(),
        }
    }

    pub(super) fn described(&self) -> Described {
        Described {
            role: self.role,
            name: self.name.clone(),
            lambda: self.lambda,
            standing: self.standing,
            data: Arc::clone(&self.data),
            settings: match &self.held {
                Held::Settings(config) => Some(config.clone()),
                Held::Network(_) => None,
            },
        }
    }

    /// Its texts, under names that begin with `prefix`.
    pub(super) fn texts(&self, prefix: &str) -> Vec<(String, String)> {
        match &self.held {
            Held::Settings(_) => Vec::new(),
            Held::Network(checkpoint) => checkpoint.texts(prefix),
        }
    }

    /// Its tensors, under names that begin with `prefix`.
    pub(super) fn tensors(&self, prefix: &str) -> Vec<(String, Tensor<'_>)> {
        let mut tensors = match &self.held {
            Held::Settings(_) => Vec::new(),
            Held::Network(checkpoint) => checkpoint.tensors(prefix),
        };
        for (name, points) in [
            ("training", &self.training),
            ("validation", &self.validation),
        ] {
            tensors.extend(losses(&format!("{prefix}{name}"), points));
        }
        tensors
    }

    /// The network that `described` is of, whose texts and tensors in `file` begin with `prefix`.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if something is missing or cannot be.
    pub(super) fn read(
        file: &TensorFile,
        prefix: &str,
        described: Described,
    ) -> Result<Self, SessionError> {
        let held = match described.settings {
            Some(settings) => Held::Settings(settings),
            None => Held::Network(Arc::new(Checkpoint::read_under(file, prefix)?)),
        };
        if !(0.0..=1.0).contains(&described.lambda) {
            return Err(file.missing("session").into());
        }
        Ok(Self {
            role: described.role,
            name: described.name,
            lambda: described.lambda,
            standing: described.standing,
            data: described.data,
            held,
            training: read_losses(file, &format!("{prefix}training"))?,
            validation: read_losses(file, &format!("{prefix}validation"))?,
        })
    }
}

/// Losses as tensors.
fn losses(name: &str, points: &[LossPoint]) -> [(String, Tensor<'static>); 3] {
    let steps: Vec<usize> = points.iter().map(|point| point.step as usize).collect();
    let layers: Vec<usize> = points.iter().map(|p| p.layer.unwrap_or(0)).collect();
    let numbers = points.iter().map(|p| [p.lambda, p.lr, p.lc, p.total]);
    [
        (format!("{name}.steps"), Tensor::indices(&steps)),
        (format!("{name}.layers"), Tensor::indices(&layers)),
        (format!("{name}.losses"), Tensor::doubles(numbers)),
    ]
}

fn read_losses(file: &TensorFile, name: &str) -> Result<Vec<LossPoint>, TensorError> {
    let steps = file.indices(&format!("{name}.steps"))?;
    let layers = file.indices(&format!("{name}.layers"))?;
    let losses = format!("{name}.losses");
    let numbers = file.doubles::<4>(&losses)?;
    let in_order = steps.windows(2).all(|pair| pair[0] < pair[1]);
    if steps.len() != numbers.len() || layers.len() != numbers.len() || !in_order {
        return Err(file.missing(&losses));
    }
    let points = steps.into_iter().zip(layers).zip(numbers);
    let points = points.map(|((step, layer), [lambda, lr, lc, total])| LossPoint {
        step: step as u64,
        layer: (layer > 0).then_some(layer),
        lambda,
        lr,
        lc,
        total,
    });
    Ok(points.collect())
}
