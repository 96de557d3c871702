//! What a change of λ does to a network in training and to one that has finished: validation Lr and
//! Lc before it and some steps after.
//!
//!     cargo run --release --example steering [SAMPLES]
//!
//! *Quick*, seed 0: a run is taken to 600 steps (its learning rate full) and to its end (cooled),
//! and from there goes on under other λ.

use std::sync::Arc;

use dkae_explorer::data::{Selection, Source};
use dkae_explorer::training::{Advance, LiveSettings, MORE_STEPS, Run, RunConfig, score_samples};

/// Steps after the change at which figures are taken.
const LOOKS: [u64; 9] = [0, 2, 5, 10, 20, 50, 100, 200, 500];

fn main() -> anyhow::Result<()> {
    let samples = std::env::args()
        .nth(1)
        .map_or(Ok(6_000), |text| text.parse())?;
    let selection = Selection {
        samples: Some(samples),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled()?.select(&selection)?);
    let config = RunConfig::default();
    let mut run = Run::new(Arc::clone(&data), &config)?;
    println!(
        "{:>6} {:>5} {:>6} | validation Lr, Lc",
        "from", "λ", "steps"
    );
    for from in [600, config.training.steps as u64] {
        advance(&mut run, from)?;
        for lambda in [0.1, 0.0, 0.01, 0.3, 0.69, 1.0] {
            let mut other = again(&run)?;
            let live = LiveSettings {
                lambda,
                ..other.live()
            };
            other.steer(&live)?;
            other.train_on(MORE_STEPS);
            for steps in LOOKS {
                advance(&mut other, from + steps)?;
                let (lr, lc) = figures(&other);
                println!("{from:>6} {lambda:>5} {steps:>6} | {lr:.4} {lc:.4}");
            }
        }
    }
    Ok(())
}

/// The run as it stands, to go on by itself.
fn again(run: &Run) -> anyhow::Result<Run> {
    let (Some(checkpoint), Some(prior)) = (run.checkpoint(), run.prior()) else {
        anyhow::bail!("the run has not begun to train");
    };
    Ok(Run::resume(
        Arc::clone(run.data()),
        Arc::clone(prior),
        checkpoint,
    )?)
}

fn advance(run: &mut Run, step: u64) -> anyhow::Result<()> {
    while run.trainer().is_none_or(|trainer| trainer.steps() < step) {
        if let Advance::Over = run.advance()? {
            break;
        }
    }
    Ok(())
}

fn figures(run: &Run) -> (f64, f64) {
    let (Some(trainer), Some(prior)) = (run.trainer(), run.prior()) else {
        return (f64::NAN, f64::NAN);
    };
    let (scores, _) = score_samples(
        run.data(),
        &**prior,
        &run.split().validation,
        |x| trainer.encode(x),
        |c| trainer.decode(c),
    );
    (scores.lr, scores.lc_c_p)
}
