//! A ladder as the window knows it: how far it is, and which of its networks is on show.
//!
//! Two things can be under the sliders of λ and Nc, and never both: the run, which a move *steers*, and the
//! finished networks of the ladder, between which a move *compares*. What is on show is said here and nowhere
//! else.

use std::sync::Arc;

use crate::experiment::ladder::{Dial, Place};
use crate::worker::ladder::{LadderSnapshot, Rung, RungState};

/// The ladder beside a run.
#[derive(Clone, Default)]
pub struct LadderView {
    /// How far it is; `None` without one.
    pub snapshot: Option<Arc<LadderSnapshot>>,
    /// Whether a move compares.
    compares: bool,
    /// Whether a person said so, or the contrary.
    said: bool,
    /// Where the slider was put, while networks are compared.
    chosen: Option<Place>,
    /// What is under the pointer.
    preview: Option<Place>,
}

impl LadderView {
    /// Whether there is a network to compare with on `dial`.
    #[must_use]
    pub fn has_rungs(&self, dial: Dial) -> bool {
        self.done(dial).next().is_some()
    }

    /// Whether there is a network to compare with.
    #[must_use]
    pub fn has_any(&self) -> bool {
        Dial::ALL.iter().any(|&dial| self.has_rungs(dial))
    }

    /// Whether all networks of `dial` are there that can be.
    #[must_use]
    pub fn is_complete(&self, dial: Dial) -> bool {
        let over = |state: &RungState| matches!(state, RungState::Done(_) | RungState::Failed(_));
        self.has_rungs(dial) && self.rungs(dial).all(|(_, state)| over(state))
    }

    /// All finished rungs.
    pub fn all_done(&self) -> impl Iterator<Item = &Arc<Rung>> {
        self.snapshot.iter().flat_map(|snapshot| snapshot.done())
    }

    /// Finished rungs of `dial`, ascending.
    pub fn done(&self, dial: Dial) -> impl DoubleEndedIterator<Item = &Arc<Rung>> {
        let snapshot = self.snapshot.iter();
        let done = snapshot.flat_map(|snapshot| snapshot.done());
        done.filter(move |rung| rung.place.dial == dial)
    }

    /// Value and state of each rung of `dial`, ascending.
    pub fn rungs(&self, dial: Dial) -> impl Iterator<Item = (f64, &RungState)> {
        let rungs = self.snapshot.iter().flat_map(|snapshot| &snapshot.rungs);
        let of_dial = rungs.filter(move |(place, _)| place.dial == dial);
        of_dial.map(|(place, state)| (place.value, state))
    }

    /// The finished rung next to a place, on its dial.
    #[must_use]
    pub fn next_to(&self, place: Place) -> Option<&Arc<Rung>> {
        let apart = |rung: &Rung| rung.place.apart(place);
        self.done(place.dial)
            .min_by(|a, b| apart(a).total_cmp(&apart(b)))
    }

