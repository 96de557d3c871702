//! Every reader against mutations of good files: no panic, no absurd memory, a line that says what
//! is wrong. What each has to hold stands in `readers/targets.rs`, which `cargo fuzz` uses too.
//!
//! `DKAE_CASES` sets the number of cases a reader (`DKAE_CASES=10000000 cargo test --test readers
//! images`). What fails is kept in `tests/readers/regressions`, and tried first ever after.
//! `DKAE_CORPUS=folder` writes the good files there, a folder a target, for `cargo fuzz`.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;
#[path = "readers/mutate.rs"]
mod mutate;
#[path = "readers/seeds.rs"]
mod seeds;
#[path = "readers/targets.rs"]
mod targets;

use std::cell::Cell;
use std::path::Path;
use std::time::Instant;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

/// Tries `target` on `seeds` as they are, then on so many mutations of them.
fn hold(name: &'static str, cases: u32, seeds: &[Vec<u8>], target: fn(&[u8]) -> bool) {
    for (index, seed) in seeds.iter().enumerate() {
        assert!(target(seed), "{name}: seed {index} is a good file");
    }
    if let Some(folder) = std::env::var_os("DKAE_CORPUS") {
        let folder = Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (index, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("good-{index}")), seed).unwrap();
        }
    }
    let asked = std::env::var("DKAE_CASES").ok();
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/regressions/");
    let file: &'static str = Box::leak(format!("{regressions}{name}.txt").into_boxed_str());
    let config = Config {
        cases: asked.map_or(cases, |asked| asked.parse().unwrap()),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    };
    let (began, cases, read) = (Instant::now(), config.cases, Cell::new(0));
    let strategy = (any::<Index>(), mutate::changes());
    let result = TestRunner::new(config).run(&strategy, |(seed, changes)| {
        let seed = &seeds[seed.index(seeds.len())];
        if target(&mutate::apply(seed, seeds, &changes)) {
            read.set(read.get() + 1);
        }
        Ok(())
    });
    let (read, seconds) = (read.get(), began.elapsed().as_secs_f64());
    println!("{name}: {cases} cases in {seconds:.1} s, {read} of them read");
    if let Err(error) = result {
        panic!("{name}: {error}");
    }
    // Where nothing gets past the first check, nothing behind it is tried.
    assert!(read > 0 || cases < 1_000, "{name}: no mutation was read");
}

#[test]
fn images() {
    hold("images", 100_000, &seeds::images(), targets::images);
}

#[test]
fn labels() {
    hold("labels", 100_000, &seeds::labels(), targets::labels);
}

#[test]
fn packed() {
    let plain = |file: &Vec<u8>| file[0] != 0x1f;
    let mut seeds = seeds::images();
    seeds.extend(seeds::labels());
    seeds.retain(plain);
    hold("packed", 100_000, &seeds, targets::packed);
}

#[test]
fn pictures() {
    hold("picture", 100_000, &seeds::pictures(), targets::picture);
}

#[test]
fn settings() {
    hold("settings", 100_000, &seeds::settings(), targets::settings);
}

#[test]
fn tensors() {
    hold("tensors", 100_000, &seeds::tensors(), targets::tensors);
}

#[test]
fn checkpoints() {
    hold(
        "checkpoint",
        100_000,
        &seeds::checkpoints(),
        targets::checkpoint,
    );
}

#[test]
fn sessions() {
    hold("session", 100_000, &seeds::sessions(), targets::session);
}

#[test]
fn studies() {
    hold("study", 20_000, &seeds::studies(), targets::study);
}
