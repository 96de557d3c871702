//! `report.md`: what was run and what came out, on a page for people.

mod better;
mod claims;
mod codes;
mod fig3;
mod fig4;
mod fig5;
mod head;
mod page;
mod settings;
mod table1;
mod table2;

use self::page::Page;
pub(super) use self::page::figure;
use super::Study;
use crate::experiment::claims::claims;
use crate::experiment::fig3::{code_sweep, lambda_sweep};
use crate::experiment::plan::Experiment;

/// The page; `drawn` are the names of the figures that have pictures.
pub(super) fn page(study: &Study<'_>, drawn: &[&str]) -> String {
    let (plan, findings) = (study.plan, study.findings);
    let mut page = Page {
        text: String::new(),
        drawn,
    };
    head::head(&mut page, study);
    let claims = claims(plan, findings);
    claims::summary(&mut page, study, &claims);
    for &experiment in &plan.experiments {
        page.line(&format!("## {}", experiment.name()));
        page.line(&format!("{}.", experiment.describe()));
        let page = &mut page;
        match experiment {
            Experiment::Fig3a => fig3::sweep(page, ("fig3a", "λ"), &lambda_sweep(plan, findings)),
            Experiment::Fig3b => {
                fig3::sweep(page, ("fig3b", "Nc"), &code_sweep(plan, findings));
                fig3::overfitting(page, study);
            }
            Experiment::Fig4 => fig4::pictures(page, study),
            Experiment::Table1 => table1::distances(page, study),
            Experiment::Fig5 => fig5::spectrum(page, study),
            Experiment::Table2 => table2::denoising(page, study),
            Experiment::CodeSpace => codes::codes(page, study),
            Experiment::Better => better::settings(page, study),
        }
        claims::under(page, &claims, experiment);
    }
    page.text
}
