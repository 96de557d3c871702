//! The whole protocol between the worker and whoever watches it: commands in, events and a
//! latest-value snapshot out.
//!
//! Events are light (numbers and short texts) and none is lost; matrices and images travel in
//! [`Snapshot`]s, of which only the newest counts. Everything carries the [`RunId`] it belongs
//! to, so that what is left over from an earlier run can be told apart and dropped. What the
//! worker says is what is true: a run is paused when [`Event::Paused`] says so, λ has a value
//! when [`Event::Applied`] says so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;

use crate::data::{DataSet, ImageShape};
pub use crate::experiment::method::Method;
use crate::training::config::{DenoisingConfig, RunConfig};
pub use crate::training::{Cause, HeldOut, LossPoint, PhaseKind, Scores, ShownDigits};

/// One run, from its start to its end. Never used twice in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u64);

/// What the worker is asked to do.
pub enum Command {
    /// Ends the present run, if there is one, and starts another.
    Start(Box<StartRequest>),
    /// Stops after the step at hand and waits.
    Pause(RunId),
    /// Goes on with a run that waits or was stopped.
    Resume(RunId),
    /// Takes one step of a paused run.
    SingleStep(RunId),
    /// Stops the run where it stands: the figures on all test samples are taken, what it made stays
    /// on show, and it can go on.
    Stop(RunId),
    /// Changes a setting of the run. One that is over wakes if the setting bears on training, and
    /// trains on for a while.
    Set(RunId, Setting),
    /// Goes on from the last good weights of a diverged run, at a tenth of the learning rate.
    ContinueGently(RunId),
    /// Trains a run for at least this many steps more.
    Extend(RunId, usize),
    /// Panics, for tests of what happens then.
    #[cfg(test)]
    Break,
}

/// Everything a run needs.
pub struct StartRequest {
    /// The run's name from now on.
    pub run: RunId,
    /// The samples.
    pub data: Arc<DataSet>,
    /// The settings; the worker checks them against the data.
    pub config: RunConfig,
}

/// A setting that can change while a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// λ of Eq. 5, from the next minibatch on.
    Lambda(f64),
    /// Nc: the code layer starts anew, the layers below stay.
    CodeSize(usize),
    /// Adam's learning rate, from the next minibatch on.
    LearningRate(f64),
    /// Standard deviation of the noise on the training input, from the next minibatch on.
    InputNoise(f64),
    /// The denoising comparison.
    Denoising(DenoisingConfig),
    /// How many held-out digits the kernels show.
    Shown(usize),
}

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub struct Message {
    /// The run.
    pub run: RunId,
    /// What happened.
    pub event: Event,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run has begun.
    Started(Box<RunSummary>),
    /// Where it is now; sent at every change of phase and a few times a second.
    Progress(Progress),
    /// Losses of training minibatches since the last such event, in order; thinned on long runs.
    Losses(Vec<LossPoint>),
    /// The losses on validation samples after a step.
    Validation(LossPoint),
    /// A setting took effect before this step.
    Applied {
        /// The number of steps taken before.
        step: u64,
        /// The setting.
        setting: Setting,
    },
    /// A setting could not be taken; the old value stays.
    Refused {
        /// The setting.
        setting: Setting,
        /// Why, and what would be right.
        reason: String,
    },
    /// The run waits (`true`) or goes on (`false`), after a pause, a stop or its end.
    Paused(bool),
    /// A loss was not finite. The run waits with its last good weights.
    Diverged {
        /// The step whose loss it was.
        step: u64,
        /// What is likely to blame.
        cause: Cause,
        /// What happened and under which settings.
        message: String,
    },
    /// The run has taken all its steps, or was stopped.
    Finished {
        /// Whether somebody stopped it.
        stopped: bool,
        /// Time of each phase that was entered, in order.
        phases: Vec<(PhaseKind, Duration)>,
    },
    /// The run cannot go on: a check failed, or the worker broke. A new run can be started.
    Failed {
        /// What happened, and the remedy.
        message: String,
    },
}

