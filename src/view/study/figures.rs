//! What the figures and tables of the page show, taken from the findings each time they grow.

use crate::experiment::better::{Better, better};
use crate::experiment::claims::{Claim, claims};
use crate::experiment::code_space;
use crate::experiment::course::Course;
use crate::experiment::fig3::{SweepPoint, code_sweep, lambda_sweep};
use crate::experiment::fig5::{self, Equal};
use crate::experiment::findings::{Findings, Method};
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::{Paired, Summary};
use crate::experiment::table1::{Table1, table1};

/// Everything that is drawn as a curve or written into a table.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Fig. 3(a).
    pub lambda: Vec<SweepPoint>,
    /// Fig. 3(b).
    pub code: Vec<SweepPoint>,
    /// Table 1.
    pub table1: Option<Table1>,
    /// Fig. 5.
    pub spectrum: Option<SpectrumCurves>,
    /// Table 2.
    pub table2: Option<Table2>,
    /// The training of Table 2's dkAE.
    pub course: Option<Course>,
    /// Classification and clustering of the codes.
    pub code_space: Option<code_space::Table>,
    /// Settings beyond the paper.
    pub better: Option<Better>,
    /// The paper's claims.
    pub claims: Vec<Claim>,
    /// Tasks of each experiment that are done, and in all.
    done: Vec<(Experiment, [usize; 2])>,
}

impl Figures {
    /// Of what is found so far.
    #[must_use]
    pub fn of(plan: &Plan, findings: &Findings) -> Self {
        let sweep = |experiment, sweep: fn(&Plan, &Findings) -> Vec<SweepPoint>| {
            if plan.has(experiment) {
                sweep(plan, findings)
            } else {
                Vec::new()
            }
        };
        Self {
            lambda: sweep(Experiment::Fig3a, lambda_sweep),
            code: sweep(Experiment::Fig3b, code_sweep),
            table1: table1(plan, findings).filter(|_| plan.has(Experiment::Table1)),
            spectrum: SpectrumCurves::of(plan, findings),
            table2: Table2::of(plan, findings),
            course: Course::of(plan, findings),
            code_space: code_space::table(plan, findings)
                .filter(|_| plan.has(Experiment::CodeSpace)),
            better: better(plan, findings),
            claims: claims(plan, findings),
            done: plan
                .experiments
                .iter()
                .map(|&experiment| (experiment, done(plan, findings, experiment)))
                .collect(),
        }
    }

    /// Tasks of `experiment` that are done, and in all; `None` if it is not in the plan.
    #[must_use]
    pub fn done(&self, experiment: Experiment) -> Option<[usize; 2]> {
        let found = self.done.iter().find(|(of, _)| *of == experiment);
        found.map(|&(_, done)| done)
    }
}

fn done(plan: &Plan, findings: &Findings, experiment: Experiment) -> [usize; 2] {
    let only = Plan {
        experiments: vec![experiment],
        ..plan.clone()
    };
    let tasks = only.tasks();
    let done = tasks.iter().filter(|task| findings.has(task)).count();
    [done, tasks.len()]
}

/// Fig. 5 over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectrumCurves {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// `Lc(K_m, P)` on training samples for m = 1, 2, ….
    pub training: Vec<Summary>,
    /// `Lc(K_m, P)` on test samples for m = 1, 2, ….
    pub test: Vec<Summary>,
    /// Lc(C, P) of the dkAE on training samples.
    pub dkae_training: Summary,
    /// Lc(C, P) of the dkAE on test samples.
    pub dkae_test: Summary,
    /// Both at equal dimension on test samples, where Fig. 3(b)'s networks are there.
    pub equal: Vec<Equal>,
    /// For each seed the smallest m at which kPCA is level with the dkAE on test samples.
    pub crossings: Vec<Option<usize>>,
}

impl SpectrumCurves {
    fn of(plan: &Plan, findings: &Findings) -> Option<Self> {
        let found = || {
            plan.seeds
                .iter()
                .filter_map(|&seed| findings.spectrum(seed))
        };
        let each = |f: fn(&crate::experiment::findings::SpectrumFigures) -> f64| {
            Summary::of(found().map(|s| f(&s.figures)).collect())
        };
        let most = found().map(|s| s.figures.test.len()).min()?;
        let curve = |of: fn(&crate::experiment::findings::SpectrumFigures) -> &Vec<f64>| {
            let at = |m: usize| -> Option<Summary> {
                let values: Option<Vec<f64>> =
                    found().map(|s| of(&s.figures).get(m).copied()).collect();
                Summary::of(values?)
            };
            (0..most).map_while(at).collect()
        };
        Some(Self {
            seeds: found().map(|s| s.figures.seed).collect(),
            training: curve(|s| &s.training),
            test: curve(|s| &s.test),
            dkae_training: each(|s| s.dkae_training)?,
            dkae_test: each(|s| s.dkae_test)?,
            equal: fig5::equal(plan, findings),
            crossings: found().map(|s| s.figures.crossing()).collect(),
        })
    }

    /// The smallest m at which the mean curve of kPCA is level with the dkAE's mean on test
    /// samples, if there is one.
    #[must_use]
    pub fn crossing(&self) -> Option<usize> {
        let level = self.dkae_test.mean;
        let index = self.test.iter().position(|lc| lc.mean <= level)?;
        Some(index + 1)
    }
}

/// Table 2 over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Table2 {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Mean squared errors, in the order of [`Method::ALL`].
    pub rows: Vec<(Method, Summary)>,
    /// dkAE + PCA minus kPCA with the pre-image from the grid.
    pub dkae_and_kpca: Option<Paired>,
}

impl Table2 {
    fn of(plan: &Plan, findings: &Findings) -> Option<Self> {
        let found = || {
            plan.seeds
                .iter()
                .filter_map(|&seed| findings.denoised(seed))
        };
        let seeds: Vec<u64> = found().map(|d| d.figures.seed).collect();
        let values = |method| -> Option<Vec<f64>> {
            let all: Option<Vec<f64>> = found().map(|d| d.figures.error(method)).collect();
            all.filter(|values| !values.is_empty())
        };
        let row = |method| Some((method, Summary::of(values(method)?)?));
        let overlap = findings.overlap(plan);
        let paired = || Paired::of(&values(Method::DkaePca)?, &values(Method::Kpca)?, overlap);
        (!seeds.is_empty()).then(|| Self {
            seeds,
            rows: Method::ALL.into_iter().filter_map(row).collect(),
            dkae_and_kpca: paired(),
        })
    }
}

/// A mean with its standard deviation, `0.158 ± 0.002`: the mean with four digits after the
/// point, which is what the paper prints, the deviation likewise.
#[must_use]
pub fn with_deviation(summary: &Summary) -> String {
    match summary.sd {
        Some(sd) => format!("{:.4} ± {sd:.4}", summary.mean),
        None => format!("{:.4}", summary.mean),
    }
}
