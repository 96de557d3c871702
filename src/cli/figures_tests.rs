//! A small run from its first step to its figures.

use ndarray::s;

use super::*;
use crate::data::{Selection, Source, png};
use crate::experiment::denoising::{Denoised, NoisyDigits};
use crate::experiment::method::Method;
use crate::picture::saved::{Content, content};
use crate::report::losses::SIZE;
use crate::training::config::{Preset, PriorConfig, RunConfig};
use crate::training::{Advance, HeldOut};

/// Width and height of the loss curves: two pixels a unit.
const LOSSES: [u32; 2] = [2 * SIZE[0], 2 * SIZE[1]];

/// A run of three steps under the linear kernel, and its losses.
fn trained() -> (Run, History) {
    let mut config = RunConfig {
        prior: PriorConfig::Linear,
        shown: 25,
        seed: 3,
        ..Preset::Quick.config()
    };
    config.network.hidden = vec![16];
    config.network.code = 4;
    config.training.batch = 20;
    config.training.steps = 3;
    config.denoising.components = 4;
    let selection = Selection {
        samples: Some(200),
        classes: None,
        seed: 3,
    };
    let data = Source::bundled().unwrap().select(&selection).unwrap();
    let mut run = Run::new(Arc::new(data), &config).unwrap();
    let mut history = History::default();
    loop {
        match run.advance().unwrap() {
            Advance::Step { losses, validation } => {
                history.training.push(losses);
                history.validation.extend(validation);
            }
            Advance::Over => return (run, history),
            _ => {}
        }
    }
}

#[test]
fn a_run_leaves_all_its_figures_with_what_made_them() {
    let (run, history) = trained();
    let shown = run.shown();
    let config = run.config().get();
    let digits = NoisyDigits::new(run.data(), &shown.indices, &config.denoising, config.seed);
    let made = |images: &ndarray::Array2<f32>| {
        Ok(Denoised {
            images: images.clone(),
            components: Some(config.denoising.components),
        })
    };
    let (clean, noisy) = (made(&digits.clean), made(&digits.noisy));
    let rows = [
        (Method::Kpca, Some(&noisy)),
        (Method::DkaePca, Some(&clean)),
        (Method::LinearPca, Some(&noisy)),
    ];
    let denoising = DenoisingPicture::new(
        config.denoising,
        (HeldOut::Validation, &digits, 25),
        3,
        &rows,
    );
    assert_eq!(denoising.rows[2].error, Some(0.0));
    assert_eq!(denoising.rows[1].error, denoising.rows[0].error);
    let exhibit = exhibit(&run, denoising).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), exhibit, &history).unwrap();
    // Two bands of twenty and five digits, 28 pixels each, with a line of four between them.
    let grid = |rows: u32| [20 * 28, 2 * rows * 28 + 4];
    for (stem, size) in [
        ("prior", [25, 25]),
        ("codes", [25, 25]),
        ("difference", [25, 25]),
        ("reconstructions", grid(2)),
        ("denoising", grid(5)),
        ("losses", LOSSES),
    ] {
        let (picture, text) = png::read(&folder.path().join(format!("{stem}.png"))).unwrap();
        assert_eq!([picture.width, picture.height], size, "{stem}");
        let has = |key: &str, value: &str| text.iter().any(|(k, v)| k == key && v == value);
        let checksum = format!("sha256:{}", run.data().checksum());
        assert!(has("dkae:checksum", &checksum), "{stem}");
        assert!(has("dkae:seed", "3"), "{stem}");
        assert!(has("dkae:step", "3") || stem == "prior", "{stem}");
        assert!(text.iter().any(|(key, _)| key == "Description"), "{stem}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
}

#[test]
fn the_digits_of_the_grids_are_the_shown_ones() {
    let (run, _) = trained();
    let shown = run.shown();
    let config = run.config().get();
    let digits = NoisyDigits::new(run.data(), &shown.indices, &config.denoising, config.seed);
    let denoising =
        DenoisingPicture::new(config.denoising, (HeldOut::Validation, &digits, 25), 3, &[]);
    let exhibit = exhibit(&run, denoising).unwrap();
    let content = content(&exhibit, Picture::Reconstructions, Format::Png).unwrap();
    let Content::Pixels { picture, .. } = content else {
        panic!("a PNG has pixels");
    };
    let png::Pixels::Rgba(rgba) = picture.pixels else {
        panic!("pictures have colours");
    };
    // The second digit's middle row of pixels, as the data set has it.
    let row = s![14 * 28..15 * 28];
    let image = run.data().image(shown.indices[1]);
    let expected = ndarray::aview1(image).slice(row).to_vec();
    let start = 4 * (14 * 20 * 28 + 28);
    let drawn: Vec<u8> = rgba[start..][..4 * 28].iter().step_by(4).copied().collect();
    assert_eq!(drawn, expected);
}

#[test]
fn a_figure_that_cannot_be_written_is_an_error() {
    let (run, history) = trained();
    let config = run.config().get();
    let digits = NoisyDigits::new(run.data(), &[0, 1], &config.denoising, config.seed);
    let denoising =
        DenoisingPicture::new(config.denoising, (HeldOut::Validation, &digits, 2), 3, &[]);
    let exhibit = exhibit(&run, denoising).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = write(&folder.path().join("nowhere"), exhibit, &history).unwrap_err();
    assert!(error.to_string().contains("prior.png"), "{error}");
}
