//! The controls, by what matters: λ, Nc, the prior kernel, learning; denoising and data below.
//!
//! What takes effect at once has no mark; what only a new run can take carries one, which is
//! coloured where the run on show has another value. The button that starts a new run stands at
//! the column's foot, always in sight.
//!
//! A control shows what the person chose; what the run has is the worker's to say. [`Draft`]
//! keeps both honest: a wish stays until it is granted or refused, and what changes without a
//! wish (the learning rate after a divergence, say) is followed.

mod beyond;
mod data;
mod draft;
mod field;
mod foot;
mod ladder;
mod shape;

use egui::{DragValue, Rect, RichText, ScrollArea, Slider, SliderClamping, Ui};

use super::help::{self, Part};
use super::intent::Intent;
use super::ladder::{LadderHost, LadderIntent};
use super::theme::UNIT;
use super::{lambda, words};
use crate::data::DataSet;
use crate::exhibit::numbers;
use crate::experiment::ladder::{CODE_EXPONENTS, Dial, Place};
use crate::training::config::RunConfig;
use crate::view::RunView;
use crate::worker::protocol::LiveSettings;
pub use draft::Draft;
use field::{Field, labelled, section, slider};
pub use foot::HEIGHT as FOOT;

/// What the controls show beside the settings themselves.
pub struct Facts<'a> {
    /// The run on show.
    pub run: &'a RunView,
    /// The data on show.
    pub data: Option<&'a DataSet>,
    /// The ladder.
    pub ladder: &'a LadderHost,
    /// The network that is on show in the place of the run's: what it is called.
    pub beside: Option<&'a str>,
    /// The height that notices take above the column's foot.
    pub room: f32,
    /// Whether a change of the settings can be taken back, and one be made again.
    pub steps: [bool; 2],
    /// Whether there is something whose settings can be copied.
    pub copies: bool,
    /// The data that the next run takes, where those are others than the ones on show.
    pub next_data: Option<String>,
}

impl Facts<'_> {
    /// The run's own settings.
    fn config(&self) -> Option<&RunConfig> {
        self.run.config.as_ref()
    }

    /// How many validation digits there are to show.
    fn held_out(&self) -> Option<usize> {
        self.run.summary.as_ref().map(|summary| summary.samples[1])
    }
}

/// Shows the controls.
pub fn show(ui: &mut Ui, draft: &mut Draft, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let height = ui.available_height() - facts.room - foot::HEIGHT;
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .max_height(height.max(0.0))
        .show(ui, |ui| {
            ui.set_width(ui.available_width() - UNIT);
            let before = draft.config.clone();
            let run = facts.config();
            trade_off(ui, &mut draft.config, facts, intents);
            shape::prior(ui, &mut draft.config.prior, run.map(|run| &run.prior));
            learning(ui, &mut draft.config, run);
            ui.add_space(UNIT / 2.0);
            ui.separator();
            shape::network(ui, draft, run);
            beyond::show(ui, &mut draft.config, run.map(|run| &run.training));
            section(ui, "Denoising", true, |ui| denoising(ui, &mut draft.config));
            section(ui, "Data and pictures", true, |ui| {
                shown(ui, &mut draft.config, facts);
                data::show(ui, draft, facts, intents);
            });
            let escaped = ui.input(|input| input.key_pressed(egui::Key::Escape));
            if escaped || draft.escaped {
                // Boxes take what was typed in the frame after they lost the focus, also to Escape.
                draft.config = before.clone();
            }
            draft.escaped = escaped;
            if draft.live() != LiveSettings::of(&before) {
                intents.push(Intent::Set(draft.live()));
            }
            ui.add_space(2.0 * UNIT);
        });
    foot::show(ui, draft, facts, intents);
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(UNIT);
    ui.label(RichText::new(text).strong());
}

fn trade_off(ui: &mut Ui, config: &mut RunConfig, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    // While networks are compared, the slider is theirs, and steers nothing.
    let view = &facts.ladder.view;
    let compared = view.compares() && view.has_rungs(Dial::Lambda);
    let chosen = view.chosen(Dial::Lambda);
    let mut lambda = chosen.unwrap_or(config.training.lambda);
    let before = lambda;
    let free = !view.compares() || compared;
    let block = ui.add_enabled_ui(free, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Trade-off λ").strong());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(
                    DragValue::new(&mut lambda)
                        .clip_text(true)
                        .range(0.0..=1.0)
                        .speed(0.002)
                        .update_while_editing(false)
                        .custom_formatter(|value, _| numbers::lambda(value)),
                )
                .accessible_name("λ, typed");
            });
        });
        lambda::slider(ui, &mut lambda);
    });
    if lambda.total_cmp(&before).is_ne() {
        if compared {
            let place = Place {
                dial: Dial::Lambda,
                value: lambda,
            };
            intents.push(Intent::Ladder(LadderIntent::Choose(place)));
        } else {
            config.training.lambda = lambda;
        }
    }
    let response = block.response;
    let about = if compared {
        words::COMPARE
    } else {
        words::LAMBDA
    };
    words::explain(&response, response.rect, about);
    help::mark(ui, Part::Lambda, response.rect);
    ladder::show(ui, config, facts, intents);
    ui.add_space(UNIT / 2.0);
    code_size(ui, config, facts, intents);
}

