//! The window's shell: what it says of what was done, its controls, its help.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "window/script.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod script;

#[path = "window/finished.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod finished;

use dkae_explorer::ui::App;
use dkae_explorer::worker::protocol::{Command, Event, PhaseKind};
use egui::accesskit::Role;
use egui::{Key, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use finished::{choose_folder, finished, finished_of, save, wait};
use script::{Peers, Player, heard};

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
    let refused = player.refused(|live| live.code = 9_000, reason);
    assert!(peers.lock().unwrap().last().unwrap().say(refused));
    harness.run_steps(3);
}

#[test]
fn two_saved_pictures_leave_the_window_usable() {
    for size in [[1100.0, 700.0], [1440.0, 900.0]] {
        let (mut harness, _player, _peers) = finished_of(size, 1.0 / 60.0);
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

/// A window of this size whose run trains.
fn training(size: [f32; 2]) -> (Harness<'static, App>, Player, Peers) {
    let peers = Peers::default();
    let theirs = Peers::clone(&peers);
    let mut harness = Harness::builder()
        .with_size(size)
        .build_eframe(move |cc| script::app(cc, &theirs, None));
    let Command::Start(request) = wait(&mut harness, || heard(&peers)) else {
        panic!("the first command starts a run");
    };
    let player = Player::new(&request);
    let progress = player.progress(PhaseKind::Training, 200, 1500);
    for message in [player.started(), player.losses(0..200), progress] {
        assert!(peers.lock().unwrap().last().unwrap().say(message));
    }
    let peer = Peers::clone(&peers);
    let snapshot = player.snapshot(200);
    peer.lock().unwrap().last().unwrap().publish(snapshot);
    harness.run_steps(3);
    (harness, player, peers)
}

/// Types into a box of a number that is clicked on first.
fn begin_typing(harness: &mut Harness<'static, App>, name: &str, text: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn a_half_typed_value_is_none() {
    let (mut harness, _player, peers) = training([1100.0, 700.0]);
    begin_typing(&mut harness, "λ, typed", "0.9");
    assert!(heard(&peers).is_none(), "nobody has said that it is all");
    harness.key_press(Key::Enter);
    let command = wait(&mut harness, || heard(&peers));
    let Command::Set(_, settings) = command else {
        panic!("λ is set")
    };
    assert_eq!(settings.lambda, 0.9);
    // Escape takes a value back.
    begin_typing(&mut harness, "Nc, typed", "7");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    if let Some(Command::Set(_, setting)) = heard(&peers) {
        panic!("{setting:?} was taken back");
    }
    // Leaving the box is saying so, too.
    begin_typing(&mut harness, "Nc, typed", "2,077");
    harness.get_by_label("Trade-off λ").click();
    let command = wait(&mut harness, || heard(&peers));
    assert!(matches!(command, Command::Set(_, settings) if settings.code == 2_077));
}

#[test]
fn no_more_digits_are_offered_than_are_held_out() {
    let (harness, _player, _peers) = training([1440.0, 900.0]);
    let slider = harness.get_by_role_and_label(Role::Slider, "Images in the kernels");
    let node = slider.accesskit_node();
    assert_eq!(node.max_numeric_value(), Some(900.0));
    assert_eq!(node.numeric_value(), Some(300.0));
}

#[test]
fn the_samples_that_are_there_are_told() {
    let (mut harness, _player, peers) = training([1440.0, 900.0]);
    for (name, text) in [("Samples", "20000"), ("Classes", "5, 6")] {
        let field = |harness: &Harness<'static, App>| {
            let field = harness.get_by_role_and_label(Role::TextInput, name);
            field.focus();
        };
        field(&harness);
        harness.run_steps(2);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.run_steps(2);
        harness.event(egui::Event::Text(text.to_owned()));
        harness.run_steps(2);
    }
    harness.get_by_label("Load").click_accesskit();
    let Command::Start(request) = wait(&mut harness, || heard(&peers)) else {
        panic!("other data start a run")
    };
    let there = request.data.len();
    assert!(there < 6_000, "{there}");
    harness.run_steps(3);
    let text = format!(
        "{},{:03} samples of classes 5, 6",
        there / 1000,
        there % 1000
    );
    let found = harness.query_all_by_label_contains(&text).count();
    assert_eq!(found, 1, "{text}");
    let samples = harness.get_by_role_and_label(Role::TextInput, "Samples");
    let value = samples.accesskit_node().value().unwrap_or_default();
    assert_eq!(value, "", "20,000 are not there");
}

#[test]
fn what_waits_for_a_new_run_is_plain_to_see_in_the_smallest_window() {
    let (mut harness, _player, peers) = training([1100.0, 700.0]);
    let window = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1100.0, 700.0));
    let button = harness.get_by_label("Start a new run").rect();
    assert!(window.contains_rect(button), "{button:?}");
    assert!(
        harness
            .query_by_label_contains("waits for a new run")
            .is_none()
    );
    let learning = harness.get_by_label("Learning").rect();
    harness.get_by_label("Prior kernel").click();
    harness.run_steps(3);
    harness.get_by_label("RBF").click();
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("1 change waits").is_some());
    assert!(heard(&peers).is_none(), "the run goes on as it was");
    // Nothing below has moved, whichever kernel it is.
    for kernel in [
        "Linear",
        "Ideal (the classes)",
        "Polynomial",
        "Cluster kernel (PCK)",
    ] {
        assert_eq!(
            harness.get_by_label("Learning").rect(),
            learning,
            "{kernel}"
        );
        harness.get_by_label("Prior kernel").click();
        harness.run_steps(3);
        harness.get_by_label(kernel).click();
        harness.run_steps(4);
    }
    assert_eq!(harness.get_by_label("Learning").rect(), learning);
    assert!(
        harness
            .query_by_label_contains("waits for a new run")
            .is_none()
    );
}

