//! How much work the tasks of a study are, and how long those that are left will take.
//!
//! Training is counted in floating-point operations, which the measured rate turns into seconds.
//! What cannot be counted (a prior kernel, a spectrum, a comparison) takes as long as
//! its like took.

use std::collections::BTreeSet;

use crate::experiment::findings::Findings;
use crate::experiment::plan::{Plan, Task};
use crate::training::config::TrainingConfig;
use crate::training::effort::{first_stage, flops_left};

/// What a spectrum or a denoising comparison costs, in networks of the plan's Nc, as long as
/// none has been measured.
const SHARE: f64 = 0.25;

/// Seconds of training after which this start knows its rate better than what an earlier one, on
/// a machine that may have been busy or another, left in the folder.
const ENOUGH: f64 = 3.0;

/// What the networks of a plan are trained on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Pixels of an image of its data.
    pub pixels: usize,
}

impl Cost<'_> {
    /// Operations of the whole training of a network with a code of this size.
    fn flops(self, code: usize) -> f64 {
        self.flops_of(code, &self.plan.config.training)
    }

    /// Operations of the training of Table 2's network.
    fn course(self) -> f64 {
        let config = self.plan.course_config(0);
        self.flops_of(config.network.code, &config.training)
    }

    fn flops_of(self, code: usize, training: &TrainingConfig) -> f64 {
        let hidden = self.plan.config.network.hidden.iter();
        let sizes: Vec<usize> = [&self.pixels]
            .into_iter()
            .chain(hidden)
            .chain([&code])
            .copied()
            .collect();
        flops_left(&sizes, training, first_stage(training), training.steps)
    }

    /// Operations of a network of the plan's Nc.
    fn whole(self) -> f64 {
        self.flops(self.plan.config.network.code)
    }

    /// What a task costs, in networks of the plan's Nc.
    pub(super) fn of(self, task: &Task) -> f64 {
        match task {
            Task::Network(recipe) => self.flops(recipe.code) / self.whole().max(1.0),
            Task::Course { .. } => self.course() / self.whole().max(1.0),
            Task::Spectrum { .. } | Task::Denoising { .. } | Task::CodeSpace { .. } => SHARE,
        }
    }

    /// What some tasks cost together.
    pub(super) fn of_all<'a>(self, tasks: impl IntoIterator<Item = &'a Task>) -> f64 {
        tasks.into_iter().map(|task| self.of(task)).sum()
    }
}

/// Work of one kind that was done, and how long it took.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    amount: f64,
    seconds: f64,
}

impl Clock {
    fn add(&mut self, amount: f64, seconds: f64) {
        self.amount += amount;
        self.seconds += seconds;
    }

    /// Seconds of a unit of it.
    fn each(self) -> Option<f64> {
        (self.amount > 0.0 && self.seconds > 0.0).then(|| self.seconds / self.amount)
    }
}

/// What has been measured of each kind of work.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// In operations.
    training: Clock,
    prior: Clock,
    spectrum: Clock,
    denoising: Clock,
    code_space: Clock,
}

impl Pace {
    /// What earlier starts of a study left in its findings.
    pub(super) fn kept(cost: Cost<'_>, findings: &Findings) -> Self {
        let mut pace = Self::default();
        for network in &findings.networks {
            let figures = &network.figures;
            // One that was taken over has no time of its own.
            if figures.seconds > 0.0 {
                pace.trained(cost.flops(figures.recipe.code), figures.seconds);
            }
        }
        for course in &findings.courses {
            pace.trained(cost.course(), course.seconds);
        }
        for spectrum in &findings.spectra {
            pace.spectrum.add(1.0, spectrum.figures.seconds);
        }
        for denoising in &findings.denoising {
            pace.denoising.add(1.0, denoising.figures.seconds);
        }
        for figures in &findings.code_spaces {
            pace.code_space.add(1.0, figures.seconds);
        }
        pace
    }

    /// So many operations of training took so many seconds.
    pub(super) fn trained(&mut self, flops: f64, seconds: f64) {
        self.training.add(flops, seconds);
    }

    /// A prior kernel took so many seconds.
    pub(super) fn prior(&mut self, seconds: f64) {
        self.prior.add(1.0, seconds);
    }

    /// A task that trains no network took so many seconds.
    pub(super) fn did(&mut self, task: &Task, seconds: f64) {
        match task {
            Task::Network(_) | Task::Course { .. } => {}
            Task::Spectrum { .. } => self.spectrum.add(1.0, seconds),
            Task::Denoising { .. } => self.denoising.add(1.0, seconds),
            Task::CodeSpace { .. } => self.code_space.add(1.0, seconds),
        }
    }

