//! The controls, with what takes effect at once above and what needs a new run below.
//!
//! A control shows what the person chose; what the run has is the worker's to say. [`Draft`]
//! keeps both honest: a wish stays until it is granted or refused, and what changes without a
//! wish (the learning rate after a divergence, say) is followed.

use egui::{
    Button, CollapsingHeader, ComboBox, DragValue, RichText, ScrollArea, Slider, TextEdit, Ui, vec2,
};

use super::intent::Intent;
use super::lambda;
use super::loading::{DataChoice, parse_classes};
use super::theme::{self, UNIT};
use crate::training::config::{
    Activation, Covariance, PckConfig, PretrainingConfig, PriorConfig, RunConfig,
};
use crate::view::run::apply;
use crate::worker::protocol::Setting;

/// What the person chose.
pub struct Draft {
    /// All settings.
    pub config: RunConfig,
    /// Wishes that the worker has not answered.
    asked: Vec<Setting>,
    /// The data.
    pub choice: DataChoice,
    path: String,
    classes: String,
    samples: String,
    hidden: String,
    problem: Option<String>,
}

impl Draft {
    /// The controls before anybody touches them.
    #[must_use]
    pub fn new(config: RunConfig, choice: DataChoice) -> Self {
        let mut draft = Self {
            hidden: String::new(),
            path: String::new(),
            classes: String::new(),
            samples: String::new(),
            asked: Vec::new(),
            problem: None,
            config,
            choice,
        };
        draft.write_texts();
        draft
    }

    /// Other settings, of a preset.
    pub fn replace(&mut self, config: RunConfig) {
        self.config = config;
        self.asked.clear();
        self.write_texts();
    }

    /// Other data.
    pub fn set_choice(&mut self, choice: DataChoice) {
        self.choice = choice;
        self.write_texts();
    }

    fn write_texts(&mut self) {
        let join =
            |numbers: &mut dyn Iterator<Item = String>| numbers.collect::<Vec<_>>().join(", ");
        self.hidden = join(&mut self.config.network.hidden.iter().map(ToString::to_string));
        self.path = self
            .choice
            .path
            .as_ref()
            .map_or_else(String::new, |path| path.display().to_string());
        self.samples = self
            .choice
            .samples
            .map_or_else(String::new, |samples| samples.to_string());
        self.classes = self
            .choice
            .classes
            .as_ref()
            .map_or_else(String::new, |classes| {
                join(&mut classes.iter().map(ToString::to_string))
            });
    }

    /// A setting was sent to the worker.
    pub fn ask(&mut self, setting: Setting) {
        self.asked
            .retain(|old| std::mem::discriminant(old) != std::mem::discriminant(&setting));
        self.asked.push(setting);
    }

    /// A setting took effect.
    pub fn applied(&mut self, setting: &Setting) {
        let kind = std::mem::discriminant(setting);
        match self
            .asked
            .iter()
            .position(|asked| std::mem::discriminant(asked) == kind)
        {
            // An answer to an earlier wish; the latest is still to come.
            Some(index) if self.asked[index] != *setting => {}
            Some(index) => {
                self.asked.remove(index);
            }
            None => apply(&mut self.config, setting),
        }
    }

    /// A setting was refused: back to what the run has.
    pub fn refused(&mut self, setting: &Setting, effective: Option<&RunConfig>) {
        let kind = std::mem::discriminant(setting);
        self.asked
            .retain(|asked| std::mem::discriminant(asked) != kind);
        let Some(run) = effective else { return };
        let old = match setting {
            Setting::Lambda(_) => Setting::Lambda(run.training.lambda),
            Setting::CodeSize(_) => Setting::CodeSize(run.network.code),
            Setting::LearningRate(_) => Setting::LearningRate(run.training.learning_rate),
            Setting::InputNoise(_) => Setting::InputNoise(run.training.input_noise),
            Setting::Denoising(_) => Setting::Denoising(run.denoising),
            Setting::Shown(_) => Setting::Shown(run.shown),
        };
        apply(&mut self.config, &old);
    }

    /// Whether the settings that only a new run can take differ from the run's.
    fn needs_new_run(&self, run: &RunConfig) -> bool {
        let fixed = |config: &RunConfig| {
            let mut config = config.clone();
            config.network.code = 0;
            config.training.lambda = 0.0;
            config.training.learning_rate = 0.0;
            config.training.input_noise = 0.0;
            config.denoising = run.denoising;
            config.shown = 0;
            config.preset = run.preset;
            config
        };
        fixed(&self.config) != fixed(run)
    }

    /// The choice of data as it is written in the fields.
    fn written_choice(&self) -> Result<DataChoice, String> {
        let samples = self.samples.trim().replace(',', "");
        let samples = if samples.is_empty() {
            None
        } else {
            let wrong = |_| format!("“{samples}” is no number of samples; leave it empty for all");
            Some(samples.parse().map_err(wrong)?)
        };
        let path = self.path.trim();
        Ok(DataChoice {
            path: (!path.is_empty()).then(|| path.into()),
            samples,
            classes: parse_classes(&self.classes)?,
            seed: self.choice.seed,
        })
    }
}