    /// Whether a move of a slider goes through finished networks, and steers nothing.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.compares
    }

    /// Where the slider of `dial` stands, while networks on it are compared.
    #[must_use]
    pub fn chosen(&self, dial: Dial) -> Option<f64> {
        let chosen = self.chosen.filter(|place| place.dial == dial);
        chosen.map(|place| place.value)
    }

    /// The rung on show in the place of the run.
    #[must_use]
    pub fn on_show(&self) -> Option<&Arc<Rung>> {
        self.next_to(self.preview.or(self.chosen)?)
    }

    /// The rung that was chosen, whatever the pointer is on.
    #[must_use]
    pub fn chosen_rung(&self) -> Option<&Arc<Rung>> {
        self.next_to(self.chosen?)
    }

    /// Compares from now on, at a place.
    pub fn choose(&mut self, place: Place) {
        if self.has_rungs(place.dial) {
            let value = match place.dial {
                Dial::Lambda => place.value.clamp(0.0, 1.0),
                Dial::Code => place.value.max(1.0),
            };
            self.chosen = Some(Place { value, ..place });
            (self.compares, self.said) = (true, true);
        }
    }

    /// The networks over λ are complete: from now on a move of a slider compares, unless a person has said
    /// what it is to do. What is on show stays.
    pub fn offer(&mut self) {
        if !self.said && self.is_complete(Dial::Lambda) {
            self.compares = true;
        }
    }

    /// The run is on show again, because a person says so.
    pub fn leave(&mut self) {
        (self.chosen, self.preview) = (None, None);
        (self.compares, self.said) = (false, true);
    }

    /// The run is on show again, until a slider that compares is moved.
    pub fn show_run(&mut self) {
        (self.chosen, self.preview) = (None, None);
    }

    /// Another run is on show, of which nobody has said anything.
    pub fn began(&mut self) {
        self.leave();
        self.said = false;
    }

    /// The pointer is on the rung of a place, or (`None`) on none.
    pub fn look_at(&mut self, place: Option<Place>) {
        self.preview = place;
    }

    /// One finished rung up or down from the one that was chosen; of `from`, if none was.
    pub fn step(&mut self, from: Place, up: bool) {
        if !self.compares {
            return;
        }
        let from = self.chosen.unwrap_or(from);
        let Some(here) = self.next_to(from).map(|rung| rung.place) else {
            return;
        };
        let next = if up {
            self.done(here.dial)
                .find(|rung| rung.place.value > here.value)
        } else {
            self.done(here.dial)
                .rev()
                .find(|rung| rung.place.value < here.value)
        };
        self.chosen = Some(next.map_or(here, |rung| rung.place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::ladder::tests::rung;

    fn at(value: f64) -> Place {
        Place {
            dial: Dial::Lambda,
            value,
        }
    }

    fn code(value: f64) -> Place {
        Place {
            dial: Dial::Code,
            value,
        }
    }

    fn view(done: &[Place], waiting: &[Place]) -> LadderView {
        let mut rungs: Vec<_> = done
            .iter()
            .map(|&place| (place, RungState::Done(Arc::new(rung(place)))))
            .chain(waiting.iter().map(|&place| (place, RungState::Waiting)))
            .collect();
        rungs.sort_by(|(a, _), (b, _)| a.value.total_cmp(&b.value));
        LadderView {
            snapshot: Some(Arc::new(LadderSnapshot {
                rungs,
                seconds_left: None,
            })),
            ..LadderView::default()
        }
    }

    fn shown(view: &LadderView) -> Option<Place> {
        view.on_show().map(|rung| rung.place)
    }

    #[test]
    fn what_is_on_show_is_the_finished_rung_next_to_the_knob() {
        let mut view = view(
            &[at(0.0), at(0.1), at(0.5), code(2.0), code(8.0)],
            &[at(0.25), at(1.0)],
        );
        assert_eq!(shown(&view), None, "the run is on show");
        view.choose(at(0.2));
        assert!(view.compares());
        assert_eq!(shown(&view), Some(at(0.1)));
        view.choose(at(0.9));
        assert_eq!(shown(&view), Some(at(0.5)), "λ = 1 is not there yet");
        view.look_at(Some(at(0.0)));
        assert_eq!(shown(&view), Some(at(0.0)));
        let chosen = view.chosen_rung().map(|rung| rung.place);
        assert_eq!(chosen, Some(at(0.5)), "a look chooses nothing");
        view.look_at(None);
        let stands = [Dial::Lambda, Dial::Code].map(|dial| view.chosen(dial));
        assert_eq!((shown(&view), stands), (Some(at(0.5)), [Some(0.9), None]));
        view.choose(code(7.0));
        assert_eq!(shown(&view), Some(code(8.0)));
        assert_eq!(view.chosen(Dial::Lambda), None);
        view.leave();
        assert_eq!(shown(&view), None);
    }

    #[test]
    fn the_arrows_go_from_rung_to_rung_of_one_dial_and_stay_at_the_ends() {
        let mut view = view(&[at(0.0), at(0.1), at(0.5), code(2.0)], &[at(0.25)]);
        view.step(at(0.1), true);
        assert_eq!(shown(&view), None, "nothing is compared");
        view.choose(at(0.1));
        let mut walk = |up| {
            view.step(at(0.1), up);
            shown(&view)
        };
        assert_eq!(walk(true), Some(at(0.5)));
        assert_eq!(walk(true), Some(at(0.5)));
        assert_eq!(
            [walk(false), walk(false), walk(false)],
            [Some(at(0.1)), Some(at(0.0)), Some(at(0.0))]
        );
    }

    #[test]
    fn without_a_finished_rung_there_is_nothing_to_compare() {
        let mut view = view(&[code(2.0)], &[at(0.1), at(0.5)]);
        view.choose(at(0.1));
        assert!(!view.compares() && !view.has_rungs(Dial::Lambda) && view.has_any());
    }

    /// It begins by itself when all of them are there, shows the run until a hand moves, and not again when a
    /// person has said otherwise.
    #[test]
    fn comparing_begins_by_itself_once() {
        let mut growing = view(&[at(0.0), code(2.0)], &[at(0.1)]);
        growing.offer();
        assert!(!growing.compares());
        let mut complete = view(&[at(0.0), at(0.1)], &[code(2.0)]);
        complete.offer();
        assert!(complete.compares());
        assert_eq!(shown(&complete), None);
        complete.step(at(0.1), false);
        assert_eq!(shown(&complete), Some(at(0.0)));
        complete.leave();
        complete.offer();
        assert!(!complete.compares());
        complete.began();
        complete.offer();
        assert!(complete.compares());
    }
}
