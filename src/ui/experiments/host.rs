//! What the application holds of a study: the link to it, its view, and the thread that writes
//! its report.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use crate::report::{self, Machine, Provenance, Samples};
use crate::service::Thread;
use crate::ui::loading::Wake;
use crate::ui::notices::Notice;
use crate::view::StudyView;
use crate::worker::StudyLink;
use crate::worker::study_protocol::{StudyCommand, StudyRequest, StudySnapshot, StudyState};

/// Starts a study that calls the given function after it has published something.
pub type ConnectStudy =
    Box<dyn Fn(StudyRequest, Box<dyn Fn() + Send + Sync>) -> io::Result<Box<StudyLink>>>;

/// Reads what the folder of a study holds, without touching it; `None` if it holds no study. An
/// error is the text that the person reads.
pub type LookStudy =
    Arc<dyn Fn(&StudyRequest) -> Result<Option<StudySnapshot>, String> + Send + Sync>;

/// Writes the report of a study and gives its files; an error is the text that the person reads.
pub type WriteReport = Arc<dyn Fn(&StudySnapshot) -> Result<Vec<PathBuf>, String> + Send + Sync>;

/// A form has to stay as it is for so many seconds before its folder is read: somebody may be
/// typing.
const PATIENCE: f64 = 0.35;

/// Something that is done on a thread of its own.
struct Errand<T> {
    answer: Receiver<T>,
    _thread: Thread,
}

impl<T: Send + 'static> Errand<T> {
    fn send(
        name: &'static str,
        wake: Wake,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, answer) = bounded(1);
        let thread = Thread::spawn(name, move || {
            // Without a window there is nobody to answer.
            let _ = sender.send(work());
            wake();
        })?;
        Ok(Self {
            answer,
            _thread: thread,
        })
    }

    /// The answer, once it is there; `Some(None)` if there will never be one.
    fn poll(&self) -> Option<Option<T>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(Some(answer)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(None),
        }
    }
}

/// Whether there was a report before, and what came of writing one.
type Written = (bool, Result<Vec<PathBuf>, String>);

/// What reading a folder came to.
type Looked = Result<Option<StudySnapshot>, String>;

/// Which folder the page speaks of, and what is read of it.
#[derive(Default)]
struct Looking {
    /// What the view shows, or what `problem` is about.
    of: Option<StudyRequest>,
    /// What is to be looked for, and since when.
    wanted: Option<(StudyRequest, f64)>,
    /// What is being read.
    errand: Option<(StudyRequest, Errand<Looked>)>,
    /// A study was started since: what is being read is of before.
    outdated: bool,
    /// Why nothing can be shown of it.
    problem: Option<String>,
}

/// A study's link, view and report.
pub struct StudyHost {
    connect: ConnectStudy,
    look: LookStudy,
    report: WriteReport,
    link: Option<Box<StudyLink>>,
    looking: Looking,
    reporter: Option<Errand<Written>>,
    wake: Wake,
    /// What is known of the study.
    pub view: StudyView,
}

impl StudyHost {
    /// A host without a study.
    #[must_use]
    pub fn new(connect: ConnectStudy, look: LookStudy, report: WriteReport, wake: Wake) -> Self {
        Self {
            connect,
            look,
            report,
            link: None,
            looking: Looking::default(),
            reporter: None,
            wake,
            view: StudyView::default(),
        }
    }

    /// Whether a report is being written.
    #[must_use]
    pub fn is_reporting(&self) -> bool {
        self.reporter.is_some()
    }

    /// Starts a study, unless one works or waits.
    ///
    /// # Errors
    ///
    /// The text for the person, if there is no thread for it.
    pub fn start(&mut self, request: StudyRequest) -> Result<(), String> {
        if self.view.is_open() {
            return Ok(());
        }
        // The old one is over; its thread is joined before the folder is opened anew.
        self.link = None;
        let (plan, folder) = (Arc::new(request.plan.clone()), request.folder.clone());
        let wake = Arc::clone(&self.wake);
        self.looking.of = Some(StudyRequest {
            beforehand: None,
            ..request.clone()
        });
        self.looking.problem = None;
        self.looking.outdated = self.looking.errand.is_some();
        let link = (self.connect)(request, Box::new(move || wake()))
            .map_err(|error| format!("The study could not be started: {error}."))?;
        self.link = Some(link);
        self.view.expect(plan, &folder);
        Ok(())
    }

    /// The page shows a form that stands for `request`: while no study runs, the view is to be
    /// what the folder holds of it. `now` is the window's time in seconds; gives the seconds after
    /// which to come again.
    pub fn want(&mut self, request: StudyRequest, now: f64) -> Option<f64> {
        let looking = &mut self.looking;
        let reads = |of: &StudyRequest| looking.errand.as_ref().is_some_and(|(it, _)| it == of);
        if self.view.is_open() || looking.of.as_ref() == Some(&request) || reads(&request) {
            looking.wanted = None;
            return None;
        }
        let since = match &looking.wanted {
            Some((wanted, since)) if *wanted == request => *since,
            // The first look has nobody to wait for.
            _ if looking.of.is_none() => now - PATIENCE,
            _ => now,
        };
        looking.wanted = Some((request.clone(), since));
        if now - since < PATIENCE {
            return Some(since + PATIENCE - now);
        }
        if looking.errand.is_some() {
            return Some(PATIENCE);
        }
        let (look, of) = (Arc::clone(&self.look), request.clone());
        match Errand::send("dkae-look", Arc::clone(&self.wake), move || look(&of)) {
            Ok(errand) => {
                looking.errand = Some((request, errand));
                looking.outdated = false;
            }
            Err(error) => {
                looking.of = Some(request);
                looking.problem = Some(format!("The folder was not read: {error}"));
            }
        }
        looking.wanted = None;
        None
    }

