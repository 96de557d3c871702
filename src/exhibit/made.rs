//! What made a picture, as it is written into its file's text fields.
//!
//! | keyword | text |
//! |---|---|
//! | `Title`, `Description` | what is shown, and how to read it |
//! | `Software` | this program and its version |
//! | `dkae:data`, `dkae:checksum`, `dkae:samples` | the data set, its SHA-256, the sizes of its split |
//! | `dkae:seed` | the seed |
//! | `dkae:digits` | how many of which held-out images are shown |
//! | `dkae:prior` | the settings of the prior kernel, as JSON: all that P depends on |
//! | `dkae:mixtures` | where P was still growing: how many mixtures are in it |
//! | `dkae:step`, `dkae:lambda` | the steps taken when the picture was made, λ of the last of them |
//! | `dkae:schedule` | the steps at which λ, learning rate, noise or Nc changed up to then, as JSON |
//! | `dkae:settings` | all settings in force then, as the JSON of a report |
//! | `dkae:plan` | of a study's picture: the plan of the study, as JSON |
//!
//! What a picture was made under is not what a slider says when it is saved: the fields are those of
//! the picture's own step.

use std::sync::Arc;

use super::numbers;
use crate::experiment::plan::Plan;
use crate::training::config::DenoisingConfig;
use crate::training::{RunConfig, Schedule};

/// Keywords and texts.
pub type Fields = Vec<(String, String)>;

/// What a network, or a kernel, comes from.
#[derive(Clone, Debug)]
pub struct Made {
    /// The data set's name, and SHA-256 of the chosen images and labels; `None` where they are not
    /// known.
    pub data: Option<(String, String)>,
    /// Training, validation and test samples.
    pub samples: Option<[usize; 3]>,
    /// The settings at the beginning; those that shape pictures and not the network (the denoising
    /// comparison, how many images are shown) as they are now.
    pub began: RunConfig,
    /// What changed since.
    pub schedule: Schedule,
    /// The study that it is a part of.
    pub plan: Option<Arc<Plan>>,
}

/// What of a run a picture shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shows {
    /// Steps taken when it was made, if they have a part in it.
    pub step: Option<u64>,
    /// The denoising comparison at hand; else that of the settings.
    pub denoising: Option<DenoisingConfig>,
    /// Mixtures in P and in the end, as long as those differ.
    pub growing: Option<(usize, usize)>,
}

impl Made {
    /// The settings in force during the last of `step` steps.
    #[must_use]
    pub fn settings(&self, step: u64) -> RunConfig {
        self.schedule.settings(&self.began, step)
    }

    /// What made a picture that `shows` this, as text fields under a title; `digits` says how many of
    /// which images, if it is of any.
    #[must_use]
    pub fn fields(&self, title: &str, digits: Option<String>, shows: &Shows) -> Fields {
        let mut fields = titled(title);
        let mut add = |key: &str, value: String| fields.push((key.to_owned(), value));
        if let Some((name, checksum)) = &self.data {
            add("dkae:data", name.clone());
            add("dkae:checksum", format!("sha256:{checksum}"));
        }
        if let Some([training, validation, test]) = self.samples {
            add(
                "dkae:samples",
                format!("{training} training, {validation} validation, {test} test"),
            );
        }
        add("dkae:seed", self.began.seed.to_string());
        let mut json = |key, value: Result<String, serde_json::Error>| {
            if let Ok(value) = value {
                add(key, value);
            }
        };
        json("dkae:prior", serde_json::to_string(&self.began.prior));
        if let Some(digits) = digits {
            json("dkae:digits", Ok(digits));
        }
        if let Some((done, all)) = shows.growing {
            json("dkae:mixtures", Ok(format!("{done} of {all}")));
        }
        if let Some(step) = shows.step {
            let mut settings = self.settings(step);
            settings.denoising = shows.denoising.unwrap_or(settings.denoising);
            json("dkae:step", Ok(step.to_string()));
            json("dkae:lambda", Ok(settings.lambda_at(step).to_string()));
            let entries = self.schedule.entries(&self.began, step);
            json("dkae:schedule", serde_json::to_string(&entries));
            json("dkae:settings", serde_json::to_string(&settings));
        }
        if let Some(plan) = &self.plan {
            json("dkae:plan", serde_json::to_string(&**plan));
        }
        fields
    }
}

/// The fields that every file of this program has.
#[must_use]
pub fn titled(title: &str) -> Fields {
    let version = env!("CARGO_PKG_VERSION");
    vec![
        ("Title".into(), title.to_owned()),
        ("Software".into(), format!("dkAE Explorer {version}")),
    ]
}

/// What changed about the loss, for curves: the step, and λ or Nc from then on. Changes of λ that are
/// nearer to the one before than `steps` are one: a drag leaves many.
#[must_use]
pub fn changes(schedule: &Schedule, steps: f64) -> Vec<(u64, String)> {
    let lambdas = merged(schedule.lambdas(), steps)
        .into_iter()
        .map(|(step, lambda)| (step, format!("λ = {}", numbers::lambda(lambda))));
    let sizes = schedule.code_sizes();
    let sizes = sizes.map(|(step, units)| (step, format!("Nc = {units}")));
    let mut all: Vec<_> = lambdas.chain(sizes).collect();
    all.sort_by_key(|(step, _)| *step);
    all
}

/// Changes of λ that stand nearer to the one before than `steps` become one, with the last one's λ.
fn merged(changes: impl Iterator<Item = (u64, f64)>, steps: f64) -> Vec<(u64, f64)> {
    let mut out: Vec<(u64, f64)> = Vec::new();
    let mut before = f64::NEG_INFINITY;
    for change in changes {
        match out.last_mut() {
            Some(last) if change.0 as f64 - before < steps => *last = change,
            _ => out.push(change),
        }
        before = change.0 as f64;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::LiveSettings;
    use crate::training::config::Preset;

    #[test]
    fn the_marks_of_a_drag_are_one() {
        let drag: Vec<_> = (0..20).map(|i| (100 + 3 * i, i as f64 / 20.0)).collect();
        let marks: Vec<_> = drag.iter().copied().chain([(400, 0.0)]).collect();
        let merge = |steps| merged(marks.iter().copied(), steps);
        assert_eq!(merge(10.0), [drag[19], marks[20]]);
        assert_eq!(merge(2.0), marks);
        assert!(merged(std::iter::empty(), 5.0).is_empty());
        let mut schedule = Schedule::default();
        let mut now = LiveSettings::of(&Preset::Quick.config());
        let mut change = |step, change: &dyn Fn(&mut LiveSettings)| {
            let old = now;
            change(&mut now);
            schedule.add(step, &old, &now);
        };
        for &(step, lambda) in &drag {
            change(step, &|live| live.lambda = lambda);
        }
        change(200, &|live| live.code = 64);
        change(400, &|live| live.lambda = 0.0);
        let texts = [(157, "λ = 0.95"), (200, "Nc = 64"), (400, "λ = 0")];
        let texts = texts.map(|(step, text)| (step, text.to_owned()));
        assert_eq!(super::changes(&schedule, 10.0), texts);
    }
}
