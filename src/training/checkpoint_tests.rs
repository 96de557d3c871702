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

/// What a file may claim of a run of two layers, 40 steps and 20 for each layer before them.
#[test]
fn counters_that_no_run_can_have_come_to_are_refused() {
    let random = crate::data::generator(0, 0);
    let possible = |pretrained: bool, change: &dyn Fn(&mut State)| {
        let mut state = State {
            steps: 40,
            leg: 0,
            settling: None,
            adam_step: 5,
            alone: None,
            counters: Counters {
                lambda: 0.1,
                ramp_over: false,
                rate: 1e-3,
                pretraining_rate: 3e-3,
                input_noise: 0.1,
                stage: Stage::Training { done: 5 },
                step: if pretrained { 45 } else { 5 },
                warmed: None,
                batches: random.clone(),
                noise: random.clone(),
            },
        };
        change(&mut state);
        state.is_possible(&config(pretrained), 2)
    };
    let pretrained = |layer, done, step| {
        possible(true, &|s| {
            s.counters.stage = Stage::Pretraining { layer, done };
            (s.counters.step, s.adam_step) = (step, 0);
        })
    };
    assert!(possible(true, &|_| ()) && possible(false, &|_| ()));
    // λ and the numbers like it, at their bounds and beyond.
    for (value, fine) in [(0.0, true), (1.0, true), (-0.1, false), (1.1, false)] {
        assert_eq!(possible(true, &|s| s.counters.lambda = value), fine);
        assert_eq!(possible(true, &|s| s.counters.warmed = Some(value)), fine);
    }
    for (value, fine) in [(10.0, true), (0.0, false), (-1.0, false)] {
        assert_eq!(possible(true, &|s| s.counters.rate = value), fine);
        assert_eq!(
            possible(true, &|s| s.counters.pretraining_rate = value),
            fine
        );
    }
    assert!(possible(true, &|s| s.counters.input_noise = 0.0));
    assert!(!possible(true, &|s| s.counters.input_noise = -0.1));
    for value in [f64::NAN, f64::INFINITY] {
        assert!(!possible(true, &|s| s.counters.lambda = value));
        assert!(!possible(true, &|s| s.counters.rate = value));
        assert!(!possible(true, &|s| s.counters.pretraining_rate = value));
        assert!(!possible(true, &|s| s.counters.input_noise = value));
    }
    // A leg cannot begin after the last step, nor can more steps be done than there are.
    assert!(possible(true, &|s| s.leg = 40) && !possible(true, &|s| s.leg = 41));
    let done = |done, step| {
        possible(true, &|s| {
            s.counters.stage = Stage::Training { done };
            s.counters.step = step;
        })
    };
    assert!(done(40, 80) && !done(41, 81));
    // All steps of both layers and those done since have been taken, and perhaps more.
    assert!(done(5, 45) && done(5, 46) && !done(5, 44));
    assert!(done(5, (1 << 60) - 1) && !done(5, 1 << 60));
    assert!(!possible(false, &|s| s.counters.step = 4));
    assert!(possible(true, &|s| s.adam_step = 45) && !possible(true, &|s| s.adam_step = 46));
    // In pretraining those of the layers below.
    assert!(pretrained(0, 20, 20) && !pretrained(0, 21, 21));
    assert!(pretrained(1, 20, 40) && !pretrained(1, 20, 39));
    assert!(!pretrained(3, 0, 90));
    assert!(!pretrained(usize::MAX, 0, 90) && !pretrained(usize::MAX, 20, 90));
}

/// Moments that are not one for each parameter, or squares below zero.
#[test]
fn moments_that_do_not_fit_the_network_are_refused() {
    let selection = Selection {
        samples: Some(120),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let run = Run::new(data, &config(false)).unwrap();
    let checkpoint = run.checkpoint().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    checkpoint.write(&path, BTreeMap::new()).unwrap();
    let file = TensorFile::read(&path).unwrap();
    let texts: BTreeMap<String, String> = [ARCHITECTURE, STATE, SETTINGS]
        .map(|name| (name.to_owned(), file.text(name).unwrap().to_owned()))
        .into();
    let read = |first: &[f32], second: &[f32]| {
        let mut tensors = checkpoint.trainer.network.tensors("");
        tensors.push(("adam.first".into(), Tensor::row(first)));
        tensors.push(("adam.second".into(), Tensor::row(second)));
        tensors.push(("order".into(), Tensor::indices(&checkpoint.trainer.order)));
        write_tensors(&path, tensors, &texts).unwrap();
        Checkpoint::read(&TensorFile::read(&path).unwrap()).is_ok()
    };
    let all = vec![0.0; checkpoint.trainer.network.parameters().len()];
    let few = &all[1..];
    assert!(read(&all, &all));
    assert!(!read(few, &all) && !read(&all, few) && !read(few, few));
    let mut below = all.clone();
    below[7] = -1e-9;
    assert!(read(&below, &all), "a mean may be below zero");
    assert!(!read(&all, &below));
    below[7] = f32::NAN;
    assert!(!read(&all, &below));
}