    /// The folder may hold something else by now; what a study of this window said stays.
    pub fn look_again(&mut self) {
        if matches!(
            self.view.state(),
            None | Some(StudyState::Found | StudyState::Busy)
        ) && !self.view.is_open()
        {
            self.looking.of = None;
        }
    }

    /// Whether the folder is being read.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.looking.errand.is_some() && !self.looking.outdated
    }

    /// Why nothing can be shown of the folder.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.looking.problem.as_deref()
    }

    /// Takes what was read of a folder, unless a study runs or something else is wanted by now.
    fn take_look(&mut self) {
        let Some((_, errand)) = &self.looking.errand else {
            return;
        };
        let Some(answer) = errand.poll() else { return };
        let Some((of, _)) = self.looking.errand.take() else {
            return;
        };
        let wanted = self.looking.wanted.as_ref();
        let outdated = std::mem::take(&mut self.looking.outdated);
        if outdated || self.view.is_open() || wanted.is_some_and(|(wanted, _)| *wanted != of) {
            return;
        }
        let answer = answer.unwrap_or_else(|| Err("Its reader broke off".to_owned()));
        let (found, problem) = match answer {
            Ok(found) => (found, None),
            Err(problem) => (None, Some(problem)),
        };
        self.looking.of = Some(of);
        self.looking.problem = problem;
        self.view.read(found.map(Arc::new));
    }

    /// Tells the study something.
    pub fn tell(&mut self, command: StudyCommand) {
        if self
            .link
            .as_ref()
            .is_some_and(|link| link.send(command).is_ok())
        {
            self.view.ask(command);
        }
    }

    /// Begins to write the report, unless one is being written or there is nothing to report.
    ///
    /// # Errors
    ///
    /// The text for the person, if there is no thread for it.
    pub fn write_report(&mut self) -> Result<(), String> {
        let Some(snapshot) = self.view.snapshot().filter(|_| self.reporter.is_none()) else {
            return Ok(());
        };
        let (snapshot, report) = (Arc::clone(snapshot), Arc::clone(&self.report));
        let wake = Arc::clone(&self.wake);
        let write = move || {
            let again = snapshot.folder.join("report.md").exists();
            (again, report(&snapshot))
        };
        let errand = Errand::send("dkae-report", wake, write)
            .map_err(|error| format!("No thread could be started for the report: {error}."))?;
        self.reporter = Some(errand);
        Ok(())
    }

    /// Takes what is new; gives what to say of a report that was written (`Ok`) or not.
    pub fn poll(&mut self) -> Option<Result<Notice, String>> {
        if let Some(link) = &self.link {
            // Before the last words are read, so that a study that speaks and leaves is heard.
            let alive = link.is_alive();
            if let Some(snapshot) = link.newest() {
                self.view.take(snapshot);
            }
            if !alive && self.view.is_open() {
                let text = "The study ended without a word. What it found is kept in its folder.";
                self.view.lost(text.to_owned());
            }
        }
        self.take_look();
        let answer = self.reporter.as_ref()?.poll()?;
        self.reporter = None;
        Some(match answer {
            Some((again, Ok(files))) => Ok(written(&files, again)),
            Some((_, Err(error))) => Err(format!("The report was not written: {error}")),
            None => Err("The report was not written: its writer broke off".to_owned()),
        })
    }

    /// How much is done, for the page's switch; empty unless a study works.
    #[must_use]
    pub fn badge(&self) -> String {
        match (self.view.state(), self.view.progress()) {
            (Some(StudyState::Working | StudyState::Paused), Some(progress)) => {
                let (done, all) = progress.tasks;
                format!(" {done}/{all}")
            }
            _ => String::new(),
        }
    }
}

/// Writes the report of what a study has found into its folder.
///
/// # Errors
///
/// The text for the person: which file, and what was wrong.
pub fn write_report(snapshot: &StudySnapshot) -> Result<Vec<PathBuf>, String> {
    let origin = snapshot
        .origin
        .as_ref()
        .ok_or("the study has not read its data yet")?;
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").into(),
        machine: Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: origin.threads,
        },
        data: Samples {
            name: origin.data.clone(),
            collection: origin.collection,
            sha256: origin.checksum.clone(),
            samples: snapshot.plan.samples,
        },
        seconds: snapshot.seconds,
        resumed: origin.resumed,
    };
    let folder = &snapshot.folder;
    report::write(folder, &snapshot.plan, &snapshot.findings, &provenance)
        .map_err(|error| error.to_string())
}

/// Where a report's files are, and whether they took the place of others.
fn written(files: &[PathBuf], again: bool) -> Notice {
    let is_page = |file: &&PathBuf| file.extension().is_some_and(|of| of == "md");
    let Some(page) = files.iter().find(is_page).or(files.first()) else {
        return Notice::done("The report has no files".to_owned(), None);
    };
    let place = if again {
        ", in the place of the report before"
    } else {
        ""
    };
    let text = format!(
        "Report: {} and {} files beside it{place}",
        page.display(),
        files.len() - 1
    );
    Notice::done(text, page.parent().map(Path::to_owned))
}
