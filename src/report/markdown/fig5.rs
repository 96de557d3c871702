//! Fig. 5.

use super::Study;
use super::page::{Page, figure, row};
use crate::exhibit::numbers::count;
use crate::experiment::claims::PAPER_CROSSING;
use crate::experiment::fig5::{Equal, equal};
use crate::experiment::findings::SpectrumFigures;
use crate::experiment::statistics::Summary;

/// m of the rows of Fig. 5's table.
const COMPONENTS: [usize; 7] = [2, 4, 8, 16, 32, 64, 128];

/// Lc to P against m, as picture and table.
pub fn spectrum(page: &mut Page<'_>, study: &Study<'_>) {
    let seeds = study.plan.seeds.iter();
    let figures: Vec<&SpectrumFigures> = seeds
        .filter_map(|&seed| Some(&study.findings.spectrum(seed)?.figures))
        .collect();
    let Some(first) = figures.first() else {
        page.nothing();
        return;
    };
    page.picture("fig5", "Lc to P against the components of kernel PCA");
    let [training, test] = first.samples;
    page.line(&format!(
        "Lc(K_m, P) of kernel PCA with m components, on {} training images (eigendecomposition) and \
         {} test images (Nyström), and Lc(C, P) of the dkAE on the same images. The paper has the \
         two level at m = {PAPER_CROSSING}.",
        count(training),
        count(test)
    ));
    let each = |of: &dyn Fn(&SpectrumFigures) -> Option<f64>| {
        let values: Option<Vec<f64>> = figures.iter().map(|f| of(f)).collect();
        values.and_then(Summary::of)
    };
    let equal = equal(study.plan, study.findings);
    let mut rows = vec![row(["m", "training images", "test images"])];
    if !equal.is_empty() {
        rows[0].push("dkAE with Nc = m, test images".into());
    }
    let beside = |m: usize| {
        let found = equal.iter().find(|point| point.m == m);
        found.map_or_else(String::new, |point| figure(&point.dkae))
    };
    for m in COMPONENTS {
        let training = each(&|f| f.training.get(m - 1).copied());
        let test = each(&|f| f.test.get(m - 1).copied());
        if let (Some(training), Some(test)) = (training, test) {
            rows.push(vec![
                format!("kPCA, {m}"),
                figure(&training),
                figure(&test),
                beside(m),
            ]);
        }
    }
    let dkae = (
        each(&|f| Some(f.dkae_training)),
        each(&|f| Some(f.dkae_test)),
    );
    if let (Some(training), Some(test)) = dkae {
        let nc = study.plan.config.network.code;
        let name = format!("dkAE, Nc = {nc}");
        rows.push(vec![name, figure(&training), figure(&test), String::new()]);
    }
    let columns = rows[0].len();
    rows.iter_mut().for_each(|row| row.truncate(columns));
    page.table(&rows);
    page.line(&at_equal_dimension(study, &equal));
}

/// Who is nearer to P where both have as many dimensions.
fn at_equal_dimension(study: &Study<'_>, equal: &[Equal]) -> String {
    let nc = study.plan.config.network.code;
    if equal.is_empty() {
        return format!(
            "The dkAE has {nc} code units beside m components, which is not the same budget. The \
             networks with Nc = m are those of Fig. 3b, which is not among these experiments or not \
             that far."
        );
    }
    let nearer = |name: &str, is: fn(&Equal) -> bool| -> String {
        let found = equal.iter().filter(|point| is(point));
        let found: Vec<String> = found.map(|point| point.m.to_string()).collect();
        if found.is_empty() {
            format!("for {name} at none of them")
        } else {
            format!("for {name} at m = {}", found.join(", "))
        }
    };
    format!(
        "The dkAE has {nc} code units beside m components. At equal dimension, Nc = m (the networks of \
         Fig. 3b), the mean Lc to P on test images is smaller {}, {}.",
        nearer("the dkAE", |point| point.dkae.mean < point.kpca.mean),
        nearer("kPCA", |point| point.dkae.mean >= point.kpca.mean)
    )
}