/// Nc, which steers the run or, while networks are compared, goes through those of its dial.
fn code_size(ui: &mut Ui, config: &mut RunConfig, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let view = &facts.ladder.view;
    let compared = view.compares() && view.has_rungs(Dial::Code);
    let mut code = match view.chosen(Dial::Code) {
        Some(chosen) => chosen as usize,
        None => config.network.code,
    };
    let before = code;
    let field = Field::at_once("Code size Nc", words::NC);
    let mut track = Rect::NOTHING;
    let free = !view.compares() || compared;
    let block = ui.add_enabled_ui(free, |ui| {
        labelled(ui, &field, |ui| {
            let mut exponent = (code as f64).log2();
            let [least, most] = CODE_EXPONENTS;
            let slider = Slider::new(&mut exponent, least..=most)
                .show_value(false)
                .clamping(SliderClamping::Edits)
                .step_by(1.0)
                .custom_formatter(|exponent, _| format!("{:.0}", exponent.exp2()));
            let slider = ui.add(slider).accessible_name("Nc");
            if slider.changed() {
                code = exponent.round().exp2() as usize;
            }
            track = slider.rect;
            let typed = DragValue::new(&mut code)
                .clip_text(true)
                .range(1..=8192)
                // More than that can be pasted.
                .clamp_existing_to_range(false)
                .speed(1.0)
                .custom_formatter(|value, _| numbers::count(value.max(0.0) as usize))
                .custom_parser(|text| text.replace([',', ' '], "").parse().ok());
            ui.add(typed.update_while_editing(false))
                .accessible_name("Nc, typed");
        })
    });
    if code != before {
        if compared {
            let value = code as f64;
            let place = Place {
                dial: Dial::Code,
                value,
            };
            intents.push(Intent::Ladder(LadderIntent::Choose(place)));
        } else {
            config.network.code = code;
        }
    }
    if !free {
        block.response.on_hover_text("While networks are compared, Nc goes through the ladder's, and none of them is there yet. Steer changes the run's.");
    }
    let knob = track.height() / 2.5;
    ladder::rungs(ui, Dial::Code, track.x_range().shrink(knob), facts, intents);
    help::mark(ui, Part::CodeSize, block.inner);
}

fn learning(ui: &mut Ui, config: &mut RunConfig, run: Option<&RunConfig>) {
    heading(ui, "Learning");
    let rate = Slider::new(&mut config.training.learning_rate, 1e-5..=1e-1)
        .logarithmic(true)
        .custom_formatter(|value, _| format!("{value:.1e}"));
    let hover = "Adam's step size. It takes effect with the next minibatch.";
    slider(ui, &Field::at_once("Learning rate", hover), rate);
    let noise = Slider::new(&mut config.training.input_noise, 0.0..=1.0).fixed_decimals(2);
    let hover = "Standard deviation of Gaussian noise on the images that the network trains on; it learns to rebuild them without it: x′ = D(E(x + ε)), ε ~ N(0, σ²). 0 in the paper.";
    slider(ui, &Field::at_once("Training noise σ", hover), noise);
    shape::training(ui, &mut config.training, run.map(|run| &run.training));
}

fn denoising(ui: &mut Ui, config: &mut RunConfig) {
    let denoising = &mut config.denoising;
    let noise = Slider::new(&mut denoising.noise, 0.0..=1.0).fixed_decimals(2);
    let hover = "Standard deviation of the Gaussian noise that is put on validation images and taken away again: x + ε, ε ~ N(0, σ²) (Table 2: 0.25).";
    slider(ui, &Field::at_once("Test noise σ", hover), noise);
    let components = Slider::new(&mut denoising.components, 1..=128).logarithmic(true);
    let hover = "m, the principal components that every method keeps (Table 2: 32).";
    slider(ui, &Field::at_once("Components m", hover), components);
    let ridge = Slider::new(&mut denoising.ridge, 1e-4..=10.0)
        .logarithmic(true)
        .max_decimals(4);
    let hover = "Ridge r of the kernel regression from scores to pixels that finds kPCA's pre-images: X′ = K (K + r I)⁻¹ X (Section 4.5).";
    slider(ui, &Field::at_once("Pre-image ridge", hover), ridge);
    let width = Slider::new(&mut denoising.width, 0.1..=10.0)
        .logarithmic(true)
        .max_decimals(2);
    let hover = "σ of the pre-image's RBF kernel exp(−‖s − t‖² / 2σ²), as a multiple of the median distance between scores.";
    slider(ui, &Field::at_once("Pre-image width", hover), width);
    ui.checkbox(&mut denoising.clip, "Cut noisy pixels to [0, 1]")
        .on_hover_text(
            "Whether noisy pixels stay in the range of grey values; the paper leaves them.",
        );
}

/// How many digits the kernels show: at most as many as there are for validation.
fn shown(ui: &mut Ui, config: &mut RunConfig, facts: &Facts<'_>) {
    let there = facts.held_out();
    let most = there.unwrap_or(3000).clamp(1, 3000);
    let least = most.min(50);
    let before = config.shown.clamp(1, most);
    let mut count = before;
    let slider = Slider::new(&mut count, least..=most);
    // A step of fifty would not reach what is there.
    let hover = match there {
        Some(there) => format!(
            "How many validation images the kernels show: the side of P, C and C − P. There are {}.",
            numbers::count(there)
        ),
        None => {
            "How many validation images the kernels show: the side of P, C and C − P.".to_owned()
        }
    };
    field::slider(ui, &Field::at_once("Images in the kernels", &hover), slider);
    if count != before {
        config.shown = count;
    }
}
