//! The gradient of Eq. 8 against finite differences, in `f64`.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::kernel::alignment::lc as code_loss;
use crate::linalg::Threads;
use crate::model::{Activation, AdamConfig};

const K: usize = 9;

fn network(
    hidden: Activation,
    code: Activation,
    output: Activation,
    dims: &[usize],
) -> Autoencoder<f64> {
    let architecture = Architecture {
        dims: dims.to_vec(),
        hidden,
        code,
        output,
    };
    let mut network = Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(3));
    for (i, p) in network.parameters_mut().iter_mut().enumerate() {
        *p += 0.1 * (i as f64 * 1.9).sin();
    }
    network
}

fn batch(architecture: &Architecture) -> Minibatch<f64> {
    let mut batch = Minibatch::new(K, architecture);
    batch.input = Array2::from_shape_fn(batch.input.dim(), |(i, j)| {
        (((i * 13 + j * 7) as f64 * 0.61).sin() * 0.5 + 0.5).clamp(0.0, 1.0)
    });
    let f = Array2::from_shape_fn((K, 4), |(i, j)| ((i * 4 + j) as f64 * 2.3).sin().max(0.0));
    batch.prior = f.dot(&f.t());
    batch
}

fn gradient(network: &Autoencoder<f64>, lambda: f64) -> Vec<f64> {
    gradient_of(batch(network.architecture()), network, lambda)
}

fn gradient_of(mut batch: Minibatch<f64>, network: &Autoencoder<f64>, lambda: f64) -> Vec<f64> {
    batch.forward(network, lambda);
    batch.backward(network, lambda);
    batch.collect_gradient(network.architecture());
    batch.gradient().to_vec()
}

/// The largest difference between the stated gradient and the numeric one, relative to the
/// largest entry.
fn disagreement(network: &Autoencoder<f64>, lambda: f64) -> f64 {
    disagreement_of(&|| batch(network.architecture()), network, lambda)
}

/// The same, on the batch that `make` makes.
fn disagreement_of(
    make: &dyn Fn() -> Minibatch<f64>,
    network: &Autoencoder<f64>,
    lambda: f64,
) -> f64 {
    let stated = gradient_of(make(), network, lambda);
    let mut batch = make();
    let h = 1e-5;
    let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
    for (i, &stated) in stated.iter().enumerate() {
        let mut at = |d: f64| {
            let mut moved = network.clone();
            moved.parameters_mut()[i] += d;
            batch.forward(&moved, lambda).total
        };
        let numeric = (at(h) - at(-h)) / (2.0 * h);
        worst = worst.max((numeric - stated).abs());
        largest = largest.max(stated.abs());
    }
    assert!(largest > 1e-6, "a gradient that vanishes tests nothing");
    worst / largest
}

/// Sums of any length: around the lanes, and around the runs after which they are added up.
#[test]
fn inner_products_and_distances_take_every_term_once() {
    for length in [
        0, 1, 15, 16, 17, 31, 33, 784, 1_023, 1_024, 1_025, 1_041, 2_065,
    ] {
        let a: Vec<f64> = (0..length)
            .map(|i| 0.5 + (f64::from(i) * 0.7).sin())
            .collect();
        let b: Vec<f64> = (0..length)
            .map(|i| 0.3 - (f64::from(i) * 1.1).cos())
            .collect();
        let (mut inner, mut square) = (0.0, 0.0);
        for (a, b) in a.iter().zip(&b) {
            inner += a * b;
            square += (a - b).powi(2);
        }
        assert!((dot(&a, &b) - inner).abs() < 1e-9, "{length}");
        assert!((squared_distance(&a, &b) - square).abs() < 1e-9, "{length}");
    }
    assert_eq!(
        batch(
            network(
                Activation::Tanh,
                Activation::Tanh,
                Activation::Sigmoid,
                &[6, 3],
            )
            .architecture()
        )
        .size(),
        K
    );
}

#[test]
fn whole_loss_for_every_activation_in_every_place() {
    for activation in Activation::ALL {
        for (hidden, code) in [
            (activation, Activation::Identity),
            (Activation::Tanh, activation),
        ] {
            let network = network(hidden, code, Activation::Sigmoid, &[6, 5, 4, 3]);
            for lambda in [0.0, 0.1, 0.75, 1.0] {
                let worst = disagreement(&network, lambda);
                assert!(worst < 1e-6, "{hidden:?}, {code:?}, λ = {lambda}: {worst}");
            }
        }
    }
}

