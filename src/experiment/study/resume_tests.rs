//! Going on where a study was stopped: from its checkpoint, with its clock, with what it had seen.

use std::fs;

use super::tests::{finish, open, plan};
use super::*;
use crate::experiment::plan::Experiment;

const NEVER: &dyn Fn() -> bool = &|| false;

/// Advances until `steps` of the whole network of the task at hand are taken.
fn until(study: &mut Study, steps: usize) {
    while study.progress().phase != "Training" || study.progress().units.0 < steps {
        study.advance(NEVER).unwrap();
    }
}

/// Advances until a network trains, and tells after how many steps that goes on.
fn goes_on_at(study: &mut Study) -> usize {
    while !matches!(study.watch(), Some(Watch::Network { .. })) {
        study.advance(NEVER).unwrap();
    }
    study.progress().units.0
}

#[test]
fn a_network_goes_on_from_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    assert!(!study.was_resumed());
    until(&mut study, 7);
    drop(study);
    let checkpoint = folder.path().join("checkpoint.safetensors");
    assert!(checkpoint.exists());
    let mut study = open(&plan, folder.path()).unwrap();
    assert!(study.was_resumed(), "though no task is done");
    assert_eq!(goes_on_at(&mut study), 7);
    finish(&mut study);
    assert!(!checkpoint.exists());
    drop(study);
    assert!(open(&plan, folder.path()).unwrap().was_resumed());
}

/// Table 2's network is looked at after 1, 2, 3, … steps. Stopped at any of them it goes on there,
/// and no look is there twice; without the best network so far it begins anew.
#[test]
fn a_course_goes_on_with_what_was_seen_of_it() {
    let plan = plan(&[Experiment::Table2], 1);
    let whole = tempfile::tempdir().unwrap();
    let mut study = open(&plan, whole.path()).unwrap();
    // To the end of the network's training alone, or of the table too.
    let seen = |study: &mut Study, table: bool| {
        let mut done = Vec::new();
        while study.findings().course(0).is_none() {
            study.advance(NEVER).unwrap();
        }
        if table {
            done.extend(finish(study));
        }
        (study.findings().course(0).unwrap().points.clone(), done)
    };
    let (wanted, _) = seen(&mut study, false);
    // 45 / 3^(i/3).
    let steps: Vec<u64> = wanted.iter().map(|point| point.step).collect();
    assert_eq!(steps, [1, 2, 3, 5, 7, 10, 15, 22, 31, 45]);
    for (steps, lost) in [(1, false), (4, false), (5, false), (5, true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut study = open(&plan, folder.path()).unwrap();
        until(&mut study, steps);
        drop(study);
        if lost {
            let network = Task::Course { seed: 0 }.key();
            let network = format!("networks/{network}.safetensors");
            fs::remove_file(folder.path().join(network)).unwrap();
        }
        let mut study = open(&plan, folder.path()).unwrap();
        let anew = if lost { 0 } else { steps };
        assert_eq!(goes_on_at(&mut study), anew, "{steps}");
        let (points, done) = seen(&mut study, lost);
        assert_eq!(points, wanted, "{steps}");
        if lost {
            assert_eq!(done, plan.tasks()[1..], "the network is there now");
        }
    }
}

/// The clock is kept with every result. By it a network takes as long as its twin took, the time
/// for its figures among it, and no longer than all of the study.
#[test]
fn the_time_of_a_study_is_that_of_its_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1], 1);
    let (source, seldom) = (Source::bundled().unwrap(), Duration::from_secs(3_600));
    let mut study = Study::open(plan.clone(), source, folder.path(), seldom).unwrap();
    // Ten of thirty steps are taken: the rest takes twice their time.
    until(&mut study, 10);
    let Some(Work::Network(training)) = &study.work else {
        panic!("a network trains")
    };
    let spent = training.spent.as_secs_f64();
    let left = study.progress().seconds_left.unwrap();
    assert!(
        left >= 0.5 * spent && left <= 2.001 * spent,
        "{left} and {spent}"
    );
    assert!(
        !folder.path().join("checkpoint.safetensors").exists(),
        "it was not time"
    );
    let mut before = study.worked();
    loop {
        let advance = study.advance(NEVER).unwrap();
        assert!(study.worked() > before);
        before = study.worked();
        if let StudyAdvance::Done(_) = advance {
            break;
        }
    }
    let kept = fs::read_to_string(folder.path().join("time.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["seconds"].as_f64(), Some(study.worked().as_secs_f64()));
    let took = study.findings().networks[0].figures.seconds;
    let left = study.progress().seconds_left.unwrap();
    assert!(took > 0.0 && left >= 0.5 * took, "{left} and {took}");
    assert!(
        left <= study.worked().as_secs_f64(),
        "{left} of {:?}",
        study.worked()
    );
}
