//! The training of Table 2's dkAE. It takes more steps than that of the other networks, for what its
//! denoising comes to depends on when one stops; and it is looked at on the way. The network of the
//! least validation loss is the table's.
//!
//! That network is written as soon as it is found. A study that was killed goes on from a checkpoint
//! before it or behind it, and comes past the same networks again.

use std::sync::Arc;

use super::networks::Training;
use super::samples::of_classes;
use super::{Study, StudyAdvance, StudyError};
use crate::baseline::BaselineError;
use crate::data::{DataSet, Split};
use crate::experiment::denoising::{NoisyDigits, dkae_pca, dkae_straight};
use crate::experiment::findings::{CourseFigures, CoursePoint, least};
use crate::experiment::plan::Plan;
use crate::experiment::table2::{settings, validation_digits};
use crate::model::{Autoencoder, Losses};
use crate::training::{Run, Stage, score_samples};

/// What it is looked at with, and what was seen.
pub(super) struct Course {
    /// Noisy validation digits of the table's classes.
    digits: NoisyDigits,
    /// The split, with the samples of these classes alone.
    split: Split,
    /// After which steps with the whole network it is looked at, ascending.
    looks: Vec<usize>,
    /// What was seen so far.
    pub points: Vec<CoursePoint>,
}

impl Course {
    /// One under `seed` on which `points` were seen before.
    pub fn new(plan: &Plan, data: &DataSet, seed: u64, points: Vec<CoursePoint>) -> Self {
        let split = of_classes(data, &plan.denoising.classes, seed);
        Self {
            digits: validation_digits(data, &split, &plan.denoising, seed),
            split,
            looks: plan.course_looks(),
            points,
        }
    }

    /// Whether the network of `run`, after the step it took, is to be looked at.
    pub fn is_due(&self, run: &Run) -> bool {
        let Some(trainer) = run.trainer() else {
            return false;
        };
        let new = self.points.last().is_none_or(|p| p.step < trainer.steps());
        matches!(trainer.stage(), Stage::Training { done } if new && self.looks.contains(&done))
    }

    /// Looks at the network of `run`; gives it if its validation loss is the least so far.
    pub fn look(
        &mut self,
        run: &Run,
        plan: &Plan,
    ) -> Result<Option<Autoencoder<f32>>, BaselineError> {
        let (Some(trainer), Some(prior)) = (run.trainer(), run.prior()) else {
            return Ok(None);
        };
        let network = trainer.network();
        let (scores, _) = score_samples(
            run.data(),
            &**prior,
            &run.split().validation,
            |x| network.encode(x),
            |c| network.decode(c),
        );
        let (config, seed) = (settings(&plan.denoising), run.config().get().seed);
        let (training, digits) = (&self.split.training, &self.digits);
        let never = || false;
        let projected = dkae_pca(
            &network,
            run.data(),
            training,
            digits,
            &config,
            seed,
            &never,
        )?;
        let straight = dkae_straight(&network, digits);
        let (lr, lc) = (scores.lr, scores.lc_c_p);
        let point = CoursePoint {
            step: trainer.steps(),
            lr,
            lc,
            total: Losses::weigh(plan.config.training.lambda, lr, lc).total,
            dkae_pca: digits.error(projected.images.view()),
            dkae_straight: digits.error(straight.images.view()),
        };
        self.points.push(point);
        Ok((least(&self.points) == Some(point)).then_some(network))
    }
}

impl Study {
    /// Looks at the dkAE of Table 2 if it is time to; why it fails, if it does.
    pub(super) fn follow(&self, training: &mut Training) -> Result<Option<String>, StudyError> {
        let Some(course) = training.course.as_mut().filter(|c| c.is_due(&training.run)) else {
            return Ok(None);
        };
        match course.look(&training.run, &self.plan) {
            Ok(Some(network)) => {
                let seed = training.recipe.seed;
                self.store.keep_course_network(seed, &network)?;
                Ok(None)
            }
            Ok(None) => Ok(None),
            Err(error) => Ok(Some(error.to_string())),
        }
    }

    /// Keeps what was seen of it when its training is over.
    pub(super) fn finish_course(&mut self, training: Training) -> Result<StudyAdvance, StudyError> {
        let (seed, task) = (training.recipe.seed, training.task);
        let course = CourseFigures {
            seed,
            points: training.course.map(|c| c.points).unwrap_or_default(),
            seconds: training.spent.as_secs_f64(),
        };
        if course.kept().is_none() {
            return Ok(self.give_up(task, &"its losses are not finite numbers"));
        }
        self.store.keep_course(&course)?;
        self.findings.courses.push(Arc::new(course));
        Ok(self.done())
    }
}
