//! What the worker really does, from its own mouth: a link that writes down what goes through it
//! before the window sees it.

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use dkae_explorer::service::{Link, SendError};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{
    Command, End, Event, LossPoint, Message, PhaseKind, RunId, RunSummary, Snapshot,
};

/// What the worker last said of its run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// There is no run.
    #[default]
    Nothing,
    /// It works.
    Working,
    /// It waits, since somebody asked.
    Paused,
    /// It has been stopped.
    Stopped,
    /// It has come to its end.
    Finished,
    /// It waits after a loss that is not finite.
    Diverged,
    /// It cannot go on.
    Failed,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub started: u64,
    pub not_begun: u64,
    pub paused: u64,
    pub went_on: u64,
    pub over: u64,
    pub progress: u64,
    pub points: u64,
    pub applied: u64,
    pub refused: u64,
}

/// All that the worker has said of the run on show.
#[derive(Default)]
pub struct Truth {
    /// The run on show.
    pub run: Option<RunId>,
    /// The runs that were asked for and have not begun.
    pub pending: Vec<RunId>,
    /// The run that the worker began last, on show or not.
    pub at_work: Option<RunId>,
    pub doing: Doing,
    pub told: Told,
    pub summary: Option<RunSummary>,
    /// λ now.
    pub lambda: f64,
    /// Every minibatch's losses of the run on show.
    pub points: Vec<LossPoint>,
    pub place: Option<(PhaseKind, usize, u64)>,
    /// Single steps that were asked for of the run that waits.
    singles: u64,
    /// What the worker did against its own word.
    pub broken: Option<String>,
}

impl Truth {
    fn sent(&mut self, command: &Command) {
        match command {
            Command::Start(request) => self.pending.push(request.run),
            Command::SingleStep(_) => self.singles += 1,
            _ => {}
        }
    }

    fn hear(&mut self, message: &Message) {
        if let Event::Started(summary) = &message.event {
            self.at_work = Some(message.run);
            if self.pending.contains(&message.run) {
                self.begin(message.run, summary);
            }
            return;
        }
        let asked = self.pending.contains(&message.run);
        if let (true, Event::Failed { .. }) = (asked, &message.event) {
            self.pending.retain(|pending| *pending != message.run);
            self.told.not_begun += 1;
            if self.run.is_none() {
                self.doing = Doing::Failed;
            }
            return;
        }
        if self.run == Some(message.run) {
            self.fold(&message.event);
        }
    }

    fn begin(&mut self, run: RunId, summary: &RunSummary) {
        *self = Self {
            run: Some(run),
            pending: self
                .pending
                .iter()
                .copied()
                .filter(|other| other.0 > run.0)
                .collect(),
            at_work: self.at_work,
            doing: Doing::Working,
            told: Told {
                started: self.told.started + 1,
                ..self.told
            },
            lambda: summary.config.training.lambda,
            summary: Some(summary.clone()),
            broken: self.broken.take(),
            ..Self::default()
        };
    }

    fn fold(&mut self, event: &Event) {
        match event {
            Event::Losses(points) => self.losses(points),
            Event::Progress(progress) => {
                let place = (progress.phase, progress.done, progress.step);
                if self.place.replace(place) != Some(place) {
                    self.told.progress += 1;
                }
            }
            Event::Paused(true) => {
                self.doing = Doing::Paused;
                self.told.paused += 1;
                self.singles = 0;
            }
            Event::Paused(false) => {
                self.doing = Doing::Working;
                self.told.went_on += 1;
            }
            Event::Diverged { .. } => self.over(Doing::Diverged),
            Event::Finished {
                end: End::Stopped, ..
            } => self.over(Doing::Stopped),
            Event::Finished { .. } => self.over(Doing::Finished),
            Event::Failed { .. } => self.over(Doing::Failed),
            Event::Applied { settings, .. } => {
                self.lambda = settings.lambda;
                self.told.applied += 1;
            }
            Event::Refused { .. } => self.told.refused += 1,
            Event::Started(_)
            | Event::Pinned(_)
            | Event::Validation(_)
            | Event::Opened(_)
            | Event::Kept(_) => {}
        }
    }

    fn over(&mut self, doing: Doing) {
        self.doing = doing;
        self.told.over += 1;
    }

    fn losses(&mut self, points: &[LossPoint]) {
        self.told.points += points.len() as u64;
        if self.doing != Doing::Working {
            let count = points.len() as u64;
            if self.doing == Doing::Paused && count <= self.singles {
                self.singles -= count;
            } else {
                self.broken = Some(format!("{count} steps were taken while {:?}", self.doing));
            }
        }
        self.points.extend_from_slice(points);
    }
}

/// λ of the last step before `step`, if the whole network was trained by it.
pub fn lambda_before(points: &[LossPoint], step: u64) -> Option<f64> {
    let point = points.iter().rev().find(|point| point.step < step)?;
    point.layer.is_none().then_some(point.lambda)
}

/// What a link does wrong on purpose, to see whether the monkey sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lie {
    /// Nothing.
    #[default]
    None,
    /// The window never hears that a run is over.
    EndUnheard,
    /// Nobody hears of steps.
    StepsUnheard,
    /// The worker never hears of a pause.
    PauseLost,
    /// The worker's steps go on behind its word that it waits.
    Restless,
}

/// A worker that is listened to.
pub struct Spied {
    worker: WorkerHandle,
    truth: Arc<Mutex<Truth>>,
    lie: Lie,
    /// The run of which a pause is told that never was.
    made_up: Cell<Option<RunId>>,
}

impl Spied {
    pub fn new(worker: WorkerHandle, truth: Arc<Mutex<Truth>>, lie: Lie) -> Self {
        Self {
            worker,
            truth,
            lie,
            made_up: Cell::new(None),
        }
    }

    /// Takes away or turns round what the lie is about; `heard`: by the spy already.
    fn bend(&self, messages: &mut Vec<Message>, first: usize, heard: bool) {
        let mut new = messages.split_off(first);
        new.retain_mut(|message| match (self.lie, &mut message.event) {
            (Lie::EndUnheard, Event::Finished { .. }) => !heard,
            (Lie::StepsUnheard, Event::Losses(_)) => heard,
            _ => true,
        });
        messages.append(&mut new);
    }
}

impl Link<Command, Message, Snapshot> for Spied {
    fn send(&self, command: Command) -> Result<(), SendError> {
        let command = match (self.lie, command) {
            (Lie::PauseLost, Command::Pause(_)) => return Ok(()),
            (Lie::Restless, Command::Pause(run)) => {
                self.made_up.set(Some(run));
                return Ok(());
            }
            (_, command) => command,
        };
        // Locked before, so that no answer is heard before its question.
        let mut truth = self.truth.lock().unwrap();
        let mut before = Truth::default();
        before.sent(&command);
        self.worker.send(command)?;
        truth.pending.append(&mut before.pending);
        truth.singles += before.singles;
        Ok(())
    }

    fn drain(&self, into: &mut Vec<Message>) {
        let first = into.len();
        into.extend(self.made_up.take().map(|run| Message {
            run,
            event: Event::Paused(true),
        }));
        self.worker.drain(into);
        self.bend(into, first, false);
        let mut truth = self.truth.lock().unwrap();
        into[first..].iter().for_each(|message| truth.hear(message));
        self.bend(into, first, true);
    }

    fn newest(&self) -> Option<Arc<Snapshot>> {
        self.worker.newest()
    }

    fn is_alive(&self) -> bool {
        self.worker.is_alive()
    }
}
