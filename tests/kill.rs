//! SIGKILL at random moments: nothing half-written stands under a final name, and whatever is
//! begun again comes to what it would have come to.
//!
//! `DKAE_KILLS` sets the number of kills (20), `DKAE_SEED` where their moments begin.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dkae_explorer::data::tensors::TensorFile;
use dkae_explorer::data::{ImageShape, generator, idx, png};
use ndarray::{Array1, Array2};
use rand::RngExt;
use serde_json::Value;

/// How long anything may take that is not killed.
const PATIENCE: Duration = Duration::from_secs(120);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Moments, the same for the same seed.
struct Moments(rand_pcg::Pcg64Mcg);

impl Moments {
    fn new(stream: u64) -> Self {
        let seed = number("DKAE_SEED", 1);
        println!("DKAE_SEED={seed}");
        Self(generator(seed, stream))
    }

    fn within(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.0.random_range(0.0..1.0))
    }
}

/// A folder with 300 small images and settings for them.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let shape = ImageShape {
            height: 8,
            width: 8,
        };
        let (pixels, labels) = common::pixels(300, shape);
        let images = idx::encode_images(shape, &pixels);
        fs::write(folder.path("t-images-idx3-ubyte"), images).unwrap();
        let labels = idx::encode_labels(&labels);
        fs::write(folder.path("t-labels-idx1-ubyte"), labels).unwrap();
        let settings = serde_json::to_vec(&common::config(30)).unwrap();
        fs::write(folder.path("settings.json"), settings).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn start(&self, mut command: Command, out: &str) -> Child {
        command
            .arg("--images")
            .arg(self.path("t-images-idx3-ubyte"));
        command.arg("--out").arg(self.path(out));
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// `reproduce` of everything that is kept, a checkpoint after every step.
    fn study(&self, out: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        command.args(["reproduce", "--only", "table1,fig5,fig4", "--seeds", "1"]);
        command.args(["--samples", "300", "--steps", "8", "--threads", "1"]);
        command.args(["--checkpoints", "0", "--resume"]);
        self.start(command, out)
    }

    /// `train` of a run long enough to be killed in, kept after every step; it goes on where the file is
    /// there.
    fn kept(&self, out: &str, file: &str) -> Child {
        let file = self.path(file);
        let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        command.args(["train", "--threads", "1", "--every", "1", "--checkpoint"]);
        command.arg(&file);
        if file.exists() {
            command.arg("--resume").arg(&file);
        } else {
            command.arg("--settings").arg(self.path("long.json"));
        }
        self.start(command, out)
    }

    fn train(&self, out: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        command.args(["train", "--threads", "1", "--settings"]);
        command.arg(self.path("settings.json"));
        self.start(command, out)
    }
}

/// Waits for the end; what it said on the standard error, if all was well.
#[track_caller]
fn finish(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// Kills it after `delay`; whether it still ran.
fn kill(mut child: Child, delay: Duration) -> bool {
    let end = Instant::now() + delay;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return false;
        }
        std::thread::sleep(Duration::from_millis(1).min(delay));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Whether a file is a whole one of its kind.
fn is_whole(path: &Path) -> bool {
    let text = || fs::read_to_string(path).unwrap();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => serde_json::from_str::<Value>(&text()).is_ok(),
        Some("safetensors" | "dkae") => TensorFile::read(path).is_ok_and(|file| file.is_sealed()),
        Some("npy") => {
            ndarray_npy::read_npy::<_, Array2<f32>>(path).is_ok()
                || ndarray_npy::read_npy::<_, Array1<u8>>(path).is_ok()
        }
        Some("png") => png::read(path).is_ok(),
        Some("svg") => text().trim_end().ends_with("</svg>"),
        Some("md") => text().ends_with('\n'),
        _ => true,
    }
}

fn is_part(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "part")
}

/// Everything under a final name is whole.
#[track_caller]
fn assert_whole(folder: &Path) {
    for path in files(folder).iter().filter(|path| !is_part(path)) {
        assert!(is_whole(path), "{} is half-written", path.display());
    }
}

/// Nothing is left of files in the making, nor was anything found damaged.
#[track_caller]
fn assert_clean(folder: &Path) {
    for path in files(folder) {
        let damaged = path.to_string_lossy().contains(".damaged");
        assert!(!is_part(&path) && !damaged, "{} is left", path.display());
    }
}

