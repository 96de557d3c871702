//! The same seed and the same number of threads give the same losses to the last bit.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use dkae_explorer::linalg::Threads;
use dkae_explorer::training::config::{CopiesConfig, PretrainingConfig, RunConfig};
use dkae_explorer::training::{Advance, LossPoint, Run, Scores};

/// Everything a run says in numbers.
fn numbers(config: &RunConfig, threads: usize) -> (Vec<LossPoint>, Vec<LossPoint>, Scores) {
    let work = move || {
        Threads::new(threads).install(|| {
            let mut run = Run::new(common::data(), config).unwrap();
            let (mut training, mut validation) = (Vec::new(), Vec::new());
            loop {
                match run.advance().unwrap() {
                    Advance::Step {
                        losses,
                        validation: point,
                    } => {
                        training.push(losses);
                        validation.extend(point);
                    }
                    Advance::Over => break,
                    _ => {}
                }
            }
            (training, validation, run.scores().unwrap())
        })
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn settings() -> RunConfig {
    let mut config = common::config(60);
    config.training.input_noise = 0.1;
    config.training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 20,
        learning_rate: 3e-3,
    });
    config
}

#[test]
fn a_run_repeats_to_the_last_bit() {
    for threads in [1, 2] {
        let first = numbers(&settings(), threads);
        assert_eq!((first.0.len(), first.1.is_empty()), (100, false));
        let second = numbers(&settings(), threads);
        assert_eq!(first, second, "on {threads} threads");
    }
}

#[test]
fn another_seed_gives_other_losses() {
    let mut other = settings();
    other.seed += 1;
    let (first, second) = (numbers(&settings(), 1), numbers(&other, 1));
    let same = first.0.iter().zip(&second.0).filter(|(a, b)| a == b);
    assert_eq!(same.count(), 0);
    assert_ne!(first.2, second.2);
}

/// The losses of `run` to its end.
fn losses(mut run: Run) -> Vec<LossPoint> {
    let mut losses = Vec::new();
    loop {
        match run.advance().unwrap() {
            Advance::Step { losses: point, .. } => losses.push(point),
            Advance::Over => return losses,
            _ => {}
        }
    }
}

/// What a thread of its own does.
fn alone<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let work = || Threads::new(threads).install(work);
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// So that the line of a network of the ladder, which has one thread, and whose prior is its run's,
/// gives it again.
#[test]
fn a_prior_is_the_same_however_many_threads_made_it() {
    let mut config = settings();
    config.training.copies = Some(CopiesConfig::default());
    let fitted = alone(2, || {
        let mut run = Run::new(common::data(), &config).unwrap();
        while run.fitted().is_none() {
            run.advance().unwrap();
        }
        run.fitted().unwrap().clone()
    });
    let with_prior = alone(1, || {
        losses(Run::with_prior(common::data(), &config, fitted).unwrap())
    });
    let whole = alone(1, || losses(Run::new(common::data(), &config).unwrap()));
    assert_eq!(with_prior, whole);
}
