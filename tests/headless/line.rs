//! A settings line from the window does the window's run again, or says why not.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::Collection;
use dkae_explorer::training::config::{CopiesConfig, Preset, PretrainingConfig, Ramp};
use dkae_explorer::training::{LineData, LossPoint, RunConfig, SettingsLine};
use dkae_explorer::ui::{self, App, DataChoice, Services, WindowOptions};
use dkae_explorer::view::RunState;
use dkae_explorer::worker::{StudyHandle, WorkerHandle, look_into};
use egui::OutputCommand;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{Folder, IMAGES, assert_success, assert_told};
use crate::common;

/// A folder whose name is odd.
const ODD: &str = "it's an \"odd\" $HOME,  λ";

/// Settings with whatever can be on.
fn settings() -> RunConfig {
    let mut config = common::config(60);
    config.preset = Preset::Denoise;
    config.shown = 25;
    let training = &mut config.training;
    training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 10,
        learning_rate: 3e-3,
    });
    training.cool_down = 0.2;
    training.clip_norm = Some(0.1 + 0.2);
    training.input_noise = 0.1;
    training.ramp = Some(Ramp::default());
    training.projection = Some(6);
    training.copies = Some(CopiesConfig {
        count: 1,
        shift: 1,
        noise: 0.05,
    });
    config
}

/// A window on the program's own worker, with so many threads.
fn window(choice: DataChoice, threads: usize) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1100.0, 700.0])
        .build_eframe(move |cc| {
            let services = Services {
                connect: Box::new(move |wake| Ok(Box::new(WorkerHandle::spawn(threads, wake)?))),
                study: Box::new(|request, wake| Ok(Box::new(StudyHandle::start(request, wake)?))),
                look: Arc::new(look_into),
                report: Arc::new(ui::write_report),
                open: Arc::new(ui::read),
                preset: Preset::config,
            };
            let options = WindowOptions {
                choice: choice.clone(),
                config: settings(),
                session: None,
                autosave: None,
                memory: None,
            };
            App::new(cc, options, services).unwrap()
        })
}

/// What is on the clipboard after a click on *Copy settings*.
fn copied(harness: &mut Harness<'static, App>) -> String {
    harness.get_by_label("Copy settings").click();
    for _ in 0..5 {
        harness.step();
        for command in &harness.output().platform_output.commands {
            if let OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
    }
    panic!("nothing was copied");
}

/// The losses of a window's run, and its line; the run is of 240 of the images of `folder`.
fn run_in_window(folder: &Folder, threads: usize) -> (Vec<LossPoint>, Vec<LossPoint>, String) {
    let choice = DataChoice {
        path: Some(folder.path(ODD).join(IMAGES)),
        samples: Some(240),
        classes: Some(vec![0, 1, 2, 3, 4, 5, 6, 7, 9]),
        seed: 11,
        ..DataChoice::default()
    };
    let mut harness = window(choice, threads);
    let begun = Instant::now();
    while !matches!(harness.state().run().state, RunState::Finished(_)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "no end");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    let line = copied(&mut harness);
    let run = harness.state().run();
    let points = [&run.training, &run.validation].map(|history| history.points().to_vec());
    let [training, validation] = points;
    (training, validation, line)
}

fn folder() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path(ODD)).unwrap();
    for name in [IMAGES, "t-labels-idx1-ubyte"] {
        fs::copy(folder.path(name), folder.path(ODD).join(name)).unwrap();
    }
    folder
}

fn train<'a>(line: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut options = vec!["train", "--settings-line", line, "--out", "again"];
    options.extend(more);
    options
}

#[test]
fn a_line_gives_the_windows_run_to_the_bit() {
    let folder = folder();
    for threads in [1, 2] {
        let (training, validation, line) = run_in_window(&folder, threads);
        assert_eq!(
            training.len(),
            80,
            "10 steps for each of two layers, and 60"
        );
        let read: SettingsLine = line.parse().unwrap();
        assert_eq!(read.config, settings());
        assert_eq!((read.threads, read.data.selection.seed), (threads, 11));
        // From somewhere else: the line has the whole path.
        assert_success(&folder.run(&train(&line, &[])));
        let report = folder.report("again");
        let history = |key: &str| {
            serde_json::from_value::<Vec<LossPoint>>(report["history"][key].clone()).unwrap()
        };
        assert_eq!(history("training"), training, "on {threads} threads");
        assert_eq!(history("validation"), validation);
        assert_eq!(report["machine"]["threads"], threads);
        let settings: RunConfig = serde_json::from_value(report["settings"].clone()).unwrap();
        assert_eq!(settings, self::settings());
    }
}

#[test]
fn what_is_said_besides_a_line_replaces_its_part_and_other_data_are_refused() {
    let folder = folder();
    let (training, _, line) = run_in_window(&folder, 1);
    let run = |more: &[&str]| folder.run(&train(&line, more));
    assert_success(&run(&["--steps", "20", "--threads", "2"]));
    let report = folder.report("again");
    assert_eq!(report["machine"]["threads"], 2);
    assert_eq!(report["history"]["training"].as_array().unwrap().len(), 40);
    // The same data somewhere else are the same data.
    fs::remove_dir_all(folder.path(ODD)).unwrap();
    assert_told(&run(&[]), 2, &["odd", "the settings line", "--images"]);
    assert_success(&run(&["--images", IMAGES]));
    let again = folder.report("again")["history"]["training"].clone();
    let again: Vec<LossPoint> = serde_json::from_value(again).unwrap();
    assert_eq!(again, training);
    folder.write_data("t", |pixels| pixels[0] ^= 1);
    let others = ["the data of the settings line", "sha256", "--other-data"];
    assert_told(&run(&["--images", IMAGES]), 2, &others);
    assert_success(&run(&["--images", IMAGES, "--other-data"]));
}

#[test]
fn a_line_that_is_wrong_is_refused_before_anything_is_written() {
    let folder = Folder::new();
    let line = SettingsLine {
        config: Preset::Quick.config(),
        data: LineData::unnamed(&"a".repeat(64), 300, 0),
        threads: 1,
    };
    let text = line.to_string();
    let fashion = Collection::Fashion.title();
    for (line, parts) in [
        (text.clone(), &["does not say where", "--images"][..]),
        (text.replace("dkae1", "dkae7"), &["dkae7", "dkae1"]),
        (
            text.replace("seed=0", "seed=x"),
            &["seed", "x", "whole number"],
        ),
        (text.replace("seed=0", "seeds=0"), &["seeds", "take it out"]),
        (text.replace("seed=0", "seed=0 lambda=2"), &["does not say"]),
        (text[..text.len() - 1].to_owned(), &["sha256", "16"]),
        (
            text.replace(" samples", " data=fashion samples"),
            &[fashion, "sha256", "--other-data"],
        ),
        (String::new(), &["no settings line", "dkae1"]),
    ] {
        let output = folder.run(&train(&line, &[]));
        assert_told(&output, 2, parts);
        assert!(!folder.path("again").exists(), "{line}");
    }
    let output = folder.run(&train(&text, &["--preset", "paper"]));
    assert_told(&output, 2, &["--settings-line", "--preset"]);
    let output = folder.run(&train(&text, &["--settings", "settings.json"]));
    assert_told(&output, 2, &["--settings-line", "--settings"]);
    // A value out of its range is the run's to refuse.
    let line = text.replace("seed=0", "seed=0 lambda=2");
    let images: &[&str] = &["--images", IMAGES, "--other-data"];
    assert_told(
        &folder.run(&train(&line, images)),
        2,
        &["λ is 2", "from 0 to 1"],
    );
    assert!(!folder.path("again").exists());
}
