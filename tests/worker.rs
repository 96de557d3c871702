//! The worker's protocol without a window, on real small runs.
//!
//! Time decides nothing here: whatever is awaited comes or the test gives up after a minute.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use dkae_explorer::exhibit::denoising::{LIVE_ROWS, Method};
use dkae_explorer::exhibit::{KernelOf, Row, RowOf, Trained};
use dkae_explorer::service::{Link, SendError};
use dkae_explorer::training::config::{
    Activation, DenoisingConfig, PckConfig, PretrainingConfig, PriorConfig,
};
use dkae_explorer::training::{MORE_STEPS, RunConfig};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{
    Command, End, Event, LiveSettings, LossPoint, Message, PhaseKind, RunId, Snapshot, StartRequest,
};
use ndarray::Array2;

/// How long to wait for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Steps that no test lives to see the end of.
const ENDLESS: usize = 50_000_000;

const RUN: RunId = RunId(1);

/// A change of settings.
type Change = fn(&mut LiveSettings);

/// A worker, and everything it has said.
struct Watch {
    worker: WorkerHandle,
    bell: Receiver<()>,
    log: Vec<Message>,
    snapshots: Vec<Arc<Snapshot>>,
}

impl Watch {
    fn new() -> Self {
        let (ring, bell) = bounded(1);
        let wake = Box::new(move || _ = ring.try_send(()));
        Self {
            worker: WorkerHandle::spawn(1, wake).unwrap(),
            bell,
            log: Vec::new(),
            snapshots: Vec::new(),
        }
    }

    /// A worker that has begun run 1 under `config`.
    fn running(config: RunConfig) -> Self {
        let mut watch = Self::new();
        watch.start(RUN, config);
        watch.event(0, |event| matches!(event, Event::Started(_)));
        watch
    }

    /// A worker that takes the steps of run 1.
    fn training() -> Self {
        let mut watch = Self::running(common::config(ENDLESS));
        watch.event(0, |event| matches!(event, Event::Losses(_)));
        watch
    }

    fn start(&self, run: RunId, config: RunConfig) {
        let data = common::data();
        self.send(Command::Start(Box::new(StartRequest {
            run,
            data,
            config,
            from: None,
        })));
    }

    fn send(&self, command: Command) {
        self.worker.send(command).unwrap();
    }

    /// Reads what has arrived.
    fn drain(&mut self) {
        self.snapshots.extend(self.worker.newest());
        self.log.extend(self.worker.messages());
    }

    /// Waits until `look` finds what it wants.
    fn wait<R>(&mut self, what: &str, look: impl Fn(&Self) -> Option<R>) -> R {
        let end = Instant::now() + PATIENCE;
        loop {
            self.drain();
            if let Some(found) = look(self) {
                return found;
            }
            assert!(Instant::now() < end, "waited for {what}; {:?}", self.tail());
            let _ = self.bell.recv_timeout(Duration::from_millis(20));
        }
    }

    /// The network of the newest picture.
    fn network(&self) -> Option<Trained> {
        self.snapshots.last()?.exhibit.network.clone()
    }

    fn tail(&self) -> Vec<String> {
        let shown = |message: &Message| match &message.event {
            Event::Losses(points) => format!("{:?} {} losses", message.run, points.len()),
            event => format!("{:?} {event:?}", message.run),
        };
        self.log.iter().rev().take(8).map(shown).collect()
    }

    /// Waits for an event, at `from` in the log or later, and gives the place behind it.
    fn event(&mut self, from: usize, wanted: impl Fn(&Event) -> bool) -> usize {
        self.wait("an event", |watch| {
            let mut later = watch.log[from..].iter();
            Some(from + later.position(|message| wanted(&message.event))? + 1)
        })
    }

    /// The settings that the run has as it says.
    fn live(&self) -> LiveSettings {
        let told = |message: &Message| match &message.event {
            Event::Started(summary) => Some(LiveSettings::of(&summary.config)),
            Event::Applied { settings, .. } => Some(*settings),
            _ => None,
        };
        self.log.iter().rev().find_map(told).unwrap()
    }