#[test]
fn a_preset_says_what_it_will_change() {
    let (mut harness, _player, _peers) = training([1100.0, 700.0]);
    harness
        .get_by_role_and_label(Role::Slider, "λ")
        .set_value_accesskit(0.5);
    harness.run_steps(2);
    harness.get_by_label("Quick ▾").click();
    harness.run_steps(3);
    let told = harness.query_all_by_label_contains("λ: 0.5 → 0.1").count();
    assert!(told >= 2, "the scripted presets differ from it in λ alone");
}

#[test]
fn nothing_moves_at_a_pause() {
    let (mut harness, player, peers) = training([1440.0, 900.0]);
    let places = |harness: &Harness<'static, App>| {
        ["Single step", "Restart", "Stop", "Save", "Theme"]
            .map(|name| harness.get_by_label(name).rect())
    };
    let before = (
        places(&harness),
        harness.get_by_label("Pause").rect(),
        kernels(&harness),
    );
    let paused = player.message(Event::Paused(true));
    assert!(peers.lock().unwrap().last().unwrap().say(paused));
    harness.run_steps(3);
    assert!(harness.query_by_label("Pause").is_none());
    assert_eq!((places(&harness), kernels(&harness)), (before.0, before.2));
}

#[test]
fn the_help_numbers_what_is_on_show() {
    for size in [[1100.0, 700.0], [1440.0, 900.0]] {
        let (mut harness, _player, _peers) = training(size);
        harness.key_press(Key::F1);
        harness.run_steps(3);
        for title in [
            "C, the code kernel",
            "Trade-off λ",
            "Loss curves",
            "In one paragraph",
        ] {
            assert!(
                harness.query_all_by_label(title).next().is_some(),
                "{title}"
            );
        }
        let close = harness.get_by_label("Close").rect();
        assert!(close.right() < size[0] && close.top() > 0.0);
        harness.key_press(Key::F1);
        harness.run_steps(3);
        assert!(harness.query_by_label("In one paragraph").is_none());
    }
}
