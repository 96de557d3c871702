//! One run in the worker: the work itself, and what is told about it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::comparer::{Ground, Job};
use super::protocol::{End, Event, Kept, PhaseKind, Pinned, Progress, RunId, RunSummary, Snapshot};
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::linalg::fma_limit;
use crate::session::{Held, Standing};
use crate::training::observer::{self, Curves, Observer, Phases, Piece};
use crate::training::{
    Advance, ConfigError, HeldOut, LiveSettings, Resting, Run, RunError, Trainer,
};

/// How long the processor's limit is measured: some fifty bursts, and nothing that a start shows.
const LIMIT_TIME: Duration = Duration::from_millis(5);

/// The part of the limit that steps reach as a rule; what is taken before the first one.
const USUAL: f64 = 0.7;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// Pieces of work are done.
    Working,
    /// Somebody asked it to wait.
    Paused,
    /// It waits since a loss was not finite.
    Diverged,
    /// Somebody stopped it; it can go on.
    Stopped,
    /// All is done.
    Finished,
}

/// A run with what is told about it.
pub(super) struct LiveRun {
    pub id: RunId,
    pub activity: Activity,
    work: Run,
    ground: Option<Arc<Ground>>,
    camera: Camera,
    pub denoising: Option<Arc<DenoisingPicture>>,
    /// Losses that have not been told yet.
    curves: Curves,
    phases: Phases,
    pace: Pace,
    own: Option<Resting>,
    /// Settings that were asked for of a run that does not stand where it stood yet.
    waiting: Option<LiveSettings>,
}

impl LiveRun {
    pub fn new(id: RunId, work: Run) -> Self {
        Self {
            id,
            activity: Activity::Working,
            work,
            ground: None,
            camera: Camera::default(),
            denoising: None,
            curves: Curves::default(),
            phases: Phases::default(),
            pace: Pace::new(),
            own: None,
            waiting: None,
        }
    }

    /// One that was doing something when it was kept.
    pub fn reopened(id: RunId, work: Run, standing: Standing) -> Self {
        let mut live = Self::new(id, work);
        live.activity = match standing {
            // Of one that was over the last figures are to be taken again.
            Standing::Working | Standing::Finished => Activity::Working,
            Standing::Paused => Activity::Paused,
            Standing::Stopped => Activity::Stopped,
        };
        live.halt_if_stopped();
        live
    }

    /// What the window is to know of a run that is opened, beyond that it has begun.
    pub fn opening(&self) -> Option<Event> {
        match self.activity {
            Activity::Paused => Some(Event::Paused(true)),
            Activity::Stopped => Some(Event::Finished {
                end: End::Stopped,
                phases: Vec::new(),
            }),
            _ => None,
        }
    }

    /// The run as it stands, to be kept.
    pub fn kept(&self) -> Kept {
        Kept {
            standing: match self.activity {
                Activity::Working => Standing::Working,
                Activity::Paused | Activity::Diverged => Standing::Paused,
                Activity::Stopped => Standing::Stopped,
                Activity::Finished => Standing::Finished,
            },
            held: Held::of(&self.work),
            threads: rayon::current_num_threads(),
        }
    }

    /// The network with its pictures, both of this step; `None` before there is one.
    pub fn pinned(&mut self) -> Option<Pinned> {
        if self.work.is_reopening() {
            return None;
        }
        let network = Arc::new(self.work.checkpoint()?);
        while !self.picture() {}
        let exhibit = self.snapshot().exhibit;
        Some(Pinned { exhibit, network })
    }

    fn halt_if_stopped(&mut self) {
        if self.activity == Activity::Stopped {
            self.work.halt();
        }
    }

    /// The run.
    pub fn work(&self) -> &Run {
        &self.work
    }

    /// What the run works on.
    pub fn summary(&self) -> RunSummary {
        run_summary(&self.work)
    }

    /// The part of the run at hand.
    pub fn phase(&self) -> PhaseKind {
        self.work.progress().0
    }

    /// Does a piece of work. The events it gives are news that cannot wait.
    pub fn advance(&mut self) -> Result<Vec<Event>, RunError> {
        let observers: &mut [&mut dyn Observer] =
            &mut [&mut self.phases, &mut self.pace, &mut self.curves];
        let reopening = self.work.is_reopening();
        let advanced = observer::advance(&mut self.work, observers);
        if reopening && !self.work.is_reopening() {
            advanced?;
            return Ok(self.arrived());
        }
        match advanced {
            Ok(Advance::Step { validation, .. }) => {
                Ok(validation.map(Event::Validation).into_iter().collect())
            }
            Ok(Advance::Over) => {
                // What is stopped stays so; its last figures were all that was left to do.
                if self.activity == Activity::Stopped {
                    return Ok(Vec::new());
                }
                self.activity = Activity::Finished;
                Ok(vec![Event::Finished {
                    end: match self.work.settled() {
                        Some(true) => End::Settled,
                        _ => End::Done,
                    },
                    phases: self.phases.0.clone(),
                }])
            }
            Ok(Advance::Mixtures | Advance::Samples | Advance::Evaluated) => Ok(Vec::new()),
            Err(RunError::Diverged(diverged)) => {
                self.activity = Activity::Diverged;
                Ok(vec![Event::Diverged {
                    step: diverged.step,
                    message: diverged.to_string(),
                    cause: diverged.cause,
                }])
            }
            Err(error) => Err(error),
        }
    }