    /// Asks for other settings, and gives them.
    fn set(&mut self, change: impl FnOnce(&mut LiveSettings)) -> LiveSettings {
        let mut settings = self.live();
        change(&mut settings);
        self.send(Command::Set(RUN, settings));
        settings
    }

    /// The steps taken, by a change of what is looked at, which wakes nothing.
    fn steps_now(&mut self) -> u64 {
        let from = self.log.len();
        let components = self.live().denoising.components;
        let wanted = self.set(|live| live.denoising.components = components % 5 + 1);
        let at = self.event(
            from,
            |event| matches!(event, Event::Applied { settings, .. } if *settings == wanted),
        );
        match &self.log[at - 1].event {
            Event::Applied { step, .. } => *step,
            _ => unreachable!(),
        }
    }

    /// Sets λ to `lambda` and gives the step before which that took effect.
    fn set_lambda(&mut self, lambda: f64) -> u64 {
        let from = self.log.len();
        let wanted = self.set(|live| live.lambda = lambda);
        let at = self.event(
            from,
            |event| matches!(event, Event::Applied { settings, .. } if *settings == wanted),
        );
        match &self.log[at - 1].event {
            Event::Applied { step, .. } => *step,
            _ => unreachable!(),
        }
    }

    fn pause(&mut self) {
        let from = self.log.len();
        self.send(Command::Pause(RUN));
        self.event(from, |event| matches!(event, Event::Paused(true)));
    }

    /// All losses so far.
    fn losses(&self) -> Vec<LossPoint> {
        let mut losses = Vec::new();
        for message in &self.log {
            if let Event::Losses(points) = &message.event {
                losses.extend_from_slice(points);
            }
        }
        losses
    }

    /// Waits until the losses have reached step `step`.
    fn reach(&mut self, step: u64) -> Vec<LossPoint> {
        self.wait("a step", |watch| {
            let losses = watch.losses();
            losses
                .last()
                .is_some_and(|p| p.step >= step)
                .then_some(losses)
        })
    }
}

fn is_finished(event: &Event) -> bool {
    matches!(event, Event::Finished { .. })
}

#[test]
fn a_run_tells_its_whole_story_in_order() {
    let mut watch = Watch::running(common::config(150));
    let end = watch.event(0, is_finished);
    assert!(watch.log.iter().all(|message| message.run == RUN));
    assert!(matches!(&watch.log[0].event, Event::Started(summary)
        if summary.dims == [64, 32, 8] && summary.samples == [210, 45, 45]));
    let Event::Finished { end: how, phases } = &watch.log[end - 1].event else {
        unreachable!()
    };
    assert_eq!(*how, End::Done);
    let entered: Vec<_> = phases.iter().map(|(phase, _)| *phase).collect();
    assert_eq!(
        entered,
        [
            PhaseKind::Prior,
            PhaseKind::Posteriors,
            PhaseKind::Training,
            PhaseKind::Evaluation
        ]
    );

    // Every loss, in order, before the end is told.
    watch.log.truncate(end);
    let steps: Vec<u64> = watch.losses().iter().map(|point| point.step).collect();
    assert_eq!(steps, (0..150).collect::<Vec<_>>());
    let validation: Vec<u64> = watch
        .log
        .iter()
        .filter_map(|message| match &message.event {
            Event::Validation(point) => Some(point.step),
            _ => None,
        })
        .collect();
    assert_eq!(validation, (0..150).step_by(10).collect::<Vec<_>>());
    let phase = |message: &Message| match &message.event {
        Event::Progress(progress) => Some(progress.phase),
        _ => None,
    };
    let told: Vec<_> = watch.log.iter().filter_map(phase).collect();
    assert!(told.is_sorted_by_key(|phase| *phase as usize), "{told:?}");

    let scores = watch.wait("the last figures", |watch| {
        watch.snapshots.last()?.exhibit.test
    });
    assert_eq!(scores.samples, 45);
    assert!(scores.lc_c_p.is_finite() && scores.lc_p_ki.is_some());
}

