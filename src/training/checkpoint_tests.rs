//! A run that was stopped and resumed from its file gives the same numbers as one that was not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::data::{Selection, Source};
use crate::kernel::PriorConfig;
use crate::training::config::{CopiesConfig, NetworkConfig, PretrainingConfig, Ramp};
use crate::training::{Advance, LiveSettings, Run};

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
fn interrupted(pretrained: bool, steps: u64) {
    interrupted_under(&config(pretrained), steps);
}

fn interrupted_under(config: &RunConfig, steps: u64) {
    let selection = Selection {
        samples: Some(120),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let whole = finish(&mut Run::new(Arc::clone(&data), config).unwrap());

    let mut run = Run::new(Arc::clone(&data), config).unwrap();
    while run.trainer().is_none_or(|trainer| trainer.steps() < steps) {
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
    assert_eq!(checkpoint.config, *config);
    assert_eq!(checkpoint.trainer.counters.step, steps);
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
fn a_run_beyond_the_paper_gives_the_same_numbers() {
    let mut config = config(true);
    config.training.ramp = Some(Ramp::default());
    config.training.projection = Some(3);
    config.training.copies = Some(CopiesConfig::default());
    for prior in [
        PriorConfig::Cosine,
        PriorConfig::Pck(crate::kernel::PckConfig {
            restarts: 2,
            max_components: 4,
            fit_samples: 40,
            ..Default::default()
        }),
    ] {
        config.prior = prior;
        for steps in [10, 25, 47, 60] {
            interrupted_under(&config, steps);
        }
    }
}

#[test]
fn a_ramp_that_is_over_stays_so() {
    let selection = Selection {
        samples: Some(120),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let mut config = config(false);
    config.training.ramp = Some(Ramp::default());
    let mut run = Run::new(Arc::clone(&data), &config).unwrap();
    run.advance().unwrap();
    let live = LiveSettings {
        lambda: 0.4,
        ..run.live()
    };
    run.steer(&live).unwrap();
    let prior = Arc::clone(run.prior().unwrap());
    let mut checkpoint = run.checkpoint().unwrap();
    // Whoever holds the settings that the run began with has them say otherwise.
    checkpoint.config.training.ramp = config.training.ramp;
    let run = Run::resume(data, prior, checkpoint).unwrap();
    assert_eq!(run.trainer().unwrap().effective_lambda(), 0.4);
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
