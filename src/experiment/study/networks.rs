//! Networks: taken up, trained a step at a time, and kept with their figures when they are done.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;

use super::course::Course;
use super::pictures::network_picture;
use super::watch::Thinned;
use super::{Study, StudyAdvance, StudyError, Work, matrices};
use crate::data::DataSet;
use crate::experiment::better::{Denoised, denoised};
use crate::experiment::findings::{CoursePoint, Network, NetworkFigures};
use crate::experiment::plan::{Recipe, Task, steps_of};
use crate::experiment::store::{Damage, Kept};
use crate::experiment::variant::Variant;
use crate::kernel::PriorKernel;
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;
use crate::training::observer::{self, Observer};
use crate::training::{
    Advance, Checkpoint, Fitted, HeldOut, Run, RunConfig, RunError, Scores, score_samples,
};

/// A network in training.
pub(super) struct Training {
    pub task: Task,
    pub recipe: Recipe,
    pub run: Run,
    /// Steps it takes in all, pretraining among them.
    pub steps: u64,
    /// Time of its training so far, that before a checkpoint among it.
    pub spent: Duration,
    /// When the last checkpoint was written.
    pub saved: Instant,
    pub losses: Thinned,
    /// What it is looked at with on the way, if it is.
    pub course: Option<Course>,
}

/// A run at the step of a checkpoint.
struct TakenUp {
    run: Run,
    spent: Duration,
    points: Vec<CoursePoint>,
}

impl Study {
    pub(super) fn begin_network(&mut self, recipe: Recipe) -> Result<StudyAdvance, StudyError> {
        let config = self.plan.config_of(&recipe);
        self.begin_training(Task::Network(recipe), recipe, &config)
    }

    /// Begins the dkAE of Table 2.
    pub(super) fn begin_course(&mut self, seed: u64) -> Result<StudyAdvance, StudyError> {
        let config = self.plan.course_config(seed);
        self.begin_training(Task::Course { seed }, self.plan.dkae(seed), &config)
    }

    fn begin_training(
        &mut self,
        task: Task,
        recipe: Recipe,
        config: &RunConfig,
    ) -> Result<StudyAdvance, StudyError> {
        let Some(ground) = &self.ground else {
            return Ok(StudyAdvance::Working);
        };
        let (data, prior) = (Arc::clone(&ground.data), ground.fitted.clone());
        let kept = self.take_up(&task, config).unwrap_or_else(|damage| {
            self.set_aside(&damage);
            None
        });
        let TakenUp { run, spent, points } = match kept {
            Some(kept) => kept,
            None => match self.first(&task, &data, config, prior) {
                Ok(begun) => begun,
                Err(error) => return Ok(self.give_up(task, &error)),
            },
        };
        let course = matches!(task, Task::Course { .. })
            .then(|| Course::new(&self.plan, &data, recipe.seed, points));
        let mut training = Training {
            task,
            recipe,
            run,
            steps: steps_of(config),
            spent,
            saved: Instant::now(),
            losses: Thinned::default(),
            course,
        };
        training.run.without_curves();
        training.run.show_from(HeldOut::Test);
        self.work = Some(Work::Network(Box::new(training)));
        Ok(StudyAdvance::Working)
    }

    /// The training of `task` from its beginning on or, where its network is there already, at its end.
    fn first(
        &self,
        task: &Task,
        data: &Arc<DataSet>,
        config: &RunConfig,
        prior: Fitted,
    ) -> Result<TakenUp, RunError> {
        let known = (self.beforehand.as_ref()).filter(|_| matches!(task, Task::Network(_)));
        let (run, spent) = match known.and_then(|known| known.network(data, config)) {
            Some(taught) => {
                let mut checkpoint = Checkpoint::clone(taught.network.checkpoint());
                checkpoint.config = config.clone();
                let run = Run::resume(Arc::clone(data), prior, checkpoint)?;
                (run, taught.time.unwrap_or_default())
            }
            None => {
                let run = Run::with_prior(Arc::clone(data), config, prior)?;
                (run, Duration::ZERO)
            }
        };
        Ok(TakenUp {
            run,
            spent,
            points: Vec::new(),
        })
    }

    /// The training of `task` from its checkpoint on, if there is one.
    fn take_up(&self, task: &Task, config: &RunConfig) -> Result<Option<TakenUp>, Damage> {
        let Some(ground) = &self.ground else {
            return Ok(None);
        };
        let Some(kept) = self.store.checkpoint(task)? else {
            return Ok(None);
        };
        let Kept {
            checkpoint,
            seconds,
            points,
        } = kept;
        // The best network so far has to be there still.
        let lost = || {
            let found = self
                .store
                .course_network(task.seed(), &self.plan, &self.sizes);
            found.is_err()
        };
        if checkpoint.config != *config || (!points.is_empty() && lost()) {
            return Ok(None);
        }
        let (data, prior) = (Arc::clone(&ground.data), ground.fitted.clone());
        // It holds the plan's own settings, so that it is to blame for what does not fit.
        let run = Run::resume(data, prior, checkpoint);
        Ok(Some(TakenUp {
            run: run.map_err(|_| self.store.unfit_checkpoint())?,
            spent: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
            points,
        }))
    }

