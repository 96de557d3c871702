//! A study on its thread: it is told to wait, go on and stop, and what goes wrong is told.

use crossbeam_channel::{Receiver, bounded};

use super::*;
use crate::experiment::plan::{Experiment, Plan};
use crate::kernel::PriorConfig;
use crate::training::config::{NetworkConfig, Preset};
use crate::worker::study_protocol::Watch;

fn request(folder: &Path) -> StudyRequest {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::Table1], 0, 1);
    plan.samples = 200;
    plan.config.prior = PriorConfig::Cosine;
    plan.config.network = NetworkConfig {
        hidden: vec![8],
        code: 4,
        ..plan.config.network.clone()
    };
    plan.config.training.batch = 20;
    plan.config.training.steps = 40;
    plan.config.shown = 20;
    StudyRequest {
        plan,
        images: None,
        collection: Collection::Mnist,
        folder: folder.to_owned(),
        threads: 1,
        beforehand: None,
    }
}

/// A running study and what rings when it has published.
fn start(request: StudyRequest) -> (StudyHandle, Receiver<()>) {
    let (ring, bell) = bounded(1);
    let wake = Box::new(move || {
        let _ = ring.try_send(());
    });
    (StudyHandle::start(request, wake).unwrap(), bell)
}

/// The first snapshot that is as wanted.
fn until(
    (handle, bell): &(StudyHandle, Receiver<()>),
    wanted: impl Fn(&StudySnapshot) -> bool,
) -> Arc<StudySnapshot> {
    loop {
        if let Some(news) = handle.newest()
            && wanted(&news)
        {
            return news;
        }
        bell.recv_timeout(Duration::from_secs(60))
            .expect("the study has something to tell");
    }
}

#[test]
fn a_study_tells_its_findings_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let study = start(request(folder.path()));
    let end = until(&study, |news| news.state.is_over());
    assert_eq!(end.state, StudyState::Finished);
    assert_eq!(end.findings.networks.len(), 2);
    assert_eq!(end.progress.tasks, (2, 2));
}

#[test]
fn a_study_waits_goes_on_stops_and_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = request(folder.path());
    long.plan.config.training.steps = 100_000;
    let study = start(long.clone());
    until(&study, |news| news.progress.units.0 > 10);
    assert!(study.0.send(StudyCommand::Pause).is_ok());
    let paused = until(&study, |news| news.state == StudyState::Paused);
    assert!(folder.path().join("checkpoint.safetensors").exists());
    assert!(study.0.send(StudyCommand::Resume).is_ok());
    let done = paused.progress.units.0;
    until(&study, |news| {
        news.state == StudyState::Working && news.progress.units.0 > done
    });
    assert!(study.0.send(StudyCommand::Stop).is_ok());
    let stopped = until(&study, |news| news.state.is_over());
    assert_eq!(stopped.state, StudyState::Stopped);
    drop(study);
    let again = start(long);
    let resumed = until(&again, |news| news.progress.units.0 > 0);
    assert!(resumed.progress.units.0 >= done, "from the checkpoint");
}

#[test]
fn a_folder_that_another_study_works_in_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = request(folder.path());
    long.plan.config.training.steps = 100_000;
    let first = start(long.clone());
    until(&first, |news| news.progress.units.0 > 0);
    let end = until(&start(long.clone()), |news| news.state.is_over());
    let StudyState::Failed(message) = &end.state else {
        panic!("{:?}", end.state);
    };
    let named = folder.path().display().to_string();
    assert!(
        message.contains("at work in") && message.contains(&named),
        "{message}"
    );
    drop(first);
    until(&start(long), |news| news.progress.units.0 > 0);
}

#[test]
fn what_goes_wrong_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = request(folder.path());
    bad.images = Some(folder.path().join("nothing-idx3-ubyte"));
    let end = until(&start(bad), |news| news.state.is_over());
    let StudyState::Failed(message) = &end.state else {
        panic!("{:?}", end.state);
    };
    assert!(message.contains("nothing-idx3-ubyte"), "{message}");

    let mut bad = request(folder.path());
    let linear = crate::model::Activation::Identity;
    bad.plan.config.network.hidden = vec![32; 10];
    bad.plan.config.network.hidden_activation = linear;
    bad.plan.config.network.code_activation = linear;
    bad.plan.config.training.learning_rate = 10.0;
    let end = until(&start(bad), |news| news.state.is_over());
    let StudyState::Failed(message) = &end.state else {
        panic!("{:?}", end.state);
    };
    assert!(
        message.contains("λ = 0.1") && message.contains("learning rate"),
        "{message}"
    );
    assert!(!end.findings.failures.is_empty(), "{message}");
}

#[test]
fn what_a_folder_holds_is_read_without_touching_it() {
    let folder = tempfile::tempdir().unwrap();
    let empty = request(&folder.path().join("nowhere"));
    assert!(look_into(&empty).unwrap().is_none());
    assert!(!empty.folder.exists(), "nothing is made");

    let mut asked = request(folder.path());
    until(&start(asked.clone()), |news| news.state.is_over());
    let found = look_into(&asked).unwrap().unwrap();
    assert_eq!(
        (found.state, found.progress.tasks),
        (StudyState::Found, (2, 2))
    );
    assert_eq!(found.findings.networks.len(), 2);
    assert!(found.notices.is_empty() && found.origin.is_some());

    // A process of its own would hold it so.
    let lock = std::fs::File::open(folder.path().join("study.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(look_into(&asked).unwrap().unwrap().state, StudyState::Busy);
    drop(lock);

    asked.plan.seeds.push(1);
    let found = look_into(&asked).unwrap().unwrap();
    assert_eq!(found.progress.tasks, (2, 4));
    assert!(
        found.progress.seconds_left.is_some(),
        "from the two that are done"
    );

    let key = asked.plan.dkae(0).key();
    let result = folder.path().join("results").join(format!("{key}.json"));
    std::fs::write(&result, "{").unwrap();
    let found = look_into(&asked).unwrap().unwrap();
    assert_eq!(found.progress.tasks, (1, 4));
    assert_eq!(found.notices.len(), 1);
    assert_eq!(std::fs::read_to_string(&result).unwrap(), "{", "it stays");

    asked.plan.config.training.steps += 1;
    let problem = look_into(&asked).unwrap_err();
    assert!(problem.contains("steps 40 there, 41 here"), "{problem}");
    std::fs::write(folder.path().join("study.json"), "[]").unwrap();
    let problem = look_into(&asked).unwrap_err();
    assert!(problem.contains("study.json"), "{problem}");
}

#[test]
fn the_task_at_hand_is_told_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = request(folder.path());
    long.plan.config.training.steps = 100_000;
    let study = start(long);
    let training = until(
        &study,
        |news| matches!(news.watch.as_deref(), Some(Watch::Network { losses, .. }) if losses.len() > 20),
    );
    let Some(Watch::Network {
        recipe,
        losses,
        steps,
    }) = training.watch.as_deref()
    else {
        unreachable!("looked for above")
    };
    assert_eq!((recipe.lambda, *steps), (0.1, 100_000));
    assert_eq!(losses[0].step, 0);
    // Both networks, not the one at hand alone.
    let done = training.progress.units.0 as f64 / 1e5;
    let left = training.progress.seconds_left.unwrap();
    let one = training.seconds / done;
    assert!(left > 1.3 * one, "{left} s, and a network takes {one} s");
    assert!(study.0.send(StudyCommand::Stop).is_ok());
    let end = until(&study, |news| news.state.is_over());
    assert!(end.watch.is_none());
}
