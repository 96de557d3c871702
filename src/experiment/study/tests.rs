//! Small studies, whole: nothing is computed twice, and a study that was killed gives the same
//! numbers as one that was not.

use ndarray::Array2;

use super::*;
use crate::data::Split;
use crate::experiment::denoising::NoisyDigits;
use crate::experiment::findings::Method;
use crate::experiment::plan::Experiment;
use crate::experiment::table2::{settings, validation_digits};
use crate::training::config::PriorConfig;
use crate::training::config::{NetworkConfig, Preset};

const NEVER: &dyn Fn() -> bool = &|| false;

/// All experiments, small enough for a test.
pub(super) fn plan(experiments: &[Experiment], seeds: usize) -> Plan {
    let mut plan = Plan::of(Preset::Quick, experiments, 0, seeds);
    plan.samples = 500;
    plan.lambdas = vec![0.0, 0.1];
    plan.code_sizes = vec![2, 6];
    plan.spectrum = 6;
    plan.denoising.classes = vec![0, 1, 2, 5, 6];
    plan.denoising.components = 4;
    plan.denoising.widths = vec![1.0];
    plan.denoising.ridges = vec![0.1, 0.5];
    plan.denoising.prior_widths = vec![1.0, 2.0];
    let config = &mut plan.config;
    config.prior = PriorConfig::Rbf { width: 0.5 };
    config.network = NetworkConfig {
        hidden: vec![12],
        code: 6,
        ..config.network.clone()
    };
    config.training.batch = 20;
    config.training.steps = 15;
    config.shown = 30;
    plan
}

pub(super) fn open(plan: &Plan, folder: &Path) -> Result<Study, StudyError> {
    open_with(&Source::bundled().unwrap(), plan, folder)
}

pub(super) fn open_with(source: &Source, plan: &Plan, folder: &Path) -> Result<Study, StudyError> {
    Study::open(plan.clone(), source.clone(), folder, Duration::ZERO)
}

/// Does all of it; the tasks in the order in which they were done.
pub(super) fn finish(study: &mut Study) -> Vec<Task> {
    let mut done = Vec::new();
    loop {
        match study.advance(NEVER).unwrap() {
            StudyAdvance::Working => {}
            StudyAdvance::Done(task) => done.push(task),
            StudyAdvance::Failed(task) => {
                panic!("{}: {:?}", task.describe(), study.findings().failures)
            }
            StudyAdvance::Over => return done,
        }
    }
}

/// The figures without their wall times.
fn figures(findings: &Findings) -> String {
    let networks: Vec<_> = findings
        .networks
        .iter()
        .map(|n| {
            let figures = &n.figures;
            (
                figures.recipe,
                figures.training,
                figures.validation,
                figures.test,
            )
        })
        .collect();
    let spectra: Vec<_> = findings
        .spectra
        .iter()
        .map(|s| (&s.figures.training, &s.figures.test, s.figures.dkae_test))
        .collect();
    let denoising: Vec<_> = findings
        .denoising
        .iter()
        .map(|d| (&d.figures.errors, &d.figures.grid, &d.figures.rbf_grid))
        .collect();
    let courses: Vec<_> = findings.courses.iter().map(|c| &c.points).collect();
    format!("{networks:?} {spectra:?} {courses:?} {denoising:?}")
}

