//! The images that come with the program, by name: runs and studies on Fashion-MNIST.

use std::fs;

use dkae_explorer::data::{Collection, Selection, Source};

use super::{Folder, assert_success, assert_told};

/// A run on 300 images of `--data NAME`, into `out`.
fn train(folder: &Folder, more: &[&str]) -> std::process::Output {
    let mut options = vec!["train", "--settings", "settings.json", "--samples", "300"];
    options.extend(more);
    folder.run(&options)
}

#[test]
fn a_run_on_fashion_is_told_as_such_and_can_be_done_again() {
    let folder = Folder::new();
    assert_success(&train(&folder, &["--data", "fashion", "--out", "first"]));
    let first = folder.report("first");
    let data = &first["data"];
    assert_eq!(data["name"], "Fashion-MNIST, 6,000 training images");
    assert_eq!(data["collection"], "fashion");
    assert_eq!(data["classes"][7], "Sneaker");
    let selection = Selection {
        samples: Some(300),
        classes: None,
        seed: first["seed"].as_u64().unwrap(),
    };
    let source = Source::shipped(Collection::Fashion).unwrap();
    let chosen = source.select(&selection).unwrap();
    assert_eq!(data["sha256"], chosen.checksum());

    // The report alone says which images they were.
    let again = ["train", "--settings", "first/report.json", "--out", "again"];
    assert_success(&folder.run(&again));
    let report = folder.report("again");
    for part in ["data", "test", "history"] {
        assert_eq!(report[part], first[part], "{part}");
    }
    let digits = [&again[..], &["--data", "mnist"]].concat();
    assert_told(
        &folder.run(&digits),
        2,
        &["Fashion-MNIST", "MNIST, 6,000", "--data"],
    );
    assert_success(&folder.run(&[&digits[..], &["--other-data"]].concat()));
    let report = folder.report("again");
    assert_eq!(report["data"]["collection"], "mnist");
    assert_eq!(report["data"]["classes"], serde_json::Value::Null);
}

#[test]
fn a_study_of_fashion_names_its_data_and_goes_on_with_no_other() {
    let folder = Folder::new();
    let study = |data: &str, more: &[&str]| {
        let mut options = vec!["reproduce", "--data", data, "--out", "study"];
        options.extend(["--only", "table1", "--samples", "400", "--steps", "20"]);
        options.extend(["--seeds", "1"]);
        options.extend(more);
        folder.run(&options)
    };
    assert_success(&study("fashion", &[]));
    let report = folder.report("study");
    assert_eq!(
        report["data"]["name"],
        "Fashion-MNIST, 6,000 training images"
    );
    assert_eq!(report["data"]["collection"], "fashion");
    let page = fs::read_to_string(folder.path("study/report.md")).unwrap();
    for part in [
        "Fashion-MNIST",
        "9 Ankle boot",
        "of MNIST's digits, ours of Fashion-MNIST",
    ] {
        assert!(page.contains(part), "{part:?} in {page}");
    }
    // Nothing else of it speaks of digits.
    let digits = page.matches("digit").count();
    assert_eq!(digits, 1, "{page}");
    assert_told(&study("mnist", &["--resume"]), 2, &["study"]);
    assert_success(&study("fashion", &["--resume"]));
    assert_eq!(folder.report("study")["table1"], report["table1"]);
}

#[test]
fn a_file_and_a_name_are_not_both_data() {
    let folder = Folder::new();
    for command in ["train", "reproduce"] {
        let options = [
            command, "--data", "fashion", "--images", "x", "--out", "out",
        ];
        assert_told(&folder.run(&options), 2, &["--data", "--images"]);
    }
    let options = ["train", "--data", "letters", "--out", "out"];
    assert_told(&folder.run(&options), 2, &["letters", "fashion"]);
}
