//! The four figures of a run on the digits that are shown, how many units of its code are dead, and, once it
//! rests, those figures on all test digits.
//!
//! Lc grows where there are fewer digits, so the board keeps to one set from the first step to the
//! last; and sliders are turned by validation digits, so that the line of test digits is honest.

use egui::{RichText, Ui};

use super::{theme, words};
use crate::exhibit::{Exhibit, Trained, numbers};
use crate::view::scores::Figure;
use crate::worker::protocol::Scores;

/// Why there are figures apart.
const TEST: &str = "All test images, which nothing was fitted on or chosen by, looked at when the run rests. Choose settings by the validation images above; what is chosen by test images says too much for itself. Lc grows with fewer images, so it differs from the one above for that reason too.";

/// A lower board has no room for what each figure is beside those of the test; it stands under the
/// pointer all the same.
const ROOM: f32 = 330.0;

/// Shows the board.
pub fn show(ui: &mut Ui, exhibit: Option<&Exhibit>) {
    let palette = theme::of(ui);
    let has_room = ui.available_height() >= ROOM;
    let network = exhibit.and_then(|exhibit| exhibit.network.as_ref());
    let scores = network.map(|network| network.scores);
    let test = exhibit.and_then(|exhibit| exhibit.test);
    ui.spacing_mut().item_spacing.y = 0.0;
    let measured = match (scores, exhibit) {
        (Some(scores), Some(exhibit)) => {
            let set = exhibit.images.set.name();
            format!("{} {set} images shown", numbers::count(scores.samples))
        }
        _ => "as soon as there are codes".to_owned(),
    };
    ui.label(RichText::new("Scores").strong());
    ui.label(RichText::new(measured).small().weak());
    ui.add_space(theme::UNIT);
    for figure in Figure::ALL {
        let colour = match figure {
            Figure::Reconstruction => palette.lr,
            _ => palette.lc,
        };
        let mut value = scores.and_then(|scores| figure.of(&scores));
        if figure == Figure::PriorIdeal {
            // P is there before there are codes.
            value = value.or_else(|| exhibit.and_then(|exhibit| exhibit.lc_p_ki));
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
                if has_room {
                    ui.label(RichText::new(figure.meaning()).small().weak());
                }
            })
            .response;
        words::explain(&response, response.rect, figure.explanation());
        ui.add_space(theme::UNIT * 0.75);
    }
    if let Some(network) = network {
        dead(ui, network);
    }
    if let Some(test) = test {
        once(ui, &test);
    }
    // Where there are classes, the kernels' strips carry their numbers.
    if exhibit.is_some_and(|exhibit| exhibit.images.labels.is_none()) {
        let text = "No labels: the samples stand in the order of the file, unsorted.";
        ui.label(RichText::new(text).small().weak());
    }
}

/// The units that no image moves.
fn dead(ui: &mut Ui, network: &Trained) {
    let palette = theme::of(ui);
    let colour = if network.dead > 0 {
        palette.notice
    } else {
        palette.weak
    };
    let response = ui
        .horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.label(RichText::new("Dead units").small().color(colour));
            let right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(right, |ui| {
                let units = numbers::count(network.codes.ncols());
                let text = format!("{} of {units}", numbers::count(network.dead));
                ui.label(RichText::new(text).small().monospace());
            });
        })
        .response;
    words::explain(&response, response.rect, words::DEAD);
    ui.add_space(theme::UNIT * 0.75);
}

/// The figures on all test digits, of a run that rests.
fn once(ui: &mut Ui, test: &Scores) {
    let palette = theme::of(ui);
    let response = ui
        .vertical(|ui| {
            ui.set_width(ui.available_width());
            let count = numbers::count(test.samples);
            ui.label(
                RichText::new(format!("Test, once: {count} images"))
                    .small()
                    .strong(),
            );
            for figure in [
                Figure::CodesPrior,
                Figure::CodesIdeal,
                Figure::Reconstruction,
            ] {
                let Some(value) = figure.of(test) else {
                    continue;
                };
                let colour = match figure {
                    Figure::Reconstruction => palette.lr,
                    _ => palette.lc,
                };
                ui.horizontal(|ui| {
                    ui.spacing_mut().interact_size.y = 0.0;
                    ui.label(RichText::new(figure.name()).small().color(colour));
                    let right = egui::Layout::right_to_left(egui::Align::Center);
                    ui.with_layout(right, |ui| {
                        ui.label(RichText::new(numbers::three(value)).small().monospace());
                    });
                });
            }
        })
        .response;
    words::explain(&response, response.rect, TEST);
    ui.add_space(theme::UNIT * 0.75);
}
