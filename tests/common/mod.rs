//! Small data and settings that the integration tests share.

#![allow(dead_code, reason = "each test file uses its part of this")]

use std::sync::Arc;

use dkae_explorer::data::{DataSet, ImageShape, generator};
use dkae_explorer::training::RunConfig;
use dkae_explorer::training::config::{
    Activation, DenoisingConfig, NetworkConfig, PckConfig, PriorConfig, TrainingConfig,
};
use rand::RngExt;

/// Pixels of `n` images of ten classes: a prototype for each class, and some noise on it.
pub fn pixels(n: usize, shape: ImageShape) -> (Vec<u8>, Vec<u8>) {
    let mut random = generator(7, 0);
    let d = shape.pixels();
    let prototypes: Vec<u8> = (0..10 * d).map(|_| random.random_range(0..200)).collect();
    let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    let pixels = labels
        .iter()
        .flat_map(|&label| &prototypes[usize::from(label) * d..][..d])
        .map(|&value| value + random.random_range(0..56))
        .collect();
    (pixels, labels)
}

/// 300 labelled images of 8×8 pixels.
pub fn data() -> Arc<DataSet> {
    let shape = ImageShape {
        height: 8,
        width: 8,
    };
    let (pixels, labels) = pixels(300, shape);
    Arc::new(DataSet::new("patches", shape, pixels, Some(labels)).unwrap())
}

/// A small PCK.
pub fn pck() -> PckConfig {
    PckConfig {
        restarts: 2,
        max_components: 5,
        fit_samples: 60,
        ..PckConfig::default()
    }
}

/// Settings of a run of a moment: `steps` of a small network.
pub fn config(steps: usize) -> RunConfig {
    RunConfig {
        seed: 3,
        prior: PriorConfig::Pck(pck()),
        network: NetworkConfig {
            hidden: vec![32],
            code: 8,
            hidden_activation: Activation::Relu,
            code_activation: Activation::Relu,
        },
        training: TrainingConfig {
            lambda: 0.1,
            batch: 40,
            steps,
            learning_rate: 2e-3,
            pretraining: None,
            cool_down: 0.0,
            clip_norm: None,
            input_noise: 0.0,
            ramp: None,
            projection: None,
            copies: None,
        },
        denoising: DenoisingConfig {
            components: 4,
            ..DenoisingConfig::default()
        },
        shown: 30,
        ..RunConfig::default()
    }
}
