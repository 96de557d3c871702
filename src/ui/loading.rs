//! Data come in: by a dialog, a drop, a path. Reading happens on a thread of its own; until it
//! has succeeded, the data and the run that are there stay.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::lists;
use crate::data::{Collection, DataSet, Selection, Source};
use crate::service::Thread;
use crate::session::EXTENSION;
use crate::training::SettingsLine;

/// Which data to load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataChoice {
    /// The images file; `None` for those in the program.
    pub path: Option<PathBuf>,
    /// Which of those.
    pub collection: Collection,
    /// How many samples, drawn by the seed; `None` for all.
    pub samples: Option<usize>,
    /// Which classes; `None` for all.
    pub classes: Option<Vec<u8>>,
    /// The seed of the choice.
    pub seed: u64,
}

/// Reads data; an error is the text that the person reads.
pub type Open = Arc<dyn Fn(&DataChoice) -> Result<DataSet, String> + Send + Sync>;

/// Reads data from a file or from the program itself.
///
/// # Errors
///
/// The text for the person: the file, what is wrong with it, what would be right.
pub fn read(choice: &DataChoice) -> Result<DataSet, String> {
    let source = match &choice.path {
        Some(path) => Source::open(path),
        None => Source::shipped(choice.collection),
    };
    let selection = Selection {
        samples: choice.samples,
        classes: choice.classes.clone(),
        seed: choice.seed,
    };
    source
        .and_then(|source| source.select(&selection))
        .map_err(|error| error.to_string())
}

/// Wakes the window from another thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What data are read for.
pub enum Why {
    /// A run is to begin on them.
    Run,
    /// A settings line was pasted, whose data they may be; else these others may be.
    Paste(Box<SettingsLine>, Vec<DataChoice>),
}

/// The end of a load.
pub struct Loaded {
    /// What was asked for.
    pub choice: DataChoice,
    /// What for.
    pub why: Why,
    /// What came of it.
    pub result: Result<Arc<DataSet>, String>,
}

/// The thread that reads data. Dropping it waits for the file that is being read.
pub struct Loader {
    jobs: Sender<(DataChoice, Why)>,
    results: Receiver<Loaded>,
    _thread: Thread,
    busy: usize,
}

impl Loader {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(open: Open, wake: Wake) -> io::Result<Self> {
        let (jobs, todo) = bounded::<(DataChoice, Why)>(4);
        let (done, results) = bounded(4);
        let thread = Thread::spawn("dkae-loader", move || {
            for (choice, why) in todo {
                let result = open(&choice).map(Arc::new);
                if let Ok(data) = &result {
                    // Kept with them: sessions name data by it, and the window does not wait for it.
                    let _ = data.checksum();
                }
                let loaded = Loaded {
                    choice,
                    why,
                    result,
                };
                if done.send(loaded).is_err() {
                    break;
                }
                wake();
            }
        })?;
        Ok(Self {
            jobs,
            results,
            _thread: thread,
            busy: 0,
        })
    }

    /// Asks for data. `false` if too much is waiting already.
    pub fn load(&mut self, choice: DataChoice, why: Why) -> bool {
        match self.jobs.try_send((choice, why)) {
            Ok(()) => {
                self.busy += 1;
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }

    /// Whether something is being read.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.busy > 0
    }

    /// The next load that has come to an end.
    pub fn poll(&mut self) -> Option<Loaded> {
        let loaded = self.results.try_recv().ok()?;
        self.busy = self.busy.saturating_sub(1);
        Some(loaded)
    }
}

/// What a dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A file of images.
    Data,
    /// The folder of saved pictures.
    Folder,
    /// The folder of a study's results.
    Study,
    /// A session.
    Session,
}

/// How a dialog ended.
pub enum Answer {
    /// A path.
    Path(Purpose, PathBuf),
    /// It was closed.
    Cancelled,
    /// There is no dialog on this machine.
    Missing(Purpose),
}

