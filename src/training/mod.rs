//! Training: settings that are checked once, and a [`Run`] that advances one small piece at a
//! time.
//!
//! A run goes through phases ([`PhaseKind`]): it fits the prior kernel's mixtures, places every
//! sample in them, pretrains layer by layer if it is asked to, trains, and takes the last figures
//! on the test samples. [`Run::advance`] does a piece of some milliseconds (a few mixtures, some
//! samples, one step) and returns; the loop, pause and stop live outside, in the worker and in
//! the headless commands.

mod beyond;
mod cause;
mod check;
mod checkpoint;
pub mod config;
pub mod effort;
mod fitted;
mod line;
mod live;
mod making;
pub mod observer;
mod pool;
mod presets;
mod ready;
mod resting;
mod run;
mod schedule;
mod scores;
mod shown;
mod trainer;

pub use cause::Cause;
pub use check::{CheckedConfig, ConfigError};
pub use checkpoint::{Checkpoint, TrainerState};
pub use config::RunConfig;
pub use fitted::{Fitted, PriorStock};
pub use line::{LineData, LineError, SettingsLine};
pub use live::LiveSettings;
pub use ready::MORE_STEPS;
pub use resting::Resting;
pub use run::{Advance, PhaseKind, Run, RunError};
pub use schedule::{Entry, Schedule};
pub use scores::{LossPoint, Scores, score, score_samples};
pub use shown::{HeldOut, ShownDigits};
pub use trainer::{Diverged, Stage, Trainer};
