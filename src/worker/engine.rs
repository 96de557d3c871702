//! The worker's loop: commands, then a piece of work, then news.
//!
//! While a run works, commands are looked for before every piece (a few mixtures, some samples, a
//! step), so every answer comes within one. While nothing works, the thread sleeps on its
//! channels. When pictures are made and news told, [`Deadlines`] knows.

mod deadlines;

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvError, select};

use self::deadlines::{Deadlines, INTERVAL};
use super::comparer::{Comparer, Outcome};
use super::live_run::{Activity, LiveRun};
use super::outbox::Outbox;
use super::protocol::{
    Command, Event, LiveSettings, LossPoint, Message, OpenRequest, Past, RunId, Snapshot,
    StartRequest,
};
use crate::linalg::{Rank, Threads};
use crate::service::{Desk, Slot, caught};
use crate::session::Held;
use crate::training::{Checkpoint, MORE_STEPS, PriorStock, Run, RunError};

/// The worker's thread.
pub(super) struct Engine {
    commands: Receiver<Command>,
    outbox: Outbox,
    slot: Slot<Arc<Snapshot>>,
    wake: Box<dyn Fn() + Send + Sync>,
    threads: usize,
    present: Option<LiveRun>,
    comparer: Option<Comparer>,
    due: Deadlines,
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
        desk: Desk<Command, Message, Snapshot>,
        wake: Box<dyn Fn() + Send + Sync>,
        threads: usize,
    ) -> Self {
        Self {
            commands: desk.commands,
            outbox: Outbox::new(desk.messages),
            slot: desk.newest,
            wake,
            threads,
            present: None,
            comparer: None,
            due: Deadlines::new(Instant::now()),
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
        self.single || self.present.as_ref().is_some_and(LiveRun::has_work)
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
            Command::Open(request) => Some(request.run),
            _ => None,
        };
        let broke = caught(|| self.obey(command));
        if let Err(said) = broke {
            // A start that broke leaves the run that was there as it was.
            let run = starting.or_else(|| self.present.take().map(|live| live.id));
            self.report_panic(run, &said);
        }
    }

    /// Does `work`; a panic in it ends the run, not the worker.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if let Err(said) = caught(|| work(self)) {
            let run = self.present.take().map(|live| live.id);
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
        if let Some(live) = self.present.as_mut().filter(|live| live.id == run)
            && let Some(losses) = live.take_losses()
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
                let waits = |s: &LiveRun| s.id == run && s.activity == Activity::Paused;
                self.single = self.present.as_ref().is_some_and(waits);
            }
            Command::Stop(run) => self.change(run, LiveRun::stop),
            Command::Set(run, settings) => self.set(run, settings),
            Command::ContinueGently(run) => {
                let mut applied = None;
                self.change(run, |s| {
                    applied = s.continue_gently();
                    applied.as_ref().map(|_| Event::Paused(false))
                });
                if let (Some(settings), Some(live)) = (applied, &self.present) {
                    let step = live.steps();
                    self.say(run, Event::Applied { step, settings });
                }
            }
            Command::Extend(run, steps) => {
                self.change(run, |s| s.train_on(steps).then_some(Event::Paused(false)));
            }
            Command::Open(request) => self.open(*request),
            Command::Keep(run) => {
                let live = self.present.as_ref().filter(|live| live.id == run);
                if let Some(kept) = live.map(LiveRun::kept) {
                    self.say(run, Event::Kept(kept));
                }
            }
            Command::Pin(run) => {
                let live = self.present.as_mut().filter(|live| live.id == run);
                if let Some(pinned) = live.and_then(LiveRun::pinned) {
                    self.say(run, Event::Pinned(pinned));
                }
            }
            #[cfg(test)]
            Command::Break => panic!("as it was told to"),
        }
    }

    /// Applies `change` to the run if it is the one that is meant, and tells what came of it.
    fn change(&mut self, run: RunId, change: impl FnOnce(&mut LiveRun) -> Option<Event>) {
        let live = self.present.as_mut().filter(|live| live.id == run);
        if let Some(event) = live.and_then(change) {
            self.say(run, event);
            self.due.ask_for_comparison(Instant::now());
        }
    }

    fn start(&mut self, request: StartRequest) {
        let StartRequest {
            run,
            data,
            config,
            from,
        } = request;
        if let Some(live) = &self.present {
            self.stock.keep(live.work());
        }
        let going_on = from.is_some();
        let work = match from.map(|from| *from) {
            Some((fitted, checkpoint)) => Run::resume(data, fitted, checkpoint),
            None => self.stock.run(data, &config),
        };
        match work {
            Ok(work) => {
                let mut live = LiveRun::new(run, work);
                if going_on {
                    live.train_on(MORE_STEPS);
                }
                self.begin(live, (Vec::new(), Vec::new()));
            }
            Err(error) => self.not_begun(run, &error),
        }
    }

    /// Takes up a run where it was kept.
    fn open(&mut self, request: OpenRequest) {
        let OpenRequest { run, data, kept } = request;
        if let Some(live) = &self.present {
            self.stock.keep(live.work());
        }
        let work = match &kept.held {
            Held::Settings(config) => self.stock.run(data, config),
            Held::Network(checkpoint) => self.stock.reopen(data, Checkpoint::clone(checkpoint)),
        };
        match work {
            Ok(work) => {
                let live = LiveRun::reopened(run, work, kept.standing);
                self.begin(live, (kept.training, kept.validation));
            }
            Err(error) => self.not_begun(run, &error),
        }
    }

    /// The run that was there goes on.
    fn not_begun(&mut self, run: RunId, error: &RunError) {
        let message = error.to_string();
        self.say(run, Event::Failed { message });
    }

    /// Has `live` take the place of the present run; `losses` are those of the time before it was
    /// opened.
    fn begin(&mut self, live: LiveRun, (training, validation): (Vec<LossPoint>, Vec<LossPoint>)) {
        let (run, summary, opening) = (live.id, live.summary(), live.opening());
        let work = live.work();
        let past = Past {
            config: work.config().get().clone(),
            schedule: work.schedule().clone(),
            training,
            validation,
        };
        let is_new = past.config == summary.config && past.training.is_empty();
        self.present = Some(live);
        self.single = false;
        self.due = Deadlines::new(Instant::now());
        self.say(run, Event::Started(Box::new(summary)));
        if !is_new {
            self.say(run, Event::Opened(Box::new(past)));
        }
        if let Some(opening) = opening {
            self.say(run, opening);
        }
    }

    fn set(&mut self, run: RunId, settings: LiveSettings) {
        let Some(live) = self.present.as_mut().filter(|live| live.id == run) else {
            return;
        };
        if live.defer(&settings) {
            return;
        }
        let old = live.live();
        let woke = match live.set(&settings) {
            Ok(woke) => woke,
            Err(error) => {
                let reason = error.to_string();
                return self.say(run, Event::Refused { settings, reason });
            }
        };
        let step = live.steps();
        self.awaited |= old.lambda.total_cmp(&settings.lambda).is_ne();
        if (old.shown, old.denoising, old.code)
            != (settings.shown, settings.denoising, settings.code)
        {
            self.due.ask_for_comparison(Instant::now());
            self.due.ask_for_picture(Instant::now());
        }
        self.say(run, Event::Applied { step, settings });
        if woke {
            self.say(run, Event::Paused(false));
        }
    }

    /// Does a piece of work.
    fn work(&mut self) {
        self.single = false;
        let Some(live) = &mut self.present else {
            return;
        };
        let (run, phase) = (live.id, live.phase());
        match live.advance() {
            Ok(events) => {
                if live.phase() != phase {
                    // What a phase has made is on screen as the next one begins.
                    self.due.ask_for_picture(Instant::now());
                }
                let over = live.is_over();
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
                    self.due.ask_for_comparison(Instant::now());
                }
            }
            Err(error) => {
                let message = error.to_string();
                self.present = None;
                self.say(run, Event::Failed { message });
            }
        }
    }

    /// Takes what the comparison has found, if it is about the present run.
    fn hear(&mut self, outcome: Outcome) {
        let Some(live) = self.present.as_mut().filter(|s| s.id == outcome.run) else {
            return;
        };
        let now = Instant::now();
        if live.activity == Activity::Working {
            self.due.compared(outcome.spent, now);
        }
        match outcome.result {
            Ok(picture) => live.denoising = Some(picture),
            Err(reason) => {
                let settings = live.live();
                // It would fail again; the next change of a setting asks anew.
                self.due.rest();
                self.say(outcome.run, Event::Refused { settings, reason });
            }
        }
        // A run that waits makes no other pictures.
        self.due.ask_for_picture(now);
    }

    /// Publishes what is due. An answer that somebody waits for goes out before pictures are made,
    /// everything else behind them; the window is woken last.
    fn tell(&mut self, idle: bool) {
        let now = Instant::now();
        let due = idle || self.due.picture_is_due(now);
        if due && self.urgent {
            self.report();
        }
        let published = due && self.publish(idle);
        if published || self.urgent || self.due.news_are_due(now) {
            self.report();
        }
        if self.due.comparison_is_due(now) {
            self.compare();
        }
    }

    /// Tells losses and progress, and wakes the window.
    fn report(&mut self) {
        self.due.told(Instant::now());
        if let Some(live) = &mut self.present {
            let run = live.id;
            let losses = live.take_losses();
            let progress = live.progress();
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
            if let Some(live) = &mut engine.present {
                complete = live.picture();
                while whole && !complete {
                    complete = live.picture();
                }
                if complete {
                    engine.slot.put(Arc::new(live.snapshot()));
                }
            }
        });
        self.due.pictured(began.elapsed(), complete, Instant::now());
        complete
    }

    /// Asks for the denoising comparison that is due.
    fn compare(&mut self) {
        let (Some(live), Some(comparer)) = (&mut self.present, &self.comparer) else {
            return;
        };
        let working = live.activity == Activity::Working;
        if working && comparer.is_busy() {
            return;
        }
        if let Some(job) = live.comparison() {
            comparer.ask(job);
            self.due.comparing(working, Instant::now());
        }
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
