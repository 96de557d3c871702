//! A failure's script, cut down to what it needs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::action::Action;
use crate::round::{self, Counts, Failure, Source};

/// A script may fail in one play and not in the next: threads race. It is played so often.
const TIMES: usize = 2;

/// Whether a script still fails in the same way.
fn fails(script: &[Action], failure: &Failure, times: usize) -> Option<Vec<Action>> {
    (0..times).find_map(|_| {
        let source = Source::Script(script.to_vec());
        let played = round::play(source, &mut Counts::default());
        let again = played.failure?;
        (again.promise == failure.promise).then_some(played.script)
    })
}

/// Drops actions while it still fails, larger pieces first, until `until`.
fn shrunk(mut script: Vec<Action>, failure: &Failure, until: Instant) -> Vec<Action> {
    let mut piece = script.len().div_ceil(2);
    while piece > 0 {
        let (mut start, mut dropped) = (0, false);
        while start < script.len() {
            if Instant::now() > until {
                return script;
            }
            let end = (start + piece).min(script.len());
            let rest = [&script[..start], &script[end..]].concat();
            if let Some(shorter) = fails(&rest, failure, TIMES) {
                (script, dropped) = (shorter, true);
            } else {
                start = end;
            }
        }
        if piece == 1 && !dropped {
            break;
        }
        piece = if piece == 1 { 1 } else { piece / 2 };
    }
    script
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/monkey")
}

/// Cuts a failure down, keeps its script and says how it is played again.
pub fn explain(seed: u64, failure: &Failure, script: Vec<Action>, time: Duration) -> String {
    let until = Instant::now() + time;
    let whole = script.len();
    let (script, note) = match fails(&script, failure, 3) {
        Some(script) => (shrunk(script, failure, until), "cut down"),
        None => (script, "it did not fail again when played again; whole"),
    };
    let path = folder().join(format!("seed-{seed}.json"));
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(&path, serde_json::to_string_pretty(&script).unwrap()).unwrap();
    let mut text = format!("\nseed {seed}, after {whole} actions ({note}):\n{failure}\n");
    for action in &script {
        writeln!(text, "  {}", serde_json::to_string(action).unwrap()).unwrap();
    }
    writeln!(text, "  again: DKAE_MONKEY_SCRIPT={}", path.display()).unwrap();
    text
}

/// A script that was kept.
pub fn read(path: &Path) -> Vec<Action> {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}
