//! A ladder in training: networks from the same start under λ from 0 to 1, some side by side.
//!
//! Each network in training has a thread and a core of its own, so that no step waits for another core. The rung next
//! to where somebody looks comes first. A ladder that is held waits between two steps, which leaves the
//! cores to a run that somebody watches.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::comparer::{Comparisons, Ground, Job};
use super::protocol::{PhaseKind, RunId};
use crate::data::DataSet;
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::exhibit::{Exhibit, numbers};
use crate::experiment::ladder;
use crate::linalg::{Rank, Threads, cores};
use crate::service::{Slot, Thread, caught};
use crate::training::{Checkpoint, Fitted, LossPoint, Run, RunConfig};

/// Time between two words about a rung that trains.
const INTERVAL: Duration = Duration::from_millis(200);

/// Networks that train side by side at the most: each takes memory.
const SIDE_BY_SIDE: usize = 4;

/// Everything a ladder needs.
pub struct LadderRequest {
    /// The run that its pictures belong to.
    pub run: RunId,
    /// The samples.
    pub data: Arc<DataSet>,
    /// The settings that the run began with.
    pub config: RunConfig,
    /// Its prior kernel.
    pub fitted: Fitted,
    /// λ of the rungs, ascending.
    pub lambdas: Vec<f64>,
    /// λ where somebody looks.
    pub near: f64,
}

/// A finished network of a ladder.
pub struct Rung {
    /// λ that it was trained under.
    pub lambda: f64,
    /// What there is to see of it.
    pub exhibit: Arc<Exhibit>,
    /// Its losses on validation samples, those of a run's curves.
    pub losses: LossPoint,
    /// The network, from which a run can go on.
    pub checkpoint: Checkpoint,
    /// When it was finished.
    pub finished: Instant,
}

/// A rung.
#[derive(Clone)]
pub enum RungState {
    /// Its turn has not come.
    Waiting,
    /// It trains: the part that is done, from 0 to 1.
    Training(f32),
    /// It is there.
    Done(Arc<Rung>),
    /// It could not be made: why.
    Failed(String),
}

/// How far a ladder is.
#[derive(Clone)]
pub struct LadderSnapshot {
    /// λ and state of each rung, by λ.
    pub rungs: Vec<(f64, RungState)>,
    /// Seconds until it is done, at the pace so far; `None` until a rung is.
    pub seconds_left: Option<f64>,
}

impl LadderSnapshot {
    /// One of which nothing is made.
    fn new(lambdas: &[f64]) -> Self {
        let waiting = |&lambda| (lambda, RungState::Waiting);
        Self {
            rungs: lambdas.iter().map(waiting).collect(),
            seconds_left: None,
        }
    }

    /// Finished rungs, by λ.
    pub fn done(&self) -> impl DoubleEndedIterator<Item = &Arc<Rung>> {
        self.rungs.iter().filter_map(|(_, state)| match state {
            RungState::Done(rung) => Some(rung),
            _ => None,
        })
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let over = |state: &RungState| matches!(state, RungState::Done(_) | RungState::Failed(_));
        self.rungs.iter().all(|(_, state)| over(state))
    }
}

/// A ladder and its threads. Dropping it ends them, and waits for the step at hand.
pub struct LadderHandle {
    newest: Slot<Arc<LadderSnapshot>>,
    // In this order: the threads are told to end, then joined.
    end: End,
    threads: Vec<Thread>,
}

