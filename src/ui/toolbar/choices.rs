//! The menus of the data and of the presets.

use egui::{Button, Rect, RichText, Ui};

use super::super::intent::Intent;
use super::super::loading::DataChoice;
use super::super::theme::UNIT;
use super::Facts;
use crate::data::{Collection, numbered};
use crate::training::config::Preset;
use crate::view::settings::{Difference, differences};

pub(super) fn data_menu(ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) -> Rect {
    let name: String = if facts.data.chars().count() > 22 {
        facts.data.chars().take(21).chain(['…']).collect()
    } else {
        facts.data.to_owned()
    };
    let response = ui.menu_button(format!("{name} ▾"), |ui| {
        ui.set_min_width(28.0 * UNIT);
        for collection in Collection::ALL {
            if collection_entry(ui, facts.choice, collection).clicked() {
                intents.push(Intent::Load(DataChoice {
                    path: None,
                    collection,
                    ..facts.choice.clone()
                }));
                ui.close();
            }
        }
        let hover = "IDX images, plain or gzip; labels are found beside them by their name.";
        if ui.button("Open a file…").on_hover_text(hover).clicked() {
            intents.push(Intent::Browse);
            ui.close();
        }
        ui.separator();
        ui.label(
            RichText::new("Or drop a file on the window, or type its path on the left.")
                .small()
                .weak(),
        );
    });
    let response = response.response;
    let hover = "The data of the run. Other data start a new run.";
    response.on_hover_text(hover).rect
}

/// Images that come with the program; marked if they are the data on show.
fn collection_entry(ui: &mut Ui, choice: &DataChoice, collection: Collection) -> egui::Response {
    let chosen = choice.path.is_none() && choice.collection == collection;
    let name = format!("{} · {}", collection.title(), collection.subject());
    let hover = match collection.class_names() {
        None => "6,000 of its training images are part of the program.".to_owned(),
        Some(names) => format!(
            "6,000 of its training images are part of the program. Its classes: {}.",
            numbered(names)
        ),
    };
    ui.add(Button::selectable(chosen, name))
        .on_hover_text(hover)
}

/// The most differences that a preset's line names.
const NAMED: usize = 4;

pub(super) fn preset_menu(ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) -> Rect {
    let now = facts.config;
    let response = ui.menu_button(format!("{} ▾", now.preset.name()), |ui| {
        ui.set_width(56.0 * UNIT);
        ui.label(
            RichText::new("A preset starts a new run and sets all controls.")
                .small()
                .weak(),
        );
        for choice in Preset::ALL {
            let changes = differences(now, &(facts.of_preset)(choice));
            let response = preset_entry(ui, choice, choice == now.preset, &changes);
            if response.clicked() {
                intents.push(Intent::Preset(choice));
                ui.close();
            }
        }
    });
    let response = response.response;
    let hover = "The preset: a named set of settings. Choosing one starts a new run.";
    response.on_hover_text(hover).rect
}

/// A preset's name, what it is, and what it would change in the controls.
fn preset_entry(
    ui: &mut Ui,
    preset: Preset,
    chosen: bool,
    changes: &[Difference],
) -> egui::Response {
    ui.add_space(UNIT / 2.0);
    let name = format!("{} · {}", preset.name(), preset.describe());
    let wide = egui::Layout::top_down_justified(egui::Align::Min);
    let entry = Button::selectable(chosen, name).wrap();
    let response = ui.with_layout(wide, |ui| ui.add(entry)).inner;
    let texts: Vec<_> = changes.iter().map(Difference::text).collect();
    let line = match texts.len() {
        0 => "changes nothing here".to_owned(),
        count if count > NAMED => {
            let named = texts[..NAMED - 1].join(" · ");
            format!("changes {named} · and {} more", count - NAMED + 1)
        }
        _ => format!("changes {}", texts.join(" · ")),
    };
    ui.indent(("changes", preset.name()), |ui| {
        ui.add(egui::Label::new(RichText::new(line).small().weak()).wrap());
    });
    let hover = match texts.len() {
        0 => "Starts a new run with the settings as they are.".to_owned(),
        _ => format!("Starts a new run and changes\n{}", texts.join("\n")),
    };
    response.on_hover_text(hover)
}