#[test]
fn a_study_does_all_its_tasks_once_and_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&Experiment::ALL, 2);
    let mut study = open(&plan, folder.path()).unwrap();
    assert!(!study.was_resumed());
    assert_eq!(finish(&mut study), plan.tasks());
    let progress = study.progress();
    assert_eq!(progress.tasks, (plan.tasks().len(), plan.tasks().len()));
    assert!((progress.share - 1.0).abs() < 1e-9);
    assert!(!folder.path().join("checkpoint.safetensors").exists());

    let found = study.findings().clone();
    drop(study);
    let again = open(&plan, folder.path()).unwrap();
    assert!(again.was_resumed());
    assert_eq!(again.progress().task, None, "nothing is left to do");
    assert_eq!(figures(again.findings()), figures(&found));
    for (kept, made) in again.findings().networks.iter().zip(&found.networks) {
        assert_eq!(kept, made, "pictures too");
    }
    assert_eq!(again.findings().spectra, found.spectra);
    assert_eq!(again.findings().denoising, found.denoising);
    assert_eq!(again.findings().code_spaces, found.code_spaces);
    for (kept, made) in again.findings().seeds.iter().zip(&found.seeds) {
        assert_eq!(kept, made);
    }
}

#[test]
fn the_papers_way_is_compared_with_though_better_was_asked_for_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&[Experiment::Table1], 1);
    finish(&mut open(&plan, folder.path()).unwrap());
    plan.experiments.push(Experiment::Better);
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let found = crate::experiment::better::better(&plan, study.findings()).unwrap();
    assert!(found.linear_pca.is_some());
    for row in &found.rows {
        assert!(row.cells[3].is_some(), "{:?} removes noise", row.variant);
    }
}

#[test]
fn a_study_killed_at_any_moment_gives_the_same_numbers() {
    let plan = plan(
        &[Experiment::Table1, Experiment::Fig5, Experiment::Table2],
        1,
    );
    let folder = tempfile::tempdir().unwrap();
    let mut whole = open(&plan, folder.path()).unwrap();
    finish(&mut whole);
    let expected = figures(whole.findings());
    let parameters = |folder: &Path| -> Vec<Vec<u8>> {
        let store = folder.join("networks");
        let mut files: Vec<_> = std::fs::read_dir(store)
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        files.sort();
        // The texts in the header are in no fixed order; the numbers follow it.
        let numbers = |path: &std::path::PathBuf| {
            let bytes = std::fs::read(path).unwrap();
            let header = u64::from_le_bytes(bytes[..8].try_into().unwrap());
            bytes[8 + usize::try_from(header).unwrap()..].to_vec()
        };
        files.iter().map(numbers).collect()
    };
    // The network of Table 2 takes its steps from the 36th piece on.
    for pieces in [3, 11, 20, 34, 38, 52, 60, 79, 82] {
        let killed = tempfile::tempdir().unwrap();
        let mut study = open(&plan, killed.path()).unwrap();
        for _ in 0..pieces {
            study.advance(NEVER).unwrap();
        }
        drop(study);
        let mut study = open(&plan, killed.path()).unwrap();
        finish(&mut study);
        assert_eq!(
            figures(study.findings()),
            expected,
            "killed after {pieces} pieces"
        );
        assert_eq!(parameters(killed.path()), parameters(folder.path()));
    }
}

#[test]
fn more_seeds_go_into_the_same_folder_but_other_settings_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&[Experiment::Table1], 1);
    finish(&mut open(&plan, folder.path()).unwrap());
    plan.seeds.push(1);
    let mut study = open(&plan, folder.path()).unwrap();
    assert_eq!(finish(&mut study).len(), 2, "the new seed's networks alone");
    drop(study);
    plan.config.training.steps += 1;
    let error = open(&plan, folder.path()).map(|_| ()).unwrap_err();
    assert!(matches!(error, StudyError::Store(StoreError::Other { .. })));
    assert!(
        error
            .to_string()
            .contains(&folder.path().display().to_string())
    );
}

#[test]
fn a_damaged_result_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1, Experiment::Fig5], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let before = figures(study.findings());
    let dkae = plan.dkae(0);
    let spectrum = Task::Spectrum { seed: 0 };
    let cut = |path: &Path| std::fs::write(path, b"cut").unwrap();
    cut(&folder
        .path()
        .join(format!("results/{}.json", spectrum.key())));
    cut(&study.store().network_path(&dkae));
    drop(study);
    let mut study = open(&plan, folder.path()).unwrap();
    for told in study.notices() {
        assert!(told.contains("set aside as"), "{told}");
    }
    assert_eq!(study.notices().len(), 2);
    let done = finish(&mut study);
    assert_eq!(done, [Task::Network(dkae), spectrum]);
    let mut findings = study.findings().clone();
    findings.networks.reverse();
    assert_eq!(figures(&findings), before);
}

