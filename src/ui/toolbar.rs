//! The toolbar: data, preset, the run's buttons, what is going on and for how long still.

mod choices;
mod save;

use std::path::PathBuf;

use egui::{Button, RichText, Ui, vec2};

use super::help::{self, Part};
use super::icons::{self, Icon};
use super::intent::{Intent, Page};
use super::loading::DataChoice;
use super::pins::PinIntent;
use super::theme::{self, UNIT};
use crate::exhibit::numbers;
use crate::training::MORE_STEPS;
use crate::training::config::{Preset, RunConfig};
use crate::view::{RunState, RunView};
use crate::worker::protocol::{End, PhaseKind, Progress};
use choices::{data_menu, preset_menu};
pub use save::save_entries;
use save::save_menu;

/// What the toolbar shows beside the run itself.
pub struct Facts<'a> {
    /// The data's name.
    pub data: &'a str,
    /// The settings of the controls.
    pub config: &'a RunConfig,
    /// The settings of a preset.
    pub of_preset: fn(Preset) -> RunConfig,
    /// Whether a file is being read.
    pub loading: bool,
    /// Whether the run is paused to make room for a study.
    pub waits: bool,
    /// The choice of samples and classes in the controls, kept when other data are loaded.
    pub choice: &'a DataChoice,
    /// Where pictures go.
    pub folder: &'a mut String,
    /// The page that is shown.
    pub page: Page,
    /// How far a study is; empty if none works.
    pub badge: &'a str,
    /// The network that is on show in the place of the run's: what it is called.
    pub beside: Option<&'a str>,
    /// The one of these that a run would go on from: what the pointer is on is not.
    pub chosen: Option<&'a str>,
    /// Whether the network on show can be pinned.
    pub can_pin: bool,
    /// Sessions that were saved or opened, the last first.
    pub recent: &'a [PathBuf],
    /// Sessions of the windows before this one, the last first.
    pub ended: &'a [PathBuf],
}

/// Shows the toolbar.
pub fn show(ui: &mut Ui, run: &RunView, facts: &mut Facts<'_>, intents: &mut Vec<Intent>) {
    ui.horizontal_centered(|ui| {
        pages(ui, facts, intents);
        ui.separator();
        if facts.page.is_of_the_run() {
            let data = data_menu(ui, facts, intents);
            let preset = preset_menu(ui, facts, intents);
            help::mark(ui, Part::Data, data.union(preset));
            ui.separator();
        } else {
            ui.label(RichText::new("Live run").small().weak());
        }
        let buttons = ui
            .scope(|ui| run_buttons(ui, run, facts.chosen, intents))
            .response
            .rect;
        help::mark(ui, Part::Run, buttons);
        ui.separator();
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            save_menu(ui, run, facts, intents);
            let hover =
                "Pins the network on show, to be held against others (P). B goes to it and back.";
            if icon(ui, Icon::Pin, "Pin", hover, facts.can_pin) {
                intents.push(Intent::Pin(PinIntent::Pin));
            }
            let hover = "Light or dark.";
            if icon(ui, Icon::Theme, "Theme", hover, true) {
                intents.push(Intent::ToggleTheme);
            }
            if icon(
                ui,
                Icon::Help,
                "How to read this window",
                "How to read this window (F1).",
                true,
            ) {
                intents.push(Intent::ToggleHelp);
            }
            ui.separator();
            let rest = egui::Layout::left_to_right(egui::Align::Center);
            let status = ui.with_layout(rest, |ui| status(ui, run, facts));
            help::mark(ui, Part::Status, status.response.rect);
        });
    });
}

/// The width of *Experiments 100/100*.
const EXPERIMENTS: f32 = 19.0 * UNIT;

/// The page switch.
fn pages(ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    ui.spacing_mut().item_spacing.x = UNIT / 2.0;
    let experiments = format!("Experiments{}", facts.badge);
    for (page, name, hover) in [
        (Page::Live, "Live", "One run, live."),
        (
            Page::Inside,
            "Inside",
            "What is inside the network on show: its code space, its units, images of one's own.",
        ),
        (
            Page::Experiments,
            experiments.as_str(),
            "The paper's figures and tables over several seeds. The live run stays as it is.",
        ),
    ] {
        let chosen = facts.page == page;
        let mut tab = Button::selectable(chosen, name);
        if page == Page::Experiments {
            // As wide as it can become, so that no button beside it moves when a study begins.
            tab = tab.min_size(vec2(EXPERIMENTS, 0.0));
        }
        let response = ui.add(tab).on_hover_text(hover);
        if page == Page::Experiments {
            help::mark(ui, Part::Experiments, response.rect);
        }
        if response.clicked() {
            intents.push(Intent::Page(page));
        }
    }
}

