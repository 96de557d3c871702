//! What the application holds of a study: the link to it, its view, and the thread that writes
//! its report.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use crate::report::{self, Machine, Provenance, Samples};
use crate::ui::loading::Wake;
use crate::view::StudyView;
use crate::view::study::StudyLink;
use crate::worker::study_protocol::{StudyCommand, StudyRequest, StudySnapshot, StudyState};

/// Starts a study that calls the given function after it has published something.
pub type ConnectStudy =
    Box<dyn Fn(StudyRequest, Box<dyn Fn() + Send + Sync>) -> io::Result<Box<dyn StudyLink>>>;

/// Writes the report of a study and gives its files; an error is the text that the person reads.
pub type WriteReport = Arc<dyn Fn(&StudySnapshot) -> Result<Vec<PathBuf>, String> + Send + Sync>;

/// A report that is being written.
struct Reporter {
    answer: Receiver<Result<Vec<PathBuf>, String>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic in the writer was its own end; `poll` says so while there is a window.
            let _ = thread.join();
        }
    }
}

/// A study's link, view and report.
pub struct Session {
    connect: ConnectStudy,
    report: WriteReport,
    link: Option<Box<dyn StudyLink>>,
    reporter: Option<Reporter>,
    wake: Wake,
    /// What is known of the study.
    pub view: StudyView,
}

impl Session {
    /// A session without a study.
    #[must_use]
    pub fn new(connect: ConnectStudy, report: WriteReport, wake: Wake) -> Self {
        Self {
            connect,
            report,
            link: None,
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
        let plan = Arc::new(request.plan.clone());
        let wake = Arc::clone(&self.wake);
        let link = (self.connect)(request, Box::new(move || wake()))
            .map_err(|error| format!("The study could not be started: {error}."))?;
        self.link = Some(link);
        self.view.expect(plan);
        Ok(())
    }

    /// Tells the study something.
    pub fn tell(&mut self, command: StudyCommand) {
        if self.link.as_ref().is_some_and(|link| link.send(command)) {
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
        let (sender, answer) = bounded(1);
        let thread = std::thread::Builder::new()
            .name("dkae-report".to_owned())
            .spawn(move || {
                // Without a window there is nobody to answer.
                let _ = sender.send(report(&snapshot));
                wake();
            })
            .map_err(|error| format!("No thread could be started for the report: {error}."))?;
        self.reporter = Some(Reporter {
            answer,
            thread: Some(thread),
        });
        Ok(())
    }

    /// Takes what is new; gives the line to show about a report that was written (`Ok`) or not.
    pub fn poll(&mut self) -> Option<Result<String, String>> {
        if let Some(link) = &self.link {
            // Before the last words are read, so that a study that speaks and leaves is heard.
            let alive = link.is_alive();
            if let Some(snapshot) = link.news() {
                self.view.take(snapshot);
            }
            if !alive && self.view.is_open() {
                let text = "The study ended without a word. What it found is kept in its folder.";
                self.view.lost(text.to_owned());
            }
        }
        let answer = match self.reporter.as_ref()?.answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err("its writer broke off".to_owned()),
        };
        self.reporter = None;
        Some(match answer {
            Ok(files) => Ok(written(&files)),
            Err(error) => Err(format!("The report was not written: {error}")),
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

/// Where a report's files are.
fn written(files: &[PathBuf]) -> String {
    let page = files
        .iter()
        .find(|file| file.extension().is_some_and(|extension| extension == "md"));
    match page.or_else(|| files.first()) {
        Some(page) => format!(
            "Report: {} and {} files beside it",
            page.display(),
            files.len() - 1
        ),
        None => "The report has no files".to_owned(),
    }
}