#[test]
fn p_grows_mixture_by_mixture_before_c_comes() {
    let mut config = common::config(ENDLESS);
    config.prior = PriorConfig::Pck(PckConfig {
        restarts: 30,
        ..common::pck()
    });
    let mut watch = Watch::new();
    watch.start(RUN, config);
    watch.send(Command::Pause(RUN));
    watch.event(0, |event| matches!(event, Event::Paused(true)));
    let grown = |watch: &Watch| {
        let exhibit = &watch.snapshots.last()?.exhibit;
        exhibit.matrix_of(KernelOf::Prior)?;
        let (_, prior) = exhibit.kernel(KernelOf::Prior)?;
        Some(prior.growing.map_or(120, |(done, _)| done))
    };
    let mut before = watch.wait("the first mixtures", grown);
    assert!(before < 120, "the run waits before its mixtures are done");
    while before < 120 {
        assert!(watch.snapshots.iter().all(|s| s.exhibit.network.is_none()));
        watch.send(Command::SingleStep(RUN));
        let now = watch.wait("more mixtures", |watch| {
            grown(watch).filter(|&now| now > before)
        });
        let newest = &watch.snapshots.last().unwrap().exhibit;
        let prior = newest.matrix_of(KernelOf::Prior).unwrap().entries();
        assert_eq!(prior.dim(), (30, 30));
        assert!(prior.iter().all(|p| (0.0..=1.0 + 1e-5).contains(p)));
        before = now;
    }
    watch.send(Command::Resume(RUN));
    let exhibit = watch.wait("C", |watch| {
        let exhibit = watch.snapshots.last()?.exhibit.clone();
        exhibit.network.is_some().then_some(exhibit)
    });
    assert_eq!(exhibit.matrix_of(KernelOf::Codes).unwrap().rows(), 30);
    assert_eq!(exhibit.network.as_ref().unwrap().codes.dim(), (30, 8));
    let rebuilt = exhibit.row(RowOf::Reconstruction).unwrap();
    assert_eq!(rebuilt.images.as_ref().unwrap().dim(), (30, 64));
    assert!(exhibit.matrix_of(KernelOf::Prior).is_some());
}

#[test]
fn pause_holds_single_step_is_one_and_resume_goes_on() {
    let mut watch = Watch::training();
    watch.pause();
    let held = watch.steps_now();
    assert_eq!(watch.losses().last().unwrap().step + 1, held);
    assert_eq!(watch.steps_now(), held, "no step was taken meanwhile");

    watch.send(Command::SingleStep(RUN));
    assert_eq!(watch.steps_now(), held + 1);
    for _ in 0..3 {
        watch.send(Command::SingleStep(RUN));
    }
    assert_eq!(watch.steps_now(), held + 4);
    assert_eq!(watch.losses().last().unwrap().step, held + 3);

    // A running run is not stepped singly: pause and steps in one go are just as exact.
    let from = watch.log.len();
    watch.send(Command::Resume(RUN));
    watch.event(from, |event| matches!(event, Event::Paused(false)));
    watch.reach(held + 100);
    watch.send(Command::SingleStep(RUN));
    watch.send(Command::Pause(RUN));
    watch.send(Command::SingleStep(RUN));
    watch.send(Command::SingleStep(RUN));
    let from = watch.log.len();
    watch.event(from, |event| matches!(event, Event::Paused(true)));
    let steps = watch.steps_now();
    let losses = watch.losses();
    let steps_told: Vec<u64> = losses.iter().map(|point| point.step).collect();
    assert_eq!(steps_told, (0..steps).collect::<Vec<_>>());
}

#[test]
fn lambda_takes_effect_at_one_step_and_not_before() {
    let mut watch = Watch::training();
    let step = watch.set_lambda(0.75);
    let losses = watch.reach(step + 50);
    for point in &losses {
        let wanted = if point.step < step { 0.1 } else { 0.75 };
        assert_eq!(point.lambda, wanted, "step {} of {step}", point.step);
        let total = (1.0 - wanted) * point.lr + wanted * point.lc;
        assert!((point.total - total).abs() < 1e-12);
    }
    assert!(losses.first().unwrap().step < step);
    let changes = losses.windows(2).filter(|w| w[0].lambda != w[1].lambda);
    assert_eq!(changes.count(), 1);
}

