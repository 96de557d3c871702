//! When the tour of the first minutes begins and ends, and what is remembered of that.

use egui::Context;

use super::App;
use crate::ui::intent::Page;
use crate::ui::tour::Ended;

impl App {
    /// Begins the tour, where its parts stand.
    pub(super) fn begin_tour(&mut self) {
        self.turn_to(Page::Live);
        self.tour.begin();
    }

    /// Shows the tour; it begins by itself once, when the first network is on show.
    pub(super) fn tour(&mut self, ctx: &Context) {
        let there = self.run.exhibit().is_some_and(|e| e.network.is_some());
        if !self.settings.toured && !self.tour.is_open() && there && self.page == Page::Live {
            self.tour.begin();
        }
        if self.help.is_open() || self.page != Page::Live {
            return;
        }
        if self.tour.show(ctx) == Ended::Yes {
            self.settings.toured = true;
        }
    }
}
