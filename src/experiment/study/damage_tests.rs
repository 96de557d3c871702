//! A folder that was damaged while nobody looked: each file in turn, in several ways. The study
//! names what it found, sets it aside, makes it again, and comes to the same findings.

use crate::experiment::plan::Experiment;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ndarray::Array2;
use safetensors::SafeTensors;

use super::tests::{finish, open, plan};
use super::*;
use crate::experiment::findings::{Method, Network};

/// A way to damage a file.
type Way = fn(&mut Vec<u8>);

/// Files of no result: the lock, and the time that was worked.
const ASIDE: [&str; 2] = ["study.lock", "time.json"];

/// All files below `folder`, but for those that are only written.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for part in [".", "results", "networks"] {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let aside = ASIDE.iter().any(|name| path.ends_with(name));
            if path.is_file() && !aside {
                found.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

/// A copy of a study's folder.
fn copy(folder: &Path) -> tempfile::TempDir {
    let new = tempfile::tempdir().unwrap();
    for part in ["results", "networks", "matrices"] {
        fs::create_dir(new.path().join(part)).unwrap();
    }
    for file in files(folder) {
        fs::copy(folder.join(&file), new.path().join(&file)).unwrap();
    }
    new
}

/// Findings in the plan's order, without the wall times, digit by digit.
fn everything(plan: &Plan, findings: &Findings) -> String {
    let mut text = String::new();
    for &seed in &plan.seeds {
        text += &format!("{:?}\n", findings.seed(seed).unwrap());
    }
    for task in plan.tasks() {
        let seed = task.seed();
        text += &match task {
            Task::Network(recipe) => {
                let mut network = Network::clone(findings.network(&recipe).unwrap());
                network.figures.seconds = 0.0;
                format!("{network:?}\n")
            }
            Task::Spectrum { .. } => {
                let mut spectrum = findings.spectrum(seed).unwrap().as_ref().clone();
                spectrum.figures.seconds = 0.0;
                format!("{spectrum:?}\n")
            }
            Task::Course { .. } => {
                format!("{:?}\n", findings.course(seed).unwrap().points)
            }
            Task::Denoising { .. } => {
                let mut denoising = findings.denoised(seed).unwrap().as_ref().clone();
                denoising.figures.seconds = 0.0;
                format!("{denoising:?}\n")
            }
            Task::CodeSpace { .. } => {
                let mut figures = findings.code_space(seed).unwrap().as_ref().clone();
                figures.seconds = 0.0;
                format!("{figures:?}\n")
            }
        };
    }
    text
}

/// A finished study, and what it found.
fn finished() -> (Plan, tempfile::TempDir, String) {
    let plan = plan(
        &[
            Experiment::Table1,
            Experiment::Fig5,
            Experiment::Table2,
            Experiment::CodeSpace,
        ],
        1,
    );
    let folder = tempfile::tempdir().unwrap();
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let found = everything(&plan, study.findings());
    (plan, folder, found)
}

/// Goes on in `folder`; what it says of damage, if it comes to `expected`.
#[track_caller]
fn resume(plan: &Plan, folder: &Path, expected: &str) -> Vec<String> {
    let mut study = open(plan, folder).unwrap();
    finish(&mut study);
    assert_eq!(everything(plan, study.findings()), expected);
    let told = study.notices().to_vec();
    drop(study);
    // Whatever was wrong is put right.
    let again = open(plan, folder).unwrap();
    assert_eq!(again.notices(), [""; 0]);
    assert_eq!(everything(plan, again.findings()), expected);
    told
}

#[test]
fn every_file_may_be_damaged_and_the_study_comes_to_the_same() {
    let (plan, whole, expected) = finished();
    let ways: [(&str, Way); 4] = [
        ("a bit in the middle", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        ("a bit at the end", |bytes| {
            let last = bytes.len() - 4;
            bytes[last] ^= 4;
        }),
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("empty", Vec::clear),
    ];
    for file in files(whole.path()) {
        for (way, damage) in ways {
            let folder = copy(whole.path());
            let path = folder.path().join(&file);
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, &bytes).unwrap();
            let told = resume(&plan, folder.path(), &expected);
            let name = file.file_name().unwrap().to_str().unwrap();
            assert_eq!(told.len(), 1, "{way} in {name}: {told:?}");
            assert!(
                told[0].contains(name) && told[0].contains("set aside"),
                "{told:?}"
            );
            let aside = path.with_file_name(format!("{name}.damaged"));
            assert_eq!(fs::read(aside).unwrap(), bytes, "nothing is lost");
        }
    }
}

#[test]
fn files_that_vanished_or_were_exchanged_are_made_again() {
    let (plan, whole, expected) = finished();
    let all: Vec<_> = files(whole.path()).into_iter().collect();
    for (file, next) in all.iter().zip(all.iter().cycle().skip(1)) {
        let folder = copy(whole.path());
        fs::remove_file(folder.path().join(file)).unwrap();
        resume(&plan, folder.path(), &expected);

        let folder = copy(whole.path());
        fs::copy(folder.path().join(next), folder.path().join(file)).unwrap();
        let told = resume(&plan, folder.path(), &expected);
        assert!(
            !told.is_empty(),
            "{} for {}",
            next.display(),
            file.display()
        );
    }
}

#[test]
fn a_lost_header_does_not_mix_two_studies() {
    let (plan, whole, expected) = finished();
    let mut other = plan.clone();
    other.config.training.steps += 1;
    for header in [None, Some("{")] {
        let folder = copy(whole.path());
        let path = folder.path().join("study.json");
        fs::remove_file(&path).unwrap();
        if let Some(text) = header {
            fs::write(&path, text).unwrap();
        }
        let error = open(&other, folder.path()).err().unwrap();
        assert!(matches!(error, StudyError::Store(StoreError::Other { .. })));
        assert_eq!(header.is_some(), path.exists(), "nothing is changed");
        resume(&plan, folder.path(), &expected);
    }
}

/// The file with another text `name`, and a checksum that is right if `sealed`, none if not.
fn with_text(path: &Path, name: &str, change: impl Fn(&str) -> String, sealed: bool) {
    let bytes = fs::read(path).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut texts: BTreeMap<String, String> =
        metadata.metadata().clone().unwrap().into_iter().collect();
    texts.insert(name.to_owned(), change(&texts[name]));
    texts.remove("sha256");
    if !sealed {
        let texts = texts.into_iter().collect();
        fs::write(
            path,
            safetensors::serialize(tensors.tensors(), Some(texts)).unwrap(),
        )
        .unwrap();
        return;
    }
    let tensors = tensors.tensors();
    let owned: Vec<(String, Array2<f32>)> = tensors
        .iter()
        .filter(|(_, view)| view.shape().len() == 2)
        .map(|(name, view)| {
            let numbers = view.data().chunks_exact(4);
            let numbers = numbers.map(|b| f32::from_le_bytes(b.try_into().unwrap()));
            let shape = (view.shape()[0], view.shape()[1]);
            (
                name.clone(),
                Array2::from_shape_vec(shape, numbers.collect()).unwrap(),
            )
        })
        .collect();
    let labels: Vec<_> = tensors
        .iter()
        .filter(|(_, view)| view.shape().len() == 1)
        .collect();
    let mut all: Vec<_> = owned
        .iter()
        .map(|(name, m)| (name.clone(), crate::data::tensors::Tensor::matrix(m.view())))
        .collect();
    for (name, view) in labels {
        all.push((
            name.clone(),
            crate::data::tensors::Tensor::bytes(view.data()),
        ));
    }
    crate::data::tensors::write_tensors(path, all, &texts).unwrap();
}

/// A folder as it was written before there were checksums.
fn without_checksums(folder: &Path) {
    for file in files(folder) {
        let path = folder.join(&file);
        if file
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = fs::read_to_string(&path).unwrap();
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value.as_object_mut().unwrap().remove("seal").unwrap();
            fs::write(&path, value.to_string()).unwrap();
        } else {
            with_text(&path, "key", str::to_owned, false);
        }
    }
}