#[test]
fn a_change_of_nc_gives_codes_of_the_new_width() {
    let mut watch = Watch::training();
    for units in [3, 20] {
        let from = watch.log.len();
        watch.set(|live| live.code = units);
        watch.event(
            from,
            |event| matches!(event, Event::Applied { settings, .. } if settings.code == units),
        );
        let codes = watch.wait("codes of the new width", |watch| {
            let codes = watch.network()?;
            (codes.codes.ncols() == units).then_some(codes)
        });
        let losses = watch.reach(codes.step + 20);
        assert!(losses.iter().all(|point| point.total.is_finite()));
        let scores = codes.scores;
        assert!(scores.lr.is_finite() && scores.lc_c_p.is_finite());
    }
}

#[test]
fn learning_rate_and_noise_are_applied() {
    let mut watch = Watch::training();
    for change in [
        (|live| live.learning_rate = 1e-4) as Change,
        |live| live.input_noise = 0.3,
        |live| live.shown = 12,
    ] {
        let from = watch.log.len();
        let wanted = watch.set(change);
        watch.event(
            from,
            |event| matches!(event, Event::Applied { settings, .. } if *settings == wanted),
        );
    }
    watch.wait("twelve digits", |watch| {
        let newest = watch.snapshots.last()?;
        let rows = |of| Some(newest.exhibit.matrix_of(of)?.rows());
        let both = [KernelOf::Prior, KernelOf::Codes].map(rows);
        (both == [Some(12); 2]).then_some(())
    });
}

#[test]
fn a_setting_out_of_range_is_refused_and_the_run_goes_on() {
    let mut watch = Watch::training();
    for (change, name) in [
        ((|live| live.lambda = 2.0) as Change, "λ is 2"),
        (|live| live.lambda = f64::NAN, "λ is NaN"),
        (|live| live.code = 0, "Nc is 0"),
        (|live| live.learning_rate = -1.0, "learning rate is -1"),
        (|live| live.input_noise = -0.5, "is -0.5"),
        (|live| live.shown = 0, "shown images is 0"),
        // None of them is taken if one cannot be.
        (|live| (live.lambda, live.code) = (0.9, 0), "Nc is 0"),
    ] {
        let from = watch.log.len();
        watch.set(change);
        let at = watch.event(from, |event| matches!(event, Event::Refused { .. }));
        let Event::Refused { reason, .. } = &watch.log[at - 1].event else {
            unreachable!()
        };
        assert!(
            reason.contains(name) && reason.contains("has to be"),
            "{reason}"
        );
    }
    let last = watch.losses().last().unwrap().step;
    let losses = watch.reach(last + 100);
    assert!(losses.iter().all(|point| point.lambda == 0.1));
}

#[test]
fn commands_of_another_run_are_ignored() {
    let mut watch = Watch::training();
    let foreign = RunId(99);
    watch.send(Command::Pause(foreign));
    let settings = LiveSettings {
        lambda: 0.9,
        ..watch.live()
    };
    watch.send(Command::Set(foreign, settings));
    watch.send(Command::Extend(foreign, 5));
    watch.send(Command::ContinueGently(foreign));
    watch.send(Command::Stop(foreign));
    let step = watch.set_lambda(0.3);
    let losses = watch.reach(step + 50);
    assert!(losses.iter().all(|point| point.lambda != 0.9));
    assert!(watch.log.iter().all(|message| message.run == RUN));
    assert!(
        !watch
            .log
            .iter()
            .any(|message| { matches!(message.event, Event::Paused(_) | Event::Finished { .. }) })
    );
}

#[test]
fn a_start_that_fails_leaves_the_other_run_alone() {
    let mut watch = Watch::training();
    let mut bad = common::config(10);
    bad.training.lambda = 2.0;
    watch.start(RunId(2), bad);
    let at = watch.event(0, |event| matches!(event, Event::Failed { .. }));
    let failed = &watch.log[at - 1];
    assert_eq!(failed.run, RunId(2));
    assert!(matches!(&failed.event, Event::Failed { message } if message.contains("λ is 2")));
    let step = watch.set_lambda(0.3);
    watch.reach(step + 50);
}

