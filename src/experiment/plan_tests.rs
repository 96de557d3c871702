//! Plans: what is trained once, and what cannot be done.

use super::*;

#[test]
fn a_trainings_steps_are_those_of_its_layers_and_of_the_whole() {
    assert_eq!(steps_of(&Preset::Quick.config()), 1_000);
    // 256–256–512–128: four layers.
    assert_eq!(steps_of(&Preset::Balanced.config()), 4 * 500 + 1_500);
    assert_eq!(steps_of(&Preset::PaperFull.config()), 4 * 147_000 + 490_000);
}

#[test]
fn the_code_sizes_double_up_to_the_largest() {
    assert_eq!(doubling(128), [2, 4, 8, 16, 32, 64, 128]);
    assert_eq!(doubling(2_000).last(), Some(&2_000));
    assert_eq!(doubling(2_000).len(), 11);
    assert_eq!(doubling(1), [1]);
}

#[test]
fn a_network_that_several_experiments_need_is_trained_once() {
    let plan = Plan::of(Preset::Quick, &Experiment::ALL, 3, 2);
    let tasks = plan.tasks();
    let networks = tasks
        .iter()
        .filter(|task| matches!(task, Task::Network(_)))
        .count();
    // Nine λ, six further Nc and what is beyond the paper, for two seeds.
    let recipes = plan.recipes(Experiment::Better, 3).into_iter();
    let beyond = recipes.filter(|recipe| !recipe.variant.is_plan());
    let mut keys: Vec<String> = beyond.map(|recipe| recipe.key()).collect();
    keys.sort();
    keys.dedup();
    let each = 9 + 6 + keys.len();
    assert!(keys.len() >= Variant::COMPARED.len());
    assert_eq!(networks, 2 * each);
    // The spectrum, Table 2 and its network, the code space.
    assert_eq!(tasks.len(), 2 * (each + 4));
    assert!(tasks[..each + 4].iter().all(|task| task.seed() == 3));
    let keys: std::collections::HashSet<_> = tasks.iter().map(Task::key).collect();
    assert_eq!(
        keys.len(),
        tasks.len(),
        "every result has a file of its own"
    );
}

#[test]
fn the_papers_way_is_the_plans_own_but_for_denoise() {
    for preset in Preset::ALL {
        let plan = Plan::of(preset, &[Experiment::Better], 0, 1);
        let own = plan.recipes(Experiment::Better, 0)[0] == plan.dkae(0);
        assert_eq!(own, plan.is_the_papers_way());
        assert_eq!(own, preset != Preset::Denoise);
        let training = &plan.config_of(&plan.compared(Variant::Paper, 0)).training;
        assert_eq!((training.copies, training.ramp), (None, None));
    }
    let plan = Plan::of(Preset::Paper, &[Experiment::Better], 0, 1);
    let recipes = plan.recipes(Experiment::Better, 0);
    assert_eq!(recipes[0], plan.dkae(0));
    let settings: Vec<RunConfig> = recipes.iter().map(|r| plan.config_of(r)).collect();
    for (index, config) in settings.iter().enumerate() {
        let twin = settings[..index].iter().position(|other| other == config);
        // The frontiers' first points are rows of the table.
        assert!(twin.is_none_or(|twin| recipes[twin] == recipes[index]));
    }
    // Kept results name no variant.
    let kept = r#"{"seed":4,"lambda":0.1,"code":128}"#;
    let recipe: Recipe = serde_json::from_str(kept).unwrap();
    assert_eq!(recipe.variant, Variant::Plan);
    assert_eq!(serde_json::to_string(&recipe).unwrap(), kept);
}

#[test]
fn a_table_alone_needs_two_networks() {
    let plan = Plan::of(Preset::Quick, &[Experiment::Table1], 0, 1);
    assert_eq!(
        plan.tasks(),
        [Task::Network(plan.dkae(0)), Task::Network(plan.plain(0))]
    );
}

