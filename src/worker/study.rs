//! A study on a thread of its own, and the owner of that thread.
//!
//! The thread does a piece, looks for commands, publishes, and so on. A live run on the worker's
//! thread may go on meanwhile; both then share the cores.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::study_protocol::{
    StudyCommand, StudyOrigin, StudyProgress, StudyRequest, StudySnapshot, StudyState,
};
use crate::data::{Collection, DataError, Source};
use crate::experiment::findings::Findings;
use crate::experiment::store::Store;
use crate::experiment::study::{Study, StudyAdvance, look};
use crate::linalg::{Rank, Threads};
use crate::service::{Desk, Link, Port, caught};

/// Time between two publications at the least.
const INTERVAL: Duration = Duration::from_millis(100);

/// Training time between two checkpoints.
pub const CHECKPOINTS: Duration = Duration::from_secs(20);

/// Commands that may wait.
const ROOM: usize = 64;

/// A running study. No method blocks but dropping, which waits for the piece of work at hand; the study
/// then leaves a checkpoint.
pub type StudyHandle = Port<StudyCommand, Infallible, StudySnapshot>;

/// A study, as seen by whoever it serves.
pub type StudyLink = dyn Link<StudyCommand, Infallible, StudySnapshot>;

impl StudyHandle {
    /// Starts a study. `wake` is called from its thread after something was published.
    ///
    /// # Errors
    ///
    /// If the system gives no thread; everything else that goes wrong is told by the snapshot's
    /// state.
    pub fn start(request: StudyRequest, wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        Self::serve("dkae-study", ROOM, move |desk| {
            let publisher = Publisher {
                desk,
                wake,
                last: StudySnapshot {
                    plan: Arc::new(request.plan.clone()),
                    folder: request.folder.clone(),
                    findings: Findings::default(),
                    state: StudyState::Working,
                    progress: StudyProgress::default(),
                    watch: None,
                    origin: None,
                    seconds: 0.0,
                    notices: Arc::default(),
                },
                told: Instant::now(),
            };
            let threads = Threads::of(request.threads, Rank::Study);
            threads.install(|| serve(request, publisher));
        })
    }
}

/// The images that a study of `samples` images takes: the given file, else a shipped one of
/// `collection` that holds enough, else those in the program.
///
/// # Errors
///
/// [`DataError`] names the file and what is wrong with it.
pub fn study_source(
    images: Option<&Path>,
    collection: Collection,
    samples: usize,
) -> Result<Source, DataError> {
    let given = images.map(Path::to_owned);
    match given.or_else(|| collection.images_for(samples)) {
        Some(images) => Source::open(&images),
        None => Source::shipped(collection),
    }
}

/// The images that `request` takes.
fn source_of(request: &StudyRequest) -> Result<Source, DataError> {
    let images = request.images.as_deref();
    study_source(images, request.collection, request.plan.samples)
}

/// What the folder of `request` holds of its study, read without touching it; `None` if there is
/// no study in it.
///
/// # Errors
///
/// The text for the person: the folder holds another study or something damaged, or the data
/// cannot be used.
pub fn look_into(request: &StudyRequest) -> Result<Option<StudySnapshot>, String> {
    if !Store::may_be_there(&request.folder) {
        return Ok(None);
    }
    let source = source_of(request).map_err(|error| error.to_string())?;
    let found = look(&request.plan, &source, &request.folder).map_err(|error| error.to_string())?;
    Ok(Some(StudySnapshot {
        plan: Arc::new(request.plan.clone()),
        folder: request.folder.clone(),
        state: if Store::is_busy(&request.folder) {
            StudyState::Busy
        } else {
            StudyState::Found
        },
        progress: StudyProgress {
            tasks: found.tasks,
            seconds_left: found.seconds_left,
            ..StudyProgress::default()
        },
        findings: found.findings,
        watch: None,
        notices: found.damaged.into(),
        origin: Some(Arc::new(StudyOrigin {
            data: found.data,
            collection: found.collection,
            checksum: found.checksum,
            threads: rayon::current_num_threads(),
            resumed: true,
        })),
        seconds: 0.0,
    }))
}

/// What is told, and when it was told last.
struct Publisher {
    desk: Desk<StudyCommand, Infallible, StudySnapshot>,
    wake: Box<dyn Fn() + Send + Sync>,
    last: StudySnapshot,
    told: Instant,
}

impl Publisher {
    fn tell(&mut self) {
        self.desk.publish(self.last.clone());
        self.told = Instant::now();
        (self.wake)();
    }