#[test]
fn a_loss_that_is_not_finite_waits_and_goes_on_gently() {
    let mut config = common::config(ENDLESS);
    config.network.hidden = vec![32; 10];
    config.network.hidden_activation = Activation::Identity;
    config.network.code_activation = Activation::Identity;
    config.training.learning_rate = 10.0;
    let mut watch = Watch::running(config);
    let at = watch.event(0, |event| matches!(event, Event::Diverged { .. }));
    let Event::Diverged { step, message, .. } = watch.log[at - 1].event.clone() else {
        unreachable!()
    };
    for part in [
        format!("step {step}"),
        "λ 0.1".into(),
        "learning rate 10".into(),
        "Nc 8".into(),
    ] {
        assert!(message.contains(&part), "{message}");
    }
    // It waits, and a resume does not make it go on as it was.
    watch.send(Command::Resume(RUN));
    assert_eq!(watch.set_lambda(0.1), step);

    let (mut rate, mut from) = (10.0, watch.log.len());
    loop {
        watch.send(Command::ContinueGently(RUN));
        from = watch.event(from, |event| matches!(event, Event::Applied { .. }));
        rate /= 10.0;
        assert!(matches!(watch.log[from - 1].event, Event::Applied {
            settings, step: s } if settings.learning_rate == rate && s >= step));
        assert!(matches!(watch.log[from - 2].event, Event::Paused(false)));
        let last = watch.losses().last().map_or(0, |point| point.step);
        let again = watch.wait("steps or another divergence", |watch| {
            let diverged = watch.log[from..]
                .iter()
                .any(|message| matches!(message.event, Event::Diverged { .. }));
            let reached = watch.losses().last().is_some_and(|p| p.step > last + 200);
            (diverged || reached).then_some(diverged)
        });
        if !again {
            break;
        }
        assert!(rate > 1e-4, "a small rate does not diverge");
    }
    assert!(watch.losses().iter().all(|point| point.total.is_finite()));
}

#[test]
fn a_gentle_rate_counts_in_pretraining_too() {
    let mut config = common::config(ENDLESS);
    config.network.hidden = vec![16];
    config.training.learning_rate = 1e-3;
    config.training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 1_000_000,
        learning_rate: 1e-2,
    });
    let mut watch = Watch::running(config);
    let at = watch.reach(50).len();
    // With a rate of next to nothing the weights stay.
    let from = watch.log.len();
    watch.set(|live| live.learning_rate = 1e-12);
    watch.event(from, |event| matches!(event, Event::Applied { .. }));
    watch.pause();
    let step = watch.steps_now();
    assert!(at > 0 && step > 50);
    let before = watch.wait("a picture", |watch| {
        let codes = watch.network()?;
        (codes.step == step).then_some(codes)
    });
    for _ in 0..5 {
        watch.send(Command::SingleStep(RUN));
    }
    let after = watch.wait("a later picture", |watch| {
        let codes = watch.network()?;
        (codes.step == step + 5).then_some(codes)
    });
    let moved = (&*after.codes - &*before.codes).fold(0.0_f32, |most, d| most.max(d.abs()));
    assert!(moved < 1e-5, "{moved}");
}

/// The figures on all test samples that belong to step `step`.
fn last_figures(watch: &mut Watch, step: u64) {
    let scores = watch.wait("the last figures", |watch| {
        let newest = watch.snapshots.last()?;
        (newest.exhibit.step() == step).then_some(newest.exhibit.test?)
    });
    assert_eq!(scores.samples, 45);
}