    /// The run stands where it stood when it was kept; what was asked for meanwhile is done.
    fn arrived(&mut self) -> Vec<Event> {
        self.halt_if_stopped();
        let Some(settings) = self.waiting.take() else {
            return Vec::new();
        };
        match self.set(&settings) {
            Ok(woke) => {
                let step = self.steps();
                let woken = woke.then_some(Event::Paused(false));
                let applied = Event::Applied { step, settings };
                [applied].into_iter().chain(woken).collect()
            }
            Err(error) => {
                let reason = error.to_string();
                vec![Event::Refused { settings, reason }]
            }
        }
    }

    /// Keeps settings for later if the run does not stand where it stood yet; says whether it does.
    pub fn defer(&mut self, settings: &LiveSettings) -> bool {
        let defers = self.work.is_reopening();
        if defers {
            self.waiting = Some(*settings);
        }
        defers
    }

    /// Whether nothing is left to do unless somebody asks for it.
    pub fn is_over(&self) -> bool {
        matches!(self.activity, Activity::Stopped | Activity::Finished)
    }

    /// Whether pieces of work are to be done: the run goes on, or it was stopped and its last
    /// figures are not there yet.
    pub fn has_work(&self) -> bool {
        // Also one that waits is brought to where it waited.
        if self.work.is_reopening() {
            return true;
        }
        match self.activity {
            Activity::Working => true,
            Activity::Stopped => self.work.trainer().is_some() && self.work.scores().is_none(),
            Activity::Paused | Activity::Diverged | Activity::Finished => false,
        }
    }

    /// Stops the run where it stands; the last figures are still taken.
    pub fn stop(&mut self) -> Option<Event> {
        if self.is_over() {
            return None;
        }
        self.work.halt();
        self.activity = Activity::Stopped;
        Some(Event::Finished {
            end: End::Stopped,
            phases: self.phases.0.clone(),
        })
    }

    /// Goes on with a run that waits or was stopped; says whether it was one.
    pub fn resume(&mut self) -> bool {
        let waits = matches!(self.activity, Activity::Paused | Activity::Stopped);
        if waits {
            self.work.go_on();
            self.activity = Activity::Working;
        }
        waits
    }

    /// Asks for at least so many steps more of a run that has trained.
    pub fn train_on(&mut self, steps: usize) -> bool {
        let can = self.work.trainer().is_some() && self.activity != Activity::Diverged;
        if can {
            self.work.train_on(steps);
            self.activity = Activity::Working;
        }
        can
    }

    /// Goes on after a divergence at a tenth of the learning rate.
    pub fn continue_gently(&mut self) -> Option<LiveSettings> {
        let trainer = self
            .work
            .trainer()
            .filter(|_| self.activity == Activity::Diverged)?;
        let rate = trainer.learning_rate() / 10.0;
        self.work.set_learning_rate(rate).ok()?;
        self.activity = Activity::Working;
        Some(self.live())
    }

    /// Takes other settings. A run that waits or is over wakes if they bear on training: it goes on under
    /// them, and one that was over for as long as its loss still changes. Says whether it woke.
    ///
    /// # Errors
    ///
    /// If one is out of its range; the old ones stay.
    pub fn set(&mut self, settings: &LiveSettings) -> Result<bool, ConfigError> {
        let old = self.work.live();
        self.work.steer(settings)?;
        if settings.code != old.code {
            self.camera.forget_codes();
        }
        if !settings.trains_otherwise(&old) || self.work.trainer().is_none() {
            return Ok(false);
        }
        match self.activity {
            Activity::Stopped | Activity::Finished => self.work.train_until_settled(),
            Activity::Paused => {}
            Activity::Working | Activity::Diverged => {
                // Of a run that was woken, another setting begins the wait anew.
                if self.work.is_sent_on() {
                    self.work.train_until_settled();
                }
                return Ok(false);
            }
        }
        self.activity = Activity::Working;
        Ok(true)
    }

    /// The settings that can change, as they are now.
    pub fn live(&self) -> LiveSettings {
        self.work.live()
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.work.trainer().map_or(0, Trainer::steps)
    }

    /// The losses since the last call.
    pub fn take_losses(&mut self) -> Option<Event> {
        let losses = std::mem::take(&mut self.curves).training;
        (!losses.is_empty()).then_some(Event::Losses(losses))
    }

