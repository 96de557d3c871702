//! Settings in words: what a kernel is called, how one set of settings differs from another.

use crate::exhibit::numbers;
use crate::training::config::{
    Activation, CopiesConfig, Covariance, PckConfig, PriorConfig, Ramp, RunConfig, TrainingConfig,
};

/// A kernel's own settings in a line; nothing for kernels that have none.
#[must_use]
pub fn prior_parameters(prior: &PriorConfig) -> String {
    match prior {
        PriorConfig::Pck(PckConfig {
            restarts,
            min_components,
            max_components,
            fit_samples,
            covariance,
            ..
        }) => {
            let shape = covariance_name(*covariance);
            let sizes = numbers::sizes(*min_components, *max_components);
            format!("Q = {restarts}, {sizes}, {fit_samples} samples, {shape}")
        }
        PriorConfig::Rbf { width } => format!("σ = {} × median distance", short(*width)),
        PriorConfig::Polynomial { degree, offset } => {
            format!("degree {degree}, offset {}", short(*offset))
        }
        PriorConfig::Cosine | PriorConfig::Linear | PriorConfig::Ideal => String::new(),
    }
}

/// What a shape of components is called.
#[must_use]
pub fn covariance_name(covariance: Covariance) -> &'static str {
    match covariance {
        Covariance::Diagonal => "diagonal",
        Covariance::Spherical => "spherical",
    }
}

/// What an activation is called.
#[must_use]
pub fn activation_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::Sigmoid => "sigmoid",
        Activation::Tanh => "tanh",
        Activation::Softplus => "softplus",
        Activation::Identity => "identity",
    }
}

/// Layer sizes as the paper writes them.
#[must_use]
pub fn layers(sizes: &[usize]) -> String {
    let sizes: Vec<_> = sizes.iter().map(ToString::to_string).collect();
    sizes.join("–")
}

/// A setting in which two sets of settings differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name in the controls.
    pub name: &'static str,
    /// What it is in the one.
    pub from: String,
    /// What it is in the other.
    pub to: String,
    /// Whether only a new run can take it.
    pub needs_new_run: bool,
}

impl Difference {
    /// `λ 0.5 → 0.1`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}: {} → {}", self.name, self.from, self.to)
    }
}

/// Names of settings, where more than one place speaks of them.
pub mod name {
    /// The kernel's kind.
    pub const PRIOR: &str = "Prior kernel";
    /// Its own settings.
    pub const PRIOR_SETTINGS: &str = "Kernel settings";
    /// Steps of training.
    pub const STEPS: &str = "Steps";
    /// k.
    pub const BATCH: &str = "Minibatch k";
    /// Whether layers are pretrained.
    pub const PRETRAINING: &str = "Layerwise pretraining";
    /// For how many steps.
    pub const LAYER_STEPS: &str = "Steps a layer";
    /// A ramp of λ.
    pub const RAMP: &str = "λ ramp";
    /// Training through a projection of the codes.
    pub const PROJECTION: &str = "Train through a projection";
    /// Altered copies of the training digits.
    pub const COPIES: &str = "Altered copies";
    /// Hidden layers.
    pub const HIDDEN: &str = "Hidden layers";
    /// Their activation.
    pub const HIDDEN_ACTIVATION: &str = "Hidden activation";
    /// The code's.
    pub const CODE_ACTIVATION: &str = "Code activation";
    /// The seed.
    pub const SEED: &str = "Seed";
}