#[test]
fn a_stopped_run_rests_with_its_figures_and_goes_on_where_it_was() {
    let mut watch = Watch::running(common::config(4_000));
    watch.event(0, |event| matches!(event, Event::Losses(_)));
    watch.send(Command::Stop(RUN));
    let end = watch.event(0, is_finished);
    assert!(matches!(
        watch.log[end - 1].event,
        Event::Finished {
            end: End::Stopped,
            ..
        }
    ));
    let step = watch.losses().len() as u64;
    last_figures(&mut watch, step);
    // A second stop, a pause and a single step find nothing to do.
    for command in [
        Command::Stop(RUN),
        Command::Pause(RUN),
        Command::SingleStep(RUN),
    ] {
        watch.send(command);
    }
    assert_eq!(
        watch.set_lambda(0.1),
        step,
        "the λ that it has does not wake it"
    );
    let said = |watch: &Watch, wanted: fn(&Event) -> bool| {
        watch
            .log
            .iter()
            .filter(|message| wanted(&message.event))
            .count()
    };
    assert_eq!(said(&watch, is_finished), 1);
    assert_eq!(said(&watch, |event| matches!(event, Event::Paused(_))), 0);

    watch.send(Command::Resume(RUN));
    let going = watch.event(end, |event| matches!(event, Event::Paused(false)));
    watch.event(going, |event| {
        matches!(event, Event::Finished { end: End::Done, .. })
    });
    assert_eq!(watch.losses().len(), 4_000);
    last_figures(&mut watch, 4_000);
}

#[test]
fn a_run_stopped_while_its_prior_is_made_goes_on_making_it() {
    let mut config = common::config(30);
    config.prior = PriorConfig::Pck(PckConfig {
        restarts: 400,
        ..common::pck()
    });
    let mut watch = Watch::running(config);
    watch.send(Command::Stop(RUN));
    let end = watch.event(0, is_finished);
    assert!(watch.losses().is_empty());
    watch.set_lambda(0.3);
    watch.send(Command::Resume(RUN));
    let going = watch.event(end, |event| matches!(event, Event::Paused(false)));
    watch.event(going, |event| {
        matches!(event, Event::Finished { end: End::Done, .. })
    });
    let losses = watch.losses();
    assert!(losses.len() == 30 && losses.iter().all(|point| point.lambda == 0.3));
}

#[test]
fn what_bears_on_training_wakes_a_run_that_is_over_and_what_does_not_leaves_it() {
    let mut watch = Watch::running(common::config(60));
    let mut end = watch.event(0, is_finished);
    let denoising = DenoisingConfig {
        components: 3,
        ..common::config(1).denoising
    };
    for change in [
        &(|live: &mut LiveSettings| live.denoising = denoising) as &dyn Fn(&mut LiveSettings),
        &|live| live.shown = 20,
    ] {
        watch.set(change);
        end = watch.event(end, |event| matches!(event, Event::Applied { .. }));
    }
    let mut steps = 60;
    for (change, name) in [
        ((|live| live.lambda = 0.7) as Change, "λ"),
        (|live| live.code = 5, "Nc"),
        (|live| live.learning_rate *= 0.5, "learning rate"),
        (|live| live.input_noise = 0.1, "noise"),
        (|live| live.lambda = 0.0, "λ = 0"),
    ] {
        watch.set(change);
        let applied = watch.event(end, |event| matches!(event, Event::Applied { .. }));
        let woke = watch.event(end, |event| matches!(event, Event::Paused(_)));
        assert!(woke > applied, "{name}");
        end = watch.event(woke, is_finished);
        // A leg, and stretches while the loss on validation samples still changes.
        let taken = watch.losses().len() as u64 - steps;
        assert!(taken >= MORE_STEPS as u64, "{name}: {taken}");
        let settled = matches!(
            watch.log[end - 1].event,
            Event::Finished {
                end: End::Settled,
                ..
            }
        );
        let most = (21 * MORE_STEPS) as u64;
        assert!(
            settled || taken + MORE_STEPS as u64 > most,
            "{name}: {taken}"
        );
        steps += taken;
        last_figures(&mut watch, steps);
    }
    let codes = watch.wait("a picture", Watch::network);
    assert_eq!((codes.step, codes.codes.ncols()), (steps, 5));
}

