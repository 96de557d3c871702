//! Section 4.4: P by its leading components, against P by the codes (Fig. 5), on test digits.
//!
//! The paper has the two level at m = 16. The m of a crossing is a whole number and the same under
//! most seeds, so that an interval of it says nothing; but "at 16" are two sentences about losses:
//! below, and so with 15 components, the dkAE is the nearer, and with 16 kernel PCA is.

use super::test::{Draft, Side, Test, Unit};
use crate::experiment::findings::{Findings, SpectrumFigures};
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::Overlap;

/// The paper's m from which on kernel PCA is nearer to P than the dkAE.
pub const PAPER_CROSSING: usize = 16;

/// Classes of the paper's data.
const CLASSES: usize = 10;

/// The claims.
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    let seeds = plan.seeds.iter();
    let figures: Vec<&SpectrumFigures> = seeds
        .filter_map(|&seed| Some(&findings.spectrum(seed)?.figures))
        .collect();
    let most = figures.iter().map(|f| f.test.len()).min().unwrap_or(0);
    let (crossings, overlap) = (crossings(&figures), findings.overlap(plan));
    let claim = |key, text: String, m: usize, side| {
        against(&figures, overlap, (key, text), (m, side), &crossings)
    };
    [
        claim(
            "dkae_beats_kpca_below_16",
            format!("With fewer than {PAPER_CROSSING} components kPCA is further from P than the dkAE is"),
            PAPER_CROSSING - 1,
            Side::Below,
        ),
        claim(
            "kpca_beats_dkae_from_16",
            format!("With {PAPER_CROSSING} components kPCA is nearer P than the dkAE is"),
            PAPER_CROSSING,
            Side::Above,
        ),
        claim(
            "dkae_beats_kpca_at_10",
            format!("With as many components as classes ({CLASSES}) kPCA is further from P than the dkAE is"),
            CLASSES,
            Side::Below,
        ),
        (most > PAPER_CROSSING)
            .then(|| {
                claim(
                    "kpca_beats_dkae_with_many",
                    format!("With many components ({most}) kPCA is nearer P than the dkAE is"),
                    most,
                    Side::Above,
                )
            })
            .flatten(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Lc(C, P) minus Lc(`K_m`, P) under the seeds that have so many components.
fn against(
    figures: &[&SpectrumFigures],
    overlap: Overlap,
    (key, text): (&'static str, String),
    (m, side): (usize, Side),
    crossings: &str,
) -> Option<Draft> {
    let (mut dkae, mut kpca) = (Vec::new(), Vec::new());
    for figures in figures {
        if let Some(&lc) = figures.test.get(m - 1) {
            dkae.push(figures.dkae_test);
            kpca.push(lc);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let test = Test::of(
        format!("Lc(C, P) minus Lc(K_{m}, P)"),
        Unit::Loss,
        dkae.iter()
            .zip(&kpca)
            .map(|(dkae, kpca)| dkae - kpca)
            .collect(),
        (side, 0.0),
        overlap,
    )?;
    Some(Draft {
        key,
        text,
        place: "Section 4.4",
        experiment: Experiment::Fig5,
        test,
        evidence: format!(
            "dkAE {:.4}, kPCA with m = {m} {:.4}; kPCA draws level {crossings}",
            mean(&dkae),
            mean(&kpca)
        ),
    })
}

/// Where kPCA draws level: one m, the least and the largest over the seeds, or how many it does not
/// under.
fn crossings(figures: &[&SpectrumFigures]) -> String {
    let found: Vec<usize> = figures.iter().filter_map(|f| f.crossing()).collect();
    let never = figures.len() - found.len();
    let seeds = if figures.len() > 1 { ", by seed" } else { "" };
    let range = match (found.iter().min(), found.iter().max()) {
        (Some(least), Some(most)) if least < most => format!("at m = {least} to {most}{seeds}"),
        (Some(m), _) if never == 0 && found.len() > 1 => format!("at m = {m} under every seed"),
        (Some(m), _) => format!("at m = {m}"),
        (None, _) => String::new(),
    };
    match (never, found.len()) {
        (0, _) => range,
        (_, 0) => "at no m".into(),
        (1, _) => format!("{range}, at none under 1 seed"),
        (never, _) => format!("{range}, at none under {never} seeds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_kernel_pca_draws_level_is_said_of_one_seed_and_of_many() {
        // K_m is 1/m from P, and the codes between two of these.
        let told = |levels: &[Option<usize>]| {
            let figures = levels.iter().zip(0..).map(|(level, seed)| SpectrumFigures {
                seed,
                samples: [700, 150],
                training: Vec::new(),
                test: (1..=32).map(|m| 1.0 / f64::from(m)).collect(),
                dkae_training: 0.0,
                dkae_test: level.map_or(0.001, |m| 1.0 / (m as f64 - 0.5)),
                eigenvalues: Vec::new(),
                seconds: 1.0,
            });
            let figures: Vec<_> = figures.collect();
            crossings(&figures.iter().collect::<Vec<_>>())
        };
        let (never, at) = (None, Some);
        for (levels, text) in [
            (&[at(7)][..], "at m = 7"),
            (&[never], "at no m"),
            (&[at(7), at(7)], "at m = 7 under every seed"),
            (&[at(9), at(7), at(8)], "at m = 7 to 9, by seed"),
            (&[never, never], "at no m"),
            (&[at(7), never], "at m = 7, at none under 1 seed"),
            (
                &[never, at(7), at(7), never],
                "at m = 7, at none under 2 seeds",
            ),
            (
                &[at(7), never, at(8)],
                "at m = 7 to 8, by seed, at none under 1 seed",
            ),
        ] {
            assert_eq!(told(levels), text);
        }
    }
}
