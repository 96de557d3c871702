//! What is said between the application and the worker of the run.

use std::sync::Arc;

use super::App;
use crate::service::SendError;
use crate::view::RunState;
use crate::view::run::Change;
use crate::worker::WorkerLink;
use crate::worker::protocol::{Command, LiveSettings, RunId, StartRequest};

impl App {
    /// The link, made anew if the worker is gone.
    pub(super) fn link(&mut self) -> Option<&WorkerLink> {
        if self.link.as_ref().is_none_or(|link| !link.is_alive()) {
            let news = Arc::clone(&self.news);
            self.link = None;
            match (self.connect)(Box::new(move || news())) {
                Ok(link) => self.link = Some(link),
                Err(error) => self.notice(format!("No worker could be started: {error}."), true),
            }
        }
        self.link.as_deref()
    }

    pub(super) fn start(&mut self) {
        if !self.has_next_data() {
            return;
        }
        let Some(data) = self.data.clone() else {
            self.notice(
                "There are no data yet; open a file or take images that come with the program.",
                true,
            );
            return;
        };
        let run = RunId(self.next_run);
        self.next_run += 1;
        self.unsent = None;
        let config = self.draft.config.clone();
        let request = Box::new(StartRequest {
            run,
            data,
            config,
            from: None,
        });
        let Some(link) = self.link() else { return };
        match link.send(Command::Start(request)) {
            Ok(()) => self.run.expect(run),
            Err(error) => self.notice(format!("No run could be started: {error}."), true),
        }
    }

    /// Sends a command about the present run, also if it is about to give way to another; a worker
    /// that is gone is not called back for it.
    pub(super) fn tell(&mut self, command: impl Fn(RunId) -> Command) {
        let Some(link) = &self.link else { return };
        let sent = self
            .run
            .addressees()
            .try_for_each(|run| link.send(command(run)));
        match sent {
            Ok(()) => {}
            Err(error @ SendError::Full) => {
                self.notice(format!("Not done: {error}. Please try again."), true);
            }
            // `logic` sees that the worker is gone, and says so.
            Err(SendError::Gone) => {}
        }
    }

    pub(super) fn set(&mut self, settings: LiveSettings) {
        let takes = self.run.is_open() || self.run.is_pending();
        if !takes && !matches!(self.run.state, RunState::Finished(_)) {
            return;
        }
        self.unsent = None;
        let Some(link) = &self.link else { return };
        let sent = self
            .run
            .addressees()
            .try_for_each(|run| link.send(Command::Set(run, settings)));
        match sent {
            Ok(()) => {
                let in_force = self.run.config.as_ref().map(|run| run.training.lambda);
                if in_force != Some(settings.lambda) {
                    self.frame_times.moved(settings.lambda);
                }
                let old = self.run.config.as_ref().map(LiveSettings::of);
                let wakes = old.is_some_and(|old| settings.trains_otherwise(&old));
                if wakes && self.run.state == RunState::Paused {
                    // A person sends it on: it waits for no study any more.
                    self.waits_for_study = false;
                }
                self.draft.ask(settings);
            }
            Err(SendError::Full) => self.unsent = Some(settings),
            Err(SendError::Gone) => {}
        }
    }

    /// Takes what the worker said.
    pub(super) fn drain(&mut self) {
        let Some(link) = &self.link else { return };
        // Before the last words are read, so that a worker that speaks and leaves is heard.
        let alive = link.is_alive();
        let mut messages = std::mem::take(&mut self.messages);
        // The pictures first: a change of settings is told before a picture is made under it, so
        // that no picture is here before what it was made under.
        let snapshot = link.newest();
        link.drain(&mut messages);
        for message in messages.drain(..) {
            if let Some(change) = self.run.take(message) {
                self.changed(change);
            }
        }
        self.messages = messages;
        if let Some(snapshot) = snapshot {
            self.run.take_snapshot(snapshot);
        }
        if let Some(point) = self.run.training.last() {
            self.frame_times.stepped(point.lambda);
        }
        if !alive && (self.run.is_open() || self.run.is_pending()) {
            self.run.lost(
                "The worker ended without a word. The pictures show its last state.".to_owned(),
            );
        }
    }

    pub(super) fn changed(&mut self, change: Change) {
        match change {
            Change::Applied(settings) => self.draft.applied(&settings, self.run.is_pending()),
            Change::Refused(reason) => {
                self.history.refused(&self.draft.chosen());
                self.draft.refused(self.run.config.as_ref());
                self.notice(reason, true);
            }
            Change::NotBegun(text) => {
                if self.run.run().is_some() {
                    self.notice(text, true);
                }
            }
            Change::Began => {
                self.frame_times.began();
                self.ladder.began(&self.run);
                self.pins.leave();
                self.run_began();
                self.session_began();
            }
            Change::Kept => self.session_kept(),
            Change::Pinned => self.pinned(),
            Change::Over => {}
        }
    }
}
