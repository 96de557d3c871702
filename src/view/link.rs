//! The window's end of the worker's protocol.
//!
//! The window knows a [`Link`], not a thread: commands go in, messages and the newest snapshot
//! come out, and nothing ever waits. [`channel`] makes a link whose other end is in the hands of
//! the caller.

use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::worker::protocol::{Command, Message, Snapshot};
use crate::worker::{SendError, WorkerHandle};

/// Why a command did not reach the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Too many commands wait already; the same one may be sent again in a moment.
    #[error("the worker has not yet read earlier commands")]
    Full,
    /// Nobody is there any more.
    #[error("the worker is gone")]
    Closed,
}

/// A worker, as seen from the window. No method blocks.
pub trait Link {
    /// Hands a command over.
    ///
    /// # Errors
    ///
    /// If there is no room for it now, or nobody to take it.
    fn send(&self, command: Command) -> Result<(), LinkError>;

    /// Appends the messages that have arrived since the last call, in order.
    fn drain(&self, into: &mut Vec<Message>);

    /// The newest snapshot, if there is one since the last call.
    fn snapshot(&self) -> Option<Arc<Snapshot>>;

    /// Whether the worker still runs.
    fn is_alive(&self) -> bool;
}

impl Link for WorkerHandle {
    fn send(&self, command: Command) -> Result<(), LinkError> {
        self.send(command).map_err(|error| match error {
            SendError::Full => LinkError::Full,
            SendError::Gone => LinkError::Closed,
        })
    }

    fn drain(&self, into: &mut Vec<Message>) {
        into.extend(self.messages());
    }

    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot()
    }

    fn is_alive(&self) -> bool {
        self.is_alive()
    }
}

/// How many commands or messages may wait in a link made by [`channel`].
const CAPACITY: usize = 1024;

/// A link over plain channels.
pub struct ChannelLink {
    commands: Sender<Command>,
    events: Receiver<Message>,
    slot: Arc<Mutex<Option<Arc<Snapshot>>>>,
}

/// The worker's end of a [`ChannelLink`].
pub struct Peer {
    /// What the window asked for.
    pub commands: Receiver<Command>,
    events: Sender<Message>,
    slot: Arc<Mutex<Option<Arc<Snapshot>>>>,
}

impl Peer {
    /// Sends a message to the window; `false` if the window is gone or reads too slowly.
    pub fn say(&self, message: Message) -> bool {
        self.events.try_send(message).is_ok()
    }

    /// Puts a snapshot in the place of the last one.
    pub fn publish(&self, snapshot: Snapshot) {
        let mut slot = self
            .slot
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *slot = Some(Arc::new(snapshot));
    }
}

/// A link and its other end.
#[must_use]
pub fn channel() -> (ChannelLink, Peer) {
    let (command_sender, command_receiver) = bounded(CAPACITY);
    let (event_sender, event_receiver) = bounded(CAPACITY);
    let slot = Arc::new(Mutex::new(None));
    let link = ChannelLink {
        commands: command_sender,
        events: event_receiver,
        slot: Arc::clone(&slot),
    };
    (
        link,
        Peer {
            commands: command_receiver,
            events: event_sender,
            slot,
        },
    )
}

impl Link for ChannelLink {
    fn send(&self, command: Command) -> Result<(), LinkError> {
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => LinkError::Full,
                TrySendError::Disconnected(_) => LinkError::Closed,
            })
    }

    fn drain(&self, into: &mut Vec<Message>) {
        into.extend(self.events.try_iter());
    }

    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.slot
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }

    fn is_alive(&self) -> bool {
        // The peer holds one end of the slot as long as it lives.
        Arc::strong_count(&self.slot) > 1
    }
}
