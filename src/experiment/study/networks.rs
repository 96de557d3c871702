//! Networks: taken up, trained a step at a time, and kept with their figures when they are done.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::Array2;

use super::pictures::network_picture;
use super::watch::Thinned;
use super::{Study, StudyAdvance, StudyError, Training, Work, matrices};
use crate::experiment::findings::{Network, NetworkFigures};
use crate::experiment::plan::{Recipe, Task};
use crate::training::{Advance, Checkpoint, HeldOut, Run, Scores, score_samples};

impl Study {
    pub(super) fn begin_network(&mut self, recipe: Recipe) -> Result<StudyAdvance, StudyError> {
        let Some(ground) = &self.ground else {
            return Ok(StudyAdvance::Working);
        };
        let config = self.plan.config_of(&recipe);
        let (data, prior) = (Arc::clone(&ground.data), Arc::clone(&ground.prior));
        let kept = self.store.checkpoint(&recipe).and_then(|kept| {
            let kept = kept.filter(|(checkpoint, _)| checkpoint.config == config);
            let resume = |(checkpoint, spent): (Checkpoint, f64)| {
                // It holds the plan's own settings, so that it is to blame for what does not fit.
                let run = Run::resume(Arc::clone(&data), Arc::clone(&prior), checkpoint);
                let run = run.map_err(|_| self.store.unfit_checkpoint())?;
                Ok((run, Duration::try_from_secs_f64(spent).unwrap_or_default()))
            };
            kept.map(resume).transpose()
        });
        let kept = kept.unwrap_or_else(|damage| {
            self.set_aside(&damage);
            None
        });
        let (mut run, spent) = match kept {
            Some(kept) => kept,
            None => {
                let run = Run::with_prior(data, &config, prior);
                match run {
                    Ok(run) => (run, Duration::ZERO),
                    Err(error) => return Ok(self.give_up(Task::Network(recipe), &error)),
                }
            }
        };
        run.without_curves();
        run.show_from(HeldOut::Test);
        self.work = Some(Work::Network(Box::new(Training {
            recipe,
            run,
            spent,
            saved: Instant::now(),
            losses: Thinned::default(),
        })));
        Ok(StudyAdvance::Working)
    }

    /// A step.
    pub(super) fn train(
        &mut self,
        mut training: Box<Training>,
    ) -> Result<StudyAdvance, StudyError> {
        let (began, recipe) = (Instant::now(), training.recipe);
        let flops = |run: &Run| run.flops().0;
        let before = flops(&training.run);
        let advance = match training.run.advance() {
            Ok(advance) => advance,
            Err(error) => {
                self.store.drop_checkpoint();
                return Ok(self.give_up(Task::Network(recipe), &error));
            }
        };
        let done = before - flops(&training.run);
        self.pace[0].trained(done, began.elapsed().as_secs_f64());
        training.spent += began.elapsed();
        if let Advance::Step { losses, .. } = &advance {
            training.losses.push(*losses);
        }
        if !matches!(advance, Advance::Over) {
            let due = training.saved.elapsed() >= self.checkpoints;
            self.work = Some(Work::Network(training));
            if due {
                self.save()?;
            }
            return Ok(StudyAdvance::Working);
        }
        let began = Instant::now();
        let result = self.finish_network(recipe, &training.run, training.spent)?;
        self.pace[0].trained(0.0, began.elapsed().as_secs_f64());
        self.findings.networks.push(Arc::new(result));
        self.store.drop_checkpoint();
        Ok(self.done())
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
            },
            picture: network_picture(&network, run.shown()),
        };
        self.store.keep_network(&result, &network)?;
        Ok(result)
    }
}
