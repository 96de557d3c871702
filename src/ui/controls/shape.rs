//! What shapes a run from its start: prior kernel, network, training.

use egui::{CollapsingHeader, ComboBox, RichText, Slider, TextEdit, Ui};

use super::super::help::{self, Part};
use super::super::lists;
use super::super::theme::{self, UNIT};
use super::super::words;
use super::Draft;
use super::field::{Effect, Field, counted, labelled, mark, section, slider};
use crate::exhibit::numbers;
use crate::training::config::{
    Activation, Covariance, PckConfig, PretrainingConfig, PriorConfig, RunConfig, TrainingConfig,
};
use crate::view::settings::{activation_name, covariance_name, layers, name, prior_parameters};

/// The room for a kernel's settings when they are open: that of two, which is what most have.
const SETTINGS: f32 = 12.0 * UNIT;

/// What a kernel is called in the menu.
fn prior_choice(prior: &PriorConfig) -> &'static str {
    match prior {
        PriorConfig::Pck(_) => "Cluster kernel (PCK)",
        PriorConfig::Rbf { .. } => "RBF",
        PriorConfig::Polynomial { .. } => "Polynomial",
        PriorConfig::Cosine => "Cosine",
        PriorConfig::Linear => "Linear",
        PriorConfig::Ideal => "Ideal (the classes)",
    }
}

/// A kernel's own formula.
fn formula(prior: &PriorConfig) -> &'static str {
    match prior {
        PriorConfig::Pck(_) => {
            "Mixtures of 2, 3, … G components, Q of each: P_ij is the mean of ⟨π(x_i), π(x_j)⟩ (Eq. 4)."
        }
        PriorConfig::Rbf { .. } => "exp(−‖x − y‖² / 2σ²)",
        PriorConfig::Polynomial { .. } => "(⟨x, y⟩ / d + offset)^degree",
        PriorConfig::Cosine => "⟨x, y⟩ / (‖x‖ ‖y‖)",
        PriorConfig::Linear => "⟨x, y⟩ / d",
        PriorConfig::Ideal => words::KI,
    }
}

/// The choice of P, always of one height: its own settings are a line that can be opened.
pub(super) fn prior(ui: &mut Ui, prior: &mut PriorConfig, run: Option<&PriorConfig>) {
    ui.add_space(UNIT);
    let effect = Effect::new_run(prior, run, |run| {
        let (kind, settings) = (run.name(), prior_parameters(run));
        let comma = if settings.is_empty() { "" } else { ", " };
        format!("{kind}{comma}{settings}")
    });
    let block = ui.scope(|ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT / 2.0;
            ui.label(RichText::new("Prior kernel P").strong());
            mark(ui, &effect);
        });
        let chosen = prior_choice(prior);
        ComboBox::from_id_salt("prior")
            .width(ui.available_width())
            .selected_text(chosen)
            .show_ui(ui, |ui| {
                for other in PriorConfig::each() {
                    let name = prior_choice(&other);
                    let entry = ui.selectable_label(chosen == name, name);
                    if entry.on_hover_text(formula(&other)).clicked() && chosen != name {
                        *prior = other;
                    }
                }
            })
            .response
            .accessible_name("Prior kernel");
    });
    let response = block.response;
    let mut text = format!("{}\n{} Needs a new run", words::PRIOR, super::field::MARK);
    if let Effect::NewRun(Some(run)) = &effect {
        text += &format!("; this one has: {run}");
    }
    words::explain(&response, response.rect, &(text + "."));
    let settings = prior_parameters(prior);
    if settings.is_empty() {
        // As high as the line that others have.
        ui.add_enabled_ui(false, |ui| {
            let line = RichText::new(format!("{}, no settings", formula_line(prior))).small();
            ui.add_sized(
                [ui.available_width(), ui.spacing().interact_size.y],
                egui::Label::new(line).halign(egui::Align::Min).truncate(),
            );
        });
    } else {
        CollapsingHeader::new(RichText::new(settings).small())
            .id_salt("prior settings")
            .show(ui, |ui| {
                ui.set_min_height(SETTINGS);
                prior_settings(ui, prior, run);
            });
    }
    help::mark(ui, Part::PriorChoice, response.rect);
}

/// The formula of kernels without settings; the ideal one's in short.
fn formula_line(prior: &PriorConfig) -> &'static str {
    match prior {
        PriorConfig::Ideal => "1 where classes agree, else 0",
        other => formula(other),
    }
}

