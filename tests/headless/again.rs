//! `--settings report.json` does the report's run again, or none.

use std::fs;

use serde_json::{Value, json};

use super::{Folder, IMAGES, assert_success, assert_told};

/// A folder with the report of a run of 250 samples of some classes under seed 3, in `first`.
fn reported() -> (Folder, Value) {
    let folder = Folder::new();
    let classes = "0,1,2,4,5,6,7,8,9";
    assert_success(&folder.train(&[
        "--samples",
        "250",
        "--classes",
        classes,
        "--seed",
        "3",
        "--threads",
        "1",
        "--out",
        "first",
    ]));
    let report = folder.report("first");
    assert_eq!(report["data"]["images"], json!([IMAGES]));
    (folder, report)
}

fn again<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut options = vec!["train", "--settings", "first/report.json", "--out", "again"];
    options.extend(["--threads", "1"]);
    options.extend(more);
    options
}

#[test]
fn the_report_alone_gives_the_same_run() {
    let (folder, first) = reported();
    assert_success(&folder.run(&again(&[])));
    let second = folder.report("again");
    for key in ["settings", "data", "test", "denoising", "history"] {
        assert_eq!(first[key], second[key], "{key}");
    }

    // The same data somewhere else are the same data.
    fs::rename(folder.path(IMAGES), folder.path("u-images-idx3-ubyte")).unwrap();
    fs::rename(
        folder.path("t-labels-idx1-ubyte"),
        folder.path("u-labels-idx1-ubyte"),
    )
    .unwrap();
    let gone = folder.run(&again(&[]));
    assert_told(&gone, 2, &[IMAGES, "report.json", "--images"]);
    assert_success(&folder.run(&again(&["--images", "u-images-idx3-ubyte"])));
    assert_eq!(folder.report("again")["test"], first["test"]);
}

#[test]
fn what_is_said_besides_replaces_its_part() {
    let (folder, first) = reported();
    assert_success(&folder.run(&again(&["--lambda", "0.5", "--seed", "4"])));
    let report = folder.report("again");
    assert_eq!(report["settings"]["training"]["lambda"], 0.5);
    assert_eq!(report["seed"], 4);
    assert_eq!(report["data"]["selection"]["seed"], 4);
    assert_eq!(report["data"]["selection"]["samples"], 250);
    let of = |report: &Value| report["data"]["selection"]["classes"].clone();
    assert_eq!(of(&report), of(&first));
    assert_success(&folder.run(&again(&[
        "--samples",
        "220",
        "--classes",
        "0,1,2,3,4,5,6,7",
    ])));
    let report = folder.report("again");
    assert_eq!(report["data"]["selection"]["samples"], 220);
    assert_eq!(report["seed"], 3);
}

#[test]
fn other_data_are_refused_and_both_named() {
    let (folder, first) = reported();
    // One pixel of every image is another.
    folder.write_data("v", |pixels| {
        pixels.chunks_mut(64).for_each(|image| image[9] ^= 1);
    });
    let sum = first["data"]["sha256"].as_str().unwrap();
    let other = ["--images", "v-images-idx3-ubyte"];
    // Whether or not something else is said.
    for more in [&[][..], &["--seed", "4"], &["--samples", "230"]] {
        let output = folder.run(&again(&[&other, more].concat()));
        let parts = [IMAGES, &sum[..12], "v-images-idx3-ubyte", "--other-data"];
        assert_told(&output, 2, &parts);
        assert!(!folder.path("again").exists());
    }
    // The file itself has changed.
    folder.write_data("t", |pixels| pixels.iter_mut().for_each(|p| *p ^= 1));
    assert_told(&folder.run(&again(&[])), 2, &[IMAGES, &sum[..12]]);
    // Data of other sizes, and the digits in the program for a report that names no files.
    let mut old = first.clone();
    old["data"].as_object_mut().unwrap().remove("images");
    old["data"].as_object_mut().unwrap().remove("labels");
    fs::write(folder.path("first/report.json"), old.to_string()).unwrap();
    assert_told(&folder.run(&again(&[])), 2, &[IMAGES, "MNIST"]);

    let chosen = ["--other-data", "--samples", "290"];
    assert_success(&folder.run(&again(&[&other[..], &chosen].concat())));
    let report = folder.report("again");
    assert_eq!(report["data"]["name"], "v-images-idx3-ubyte");
    assert_eq!(report["data"]["selection"]["samples"], 290);
    assert_eq!(report["seed"], 3);
}

#[test]
fn a_key_that_is_not_known_is_named() {
    let (folder, first) = reported();
    for place in ["", "/network", "/training", "/denoising", "/prior"] {
        let mut report = first.clone();
        let part = report.pointer_mut(&format!("/settings{place}")).unwrap();
        part["hiden"] = json!(3);
        fs::write(folder.path("first/report.json"), report.to_string()).unwrap();
        assert_told(&folder.run(&again(&[])), 2, &["report.json", "`hiden`"]);
    }
    let study = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/studies/quick/report.json"
    );
    let output = folder.run(&["train", "--settings", study, "--out", "again"]);
    assert_told(&output, 2, &["study", "reproduce"]);
}
