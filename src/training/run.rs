//! A run from its first mixture to its last figure, one small piece at a time.
//!
//! ```text
//! Prior ──► Posteriors ──► Pretraining ──► Training ──► Evaluation ──► over
//!  (PCK)      (PCK)          (if asked)
//! ```
//!
//! Where the training digits have altered copies, those are placed after all other samples.
//!
//! [`Run::advance`] does a piece and says what it was. Nothing here knows of threads, windows or
//! clocks: the same seed and the same number of computing threads give the same numbers.

mod reopening;

use std::sync::Arc;

use ndarray::Array2;

use super::check::{CheckedConfig, ConfigError};
use super::checkpoint::Checkpoint;
use super::config::{PriorConfig, RunConfig};
use super::effort::{first_stage, flops_left, stage_flops};
use super::fitted::Fitted;
use super::live::LiveSettings;
use super::making::{Copying, Making, after_prior};
use super::pool::Pool;
use super::ready::{MORE_STEPS, Ready, Settling};
use super::resting::Resting;
use super::schedule::Schedule;
use super::scores::{LossPoint, Scores, score_samples};
use super::shown::{HeldOut, ShownDigits};
use super::trainer::{Diverged, Stage, Trainer};
use crate::data::{DataSet, Split};
use crate::kernel::{
    self, EnsembleBuilder, GrowingGram, KernelError, Pck, Posteriors, PriorKernel, Scratch,
};

/// The parts of a run, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// The mixtures are fitted and P grows on screen.
    Prior,
    /// Every sample is placed in the finished mixtures.
    Posteriors,
    /// One layer after the other.
    Pretraining,
    /// The whole network (all of it, without pretraining).
    Training,
    /// The last figures on all test samples.
    Evaluation,
}

impl PhaseKind {
    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prior => "Fitting mixtures",
            Self::Posteriors => "Placing samples",
            Self::Pretraining => "Pretraining",
            Self::Training => "Training",
            Self::Evaluation => "Evaluating",
        }
    }
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The settings do not fit.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The prior kernel cannot be made.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A checkpoint of something else.
    #[error("the checkpoint does not fit these data and settings")]
    Checkpoint,
    /// A loss was not finite.
    #[error(transparent)]
    Diverged(#[from] Box<Diverged>),
}

/// What a piece of work was.
#[derive(Clone, Debug)]
pub enum Advance {
    /// More mixtures are in P.
    Mixtures,
    /// More samples are placed.
    Samples,
    /// A step was taken; now and then its network was also tried on validation samples.
    Step {
        /// The minibatch's losses.
        losses: LossPoint,
        /// The losses on validation samples before the step.
        validation: Option<LossPoint>,
    },
    /// The last figures are there.
    Evaluated,
    /// Nothing is left to do.
    Over,
}

/// Mixtures in a prior kernel so far, and in the end.
pub type MixturesDone = (usize, usize);

/// A run.
pub struct Run {
    data: Arc<DataSet>,
    split: Split,
    config: CheckedConfig,
    began: RunConfig,
    schedule: Schedule,
    shown: Arc<ShownDigits>,
    /// Whether figures are taken on validation samples on the way.
    curves: bool,
    /// Where it was once, and goes on from as soon as the prior is complete.
    ahead: Option<Box<Checkpoint>>,
    state: State,
}

/// The part of a run at hand.
pub(super) enum State {
    Prior(Box<Making>),
    Copies(Box<Copying>),
    Training(Box<Ready>),
}

