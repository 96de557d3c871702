//! Runs, loads and studies, again and again in one process: what they took they give back.
//!
//! One test alone in its process, because it counts what the process has.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::{Collection, ImageShape, Selection, Source, idx};
use dkae_explorer::experiment::plan::{Experiment, Plan};
use dkae_explorer::service::Link;
use dkae_explorer::training::config::{Preset, PriorConfig};
use dkae_explorer::worker::protocol::{Command, Event, RunId, StartRequest};
use dkae_explorer::worker::study_protocol::{StudyRequest, StudyState};
use dkae_explorer::worker::{StudyHandle, WorkerHandle};

/// How long to wait for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rounds that fill what is kept from run to run.
const STAYS: u64 = 4;

/// Rounds, each a load, a run and a study beside it.
const ROUNDS: u64 = 10;

/// What a process has.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Memory in use, in kB.
    memory: usize,
    threads: usize,
    files: usize,
}

impl Held {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let memory = line.unwrap().trim().trim_end_matches(" kB").parse();
        let count = |folder: &str| fs::read_dir(folder).unwrap().count();
        Self {
            memory: memory.unwrap(),
            threads: count("/proc/self/task"),
            files: count("/proc/self/fd"),
        }
    }
}

/// Waits until `look` finds what it wants.
fn wait(what: &str, mut look: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !look() {
        assert!(Instant::now() < end, "waited for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file of 600 images of 16×16, with labels beside it.
fn images(folder: &Path) -> std::path::PathBuf {
    let shape = ImageShape {
        height: 16,
        width: 16,
    };
    let (pixels, labels) = common::pixels(600, shape);
    let images = folder.join("t-images-idx3-ubyte");
    fs::write(&images, idx::encode_images(shape, &pixels)).unwrap();
    let path = folder.join("t-labels-idx1-ubyte");
    fs::write(path, idx::encode_labels(&labels)).unwrap();
    images
}

fn study(images: &Path, folder: &Path) -> StudyRequest {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::Table1, Experiment::Fig5], 0, 1);
    plan.samples = 600;
    plan.spectrum = 4;
    plan.config = common::config(20);
    plan.config.prior = PriorConfig::Rbf { width: 0.5 };
    StudyRequest {
        plan,
        images: Some(images.to_owned()),
        collection: Collection::Mnist,
        folder: folder.to_owned(),
        threads: 1,
        beforehand: None,
    }
}

/// A load, a run on what was loaded, and a study beside it.
fn round(worker: &WorkerHandle, images: &Path, number: u64) {
    let folder = tempfile::tempdir().unwrap();
    let selection = Selection {
        samples: Some(600),
        seed: number,
        ..Selection::default()
    };
    let data = Arc::new(Source::open(images).unwrap().select(&selection).unwrap());
    let run = RunId(number);
    let config = common::config(60);
    let request = StartRequest {
        run,
        data,
        config,
        from: None,
    };
    worker.send(Command::Start(Box::new(request))).unwrap();
    let request = study(images, folder.path());
    let study = StudyHandle::start(request, Box::new(|| ())).unwrap();
    let mut state = StudyState::Working;
    wait("the study", || {
        state = study
            .newest()
            .map_or(state.clone(), |news| news.state.clone());
        state.is_over()
    });
    assert_eq!(state, StudyState::Finished);
    let mut finished = false;
    wait("the run", || {
        drop(worker.newest());
        finished |= worker.messages().any(|message| {
            assert!(
                !matches!(message.event, Event::Failed { .. }),
                "{message:?}"
            );
            message.run == run && matches!(message.event, Event::Finished { .. })
        });
        finished
    });
}

#[test]
fn what_is_taken_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let images = images(folder.path());
    let worker = WorkerHandle::spawn(1, Box::new(|| ())).unwrap();
    // The first rounds make what stays: pools, caches, the allocator's own, and the priors of the
    // last three runs, which the worker keeps.
    for number in 1..=STAYS {
        round(&worker, &images, number);
    }
    let mut first = Held::now();
    for number in STAYS + 1..=STAYS + ROUNDS {
        round(&worker, &images, number);
        // The allocator takes a room of its own for a thread where two ask at once, this run or the
        // next: the most that ten rounds hold is what ten more are held against.
        first.memory = first.memory.max(Held::now().memory);
    }
    for number in STAYS + ROUNDS + 1..=STAYS + 2 * ROUNDS {
        round(&worker, &images, number);
    }
    let last = Held::now();
    println!("{first:?}\n{last:?}");
    let tenth = |held: usize| held + held / 10;
    assert!(last.memory <= tenth(first.memory), "{first:?} {last:?}");
    // A thread that has ended may still be on its way out.
    wait("threads to end", || Held::now().threads <= first.threads);
    assert!(last.files <= first.files, "{first:?} {last:?}");
    drop(worker);
}
