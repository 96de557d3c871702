//! The rungs of a ladder: networks from the same start that differ in one setting, λ or Nc.
//!
//! What a network comes to under a λ depends on where it starts from: one that is steered from
//! λ = 0.1 to 0.9 is not the one that was trained under 0.9. A dial through finished networks is
//! made of the latter, which are those of Fig. 3 on a finer grid: (a) over λ, (b) over Nc.

use super::plan::{Drawn, Experiment, Plan};
use crate::training::RunConfig;
use crate::training::config::DenoisingConfig;

/// Rungs of a ladder over λ.
pub const RUNGS: usize = 17;

/// The exponents of two between which a slider over Nc goes.
pub const CODE_EXPONENTS: [f64; 2] = [1.0, 11.0];

/// The setting in which the networks of a ladder differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dial {
    /// λ of Eq. 5.
    Lambda,
    /// Nc, the units of the code layer.
    Code,
}

/// A value of a dial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The dial.
    pub dial: Dial,
    /// Its value: λ from 0 to 1, or Nc from 1 on, a whole number.
    pub value: f64,
}

impl Dial {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Lambda, Self::Code];

    /// Its value in `config`.
    #[must_use]
    pub fn of(self, config: &RunConfig) -> Place {
        let value = match self {
            Self::Lambda => config.training.lambda,
            Self::Code => config.network.code as f64,
        };
        Place { dial: self, value }
    }

    /// Where a value stands on the dial's slider, from 0 to 1 (beyond it, if the slider does not reach it): λ
    /// by its root, Nc by its logarithm.
    #[must_use]
    pub fn along(self, value: f64) -> f64 {
        match self {
            Self::Lambda => value.clamp(0.0, 1.0).sqrt(),
            Self::Code => {
                let [least, most] = CODE_EXPONENTS;
                (value.max(1.0).log2() - least) / (most - least)
            }
        }
    }

    /// Its places for networks beside a run under `config`, ascending; the run's own is among them.
    #[must_use]
    pub fn places(self, config: &RunConfig) -> Vec<Place> {
        let values = match self {
            Self::Lambda => lambdas(config.training.lambda),
            Self::Code => codes(config).into_iter().map(|code| code as f64).collect(),
        };
        let place = |value| Place { dial: self, value };
        values.into_iter().map(place).collect()
    }
}

impl Place {
    /// How far apart two values of a dial are on its slider; of two dials, farther than that.
    #[must_use]
    pub fn apart(self, other: Self) -> f64 {
        let away = self.dial.along(self.value) - self.dial.along(other.value);
        away.abs() + if self.dial == other.dial { 0.0 } else { 2.0 }
    }

    /// The settings of the network at this place: those of the run but for the dial's.
    #[must_use]
    pub fn config(self, run: &RunConfig) -> RunConfig {
        let mut config = run.clone();
        match self.dial {
            Dial::Lambda => config.training.lambda = self.value,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of units"
            )]
            Dial::Code => config.network.code = self.value as usize,
        }
        config
    }
}

/// λ of the rungs, ascending from 0 to 1, evenly apart in √λ as the slider is; `own`, the run's, takes the
/// place of the one next to it.
fn lambdas(own: f64) -> Vec<f64> {
    let last = (RUNGS - 1) as f64;
    let places = (0..RUNGS).map(|rung| rung as f64 / last);
    let mut all: Vec<f64> = places.map(|s| (s * s * 1e3).round() / 1e3).collect();
    let place = (own.clamp(0.0, 1.0).sqrt() * last).round() as usize;
    // 0 and 1 are on every ladder.
    if place > 0 && place < RUNGS - 1 {
        all[place] = own;
    }
    all
}

/// Nc of the rungs, ascending: 2, 4, 8 and so on up to the preset's, which is among them as the run's is.
fn codes(config: &RunConfig) -> Vec<usize> {
    let (own, largest) = (config.network.code, config.preset.config().network.code);
    let doubled = std::iter::successors(Some(2_usize), |code| code.checked_mul(2));
    let mut all: Vec<usize> = doubled.take_while(|&code| code < largest).collect();
    all.extend([own, largest]);
    all.sort_unstable();
    all.dedup();
    all
}

/// The ladder of a run under `config` on `samples` samples, drawn so, as a study: Fig. 3 on the ladder's grids. Further
/// seeds may be added to it.
#[must_use]
pub fn plan(config: &RunConfig, samples: usize, drawn: Drawn) -> Plan {
    let experiments = [Experiment::Fig3a, Experiment::Fig3b];
    let mut plan = Plan::of(config.preset, &experiments, config.seed, 1);
    (plan.samples, plan.drawn) = (samples, Some(drawn));
    plan.lambdas = lambdas(config.training.lambda);
    plan.code_sizes = codes(config);
    // A folder holds one set of settings, under all seeds.
    plan.config = RunConfig {
        seed: config.preset.config().seed,
        ..config.clone()
    };
    plan
}

