//! A study in three networks, told by hand.

use std::path::PathBuf;

use ndarray::Array2;

use super::*;
use crate::data::ImageShape;
use crate::exhibit::KernelOf;
use crate::experiment::findings::{
    NetworkFigures, NetworkPicture, SeedPicture, Spectrum, SpectrumFigures,
};
use crate::picture::saved::{Content, Format, Picture, content, text_fields};
use crate::training::Scores;
use crate::training::config::Preset;
use crate::worker::study_protocol::StudyOrigin;

fn plan() -> Arc<Plan> {
    let experiments = [Experiment::Fig3a, Experiment::Fig4, Experiment::Fig5];
    let mut plan = Plan::of(Preset::Quick, &experiments, 0, 2);
    plan.lambdas = vec![0.0, 0.1];
    Arc::new(plan)
}

fn network(recipe: Recipe) -> Arc<Network> {
    let scores = Scores {
        samples: 4,
        lr: 0.01 + recipe.lambda / 10.0 + recipe.seed as f64 / 1000.0,
        lc_c_p: 0.8 - recipe.lambda,
        lc_p_ki: Some(0.97),
        lc_c_ki: Some(0.96),
    };
    Arc::new(Network {
        figures: NetworkFigures {
            recipe,
            training: Some(scores),
            validation: scores,
            test: scores,
            steps: 10,
            seconds: 1.0,
            denoised: None,
        },
        picture: NetworkPicture {
            codes: Array2::from_elem((4, 4), 2.0),
            reconstructions: Array2::zeros((2, 4)),
        },
    })
}

fn seed_picture() -> Arc<SeedPicture> {
    Arc::new(SeedPicture {
        prior: Array2::eye(4),
        labels: Some(vec![0, 0, 1, 1]),
        originals: Array2::ones((2, 4)),
        drawn: None,
        shape: ImageShape {
            height: 2,
            width: 2,
        },
    })
}

fn snapshot(recipes: &[Recipe], state: StudyState) -> Arc<StudySnapshot> {
    Arc::new(StudySnapshot {
        plan: plan(),
        folder: PathBuf::from("folder"),
        findings: Findings {
            networks: recipes.iter().copied().map(network).collect(),
            seeds: vec![(0, seed_picture()), (1, seed_picture())],
            ..Findings::default()
        },
        state,
        progress: StudyProgress::default(),
        watch: None,
        origin: None,
        seconds: 0.0,
        notices: Arc::default(),
    })
}

fn view(recipes: &[Recipe]) -> StudyView {
    let mut view = StudyView::default();
    view.expect(plan(), Path::new("folder"));
    view.take(snapshot(recipes, StudyState::Working));
    view
}

#[test]
fn a_study_is_pending_until_it_speaks_and_open_until_it_ends() {
    let mut view = StudyView::default();
    assert!(!view.is_pending() && !view.is_open());
    view.expect(plan(), Path::new("folder"));
    assert!(view.is_pending() && view.is_open());
    assert_eq!(view.figures().done(Experiment::Fig3a), Some([0, 4]));
    view.take(snapshot(&[], StudyState::Working));
    assert!(!view.is_pending() && view.is_open());
    view.take(snapshot(&[], StudyState::Finished));
    assert!(!view.is_open());
    view.lost("gone".into());
    assert_eq!(view.state(), Some(StudyState::Failed("gone".into())));
}

#[test]
fn a_command_is_asked_until_the_state_changes() {
    let mut view = view(&[]);
    view.ask(StudyCommand::Pause);
    view.take(snapshot(&[], StudyState::Working));
    assert_eq!(view.asked(), Some(StudyCommand::Pause));
    view.take(snapshot(&[], StudyState::Paused));
    assert_eq!(view.asked(), None);
}

#[test]
fn a_stop_is_asked_until_the_study_ends_whatever_comes_between() {
    let mut view = view(&[]);
    view.ask(StudyCommand::Pause);
    view.ask(StudyCommand::Stop);
    view.take(snapshot(&[], StudyState::Paused));
    assert_eq!(view.asked(), Some(StudyCommand::Stop));
    view.take(snapshot(&[], StudyState::Stopped));
    assert_eq!(view.asked(), None);
}

#[test]
fn what_was_read_in_the_folder_stays_on_show_while_its_study_starts() {
    let recipes = [plan().plain(0), plan().dkae(0)];
    let mut view = StudyView::default();
    view.read(Some(snapshot(&recipes, StudyState::Found)));
    assert!(!view.is_open() && !view.is_pending());
    view.select(recipes[0]);
    view.expect(plan(), Path::new("folder"));
    assert!(view.is_pending());
    assert_eq!(view.figures().lambda.len(), 2);
    view.take(snapshot(&[], StudyState::Working));
    assert_eq!(view.figures().lambda.len(), 2, "it has not read its folder");
    assert_eq!(view.selected(), Some(recipes[0]));
    let mut open = (*snapshot(&recipes[1..], StudyState::Working)).clone();
    open.origin = Some(Arc::new(StudyOrigin {
        data: String::new(),
        collection: None,
        checksum: String::new(),
        threads: 1,
        resumed: true,
    }));
    view.take(Arc::new(open));
    assert_eq!(view.figures().lambda.len(), 1, "what it found counts");
    view.expect(plan(), Path::new("elsewhere"));
    assert!(view.figures().lambda.is_empty());
}

#[test]
fn an_empty_folder_takes_away_what_was_there() {
    let mut view = view(&[plan().dkae(0)]);
    view.read(None);
    assert!(view.plan().is_none() && view.findings().is_none());
    assert!(view.figures().lambda.is_empty());
}

