//! Sessions in the application: what goes into one, and what takes the place of what when one is
//! opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use super::App;
use crate::session::{EXTENSION, Job, KeptNetwork, Role, Session, Written};
use crate::ui::export;
use crate::ui::loading::{Purpose, Why};
use crate::ui::notices::Notice;
use crate::ui::sessions::{Opened, Outcome, Place, RECENT, SessionIntent, Stamp, Want, choice_of};
use crate::view::RunState;
use crate::worker::protocol::{Command, Kept, OpenRequest, RunId};

/// The longest that the end of the program waits for the worker's step at hand.
const LAST_STEP: Duration = Duration::from_secs(5);
/// The longest that it waits for the disk.
const LAST_WRITE: Duration = Duration::from_secs(30);

impl App {
    /// Takes what was written and read, and keeps what is there if it is time to.
    pub(super) fn tend_sessions(&mut self, ctx: &Context) {
        while let Some(written) = self.sessions.keeper.poll() {
            self.session_written(written);
        }
        while let Some(outcome) = self.sessions.reader.poll() {
            match outcome {
                Outcome::Opened(path, Ok(opened)) => self.session_opened(&path, *opened),
                Outcome::Opened(path, Err(text)) => self.session_refused(&path, text),
                // Of one in which nothing had begun there is nothing to go on with.
                Outcome::Left(Ok(left)) => {
                    self.sessions.offer = Some(left).filter(|left| left.step > 0);
                }
                Outcome::Left(Err(text)) => {
                    let text = format!("The last session cannot be taken up: {text}.");
                    self.notice(text, true);
                }
            }
        }
        if self.sessions.asked.is_some() && self.cannot_answer() {
            self.not_handed_over("there is no run");
        }
        let Some(stamp) = self.stamp() else { return };
        if self.is_untouched() {
            return;
        }
        match self.sessions.due_in(&stamp) {
            Some(Duration::ZERO) => self.want(Want::Own { closed: false }),
            Some(left) => ctx.request_repaint_after(left),
            None => {}
        }
    }

    /// Carries out a wish.
    pub(super) fn act_on_session(&mut self, intent: SessionIntent) {
        match intent {
            SessionIntent::Save => self.save_session(),
            SessionIntent::Browse => self.open_dialog(Purpose::Session),
            SessionIntent::Open(path) => self.open_session(path),
            SessionIntent::Leave => self.sessions.offer = None,
        }
    }

    /// Reads a session, which then takes the place of what is there.
    pub(super) fn open_session(&mut self, path: PathBuf) {
        if !self.sessions.reader.open(path) {
            self.notice("Too many files are being read; please wait for them.", true);
        }
    }

    /// Saves the session under a new name in the folder of saved pictures.
    fn save_session(&mut self) {
        if self.run.run().is_none() {
            self.notice("There is no run yet that could be saved.", true);
            return;
        }
        let seed = self.run.config.as_ref().map_or(0, |config| config.seed);
        let step = self.run.progress.map_or(0, |progress| progress.step);
        let folder = PathBuf::from(self.settings.picture_folder.trim());
        let stem = format!("session-seed{seed}-step{step}");
        let path = export::free_name(&folder, &stem, EXTENSION);
        self.want(Want::Named(path));
    }

    /// Asks the worker for the run as it stands; what is wanted is written when the answer is here.
    fn want(&mut self, want: Want) {
        let Some(run) = self.run.run() else { return };
        self.sessions.wanted.push(want);
        if self.sessions.asked.is_none() {
            self.ask_to_keep(run);
        }
    }

    fn ask_to_keep(&mut self, run: RunId) {
        let Some(link) = &self.link else { return };
        if link.send(Command::Keep(run)).is_ok() {
            self.sessions.asked = Some(run);
        } else {
            self.not_handed_over("the worker is busy");
        }
    }

    /// The worker does not hand the run over. Who asked for a file is told; the window's own is tried
    /// again.
    fn not_handed_over(&mut self, why: &str) {
        self.sessions.asked = None;
        let wanted = std::mem::take(&mut self.sessions.wanted);
        if wanted.iter().any(|want| matches!(want, Want::Named(_))) {
            self.notice(format!("The session was not saved: {why}."), true);
        }
    }

    /// Another run has begun: what was asked for is asked of that one.
    pub(super) fn session_began(&mut self) {
        self.sessions.asked = None;
        if let (false, Some(run)) = (self.sessions.wanted.is_empty(), self.run.run()) {
            self.ask_to_keep(run);
        }
    }

    /// Whether the worker has no run that it could hand over.
    fn cannot_answer(&self) -> bool {
        let gone = self.link.as_ref().is_none_or(|link| !link.is_alive());
        gone || matches!(self.run.state, RunState::Failed(_) | RunState::Empty)
    }

    /// What a session would be of now; `None` before the first step.
    fn stamp(&self) -> Option<Stamp> {
        let step = self.run.progress.map(|progress| progress.step);
        Some(Stamp {
            run: self.run.run()?,
            step: step.filter(|&step| step > 0)?,
            state: self.run.state.clone(),
            config: self.run.config.clone(),
            draft: self.draft.config.clone(),
            beside: (
                self.ladder.view.all_done().count(),
                self.pins.all().iter().map(|pin| pin.number).collect(),
            ),
        })
    }

    /// Whether all that is here began by itself, and an older session waits for an answer, which this
    /// one would come before at the next start.
    fn is_untouched(&self) -> bool {
        let began = self.run.summary.as_ref().map(|summary| &summary.config);
        self.sessions.offer.is_some()
            && self.run.run() == Some(RunId(1))
            && self.run.config.as_ref() == began
    }

