//! How the denoising of Table 2's dkAE goes along as it is trained: the verdict of that table depends
//! on when one stops.
//!
//! All of it is on validation digits: the loss of Eq. 8 on those of all classes, by whose least value
//! the table's network is chosen, and the denoising error on noisy ones of the table's classes, beside
//! that of kernel PCA at the best point of its grid.

use super::findings::{CourseFigures, CoursePoint, Findings, best};
use super::plan::{Experiment, Plan};
use super::statistics::Summary;

/// A step, over the seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Steps taken, pretraining among them.
    pub step: u64,
    /// The validation loss (Eq. 8).
    pub total: Summary,
    /// Mean squared error of dkAE + PCA.
    pub dkae_pca: Summary,
    /// That of the codes decoded straight.
    pub dkae_straight: Summary,
}

/// The training over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// In the order of the steps.
    pub looks: Vec<Look>,
    /// For each seed the step whose network the table takes.
    pub kept: Vec<u64>,
    /// Kernel PCA's error on the same noisy digits, as soon as every seed has it.
    pub kpca: Option<Summary>,
}

impl Course {
    /// The steps whose networks were kept, seed by seed, or once if it is the same under all; `name`
    /// writes a number of steps.
    #[must_use]
    pub fn kept_in_words(&self, name: impl Fn(u64) -> String) -> String {
        match (self.kept.iter().min(), self.kept.iter().max()) {
            (Some(least), Some(most)) if least == most && self.kept.len() > 1 => {
                format!("{} under every seed", name(*least))
            }
            _ => {
                let each = self.kept.iter().zip(&self.seeds);
                let each = each.map(|(&step, seed)| format!("{} (seed {seed})", name(step)));
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// `None` if Table 2 is not in the plan, or no seed is done.
    #[must_use]
    pub fn of(plan: &Plan, findings: &Findings) -> Option<Self> {
        let found: Vec<&CourseFigures> = plan
            .seeds
            .iter()
            .filter_map(|&seed| Some(&**findings.course(seed)?))
            .collect();
        let first = found.first().filter(|_| plan.has(Experiment::Table2))?;
        let look = |(index, point): (usize, &CoursePoint)| {
            let over = |of: fn(&CoursePoint) -> f64| {
                let values: Option<Vec<f64>> =
                    found.iter().map(|c| c.points.get(index).map(of)).collect();
                Summary::of(values?)
            };
            Some(Look {
                step: point.step,
                total: over(|p| p.total)?,
                dkae_pca: over(|p| p.dkae_pca)?,
                dkae_straight: over(|p| p.dkae_straight)?,
            })
        };
        let kpca: Option<Vec<f64>> = found
            .iter()
            .map(|c| Some(best(&findings.denoised(c.seed)?.figures.grid)?.error))
            .collect();
        Some(Self {
            seeds: found.iter().map(|c| c.seed).collect(),
            looks: first.points.iter().enumerate().map_while(look).collect(),
            kept: found.iter().filter_map(|c| Some(c.kept()?.step)).collect(),
            kpca: kpca.and_then(Summary::of),
        })
    }

    /// The first step at which the mean error of dkAE + PCA is above kernel PCA's after it was below.
    #[must_use]
    pub fn turn(&self) -> Option<u64> {
        let kpca = self.kpca.as_ref()?.mean;
        let is_below = |look: &Look| look.dkae_pca.mean < kpca;
        let first = self.looks.iter().position(is_below)?;
        let later = self.looks[first..].iter().find(|look| !is_below(look));
        later.map(|look| look.step)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::training::config::Preset;

    #[test]
    fn the_least_loss_is_kept_and_the_turn_is_told() {
        let plan = Plan::of(Preset::Quick, &[Experiment::Table2], 0, 2);
        let point = |step: u64, total: f64, dkae_pca: f64| CoursePoint {
            step,
            lr: 0.0,
            lc: 0.0,
            total,
            dkae_pca,
            dkae_straight: dkae_pca / 2.0,
        };
        let course = |seed, more: f64| {
            let points = vec![
                point(1, 0.3, 0.06),
                point(2, 0.2, 0.02 + more),
                point(4, 0.1, 0.03),
                point(8, 0.1 + more, 0.04),
            ];
            Arc::new(CourseFigures {
                seed,
                points,
                seconds: 0.0,
            })
        };
        let mut findings = Findings {
            courses: vec![course(0, 0.0), course(1, 0.002)],
            ..Findings::default()
        };
        let mut found = Course::of(&plan, &findings).unwrap();
        let words = found.kept_in_words(|step| step.to_string());
        assert_eq!(words, "4 under every seed");
        // Of two that are level the first is kept.
        assert_eq!(
            (found.seeds.as_slice(), found.kept.as_slice()),
            (&[0, 1][..], &[4, 4][..])
        );
        assert!((found.looks[1].dkae_pca.mean - 0.021).abs() < 1e-12);
        assert!((found.looks[1].dkae_straight.mean - 0.0105).abs() < 1e-12);
        assert_eq!((found.kpca.as_ref(), found.turn()), (None, None));
        found.kpca = Summary::of(vec![0.035, 0.035]);
        assert_eq!(found.turn(), Some(8));
        found.kpca = Summary::of(vec![0.5]);
        assert_eq!(found.turn(), None, "never above after it was below");
        findings.courses.clear();
        assert_eq!(Course::of(&plan, &findings), None);
    }
}
