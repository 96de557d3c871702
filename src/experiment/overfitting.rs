//! Losses on training digits beside those on test digits, as many of each.
//!
//! Lc depends on the number of samples it is taken over (the diagonal of a kernel weighs more
//! among few), so the training digits are a random part of all of them, as large as the test
//! set. The paper shows no such figures; it says that the dkAE does not seem to overfit.

use super::findings::Findings;
use super::plan::{Plan, Recipe};
use super::statistics::Summary;

/// The losses of one network of each seed that is done, `[Lr, Lc(C, P)]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// On training digits.
    pub training: [Summary; 2],
    /// On as many test digits.
    pub test: [Summary; 2],
}

impl Gap {
    /// Of the network `recipe` of each seed; `None` if there is none that knows its losses on
    /// training digits (results of earlier versions do not).
    #[must_use]
    pub fn of(plan: &Plan, findings: &Findings, recipe: impl Fn(u64) -> Recipe) -> Option<Self> {
        let (mut seeds, mut training, mut test) = (Vec::new(), Vec::new(), Vec::new());
        for &seed in &plan.seeds {
            let Some(network) = findings.network(&recipe(seed)) else {
                continue;
            };
            let Some(on_training) = &network.figures.training else {
                continue;
            };
            let on_test = &network.figures.test;
            seeds.push(seed);
            training.push([on_training.lr, on_training.lc_c_p]);
            test.push([on_test.lr, on_test.lc_c_p]);
        }
        let column = |rows: &[[f64; 2]], k: usize| Summary::of(rows.iter().map(|r| r[k]).collect());
        Some(Self {
            training: [column(&training, 0)?, column(&training, 1)?],
            test: [column(&test, 0)?, column(&test, 1)?],
            seeds,
        })
    }

    /// By how much a loss (0: Lr, 1: Lc) on test digits is above that on training digits, in per
    /// cent of the latter, seed by seed.
    #[must_use]
    pub fn per_cent(&self, loss: usize) -> Vec<f64> {
        let pairs = self.test[loss]
            .values
            .iter()
            .zip(&self.training[loss].values);
        pairs
            .map(|(test, training)| 100.0 * (test / training - 1.0))
            .collect()
    }
}