    /// How far the run is, and how long it will take at this pace.
    pub fn progress(&self) -> Event {
        let (phase, done, total) = self.work.progress();
        let layer = self
            .work
            .trainer()
            .and_then(|trainer| trainer.stage().layer());
        // Before the first step, the rest of the phase at hand counts too.
        let before = match phase {
            PhaseKind::Prior | PhaseKind::Posteriors if done > 0 => self
                .phases
                .0
                .last()
                .filter(|(last, _)| *last == phase)
                .map_or(0.0, |(_, spent)| {
                    spent.as_secs_f64() * (total - done) as f64 / done as f64
                }),
            _ => 0.0,
        };
        let known = !self.is_over() && !self.work.is_settling();
        Event::Progress(Progress {
            phase,
            done,
            total,
            layer,
            step: self.steps(),
            steps_per_second: self.pace.flops.map(|flops| flops / self.work.step_flops()),
            flops: self.pace.flops,
            fma_limit: self.pace.limit,
            settling: self.work.is_settling(),
            seconds_left: known.then(|| before + self.pace.seconds(self.work.flops().0)),
        })
    }

    /// Makes new pictures of what has changed since the last ones, or a piece of them; says whether
    /// they are complete.
    pub fn picture(&mut self) -> bool {
        self.camera.look(&self.work)
    }

    /// The newest state, to be published.
    pub fn snapshot(&mut self) -> Snapshot {
        let parts = self.camera.parts(&self.work, self.denoising.clone());
        Snapshot {
            run: self.id,
            exhibit: Arc::new(parts.exhibit()),
            own: self.resting(),
            fitted: (self.work.fitted())
                .map(|fitted| (Arc::clone(self.work.data()), fitted.clone())),
            denoising: self.whole_comparison(),
            published: Instant::now(),
        }
    }

    /// The denoising comparison, once it is on all images of its set.
    fn whole_comparison(&self) -> Option<Arc<DenoisingPicture>> {
        let all = |set: HeldOut| set.of(self.work.split()).len();
        let whole = |picture: &&Arc<DenoisingPicture>| picture.samples >= all(picture.set);
        self.denoising.as_ref().filter(whole).cloned()
    }

    /// The network at the end of a run that nothing has steered, taken once.
    fn resting(&mut self) -> Option<Resting> {
        if self.activity != Activity::Finished {
            self.own = None;
        } else if self.own.is_none() {
            self.own = self.work.resting();
        }
        self.own.clone()
    }

    /// The denoising comparison that is due: on the shown digits while the run goes on, on all
    /// digits of their set when it is over.
    pub fn comparison(&mut self) -> Option<Job> {
        let over = self.is_over();
        if self.ground.is_none() {
            self.ground = Ground::of(self.id, &self.work).map(Arc::new);
        }
        Job::of(&self.work, self.ground.as_ref()?, over)
    }
}

/// What a run works on.
fn run_summary(run: &Run) -> RunSummary {
    let (data, split) = (run.data(), run.split());
    let architecture = run.config().architecture();
    RunSummary {
        data: data.name().to_owned(),
        checksum: data.checksum().to_owned(),
        shape: data.shape(),
        samples: [
            split.training.len(),
            split.validation.len(),
            split.test.len(),
        ],
        config: run.began().clone(),
        dims: architecture.dims.clone(),
        parameters: architecture.parameters(),
        threads: rayon::current_num_threads(),
    }
}

impl Observer for Pace {
    fn saw(&mut self, piece: &Piece<'_>) {
        if let Advance::Step { .. } = piece.advance {
            self.step(piece.step_flops, piece.spent);
        }
    }
}

/// The rate at which steps go, measured as the bench measures it: operations of their matrix
/// products a second, beside the processor's limit.
struct Pace {
    /// The limit.
    limit: f64,
    /// The mean of the steps so far; it forgets.
    flops: Option<f64>,
}

impl Pace {
    /// Measures the limit of this pool's threads.
    fn new() -> Self {
        Self {
            limit: fma_limit(LIMIT_TIME),
            flops: None,
        }
    }

    /// A step of so many operations took so long.
    fn step(&mut self, flops: f64, spent: Duration) {
        // The mean is one of times, not of rates: they add up to the time that is left.
        let time = spent.as_secs_f64().max(1e-9) / flops;
        let mean = self.flops.map_or(time, f64::recip);
        self.flops = Some((mean + 0.05 * (time - mean)).recip());
    }

    /// Seconds that so many operations will take.
    fn seconds(&self, flops: f64) -> f64 {
        flops / self.flops.unwrap_or(USUAL * self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_the_mean_of_the_times() {
        let mut pace = Pace::new();
        assert!(pace.limit > 0.0 && pace.seconds(1e9) > 0.0);
        pace.step(100.0, Duration::from_secs(1));
        assert_eq!(pace.seconds(300.0), 3.0);
        // Another stage, of steps with other operations, at the same rate.
        pace.step(10.0, Duration::from_millis(100));
        assert!((pace.seconds(300.0) - 3.0).abs() < 1e-9);
        pace.step(100.0, Duration::from_secs(21));
        assert!((pace.seconds(100.0) - 2.0).abs() < 1e-9);
    }
}