/// Tells the threads to end when it is dropped.
struct End(Arc<Board>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl LadderHandle {
    /// Starts the threads. `wake` is called from them after something was published.
    ///
    /// # Errors
    ///
    /// If the system gives no thread; what goes wrong with a rung is told by its state.
    pub fn start(request: LadderRequest, wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let newest = Slot::default();
        let board = Arc::new(Board {
            state: Mutex::new(State {
                near: request.near,
                held: None,
                waited: Duration::ZERO,
                ended: false,
                told: Instant::now(),
                worked: Duration::ZERO,
                snapshot: LadderSnapshot::new(&request.lambdas),
            }),
            changed: Condvar::new(),
            comparisons: Mutex::default(),
            ground: Mutex::default(),
            newest: newest.clone(),
            wake,
            request,
        });
        board.newest.put(Arc::new(board.state().snapshot.clone()));
        let end = End(Arc::clone(&board));
        let threads = (0..side_by_side()).map(|_| {
            let board = Arc::clone(&board);
            Thread::spawn("dkae-ladder", move || {
                Threads::of(1, Rank::Study).install(|| board.climb());
            })
        });
        Ok(Self {
            threads: threads.collect::<io::Result<_>>()?,
            newest,
            end,
        })
    }

    /// How far it is, if there is news since the last call.
    #[must_use]
    pub fn newest(&self) -> Option<Arc<LadderSnapshot>> {
        self.newest.take()
    }

    /// Has it wait between two steps, or go on.
    pub fn hold(&self, held: bool) {
        let mut state = self.end.0.state();
        if state.hold(held) {
            self.end.0.changed.notify_all();
        }
    }

    /// Has its threads end after the step at hand, and does not wait for them.
    pub fn end(&self) {
        self.end.0.end();
    }

    /// Whether one of its threads still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.threads.iter().any(Thread::is_alive)
    }

    /// The rungs next to `lambda` come first from now on.
    pub fn look_at(&self, lambda: f64) {
        self.end.0.state().near = lambda;
    }
}

/// Networks that train side by side: a core each.
fn side_by_side() -> usize {
    cores().clamp(1, SIDE_BY_SIDE)
}

/// What the threads share.
struct Board {
    request: LadderRequest,
    state: Mutex<State>,
    changed: Condvar,
    comparisons: Mutex<Comparisons>,
    ground: Mutex<Option<Arc<Ground>>>,
    newest: Slot<Arc<LadderSnapshot>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

struct State {
    near: f64,
    /// Since when it is held, if it is.
    held: Option<Instant>,
    /// How long it was held before.
    waited: Duration,
    ended: bool,
    /// When something was published last.
    told: Instant,
    /// Time that all threads together spent on finished rungs.
    worked: Duration,
    snapshot: LadderSnapshot,
}

impl State {
    /// Has the ladder wait or go on; says whether that is new.
    fn hold(&mut self, held: bool) -> bool {
        let new = self.held.is_some() != held;
        if new {
            self.waited += self.held.map_or(Duration::ZERO, |since| since.elapsed());
            self.held = held.then(Instant::now);
        }
        new
    }

    /// The next rung whose turn it is.
    fn next(&self) -> Option<usize> {
        let away = |lambda: f64| (lambda.sqrt() - self.near.sqrt()).abs();
        let rungs = self.snapshot.rungs.iter().enumerate();
        rungs
            .filter(|(_, (_, state))| matches!(state, RungState::Waiting))
            .min_by(|(_, (a, _)), (_, (b, _))| away(*a).total_cmp(&away(*b)))
            .map(|(index, _)| index)
    }
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.state().ended = true;
        self.changed.notify_all();
    }

    /// Waits while the ladder is held; `None` if it has ended.
    fn awake(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.state();
        let waits = |state: &mut State| state.held.is_some() && !state.ended;
        let state = self.changed.wait_while(state, waits);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        (!state.ended).then_some(state)
    }

    /// Makes one rung after the other.
    fn climb(&self) {
        loop {
            let (index, waited) = {
                let Some(mut state) = self.awake() else {
                    return;
                };
                let Some(index) = state.next() else {
                    return;
                };
                state.snapshot.rungs[index].1 = RungState::Training(0.0);
                (index, state.waited)
            };
            let began = Instant::now();
            let made = match caught(|| self.make(index)) {
                Ok(Ok(Some(rung))) => RungState::Done(Arc::new(rung)),
                Ok(Ok(None)) => return,
                Ok(Err(reason)) => RungState::Failed(reason),
                Err(said) => RungState::Failed(format!(
                    "it broke ({said}); this is a defect of the program"
                )),
            };
            self.finished(index, made, (began, waited));
        }
    }

