//! Fig. 3: Lr and Lc on validation digits, (a) against λ and (b) against Nc at λ = 0.1.
//!
//! The paper gives the curves without numbers, and reads from them that Lc falls and Lr rises
//! with λ, that both hardly change from λ = 0.1 to 0.9, and that both fall as Nc grows.

use super::findings::Findings;
use super::plan::{Experiment, Plan, Recipe};
use super::statistics::Summary;

/// A point of a sweep: one setting under the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPoint {
    /// λ or Nc.
    pub x: f64,
    /// Lr on validation samples.
    pub lr: Summary,
    /// Lc(C, P) on validation samples.
    pub lc: Summary,
    /// The networks, in the order of the values.
    pub recipes: Vec<Recipe>,
}

/// The points of Fig. 3(a) that are there, by λ.
#[must_use]
pub fn lambda_sweep(plan: &Plan, findings: &Findings) -> Vec<SweepPoint> {
    sweep(plan, findings, Experiment::Fig3a, |recipe| recipe.lambda)
}

/// The points of Fig. 3(b) that are there, by Nc.
#[must_use]
pub fn code_sweep(plan: &Plan, findings: &Findings) -> Vec<SweepPoint> {
    sweep(plan, findings, Experiment::Fig3b, |r| r.code as f64)
}

/// A network, its Lr and its Lc.
type Measured = (Recipe, f64, f64);

fn sweep(
    plan: &Plan,
    findings: &Findings,
    experiment: Experiment,
    x: impl Fn(&Recipe) -> f64,
) -> Vec<SweepPoint> {
    let mut points: Vec<(f64, Vec<Measured>)> = Vec::new();
    for &seed in &plan.seeds {
        for recipe in plan.recipes(experiment, seed) {
            let Some(network) = findings.network(&recipe) else {
                continue;
            };
            let scores = &network.figures.validation;
            let value = (recipe, scores.lr, scores.lc_c_p);
            match points.iter_mut().find(|(at, _)| *at == x(&recipe)) {
                Some((_, values)) => values.push(value),
                None => points.push((x(&recipe), vec![value])),
            }
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let point = |(x, values): (f64, Vec<Measured>)| {
        Some(SweepPoint {
            x,
            lr: Summary::of(values.iter().map(|v| v.1).collect())?,
            lc: Summary::of(values.iter().map(|v| v.2).collect())?,
            recipes: values.into_iter().map(|v| v.0).collect(),
        })
    };
    points.into_iter().filter_map(point).collect()
}