/// In what `to` differs from `from`, what matters first.
#[must_use]
pub fn differences(from: &RunConfig, to: &RunConfig) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut say = |name, needs_new_run, text: &dyn Fn(&RunConfig) -> String| {
        let (from, to) = (text(from), text(to));
        if from != to {
            all.push(Difference {
                name,
                from,
                to,
                needs_new_run,
            });
        }
    };
    say("λ", false, &|c| numbers::lambda(c.training.lambda));
    say("Nc", false, &|c| numbers::count(c.network.code));
    say(name::PRIOR, true, &|c| c.prior.name().to_owned());
    if std::mem::discriminant(&from.prior) == std::mem::discriminant(&to.prior) {
        say(name::PRIOR_SETTINGS, true, &|c| kernel_settings(&c.prior));
    }
    training(&mut say);
    say(name::HIDDEN, true, &|c| layers(&c.network.hidden));
    say(name::HIDDEN_ACTIVATION, true, &|c| {
        activation_name(c.network.hidden_activation).to_owned()
    });
    say(name::CODE_ACTIVATION, true, &|c| {
        activation_name(c.network.code_activation).to_owned()
    });
    say(name::SEED, true, &|c| c.seed.to_string());
    say("Images in the kernels", false, &|c| numbers::count(c.shown));
    say("Denoising", false, &|c| {
        let d = &c.denoising;
        let (noise, ridge, width) = (short(d.noise), short(d.ridge), short(d.width));
        let clip = if d.clip { ", cut" } else { "" };
        format!(
            "σ {noise}, m {}, ridge {ridge}, width {width}{clip}",
            d.components
        )
    });
    all
}

