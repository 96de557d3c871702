//! The form, without a window.

use super::*;

#[test]
fn the_form_begins_with_the_papers_experiments() {
    let mut form = PlanForm::default();
    let request = form.request().unwrap();
    assert_eq!(
        request.plan,
        Plan::of(Preset::Quick, &Experiment::ALL, 0, 5)
    );
    assert_eq!(
        request.folder,
        std::path::PathBuf::from("dkae-experiments/quick")
    );
    assert_eq!(request.images, None);
}

#[test]
fn lists_are_read_sorted_and_once() {
    let mut form = PlanForm::default();
    form.choices.lambdas = "0.5, 0 0.5;1".to_owned();
    form.choices.codes = "64 2".to_owned();
    let plan = form.request().unwrap().plan;
    assert_eq!(plan.lambdas, [0.0, 0.5, 1.0]);
    assert_eq!(plan.code_sizes, [2, 64]);
}

#[test]
fn seeds_are_read_as_written() {
    let seeds = |text: &str| {
        let mut form = PlanForm::default();
        form.choices.seeds = text.to_owned();
        form.request().unwrap().plan.seeds
    };
    assert_eq!(seeds("0"), [0]);
    assert_eq!(seeds("7, 1 3-4"), [1, 3, 4, 7]);
    assert_eq!(seeds("2-3, 1-3"), [1, 2, 3]);
    assert_eq!(seeds("1-1000").len(), 1000);
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |change: fn(&mut Choices)| {
        let mut form = PlanForm::default();
        change(&mut form.choices);
        form.request().unwrap_err()
    };
    assert!(wrong(|c| c.lambdas = "0.1, two".into()).contains("two"));
    assert!(wrong(|c| c.lambdas = "0.1, 1.5".into()).contains("1.5"));
    assert!(wrong(|c| c.codes = "0, 4".into()).contains("Nc"));
    assert!(wrong(|c| c.experiments = [false; Experiment::ALL.len()]).contains("experiment"));
    assert!(wrong(|c| c.classes.clear()).contains("classes"));
    assert!(wrong(|c| c.folder = " ".into()).contains("folder"));
    assert!(wrong(|c| c.seeds.clear()).contains("seed"));
    assert!(wrong(|c| c.seeds = "-3".into()).contains("-3"));
    assert!(wrong(|c| c.seeds = "4-1".into()).contains("4-1"));
    assert!(wrong(|c| c.seeds = "five".into()).contains("five"));
    let much = wrong(|c| c.seeds = "0-18446744073709551615".into());
    assert!(much.contains("1,000"), "{much}");
}

#[test]
fn a_preset_changes_the_usual_folder_but_not_ones_own() {
    let mut form = PlanForm::default();
    form.size_of(Preset::Paper, Collection::Mnist);
    assert_eq!(form.choices.folder, "dkae-experiments/paper");
    assert!(form.choices.codes.ends_with("2000"));
    form.set_folder("mine".into());
    form.size_of(Preset::Quick, Collection::Fashion);
    assert_eq!(form.choices.folder, "mine");
}

#[test]
fn other_data_have_a_folder_of_their_own_and_keep_the_lists() {
    let mut form = PlanForm::default();
    form.choices.lambdas = "0.5".into();
    form.size_of(Preset::Quick, Collection::Fashion);
    let request = form.request().unwrap();
    assert_eq!(request.collection, Collection::Fashion);
    assert!(
        request
            .folder
            .ends_with("dkae-experiments/fashion-mnist-quick")
    );
    assert_eq!(request.plan.lambdas, [0.5]);
    form.size_of(Preset::Quick, Collection::Mnist);
    let folder = form.request().unwrap().folder;
    assert!(folder.ends_with("dkae-experiments/quick"));
}
