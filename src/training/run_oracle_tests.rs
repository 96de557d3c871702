//! Runs against what their settings say, worked out once more.

use std::sync::Arc;

use ndarray::Array2;

use super::*;
use crate::data::{ImageShape, Split};
use crate::kernel::PckConfig;

/// Everything but what a test is about.
fn config() -> RunConfig {
    let mut config = RunConfig {
        prior: PriorConfig::Cosine,
        shown: 8,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![9], 4);
    (config.training.batch, config.training.steps) = (20, 20);
    (config.training.pretraining, config.training.copies) = (None, None);
    config
}

/// The learning rate falls over the last part `cool_down` of the steps, in proportion to the steps
/// that are left, to a twentieth at the least.
#[test]
fn the_learning_rate_cools_down_as_the_settings_say() {
    let data = images(&[], 0);
    let parameters = |cool_down: f64| {
        let mut config = config();
        config.training.cool_down = cool_down;
        let mut run = Run::new(Arc::clone(&data), &config).unwrap();
        while !matches!(run.advance().unwrap(), Advance::Over) {}
        run.trainer().unwrap().network().parameters().to_vec()
    };
    // The same steps, at rates that are written down here.
    let by_hand = |shares: &[f64]| {
        let config = config();
        let split = Split::new(100, config.seed);
        let checked = config.check(&data, &split).unwrap();
        let prior = kernel::build(&config.prior, &data, &split.training, config.seed).unwrap();
        let prior = Arc::from(prior);
        let mut trainer = Trainer::new(checked, Arc::clone(&data), &split.training, prior);
        for &share in shares {
            trainer.step(share).unwrap();
        }
        trainer.network().parameters().to_vec()
    };
    let apart = |a: &[f32], b: &[f32]| {
        let each = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        each.fold(0.0, f32::max)
    };
    let level = by_hand(&[1.0; 20]);
    assert_eq!(parameters(0.0), level);
    let mut half = [1.0; 20];
    half[11..].copy_from_slice(&[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]);
    let half = by_hand(&half);
    let found = parameters(0.5);
    assert!(apart(&found, &half) < 1e-6);
    assert!(apart(&found, &level) > 1e-3, "it makes a difference");
    let mut whole: Vec<f64> = (1..=20).rev().map(|left| f64::from(left) / 20.0).collect();
    assert!(apart(&parameters(1.0), &by_hand(&whole)) < 1e-6);
    whole[19] = 1.0;
    assert!(apart(&parameters(1.0), &by_hand(&whole)) > 1e-5);
}

/// 100 images of 4×4 pixels; `shift` changes those in `of`.
fn images(of: &[usize], shift: u8) -> Arc<DataSet> {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let mut pixels: Vec<u8> = (0..1_600_u32).map(|i| (i * i * 7 % 199) as u8).collect();
    for &image in of {
        for (at, pixel) in pixels[image * 16..][..16].iter_mut().enumerate() {
            *pixel = pixel.wrapping_mul(3).wrapping_add(shift + at as u8);
        }
    }
    Arc::new(DataSet::new("noise", shape, pixels, None).unwrap())
}

/// What follows from the mixtures alone: P on `samples` with ones on its diagonal (Z is that of all
/// samples).
fn scaled(prior: &dyn PriorKernel, samples: &[usize]) -> Array2<f32> {
    let mut gram = Array2::zeros((samples.len(), samples.len()));
    prior.gram(samples, &mut Scratch::default(), gram.view_mut());
    let roots: Vec<f32> = gram.diag().iter().map(|entry| entry.sqrt()).collect();
    Array2::from_shape_fn(gram.dim(), |(i, j)| gram[[i, j]] / (roots[i] * roots[j]))
}

#[test]
fn no_held_out_image_has_a_say_in_the_mixtures() {
    let pck = PckConfig {
        restarts: 4,
        max_components: 5,
        fit_samples: 50,
        ..PckConfig::default()
    };
    let config = RunConfig {
        prior: PriorConfig::Pck(pck),
        ..config()
    };
    let split = Split::new(100, config.seed);
    let training = &split.training;
    let held_out = [&split.validation[..], &split.test].concat();
    let of_run = |data: &Arc<DataSet>| {
        let mut run = Run::new(Arc::clone(data), &config).unwrap();
        while run.prior().is_none() {
            run.advance().unwrap();
        }
        scaled(&**run.prior().unwrap(), training)
    };
    let built = |data: &Arc<DataSet>| {
        let prior = kernel::build(&config.prior, data, training, config.seed).unwrap();
        scaled(&*prior, training)
    };
    let as_they_are = images(&[], 0);
    let (run, kernel) = (of_run(&as_they_are), built(&as_they_are));
    let apart = |a: &Array2<f32>, b: &Array2<f32>| {
        let differences = (a - b).mapv(f32::abs);
        differences.iter().copied().fold(0.0, f32::max)
    };
    assert!(apart(&run, &kernel) < 1e-5);
    let others = images(&held_out, 50);
    assert!(apart(&run, &of_run(&others)) < 1e-5);
    assert!(apart(&kernel, &built(&others)) < 1e-5);
    // While the training images have.
    let changed = images(&training[..35], 50);
    assert!(apart(&run, &of_run(&changed)) > 0.01);
}

/// Shares of the learning rate under a cool-down of one half, until `run` is over or has taken
/// `most` steps.
fn shares(run: &mut Run, most: usize) -> Vec<f64> {
    let mut shares = Vec::new();
    while let State::Training(ready) = &run.state
        && shares.len() < most
        && run.progress().0 == PhaseKind::Training
    {
        shares.push(ready.rate_share(0.5));
        run.advance().unwrap();
    }
    shares
}

