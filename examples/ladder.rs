//! How long a ladder of 17 networks takes beside a single one: `cargo run --release --example ladder`.
//!
//! The single network has all cores, as a live run has; a ladder's networks have a core each. Both are Quick's,
//! seed 0, and both take their pictures at the end. Prints the seconds and (ladder) / (17 × single).

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use dkae_explorer::data::{Selection, Source};
use dkae_explorer::experiment::ladder::Dial;
use dkae_explorer::linalg::{Rank, Threads};
use dkae_explorer::training::config::RunConfig;
use dkae_explorer::training::{Advance, Fitted, Run};
use dkae_explorer::worker::ladder::{LadderHandle, LadderRequest};
use dkae_explorer::worker::protocol::{PhaseKind, RunId};

fn main() -> Result<()> {
    let data = Arc::new(Source::bundled()?.select(&Selection::default())?);
    let config = RunConfig::default();
    let threads = Threads::of(0, Rank::Run);
    let single = || -> Result<(f64, Fitted)> {
        let mut run = Run::new(Arc::clone(&data), &config)?;
        while run.trainer().is_none() {
            run.advance()?;
        }
        let began = Instant::now();
        while run.progress().0 != PhaseKind::Evaluation {
            let advance = run.advance()?;
            debug_assert!(!matches!(advance, Advance::Over));
        }
        let fitted = run.fitted().context("its prior is complete")?.clone();
        Ok((began.elapsed().as_secs_f64(), fitted))
    };
    for _ in 0..2 {
        let (seconds, fitted) = threads.install(single)?;
        let (ring, bell) = crossbeam_channel::bounded(1);
        let request = LadderRequest {
            run: RunId(1),
            data: Arc::clone(&data),
            fitted,
            places: Dial::Lambda.places(&config),
            near: Dial::Lambda.of(&config),
            there: Vec::new(),
            compared: None,
            config: config.clone(),
        };
        let rungs = request.places.len() as f64;
        let began = Instant::now();
        let wake = move || {
            let _ = ring.try_send(());
        };
        let ladder = LadderHandle::start(request, Box::new(wake))?;
        while !ladder.newest().is_some_and(|newest| newest.is_over()) {
            bell.recv()?;
        }
        let all = began.elapsed().as_secs_f64();
        println!(
            "single {seconds:.2} s, ladder {all:.1} s, ratio {:.3}",
            all / (rungs * seconds)
        );
    }
    Ok(())
}