#[test]
fn a_cancelled_comparison_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = open(&plan(&[Experiment::Fig5], 1), folder.path()).unwrap();
    while study.progress().task != Some(Task::Spectrum { seed: 0 }) {
        study.advance(NEVER).unwrap();
    }
    assert_eq!(study.advance(&|| true).unwrap(), StudyAdvance::Working);
    assert_eq!(finish(&mut study), [Task::Spectrum { seed: 0 }]);
}

#[test]
fn too_few_samples_are_refused_not_made_do_with() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&[Experiment::Fig3a], 1);
    plan.samples = 20_000;
    let error = open(&plan, folder.path()).err().unwrap().to_string();
    assert!(
        error.contains("takes 20000 samples") && error.contains("holds 6000"),
        "{error}"
    );
}

#[test]
fn table_2_is_of_its_classes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table2], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let data = select(&Source::bundled().unwrap(), &plan, 0).unwrap();
    let (split, labels) = (Split::new(data.len(), 0), data.labels().unwrap());
    let of_them = |part: &[usize]| -> Vec<usize> {
        let classes = &plan.denoising.classes;
        let is_one = |index: &&usize| classes.contains(&labels[**index]);
        part.iter().filter(is_one).copied().collect()
    };
    let parts = [&split.training, &split.validation, &split.test].map(|part| of_them(part));
    let found = study.findings().denoised(0).unwrap();
    assert_eq!(found.figures.samples, parts.each_ref().map(Vec::len));
    assert!(parts[0].len() < split.training.len());
    let drawn = found.clean.nrows();
    assert_eq!(found.clean, data.rows::<f32>(&parts[2][..drawn]));
}

#[test]
fn table_2_takes_the_network_of_the_least_validation_loss() {
    let mut plan = plan(&[Experiment::Table2], 1);
    plan.config.training.cool_down = 0.0;
    // Rates at which the loss goes up and down, so that the last network is not the best.
    let whole = [0.2, 0.3, 0.4, 0.5, 0.7].into_iter().find_map(|rate| {
        plan.config.training.learning_rate = rate;
        let folder = tempfile::tempdir().unwrap();
        let mut study = open(&plan, folder.path()).unwrap();
        while study.findings().course(0).is_none()
            && study.advance(NEVER).unwrap() != StudyAdvance::Over
        {}
        let kept = study.findings().course(0)?.kept()?;
        (kept.step < 45).then_some((folder, study, kept))
    });
    let (_folder, mut study, kept) = whole.unwrap();
    finish(&mut study);
    let course = Arc::clone(study.findings().course(0).unwrap());
    let looks: Vec<u64> = course.points.iter().map(|point| point.step).collect();
    assert_eq!(looks.last(), Some(&45), "three times the others' 15");
    assert!(looks.contains(&15));
    assert!(course.points.iter().all(|point| point.total >= kept.total));

    // Its losses and errors are those of the network that is kept.
    let network = study
        .store()
        .course_network(0, &plan, &study.sizes)
        .unwrap();
    let data = Arc::new(select(&Source::bundled().unwrap(), &plan, 0).unwrap());
    let ground = study.ground.as_ref().unwrap();
    let (encode, decode) = (
        |x: ndarray::ArrayView2<'_, f32>| network.encode(x),
        |c: ndarray::ArrayView2<'_, f32>| network.decode(c),
    );
    let split = Split::new(data.len(), 0);
    let validation = &split.validation;
    let (scores, _) =
        crate::training::score_samples(&data, &**ground.fitted.prior(), validation, encode, decode);
    let total = 0.9 * scores.lr + 0.1 * scores.lc_c_p;
    assert!((total - kept.total).abs() < 1e-9, "{total} {kept:?}");
    let split = samples::of_classes(&data, &plan.denoising.classes, 0);
    let digits = validation_digits(&data, &split, &plan.denoising, 0);
    let straight = digits.error(
        network
            .decode(network.encode(digits.noisy.view()).view())
            .view(),
    );
    assert!((straight - kept.dkae_straight).abs() < 1e-9);
    // And Table 2's straight row is this network's on the test digits.
    let test = NoisyDigits::new(&data, &split.test, &settings(&plan.denoising), 0);
    let straight = test.error(
        network
            .decode(network.encode(test.noisy.view()).view())
            .view(),
    );
    let figures = &study.findings().denoised(0).unwrap().figures;
    let ours = figures.error(Method::DkaeStraight).unwrap();
    assert!((straight - ours).abs() < 1e-9, "{straight} {ours}");
}

