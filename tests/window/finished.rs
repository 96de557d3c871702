//! A window whose run is over, and what a person does in it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dkae_explorer::ui::App;
use dkae_explorer::worker::protocol::{Command, End, Event, PhaseKind};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::script::{self, Peers, Player, heard};

/// Steps until something is there.
pub fn wait<T>(harness: &mut Harness<'static, App>, mut there: impl FnMut() -> Option<T>) -> T {
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
pub fn finished() -> (Harness<'static, App>, Player, Peers) {
    finished_of([1440.0, 900.0], 0.25)
}

/// The same in a window of this size, each step of which takes so many seconds of its time.
pub fn finished_of(size: [f32; 2], step: f32) -> (Harness<'static, App>, Player, Peers) {
    let peers = Peers::default();
    let theirs = Peers::clone(&peers);
    let mut harness = Harness::builder()
        .with_size(size)
        .with_step_dt(step)
        .build_eframe(move |cc| script::app(cc, &theirs, None));
    let Command::Start(request) = wait(&mut harness, || heard(&peers)) else {
        panic!("the first command starts a run");
    };
    let player = Player::new(&request);
    let end = player.message(Event::Finished {
        end: End::Done,
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
pub fn choose_folder(harness: &mut Harness<'static, App>, folder: &Path) {
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
pub fn save(harness: &mut Harness<'static, App>, entry: &str, folder: &Path) -> PathBuf {
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
