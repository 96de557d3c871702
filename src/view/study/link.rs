//! The window's end of a study's protocol.
//!
//! The window knows a [`StudyLink`], not a thread: commands go in, the newest snapshot comes out,
//! and nothing ever waits. [`channel`] makes a link whose other end is in the hands of the caller.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::worker::StudyHandle;
use crate::worker::study_protocol::{StudyCommand, StudySnapshot};

/// A study, as seen from the window. No method blocks.
pub trait StudyLink {
    /// Hands a command over; `false` if nobody takes it.
    fn send(&self, command: StudyCommand) -> bool;

    /// The newest snapshot, if there is one since the last call.
    fn news(&self) -> Option<Arc<StudySnapshot>>;

    /// Whether the study's thread still runs.
    fn is_alive(&self) -> bool;
}

impl StudyLink for StudyHandle {
    fn send(&self, command: StudyCommand) -> bool {
        self.send(command)
    }

    fn news(&self) -> Option<Arc<StudySnapshot>> {
        self.news()
    }

    fn is_alive(&self) -> bool {
        self.is_alive()
    }
}

/// How many commands may wait in a link made by [`channel`].
const CAPACITY: usize = 64;

/// The place of the newest snapshot.
type Slot = Arc<Mutex<Option<Arc<StudySnapshot>>>>;

/// A link over a plain channel.
pub struct ChannelLink {
    commands: Sender<StudyCommand>,
    slot: Slot,
}

/// The study's end of a [`ChannelLink`].
pub struct Peer {
    /// What the window asked for.
    pub commands: Receiver<StudyCommand>,
    slot: Slot,
}

impl Peer {
    /// Puts a snapshot in the place of the last one.
    pub fn publish(&self, snapshot: StudySnapshot) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
    }
}

/// A link and its other end.
#[must_use]
pub fn channel() -> (ChannelLink, Peer) {
    let (sender, commands) = bounded(CAPACITY);
    let slot = Slot::default();
    let link = ChannelLink {
        commands: sender,
        slot: Arc::clone(&slot),
    };
    (link, Peer { commands, slot })
}

impl StudyLink for ChannelLink {
    fn send(&self, command: StudyCommand) -> bool {
        self.commands.try_send(command).is_ok()
    }

    fn news(&self) -> Option<Arc<StudySnapshot>> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take()
    }

    fn is_alive(&self) -> bool {
        // The peer holds one end of the slot as long as it lives.
        Arc::strong_count(&self.slot) > 1
    }
}
