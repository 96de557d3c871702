//! The window's shell: what it says of what was done, its controls, its help.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "window/script.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod script;

#[path = "window/finished.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod finished;

use dkae_explorer::ui::App;
use dkae_explorer::worker::protocol::{Event, Setting};
use egui::{Key, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use finished::{choose_folder, finished, finished_of, save, wait};
use script::{Peers, Player};

/// Where the notices stand whose text contains this.
fn notices(harness: &Harness<'static, App>, text: &str) -> Vec<Rect> {
    let all = harness.query_all_by_label_contains("Notice: ");
    all.filter(|node| {
        let label = node.accesskit_node().label().unwrap_or_default();
        label.contains(text)
    })
    .map(|node| node.rect())
    .collect()
}

/// Where the kernels' pictures stand.
fn kernels(harness: &Harness<'static, App>) -> Vec<Rect> {
    ["P", "C", "C − P"]
        .map(|name| harness.get_by_label(&format!("{name} heat map")).rect())
        .to_vec()
}

/// Closes the menu that is open and waits for this many seconds of the window's time.
fn pass(harness: &mut Harness<'static, App>, seconds: f64) {
    let now = |harness: &Harness<'static, App>| harness.ctx.input(|input| input.time);
    let until = now(harness) + seconds;
    while now(harness) < until {
        harness.step();
    }
}

/// The worker refuses a setting.
fn refuse(harness: &mut Harness<'static, App>, player: &Player, peers: &Peers, reason: &str) {
    let refused = player.message(Event::Refused {
        setting: Setting::CodeSize(9_000),
        reason: reason.to_owned(),
    });
    assert!(peers.lock().unwrap().last().unwrap().say(refused));
    harness.run_steps(3);
}

#[test]
fn two_saved_pictures_leave_the_window_usable() {
    for size in [[1100.0, 700.0], [1440.0, 900.0]] {
        let (mut harness, _player, _peers) = finished_of(size);
        let folder = tempfile::tempdir().unwrap();
        choose_folder(&mut harness, folder.path());
        save(&mut harness, "P as PNG", folder.path());
        harness.run_steps(3);
        harness.get_by_label("Save").click();
        harness.run_steps(3);
        save(&mut harness, "C as PNG", folder.path());
        harness.run_steps(2);
        let cards = notices(&harness, "Saved ");
        assert_eq!(cards.len(), 2);
        let window = Rect::from_min_size(egui::Pos2::ZERO, size.into());
        for card in &cards {
            assert!(card.height() < 80.0, "{card:?}");
            assert!(window.contains_rect(*card), "{card:?}");
            for kernel in kernels(&harness) {
                assert!(!card.intersects(kernel), "{card:?} over {kernel:?}");
            }
        }
        assert!(!cards[0].intersects(cards[1]), "{cards:?}");
        // What was done is gone after a while, by itself.
        pass(&mut harness, 9.0);
        assert!(notices(&harness, "Saved ").is_empty());
    }
}

#[test]
fn what_went_wrong_stays_until_escape_takes_it_the_newest_first() {
    let (mut harness, player, peers) = finished();
    refuse(&mut harness, &player, &peers, "the first");
    refuse(&mut harness, &player, &peers, "the second");
    pass(&mut harness, 60.0);
    assert_eq!(notices(&harness, "the ").len(), 2);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(notices(&harness, "the second").is_empty());
    assert_eq!(notices(&harness, "the first").len(), 1);
    harness.get_by_label("Dismiss").click();
    harness.run_steps(3);
    assert!(notices(&harness, "the first").is_empty());
}

#[test]
fn escape_closes_what_is_open_before_it_takes_a_notice() {
    let (mut harness, player, peers) = finished();
    refuse(&mut harness, &player, &peers, "too large");
    harness.get_by_label("Save").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("The window as PNG").is_some());
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("The window as PNG").is_none());
    assert_eq!(notices(&harness, "too large").len(), 1, "the menu first");
    harness.key_press(Key::F1);
    harness.run_steps(3);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(notices(&harness, "too large").len(), 1, "then the help");
    let field = harness.get_by_label("Path of the images");
    field.focus();
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(notices(&harness, "too large").len(), 1, "then a field");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(notices(&harness, "too large").is_empty());
}

#[test]
fn a_picture_of_the_window_is_taken_without_notices() {
    let (mut harness, player, peers) = finished();
    // Without a graphics adapter there are no pictures.
    let painted = std::panic::AssertUnwindSafe(|| harness.render().is_ok());
    if !std::panic::catch_unwind(painted).unwrap_or(false) {
        println!("skipped: nothing to paint the window with");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    choose_folder(&mut harness, folder.path());
    refuse(&mut harness, &player, &peers, "too large");
    let card = notices(&harness, "too large")[0];
    let path = save(&mut harness, "The window as PNG", folder.path());
    wait(&mut harness, || readable(&path));
    let picture = image::open(&path).unwrap().to_rgba8();
    harness.run_steps(2);
    assert_eq!(notices(&harness, "too large").len(), 1, "it is back");
    let screen = harness.render().unwrap();
    let there = |image: &image::RgbaImage| {
        let edge = card.left_center() + egui::vec2(1.0, 0.0);
        *image.get_pixel(edge.x as u32, edge.y as u32)
    };
    assert_ne!(there(&picture), there(&screen));
}

/// Whether a file can be read as a picture.
fn readable(path: &std::path::Path) -> Option<()> {
    image::open(path).ok().map(|_| ())
}
