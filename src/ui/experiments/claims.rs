//! The paper's claims, and whether they held.

use egui::{RichText, Ui, vec2};

use super::placeholder;
use crate::experiment::claims::Claim;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;

/// Shows the list.
pub fn show(ui: &mut Ui, view: &StudyView) {
    let claims = &view.figures().claims;
    if claims.is_empty() {
        let rect = ui.available_rect_before_wrap();
        placeholder(
            ui,
            rect,
            "What the paper claims, and whether it held here: in how many seeds, and by which figures. A claim appears when the first results speak about it.",
        );
        return;
    }
    let held = claims.iter().filter(|claim| claim.held).count();
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("The paper's claims").strong());
        let open = if view.is_open() { " so far" } else { "" };
        let text = format!("{held} of {} held{open}", claims.len());
        ui.label(RichText::new(text).small().weak());
    });
    ui.add_space(UNIT);
    for claim in claims {
        line(ui, claim);
    }
    ui.add_space(UNIT);
    let rule = "A claim that compares two numbers has to hold under every seed; a trend needs its ends the right way round and a rank correlation beyond ±0.5.";
    ui.label(RichText::new(rule).small().weak());
}

fn line(ui: &mut Ui, claim: &Claim) {
    let palette = theme::of(ui);
    let (sign, word, colour) = if claim.held {
        ("✔", "held", palette.text)
    } else {
        ("✖", "did not hold", palette.notice)
    };
    ui.horizontal_top(|ui| {
        let size = vec2(2.5 * UNIT, 2.5 * UNIT);
        ui.add_sized(size, egui::Label::new(RichText::new(sign).color(colour)));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.horizontal_wrapped(|ui| {
                ui.label(&claim.text);
                let seeds = claim.seeds.map_or_else(String::new, |[held, all]| {
                    format!(" in {held} of {all} seeds")
                });
                let text = match claim.seeds {
                    Some([held, all]) if !claim.held && held > 0 => {
                        format!("held in {held} of {all} seeds")
                    }
                    _ => format!("{word}{seeds}"),
                };
                ui.label(RichText::new(text).small().color(colour));
            });
            let evidence = claim.evidence.replace(" -", " −");
            ui.add(egui::Label::new(RichText::new(evidence).small().weak()).wrap());
        });
    });
    ui.add_space(UNIT);
}
