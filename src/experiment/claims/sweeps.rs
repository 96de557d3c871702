//! Section 4.2: what λ and Nc do to the losses (Fig. 3).

use super::CONSTANT;
use super::test::{Draft, Side, Test, Unit};
use super::trend::Trend;
use crate::experiment::fig3::{SweepPoint, code_sweep, lambda_sweep};
use crate::experiment::findings::Findings;
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::{Overlap, Summary};

/// λ between which the paper finds the losses nearly constant.
const CONSTANT_FROM_TO: [f64; 2] = [0.1, 0.9];

/// The claims of Fig. 3(a).
pub fn over_lambda(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    let overlap = findings.overlap(plan);
    let mut points = lambda_sweep(plan, findings);
    points.retain(|point| point.x > 0.0 && point.x < 1.0);
    let trend = |key, loss, of: fn(&SweepPoint) -> &Summary, side| Trend {
        key,
        place: "Section 4.2",
        experiment: Experiment::Fig3a,
        loss,
        of,
        axis: "λ",
        side,
        points: &points,
    };
    let trends = [
        trend("lc_falls_with_lambda", "Lc", lc, Side::Below),
        trend("lr_rises_with_lambda", "Lr", lr, Side::Above),
    ];
    let constants = [
        constant("lr_constant_over_lambda", "Lr", lr, &points, overlap),
        constant("lc_constant_over_lambda", "Lc", lc, &points, overlap),
    ];
    let trends = trends.iter().filter_map(|trend| trend.draft(overlap));
    trends.chain(constants.into_iter().flatten()).collect()
}

/// The claims of Fig. 3(b).
pub fn over_code(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    let points = code_sweep(plan, findings);
    let trend = |key, loss, of: fn(&SweepPoint) -> &Summary| Trend {
        key,
        place: "Section 4.2",
        experiment: Experiment::Fig3b,
        loss,
        of,
        axis: "Nc",
        side: Side::Below,
        points: &points,
    };
    let trends = [
        trend("lr_falls_with_nc", "Lr", lr),
        trend("lc_falls_with_nc", "Lc", lc),
    ];
    let drafts = trends
        .iter()
        .map(|trend| trend.draft(findings.overlap(plan)));
    drafts.flatten().collect()
}

fn lr(point: &SweepPoint) -> &Summary {
    &point.lr
}

fn lc(point: &SweepPoint) -> &Summary {
    &point.lc
}

/// That a loss hardly changes from λ = 0.1 to 0.9: its largest minus its smallest value there, in
/// per cent of that at the smallest λ. Chance makes this larger, never smaller, so that what holds
/// is not due to it.
fn constant(
    key: &'static str,
    loss: &str,
    of: fn(&SweepPoint) -> &Summary,
    points: &[SweepPoint],
    overlap: Overlap,
) -> Option<Draft> {
    let [from, to] = CONSTANT_FROM_TO;
    let within = |point: &&SweepPoint| point.x >= from - 1e-9 && point.x <= to + 1e-9;
    let points: Vec<&SweepPoint> = points.iter().filter(within).collect();
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let seed = |seed: u64| -> Option<f64> {
        let at = |point: &&SweepPoint| {
            let index = point
                .recipes
                .iter()
                .position(|recipe| recipe.seed == seed)?;
            Some(of(point).values[index])
        };
        let values: Option<Vec<f64>> = points.iter().map(at).collect();
        let values = values?;
        let largest = values.iter().copied().fold(f64::NEG_INFINITY, nan_max);
        let smallest = values.iter().copied().fold(f64::INFINITY, nan_min);
        Some(100.0 * (largest - smallest) / values[0])
    };
    let seeds = first.recipes.iter().map(|recipe| recipe.seed);
    let test = Test::of(
        format!(
            "largest minus smallest {loss}, in % of that at λ = {}",
            first.x
        ),
        Unit::PerCent,
        seeds.filter_map(seed).collect(),
        (Side::Below, CONSTANT),
        overlap,
    )?;
    Some(Draft {
        key,
        text: format!(
            "{loss} is nearly constant (to {CONSTANT} %) for λ from {} to {}",
            first.x, last.x
        ),
        place: "Section 4.2",
        experiment: Experiment::Fig3a,
        test,
        evidence: format!(
            "{:.4} at λ = {}, {:.4} at λ = {}",
            of(first).mean,
            first.x,
            of(last).mean,
            last.x
        ),
    })
}

/// The larger, or the one that is no number: a network that diverged is not constant.
fn nan_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

fn nan_min(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.min(b)
    }
}
