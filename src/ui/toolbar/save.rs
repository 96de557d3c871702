//! The menus that save sessions, pictures and numbers.

use egui::{Button, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::icons::{self, Icon};
use super::super::intent::Intent;
use super::super::kernels::Save;
use super::super::sessions;
use super::super::theme::UNIT;
use super::Facts;
use crate::picture::saved::{self, Format, Picture};
use crate::view::RunView;

/// How a save menu calls a format, and what it is.
fn format_text(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Png => (
            "PNG",
            "The picture's own pixels, with the run's settings in its text fields.",
        ),
        Format::Npy => (".npy", "The numbers as 32-bit floats, for NumPy."),
        Format::FigurePng => (
            "figure, PNG",
            "A figure with title, labels and scale, with the run's settings in its text fields.",
        ),
        Format::FigureSvg => (
            "figure, SVG",
            "The same figure as shapes and text, for print.",
        ),
        Format::Csv => (".csv", "The numbers as a table."),
    }
}

/// A button that saves a picture in a format.
fn save_button(
    ui: &mut Ui,
    there: bool,
    (picture, name): (Picture, &str),
    (format, label): (Format, &str),
    save: &mut Save<'_>,
) {
    let (as_what, hover) = format_text(format);
    if ui
        .add_enabled(there, Button::new(label))
        .accessible_name(format!("{name} as {as_what}"))
        .on_hover_text(hover)
        .clicked()
    {
        save(picture, format);
        ui.close();
    }
}

/// The entries of the save menu of a picture that is called so.
pub fn save_entries(ui: &mut Ui, there: bool, of: (Picture, &str), save: &mut Save<'_>) {
    ui.with_layout(egui::Layout::top_down_justified(egui::Align::Min), |ui| {
        for &format in of.0.formats() {
            let label = format!("{} as {}", of.1, format_text(format).0);
            save_button(ui, there, of, (format, &label), save);
        }
    });
}

/// Whether there is something of a run to save.
fn is_there(run: &RunView, picture: Picture) -> bool {
    match picture {
        Picture::Losses => run.newest().is_some(),
        _ => (run.exhibit()).is_some_and(|exhibit| saved::is_there(exhibit, picture)),
    }
}

/// All pictures of a run in a table: a row each, a column for each format.
fn save_table(ui: &mut Ui, run: &RunView, save: &mut Save<'_>) {
    egui::Grid::new("pictures to save")
        .spacing(vec2(UNIT, UNIT / 2.0))
        .min_col_width(0.0)
        .show(ui, |ui| {
            for picture in Picture::ALL {
                let there = is_there(run, picture);
                let name = picture.name();
                ui.label(&name);
                for format in Format::ALL {
                    let (label, _) = format_text(format);
                    if picture.formats().contains(&format) {
                        save_button(ui, there, (picture, &name), (format, label), save);
                    } else {
                        ui.label("");
                    }
                }
                ui.end_row();
            }
        });
}

pub(super) fn save_menu(
    ui: &mut Ui,
    run: &RunView,
    facts: &mut Facts<'_>,
    intents: &mut Vec<Intent>,
) {
    let config = egui::containers::menu::MenuConfig::new()
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new("").min_size(vec2(icons::BUTTON, icons::BUTTON));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button)
        .config(config)
        .ui(ui, |ui| {
            ui.set_min_width(32.0 * UNIT);
            if ui
                .button("The window as PNG")
                .on_hover_text("The window as it stands.")
                .clicked()
            {
                intents.push(Intent::SaveWindow);
                ui.close();
            }
            ui.separator();
            let mut save = |picture, format| intents.push(Intent::Save(picture, format));
            save_table(ui, run, &mut save);
            ui.separator();
            let files = (facts.recent, facts.ended);
            sessions::entries(ui, run.run().is_some(), files, intents);
            ui.separator();
            let label = ui.label(RichText::new("Folder").small().weak());
            ui.horizontal(|ui| {
                ui.add(egui::TextEdit::singleline(facts.folder).desired_width(22.0 * UNIT))
                    .labelled_by(label.id)
                    .on_hover_text("Where files are written; it is made if it is not there.");
                if ui
                    .button("Choose…")
                    .on_hover_text("Choose the folder by a dialog.")
                    .clicked()
                {
                    intents.push(Intent::ChooseFolder);
                }
            });
        });
    icons::over(ui, &response, Icon::Save, 1.0);
    help::mark(ui, Part::Save, response.rect);
    response
        .accessible_name("Save")
        .on_hover_text("Save sessions, pictures and numbers; open sessions.");
}
