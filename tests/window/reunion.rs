//! A session opened over a run that is on show: its networks wait for their own run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dkae_explorer::data::{DataRecord, Selection};
use dkae_explorer::experiment::ladder::{Dial, Place};
use dkae_explorer::session::{Held, KeptNetwork, Role, Session, Standing};
use dkae_explorer::training::{Checkpoint, PhaseKind, Run, RunConfig};
use dkae_explorer::ui::DataChoice;
use dkae_explorer::worker::protocol::{Command, End, Event, StartRequest};

use super::ladder::complete;
use super::script::Player;

/// Steps that no run of this test takes: they mark a network of the file.
const MARK: u64 = 7;

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("read by its path".to_owned())
    }
}

/// A network after its training under `config`, its steps marked.
fn trained(run: &Run, config: &RunConfig) -> Checkpoint {
    let (data, fitted) = (Arc::clone(run.data()), run.fitted().unwrap().clone());
    let mut run = Run::with_prior(data, config, fitted).unwrap();
    while run.progress().0 != PhaseKind::Evaluation {
        run.advance().unwrap();
    }
    let mut checkpoint = run.checkpoint().unwrap();
    checkpoint.trainer.counters.step += MARK;
    checkpoint
}

#[test]
fn rungs_of_a_session_wait_until_its_run_has_begun() {
    let (mut window, _, run) = complete();
    let config = run.config().get().clone();
    let place = Place {
        dial: Dial::Lambda,
        value: 1.0,
    };
    let selection = Selection {
        samples: Some(2000),
        classes: None,
        seed: 1,
    };
    let collection = DataChoice::default().collection;
    let record = DataRecord::of(run.data(), selection, (&[], None), collection);
    let record = Arc::new(record);
    let held = |config: &RunConfig| Held::Network(Arc::new(trained(&run, config)));
    let kept = |config: &RunConfig| {
        let data = Arc::clone(&record);
        KeptNetwork::run(held(config), Standing::Finished, data, Default::default())
    };
    let session = Session {
        closed: false,
        threads: 1,
        settings: config.clone(),
        data: Arc::clone(&record),
        networks: vec![
            kept(&config),
            KeptNetwork {
                role: Role::Rung,
                ..kept(&place.config(&config))
            },
        ],
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.dkae");
    session.write(&path).unwrap();

    let files = &mut window.harness.input_mut().dropped_files;
    files.push(Arc::new(Dropped(path)));
    let Command::Open(request) = window.wait_for_command() else {
        panic!("the run of the session is opened");
    };
    // The worker takes its time; the run before, which has a prior of its own, is still on show.
    window.harness.run_steps(5);
    let player = Player::new(&StartRequest {
        run: request.run,
        data: request.data,
        config,
        from: None,
    });
    window.say(player.started());
    let mut snapshot = player.snapshot(10);
    let data = Arc::clone(run.data());
    snapshot.fitted = run.fitted().map(|fitted| (data, fitted.clone()));
    window.publish(snapshot);
    window.say(player.message(Event::Finished {
        end: End::Done,
        phases: Vec::new(),
    }));
    window.wait_until(|window| {
        let mut rungs = window.harness.state().ladder().done(Dial::Lambda);
        rungs.any(|rung| rung.place == place && rung.exhibit.step() == 10 + MARK)
    });
}
