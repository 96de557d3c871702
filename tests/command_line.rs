//! The program itself: `train` writes what it promises, and bad input ends it with one clear line.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dkae_explorer::data::ImageShape;
use dkae_explorer::training::RunConfig;
use dkae_explorer::training::config::{PretrainingConfig, PriorConfig};
use ndarray::{Array1, Array2, ArrayView2};
use ndarray_npy::read_npy;
use serde_json::Value;

const SHAPE: ImageShape = ImageShape {
    height: 8,
    width: 8,
};

/// A folder with a small labelled data set and settings for it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let (pixels, labels) = common::pixels(300, SHAPE);
        folder.write_images("t-images-idx3-ubyte", SHAPE, &pixels);
        folder.write_labels("t-labels-idx1-ubyte", &labels);
        folder.write_settings(&common::config(80));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn out(&self) -> PathBuf {
        self.path("out")
    }

    fn write_images(&self, name: &str, shape: ImageShape, pixels: &[u8]) {
        let count = pixels.len() / shape.pixels();
        let mut file = vec![0, 0, 8, 3];
        for size in [count, shape.height, shape.width] {
            file.extend(u32::try_from(size).unwrap().to_be_bytes());
        }
        file.extend(pixels);
        std::fs::write(self.path(name), file).unwrap();
    }

    fn write_labels(&self, name: &str, labels: &[u8]) {
        let mut file = vec![0, 0, 8, 1];
        file.extend(u32::try_from(labels.len()).unwrap().to_be_bytes());
        file.extend(labels);
        std::fs::write(self.path(name), file).unwrap();
    }

    fn write_settings(&self, config: &RunConfig) {
        let file = std::fs::File::create(self.path("settings.json")).unwrap();
        serde_json::to_writer(file, config).unwrap();
    }

    /// `train` on the folder's data and settings, with `more` said.
    fn train(&self, more: &[&str]) -> Output {
        self.train_on("t-images-idx3-ubyte", more)
    }

    fn train_on(&self, images: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        command.arg("train").arg("--images").arg(self.path(images));
        command.arg("--settings").arg(self.path("settings.json"));
        if !more.contains(&"--out") {
            command.arg("--out").arg(self.out());
        }
        command.args(more).output().unwrap()
    }

    fn report(&self) -> Value {
        let text = std::fs::read_to_string(self.out().join("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// `reproduce` of Table 1 on the folder's data, with `more` said.
fn reproduce(folder: &Folder, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
    command.args(["reproduce", "--only", "table1", "--seeds", "1"]);
    command.args(["--steps", "10", "--images"]);
    command.arg(folder.path("t-images-idx3-ubyte"));
    command.arg("--out").arg(folder.out());
    command.args(more).output().unwrap()
}

#[track_caller]
fn assert_success(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Exit code 2, one line on the standard error that contains `parts`, and nothing written.
#[track_caller]
fn assert_refused(folder: &Folder, output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} in {said:?}");
    }
    assert!(!folder.out().exists(), "nothing is written");
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn number(value: &Value, path: &str) -> f64 {
    let found = value.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("{path} is a number"))
}

/// ‖A/‖A‖ − B/‖B‖‖, from the definition (Eq. 6).
fn lc(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> f64 {
    let norm = |m: &ArrayView2<'_, f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    let difference = &a / norm(&a) - &b / norm(&b);
    norm(&difference.view())
}

fn read_matrix(path: &Path) -> Array2<f64> {
    let matrix: Array2<f32> = read_npy(path).unwrap();
    matrix.mapv(f64::from)
}

#[test]
fn train_writes_what_it_promises() {
    let folder = Folder::new();
    let mut config = common::config(80);
    config.training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 10,
        learning_rate: 3e-3,
    });
    folder.write_settings(&config);
    assert_success(&folder.train(&["--seed", "5", "--steps", "60", "--nc", "6"]));
    let report = folder.report();
    for key in [
        "settings",
        "seed",
        "versions",
        "data",
        "seconds",
        "test",
        "denoising",
        "history",
    ] {
        assert!(!report[key].is_null(), "{key}");
    }
    assert_eq!(number(&report, "/seed"), 5.0);
    assert_eq!(number(&report, "/settings/training/steps"), 60.0);
    assert_eq!(number(&report, "/settings/network/code"), 6.0);
    assert_eq!(report["data"]["sha256"].as_str().unwrap().len(), 64);
    assert!(report["versions"]["dkae_explorer"].is_string());
    let phases: Vec<_> = report["seconds"].as_array().unwrap().iter().collect();
    let names: Vec<_> = phases
        .iter()
        .map(|p| p["phase"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "prior",
            "posteriors",
            "pretraining",
            "training",
            "evaluation",
            "denoising",
            "writing",
            "total"
        ]
    );
    let seconds: Vec<_> = phases.iter().map(|p| number(p, "/seconds")).collect();
    let (total, parts) = seconds.split_last().unwrap();
    assert!(parts.iter().sum::<f64>() <= *total);
    for key in [
        "noise",
        "components",
        "noisy",
        "kpca",
        "dkae_pca",
        "dkae_straight",
        "linear_pca",
        "linear_pca_shrunk",
    ] {
        assert!(number(&report, &format!("/denoising/{key}")) > 0.0, "{key}");
    }
    let history = report["history"]["training"].as_array().unwrap();
    assert_eq!(history.len(), 2 * 10 + 60);
    let of_all = ["lambda", "lc", "lr", "step", "total"];
    assert_eq!(keys(&history[79]), of_all);
    // Of two layers, each was pretrained for ten steps.
    assert_eq!(
        keys(&history[0]),
        ["lambda", "layer", "lc", "lr", "step", "total"]
    );
    let layers = history.iter().map(|point| point["layer"].as_u64());
    let expected = |step: usize| [Some(1), Some(2)].get(step / 10).copied().flatten();
    assert!(layers.eq((0..80).map(expected)));

    let prior = read_matrix(&folder.out().join("prior.npy"));
    let codes = read_matrix(&folder.out().join("codes.npy"));
    let labels: Array1<u8> = read_npy(folder.out().join("labels.npy")).unwrap();
    assert_eq!(
        (prior.dim(), codes.dim(), labels.dim()),
        ((45, 45), (45, 6), 45)
    );
    let gram = codes.dot(&codes.t());
    let ideal = Array2::from_shape_fn((45, 45), |(i, j)| f64::from(labels[i] == labels[j]));
    for (key, a, b) in [
        ("lc_c_p", &gram, &prior),
        ("lc_p_ki", &prior, &ideal),
        ("lc_c_ki", &gram, &ideal),
    ] {
        let (told, found) = (
            number(&report, &format!("/test/{key}")),
            lc(a.view(), b.view()),
        );
        assert!((told - found).abs() < 1e-5, "{key}: {told} and {found}");
    }
    assert!((0.0..1.0).contains(&number(&report, "/test/lr")));
    for entry in std::fs::read_dir(folder.out()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = [".json", ".npy", ".png"]
            .iter()
            .any(|end| name.ends_with(end));
        assert!(known && !name.starts_with('.'), "{name} is left over");
    }
}

#[test]
fn a_report_runs_again_to_the_same_figures() {
    let folder = Folder::new();
    assert_success(&folder.train(&["--lambda", "0.3", "--threads", "1"]));
    let first = folder.report();
    std::fs::copy(
        folder.out().join("report.json"),
        folder.path("settings.json"),
    )
    .unwrap();
    assert_success(&folder.train(&["--threads", "1"]));
    let second = folder.report();
    for key in ["settings", "data", "test", "denoising", "history"] {
        assert_eq!(first[key], second[key], "{key}");
    }
}

#[test]
fn reproduce_writes_a_report_and_goes_on_only_if_told_to() {
    let folder = Folder::new();
    // The preset's 6,000 samples are not there.
    let output = reproduce(&folder, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_refused(&folder, &output, &["6000", "300"]);
    assert_success(&reproduce(&folder, &["--samples", "300"]));
    let first = folder.report();
    assert_eq!(first["finished"], true);
    assert_eq!(first["data"]["samples"], 300);
    assert!(folder.out().join("report.md").is_file());

    let again = reproduce(&folder, &["--samples", "300"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--resume"));
    assert_success(&reproduce(&folder, &["--samples", "300", "--resume"]));
    assert_eq!(folder.report()["table1"], first["table1"]);
    // Other settings do not join what is there.
    let other = reproduce(&folder, &["--samples", "250", "--resume"]);
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn bad_files_are_named() {
    let folder = Folder::new();
    let refused = |output: &Output, parts: &[&str]| assert_refused(&folder, output, parts);
    refused(&folder.train_on("nothing-here", &[]), &["nothing-here"]);
    refused(&folder.train_on("", &[]), &["folder"]);

    let whole = std::fs::read(folder.path("t-images-idx3-ubyte")).unwrap();
    std::fs::write(folder.path("short-images"), &whole[..whole.len() / 2]).unwrap();
    refused(&folder.train_on("short-images", &[]), &["short-images"]);
    std::fs::write(folder.path("head-images"), &whole[..7]).unwrap();
    refused(&folder.train_on("head-images", &[]), &["head-images"]);
    refused(
        &folder.train_on("t-labels-idx1-ubyte", &[]),
        &["t-labels-idx1-ubyte"],
    );

    folder.write_labels("few-labels", &[1, 2, 3]);
    let few = folder.path("few-labels");
    refused(
        &folder.train(&["--labels", few.to_str().unwrap()]),
        &["few-labels", "3"],
    );
    std::fs::write(folder.path("settings.json"), "{\"seed\": 1}").unwrap();
    refused(&folder.train(&[]), &["settings.json"]);
}

#[test]
fn bad_settings_are_named() {
    let folder = Folder::new();
    let refused = |output: &Output, parts: &[&str]| assert_refused(&folder, output, parts);
    refused(
        &folder.train(&["--lambda", "2"]),
        &["λ", "2", "from 0 to 1"],
    );
    refused(&folder.train(&["--lambda", "-0.5"]), &["λ", "-0.5"]);
    refused(&folder.train(&["--lambda", "nan"]), &["λ", "NaN"]);
    refused(&folder.train(&["--nc", "0"]), &["Nc", "0"]);
    refused(&folder.train(&["--steps", "0"]), &["steps", "0"]);
    refused(&folder.train(&["--samples", "50"]), &["40", "34"]);
    refused(&folder.train(&["--classes", "12"]), &["12"]);

    let (pixels, labels) = common::pixels(300, SHAPE);
    let labels: Vec<u8> = labels.iter().map(|label| label % 5).collect();
    folder.write_images("five-images-idx3-ubyte", SHAPE, &pixels);
    folder.write_labels("five-labels-idx1-ubyte", &labels);
    refused(
        &folder.train_on("five-images-idx3-ubyte", &["--classes", "7"]),
        &["five-images-idx3-ubyte", "7"],
    );

    let mut config = common::config(50);
    config.training.batch = 211;
    folder.write_settings(&config);
    refused(&folder.train(&[]), &["211", "210"]);
}

#[test]
fn where_nothing_can_be_written_the_exit_code_says_so() {
    let folder = Folder::new();
    // A file stands where the folder should be.
    let file = folder.path("t-images-idx3-ubyte");
    let output = folder.train(&["--out", file.join("below").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("t-images-idx3-ubyte"), "{said}");
    assert!(output.stdout.is_empty(), "it is found out before the work");
}

#[test]
fn odd_data_run_to_the_end_or_say_why_not() {
    let folder = Folder::new();
    // Images of another shape, without labels.
    let tall = ImageShape {
        height: 10,
        width: 7,
    };
    let (pixels, _) = common::pixels(200, tall);
    folder.write_images("plain.idx", tall, &pixels);
    assert_success(&folder.train_on("plain.idx", &[]));
    let report = folder.report();
    assert_eq!(report["data"]["shape"], serde_json::json!([10, 7]));
    assert!(report["test"]["lc_p_ki"].is_null() && report["test"]["lc_c_ki"].is_null());
    assert!(number(&report, "/test/lc_c_p").is_finite());
    assert!(!folder.out().join("labels.npy").exists());
    std::fs::remove_dir_all(folder.out()).unwrap();

    // Two classes of ten.
    let mut config = common::config(40);
    config.training.batch = 20;
    config.prior = PriorConfig::Ideal;
    folder.write_settings(&config);
    assert_success(&folder.train(&["--classes", "5,6"]));
    let labels: Array1<u8> = read_npy(folder.out().join("labels.npy")).unwrap();
    assert_eq!(labels.len(), 9);
    assert!(labels.iter().all(|label| [5, 6].contains(label)));
    std::fs::remove_dir_all(folder.out()).unwrap();
    let refused = |output: &Output, parts: &[&str]| assert_refused(&folder, output, parts);
    refused(&folder.train_on("plain.idx", &[]), &["labels"]);

    // The same image again and again.
    folder.write_images("same.idx", SHAPE, &[7; 64 * 200]);
    folder.write_settings(&common::config(40));
    refused(&folder.train_on("same.idx", &[]), &["same"]);
    config.prior = PriorConfig::Rbf { width: 1.0 };
    folder.write_settings(&config);
    refused(&folder.train_on("same.idx", &[]), &["same"]);
}

#[test]
fn labels_that_are_older_than_the_run_do_not_stay() {
    let folder = Folder::new();
    assert_success(&folder.train(&["--steps", "2"]));
    std::fs::copy(folder.path("t-images-idx3-ubyte"), folder.path("bare.idx")).unwrap();
    assert_success(&folder.train_on("bare.idx", &["--steps", "2"]));
    assert!(!folder.out().join("labels.npy").exists());
}