/// A dialog that answers `None` sooner than a person can click was never there.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(150);

/// The ends of the names of files that can be read. Plain IDX files often have none, so that a
/// dialog offers all files, too.
const READABLE: [&str; 4] = ["gz", "idx3-ubyte", "idx", "ubyte"];

/// At most one open file dialog, on a thread of its own.
#[derive(Default)]
pub struct Dialog {
    answer: Option<Receiver<Answer>>,
}

impl Dialog {
    /// Opens a dialog, unless one is open.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn open(&mut self, purpose: Purpose, folder: Option<&Path>, wake: Wake) -> io::Result<()> {
        if self.answer.is_some() {
            return Ok(());
        }
        let (sender, receiver) = bounded(1);
        let mut dialog = rfd::FileDialog::new();
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        // Not joined: an open dialog would keep the program from closing. The thread owns
        // nothing but its end of the channel.
        std::thread::Builder::new()
            .name("dkae-dialog".to_owned())
            .spawn(move || {
                let opened = Instant::now();
                let path = match purpose {
                    Purpose::Data => dialog
                        .set_title("Images: an IDX file, plain or .gz")
                        .add_filter("IDX images, plain or gzip", &READABLE)
                        .add_filter("All files", &["*"])
                        .pick_file(),
                    Purpose::Folder => dialog.set_title("Folder of saved pictures").pick_folder(),
                    Purpose::Study => dialog
                        .set_title("Folder of the experiments' results")
                        .pick_folder(),
                    Purpose::Session => dialog
                        .set_title("A session")
                        .add_filter("Sessions", &[EXTENSION])
                        .pick_file(),
                };
                let answer = match path {
                    Some(path) => Answer::Path(purpose, path),
                    None if opened.elapsed() < FASTER_THAN_A_PERSON => Answer::Missing(purpose),
                    None => Answer::Cancelled,
                };
                // Without a window there is nobody to answer.
                let _ = sender.send(answer);
                wake();
            })?;
        self.answer = Some(receiver);
        Ok(())
    }

    /// The answer, once it is there.
    pub fn poll(&mut self) -> Option<Answer> {
        use crossbeam_channel::TryRecvError;
        match self.answer.as_ref()?.try_recv() {
            Ok(answer) => {
                self.answer = None;
                Some(answer)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.answer = None;
                Some(Answer::Cancelled)
            }
        }
    }
}

/// Reads a list of classes: `3`, `5, 6`, `0-4 9`; nothing for all.
///
/// # Errors
///
/// A text that says what could not be read and what could.
pub fn parse_classes(text: &str) -> Result<Option<Vec<u8>>, String> {
    let mut classes = Vec::new();
    for part in lists::parts(text) {
        let wrong = || format!("“{part}” is no class: write numbers such as 5, 6 or 0-4");
        classes.extend(lists::range::<u8>(part).ok_or_else(wrong)?);
    }
    classes.sort_unstable();
    classes.dedup();
    Ok((!classes.is_empty()).then_some(classes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_read_as_written() {
        assert_eq!(parse_classes(""), Ok(None));
        assert_eq!(parse_classes("6, 5"), Ok(Some(vec![5, 6])));
        assert_eq!(parse_classes("0-2 9 1"), Ok(Some(vec![0, 1, 2, 9])));
        assert!(parse_classes("five").is_err_and(|error| error.contains("five")));
        assert!(parse_classes("5-2").is_err());
    }

    #[test]
    fn a_failed_load_carries_its_text() {
        let open: Open = Arc::new(|choice| Err(format!("{:?} is not there", choice.path)));
        let mut loader = Loader::spawn(open, Arc::new(|| {})).unwrap();
        assert!(loader.load(DataChoice::default(), Why::Run));
        let loaded = loader.results.recv().unwrap();
        assert!(loaded.result.is_err_and(|text| text.contains("not there")));
    }
}
