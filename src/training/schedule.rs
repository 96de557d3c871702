//! What a network was trained with, step by step.
//!
//! λ, the learning rate, the noise on the input and Nc can change while a run goes on. A picture
//! made after some steps owes itself to what was in force *during* those steps: a change made
//! since then, on a slider or even in the worker, is no part of it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::config::{Ramp, RunConfig};
use super::live::LiveSettings;

/// What took effect before a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
    /// What a run begins with.
    fn first(began: &RunConfig) -> Self {
        Self {
            step: 0,
            lambda: Some(began.training.lambda),
            ramp: began.training.ramp,
            learning_rate: Some(began.training.learning_rate),
            input_noise: Some(began.training.input_noise),
            nc: Some(began.network.code),
        }
    }

    /// What is not the same in `old` and `new`.
    fn between(step: u64, old: &LiveSettings, new: &LiveSettings) -> Self {
        let differs = |old: f64, new: f64| old.total_cmp(&new).is_ne().then_some(new);
        Self {
            step,
            lambda: differs(old.lambda, new.lambda),
            ramp: None,
            learning_rate: differs(old.learning_rate, new.learning_rate),
            input_noise: differs(old.input_noise, new.input_noise),
            nc: (old.code != new.code).then_some(new.code),
        }
    }

    fn is_empty(&self) -> bool {
        let nothing = Self {
            step: self.step,
            ..Self::default()
        };
        *self == nothing
    }

    /// Takes over what a later one of the same step has.
    fn take(&mut self, later: &Self) {
        self.lambda = later.lambda.or(self.lambda);
        self.learning_rate = later.learning_rate.or(self.learning_rate);
        self.input_noise = later.input_noise.or(self.input_noise);
        self.nc = later.nc.or(self.nc);
    }

    fn write(&self, config: &mut RunConfig) {
        let mut live = LiveSettings::of(config);
        live.lambda = self.lambda.unwrap_or(live.lambda);
        live.learning_rate = self.learning_rate.unwrap_or(live.learning_rate);
        live.input_noise = self.input_noise.unwrap_or(live.input_noise);
        live.code = self.nc.unwrap_or(live.code);
        live.write(config);
    }
}

/// Changes of what the network is trained with, in their order; at most one entry a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct Schedule {
    changes: Vec<Entry>,
}

impl From<Schedule> for Vec<Entry> {
    fn from(schedule: Schedule) -> Self {
        schedule.changes
    }
}

/// Entries that are no schedule.
#[derive(Debug, thiserror::Error)]
#[error("changes that are empty, out of order or out of their range")]
pub struct Disorder;

impl TryFrom<Vec<Entry>> for Schedule {
    type Error = Disorder;

    fn try_from(changes: Vec<Entry>) -> Result<Self, Disorder> {
        let finite = |number: Option<f64>| number.is_none_or(f64::is_finite);
        let sound = |entry: &Entry| {
            let numbers = [entry.lambda, entry.learning_rate, entry.input_noise];
            !entry.is_empty() && entry.ramp.is_none() && numbers.into_iter().all(finite)
        };
        let in_order = changes.windows(2).all(|pair| pair[0].step < pair[1].step);
        if in_order && changes.iter().all(sound) {
            Ok(Self { changes })
        } else {
            Err(Disorder)
        }
    }
}

impl Schedule {
    /// `new` settings took the place of `old` ones after `step` steps. What no step was taken under
    /// is forgotten when something else takes its place; what does not bear on training is no part
    /// of this.
    pub fn add(&mut self, step: u64, old: &LiveSettings, new: &LiveSettings) {
        let entry = Entry::between(step, old, new);
        if entry.is_empty() {
            return;
        }
        match self.changes.last_mut().filter(|last| last.step == step) {
            Some(last) => last.take(&entry),
            None => self.changes.push(entry),
        }
    }

    /// Whether nothing has changed since the beginning.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The steps at which λ changed, and λ from then on.
    pub fn lambdas(&self) -> impl Iterator<Item = (u64, f64)> {
        let changes = self.changes.iter();
        changes.filter_map(|entry| Some((entry.step, entry.lambda?)))
    }

    /// The steps at which the code layer began anew, and its units from then on.
    pub fn code_sizes(&self) -> impl Iterator<Item = (u64, usize)> {
        let changes = self.changes.iter();
        changes.filter_map(|entry| Some((entry.step, entry.nc?)))
    }

