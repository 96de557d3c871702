//! The worker, as its owner holds it: stopped and joined when this is dropped.

use std::io;

use super::engine::Engine;
use super::protocol::{Command, Message, Snapshot};
use crate::service::{Link, Port};

/// Commands or messages that may wait.
const ROOM: usize = 1024;

/// A worker. No method blocks but dropping, which waits for the piece of work at hand.
pub type WorkerHandle = Port<Command, Message, Snapshot>;

/// A worker, as seen by whoever it serves.
pub type WorkerLink = dyn Link<Command, Message, Snapshot>;

impl WorkerHandle {
    /// Starts a worker that computes on `threads` threads (all cores for 0). `wake` is called
    /// from the worker's thread after something was published.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(threads: usize, wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        Self::serve("dkae-worker", ROOM, move |desk| {
            Engine::new(desk, wake, threads).serve();
        })
    }
}
