//! The worker's loop: commands, then a piece of work, then news.
//!
//! While a run works, commands are looked for before every piece (a few mixtures, some samples, a
//! step), so every answer comes within one. While nothing works, the thread sleeps on its
//! channels. Pictures are made no more often than every [`INTERVAL`], and so seldom that they
//! take no more than one part in [`SHARE`] of the time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvError, Sender, select};

use super::comparer::{Comparer, Outcome};
use super::outbox::Outbox;
use super::protocol::{Command, Event, Message, RunId, Setting, Snapshot, StartRequest};
use super::session::{Activity, Session};
use super::slot::Slot;
use crate::linalg::{Rank, Threads};
use crate::training::PriorStock;

/// Time between two pictures at the least.
const INTERVAL: Duration = Duration::from_millis(100);

/// Pictures take one part in so many of the worker's time at the most.
const SHARE: u32 = 30;

/// Time between two denoising comparisons of a run in training at the least.
const COMPARISONS: Duration = Duration::from_millis(1_500);

/// A comparison is followed by a pause of at least so many times what it took.
const REST: u32 = 8;

/// The worker's thread.
pub(super) struct Engine {
    commands: Receiver<Command>,
    outbox: Outbox,
    slot: Slot<Arc<Snapshot>>,
    wake: Box<dyn Fn() + Send + Sync>,
    threads: usize,
    session: Option<Session>,
    comparer: Option<Comparer>,
    next_picture: Instant,
    /// What the pieces of the pictures in the making have cost.
    spent: Duration,
    next_comparison: Instant,
    /// When losses and progress are told, however seldom pictures are made.
    next_news: Instant,
    /// The loss of the next step is the answer to a change of λ: it is told at once.
    awaited: bool,
    /// Priors of the runs before.
    stock: PriorStock,
    /// One step was asked for of a run that waits.
    single: bool,
    /// News that somebody waits for: told after this piece, not at the next picture.
    urgent: bool,
}

impl Engine {
    pub fn new(
        commands: Receiver<Command>,
        messages: Sender<Message>,
        slot: Slot<Arc<Snapshot>>,
        wake: Box<dyn Fn() + Send + Sync>,
        threads: usize,
    ) -> Self {
        let now = Instant::now();
        Self {
            commands,
            outbox: Outbox::new(messages),
            slot,
            wake,
            threads,
            session: None,
            comparer: None,
            next_picture: now,
            spent: Duration::ZERO,
            next_comparison: now,
            next_news: now,
            awaited: false,
            stock: PriorStock::default(),
            single: false,
            urgent: false,
        }
    }

    /// Serves until nobody can send a command any more.
    pub fn serve(mut self) {
        let threads = Threads::of(self.threads, Rank::Run);
        match Comparer::spawn() {
            Ok(comparer) => self.comparer = Some(comparer),
            Err(error) => tracing::error!("no thread for the denoising comparison: {error}"),
        }
        threads.install(|| while self.turn().is_ok() {});
    }

    /// One turn of the loop; an error when there is nobody left to serve.
    fn turn(&mut self) -> Result<(), RecvError> {
        if self.is_working() {
            // A single step that was asked for is taken before the next command is obeyed.
            while !self.single
                && let Some(command) = self.next_command()?
            {
                self.guarded_obey(command);
            }
        } else {
            self.tell(true);
            self.sleep()?;
        }
        if self.is_working() {
            self.guarded(Self::work);
            let outcome = self
                .comparer
                .as_ref()
                .and_then(|c| c.outcomes.try_recv().ok());
            if let Some(outcome) = outcome {
                self.hear(outcome);
            }
            self.tell(false);
        }
        Ok(())
    }

    fn is_working(&self) -> bool {
        self.single || self.session.as_ref().is_some_and(Session::has_work)
    }

    fn next_command(&self) -> Result<Option<Command>, RecvError> {
        match self.commands.try_recv() {
            Ok(command) => Ok(Some(command)),
            Err(crossbeam_channel::TryRecvError::Empty) => Ok(None),
            Err(crossbeam_channel::TryRecvError::Disconnected) => Err(RecvError),
        }
    }

    /// Waits for a command or an outcome, whichever comes first.
    fn sleep(&mut self) -> Result<(), RecvError> {
        let never = crossbeam_channel::never();
        let outcomes = self
            .comparer
            .as_ref()
            .map_or(&never, |c| &c.outcomes)
            .clone();
        // Messages that found no room are tried again now and then.
        let retry = if self.outbox.is_empty() {
            crossbeam_channel::never()
        } else {
            crossbeam_channel::after(INTERVAL)
        };
        select! {
            recv(self.commands) -> command => {
                self.guarded_obey(command?);
            }
            recv(outcomes) -> outcome => if let Ok(outcome) = outcome { self.hear(outcome) },
            recv(retry) -> _ => {}
        }
        Ok(())
    }

