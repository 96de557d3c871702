//! What being watched costs: steps of a run under the worker, which publishes its pictures and
//! compares denoisers beside it, against the same steps without; in turn.
//!
//! `cargo run --release --example watched [-- PAIRS]`
//!
//! The second half of the steps counts. In the first the worker's comparison computes kernel PCA,
//! once a run, on a thread of low rank: that is work that somebody asked for, and not the cost of
//! being watched.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::{DataSet, Selection, Source};
use dkae_explorer::linalg::{Rank, Threads};
use dkae_explorer::service::Link;
use dkae_explorer::training::{Run, RunConfig, Trainer};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{Command, Event, RunId, StartRequest};

/// Steps before the last that do not count: progress is told every tenth of a second.
const TAIL: u64 = 100;

fn main() -> anyhow::Result<()> {
    let pairs: usize = std::env::args().nth(1).map_or(Ok(3), |text| text.parse())?;
    let data = Arc::new(Source::bundled()?.select(&Selection::default())?);
    let mut config = RunConfig::default();
    config.training.steps *= 2;
    for pair in 0..pairs {
        // A B, B A: what the machine does meanwhile falls on both.
        let early = (pair % 2 == 1)
            .then(|| watched(&data, &config))
            .transpose()?;
        let alone = alone_in_rank(&data, &config)?;
        let watched = early.map_or_else(|| watched(&data, &config), Ok)?;
        println!(
            "a step alone {:.3} ms, watched {:.3} ms, ratio {:.3}",
            1e3 * alone,
            1e3 * watched,
            watched / alone
        );
    }
    Ok(())
}

/// The clock of the steps that count.
struct Clock {
    half: u64,
    last: u64,
    began: Option<(Instant, u64)>,
}

impl Clock {
    fn new(config: &RunConfig) -> Self {
        let steps = config.training.steps as u64;
        Self {
            half: steps / 2,
            last: steps - TAIL,
            began: None,
        }
    }

    /// So many steps have been taken; seconds of a step, once those that count are over.
    fn at(&mut self, steps: u64) -> Option<f64> {
        if steps >= self.half && self.began.is_none() {
            self.began = Some((Instant::now(), steps));
        }
        let (began, first) = self.began.filter(|_| steps >= self.last)?;
        Some(began.elapsed().as_secs_f64() / (steps - first) as f64)
    }
}

/// Seconds of a step, nobody watching, on threads of the rank that the worker's have: giving way to
/// others is not the cost of being watched either.
fn alone_in_rank(data: &Arc<DataSet>, config: &RunConfig) -> anyhow::Result<f64> {
    std::thread::scope(|scope| {
        scope
            .spawn(|| Threads::of(0, Rank::Run).install(|| alone(data, config)))
            .join()
            .map_err(|_| anyhow::anyhow!("the run alone broke"))?
    })
}

/// Seconds of a step, nobody watching.
fn alone(data: &Arc<DataSet>, config: &RunConfig) -> anyhow::Result<f64> {
    let mut run = Run::new(Arc::clone(data), config)?;
    let mut clock = Clock::new(config);
    loop {
        run.advance()?;
        if let Some(seconds) = clock.at(run.trainer().map_or(0, Trainer::steps)) {
            return Ok(seconds);
        }
    }
}

/// The same under the worker, with a window's appetite for news.
fn watched(data: &Arc<DataSet>, config: &RunConfig) -> anyhow::Result<f64> {
    let worker = WorkerHandle::spawn(0, Box::new(|| {}))?;
    let mut clock = Clock::new(config);
    let (run, data, config) = (RunId(1), Arc::clone(data), config.clone());
    worker.send(Command::Start(Box::new(StartRequest {
        run,
        data,
        config,
        from: None,
    })))?;
    loop {
        let _ = worker.newest();
        for message in worker.messages() {
            match message.event {
                Event::Progress(progress) => {
                    if let Some(seconds) = clock.at(progress.step) {
                        return Ok(seconds);
                    }
                }
                Event::Failed { message } => anyhow::bail!(message),
                _ => {}
            }
        }
        std::thread::sleep(Duration::from_millis(16));
    }
}