/// Shows the controls.
pub fn show(ui: &mut Ui, draft: &mut Draft, run: Option<&RunConfig>, intents: &mut Vec<Intent>) {
    ScrollArea::vertical()
        .auto_shrink([false, false])
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
                    .custom_formatter(|value, _| lambda::text(value)),
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
        ui.spacing_mut().slider_width = ui.available_width() - 9.0 * UNIT;
        row(ui);
    });
}

/// A slider with its value beside it, named.
fn slider(ui: &mut Ui, name: &str, hover: &str, slider: Slider<'_>) {
    labelled(ui, name, hover, |ui| {
        ui.add(slider).accessible_name(name).on_hover_text(hover);
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
    let hover = "Standard deviation of Gaussian noise on the training input, rebuilt without it; 0 in the paper.";
    slider(ui, "Input noise σ", hover, noise);
    let shown = Slider::new(&mut config.shown, 50..=1000).step_by(50.0);
    let hover = "How many held-out digits the kernels show: the side of P, C and C − P.";
    slider(ui, "Digits in the kernels", hover, shown);
}

fn denoising(ui: &mut Ui, config: &mut RunConfig) {
    heading(ui, "Denoising");
    let denoising = &mut config.denoising;
    let noise = Slider::new(&mut denoising.noise, 0.0..=1.0).fixed_decimals(2);
    slider(
        ui,
        "Noise σ",
        "Standard deviation of the Gaussian noise on test pixels (Table 2: 0.25).",
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

/// What a kernel is called, and one to begin with.
const PRIORS: [(&str, PriorConfig); 5] = [
    ("RBF", PriorConfig::Rbf { width: 1.0 }),
    (
        "Polynomial",
        PriorConfig::Polynomial {
            degree: 2,
            offset: 1.0,
        },
    ),
    ("Cosine", PriorConfig::Cosine),
    ("Linear", PriorConfig::Linear),
    ("Ideal (the classes)", PriorConfig::Ideal),
];
const PCK: &str = "Cluster kernel (PCK)";

fn prior_choice(prior: &PriorConfig) -> &'static str {
    let kind = std::mem::discriminant(prior);
    let found = PRIORS
        .iter()
        .find(|(_, other)| std::mem::discriminant(other) == kind);
    found.map_or(PCK, |&(name, _)| name)
}

fn prior(ui: &mut Ui, prior: &mut PriorConfig) {
    section(ui, "Prior kernel P", false, |ui| {
        let chosen = prior_choice(prior);
        let combo = ComboBox::from_id_salt("prior")
            .width(ui.available_width())
            .selected_text(chosen);
        let response = combo.show_ui(ui, |ui| {
            if ui.selectable_label(chosen == PCK, PCK).clicked() && chosen != PCK {
                *prior = PriorConfig::Pck(PckConfig::default());
            }
            for (name, other) in PRIORS {
                if ui.selectable_label(chosen == name, name).clicked() && chosen != name {
                    *prior = other;
                }
            }
        });
        response.response.on_hover_text(
            "The kernel that the codes' inner products are asked to resemble (Section 3).",
        );
        match prior {
            PriorConfig::Pck(pck) => pck_controls(ui, pck),
            PriorConfig::Rbf { width } => {
                let hover = "σ as a multiple of the median distance of training samples: exp(−‖x − y‖² / 2σ²).";
                slider(
                    ui,
                    "Width",
                    hover,
                    Slider::new(width, 0.05..=10.0)
                        .logarithmic(true)
                        .max_decimals(2),
                );
            }
            PriorConfig::Polynomial { degree, offset } => {
                slider(
                    ui,
                    "Degree",
                    "The exponent of (⟨x, y⟩ / d + offset).",
                    Slider::new(degree, 1..=10),
                );
                slider(
                    ui,
                    "Offset",
                    "What is added to the inner product.",
                    Slider::new(offset, 0.0..=10.0).max_decimals(2),
                );
            }
            PriorConfig::Cosine | PriorConfig::Linear | PriorConfig::Ideal => {}
        }
    });
}

fn pck_controls(ui: &mut Ui, pck: &mut PckConfig) {
    let starts = Slider::new(&mut pck.restarts, 1..=60);
    slider(
        ui,
        "Starts Q",
        "Random starts for each number of components (Eq. 4: Q = 30).",
        starts,
    );
    let most = Slider::new(&mut pck.max_components, 2..=60);
    slider(
        ui,
        "Components up to G",
        "Mixtures have 2, 3, … G components (Eq. 4: G = 30).",
        most,
    );
    let samples = Slider::new(&mut pck.fit_samples, 20..=2000).logarithmic(true);
    slider(
        ui,
        "Samples to fit on",
        "Training samples that the mixtures are fitted on (Section 4: 200).",
        samples,
    );
    ui.horizontal(|ui| {
        let diagonal = "A variance for each pixel.";
        ui.selectable_value(&mut pck.covariance, Covariance::Diagonal, "diagonal")
            .on_hover_text(diagonal);
        let spherical = "One variance for all pixels of a component.";
        ui.selectable_value(&mut pck.covariance, Covariance::Spherical, "spherical")
            .on_hover_text(spherical);
    });
    let floor = Slider::new(&mut pck.variance_floor, 1e-4..=1.0).logarithmic(true);
    slider(
        ui,
        "Variance floor",
        "Added to every variance, so that none vanishes.",
        floor.custom_formatter(|value, _| format!("{value:.0e}")),
    );
}

const ACTIVATIONS: [(Activation, &str); 5] = [
    (Activation::Relu, "ReLU"),
    (Activation::Sigmoid, "sigmoid"),
    (Activation::Tanh, "tanh"),
    (Activation::Softplus, "softplus"),
    (Activation::Identity, "identity"),
];

fn activation(ui: &mut Ui, name: &str, hover: &str, value: &mut Activation) {
    labelled(ui, name, hover, |ui| {
        let text = ACTIVATIONS
            .iter()
            .find(|(other, _)| other == value)
            .map_or("", |&(_, text)| text);
        let combo = ComboBox::from_id_salt(name)
            .width(ui.available_width())
            .selected_text(text);
        let response = combo.show_ui(ui, |ui| {
            for (choice, text) in ACTIVATIONS {
                ui.selectable_value(value, choice, text);
            }
        });
        response.response.on_hover_text(hover);
    });
}

fn network(ui: &mut Ui, draft: &mut Draft) {
    section(ui, "Network", false, |ui| {
        let hover = "Units of the layers between pixels and code, such as 256, 256, 512; the decoder mirrors them with tied weights.";
        let label = ui
            .label(RichText::new("Hidden layers").small().weak())
            .on_hover_text(hover);
        let edit = TextEdit::singleline(&mut draft.hidden).desired_width(f32::INFINITY);
        ui.add(edit).labelled_by(label.id).on_hover_text(hover);
        match parse_layers(&draft.hidden) {
            Ok(hidden) => draft.config.network.hidden = hidden,
            Err(problem) => {
                ui.label(RichText::new(problem).small().color(theme::of(ui).error));
            }
        }
        let network = &mut draft.config.network;
        activation(
            ui,
            "Hidden activation",
            "σ of the hidden layers (Eq. 1).",
            &mut network.hidden_activation,
        );
        activation(
            ui,
            "Code activation",
            "σ of the code layer (Eq. 1).",
            &mut network.code_activation,
        );
    });
}

/// Reads layer sizes.
fn parse_layers(text: &str) -> Result<Vec<usize>, String> {
    text.split([',', ' ', '-', '–'])
        .filter(|part| !part.is_empty())
        .map(|part| match part.parse() {
            Ok(size @ 1..=16384) => Ok(size),
            _ => Err(format!(
                "“{part}” is no layer size; write numbers such as 256, 256, 512"
            )),
        })
        .collect()
}

fn training(ui: &mut Ui, config: &mut RunConfig) {
    section(ui, "Training", false, |ui| {
        let training = &mut config.training;
        let steps = Slider::new(&mut training.steps, 10..=500_000).logarithmic(true);
        slider(
            ui,
            "Steps",
            "Minibatches of fine-tuning, or of all training without pretraining.",
            steps,
        );
        let batch = Slider::new(&mut training.batch, 10..=1000).logarithmic(true);
        slider(
            ui,
            "Minibatch k",
            "Samples of a minibatch: C and P are k × k in a step (Section 3.1).",
            batch,
        );
        let mut pretrained = training.pretraining.is_some();
        let hover = "Each layer is trained as an autoencoder of its own before all of them together (Section 2.1).";
        if ui
            .checkbox(&mut pretrained, "Layerwise pretraining")
            .on_hover_text(hover)
            .changed()
        {
            let usual = PretrainingConfig {
                steps_per_layer: 500,
                learning_rate: 3e-3,
            };
            training.pretraining = pretrained.then_some(usual);
        }
        if let Some(pretraining) = &mut training.pretraining {
            let steps =
                Slider::new(&mut pretraining.steps_per_layer, 10..=50_000).logarithmic(true);
            slider(
                ui,
                "Steps a layer",
                "Minibatches of pretraining for each layer.",
                steps,
            );
        }
        let name = config.preset.name();
        ui.label(
            RichText::new(format!("The settings began as the preset {name}."))
                .small()
                .weak(),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_read_as_written() {
        assert_eq!(parse_layers("256, 256,512"), Ok(vec![256, 256, 512]));
        assert_eq!(parse_layers("500–500"), Ok(vec![500, 500]));
        assert!(parse_layers("12, none").is_err_and(|text| text.contains("none")));
        assert!(parse_layers("0").is_err());
    }
}