fn training(say: &mut impl FnMut(&'static str, bool, &dyn Fn(&RunConfig) -> String)) {
    say("Learning rate", false, &|c| short(c.training.learning_rate));
    say("Training noise σ", false, &|c| {
        short(c.training.input_noise)
    });
    say(name::STEPS, true, &|c| numbers::count(c.training.steps));
    say(name::BATCH, true, &|c| numbers::count(c.training.batch));
    say(name::PRETRAINING, true, &|c| {
        let on = c.training.pretraining.is_some();
        if on { "on" } else { "off" }.to_owned()
    });
    say(name::LAYER_STEPS, true, &|c| {
        let pretraining = c.training.pretraining.as_ref();
        pretraining.map_or_else(|| "–".to_owned(), |p| numbers::count(p.steps_per_layer))
    });
    say("Pretraining rate", true, &|c| {
        let pretraining = c.training.pretraining.as_ref();
        pretraining.map_or_else(|| "–".to_owned(), |p| short(p.learning_rate))
    });
    say("Cool-down", true, &|c| short(c.training.cool_down));
    say("Gradient clipping", true, &|c| {
        c.training.clip_norm.map_or_else(|| "off".to_owned(), short)
    });
    say(name::RAMP, true, &|c| or_off(c.training.ramp, |r| ramp(&r)));
    say(name::PROJECTION, true, &|c| {
        or_off(c.training.projection, |m| format!("m = {m}"))
    });
    say(name::COPIES, true, &|c| {
        or_off(c.training.copies, |of| copies(&of))
    });
}

fn or_off<T>(setting: Option<T>, text: impl Fn(T) -> String) -> String {
    setting.map_or_else(|| "off".to_owned(), text)
}

/// A ramp in a few words, beside the λ that it leads to.
#[must_use]
pub fn ramp(ramp: &Ramp) -> String {
    format!(
        "from {} at {} % of the steps, there at {} %",
        short(ramp.start),
        short(100.0 * ramp.begin),
        short(100.0 * ramp.end)
    )
}

/// Copies in a few words.
#[must_use]
pub fn copies(copies: &CopiesConfig) -> String {
    let mut text = format!("{} an image, shift {}", copies.count, copies.shift);
    if copies.noise > 0.0 {
        text += &format!(", noise σ {}", short(copies.noise));
    }
    text
}

/// What of a run's training goes beyond the paper, in words; nothing for the paper's own.
#[must_use]
pub fn beyond(training: &TrainingConfig) -> Vec<String> {
    let noise = training.input_noise;
    let noise = (noise > 0.0).then(|| format!("noise of σ = {} on the input", short(noise)));
    let ramp = training.ramp.map(|r| format!("λ ramp {}", ramp(&r)));
    let projection = training
        .projection
        .map(|m| format!("decoded from {m} leading axes of each batch's codes"));
    let copies = training
        .copies
        .map(|of| format!("altered copies of the training images ({})", copies(&of)));
    [noise, ramp, projection, copies]
        .into_iter()
        .flatten()
        .collect()
}

/// All of a kernel's settings, also those that no control shows.
fn kernel_settings(prior: &PriorConfig) -> String {
    let mut text = prior_parameters(prior);
    if let PriorConfig::Pck(pck) = prior {
        let (floor, tolerance) = (short(pck.variance_floor), short(pck.tolerance));
        let most = pck.max_iterations;
        text += &format!(", floor {floor}, {most} iterations, tolerance {tolerance}");
    }
    text
}

/// As short as it is exact.
fn short(value: f64) -> String {
    numbers::lambda(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    #[test]
    fn nothing_differs_from_itself_and_what_matters_comes_first() {
        let quick = Preset::Quick.config();
        assert_eq!(differences(&quick, &quick), []);
        let mut changed = quick.clone();
        changed.training.steps = 7;
        changed.training.lambda = 0.0029;
        changed.prior = PriorConfig::Rbf { width: 2.0 };
        let texts: Vec<_> = differences(&changed, &quick)
            .iter()
            .map(Difference::text)
            .collect();
        assert_eq!(
            texts,
            [
                "λ: 0.0029 → 0.1",
                "Prior kernel: RBF kernel → cluster kernel",
                "Steps: 7 → 1,000"
            ]
        );
    }

    #[test]
    fn what_goes_beyond_the_paper_is_told() {
        let mut quick = Preset::Paper.config();
        assert!(beyond(&quick.training).is_empty());
        quick.training.ramp = Some(Ramp {
            start: 0.05,
            begin: 0.3,
            end: 0.7,
        });
        quick.training.projection = Some(32);
        quick.training.copies = Some(CopiesConfig {
            count: 4,
            shift: 1,
            noise: 0.1,
        });
        let texts: Vec<_> = differences(&Preset::Paper.config(), &quick)
            .iter()
            .map(Difference::text)
            .collect();
        assert_eq!(
            texts,
            [
                "λ ramp: off → from 0.05 at 30 % of the steps, there at 70 %",
                "Train through a projection: off → m = 32",
                "Altered copies: off → 4 an image, shift 1, noise σ 0.1"
            ]
        );
        assert_eq!(beyond(&quick.training).len(), 3);
    }

    #[test]
    fn whatever_differs_is_told() {
        // Every leaf of the settings, changed one by one.
        let paper = serde_json::to_value(Preset::Paper.config()).unwrap();
        let mut leaves = Vec::new();
        collect(&paper, String::new(), &mut leaves);
        for path in leaves {
            let mut other = paper.clone();
            let leaf = other.pointer_mut(&path).unwrap();
            let Some(changed) = another(leaf) else {
                continue;
            };
            *leaf = changed;
            let Ok(other) = serde_json::from_value::<RunConfig>(other) else {
                continue;
            };
            let told = !differences(&Preset::Paper.config(), &other).is_empty();
            assert!(
                told || path == "/preset",
                "{path} differs, and nothing says so"
            );
        }
    }

    fn collect(value: &serde_json::Value, path: String, leaves: &mut Vec<String>) {
        if let Some(object) = value.as_object() {
            for (key, value) in object {
                collect(value, format!("{path}/{key}"), leaves);
            }
        } else {
            leaves.push(path);
        }
    }

    fn another(value: &serde_json::Value) -> Option<serde_json::Value> {
        use serde_json::json;
        Some(match value {
            serde_json::Value::Bool(value) => json!(!value),
            serde_json::Value::Null => json!(0.5),
            serde_json::Value::Number(value) => match value.as_u64() {
                Some(value) => json!(value + 1),
                None => json!(value.as_f64()? / 2.0 + 0.01),
            },
            serde_json::Value::String(value) => match value.as_str() {
                "sigmoid" => json!("relu"),
                "diagonal" => json!("spherical"),
                _ => return None,
            },
            serde_json::Value::Array(_) => json!([1, 2]),
            serde_json::Value::Object(_) => return None,
        })
    }
}
