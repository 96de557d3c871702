//! Fig. 5.

use super::Study;
use super::page::{Page, figure, row};
use crate::experiment::claims::PAPER_CROSSING;
use crate::experiment::findings::SpectrumFigures;
use crate::experiment::statistics::Summary;
use crate::view::numbers::count;

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
    let mut rows = vec![row(["m", "training images", "test images"])];
    for m in COMPONENTS {
        let training = each(&|f| f.training.get(m - 1).copied());
        let test = each(&|f| f.test.get(m - 1).copied());
        if let (Some(training), Some(test)) = (training, test) {
            rows.push(vec![format!("kPCA, {m}"), figure(&training), figure(&test)]);
        }
    }
    let dkae = (
        each(&|f| Some(f.dkae_training)),
        each(&|f| Some(f.dkae_test)),
    );
    if let (Some(training), Some(test)) = dkae {
        rows.push(vec!["dkAE".into(), figure(&training), figure(&test)]);
    }
    page.table(&rows);
}
