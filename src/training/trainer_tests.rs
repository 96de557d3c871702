use super::*;
use crate::data::{ImageShape, Split};
use crate::kernel;
use crate::training::RunConfig;
use crate::training::config::{Activation, PriorConfig};

/// A trainer on 100 images of 4×4 pixels, layers 16–9–6–4.
fn trainer(change: impl FnOnce(&mut RunConfig)) -> Trainer {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..1_600_u32).map(|i| (i * i * 7 % 253) as u8).collect();
    let data = Arc::new(DataSet::new("noise", shape, pixels, None).unwrap());
    let mut config = RunConfig {
        prior: PriorConfig::Rbf { width: 1.0 },
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![9, 6], 4);
    config.network.code_activation = config.network.hidden_activation;
    (config.training.batch, config.training.steps) = (20, 100);
    config.training.learning_rate = 2e-3;
    change(&mut config);
    let split = Split::new(100, config.seed);
    let checked = config.check(&data, &split).unwrap();
    let prior = kernel::build(&config.prior, &data, &split.training, config.seed).unwrap();
    Trainer::new(checked, data, &split.training, Arc::from(prior))
}

fn pretrained(steps_per_layer: usize, learning_rate: f64) -> Trainer {
    trainer(|config| {
        config.training.pretraining = Some(PretrainingConfig {
            steps_per_layer,
            learning_rate,
        });
    })
}

/// Another trainer in the same state.
fn twin_of(trainer: &Trainer) -> Trainer {
    Trainer::restore(
        trainer.config.clone(),
        Arc::clone(&trainer.data),
        &trainer.order,
        Arc::clone(&trainer.prior),
        trainer.state(),
    )
    .unwrap()
}

fn weights(trainer: &Trainer, layer: usize) -> Array2<f32> {
    trainer.network().weights(layer).to_owned()
}

#[test]
fn pretraining_moves_one_layer_at_a_time_and_then_all() {
    let mut trainer = pretrained(3, 1e-2);
    for layer in 0..3 {
        assert_eq!(trainer.stage(), Stage::Pretraining { layer, done: 0 });
        assert_eq!(
            (trainer.depth(), trainer.learning_rate()),
            (layer + 1, 1e-2)
        );
        let before = [0, 1, 2].map(|layer| weights(&trainer, layer));
        for _ in 0..3 {
            let point = trainer.step(1.0).unwrap();
            assert_eq!(point.layer, Some(layer + 1), "counted from 1");
        }
        for (other, before) in before.iter().enumerate() {
            assert_eq!(weights(&trainer, other) != before, other == layer);
        }
    }
    assert_eq!(trainer.stage(), Stage::Training { done: 0 });
    assert_eq!(trainer.learning_rate(), 2e-3);
    let before = [0, 1, 2].map(|layer| weights(&trainer, layer));
    assert_eq!(trainer.step(1.0).unwrap().layer, None);
    assert!((0..3).all(|layer| weights(&trainer, layer) != before[layer]));
    assert_eq!(trainer.steps(), 10);
}

#[test]
fn only_the_code_layer_is_pretrained_under_lambda() {
    let mut trainer = pretrained(2, 1e-2);
    let lambdas = [0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.1];
    for (step, lambda) in lambdas.into_iter().enumerate() {
        let point = trainer.step(1.0).unwrap();
        let total = (1.0 - lambda) * point.lr + lambda * point.lc;
        assert!((point.total - total).abs() < 1e-12, "step {step}");
    }
}

#[test]
fn another_code_size_keeps_the_layers_below() {
    for steps in [0, 2, 8, 12] {
        let mut trainer = pretrained(3, 1e-2);
        for _ in 0..steps {
            trainer.step(1.0).unwrap();
        }
        let before = [0, 1].map(|layer| weights(&trainer, layer));
        let stage = trainer.stage();
        trainer.set_code_size(7);
        assert_eq!(trainer.network().architecture().dims, [16, 9, 6, 7]);
        for (layer, before) in before.iter().enumerate() {
            assert_eq!(weights(&trainer, layer), before, "after {steps} steps");
        }
        // The layer that starts anew is pretrained anew.
        match stage {
            Stage::Pretraining { layer: 2, .. } => {
                assert_eq!(trainer.stage(), Stage::Pretraining { layer: 2, done: 0 });
            }
            other => assert_eq!(trainer.stage(), other),
        }
        for _ in 0..15 {
            assert!(trainer.step(1.0).unwrap().total.is_finite());
        }
    }
}

