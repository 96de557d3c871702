//! Pictures of matrices whose every entry is known.

use std::sync::Arc;

use super::*;

use crate::exhibit::denoising::{DenoisedRow, DenoisingPicture, Method};
use crate::exhibit::live::{CodePicture, Parts, PriorPicture};
use crate::exhibit::{ColourMap, Images, Limits, Looks, Made, Matrix};
use crate::picture::colour::Lut;
use crate::training::config::{DenoisingConfig, Preset};
use crate::training::{HeldOut, LiveSettings, Schedule, Scores, ShownDigits};

/// Three images of 8×2 pixels.
const SHAPE: ImageShape = ImageShape {
    height: 8,
    width: 2,
};

fn code_picture(matrix: Array2<f32>) -> CodePicture {
    CodePicture {
        matrix: Arc::new(Matrix::new(matrix)),
        codes: Arc::new(Array2::zeros((3, 1))),
        reconstructions: Arc::new(Array2::from_elem((3, 16), 0.5)),
        step: 7,
        lambda: 0.1,
        scores: Scores {
            samples: 3,
            lr: 0.0,
            lc_c_p: 0.0,
            lc_p_ki: None,
            lc_c_ki: None,
        },
        coder: None,
    }
}

/// What a run on three digits has, with these kernels and without the images of kernel PCA.
fn parts(prior: Array2<f32>, codes: Array2<f32>) -> Parts {
    let images = |grey| Arc::new(Array2::from_elem((3, 16), grey));
    let row = |method, images| DenoisedRow {
        method,
        images,
        error: None,
        each: Vec::new(),
        note: None,
    };
    let denoising = DenoisingPicture {
        set: HeldOut::Validation,
        config: DenoisingConfig::default(),
        step: 7,
        samples: 3,
        indices: vec![0, 1, 2],
        rows: vec![
            row(Method::Noisy, Some(images(0.4))),
            row(Method::Kpca, None),
            row(Method::DkaePca, Some(images(0.2))),
        ],
    };
    let shown = ShownDigits {
        set: HeldOut::Validation,
        indices: vec![0, 1, 2],
        labels: None,
        pixels: Array2::ones((3, 16)),
        shape: SHAPE,
        collection: None,
    };
    Parts {
        made: Arc::new(Made {
            data: Some(("three λ-digits".into(), "0123abcd".into())),
            samples: Some([14, 3, 3]),
            began: Preset::Quick.config(),
            schedule: Schedule::default(),
            plan: None,
        }),
        images: Arc::new(Images::of(&shown)),
        prior: Some(Arc::new(PriorPicture::new(prior, None, None))),
        codes: Some(Arc::new(code_picture(codes))),
        kernel: None,
        denoising: Some(Arc::new(denoising)),
        test: None,
    }
}

/// The exhibit of that.
fn run(prior: Array2<f32>, codes: Array2<f32>) -> Exhibit {
    parts(prior, codes).exhibit()
}

/// 3×3 entries from 0.1 to 0.9, row by row.
fn ramp() -> Array2<f32> {
    Array2::from_shape_fn((3, 3), |(i, j)| (1 + 3 * i + j) as f32 / 10.0)
}

/// Writes a picture and reads it again.
fn saved(run: &Exhibit, picture: Picture) -> ([usize; 2], Vec<u8>, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.png");
    let content = content(run, picture, Format::Png).unwrap();
    content.write(&path).unwrap();
    let (picture, text) = png::read(&path).unwrap();
    let png::Pixels::Rgba(pixels) = picture.pixels else {
        panic!("pictures have colours");
    };
    let size = [picture.width, picture.height].map(|side| side as usize);
    (size, pixels, text)
}

fn pixel(width: usize, pixels: &[u8], row: usize, column: usize) -> [u8; 4] {
    pixels[4 * (row * width + column)..][..4]
        .try_into()
        .unwrap()
}

fn place(lut: &Lut, colour: [u8; 4]) -> usize {
    lut.iter().position(|&other| other == colour).unwrap()
}

