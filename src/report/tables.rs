//! What the report's files say of the tables alike: Table 2 over the seeds, with its differences.

use super::Study;
use crate::experiment::findings::{DenoisingFigures, Method};
use crate::experiment::statistics::{Paired, Summary};

/// Table 2 over the seeds that are done.
pub(super) struct Table2<'a> {
    /// The figures of each seed.
    pub seeds: Vec<&'a DenoisingFigures>,
    /// The methods that every seed has, in the table's order.
    pub methods: Vec<(Method, Summary)>,
    /// dkAE + PCA minus each other method.
    pub paired: Vec<(Method, Paired)>,
}

impl<'a> Table2<'a> {
    /// `None` if no seed is done.
    pub fn of(study: &Study<'a>) -> Option<Self> {
        let seeds: Vec<_> = study
            .plan
            .seeds
            .iter()
            .filter_map(|&seed| Some(&study.findings.denoised(seed)?.figures))
            .collect();
        let errors = |method: Method| -> Option<Vec<f64>> {
            seeds.iter().map(|figures| figures.error(method)).collect()
        };
        let summary = |method| Some((method, Summary::of(errors(method)?)?));
        let methods: Vec<_> = Method::ALL.into_iter().filter_map(summary).collect();
        let dkae = errors(Method::DkaePca).unwrap_or_default();
        let others = methods.iter().filter(|(m, _)| *m != Method::DkaePca);
        let overlap = study.findings.overlap(study.plan);
        let pair = |error: &Summary| Paired::of(&dkae, &error.values, overlap);
        let paired = others
            .filter(|(_, error)| error.values.len() == dkae.len())
            .filter_map(|(method, error)| Some((*method, pair(error)?)))
            .collect();
        (!seeds.is_empty()).then_some(Self {
            seeds,
            methods,
            paired,
        })
    }
}
