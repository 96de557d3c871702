use std::sync::Arc;

use super::*;
use crate::data::{ImageShape, Split};
use crate::kernel;
use crate::model::{Activation, Architecture};
use crate::training::config::PriorConfig;

const NEVER: &dyn Fn() -> bool = &|| false;

/// 200 images of 5×5 pixels, each a mixture of three patterns: a plane in 25 dimensions.
fn data() -> Arc<DataSet> {
    let shape = ImageShape {
        height: 5,
        width: 5,
    };
    let pattern = |k: usize, p: usize| ((k + 1) * (p + 3) * 37 % 80) as f64;
    let pixels = (0..200 * 25).map(|i| {
        let (sample, p) = (i / 25, i % 25);
        let share = |k: usize| ((sample * (k + 2) * 13 % 29) as f64) / 29.0;
        (0..3).map(|k| share(k) * pattern(k, p)).sum::<f64>() as u8
    });
    Arc::new(DataSet::new("plane", shape, pixels.collect(), None).unwrap())
}

fn baselines(data: &Arc<DataSet>, split: &Split) -> Baselines {
    let prior = PriorConfig::Rbf { width: 1.0 };
    let kernel = kernel::build(&prior, data, &split.training, 0).unwrap();
    let training = split.training.clone();
    Baselines::new(Arc::clone(data), training, Arc::from(kernel), 0)
}

fn settings(components: usize) -> DenoisingConfig {
    DenoisingConfig {
        components,
        ..DenoisingConfig::default()
    }
}

#[test]
fn noise_has_its_variance_and_repeats_under_its_seed() {
    let data = data();
    let indices: Vec<usize> = (0..200).collect();
    let noisy = |seed, clip| {
        let config = DenoisingConfig {
            clip,
            ..settings(4)
        };
        NoisyDigits::new(&data, &indices, &config, seed)
    };
    let digits = noisy(1, false);
    let error = digits.error(digits.noisy.view());
    assert!((error - 0.0625).abs() < 0.005, "{error}");
    assert_eq!(digits.noisy, noisy(1, false).noisy);
    assert_ne!(digits.noisy, noisy(2, false).noisy);
    let clipped = noisy(1, true).noisy;
    assert!(clipped.iter().all(|pixel| (0.0..=1.0).contains(pixel)));

    let each = digits.each_error(digits.noisy.view());
    let first: f64 = (0..25)
        .map(|p| f64::from(digits.noisy[[0, p]] - digits.clean[[0, p]]).powi(2) / 25.0)
        .sum();
    assert!((each[0] - first).abs() < 1e-6);
    assert!((each.iter().sum::<f64>() / 200.0 - error).abs() < 1e-12);
}

#[test]
fn the_baselines_take_noise_away() {
    let data = data();
    let split = Split::new(200, 0);
    let mut baselines = baselines(&data, &split);
    let config = settings(3);
    let digits = NoisyDigits::new(&data, &split.test, &config, 0);
    let noisy = digits.error(digits.noisy.view());
    let linear = baselines
        .linear_pca(&digits, &config, NEVER)
        .unwrap()
        .images;
    // Three of 25 directions keep their noise.
    let left = digits.error(linear.view()) / noisy;
    assert!((0.06..0.2).contains(&left), "{left}");
    let kpca = baselines.kpca(&digits, &config, NEVER).unwrap().images;
    assert!(digits.error(kpca.view()) < noisy / 2.0);
}

#[test]
fn what_every_method_returns_is_cut_to_the_range_of_pixels() {
    let data = data();
    let split = Split::new(200, 0);
    let mut baselines = baselines(&data, &split);
    let config = settings(3);
    let digits = NoisyDigits::new(&data, &split.test, &config, 0);
    // Dark pixels, which a projection of the noise leaves below zero.
    let training: Array2<f32> = data.rows(&split.training);
    let pca = Pca::fit(training.view(), 3, 0, NEVER).unwrap();
    let uncut = pca.reconstruct(digits.noisy.view());
    assert!(uncut.iter().any(|&x| x < 0.0));
    let linear = baselines.linear_pca(&digits, &config, NEVER).unwrap();
    assert!(digits.error(linear.images.view()) < digits.error(uncut.view()));
    let others = [
        baselines.kpca(&digits, &config, NEVER).unwrap(),
        baselines.shrunk_pca(&digits, &config, NEVER).unwrap(),
    ];
    for found in others.iter().chain([&linear]) {
        assert!(found.images.iter().all(|x| (0.0..=1.0).contains(x)));
    }
    assert!(digits.noisy.iter().any(|&x| x < 0.0), "what is given stays");
}

#[test]
fn shrinking_all_components_beats_any_number_of_them() {
    let data = data();
    let split = Split::new(200, 0);
    let mut baselines = baselines(&data, &split);
    let digits = NoisyDigits::new(&data, &split.test, &settings(1), 0);
    let shrunk = baselines.shrunk_pca(&digits, &settings(1), NEVER).unwrap();
    assert_eq!(shrunk.components, None);
    let shrunk = digits.error(shrunk.images.view());
    for m in [1, 2, 3, 10, 25] {
        let found = baselines.linear_pca(&digits, &settings(m), NEVER).unwrap();
        let error = digits.error(found.images.view());
        assert!(shrunk < error, "{m} components: {error} against {shrunk}");
    }
}

