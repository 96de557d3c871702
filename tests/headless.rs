//! Runs without a window: absurd options are refused, a report's run can be done again, a study is
//! alone in its folder, what fails takes nothing with it, and nothing else is touched.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

#[path = "headless/again.rs"]
mod again;
#[path = "headless/checkpoints.rs"]
mod checkpoints;
#[path = "headless/collections.rs"]
mod collections;
#[path = "headless/late.rs"]
mod late;
#[path = "headless/line.rs"]
mod line;
#[path = "headless/options.rs"]
mod options;
#[path = "headless/studies.rs"]
mod studies;
#[path = "headless/touched.rs"]
mod touched;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dkae_explorer::data::{ImageShape, idx};
use dkae_explorer::training::RunConfig;
use serde_json::Value;

/// The file of images in a [`Folder`].
const IMAGES: &str = "t-images-idx3-ubyte";

/// A folder with small labelled data and settings for them, in which the program is run.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write_data("t", |_| ());
        folder.write_settings(&common::config(40));
        folder
    }

    /// Images and labels whose names begin with `name`.
    fn write_data(&self, name: &str, change: impl Fn(&mut Vec<u8>)) {
        let shape = ImageShape {
            height: 8,
            width: 8,
        };
        let (mut pixels, labels) = common::pixels(300, shape);
        change(&mut pixels);
        let images = idx::encode_images(shape, &pixels);
        fs::write(self.path(format!("{name}-images-idx3-ubyte")), images).unwrap();
        let labels = idx::encode_labels(&labels);
        fs::write(self.path(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }

    fn write_settings(&self, config: &RunConfig) {
        let text = serde_json::to_string(config).unwrap();
        fs::write(self.path("settings.json"), text).unwrap();
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        command.args(options).current_dir(&self.0);
        command
    }

    fn run(&self, options: &[&str]) -> Output {
        self.command(options).output().unwrap()
    }

    /// `train` on the folder's data and settings, with `more` said, into `out`.
    fn train(&self, more: &[&str]) -> Output {
        let mut options = vec!["train", "--images", IMAGES, "--settings", "settings.json"];
        if !more.contains(&"--out") {
            options.extend(["--out", "out"]);
        }
        options.extend(more);
        self.run(&options)
    }

    fn report(&self, out: &str) -> Value {
        let text = fs::read_to_string(self.path(out).join("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// This exit code, and one line that contains `parts`.
#[track_caller]
fn assert_told(output: &Output, code: i32, parts: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} in {said:?}");
    }
}

fn number(value: &Value, path: &str) -> f64 {
    let found = value.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("{path} is a number"))
}