    /// Seconds that `tasks` take, of whose first the part `begun` is done, with the prior kernels
    /// of all seeds but `ground`. `kept` speaks where nothing was measured yet; `None` if nobody
    /// knows how fast a network trains.
    pub(super) fn seconds<'a>(
        &self,
        kept: &Self,
        cost: Cost<'_>,
        tasks: impl Iterator<Item = &'a Task>,
        begun: f64,
        ground: Option<u64>,
    ) -> Option<f64> {
        let (ours, theirs) = (self.training, kept.training);
        let sure = ours.seconds >= ENOUGH || theirs.each().is_none();
        let rate = if sure { ours.each() } else { theirs.each() }?;
        let one = rate * cost.whole();
        let alike = |ours: Clock, theirs: Clock| ours.each().or(theirs.each());
        let spectrum = alike(self.spectrum, kept.spectrum).unwrap_or(SHARE * one);
        let denoising = alike(self.denoising, kept.denoising).unwrap_or(SHARE * one);
        let code_space = alike(self.code_space, kept.code_space).unwrap_or(SHARE * one);
        let mut seeds = BTreeSet::new();
        let mut seconds = 0.0;
        for (index, task) in tasks.enumerate() {
            seeds.insert(task.seed());
            let left = if index == 0 { 1.0 - begun } else { 1.0 };
            seconds += left
                * match task {
                    Task::Network(recipe) => rate * cost.flops(recipe.code),
                    Task::Course { .. } => rate * cost.course(),
                    Task::Spectrum { .. } => spectrum,
                    Task::Denoising { .. } => denoising,
                    Task::CodeSpace { .. } => code_space,
                };
        }
        if let Some(ground) = ground {
            seeds.remove(&ground);
        }
        let prior = alike(self.prior, kept.prior).unwrap_or(0.0);
        Some(seconds + prior * seeds.len() as f64)
    }
}

/// Seconds that `tasks` of a plan take by what `findings` say about the same settings; `None` if
/// they say nothing.
#[must_use]
pub(super) fn seconds_of(cost: Cost<'_>, tasks: &[Task], findings: &Findings) -> Option<f64> {
    let kept = Pace::kept(cost, findings);
    Pace::default().seconds(&kept, cost, tasks.iter(), 0.0, None)
}

#[cfg(test)]
mod tests {
    use super::super::each_kind_tests::findings as kept;
    use super::*;
    use crate::experiment::plan::Experiment;
    use crate::training::config::Preset;

    fn plan() -> Plan {
        Plan::of(Preset::Quick, &Experiment::ALL, 0, 4)
    }

