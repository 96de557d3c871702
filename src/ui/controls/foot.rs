//! The column's foot: the button that starts a new run, what waits for one, and what can be done
//! with the settings as a whole: take a change back, copy and paste them.

use egui::{Button, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::icons::{self, Icon};
use super::super::intent::Intent;
use super::super::theme::{self, UNIT};
use super::super::undo::SettingsIntent;
use super::super::words;
use super::field::MARK;
use super::{Draft, Facts};
use crate::view::settings::{Difference, differences};

/// Its height.
pub const HEIGHT: f32 = 11.0 * UNIT;

/// The height of the row of small buttons.
const ROW: f32 = 2.25 * UNIT;

const UNDO: &str = "Takes the last change of the settings back (Ctrl+Z). What acts at once does so again; a text that is being typed has an undo of its own.";
const REDO: &str = "Makes the change again that was taken back (Ctrl+Shift+Z or Ctrl+Y).";
const COPY: &str = "Puts a line of text on the clipboard that gives the run on show again, to the bit: to be pasted here or in another window, or behind dkae-explorer train --settings-line. It has the settings that the run began with, the seed, the threads, and the data by place and checksum.";
const PASTE: &str = "Takes the settings of a copied line into the controls, as if they were typed (Ctrl+V). Nothing changes if the line is damaged, of another version, or its data are not to be found.";

/// Shows it.
pub(super) fn show(ui: &mut Ui, draft: &Draft, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let room = ui.available_rect_before_wrap();
    let bottom = ui.max_rect().bottom();
    let rect = egui::Rect::from_x_y_ranges(room.x_range(), bottom - HEIGHT..=bottom);
    let waiting = waiting(draft, facts);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
        ui.spacing_mut().item_spacing.y = UNIT / 2.0;
        ui.separator();
        whole(ui, facts, intents);
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
    if let (Some(next), Some(data)) = (&facts.next_data, facts.data) {
        all.push(Difference {
            name: "Data",
            from: data.name().to_owned(),
            to: next.clone(),
            needs_new_run: true,
        });
    }
    all
}

/// What can be done with the settings as a whole.
fn whole(ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let mut push = |intent| intents.push(Intent::Settings(intent));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        ui.spacing_mut().interact_size.y = ROW;
        ui.spacing_mut().button_padding = vec2(5.0, 0.0);
        let steps = [
            (Icon::Undo, "Undo", UNDO, SettingsIntent::Undo),
            (Icon::Redo, "Redo", REDO, SettingsIntent::Redo),
        ];
        for ((icon, name, hover, intent), can) in steps.into_iter().zip(facts.steps) {
            let button = Button::new("").min_size(vec2(3.0 * UNIT, ROW));
            let response = ui.add_enabled(can, button);
            icons::over(ui, &response, icon, icons::SMALL);
            let response = response.accessible_name(name).on_hover_text(hover);
            if response.on_disabled_hover_text(hover).clicked() {
                push(intent);
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(UNIT);
            let small = |text: &str| Button::new(RichText::new(text).small());
            if ui
                .add(small("Paste settings"))
                .on_hover_text(PASTE)
                .clicked()
            {
                push(SettingsIntent::AskPaste);
            }
            let copy = ui.add_enabled(facts.copies, small("Copy settings"));
            let copy = copy.on_hover_text(COPY);
            let none = "There is nothing on show whose settings could be copied.";
            if copy.on_disabled_hover_text(none).clicked() {
                push(SettingsIntent::Copy);
            }
        });
    });
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
