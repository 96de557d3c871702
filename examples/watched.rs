//! What being watched costs: the training phase of a run under the worker, which publishes its
//! pictures and compares denoisers beside it, against the same run without; in turn.
//!
//! `cargo run --release --example watched [-- PAIRS]`

use std::sync::Arc;
use std::time::Duration;

use dkae_explorer::data::{DataSet, Selection, Source};
use dkae_explorer::linalg::Threads;
use dkae_explorer::training::{Advance, PhaseKind, Run, RunConfig};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{Command, Event, RunId, StartRequest};

fn main() -> anyhow::Result<()> {
    let pairs: usize = std::env::args().nth(1).map_or(Ok(3), |text| text.parse())?;
    let data = Arc::new(Source::bundled()?.select(&Selection::default())?);
    let config = RunConfig::default();
    for _ in 0..pairs {
        let alone = Threads::new(0).install(|| alone(&data, &config))?;
        let watched = watched(&data, &config)?;
        println!(
            "alone {:.2} s, watched {:.2} s, ratio {:.3}",
            alone.as_secs_f64(),
            watched.as_secs_f64(),
            watched.as_secs_f64() / alone.as_secs_f64()
        );
    }
    Ok(())
}

/// Wall time of the training phase, nobody watching.
fn alone(data: &Arc<DataSet>, config: &RunConfig) -> anyhow::Result<Duration> {
    let mut run = Run::new(Arc::clone(data), config)?;
    let mut began = None;
    loop {
        if began.is_none() && run.progress().0 == PhaseKind::Training {
            began = Some(std::time::Instant::now());
        }
        if let Advance::Evaluated = run.advance()? {
            return Ok(began.map_or(Duration::ZERO, |began| began.elapsed()));
        }
    }
}

/// The same under the worker, with a window's appetite for news.
fn watched(data: &Arc<DataSet>, config: &RunConfig) -> anyhow::Result<Duration> {
    let worker = WorkerHandle::spawn(0, Box::new(|| {}))?;
    let (run, data, config) = (RunId(1), Arc::clone(data), config.clone());
    worker.send(Command::Start(Box::new(StartRequest { run, data, config })))?;
    let mut began = None;
    loop {
        let _ = worker.snapshot();
        for message in worker.messages() {
            match message.event {
                Event::Progress(p) if p.phase == PhaseKind::Training && began.is_none() => {
                    began = Some(std::time::Instant::now());
                }
                Event::Finished { .. } => {
                    return Ok(began.map_or(Duration::ZERO, |began| began.elapsed()));
                }
                Event::Failed { message } => anyhow::bail!(message),
                _ => {}
            }
        }
        std::thread::sleep(Duration::from_millis(16));
    }
}
