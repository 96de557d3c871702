//! The page's left side: what the study does and for how long still, its buttons, and the plan.

use egui::{Button, RichText, ScrollArea, Ui, vec2};

use super::plan_form::sentence;
use super::watch::Now;
use super::{PlanForm, StudyHost, StudyIntent};
use crate::exhibit::numbers;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::view::study::progress_text;
use crate::worker::study_protocol::{StudyCommand, StudyProgress, StudyState};

/// Room for what the study does, so that nothing below jumps.
const LINES: f32 = 12.0 * UNIT;

/// What the column has room for beside the form.
pub struct Column<'a> {
    /// What the study does right now, where the right does not show it.
    pub now: Option<&'a mut Now>,
    /// The height of the column's foot that belongs to notices.
    pub room: f32,
}

/// Shows the left side.
pub fn show(
    ui: &mut Ui,
    form: &mut PlanForm,
    host: &StudyHost,
    column: Column<'_>,
    intents: &mut Vec<StudyIntent>,
) {
    ui.label(RichText::new("The paper's experiments").strong());
    buttons(ui, form, host, intents);
    ui.scope(|ui| {
        ui.set_min_height(LINES);
        progress(ui, host);
    });
    if let Some(now) = column.now {
        now.small(ui, &host.view);
    }
    ui.separator();
    let height = ui.available_height() - column.room;
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .max_height(height.max(0.0))
        .show(ui, |ui| {
            ui.set_width(ui.available_width() - UNIT);
            // What is being done is not what the form says any more, so it must not seem so.
            ui.add_enabled_ui(!host.view.is_open(), |ui| {
                form.summary(ui);
                form.show(ui, intents);
            });
            ui.add_space(2.0 * UNIT);
        });
}

/// A button: its text, its name for a screen reader, what it does.
struct Labels<'a> {
    text: &'a str,
    name: &'a str,
    hover: &'a str,
}

fn button(ui: &mut Ui, labels: &Labels<'_>, enabled: bool, primary: bool) -> bool {
    let button = if primary {
        theme::primary(ui, labels.text)
    } else {
        Button::new(labels.text)
    };
    ui.add_enabled(enabled, button.min_size(vec2(7.0 * UNIT, 3.0 * UNIT)))
        .accessible_name(labels.name)
        .on_hover_text(labels.hover)
        .on_disabled_hover_text(labels.hover)
        .clicked()
}

fn buttons(ui: &mut Ui, form: &mut PlanForm, host: &StudyHost, intents: &mut Vec<StudyIntent>) {
    let view = &host.view;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        // Each button keeps its place in every state: a second click never meets another one.
        if view.is_open() {
            pause_or_go_on(ui, view, intents);
        } else {
            let (labels, enabled) = start_labels(view);
            if button(ui, &labels, enabled, true) {
                intents.push(match form.request() {
                    Ok(request) => StudyIntent::Start(Box::new(request)),
                    Err(problem) => StudyIntent::Wrong(problem),
                });
            }
        }
        let labels = Labels {
            text: "Stop",
            name: "Stop study",
            hover: "Ends after the piece at hand. What is done stays in the folder, and a study with the same folder goes on from there.",
        };
        let free = view.is_open() && view.asked() != Some(StudyCommand::Stop);
        if button(ui, &labels, free, false) {
            intents.push(StudyIntent::Tell(StudyCommand::Stop));
        }
        let labels = Labels {
            text: if host.is_reporting() { "Writing…" } else { "Export report" },
            name: "Export report",
            hover: "Writes a page with every table and figure, the figures as PNG and SVG, the numbers as JSON and the matrices as .npy into the study's folder.",
        };
        // Before it has read its data a study has nothing to report.
        let read = view.snapshot().is_some_and(|news| news.origin.is_some());
        let free = read && !host.is_reporting();
        if button(ui, &labels, free, false) {
            intents.push(StudyIntent::Report);
        }
    });
}

/// What starts a study: from nothing, from what is there of it, or not at all.
fn start_labels(view: &StudyView) -> (Labels<'static>, bool) {
    let start = |hover| Labels {
        text: "Start",
        name: "Start study",
        hover,
    };
    match view.rest() {
        Some((done, all)) if done == all => (
            start(
                "All of this plan is done. With more seeds, λ, Nc or experiments there is more to do.",
            ),
            false,
        ),
        Some((done, _)) if done > 0 || view.state() == Some(StudyState::Stopped) => (
            Labels {
                text: "Go on",
                name: "Go on with the study",
                hover: "Does what is left of the plan below. The live run pauses meanwhile.",
            },
            true,
        ),
        _ => (
            start(
                "Does what the plan below says. Results that are in the folder already count. The live run pauses meanwhile.",
            ),
            true,
        ),
    }
}

/// The first button of a study that runs.
fn pause_or_go_on(ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
    let paused = view.state() == Some(StudyState::Paused);
    let (labels, command) = if paused {
        let labels = Labels {
            text: "Go on",
            name: "Go on with the study",
            hover: "Goes on where it paused.",
        };
        (labels, StudyCommand::Resume)
    } else {
        let labels = Labels {
            text: "Pause",
            name: "Pause study",
            hover: "Waits after the piece at hand.",
        };
        (labels, StudyCommand::Pause)
    };
    let free = view.asked().is_none() && !view.is_pending();
    if button(ui, &labels, free, paused) {
        intents.push(StudyIntent::Tell(command));
    }
}

