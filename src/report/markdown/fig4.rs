//! Fig. 4.

use super::Study;
use super::page::Page;

/// The picture, and what to look for.
pub fn pictures(page: &mut Page<'_>, study: &Study<'_>) {
    if !page.drawn.contains(&"fig4") {
        page.line("Not all of its three networks are done yet.");
        return;
    }
    let lambda = study.plan.config.training.lambda;
    page.picture("fig4", "Images, reconstructions, P and C under three λ");
    page.line(&format!(
        "With λ = 0 the code kernel C has little of P; with λ = {lambda} its blocks are to be \
         compared with those of P, on one scale. The Lr and Lc beside the pictures are those of all \
         test images of that seed."
    ));
}
