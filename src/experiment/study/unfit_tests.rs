//! Data that do not suit a study, or a seed of it.

use std::fs;

use super::samples::check_classes;
use super::tests::{finish, open_with, plan};
use super::*;
use crate::data::{ImageShape, MINIMUM_SAMPLES, Selection};
use crate::experiment::plan::Experiment;
use crate::training::config::Preset;

/// Images of 2×2 pixels, with `fives` of them fives, and the rest ones, if they have labels.
fn images(count: usize, fives: Option<usize>) -> DataSet {
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    let pixels = (0..count * 4).map(|i| (i * 37 % 251) as u8).collect();
    let labels = fives.map(|fives| (0..count).map(|i| if i < fives { 5 } else { 1 }).collect());
    DataSet::new("made up", shape, pixels, labels).unwrap()
}

#[test]
fn table_2_needs_some_images_of_its_classes() {
    let plan = Plan::of(Preset::Quick, &[Experiment::Table2], 0, 1);
    let least = 10 * MINIMUM_SAMPLES;
    assert!(check_classes(&images(300, Some(least)), &plan).is_ok());
    let told = |data: &DataSet| check_classes(data, &plan).unwrap_err().to_string();
    let few = told(&images(300, Some(least - 1)));
    assert!(
        few.contains("there are 199 samples") && few.contains("needs 200"),
        "{few}"
    );
    assert!(told(&images(300, None)).contains("no labels"));
}

/// A file of images without labels.
fn unlabelled(path: &Path, shape: ImageShape, images: &[Vec<u8>]) -> Source {
    let mut bytes = vec![0, 0, 8, 3];
    for size in [images.len(), shape.height, shape.width] {
        bytes.extend(u32::try_from(size).unwrap().to_be_bytes());
    }
    bytes.extend(images.concat());
    fs::write(path, bytes).unwrap();
    Source::open(path).unwrap()
}

/// 500 of the bundled digits.
fn digits(folder: &Path) -> Source {
    let selection = Selection {
        samples: Some(500),
        ..Selection::default()
    };
    let data = Source::bundled().unwrap().select(&selection).unwrap();
    let images: Vec<Vec<u8>> = (0..500).map(|index| data.image(index).to_vec()).collect();
    unlabelled(&folder.join("images"), data.shape(), &images)
}

#[test]
fn without_labels_what_needs_none_is_done() {
    let place = tempfile::tempdir().unwrap();
    let source = digits(place.path());
    let study = |experiment: Experiment, folder: &str| {
        let folder = place.path().join(folder);
        open_with(&source, &plan(&[experiment], 1), &folder)
    };
    for (experiment, named) in [
        (Experiment::Table1, "Table 1 needs labels"),
        (Experiment::Table2, "Table 2 chooses its images by class"),
        (Experiment::CodeSpace, "judged by labels"),
    ] {
        let error = study(experiment, "refused").err().unwrap().to_string();
        assert!(error.contains(named), "{error}");
    }
    let mut study = study(Experiment::Fig4, "study").unwrap();
    finish(&mut study);
    let drawn = study.findings().seed(0).unwrap();
    assert_eq!((&drawn.labels, &drawn.drawn), (&None, &None));
    assert_eq!(drawn.originals.nrows(), 10, "the first ten on show");
    let there = |name: &str| place.path().join("study/matrices").join(name).exists();
    assert!(there("seed0-prior.npy") && !there("seed0-labels.npy"));
}

/// As many samples as there are will do, and one more will not.
#[test]
fn a_study_may_take_all_samples() {
    let place = tempfile::tempdir().unwrap();
    let source = digits(place.path());
    let mut plan = plan(&[Experiment::Fig4], 1);
    for (samples, fits) in [(500, true), (501, false)] {
        plan.samples = samples;
        let folder = place.path().join(samples.to_string());
        let found = open_with(&source, &plan, &folder);
        assert_eq!(found.is_ok(), fits, "{samples}");
    }
}

/// Most images of one seed are the same one, so that no RBF kernel has a width there. The other
/// seed's networks are trained all the same.
#[test]
fn a_seed_without_a_prior_kernel_fails_alone() {
    let place = tempfile::tempdir().unwrap();
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    let image = |index: usize| vec![(index % 251) as u8, (index / 251) as u8, 7, 90];
    let images: Vec<Vec<u8>> = (0..1_000).map(image).collect();
    let source = unlabelled(&place.path().join("all"), shape, &images);
    let second = source.part(500, 1).unwrap();
    let mut dull = images;
    for index in 10..500 {
        let [low, high, ..] = *second.image(index) else {
            panic!("four pixels")
        };
        dull[usize::from(low) + 251 * usize::from(high)] = vec![0; 4];
    }
    let source = unlabelled(&place.path().join("dull"), shape, &dull);
    let mut plan = plan(&[Experiment::Fig4], 2);
    plan.config.network.hidden = vec![3];
    plan.config.network.code = 2;
    let mut study = open_with(&source, &plan, &place.path().join("study")).unwrap();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    loop {
        match study.advance(&|| false).unwrap() {
            StudyAdvance::Working => {}
            StudyAdvance::Done(task) => done.push(task),
            StudyAdvance::Failed(task) => failed.push(task),
            StudyAdvance::Over => break,
        }
    }
    let (first, second): (Vec<Task>, _) = plan.tasks().into_iter().partition(|t| t.seed() == 0);
    assert_eq!((done, failed), (first, vec![second[0]]));
    let failures = &study.findings().failures;
    assert_eq!(failures.iter().map(|f| f.task).collect::<Vec<_>>(), second);
    for failure in failures {
        assert!(failure.reason.contains("identical"), "{}", failure.reason);
    }
}