#[test]
fn shapes_that_lie_are_found_whether_or_not_the_checksum_is_right() {
    let (plan, whole, expected) = finished();
    let denoised = format!("results/{}.safetensors", Task::Denoising { seed: 0 }.key());
    let largest = usize::MAX;
    for sealed in [true, false] {
        for file in ["results/seed0.safetensors", &denoised] {
            for shape in [
                "99999999999 99999999999".to_owned(),
                "27 28".to_owned(),
                "2 2".to_owned(),
                "0 0".to_owned(),
                "784 1".to_owned(),
                "28".to_owned(),
                "28 28 28".to_owned(),
                format!("{largest} {largest}"),
                "-1 28".to_owned(),
            ] {
                let folder = copy(whole.path());
                if !sealed {
                    without_checksums(folder.path());
                }
                with_text(
                    &folder.path().join(file),
                    "shape",
                    |_| shape.clone(),
                    sealed,
                );
                let told = resume(&plan, folder.path(), &expected);
                assert_eq!(told.len(), 1, "{file}, {shape}: {told:?}");
            }
        }
    }
    let network = format!("networks/{}.safetensors", plan.dkae(0).key());
    for dims in [
        format!("[784,{largest},6]"),
        format!("[{largest},{largest},{largest}]"),
        "[]".into(),
        "[784,6]".into(),
        "[784,6,12]".into(),
    ] {
        let folder = copy(whole.path());
        without_checksums(folder.path());
        let change = |text: &str| text.replace("[784,12,6]", &dims);
        with_text(&folder.path().join(&network), "architecture", change, false);
        let told = resume(&plan, folder.path(), &expected);
        assert_eq!(told.len(), 1, "{dims}: {told:?}");
    }
}

