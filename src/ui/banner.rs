//! What needs a person's eye: a failure, a divergence, a file that could not be read; and short
//! notes of what was done.

use egui::{Align2, Area, Context, Id, Order, RichText, Ui, vec2};

use super::intent::Intent;
use super::theme::{self, UNIT};
use crate::view::{RunState, RunView};

/// A line that stays until it is taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
}

/// Notices kept at the same time; older ones make room.
const AT_MOST: usize = 3;

/// Adds a notice, in the place of one that says the same.
pub fn add(notices: &mut Vec<Notice>, notice: Notice) {
    notices.retain(|old| *old != notice);
    notices.push(notice);
    if notices.len() > AT_MOST {
        notices.remove(0);
    }
}

/// Whether there is anything to show.
fn is_needed(run: &RunView, notices: &[Notice]) -> bool {
    !notices.is_empty() || matches!(run.state, RunState::Diverged(_) | RunState::Failed(_))
}

/// Shows what there is, above everything at the window's lower edge, so that nothing moves.
pub fn show(ctx: &Context, run: &RunView, notices: &[Notice], intents: &mut Vec<Intent>) {
    if !is_needed(run, notices) {
        return;
    }
    let width = (ctx.content_rect().width() - 4.0 * UNIT).min(95.0 * UNIT);
    Area::new(Id::unique("banner"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -2.0 * UNIT))
        .show(ctx, |ui| {
            ui.set_width(width);
            lines(ui, run, notices, intents);
        });
}

fn lines(ui: &mut Ui, run: &RunView, notices: &[Notice], intents: &mut Vec<Intent>) {
    match &run.state {
        RunState::Diverged(message) => line(ui, message, true, |ui| {
            let hover =
                "Takes the last good weights and goes on with a tenth of the learning rate.";
            if ui
                .button("Go on at a tenth of the learning rate")
                .on_hover_text(hover)
                .clicked()
            {
                intents.push(Intent::ContinueGently);
            }
        }),
        RunState::Failed(message) => line(ui, message, true, |ui| {
            let hover = "Starts anew on the present data with the settings of the controls.";
            if ui.button("Start a new run").on_hover_text(hover).clicked() {
                intents.push(Intent::Start);
            }
        }),
        _ => {}
    }
    for (index, notice) in notices.iter().enumerate() {
        line(ui, &notice.text, notice.error, |ui| {
            if ui
                .button("OK")
                .on_hover_text("Takes this line away.")
                .clicked()
            {
                intents.push(Intent::Dismiss(index));
            }
        });
    }
}

fn line(ui: &mut Ui, text: &str, error: bool, action: impl FnOnce(&mut Ui)) {
    let palette = theme::of(ui);
    let colour = if error { palette.error } else { palette.lc };
    egui::Frame::new()
        .fill(palette.card)
        .stroke((1.0, colour))
        .corner_radius(6)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(egui::Margin::symmetric(8, 4))
        .show(ui, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                action(ui);
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(text).color(palette.text)).wrap());
                });
            });
        });
}