#[test]
fn another_weighing_of_the_losses_is_no_shock() {
    let mut trainer = trainer(|config| config.training.lambda = 0.02);
    for _ in 0..600 {
        trainer.step(1.0).unwrap();
    }
    // The same network under the new λ with the moments of the old one.
    let mut state = trainer.state();
    state.counters.lambda = 0.9;
    let mut kept = Trainer::restore(
        trainer.config.clone(),
        Arc::clone(&trainer.data),
        &trainer.order,
        Arc::clone(&trainer.prior),
        state,
    )
    .unwrap();
    trainer.set_lambda(0.9);
    let first = trainer.step(1.0).unwrap();
    assert_eq!(
        first.total,
        kept.step(1.0).unwrap().total,
        "the same network"
    );
    let worst = |trainer: &mut Trainer| {
        let totals = (0..40).map(|_| trainer.step(1.0).unwrap().total);
        totals.fold(0.0, f64::max)
    };
    let (anew, kept) = (worst(&mut trainer), worst(&mut kept));
    let first = first.total;
    // What the first steps lose is a fraction of what they would.
    assert!(
        anew - first < 0.6 * (kept - first),
        "{first}: {anew}, {kept}"
    );

    // A small change, and one while the moments are young, keep them.
    let steps = trainer.adam.steps();
    trainer.set_lambda(0.91);
    trainer.set_lambda(0.1);
    assert_eq!(trainer.adam.steps(), steps);
}

#[test]
fn a_divergence_brings_the_last_good_weights_back() {
    let mut trainer = trainer(|config| {
        config.network.hidden = vec![32; 12];
        config.network.hidden_activation = Activation::Identity;
        config.network.code_activation = Activation::Identity;
    });
    for _ in 0..30 {
        trainer.step(1.0).unwrap();
    }
    let (mut before, mut step) = (trainer.network(), trainer.steps());
    trainer.set_learning_rate(10.0);
    let diverged = loop {
        // The weights of these steps are kept, if their loss is finite.
        if trainer.steps().is_multiple_of(SAFE_EVERY) {
            (before, step) = (trainer.network(), trainer.steps());
        }
        match trainer.step(1.0) {
            Ok(_) => assert!(trainer.steps() < 10_000, "such a rate diverges"),
            Err(diverged) => break diverged,
        }
    };
    assert_eq!((diverged.rate, diverged.code), (10.0, 4));
    assert_eq!(diverged.step, trainer.steps());
    assert!(!(diverged.lr.is_finite() && diverged.lc.is_finite()));
    assert!(diverged.safe_step <= diverged.step && step >= diverged.safe_step);
    let now = trainer.network();
    assert!(now.parameters().iter().all(|weight| weight.is_finite()));
    if diverged.safe_step == step {
        assert_eq!(now.parameters(), before.parameters());
    }
    trainer.set_learning_rate(1e-5);
    for _ in 0..30 {
        assert!(trainer.step(1.0).unwrap().total.is_finite());
    }
}

#[test]
fn the_network_learns() {
    let mut trainer = trainer(|config| config.training.lambda = 0.5);
    let mean = |points: &[f64]| points.iter().sum::<f64>() / points.len() as f64;
    let totals: Vec<f64> = (0..400).map(|_| trainer.step(1.0).unwrap().total).collect();
    assert!(
        mean(&totals[380..]) < 0.7 * mean(&totals[..20]),
        "{totals:?}"
    );
}

#[test]
fn a_layer_above_the_first_learns_to_undo_noise_on_the_pixels() {
    let mut trainer = pretrained(3, 1e-2);
    for _ in 0..4 {
        trainer.step(1.0).unwrap();
    }
    trainer.set_input_noise(0.3);
    trainer.gather();
    let indices = trainer.order[..20].to_vec();
    let clean = trainer.data.rows::<f32>(&indices);
    let noisy = trainer.below[0].clone();
    let noise = (&noisy - &clean).mapv(|x| f64::from(x * x)).mean().unwrap();
    assert!((noise.sqrt() - 0.3).abs() < 0.05, "{noise}");
    let network = trainer.network.clone();
    let through = |pixels: &Array2<f32>| network.encode_through(pixels.view(), 1);
    assert_eq!(trainer.batch.input, through(&noisy));
    assert_eq!(trainer.batch.target, Some(through(&clean)));
    trainer.set_input_noise(0.0);
    trainer.gather();
    assert_eq!(trainer.batch.input, through(&clean));
    assert_eq!(trainer.batch.target, None);
}

