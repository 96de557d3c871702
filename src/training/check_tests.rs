use super::super::config::{Preset, PretrainingConfig};
use super::*;
use crate::data::ImageShape;

fn data(n: usize, labels: bool) -> DataSet {
    let shape = ImageShape {
        height: 2,
        width: 3,
    };
    let labels = labels.then(|| (0..n).map(|i| (i % 10) as u8).collect());
    DataSet::new("data", shape, vec![1; 6 * n], labels).unwrap()
}

fn check(n: usize, labels: bool, change: impl FnOnce(&mut RunConfig)) -> Result<(), String> {
    let (data, split) = (data(n, labels), Split::new(n, 0));
    let mut config = RunConfig::default();
    change(&mut config);
    let checked = config.check(&data, &split);
    checked.map(drop).map_err(|error| error.to_string())
}

#[test]
fn presets_fit_as_many_samples_as_they_are_meant_for() {
    for preset in Preset::ALL {
        let config = preset.config();
        let found = check(preset.samples(), true, |wanted| *wanted = config);
        assert_eq!(found, Ok(()), "{preset:?}");
    }
}

#[test]
fn the_architecture_leads_from_the_pixels_to_the_code() {
    let (data, split) = (data(1_000, true), Split::new(1_000, 0));
    let checked = RunConfig::default().check(&data, &split).unwrap();
    assert_eq!(checked.architecture().dims, [6, 256, 256, 512, 128]);
}

#[test]
fn a_setting_out_of_its_range_is_named() {
    type Change = fn(&mut RunConfig);
    let cases: [(Change, &str); 27] = [
        (|c| c.training.lambda = 1.1, "λ is 1.1"),
        (|c| c.training.lambda = f64::NAN, "λ is NaN"),
        (|c| c.training.batch = 1, "minibatch size, is 1"),
        (|c| c.training.steps = 0, "steps is 0"),
        (|c| c.training.learning_rate = 0.0, "learning rate is 0"),
        (
            |c| c.training.learning_rate = f64::INFINITY,
            "learning rate is inf",
        ),
        (|c| c.training.input_noise = -1.0, "training input is -1"),
        (|c| c.training.clip_norm = Some(0.0), "clip norm is 0"),
        (
            |c| c.training.pretraining = layers(0, 1e-3),
            "pretraining steps",
        ),
        (
            |c| c.training.pretraining = layers(5, 11.0),
            "learning rate is 11",
        ),
        (|c| c.training.ramp = ramp(1.5, 0.3, 0.7), "start is 1.5"),
        (|c| c.training.ramp = ramp(0.1, -0.1, 0.7), "rises is -0.1"),
        (|c| c.training.ramp = ramp(0.1, 0.5, 0.5), "risen is 0.5"),
        (|c| c.training.ramp = ramp(0.1, 0.5, 1.1), "risen is 1.1"),
        (
            |c| c.training.ramp = ramp(f64::NAN, 0.1, 0.2),
            "start is NaN",
        ),
        (|c| c.training.projection = Some(0), "in training, is 0"),
        (|c| c.training.copies = copies(0, 1, 0.0), "copies is 0"),
        (
            |c| c.training.copies = copies(2, 0, 0.0),
            "shift of copies is 0",
        ),
        (
            |c| c.training.copies = copies(2, 0, 1.5),
            "noise on copies is 1.5",
        ),
        (|c| c.denoising.noise = -0.1, "test images is -0.1"),
        (|c| c.denoising.components = 0, "components, is 0"),
        (|c| c.denoising.ridge = 0.0, "ridge is 0"),
        (|c| c.denoising.width = -2.0, "pre-image's kernel is -2"),
        (|c| c.shown = 1, "shown images is 1"),
        (|c| c.network.hidden = vec![5; 17], "hidden layers is 17"),
        (|c| c.network.hidden = vec![0], "hidden layer is 0"),
        (
            |c| c.network.hidden = vec![16_384; 3],
            "number of parameters",
        ),
    ];
    for (change, named) in cases {
        let error = check(1_000, true, change).unwrap_err();
        assert!(error.contains(named), "{named:?} in {error:?}");
        assert!(error.contains("has to be"), "{error}");
    }
}