#[test]
fn classes_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&[Experiment::Table2], 1);
    plan.denoising.classes = vec![];
    let error = open(&plan, folder.path()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("Table 2"), "{error}");
}

/// Lc of the report against the definition, Eq. 6, on the matrices that were exported.
#[test]
fn the_exported_matrices_give_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[Experiment::Table1], 1);
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let read = |name: &str| -> Array2<f32> {
        ndarray_npy::read_npy(study.store().matrix_path(name)).unwrap()
    };
    let (prior, codes) = (
        read("seed0-prior").mapv(f64::from),
        read("seed0-codes-lambda0.1").mapv(f64::from),
    );
    let c = codes.dot(&codes.t());
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    let lc = norm(&(&c / norm(&c) - &prior / norm(&prior)));
    let ours = study
        .findings()
        .network(&plan.dkae(0))
        .unwrap()
        .figures
        .test
        .lc_c_p;
    assert!((lc - ours).abs() < 1e-5, "{lc} {ours}");
}

/// Losses on training digits, for the question whether a network overfits: on digits that it
/// learned from, as many as are tested.
#[test]
fn training_scores_are_taken_on_as_many_training_digits_as_are_tested() {
    let plan = plan(&[Experiment::Table1], 1);
    let folder = tempfile::tempdir().unwrap();
    let mut study = open(&plan, folder.path()).unwrap();
    finish(&mut study);
    let figures = &study.findings().networks[0].figures;
    let network = study
        .store
        .network(&figures.recipe, &plan, &study.sizes)
        .unwrap();
    let data = select(&study.source, &plan, 0).unwrap();
    let split = crate::data::Split::new(500, 0);
    let rows = data.rows::<f32>(&split.training[..split.test.len()]);
    let rebuilt = network.decode(network.encode(rows.view()).view());
    let lr = (&rows - &rebuilt)
        .mapv(|x| f64::from(x * x))
        .mean()
        .unwrap();
    let training = figures.training.unwrap();
    assert_eq!(training.samples, 75);
    assert!((training.lr - lr).abs() < 1e-6, "{} and {lr}", training.lr);
    assert!(
        (figures.test.lr - lr).abs() > 1e-5,
        "test digits are others"
    );
}