    /// A step.
    pub(super) fn train(
        &mut self,
        mut training: Box<Training>,
    ) -> Result<StudyAdvance, StudyError> {
        let (began, task) = (Instant::now(), training.task);
        let flops = |run: &Run| run.flops().0;
        let before = flops(&training.run);
        let observers: &mut [&mut dyn Observer] = &mut [&mut training.losses];
        let advance = match observer::advance(&mut training.run, observers) {
            Ok(advance) => advance,
            Err(error) => {
                self.store.drop_checkpoint();
                return Ok(self.give_up(task, &error));
            }
        };
        let done = before - flops(&training.run);
        self.pace[0].trained(done, began.elapsed().as_secs_f64());
        if let Some(reason) = self.follow(&mut training)? {
            self.store.drop_checkpoint();
            return Ok(self.give_up(task, &reason));
        }
        // Copies are placed for the first network that has them, and kept for the others.
        if !matches!(advance, Advance::Samples) {
            training.spent += began.elapsed();
        }
        if !matches!(advance, Advance::Over) {
            let due = training.saved.elapsed() >= self.checkpoints;
            self.work = Some(Work::Network(training));
            if due {
                self.save()?;
            }
            return Ok(StudyAdvance::Working);
        }
        let Task::Network(recipe) = task else {
            let advance = self.finish_course(*training)?;
            self.store.drop_checkpoint();
            return Ok(advance);
        };
        let began = Instant::now();
        let result = self.finish_network(recipe, &training.run, training.spent)?;
        self.pace[0].trained(0.0, began.elapsed().as_secs_f64());
        self.findings.networks.push(Arc::new(result));
        self.store.drop_checkpoint();
        Ok(self.done())
    }

    /// What a network of the table of settings beyond the paper makes of noisy digits. The paper's
    /// own way is looked at in every study, for the table may be asked for later. A network that
    /// cannot be looked at has a gap there, and keeps its other figures.
    fn denoised(
        &self,
        recipe: Recipe,
        run: &Run,
        prior: &Arc<dyn PriorKernel>,
        network: &Autoencoder<f32>,
    ) -> Option<Denoised> {
        let compared = |variant| self.plan.compared(variant, recipe.seed) == recipe;
        if !Variant::COMPARED.into_iter().any(compared) {
            return None;
        }
        let plan = &self.plan.denoising;
        let config = DenoisingConfig {
            noise: plan.noise,
            clip: plan.clip,
            components: plan.components,
            ..DenoisingConfig::default()
        };
        let (data, split) = (run.data(), run.split());
        denoised(network, data, prior, split, &config, recipe.seed)
            .inspect_err(|error| tracing::warn!("{}: no denoising: {error}", recipe.key()))
            .ok()
    }

    /// Takes the figures and the picture of a trained network, and keeps them.
    fn finish_network(
        &self,
        recipe: Recipe,
        run: &Run,
        spent: Duration,
    ) -> Result<Network, StudyError> {
        let (Some(trainer), Some(prior)) = (run.trainer(), run.prior()) else {
            return Err(StudyError::Unfit("a run ended without a network".into()));
        };
        let network = trainer.network();
        let scores = |samples: &[usize]| -> (Scores, Array2<f32>) {
            let (encode, decode) = (
                |x: ndarray::ArrayView2<'_, f32>| network.encode(x),
                |c: ndarray::ArrayView2<'_, f32>| network.decode(c),
            );
            score_samples(run.data(), &**prior, samples, encode, decode)
        };
        let split = run.split();
        // As many as are tested, for Lc depends on how many there are.
        let (training, _) = scores(&split.training[..split.test.len().min(split.training.len())]);
        let (validation, _) = scores(&split.validation);
        let (test, codes) = scores(&split.test);
        matrices::keep_codes(&self.store, &self.plan, &recipe, codes.view())?;
        let result = Network {
            figures: NetworkFigures {
                recipe,
                training: Some(training),
                validation,
                test,
                steps: trainer.steps(),
                seconds: spent.as_secs_f64(),
                denoised: self.denoised(recipe, run, prior, &network),
            },
            picture: network_picture(&network, run.shown()),
        };
        self.store.keep_network(&result, &network)?;
        Ok(result)
    }
}