/// What a run works on, fixed from its start.
#[derive(Clone, Debug)]
pub struct RunSummary {
    /// The data set's name.
    pub data: String,
    /// SHA-256 of the chosen images and labels.
    pub checksum: String,
    /// The images' size.
    pub shape: ImageShape,
    /// Training, validation and test samples.
    pub samples: [usize; 3],
    /// The settings as checked.
    pub config: RunConfig,
    /// Layer sizes from the pixels to the code.
    pub dims: Vec<usize>,
    /// Trained numbers of the network.
    pub parameters: usize,
    /// Computing threads.
    pub threads: usize,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The phase.
    pub phase: PhaseKind,
    /// Units done in this phase: mixtures, samples or steps.
    pub done: usize,
    /// Units of this phase in all.
    pub total: usize,
    /// The layer that is pretrained, from 1.
    pub layer: Option<usize>,
    /// Steps taken in all.
    pub step: u64,
    /// Training steps a second at the present pace.
    pub steps_per_second: Option<f64>,
    /// Floating-point operations a second of the steps' matrix products at the present pace.
    pub flops: Option<f64>,
    /// The most that the processor's threads can do of them in a second.
    pub fma_limit: f64,
    /// Seconds to the end of the run at the present pace.
    pub seconds_left: Option<f64>,
}

/// The newest state of a run. Cheap to clone: the large parts are shared.
#[derive(Clone)]
pub struct Snapshot {
    /// The run.
    pub run: RunId,
    /// Steps taken in all.
    pub step: u64,
    /// The held-out digits that the kernels show.
    pub shown: Arc<ShownDigits>,
    /// P on them, once the first mixtures are there.
    pub prior: Option<Arc<PriorPicture>>,
    /// C on them, once the network is there.
    pub codes: Option<Arc<CodePicture>>,
    /// The denoising comparison, as far as it has come.
    pub denoising: Option<Arc<DenoisingPicture>>,
    /// The figures on *all* test samples, when the run is over. No other picture or figure of a
    /// snapshot is of test samples, so that nobody turns a slider by them.
    pub test_scores: Option<Scores>,
    /// When it was made, so that the way to the screen can be timed.
    pub published: Instant,
}

/// The prior kernel on the shown digits.
pub struct PriorPicture {
    /// P, N×N, as Eq. 4 (or another kernel's definition) gives it.
    pub matrix: Array2<f32>,
    /// ‖P‖F of this block.
    pub norm: f64,
    /// Mixtures in it so far, and in the end; `None` for kernels without mixtures.
    pub mixtures: Option<(usize, usize)>,
    /// Lc(P, K_I) on these digits, if they have classes; needs no network.
    pub lc_p_ki: Option<f64>,
}

impl PriorPicture {
    /// Whether all mixtures are in it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.mixtures.is_none_or(|(done, all)| done >= all)
    }
}

/// The codes' kernel on the shown digits, and what goes with it.
pub struct CodePicture {
    /// C, N×N: the inner products of the codes.
    pub matrix: Array2<f32>,
    /// ‖C‖F of this block.
    pub norm: f64,
    /// Codes, N×Nc.
    pub codes: Array2<f32>,
    /// Reconstructions of the shown digits, N×d.
    pub reconstructions: Array2<f32>,
    /// Steps taken before.
    pub step: u64,
    /// λ then.
    pub lambda: f64,
    /// Figures on the shown digits.
    pub scores: Scores,
}

/// The denoising comparison (Table 2, Fig. 6) under one set of settings.
pub struct DenoisingPicture {
    /// The settings.
    pub config: DenoisingConfig,
    /// Steps taken when the codes were made.
    pub step: u64,
    /// Which digits they are.
    pub set: HeldOut,
    /// Samples that the errors are means over.
    pub samples: usize,
    /// Indices of the digits that are drawn.
    pub indices: Vec<usize>,
    /// Their classes.
    pub labels: Option<Vec<u8>>,
    /// The images' size.
    pub shape: ImageShape,
    /// Without noise, N×d.
    pub clean: Array2<f32>,
    /// Rows in the order they are drawn: [`LIVE_ROWS`] on the Live page.
    pub rows: Vec<DenoisedRow>,
}

/// The methods of the Live page, in the order of their rows.
pub const LIVE_ROWS: [Method; 5] = [
    Method::Noisy,
    Method::Kpca,
    Method::DkaePca,
    Method::DkaeStraight,
    Method::LinearPca,
];

/// What one method made of the noisy digits.
pub struct DenoisedRow {
    /// The method.
    pub method: Method,
    /// Its images, N×d, cut to [0, 1] (but for the noisy ones); `None` while they are computed.
    pub images: Option<Arc<Array2<f32>>>,
    /// Mean squared error to the clean images over all `samples`.
    pub error: Option<f64>,
    /// Mean squared error of each drawn digit.
    pub each: Vec<f64>,
    /// Why there are no images, or that there were fewer components than asked for.
    pub note: Option<String>,
}
