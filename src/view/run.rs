//! The present run as the window knows it: the fold of everything the worker has said about it.
//!
//! Messages carry the run they belong to; those of any other run are dropped here and nowhere
//! else. A run that has been asked for but has not begun is *pending*: until the worker says that
//! it has begun, the run before it stays on show, and if it never begins, that is where the
//! window stays.

use std::sync::Arc;
use std::time::Duration;

use super::history::History;
use crate::exhibit::made::{Fields, Shows, changes, titled};
use crate::exhibit::{Exhibit, KernelOf, Made};
use crate::picture::saved::{self, Picture};
use crate::training::Schedule;
use crate::training::config::RunConfig;
use crate::worker::protocol::{
    Cause, End, Event, Kept, LiveSettings, LossPoint, Message, PhaseKind, Pinned, Progress, RunId,
    RunSummary, Snapshot,
};

/// What the run is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RunState {
    /// There has been none.
    #[default]
    Empty,
    /// It goes on.
    Running,
    /// It waits for a person.
    Paused,
    /// A loss was not finite; it waits with its last good weights.
    Diverged(String, Cause),
    /// It is over.
    Finished(End),
    /// It cannot go on.
    Failed(String),
}

/// What a message changed, for whoever must do more than repaint.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A new run has begun.
    Began,
    /// Settings took effect.
    Applied(LiveSettings),
    /// Settings that were asked for were refused; the text says why.
    Refused(String),
    /// The run that was asked for could not begin; the one before is still there.
    NotBegun(String),
    /// The run is over.
    Over,
    /// The network that was to be pinned is there ([`RunView::take_pinned`]).
    Pinned,
    /// The run as it stands is there, as it was asked for ([`RunView::take_kept`]).
    Kept,
}

/// Of the runs that were asked for, those after `run`.
fn later(pending: &[RunId], run: RunId) -> Vec<RunId> {
    pending
        .iter()
        .copied()
        .filter(|other| other.0 > run.0)
        .collect()
}

/// The fold.
#[derive(Clone, Default)]
pub struct RunView {
    run: Option<RunId>,
    /// The runs that were asked for and have not begun, in order.
    pending: Vec<RunId>,
    /// What the run is doing.
    pub state: RunState,
    /// What it works on.
    pub summary: Option<RunSummary>,
    /// Its settings as they are now: those it began with, and what was applied since.
    pub config: Option<RunConfig>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// Losses of training minibatches.
    pub training: History,
    /// Losses on validation samples.
    pub validation: History,
    /// What changed about the training since the beginning.
    pub schedule: Schedule,
    /// The newest matrices and images.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Time of each phase, when the run is over.
    pub phases: Vec<(PhaseKind, Duration)>,
    /// The run as it stood after the losses above, until somebody takes it.
    kept: Option<Kept>,
    /// A network with its pictures, as it was handed over to be pinned, until somebody takes it.
    pinned: Option<Pinned>,
}

