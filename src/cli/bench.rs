//! `bench`: how long the pieces of a run take on this machine.

use std::sync::Arc;

use clap::ValueEnum;

use super::{BadInput, ThreadCount};
use crate::data::{Collection, Selection, Source};
use crate::experiment::bench::{Bench, BenchConfig, BenchReport, Piece, PieceTiming, Timing};
use crate::model::Activation;

/// What to measure, and at which sizes.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArguments {
    /// Layer sizes of the step, from the pixels to Nc.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "784,256,256,512,128"
    )]
    pub dims: Vec<usize>,
    /// Samples of a minibatch.
    #[arg(long, value_name = "K", default_value_t = 200)]
    pub batch: usize,
    /// Activation of the hidden layers and the code.
    #[arg(long, value_enum, default_value_t)]
    pub activation: ActivationName,
    /// Only these pieces [default: all of them].
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    pub only: Vec<PieceName>,
    /// Runs of each piece [default: 50 steps, 5 fits, 3 of everything else].
    #[arg(long, value_name = "N")]
    pub runs: Option<usize>,
    /// Samples; the eigenpairs and the pre-image take seven tenths of them [default: 20,000, or
    /// 6,000 where no piece needs more].
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Computing threads.
    #[command(flatten)]
    pub threads: ThreadCount,
    /// Print JSON: an object for each piece.
    #[arg(long)]
    pub json: bool,
}

/// A piece by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PieceName {
    /// One training step.
    Step,
    /// Fitting 870 mixtures on 200 digits.
    Fit,
    /// Placing samples in the mixtures.
    Posteriors,
    /// The leading 128 eigenpairs of P.
    Eigen,
    /// Bakır's pre-image from 32 components.
    Preimage,
}

/// An activation by name.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ActivationName {
    /// max(0, a).
    #[default]
    Relu,
    /// 1 / (1 + e^−a).
    Sigmoid,
}

impl BenchArguments {
    fn pieces(&self) -> Vec<Piece> {
        if self.only.is_empty() {
            return Piece::ALL.to_vec();
        }
        let asked = |piece: &Piece| self.only.iter().any(|&name| Piece::from(name) == *piece);
        Piece::ALL.into_iter().filter(asked).collect()
    }

    fn samples(&self, pieces: &[Piece]) -> usize {
        let few = pieces.iter().all(|p| matches!(p, Piece::Step | Piece::Fit));
        self.samples.unwrap_or(if few { 6_000 } else { 20_000 })
    }
}

impl From<PieceName> for Piece {
    fn from(name: PieceName) -> Self {
        match name {
            PieceName::Step => Self::Step,
            PieceName::Fit => Self::Fit,
            PieceName::Posteriors => Self::Posteriors,
            PieceName::Eigen => Self::Eigen,
            PieceName::Preimage => Self::Preimage,
        }
    }
}

impl From<ActivationName> for Activation {
    fn from(name: ActivationName) -> Self {
        match name {
            ActivationName::Relu => Self::Relu,
            ActivationName::Sigmoid => Self::Sigmoid,
        }
    }
}

/// Measures and prints.
///
/// # Errors
///
/// [`BadInput`] for sizes that cannot be measured or digits that cannot be read; any other error
/// if a piece failed.
pub fn bench(arguments: &BenchArguments) -> anyhow::Result<()> {
    arguments.threads.pool()?.install(|| bench_here(arguments))
}

fn bench_here(arguments: &BenchArguments) -> anyhow::Result<()> {
    let bad = |error: &dyn std::fmt::Display| BadInput(error.to_string());
    let pieces = arguments.pieces();
    let samples = arguments.samples(&pieces);
    let source = match Collection::Mnist.images_for(samples) {
        Some(images) => Source::open(&images),
        None => Source::bundled(),
    };
    let selection = Selection {
        samples: Some(samples),
        ..Selection::default()
    };
    let data = source.and_then(|source| source.select(&selection));
    let data = Arc::new(data.map_err(|error| bad(&error))?);
    let config = BenchConfig {
        dims: arguments.dims.clone(),
        batch: arguments.batch,
        activation: arguments.activation.into(),
        training: data.len() * 7 / 10,
        runs: arguments.runs,
        ..BenchConfig::default()
    };
    let mut bench = Bench::new(data, config).map_err(|error| bad(&error))?;
    bench.check(&pieces).map_err(|error| bad(&error))?;
    let report = bench.measure(&pieces, |piece| {
        if !arguments.json {
            warn_of!("measuring {piece:?} …");
        }
    })?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table(&report));
    }
    Ok(())
}

/// The report for people.
fn table(report: &BenchReport) -> String {
    let mut rows = vec![format!(
        "{:<24} {:>12} {:>12} {:>12} {:>6}\n",
        "", "median", "least", "spread", "runs"
    )];
    if let Some(step) = &report.step {
        rows.push(row("step, P_k given", &step.timing, ""));
        rows.push(format!(
            "{:<24} {:.0} GFLOP/s, {:.0} % of the limit of {:.0}\n",
            "",
            step.gflops,
            100.0 * step.gflops / step.fma_limit_gflops,
            step.fma_limit_gflops
        ));
    }
    if let Some(timing) = &report.whole_step {
        rows.push(row("step of a run", timing, ""));
    }
    let pieces = [
        ("mixtures", &report.fit),
        ("posteriors", &report.posteriors),
        ("eigenpairs", &report.eigen),
        ("pre-image", &report.preimage),
    ];
    for (name, piece) in pieces {
        if let Some(PieceTiming {
            timing,
            samples,
            residual,
        }) = piece
        {
            let residual = residual.map_or_else(String::new, |r| format!(", residual {r:.0e}"));
            rows.push(row(name, timing, &format!("  {samples} samples{residual}")));
        }
    }
    if let Some(bytes) = report.peak_resident_bytes {
        let megabytes = bytes as f64 / 1e6;
        rows.push(format!("{:<24} {megabytes:.0} MB\n", "memory, at the most"));
    }
    rows.concat()
}

fn row(name: &str, timing: &Timing, note: &str) -> String {
    format!(
        "{name:<24} {:>12} {:>12} {:>12} {:>6}{note}\n",
        seconds(timing.median_s),
        seconds(timing.min_s),
        seconds(timing.spread_s),
        timing.runs
    )
}

/// Three digits, in seconds or milliseconds.
fn seconds(value: f64) -> String {
    if value < 1.0 {
        format!("{:.3} ms", value * 1e3)
    } else {
        format!("{value:.3} s")
    }
}
