//! Steps against what they should be, worked out once more: the pixels of the drawn samples, the
//! cosine kernel by its definition, sums in double precision.

use super::*;
use crate::data::{ImageShape, Split};
use crate::kernel;
use crate::training::RunConfig;
use crate::training::config::PriorConfig;

const K: usize = 20;

/// A trainer on 100 images of 4×4 pixels, layers 16–9–4.
fn trainer(noise: f64) -> Trainer {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..1_600_u32).map(|i| (i * i * 7 % 253) as u8).collect();
    let data = Arc::new(DataSet::new("noise", shape, pixels, None).unwrap());
    let mut config = RunConfig {
        prior: PriorConfig::Cosine,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![9], 4);
    (config.training.batch, config.training.steps) = (K, 100);
    config.training.pretraining = None;
    config.training.lambda = 0.5;
    config.training.input_noise = noise;
    let split = Split::new(100, config.seed);
    let checked = config.check(&data, &split).unwrap();
    let prior = kernel::build(&config.prior, &data, &split.training, config.seed).unwrap();
    Trainer::new(checked, data, &split.training, Arc::from(prior))
}

/// The samples of the last step.
fn drawn(trainer: &Trainer) -> Vec<usize> {
    trainer.order[..K].to_vec()
}

/// Their pixels, from the bytes.
fn clean(trainer: &Trainer) -> Array2<f64> {
    let samples = drawn(trainer);
    Array2::from_shape_fn((K, 16), |(i, j)| {
        f64::from(trainer.data.image(samples[i])[j]) / 255.0
    })
}

/// The cosines between the rows of `x`.
fn cosines(x: &Array2<f64>) -> Array2<f64> {
    let lengths: Vec<f64> = x.outer_iter().map(|row| row.dot(&row).sqrt()).collect();
    let inner = x.dot(&x.t());
    Array2::from_shape_fn((K, K), |(i, j)| inner[[i, j]] / (lengths[i] * lengths[j]))
}

/// Lr and Lc (Eqs. 6, 8) of the last step, by `before`, the network that took it.
fn losses(trainer: &Trainer, before: &Autoencoder<f32>) -> (f64, f64) {
    let clean = clean(trainer);
    let codes = before.encode(trainer.batch.input.view());
    let output = before.decode(codes.view()).mapv(f64::from);
    let lr = (&clean - &output).mapv(|d| d * d).mean().unwrap();
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    let codes = codes.mapv(f64::from);
    let (c, p) = (codes.dot(&codes.t()), cosines(&clean));
    (lr, norm(&(&c / norm(&c) - &p / norm(&p))))
}

/// The noise on the input of the last step.
fn noise(trainer: &Trainer) -> Array2<f64> {
    trainer.batch.input.mapv(f64::from) - clean(trainer)
}

#[test]
fn a_steps_losses_are_those_of_its_samples_clean_pixels_and_their_kernel() {
    let mut trainer = trainer(0.3);
    for (std, steps) in [(0.3, 40), (0.0, 5), (0.2, 20)] {
        trainer.set_input_noise(std);
        let mut squares = 0.0;
        for step in 0..steps {
            let before = trainer.network();
            let point = trainer.step(1.0).unwrap();
            let (lr, lc) = losses(&trainer, &before);
            assert!((point.lr - lr).abs() < 1e-5, "{step}: {} {lr}", point.lr);
            assert!((point.lc - lc).abs() < 1e-4, "{step}: {} {lc}", point.lc);
            let noise = noise(&trainer);
            squares += noise.iter().map(|x| x * x).sum::<f64>();
        }
        let found = (squares / f64::from(steps) / (16 * K) as f64).sqrt();
        assert!((found - std).abs() < 0.05 * std + 1e-6, "{found} for {std}");
    }
}

/// The noisy input is learned from, the clean one aimed at.
#[test]
fn a_step_goes_down_the_gradient_towards_the_clean_pixels() {
    let mut trainer = trainer(0.3);
    for step in 0..5 {
        let (before, adam) = (trainer.network(), trainer.adam.clone());
        trainer.step(1.0).unwrap();
        let clean = clean(&trainer).mapv(|x| x as f32);
        let next = |target: Option<Array2<f32>>| {
            let (mut network, mut adam) = (before.clone(), adam.clone());
            let mut batch = Minibatch::new(K, network.architecture());
            batch.input.assign(&trainer.batch.input);
            batch
                .prior
                .assign(&cosines(&clean.mapv(f64::from)).mapv(|x| x as f32));
            batch.target = target;
            batch.step(&mut network, &mut adam, 0.5, trainer.rate, None);
            network.parameters().to_vec()
        };
        let apart = |a: &[f32]| {
            let network = trainer.network();
            let each = a
                .iter()
                .zip(network.parameters())
                .map(|(a, b)| (a - b).abs());
            each.sum::<f32>()
        };
        let (right, wrong) = (next(Some(clean.clone())), next(None));
        // Adam divides by the gradient's size, so that rounding shows where a gradient is small.
        assert!(apart(&right) < 0.1 * apart(&wrong), "step {step}");
    }
}

/// Section 4.1: minibatches are drawn at random from all training samples, without replacement.
#[test]
fn minibatches_are_drawn_from_all_training_samples_alike() {
    let mut trainer = trainer(0.0);
    let training = Split::new(100, trainer.config.get().seed).training;
    let (mut counts, mut shared) = ([0_u32; 100], 0);
    let mut last: Vec<usize> = Vec::new();
    for _ in 0..400 {
        trainer.step(1.0).unwrap();
        let samples = drawn(&trainer);
        for &sample in &samples {
            counts[sample] += 1;
            shared += u32::from(last.contains(&sample));
        }
        let mut sorted = samples.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), K, "without replacement");
        last = samples;
    }
    // 400 draws with probability 2/7: 114.3 each, with a standard deviation of 9.
    for (sample, &count) in counts.iter().enumerate() {
        let expected = if training.contains(&sample) {
            69..=160
        } else {
            0..=0
        };
        assert!(expected.contains(&count), "{sample}: {count}");
    }
    // Two batches in a row share 20 · 2/7 samples: 2,280 in all, with a standard deviation of 34.
    assert!((2_100..=2_460).contains(&shared), "{shared}");
}
