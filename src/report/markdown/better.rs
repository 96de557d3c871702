//! Settings beyond the paper.

use super::Study;
use super::page::{Page, figure};
use crate::experiment::better::better;
use crate::report::better::{frontier_rows, rows};

/// The table, and both frontiers as picture and table.
pub fn settings(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(found) = better(study.plan, study.findings) else {
        page.nothing();
        return;
    };
    let plan = &study.plan.denoising;
    page.line(&format!(
        "Figures on all test images; *denoising* is the mean squared error of noisy test images of \
         all classes (σ = {}) through PCA of the codes with {} components, outputs cut to [0, 1]. \
         Differences are those to the paper's way under the same seed, with their 95 % interval.",
        plan.noise, plan.components
    ));
    page.table(&rows(&found));
    if let Some(pixels) = &found.linear_pca {
        page.line(&format!(
            "PCA of the pixels, with as many components, on the same images: {}.",
            figure(pixels)
        ));
    }
    for row in &found.rows {
        let (name, text) = (row.variant.name(), row.variant.describe());
        page.item(&format!("*{name}*: {text}"));
    }
    page.end_list(true);
    if !found.constant.is_empty() {
        page.picture("better", "Lc against Lr as λ grows, constant and by a ramp");
        page.line(
            "Lr and Lc on validation images as λ grows, in the paper's way: held constant, and \
             reached by a ramp in the same number of steps.",
        );
        page.table(&frontier_rows(&found));
    }
}
