//! The paper's claims: all of them at the top, each with its evidence under its experiment.

use super::Study;
use super::page::{Page, row};
use crate::experiment::claims::{Claim, UNTESTED, Unit, Verdict, p_value, rule};
use crate::experiment::plan::Experiment;

/// All of them, and how their verdicts came about.
pub fn summary(page: &mut Page<'_>, study: &Study<'_>, claims: &[Claim]) {
    page.line("## The paper's claims");
    if claims.is_empty() {
        page.nothing();
        return;
    }
    let count = |verdict| {
        claims
            .iter()
            .filter(|claim| claim.verdict == verdict)
            .count()
    };
    page.line(&format!(
        "Of {} claims of the paper's Section 4 {} held, {} did not, {} are undecided.",
        claims.len(),
        count(Verdict::Held),
        count(Verdict::NotHeld),
        count(Verdict::Undecided)
    ));
    let mut rows = vec![row([
        "Claim",
        "Verdict",
        "Effect",
        "95 % interval",
        "p",
        "p, corrected",
    ])];
    rows.extend(claims.iter().map(cells));
    page.table(&rows);
    for paragraph in rule(study.plan, study.findings, claims.len()) {
        page.line(&paragraph);
    }
    page.line(&format!("Not tested by numbers: {}.", UNTESTED.join("; ")));
}

fn cells(claim: &Claim) -> Vec<String> {
    let number = |x: f64| match claim.unit {
        Unit::Loss => format!("{x:+.4}"),
        Unit::PerCent => format!("{x:.1} %"),
    };
    let p = |p: Option<f64>| p.map_or_else(String::new, p_value);
    vec![
        format!("{} ({})", claim.text, claim.place),
        format!("**{}**", claim.verdict.word()),
        number(claim.effect),
        claim.interval.map_or_else(String::new, |[low, high]| {
            format!("{} to {}", number(low), number(high))
        }),
        p(claim.p),
        p(claim.p_adjusted),
    ]
}

/// Those that rest on `experiment`, with their evidence.
pub fn under(page: &mut Page<'_>, claims: &[Claim], experiment: Experiment) {
    let own: Vec<&Claim> = claims
        .iter()
        .filter(|claim| claim.experiment == experiment)
        .collect();
    for claim in &own {
        page.item(&format!(
            "*{}*: {}. {}. {}.",
            claim.text,
            claim.verdict.word(),
            capital(&claim.figures()),
            capital(&claim.evidence)
        ));
    }
    page.end_list(!own.is_empty());
}

/// `text` with a capital at its beginning, unless that is a symbol.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first)
            if first.is_ascii_lowercase()
                && !text.starts_with("dkAE")
                && !text.starts_with("kPCA") =>
        {
            first.to_uppercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}
