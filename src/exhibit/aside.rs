//! A thread that looks closer at what is on show, beside the one that trains.

use crate::linalg::{Rank, Threads};

/// The thread that it is made on, which computes alone and gives way to all others.
pub struct Aside(Threads);

impl Aside {
    /// This thread, from now on.
    #[must_use]
    pub fn here() -> Self {
        Self(Threads::of(1, Rank::Aside))
    }

    /// Does `work` on it, whatever threads there are else.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.0.install(work)
    }
}