/// A report without what tells one start from another.
fn report(folder: &Path) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.retain(|key, _| !["seconds", "resumed", "machine"].contains(&&**key));
                object.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    let mut value = serde_json::from_str(&text).unwrap();
    strip(&mut value);
    value
}

/// The numbers of the matrices.
fn matrices(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<_> = files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "npy"))
        .map(|path| {
            let name = path.strip_prefix(folder).unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_study_killed_again_and_again_comes_to_the_same_report() {
    let (folder, mut moments) = (Folder::new(), Moments::new(1));
    let began = Instant::now();
    finish(folder.study("whole"));
    let takes = began.elapsed();
    assert!(takes < PATIENCE);
    let (whole, killed) = (folder.path("whole"), folder.path("killed"));
    let expected = report(&whole);
    let (mut kills, wanted) = (0, number("DKAE_KILLS", 20) / 2);
    while kills < wanted {
        let _ = fs::remove_dir_all(&killed);
        // Some folders are killed several times before they are let alone.
        for _ in 0..4 {
            let delay = moments.within(takes);
            if !kill(folder.study("killed"), delay) {
                break;
            }
            kills += 1;
            assert_whole(&killed);
        }
        let said = finish(folder.study("killed"));
        assert!(!said.contains("damaged"), "{said}");
        assert_eq!(report(&killed), expected);
        assert_eq!(matrices(&killed), matrices(&whole));
        assert_whole(&killed);
        assert_clean(&killed);
    }
}

#[test]
fn a_run_killed_while_it_writes_leaves_whole_files() {
    let (folder, mut moments) = (Folder::new(), Moments::new(2));
    finish(folder.train("whole"));
    let (whole, killed) = (folder.path("whole"), folder.path("killed"));
    for _ in 0..number("DKAE_KILLS", 20) / 4 {
        let _ = fs::remove_dir_all(&killed);
        let mut child = folder.train("killed");
        // The matrices, the pictures and the report come within a moment of each other.
        let end = Instant::now() + PATIENCE;
        while files(&killed).is_empty() && child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end);
            std::thread::yield_now();
        }
        kill(child, moments.within(Duration::from_millis(60)));
        assert_whole(&killed);
        finish(folder.train("killed"));
        assert_eq!(matrices(&killed), matrices(&whole));
        assert_whole(&killed);
        assert_clean(&killed);
    }
}

#[test]
fn a_run_that_is_kept_and_killed_again_and_again_goes_on_to_the_bit() {
    let (folder, mut moments) = (Folder::new(), Moments::new(4));
    let settings = serde_json::to_vec(&common::config(600)).unwrap();
    fs::write(folder.path("long.json"), settings).unwrap();
    let began = Instant::now();
    finish(folder.kept("whole", "whole.dkae"));
    let takes = began.elapsed();
    assert!(takes < PATIENCE);
    let (whole, killed) = (folder.path("whole"), folder.path("killed"));
    let (mut kills, wanted) = (0, number("DKAE_KILLS", 20) / 4);
    while kills < wanted {
        let _ = fs::remove_dir_all(&killed);
        let _ = fs::remove_file(folder.path("killed.dkae"));
        for _ in 0..4 {
            let delay = moments.within(takes);
            if !kill(folder.kept("killed", "killed.dkae"), delay) {
                break;
            }
            kills += 1;
            assert_whole(&folder.path(""));
        }
        finish(folder.kept("killed", "killed.dkae"));
        let (mut expected, mut found) = (report(&whole), report(&killed));
        // The same files, named from the root where they were read from a session.
        for report in [&mut expected, &mut found] {
            report.as_object_mut().unwrap().remove("data");
        }
        assert_eq!(found, expected);
        assert_eq!(matrices(&killed), matrices(&whole));
        assert_clean(&killed);
    }
}

#[test]
fn a_report_killed_while_it_is_written_is_the_old_one_or_the_new_one() {
    let (folder, mut moments) = (Folder::new(), Moments::new(3));
    finish(folder.study("out"));
    let out = folder.path("out");
    let expected = report(&out);
    let began = Instant::now();
    finish(folder.study("out"));
    let takes = began.elapsed();
    for _ in 0..number("DKAE_KILLS", 20) / 4 {
        kill(folder.study("out"), moments.within(takes));
        assert_whole(&out);
        assert_eq!(report(&out), expected);
    }
    finish(folder.study("out"));
    assert_eq!(report(&out), expected);
    assert_clean(&out);
}