#[test]
fn an_entry_has_its_colour_on_the_scale_of_both_kernels() {
    let run = run(ramp(), ramp().reversed_axes());
    // Both kernels reach from 0 to the largest entry, so that entry k/10 stands at k/9 of the map.
    for (picture, entry) in [(Picture::PRIOR, 4.0), (Picture::CODES, 2.0)] {
        let ([width, height], pixels, _) = saved(&run, picture);
        assert_eq!((width, height), (3, 3));
        let at = |row, column| place(colour::viridis(), pixel(width, &pixels, row, column));
        assert_eq!(at(1, 0), (255.0 * entry / 9.0_f64).round() as usize);
        assert_eq!(at(2, 2), 255);
    }
}

/// Other colours than the usual ones are in the picture, and are named beside it.
#[test]
fn chosen_colours_are_saved_and_named() {
    let looks = Looks {
        map: ColourMap::Magma,
        limits: Limits::Full,
        each_its_own: true,
    };
    let run = run(ramp(), ramp() * 3.0).with_looks(looks);
    let (_, pixels, text) = saved(&run, Picture::PRIOR);
    let magma = colour::map(ColourMap::Magma);
    assert_eq!(pixel(3, &pixels, 2, 2), magma[255]);
    let described = |text: &[(String, String)]| {
        let found = text.iter().find(|(key, _)| key == "Description");
        found.map(|(_, text)| text.clone()).unwrap()
    };
    let told = "colours: magma, limits full, each kernel on a scale of its own";
    assert!(described(&text).contains(told));
    // A difference has colours of its own.
    let (_, pixels, text) = saved(&run, Picture::DIFFERENCE);
    assert!(
        pixels
            .chunks(4)
            .all(|pixel| colour::diverging(false).contains(&pixel.try_into().unwrap()))
    );
    assert!(!described(&text).contains("magma"));
}

#[test]
fn kernels_that_agree_up_to_a_factor_differ_by_the_middle_colour() {
    let middle = colour::diverging(false)[128];
    // A power of two, so that not even rounding tells the two apart.
    let (_, pixels, _) = saved(&run(ramp(), ramp() * 32.0), Picture::DIFFERENCE);
    assert!(pixels.chunks(4).all(|pixel| pixel == middle));
    let (_, pixels, _) = saved(&run(ramp(), ramp().reversed_axes()), Picture::DIFFERENCE);
    // P is the larger below the diagonal, C = Pᵀ above it.
    let at = |row, column| place(colour::diverging(false), pixel(3, &pixels, row, column));
    assert!(at(0, 2) > 128 && at(2, 0) < 128 && at(1, 1) == 128);
}

#[test]
fn a_picture_says_what_made_it() {
    let (_, _, text) = saved(&run(ramp(), ramp()), Picture::DIFFERENCE);
    let field = |key: &str| {
        let found = text.iter().find(|(keyword, _)| keyword == key);
        found.map(|(_, text)| text.as_str()).unwrap()
    };
    let config = Preset::Quick.config();
    assert_eq!(field("Title"), "C − P");
    assert!(field("Software").ends_with(env!("CARGO_PKG_VERSION")));
    assert_eq!(field("dkae:data"), "three λ-digits");
    assert_eq!(field("dkae:checksum"), "sha256:0123abcd");
    assert_eq!(field("dkae:seed"), config.seed.to_string());
    assert_eq!(field("dkae:lambda"), config.training.lambda.to_string());
    assert_eq!(field("dkae:step"), "7");
    let settings: crate::training::RunConfig =
        serde_json::from_str(field("dkae:settings")).unwrap();
    assert_eq!(settings, config);
    let (_, _, text) = saved(&run(ramp(), ramp()), Picture::PRIOR);
    let has = |key: &str| text.iter().any(|(keyword, _)| keyword == key);
    assert!(has("dkae:prior") && has("dkae:seed"), "what P depends on");
    let foreign = ["dkae:lambda", "dkae:step", "dkae:settings", "dkae:schedule"];
    assert!(!foreign.into_iter().any(has), "P has neither λ nor steps");
}

#[test]
fn a_growing_p_says_how_much_of_it_is_there() {
    let mut parts = parts(ramp(), ramp());
    assert!(!fields(&parts.exhibit(), Picture::PRIOR).contains_key("dkae:mixtures"));
    let prior = PriorPicture::new(ramp(), Some((58, 870)), None);
    parts.prior = Some(Arc::new(prior));
    let fields = fields(&parts.exhibit(), Picture::PRIOR);
    assert_eq!(fields["dkae:mixtures"], "58 of 870");
}

/// The text fields of a picture of `run`.
fn fields(run: &Exhibit, picture: Picture) -> std::collections::HashMap<String, String> {
    text_fields(run, picture).into_iter().collect()
}

