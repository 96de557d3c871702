//! Fig. 3, and whether the dkAE overfits.

use super::Study;
use super::page::{Page, figure, row};
use crate::experiment::fig3::SweepPoint;
use crate::experiment::overfitting::Gap;
use crate::experiment::statistics::Summary;

/// A sweep over `symbol`, whose picture is called `name`.
pub fn sweep(page: &mut Page<'_>, (name, symbol): (&str, &str), points: &[SweepPoint]) {
    if points.is_empty() {
        page.nothing();
        return;
    }
    page.picture(name, &format!("Lr and Lc against {symbol}"));
    page.line("The paper shows the curves without numbers. Ours, on validation images:");
    let mut rows = vec![row([symbol, "Lr", "Lc(C, P)"])];
    rows.extend(
        points
            .iter()
            .map(|point| vec![point.x.to_string(), figure(&point.lr), figure(&point.lc)]),
    );
    page.table(&rows);
}

/// The dkAE's losses on training digits beside those on test digits.
pub fn overfitting(page: &mut Page<'_>, study: &Study<'_>) {
    let plan = study.plan;
    let Some(gap) = Gap::of(plan, study.findings, |seed| plan.dkae(seed)) else {
        return;
    };
    page.line(
        "Whether the dkAE overfits (the paper says it does not seem to, and shows no figures): its \
         losses on test images and on as many training images, for Lc depends on how many there are.",
    );
    let of = |name: &str, losses: &[Summary; 2]| {
        vec![name.to_owned(), figure(&losses[0]), figure(&losses[1])]
    };
    page.table(&[
        row(["dkAE", "Lr", "Lc(C, P)"]),
        of("training images", &gap.training),
        of("test images", &gap.test),
    ]);
}
