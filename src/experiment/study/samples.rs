//! Which samples a study takes, and whether they will do.

use std::collections::BTreeSet;

use super::StudyError;
use crate::data::{DataSet, MINIMUM_SAMPLES, Selection, Source, Split};
use crate::experiment::plan::{Experiment, Plan, Task};

/// The samples of `seed`: one part of the source each, in turn, where it holds several of the
/// plan's size with no sample in common; as many of them as the plan takes where it does not.
pub(super) fn select(source: &Source, plan: &Plan, seed: u64) -> Result<DataSet, StudyError> {
    let parts = parts(source, plan);
    if parts > 1 {
        return Ok(source.part(plan.samples, part(seed, parts))?);
    }
    Ok(source.select(&Selection {
        samples: Some(plan.samples),
        classes: plan.drawn.as_ref().and_then(|drawn| drawn.classes.clone()),
        seed,
    })?)
}

/// Parts of `source` with no sample in common that the seeds of `plan` take in turn; 1 if each draws from all.
pub(super) fn parts(source: &Source, plan: &Plan) -> usize {
    match &plan.drawn {
        Some(_) => 1,
        None => source.parts(plan.samples),
    }
}

/// The part of a seed.
fn part(seed: u64, parts: usize) -> usize {
    usize::try_from(seed % parts as u64).unwrap_or_default()
}

/// Whether no two seeds of `plan` have a sample of `source` in common.
pub(super) fn are_disjoint(source: &Source, plan: &Plan) -> bool {
    let parts = parts(source, plan);
    let mut taken = BTreeSet::new();
    let mut seeds = plan.seeds.iter();
    parts > 1 && seeds.all(|&seed| taken.insert(part(seed, parts)))
}

/// Looks whether `source` will do for `plan`; gives the checksum of the samples of seed 0.
pub(super) fn fit(plan: &Plan, source: &Source) -> Result<String, StudyError> {
    if source.len() < plan.samples {
        return Err(StudyError::Unfit(format!(
            "the study takes {} samples, and {} holds {}: choose fewer samples, or a file of \
             images that has as many",
            plan.samples,
            source.name(),
            source.len()
        )));
    }
    let first = select(source, plan, 0)?;
    if first.len() < plan.samples {
        return Err(StudyError::Unfit(format!(
            "the study takes {} samples of its classes, and {} holds {}: choose fewer samples",
            plan.samples,
            source.name(),
            first.len()
        )));
    }
    if plan.has(Experiment::Table2) {
        check_classes(&first, plan)?;
    }
    if plan.has(Experiment::Table1) && first.labels().is_none() {
        return Err(StudyError::Unfit(
            "Table 1 needs labels, and these data have none: leave it out, or put the labels \
             file beside the images"
                .into(),
        ));
    }
    if plan.has(Experiment::CodeSpace) && first.labels().is_none() {
        return Err(StudyError::Unfit(
            "the code space is judged by labels, and these data have none: leave it out, or put \
             the labels file beside the images"
                .into(),
        ));
    }
    check_settings(plan, &first)?;
    Ok(first.checksum().to_owned())
}

/// Looks whether every network's settings fit the data, which have as many samples under any seed.
fn check_settings(plan: &Plan, data: &DataSet) -> Result<(), StudyError> {
    let split = Split::new(data.len(), 0);
    for task in plan.tasks() {
        if let Task::Network(recipe) = task
            && plan.seeds.first() == Some(&recipe.seed)
        {
            plan.config_of(&recipe).check(data, &split)?;
        }
    }
    Ok(())
}

/// Looks whether Table 2 has digits of its classes.
pub(super) fn check_classes(data: &DataSet, plan: &Plan) -> Result<(), StudyError> {
    let classes = &plan.denoising.classes;
    let Some(labels) = data.labels() else {
        return Err(StudyError::Unfit(
            "Table 2 chooses its images by class, and these data have no labels: leave it out, or \
             put the labels file beside the images"
                .into(),
        ));
    };
    let found = labels
        .iter()
        .filter(|label| classes.contains(label))
        .count();
    // Enough for each part of the split to have some, whatever the seed.
    if found < 10 * MINIMUM_SAMPLES {
        return Err(StudyError::Unfit(format!(
            "Table 2 takes the classes {classes:?}, of which there are {found} samples, but it \
             needs {}: choose other classes, or more samples",
            10 * MINIMUM_SAMPLES
        )));
    }
    Ok(())
}

/// The split of `data` under `seed`, with the samples of `classes` alone.
pub(super) fn of_classes(data: &DataSet, classes: &[u8], seed: u64) -> Split {
    let mut split = Split::new(data.len(), seed);
    if let Some(labels) = data.labels() {
        for part in [&mut split.training, &mut split.validation, &mut split.test] {
            part.retain(|&index| classes.contains(&labels[index]));
        }
    }
    split
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::training::config::Preset;

    fn images(source: &Source, plan: &Plan, seed: u64) -> HashSet<Vec<u8>> {
        let data = select(source, plan, seed).unwrap();
        (0..data.len()).map(|i| data.image(i).to_vec()).collect()
    }

    #[test]
    fn seeds_have_no_digit_in_common_where_there_are_enough() {
        let source = Source::bundled().unwrap();
        let mut plan = Plan::of(Preset::Quick, &[Experiment::Fig5], 0, 3);
        plan.samples = 2_000;
        assert!(are_disjoint(&source, &plan));
        let all: HashSet<_> = plan
            .seeds
            .iter()
            .flat_map(|&seed| images(&source, &plan, seed))
            .collect();
        assert_eq!(all.len(), 6_000, "no image is there twice");
        // The fourth seed takes the first one's digits again.
        assert_eq!(images(&source, &plan, 3), images(&source, &plan, 0));
        plan.seeds.push(3);
        assert!(!are_disjoint(&source, &plan));
        plan.seeds = vec![1, 5];
        assert!(are_disjoint(&source, &plan));
        plan.samples = 6_000;
        assert!(!are_disjoint(&source, &plan), "all seeds have all digits");
        plan.samples = 4_000;
        assert!(
            !are_disjoint(&source, &plan),
            "seeds draw from the same digits"
        );
        assert_ne!(images(&source, &plan, 0), images(&source, &plan, 1));
    }
}