#[test]
fn a_paused_run_wakes_under_another_lambda_and_stays_asleep_under_other_pictures() {
    let mut watch = Watch::running(common::config(4_000));
    watch.event(0, |event| matches!(event, Event::Losses(_)));
    watch.send(Command::Pause(RUN));
    let paused = watch.event(0, |event| matches!(event, Event::Paused(true)));
    watch.set(|live| live.shown = 20);
    let seen = watch.event(paused, |event| matches!(event, Event::Applied { .. }));
    let step = watch.set_lambda(0.7);
    let applied = watch.event(seen, |event| matches!(event, Event::Applied { .. }));
    let woke = watch.event(paused, |event| matches!(event, Event::Paused(_)));
    assert!(woke > applied);
    assert!(matches!(watch.log[woke - 1].event, Event::Paused(false)));
    let end = watch.event(woke, is_finished);
    assert!(matches!(
        watch.log[end - 1].event,
        Event::Finished { end: End::Done, .. }
    ));
    // It goes through with the steps that it had.
    let losses = watch.losses();
    assert_eq!(losses.len(), 4_000);
    let (before, after) = losses.split_at(step as usize);
    assert!(before.iter().all(|point| point.lambda == 0.1));
    assert!(!after.is_empty() && after.iter().all(|point| point.lambda == 0.7));
}

#[test]
fn a_finished_run_can_be_extended_by_so_many_steps() {
    let mut watch = Watch::running(common::config(60));
    watch.event(0, is_finished);
    for extended in [40, 25] {
        let (from, before) = (watch.log.len(), watch.losses().len() as u64);
        watch.send(Command::Extend(RUN, extended));
        let going = watch.event(from, |event| matches!(event, Event::Paused(false)));
        let end = watch.event(going, is_finished);
        assert!(matches!(
            watch.log[end - 1].event,
            Event::Finished { end: End::Done, .. }
        ));
        assert_eq!(watch.losses().len() as u64, before + extended as u64);
    }
}

/// A network that is to be pinned comes with the pictures of its own step, in the middle of its training.
#[test]
fn a_pinned_network_and_its_pictures_are_of_one_step() {
    let mut watch = Watch::training();
    for _ in 0..3 {
        let from = watch.log.len();
        watch.send(Command::Pin(RUN));
        let at = watch.event(from, |event| matches!(event, Event::Pinned(_)));
        let Event::Pinned(pinned) = &watch.log[at - 1].event else {
            unreachable!()
        };
        let network = pinned.exhibit.network.as_ref().unwrap();
        assert_eq!(network.step, pinned.network.step());
        let shown = &pinned.exhibit.images.pixels;
        let codes = pinned
            .network
            .trainer
            .network
            .encode(shown.as_ref().unwrap().view());
        let apart = (&codes - &*network.codes).fold(0.0_f32, |most, d| most.max(d.abs()));
        assert!(apart < 1e-5, "{apart}");
    }
}

#[test]
fn a_second_start_replaces_the_first() {
    let mut watch = Watch::training();
    watch.start(RunId(2), common::config(30));
    let started = watch.wait("the second start", |watch| {
        watch.log.iter().position(|message| message.run == RunId(2))
    });
    assert!(matches!(watch.log[started].event, Event::Started(_)));
    watch.event(started, is_finished);
    assert!(watch.log[started..].iter().all(|m| m.run == RunId(2)));
    watch.wait("its last figures", |watch| {
        let newest = watch.snapshots.last()?;
        (newest.run == RunId(2)).then_some(newest.exhibit.test?)
    });
}

#[test]
fn a_run_that_differs_in_lambda_alone_needs_no_new_prior() {
    let mut watch = Watch::training();
    let mut phases = |run, config: RunConfig| -> Vec<PhaseKind> {
        let from = watch.log.len();
        watch.start(run, config);
        let at = watch.event(from, is_finished);
        let Event::Finished { phases, .. } = &watch.log[at - 1].event else {
            panic!("it is finished");
        };
        phases.iter().map(|(phase, _)| *phase).collect()
    };
    let mut config = common::config(30);
    config.training.lambda = 0.5;
    let again = phases(RunId(2), config.clone());
    assert!(!again.contains(&PhaseKind::Prior), "{again:?}");
    assert!(again.contains(&PhaseKind::Training));
    config.seed += 1;
    let other = phases(RunId(3), config);
    assert_eq!(other.first(), Some(&PhaseKind::Prior));
    let whole = |watch: &Watch| {
        let of_it = watch.snapshots.iter().filter(|s| s.run == RunId(2));
        let mut there = of_it.filter(|s| s.exhibit.matrix_of(KernelOf::Prior).is_some());
        let (_, prior) = there.next()?.exhibit.kernel(KernelOf::Prior)?;
        Some(prior.growing.is_none())
    };
    assert_eq!(whole(&watch), Some(true), "P is on show as it is");
}

