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

use crate::data::{DataSet, ImageShape};
use crate::exhibit::Exhibit;
use crate::exhibit::denoising::DenoisingPicture;
use crate::session::{Held, KeptNetwork, Standing};
use crate::training::config::RunConfig;
pub use crate::training::{
    Cause, HeldOut, LiveSettings, LossPoint, PhaseKind, Scores, ShownDigits,
};
use crate::training::{Checkpoint, Fitted, Resting, Schedule};

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
    /// Puts other settings in the place of those that can change while the run goes on. One that is
    /// over wakes if they bear on training, and trains on until its loss has settled; one that is paused
    /// goes on.
    Set(RunId, LiveSettings),
    /// Goes on from the last good weights of a diverged run, at a tenth of the learning rate.
    ContinueGently(RunId),
    /// Trains a run for at least this many steps more.
    Extend(RunId, usize),
    /// Ends the present run, if there is one, and takes up another where it was kept.
    Open(Box<OpenRequest>),
    /// Asks for the run as it stands, to be kept: the answer is [`Event::Kept`].
    Keep(RunId),
    /// Asks for the network with pictures of it at the same step: the answer is [`Event::Pinned`], if there is
    /// one.
    Pin(RunId),
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
    /// A network that was trained before, to go on from under its own settings; the prior kernel is that
    /// of the same data.
    pub from: Option<Box<(Fitted, Checkpoint)>>,
}

/// A run that was kept.
pub struct OpenRequest {
    /// The run's name from now on.
    pub run: RunId,
    /// Its samples.
    pub data: Arc<DataSet>,
    /// Where it stood.
    pub kept: KeptNetwork,
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
    /// The run is not new: this is what it was before. Comes right after its beginning, with the
    /// settings that it *began* with.
    Opened(Box<Past>),
    /// The run as it stands, because somebody asked for it. All losses before it have been told. The
    /// network travels by its address, so that this is light too.
    Kept(Kept),
    /// The network and what there is to see of it, at the same step.
    Pinned(Pinned),
    /// Where it is now; sent at every change of phase and a few times a second.
    Progress(Progress),
    /// Losses of training minibatches since the last such event, in order; thinned on long runs.
    Losses(Vec<LossPoint>),
    /// The losses on validation samples after a step.
    Validation(LossPoint),
    /// Settings took effect before this step.
    Applied {
        /// The number of steps taken before.
        step: u64,
        /// The settings.
        settings: LiveSettings,
    },
    /// Settings could not be taken; the old ones stay.
    Refused {
        /// The settings.
        settings: LiveSettings,
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
        /// How it came to its end.
        end: End,
        /// Time of each phase that was entered, in order.
        phases: Vec<(PhaseKind, Duration)>,
    },
    /// The run cannot go on: a check failed, or the worker broke. A new run can be started.
    Failed {
        /// What happened, and the remedy.
        message: String,
    },
}

/// How a run comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It has taken all its steps.
    Done,
    /// It was woken by a setting, and its loss on validation samples does not change any more.
    Settled,
    /// Somebody stopped it.
    Stopped,
}

/// What a run was before it was opened.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its settings as they are now.
    pub config: RunConfig,
    /// What changed about the training since the beginning.
    pub schedule: Schedule,
    /// Losses of minibatches.
    pub training: Vec<LossPoint>,
    /// Losses on validation samples.
    pub validation: Vec<LossPoint>,
}

/// A network with its pictures.
#[derive(Clone)]
pub struct Pinned {
    /// What there is to see of it.
    pub exhibit: Arc<Exhibit>,
    /// The network.
    pub network: Arc<Checkpoint>,
}

impl std::fmt::Debug for Pinned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pinned").field(&self.network).finish()
    }
}

/// A run as it stands.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it is doing.
    pub standing: Standing,
    /// What there is of it.
    pub held: Held,
    /// Computing threads.
    pub threads: usize,
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
    /// The settings that it began with, as checked.
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
    /// Whether the run trains for as long as its loss changes, so that `total` may still grow.
    pub settling: bool,
    /// Seconds to the end of the run at the present pace, where that is known.
    pub seconds_left: Option<f64>,
}

/// The newest state of a run. Cheap to clone: the large parts are shared.
#[derive(Clone)]
pub struct Snapshot {
    /// The run.
    pub run: RunId,
    /// What there is to see of it.
    pub exhibit: Arc<Exhibit>,
    /// Its network at its end, if nothing has steered or sent it on: for the networks beside it.
    pub own: Option<Resting>,
    /// Its samples and the prior kernel over them, once that is complete: for networks beside it.
    pub fitted: Option<(Arc<DataSet>, Fitted)>,
    /// Its denoising comparison, once that is on all images of its set: for networks beside it.
    pub denoising: Option<Arc<DenoisingPicture>>,
    /// When it was made, so that the way to the screen can be timed.
    pub published: Instant,
}
