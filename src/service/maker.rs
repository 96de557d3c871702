//! A thread that makes what the newest order asks for.

use std::io;
use std::sync::Arc;

use crossbeam_channel::{Sender, bounded};

use super::{Slot, Thread, caught};

/// The owner of the thread. An order takes the place of one that has not been begun. Dropping the owner ends the
/// thread after the order at hand.
pub struct Maker<O, M> {
    orders: Slot<O>,
    made: Slot<M>,
    bell: Option<Sender<()>>,
    _thread: Thread,
}

impl<O: Send + 'static, M: Send + 'static> Maker<O, M> {
    /// Starts a thread of this `name`, which calls `wake` after each thing that it has made.
    ///
    /// # Errors
    ///
    /// If the system gives none.
    pub fn spawn(
        name: &'static str,
        mut make: impl FnMut(O) -> M + Send + 'static,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let (orders, made) = (Slot::<O>::default(), Slot::default());
        let (bell, rung) = bounded(1);
        let (todo, done) = (orders.clone(), made.clone());
        let thread = Thread::spawn(name, move || {
            while rung.recv().is_ok() {
                let Some(order) = todo.take() else { continue };
                match caught(|| make(order)) {
                    Ok(made) => {
                        done.put(made);
                        wake();
                    }
                    Err(said) => tracing::error!("{name} broke ({said}); a defect of the program"),
                }
            }
        })?;
        Ok(Self {
            orders,
            made,
            bell: Some(bell),
            _thread: thread,
        })
    }

    /// Asks for something, in the place of what has not been begun.
    pub fn ask(&self, order: O) {
        self.orders.put(order);
        if let Some(bell) = &self.bell {
            // A bell that rings already is heard.
            let _ = bell.try_send(());
        }
    }

    /// The newest thing that was made since the last call.
    #[must_use]
    pub fn take(&self) -> Option<M> {
        self.made.take()
    }
}

impl<O, M> Drop for Maker<O, M> {
    fn drop(&mut self) {
        drop(self.orders.take());
        self.bell = None;
    }
}