#[test]
fn a_study_of_before_there_were_checksums_goes_on() {
    let (mut plan, whole, expected) = finished();
    let folder = copy(whole.path());
    without_checksums(folder.path());
    assert_eq!(resume(&plan, folder.path(), &expected), [""; 0]);
    // What joins it has checksums, and they count.
    plan.seeds.push(1);
    let mut study = open(&plan, folder.path()).unwrap();
    let own = plan.tasks().iter().filter(|task| task.seed() == 1).count();
    assert_eq!(finish(&mut study).len(), own, "the new seed's tasks alone");
    let expected = everything(&plan, study.findings());
    drop(study);
    let path = folder
        .path()
        .join(format!("results/{}.json", plan.dkae(1).key()));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"steps\": 15", "\"steps\": 16")).unwrap();
    let told = resume(&plan, folder.path(), &expected);
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_damaged_checkpoint_costs_its_steps_and_no_more() {
    let (plan, _whole, expected) = finished();
    for damage in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let mut study = open(&plan, folder.path()).unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        for _ in 0..8 {
            study.advance(&|| false).unwrap();
        }
        assert!(path.exists());
        drop(study);
        let mut bytes = fs::read(&path).unwrap();
        match damage {
            0 => bytes.truncate(100),
            1 => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x10;
            }
            2 => bytes = b"nothing".to_vec(),
            3 => bytes = fs::read(folder.path().join("results/seed0.safetensors")).unwrap(),
            4 => bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes()),
            _ => {
                let at = bytes.windows(6).position(|w| w == b"sha256").unwrap();
                bytes[at] = b'z';
            }
        }
        fs::write(&path, bytes).unwrap();
        let told = resume(&plan, folder.path(), &expected);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("checkpoint"), "{told:?}");
    }
}

#[test]
fn every_method_of_the_table_is_looked_for() {
    let (plan, whole, expected) = finished();
    let key = Task::Denoising { seed: 0 }.key();
    let folder = copy(whole.path());
    without_checksums(folder.path());
    let path = folder.path().join(format!("results/{key}.json"));
    let text = fs::read_to_string(&path).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let errors = value["errors"].as_array_mut().unwrap();
    assert_eq!(errors.len(), Method::ALL.len());
    errors.pop();
    fs::write(&path, value.to_string()).unwrap();
    assert_eq!(resume(&plan, folder.path(), &expected).len(), 1);
}