#[test]
fn what_is_kept_for_the_next_setting_changes_no_figure() {
    let data = data();
    let split = Split::new(200, 0);
    let mut kept = baselines(&data, &split);
    for components in [40, 3, 33, 7] {
        let config = DenoisingConfig {
            ridge: 1.0 / components as f64,
            ..settings(components)
        };
        let digits = NoisyDigits::new(&data, &split.test, &config, 0);
        let mut fresh = baselines(&data, &split);
        let close = |a: Array2<f32>, b: Array2<f32>| (a - b).iter().all(|d| d.abs() < 5e-3);
        let [a, b] = [&mut kept, &mut fresh].map(|b| b.kpca(&digits, &config, NEVER).unwrap());
        assert_eq!(a.components, b.components);
        assert!(close(a.images, b.images), "kPCA, {components} components");
        let [a, b] =
            [&mut kept, &mut fresh].map(|b| b.linear_pca(&digits, &config, NEVER).unwrap());
        assert_eq!(a.components, b.components);
        assert!(close(a.images, b.images), "PCA, {components} components");
    }
}

#[test]
fn components_beyond_the_rank_of_any_kernel_are_left_out_and_told() {
    let data = data();
    let labels: Vec<u8> = (0..200).map(|i| i % 10).collect();
    let pixels = (0..200).flat_map(|i| data.image(i).to_vec()).collect();
    let data = Arc::new(DataSet::new("plane", data.shape(), pixels, Some(labels)).unwrap());
    let split = Split::new(200, 0);
    let config = settings(512);
    let digits = NoisyDigits::new(&data, &split.test, &config, 0);
    let polynomial = PriorConfig::Polynomial {
        degree: 2,
        offset: 0.5,
    };
    // (offset + a plane's inner product)²: 10 monomials. The ideal kernel has one for each class.
    for (prior, most) in [
        (PriorConfig::Rbf { width: 1.0 }, 140),
        (polynomial, 10),
        (PriorConfig::Cosine, 140),
        (PriorConfig::Linear, 4),
        (PriorConfig::Ideal, 10),
    ] {
        let kernel = kernel::build(&prior, &data, &split.training, 0).unwrap();
        let training = split.training.clone();
        let mut baselines = Baselines::new(Arc::clone(&data), training, Arc::from(kernel), 0);
        let found = baselines.kpca(&digits, &config, NEVER).unwrap();
        let components = found.components.unwrap();
        assert!((1..=most).contains(&components), "{prior:?}: {components}");
        assert!(found.images.iter().all(|x| x.is_finite()), "{prior:?}");
    }
}

#[test]
fn codes_that_keep_everything_are_decoded_as_they_are() {
    let data = data();
    let split = Split::new(200, 0);
    let architecture = Architecture {
        dims: vec![25, 6],
        hidden: Activation::Relu,
        code: Activation::Tanh,
        output: Activation::Sigmoid,
    };
    let network = Autoencoder::<f32>::new(architecture, &mut generator(0, 0));
    // More components than the code has units: no projection.
    let config = settings(32);
    let digits = NoisyDigits::new(&data, &split.test, &config, 0);
    let project = |cancel| {
        let (training, seed) = (&split.training, 0);
        dkae_pca(&network, &data, training, &digits, &config, seed, cancel)
    };
    let found = project(NEVER).unwrap();
    assert_eq!(found.components, Some(6));
    let found = found.images;
    let plain = network.decode(network.encode(digits.noisy.view()).view());
    assert!((&found - &plain).iter().all(|d| d.abs() < 1e-4));
    assert_eq!(dkae_straight(&network, &digits).images, plain);
    assert_eq!(project(&|| true).unwrap_err(), BaselineError::Cancelled);
}

/// More training samples than are encoded at a time: the codes are still all of them, in order.
#[test]
fn the_axes_are_those_of_all_training_codes() {
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    let image = |i: usize| [i * 7 % 251, i * 3 % 13, i / 9, 255 - i / 20].map(|x| x as u8);
    let pixels: Vec<u8> = (0..2_100).flat_map(image).collect();
    let data = DataSet::new("many", shape, pixels, None).unwrap();
    let architecture = Architecture {
        dims: vec![4, 3],
        hidden: Activation::Tanh,
        code: Activation::Identity,
        output: Activation::Sigmoid,
    };
    let network = Autoencoder::<f32>::new(architecture, &mut generator(5, 0));
    let config = settings(1);
    let training: Vec<usize> = (10..2_100).collect();
    let digits = NoisyDigits::new(&data, &[0, 3, 5], &config, 0);
    let found = dkae_pca(&network, &data, &training, &digits, &config, 0, NEVER).unwrap();
    let codes = network.encode(data.rows::<f32>(&training).view());
    let pca = Pca::fit(codes.view(), 1, 0, NEVER).unwrap();
    let noisy = network.encode(digits.noisy.view());
    let plain = network.decode(pca.reconstruct(noisy.view()).view());
    assert!((&found.images - &plain).iter().all(|d| d.abs() < 1e-4));
}
