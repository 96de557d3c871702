//! Both ends of what is said between a thread that serves and whoever it serves: commands in,
//! messages and the newest snapshot out.
//!
//! Whoever is served holds a [`Port`] (or anything else that is a [`Link`]); the thread has the
//! [`Desk`]. Neither waits for the other.

use std::io;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::slot::Slot;
use super::thread::Thread;

/// Why a command did not reach the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too many commands wait; the same one may be sent again in a moment.
    #[error("the worker has not yet read earlier commands")]
    Full,
    /// The thread has ended.
    #[error("the worker is gone")]
    Gone,
}

/// A thread that takes commands `C` and gives messages `M` and snapshots `S`, as seen by whoever it
/// serves. No method blocks.
pub trait Link<C, M, S> {
    /// Hands a command over.
    ///
    /// # Errors
    ///
    /// If there is no room for it now, or nobody to take it.
    fn send(&self, command: C) -> Result<(), SendError>;

    /// Appends the messages that have arrived since the last call, in order.
    fn drain(&self, into: &mut Vec<M>);

    /// The newest snapshot, if there is one since the last call.
    fn newest(&self) -> Option<Arc<S>>;

    /// Whether somebody still serves.
    fn is_alive(&self) -> bool;
}

/// The owner's end. Dropping it ends the thread, and waits for the piece of work at hand.
pub struct Port<C, M, S> {
    // In this order: the thread is joined when nothing holds it any more.
    commands: Sender<C>,
    messages: Receiver<M>,
    newest: Slot<Arc<S>>,
    thread: Option<Thread>,
}

/// The thread's end.
pub struct Desk<C, M, S> {
    /// What is asked for.
    pub commands: Receiver<C>,
    /// Where messages go.
    pub messages: Sender<M>,
    /// Where snapshots go.
    pub newest: Slot<Arc<S>>,
}

/// Both ends, with room for so many commands and as many messages, and no thread: the desk is in the
/// hands of the caller.
#[must_use]
pub fn pair<C, M, S>(room: usize) -> (Port<C, M, S>, Desk<C, M, S>) {
    let (sender, commands) = bounded(room);
    let (messages, receiver) = bounded(room);
    let newest = Slot::default();
    let port = Port {
        commands: sender,
        messages: receiver,
        newest: newest.clone(),
        thread: None,
    };
    let desk = Desk {
        commands,
        messages,
        newest,
    };
    (port, desk)
}

impl<C, M, S> Port<C, M, S>
where
    C: Send + 'static,
    M: Send + 'static,
    S: Send + Sync + 'static,
{
    /// Starts a thread of this name that does `work` at its desk, with room for so many commands and
    /// messages.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn serve(
        name: &'static str,
        room: usize,
        work: impl FnOnce(Desk<C, M, S>) + Send + 'static,
    ) -> io::Result<Self> {
        let (mut port, desk) = pair(room);
        port.thread = Some(Thread::spawn(name, move || work(desk))?);
        Ok(port)
    }
}

impl<C, M, S> Port<C, M, S> {
    /// The messages that have arrived, in order.
    pub fn messages(&self) -> impl Iterator<Item = M> + '_ {
        self.messages.try_iter()
    }
}

impl<C, M, S> Link<C, M, S> for Port<C, M, S> {
    fn send(&self, command: C) -> Result<(), SendError> {
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => SendError::Full,
                TrySendError::Disconnected(_) => SendError::Gone,
            })
    }

    fn drain(&self, into: &mut Vec<M>) {
        into.extend(self.messages());
    }

    fn newest(&self) -> Option<Arc<S>> {
        self.newest.take()
    }

    fn is_alive(&self) -> bool {
        match &self.thread {
            Some(thread) => thread.is_alive(),
            // The desk holds one end of the slot as long as it is there.
            None => self.newest.is_shared(),
        }
    }
}

impl<C, M, S> Desk<C, M, S> {
    /// Whether the port is gone: nobody will read what is told, or send another command.
    #[must_use]
    pub fn is_deserted(&self) -> bool {
        !self.newest.is_shared()
    }

    /// Sends a message; `false` if nobody reads it, or too slowly.
    pub fn say(&self, message: M) -> bool {
        self.messages.try_send(message).is_ok()
    }

    /// Puts a snapshot in the place of the last one.
    pub fn publish(&self, snapshot: S) {
        self.newest.put(Arc::new(snapshot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_arrives_and_the_newest_snapshot_alone() {
        let (port, desk) = pair::<u8, u8, u8>(2);
        assert_eq!([port.send(1), port.send(2)], [Ok(()), Ok(())]);
        assert_eq!(port.send(3), Err(SendError::Full));
        assert_eq!(desk.commands.try_iter().collect::<Vec<_>>(), [1, 2]);
        assert!(desk.say(7) && desk.say(8) && !desk.say(9));
        let mut heard = Vec::new();
        port.drain(&mut heard);
        assert_eq!(heard, [7, 8]);
        desk.publish(4);
        desk.publish(5);
        assert_eq!((port.newest().as_deref(), port.newest()), (Some(&5), None));
        assert!(port.is_alive() && !desk.is_deserted());
        drop(desk);
        assert!(!port.is_alive());
        assert_eq!(port.send(1), Err(SendError::Gone));
    }

    #[test]
    fn a_thread_learns_that_its_port_is_gone_and_is_waited_for() {
        let (told, ended) = bounded(1);
        let port = Port::<u8, u8, u8>::serve("a test", 1, move |desk| {
            while !desk.is_deserted() {
                std::thread::yield_now();
            }
            assert!(desk.commands.recv().is_err());
            told.send(()).unwrap();
        })
        .unwrap();
        assert!(port.is_alive());
        drop(port);
        assert!(ended.try_recv().is_ok());
    }
}