    fn enter(&mut self, state: StudyState) {
        self.last.state = state;
        self.tell();
    }

    /// Takes over where `study` is.
    fn look(&mut self, study: &Study) {
        let progress = study.progress();
        self.last.seconds = study.worked().as_secs_f64();
        self.last.findings = study.findings().clone();
        if self.last.notices.len() != study.notices().len() {
            self.last.notices = study.notices().into();
        }
        self.last.watch = study.watch().map(Arc::new);
        self.last.progress = StudyProgress {
            task: progress.task,
            phase: progress.phase,
            units: progress.units,
            tasks: progress.tasks,
            share: progress.share,
            seconds_left: progress.seconds_left,
        };
    }
}

/// Why the loop of a study ended.
enum End {
    Finished,
    Stopped,
}

fn serve(request: StudyRequest, mut publisher: Publisher) {
    publisher.tell();
    let state = match caught(|| run(request, &mut publisher)) {
        Ok(Ok(End::Finished)) => StudyState::Finished,
        Ok(Ok(End::Stopped)) => StudyState::Stopped,
        Ok(Err(message)) => StudyState::Failed(message),
        Err(said) => {
            tracing::error!("the study broke: {said}");
            StudyState::Failed(format!(
                "The study broke ({said}). This is a defect of the program; what was finished is \
                 in the folder, and the study can be started again from there."
            ))
        }
    };
    publisher.last.watch = None;
    publisher.enter(state);
}

fn run(request: StudyRequest, publisher: &mut Publisher) -> Result<End, String> {
    let source = source_of(&request).map_err(|error| error.to_string())?;
    let mut study = Study::open(request.plan, source, &request.folder, CHECKPOINTS)
        .map_err(|error| error.to_string())?;
    if let Some(beforehand) = request.beforehand {
        study.take_over(beforehand);
    }
    publisher.last.origin = Some(Arc::new(StudyOrigin {
        data: study.data_name().to_owned(),
        collection: study.collection(),
        checksum: study.checksum().to_owned(),
        threads: rayon::current_num_threads(),
        resumed: study.was_resumed(),
    }));
    publisher.look(&study);
    publisher.tell();
    loop {
        if let Some(end) = obey(&mut study, publisher)? {
            return Ok(end);
        }
        // A comparison of some seconds gives way to a command, and to the end of the window.
        let desk = &publisher.desk;
        let cancel = || !desk.commands.is_empty() || desk.is_deserted();
        let advance = study.advance(&cancel);
        let due = publisher.told.elapsed() >= INTERVAL;
        if due || !matches!(advance, Ok(StudyAdvance::Working)) {
            publisher.look(&study);
        }
        match advance.map_err(|error| {
            format!(
                "{error}. What was finished is kept in the folder; the study goes on from there."
            )
        })? {
            StudyAdvance::Over => return over(&study),
            StudyAdvance::Done(_) | StudyAdvance::Failed(_) => publisher.tell(),
            StudyAdvance::Working if due => publisher.tell(),
            StudyAdvance::Working => {}
        }
    }
}

/// The end of a study whose tasks are all done or have failed.
fn over(study: &Study) -> Result<End, String> {
    let failures = &study.findings().failures;
    let Some(first) = failures.first() else {
        return Ok(End::Finished);
    };
    Err(format!(
        "{} of {} tasks failed, the first: {}: {}",
        failures.len(),
        study.progress().tasks.1,
        first.task.describe(),
        first.reason
    ))
}

/// Does what waits to be done; while paused, waits for more.
fn obey(study: &mut Study, publisher: &mut Publisher) -> Result<Option<End>, String> {
    loop {
        let commands = &publisher.desk.commands;
        let paused = publisher.last.state == StudyState::Paused;
        let command = if paused {
            commands.recv().ok()
        } else {
            match commands.try_recv() {
                Ok(command) => Some(command),
                Err(crossbeam_channel::TryRecvError::Empty) => return Ok(None),
                Err(crossbeam_channel::TryRecvError::Disconnected) => None,
            }
        };
        match command {
            Some(StudyCommand::Pause) if !paused => {
                study.save().map_err(|error| error.to_string())?;
                publisher.enter(StudyState::Paused);
            }
            Some(StudyCommand::Resume) if paused => publisher.enter(StudyState::Working),
            Some(StudyCommand::Stop) | None => {
                study.save().map_err(|error| error.to_string())?;
                return Ok(Some(End::Stopped));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "study_tests.rs"]
mod tests;