impl Run {
    /// A run on `data` under `config`, which is checked.
    ///
    /// # Errors
    ///
    /// [`RunError`] if a setting is out of its range or does not fit the data.
    pub fn new(data: Arc<DataSet>, config: &RunConfig) -> Result<Self, RunError> {
        let split = Split::new(data.len(), config.seed);
        let config = config.check(&data, &split)?;
        let shown = ShownDigits::choose(&data, &split, HeldOut::default(), config.get().shown);
        let seed = config.get().seed;
        let state = match &config.get().prior {
            PriorConfig::Pck(pck) => {
                let samples = data.rows::<f32>(&kernel::fit_indices(pck, &split.training, seed)?);
                let builder = EnsembleBuilder::new(samples.view(), pck, seed)?;
                let growing = GrowingGram::new(&builder, shown.pixels.view());
                State::Prior(Box::new(Making {
                    builder,
                    growing,
                    placed: None,
                }))
            }
            other => {
                let prior = kernel::build(other, &data, &split.training, seed)?;
                after_prior(&config, &data, &split, Fitted::from(Arc::from(prior)))?
            }
        };
        Ok(Self {
            data,
            split,
            began: config.get().clone(),
            schedule: Schedule::default(),
            config,
            shown: Arc::new(shown),
            curves: true,
            ahead: None,
            state,
        })
    }

    /// A run whose prior kernel is there already: `prior` has to be the one that `config` describes
    /// on these data under this seed, as another run of the same data and seed has it
    /// ([`Self::fitted`]).
    ///
    /// # Errors
    ///
    /// [`RunError`] if a setting is out of its range or does not fit the data.
    pub fn with_prior(
        data: Arc<DataSet>,
        config: &RunConfig,
        prior: impl Into<Fitted>,
    ) -> Result<Self, RunError> {
        let split = Split::new(data.len(), config.seed);
        let config = config.check(&data, &split)?;
        let shown = ShownDigits::choose(&data, &split, HeldOut::default(), config.get().shown);
        let state = after_prior(&config, &data, &split, prior.into())?;
        Ok(Self {
            data,
            split,
            began: config.get().clone(),
            schedule: Schedule::default(),
            config,
            shown: Arc::new(shown),
            curves: true,
            ahead: None,
            state,
        })
    }

    /// The network of a run that is over and that nothing has steered or sent on: the one that its settings
    /// come to.
    #[must_use]
    pub fn resting(&self) -> Option<Resting> {
        let plain = !self.is_sent_on() && self.schedule == Schedule::default();
        let over = self.progress().0 == PhaseKind::Evaluation;
        (plain && over).then(|| self.checkpoint().and_then(Resting::of))?
    }

    /// Takes no more figures on validation samples on the way: nobody draws this run's curves.
    pub fn without_curves(&mut self) {
        self.curves = false;
    }

    /// The samples.
    #[must_use]
    pub fn data(&self) -> &Arc<DataSet> {
        &self.data
    }

    /// Which samples train, validate and test.
    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// The settings as they are now.
    #[must_use]
    pub fn config(&self) -> &CheckedConfig {
        &self.config
    }

    /// The held-out digits on show: validation digits, unless [`Self::show_from`] said otherwise.
    #[must_use]
    pub fn shown(&self) -> &Arc<ShownDigits> {
        &self.shown
    }

    /// The settings of the run that can change while it goes on, as they are now.
    #[must_use]
    pub fn live(&self) -> LiveSettings {
        LiveSettings::of(self.config.get())
    }

    /// Puts `wanted` in the place of [`Self::live`], from the next piece of work on. Another learning
    /// rate is that of the phase at hand and of those to come; with another λ a ramp is over.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if they do not fit; all old ones stay.
    pub fn steer(&mut self, wanted: &LiveSettings) -> Result<(), ConfigError> {
        let old = self.live();
        let rate = wanted.learning_rate;
        let other_rate = old.learning_rate.total_cmp(&rate).is_ne();
        self.take(wanted, other_rate.then_some(rate))
    }

