//! Sessions in the worker and in the window: what is kept, closed or killed goes on to the bit.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;
#[path = "sessions/killed.rs"]
mod killed;
#[path = "sessions/window.rs"]
mod window;
#[path = "sessions/worker.rs"]
mod worker;

use std::sync::Arc;

use dkae_explorer::data::DataSet;
use dkae_explorer::linalg::{Rank, Threads};
use dkae_explorer::training::observer::{self, Curves};
use dkae_explorer::training::{Advance, LiveSettings, Run, RunConfig};

/// A run that nothing interrupts, on one thread, whose λ is moved before step `at`, if that is asked for.
fn uninterrupted(
    data: &Arc<DataSet>,
    config: &RunConfig,
    moved: Option<(u64, f64)>,
) -> (Curves, Vec<u32>) {
    Threads::of(1, Rank::Run).install(|| {
        let mut run = Run::new(Arc::clone(data), config).unwrap();
        let mut curves = Curves::default();
        loop {
            let step = run.trainer().map(dkae_explorer::training::Trainer::steps);
            if let Some((_, lambda)) = moved.filter(|(at, _)| step == Some(*at)) {
                let live = run.live();
                run.steer(&LiveSettings { lambda, ..live }).unwrap();
            }
            if let Advance::Over = observer::advance(&mut run, &mut [&mut curves]).unwrap() {
                break;
            }
        }
        let network = run.trainer().unwrap().network();
        let weights = network.parameters().iter().map(|x| x.to_bits());
        (curves, weights.collect())
    })
}