/// Whether two runs' ladders are the same: they differ at most in a dial and in what is looked at.
#[must_use]
pub fn is_shared(one: &RunConfig, other: &RunConfig) -> bool {
    let common = |config: &RunConfig| {
        let mut config = config.clone();
        (config.training.lambda, config.network.code) = (0.0, 1);
        (config.shown, config.denoising) = (0, DenoisingConfig::default());
        config
    };
    common(one) == common(other)
        && (one.training.lambda == other.training.lambda || one.network.code == other.network.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    fn values(dial: Dial, config: &RunConfig) -> Vec<f64> {
        let places = dial.places(config);
        assert!(places.iter().all(|place| place.dial == dial));
        places.into_iter().map(|place| place.value).collect()
    }

    #[test]
    fn the_rungs_go_from_0_to_1_and_the_runs_own_is_among_them() {
        for own in [0.1, 0.0, 1.0, 0.003, 0.5, 0.97, 0.9999] {
            let all = lambdas(own);
            assert_eq!((all.len(), all[0], all[RUNGS - 1]), (RUNGS, 0.0, 1.0));
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
            let near = all.iter().map(|λ| (λ.sqrt() - own.sqrt()).abs());
            assert!(near.fold(1.0, f64::min) <= 1.0 / 32.0);
        }
        assert!(values(Dial::Lambda, &RunConfig::default()).contains(&0.1));
    }

    /// (i / 16)² to three places; 0.1 is next to the fifth, whose place it takes.
    #[test]
    fn the_rungs_are_evenly_apart_on_the_slider() {
        let mut even = [
            0.0, 0.004, 0.016, 0.035, 0.063, 0.098, 0.141, 0.191, 0.25, 0.316, 0.391, 0.473, 0.563,
            0.66, 0.766, 0.879, 1.0,
        ];
        for own in [0.0, 0.0009, 0.9999, 1.0, 7.0] {
            assert_eq!(lambdas(own), even, "{own} is 0 or 1 on the ladder");
        }
        even[5] = 0.1;
        assert_eq!(lambdas(0.1), even);
        (even[5], even[1]) = (0.098, 0.001);
        assert_eq!(lambdas(0.001), even);
        (even[1], even[15]) = (0.004, 0.93);
        assert_eq!(lambdas(0.93), even);
    }

    #[test]
    fn code_sizes_double_up_to_the_presets_and_the_runs_own_is_among_them() {
        let mut config = RunConfig::default();
        assert_eq!(
            values(Dial::Code, &config),
            [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]
        );
        config.network.code = 20;
        assert_eq!(
            values(Dial::Code, &config),
            [2.0, 4.0, 8.0, 16.0, 20.0, 32.0, 64.0, 128.0]
        );
        config.network.code = 300;
        assert_eq!(values(Dial::Code, &config).last(), Some(&300.0));
        let paper = values(Dial::Code, &Preset::Paper.config());
        assert_eq!(paper[paper.len() - 2..], [1024.0, 2000.0]);
    }

    #[test]
    fn a_place_is_one_setting_of_a_run_and_no_other() {
        let run = RunConfig::default();
        for place in Dial::ALL.iter().flat_map(|dial| dial.places(&run)) {
            let mut config = place.config(&run);
            assert_eq!(place.dial.of(&config), place);
            match place.dial {
                Dial::Lambda => config.training.lambda = run.training.lambda,
                Dial::Code => config.network.code = run.network.code,
            }
            assert_eq!(config, run);
        }
        let code = |value| Place {
            dial: Dial::Code,
            value,
        };
        assert!(code(2.0).apart(code(2048.0)) < code(2.0).apart(Dial::Lambda.of(&run)));
    }

    /// The networks of the study are those of the ladder, to each setting.
    #[test]
    fn a_ladder_as_a_study_has_the_same_networks() {
        let mut run = Preset::Quick.config();
        (run.seed, run.shown, run.network.code) = (3, 50, 20);
        let plan = plan(&run, 2_000, Drawn::default());
        plan.check().unwrap();
        let recipes = |experiment| plan.recipes(experiment, 3).into_iter();
        let of = |experiment| recipes(experiment).map(|recipe| plan.config_of(&recipe));
        let rungs = |dial: Dial| {
            let places = dial.places(&run).into_iter();
            places.map(|place| place.config(&run)).collect::<Vec<_>>()
        };
        assert!(of(Experiment::Fig3a).eq(rungs(Dial::Lambda)));
        assert!(of(Experiment::Fig3b).eq(rungs(Dial::Code)));
        assert_eq!((plan.samples, plan.seeds.as_slice()), (2_000, &[3][..]));
        // The run's own network is on both dials, and a task of its own once.
        let all = rungs(Dial::Lambda).len() + rungs(Dial::Code).len();
        assert_eq!(plan.tasks().len(), all - 1);
    }

    #[test]
    fn another_value_of_one_dial_shares_the_ladder_and_other_settings_do_not() {
        let run = RunConfig::default();
        let lambda = Place {
            dial: Dial::Lambda,
            value: 0.7,
        };
        let code = Place {
            dial: Dial::Code,
            value: 8.0,
        };
        assert!(is_shared(&run, &lambda.config(&run)));
        assert!(is_shared(&run, &code.config(&run)));
        assert!(!is_shared(&run, &code.config(&lambda.config(&run))));
        let mut other = run.clone();
        other.shown += 50;
        assert!(is_shared(&run, &other));
        other.denoising.components += 1;
        assert!(is_shared(&run, &other));
        other.seed += 1;
        assert!(!is_shared(&run, &other));
        let mut longer = run.clone();
        longer.training.steps += 1;
        assert!(!is_shared(&run, &longer));
    }
}
