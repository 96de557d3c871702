//! The controls, with what takes effect at once above and what needs a new run below.
//!
//! A control shows what the person chose; what the run has is the worker's to say. [`Draft`]
//! keeps both honest: a wish stays until it is granted or refused, and what changes without a
//! wish (the learning rate after a divergence, say) is followed.

mod draft;
mod shape;

use egui::{
    Button, CollapsingHeader, DragValue, RichText, ScrollArea, Slider, SliderClamping, TextEdit,
    Ui, vec2,
};

use super::intent::Intent;
use super::lambda;
use super::theme::{self, UNIT};
use crate::training::config::RunConfig;
use crate::view::numbers;
use crate::worker::protocol::Setting;
pub use draft::Draft;
use shape::{network, prior, training};

/// Shows the controls; notices stand in the `room` below them.
pub fn show(
    ui: &mut Ui,
    draft: &mut Draft,
    run: Option<&RunConfig>,
    room: f32,
    intents: &mut Vec<Intent>,
) {
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .max_height((ui.available_height() - room).max(0.0))
        .show(ui, |ui| {
            ui.set_width(ui.available_width() - UNIT);
            let before = draft.config.clone();
            trade_off(ui, &mut draft.config);
            learning(ui, &mut draft.config);
            denoising(ui, &mut draft.config);
            live_changes(&before, &draft.config, intents);
            ui.add_space(UNIT);
            ui.separator();
            let changed = run.is_some_and(|run| draft.needs_new_run(run));
            new_run(ui, changed, intents);
            data(ui, draft, intents);
            prior(ui, &mut draft.config.prior);
            network(ui, draft);
            training(ui, &mut draft.config);
            ui.add_space(2.0 * UNIT);
        });
}

/// What differs and can be changed in the run.
fn live_changes(before: &RunConfig, now: &RunConfig, intents: &mut Vec<Intent>) {
    let mut set = |changed: bool, setting: Setting| {
        if changed {
            intents.push(Intent::Set(setting));
        }
    };
    let (old, new) = (&before.training, &now.training);
    set(
        (old.lambda - new.lambda).abs() > 0.0,
        Setting::Lambda(new.lambda),
    );
    set(
        before.network.code != now.network.code,
        Setting::CodeSize(now.network.code),
    );
    set(
        (old.learning_rate - new.learning_rate).abs() > 0.0,
        Setting::LearningRate(new.learning_rate),
    );
    set(
        (old.input_noise - new.input_noise).abs() > 0.0,
        Setting::InputNoise(new.input_noise),
    );
    set(
        before.denoising != now.denoising,
        Setting::Denoising(now.denoising),
    );
    set(before.shown != now.shown, Setting::Shown(now.shown));
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(UNIT);
    ui.label(RichText::new(text).strong());
}

fn trade_off(ui: &mut Ui, config: &mut RunConfig) {
    let hover = "λ weighs alignment against reconstruction: the loss is (1 − λ) Lr + λ Lc (Eq. 5 and 8). It takes effect with the next minibatch.";
    ui.horizontal(|ui| {
        ui.label(RichText::new("Trade-off λ").strong())
            .on_hover_text(hover);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(
                DragValue::new(&mut config.training.lambda)
                    .range(0.0..=1.0)
                    .speed(0.002)
                    .custom_formatter(|value, _| numbers::lambda(value)),
            )
            .accessible_name("λ, typed")
            .on_hover_text("λ, typed: from 0 to 1 (Eq. 5).");
        });
    });
    lambda::slider(ui, &mut config.training.lambda).on_hover_text(hover);
    ui.add_space(UNIT / 2.0);
    let code = &mut config.network.code;
    let hover = "Nc, the number of code units (Section 3). The code layer starts anew, the layers below stay.";
    labelled(ui, "Code size Nc", hover, |ui| {
        let mut exponent = (*code as f64).log2();
        let slider = Slider::new(&mut exponent, 1.0..=11.0)
            .show_value(false)
            .clamping(SliderClamping::Edits)
            .step_by(1.0)
            .custom_formatter(|exponent, _| format!("{:.0}", exponent.exp2()));
        let slider = ui.add(slider).accessible_name("Nc");
        if slider.changed() {
            *code = exponent.round().exp2() as usize;
        }
        let typed = ui.add(DragValue::new(code).range(1..=8192).speed(1.0));
        slider.on_hover_text(hover);
        typed
            .accessible_name("Nc, typed")
            .on_hover_text("Nc, typed: any size from 1 to 8,192.");
    });
}

/// A name over a row of widgets.
fn labelled(ui: &mut Ui, name: &str, hover: &str, row: impl FnOnce(&mut Ui)) {
    ui.label(RichText::new(name).small().weak())
        .on_hover_text(hover);
    ui.horizontal(|ui| {
        // All values stand in boxes of one width.
        ui.spacing_mut().interact_size.x = 7.0 * UNIT;
        ui.spacing_mut().slider_width = ui.available_width() - 8.0 * UNIT;
        row(ui);
    });
}