#[test]
fn one_layer_as_in_pretraining_and_a_linear_output() {
    for output in [Activation::Identity, Activation::Relu, Activation::Sigmoid] {
        let network = network(Activation::Sigmoid, Activation::Sigmoid, output, &[6, 4]);
        assert!(disagreement(&network, 0.1) < 1e-6, "{output:?}");
    }
}

#[test]
fn through_a_projection_that_is_held_fixed() {
    for code in [Activation::Identity, Activation::Tanh] {
        for dims in [&[6, 5, 7][..], &[6, 7]] {
            let network = network(Activation::Tanh, code, Activation::Sigmoid, dims);
            // Its axes are those of the network as it stands.
            let make = || {
                let mut batch = batch(network.architecture()).through(3);
                let projection = batch.projection().expect("3 of 7 axes");
                projection.begin(&mut Pcg64Mcg::seed_from_u64(8));
                batch.forward(&network, 0.5);
                batch.held = true;
                batch
            };
            for lambda in [0.0, 0.4, 1.0] {
                let worst = disagreement_of(&make, &network, lambda);
                assert!(worst < 1e-6, "{code:?}, {dims:?}, λ = {lambda}: {worst}");
            }
        }
    }
}

#[test]
fn the_decoder_sees_the_projected_codes_and_p_the_codes_themselves() {
    let network = network(
        Activation::Tanh,
        Activation::Identity,
        Activation::Sigmoid,
        &[6, 5, 7],
    );
    let (mut whole, mut part) = (
        batch(network.architecture()),
        batch(network.architecture()).through(2),
    );
    part.projection()
        .expect("2 of 7 axes")
        .begin(&mut Pcg64Mcg::seed_from_u64(1));
    let (whole, losses) = (whole.forward(&network, 0.3), part.forward(&network, 0.3));
    assert_eq!(losses.lc, whole.lc);
    let output = network.decode(part.decoded());
    let lr = (&output - &part.input).mapv(|d| d * d).mean().unwrap();
    assert!((losses.lr - lr).abs() < 1e-12 && (losses.lr - whole.lr).abs() > 1e-6);
    // On all axes there is nothing to project.
    assert!(
        batch(network.architecture())
            .through(7)
            .projection()
            .is_none()
    );
}

#[test]
fn noise_on_the_input_is_measured_against_the_clean_target() {
    let network = network(
        Activation::Tanh,
        Activation::Tanh,
        Activation::Sigmoid,
        &[6, 5, 3],
    );
    let mut batch = batch(network.architecture());
    let clean = batch.input.mapv(|x| 1.0 - x);
    batch.target = Some(clean.clone());
    let losses = batch.forward(&network, 0.3);
    let output = network.decode(network.encode(batch.input.view()).view());
    let lr = (&output - &clean).mapv(|d| d * d).mean().unwrap();
    assert!((losses.lr - lr).abs() < 1e-12);
}

/// Where the input is noisy, the gradient is that of the distance to the clean target.
#[test]
fn the_gradient_leads_to_the_clean_target_not_to_the_noisy_input() {
    let network = network(
        Activation::Tanh,
        Activation::Identity,
        Activation::Sigmoid,
        &[6, 5, 3],
    );
    let make = || {
        let mut batch = batch(network.architecture());
        batch.target = Some(batch.input.mapv(|x| 1.0 - x * x));
        batch
    };
    for lambda in [0.0, 0.3] {
        let worst = disagreement_of(&make, &network, lambda);
        assert!(worst < 1e-6, "λ = {lambda}: {worst}");
    }
}

#[test]
fn losses_are_the_definitions() {
    let network = network(
        Activation::Tanh,
        Activation::Relu,
        Activation::Sigmoid,
        &[6, 5, 3],
    );
    let mut batch = batch(network.architecture());
    let losses = batch.forward(&network, 0.1);
    let codes = network.encode(batch.input.view());
    let lr = (&network.decode(codes.view()) - &batch.input)
        .mapv(|d| d * d)
        .mean()
        .unwrap();
    let lc = code_loss(codes.dot(&codes.t()).view(), batch.prior.view());
    assert!((losses.lr - lr).abs() < 1e-12 && (losses.lc - lc).abs() < 1e-12);
    assert!((losses.total - (0.9 * lr + 0.1 * lc)).abs() < 1e-12);
}

