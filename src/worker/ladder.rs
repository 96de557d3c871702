//! A ladder in training: networks from the same start that differ in λ, or in Nc, some side by side.
//!
//! Each network in training has a thread and a core of its own, so that no step waits for another core. The rung next
//! to where somebody looks comes first; the rung that the run itself stands on is the run's network. A ladder
//! that is held waits between two steps, which leaves the cores to a run that somebody watches.

mod board;
mod rung;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use self::board::Board;
use super::protocol::RunId;
use crate::data::DataSet;
use crate::exhibit::Exhibit;
use crate::exhibit::denoising::DenoisingPicture;
use crate::experiment::ladder::Place;
use crate::linalg::{Rank, Threads, cores};
use crate::service::{Slot, Thread};
use crate::training::{Fitted, LossPoint, Resting, RunConfig};

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
    /// The places of the rungs: for each dial ascending.
    pub places: Vec<Place>,
    /// Where somebody looks.
    pub near: Place,
    /// Networks that are there already, of the same prior: the run's own, if it is what a rung at its place would
    /// come to, and those of a session.
    pub there: Vec<Resting>,
    /// The run's denoising comparison, if it is there already; see [`LadderHandle::compared`].
    pub compared: Option<Arc<DenoisingPicture>>,
}

/// A finished network of a ladder.
pub struct Rung {
    /// Its place: λ that it was trained under, or its Nc.
    pub place: Place,
    /// What there is to see of it.
    pub exhibit: Arc<Exhibit>,
    /// Its losses on validation samples, those of a run's curves.
    pub losses: LossPoint,
    /// The network, from which a run can go on.
    pub network: Resting,
    /// How long it trained here; `None` where it was there already.
    pub time: Option<Duration>,
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
    /// Place and state of each rung, for each dial ascending.
    pub rungs: Vec<(Place, RungState)>,
    /// Seconds until it is done, at the pace so far; `None` until a rung is.
    pub seconds_left: Option<f64>,
}

impl LadderSnapshot {
    /// One of which nothing is made.
    fn new(places: &[Place]) -> Self {
        let waiting = |&place| (place, RungState::Waiting);
        Self {
            rungs: places.iter().map(waiting).collect(),
            seconds_left: None,
        }
    }

    /// Finished rungs, for each dial ascending.
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
        let board = Arc::new(Board::new(request, newest.clone(), wake));
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
        self.end.0.hold(held);
    }

    /// The run's denoising comparison is there: the rungs take from it what needs no network, which is not
    /// made again then. The run's own rung lets others pass until it comes.
    pub fn compared(&self, denoising: &Arc<DenoisingPicture>) {
        self.end.0.compared(denoising);
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

    /// The rungs next to `place` come first from now on.
    pub fn look_at(&self, place: Place) {
        self.end.0.look_at(place);
    }
}

/// Networks that train side by side: a core each.
fn side_by_side() -> usize {
    cores().clamp(1, SIDE_BY_SIDE)
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
pub(crate) mod tests;
