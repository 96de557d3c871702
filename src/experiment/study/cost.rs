//! What the tasks of a study cost, for the time that is left.

use crate::experiment::plan::{Plan, Task};
use crate::training::RunConfig;

/// What a spectrum or a denoising comparison costs, in networks.
const SHARE: f64 = 0.25;

/// Steps of a run, pretraining among them.
pub(super) fn steps(config: &RunConfig) -> usize {
    let layers = config.network.hidden.len() + 1;
    let pretraining = config.training.pretraining;
    config.training.steps + pretraining.map_or(0, |p| p.steps_per_layer * layers)
}

/// What a task costs, in networks of the plan's Nc: its weights count, and a part that does not
/// depend on Nc.
pub(super) fn cost(plan: &Plan, task: &Task) -> f64 {
    let Task::Network(recipe) = task else {
        return SHARE;
    };
    let hidden = &plan.config.network.hidden;
    let weights = |code: usize| {
        let sizes: Vec<usize> = [784].iter().chain(hidden).copied().chain([code]).collect();
        let products: usize = sizes.windows(2).map(|w| w[0] * w[1]).sum();
        products as f64
    };
    weights(recipe.code) / weights(plan.config.network.code)
}
