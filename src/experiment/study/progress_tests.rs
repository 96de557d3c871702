//! How far a study is, what a look at its folder tells, and what it keeps of whole seeds.

use std::collections::BTreeMap;
use std::fs;

use super::tests::{finish, open, plan};
use super::*;
use crate::data::Collection;
use crate::experiment::plan::{Experiment, Recipe};

const NEVER: &dyn Fn() -> bool = &|| false;

/// Two networks of 15 steps each, alike in cost: a step is a thirtieth of all work.
#[test]
fn progress_is_the_share_of_the_steps() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    let mut seen = Vec::new();
    loop {
        let at = study.progress();
        assert_eq!(at.tasks.1, 2);
        let steps = match at.phase {
            "Training" => at.units.0,
            "Evaluating" => 15,
            _ => 0,
        };
        let wanted = (15 * at.tasks.0 + steps) as f64 / 30.0;
        assert!((at.share - wanted).abs() < 1e-9, "{at:?}");
        seen.push(15 * at.tasks.0 + steps);
        if study.advance(NEVER).unwrap() == StudyAdvance::Over {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen, (0..=30).collect::<Vec<_>>());
}

/// The numbers in the matrices of a folder, in bytes, by file; a header is as long as it says.
fn matrices(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.join("matrices")).unwrap();
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let bytes = fs::read(entry.path()).unwrap();
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let name = entry.file_name().into_string().unwrap();
        (name, bytes[10 + header..].to_vec())
    };
    entries.map(file).collect()
}

#[test]
fn the_matrices_of_a_seed_are_whole_as_large_as_said_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Fig3a, Experiment::Fig3b], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    let told = study.matrix_bytes();
    finish(&mut study);
    drop(study);
    let whole = matrices(folder.path());
    let names = ["codes-lambda0.1", "codes-lambda0", "labels", "prior"];
    let names = names.map(|name| format!("seed0-{name}.npy"));
    assert_eq!(whole.keys().cloned().collect::<Vec<_>>(), names);
    let bytes: usize = whole.values().map(Vec::len).sum();
    assert_eq!(told, bytes as u64);
    // 75 test digits, six code units, four bytes a number and one a label.
    assert_eq!(bytes, 4 * (75 * 75 + 2 * 75 * 6) + 75);
    for lost in &names {
        fs::remove_file(folder.path().join("matrices").join(lost)).unwrap();
        let mut study = open(&plan, folder.path()).unwrap();
        assert_eq!(finish(&mut study), [], "no task is done again");
        drop(study);
        assert_eq!(matrices(folder.path()), whole, "{lost}");
    }
    // A study of other networks alone lacks no codes.
    let mut other = plan.clone();
    other.experiments = vec![Experiment::Fig3b];
    other.code_sizes = vec![2];
    let folder = tempfile::tempdir().unwrap();
    finish(&mut open(&other, folder.path()).unwrap());
    let kept = matrices(folder.path());
    assert_eq!(kept.keys().cloned().collect::<Vec<_>>(), names[2..]);
    let mut again = open(&other, folder.path()).unwrap();
    assert_eq!(again.advance(NEVER).unwrap(), StudyAdvance::Over);
}

/// The pictures against the figures' own matrices: P and C of the digits on show, and those of the
/// first of each class as the network gives them back.
#[test]
fn a_picture_is_of_the_digits_on_show() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let seed = study.findings().seed(0).unwrap();
    let (labels, drawn) = (seed.labels.as_ref().unwrap(), seed.drawn.as_ref().unwrap());
    assert!(labels.is_sorted() && drawn.windows(2).all(|two| two[0] < two[1]));
    let mut classes = labels.clone();
    classes.dedup();
    assert_eq!(drawn[..], classes[..drawn.len()]);
    let recipe: Recipe = plan.dkae(0);
    let network = study.store().network(&recipe, &plan, &study.sizes).unwrap();
    let rebuilt = network.decode(network.encode(seed.originals.view()).view());
    let picture = &study.findings().network(&recipe).unwrap().picture;
    assert!(
        (&rebuilt - &picture.reconstructions)
            .iter()
            .all(|d| d.abs() < 1e-6)
    );
    // The diagonal of C at a drawn digit is its code's squared length.
    let codes = network.encode(seed.originals.view());
    for (code, class) in codes.outer_iter().zip(drawn) {
        let at = labels.iter().position(|label| label == class).unwrap();
        assert!((code.dot(&code) - picture.codes[[at, at]]).abs() < 1e-4);
    }
    // An RBF kernel has ones on its diagonal, and is symmetric.
    assert!(seed.prior.diag().iter().all(|p| (p - 1.0).abs() < 1e-3));
    assert_eq!(seed.prior, seed.prior.t());
}

