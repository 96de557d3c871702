//! A monkey at the window: random actions through the real [`App`] with the real worker and real
//! studies on small data, and after each of them the promises that the window makes.
//!
//! Ten thousand actions by default, which take some two minutes on two cores, in rounds that begin
//! with a new window each. Variables:
//!
//! | name | what |
//! |---|---|
//! | `DKAE_MONKEY` | how many actions |
//! | `DKAE_MONKEY_SEED` | the first round's seed; the next rounds count on from it |
//! | `DKAE_MONKEY_SCRIPT` | a file: its actions are played instead, several times |
//!
//! A failure is cut down to a short script, which is printed and kept under `target/monkey`.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "monkey/action.rs"]
mod action;
#[path = "common/mod.rs"]
mod common;
#[path = "monkey/eye.rs"]
mod eye;
#[path = "monkey/round.rs"]
mod round;
#[path = "monkey/saved.rs"]
mod saved;
#[path = "monkey/shrink.rs"]
mod shrink;
#[path = "monkey/spy.rs"]
mod spy;
#[path = "monkey/study.rs"]
mod study;
#[path = "monkey/whole.rs"]
mod whole;
#[path = "monkey/world.rs"]
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use action::{Action, Target};
use dkae_explorer::training::config::Preset;
use round::{Counts, Failure, Source};
use spy::Lie;

/// Actions of a round.
const ROUND: usize = 250;
/// Actions if nobody said how many.
const ACTIONS: usize = 10_000;
/// Different failures that are looked into before the test ends.
const FAILURES: usize = 4;
/// Time for cutting a failure down.
const SHRINKING: Duration = Duration::from_secs(120);

fn number(name: &str) -> Option<usize> {
    let text = std::env::var(name).ok()?;
    let number = text.trim().parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is {text}, but has to be a number")))
}

#[test]
fn random_hands_meet_no_state_that_lies() {
    round::watch_panics();
    if let Some(script) = std::env::var_os("DKAE_MONKEY_SCRIPT") {
        return replay(&PathBuf::from(script));
    }
    let actions = number("DKAE_MONKEY").unwrap_or(ACTIONS);
    let first = number("DKAE_MONKEY_SEED").unwrap_or(1) as u64;
    let began = Instant::now();
    let mut counts = Counts::default();
    let mut failures: Vec<(u64, Failure, Vec<Action>)> = Vec::new();
    let (mut done, mut seed) = (0, first);
    while done < actions && failures.len() < FAILURES {
        let todo = ROUND.min(actions - done);
        let played = round::play(Source::Seed(seed, todo), &mut counts);
        done += todo;
        if let Some(failure) = played.failure {
            println!("seed {seed}, action {}: {failure}", played.script.len());
            let known = |(_, old, _): &(u64, Failure, Vec<Action>)| old.is_like(&failure);
            if !failures.iter().any(known) {
                failures.push((seed, failure, played.script));
            }
        }
        seed += 1;
    }
    println!(
        "{done} actions, seeds {first} to {}, {:.1} s: {counts}",
        seed - 1,
        began.elapsed().as_secs_f64()
    );
    if failures.is_empty() {
        if done >= ACTIONS {
            counts.check();
        }
        return;
    }
    let mut report = String::new();
    for (seed, failure, script) in failures {
        report += &shrink::explain(seed, &failure, script, SHRINKING);
    }
    panic!("{report}");
}

#[test]
fn the_monkey_sees_a_lie() {
    let click = |name| Action::Click {
        target: Target::button(name),
        button: 0,
        slow: false,
    };
    let wait = || Action::Wait { ms: 400 };
    let trains = [Action::Settle, wait(), wait()];
    let pauses = [wait(), wait(), click("Pause"), wait()];
    for (preset, lie, script, promise) in [
        (
            Preset::Quick,
            Lie::EndUnheard,
            &trains[..],
            "the toolbar says what the worker does",
        ),
        (
            Preset::Paper,
            Lie::StepsUnheard,
            &trains[..],
            "a run that is said to train takes steps",
        ),
        (
            Preset::Paper,
            Lie::PauseLost,
            &pauses[..],
            "an enabled run button does something",
        ),
        (
            Preset::Paper,
            Lie::Restless,
            &pauses[..],
            "a run that rests takes no steps",
        ),
    ] {
        let source = Source::Script(script.to_vec());
        let played = round::play_with(source, (preset, lie), &mut Counts::default());
        let failure = played.failure.map(|failure| failure.promise);
        assert_eq!(failure, Some(promise), "{lie:?}");
    }
}

/// Plays a script that was kept, until it fails or has been played often enough.
fn replay(path: &std::path::Path) {
    let script = shrink::read(path);
    for time in 1..=5 {
        let played = round::play(Source::Script(script.clone()), &mut Counts::default());
        if let Some(failure) = played.failure {
            panic!("time {time}, action {}: {failure}", played.script.len());
        }
    }
    println!("{} actions played five times: all is well", script.len());
}
