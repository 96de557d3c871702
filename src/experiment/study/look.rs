//! What a folder holds of a study, without touching it.

use std::path::Path;

use super::StudyError;
use super::pace::{Cost, seconds_of};
use super::samples::{are_disjoint, fit, parts};
use crate::data::{Collection, Source};
use crate::experiment::findings::Findings;
use crate::experiment::plan::{Plan, Task};
use crate::experiment::store::{Basis, Sizes, Store};

/// What a folder holds of a plan.
#[derive(Clone, Debug)]
pub struct Known {
    /// The results.
    pub findings: Findings,
    /// The data's name.
    pub data: String,
    /// The collection that they are from, where the program knows it.
    pub collection: Option<Collection>,
    /// SHA-256 of the images and labels that seed 0 chooses.
    pub checksum: String,
    /// Tasks that are done and in all.
    pub tasks: (usize, usize),
    /// What is damaged, a line each: it will be made again.
    pub damaged: Vec<String>,
    /// Seconds that the tasks that are left take, by what the results say.
    pub seconds_left: Option<f64>,
}

/// Reads what `folder` holds of `plan` on `source`; nothing is made, written or renamed.
///
/// # Errors
///
/// [`StudyError`] if the plan or the data cannot be used, or if the folder holds another study or
/// something that cannot be read as one.
pub fn look(plan: &Plan, source: &Source, folder: &Path) -> Result<Known, StudyError> {
    plan.check()?;
    let checksum = fit(plan, source)?;
    let basis = Basis::of(plan, checksum.clone()).with_parts(parts(source, plan));
    let (store, damage) = Store::look(folder, &basis)?;
    let found = store.find(plan, &Sizes::of(plan, source));
    let cost = Cost {
        plan,
        pixels: source.shape().pixels(),
    };
    let mut findings = found.findings;
    findings.disjoint = are_disjoint(source, plan);
    let all = plan.tasks();
    let left: Vec<Task> = all
        .iter()
        .filter(|task| !findings.has(task))
        .copied()
        .collect();
    let damaged = damage.iter().chain(&found.damaged);
    Ok(Known {
        seconds_left: seconds_of(cost, &left, &findings),
        damaged: damaged.map(ToString::to_string).collect(),
        tasks: (all.len() - left.len(), all.len()),
        data: source.name().to_owned(),
        collection: source.collection(),
        checksum,
        findings,
    })
}
