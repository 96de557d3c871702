//! Sessions are read, and their data found, on a thread of its own; until both have succeeded,
//! everything that is there stays.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::data::{DataRecord, DataSet};
use crate::service::Thread;
use crate::session::{KeptNetwork, Session};
use crate::ui::loading::Wake;

/// What is asked for.
enum Job {
    /// All of a session.
    Open(PathBuf),
    /// Only where it stood, for an offer.
    Look(PathBuf),
}

/// A session with its data.
pub struct Opened {
    /// The session; its records say where the data were found.
    pub session: Session,
    /// The data of the controls.
    pub data: Arc<DataSet>,
    /// The data of each network.
    pub of_networks: Vec<Arc<DataSet>>,
}

/// What a session that ended holds, for somebody who may go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Path of the session.
    pub path: PathBuf,
    /// Steps of its run.
    pub step: u64,
    /// Whether the program ended by itself.
    pub closed: bool,
}

/// What came of a job.
pub enum Outcome {
    /// A session is there, or why not.
    Opened(PathBuf, Result<Box<Opened>, String>),
    /// Where a session stood, or what is wrong with it.
    Left(Result<Left, String>),
}

/// The thread. Dropping it waits for the file that is being read.
pub struct Reader {
    jobs: Sender<Job>,
    results: Receiver<Outcome>,
    _thread: Thread,
}

impl Reader {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(wake: Wake) -> io::Result<Self> {
        let (jobs, todo) = bounded::<Job>(4);
        let (done, results) = bounded(4);
        let thread = Thread::spawn("dkae-opener", move || {
            for job in todo {
                let outcome = match job {
                    Job::Open(path) => {
                        let opened = open(&path).map(Box::new);
                        Outcome::Opened(path, opened)
                    }
                    Job::Look(path) => Outcome::Left(look(path)),
                };
                if done.send(outcome).is_err() {
                    break;
                }
                wake();
            }
        })?;
        Ok(Self {
            jobs,
            results,
            _thread: thread,
        })
    }

    /// Asks for a session. `false` if too many wait.
    #[must_use]
    pub fn open(&self, path: PathBuf) -> bool {
        self.jobs.try_send(Job::Open(path)).is_ok()
    }

    /// Asks where a session stood.
    pub fn look(&self, path: PathBuf) {
        // The first that is asked for, of room for four.
        let _ = self.jobs.try_send(Job::Look(path));
    }

    /// The next outcome.
    #[must_use]
    pub fn poll(&self) -> Option<Outcome> {
        self.results.try_recv().ok()
    }
}

fn look(path: PathBuf) -> Result<Left, String> {
    let session = Session::read(&path).map_err(|error| error.to_string())?;
    Ok(Left {
        step: session.run().map_or(0, KeptNetwork::step),
        closed: session.closed,
        path,
    })
}

fn open(path: &Path) -> Result<Opened, String> {
    let mut session = Session::read(path).map_err(|error| error.to_string())?;
    let mut found = Found {
        beside: path.parent(),
        known: Vec::new(),
    };
    let name = |error: String| format!("{}: {error}.", path.display());
    let data = found.find(&mut session.data).map_err(name)?;
    let networks = session.networks.iter_mut();
    let of_networks = networks.map(|kept| {
        let data = found.find(&mut kept.data)?;
        kept.check(&data).map_err(|error| error.to_string())?;
        Ok(data)
    });
    Ok(Opened {
        of_networks: of_networks.collect::<Result<_, _>>().map_err(name)?,
        data,
        session,
    })
}

/// Data that are found, each once.
struct Found<'a> {
    beside: Option<&'a Path>,
    /// As a session names them, as they are found, and they themselves.
    known: Vec<(Arc<DataRecord>, Arc<DataRecord>, Arc<DataSet>)>,
}

impl Found<'_> {
    /// The data of `record`, which says from now on where they are.
    fn find(&mut self, record: &mut Arc<DataRecord>) -> Result<Arc<DataSet>, String> {
        let known = self.known.iter().find(|(named, ..)| named == record);
        if let Some((_, located, data)) = known {
            *record = Arc::clone(located);
            return Ok(Arc::clone(data));
        }
        let located = Arc::new(record.located(self.beside));
        let data = located.find(None).map_err(|error| error.to_string())?;
        let data = Arc::new(data);
        let named = std::mem::replace(record, Arc::clone(&located));
        self.known.push((named, located, Arc::clone(&data)));
        Ok(data)
    }
}
