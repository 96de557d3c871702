//! The owner of the worker's thread: it is stopped and joined when this is dropped.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::engine::Engine;
use super::protocol::{Command, Message, Snapshot};
use crate::service::Slot;

/// Commands or messages that may wait.
const CAPACITY: usize = 1024;

/// Why a command did not reach the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too many commands wait; the same one may be sent again in a moment.
    #[error("the worker has not yet read earlier commands")]
    Full,
    /// The thread has ended.
    #[error("the worker is gone")]
    Gone,
}

/// A worker. No method blocks but dropping, which waits for the piece of work at hand.
pub struct WorkerHandle {
    commands: Option<Sender<Command>>,
    messages: Receiver<Message>,
    snapshots: Slot<Arc<Snapshot>>,
    thread: Option<JoinHandle<()>>,
}

impl WorkerHandle {
    /// Starts a worker that computes on `threads` threads (all cores for 0). `wake` is called
    /// from the worker's thread after something was published.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(threads: usize, wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let (commands, command_receiver) = bounded(CAPACITY);
        let (message_sender, messages) = bounded(CAPACITY);
        let snapshots = Slot::default();
        let slot = snapshots.clone();
        let thread = std::thread::Builder::new()
            .name("dkae-worker".into())
            .spawn(move || {
                Engine::new(command_receiver, message_sender, slot, wake, threads).serve();
            })?;
        Ok(Self {
            commands: Some(commands),
            messages,
            snapshots,
            thread: Some(thread),
        })
    }

    /// Hands a command over.
    ///
    /// # Errors
    ///
    /// If there is no room for it now, or nobody to take it.
    pub fn send(&self, command: Command) -> Result<(), SendError> {
        let Some(commands) = &self.commands else {
            return Err(SendError::Gone);
        };
        commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Full,
            TrySendError::Disconnected(_) => SendError::Gone,
        })
    }

    /// The messages that have arrived, in order.
    pub fn messages(&self) -> impl Iterator<Item = Message> + '_ {
        self.messages.try_iter()
    }

    /// The newest snapshot since the last call.
    #[must_use]
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.take()
    }

    /// Whether the thread still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        // Without a sender the engine's loop ends after the piece at hand.
        self.commands = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the worker ended by a panic");
        }
    }
}