    /// The changes that bear on a network of `step` steps: those that a step was taken under, and
    /// of Nc also the last, which gives the network another code layer at once.
    fn until(&self, step: u64) -> impl Iterator<Item = Entry> {
        let bearing = move |entry: &Entry| match entry.step.cmp(&step) {
            Ordering::Less => *entry,
            Ordering::Equal => Entry {
                step,
                nc: entry.nc,
                ..Entry::default()
            },
            Ordering::Greater => Entry::default(),
        };
        let changes = self.changes.iter().map(bearing);
        changes.filter(|entry| !entry.is_empty())
    }

    /// The settings in force during the last of `step` steps of a run that began with `began`.
    #[must_use]
    pub fn settings(&self, began: &RunConfig, step: u64) -> RunConfig {
        let mut config = began.clone();
        for entry in self.until(step) {
            entry.write(&mut config);
        }
        config
    }

    /// What `step` steps of a run that began with `began` were taken under: the settings at the
    /// beginning, then what changed.
    #[must_use]
    pub fn entries(&self, began: &RunConfig, step: u64) -> Vec<Entry> {
        let mut entries = vec![Entry::first(began)];
        for entry in self.until(step) {
            match entries.last_mut().filter(|last| last.step == entry.step) {
                Some(last) => last.take(&entry),
                None => entries.push(entry),
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    /// A schedule in the making, and the settings in force.
    struct Hand {
        schedule: Schedule,
        now: LiveSettings,
    }

    impl Hand {
        fn new(began: &RunConfig) -> Self {
            Self {
                schedule: Schedule::default(),
                now: LiveSettings::of(began),
            }
        }

        fn change(&mut self, step: u64, change: impl FnOnce(&mut LiveSettings)) {
            let old = self.now;
            change(&mut self.now);
            self.schedule.add(step, &old, &self.now);
        }
    }

    #[test]
    fn a_change_counts_from_the_first_step_that_was_taken_under_it() {
        let began = Preset::Quick.config();
        let mut hand = Hand::new(&began);
        hand.change(40, |live| live.lambda = 0.5);
        hand.change(40, |live| live.lambda = 0.01);
        hand.change(60, |live| live.learning_rate = 1e-4);
        hand.change(60, |live| live.shown = 20);
        let schedule = hand.schedule;
        let lambda = |step| schedule.settings(&began, step).training.lambda;
        assert_eq!([lambda(0), lambda(40), lambda(41)], [0.1, 0.1, 0.01]);
        assert_eq!(schedule.settings(&began, 900).shown, began.shown);
        assert_eq!(schedule.lambdas().collect::<Vec<_>>(), [(40, 0.01)]);
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
    fn a_schedule_comes_back_from_its_entries_and_disorder_is_refused() {
        let mut hand = Hand::new(&Preset::Quick.config());
        hand.change(40, |live| live.lambda = 0.1 + 0.2);
        hand.change(60, |live| live.code = 8);
        let text = serde_json::to_string(&hand.schedule).unwrap();
        let back: Schedule = serde_json::from_str(&text).unwrap();
        assert_eq!(back, hand.schedule);
        for wrong in [
            r#"[{"step":60,"nc":8},{"step":60,"nc":9}]"#,
            r#"[{"step":60,"nc":8},{"step":40,"lambda":0.5}]"#,
            r#"[{"step":60}]"#,
            r#"[{"step":60,"nc":8,"more":1}]"#,
        ] {
            assert!(serde_json::from_str::<Schedule>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ramp_is_told_once_and_is_over_with_another_lambda() {
        let mut began = Preset::Quick.config();
        began.training.ramp = Some(Ramp::default());
        let mut hand = Hand::new(&began);
        hand.change(40, |live| live.input_noise = 0.1);
        hand.change(60, |live| live.lambda = 0.5);
        let schedule = hand.schedule;
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
        let mut hand = Hand::new(&began);
        hand.change(40, |live| (live.code, live.lambda) = (8, 0.5));
        let schedule = hand.schedule;
        let code = |step| schedule.settings(&began, step).network.code;
        assert_eq!([code(39), code(40)], [began.network.code, 8]);
        assert_eq!(schedule.settings(&began, 40).training.lambda, 0.1);
        assert_eq!(schedule.entries(&began, 40)[1].lambda, None);
        assert_eq!(schedule.code_sizes().collect::<Vec<_>>(), [(40, 8)]);
    }
}
