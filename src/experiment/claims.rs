//! The paper's claims, each with what our runs say of it.
//!
//! A claim is a sentence of Section 4 made testable: a number that every seed gives (a difference
//! of two losses under that seed, a ratio in per cent), and the side of a bound on which its mean
//! has to lie. It **held** if the 95 % interval of the mean lies wholly on that side, **did not
//! hold** if it lies wholly on the other, and is **undecided** in between; so it is with one seed,
//! which has no interval.
//!
//! - *Shared digits.* Intervals and p values are corrected for the digits that seeds have in common
//!   ([`statistics`](super::statistics)).
//! - *Many claims.* With twenty claims one in twenty would be decided by chance. So the p values of
//!   all claims of a study have Holm's correction ([`holm`]), and a claim whose
//!   corrected p is above 5 % is undecided even where its own interval keeps clear of the bound.
//! - *Trends* are decided from the first to the last interior point of the curve, or by a step
//!   against them (the file `trend` says why).
//! - *"Nearly constant", "does not seem to overfit", "at least as well"* are claims of equality.
//!   That no difference was found would not show them; they need a tolerance and hold if the whole
//!   interval keeps below it ([`CONSTANT`], [`OVERFITTING`], [`AS_NEAR`]).
//!
//! The files of this folder hold a figure's or table's claims each. What cannot be tested by
//! numbers is listed in [`UNTESTED`].

mod denoising;
mod ideal;
mod overfitting;
mod spectrum;
mod sweeps;
mod test;
mod trend;
mod verdict;

pub use self::spectrum::PAPER_CROSSING;
use self::test::Draft;
pub use self::test::{Side, Unit};
pub use self::verdict::{Verdict, difference, p_value, rule};
use super::findings::Findings;
use super::plan::{Experiment, Plan};
use super::statistics::{LEVEL, holm};

/// A loss is nearly constant if it changes by less than this part of itself, in per cent.
///
/// From λ = 0 to 0.1, where the paper's curves are said to be steep, Lc falls by four fifths; a
/// tenth is small beside that, and about what can be seen in the paper's Fig. 3(a).
pub const CONSTANT: f64 = 10.0;

/// A network does not overfit if its loss on held-out samples is above that on training samples by
/// less than this, in per cent of the latter.
pub const OVERFITTING: f64 = 10.0;

/// A kernel is at least as near to another if its distance is above that of its rival by less
/// than this, in per cent. The paper's own difference between P and C is 0.2 %.
pub const AS_NEAR: f64 = 1.0;

/// What Section 4 says besides, and why no number here speaks of it.
pub const UNTESTED: [&str; 4] = [
    "that reconstructions and kernel under λ = 0.1 resemble the originals closely (Fig. 4: look at it)",
    "that the dkAE's denoised images are sharper (Fig. 6: look at it)",
    "that a larger network might do better still (none is trained)",
    "that the spectrum needs as many components as there are classes (a custom of spectral methods)",
];

/// A claim and what came out.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Claim {
    /// Its name in `report.json`.
    pub key: &'static str,
    /// The claim, in a sentence without its full stop.
    pub text: String,
    /// Where the paper says it.
    pub place: &'static str,
    /// The experiment it rests on.
    pub experiment: Experiment,
    /// Whether it held.
    pub verdict: Verdict,
    /// What a seed's number is.
    pub measure: String,
    /// Its unit.
    pub unit: Unit,
    /// The side of the bound that the claim says.
    pub side: Side,
    /// The bound.
    pub bound: f64,
    /// The mean of the seeds' numbers.
    pub effect: f64,
    /// Its 95 % interval, corrected for shared digits; `None` with one seed.
    pub interval: Option<[f64; 2]>,
    /// The two-sided p value of the mean being the bound; `None` with one seed.
    pub p: Option<f64>,
    /// The same after Holm's correction over all claims.
    pub p_adjusted: Option<f64>,
    /// The seeds' numbers.
    pub values: Vec<f64>,
    /// The figures behind it.
    pub evidence: String,
}

/// The claims that the findings can speak about so far.
#[must_use]
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Claim> {
    let mut drafts = Vec::new();
    for &experiment in &plan.experiments {
        match experiment {
            Experiment::Fig3a => drafts.extend(sweeps::over_lambda(plan, findings)),
            Experiment::Fig3b => {
                drafts.extend(sweeps::over_code(plan, findings));
                drafts.extend(overfitting::claims(plan, findings));
            }
            Experiment::Table1 => drafts.extend(ideal::claims(plan, findings)),
            Experiment::Fig5 => drafts.extend(spectrum::claims(plan, findings)),
            Experiment::Table2 => drafts.extend(denoising::claims(plan, findings)),
            Experiment::Fig4 | Experiment::CodeSpace | Experiment::Better => {}
        }
    }
    judged(drafts)
}

/// The drafts with Holm's correction over all of them, and their verdicts.
fn judged(drafts: Vec<Draft>) -> Vec<Claim> {
    let p: Vec<f64> = drafts.iter().filter_map(|draft| draft.test.p).collect();
    let mut adjusted = holm(&p).into_iter();
    drafts
        .into_iter()
        .map(|draft| {
            let adjusted = draft.test.p.and_then(|_| adjusted.next());
            claim(draft, adjusted)
        })
        .collect()
}

fn claim(draft: Draft, p_adjusted: Option<f64>) -> Claim {
    let test = draft.test;
    let verdict = match p_adjusted {
        Some(p) if p <= LEVEL && test.is_towards() => Verdict::Held,
        Some(p) if p <= LEVEL => Verdict::NotHeld,
        _ => Verdict::Undecided,
    };
    Claim {
        key: draft.key,
        text: draft.text,
        place: draft.place,
        experiment: draft.experiment,
        verdict,
        measure: test.measure,
        unit: test.unit,
        side: test.side,
        bound: test.bound,
        effect: test.values.mean,
        interval: test.interval,
        p: test.p,
        p_adjusted,
        values: test.values.values,
        evidence: draft.evidence,
    }
}

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
