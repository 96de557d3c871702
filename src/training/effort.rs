//! What the steps of a run have to compute, in floating-point operations of their matrix products.
//!
//! A step of pretraining takes another time than one of the whole network, and one with a small
//! code another than one with a large. What they have in common is the rate at which the machine
//! makes products; with it, operations tell the time that is left.

use super::config::TrainingConfig;
use super::trainer::Stage;
use crate::model::{product_flops, step_flops};

/// The stage of a run's first step.
#[must_use]
pub fn first_stage(training: &TrainingConfig) -> Stage {
    match training.pretraining {
        Some(_) => Stage::Pretraining { layer: 0, done: 0 },
        None => Stage::Training { done: 0 },
    }
}

/// Operations of one step of `stage` on `batch` samples, in a network with layers of `dims` units
/// from the input to the code.
#[must_use]
pub fn stage_flops(dims: &[usize], batch: usize, stage: Stage) -> f64 {
    match stage {
        Stage::Training { .. } => step_flops(dims, batch),
        Stage::Pretraining { layer, .. } => {
            // The samples go through the finished layers first.
            let below: f64 = dims[..=layer]
                .windows(2)
                .map(|sizes| product_flops(batch, sizes))
                .sum();
            below + step_flops(&dims[layer..=layer + 1], batch)
        }
    }
}

/// Operations of all steps from `stage` on, of a run that takes `steps` steps with the whole
/// network.
#[must_use]
pub fn flops_left(dims: &[usize], training: &TrainingConfig, stage: Stage, steps: usize) -> f64 {
    let each = |stage| stage_flops(dims, training.batch, stage);
    let whole = |done: usize| steps.saturating_sub(done) as f64 * each(Stage::Training { done });
    match stage {
        Stage::Training { done } => whole(done),
        Stage::Pretraining { layer, done } => {
            let per_layer = training.pretraining.map_or(0, |p| p.steps_per_layer);
            let above: f64 = (layer..dims.len() - 1)
                .map(|layer| per_layer as f64 * each(Stage::Pretraining { layer, done: 0 }))
                .sum();
            above - done as f64 * each(stage) + whole(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretraining_counts_the_layers_below() {
        let stage = |layer| Stage::Pretraining { layer, done: 3 };
        // Five products with the first layer's weights, and two of C_k's size.
        let first = 2 * (5 * 4 * 7 * 5 + 2 * 4 * 4 * 5);
        assert_eq!(stage_flops(&[7, 5, 3], 4, stage(0)), f64::from(first));
        let second = 2 * (4 * 7 * 5) + 2 * (5 * 4 * 5 * 3 + 2 * 4 * 4 * 3);
        assert_eq!(stage_flops(&[7, 5, 3], 4, stage(1)), f64::from(second));
    }
}
