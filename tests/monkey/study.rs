//! What a study really does, from its own mouth, and what the page says of it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dkae_explorer::service::{Link, SendError};
use dkae_explorer::worker::StudyHandle;
use dkae_explorer::worker::study_protocol::{
    StudyCommand, StudyProgress, StudySnapshot, StudyState,
};
use egui::accesskit::Role;

use crate::eye::Widget;
use crate::round::{Failure, REST, Round, broken, is_over};

/// What the last study has said.
#[derive(Default)]
pub struct StudyTruth {
    /// Where it is; `None` before it says anything.
    pub state: Option<StudyState>,
    progress: Option<StudyProgress>,
    /// How often a pause, going on and an end were told.
    pub told: Told,
    /// What it did against its own word.
    pub broken: Option<String>,
    /// Whether it was started with the last frame, which was painted before.
    begins: bool,
}

/// How often what was told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub started: u64,
    pub paused: u64,
    pub went_on: u64,
    pub over: u64,
    /// Changes of the progress.
    pub moves: u64,
}

impl StudyTruth {
    fn hear(&mut self, news: &StudySnapshot) {
        let old = self.state.replace(news.state.clone());
        if old.as_ref() != Some(&news.state) {
            match news.state {
                StudyState::Paused => self.told.paused += 1,
                StudyState::Working if old == Some(StudyState::Paused) => self.told.went_on += 1,
                StudyState::Working | StudyState::Found | StudyState::Busy => {}
                _ => self.told.over += 1,
            }
        }
        let moved = self.progress.as_ref() != Some(&news.progress);
        if moved && old == Some(StudyState::Paused) && news.state == StudyState::Paused {
            self.broken = Some(format!(
                "{:?} after {:?}, while it paused",
                news.progress, self.progress
            ));
        }
        self.told.moves += u64::from(moved);
        self.progress = Some(news.progress.clone());
    }
}

/// A study that is listened to.
pub struct SpiedStudy {
    study: StudyHandle,
    truth: Arc<Mutex<StudyTruth>>,
}

impl SpiedStudy {
    pub fn new(study: StudyHandle, truth: Arc<Mutex<StudyTruth>>) -> Self {
        let mut now = truth.lock().unwrap();
        now.told.started += 1;
        (now.state, now.progress, now.begins) = (None, None, true);
        drop(now);
        Self { study, truth }
    }
}

impl Link<StudyCommand, Infallible, StudySnapshot> for SpiedStudy {
    fn send(&self, command: StudyCommand) -> Result<(), SendError> {
        self.study.send(command)
    }

    fn drain(&self, into: &mut Vec<Infallible>) {
        self.study.drain(into);
    }

    fn newest(&self) -> Option<Arc<StudySnapshot>> {
        let news = self.study.newest()?;
        self.truth.lock().unwrap().hear(&news);
        Some(news)
    }

    fn is_alive(&self) -> bool {
        self.study.is_alive()
    }
}

/// What the page says of the study, where it is open and says something of the kind.
pub fn page_line(widgets: &[Widget]) -> Option<&str> {
    const WORDS: [&str; 9] = [
        "Working",
        "Paused",
        "Stopped",
        "Finished",
        "Failed",
        "Starting",
        "Going on",
        "Pausing after the piece at hand",
        "Stopping after the piece at hand",
    ];
    if !widgets.iter().any(|widget| widget.name == "Stop study") {
        return None;
    }
    let below = |widget: &&Widget| widget.role == Role::Label && widget.rect.top() > 60.0;
    let mut labels = widgets.iter().filter(below).map(|w| w.name.as_str());
    labels.find(|name| WORDS.contains(name))
}

/// Whether what the page says of a study is so; what is being asked for may be on its way.
pub fn agrees(says: &str, state: Option<&StudyState>) -> bool {
    match says {
        "Working" => state == Some(&StudyState::Working),
        "Paused" => state == Some(&StudyState::Paused),
        "Stopped" => state == Some(&StudyState::Stopped),
        "Finished" => state == Some(&StudyState::Finished),
        "Failed" => matches!(state, Some(StudyState::Failed(_))),
        "Starting" => state.is_none(),
        _ => matches!(state, Some(StudyState::Working | StudyState::Paused)),
    }
}

/// Whether a study that is said to work has work to do that shows.
pub fn is_work(says: &str) -> bool {
    !matches!(says, "Paused" | "Stopped" | "Finished" | "Failed")
}

/// Whether what a study said since is what a button of the page promises; `None` for others.
pub fn effect(name: &str) -> Option<fn(&Told, &Told) -> bool> {
    match name {
        "Pause study" => Some(|old, new| new.paused > old.paused || new.over > old.over),
        "Stop study" => Some(|old, new| new.over > old.over),
        "Go on with the study" => Some(|old, new| {
            new.went_on > old.went_on || new.started > old.started || new.over > old.over
        }),
        _ => None,
    }
}

impl Round<'_> {
    /// What the page says of a study is so, and what is said to work gets on.
    pub fn look_at_study(&mut self) -> Result<(), Failure> {
        let mut truth = self.study.lock().unwrap();
        if std::mem::take(&mut truth.begins) {
            return Ok(());
        }
        if let Some(found) = &truth.broken {
            return broken("a study that rests does nothing", found.clone());
        }
        let Some(says) = page_line(&self.widgets) else {
            self.studying = None;
            return Ok(());
        };
        if !agrees(says, truth.state.as_ref()) {
            let found = format!("It says “{says}” of a study that is {:?}", truth.state);
            return broken("the page says what the study does", found);
        }
        match &mut self.studying {
            Some((said, moves, since, frames)) if said == says && *moves == truth.told.moves => {
                *frames += 1;
                if is_work(says) && is_over((*since, *frames)) {
                    let spent = since.elapsed().as_secs_f64();
                    return broken("a study gets on", format!("“{says}” for {spent:.1} s"));
                }
            }
            studying => {
                *studying = Some((says.to_owned(), truth.told.moves, Instant::now(), 0));
            }
        }
        Ok(())
    }

    /// A button of the page does what it says within somebody's patience.
    pub fn await_study(
        &mut self,
        name: &str,
        effect: fn(&Told, &Told) -> bool,
        old: Told,
    ) -> Result<(), Failure> {
        self.counts.study_buttons += 1;
        let (began, mut frames) = (Instant::now(), 0);
        while !effect(&old, &self.study.lock().unwrap().told) {
            // What is wrong with the form is said.
            let said = |widget: &Widget| widget.is_notice();
            if name.starts_with("Go on") && self.widgets.iter().any(said) {
                return Ok(());
            }
            if is_over((began, frames)) {
                let says = page_line(&self.widgets).unwrap_or("nothing");
                let found = format!("{name} did nothing; the page says “{says}”");
                return broken("an enabled button of a study does something", found);
            }
            frames += 1;
            std::thread::sleep(REST);
            self.frames(1)?;
        }
        Ok(())
    }
}
