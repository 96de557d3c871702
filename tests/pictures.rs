//! The live page's pictures: what is written on them, and what is saved of them. Texts that are
//! painted rather than placed are read from the shapes of a frame.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "window/script.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod script;

#[path = "window/finished.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod finished;

use std::collections::HashMap;
use std::path::Path;

use dkae_explorer::data::png;
use dkae_explorer::ui::App;
use dkae_explorer::worker::protocol::Event;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use finished::{choose_folder, finished, save};

fn fields(path: &Path) -> HashMap<String, String> {
    png::read(path).unwrap().1.into_iter().collect()
}

#[test]
fn a_slider_that_was_moved_after_the_end_is_no_part_of_what_was_trained() {
    let (mut harness, player, peers) = finished();
    let applied = player.applied(200, |live| live.lambda = 0.01);
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
fn all_figures_of_the_test_are_to_be_seen_in_the_smallest_window() {
    for size in [[1100.0, 700.0], [1440.0, 900.0]] {
        let (mut harness, player, peers) = finished::finished_of(size, 0.25);
        let mut parts = player.parts(200);
        parts.test = parts.codes.as_ref().map(|codes| codes.scores);
        let snapshot = player.snapshot_of(&parts);
        peers.lock().unwrap().last().unwrap().publish(snapshot);
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("Test, once").is_some());
        // The board ends where the kernels do, a colour bar and its figures below the squares.
        let end = harness.get_by_label("P heat map").rect().bottom() + 30.0;
        let figures = harness.query_all_by_label("Lr").map(|label| label.rect());
        let last = figures.filter(|rect| rect.left() > size[0] - 200.0);
        let last = last.map(|rect| rect.bottom()).fold(0.0, f32::max);
        assert!((100.0..end).contains(&last), "{size:?}: {last} of {end}");
    }
}

#[test]
fn rows_of_an_earlier_step_say_so() {
    let (mut harness, player, peers) = finished();
    assert!(
        !texts(&harness)
            .iter()
            .any(|text| text.starts_with("at step"))
    );
    let mut parts = player.parts(430);
    parts.codes = Some(std::sync::Arc::new(player.codes(900)));
    let snapshot = player.snapshot_of(&parts);
    peers.lock().unwrap().last().unwrap().publish(snapshot);
    harness.run_steps(3);
    let notes = texts(&harness)
        .iter()
        .filter(|text| *text == "at step 430")
        .count();
    assert_eq!(notes, 2, "the dkAE's two rows depend on the network");
}

#[test]
fn marks_say_lambda_exactly_and_strips_carry_their_classes() {
    let (mut harness, player, peers) = finished();
    let applied = player.applied(120, |live| live.lambda = 0.0029);
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
