//! `kill -9`, and the next start.
//!
//! The window that is killed is this test's own program, started once more for the one test that is
//! ignored otherwise.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dkae_explorer::session::Session;

use super::window::{STEPS, Window};

/// The folder that the window to be killed keeps its session in.
const FOLDER: &str = "DKAE_TO_BE_KILLED";

#[test]
#[ignore = "started by the test that kills it"]
fn a_window_to_be_killed() {
    let folder = std::path::PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let mut window = Window::open(Some(&folder), Duration::from_millis(1), None);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        window.0.step();
        // So slow that nothing is over before it is killed.
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(unix)]
#[test]
fn after_a_kill_the_next_start_offers_to_go_on_and_does_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("window-1.dkae");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "killed::a_window_to_be_killed"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let stands = || {
        let session = Session::read(&kept).ok()?;
        let step = session.run()?.step();
        (step > 0).then_some(step)
    };
    while stands().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is kept");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let step = stands().unwrap();
    assert!(step < STEPS as u64, "it was over before it was killed");

    let hour = Duration::from_secs(3600);
    let mut window = Window::open(Some(folder.path()), hour, None);
    window.until("it is offered", |window| {
        window.says("The last session ended at step")
    });
    // At the very step.
    let grouped = dkae_explorer::exhibit::numbers::count(usize::try_from(step).unwrap());
    assert!(window.says(&format!("at step {grouped},")));
    window.go_on();
    window.finishes();
    window.assert_to_the_bit();
}
