//! The code space at work: how well classes are told apart in it, beside other representations.

use egui::{Grid, RichText, Ui, vec2};

use super::tables::{number, paired, seeds, text_size, title};
use super::{heading, placeholder, side_by_side};
use crate::experiment::claims::difference;
use crate::experiment::code_space::{Measure, Row, Space, Table};
use crate::experiment::plan::Experiment;
use crate::ui::theme::UNIT;
use crate::view::StudyView;
use crate::view::study::with_deviation;

/// What a measure is, for its column's head.
fn explained(measure: Measure) -> &'static str {
    match measure {
        Measure::Neighbours => {
            "Share of test images whose class the k nearest training images tell rightly, by Euclidean distance; k is chosen on validation images."
        }
        Measure::Linear => {
            "Share of test images that a linear classifier (ridge regression on ±1) gives their class; its ridge is chosen on validation images."
        }
        Measure::Nmi => {
            "Normalised mutual information of the classes and the clusters that k-means finds without labels: 1 if they are the same, 0 if they have nothing to do with each other."
        }
    }
}

/// Shows the table and the differences paired by seed.
pub(super) fn show(ui: &mut Ui, view: &StudyView) {
    let Some(table) = &view.figures().code_space else {
        let rect = ui.available_rect_before_wrap();
        placeholder(
            ui,
            rect,
            "How well classes are told apart by their codes: nearest neighbours, a linear classifier and k-means, beside pixels, PCA, kPCA and the plain autoencoder at the same dimension.",
        );
        return;
    };
    let size = text_size(ui);
    side_by_side(
        ui,
        "code space",
        74.0 * UNIT,
        |ui| {
            ui.horizontal_wrapped(|ui| {
                heading(ui, "Classes in the code space", Experiment::CodeSpace);
                let about = format!("test images, {}", seeds(&table.seeds));
                ui.label(RichText::new(about).small().weak());
            });
            ui.add_space(UNIT);
            rows(ui, table, size);
            ui.add_space(UNIT);
            let note = "Fitted on training images; k and ridge chosen on validation images. Not in the paper, which leaves it to future work.";
            ui.label(RichText::new(note).small().weak());
        },
        |ui| {
            let plain = table.paired.iter().find(|(of, _)| *of == Space::PlainCodes);
            let Some((_, differences)) = plain else {
                return;
            };
            ui.add_space(UNIT);
            title(
                ui,
                "dkAE codes − K_AE codes",
                "paired by seed: a dot a seed, the bar the 95 % interval of the mean; right of zero the dkAE is the better",
            );
            for (measure, difference) in Measure::ALL.into_iter().zip(differences) {
                ui.add_space(UNIT / 2.0);
                paired(ui, measure.name(), difference);
            }
        },
    );
}

fn rows(ui: &mut Ui, table: &Table, size: f32) {
    let best = |index: usize| {
        let means = table.rows.iter().map(|row| row.figures[index].mean);
        means.fold(f64::NEG_INFINITY, f64::max)
    };
    let best = [best(0), best(1), best(2)];
    Grid::new("code space")
        .num_columns(5)
        .spacing(vec2(3.0 * UNIT, UNIT / 2.0))
        .show(ui, |ui| {
            ui.label("");
            ui.label(RichText::new("numbers").small().weak())
                .on_hover_text("Numbers that represent an image.");
            for measure in Measure::ALL {
                ui.label(RichText::new(measure.name()).small().weak())
                    .on_hover_text(explained(measure));
            }
            ui.end_row();
            for row in &table.rows {
                let name = RichText::new(row.space.name()).size(size);
                let ours = row.space == Space::Codes;
                ui.label(if ours { name.strong() } else { name });
                number(ui, dimension(row), false, size);
                for (index, figure) in row.figures.iter().enumerate() {
                    let text = with_deviation(figure);
                    let response = if figure.mean >= best[index] {
                        let text = RichText::new(text).monospace().size(size).strong();
                        ui.add(egui::Label::new(text).extend())
                    } else {
                        number(ui, text, true, size)
                    };
                    response.on_hover_text(minus(table, row.space, index));
                }
                ui.end_row();
            }
        });
}

/// `128`, or `96–128` where seeds differ.
fn dimension(row: &Row) -> String {
    match row.dimension {
        [fewest, most] if fewest < most => format!("{fewest}–{most}"),
        [_, most] => most.to_string(),
    }
}

/// What the dkAE's codes have over `space`, or where a row is theirs, that it is.
fn minus(table: &Table, space: Space, index: usize) -> String {
    let found = table.paired.iter().find(|(of, _)| *of == space);
    found.map_or_else(
        || "The codes of the dkAE.".to_owned(),
        |(_, differences)| {
            let text = difference(&differences[index]).replace(" -", " −");
            format!("dkAE codes minus this, paired by seed: {text}")
        },
    )
}
