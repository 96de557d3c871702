//! What the tasks of a study cost, for the time that is left.

use crate::experiment::plan::{Plan, Task};
use crate::training::effort::{first_stage, flops_left};

/// What a spectrum or a denoising comparison costs, in networks.
const SHARE: f64 = 0.25;

/// What a task costs, in networks of the plan's Nc: the operations of its steps count.
pub(super) fn cost(plan: &Plan, task: &Task) -> f64 {
    let Task::Network(recipe) = task else {
        return SHARE;
    };
    let (hidden, training) = (&plan.config.network.hidden, &plan.config.training);
    let flops = |code: usize| {
        let sizes: Vec<usize> = [784].iter().chain(hidden).copied().chain([code]).collect();
        flops_left(&sizes, training, first_stage(training), training.steps)
    };
    flops(recipe.code) / flops(plan.config.network.code)
}