fn icon(ui: &mut Ui, icon: Icon, name: &str, hover: &str, enabled: bool) -> bool {
    icons::button(ui, icon, enabled)
        .accessible_name(name)
        .on_hover_text(hover)
        .on_disabled_hover_text(hover)
        .clicked()
}

fn run_buttons(ui: &mut Ui, run: &RunView, chosen: Option<&str>, intents: &mut Vec<Intent>) {
    ui.spacing_mut().item_spacing.x = UNIT / 2.0;
    let paused = run.state == RunState::Paused;
    match &run.state {
        state if chosen.is_some() && *state != RunState::Running => {
            let hover = format!(
                "A run that goes on from what is on show, {}, for {MORE_STEPS} steps (Space).",
                chosen.unwrap_or_default(),
            );
            if icon(ui, Icon::Play, "Train on from this network", &hover, true) {
                intents.push(Intent::TrainOn);
            }
        }
        RunState::Running => {
            if icon(
                ui,
                Icon::Pause,
                "Pause",
                "Waits after the step at hand (Space).",
                true,
            ) {
                intents.push(Intent::Pause);
            }
        }
        RunState::Paused => {
            if icon(ui, Icon::Play, "Go on", "Goes on (Space).", true) {
                intents.push(Intent::Resume);
            }
        }
        RunState::Finished(End::Stopped) => {
            let hover = "Goes on with the steps that were left (Space).";
            if icon(ui, Icon::Play, "Go on", hover, true) {
                intents.push(Intent::Resume);
            }
        }
        RunState::Finished(End::Done | End::Settled) => {
            let hover = format!("Trains for {MORE_STEPS} steps more.");
            if icon(ui, Icon::Play, "Train on", &hover, true) {
                intents.push(Intent::Extend(MORE_STEPS));
            }
        }
        RunState::Diverged(..) => {
            let hover = "Goes on from the last good weights at a tenth of the learning rate.";
            if icon(ui, Icon::Play, "Go on gently", hover, true) {
                intents.push(Intent::ContinueGently);
            }
        }
        RunState::Empty | RunState::Failed(_) => {
            if icon(
                ui,
                Icon::Play,
                "Start",
                "Starts a run with the settings on the left.",
                true,
            ) {
                intents.push(Intent::Start);
            }
        }
    }
    if icon(
        ui,
        Icon::Step,
        "Single step",
        "Takes one step of a paused run (→).",
        paused,
    ) {
        intents.push(Intent::Step);
    }
    let hover = "Starts anew with the settings on the left, under the same seed.";
    if icon(ui, Icon::Restart, "Restart", hover, true) {
        intents.push(Intent::Start);
    }
    let hover = "Stops the run and takes its scores on all test samples; what it made stays on show, and ▶ goes on.";
    if icon(ui, Icon::Stop, "Stop", hover, run.is_open()) {
        intents.push(Intent::Stop);
    }
}

