//! What the page that looks inside a network is given, and the pins below both pages of the run.

use std::sync::Arc;

use egui::{Rect, Ui, pos2};

use super::App;
use crate::data::DataSet;
use crate::training::Fitted;
use crate::training::config::PriorConfig;
use crate::ui::inside::Facts;
use crate::ui::intent::Intent;
use crate::ui::live::on_show;
use crate::ui::pins::HEIGHT;
use crate::ui::theme::UNIT;
use crate::view::beside::Beside;
use crate::view::settings::prior_parameters;

impl App {
    /// The pinned networks at the foot of the page, if there are any; gives what is left of the page.
    pub(super) fn pinned_strip(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) -> Rect {
        let whole = ui.available_rect_before_wrap();
        if self.pins.all().is_empty() {
            return whole;
        }
        let top = whole.bottom() - HEIGHT;
        let place = Rect::from_min_max(pos2(whole.left(), top), whole.max);
        let shown = (&self.pins, self.run.config.as_ref());
        self.strip.show(ui, place, shown, intents);
        whole.with_max_y(top - UNIT)
    }

    /// The page that looks inside the network on show.
    pub(super) fn inside_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let beside = Beside::on_show(&self.pins, &self.ladder.view);
        let exhibit = match beside {
            Some(beside) => Arc::clone(beside.exhibit()),
            None => on_show(&self.run).0,
        };
        let (ground, name) = (self.ground_on_show(), beside.map(Beside::name));
        let facts = Facts {
            exhibit: &exhibit,
            beside: name.as_deref(),
            ground: ground.as_ref(),
            selection: &self.selection,
        };
        self.inside.show(ui, &facts, intents);
    }

    /// The prior kernel of the next run, as if it was set in the controls.
    pub(in crate::ui) fn take_prior(&mut self, prior: PriorConfig) {
        self.draft.config.prior = prior;
        let (kind, settings) = (prior.name(), prior_parameters(&prior));
        let text = format!("The next run takes this prior: {kind}, {settings}. ⟲ starts it.");
        self.notice(text, false);
    }

    /// The samples of what is on show, and the prior kernel over them.
    fn ground_on_show(&self) -> Option<(Arc<DataSet>, Fitted)> {
        match self.on_show() {
            Some(Beside::Pin(pin)) => pin.ground.clone(),
            Some(Beside::Rung(_)) => self.ladder.ground(),
            None => self.run.snapshot.as_ref()?.fitted.clone(),
        }
    }
}