    /// The worker has handed the run over.
    pub(super) fn session_kept(&mut self) {
        self.sessions.asked = None;
        let wanted = std::mem::take(&mut self.sessions.wanted);
        let Some(kept) = self.run.take_kept() else {
            return;
        };
        let Some(session) = self.session(kept) else {
            self.notice("The session was not saved: its data have no name.", true);
            return;
        };
        for want in wanted {
            self.write_session(session.clone(), want);
        }
    }

    fn write_session(&mut self, session: Session, want: Want) {
        let own = self.sessions.place.as_ref().map(Place::file);
        let (path, closed) = match (want, own) {
            (Want::Named(path), _) => (path, false),
            (Want::Own { closed }, Some(own)) => (own, closed),
            (Want::Own { .. }, None) => return,
        };
        let beside = self.networks_beside(session.networks.first().map(|kept| &kept.data));
        let job = Job {
            path,
            session: Session { closed, ..session },
            beside,
            make_folder: true,
        };
        if closed {
            self.sessions.keeper.keep_at_last(job);
        } else if !self.sessions.keeper.keep(job) {
            self.notice(
                "Too many sessions are being written; please wait for them.",
                true,
            );
        }
        if let Some(stamp) = self.stamp() {
            self.sessions.stamped(stamp);
        }
    }

    /// What is in front of the person, with the run as the worker handed it over.
    fn session(&self, kept: Kept) -> Option<Session> {
        let data = self.sessions.record(&self.run.summary.as_ref()?.checksum)?;
        let loaded = self.data.as_ref();
        let controls = loaded.and_then(|data| self.sessions.record(data.checksum()));
        let losses = (
            self.run.training.points().to_vec(),
            self.run.validation.points().to_vec(),
        );
        let run = KeptNetwork::run(kept.held, kept.standing, Arc::clone(&data), losses);
        Some(Session {
            closed: false,
            threads: kept.threads,
            settings: self.draft.config.clone(),
            data: controls.unwrap_or(data),
            networks: vec![run],
        })
    }

    fn session_written(&mut self, written: Written) {
        let Written {
            path,
            result,
            spent,
        } = written;
        let own = self.sessions.is_own(&path);
        if own {
            self.sessions.spent = spent;
        }
        match result {
            Ok(()) if own => self.sessions.failing = false,
            Ok(()) => {
                self.notices.add(Notice::saved(&path));
                self.remember_session(&path);
            }
            // Said once; the run goes on.
            Err(error) if own => {
                if !std::mem::replace(&mut self.sessions.failing, true) {
                    let text = format!("The session is not kept for the next start: {error}");
                    self.notice(text, true);
                }
            }
            Err(error) => self.notice(format!("The session was not saved: {error}"), true),
        }
    }

    /// Puts a file before those that were opened or saved earlier.
    fn remember_session(&mut self, path: &Path) {
        if self.sessions.is_own(path) {
            return;
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let recent = &mut self.settings.recent;
        recent.retain(|old| *old != path);
        recent.insert(0, path);
        recent.truncate(RECENT);
    }

    fn session_refused(&mut self, path: &Path, text: String) {
        self.notice(text, true);
        if !path.is_file() {
            self.settings.recent.retain(|old| old != path);
        }
        // A window without data would have nothing to show.
        if self.data.is_none() && !self.loader.is_busy() {
            self.loader.load(self.draft.choice.clone(), Why::Run);
        }
    }

    /// A session takes the place of what is there.
    fn session_opened(&mut self, path: &Path, opened: Opened) {
        let Opened {
            session,
            data,
            of_networks,
        } = opened;
        let networks = session.networks.into_iter().zip(of_networks);
        let (mut runs, beside): (Vec<_>, Vec<_>) =
            networks.partition(|(kept, _)| kept.role == Role::Run);
        for record in beside.iter().chain(&runs).map(|(kept, _)| &kept.data) {
            self.sessions.remember(Arc::clone(record));
        }
        self.sessions.remember(Arc::clone(&session.data));
        if let Some((kept, data)) = runs.pop() {
            let run = RunId(self.next_run);
            self.next_run += 1;
            let request = Box::new(OpenRequest { run, data, kept });
            let Some(link) = self.link() else { return };
            if let Err(error) = link.send(Command::Open(request)) {
                self.notice(format!("The session was not opened: {error}."), true);
                return;
            }
            self.run.expect(run);
            self.begun = Some((run, session.threads));
            self.reunite(run, beside);
        }
        self.notices.clear();
        self.waits_for_study = false;
        self.unsent = None;
        self.draft.replace(session.settings);
        self.held = choice_of(&session.data);
        self.draft.set_choice(self.held.clone(), data.len());
        self.data = Some(data);
        self.sessions.offer = None;
        self.remember_session(path);
    }

    /// The program ends: what is here is kept, so that the next start finds it.
    pub fn close(&mut self) {
        let kept = self.sessions.place.is_some() && self.stamp().is_some();
        if !kept || self.is_untouched() {
            return;
        }
        self.want(Want::Own { closed: true });
        let end = Instant::now() + LAST_STEP;
        while self.sessions.asked.is_some() && !self.cannot_answer() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
            self.drain();
        }
        let end = Instant::now() + LAST_WRITE;
        while !self.sessions.keeper.is_idle() && Instant::now() < end {
            let written = self.sessions.keeper.wait(Duration::from_millis(100));
            if let Some(error) = written.and_then(|written| written.result.err()) {
                tracing::error!("the session is not kept: {error}");
            }
        }
    }
}