    /// A rung is there, or cannot be, that was begun then, when the ladder had been held for so long.
    fn finished(&self, index: usize, made: RungState, (began, waited): (Instant, Duration)) {
        let mut state = self.state();
        state.snapshot.rungs[index].1 = made;
        let held = state.waited.saturating_sub(waited);
        state.worked += began.elapsed().saturating_sub(held);
        let rungs = &state.snapshot.rungs;
        let left = |(_, state): &&(f64, RungState)| {
            matches!(state, RungState::Waiting | RungState::Training(_))
        };
        let left = rungs.iter().filter(left).count();
        let done = rungs.len() - left;
        let each = state.worked.as_secs_f64() / done.max(1) as f64;
        state.snapshot.seconds_left = Some(each * left as f64 / side_by_side() as f64);
        self.publish(&mut state);
    }

    fn publish(&self, state: &mut State) {
        state.told = Instant::now();
        self.newest.put(Arc::new(state.snapshot.clone()));
        (self.wake)();
    }

    /// A rung has come so far; `false` if the ladder has ended. Waits while it is held.
    fn go_on(&self, index: usize, share: f32) -> bool {
        let Some(mut state) = self.awake() else {
            return false;
        };
        state.snapshot.rungs[index].1 = RungState::Training(share);
        if state.told.elapsed() >= INTERVAL {
            self.publish(&mut state);
        }
        true
    }

    /// Trains a rung and takes its pictures; `None` if the ladder has ended.
    fn make(&self, index: usize) -> Result<Option<Rung>, String> {
        let request = &self.request;
        let lambda = request.lambdas[index];
        let config = ladder::rung(&request.config, lambda);
        let (data, prior) = (Arc::clone(&request.data), request.fitted.clone());
        let mut run = Run::with_prior(data, &config, prior).map_err(|error| error.to_string())?;
        run.without_curves();
        // Sliders are turned by what is seen here: test samples have no part in it.
        while run.progress().0 != PhaseKind::Evaluation {
            let (left, all) = run.flops();
            if !self.go_on(index, (1.0 - left / all) as f32) {
                return Ok(None);
            }
            run.advance().map_err(|error| error.to_string())?;
        }
        let (Some(losses), Some(checkpoint)) = (run.validation(), run.checkpoint()) else {
            return Err("it ended without a network".to_owned());
        };
        let mut camera = Camera::default();
        while !camera.look(&run) {}
        let denoising = self.denoised(&run)?;
        let parts = camera.parts(&run, denoising);
        Ok(Some(Rung {
            lambda,
            exhibit: Arc::new(named(parts.exhibit(), lambda)),
            losses,
            checkpoint,
            finished: Instant::now(),
        }))
    }

    /// The denoising comparison of a rung; the rows without a network are made once for all.
    fn denoised(&self, run: &Run) -> Result<Option<Arc<DenoisingPicture>>, String> {
        let ground = {
            let mut ground = self.ground.lock().unwrap_or_else(PoisonError::into_inner);
            if ground.is_none() {
                *ground = Ground::of(self.request.run, run).map(Arc::new);
            }
            ground.clone()
        };
        let Some(job) = ground.and_then(|ground| Job::of(run, &ground, true)) else {
            return Ok(None);
        };
        let ended = || self.state().ended;
        let mut made = None;
        let comparisons = self.comparisons.lock();
        let mut comparisons = comparisons.unwrap_or_else(PoisonError::into_inner);
        let mut tell = |picture, _| made = Some(Arc::new(picture));
        match comparisons.make(&job, &mut tell, &ended) {
            Ok(()) => Ok(made),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// An exhibit whose kernels say under which λ their network was trained.
fn named(mut exhibit: Exhibit, lambda: f64) -> Exhibit {
    let lambda = numbers::lambda(lambda);
    exhibit.stem = format!("lambda{lambda}");
    for kernel in &mut exhibit.kernels {
        if kernel.step.is_some() && !kernel.is_difference() {
            kernel.heading = format!("C · trained under λ = {lambda}");
        }
    }
    exhibit
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
pub(crate) mod tests;