#[test]
fn what_is_seen_of_a_task_grows_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(&[Experiment::Table1], 1);
    plan.config.prior = PriorConfig::Pck(crate::training::config::PckConfig {
        max_components: 3,
        restarts: 60,
        ..crate::training::config::PckConfig::default()
    });
    let mut study = open(&plan, folder.path()).unwrap();
    assert!(study.watch().is_none());
    let (mut filled, mut losses) = (Vec::new(), Vec::new());
    while study.findings().networks.is_empty() {
        assert_eq!(
            study.progress().seconds_left.is_some(),
            !losses.is_empty(),
            "known as soon as something has trained"
        );
        study.advance(NEVER).unwrap();
        match study.watch() {
            Some(Watch::Prior {
                seed: 0, matrix, ..
            }) => filled.push(matrix.map(|matrix| matrix.sum())),
            Some(Watch::Network {
                losses: now, steps, ..
            }) => {
                assert_eq!(steps, 15);
                losses = now.iter().map(|point| point.step).collect();
            }
            _ => {}
        }
    }
    assert_eq!(filled[0], None, "no mixture yet");
    assert!(filled.iter().flatten().count() > 1);
    assert_eq!(losses, (0..15).collect::<Vec<u64>>());
    assert!(study.progress().seconds_left.is_some());
}

#[test]
fn a_task_that_fails_late_takes_nothing_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(
        &[Experiment::Fig3a, Experiment::Fig5, Experiment::Table2],
        2,
    );
    // No regression has a solution without a ridge.
    plan.denoising.ridges = vec![0.0];
    let mut study = open(&plan, folder.path()).unwrap();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    loop {
        match study.advance(NEVER).unwrap() {
            StudyAdvance::Working => {}
            StudyAdvance::Done(task) => done.push(task),
            StudyAdvance::Failed(task) => failed.push(task),
            StudyAdvance::Over => break,
        }
    }
    let denoising = [0, 1].map(|seed| Task::Denoising { seed });
    assert_eq!(failed, denoising);
    let rest: Vec<_> = plan
        .tasks()
        .into_iter()
        .filter(|t| !failed.contains(t))
        .collect();
    assert_eq!(done, rest);
    let failures = &study.findings().failures;
    assert_eq!(failures.len(), 2);
    assert!(
        failures[0].reason.contains("ridge"),
        "{}",
        failures[0].reason
    );
    drop(study);
    // Another start tries it again, and nothing else.
    let mut again = open(&plan, folder.path()).unwrap();
    assert!(again.findings().failures.is_empty());
    assert_eq!(again.progress().task, Some(denoising[0]));
    while again.advance(NEVER).unwrap() != StudyAdvance::Over {}
    assert_eq!(again.findings().failures.len(), 2);
}

#[test]
fn what_looks_at_a_network_that_failed_fails_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(
        &[Experiment::Table1, Experiment::Fig5, Experiment::Table2],
        1,
    );
    let linear = crate::model::Activation::Identity;
    plan.config.network.hidden = vec![32; 10];
    plan.config.network.hidden_activation = linear;
    plan.config.network.code_activation = linear;
    plan.config.training.learning_rate = 10.0;
    plan.config.training.steps = 2_000;
    let mut study = open(&plan, folder.path()).unwrap();
    while study.advance(NEVER).unwrap() != StudyAdvance::Over {}
    let reason = |task: &Task| {
        let failures = study.findings().failures.iter();
        let found = failures.clone().find(|failure| failure.task == *task);
        found.map(|failure| failure.reason.clone()).unwrap()
    };
    let network = reason(&Task::Network(plan.dkae(0)));
    assert!(network.contains("learning rate"), "{network}");
    let course = reason(&Task::Course { seed: 0 });
    assert!(course.contains("learning rate"), "{course}");
    for (task, of) in [
        (Task::Spectrum { seed: 0 }, "λ = 0.1"),
        (Task::Denoising { seed: 0 }, "the dkAE of Table 2"),
    ] {
        let told = reason(&task);
        assert!(told.contains("its network") && told.contains(of), "{told}");
    }
    let left = study.progress().tasks;
    assert_eq!(left.0, left.1, "nothing waits");
}

#[test]
fn settings_that_do_not_fit_are_found_before_the_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("study");
    let mut plan = plan(&[Experiment::Fig3b], 1);
    plan.code_sizes = vec![2, 0];
    assert!(matches!(open(&plan, &place), Err(StudyError::Settings(_))));
    assert!(!place.exists());
}
