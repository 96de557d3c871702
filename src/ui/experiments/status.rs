//! The page's left side: what the study does and for how long still, its buttons, and the plan.

use egui::{Button, RichText, ScrollArea, Ui, vec2};

use super::{PlanForm, Session, StudyIntent};
use crate::ui::theme::{self, UNIT};
use crate::view::{StudyView, numbers};
use crate::worker::study_protocol::{StudyCommand, StudyProgress, StudyState};

/// Room for what the study does, so that nothing below jumps.
const LINES: f32 = 12.0 * UNIT;

/// Shows the left side.
pub fn show(ui: &mut Ui, form: &mut PlanForm, session: &Session, intents: &mut Vec<StudyIntent>) {
    ui.label(RichText::new("The paper's experiments").strong());
    buttons(ui, form, session, intents);
    ui.scope(|ui| {
        ui.set_min_height(LINES);
        progress(ui, &session.view);
    });
    ui.separator();
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.set_width(ui.available_width() - UNIT);
            // What is being done is not what the form says any more, so it must not seem so.
            ui.add_enabled_ui(!session.view.is_open(), |ui| {
                form.summary(ui, &session.view);
                form.show(ui, intents);
            });
            ui.add_space(2.0 * UNIT);
        });
}

fn button(ui: &mut Ui, (text, name): (&str, &str), hover: &str, enabled: bool) -> bool {
    ui.add_enabled(
        enabled,
        Button::new(text).min_size(vec2(7.0 * UNIT, 3.0 * UNIT)),
    )
    .accessible_name(name)
    .on_hover_text(hover)
    .on_disabled_hover_text(hover)
    .clicked()
}

fn buttons(ui: &mut Ui, form: &mut PlanForm, session: &Session, intents: &mut Vec<StudyIntent>) {
    let view = &session.view;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        let mut tell = |clicked: bool, command| {
            if clicked {
                intents.push(StudyIntent::Tell(command));
            }
        };
        if view.is_open() {
            if view.state() == Some(StudyState::Paused) {
                let hover = "Goes on where it paused.";
                tell(button(ui, ("Go on", "Go on with the study"), hover, true), StudyCommand::Resume);
            } else {
                let hover = "Waits after the piece at hand.";
                let free = view.asked().is_none() && !view.is_pending();
                tell(button(ui, ("Pause", "Pause study"), hover, free), StudyCommand::Pause);
            }
            let hover = "Ends after the piece at hand. What is done stays in the folder, and a study with the same folder goes on from there.";
            let free = view.asked() != Some(StudyCommand::Stop);
            tell(button(ui, ("Stop", "Stop study"), hover, free), StudyCommand::Stop);
        } else {
            let hover = "Does what the plan below says. Results that are in the folder already count. The live run is paused meanwhile.";
            if button(ui, ("Start", "Start study"), hover, true) {
                intents.push(match form.request() {
                    Ok(request) => StudyIntent::Start(Box::new(request)),
                    Err(problem) => StudyIntent::Wrong(problem),
                });
            }
        }
        let hover = "Writes a page with every table and figure, the figures as PNG and SVG, the numbers as JSON and the matrices as .npy into the study's folder.";
        let text = if session.is_reporting() { "Writing…" } else { "Export report" };
        let free = view.snapshot().is_some() && !session.is_reporting();
        if button(ui, (text, "Export report"), hover, free) {
            intents.push(StudyIntent::Report);
        }
    });
}

/// What the study is about.
#[must_use]
pub fn state_text(view: &StudyView) -> String {
    let waiting = match view.asked() {
        Some(StudyCommand::Pause) => Some("Pausing after the piece at hand"),
        Some(StudyCommand::Stop) => Some("Stopping after the piece at hand"),
        Some(StudyCommand::Resume) => Some("Going on"),
        None => None,
    };
    if let Some(text) = waiting {
        return text.to_owned();
    }
    let word = match view.state() {
        None if view.is_pending() => "Starting",
        None => "Not started: the figures on the right fill as points come in",
        Some(StudyState::Working) => "Working",
        Some(StudyState::Paused) => "Paused",
        Some(StudyState::Stopped) => "Stopped; started again, it goes on from its folder",
        Some(StudyState::Finished) => "Finished",
        Some(StudyState::Failed(_)) => "Failed",
    };
    word.to_owned()
}