#[test]
fn the_fused_step_is_gradient_and_adam_one_after_the_other_on_any_number_of_threads() {
    let start = network(
        Activation::Relu,
        Activation::Tanh,
        Activation::Sigmoid,
        &[6, 150, 131, 3],
    );
    let mut expected = start.clone();
    let mut adam = Adam::new(expected.parameters().len(), AdamConfig::default());
    for _ in 0..3 {
        let gradient = gradient(&expected, 0.2);
        adam.update(expected.parameters_mut(), &gradient, 1e-2);
    }
    for threads in [1, 2, 3, 5] {
        Threads::new(threads).install(|| {
            let mut network = start.clone();
            let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
            let mut batch = batch(network.architecture());
            for _ in 0..3 {
                batch.step(&mut network, &mut adam, 0.2, 1e-2, None);
            }
            for (a, b) in network.parameters().iter().zip(expected.parameters()) {
                assert!((a - b).abs() < 1e-9, "{threads} threads: {a} {b}");
            }
        });
    }
}

#[test]
fn the_fused_step_through_a_projection_is_gradient_and_adam_too() {
    let start = network(
        Activation::Relu,
        Activation::Identity,
        Activation::Sigmoid,
        &[6, 12, 7],
    );
    let make = || {
        let mut batch = batch(start.architecture()).through(3);
        let projection = batch.projection().expect("3 of 7 axes");
        projection.begin(&mut Pcg64Mcg::seed_from_u64(2));
        batch
    };
    let mut expected = start.clone();
    let mut adam = Adam::new(expected.parameters().len(), AdamConfig::default());
    let gradient = gradient_of(make(), &expected, 0.2);
    adam.update(expected.parameters_mut(), &gradient, 1e-2);
    for threads in [1, 3] {
        Threads::new(threads).install(|| {
            let mut network = start.clone();
            let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
            make().step(&mut network, &mut adam, 0.2, 1e-2, None);
            for (a, b) in network.parameters().iter().zip(expected.parameters()) {
                assert!((a - b).abs() < 1e-9, "{threads} threads: {a} {b}");
            }
        });
    }
}

#[test]
fn clipping_shortens_long_gradients_only() {
    let network = network(
        Activation::Tanh,
        Activation::Tanh,
        Activation::Sigmoid,
        &[6, 5, 3],
    );
    let mut batch = batch(network.architecture());
    batch.forward(&network, 0.1);
    batch.backward(&network, 0.1);
    batch.collect_gradient(network.architecture());
    let before = batch.gradient().to_vec();
    let norm = dot(&before, &before).sqrt();
    batch.clip(norm * 2.0);
    assert_eq!(batch.gradient(), before);
    batch.clip(norm / 2.0);
    assert!((dot(batch.gradient(), batch.gradient()).sqrt() - norm / 2.0).abs() < 1e-12);
}

#[test]
fn a_loss_that_is_not_finite_leaves_the_network_alone() {
    let mut network = network(
        Activation::Relu,
        Activation::Relu,
        Activation::Identity,
        &[6, 5, 3],
    );
    let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
    let mut batch = batch(network.architecture());
    batch.input[[0, 0]] = f64::NAN;
    let before = network.parameters().to_vec();
    assert!(
        !batch
            .step(&mut network, &mut adam, 0.1, 1e-3, None)
            .total
            .is_finite()
    );
    assert_eq!(network.parameters(), before);
    assert_eq!(adam.steps(), 0);
}

#[test]
fn training_lowers_the_loss() {
    let mut network = network(
        Activation::Relu,
        Activation::Identity,
        Activation::Sigmoid,
        &[6, 16, 4],
    );
    let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
    let mut batch = batch(network.architecture());
    let first = batch.step(&mut network, &mut adam, 0.5, 1e-2, None);
    let mut last = first;
    for _ in 0..2000 {
        last = batch.step(&mut network, &mut adam, 0.5, 1e-2, None);
    }
    assert!(
        last.lr < 0.5 * first.lr && last.lc < 0.5 * first.lc,
        "{first:?} {last:?}"
    );
}