fn prior_settings(ui: &mut Ui, prior: &mut PriorConfig, run: Option<&PriorConfig>) {
    match prior {
        PriorConfig::Pck(pck) => {
            let run = match run {
                Some(PriorConfig::Pck(run)) => Some(run),
                _ => None,
            };
            pck_controls(ui, pck, run);
        }
        PriorConfig::Rbf { width } => {
            let run = match run {
                Some(PriorConfig::Rbf { width }) => Some(width),
                _ => None,
            };
            let field = Field {
                name: "Width",
                hover: "σ as a multiple of the median distance of training samples: exp(−‖x − y‖² / 2σ²).",
                effect: Effect::new_run(width, run, f64::to_string),
            };
            let range = Slider::new(width, 0.05..=10.0).logarithmic(true);
            slider(ui, &field, range.max_decimals(2));
        }
        PriorConfig::Polynomial { degree, offset } => {
            let run = match run {
                Some(PriorConfig::Polynomial { degree, offset }) => Some((degree, offset)),
                _ => None,
            };
            let field = Field {
                name: "Degree",
                hover: "The exponent of (⟨x, y⟩ / d + offset).",
                effect: Effect::new_run(degree, run.map(|run| run.0), u32::to_string),
            };
            slider(ui, &field, Slider::new(degree, 1..=10));
            let field = Field {
                name: "Offset",
                hover: "What is added to the inner product.",
                effect: Effect::new_run(offset, run.map(|run| run.1), f64::to_string),
            };
            slider(ui, &field, Slider::new(offset, 0.0..=10.0).max_decimals(2));
        }
        PriorConfig::Cosine | PriorConfig::Linear | PriorConfig::Ideal => {}
    }
}

fn pck_controls(ui: &mut Ui, pck: &mut PckConfig, run: Option<&PckConfig>) {
    let count = |count: &usize| numbers::count(*count);
    let field = Field {
        name: "Starts Q",
        hover: "Random starts for each number of components (Eq. 4: Q = 30).",
        effect: Effect::new_run(&pck.restarts, run.map(|run| &run.restarts), count),
    };
    slider(ui, &field, Slider::new(&mut pck.restarts, 1..=60));
    let field = Field {
        name: "Components from g",
        hover: "Components of the smallest mixtures (Eq. 4: 2). Larger ones alone see fine groups and no coarse ones; the page Inside shows it.",
        effect: Effect::new_run(
            &pck.min_components,
            run.map(|run| &run.min_components),
            count,
        ),
    };
    let most = pck.max_components;
    slider(ui, &field, Slider::new(&mut pck.min_components, 2..=most));
    let field = Field {
        name: "Components up to G",
        hover: "Mixtures have 2, 3, … G components (Eq. 4: G = 30), or begin with larger ones.",
        effect: Effect::new_run(
            &pck.max_components,
            run.map(|run| &run.max_components),
            count,
        ),
    };
    slider(ui, &field, Slider::new(&mut pck.max_components, 2..=60));
    // No smallest mixture is larger than the largest.
    pck.min_components = pck.min_components.min(pck.max_components);
    let field = Field {
        name: "Samples to fit on",
        hover: "Training samples that the mixtures are fitted on (Section 4: 200).",
        effect: Effect::new_run(&pck.fit_samples, run.map(|run| &run.fit_samples), count),
    };
    let samples = Slider::new(&mut pck.fit_samples, 20..=2000).logarithmic(true);
    slider(ui, &field, counted(samples));
    let field = Field {
        name: "Covariance",
        hover: "Diagonal: a variance for each pixel of a component. Spherical: one variance for all of them.",
        effect: Effect::new_run(&pck.covariance, run.map(|run| &run.covariance), |run| {
            covariance_name(*run).to_owned()
        }),
    };
    labelled(ui, &field, |ui| {
        for covariance in [Covariance::Diagonal, Covariance::Spherical] {
            let name = covariance_name(covariance);
            ui.selectable_value(&mut pck.covariance, covariance, name);
        }
    });
    let field = Field {
        name: "Variance floor",
        hover: "Added to every variance, so that none vanishes.",
        effect: Effect::new_run(
            &pck.variance_floor,
            run.map(|run| &run.variance_floor),
            |run| format!("{run:.0e}"),
        ),
    };
    let floor = Slider::new(&mut pck.variance_floor, 1e-4..=1.0).logarithmic(true);
    slider(
        ui,
        &field,
        floor.custom_formatter(|value, _| format!("{value:.0e}")),
    );
}

const ACTIVATIONS: [Activation; 5] = [
    Activation::Relu,
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Softplus,
    Activation::Identity,
];

fn activation(
    ui: &mut Ui,
    [name, hover]: [&str; 2],
    value: &mut Activation,
    run: Option<&Activation>,
) {
    let text = |run: &Activation| activation_name(*run).to_owned();
    let field = Field {
        name,
        hover,
        effect: Effect::new_run(value, run, text),
    };
    labelled(ui, &field, |ui| {
        ComboBox::from_id_salt(name)
            .width(ui.available_width())
            .selected_text(activation_name(*value))
            .show_ui(ui, |ui| {
                for choice in ACTIVATIONS {
                    ui.selectable_value(value, choice, activation_name(choice));
                }
            })
            .response
            .accessible_name(name);
    });
}