#[test]
fn a_picture_carries_what_its_network_was_trained_with_and_not_what_a_slider_says() {
    let mut parts = parts(ramp(), ramp());
    let mut made = Made::clone(&parts.made);
    let mut now = LiveSettings::of(&made.began);
    let mut apply = |step, change: fn(&mut LiveSettings)| {
        let old = now;
        change(&mut now);
        made.schedule.add(step, &old, &now);
    };
    apply(5, |live| live.lambda = 0.3);
    // The pictures are of step 7: no step was taken under this λ and this rate.
    apply(7, |live| live.lambda = 0.01);
    apply(9, |live| live.learning_rate = 0.5);
    parts.made = Arc::new(made);
    let view = parts.exhibit();
    for picture in [
        Picture::CODES,
        Picture::DIFFERENCE,
        Picture::Reconstructions,
        Picture::Denoising,
    ] {
        let fields = fields(&view, picture);
        assert_eq!(
            (fields["dkae:lambda"].as_str(), fields["dkae:step"].as_str()),
            ("0.3", "7")
        );
        let settings: crate::training::RunConfig =
            serde_json::from_str(&fields["dkae:settings"]).unwrap();
        let began = Preset::Quick.config().training;
        assert_eq!(settings.training.lambda, 0.3);
        assert_eq!(settings.training.learning_rate, began.learning_rate);
        let schedule: serde_json::Value = serde_json::from_str(&fields["dkae:schedule"]).unwrap();
        let steps: Vec<_> = schedule
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (&e["step"], &e["lambda"]))
            .collect();
        assert_eq!(
            format!("{steps:?}"),
            "[(Number(0), Number(0.1)), (Number(5), Number(0.3))]"
        );
    }
}

#[test]
fn each_picture_has_the_step_at_which_it_was_made() {
    let mut parts = parts(ramp(), ramp());
    parts.codes = Some(Arc::new(CodePicture {
        step: 80,
        ..code_picture(ramp())
    }));
    let view = parts.exhibit();
    for (picture, step) in [(Picture::CODES, "80"), (Picture::Denoising, "7")] {
        assert_eq!(fields(&view, picture)["dkae:step"], step);
    }
}

#[test]
fn methods_stand_below_one_another_and_one_that_is_not_there_leaves_no_gap() {
    let run = run(ramp(), ramp());
    let ([width, height], pixels, text) = saved(&run, Picture::Denoising);
    assert_eq!((width, height), (6, 24));
    let rows = [4, 12, 20].map(|row| pixel(width, &pixels, row, 3)[0]);
    assert_eq!(rows, [255, 102, 51]);
    assert!(
        text.iter()
            .any(|(key, text)| key == "Description" && text.ends_with("clean, noisy, dkAE + PCA"))
    );
    let Some(Content::Matrix(numbers)) = content(&run, Picture::Denoising, Format::Npy) else {
        panic!("the comparison has numbers");
    };
    assert_eq!(numbers.dim(), (9, 16));
}

#[test]
fn bands_of_digits_are_parted_and_a_short_one_ends_black() {
    let images = Array2::ones((5, 16));
    let ([width, height], pixels) = grid(&[images.view()], SHAPE, 3);
    assert_eq!((width, height), (6, 8 + 1 + 8));
    assert_eq!(pixels.len(), 4 * width * height);
    let at = |row, column| pixel(width, &pixels, row, column);
    assert_eq!(at(8, 2), [GAP, GAP, GAP, 255]);
    assert_eq!((at(9, 3), at(9, 4)), ([255; 4], [0, 0, 0, 255]));
}

#[test]
fn nothing_is_saved_of_what_is_not_there() {
    let mut parts = parts(ramp(), ramp());
    parts.codes = None;
    let run = parts.exhibit();
    for picture in Picture::ALL {
        let there = matches!(picture, Picture::PRIOR | Picture::Denoising);
        assert_eq!(is_there(&run, picture), there, "{picture:?}");
        for format in [Format::Png, Format::Npy] {
            assert_eq!(content(&run, picture, format).is_some(), there);
        }
    }
    let nothing = Parts::nothing(Preset::Quick.config()).exhibit();
    assert!(
        !Picture::ALL
            .into_iter()
            .any(|picture| is_there(&nothing, picture))
    );
}
