//! What shapes a run from its start: prior kernel, network, training.

use egui::{ComboBox, RichText, Slider, TextEdit, Ui};

use super::super::theme;
use super::{Draft, labelled, section, slider};
use crate::training::config::{
    Activation, Covariance, PckConfig, PretrainingConfig, PriorConfig, RunConfig,
};

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

pub(super) fn prior(ui: &mut Ui, prior: &mut PriorConfig) {
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

pub(super) fn network(ui: &mut Ui, draft: &mut Draft) {
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

pub(super) fn training(ui: &mut Ui, config: &mut RunConfig) {
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
