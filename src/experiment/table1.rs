//! Table 1: the distances of P, of the plain autoencoder's code kernel (`K_AE`, λ = 0, the same
//! seed) and of the dkAE's C to the ideal kernel `K_I`, on test digits, and the improvements
//! `(L_column − L_row) / L_row` in per cent.

use super::findings::Findings;
use super::plan::Plan;
use super::statistics::{Paired, Summary};

/// The kernels of the table, in its order.
pub const KERNELS: [&str; 3] = ["P", "K_AE", "C"];

/// The paper's Lc(·, `K_I`).
pub const PAPER: [f64; 3] = [1.0132, 1.1417, 1.0115];

/// The paper's improvements in per cent, as printed: row, then column.
pub const PAPER_IMPROVEMENT: [[f64; 3]; 3] =
    [[0.0, 12.7, -0.2], [-11.3, 0.0, -11.4], [0.2, 12.9, 0.0]];

/// The table over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Table1 {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Lc(·, `K_I`) of the [`KERNELS`].
    pub lc: [Summary; 3],
    /// Improvements in per cent: row, then column. The means are those of the single seeds'.
    pub improvement: [[Summary; 3]; 3],
    /// Lc(C, `K_I`) − Lc(P, `K_I`).
    pub c_and_p: Paired,
    /// Lc(C, `K_I`) − Lc(`K_AE`, `K_I`).
    pub c_and_ae: Paired,
}

/// `(L_column − L_row) / L_row` in per cent.
#[must_use]
pub fn improvement(row: f64, column: f64) -> f64 {
    100.0 * (column - row) / row
}

/// The table, if a seed has all of it. Without labels there is none.
#[must_use]
pub fn table1(plan: &Plan, findings: &Findings) -> Option<Table1> {
    let mut seeds = Vec::new();
    let mut rows: Vec<[f64; 3]> = Vec::new();
    for &seed in &plan.seeds {
        let (Some(dkae), Some(plain)) = (
            findings.network(&plan.dkae(seed)),
            findings.network(&plan.plain(seed)),
        ) else {
            continue;
        };
        let (dkae, plain) = (&dkae.figures.test, &plain.figures.test);
        if let (Some(p), Some(ae), Some(c)) = (dkae.lc_p_ki, plain.lc_c_ki, dkae.lc_c_ki) {
            seeds.push(seed);
            rows.push([p, ae, c]);
        }
    }
    let column = |k: usize| -> Vec<f64> { rows.iter().map(|row| row[k]).collect() };
    let improved = |row: usize, column: usize| {
        Summary::of(
            rows.iter()
                .map(|v| improvement(v[row], v[column]))
                .collect(),
        )
    };
    let improved_row = |row: usize| Some([improved(row, 0)?, improved(row, 1)?, improved(row, 2)?]);
    Some(Table1 {
        lc: [
            Summary::of(column(0))?,
            Summary::of(column(1))?,
            Summary::of(column(2))?,
        ],
        improvement: [improved_row(0)?, improved_row(1)?, improved_row(2)?],
        c_and_p: Paired::of(&column(2), &column(0), findings.overlap(plan))?,
        c_and_ae: Paired::of(&column(2), &column(1), findings.overlap(plan))?,
        seeds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_improvements_follow_from_its_distances() {
        for (row, printed) in PAPER.iter().zip(PAPER_IMPROVEMENT) {
            for (column, printed) in PAPER.iter().zip(printed) {
                let ours = improvement(*row, *column);
                assert!((ours - printed).abs() < 0.06, "{ours} and {printed}");
            }
        }
    }

    /// Validation and training digits say other things here than test digits do.
    #[test]
    fn the_table_is_taken_on_test_digits() {
        use std::sync::Arc;

        use crate::experiment::findings::{Network, NetworkFigures, NetworkPicture};
        use crate::experiment::plan::Experiment;
        use crate::training::Scores;
        use crate::training::config::Preset;

        let plan = Plan::of(Preset::Quick, &[Experiment::Table1], 0, 1);
        let scores = |p: f64, c: f64| Scores {
            samples: 900,
            lr: 0.02,
            lc_c_p: 0.1,
            lc_p_ki: Some(p),
            lc_c_ki: Some(c),
        };
        let network = |recipe, c| {
            let figures = NetworkFigures {
                recipe,
                training: Some(scores(0.1, 0.2)),
                validation: scores(0.3, 0.4),
                test: scores(0.97, c),
                steps: 1,
                seconds: 1.0,
                denoised: None,
            };
            let picture = NetworkPicture {
                codes: ndarray::Array2::zeros((1, 1)),
                reconstructions: ndarray::Array2::zeros((1, 1)),
            };
            Arc::new(Network { figures, picture })
        };
        let findings = Findings {
            networks: vec![network(plan.dkae(0), 0.96), network(plan.plain(0), 1.14)],
            ..Findings::default()
        };
        let table = table1(&plan, &findings).unwrap();
        assert_eq!(table.lc.map(|lc| lc.mean), [0.97, 1.14, 0.96]);
    }
}
