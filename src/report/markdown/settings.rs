//! The settings of a study, a line each.

use super::Study;
use crate::data::{Collection, numbered};
use crate::exhibit::numbers::{count, duration, sizes, three};
use crate::experiment::plan::Plan;
use crate::training::config::{Activation, Covariance, PriorConfig, RunConfig};
use crate::view::settings::beyond;

/// Names and values, in the order of the page.
pub fn settings(study: &Study<'_>) -> Vec<(&'static str, String)> {
    let (plan, provenance) = (study.plan, study.provenance);
    let config = &plan.config;
    let data = &provenance.data;
    let short: String = data.sha256.chars().take(12).collect();
    let seeds: Vec<String> = plan.seeds.iter().map(u64::to_string).collect();
    let resumed = if provenance.resumed {
        ", all starts together"
    } else {
        ""
    };
    vec![
        (
            "Data",
            format!(
                "{}, {} samples{} (sha256 {short}…), 70 % training, 15 % validation, 15 % test{}",
                data.name,
                count(data.samples),
                of_classes(plan),
                data.collection
                    .and_then(Collection::class_names)
                    .map_or_else(String::new, |names| format!(
                        "; classes {}",
                        numbered(names)
                    ))
            ),
        ),
        ("Preset", preset(plan)),
        ("Prior P", prior(&config.prior)),
        ("Network", network(config)),
        ("Training", schedule(config)),
        ("The paper's schedule", full_schedule(config, data.samples)),
        ("Seeds", seeds.join(", ")),
        (
            "Machine",
            format!(
                "{}, {} threads",
                provenance.machine.system, provenance.machine.threads
            ),
        ),
        ("Time", format!("{}{resumed}", duration(provenance.seconds))),
    ]
}

/// Of which classes alone the samples are, if a run chose some.
fn of_classes(plan: &Plan) -> String {
    let classes = (plan.drawn.as_ref()).and_then(|drawn| drawn.classes.as_ref());
    classes.map_or_else(String::new, |classes| {
        let named: Vec<String> = classes.iter().map(u8::to_string).collect();
        format!(" of the classes {} alone", named.join(", "))
    })
}

fn preset(plan: &Plan) -> String {
    let way = if plan.is_the_papers_way() {
        "in the paper's way: code units of the hidden layers' kind, constant λ, no noise on the input, no \
         copies, no projection"
    } else {
        "with settings beyond the paper"
    };
    format!("{}, {way}", plan.config.preset.name())
}

fn prior(prior: &PriorConfig) -> String {
    match prior {
        PriorConfig::Pck(pck) => format!(
            "probabilistic cluster kernel (Eq. 4), Q = {}, {}, fitted on {} images, {} covariance",
            pck.restarts,
            sizes(pck.min_components, pck.max_components),
            count(pck.fit_samples),
            match pck.covariance {
                Covariance::Diagonal => "diagonal",
                Covariance::Spherical => "spherical",
            }
        ),
        PriorConfig::Rbf { width } => format!("RBF, σ = {width} × the median distance"),
        PriorConfig::Polynomial { degree, offset } => {
            format!("polynomial, degree {degree}, offset {offset}")
        }
        PriorConfig::Cosine => "cosine".into(),
        PriorConfig::Linear => "linear".into(),
        PriorConfig::Ideal => "the ideal kernel K_I".into(),
    }
}

fn network(config: &RunConfig) -> String {
    let network = &config.network;
    let layers: Vec<String> = network.hidden.iter().map(usize::to_string).collect();
    let units = |activation: Activation| activation.name();
    format!(
        "d–{}–{}, tied weights, {} units, {} code",
        layers.join("–"),
        network.code,
        units(network.hidden_activation),
        units(network.code_activation)
    )
}

fn schedule(config: &RunConfig) -> String {
    let training = &config.training;
    let before = match training.pretraining {
        Some(p) => format!(
            "layerwise pretraining of {} steps a layer (Adam {}), then {} steps",
            count(p.steps_per_layer),
            p.learning_rate,
            count(training.steps)
        ),
        None => format!("{} steps without pretraining", count(training.steps)),
    };
    let fall = if training.cool_down > 0.0 {
        format!(
            ", falling over the last {:.0} %",
            100.0 * training.cool_down
        )
    } else {
        String::new()
    };
    let beyond: String = beyond(training)
        .iter()
        .map(|text| format!("; {text}"))
        .collect();
    format!(
        "{before} (Adam {}{fall}), λ = {}, k = {}{beyond}",
        training.learning_rate, training.lambda, training.batch
    )
}

/// The paper's epochs in steps, for these samples and this k, and how ours compare.
fn full_schedule(config: &RunConfig, samples: usize) -> String {
    const EPOCHS: [usize; 2] = [30, 100];
    let training = samples * 70 / 100;
    let batches = training / config.training.batch.max(1);
    let epoch = batches * batches;
    let full = EPOCHS.map(|epochs| epochs * epoch);
    let layers = config.network.hidden.len() + 1;
    let run = [
        config.training.pretraining.map_or(0, |p| p.steps_per_layer),
        config.training.steps,
    ];
    let all = |[layer, fine]: [usize; 2]| layer * layers + fine;
    let compared = if run[0] >= full[0] && run[1] >= full[1] {
        "It was run in full.".to_owned()
    } else {
        let share = 100.0 * all(run) as f64 / all(full).max(1) as f64;
        format!(
            "Run here: {} steps in all, {} % of it.",
            count(all(run)),
            three(share)
        )
    };
    format!(
        "(n/k)² = {} batches an epoch, 30 epochs a layer ({} steps) and 100 of fine-tuning ({} \
         steps). {compared}",
        count(epoch),
        count(full[0]),
        count(full[1])
    )
}