/// A look tells what is there and what is left, and touches nothing.
#[test]
fn a_look_tells_how_far_a_study_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1, Experiment::Fig5], 2);
    let source = Source::bundled().unwrap();
    let told = |folder: &Path| look(&plan, &source, folder).unwrap();
    let nothing = told(&folder.path().join("none"));
    assert_eq!((nothing.tasks, nothing.seconds_left), ((0, 6), None));
    assert!(!folder.path().join("none").exists());
    let mut study = open(&plan, folder.path()).unwrap();
    assert_eq!(study.collection(), Some(Collection::Mnist));
    let mut left = Vec::new();
    for done in 1..=6 {
        while !matches!(study.advance(NEVER).unwrap(), StudyAdvance::Done(_)) {}
        let known = told(folder.path());
        assert_eq!((known.tasks, known.damaged.len()), ((done, 6), 0));
        assert_eq!(known.findings.networks, study.findings().networks);
        assert_eq!(known.checksum, study.checksum());
        left.push(known.seconds_left.unwrap());
    }
    assert!(left[0] > left[5] && left[5] == 0.0, "{left:?}");
}

/// Files that are lost while a study works: what it made of them under other seeds stays.
#[test]
fn a_network_that_is_lost_meanwhile_is_trained_again() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(
        &[Experiment::Table1, Experiment::Fig5, Experiment::Table2],
        2,
    );
    let mut study = open(&plan, folder.path()).unwrap();
    let (spectrum, denoising) = (Task::Spectrum { seed: 1 }, Task::Denoising { seed: 1 });
    let mut done = Vec::new();
    for (task, lost) in [
        (spectrum, plan.dkae(1).key()),
        (denoising, Task::Course { seed: 1 }.key()),
    ] {
        while study.progress().task != Some(task) {
            if let StudyAdvance::Done(task) = study.advance(NEVER).unwrap() {
                done.push(task);
            }
        }
        fs::remove_file(folder.path().join(format!("networks/{lost}.safetensors"))).unwrap();
    }
    done.extend(finish(&mut study));
    let told = study.notices();
    assert!(
        told.iter().all(|told| told.ends_with("made again")),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
    let mut wanted = plan.tasks();
    for (again, before) in [
        (Task::Network(plan.dkae(1)), spectrum),
        (Task::Course { seed: 1 }, denoising),
    ] {
        let at = wanted.iter().position(|task| *task == before).unwrap();
        wanted.insert(at, again);
    }
    assert_eq!(done, wanted);
    let found = study.findings();
    let courses: Vec<u64> = found.courses.iter().map(|course| course.seed).collect();
    assert_eq!(courses, [0, 1]);
    let mut recipes: Vec<String> = found
        .networks
        .iter()
        .map(|n| n.figures.recipe.key())
        .collect();
    recipes.sort();
    let all = [0, 1].map(|seed| [plan.plain(seed).key(), plan.dkae(seed).key()]);
    assert_eq!(recipes, all.concat());
}

#[test]
fn a_folder_is_known_as_a_studys_and_as_taken() {
    let place = tempfile::tempdir().unwrap();
    let of = |folder: &Path| (Store::may_be_there(folder), Store::is_busy(folder));
    assert_eq!(of(place.path()), (false, false));
    // Results whose `study.json` is lost, and the other way round.
    fs::create_dir(place.path().join("results")).unwrap();
    assert_eq!(of(place.path()), (true, false));
    let header = place.path().join("header");
    fs::create_dir(&header).unwrap();
    fs::write(header.join("study.json"), "{}").unwrap();
    assert_eq!(of(&header), (true, false));
    let folder = place.path().join("study");
    let study = open(&plan(&[Experiment::Table1], 1), &folder).unwrap();
    assert_eq!(of(&folder), (true, true));
    drop(study);
    assert_eq!(of(&folder), (true, false));
}
