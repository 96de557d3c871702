//! Table 1.

use super::Study;
use super::page::{Page, figure, percent, row};
use crate::experiment::claims::difference;
use crate::experiment::table1::{KERNELS, PAPER, PAPER_IMPROVEMENT, table1};

/// The table, ours beside the paper's.
pub fn distances(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(table) = table1(study.plan, study.findings) else {
        page.nothing();
        return;
    };
    page.line(
        "Lc to the ideal kernel K_I (1 where two images have the same class, 0 elsewhere) on test \
         images; the smaller, the nearer. Improvements are (L_column − L_row) / L_row in per cent, \
         the paper's in brackets.",
    );
    let mut rows = vec![row([
        "Kernel",
        "Lc(·, K_I)",
        "the paper",
        "vs. P",
        "vs. K_AE",
        "vs. C",
    ])];
    for (index, kernel) in KERNELS.iter().enumerate() {
        let mut cells = vec![
            (*kernel).to_owned(),
            figure(&table.lc[index]),
            format!("{:.4}", PAPER[index]),
        ];
        for (column, printed) in PAPER_IMPROVEMENT[index].iter().enumerate() {
            cells.push(if column == index {
                "0".to_owned()
            } else {
                format!(
                    "{} ({printed:+.1})",
                    percent(&table.improvement[index][column])
                )
            });
        }
        rows.push(cells);
    }
    page.table(&rows);
    page.line(&format!(
        "Paired by seed: C − P {}; C − K_AE {}.",
        difference(&table.c_and_p),
        difference(&table.c_and_ae)
    ));
}
