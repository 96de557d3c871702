//! How long the pieces of a run take on this machine, and how near that is to what it can do.
//!
//! | piece | what is timed |
//! |---|---|
//! | `step` | one step of Adam on a minibatch whose P_k is given: forward, backward, update (Eq. 8) |
//! | `whole_step` | the same as a run takes it: draw, gather, P_k of the PCK, step |
//! | `fit` | the mixtures of the PCK: 870 of them on 200 digits by default |
//! | `posteriors` | placing samples in all mixtures |
//! | `eigen` | the leading 128 eigenpairs of P on the training samples, to a residual of 1e-4 |
//! | `preimage` | Bakır's regression from 32 kernel PCA scores to pixels on them |
//!
//! All of them use the threads of the caller's pool. Beside the times stand the rate of a step in
//! floating-point operations a second, the limit that was measured for it
//! ([`fma_limit`]) and the largest memory that the process has held.

mod pieces;
mod timing;

use std::time::Duration;

use serde::Serialize;

pub use pieces::{Bench, BenchError};
pub use timing::Timing;

use crate::kernel::PckConfig;
use crate::linalg::fma_limit;
use crate::model::{Activation, step_flops};

/// How long the limit of the processor is measured.
const LIMIT_TIME: Duration = Duration::from_millis(200);

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// One training step.
    Step,
    /// Fitting the mixtures.
    Fit,
    /// Placing samples in them.
    Posteriors,
    /// Leading eigenpairs of P.
    Eigen,
    /// The regression of the pre-image.
    Preimage,
}

impl Piece {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 5] = [
        Self::Step,
        Self::Fit,
        Self::Posteriors,
        Self::Eigen,
        Self::Preimage,
    ];
}

/// The sizes of the work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchConfig {
    /// Layer sizes of the step, from the pixels of an image to Nc.
    pub dims: Vec<usize>,
    /// k, samples of its minibatch.
    pub batch: usize,
    /// σ of its hidden layers and codes.
    pub activation: Activation,
    /// The mixtures.
    pub mixtures: PckConfig,
    /// n, samples of the eigenpairs and the pre-image, at the most: the first ones of the data.
    pub training: usize,
    /// Eigenpairs.
    pub pairs: usize,
    /// Components of the pre-image.
    pub components: usize,
    /// Runs of each piece; `None`: 50 steps, 5 fits and 3 of everything else.
    pub runs: Option<usize>,
}

impl Default for BenchConfig {
    fn default() -> Self {
        Self {
            dims: vec![784, 256, 256, 512, 128],
            batch: 200,
            activation: Activation::Relu,
            mixtures: PckConfig::default(),
            training: 14_000,
            pairs: 128,
            components: 32,
            runs: None,
        }
    }
}

/// A step's time, and its rate beside the processor's limit.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StepTiming {
    /// The time.
    #[serde(flatten)]
    pub timing: Timing,
    /// 10⁹ floating-point operations a second of its matrix products, by the median.
    pub gflops: f64,
    /// 10⁹ floating-point operations a second that the threads could do.
    pub fma_limit_gflops: f64,
}

/// The time of a piece that has a number of samples.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PieceTiming {
    /// The time.
    #[serde(flatten)]
    pub timing: Timing,
    /// The samples.
    pub samples: usize,
    /// The relative residual in the end, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual: Option<f64>,
}

/// What was measured; `None` for what was not asked for.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// The sizes.
    pub config: BenchConfig,
    /// Computing threads.
    pub threads: usize,
    /// One step, P_k given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepTiming>,
    /// One step of a run under the PCK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_step: Option<Timing>,
    /// Fitting the mixtures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<PieceTiming>,
    /// Placing all samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posteriors: Option<PieceTiming>,
    /// Eigenpairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eigen: Option<PieceTiming>,
    /// The pre-image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preimage: Option<PieceTiming>,
    /// The most memory that the process has held in RAM so far, in bytes, where the system tells.
    pub peak_resident_bytes: Option<u64>,
}

impl Bench {
    /// Measures `pieces`; `begun` hears of each before it begins.
    ///
    /// # Errors
    ///
    /// [`BenchError`] if the data or the sizes do not allow a piece.
    pub fn measure(
        &mut self,
        pieces: &[Piece],
        mut begun: impl FnMut(Piece),
    ) -> Result<BenchReport, BenchError> {
        let mut report = BenchReport {
            config: self.config().clone(),
            threads: rayon::current_num_threads(),
            step: None,
            whole_step: None,
            fit: None,
            posteriors: None,
            eigen: None,
            preimage: None,
            peak_resident_bytes: None,
        };
        self.check(pieces)?;
        for &piece in pieces {
            begun(piece);
            match piece {
                Piece::Step => {
                    let fma_limit_gflops = fma_limit(LIMIT_TIME) / 1e9;
                    let timing = self.step()?;
                    report.step = Some(StepTiming {
                        timing,
                        gflops: step_flops(&report.config.dims, report.config.batch)
                            / timing.median_s
                            / 1e9,
                        fma_limit_gflops,
                    });
                    report.whole_step = Some(self.whole_step()?);
                }
                Piece::Fit => report.fit = Some(self.fit()?),
                Piece::Posteriors => report.posteriors = Some(self.posteriors()?),
                Piece::Eigen => report.eigen = Some(self.eigen()?),
                Piece::Preimage => report.preimage = Some(self.preimage()?),
            }
        }
        report.peak_resident_bytes = peak_resident_bytes();
        Ok(report)
    }
}

/// The most memory that this process has held in RAM, in bytes; `None` where the system does not
/// tell (it does on Linux).
#[must_use]
pub fn peak_resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
#[path = "bench_tests.rs"]
mod tests;
