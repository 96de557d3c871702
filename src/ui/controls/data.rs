//! Which samples a run works on.

use egui::{DragValue, RichText, TextEdit, Ui};

use super::super::intent::Intent;
use super::super::theme;
use super::field::{Effect, Field, labelled};
use super::{Draft, Facts};
use crate::data::{Collection, DataSet, numbered};
use crate::exhibit::numbers;

/// A line of text with its name. `true` if it was ended with Enter.
fn field(ui: &mut Ui, [name, hint, hover]: [&str; 3], text: &mut String) -> bool {
    let label = ui
        .label(RichText::new(name).small().weak())
        .on_hover_text(hover);
    let edit = TextEdit::singleline(text)
        .hint_text(hint.to_owned())
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).labelled_by(label.id).on_hover_text(hover);
    response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// Shows the data's controls.
pub(super) fn show(ui: &mut Ui, draft: &mut Draft, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let path = [
        "Path of the images",
        "in the program",
        "An IDX file, plain or gzip; labels are found beside it by name. Empty: the images in the program that the toolbar names.",
    ];
    let samples = [
        "Samples",
        "all",
        "How many samples to draw by the seed; empty: all.",
    ];
    let classes = [
        "Classes",
        "all",
        "Which classes, such as 5, 6 or 0-4; empty: all.",
    ];
    let mut load = field(ui, path, &mut draft.path);
    load |= field(ui, samples, &mut draft.samples);
    load |= field(ui, classes, &mut draft.classes);
    let hover =
        "Reads the data and starts a run on them; if that fails, the present data and run stay.";
    load |= ui.button("Load").on_hover_text(hover).clicked();
    if load {
        draft.problem = None;
        match draft.written_choice() {
            Ok(choice) => intents.push(Intent::Load(choice)),
            Err(problem) => draft.problem = Some(problem),
        }
    }
    if let Some(problem) = &draft.problem {
        ui.label(RichText::new(problem).small().color(theme::of(ui).error));
    } else if let Some(data) = facts.data {
        let text = RichText::new(loaded(data, facts)).small().weak();
        let line = ui.add(egui::Label::new(text).wrap());
        if let Some(names) = data.collection().and_then(Collection::class_names) {
            line.on_hover_text(format!("The classes: {}.", numbered(names)));
        }
    }
    let run = facts.config().map(|run| &run.seed);
    let seed = Field {
        name: "Seed",
        hover: "Everything random follows from it: split, mixtures, weights, minibatches, noise.",
        effect: Effect::new_run(&draft.config.seed, run, u64::to_string),
    };
    labelled(ui, &seed, |ui| {
        let value = DragValue::new(&mut draft.config.seed)
            .clip_text(true)
            .speed(0.1);
        ui.add(value.update_while_editing(false))
            .accessible_name("Seed");
    });
}

/// What was loaded: how many samples, of which classes, and what they are for.
fn loaded(data: &DataSet, facts: &Facts<'_>) -> String {
    let classes: Vec<_> = data.classes().iter().map(u8::to_string).collect();
    let mut text = format!("On show: {} samples", numbers::count(data.len()));
    match classes.len() {
        0 => text += " without labels",
        1..=4 => text += &format!(" of classes {}", classes.join(", ")),
        count => text += &format!(" of {count} classes"),
    }
    if let Some(summary) = &facts.run.summary {
        let [training, validation, test] = summary.samples.map(numbers::count);
        text += &format!(": {training} to train on, {validation} to validate, {test} held out");
    }
    text
}