#[test]
fn what_is_tried_on_validation_digits_is_what_a_minibatch_is_trained_for() {
    for steps in [1, 4, 7, 11] {
        let mut trainer = pretrained(3, 1e-2);
        for _ in 0..steps {
            trainer.step(1.0).unwrap();
        }
        let mut twin = twin_of(&trainer);
        let told = trainer.step(1.0).unwrap();
        let pixels = twin.data.rows::<f32>(&trainer.order[..20]);
        let [input, codes, back] = twin.objective(pixels.view());
        let lr = (&input - &back).mapv(|x| f64::from(x * x)).mean().unwrap();
        assert!(
            (lr - told.lr).abs() < 1e-6 * told.lr,
            "{steps}: {lr}, {told:?}"
        );
        let gram = codes.dot(&codes.t());
        let lc = crate::kernel::alignment::lc(gram.view(), trainer.batch.prior.view());
        assert!((lc - told.lc).abs() < 1e-5, "{steps}: {lc}, {told:?}");
        assert!(twin.step(1.0).unwrap() == told, "the same step");
    }
}

/// Moments begin anew where one of the two losses counts more than one and a half times as much as
/// before, and where there are moments of a hundred steps.
#[test]
fn moments_begin_anew_under_another_weighing_once_they_are_old() {
    for (from, to, anew) in [
        (0.1, 0.14, false),
        (0.1, 0.16, true),
        (0.9, 0.86, false),
        (0.9, 0.84, true),
        (0.5, 0.5, false),
        (0.0, 5e-7, false),
        (0.0, 0.01, true),
    ] {
        let mut trainer = trainer(|config| config.training.lambda = from);
        for _ in 0..99 {
            trainer.step(1.0).unwrap();
        }
        let mut old = twin_of(&trainer);
        trainer.set_lambda(to);
        assert_eq!(trainer.adam.steps(), 99, "{from} to {to}: they are young");
        old.step(1.0).unwrap();
        old.set_lambda(to);
        let left = if anew { 0 } else { 100 };
        assert_eq!(old.adam.steps(), left, "{from} to {to}");
    }
}

#[test]
fn the_learning_rate_rises_with_moments_that_began_anew() {
    let mut trainer = trainer(|_| {});
    for _ in 0..30 {
        trainer.step(1.0).unwrap();
    }
    trainer.restart_moments();
    let twin = |trainer: &Trainer| {
        let mut state = trainer.state();
        state.counters.warmed = None;
        Trainer::restore(
            trainer.config.clone(),
            Arc::clone(&trainer.data),
            &trainer.order,
            Arc::clone(&trainer.prior),
            state,
        )
        .unwrap()
    };
    for _ in 0..5 {
        // The same step of moments that did not, at a share of the rate.
        let mut plain = twin(&trainer);
        let share = trainer.adam.rectification();
        assert!(share < 0.2);
        plain.step(share).unwrap();
        trainer.step(1.0).unwrap();
        let (ours, theirs) = (trainer.network(), plain.network());
        assert_eq!(ours.parameters(), theirs.parameters());
    }
}

#[test]
fn every_step_at_which_the_code_layer_starts_anew_gives_it_other_weights() {
    let mut trainer = trainer(|_| {});
    let mut layers: Vec<Array2<f32>> = Vec::new();
    for _ in 0..9 {
        let mut other = Trainer::restore(
            trainer.config.clone(),
            Arc::clone(&trainer.data),
            &trainer.order,
            Arc::clone(&trainer.prior),
            trainer.state(),
        )
        .unwrap();
        other.set_code_size(7);
        layers.push(weights(&other, 2));
        trainer.step(1.0).unwrap();
    }
    for (number, layer) in layers.iter().enumerate() {
        assert!(!layers[..number].contains(layer), "after {number} steps");
    }
}

#[test]
fn a_state_of_a_layer_that_is_not_pretrained_is_refused() {
    let fits = |trainer: &Trainer, layer, alone| {
        let mut state = trainer.state();
        state.counters.stage = Stage::Pretraining { layer, done: 0 };
        state.alone = Some(trainer.network.layer_alone(alone));
        Trainer::restore(
            trainer.config.clone(),
            Arc::clone(&trainer.data),
            &trainer.order,
            Arc::clone(&trainer.prior),
            state,
        )
        .is_some()
    };
    let (layered, whole) = (pretrained(3, 1e-2), trainer(|_| {}));
    assert!(fits(&layered, 0, 0) && fits(&layered, 2, 2));
    assert!(!fits(&layered, 0, 2), "another layer's shape");
    assert!(!fits(&layered, 3, 2), "there are three");
    assert!(!fits(&whole, 0, 0), "none is pretrained");
}