impl RunView {
    /// The run on show.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        self.run
    }

    /// The runs that a command may be for: the one on show and, behind it, those that take its
    /// place as soon as they begin. The worker knows which of them it has, and obeys for that one.
    pub fn addressees(&self) -> impl Iterator<Item = RunId> + '_ {
        self.run.into_iter().chain(self.pending.iter().copied())
    }

    /// A run was asked for; it takes the place of the present one when it begins.
    pub fn expect(&mut self, run: RunId) {
        self.pending.push(run);
        if matches!(self.state, RunState::Empty | RunState::Failed(_)) {
            self.state = RunState::Empty;
        }
    }

    /// Whether a run was asked for that has not begun.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether the worker is at work on the run, or would be if it were not paused.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(
            self.state,
            RunState::Running | RunState::Paused | RunState::Diverged(..)
        )
    }

    /// Whether the run has been sent on beyond the steps that it began with, and trains.
    #[must_use]
    pub fn trains_on(&self) -> bool {
        let steps = self.config.as_ref().map(|config| config.training.steps);
        let asked = self
            .progress
            .as_ref()
            .filter(|p| p.phase == PhaseKind::Training);
        self.state == RunState::Running
            && asked
                .zip(steps)
                .is_some_and(|(progress, steps)| progress.settling || progress.total > steps)
    }

    /// The worker is gone without a word.
    pub fn lost(&mut self, message: String) {
        self.pending.clear();
        self.state = RunState::Failed(message);
    }

    /// The newest losses: on validation samples if there are any, of a minibatch else.
    #[must_use]
    pub fn newest(&self) -> Option<&LossPoint> {
        self.validation.last().or_else(|| self.training.last())
    }

    /// What there is to see of it, as far as that is known.
    #[must_use]
    pub fn exhibit(&self) -> Option<&Arc<Exhibit>> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.exhibit)
    }

    /// The steps taken when a picture was made (`None`: the window); `None` if steps have no part in
    /// it.
    #[must_use]
    pub fn made_at(&self, picture: Option<Picture>) -> Option<u64> {
        match picture {
            Some(Picture::Losses) => {
                let last = |history: &History| history.last().map(|point| point.step);
                // A loss is that of the step after it; a minibatch's is of a step that was taken.
                let taken = last(&self.training).map(|step| step + 1);
                taken.max(last(&self.validation))
            }
            Some(picture) => saved::made_at(self.exhibit()?, picture),
            None => Some(self.exhibit()?.step()),
        }
    }

    /// What the run has been made by so far.
    #[must_use]
    pub fn made(&self) -> Option<Made> {
        let (summary, now) = (self.summary.as_ref()?, self.config.as_ref()?);
        Some(Made {
            data: Some((summary.data.clone(), summary.checksum.clone())),
            samples: Some(summary.samples),
            began: RunConfig {
                shown: now.shown,
                denoising: now.denoising,
                ..summary.config.clone()
            },
            schedule: self.schedule.clone(),
            plan: None,
        })
    }

    /// What made the curves or (`None`) the window as it stands, as a PNG's text fields under a title.
    #[must_use]
    pub fn text_fields(&self, title: &str, picture: Option<Picture>) -> Fields {
        let Some(made) = self.made() else {
            return titled(title);
        };
        let exhibit = self.exhibit();
        let digits = exhibit.map(|exhibit| {
            let images = &exhibit.images;
            format!("{} of {}", images.count, images.set.name())
        });
        let prior = exhibit.and_then(|exhibit| exhibit.kernel(KernelOf::Prior));
        let shows = Shows {
            step: self.made_at(picture),
            denoising: None,
            growing: prior.and_then(|(_, prior)| prior.growing),
        };
        made.fields(title, digits, &shows)
    }

    /// Takes the newest snapshot; `false` if it belongs to another run.
    pub fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) -> bool {
        let ours = self.run == Some(snapshot.run);
        if ours {
            self.snapshot = Some(snapshot);
        }
        ours
    }

    /// The run as it stands, if it has just been told ([`Change::Kept`]).
    pub fn take_kept(&mut self) -> Option<Kept> {
        self.kept.take()
    }

    /// The network that was to be pinned, with its pictures, if it has just been told.
    pub fn take_pinned(&mut self) -> Option<Pinned> {
        self.pinned.take()
    }

    /// Takes one message.
    pub fn take(&mut self, message: Message) -> Option<Change> {
        let Message { run, event } = message;
        match event {
            // Any of those that were asked for: of two in a row the first may begin, and goes on if the
            // second is refused.
            Event::Started(summary) if self.pending.contains(&run) => {
                self.begin(run, *summary);
                Some(Change::Began)
            }
            Event::Failed { message } if self.pending.contains(&run) => {
                self.pending.retain(|pending| *pending != run);
                if self.run.is_none() {
                    self.state = RunState::Failed(message.clone());
                }
                Some(Change::NotBegun(message))
            }
            event if self.run == Some(run) => self.fold(event),
            _ => None,
        }
    }

    fn begin(&mut self, run: RunId, summary: RunSummary) {
        *self = Self {
            run: Some(run),
            // The worker takes them in order, so that none of an earlier one begins any more.
            pending: later(&self.pending, run),
            state: RunState::Running,
            config: Some(summary.config.clone()),
            summary: Some(summary),
            ..Self::default()
        };
    }

    fn fold(&mut self, event: Event) -> Option<Change> {
        match event {
            // A run begins once; a second beginning is nothing to act on.
            Event::Started(_) => None,
            Event::Opened(past) => {
                self.config = Some(past.config);
                self.schedule = past.schedule;
                self.training.extend(&past.training);
                self.validation.extend(&past.validation);
                None
            }
            Event::Pinned(pinned) => {
                self.pinned = Some(pinned);
                Some(Change::Pinned)
            }
            Event::Kept(kept) => {
                self.kept = Some(kept);
                Some(Change::Kept)
            }
            Event::Progress(progress) => {
                self.progress = Some(progress);
                None
            }
            Event::Losses(points) => {
                self.training.extend(&points);
                None
            }
            Event::Validation(point) => {
                self.validation.extend(&[point]);
                None
            }
            Event::Applied { step, settings } => {
                self.apply(step, &settings);
                Some(Change::Applied(settings))
            }
            Event::Refused { reason, .. } => Some(Change::Refused(reason)),
            Event::Paused(paused) => {
                self.state = if paused {
                    RunState::Paused
                } else {
                    RunState::Running
                };
                None
            }
            Event::Diverged { message, cause, .. } => {
                self.state = RunState::Diverged(message, cause);
                None
            }
            Event::Finished { end, phases } => {
                self.state = RunState::Finished(end);
                self.phases = phases;
                Some(Change::Over)
            }
            Event::Failed { message } => {
                self.state = RunState::Failed(message);
                Some(Change::Over)
            }
        }
    }

    fn apply(&mut self, step: u64, settings: &LiveSettings) {
        let Some(config) = &mut self.config else {
            return;
        };
        self.schedule.add(step, &LiveSettings::of(config), settings);
        settings.write(config);
    }
}