#[test]
fn table_2_trains_for_longer_and_looks_at_the_others_steps_too() {
    let plan = Plan::of(Preset::Quick, &[Experiment::Table2], 0, 1);
    let course = Task::Course { seed: 0 };
    assert_eq!(plan.tasks(), [course, Task::Denoising { seed: 0 }]);
    assert_eq!(plan.course_config(0).training.steps, 3_000);
    let looks = plan.course_looks();
    assert_eq!(looks.len(), 12);
    assert!(looks.is_sorted() && looks.contains(&1_000) && looks.contains(&333));
    assert_eq!(looks.last(), Some(&3_000));
    // 3, 2.08, 1.44, 1, 0.69, 0.48, … of three steps: there is nothing to see before the first.
    let mut short = plan;
    short.config.training.steps = 1;
    assert_eq!(short.course_looks(), [1, 2, 3]);
    let full = Plan::of(Preset::PaperFull, &[Experiment::Table2], 0, 1);
    assert_eq!(full.course_config(0).training.steps, 490_000);
}

#[test]
fn what_cannot_be_done_is_named() {
    let plan = |change: fn(&mut Plan)| {
        let mut plan = Plan::of(Preset::Quick, &Experiment::ALL, 0, 1);
        change(&mut plan);
        plan.check()
    };
    assert_eq!(plan(|_| ()), Ok(()));
    assert_eq!(
        plan(|p| p.experiments.clear()),
        Err(PlanError::NoExperiment)
    );
    assert_eq!(plan(|p| p.seeds.clear()), Err(PlanError::NoSeed));
    assert_eq!(
        plan(|p| p.lambdas[0] = f64::NAN),
        Err(PlanError::Lambda("NaN".into()))
    );
    assert_eq!(plan(|p| p.spectrum = 0), Err(PlanError::NoComponents));
    assert_eq!(
        plan(|p| p.denoising.components = 0),
        Err(PlanError::NoComponents)
    );
    for change in [
        |p: &mut Plan| p.denoising.widths.clear(),
        |p: &mut Plan| p.denoising.ridges.clear(),
        |p: &mut Plan| p.denoising.prior_widths.clear(),
        |p: &mut Plan| p.lambdas.clear(),
        |p: &mut Plan| p.code_sizes.clear(),
    ] {
        assert!(matches!(plan(change), Err(PlanError::NoValues(_))));
    }
    let told = PlanError::NoExperiment.to_string();
    for key in [
        "fig3a", "fig3b", "fig4", "table1", "fig5", "table2", "codes", "better",
    ] {
        assert!(told.contains(key), "{told}");
    }
}

#[test]
fn a_sample_has_as_many_numbers_as_the_code_or_the_spectrum() {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::CodeSpace], 0, 1);
    assert_eq!(plan.dimension(), 128);
    plan.spectrum = 40;
    assert_eq!(plan.dimension(), 40);
    plan.config.network.code = 30;
    assert_eq!(plan.dimension(), 30);
}

#[test]
fn the_papers_experiments_are_its_figures_and_tables() {
    let own = Experiment::ALL.into_iter().filter(|e| e.is_the_papers());
    let own: Vec<_> = own.map(Experiment::key).collect();
    assert_eq!(own, ["fig3a", "fig3b", "fig4", "table1", "fig5", "table2"]);
}

/// A plan as it was written before the RBF prior's σ was searched for, Table 2's network trained
/// for longer.
#[test]
fn a_plan_of_an_earlier_version_is_read() {
    let plan = Plan::of(Preset::Quick, &Experiment::ALL, 0, 1);
    let mut value = serde_json::to_value(&plan).unwrap();
    let denoising = value["denoising"].as_object_mut().unwrap();
    denoising.remove("prior_widths").unwrap();
    denoising.remove("longer").unwrap();
    let read: Plan = serde_json::from_value(value).unwrap();
    assert_eq!(read.denoising.prior_widths, [1.0]);
    assert_eq!(read.course_config(0), read.config_of(&read.dkae(0)));
    assert_eq!(read.course_looks().last(), Some(&1_000));
}