pub(super) fn network(ui: &mut Ui, draft: &mut Draft, run: Option<&RunConfig>) {
    let run = run.map(|run| &run.network);
    section(ui, "Network", false, |ui| {
        let sizes = |sizes: &Vec<usize>| layers(sizes);
        let field = Field {
            name: name::HIDDEN,
            hover: "Units of the layers between pixels and code, such as 256, 256, 512; the decoder mirrors them with tied weights: z = σ(W x + b), x′ = σ(Wᵀ z + c).",
            effect: Effect::new_run(
                &draft.config.network.hidden,
                run.map(|run| &run.hidden),
                sizes,
            ),
        };
        labelled(ui, &field, |ui| {
            let edit = TextEdit::singleline(&mut draft.hidden).desired_width(f32::INFINITY);
            let response = ui.add(edit).accessible_name(name::HIDDEN);
            if response.gained_focus() {
                draft.hidden_problem = None;
            }
            // A half-typed list is none yet.
            if response.lost_focus() {
                match parse_layers(&draft.hidden) {
                    Ok(hidden) => draft.config.network.hidden = hidden,
                    Err(problem) => draft.hidden_problem = Some(problem),
                }
            }
        });
        if let Some(problem) = &draft.hidden_problem {
            ui.label(RichText::new(problem).small().color(theme::of(ui).error));
        }
        let network = &mut draft.config.network;
        activation(
            ui,
            [
                name::HIDDEN_ACTIVATION,
                "σ of the hidden layers (Eq. 1). ReLU: max(0, x); sigmoid: 1 / (1 + e⁻ˣ).",
            ],
            &mut network.hidden_activation,
            run.map(|run| &run.hidden_activation),
        );
        activation(
            ui,
            [
                name::CODE_ACTIVATION,
                "σ of the code layer (Eq. 1). Identity lets single entries of C be negative.",
            ],
            &mut network.code_activation,
            run.map(|run| &run.code_activation),
        );
    });
}

/// Reads layer sizes.
fn parse_layers(text: &str) -> Result<Vec<usize>, String> {
    // As a network is written, 784–256–128, too.
    let text = text.replace(['-', '–'], ",");
    lists::parts(&text)
        .map(|part| match part.parse() {
            Ok(size @ 1..=16384) => Ok(size),
            _ => Err(format!(
                "“{part}” is no layer size; write numbers such as 256, 256, 512"
            )),
        })
        .collect()
}

pub(super) fn training(ui: &mut Ui, training: &mut TrainingConfig, run: Option<&TrainingConfig>) {
    let count = |count: &usize| numbers::count(*count);
    let field = Field {
        name: name::STEPS,
        hover: "Minibatches of fine-tuning, or of all training without pretraining.",
        effect: Effect::new_run(&training.steps, run.map(|run| &run.steps), count),
    };
    let steps = Slider::new(&mut training.steps, 10..=500_000).logarithmic(true);
    slider(ui, &field, counted(steps));
    let field = Field {
        name: name::BATCH,
        hover: "k, the samples of a minibatch: C and P are k × k in a step (Section 3.1).",
        effect: Effect::new_run(&training.batch, run.map(|run| &run.batch), count),
    };
    let batch = Slider::new(&mut training.batch, 10..=1000).logarithmic(true);
    slider(ui, &field, counted(batch));
    pretraining(ui, training, run);
}

fn pretraining(ui: &mut Ui, training: &mut TrainingConfig, run: Option<&TrainingConfig>) {
    let mut pretrained = training.pretraining.is_some();
    let run_has = run.map(|run| run.pretraining.is_some());
    let effect = Effect::new_run(&pretrained, run_has.as_ref(), |on| {
        if *on { "pretraining" } else { "no pretraining" }.to_owned()
    });
    let hover = "Each layer is trained as an autoencoder of its own before all of them together (Section 2.1).\n⟲ Needs a new run.";
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        let response = ui.checkbox(&mut pretrained, name::PRETRAINING);
        if response.on_hover_text(hover).changed() {
            let usual = PretrainingConfig {
                steps_per_layer: 500,
                learning_rate: 3e-3,
            };
            training.pretraining = pretrained.then_some(usual);
        }
        mark(ui, &effect);
    });
    if let Some(pretraining) = &mut training.pretraining {
        let run = run.and_then(|run| run.pretraining.as_ref());
        let field = Field {
            name: name::LAYER_STEPS,
            hover: "Minibatches of pretraining for each layer.",
            effect: Effect::new_run(
                &pretraining.steps_per_layer,
                run.map(|run| &run.steps_per_layer),
                |count| numbers::count(*count),
            ),
        };
        let steps = Slider::new(&mut pretraining.steps_per_layer, 10..=200_000);
        slider(ui, &field, counted(steps.logarithmic(true)));
    }
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
