//! The code space: how well classes are told apart in it.

use super::Study;
use super::page::{Page, figure, row};
use crate::experiment::claims::difference;
use crate::experiment::code_space::{self, Measure};

/// Writes it.
pub fn codes(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(table) = code_space::table(study.plan, study.findings) else {
        page.nothing();
        return;
    };
    page.line(
        "Not in the paper, which leaves it to future work. How well classes are told apart on test \
         images: the share that the nearest training images (Euclidean) and a linear classifier \
         (ridge regression on ±1) classify rightly, k and the ridge chosen on validation images; \
         and the normalised mutual information of the classes and the clusters of k-means, which \
         sees no label. P and the codes see none either, unless P is the ideal kernel.",
    );
    let mut head = row(["Space", "numbers"]);
    head.extend(Measure::ALL.map(|measure| measure.name().to_owned()));
    head.push("dkAE codes minus it, paired by seed: neighbours; linear; NMI".into());
    let mut rows = vec![head];
    for found in &table.rows {
        let [fewest, most] = found.dimension;
        let size = if fewest < most {
            format!("{fewest}–{most}")
        } else {
            most.to_string()
        };
        let mut cells = vec![found.space.name().to_owned(), size];
        cells.extend(found.figures.iter().map(figure));
        let minus = table.paired.iter().find(|(space, _)| *space == found.space);
        cells.push(minus.map_or_else(String::new, |(_, differences)| {
            differences.each_ref().map(difference).join("; ")
        }));
        rows.push(cells);
    }
    page.table(&rows);
}
