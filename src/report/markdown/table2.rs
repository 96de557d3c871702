//! Table 2 and Fig. 6.

use super::Study;
use super::page::{Page, figure, row};
use crate::experiment::claims::difference;
use crate::experiment::findings::best;
use crate::report::tables::{PAPER_NOISE, Table2, paper};

/// The table, ours beside the paper's, and the picture.
pub fn denoising(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(table) = Table2::of(study) else {
        page.nothing();
        return;
    };
    let plan = &study.plan.denoising;
    page.picture("fig6", "Noisy images and what each method makes of them");
    let classes: Vec<String> = plan.classes.iter().map(u8::to_string).collect();
    let clip = if plan.clip { "cut" } else { "not cut" };
    page.line(&format!(
        "Mean squared error on test images of the classes {} with Gaussian noise of σ = {} ({clip} \
         to [0, 1]), {} components for every method. Both PCAs and the pre-image are fitted on \
         training images of these classes; the mixtures of P and the network know all classes. Rows without a figure of the paper are baselines that it does not show.",
        classes.join(", "),
        plan.noise,
        plan.components
    ));
    let mut rows = vec![row([
        "Method",
        "error",
        "the paper",
        "dkAE + PCA minus it, paired by seed",
    ])];
    let same_noise = (plan.noise - PAPER_NOISE).abs() < 1e-9;
    for (method, error) in &table.methods {
        let printed = paper(*method).filter(|_| same_noise);
        let paired = table.paired.iter().find(|(of, _)| of == method);
        rows.push(vec![
            method.name().to_owned(),
            figure(error),
            printed.map_or_else(String::new, |error| format!("{error:.4}")),
            paired.map_or_else(String::new, |(_, paired)| difference(paired)),
        ]);
    }
    page.table(&rows);
    for figures in &table.seeds {
        for (method, count) in figures.clamped() {
            page.item(&format!(
                "{}: {count} components, for there are no more (seed {})",
                method.name(),
                figures.seed
            ));
        }
    }
    page.end_list(
        table
            .seeds
            .iter()
            .any(|figures| figures.clamped().next().is_some()),
    );
    let points: Vec<String> = table
        .seeds
        .iter()
        .filter_map(|figures| {
            let point = best(&figures.grid)?;
            Some(format!(
                "σ = {} × the median distance and ridge {} (seed {})",
                point.width, point.ridge, figures.seed
            ))
        })
        .collect();
    if !points.is_empty() {
        page.line(&format!(
            "kPCA's pre-image is the best of a grid on validation images: {}. The paper found the \
             median distance and 0.5.",
            points.join("; ")
        ));
    }
}
