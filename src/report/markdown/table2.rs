//! Table 2 and Fig. 6, and how the table depends on when one stops.

use super::Study;
use super::page::{Page, figure, row};
use crate::exhibit::numbers::count;
use crate::experiment::claims::difference;
use crate::experiment::course::Course;
use crate::experiment::findings::{GridPoint, PRIOR, best, edges};
use crate::experiment::table2::{PAPER_NOISE, paper};
use crate::report::tables::Table2;

/// The table, ours beside the paper's, and the pictures.
pub fn denoising(page: &mut Page<'_>, study: &Study<'_>) {
    match Table2::of(study) {
        Some(table) => errors(page, study, &table),
        None => page.nothing(),
    }
    if let Some(course) = Course::of(study.plan, study.findings) {
        steps(page, study, &course);
    }
}

fn errors(page: &mut Page<'_>, study: &Study<'_>, table: &Table2<'_>) {
    let plan = &study.plan.denoising;
    page.picture("fig6", "Noisy images and what each method makes of them");
    let classes: Vec<String> = plan.classes.iter().map(u8::to_string).collect();
    let clip = if plan.clip { "cut" } else { "not cut" };
    page.line(&format!(
        "Mean squared error on test images of the classes {} with Gaussian noise of σ = {} ({clip} \
         to [0, 1]); {} components where a method chooses components. Both PCAs and the pre-image are \
         fitted on training images of these classes; the mixtures of P and the network know all \
         classes. What every method returns is cut to [0, 1], where pixels lie, before its error is \
         taken; the noisy images are not. Rows without a figure of the paper are not in the paper.",
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
            method.in_table().to_owned(),
            figure(error),
            printed.map_or_else(String::new, |error| format!("{error:.4}")),
            paired.map_or_else(String::new, |(_, paired)| difference(paired)),
        ]);
    }
    page.table(&rows);
    let mut any = false;
    for figures in &table.seeds {
        for (method, count) in figures.clamped() {
            any = true;
            page.item(&format!(
                "{}: {count} components, for there are no more (seed {})",
                method.in_table(),
                figures.seed
            ));
        }
    }
    page.end_list(any);
    settings(page, table);
    page.line(
        "PCA of all components, shrunk, is Wiener's filter: the score on each axis times λ/(λ + σ²), λ \
         the variance of clean training images along the axis. It knows σ, which no other method does.",
    );
}

/// What the grids found, seed by seed, and where at an edge.
fn settings(page: &mut Page<'_>, table: &Table2<'_>) {
    if table.seeds.is_empty() {
        return;
    }
    page.line(
        "kPCA's pre-image and RBF-kPCA have the best settings of a grid by noisy validation images. Every \
         σ is in multiples of the median distance; the paper found 1 and a ridge of 0.5.",
    );
    let mut rows = vec![row([
        "Seed",
        "kPCA: σ, ridge",
        "RBF-kPCA: σ of the prior, σ, ridge",
        "at the edge of its grid",
    ])];
    for figures in &table.seeds {
        let ends = |name: &str, grid: &[GridPoint]| -> Vec<String> {
            let edges = edges(grid);
            let edges = edges.iter();
            edges.map(|e| format!("{name}: {}", e.in_words())).collect()
        };
        let (kpca, rbf) = (&figures.grid, &figures.rbf_grid);
        let ends = [ends("kPCA", kpca), ends("RBF-kPCA", rbf)].concat();
        rows.push(vec![
            figures.seed.to_string(),
            point(kpca),
            point(rbf),
            ends.join("; "),
        ]);
    }
    page.table(&rows);
    let rbf = table
        .seeds
        .iter()
        .flat_map(|figures| edges(&figures.rbf_grid));
    if rbf.into_iter().any(|edge| edge.setting == PRIOR) {
        page.line(
            "The wider RBF-kPCA's kernel, the nearer it is to linear PCA: where its σ ends at the edge, it \
             is on the way to that limit.",
        );
    }
}

/// The best point of a grid, as the numbers of a row.
fn point(grid: &[GridPoint]) -> String {
    let Some(best) = best(grid) else {
        return String::new();
    };
    let prior = best.prior.map(|width| width.to_string());
    let numbers = [best.width.to_string(), scientific(best.ridge)];
    let numbers: Vec<String> = prior.into_iter().chain(numbers).collect();
    numbers.join(", ")
}

/// A ridge without a row of noughts.
fn scientific(value: f64) -> String {
    if value < 1e-3 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The network's training on the way, and where it stops.
fn steps(page: &mut Page<'_>, study: &Study<'_>, course: &Course) {
    page.line("### When to stop");
    page.picture(
        "table2-steps",
        "Denoising and validation loss against steps",
    );
    let plan = study.plan;
    let steps = |steps: u64| count(steps as usize);
    let kept = course.kept_in_words(steps);
    page.line(&format!(
        "The dkAE of Table 2 is trained for {} times as many steps with the whole network as those of \
         the other experiments, and looked at on the way. The table takes the network of the least \
         loss (Eq. 8) on validation images of all classes: that of step {}. Neither the noisy images \
         nor the test images have a part in that choice.",
        plan.denoising.longer.max(1),
        kept
    ));
    let mut rows = vec![row(["steps", "loss", "dkAE + PCA", "dkAE, straight"])];
    rows.extend(course.looks.iter().map(|look| {
        vec![
            steps(look.step),
            figure(&look.total),
            figure(&look.dkae_pca),
            figure(&look.dkae_straight),
        ]
    }));
    page.table(&rows);
    if let Some(kpca) = &course.kpca {
        let turn = match course.turn() {
            Some(step) => format!(
                "The mean of dkAE + PCA, once below that, is above it from step {} on: who wins the \
                 table depends on when one stops.",
                steps(step)
            ),
            None => {
                "The mean of dkAE + PCA does not come to lie above it after it was below.".into()
            }
        };
        page.line(&format!(
            "kPCA on the same noisy validation images, at the best point of its grid: {}. {turn}",
            figure(kpca)
        ));
    }
}
