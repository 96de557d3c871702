//! A ladder as the window knows it: how far it is, and which of its networks is on show.
//!
//! Two things can be under the λ slider, and never both: the run, which a move *steers*, and the finished
//! networks of the ladder, between which a move *compares*. What is on show is said here and nowhere else.

use std::sync::Arc;

use crate::worker::ladder::{LadderSnapshot, Rung, RungState};

/// The ladder beside a run.
#[derive(Clone, Default)]
pub struct LadderView {
    /// How far it is; `None` without one.
    pub snapshot: Option<Arc<LadderSnapshot>>,
    /// λ of the rung that was chosen, while networks are compared.
    chosen: Option<f64>,
    /// λ under the pointer.
    preview: Option<f64>,
}

/// How far apart two λ are on the slider.
fn apart(a: f64, b: f64) -> f64 {
    (a.sqrt() - b.sqrt()).abs()
}

impl LadderView {
    /// Whether there is a network to compare with.
    #[must_use]
    pub fn has_rungs(&self) -> bool {
        self.done().next().is_some()
    }

    /// Finished rungs, by λ.
    pub fn done(&self) -> impl DoubleEndedIterator<Item = &Arc<Rung>> {
        self.snapshot.iter().flat_map(|snapshot| snapshot.done())
    }

    /// λ and state of each rung, by λ.
    #[must_use]
    pub fn rungs(&self) -> &[(f64, RungState)] {
        self.snapshot
            .as_ref()
            .map_or(&[], |snapshot| &snapshot.rungs)
    }

    /// The finished rung next to λ.
    #[must_use]
    pub fn next_to(&self, lambda: f64) -> Option<&Arc<Rung>> {
        self.done()
            .min_by(|a, b| apart(a.lambda, lambda).total_cmp(&apart(b.lambda, lambda)))
    }

    /// Whether a move of the slider goes through finished networks, and steers nothing.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.chosen.is_some()
    }

    /// Where the slider stands while networks are compared.
    #[must_use]
    pub fn chosen(&self) -> Option<f64> {
        self.chosen
    }

    /// The rung on show in the place of the run.
    #[must_use]
    pub fn on_show(&self) -> Option<&Arc<Rung>> {
        self.next_to(self.preview.or(self.chosen)?)
    }

    /// Compares from now on, at λ.
    pub fn choose(&mut self, lambda: f64) {
        if self.has_rungs() {
            self.chosen = Some(lambda.clamp(0.0, 1.0));
        }
    }

    /// The run is on show again.
    pub fn leave(&mut self) {
        (self.chosen, self.preview) = (None, None);
    }

    /// The pointer is on the rung of λ, or (`None`) on none.
    pub fn look_at(&mut self, lambda: Option<f64>) {
        self.preview = lambda;
    }

    /// One finished rung up or down from the one that was chosen.
    pub fn step(&mut self, up: bool) {
        let Some(here) = self.chosen.and_then(|chosen| self.next_to(chosen)) else {
            return;
        };
        let here = here.lambda;
        let next = if up {
            self.done().find(|rung| rung.lambda > here)
        } else {
            self.done().rev().find(|rung| rung.lambda < here)
        };
        self.chosen = Some(next.map_or(here, |rung| rung.lambda));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::ladder::tests::rung;

    fn view(done: &[f64], waiting: &[f64]) -> LadderView {
        let mut rungs: Vec<_> = done
            .iter()
            .map(|&lambda| (lambda, RungState::Done(Arc::new(rung(lambda)))))
            .chain(waiting.iter().map(|&lambda| (lambda, RungState::Waiting)))
            .collect();
        rungs.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        LadderView {
            snapshot: Some(Arc::new(LadderSnapshot {
                rungs,
                seconds_left: None,
            })),
            ..LadderView::default()
        }
    }

    fn shown(view: &LadderView) -> Option<f64> {
        view.on_show().map(|rung| rung.lambda)
    }

    #[test]
    fn what_is_on_show_is_the_finished_rung_next_to_the_knob() {
        let mut view = view(&[0.0, 0.1, 0.5], &[0.25, 1.0]);
        assert_eq!(shown(&view), None, "the run is on show");
        view.choose(0.2);
        assert!(view.compares());
        assert_eq!(shown(&view), Some(0.1));
        view.choose(0.9);
        assert_eq!(shown(&view), Some(0.5), "λ = 1 is not there yet");
        view.look_at(Some(0.0));
        assert_eq!(shown(&view), Some(0.0));
        view.look_at(None);
        assert_eq!((shown(&view), view.chosen()), (Some(0.5), Some(0.9)));
        view.leave();
        assert_eq!(shown(&view), None);
    }

    #[test]
    fn the_arrows_go_from_rung_to_rung_and_stay_at_the_ends() {
        let mut view = view(&[0.0, 0.1, 0.5], &[0.25]);
        view.step(true);
        assert_eq!(shown(&view), None, "nothing is compared");
        view.choose(0.1);
        let mut walk = |up| {
            view.step(up);
            shown(&view)
        };
        assert_eq!(walk(true), Some(0.5));
        assert_eq!(walk(true), Some(0.5));
        assert_eq!(
            [walk(false), walk(false), walk(false)],
            [Some(0.1), Some(0.0), Some(0.0)]
        );
    }

    #[test]
    fn without_a_finished_rung_there_is_nothing_to_compare() {
        let mut view = view(&[], &[0.1, 0.5]);
        view.choose(0.1);
        assert!(!view.compares() && !view.has_rungs());
    }
}