#[test]
fn a_dropped_handle_ends_the_thread_in_every_phase() {
    let pretraining = PretrainingConfig {
        steps_per_layer: ENDLESS / 10,
        learning_rate: 1e-3,
    };
    let mut mixtures = common::config(ENDLESS);
    mixtures.prior = PriorConfig::Pck(PckConfig {
        restarts: 2_000,
        ..common::pck()
    });
    let mut layers = common::config(ENDLESS);
    layers.training.pretraining = Some(pretraining);
    for config in [mixtures, layers, common::config(ENDLESS)] {
        let watch = Watch::running(config);
        let (done, ended) = bounded(1);
        let drops = std::thread::Builder::new().name("dropper".into());
        drops
            .spawn(move || {
                drop(watch.worker);
                done.send(()).unwrap();
            })
            .unwrap();
        ended.recv_timeout(PATIENCE).expect("the thread is joined");
    }
}

#[test]
fn a_reader_that_does_not_read_stalls_nothing_and_misses_nothing() {
    let mut watch = Watch::new();
    let config = common::config(2_000);
    let settings = LiveSettings::of(&config);
    watch.start(RUN, config);
    // More answers than the channel holds.
    let lambda = |i: u32| f64::from(i) / 10_000.0;
    for i in 0..1_500 {
        let end = Instant::now() + PATIENCE;
        let settings = LiveSettings {
            lambda: lambda(i),
            ..settings
        };
        while watch.worker.send(Command::Set(RUN, settings)) == Err(SendError::Full) {
            assert!(Instant::now() < end, "commands are read");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let end = Instant::now() + PATIENCE;
    let unfinished = |snapshot: Arc<Snapshot>| snapshot.exhibit.test.is_none();
    while watch.worker.newest().is_none_or(unfinished) {
        assert!(Instant::now() < end, "the run finishes without a reader");
        std::thread::sleep(Duration::from_millis(5));
    }
    watch.event(0, is_finished);
    let applied: Vec<f64> = watch
        .log
        .iter()
        .filter_map(|message| match &message.event {
            Event::Applied { settings, .. } => Some(settings.lambda),
            _ => None,
        })
        .collect();
    assert_eq!(applied, (0..1_500).map(lambda).collect::<Vec<_>>());
    let steps: Vec<u64> = watch.losses().iter().map(|point| point.step).collect();
    assert_eq!(steps, (0..2_000).collect::<Vec<_>>());
}

#[test]
fn the_denoising_comparison_comes_with_every_row() {
    let mut watch = Watch::running(common::config(100));
    let exhibit = watch.wait("all rows", |watch| {
        let exhibit = watch.snapshots.last()?.exhibit.clone();
        let whole = exhibit.compared?.samples == 45;
        let denoised = |row: &&Row| row.of.has_errors();
        let mut rows = exhibit.rows.iter().filter(denoised);
        (whole && rows.all(|row| row.error.is_some())).then_some(exhibit)
    });
    assert_eq!(exhibit.pictured.count, 30);
    let rows = LIVE_ROWS.map(|method| exhibit.row(RowOf::Denoised(method)).unwrap());
    for (row, method) in rows.iter().zip(LIVE_ROWS) {
        assert_eq!(row.images.as_ref().unwrap().dim(), (30, 64));
        assert!(row.error.unwrap().is_finite() && row.each.len() == 30);
        let inside = |images: &Array2<f32>| images.iter().all(|x| (0.0..=1.0).contains(x));
        let cut = row.images.as_deref().is_some_and(inside);
        assert_eq!(cut, method != Method::Noisy, "{method:?}");
    }
    let noisy = rows[0].error.unwrap();
    assert!((noisy - 0.0625).abs() < 0.01, "{noisy}");
}