    fn cost(plan: &Plan) -> Cost<'_> {
        Cost { plan, pixels: 784 }
    }

    fn left(pace: &Pace, kept: &Pace, begun: f64, ground: Option<u64>) -> Option<f64> {
        let plan = plan();
        pace.seconds(kept, cost(&plan), plan.tasks().iter(), begun, ground)
    }

    #[test]
    fn nothing_is_known_before_something_was_measured() {
        assert_eq!(left(&Pace::default(), &Pace::default(), 0.0, None), None);
    }

    #[test]
    fn one_networks_start_tells_the_time_of_all_tasks() {
        let (plan, mut pace) = (plan(), Pace::default());
        let whole = cost(&plan).whole();
        // A tenth of a network in a second, after a prior of two.
        pace.prior(2.0);
        pace.trained(whole / 10.0, 1.0);
        let seconds = left(&pace, &Pace::default(), 0.1, Some(0)).unwrap();
        let networks = cost(&plan).of_all(&plan.tasks());
        assert!((seconds - (10.0 * (networks - 0.1) + 3.0 * 2.0)).abs() < 1e-6);
        // A spectrum that was measured takes as long as it took.
        pace.did(&Task::Spectrum { seed: 0 }, 40.0);
        let more = left(&pace, &Pace::default(), 0.1, Some(0)).unwrap();
        assert!((more - seconds - 4.0 * (40.0 - 2.5)).abs() < 1e-6);
    }

    /// By hand, Quick's 1,000 steps of 200 samples: six products a layer, five in the first, and
    /// two of the codes with each other.
    #[test]
    fn the_images_pixels_count() {
        for pixels in [16_u32, 784, 3_072] {
            let layers = 5 * pixels * 256 + 6 * (256 * 256 + 256 * 512 + 512 * 128);
            let step = 2.0 * 200.0 * (f64::from(layers) + 2.0 * 200.0 * 128.0);
            let (plan, pixels) = (plan(), pixels as usize);
            let found = Cost {
                plan: &plan,
                pixels,
            }
            .whole();
            assert!((found / (1_000.0 * step) - 1.0).abs() < 1e-12, "{pixels}");
        }
    }

    #[test]
    fn what_is_kept_speaks_until_this_start_has_trained_for_a_while() {
        let plan = plan();
        let whole = cost(&plan).whole();
        let (mut kept, mut pace) = (Pace::default(), Pace::default());
        kept.trained(whole, 20.0);
        let before = left(&pace, &kept, 0.0, None).unwrap();
        pace.trained(whole / 100.0, 0.1);
        assert_eq!(left(&pace, &kept, 0.0, None), Some(before));
        pace.trained(whole, 9.9);
        let after = left(&pace, &kept, 0.0, None).unwrap();
        assert!((after / before - 10.0 / 20.0 / 1.01).abs() < 1e-9);
    }

    /// A task of each kind under `seed`.
    fn each_kind(plan: &Plan, seed: u64) -> [Task; 5] {
        [
            Task::Network(plan.dkae(seed)),
            Task::Course { seed },
            Task::Spectrum { seed },
            Task::Denoising { seed },
            Task::CodeSpace { seed },
        ]
    }

    fn near(found: Option<f64>, wanted: f64) {
        let found = found.unwrap();
        assert!((found / wanted - 1.0).abs() < 1e-9, "{found} and {wanted}");
    }

    /// 10 s for a network and 30 s for Table 2's, which takes three times its steps; 3 s for a spectrum,
    /// 5 and 7 s for denoising, 2 s for the codes.
    #[test]
    fn every_kind_takes_as_long_as_its_like_took() {
        let plan = plan();
        let (cost, findings) = (cost(&plan), kept(&plan));
        let tasks = each_kind(&plan, 1);
        for (task, seconds) in tasks.iter().zip([10.0, 30.0, 3.0, 6.0, 2.0]) {
            near(seconds_of(cost, &[*task], &findings), seconds);
        }
        near(seconds_of(cost, &tasks, &findings), 51.0);
        assert_eq!(seconds_of(cost, &tasks, &Findings::default()), None);
        // Half of the first is done; a prior takes 4 s, and seed 1 has its own.
        let mut now = Pace::default();
        now.prior(4.0);
        let kept = Pace::kept(cost, &findings);
        let two = [tasks, each_kind(&plan, 2)].concat();
        near(now.seconds(&kept, cost, two.iter(), 0.5, Some(1)), 101.0);
        near(now.seconds(&kept, cost, two.iter(), 0.5, Some(7)), 105.0);
        near(now.seconds(&kept, cost, two.iter(), 0.5, None), 105.0);
        // What this start measured speaks before what was kept, each kind for itself; what trains a
        // network has been counted already.
        for (task, longer) in tasks.iter().zip([0.0, 0.0, 10.0, 20.0, 30.0]) {
            let mut now = Pace::default();
            let usual = now.seconds(&kept, cost, tasks.iter(), 0.0, None).unwrap();
            let was = seconds_of(cost, &[*task], &findings).unwrap();
            now.did(task, was + longer);
            let found = now.seconds(&kept, cost, tasks.iter(), 0.0, None);
            near(found, usual + longer);
        }
    }

    /// Unmeasured, a comparison is a quarter of a network; by hand, as above, what half the code
    /// saves is 6 · 512 · 64 and 2 · 200 · 64 products a sample.
    #[test]
    fn costs_are_in_networks_of_the_plans_code() {
        let plan = plan();
        let cost = cost(&plan);
        let found = each_kind(&plan, 0).map(|task| cost.of(&task));
        for (found, wanted) in found.into_iter().zip([1.0, 3.0, 0.25, 0.25, 0.25]) {
            near(Some(found), wanted);
        }
        let half = Task::Network(crate::experiment::plan::Recipe {
            code: 64,
            ..plan.dkae(0)
        });
        let layers = f64::from(5 * 784 * 256 + 6 * (256 * 256 + 256 * 512 + 512 * 128));
        let whole = layers + 2.0 * 200.0 * 128.0;
        let less = 6.0 * 512.0 * 64.0 + 2.0 * 200.0 * 64.0;
        near(Some(cost.of(&half)), 1.0 - less / whole);
        let (mut pace, none) = (Pace::default(), Pace::default());
        pace.trained(cost.whole() / 2.0, 4.0);
        for task in each_kind(&plan, 0) {
            let found = pace.seconds(&none, cost, [task].iter(), 0.0, Some(0));
            near(found, 8.0 * cost.of(&task));
        }
    }

    #[test]
    fn a_rate_wants_some_work_and_some_time() {
        let plan = plan();
        let whole = cost(&plan).whole();
        let none = Pace::default();
        for (flops, seconds) in [(whole, 0.0), (0.0, 1.0)] {
            let mut pace = Pace::default();
            pace.trained(flops, seconds);
            assert_eq!(left(&pace, &none, 0.0, None), None);
        }
        // Three seconds of training are enough.
        let mut kept = Pace::default();
        kept.trained(whole, 20.0);
        let one = [Task::Network(plan.dkae(0))];
        for (seconds, wanted) in [(2.9, 20.0), (3.0, 3.0), (3.1, 3.1)] {
            let mut now = Pace::default();
            now.trained(whole, seconds);
            let found = now.seconds(&kept, cost(&plan), one.iter(), 0.0, None);
            near(found, wanted);
        }
    }
}
