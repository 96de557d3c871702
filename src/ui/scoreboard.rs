//! The four figures of a run, on the digits that are shown and, at its end, on all test digits.

use egui::{RichText, Ui};

use super::{theme, words};
use crate::view::scores::Figure;
use crate::view::{RunView, numbers};

/// Shows the board.
pub fn show(ui: &mut Ui, run: &RunView) {
    let palette = theme::of(ui);
    let snapshot = run.snapshot.as_deref();
    let scores = snapshot
        .and_then(|snapshot| snapshot.codes.as_ref())
        .map(|codes| codes.scores);
    let last = snapshot.and_then(|snapshot| snapshot.final_scores);
    let prior = snapshot.and_then(|snapshot| snapshot.prior.as_deref());
    ui.spacing_mut().item_spacing.y = 0.0;
    let measured = match (scores, last) {
        (_, Some(last)) => format!("all {} test samples", numbers::count(last.samples)),
        (Some(scores), None) => format!("{} shown test samples", numbers::count(scores.samples)),
        (None, None) => "as soon as there are codes".to_owned(),
    };
    ui.label(RichText::new("Scores").strong());
    ui.label(RichText::new(measured).small().weak());
    ui.add_space(theme::UNIT);
    for figure in Figure::ALL {
        let colour = match figure {
            Figure::Reconstruction => palette.lr,
            _ => palette.lc,
        };
        let mut value = last.or(scores).and_then(|scores| figure.of(&scores));
        if figure == Figure::PriorIdeal {
            // P is there before there are codes.
            value = value.or_else(|| prior.and_then(|prior| prior.lc_p_ki));
        }
        let response = ui
            .vertical(|ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    ui.spacing_mut().interact_size.y = 0.0;
                    ui.label(RichText::new(figure.name()).color(colour));
                    let right = egui::Layout::right_to_left(egui::Align::Center);
                    ui.with_layout(right, |ui| {
                        let value = RichText::new(numbers::maybe(value)).monospace();
                        ui.label(value.size(theme::LARGE));
                    });
                });
                ui.label(RichText::new(figure.meaning()).small().weak());
            })
            .response;
        words::explain(&response, response.rect, figure.explanation());
        ui.add_space(theme::UNIT * 0.75);
    }
    // Where there are classes, the kernels' strips carry their numbers.
    if snapshot.is_some_and(|snapshot| snapshot.shown.labels.is_none()) {
        let text = "No labels: the samples stand in the order of the file, unsorted.";
        ui.label(RichText::new(text).small().weak());
    }
}
