//! The offer to go on with the last session: a quiet line under the toolbar.

use egui::{RichText, Ui};

use super::{Left, SessionIntent};
use crate::exhibit::numbers;
use crate::ui::intent::Intent;
use crate::ui::theme;

/// Shows the offer.
pub fn show(ui: &mut Ui, left: &Left, intents: &mut Vec<Intent>) {
    ui.horizontal_centered(|ui| {
        ui.label(RichText::new(text(left)).color(theme::of(ui).text));
        let hover =
            "Opens it: the run, its settings, its losses. It takes the place of what is here.";
        if ui.button("Go on").on_hover_text(hover).clicked() {
            let open = SessionIntent::Open(left.path.clone());
            intents.push(Intent::Session(open));
        }
        let hover = "Leaves it. It can still be opened, by Save and Recent.";
        if ui.button("Leave").on_hover_text(hover).clicked() {
            intents.push(Intent::Session(SessionIntent::Leave));
        }
    });
}

fn text(left: &Left) -> String {
    let step = numbers::count(usize::try_from(left.step).unwrap_or(usize::MAX));
    if left.closed {
        format!("You left at step {step}.")
    } else {
        format!("The last session ended at step {step}, without being closed.")
    }
}
