//! The live page's pictures: what is written on them, and what is saved of them. Texts that are
//! painted rather than placed are read from the shapes of a frame.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "window/script.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod script;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dkae_explorer::data::png;
use dkae_explorer::ui::App;
use dkae_explorer::worker::protocol::{Command, Event, PhaseKind, Setting};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use script::{Peers, Player, heard};

/// Steps until something is there.
fn wait<T>(harness: &mut Harness<'static, App>, mut there: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it never comes");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

/// A window whose run is over after 200 steps at λ = 0.1.
fn finished() -> (Harness<'static, App>, Player, Peers) {
    let peers = Peers::default();
    let theirs = Peers::clone(&peers);
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(move |cc| script::app(cc, &theirs, None));
    let Command::Start(request) = wait(&mut harness, || heard(&peers)) else {
        panic!("the first command starts a run");
    };
    let player = Player::new(&request);
    let end = player.message(Event::Finished {
        stopped: false,
        phases: Vec::new(),
    });
    let progress = player.progress(PhaseKind::Training, 200, 200);
    for message in [player.started(), player.losses(0..200), progress, end] {
        assert!(peers.lock().unwrap().last().unwrap().say(message));
    }
    peers
        .lock()
        .unwrap()
        .last()
        .unwrap()
        .publish(player.snapshot(200));
    harness.run_steps(3);
    (harness, player, peers)
}

/// Opens the save menu and has pictures written to `folder`.
fn choose_folder(harness: &mut Harness<'static, App>, folder: &Path) {
    harness.get_by_label("Save").click();
    harness.run_steps(3);
    let field = harness.get_by_role_and_label(Role::TextInput, "Folder");
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    let field = harness.get_by_role_and_label(Role::TextInput, "Folder");
    field.type_text(&folder.display().to_string());
    harness.run_steps(2);
}

/// Saves by the menu's entry of this name; the file.
fn save(harness: &mut Harness<'static, App>, entry: &str, folder: &Path) -> PathBuf {
    let names = || -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        // A file in the making has another name.
        let done = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| !name.starts_with('.') && !name.contains("tmp"))
        };
        paths.retain(done);
        paths
    };
    let before = names();
    harness.get_by_label(entry).click();
    let path = wait(harness, || {
        names().into_iter().find(|path| !before.contains(path))
    });
    // The menu closes with the next frames.
    harness.run_steps(5);
    path
}

fn fields(path: &Path) -> HashMap<String, String> {
    png::read(path).unwrap().1.into_iter().collect()
}

#[test]
fn a_slider_that_was_moved_after_the_end_is_no_part_of_what_was_trained() {
    let (mut harness, player, peers) = finished();
    let setting = Setting::Lambda(0.01);
    let applied = player.message(Event::Applied { step: 200, setting });
    assert!(peers.lock().unwrap().last().unwrap().say(applied));
    harness.run_steps(3);
    let config = harness.state().run().config.clone().unwrap();
    assert!((config.training.lambda - 0.01).abs() < 1e-12);
    let folder = tempfile::tempdir().unwrap();
    choose_folder(&mut harness, folder.path());
    let path = save(&mut harness, "C as PNG", folder.path());
    assert!(
        path.ends_with("codes-seed1-step200.png"),
        "{}",
        path.display()
    );
    let text = fields(&path);
    assert_eq!(
        (text["dkae:lambda"].as_str(), text["dkae:step"].as_str()),
        ("0.1", "200")
    );
    assert!(text["dkae:settings"].contains("\"lambda\":0.1"));
    assert!(!text["dkae:schedule"].contains("0.01"));
}

#[test]
fn figures_and_tables_are_saved_by_the_menu() {
    let (mut harness, _player, _peers) = finished();
    let folder = tempfile::tempdir().unwrap();
    choose_folder(&mut harness, folder.path());
    for (entry, name, begins) in [
        ("C as figure, SVG", "codes-figure-seed1-step200.svg", "<svg"),
        (
            "Losses as .csv",
            "losses-seed1-step200.csv",
            "samples,step,layer,lambda,lr,lc,total\nminibatch,0,",
        ),
        ("Losses as figure, SVG", "losses-seed1-step200.svg", "<svg"),
    ] {
        if harness.query_by_label(entry).is_none() {
            harness.get_by_label("Save").click();
            harness.run_steps(3);
        }
        let path = save(&mut harness, entry, folder.path());
        assert!(path.ends_with(name), "{}", path.display());
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(begins));
    }
}

/// All texts of the last frame.
fn texts(harness: &Harness<'static, App>) -> Vec<String> {
    fn collect(shape: &egui::Shape, texts: &mut Vec<String>) {
        match shape {
            egui::Shape::Text(text) => texts.push(text.galley.text().to_owned()),
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, &mut texts);
    }
    texts
}

fn shows(harness: &Harness<'static, App>, text: &str) -> bool {
    texts(harness).iter().any(|other| other == text)
}

#[test]
fn rows_of_an_earlier_step_say_so() {
    let (mut harness, player, peers) = finished();
    assert!(
        !texts(&harness)
            .iter()
            .any(|text| text.starts_with("at step"))
    );
    let mut snapshot = player.snapshot(430);
    snapshot.step = 900;
    snapshot.codes = Some(std::sync::Arc::new(player.codes(900)));
    peers.lock().unwrap().last().unwrap().publish(snapshot);
    harness.run_steps(3);
    let notes = texts(&harness)
        .iter()
        .filter(|text| *text == "at step 430")
        .count();
    assert_eq!(notes, 1, "only dkAE + PCA depends on the network");
}

#[test]
fn marks_say_lambda_exactly_and_strips_carry_their_classes() {
    let (mut harness, player, peers) = finished();
    let setting = Setting::Lambda(0.0029);
    let applied = player.message(Event::Applied { step: 120, setting });
    assert!(peers.lock().unwrap().last().unwrap().say(applied));
    harness.run_steps(3);
    assert!(shows(&harness, "λ = 0.0029"));
    let texts = texts(&harness);
    for class in 0..10 {
        let number = class.to_string();
        // Three pictures, above and at the left.
        let strips = texts.iter().filter(|text| **text == number).count();
        assert!(strips >= 6, "{class}: {strips}");
    }
}

#[test]
fn the_parts_of_a_pretrained_run_are_named_in_the_loss_plot() {
    let (mut harness, player, peers) = finished();
    assert!(!shows(&harness, "layer 1"));
    let points = (200..1000).map(|step| {
        let mut point = player.loss(step, 0.0);
        point.layer = match step {
            ..400 => Some(1),
            400..700 => Some(2),
            _ => None,
        };
        point
    });
    let losses = player.message(Event::Losses(points.collect()));
    assert!(peers.lock().unwrap().last().unwrap().say(losses));
    harness.run_steps(3);
    for name in ["layer 1", "layer 2", "whole network", "steps", "loss"] {
        assert!(shows(&harness, name), "{name}");
    }
}
