//! A study's folder: one process at a time, matrices of every seed, the time of all starts.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use ndarray::{Array1, Array2};
use ndarray_npy::read_npy;

use super::{Folder, IMAGES, assert_success, assert_told, number};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// `reproduce` of Table 1 on small data into `study`, with `more` said.
fn options<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut options = vec!["reproduce", "--only", "table1", "--images", IMAGES];
    options.extend(["--samples", "300", "--out", "study"]);
    options.extend(more);
    options
}

/// A child that is killed when its test is over.
struct Running(Child);

impl Running {
    /// A study that does not end by itself, once its first checkpoint is there.
    fn endless(folder: &Folder) -> Self {
        let long = [
            "--steps",
            "50000000",
            "--seeds",
            "1",
            "--checkpoints",
            "0.1",
        ];
        let mut command = folder.command(&options(&long));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let running = Self(command.spawn().unwrap());
        let began = Instant::now();
        while !folder.path("study/checkpoint.safetensors").exists() {
            assert!(began.elapsed() < PATIENCE, "no checkpoint came");
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_second_process_is_kept_out_of_the_folder_until_the_first_is_gone() {
    let folder = Folder::new();
    let first = Running::endless(&folder);
    let resume = ["--steps", "50000000", "--seeds", "1", "--resume"];
    let before = fs::read(folder.path("study/study.json")).unwrap();
    let second = folder.run(&options(&resume));
    assert_told(&second, 2, &["study", "at work", "another folder"]);
    assert_eq!(fs::read(folder.path("study/study.json")).unwrap(), before);
    // Killed, it has no time to tidy up: the lock goes nonetheless.
    drop(first);
    let other = folder.run(&options(&["--steps", "7", "--seeds", "1", "--resume"]));
    assert_told(&other, 2, &["other settings"]);
}

#[test]
fn every_seed_has_its_matrices_and_their_size_is_told() {
    let folder = Folder::new();
    let output = folder.run(&options(&["--steps", "5", "--seeds", "2", "--seed", "3"]));
    assert_success(&output);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    // P of 45 samples, and their codes in two networks of 128 units.
    assert!(told.contains("matrices/ will take 0.1 MB a seed"), "{told}");
    let mut sums = Vec::new();
    for seed in [3, 4] {
        let path = |name: &str| folder.path(format!("study/matrices/seed{seed}-{name}.npy"));
        let prior: Array2<f32> = read_npy(path("prior")).unwrap();
        let labels: Array1<u8> = read_npy(path("labels")).unwrap();
        assert_eq!((prior.dim(), labels.len()), ((45, 45), 45));
        for name in ["codes-lambda0", "codes-lambda0.1"] {
            let codes: Array2<f32> = read_npy(path(name)).unwrap();
            assert_eq!(codes.dim(), (45, 128), "{name}");
        }
        sums.push(prior.sum());
    }
    assert!((sums[0] - sums[1]).abs() > 1e-3, "each is of its own seed");
    let count = fs::read_dir(folder.path("study/matrices")).unwrap().count();
    assert_eq!(count, 8);

    // What is lost, or was never written by an earlier version, is made again.
    for name in ["seed3-prior", "seed4-codes-lambda0.1"] {
        let path = folder.path(format!("study/matrices/{name}.npy"));
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let again = ["--steps", "5", "--seeds", "2", "--seed", "3", "--resume"];
        assert_success(&folder.run(&options(&again)));
        assert_eq!(fs::read(&path).unwrap(), whole, "{name}");
    }
}

#[test]
fn the_time_of_a_report_is_that_of_all_starts() {
    let folder = Folder::new();
    let began = Instant::now();
    let first = Running::endless(&folder);
    std::thread::sleep(Duration::from_secs(2));
    drop(first);
    let longest = began.elapsed().as_secs_f64();
    let text = fs::read_to_string(folder.path("study/time.json")).unwrap();
    let kept = number(&serde_json::from_str(&text).unwrap(), "/seconds");
    assert!((1.5..longest).contains(&kept), "{kept} of {longest}");

    // A study that is over: the second start has almost nothing to do.
    let folder = Folder::new();
    assert_success(&folder.run(&options(&["--steps", "30", "--seeds", "1"])));
    let first = number(&folder.report("study"), "/seconds");
    let again = Instant::now();
    let resume = ["--steps", "30", "--seeds", "1", "--resume"];
    assert_success(&folder.run(&options(&resume)));
    let report = folder.report("study");
    let second = number(&report, "/seconds");
    assert!(second >= first, "{second} after {first}");
    assert!(second <= first + again.elapsed().as_secs_f64());
    let page = fs::read_to_string(folder.path("study/report.md")).unwrap();
    assert!(page.contains("all starts together"), "{page}");
}
