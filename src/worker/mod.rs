//! The worker: one named thread that trains, and the protocol it speaks.
//!
//! | file | idea |
//! |---|---|
//! | `protocol` | everything that is said between the worker and whoever watches it |
//! | `handle` | the owner of the thread: sends, receives, stops and joins |
//! | `engine` | the thread's loop: commands, a piece of work, news |
//! | `live_run` | one run with what is told about it |
//! | `comparer` | the second thread: the denoising comparison, which takes seconds |
//! | `studio` | where networks at rest are pictured: what they have in common is made once |
//! | `developer` | pins of a session that is opened, pictured anew |
//! | `ladder` | networks from the same start under other λ, a core each |
//! | `study` | a study on a thread of its own, and the owner of that thread |
//! | `study_protocol` | what is said between a study on its own thread and whoever watches it |
//! | `outbox` | messages that wait for room |
//!
//! Neither side ever waits for the other: commands and messages go through bounded channels that
//! are tried, not waited for, and pictures through a slot that holds the newest alone.

mod comparer;
pub mod developer;
mod engine;
mod handle;
pub mod ladder;
mod live_run;
mod outbox;
pub mod protocol;
#[cfg(test)]
pub(crate) mod small;
mod studio;
mod study;
pub mod study_protocol;

pub use handle::{WorkerHandle, WorkerLink};
pub use study::{CHECKPOINTS, StudyHandle, StudyLink, look_into, study_source};