impl RunView {
    /// What changed about the loss, for the curves: the step, and λ or Nc from then on; see
    /// [`changes`].
    #[must_use]
    pub fn changes(&self, steps: f64) -> Vec<(u64, String)> {
        changes(&self.schedule, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::training::config::{
        Activation, DenoisingConfig, NetworkConfig, PckConfig, Preset, PriorConfig, TrainingConfig,
    };

    fn config() -> RunConfig {
        RunConfig {
            preset: Preset::Quick,
            seed: 1,
            prior: PriorConfig::Pck(PckConfig::default()),
            network: NetworkConfig {
                hidden: vec![8],
                code: 4,
                hidden_activation: Activation::Relu,
                code_activation: Activation::Identity,
            },
            training: TrainingConfig {
                lambda: 0.1,
                batch: 10,
                steps: 100,
                learning_rate: 1e-3,
                pretraining: None,
                cool_down: 0.0,
                clip_norm: None,
                input_noise: 0.0,
                ramp: None,
                projection: None,
                copies: None,
            },
            denoising: DenoisingConfig::default(),
            shown: 30,
        }
    }

    fn say(view: &mut RunView, run: u64, event: Event) -> Option<Change> {
        view.take(Message {
            run: RunId(run),
            event,
        })
    }

    fn started() -> Event {
        Event::Started(Box::new(RunSummary {
            data: "digits".into(),
            checksum: String::new(),
            shape: ImageShape {
                height: 2,
                width: 2,
            },
            samples: [70, 15, 15],
            config: config(),
            dims: vec![4, 8, 4],
            parameters: 80,
            threads: 1,
        }))
    }

    fn losses(step: u64) -> Event {
        Event::Losses(vec![LossPoint {
            step,
            layer: None,
            lambda: 0.1,
            lr: 0.1,
            lc: 0.5,
            total: 0.14,
        }])
    }

    #[test]
    fn foreign_messages_are_dropped() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        say(&mut view, 7, losses(1));
        assert!(view.training.points().is_empty());
        say(&mut view, 1, losses(1));
        assert_eq!(view.training.points().len(), 1);
    }

    #[test]
    fn a_run_that_never_begins_leaves_the_one_before() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        say(&mut view, 1, losses(1));
        view.expect(RunId(2));
        let change = say(
            &mut view,
            2,
            Event::Failed {
                message: "too few".into(),
            },
        );
        assert_eq!(change, Some(Change::NotBegun("too few".into())));
        assert_eq!(
            (view.run(), view.state.clone()),
            (Some(RunId(1)), RunState::Running)
        );
        say(&mut view, 1, losses(2));
        assert_eq!(view.training.points().len(), 2);
    }