/// What the study is about.
#[must_use]
pub fn state_text(view: &StudyView) -> String {
    // Before its first word it is neither stopping nor pausing: it starts.
    let heard = view.is_open() && !view.is_pending();
    let waiting = match view.asked().filter(|_| heard) {
        Some(StudyCommand::Pause) => Some("Pausing after the piece at hand"),
        Some(StudyCommand::Stop) => Some("Stopping after the piece at hand"),
        Some(StudyCommand::Resume) => Some("Going on"),
        None => None,
    };
    if let Some(text) = waiting {
        return text.to_owned();
    }
    let complete = view.rest().is_some_and(|(done, all)| done == all);
    let word = match view.state() {
        None if view.is_pending() => "Starting",
        None => "Not started: the figures on the right fill as points come in",
        Some(StudyState::Working) => "Working",
        Some(StudyState::Paused) => "Paused",
        Some(StudyState::Stopped) => "Stopped",
        Some(StudyState::Finished) => "Finished",
        Some(StudyState::Found) if complete => "All of it is in the folder",
        Some(StudyState::Found) => "In the folder from before",
        Some(StudyState::Busy) => "Another program works in this folder",
        Some(StudyState::Failed(_)) => "Failed",
    };
    word.to_owned()
}

/// How long the tasks that are left take, as far as anybody knows.
#[must_use]
pub fn time_text(view: &StudyView) -> String {
    let Some(progress) = view.progress() else {
        return String::new();
    };
    let (done, all) = progress.tasks;
    match (progress.seconds_left, view.state()) {
        _ if done == all => String::new(),
        (Some(seconds), Some(StudyState::Working)) => {
            format!("{} left", numbers::duration(seconds))
        }
        (Some(seconds), _) => format!("about {} left", numbers::duration(seconds)),
        (None, Some(StudyState::Working)) => "time left unknown".to_owned(),
        (None, _) => String::new(),
    }
}

const TIME: &str = "All tasks that are left, from the operations that their networks take and the rate at which they were done so far. Spectra and comparisons take as long as the ones before. Unknown until the first network trains.";

fn progress(ui: &mut Ui, host: &StudyHost) {
    let (palette, view) = (theme::of(ui), &host.view);
    ui.spacing_mut().item_spacing.y = UNIT / 2.0;
    if host.is_looking() && !view.is_open() {
        ui.label("Reading the folder…");
        return;
    }
    if let Some(problem) = host.problem().filter(|_| view.state().is_none()) {
        let text = RichText::new(format!("{}.", sentence(problem))).color(palette.error);
        ui.add(egui::Label::new(text).wrap());
        return;
    }
    ui.add(egui::Label::new(state_text(view)).wrap());
    if let Some(StudyState::Failed(message)) = view.state() {
        let text = RichText::new(sentence(&message)).color(palette.error);
        ui.add(egui::Label::new(text).wrap());
        if view.rest().is_some_and(|(done, _)| done > 0) {
            let remedy =
                "What is done stays in the folder; started again, the study goes on from there.";
            ui.add(egui::Label::new(RichText::new(remedy).small().weak()).wrap());
        }
        return;
    }
    let Some(progress) = view.progress().filter(|progress| progress.tasks.1 > 0) else {
        return;
    };
    let (done, all) = progress.tasks;
    let working = view.state() == Some(StudyState::Working);
    bar(ui, fraction(progress), working);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        let text = if done < all && view.is_open() {
            format!("task {} of {all}", done + 1)
        } else if done < all {
            format!("{done} of {all} tasks done, {} left", all - done)
        } else {
            format!("{done} of {all} tasks done")
        };
        ui.label(RichText::new(text).small());
        if view.is_open() {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                time(ui, view);
            });
        }
    });
    if !view.is_open() {
        time(ui, view);
    }
    if let Some(task) = progress.task.filter(|_| view.is_open()) {
        let text = RichText::new(task.describe()).small();
        ui.add(egui::Label::new(text).truncate());
        ui.label(RichText::new(progress_text(view)).small().weak());
    }
    damaged(ui, view);
}

fn time(ui: &mut Ui, view: &StudyView) {
    let text = time_text(view);
    if text.is_empty() {
        return;
    }
    let weak = theme::of(ui).weak;
    let text = RichText::new(text)
        .monospace()
        .size(theme::SMALL)
        .color(weak);
    ui.add(egui::Label::new(text).extend()).on_hover_text(TIME);
}

/// What of the folder is damaged: a line, and the files under the pointer.
fn damaged(ui: &mut Ui, view: &StudyView) {
    let notices = view
        .snapshot()
        .map_or(&[][..], |snapshot| &snapshot.notices);
    let found = matches!(view.state(), Some(StudyState::Found | StudyState::Busy));
    let text = match (notices.len(), found) {
        (0, _) => return,
        (1, true) => "A file is damaged; its result will be made again".to_owned(),
        (count, true) => format!("{count} files are damaged; their results will be made again"),
        (1, false) => "A damaged file was set aside; its result is made again".to_owned(),
        (count, false) => {
            format!("{count} damaged files were set aside; their results are made again")
        }
    };
    let text = RichText::new(text).small().color(theme::of(ui).error);
    ui.add(egui::Label::new(text).wrap())
        .on_hover_text(notices.join("\n"));
}

/// The part of the work that is done; of tasks, where nobody has counted the work.
fn fraction(progress: &StudyProgress) -> f32 {
    let (done, all) = progress.tasks;
    let of_tasks = done as f32 / all.max(1) as f32;
    of_tasks.max(progress.share as f32)
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::experiment::plan::{Experiment, Plan};
    use crate::training::config::Preset;

    #[test]
    fn a_study_that_is_stopped_before_its_first_word_starts() {
        let mut view = StudyView::default();
        let plan = Plan::of(Preset::Quick, &[Experiment::Fig3a], 0, 1);
        view.expect(Arc::new(plan), Path::new("folder"));
        view.ask(StudyCommand::Stop);
        assert_eq!(state_text(&view), "Starting");
    }
}
