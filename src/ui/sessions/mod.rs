//! Sessions in the window: saved by name, kept by themselves every minute and at the end, and opened
//! again.
//!
//! | file | idea |
//! |---|---|
//! | `place` | the folder of what is kept by itself, a place a window |
//! | `reader` | the thread that reads sessions and finds their data |
//! | `bar` | the offer to go on with the last session |
//! | `menu` | the entries of the save menu |
//!
//! What is written goes through [`crate::session::Keeper`]: the worker hands the network over between
//! two steps, and a thread of its own writes. [`crate::ui::App`] puts the parts together.

mod bar;
mod menu;
mod place;
mod reader;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::loading::{DataChoice, Wake};
use crate::data::{DataRecord, DataSet, Selection};
use crate::session::Keeper;
use crate::training::RunConfig;
use crate::view::RunState;
use crate::worker::protocol::RunId;
pub use bar::show as offer_bar;
pub use menu::entries;
pub use place::Place;
pub use reader::{Left, Opened, Outcome, Reader};

/// Records of data that are kept, of the last ones loaded.
const RECORDS: usize = 16;

/// How many times as long as writing a session took it is until the next.
const SHARE: u32 = 100;

/// Sessions that are remembered.
pub const RECENT: usize = 8;

/// What a person wants of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionIntent {
    /// Save what is there.
    Save,
    /// Ask for a session by a dialog.
    Browse,
    /// Open this one.
    Open(PathBuf),
    /// Take no notice of the last one.
    Leave,
}

/// Where and how often a window keeps its session by itself.
#[derive(Clone, Debug)]
pub struct Autosave {
    /// The folder.
    pub folder: PathBuf,
    /// The time between two, where something changed.
    pub every: Duration,
}

/// A file that is to be written as soon as the worker has handed the run over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// The window's own; `closed`: as the program ends.
    Own {
        /// Whether the program ends.
        closed: bool,
    },
    /// A file that a person asked for.
    Named(PathBuf),
}

/// What a session is of: where it differs, something changed.
#[derive(Clone, PartialEq)]
pub struct Stamp {
    /// The run.
    pub run: RunId,
    /// Its steps.
    pub step: u64,
    /// What it does.
    pub state: RunState,
    /// Its settings.
    pub config: Option<RunConfig>,
    /// Those of the controls.
    pub draft: RunConfig,
    /// Networks beside it: rungs of the ladder, and the numbers of pins.
    pub beside: (usize, Vec<usize>),
}

/// The owner of what is written and read.
pub struct SessionHost {
    /// Writes.
    pub keeper: Keeper,
    /// Reads.
    pub reader: Reader,
    /// Where the window keeps its own.
    pub place: Option<Place>,
    /// Sessions of the windows before this one, the last first.
    pub ended: Vec<PathBuf>,
    /// The last session, while nobody has said what is to become of it.
    pub offer: Option<Left>,
    /// Files that wait for the worker's answer.
    pub wanted: Vec<Want>,
    /// The run that the worker was asked for.
    pub asked: Option<RunId>,
    /// A failure to keep the window's own was told, and nothing was written since.
    pub failing: bool,
    every: Duration,
    /// How long the last of the window's own took to be written.
    pub spent: Duration,
    last: (Option<Stamp>, Instant),
    records: Vec<Arc<DataRecord>>,
}

impl SessionHost {
    /// Starts the threads, and takes a place in the folder of `autosave`; gives what is wrong with
    /// that.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn new(autosave: Option<Autosave>, wake: &Wake) -> io::Result<(Self, Option<String>)> {
        let written = Arc::clone(wake);
        let mut host = Self {
            keeper: Keeper::spawn(Box::new(move || written()))?,
            reader: Reader::spawn(Arc::clone(wake))?,
            place: None,
            ended: Vec::new(),
            offer: None,
            wanted: Vec::new(),
            asked: None,
            failing: false,
            every: Duration::MAX,
            spent: Duration::ZERO,
            last: (None, Instant::now()),
            records: Vec::new(),
        };
        let Some(Autosave { folder, every }) = autosave else {
            return Ok((host, None));
        };
        host.every = every;
        let wrong = match Place::take(&folder) {
            Ok(place) => {
                host.ended = place.ended().collect();
                host.place = Some(place);
                None
            }
            Err(error) => Some(format!(
                "Nothing is kept for the next start: {} ({error}).",
                folder.display()
            )),
        };
        Ok((host, wrong))
    }

    /// Asks where the last session stood.
    pub fn look_back(&self) {
        if let Some(last) = self.ended.first() {
            self.reader.look(last.clone());
        }
    }

    /// `data` were loaded by this choice.
    pub fn know(&mut self, data: &DataSet, choice: &DataChoice) {
        let selection = Selection {
            samples: choice.samples,
            classes: choice.classes.clone(),
            seed: choice.seed,
        };
        let files: Vec<PathBuf> = choice.path.iter().cloned().collect();
        let record = DataRecord::of(data, selection, (&files, None), choice.collection);
        self.remember(Arc::new(record));
    }

    /// Data have this record.
    pub fn remember(&mut self, record: Arc<DataRecord>) {
        self.records.retain(|old| old.sha256 != record.sha256);
        self.records.insert(0, record);
        self.records.truncate(RECORDS);
    }

    /// The record of the data with this checksum.
    #[must_use]
    pub fn record(&self, sha256: &str) -> Option<Arc<DataRecord>> {
        let found = self.records.iter().find(|record| record.sha256 == sha256);
        found.cloned()
    }

    /// How long it is until what is there is to be kept: nothing if it is kept already.
    #[must_use]
    pub fn due_in(&self, now: &Stamp) -> Option<Duration> {
        let (last, when) = &self.last;
        let busy = self.asked.is_some() || !self.keeper.is_idle();
        let changed = last.as_ref() != Some(now);
        // However large a session is, writing it takes no more than this share of a core.
        let every = self.every.max(self.spent.saturating_mul(SHARE));
        (self.place.is_some() && changed && !busy).then(|| every.saturating_sub(when.elapsed()))
    }

    /// What was there is being kept.
    pub fn stamped(&mut self, stamp: Stamp) {
        self.last = (Some(stamp), Instant::now());
    }

    /// Whether a file is one that windows keep by themselves.
    #[must_use]
    pub fn is_own(&self, path: &Path) -> bool {
        let own = self.place.as_ref().map(Place::file);
        own.is_some_and(|own| own.parent() == path.parent())
    }
}

/// How the data of a record are chosen in the controls.
#[must_use]
pub fn choice_of(record: &DataRecord) -> DataChoice {
    DataChoice {
        path: record.images.first().map(PathBuf::from),
        collection: record.collection,
        samples: record.selection.samples,
        classes: record.selection.classes.clone(),
        seed: record.selection.seed,
    }
}
