//! A run that was stopped and resumed from its file gives the same numbers as one that was not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::data::{Selection, Source};
use crate::kernel::PriorConfig;
use crate::training::config::{NetworkConfig, PretrainingConfig};
use crate::training::{Advance, Run};

fn config(pretrained: bool) -> RunConfig {
    let mut config = RunConfig {
        prior: PriorConfig::Cosine,
        network: NetworkConfig {
            hidden: vec![12],
            code: 6,
            ..RunConfig::default().network
        },
        shown: 10,
        ..RunConfig::default()
    };
    config.training.batch = 16;
    config.training.steps = 40;
    config.training.input_noise = 0.1;
    config.training.pretraining = pretrained.then_some(PretrainingConfig {
        steps_per_layer: 20,
        learning_rate: 3e-3,
    });
    config
}

fn finish(run: &mut Run) -> Vec<u32> {
    run.without_curves();
    while !matches!(run.advance().unwrap(), Advance::Over) {}
    let network = run.trainer().unwrap().network();
    network.parameters().iter().map(|x| x.to_bits()).collect()
}

/// Stops after `steps` steps, goes through a file, and goes on.
fn interrupted(pretrained: bool, steps: usize) {
    let selection = Selection {
        samples: Some(120),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let config = config(pretrained);
    let whole = finish(&mut Run::new(Arc::clone(&data), &config).unwrap());

    let mut run = Run::new(Arc::clone(&data), &config).unwrap();
    for _ in 0..steps {
        run.advance().unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let prior = Arc::clone(run.prior().unwrap());
    run.checkpoint()
        .unwrap()
        .write(&path, BTreeMap::new())
        .unwrap();
    drop(run);
    let checkpoint = Checkpoint::read(&TensorFile::read(&path).unwrap()).unwrap();
    assert_eq!(checkpoint.config, config);
    assert_eq!(checkpoint.trainer.counters.step, steps as u64);
    let mut run = Run::resume(data, prior, checkpoint).unwrap();
    assert_eq!(finish(&mut run), whole, "after {steps} steps");
}

#[test]
fn a_resumed_run_gives_the_same_numbers() {
    for steps in [1, 17, 39] {
        interrupted(false, steps);
    }
}

#[test]
fn a_run_resumed_in_any_layer_of_pretraining_gives_the_same_numbers() {
    for steps in [3, 20, 31, 40, 60] {
        interrupted(true, steps);
    }
}

#[test]
fn a_checkpoint_of_other_samples_is_refused() {
    let of = |samples| {
        let selection = Selection {
            samples: Some(samples),
            ..Selection::default()
        };
        Arc::new(Source::bundled().unwrap().select(&selection).unwrap())
    };
    let (first, second) = (of(120), of(140));
    let run = Run::new(first, &config(false)).unwrap();
    let checkpoint = run.checkpoint().unwrap();
    let other = Run::new(Arc::clone(&second), &config(false)).unwrap();
    let prior = Arc::clone(other.prior().unwrap());
    assert!(matches!(
        Run::resume(second, prior, checkpoint),
        Err(crate::training::RunError::Checkpoint)
    ));
}
