//! Section 4.2: that the dkAE does not seem to overfit, thanks to the alignment too.
//!
//! The paper reads it from Fig. 3(b), where validation losses fall as the code grows (the trends
//! of that figure). Here it is taken at its word: losses on test digits beside those on as many
//! training digits.

use super::OVERFITTING;
use super::test::{Draft, Side, Test, Unit};
use crate::experiment::findings::Findings;
use crate::experiment::overfitting::Gap;
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::Overlap;

/// The losses of a [`Gap`], in its order, and the claims' keys.
const LOSSES: [(&str, &str); 2] = [("Lr", "lr_not_overfit"), ("Lc", "lc_not_overfit")];

/// The claims.
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    let Some(gap) = Gap::of(plan, findings, |seed| plan.dkae(seed)) else {
        return Vec::new();
    };
    let overlap = findings.overlap(plan);
    let own = LOSSES
        .iter()
        .enumerate()
        .filter_map(|(loss, (name, key))| does_not(&gap, overlap, (loss, name), key));
    own.chain(thanks_to_alignment(plan, findings)).collect()
}

/// That test digits do nearly as well as training digits.
fn does_not(
    gap: &Gap,
    overlap: Overlap,
    (loss, name): (usize, &str),
    key: &'static str,
) -> Option<Draft> {
    let test = Test::of(
        format!("{name} on test images above that on training images, in % of the latter"),
        Unit::PerCent,
        gap.per_cent(loss),
        (Side::Below, OVERFITTING),
        overlap,
    )?;
    Some(Draft {
        key,
        text: format!(
            "The dkAE does not overfit: {name} is less than {OVERFITTING} % higher on test images \
             than on training images"
        ),
        place: "Section 4.2",
        experiment: Experiment::Fig3b,
        test,
        evidence: format!(
            "{name} {:.4} on test images, {:.4} on as many training images",
            gap.test[loss].mean, gap.training[loss].mean
        ),
    })
}

/// That Lr of the dkAE suffers less on test digits than that of the network without alignment.
fn thanks_to_alignment(plan: &Plan, findings: &Findings) -> Option<Draft> {
    let both = |seed: u64| {
        let there = |recipe| Some(findings.network(&recipe)?.figures.training.is_some());
        there(plan.dkae(seed)) == Some(true) && there(plan.plain(seed)) == Some(true)
    };
    let plan = &Plan {
        seeds: plan
            .seeds
            .iter()
            .copied()
            .filter(|&seed| both(seed))
            .collect(),
        ..plan.clone()
    };
    let aligned = Gap::of(plan, findings, |seed| plan.dkae(seed))?;
    let plain = Gap::of(plan, findings, |seed| plan.plain(seed))?;
    let (aligned, plain) = (aligned.per_cent(0), plain.per_cent(0));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let evidence = format!(
        "Lr is higher on test images than on training images by {:.1} % with alignment, by {:.1} % \
         under λ = 0",
        mean(&aligned),
        mean(&plain)
    );
    let test = Test::of(
        "that excess of Lr on test images, with alignment minus without",
        Unit::PerCent,
        aligned.iter().zip(&plain).map(|(a, b)| a - b).collect(),
        (Side::Below, 0.0),
        findings.overlap(plan),
    )?;
    Some(Draft {
        key: "alignment_lessens_overfitting",
        text: "The alignment makes the dkAE overfit less than the plain autoencoder (λ = 0) does"
            .into(),
        place: "Section 4.2",
        experiment: Experiment::Fig3b,
        test,
        evidence,
    })
}
