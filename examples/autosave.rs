//! What keeping a session costs a run that trains: pairs of stretches, one without and one with, in
//! turn.
//!
//!     cargo run --release --example autosave -- [quick|paper [PAIRS [SECONDS]]]
//!
//! A stretch with takes a session every second in place of every minute; what one of them costs is told
//! as a share of the minute that lies between two.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::{DataRecord, DataSet, Selection, Source};
use dkae_explorer::service::Link;
use dkae_explorer::session::{Job, Keeper, KeptNetwork, Session};
use dkae_explorer::training::config::Preset;
use dkae_explorer::training::{LossPoint, RunConfig};
use dkae_explorer::worker::WorkerHandle;
use dkae_explorer::worker::protocol::{Command, Event, RunId, StartRequest};

/// Time between two sessions of a window.
const MINUTE: f64 = 60.0;

struct Watch {
    worker: WorkerHandle,
    keeper: Keeper,
    config: RunConfig,
    data: Arc<DataRecord>,
    losses: Vec<LossPoint>,
    path: std::path::PathBuf,
}

impl Watch {
    /// Takes what was said; a run that was handed over goes to the keeper.
    fn hear(&mut self) {
        for message in self.worker.messages() {
            match message.event {
                Event::Losses(points) => self.losses.extend(points),
                Event::Kept(kept) => {
                    let losses = (self.losses.clone(), Vec::new());
                    let data = Arc::clone(&self.data);
                    let run = KeptNetwork::run(kept.held, kept.standing, data, losses);
                    let session = Session {
                        closed: false,
                        threads: kept.threads,
                        settings: self.config.clone(),
                        data: Arc::clone(&self.data),
                        networks: vec![run],
                    };
                    let job = Job {
                        path: self.path.clone(),
                        session,
                        beside: None,
                        make_folder: false,
                    };
                    if !self.keeper.keep(job) {
                        println!("a session had to give way");
                    }
                }
                Event::Failed { message } => panic!("{message}"),
                _ => {}
            }
        }
        let _ = self.worker.newest();
    }

    /// Steps a second over a stretch, the sessions that were written in it, and how long one took.
    fn stretch(&mut self, length: Duration, keeps: bool) -> (f64, usize, f64) {
        let (began, first) = (Instant::now(), self.losses.len());
        let (mut asked, mut written, mut spent) = (0, 0, Duration::ZERO);
        while began.elapsed() < length {
            if keeps && began.elapsed().as_secs() >= asked {
                self.worker.send(Command::Keep(RunId(1))).expect("room");
                asked += 1;
            }
            self.hear();
            while let Some(done) = self.keeper.poll() {
                done.result.expect("a folder to write to");
                written += 1;
                spent += done.spent;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let steps = self.losses.len() - first;
        let each = spent.as_secs_f64() / written.max(1) as f64;
        (steps as f64 / began.elapsed().as_secs_f64(), written, each)
    }
}

fn main() {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| {
        let said = said.get(at).and_then(|text| text.parse().ok());
        said.unwrap_or(default)
    };
    let preset = match said.first().map(String::as_str) {
        Some("paper") => Preset::Paper,
        _ => Preset::Quick,
    };
    let (pairs, seconds) = (number(1, 6), number(2, 10));
    let mut config = preset.config();
    config.training.steps = 50_000_000;
    config.training.pretraining = None;
    let selection = Selection {
        samples: Some(6_000),
        ..Selection::default()
    };
    let data: Arc<DataSet> = Arc::new(
        Source::bundled()
            .and_then(|source| source.select(&selection))
            .expect("they come with the program"),
    );
    let none = (&[][..], None);
    let record = DataRecord::of(&data, selection, none, Default::default());
    let folder = tempfile::tempdir().expect("a folder");
    let mut watch = Watch {
        worker: WorkerHandle::spawn(0, Box::new(|| ())).expect("a thread"),
        keeper: Keeper::spawn(Box::new(|| ())).expect("a thread"),
        data: Arc::new(record),
        losses: Vec::new(),
        path: folder.path().join("a.dkae"),
        config: config.clone(),
    };
    let request = StartRequest {
        run: RunId(1),
        data,
        config,
        from: None,
    };
    let start = Command::Start(Box::new(request));
    watch.worker.send(start).expect("room");
    while watch.losses.len() < 50 {
        watch.hear();
        std::thread::sleep(Duration::from_millis(20));
    }
    let length = Duration::from_secs(seconds);
    watch.stretch(length, false);
    let mut shares = Vec::new();
    for pair in 0..pairs {
        // Which comes first changes with each pair.
        let (without, with) = if pair % 2 == 0 {
            let without = watch.stretch(length, false);
            (without, watch.stretch(length, true))
        } else {
            let with = watch.stretch(length, true);
            (watch.stretch(length, false), with)
        };
        let lost = (1.0 - with.0 / without.0) * seconds as f64 / with.1.max(1) as f64;
        shares.push(lost / MINUTE);
        println!(
            "{:8.1} steps/s without, {:8.1} with {} sessions of {:.1} MB, written in {:.0} ms each: \
             one costs {:.0} ms, {:.2} % of a minute",
            without.0,
            with.0,
            with.1,
            std::fs::metadata(&watch.path).map_or(0.0, |file| file.len() as f64 / 1e6),
            1e3 * with.2,
            1e3 * lost,
            100.0 * lost / MINUTE
        );
    }
    shares.sort_by(f64::total_cmp);
    let median = shares[shares.len() / 2];
    println!("median: {:.2} % of the steps' time", 100.0 * median);
}
