//! Section 4.5: noisy digits, cleaned (Table 2).

use super::AS_NEAR;
use super::test::{Draft, Side, Test, Unit};
use crate::experiment::findings::{Findings, Method};
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::Summary;

/// The claims.
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    [
        better_than_kpca(plan, findings),
        best_pre_image(plan, findings),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// "dkAE+PCA outperforms kPCAs reconstruction with regards to mean squared error".
fn better_than_kpca(plan: &Plan, findings: &Findings) -> Option<Draft> {
    let [ours, theirs] = errors(plan, findings, [Method::DkaePca, Method::Kpca])?;
    let pairs = ours.values.iter().zip(&theirs.values);
    let test = Test::of(
        "error of dkAE + PCA minus that of kPCA",
        Unit::Loss,
        pairs.map(|(ours, theirs)| ours - theirs).collect(),
        (Side::Below, 0.0),
        findings.overlap(plan),
    )?;
    Some(draft(
        "dkae_pca_denoises_better_than_kpca",
        "dkAE + PCA leaves less error than kPCA with its pre-image".into(),
        test,
        format!("dkAE + PCA {:.4}, kPCA {:.4}", ours.mean, theirs.mean),
    ))
}

/// That the best σ is the median distance and the best ridge 0.5: each seed's grid search chooses
/// on validation digits, and what it chose is no better on test digits.
fn best_pre_image(plan: &Plan, findings: &Findings) -> Option<Draft> {
    let [paper, grid] = errors(plan, findings, [Method::KpcaPaper, Method::Kpca])?;
    let pairs = paper.values.iter().zip(&grid.values);
    let test = Test::of(
        "error of the paper's σ and ridge above that of the best of the grid, in % of the latter",
        Unit::PerCent,
        pairs
            .map(|(paper, grid)| 100.0 * (paper / grid - 1.0))
            .collect(),
        (Side::Below, AS_NEAR),
        findings.overlap(plan),
    )?;
    Some(draft(
        "papers_preimage_is_best",
        format!("The pre-image does best (to {AS_NEAR} %) with the median distance and ridge 0.5"),
        test,
        format!(
            "with them {:.4}, with the best of a grid {:.4}",
            paper.mean, grid.mean
        ),
    ))
}

fn draft(key: &'static str, text: String, test: Test, evidence: String) -> Draft {
    Draft {
        key,
        text,
        place: "Section 4.5",
        experiment: Experiment::Table2,
        test,
        evidence,
    }
}

/// The errors of two methods under the seeds that have both.
fn errors(plan: &Plan, findings: &Findings, methods: [Method; 2]) -> Option<[Summary; 2]> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for &seed in &plan.seeds {
        let Some(found) = findings.denoised(seed) else {
            continue;
        };
        if let [Some(a), Some(b)] = methods.map(|method| found.figures.error(method)) {
            first.push(a);
            second.push(b);
        }
    }
    Some([Summary::of(first)?, Summary::of(second)?])
}