/// A slider with its value beside it, named. A value between or beyond its steps stays until
/// somebody moves it.
fn slider(ui: &mut Ui, name: &str, hover: &str, slider: Slider<'_>) {
    labelled(ui, name, hover, |ui| {
        ui.add(slider.clamping(SliderClamping::Edits))
            .accessible_name(name)
            .on_hover_text(hover);
    });
}

fn learning(ui: &mut Ui, config: &mut RunConfig) {
    heading(ui, "Learning");
    let rate = Slider::new(&mut config.training.learning_rate, 1e-5..=1e-1)
        .logarithmic(true)
        .custom_formatter(|value, _| format!("{value:.1e}"));
    slider(
        ui,
        "Learning rate",
        "Adam's step size; takes effect with the next minibatch.",
        rate,
    );
    let noise = Slider::new(&mut config.training.input_noise, 0.0..=1.0).fixed_decimals(2);
    let hover = "Standard deviation of Gaussian noise on the digits that the network trains on; it learns to rebuild them without it. 0 in the paper.";
    slider(ui, "Training noise σ", hover, noise);
    let shown = Slider::new(&mut config.shown, 50..=3000).step_by(50.0);
    let hover = "How many held-out digits the kernels show: the side of P, C and C − P.";
    slider(ui, "Digits in the kernels", hover, shown);
}

fn denoising(ui: &mut Ui, config: &mut RunConfig) {
    heading(ui, "Denoising");
    let denoising = &mut config.denoising;
    let noise = Slider::new(&mut denoising.noise, 0.0..=1.0).fixed_decimals(2);
    slider(
        ui,
        "Test noise σ",
        "Standard deviation of the Gaussian noise that is put on test digits and taken away again (Table 2: 0.25).",
        noise,
    );
    let components = Slider::new(&mut denoising.components, 1..=128).logarithmic(true);
    slider(
        ui,
        "Components m",
        "Principal components that every method keeps (Table 2: 32).",
        components,
    );
    let ridge = Slider::new(&mut denoising.ridge, 1e-4..=10.0)
        .logarithmic(true)
        .max_decimals(4);
    let hover = "Ridge of the kernel regression from scores to pixels that finds kPCA's pre-images (Section 4.4).";
    slider(ui, "Pre-image ridge", hover, ridge);
    let width = Slider::new(&mut denoising.width, 0.1..=10.0)
        .logarithmic(true)
        .max_decimals(2);
    let hover =
        "Width of the pre-image's RBF kernel, as a multiple of the median distance between scores.";
    slider(ui, "Pre-image width", hover, width);
    ui.checkbox(&mut denoising.clip, "Cut noisy pixels to [0, 1]")
        .on_hover_text(
            "Whether noisy pixels stay in the range of grey values; the paper leaves them.",
        );
}

fn new_run(ui: &mut Ui, changed: bool, intents: &mut Vec<Intent>) {
    let palette = theme::of(ui);
    ui.add_space(UNIT / 2.0);
    ui.label(RichText::new("For a new run").strong())
        .on_hover_text(
            "What stands below shapes a run from its start, so a change begins a new one.",
        );
    let text = if changed {
        "Start a new run with the changes"
    } else {
        "Start a new run"
    };
    let mut button = Button::new(text).min_size(vec2(ui.available_width(), 3.5 * UNIT));
    if changed {
        button = button.stroke((1.5, palette.notice));
    }
    let hover = "Ends the present run and starts one with all settings of this column.";
    if ui.add(button).on_hover_text(hover).clicked() {
        intents.push(Intent::Start);
    }
}

fn data(ui: &mut Ui, draft: &mut Draft, intents: &mut Vec<Intent>) {
    section(ui, "Data", true, |ui| {
        let mut load = false;
        let mut field = |ui: &mut Ui, name: &str, hint: &str, hover: &str, text: &mut String| {
            let label = ui
                .label(RichText::new(name).small().weak())
                .on_hover_text(hover);
            let edit = TextEdit::singleline(text)
                .hint_text(hint.to_owned())
                .desired_width(f32::INFINITY);
            let response = ui.add(edit).labelled_by(label.id).on_hover_text(hover);
            load |= response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        };
        field(
            ui,
            "Path of the images",
            "digits in the program",
            "An IDX file, plain or gzip; labels are found beside it by name. Empty: the digits in the program.",
            &mut draft.path,
        );
        field(
            ui,
            "Samples",
            "all",
            "How many samples to draw by the seed; empty: all.",
            &mut draft.samples,
        );
        field(
            ui,
            "Classes",
            "all",
            "Which classes, such as 5, 6 or 0-4; empty: all.",
            &mut draft.classes,
        );
        let hover = "Reads the data and starts a run on them; if that fails, the present data and run stay.";
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
        }
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new("Seed").small().weak());
            let hover =
                "Everything random follows from it: split, mixtures, weights, minibatches, noise.";
            ui.add(DragValue::new(&mut draft.config.seed).speed(0.1))
                .labelled_by(label.id)
                .on_hover_text(hover);
        });
        draft.choice.seed = draft.config.seed;
    });
}

fn section(ui: &mut Ui, name: &str, open: bool, content: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(name)
        .default_open(open)
        .show_unindented(ui, |ui| {
            content(ui);
            ui.add_space(UNIT / 2.0);
        });
}