/// What is going on, in words.
#[must_use]
pub fn phase_text(run: &RunView) -> String {
    let running = run
        .progress
        .as_ref()
        .map_or_else(|| "Starting".to_owned(), progress_text);
    match &run.state {
        RunState::Empty if run.is_pending() => "Starting".to_owned(),
        RunState::Empty => "No run yet".to_owned(),
        RunState::Running if run.trains_on() => match &run.config {
            Some(config) => format!(
                "Training on, λ {}: {}",
                numbers::lambda(config.training.lambda),
                running.trim_start_matches("Training: ")
            ),
            None => running,
        },
        RunState::Running => running,
        RunState::Paused => format!("Paused · {}", lower(&running)),
        RunState::Diverged(..) => "Diverged: the loss is not finite".to_owned(),
        RunState::Finished(End::Stopped) => {
            let place = running
                .rsplit_once(": ")
                .map_or(&*running, |(_, place)| place);
            format!("Stopped at {place}")
        }
        RunState::Finished(End::Settled) => match &run.progress {
            Some(progress) => format!(
                "Rests: loss settled at step {}",
                numbers::count(usize::try_from(progress.step).unwrap_or(usize::MAX))
            ),
            None => "Rests: loss settled".to_owned(),
        },
        RunState::Finished(End::Done) => {
            let seconds: f64 = run.phases.iter().map(|(_, time)| time.as_secs_f64()).sum();
            format!("Finished after {}", numbers::duration(seconds))
        }
        RunState::Failed(_) => "Failed".to_owned(),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn progress_text(progress: &Progress) -> String {
    // Steps are counted from the first one of the run, as the loss curves count them.
    let before = match progress.phase {
        PhaseKind::Pretraining | PhaseKind::Training => {
            usize::try_from(progress.step).map_or(0, |step| step.saturating_sub(progress.done))
        }
        _ => 0,
    };
    let done = numbers::count(before + progress.done);
    let done = if progress.settling {
        format!("{done}, until validation settles")
    } else {
        format!("{done} / {}", numbers::count(before + progress.total))
    };
    match (progress.phase, progress.layer) {
        (PhaseKind::Prior, _) => format!("Prior: mixture {done}"),
        (PhaseKind::Posteriors, _) => format!("Posteriors: sample {done}"),
        (PhaseKind::Pretraining, Some(layer)) => format!("Pretraining layer {layer}: step {done}"),
        (PhaseKind::Pretraining, None) => format!("Pretraining: step {done}"),
        (PhaseKind::Training, _) => format!("Training: step {done}"),
        (PhaseKind::Evaluation, _) => "Evaluating on all test samples".to_owned(),
    }
}

/// What stands behind the steps a second, once there were some.
fn rate(progress: &Progress) -> Option<String> {
    let (steps, flops) = (progress.steps_per_second?, progress.flops?);
    Some(format!(
        "A step takes {} ms. Its matrix products run at {} GFLOP/s, {} % of what this processor \
         can do ({} GFLOP/s).",
        numbers::three(1e3 / steps),
        numbers::three(flops / 1e9),
        numbers::three(100.0 * flops / progress.fma_limit),
        numbers::three(progress.fma_limit / 1e9),
    ))
}

fn status(ui: &mut Ui, run: &RunView, facts: &Facts<'_>) {
    let palette = theme::of(ui);
    let text = if facts.loading {
        "Reading data…".to_owned()
    } else if facts.waits && run.state == RunState::Paused {
        phase_text(run).replacen("Paused", "Paused for the study", 1)
    } else {
        phase_text(run)
    };
    // What is on show may be another network than the run's.
    let text = match facts.beside {
        Some(beside) => format!("{text} · on show: {beside}"),
        None => text,
    };
    let (mut left, mut pace, mut fraction) = (String::new(), String::new(), 0.0);
    if let Some(progress) = &run.progress {
        fraction = progress.done as f32 / progress.total.max(1) as f32;
        if run.state == RunState::Running {
            left = progress.seconds_left.map_or_else(String::new, |seconds| {
                format!("{} left", numbers::duration(seconds))
            });
        }
        let working = matches!(run.state, RunState::Running | RunState::Paused);
        let steps = progress.steps_per_second.filter(|_| working);
        pace = steps.map_or_else(String::new, |pace| {
            format!("{} steps/s", numbers::three(pace))
        });
    }
    if matches!(run.state, RunState::Finished(End::Done | End::Settled)) {
        fraction = 1.0;
    }
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = UNIT / 2.0;
        ui.add_space(UNIT * 1.25);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                let room = ui.available_width();
                if room > 260.0 {
                    // As wide as they can become, so that nothing beside them moves.
                    let times = RichText::new(format!("{left:>12}   {pace:>13}")).monospace();
                    let response = ui.label(times.size(theme::SMALL).color(palette.weak));
                    if let Some(rate) = run.progress.as_ref().and_then(rate) {
                        response.on_hover_text(rate);
                    }
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Min), |ui| {
                    let response = ui.add(egui::Label::new(RichText::new(&text).size(12.5)).truncate());
                    if let Some(summary) = &run.summary {
                        response.on_hover_text(format!(
                            "{}: {} training, {} validation, {} test samples of {} × {} pixels · seed {} · {} · {} parameters · {} threads",
                            summary.data,
                            numbers::count(summary.samples[0]),
                            numbers::count(summary.samples[1]),
                            numbers::count(summary.samples[2]),
                            summary.shape.height,
                            summary.shape.width,
                            summary.config.seed,
                            summary.dims.iter().map(ToString::to_string).collect::<Vec<_>>().join("–"),
                            numbers::count(summary.parameters),
                            summary.threads,
                        ));
                    }
                });
            });
        });
        let (rect, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), 4.0), egui::Sense::hover());
        ui.painter().rect_filled(rect, 2, palette.line);
        let mut filled = rect;
        filled.set_width(rect.width() * fraction.clamp(0.0, 1.0));
        let colour = if run.state == RunState::Running { palette.lc } else { palette.weak };
        ui.painter().rect_filled(filled, 2, colour);
    });
}