    #[test]
    fn of_two_runs_asked_for_in_a_row_the_first_is_on_show_if_the_second_is_refused() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        view.expect(RunId(2));
        view.expect(RunId(3));
        // The worker has any of the three when a command reaches it.
        let runs: Vec<_> = view.addressees().map(|run| run.0).collect();
        assert_eq!(runs, [1, 2, 3]);
        assert_eq!(say(&mut view, 2, started()), Some(Change::Began));
        assert!(view.run() == Some(RunId(2)) && view.is_pending());
        let message = "too few".to_owned();
        let change = say(&mut view, 3, Event::Failed { message });
        assert_eq!(change, Some(Change::NotBegun("too few".into())));
        say(&mut view, 2, losses(1));
        assert_eq!(view.training.points().len(), 1);
        // A late word of the one before is nothing new.
        assert_eq!(say(&mut view, 1, started()), None);
        assert_eq!(view.run(), Some(RunId(2)));
    }

    #[test]
    fn a_new_run_begins_with_a_clean_sheet() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        say(&mut view, 1, losses(1));
        view.expect(RunId(2));
        assert_eq!(view.training.points().len(), 1);
        assert_eq!(say(&mut view, 2, started()), Some(Change::Began));
        assert!(view.training.points().is_empty() && !view.is_pending());
    }

    #[test]
    fn settings_are_true_when_the_worker_says_so() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        for lambda in [0.2, 0.3] {
            say(
                &mut view,
                1,
                Event::Applied {
                    step: 40,
                    settings: LiveSettings {
                        lambda,
                        ..LiveSettings::of(&config())
                    },
                },
            );
        }
        let config = view.config.clone().expect("a run has settings");
        assert!((config.training.lambda - 0.3).abs() < 1e-12);
        assert_eq!(view.changes(0.0), [(40, "λ = 0.3".to_owned())]);
        let reason = "at most 100".to_owned();
        say(
            &mut view,
            1,
            Event::Refused {
                settings: LiveSettings {
                    code: 9999,
                    ..LiveSettings::of(&config)
                },
                reason,
            },
        );
        assert_eq!(view.config.expect("a run has settings").network.code, 4);
    }

    #[test]
    fn states_follow_the_worker() {
        let mut view = RunView::default();
        view.expect(RunId(1));
        say(&mut view, 1, started());
        say(&mut view, 1, Event::Paused(true));
        assert_eq!(view.state, RunState::Paused);
        say(
            &mut view,
            1,
            Event::Diverged {
                step: 3,
                message: "not finite".into(),
                cause: Cause::Rate,
            },
        );
        assert_eq!(
            view.state,
            RunState::Diverged("not finite".into(), Cause::Rate)
        );
        say(&mut view, 1, Event::Paused(false));
        assert_eq!(view.state, RunState::Running);
        say(
            &mut view,
            1,
            Event::Finished {
                end: End::Done,
                phases: Vec::new(),
            },
        );
        assert_eq!(view.state, RunState::Finished(End::Done));
        let mut progress = Progress {
            phase: PhaseKind::Training,
            done: 100,
            total: 100,
            layer: None,
            step: 100,
            steps_per_second: None,
            flops: None,
            fma_limit: 2e11,
            settling: false,
            seconds_left: None,
        };
        say(&mut view, 1, Event::Progress(progress));
        assert_eq!(view.state, RunState::Finished(End::Done));
        // How far it is does not say that it goes on: a stopped run has steps left too.
        progress.total = 200;
        say(&mut view, 1, Event::Progress(progress));
        assert_eq!(view.state, RunState::Finished(End::Done));
        assert!(!view.trains_on());
        say(&mut view, 1, Event::Paused(false));
        assert_eq!(view.state, RunState::Running);
        assert!(view.trains_on());
    }
}
