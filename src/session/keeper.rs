//! The thread that writes sessions: at most one is written at a time, and nobody waits for it who
//! trains or paints.

use std::cell::Cell;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{KeptNetwork, Session};
use crate::data::WriteError;
use crate::service::Thread;

/// Jobs that may wait behind the one at hand.
const ROOM: usize = 2;

/// Networks that stand beside the run, made on the thread that writes them.
pub type Beside = Box<dyn FnOnce() -> Vec<KeptNetwork> + Send>;

/// A session to be written.
pub struct Job {
    /// Where to.
    pub path: PathBuf,
    /// What.
    pub session: Session,
    /// More networks.
    pub beside: Option<Beside>,
    /// Whether the folder is made if it is not there.
    pub make_folder: bool,
}

/// The end of a job.
pub struct Written {
    /// Path of the session.
    pub path: PathBuf,
    /// What went wrong, if anything.
    pub result: Result<(), WriteError>,
    /// How long it took.
    pub spent: Duration,
}

/// The thread. Dropping it waits until everything is written.
pub struct Keeper {
    // In this order: with the reader gone a full list of results holds nobody up.
    jobs: Sender<Job>,
    results: Receiver<Written>,
    _thread: Thread,
    /// Jobs whose end was not heard of yet.
    open: Cell<usize>,
}

impl Keeper {
    /// Starts the thread. `wake` is called from it when a file was written, or was not.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let (jobs, todo) = bounded::<Job>(ROOM);
        let (done, results) = bounded(ROOM + 1);
        let thread = Thread::spawn("dkae-keeper", move || {
            for job in todo {
                // A reader that is gone does not keep what is asked for from being written.
                let _ = done.send(write(job));
                wake();
            }
        })?;
        Ok(Self {
            jobs,
            results,
            _thread: thread,
            open: Cell::new(0),
        })
    }

    /// Asks for a file. `false` if others wait.
    #[must_use]
    pub fn keep(&self, job: Job) -> bool {
        let sent = self.jobs.try_send(job).is_ok();
        self.open.update(|open| open + usize::from(sent));
        sent
    }

    /// Asks for a file, and waits until there is room for it.
    pub fn keep_at_last(&self, job: Job) {
        // The thread lives as long as this.
        let sent = self.jobs.send(job).is_ok();
        self.open.update(|open| open + usize::from(sent));
    }

    /// Whether the end of all that was asked for was heard of.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.open.get() == 0
    }

    /// The next file that was written, or was not.
    #[must_use]
    pub fn poll(&self) -> Option<Written> {
        self.heard(self.results.try_recv().ok())
    }

    /// Waits for the next file.
    #[must_use]
    pub fn wait(&self, longest: Duration) -> Option<Written> {
        self.heard(self.results.recv_timeout(longest).ok())
    }

    fn heard(&self, written: Option<Written>) -> Option<Written> {
        let count = usize::from(written.is_some());
        self.open.update(|open| open.saturating_sub(count));
        written
    }
}

fn write(job: Job) -> Written {
    let began = Instant::now();
    let Job {
        path,
        mut session,
        beside,
        make_folder,
    } = job;
    if let (true, Some(folder)) = (make_folder, path.parent()) {
        // What keeps it from being made keeps the file from being written, which is told.
        let _ = std::fs::create_dir_all(folder);
    }
    if let Some(beside) = beside {
        session.networks.extend(beside());
    }
    Written {
        result: session.write(&path),
        path,
        spent: began.elapsed(),
    }
}
