//! What the threads of a ladder share: whose turn it is, how far each rung is, and who waits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::rung::Workshop;
use super::{LadderRequest, LadderSnapshot, RungState, side_by_side};
use crate::exhibit::denoising::DenoisingPicture;
use crate::experiment::ladder::Place;
use crate::service::{Slot, caught};

/// Time between two words about a rung that trains.
const INTERVAL: Duration = Duration::from_millis(200);

/// What the threads share.
pub(super) struct Board {
    workshop: Workshop,
    state: Mutex<State>,
    changed: Condvar,
    newest: Slot<Arc<LadderSnapshot>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// What changes about a ladder.
pub(super) struct State {
    near: Place,
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
    /// Of a ladder of which nothing is made.
    pub(super) fn new(places: &[Place], near: Place) -> Self {
        Self {
            near,
            held: None,
            waited: Duration::ZERO,
            ended: false,
            told: Instant::now(),
            worked: Duration::ZERO,
            snapshot: LadderSnapshot::new(places),
        }
    }

    /// Has the ladder wait or go on; says whether that is new.
    fn hold(&mut self, held: bool) -> bool {
        let new = self.held.is_some() != held;
        if new {
            self.waited += self.held.map_or(Duration::ZERO, |since| since.elapsed());
            self.held = held.then(Instant::now);
        }
        new
    }

    /// The next rung whose turn it is: the one next to where somebody looks, of those that need not wait
    /// for something, if there are any.
    fn next(&self, waits: impl Fn(Place) -> bool) -> Option<usize> {
        let rungs = self.snapshot.rungs.iter().enumerate();
        let order = |place: Place| (waits(place), place.apart(self.near));
        rungs
            .filter(|(_, (_, state))| matches!(state, RungState::Waiting))
            .min_by(|(_, (a, _)), (_, (b, _))| {
                let ((a_waits, a), (b_waits, b)) = (order(*a), order(*b));
                a_waits.cmp(&b_waits).then(a.total_cmp(&b))
            })
            .map(|(index, _)| index)
    }
}

impl Board {
    /// With nothing made.
    pub(super) fn new(
        request: LadderRequest,
        newest: Slot<Arc<LadderSnapshot>>,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        let state = State::new(&request.places, request.near);
        newest.put(Arc::new(state.snapshot.clone()));
        Self {
            workshop: Workshop::new(request),
            state: Mutex::new(state),
            changed: Condvar::new(),
            newest,
            wake,
        }
    }

    /// Has the threads wait between two steps, or go on.
    pub(super) fn hold(&self, held: bool) {
        if self.state().hold(held) {
            self.changed.notify_all();
        }
    }

    /// The rungs next to `place` come first from now on.
    pub(super) fn look_at(&self, place: Place) {
        self.state().near = place;
    }

    /// The run's comparison has come.
    pub(super) fn compared(&self, denoising: &Arc<DenoisingPicture>) {
        self.workshop.compared(denoising);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the threads end after the step at hand.
    pub(super) fn end(&self) {
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
    pub(super) fn climb(&self) {
        loop {
            let (index, place, waited) = {
                let Some(mut state) = self.awake() else {
                    return;
                };
                let Some(index) = state.next(|place| self.workshop.waits(place)) else {
                    return;
                };
                let rung = &mut state.snapshot.rungs[index];
                rung.1 = RungState::Training(0.0);
                (index, rung.0, state.waited)
            };
            let began = Instant::now();
            let made = match caught(|| self.workshop.make(place, &|share| self.go_on(index, share)))
            {
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
        let left = |(_, state): &&(Place, RungState)| {
            matches!(state, RungState::Waiting | RungState::Training(_))
        };
        let left = rungs.iter().filter(left).count();
        let done = rungs.len() - left;
        let each = state.worked.as_secs_f64() / done.max(1) as f64;
        state.snapshot.seconds_left = Some(each * left as f64 / side_by_side() as f64);
        if left == 0 {
            self.workshop.close();
        }
        self.publish(state);
    }

    /// Tells how far the ladder is. Who is woken finds the board free.
    fn publish(&self, mut state: MutexGuard<'_, State>) {
        state.told = Instant::now();
        self.newest.put(Arc::new(state.snapshot.clone()));
        drop(state);
        (self.wake)();
    }

    /// A rung has come so far; `false` if the ladder has ended. Waits while it is held.
    fn go_on(&self, index: usize, share: f32) -> bool {
        let Some(mut state) = self.awake() else {
            return false;
        };
        state.snapshot.rungs[index].1 = RungState::Training(share);
        if state.told.elapsed() >= INTERVAL {
            self.publish(state);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ladder::Dial;

    fn at(value: f64) -> Place {
        Place {
            dial: Dial::Lambda,
            value,
        }
    }

    #[test]
    fn the_rung_next_to_where_somebody_looks_comes_first() {
        let code = Place {
            dial: Dial::Code,
            value: 8.0,
        };
        let places = [at(0.0), at(0.1), at(0.5), at(1.0), code];
        let state = |near| State::new(&places, near);
        let none = |_| false;
        assert_eq!(state(at(0.12)).next(none), Some(1));
        assert_eq!(state(at(1.0)).next(none), Some(3));
        assert_eq!(state(code).next(none), Some(4));
        let mut looked = state(at(0.12));
        looked.snapshot.rungs[1].1 = RungState::Training(0.1);
        assert_eq!(looked.next(none), Some(0));
        // One that waits for something lets the others pass, as long as there are others.
        let waits = |place| place == at(0.0);
        assert_eq!(looked.next(waits), Some(2));
        for other in 2..5 {
            looked.snapshot.rungs[other].1 = RungState::Training(0.1);
        }
        assert_eq!(looked.next(waits), Some(0));
    }

    #[test]
    fn time_that_it_is_held_is_no_work() {
        let mut state = State::new(&[at(0.0)], at(0.0));
        assert!(state.hold(true) && !state.hold(true));
        state.held = Instant::now().checked_sub(Duration::from_secs(5));
        assert!(state.hold(false) && !state.hold(false));
        assert!(state.waited >= Duration::from_secs(5));
    }
}
