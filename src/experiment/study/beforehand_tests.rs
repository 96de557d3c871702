//! A study of a ladder: what the ladder has trained is taken over, and comes to what the study itself would come to.

use super::tests::{finish, open, plan};
use super::*;
use crate::data::Selection;
use crate::experiment::beforehand::{Beforehand, Taught};
use crate::experiment::findings::Network;
use crate::experiment::ladder;
use crate::experiment::plan::{Drawn, Experiment};
use crate::training::{PhaseKind, Resting};

const NEVER: &dyn Fn() -> bool = &|| false;

/// A run of `plan`'s settings at its end, as the window has it, and the network.
fn trained(plan: &Plan, seed: u64) -> (Run, Resting) {
    let source = Source::bundled().unwrap();
    let selection = Selection {
        samples: Some(plan.samples),
        classes: plan.drawn.as_ref().and_then(|drawn| drawn.classes.clone()),
        seed,
    };
    let data = Arc::new(source.select(&selection).unwrap());
    let mut config = plan.config_of(&plan.dkae(seed));
    // What is looked at is another matter.
    config.shown += 5;
    let mut run = Run::new(data, &config).unwrap();
    while run.progress().0 != PhaseKind::Evaluation {
        run.advance().unwrap();
    }
    let network = run.resting().unwrap();
    (run, network)
}

/// The study of the ladder of the small plan's run, and what is there of it.
fn of_ladder(classes: Option<Vec<u8>>) -> (Plan, Beforehand) {
    let mut small = plan(&[Experiment::Fig3a], 1);
    small.drawn = Some(Drawn { classes });
    let (run, network) = trained(&small, 3);
    let config = small.config_of(&small.dkae(3));
    let drawn = small.drawn.clone().unwrap();
    let mut plan = ladder::plan(&config, run.data().len(), drawn);
    (plan.lambdas, plan.code_sizes) = (vec![0.0, 0.1], vec![6]);
    let taught = Taught {
        network,
        time: Some(Duration::from_secs(7)),
    };
    let fitted = run.fitted().unwrap().clone();
    let data = Arc::clone(run.data());
    (plan, Beforehand::new(data, config, fitted, vec![taught]))
}

#[test]
fn a_network_that_is_there_is_not_trained_again_and_comes_to_the_same() {
    for classes in [None, Some(vec![1, 5, 7])] {
        let (plan, there) = of_ladder(classes);
        let own = tempfile::tempdir().unwrap();
        let mut alone = open(&plan, own.path()).unwrap();
        finish(&mut alone);
        let folder = tempfile::tempdir().unwrap();
        let mut study = open(&plan, folder.path()).unwrap();
        study.take_over(there);
        let (mut done, mut trained) = (Vec::new(), Vec::new());
        loop {
            if let Some(Watch::Network { recipe, losses, .. }) = study.watch()
                && !losses.is_empty()
                && !trained.contains(&recipe.lambda)
            {
                trained.push(recipe.lambda);
            }
            assert_ne!(study.progress().phase, "Mixtures", "the prior is there");
            match study.advance(NEVER).unwrap() {
                StudyAdvance::Done(task) => done.push(task),
                StudyAdvance::Over => break,
                StudyAdvance::Working => {}
                StudyAdvance::Failed(task) => panic!("{}", task.describe()),
            }
        }
        assert_eq!(trained, [0.0], "λ = 0.1 was there");
        assert_eq!(done, plan.tasks());
        let figures = |study: &Study, lambda: f64| {
            let mut all = study.findings().networks.iter();
            let network = all.find(|n| n.figures.recipe.lambda == lambda).unwrap();
            let figures = &network.figures;
            (
                figures.training,
                figures.validation,
                figures.test,
                figures.steps,
            )
        };
        for lambda in [0.0, 0.1] {
            assert_eq!(figures(&study, lambda), figures(&alone, lambda));
        }
        // Its time is that of its training there, and of its figures here.
        let seconds = |n: &Arc<Network>| (7.0..8.0).contains(&n.figures.seconds);
        assert!(study.findings().networks.iter().any(seconds));
        // The same files, and a folder that a later start goes on from.
        let names = |folder: &Path| {
            let files = std::fs::read_dir(folder.join("networks")).unwrap();
            let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(folder.path()), names(own.path()));
        drop(study);
        let again = open(&plan, folder.path()).unwrap();
        assert_eq!(again.progress().tasks, (2, 2));
    }
}

/// Other samples, another prior, another seed, other training: nothing is taken over.
#[test]
fn what_a_study_would_not_come_to_is_left() {
    let (plan, there) = of_ladder(None);
    let config = plan.config_of(&plan.dkae(3));
    let source = Source::bundled().unwrap();
    let data = |seed| select(&source, &plan, seed).unwrap();
    assert!(there.network(&data(3), &config).is_some());
    assert!(there.network(&data(4), &config).is_none());
    let changes: [fn(&mut RunConfig); 4] = [
        |config| config.seed += 1,
        |config| config.prior = crate::training::config::PriorConfig::Cosine,
        |config| config.training.steps += 1,
        |config| config.network.code -= 1,
    ];
    for change in changes {
        let mut other = config.clone();
        change(&mut other);
        assert!(there.network(&data(3), &other).is_none());
    }
    let mut looked_at = config;
    looked_at.shown += 1;
    assert!(there.network(&data(3), &looked_at).is_some());
}

/// Fewer samples of some classes than a plan wants are said, and not taken for as many.
#[test]
fn too_few_samples_of_its_classes_are_refused() {
    let (mut plan, _) = of_ladder(Some(vec![1, 5, 7]));
    plan.samples = 4_000;
    let folder = tempfile::tempdir().unwrap();
    let error = open(&plan, folder.path()).err().unwrap().to_string();
    assert!(
        error.contains("4000") && error.contains("classes"),
        "{error}"
    );
}
