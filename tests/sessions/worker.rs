//! The worker hands a run over, and another one takes it up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::{Collection, DataRecord, Selection};
use dkae_explorer::service::Link;
use dkae_explorer::session::{Held, KeptNetwork, Session, Standing};
use dkae_explorer::training::{Checkpoint, LiveSettings, LossPoint, RunConfig};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{
    Command, End, Event, Kept, Message, OpenRequest, RunId, StartRequest,
};

use super::{common, uninterrupted};

/// A worker and what it has said.
struct Watch {
    worker: WorkerHandle,
    log: Vec<Message>,
}

impl Watch {
    fn new() -> Self {
        Self {
            worker: WorkerHandle::spawn(1, Box::new(|| ())).unwrap(),
            log: Vec::new(),
        }
    }

    fn start(&self, config: &RunConfig) {
        self.send(Command::Start(Box::new(StartRequest {
            run: RunId(1),
            data: common::data(),
            config: config.clone(),
            from: None,
        })));
    }

    fn send(&self, command: Command) {
        self.worker.send(command).unwrap();
    }

    /// Waits for an event, at `from` in the log or later, and gives the place behind it.
    fn event(&mut self, from: usize, wanted: impl Fn(&Event) -> bool) -> usize {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            self.log.extend(self.worker.messages());
            let mut later = self.log[from..].iter();
            if let Some(at) = later.position(|message| wanted(&message.event)) {
                return from + at + 1;
            }
            assert!(Instant::now() < end, "waited for an event");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The run as it stands, with the losses that were told before.
    fn keep(&mut self, run: RunId) -> KeptNetwork {
        let from = self.log.len();
        self.send(Command::Keep(run));
        let at = self.event(from, |event| matches!(event, Event::Kept(_)));
        let Event::Kept(Kept { standing, held, .. }) = self.log[at - 1].event.clone() else {
            unreachable!()
        };
        let (mut training, mut validation) = (Vec::new(), Vec::new());
        for message in &self.log[..at] {
            match &message.event {
                Event::Opened(past) => {
                    training.clone_from(&past.training);
                    validation.clone_from(&past.validation);
                }
                Event::Losses(points) => training.extend_from_slice(points),
                Event::Validation(point) => validation.push(*point),
                _ => {}
            }
        }
        let none = (&[][..], None);
        let data = common::data();
        let data = DataRecord::of(&data, Selection::default(), none, Collection::Mnist);
        KeptNetwork::run(held, standing, Arc::new(data), (training, validation))
    }

    fn open(&self, run: RunId, kept: KeptNetwork) {
        let data = common::data();
        let request = OpenRequest { run, data, kept };
        self.send(Command::Open(Box::new(request)));
    }

    fn finished(&mut self) {
        self.event(0, |event| matches!(event, Event::Finished { .. }));
    }
}

/// The run through a file.
fn through_a_file(kept: KeptNetwork) -> KeptNetwork {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dkae");
    let session = Session {
        closed: false,
        threads: 1,
        settings: kept.config().clone(),
        data: Arc::clone(&kept.data),
        networks: vec![kept],
    };
    session.write(&path).unwrap();
    Session::read(&path).unwrap().networks.remove(0)
}

fn network(kept: &KeptNetwork) -> &Checkpoint {
    match &kept.held {
        Held::Network(checkpoint) => checkpoint,
        Held::Settings(_) => panic!("there is a network"),
    }
}

fn weights(kept: &KeptNetwork) -> Vec<u32> {
    let parameters = network(kept).trainer.network.parameters();
    parameters.iter().map(|x| x.to_bits()).collect()
}

fn moved(config: &RunConfig, lambda: f64) -> LiveSettings {
    LiveSettings {
        lambda,
        ..LiveSettings::of(config)
    }
}

#[test]
fn a_run_that_was_kept_goes_on_in_another_worker_to_the_bit() {
    let config = common::config(4_000);
    let mut first = Watch::new();
    first.start(&config);
    first.event(0, |event| matches!(event, Event::Losses(_)));
    first.send(Command::Set(RunId(1), moved(&config, 0.3)));
    let at = first.event(0, |event| matches!(event, Event::Applied { .. }));
    let Event::Applied { step, .. } = first.log[at - 1].event else {
        unreachable!()
    };
    first.event(at, |event| matches!(event, Event::Losses(_)));
    let kept = through_a_file(first.keep(RunId(1)));
    assert_eq!(kept.standing, Standing::Working);
    assert!(kept.step() > step && kept.step() < 4_000, "{}", kept.step());
    // Not one loss is missing or there twice.
    let steps: Vec<u64> = kept.training.iter().map(|point| point.step).collect();
    assert_eq!(steps, (0..kept.step()).collect::<Vec<_>>());
    drop(first);

    let (curves, expected) = uninterrupted(&common::data(), &config, Some((step, 0.3)));
    let mut second = Watch::new();
    second.open(RunId(7), kept.clone());
    second.finished();
    let Event::Started(summary) = &second.log[0].event else {
        panic!("a run begins with its beginning");
    };
    assert_eq!(summary.config, config, "what it began with");
    let Event::Opened(past) = &second.log[1].event else {
        panic!("and then tells what it was");
    };
    assert_eq!(past.config.training.lambda, 0.3);
    assert_eq!(past.training, kept.training);
    assert_eq!(past.schedule.lambdas().collect::<Vec<_>>(), [(step, 0.3)]);
    let end = second.keep(RunId(7));
    assert_eq!(end.standing, Standing::Finished);
    assert_eq!(weights(&end), expected);
    assert_eq!(end.training, curves.training);
    assert_eq!(end.validation, curves.validation);
}

#[test]
fn a_run_is_opened_as_what_it_was() {
    let config = common::config(3_000);
    let mut watch = Watch::new();
    watch.start(&config);
    watch.event(0, |event| matches!(event, Event::Losses(_)));
    watch.send(Command::Pause(RunId(1)));
    watch.event(0, |event| matches!(event, Event::Paused(true)));
    let paused = through_a_file(watch.keep(RunId(1)));
    assert_eq!(paused.standing, Standing::Paused);
    watch.send(Command::Stop(RunId(1)));
    watch.finished();
    let stopped = through_a_file(watch.keep(RunId(1)));
    assert_eq!(stopped.standing, Standing::Stopped);
    drop(watch);

    // One that waited is brought to where it waited, and waits.
    let mut watch = Watch::new();
    watch.open(RunId(1), paused.clone());
    watch.event(0, |event| matches!(event, Event::Paused(true)));
    let at_rest = |watch: &mut Watch, step: u64| {
        watch.event(
            0,
            |event| matches!(event, Event::Progress(progress) if progress.step == step),
        );
    };
    at_rest(&mut watch, paused.step());
    let again = watch.keep(RunId(1));
    assert_eq!(
        (again.standing, again.step()),
        (Standing::Paused, paused.step())
    );
    assert_eq!(weights(&again), weights(&paused));
    assert_eq!(again.training, paused.training);
    // And it goes on from there.
    watch.send(Command::Resume(RunId(1)));
    let from = watch.log.len();
    let at = watch.event(from, |event| matches!(event, Event::Losses(_)));
    let Event::Losses(points) = &watch.log[at - 1].event else {
        unreachable!()
    };
    assert_eq!(points[0].step, paused.step());

    // One that was stopped has its last figures taken, and stays stopped.
    watch.open(RunId(2), stopped.clone());
    let from = watch.log.len();
    watch.event(from, |event| {
        matches!(
            event,
            Event::Finished {
                end: End::Stopped,
                ..
            }
        )
    });
    at_rest(&mut watch, stopped.step());
    let again = watch.keep(RunId(2));
    assert_eq!(
        (again.standing, again.step()),
        (Standing::Stopped, stopped.step())
    );
}

#[test]
fn what_is_asked_of_a_run_on_its_way_back_is_done_when_it_is_there() {
    // Copies have to be placed too, after the mixtures.
    let mut config = common::config(3_000);
    config.training.copies = Some(dkae_explorer::training::config::CopiesConfig::default());
    let mut watch = Watch::new();
    watch.start(&config);
    watch.event(0, |event| matches!(event, Event::Losses(_)));
    let kept = watch.keep(RunId(1));
    drop(watch);
    let mut watch = Watch::new();
    watch.open(RunId(1), kept.clone());
    let on_its_way = watch.keep(RunId(1));
    assert_eq!(
        on_its_way.step(),
        kept.step(),
        "kept as it was, not as it is"
    );
    watch.send(Command::Set(RunId(1), moved(&config, 0.7)));
    let at = watch.event(0, |event| matches!(event, Event::Applied { .. }));
    let Event::Applied { step, settings } = watch.log[at - 1].event else {
        unreachable!()
    };
    assert!(step >= kept.step() && settings.lambda == 0.7);
    let at = watch.event(at, |event| matches!(event, Event::Losses(_)));
    let Event::Losses(points) = &watch.log[at - 1].event else {
        unreachable!()
    };
    let last: LossPoint = *points.last().unwrap();
    assert!(last.lambda == 0.7 && last.step >= kept.step());
}

#[test]
fn a_run_that_does_not_fit_its_data_leaves_the_one_that_is_there() {
    let config = common::config(50_000_000);
    let mut watch = Watch::new();
    watch.start(&config);
    watch.event(0, |event| matches!(event, Event::Losses(_)));
    let mut kept = watch.keep(RunId(1));
    let mut checkpoint = network(&kept).clone();
    checkpoint.trainer.order.pop();
    kept.held = Held::Network(Arc::new(checkpoint));
    watch.open(RunId(2), kept);
    let at = watch.event(0, |event| matches!(event, Event::Failed { .. }));
    assert_eq!(watch.log[at - 1].run, RunId(2));
    let from = watch.log.len();
    watch.event(from, |event| matches!(event, Event::Losses(_)));
}