    /// Obeys `command`; a panic fails the run it is about.
    fn guarded_obey(&mut self, command: Command) {
        let starting = match &command {
            Command::Start(request) => Some(request.run),
            _ => None,
        };
        let broke = catch(|| self.obey(command));
        if let Err(said) = broke {
            // A start that broke leaves the run that was there as it was.
            let run = starting.or_else(|| self.session.take().map(|session| session.id));
            self.report_panic(run, &said);
        }
    }

    /// Does `work`; a panic in it ends the session, not the worker.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if let Err(said) = catch(|| work(self)) {
            let run = self.session.take().map(|session| session.id);
            self.report_panic(run, &said);
        }
    }

    fn report_panic(&mut self, run: Option<RunId>, said: &str) {
        tracing::error!("the worker broke: {said}");
        self.single = false;
        if let Some(run) = run {
            let message = format!(
                "The worker broke ({said}). This is a defect of the program; the data are \
                 untouched and a new run can be started."
            );
            self.say(run, Event::Failed { message });
        }
    }

    /// Tells `event`, behind the losses of the steps before it.
    fn say(&mut self, run: RunId, event: Event) {
        if let Some(session) = self.session.as_mut().filter(|session| session.id == run)
            && let Some(losses) = session.take_losses()
        {
            self.outbox.say(run, losses);
        }
        self.outbox.say(run, event);
        self.urgent = true;
    }

    /// Does what a command asks for, if it is meant for the present run.
    fn obey(&mut self, command: Command) {
        match command {
            Command::Start(request) => self.start(*request),
            Command::Pause(run) => self.change(run, |s| {
                (s.activity == Activity::Working).then(|| {
                    s.activity = Activity::Paused;
                    Event::Paused(true)
                })
            }),
            Command::Resume(run) => {
                self.change(run, |s| s.resume().then_some(Event::Paused(false)));
            }
            Command::SingleStep(run) => {
                let waits = |s: &Session| s.id == run && s.activity == Activity::Paused;
                self.single = self.session.as_ref().is_some_and(waits);
            }
            Command::Stop(run) => self.change(run, Session::stop),
            Command::Set(run, setting) => self.set(run, setting),
            Command::ContinueGently(run) => {
                let mut applied = None;
                self.change(run, |s| {
                    applied = s.continue_gently();
                    applied.as_ref().map(|_| Event::Paused(false))
                });
                if let (Some(setting), Some(session)) = (applied, &self.session) {
                    let step = session.steps();
                    self.say(run, Event::Applied { step, setting });
                }
            }
            Command::Extend(run, steps) => {
                self.change(run, |s| s.train_on(steps).then_some(Event::Paused(false)));
            }
            #[cfg(test)]
            Command::Break => panic!("as it was told to"),
        }
    }

    /// Applies `change` to the session if it is the one that is meant, and tells what came of it.
    fn change(&mut self, run: RunId, change: impl FnOnce(&mut Session) -> Option<Event>) {
        let session = self.session.as_mut().filter(|session| session.id == run);
        if let Some(event) = session.and_then(change) {
            self.say(run, event);
            self.next_comparison = Instant::now();
        }
    }

    fn start(&mut self, request: StartRequest) {
        let StartRequest { run, data, config } = request;
        if let Some(session) = &self.session {
            self.stock.keep(session.work());
        }
        match self.stock.run(data, &config) {
            Ok(work) => {
                let session = Session::new(run, work);
                let summary = session.summary();
                self.session = Some(session);
                self.single = false;
                self.next_picture = Instant::now();
                self.next_comparison = Instant::now();
                self.say(run, Event::Started(Box::new(summary)));
            }
            // The run that was there goes on.
            Err(error) => self.say(
                run,
                Event::Failed {
                    message: error.to_string(),
                },
            ),
        }
    }

    fn set(&mut self, run: RunId, setting: Setting) {
        let Some(session) = self.session.as_mut().filter(|session| session.id == run) else {
            return;
        };
        let mut woke = false;
        let event = match session.set(&setting) {
            Ok(wakes) => {
                woke = wakes;
                Event::Applied {
                    step: session.steps(),
                    setting,
                }
            }
            Err(error) => Event::Refused {
                setting,
                reason: error.to_string(),
            },
        };
        let concerns_pictures = matches!(
            &event,
            Event::Applied {
                setting: Setting::Shown(_) | Setting::Denoising(_) | Setting::CodeSize(_),
                ..
            }
        );
        self.awaited |= matches!(
            &event,
            Event::Applied {
                setting: Setting::Lambda(_),
                ..
            }
        );
        if concerns_pictures {
            self.next_comparison = Instant::now();
            self.next_picture = Instant::now();
        }
        self.say(run, event);
        if woke {
            self.say(run, Event::Paused(false));
        }
    }

    /// Does a piece of work.
    fn work(&mut self) {
        self.single = false;
        let Some(session) = &mut self.session else {
            return;
        };
        let (run, phase) = (session.id, session.phase());
        match session.advance() {
            Ok(events) => {
                if session.phase() != phase {
                    // What a phase has made is on screen as the next one begins.
                    self.next_picture = Instant::now();
                }
                let over = session.is_over();
                for event in events {
                    if let Event::Validation(_) = event {
                        // Not urgent: it goes out with the next picture.
                        self.outbox.say(run, event);
                    } else {
                        self.say(run, event);
                    }
                }
                self.urgent |= std::mem::take(&mut self.awaited);
                if over {
                    self.next_comparison = Instant::now();
                }
            }
            Err(error) => {
                let message = error.to_string();
                self.session = None;
                self.say(run, Event::Failed { message });
            }
        }
    }

    /// Takes what the comparison has found, if it is about the present run.
    fn hear(&mut self, outcome: Outcome) {
        let Some(session) = self.session.as_mut().filter(|s| s.id == outcome.run) else {
            return;
        };
        let now = Instant::now();
        // One that is due already was asked for by a person, or by the end of the run.
        if session.activity == Activity::Working && self.next_comparison > now {
            self.next_comparison = self.next_comparison.max(now + outcome.spent * REST);
        }
        match outcome.result {
            Ok(picture) => session.denoising = Some(picture),
            Err(reason) => {
                let setting = Setting::Denoising(session.denoising_settings());
                // It would fail again; the next change of a setting asks anew.
                self.next_comparison = Instant::now() + Duration::from_secs(1 << 30);
                self.say(outcome.run, Event::Refused { setting, reason });
            }
        }
        // A run that waits makes no other pictures.
        self.next_picture = self.next_picture.min(Instant::now());
    }

    /// Publishes what is due. An answer that somebody waits for goes out before pictures are made,
    /// everything else behind them; the window is woken last.
    fn tell(&mut self, idle: bool) {
        let now = Instant::now();
        let due = now >= self.next_picture || idle;
        if due && self.urgent {
            self.report();
        }
        let published = due && self.publish(idle);
        if published || self.urgent || now >= self.next_news {
            self.report();
        }
        if now >= self.next_comparison {
            self.compare();
        }
    }

    /// Tells losses and progress, and wakes the window.
    fn report(&mut self) {
        self.next_news = Instant::now() + INTERVAL;
        if let Some(session) = &mut self.session {
            let run = session.id;
            let losses = session.take_losses();
            let progress = session.progress();
            for event in losses.into_iter().chain([progress]) {
                self.outbox.say(run, event);
            }
        }
        self.urgent = false;
        self.outbox.flush();
        (self.wake)();
    }

    /// Makes pictures, a piece of them or (`whole`) all of them; says whether they are complete
    /// and published. The time of the next ones follows from what these cost.
    fn publish(&mut self, whole: bool) -> bool {
        let began = Instant::now();
        let mut complete = true;
        self.guarded(|engine| {
            if let Some(session) = &mut engine.session {
                complete = session.picture();
                while whole && !complete {
                    complete = session.picture();
                }
                if complete {
                    engine.slot.put(Arc::new(session.snapshot()));
                }
            }
        });
        self.spent += began.elapsed();
        if complete {
            let spent = std::mem::take(&mut self.spent);
            self.next_picture = Instant::now() + INTERVAL.max(spent * SHARE);
        }
        complete
    }

    /// Asks for the denoising comparison that is due.
    fn compare(&mut self) {
        let (Some(session), Some(comparer)) = (&mut self.session, &self.comparer) else {
            return;
        };
        let working = session.activity == Activity::Working;
        if working && comparer.is_busy() {
            return;
        }
        if let Some(job) = session.comparison() {
            comparer.ask(job);
            // A run that waits changes nothing until somebody does.
            let pause = if working {
                COMPARISONS
            } else {
                Duration::from_secs(1 << 30)
            };
            self.next_comparison = Instant::now() + pause;
        }
    }
}

/// Does `work`; if it panics, what it said.
fn catch(work: impl FnOnce()) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a word".into())
    })
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
