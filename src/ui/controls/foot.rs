//! The column's foot: the button that starts a new run, and what waits for one.

use egui::{Button, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::intent::Intent;
use super::super::theme::{self, UNIT};
use super::super::words;
use super::field::MARK;
use super::{Draft, Facts};
use crate::view::settings::{Difference, differences};

/// Its height.
pub const HEIGHT: f32 = 8.0 * UNIT;

/// Shows it.
pub(super) fn show(ui: &mut Ui, draft: &Draft, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let room = ui.available_rect_before_wrap();
    let bottom = ui.max_rect().bottom();
    let rect = egui::Rect::from_x_y_ranges(room.x_range(), bottom - HEIGHT..=bottom);
    let waiting = waiting(draft, facts);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
        ui.spacing_mut().item_spacing.y = UNIT / 2.0;
        ui.separator();
        line(ui, waiting.len());
        let size = vec2(ui.available_width() - UNIT, 3.75 * UNIT);
        let button = if waiting.is_empty() {
            Button::new("Start a new run")
        } else {
            theme::primary(ui, "Start a new run")
        };
        let response = ui.add_sized(size, button);
        words::explain(&response, rect, &explanation(&waiting));
        help::mark(ui, Part::NewRun, response.rect);
        if response.clicked() {
            intents.push(Intent::Start);
        }
    });
}

/// What only a new run can take.
fn waiting(draft: &Draft, facts: &Facts<'_>) -> Vec<Difference> {
    let mut all = facts
        .config()
        .map_or_else(Vec::new, |run| differences(run, &draft.config));
    all.retain(|difference| difference.needs_new_run);
    all
}

/// What the mark means, or how many settings wait.
fn line(ui: &mut Ui, waiting: usize) {
    let palette = theme::of(ui);
    let (text, colour) = match waiting {
        0 => (format!("{MARK} marks what needs a new run"), palette.weak),
        1 => (
            format!("{MARK} 1 change waits for a new run"),
            palette.notice,
        ),
        count => (
            format!("{MARK} {count} changes wait for a new run"),
            palette.notice,
        ),
    };
    ui.label(RichText::new(text).small().color(colour));
}

fn explanation(waiting: &[Difference]) -> String {
    let mut text =
        "Ends the present run and starts one on the data on show, with all settings of this column."
            .to_owned();
    for difference in waiting {
        text += "\n";
        text += &difference.text();
    }
    text
}