/// Whoever sends a run on that is over has half the rate, which falls over the new leg's own steps.
#[test]
fn a_later_leg_begins_anew_at_half_the_rate() {
    let mut config = config();
    config.training.cool_down = 0.5;
    let mut run = Run::new(images(&[], 0), &config).unwrap();
    let near = |found: &[f64], wanted: &[f64]| {
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-12, "{found} for {wanted}");
        }
    };
    let moments = |run: &Run| run.trainer().unwrap().state().adam.steps();
    let mut wanted = [1.0; 20];
    wanted[11..].copy_from_slice(&[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]);
    near(&shares(&mut run, 100), &wanted);
    assert_eq!(moments(&run), 20);

    run.train_on(10);
    assert_eq!(moments(&run), 0);
    let wanted = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1];
    near(&shares(&mut run, 100), &wanted);

    // As many steps as are left change nothing; more are a new leg, whose moments are those that
    // there are.
    run.train_on(4);
    near(&shares(&mut run, 3), &[0.5, 0.5, 0.5]);
    run.train_on(1);
    let State::Training(ready) = &run.state else {
        panic!("it trains");
    };
    near(&[ready.rate_share(0.5)], &[0.25]);
    run.train_on(3);
    assert_eq!(moments(&run), 3);
    near(&shares(&mut run, 100), &[0.5, 0.5, 1.0 / 3.0]);
}

/// A run that was woken rests when a stretch at the full rate changes the loss on validation samples by no
/// more than a hundredth: held against the losses as anybody takes them between two steps.
#[test]
fn a_woken_run_trains_until_its_loss_has_settled() {
    let mut config = config();
    (config.training.cool_down, config.training.learning_rate) = (0.4, 2e-3);
    let mut run = Run::new(images(&[], 0), &config).unwrap();
    shares(&mut run, 100);
    let mut live = run.live();
    live.lambda = 0.9;
    run.steer(&live).unwrap();
    run.train_until_settled();
    let (_, began, first) = run.progress();
    assert_eq!(first - began, MORE_STEPS);
    let mut looks = vec![run.validation().unwrap().total];
    let mut ends = Vec::new();
    while run.progress().0 == PhaseKind::Training {
        let (_, done, total) = run.progress();
        let settling = run.is_settling();
        let loss = run.validation().unwrap().total;
        run.advance().unwrap();
        if settling && total - done == MORE_STEPS * 4 / 10 {
            looks.push(loss);
            ends.push(done);
            assert_eq!(run.progress().2 > total, run.is_settling());
        }
    }
    assert!(
        ends.windows(2)
            .all(|pair| pair[1] - pair[0] == MORE_STEPS * 6 / 10)
    );
    let changes: Vec<f64> = looks
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs() / pair[0])
        .collect();
    let (last, before) = changes.split_last().unwrap();
    assert!(
        before.len() > 1 && before.iter().all(|&change| change > 0.01),
        "{changes:?}"
    );
    assert!(*last <= 0.01 && run.settled() == Some(true), "{changes:?}");
    assert_eq!(run.progress().0, PhaseKind::Evaluation);
}

/// The curves' points are Eqs. 3, 6 and 8 on the validation samples, before the step, now and then.
#[test]
fn points_of_the_curves_are_the_losses_on_validation_samples() {
    let data = images(&[], 0);
    // Sixty points a run, but not more often than every ten steps.
    for (steps, every) in [(20, 10), (900, 15)] {
        let mut config = config();
        (config.training.steps, config.training.lambda) = (steps, 0.3);
        let mut run = Run::new(Arc::clone(&data), &config).unwrap();
        let validation = run.split().validation.clone();
        let x = Array2::from_shape_fn((validation.len(), 16), |(i, j)| {
            f64::from(data.image(validation[i])[j]) / 255.0
        });
        let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
        let inner = x.dot(&x.t());
        let p = Array2::from_shape_fn(inner.dim(), |(i, j)| {
            inner[[i, j]] / (inner[[i, i]] * inner[[j, j]]).sqrt()
        });
        for step in 0..2 * every {
            let network = run.trainer().unwrap().network();
            let Advance::Step { validation, .. } = run.advance().unwrap() else {
                panic!("a step");
            };
            assert_eq!(validation.is_some(), step % every == 0, "step {step}");
            let Some(point) = validation else { continue };
            let codes = network.encode(x.mapv(|x| x as f32).view());
            let back = network.decode(codes.view()).mapv(f64::from);
            let lr = (&back - &x).mapv(|d| d * d).mean().unwrap();
            let codes = codes.mapv(f64::from);
            let c = codes.dot(&codes.t());
            let lc = norm(&(&c / norm(&c) - &p / norm(&p)));
            assert_eq!((point.step, point.layer, point.lambda), (step, None, 0.3));
            assert!((point.lr - lr).abs() < 1e-6, "{} {lr}", point.lr);
            assert!((point.lc - lc).abs() < 1e-4, "{} {lc}", point.lc);
            assert!((point.total - (0.7 * point.lr + 0.3 * point.lc)).abs() < 1e-12);
        }
        run.without_curves();
        while run.trainer().unwrap().steps() < steps.min(40) as u64 {
            let Advance::Step { validation, .. } = run.advance().unwrap() else {
                panic!("a step");
            };
            assert!(validation.is_none());
        }
    }
}