    /// Sets the learning rate of the phase at hand, which may have one of its own, and of those to
    /// come.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a rate out of its range; the old one stays.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<(), ConfigError> {
        let live = LiveSettings {
            learning_rate: rate,
            ..self.live()
        };
        self.take(&live, Some(rate))
    }

    /// Takes `live` settings, and a learning `rate` for whatever is trained now.
    fn take(&mut self, live: &LiveSettings, rate: Option<f64>) -> Result<(), ConfigError> {
        let old = self.live();
        let mut wanted = self.config.get().clone();
        live.write(&mut wanted);
        let pretrained = matches!(
            self.progress().0,
            PhaseKind::Training | PhaseKind::Evaluation
        );
        if let (Some(rate), Some(pretraining), false) =
            (rate, &mut wanted.training.pretraining, pretrained)
        {
            pretraining.learning_rate = rate;
        }
        self.config = wanted.check(&self.data, &self.split)?;
        let step = self.trainer().map_or(0, Trainer::steps);
        self.schedule.add(step, &old, live);
        if let State::Training(ready) = &mut self.state {
            let trainer = &mut ready.trainer;
            trainer.set_lambda(live.lambda);
            trainer.set_input_noise(live.input_noise);
            if let Some(rate) = rate {
                trainer.set_learning_rate(rate);
            }
            if live.code != old.code {
                trainer.set_code_size(live.code);
                ready.scores = None;
            }
        }
        if live.shown != old.shown {
            self.show(self.shown.set, live.shown);
        }
        Ok(())
    }

    /// The settings that the run began with.
    #[must_use]
    pub fn began(&self) -> &RunConfig {
        &self.began
    }

    /// What changed about the training since then.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Has the digits on show be those of `set`.
    pub fn show_from(&mut self, set: HeldOut) {
        if set != self.shown.set {
            self.show(set, self.config.get().shown);
        }
    }

    fn show(&mut self, set: HeldOut, count: usize) {
        self.shown = Arc::new(ShownDigits::choose(&self.data, &self.split, set, count));
        if let State::Prior(making) = &mut self.state {
            making.show(self.shown.pixels.view());
        }
    }

    /// The prior kernel, once it is complete.
    #[must_use]
    pub fn prior(&self) -> Option<&Arc<dyn PriorKernel>> {
        self.fitted().map(Fitted::prior)
    }

    /// The prior kernel with what else follows from it, once it is complete: for another run.
    #[must_use]
    pub fn fitted(&self) -> Option<&Fitted> {
        match &self.state {
            State::Prior(_) => None,
            State::Copies(copying) => Some(&copying.fitted),
            State::Training(ready) => Some(&ready.fitted),
        }
    }

    /// P on the shown digits as far as it has come, and the mixtures in it so far and in the end
    /// (for kernels that have them).
    #[must_use]
    pub fn shown_prior(&self) -> Option<(Array2<f32>, Option<MixturesDone>)> {
        match &self.state {
            State::Prior(making) if making.growing.mixtures() == 0 => None,
            State::Prior(making) => Some((
                making.growing.matrix(),
                Some((making.growing.mixtures(), making.builder.total())),
            )),
            State::Copies(_) | State::Training(_) => {
                let n = self.shown.indices.len();
                let mut matrix = Array2::zeros((n, n));
                let mut scratch = Scratch::default();
                self.prior()?
                    .gram(&self.shown.indices, &mut scratch, matrix.view_mut());
                let mixtures = match &self.config.get().prior {
                    PriorConfig::Pck(pck) => Some(pck.mixtures()),
                    _ => None,
                };
                Some((matrix, mixtures.map(|all| (all, all))))
            }
        }
    }

    /// The network in training, once the prior is complete.
    #[must_use]
    pub fn trainer(&self) -> Option<&Trainer> {
        match &self.state {
            State::Training(ready) => Some(&ready.trainer),
            _ => None,
        }
    }

    /// Takes no more steps until [`Self::go_on`] or [`Self::train_on`]: what is left to do is to
    /// take the last figures where the network stands.
    pub fn halt(&mut self) {
        if let State::Training(ready) = &mut self.state {
            ready.halted = true;
        }
    }

    /// Takes up the steps again that were left when the run was halted.
    pub fn go_on(&mut self) {
        if let State::Training(ready) = &mut self.state {
            ready.halted = false;
            ready.scores = None;
        }
    }

    /// Has at least `steps` of whole-network training still to come. Where more are asked for than
    /// were left, a new leg begins: Adam's moments begin anew, and the learning rate rises again and
    /// falls over the leg's last part as it did over the first leg's.
    pub fn train_on(&mut self, steps: usize) {
        self.go_on();
        if let State::Training(ready) = &mut self.state {
            ready.train_on(steps);
        }
    }

    /// Trains on, as [`Self::train_on`] for [`MORE_STEPS`] does, and further for as long as the loss on
    /// validation samples still changes: by more than a hundredth from one stretch to the next, and for
    /// twenty further stretches at the most.
    pub fn train_until_settled(&mut self) {
        self.train_on(MORE_STEPS);
        if let State::Training(ready) = &mut self.state {
            ready.settling = Some(Settling::default());
        }
    }

    /// Whether the run was woken and trains until its loss has settled, so that the steps to come are
    /// not known.
    #[must_use]
    pub fn is_settling(&self) -> bool {
        matches!(&self.state, State::Training(ready) if ready.settling.is_some())
    }

    /// How a run that was woken ended: whether its loss had settled (or `false`: after the most steps that
    /// it may take).
    #[must_use]
    pub fn settled(&self) -> Option<bool> {
        match &self.state {
            State::Training(ready) => ready.settled,
            _ => None,
        }
    }

    /// Whether the run was sent on after its end.
    #[must_use]
    pub fn is_sent_on(&self) -> bool {
        matches!(&self.state, State::Training(ready) if ready.leg > 0)
    }

    /// The figures on all test samples, once the run is over.
    #[must_use]
    pub fn scores(&self) -> Option<Scores> {
        match &self.state {
            State::Training(ready) => ready.scores,
            _ => None,
        }
    }

    /// The losses on validation samples as the network stands: those that the curves are of.
    #[must_use]
    pub fn validation(&self) -> Option<LossPoint> {
        match &self.state {
            State::Training(ready) => Some(ready.validation.losses(&ready.trainer)),
            State::Prior(_) | State::Copies(_) => None,
        }
    }

    /// Where the run is: the phase, and its units done and in all.
    #[must_use]
    pub fn progress(&self) -> (PhaseKind, usize, usize) {
        match &self.state {
            State::Prior(making) => match &making.placed {
                None => (
                    PhaseKind::Prior,
                    making.builder.fits().len(),
                    making.builder.total(),
                ),
                Some((_, posteriors)) => (
                    PhaseKind::Posteriors,
                    posteriors.samples(),
                    self.data.len() + self.copies(),
                ),
            },
            State::Copies(copying) => {
                let placed = copying.pool.as_ref().map_or((0, 0), Pool::progress).0;
                let copies = placed.saturating_sub(self.split.training.len());
                let all = self.data.len() + self.copies();
                (PhaseKind::Posteriors, self.data.len() + copies, all)
            }
            State::Training(ready) => match ready.trainer.stage() {
                Stage::Pretraining { layer, done } => {
                    let steps = self
                        .config
                        .get()
                        .training
                        .pretraining
                        .map_or(0, |p| p.steps_per_layer);
                    let layers = self.config.architecture().layers();
                    (PhaseKind::Pretraining, layer * steps + done, layers * steps)
                }
                Stage::Training { done } if done < ready.steps => {
                    (PhaseKind::Training, done, ready.steps)
                }
                Stage::Training { .. } => (
                    PhaseKind::Evaluation,
                    usize::from(ready.scores.is_some()),
                    1,
                ),
            },
        }
    }

    /// Copies of training digits.
    fn copies(&self) -> usize {
        let copies = self.config.get().training.copies;
        copies.map_or(0, |copies| copies.count * self.split.training.len())
    }

    /// Operations of the matrix products of the next step.
    #[must_use]
    pub fn step_flops(&self) -> f64 {
        let dims = &self.config.architecture().dims;
        stage_flops(dims, self.config.get().training.batch, self.stage())
    }

    /// Operations of all steps, of those that are left and in all.
    #[must_use]
    pub fn flops(&self) -> (f64, f64) {
        let (dims, training) = (
            &self.config.architecture().dims,
            &self.config.get().training,
        );
        let steps = match &self.state {
            State::Training(ready) => ready.steps,
            State::Prior(_) | State::Copies(_) => training.steps,
        };
        let from = |stage| flops_left(dims, training, stage, steps);
        (from(self.stage()), from(first_stage(training)))
    }

    /// What the next step trains.
    fn stage(&self) -> Stage {
        self.trainer()
            .map_or_else(|| first_stage(&self.config.get().training), Trainer::stage)
    }

    /// Does the next piece of work.
    ///
    /// # Errors
    ///
    /// [`RunError::Diverged`] if a loss was not finite; the trainer then stands at its last good
    /// weights, and the run can go on.
    pub fn advance(&mut self) -> Result<Advance, RunError> {
        match &mut self.state {
            State::Prior(making) => match making.placed.take() {
                None => {
                    making.fit_next();
                    Ok(Advance::Mixtures)
                }
                Some((ensemble, mut posteriors)) => {
                    let piece = Posteriors::piece();
                    if posteriors.place_next(&ensemble, &self.data, piece) < self.data.len() {
                        making.placed = Some((ensemble, posteriors));
                    } else {
                        let prior: Arc<dyn PriorKernel> = Arc::new(Pck::new(ensemble, posteriors));
                        let (config, data) = (&self.config, &self.data);
                        self.state = after_prior(config, data, &self.split, prior.into())?;
                        self.arrive()?;
                    }
                    Ok(Advance::Samples)
                }
            },
            State::Copies(copying) => {
                if let Some(pool) = copying.pool.take_if(Pool::advance) {
                    let (fitted, ground) = (copying.fitted.clone(), pool.finish());
                    if let Some(copies) = self.config.get().training.copies {
                        fitted.keep_copies(copies, &ground);
                    }
                    let ready = Ready::new(&self.config, &self.data, &self.split, fitted, ground);
                    self.state = State::Training(Box::new(ready));
                    self.arrive()?;
                }
                Ok(Advance::Samples)
            }
            State::Training(ready) => match ready.trainer.stage() {
                Stage::Training { done } if done >= ready.steps => self.conclude(),
                _ if ready.halted => self.conclude(),
                _ => {
                    let every = ready.validation.every;
                    let due = self.curves && ready.trainer.steps().is_multiple_of(every);
                    let validation = due.then(|| ready.validation.losses(&ready.trainer));
                    let cool_down = self.config.get().training.cool_down;
                    ready.settle(cool_down);
                    let share = ready.rate_share(cool_down);
                    let losses = ready.trainer.step(share).map_err(Box::new)?;
                    Ok(Advance::Step { losses, validation })
                }
            },
        }
    }

    /// Takes the figures on all test samples, if they are not there: of the layers there are so
    /// far.
    fn conclude(&mut self) -> Result<Advance, RunError> {
        if let State::Training(ready) = &mut self.state
            && ready.scores.is_none()
        {
            let trainer = &ready.trainer;
            let (scores, _) = score_samples(
                &self.data,
                &**ready.fitted.prior(),
                &self.split.test,
                |x| trainer.encode(x),
                |c| trainer.decode(c),
            );
            ready.scores = Some(scores);
            return Ok(Advance::Evaluated);
        }
        Ok(Advance::Over)
    }
}

#[cfg(test)]
#[path = "run_oracle_tests.rs"]
mod oracle_tests;
#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
