//! A thread and its owner.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

/// A named thread, which is joined when this is dropped. Whatever tells the thread to end has to be
/// dropped before: a field that stands above this one.
pub struct Thread {
    name: &'static str,
    handle: Option<JoinHandle<()>>,
}

impl Thread {
    /// Starts a thread of this name.
    ///
    /// # Errors
    ///
    /// If the system gives none.
    pub fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let builder = std::thread::Builder::new().name(name.into());
        Ok(Self {
            name,
            handle: Some(builder.spawn(work)?),
        })
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let handle = self.handle.as_ref();
        handle.is_some_and(|handle| !handle.is_finished())
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take()
            && let Err(panic) = handle.join()
        {
            tracing::error!("{} ended by a panic: {}", self.name, said(&*panic));
        }
    }
}

/// Does `work`; if it panics, what it said.
///
/// # Errors
///
/// The panic's own words. What `work` was changing may be half changed: the caller drops it.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| said(&*panic))
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_its_own_words() {
        assert_eq!(caught(|| 3), Ok(3));
        let broke = |text: &str| caught(|| panic!("{text} of it"));
        assert_eq!(broke("half"), Err("half of it".to_owned()));
        let plain: Result<(), _> = caught(|| panic!("plain"));
        assert_eq!(plain, Err("plain".to_owned()));
        let odd: Result<(), _> = caught(|| std::panic::panic_any(7));
        assert_eq!(odd, Err("no reason given".to_owned()));
    }

    #[test]
    fn dropping_the_owner_waits_for_the_thread() {
        let (sender, receiver) = crossbeam_channel::bounded::<()>(0);
        let (done, ended) = crossbeam_channel::bounded(1);
        let thread = Thread::spawn("a test", move || {
            assert!(receiver.recv().is_err());
            done.send(()).unwrap();
        })
        .unwrap();
        assert!(thread.is_alive());
        drop(sender);
        drop(thread);
        assert!(ended.try_recv().is_ok());
    }
}