fn ramp(start: f64, begin: f64, end: f64) -> Option<Ramp> {
    Some(Ramp { start, begin, end })
}

fn copies(count: usize, shift: usize, noise: f64) -> Option<CopiesConfig> {
    Some(CopiesConfig {
        count,
        shift,
        noise,
    })
}

fn layers(steps_per_layer: usize, learning_rate: f64) -> Option<PretrainingConfig> {
    Some(PretrainingConfig {
        steps_per_layer,
        learning_rate,
    })
}

#[test]
fn the_bounds_themselves_are_fine() {
    for lambda in [0.0, 1.0] {
        assert_eq!(check(1_000, true, |c| c.training.lambda = lambda), Ok(()));
    }
    assert_eq!(check(1_000, true, |c| c.network.hidden.clear()), Ok(()));
    // Noise makes another digit of one that stays where it is; a projection on all axes is none.
    let noisy = |c: &mut RunConfig| c.training.copies = copies(1, 0, 0.2);
    assert_eq!(check(1_000, true, noisy), Ok(()));
    let all = |c: &mut RunConfig| c.training.projection = Some(c.network.code);
    assert_eq!(check(1_000, true, all), Ok(()));
    let whole = |c: &mut RunConfig| c.training.ramp = ramp(0.0, 0.0, 1.0);
    assert_eq!(check(1_000, true, whole), Ok(()));
    // 286 samples leave 200 for training: one minibatch, and enough for the mixtures.
    assert_eq!(check(286, true, |_| ()), Ok(()));
}

#[test]
fn the_upper_bounds_are_fine_and_what_is_beyond_them_is_named() {
    type Change = fn(&mut RunConfig);
    let fine: [Change; 7] = [
        |c| c.training.learning_rate = 10.0,
        |c| c.training.pretraining = layers(1, 10.0),
        |c| c.training.cool_down = 1.0,
        |c| c.training.clip_norm = Some(1e-9),
        |c| c.network.hidden = vec![5; 16],
        // Images of 2×3 pixels: by half of the shorter side.
        |c| c.training.copies = copies(50, 1, 0.0),
        |c| c.denoising.components = 512,
    ];
    for (number, change) in fine.into_iter().enumerate() {
        assert_eq!(check(1_000, true, change), Ok(()), "{number}");
    }
    let beyond: [(Change, &str); 7] = [
        (|c| c.training.learning_rate = 10.1, "learning rate is 10.1"),
        (|c| c.training.cool_down = 1.1, "cool-down is 1.1"),
        (
            |c| c.training.clip_norm = Some(f64::INFINITY),
            "clip norm is inf",
        ),
        (|c| c.training.copies = copies(51, 1, 0.0), "copies is 51"),
        (
            |c| c.training.copies = copies(2, 2, 0.0),
            "shift of copies is 2",
        ),
        (
            |c| c.training.copies = copies(2, 1, -0.1),
            "noise on copies is -0.1",
        ),
        (|c| c.network.code = 16_385, "Nc is 16385"),
    ];
    for (change, named) in beyond {
        let error = check(1_000, true, change).unwrap_err();
        assert!(error.contains(named), "{named:?} in {error:?}");
    }
}

#[test]
fn what_the_data_cannot_serve_is_said_with_both_numbers() {
    let few = check(100, true, |_| ()).unwrap_err();
    assert!(
        few.contains("200 samples") && few.contains("only 70"),
        "{few}"
    );
    let mixtures = check(100, true, |c| c.training.batch = 20).unwrap_err();
    assert!(
        mixtures.contains("200") && mixtures.contains("70"),
        "{mixtures}"
    );
    let ideal = |c: &mut RunConfig| c.prior = PriorConfig::Ideal;
    assert!(check(1_000, false, ideal).unwrap_err().contains("labels"));
    assert_eq!(check(1_000, true, ideal), Ok(()));
}
