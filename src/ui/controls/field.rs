//! A control with its name, its explanation, and a mark if only a new run can take it.

use egui::{CollapsingHeader, Rect, RichText, Slider, SliderClamping, Ui};

use super::super::theme::{self, UNIT};
use super::super::words;
use crate::exhibit::numbers;

/// What marks a setting that only a new run can take: it stands on the button for one, too.
pub(super) const MARK: &str = "⟲";

/// When a setting takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// In the run on show.
    AtOnce,
    /// With the next run; the present one has this other value, if it has another.
    NewRun(Option<String>),
}

impl Effect {
    /// Of a setting that only a new run can take; `now` and, if there is a run, what it has.
    pub fn new_run<T: PartialEq>(now: &T, run: Option<&T>, text: impl Fn(&T) -> String) -> Self {
        Self::NewRun(run.filter(|run| *run != now).map(text))
    }
}

/// What a control is called and what it does.
pub(super) struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its explanation.
    pub hover: &'a str,
    /// When it takes effect.
    pub effect: Effect,
}

impl<'a> Field<'a> {
    /// A control of what takes effect at once.
    pub fn at_once(name: &'a str, hover: &'a str) -> Self {
        let effect = Effect::AtOnce;
        Self {
            name,
            hover,
            effect,
        }
    }

    /// The explanation, with when it takes effect.
    pub fn explanation(&self) -> String {
        match &self.effect {
            Effect::AtOnce => self.hover.to_owned(),
            Effect::NewRun(None) => format!("{}\n{MARK} Needs a new run.", self.hover),
            Effect::NewRun(Some(run)) => {
                format!(
                    "{}\n{MARK} Needs a new run; this one has: {run}.",
                    self.hover
                )
            }
        }
    }
}

/// The mark of a setting that only a new run can take, coloured if the run has another value.
pub(super) fn mark(ui: &mut Ui, effect: &Effect) {
    let palette = theme::of(ui);
    if let Effect::NewRun(run) = effect {
        let mark = RichText::new(MARK).small();
        ui.label(match run {
            Some(_) => mark.color(palette.notice).strong(),
            None => mark.color(palette.weak.gamma_multiply(0.7)),
        });
    }
}

/// A name over a row of widgets. Returns where they stand.
pub(super) fn labelled(ui: &mut Ui, field: &Field<'_>, row: impl FnOnce(&mut Ui)) -> Rect {
    let block = ui.scope(|ui| {
        let height = std::mem::take(&mut ui.spacing_mut().interact_size.y);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT / 2.0;
            ui.label(RichText::new(field.name).small().weak());
            mark(ui, &field.effect);
        });
        ui.spacing_mut().interact_size.y = height;
        ui.horizontal(|ui| {
            // All values stand in boxes of one width.
            ui.spacing_mut().interact_size.x = 7.0 * UNIT;
            ui.spacing_mut().slider_width = ui.available_width() - 8.0 * UNIT;
            row(ui);
        });
    });
    let response = block.response;
    words::explain(&response, response.rect, &field.explanation());
    response.rect
}

/// A slider with its value beside it, named. A value between or beyond its steps stays until
/// somebody moves it; a typed one counts when it is finished.
pub(super) fn slider(ui: &mut Ui, field: &Field<'_>, slider: Slider<'_>) {
    labelled(ui, field, |ui| {
        let id = ui.scope_id().with(field.name);
        if ui.data(|data| data.get_temp(id)).unwrap_or(false) {
            ui.input_mut(|input| shorten(&mut input.events));
        }
        let slider = ui.add(
            slider
                .clamping(SliderClamping::Edits)
                .update_while_editing(false),
        );
        let typed = slider.has_focus();
        ui.data_mut(|data| data.insert_temp(id, typed));
        slider.accessible_name(field.name);
    });
}

/// Characters of a number that is pasted.
const LONGEST: usize = 12;

/// A page of text that is pasted where a number is typed would have its box grow out of the window.
fn shorten(events: &mut [egui::Event]) {
    for event in events {
        if let egui::Event::Paste(text) = event {
            *text = text.chars().take(LONGEST).collect();
        }
    }
}

/// Written with its thousands apart, as counts are everywhere; typed with or without.
pub(super) fn counted(slider: Slider<'_>) -> Slider<'_> {
    slider
        .custom_formatter(|value, _| numbers::count(value.max(0.0) as usize))
        .custom_parser(|text| text.replace([',', ' '], "").parse().ok())
}

/// A part of the column that can be closed.
pub(super) fn section(ui: &mut Ui, name: &str, open: bool, content: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(name)
        .default_open(open)
        .show_unindented(ui, |ui| {
            content(ui);
            ui.add_space(UNIT / 2.0);
        });
}
