//! What a network was trained with, step by step.
//!
//! λ, the learning rate, the noise on the input and Nc can change while a run goes on. A picture
//! made after some steps owes itself to what was in force *during* those steps: a change made
//! since then, on a slider or even in the worker, is no part of it.

use serde::Serialize;

use super::run::apply;
use crate::training::config::{Ramp, RunConfig};
use crate::worker::protocol::Setting;

/// What took effect before a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// Steps taken before.
    pub step: u64,
    /// λ from then on: at once, or at the end of the ramp that the same entry names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda: Option<f64>,
    /// How λ comes to its value, in a run with a ramp, until a later entry has another λ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
    /// The learning rate from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// The standard deviation of the noise on the input from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_noise: Option<f64>,
    /// Nc from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nc: Option<usize>,
}

impl Entry {
    fn take(&mut self, setting: &Setting) {
        match *setting {
            Setting::Lambda(lambda) => self.lambda = Some(lambda),
            Setting::LearningRate(rate) => self.learning_rate = Some(rate),
            Setting::InputNoise(noise) => self.input_noise = Some(noise),
            Setting::CodeSize(units) => self.nc = Some(units),
            Setting::Denoising(_) | Setting::Shown(_) => {}
        }
    }
}

/// Changes of what the network is trained with, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    changes: Vec<(u64, Setting)>,
}

impl Schedule {
    /// A setting took effect after `step` steps. One that no step was taken under is forgotten when
    /// the next of its kind takes its place; what does not bear on training is no part of this.
    pub fn add(&mut self, step: u64, setting: &Setting) {
        if matches!(setting, Setting::Denoising(_) | Setting::Shown(_)) {
            return;
        }
        let kind = std::mem::discriminant(setting);
        self.changes
            .retain(|(at, old)| *at < step || std::mem::discriminant(old) != kind);
        self.changes.push((step, setting.clone()));
    }

    /// The steps at which the code layer began anew, and its units from then on.
    pub fn code_sizes(&self) -> impl Iterator<Item = (u64, usize)> {
        self.changes
            .iter()
            .filter_map(|(step, setting)| match setting {
                Setting::CodeSize(units) => Some((*step, *units)),
                _ => None,
            })
    }

    /// The changes that bear on a network of `step` steps: those that a step was taken under, and
    /// of Nc also the last, which gives the network another code layer at once.
    fn until(&self, step: u64) -> impl Iterator<Item = &(u64, Setting)> {
        self.changes.iter().filter(move |(at, setting)| {
            *at < step || (*at == step && matches!(setting, Setting::CodeSize(_)))
        })
    }

    /// The settings in force during the last of `step` steps of a run that began with `began`.
    #[must_use]
    pub fn settings(&self, began: &RunConfig, step: u64) -> RunConfig {
        let mut config = began.clone();
        for (_, setting) in self.until(step) {
            apply(&mut config, setting);
        }
        config
    }

    /// What `step` steps of a run that began with `began` were taken under: the settings at the
    /// beginning, then what changed.
    #[must_use]
    pub fn entries(&self, began: &RunConfig, step: u64) -> Vec<Entry> {
        let mut entries = vec![Entry {
            step: 0,
            lambda: Some(began.training.lambda),
            ramp: began.training.ramp,
            learning_rate: Some(began.training.learning_rate),
            input_noise: Some(began.training.input_noise),
            nc: Some(began.network.code),
        }];
        for (at, setting) in self.until(step) {
            match entries.last_mut() {
                Some(last) if last.step == *at => last.take(setting),
                _ => {
                    let mut entry = Entry {
                        step: *at,
                        ..Entry::default()
                    };
                    entry.take(setting);
                    entries.push(entry);
                }
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    #[test]
    fn a_change_counts_from_the_first_step_that_was_taken_under_it() {
        let began = Preset::Quick.config();
        let mut schedule = Schedule::default();
        schedule.add(40, &Setting::Lambda(0.5));
        schedule.add(40, &Setting::Lambda(0.01));
        schedule.add(60, &Setting::LearningRate(1e-4));
        schedule.add(60, &Setting::Shown(20));
        let lambda = |step| schedule.settings(&began, step).training.lambda;
        assert_eq!([lambda(0), lambda(40), lambda(41)], [0.1, 0.1, 0.01]);
        assert_eq!(schedule.settings(&began, 900).shown, began.shown);
        let steps = |step| -> Vec<u64> {
            let entries = schedule.entries(&began, step);
            entries.iter().map(|entry| entry.step).collect()
        };
        assert_eq!(
            [steps(40), steps(60), steps(61)],
            [vec![0], vec![0, 40], vec![0, 40, 60]]
        );
        let json = serde_json::to_string(&schedule.entries(&began, 61)).unwrap();
        assert_eq!(
            json,
            r#"[{"step":0,"lambda":0.1,"learning_rate":0.003,"input_noise":0.0,"nc":128},"#
                .to_owned()
                + r#"{"step":40,"lambda":0.01},{"step":60,"learning_rate":0.0001}]"#
        );
    }

    #[test]
    fn a_ramp_is_told_once_and_is_over_with_another_lambda() {
        let mut began = Preset::Quick.config();
        began.training.ramp = Some(Ramp::default());
        let mut schedule = Schedule::default();
        schedule.add(40, &Setting::InputNoise(0.1));
        schedule.add(60, &Setting::Lambda(0.5));
        let ramp = |step| schedule.settings(&began, step).training.ramp;
        assert_eq!([ramp(60), ramp(61)], [began.training.ramp, None]);
        let entries = schedule.entries(&began, 61);
        let ramps: Vec<_> = entries.iter().map(|entry| entry.ramp).collect();
        assert_eq!(ramps, [began.training.ramp, None, None]);
        let json = serde_json::to_string(&entries[0]).unwrap();
        assert!(json.contains(r#""ramp":{"start":0.05,"#), "{json}");
    }

    #[test]
    fn another_code_layer_is_there_at_once() {
        let began = Preset::Quick.config();
        let mut schedule = Schedule::default();
        schedule.add(40, &Setting::CodeSize(8));
        assert_eq!(
            schedule.settings(&began, 39).network.code,
            began.network.code
        );
        assert_eq!(schedule.settings(&began, 40).network.code, 8);
        assert_eq!(schedule.code_sizes().collect::<Vec<_>>(), [(40, 8)]);
    }
}
