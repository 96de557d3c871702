//! What is said between a study on its thread and whoever watches it.
//!
//! A study is told to pause, go on or stop; it publishes a [`StudySnapshot`], of which only the
//! newest counts.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::Collection;
use crate::experiment::beforehand::Beforehand;
use crate::experiment::findings::Findings;
use crate::experiment::plan::{Plan, Task};
pub use crate::experiment::study::Watch;

/// Everything a study needs.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyRequest {
    /// What is to be found out.
    pub plan: Plan,
    /// The images file; `None` for those in the program, or a file that holds enough for the plan
    /// if there is one.
    pub images: Option<PathBuf>,
    /// Which images in the program, where no file is given.
    pub collection: Collection,
    /// The folder that keeps the results. If it holds some of the same study, they count.
    pub folder: PathBuf,
    /// Computing threads; all cores for 0.
    pub threads: usize,
    /// What is there already, to be taken over.
    pub beforehand: Option<Beforehand>,
}

/// What a study is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyCommand {
    /// Wait after the piece at hand; a checkpoint is written.
    Pause,
    /// Go on.
    Resume,
    /// End after the piece at hand; what is done stays in the folder, and a study with the same
    /// folder goes on from there.
    Stop,
}

/// Where a study is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StudyState {
    /// It works.
    Working,
    /// It waits.
    Paused,
    /// Somebody stopped it.
    Stopped,
    /// All of it is done.
    Finished,
    /// None runs: this is what its folder held when it was read.
    Found,
    /// None of ours runs, but another process works in its folder, which held this when it was read.
    Busy,
    /// It cannot go on: what happened, and the remedy.
    Failed(String),
}

impl StudyState {
    /// Whether it has ended, in whichever way.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Working | Self::Paused)
    }
}

/// How far a study is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyProgress {
    /// The task at hand.
    pub task: Option<Task>,
    /// What it does right now, as in "Training".
    pub phase: &'static str,
    /// Units of that done and in all; 0 of 0 where that cannot be told.
    pub units: (usize, usize),
    /// Tasks done and in all.
    pub tasks: (usize, usize),
    /// The part of all work that is done, from 0 to 1.
    pub share: f64,
    /// Seconds that all tasks that are left take, by counted operations and the measured rate;
    /// `None` until a network has trained for a moment.
    pub seconds_left: Option<f64>,
}

/// The newest state of a study. Cheap to clone.
#[derive(Clone, Debug)]
pub struct StudySnapshot {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The folder.
    pub folder: PathBuf,
    /// What is found so far.
    pub findings: Findings,
    /// Where it is.
    pub state: StudyState,
    /// How far it is.
    pub progress: StudyProgress,
    /// What there is to see of the task at hand.
    pub watch: Option<Arc<Watch>>,
    /// Where its results come from; `None` until the data are read.
    pub origin: Option<Arc<StudyOrigin>>,
    /// Seconds it has worked, all its starts together.
    pub seconds: f64,
    /// What of the folder was damaged, and what became of it, a line each.
    pub notices: Arc<[String]>,
}

/// Where a study's results come from, for its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyOrigin {
    /// The data's name.
    pub data: String,
    /// The collection that they are from, where the program knows it.
    pub collection: Option<Collection>,
    /// SHA-256 of the images and labels, in hexadecimal digits.
    pub checksum: String,
    /// Computing threads.
    pub threads: usize,
    /// Whether some of the results were there from an earlier start.
    pub resumed: bool,
}
