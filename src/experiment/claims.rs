//! The paper's claims, each with what our runs say of it.
//!
//! A claim is a sentence of the paper made testable. Where it compares two numbers it has to hold
//! under every seed; where it speaks of a trend, the ends of the curve have to lie the right way
//! round and Spearman's rank correlation of the mean curve has to be beyond ±0.5.

use serde::{Deserialize, Serialize};

use super::fig3::{SweepPoint, code_sweep, lambda_sweep};
use super::findings::{Findings, Method};
use super::plan::{Experiment, Plan};
use super::statistics::{Paired, Summary, rank_correlation};
use super::table1::table1;

/// A rank correlation beyond this is a trend.
const TREND: f64 = 0.5;

/// A claim and what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name in `report.json`.
    pub key: String,
    /// The claim, in a sentence.
    pub text: String,
    /// Whether it held.
    pub held: bool,
    /// Seeds in which it held, where it can be told seed by seed, and seeds in all.
    pub seeds: Option<[usize; 2]>,
    /// The figures behind it.
    pub evidence: String,
}

/// The claims that the findings can speak about so far.
#[must_use]
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Claim> {
    let mut claims = Vec::new();
    if plan.has(Experiment::Fig3a) {
        let points = lambda_sweep(plan, findings);
        claims.extend(trend(
            "lc_falls_with_lambda",
            "Lc falls as λ grows",
            "λ",
            &points,
            |p| &p.lc,
            -1.0,
        ));
        claims.extend(trend(
            "lr_rises_with_lambda",
            "Lr rises as λ grows",
            "λ",
            &points,
            |p| &p.lr,
            1.0,
        ));
    }
    if plan.has(Experiment::Fig3b) {
        let points = code_sweep(plan, findings);
        claims.extend(trend(
            "lr_falls_with_nc",
            "Lr falls as Nc grows",
            "Nc",
            &points,
            |p| &p.lr,
            -1.0,
        ));
        claims.extend(trend(
            "lc_falls_with_nc",
            "Lc falls as Nc grows",
            "Nc",
            &points,
            |p| &p.lc,
            -1.0,
        ));
    }
    if plan.has(Experiment::Table1)
        && let Some(table) = table1(plan, findings)
    {
        let [p, ae, c] = &table.lc;
        claims.push(nearer(
            "c_nearer_ki_than_p",
            "C is nearer K_I than P is",
            ("C", c),
            ("P", p),
            &table.c_and_p,
        ));
        claims.push(nearer(
            "c_nearer_ki_than_kae",
            "C is nearer K_I than K_AE (λ = 0) is",
            ("C", c),
            ("K_AE", ae),
            &table.c_and_ae,
        ));
    }
    if plan.has(Experiment::Fig5) {
        claims.extend(spectrum(plan, findings));
    }
    if plan.has(Experiment::Table2) {
        claims.extend(denoising(plan, findings));
    }
    claims
}

fn trend(
    key: &str,
    text: &str,
    axis: &str,
    points: &[SweepPoint],
    of: impl Fn(&SweepPoint) -> &Summary,
    sign: f64,
) -> Option<Claim> {
    let x: Vec<f64> = points.iter().map(|point| point.x).collect();
    let y: Vec<f64> = points.iter().map(|point| of(point).mean).collect();
    let correlation = rank_correlation(&x, &y)?;
    let (first, last) = (*y.first()?, *y.last()?);
    let steps = y.windows(2).filter(|w| sign * (w[1] - w[0]) > 0.0).count();
    Some(Claim {
        key: key.into(),
        text: text.into(),
        held: sign * (last - first) > 0.0 && sign * correlation > TREND,
        seeds: None,
        evidence: format!(
            "{first:.4} at {axis} = {}, {last:.4} at {axis} = {}; rank correlation {correlation:.2}; \
             {steps} of {} steps in that direction",
            x[0],
            x[x.len() - 1],
            y.len() - 1
        ),
    })
}

fn nearer(
    key: &str,
    text: &str,
    first: (&str, &Summary),
    second: (&str, &Summary),
    paired: &Paired,
) -> Claim {
    let all = paired.difference.values.len();
    Claim {
        key: key.into(),
        text: text.into(),
        held: paired.below == all,
        seeds: Some([paired.below, all]),
        evidence: format!(
            "{} {:.4}, {} {:.4}; difference {}",
            first.0,
            first.1.mean,
            second.0,
            second.1.mean,
            difference(paired)
        ),
    }
}

/// A paired difference in words.
#[must_use]
pub fn difference(paired: &Paired) -> String {
    let mean = paired.difference.mean;
    match paired.interval {
        Some([low, high]) => format!("{mean:+.4} (95 % interval {low:+.4} to {high:+.4})"),
        None => format!("{mean:+.4} (one seed, no interval)"),
    }
}

fn spectrum(plan: &Plan, findings: &Findings) -> Option<Claim> {
    let spectra: Vec<_> = plan
        .seeds
        .iter()
        .filter_map(|&seed| findings.spectrum(seed))
        .collect();
    // kPCA with two components is the first that the figure shows.
    let beaten = |s: &super::findings::SpectrumFigures| s.crossing().is_none_or(|m| m > 2);
    let held = spectra.iter().filter(|s| beaten(&s.figures)).count();
    let crossings: Vec<String> = spectra
        .iter()
        .map(|s| match s.figures.crossing() {
            Some(m) => m.to_string(),
            None => format!("above {}", s.figures.test.len()),
        })
        .collect();
    (!spectra.is_empty()).then(|| Claim {
        key: "dkae_beats_kpca_below_some_m".into(),
        text: "With few components kPCA is further from P than the dkAE is".into(),
        held: held == spectra.len(),
        seeds: Some([held, spectra.len()]),
        evidence: format!(
            "on test digits kPCA draws level at m = {} (the paper: 16)",
            crossings.join(", ")
        ),
    })
}

fn denoising(plan: &Plan, findings: &Findings) -> Option<Claim> {
    let (mut dkae, mut kpca) = (Vec::new(), Vec::new());
    for found in plan
        .seeds
        .iter()
        .filter_map(|&seed| findings.denoised(seed))
    {
        dkae.push(found.figures.error(Method::DkaePca)?);
        kpca.push(found.figures.error(Method::Kpca)?);
    }
    let paired = Paired::of(&dkae, &kpca)?;
    let (dkae, kpca) = (Summary::of(dkae)?, Summary::of(kpca)?);
    Some(nearer(
        "dkae_pca_denoises_better_than_kpca",
        "dkAE + PCA leaves less error than kPCA with its pre-image",
        ("dkAE + PCA", &dkae),
        ("kPCA", &kpca),
        &paired,
    ))
}
