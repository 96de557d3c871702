//! The page's head: what it is, what is missing or failed, and what was run.

use super::Study;
use super::page::{Page, row};
use super::settings::settings;
use crate::data::Collection;
use crate::experiment::plan::Task;

/// Writes it.
pub fn head(page: &mut Page<'_>, study: &Study<'_>) {
    let plan = study.plan;
    let preset = plan.config.preset.name();
    let seeds = plan.seeds.len();
    let many = if seeds == 1 { "seed" } else { "seeds" };
    page.line(&format!(
        "# The experiments of the deep kernelized autoencoder: {preset}, {seeds} {many}"
    ));
    page.line(&format!(
        "The experiments of *Deep Kernelized Autoencoders* (Kampffmeyer, Løkse, Bianchi, Jenssen, \
         Livi; SCIA 2017), repeated by dkAE Explorer {}. {} The paper's figures stand \
         beside ours where it prints any. All of it, seed by seed, is in \
         [report.json](report.json).",
        study.provenance.version,
        if seeds == 1 {
            "There is one seed, so no figure has a standard deviation."
        } else {
            "Figures are means over the seeds ± one standard deviation."
        }
    ));
    if study.provenance.data.collection != Some(Collection::Mnist) {
        page.line(&format!(
            "The paper's figures are of MNIST's digits, ours of {}.",
            study.provenance.data.name
        ));
    }
    let missing = study.missing();
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().take(8).map(Task::describe).collect();
        let more = match missing.len() - names.len() {
            0 => String::new(),
            n => format!("; and {n} more"),
        };
        page.line(&format!(
            "> **Not finished**: {} of {} pieces are missing ({}{more}). What follows is what is \
             there so far.",
            missing.len(),
            plan.tasks().len(),
            names.join("; ")
        ));
    }
    let failures = &study.findings.failures;
    if !failures.is_empty() {
        page.line(&format!(
            "> **Failed**: {} of {} pieces, so that what follows is without them. Another start \
             with `--resume` tries them again.",
            failures.len(),
            plan.tasks().len()
        ));
        for failure in failures {
            let (task, reason) = (failure.task.describe(), &failure.reason);
            page.item(&format!("{task}: {reason}"));
        }
        page.end_list(true);
    }
    page.line("## What was run");
    let mut rows = vec![row(["", ""])];
    rows.extend(
        settings(study)
            .into_iter()
            .map(|(key, text)| vec![key.to_owned(), text]),
    );
    page.table(&rows);
}
