//! A network in training with what it is trained and judged on, and how long it trains.
//!
//! A run's first leg has the steps that its settings say. One that was over and is sent on has further legs, at a
//! gentler rate; where it was woken by another setting, for as long as the loss on validation samples still
//! changes: at the end of each stretch at the full rate that loss is held against the one before, and
//! only when the two are alike does the rate fall and the run rest.

use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::check::CheckedConfig;
use super::fitted::Fitted;
use super::pool::TrainingSet;
use super::scores::{LossPoint, Scores};
use super::trainer::{Stage, Trainer};
use crate::data::{DataSet, Split};
use crate::kernel::{Scratch, alignment};

/// Validation samples that the curves are taken on.
const VALIDATION: usize = 500;

/// Steps that a run trains on for when it is over and is sent on; the leg of one that is woken by a
/// setting, before it is looked at whether its loss still changes.
pub const MORE_STEPS: usize = 500;

/// The learning rate of a run that was over and is sent on reaches this share of the full one, at
/// which a network that has converged would lose more than it learns.
const LATER_LEGS: f64 = 0.5;

/// The loss on validation samples has settled when a stretch changes it by no more than this part.
const SETTLED: f64 = 0.01;

/// Stretches after which a run rests, settled or not.
const MOST_STRETCHES: usize = 20;

/// A run whose prior is complete.
pub(super) struct Ready {
    pub(super) fitted: Fitted,
    /// What the trainer works on: training samples, and their copies if there are any.
    pub(super) set: TrainingSet,
    pub(super) trainer: Trainer,
    pub(super) validation: Validation,
    /// Steps of whole-network training that the run is to take.
    pub(super) steps: usize,
    /// The steps of whole-network training after which the present leg began: 0, and later where
    /// a run that was over was sent on.
    pub(super) leg: usize,
    /// No more steps for now: the last figures are taken where the network stands.
    pub(super) halted: bool,
    /// There while the leg goes on for as long as the loss on validation samples changes.
    pub(super) settling: Option<Settling>,
    /// How that ended: whether the loss had settled.
    pub(super) settled: Option<bool>,
    pub(super) scores: Option<Scores>,
}

/// How far the loss of a run that was woken has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Settling {
    /// The loss on validation samples at the end of the stretch before, or at the beginning.
    before: Option<f64>,
    /// Stretches that were added.
    added: usize,
}

/// Validation samples with what does not change about them.
pub(super) struct Validation {
    pub(super) pixels: Array2<f32>,
    pub(super) prior: Array2<f32>,
    pub(super) every: u64,
}

impl Ready {
    /// With nothing trained yet.
    pub(super) fn new(
        config: &CheckedConfig,
        data: &Arc<DataSet>,
        split: &Split,
        fitted: Fitted,
        set: TrainingSet,
    ) -> Self {
        let settings = &config.get().training;
        let samples = &split.validation[..split.validation.len().min(VALIDATION)];
        let mut block = Array2::zeros((samples.len(), samples.len()));
        fitted
            .prior()
            .gram(samples, &mut Scratch::default(), block.view_mut());
        Self {
            trainer: Trainer::new(
                config.clone(),
                Arc::clone(&set.data),
                &set.training,
                Arc::clone(&set.prior),
            ),
            fitted,
            set,
            validation: Validation {
                pixels: data.rows(samples),
                prior: block,
                every: (settings.steps as u64 / 60).clamp(10, 500),
            },
            steps: settings.steps,
            leg: 0,
            halted: false,
            settling: None,
            settled: None,
            scores: None,
        }
    }

    /// Has at least `steps` of whole-network training still to come; see [`super::Run::train_on`].
    pub(super) fn train_on(&mut self, steps: usize) {
        (self.settling, self.settled) = (None, None);
        let Stage::Training { done } = self.trainer.stage() else {
            return;
        };
        let wanted = done.saturating_add(steps);
        if wanted > self.steps {
            if done >= self.steps {
                self.trainer.restart_moments();
            }
            (self.steps, self.leg) = (wanted, done);
        }
    }

    /// Where a stretch at the full rate ends: has another one follow if the loss still changes, and the
    /// rate fall if not. Called before a step.
    pub(super) fn settle(&mut self, cool_down: f64) {
        let (Some(settling), Stage::Training { done }) = (self.settling, self.trainer.stage())
        else {
            return;
        };
        let loss = |ready: &Self| ready.validation.losses(&ready.trainer).total;
        let Some(before) = settling.before else {
            let before = Some(loss(self));
            self.settling = Some(Settling { before, ..settling });
            return;
        };
        let leg = self.steps.saturating_sub(self.leg);
        let cooling = (cool_down * leg as f64) as usize;
        if self.steps.saturating_sub(done) > cooling.max(1) {
            return;
        }
        let now = loss(self);
        let changes = (now - before).abs() > SETTLED * before.abs();
        self.settling = (changes && settling.added < MOST_STRETCHES).then_some(Settling {
            before: Some(now),
            added: settling.added + 1,
        });
        if self.settling.is_none() {
            self.settled = Some(!changes);
        } else {
            let stretch = leg.min(MORE_STEPS).saturating_sub(cooling).max(1);
            // The leg keeps its length, and so its fall.
            (self.steps, self.leg) = (self.steps + stretch, self.leg + stretch);
        }
    }

    /// The present share of the learning rate: 1 until the last part `cool_down` of the leg's
    /// steps, over which it falls to a twentieth.
    pub(super) fn rate_share(&self, cool_down: f64) -> f64 {
        let Stage::Training { done } = self.trainer.stage() else {
            return 1.0;
        };
        let leg = self.steps.saturating_sub(self.leg).max(1);
        let left = self.steps.saturating_sub(done) as f64 / leg as f64;
        let full = if self.leg == 0 { 1.0 } else { LATER_LEGS };
        if left < cool_down {
            full * (left / cool_down).max(0.05)
        } else {
            full
        }
    }
}

impl Validation {
    /// The losses of what is being trained as it stands: those that a minibatch's are of too.
    pub(super) fn losses(&self, trainer: &Trainer) -> LossPoint {
        let [input, codes, back] = trainer.objective(self.pixels.view());
        let error = super::scores::squared_error(input.view(), back.view());
        let lr = error / input.len() as f64;
        let mut gram = Array2::zeros(self.prior.dim());
        crate::linalg::product(
            gram.view_mut(),
            crate::linalg::Accumulate::Replace,
            1.0,
            codes.view(),
            codes.t(),
            crate::linalg::Parallel::Yes,
        );
        let lc = alignment::lc(gram.view(), self.prior.view());
        let lambda = trainer.effective_lambda();
        let total = crate::model::Losses::weigh(lambda, lr, lc).total;
        LossPoint {
            step: trainer.steps(),
            layer: trainer.stage().layer(),
            lambda,
            lr,
            lc,
            total,
        }
    }
}
