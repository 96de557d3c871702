//! `train --checkpoint` and `--resume`: what is interrupted comes to the same end.

use std::fs;
use std::process::Output;

use dkae_explorer::session::{Session, Standing};

use super::{Folder, assert_success, assert_told};

/// `train` on one thread, kept in `run.dkae`.
fn keep(folder: &Folder, more: &[&str]) -> Output {
    let options = ["--threads", "1", "--checkpoint", "run.dkae"];
    folder.train(&[&options[..], more].concat())
}

fn resume(folder: &Folder, more: &[&str]) -> Output {
    let options = [
        "train",
        "--resume",
        "run.dkae",
        "--out",
        "again",
        "--threads",
        "1",
    ];
    folder.run(&[&options[..], more].concat())
}

#[track_caller]
fn assert_same(folder: &Folder) {
    let (first, second) = (folder.report("out"), folder.report("again"));
    for key in ["settings", "test", "denoising", "history", "failed"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(first["data"]["sha256"], second["data"]["sha256"]);
}

#[test]
fn a_run_is_kept_and_goes_on_from_the_file() {
    let folder = Folder::new();
    assert_success(&keep(&folder, &["--every", "7"]));
    let session = Session::read(&folder.path("run.dkae")).unwrap();
    let run = session.run().unwrap();
    assert_eq!((run.step(), run.standing), (40, Standing::Finished));
    assert_eq!(run.training.len(), 40);
    // Of a run that is over the figures are taken again.
    assert_success(&resume(&folder, &[]));
    assert_same(&folder);
    // What is resumed is kept as well.
    let again = folder.path("again.dkae");
    let more = ["--checkpoint", again.to_str().unwrap()];
    assert_success(&resume(&folder, &more));
    assert_eq!(Session::read(&again).unwrap().run().unwrap().step(), 40);
}

#[test]
fn what_cannot_be_resumed_is_said_and_leaves_no_trace() {
    let folder = Folder::new();
    assert_success(&keep(&folder, &[]));
    for option in ["--steps", "--lambda", "--seed", "--samples"] {
        assert_told(&resume(&folder, &[option, "1"]), 2, &["--resume", option]);
    }
    // Other images in the place of its own.
    folder.write_data("t", |pixels| pixels[5] ^= 1);
    let session = Session::read(&folder.path("run.dkae")).unwrap();
    let sum = &session.data.sha256[..12];
    assert_told(&resume(&folder, &[]), 2, &["run.dkae", sum]);
    // Its own under another name.
    folder.write_data("moved", |_| ());
    assert_success(&resume(&folder, &["--images", "moved-images-idx3-ubyte"]));
    assert_same(&folder);
    fs::remove_dir_all(folder.path("again")).unwrap();
    // Cut short, and gone.
    let whole = fs::read(folder.path("run.dkae")).unwrap();
    fs::write(folder.path("run.dkae"), &whole[..whole.len() / 2]).unwrap();
    assert_told(&resume(&folder, &[]), 2, &["run.dkae"]);
    fs::remove_file(folder.path("run.dkae")).unwrap();
    assert_told(&resume(&folder, &[]), 2, &["run.dkae"]);
    assert!(!folder.path("again").exists());
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_said_before_anything_is_trained() {
    let folder = Folder::new();
    let nowhere = folder.train(&["--checkpoint", "no/such/run.dkae"]);
    assert_told(&nowhere, 1, &["no checkpoints", "no/such"]);
    assert!(!folder.path("out/report.json").exists());
    assert_told(&keep(&folder, &["--every", "0"]), 2, &["--every"]);
    assert_told(&folder.train(&["--every", "5"]), 2, &["--checkpoint"]);
}