fn progress(ui: &mut Ui, view: &StudyView) {
    let palette = theme::of(ui);
    ui.spacing_mut().item_spacing.y = UNIT / 2.0;
    ui.add(egui::Label::new(state_text(view)).wrap());
    if let Some(StudyState::Failed(message)) = view.state() {
        ui.add(egui::Label::new(RichText::new(message).color(palette.error)).wrap());
        let remedy =
            "What is done stays in the folder; started again, the study goes on from there.";
        ui.add(egui::Label::new(RichText::new(remedy).small().weak()).wrap());
        return;
    }
    damage(ui, view);
    let Some(progress) = view.progress() else {
        return;
    };
    let (done, all) = progress.tasks;
    let working = view.state() == Some(StudyState::Working);
    bar(ui, fraction(progress), working);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        let text = if done < all && view.is_open() {
            format!("task {} of {all}", done + 1)
        } else {
            format!("{done} of {all} tasks done")
        };
        ui.label(RichText::new(text).small());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let left = match progress.seconds_left {
                Some(seconds) if working => format!("{} left", numbers::duration(seconds)),
                None if working => "time left: soon".to_owned(),
                _ => String::new(),
            };
            ui.label(
                RichText::new(left)
                    .monospace()
                    .size(theme::SMALL)
                    .color(palette.weak),
            );
        });
    });
    if let Some(task) = progress.task.filter(|_| view.is_open()) {
        let text = RichText::new(task.describe()).small();
        ui.add(egui::Label::new(text).truncate());
        let (units, of) = progress.units;
        let text = if of > 0 {
            let (units, of) = (numbers::count(units), numbers::count(of));
            format!("{}: {units} / {of}", progress.phase)
        } else {
            progress.phase.to_owned()
        };
        ui.label(RichText::new(text).small().weak());
    }
}

/// What of the folder was damaged: a line, and the files under the pointer.
fn damage(ui: &mut Ui, view: &StudyView) {
    let notices = view
        .snapshot()
        .map_or(&[][..], |snapshot| &snapshot.notices);
    let text = match notices.len() {
        0 => return,
        1 => "A damaged file was set aside; its result is made again".to_owned(),
        count => format!("{count} damaged files were set aside; their results are made again"),
    };
    let text = RichText::new(text).small().color(theme::of(ui).error);
    ui.add(egui::Label::new(text).wrap())
        .on_hover_text(notices.join("\n"));
}

/// Tasks done, and the part of the one at hand.
fn fraction(progress: &StudyProgress) -> f32 {
    let (done, all) = progress.tasks;
    let (units, of) = progress.units;
    let part = units as f32 / of.max(1) as f32;
    let part = if done < all { part.min(1.0) } else { 0.0 };
    (done as f32 + part) / all.max(1) as f32
}

fn bar(ui: &mut Ui, fraction: f32, working: bool) {
    let palette = theme::of(ui);
    let size = vec2(ui.available_width() - UNIT, 4.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| {
        let per_cent = (100.0 * fraction).round();
        egui::WidgetInfo::labeled(
            egui::Role::ProgressIndicator,
            true,
            format!("{per_cent} % done"),
        )
    });
    ui.painter().rect_filled(rect, 2, palette.line);
    let mut filled = rect;
    filled.set_width(rect.width() * fraction.clamp(0.0, 1.0));
    let colour = if working { palette.lc } else { palette.weak };
    ui.painter().rect_filled(filled, 2, colour);
}