#[test]
fn the_newest_run_is_shown_until_one_is_chosen() {
    let (plain, dkae) = (plan().plain(0), plan().dkae(0));
    let mut view = view(&[plain]);
    assert_eq!(view.selected(), Some(plain));
    view.take(snapshot(&[plain, dkae], StudyState::Working));
    assert_eq!(view.selected(), Some(dkae));
    view.select(plain);
    view.take(snapshot(
        &[plain, dkae, plan().dkae(1)],
        StudyState::Working,
    ));
    assert_eq!(view.selected(), Some(plain));
}

#[test]
fn another_seed_brings_the_twin_if_it_is_done() {
    let (first, twin) = (plan().dkae(0), plan().dkae(1));
    let mut view = view(&[first, twin]);
    view.select(first);
    view.choose_seed(1);
    assert_eq!(view.selected(), Some(twin));
    assert_eq!(view.run_of(&[first, twin]), Some(twin));
    view.choose_seed(7);
    assert_eq!(view.selected(), Some(twin), "seed 7 has no such run");
    assert_eq!(view.shown_seed(&[0, 1]), Some(0));
}

#[test]
fn figures_follow_the_findings() {
    let plan = plan();
    let view = view(&[plan.plain(0), plan.dkae(0), plan.plain(1)]);
    let points = &view.figures().lambda;
    assert_eq!(points.len(), 2);
    assert_eq!(points[0].recipes.len(), 2);
    assert!((points[0].lr.mean - 0.0105).abs() < 1e-12);
    assert_eq!(view.figures().done(Experiment::Fig3a), Some([3, 4]));
    assert_eq!(
        view.figures().done(Experiment::Table1),
        None,
        "not in the plan"
    );
}

#[test]
fn a_run_is_pictured_with_its_prior_on_one_scale() {
    let recipe = plan().dkae(0);
    let view = view(&[recipe]);
    let exhibit = Arc::new(view.exhibit(Subject::Run(recipe)).unwrap());
    let of: Vec<_> = exhibit.kernels.iter().map(|kernel| kernel.of).collect();
    assert_eq!(of, [KernelOf::Prior, KernelOf::Codes, KernelOf::Difference]);
    // The identity's root mean square entry is 1/2, a constant's the constant.
    assert!((exhibit.factor(0) - 2.0).abs() < 1e-6);
    assert!((exhibit.factor(1) - 0.5).abs() < 1e-6);
    let Some(Content::Matrix(codes)) = content(&exhibit, Picture::CODES, Format::Npy) else {
        panic!("numbers")
    };
    assert_eq!(codes, Array2::from_elem((4, 4), 2.0));
    assert_eq!(exhibit.stem, recipe.key());
    // What is saved of it says what made it: the network's own settings.
    let fields = text_fields(&exhibit, Picture::CODES);
    let field = |key: &str| {
        let found = fields.iter().find(|(keyword, _)| keyword == key);
        found.map(|(_, text)| text.as_str()).unwrap()
    };
    assert_eq!(field("dkae:lambda"), recipe.lambda.to_string());
    assert!(field("dkae:plan").contains("lambdas") && field("dkae:seed") == "0");
}

#[test]
fn figure_4_says_what_is_missing() {
    let view = view(&[plan().dkae(0)]);
    let exhibit = view.exhibit(Subject::Fig4(0)).unwrap();
    let there = [0, 1, 2].map(|index| exhibit.has(index));
    assert_eq!(there, [true, false, true]);
    let there: Vec<bool> = exhibit
        .rows
        .iter()
        .map(|row| row.images.is_some())
        .collect();
    assert_eq!(there, [true, false, true]);
    let missing = Picture::Kernel(KernelOf::Codes, 1);
    assert!(content(&exhibit, missing, Format::Png).is_none());
}

#[test]
fn pictures_are_made_anew_when_something_was_found() {
    let recipe = plan().dkae(0);
    let mut view = view(&[recipe]);
    let before = view.exhibit_key(Subject::Run(recipe));
    view.take(snapshot(&[recipe], StudyState::Paused));
    assert_eq!(view.exhibit_key(Subject::Run(recipe)), before);
    view.take(snapshot(&[recipe, plan().plain(0)], StudyState::Working));
    assert_ne!(view.exhibit_key(Subject::Run(recipe)), before);
}

#[test]
fn the_curves_cross_where_their_means_do() {
    let mut snapshot = (*snapshot(&[plan().dkae(0)], StudyState::Working)).clone();
    for seed in [0, 1] {
        let figures = SpectrumFigures {
            seed,
            samples: [8, 4],
            training: vec![0.9, 0.5, 0.2],
            test: vec![0.9, 0.6 - 0.2 * seed as f64, 0.2],
            dkae_training: 0.4,
            dkae_test: 0.45,
            eigenvalues: vec![3.0, 2.0, 1.0],
            seconds: 1.0,
        };
        let scores = Array2::from_shape_fn((4, 3), |(i, j)| (i + j) as f32);
        snapshot
            .findings
            .spectra
            .push(Arc::new(Spectrum { figures, scores }));
    }
    let mut view = StudyView::default();
    view.take(Arc::new(snapshot));
    let curves = view.figures().spectrum.as_ref().unwrap();
    assert_eq!(curves.crossings, [Some(3), Some(2)]);
    // Means 0.9, 0.5, 0.2 against 0.45.
    assert_eq!(curves.crossing(), Some(3));
    let exhibit = view.exhibit(Subject::Spectrum { seed: 0, m: 99 }).unwrap();
    assert_eq!(exhibit.kernels[2].name, "K3", "cut to what there is");
}
