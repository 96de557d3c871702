//! The paper's claims: all of them at the top, each with its evidence under its experiment.

use super::page::Page;
use crate::experiment::claims::Claim;
use crate::experiment::plan::Experiment;

/// All of them.
pub fn summary(page: &mut Page<'_>, claims: &[Claim]) {
    page.line("## The paper's claims");
    if claims.is_empty() {
        page.nothing();
        return;
    }
    page.line(
        "Where a claim compares two numbers it holds if it does under every seed; where it speaks \
         of a trend, if the ends of the mean curve lie that way round and the rank correlation is \
         beyond ±0.5.",
    );
    for claim in claims {
        page.item(&format!("{}: **{}**.", claim.text, verdict(claim)));
    }
    page.end_list(true);
}

/// Those that rest on `experiment`, with their evidence.
pub fn under(page: &mut Page<'_>, claims: &[Claim], experiment: Experiment) {
    let own: Vec<&Claim> = claims
        .iter()
        .filter(|claim| of(&claim.key) == Some(experiment))
        .collect();
    for claim in &own {
        page.item(&format!(
            "*{}*: {}. {}.",
            claim.text,
            verdict(claim),
            claim.evidence
        ));
    }
    page.end_list(!own.is_empty());
}

/// The experiment that a claim rests on.
fn of(key: &str) -> Option<Experiment> {
    match key {
        "lc_falls_with_lambda" | "lr_rises_with_lambda" => Some(Experiment::Fig3a),
        "lc_falls_with_nc" | "lr_falls_with_nc" => Some(Experiment::Fig3b),
        "c_nearer_ki_than_p" | "c_nearer_ki_than_kae" => Some(Experiment::Table1),
        "dkae_beats_kpca_below_some_m" => Some(Experiment::Fig5),
        "dkae_pca_denoises_better_than_kpca" => Some(Experiment::Table2),
        _ => None,
    }
}

/// Whether a claim held, in words.
fn verdict(claim: &Claim) -> String {
    let word = if claim.held { "held" } else { "did not hold" };
    match claim.seeds {
        Some([_, 1]) | None => word.to_owned(),
        Some([held, all]) => format!("{word} (in {held} of {all} seeds)"),
    }
}
