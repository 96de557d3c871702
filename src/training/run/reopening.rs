//! A run taken down where it stands, and taken up again there.

use std::sync::Arc;

use super::{Run, RunError, State};
use crate::data::{DataSet, Split};
use crate::training::check::CheckedConfig;
use crate::training::checkpoint::Checkpoint;
use crate::training::fitted::Fitted;
use crate::training::trainer::Trainer;

impl Run {
    /// The run that `checkpoint` was taken of, on the same data and with the same prior kernel.
    ///
    /// # Errors
    ///
    /// As [`Self::with_prior`], and [`RunError::Checkpoint`] if the checkpoint does not fit.
    pub fn resume(
        data: Arc<DataSet>,
        prior: impl Into<Fitted>,
        checkpoint: Checkpoint,
    ) -> Result<Self, RunError> {
        let mut run = Self::with_prior(data, &checkpoint.config, prior)?;
        run.head_for(checkpoint)?;
        while let State::Copies(_) = &run.state {
            run.advance()?;
        }
        Ok(run)
    }

    /// The run that `checkpoint` was taken of, on the same data: the prior kernel is fitted anew,
    /// which gives the same one, and then the run stands where it stood.
    ///
    /// # Errors
    ///
    /// As [`Self::new`], and [`RunError::Checkpoint`] if the checkpoint does not fit.
    pub fn reopen(data: Arc<DataSet>, checkpoint: Checkpoint) -> Result<Self, RunError> {
        let mut run = Self::new(data, &checkpoint.config)?;
        run.head_for(checkpoint)?;
        Ok(run)
    }

    /// Has the run stand where `checkpoint` was taken as soon as its prior is complete.
    fn head_for(&mut self, checkpoint: Checkpoint) -> Result<(), RunError> {
        checkpoint.check_under(&self.config, &self.data, &self.split)?;
        self.began = checkpoint.began.clone();
        self.schedule = checkpoint.schedule.clone();
        self.ahead = Some(Box::new(checkpoint));
        self.arrive()
    }

    /// Stands where the run was once, if the prior is complete.
    pub(super) fn arrive(&mut self) -> Result<(), RunError> {
        let State::Training(ready) = &mut self.state else {
            return Ok(());
        };
        let Some(checkpoint) = self.ahead.take() else {
            return Ok(());
        };
        let set = &ready.set;
        let trainer = Trainer::restore(
            self.config.clone(),
            Arc::clone(&set.data),
            &set.training,
            Arc::clone(&set.prior),
            checkpoint.trainer,
        );
        ready.trainer = trainer.ok_or(RunError::Checkpoint)?;
        ready.steps = checkpoint.steps;
        ready.leg = checkpoint.leg;
        ready.settling = checkpoint.settling;
        Ok(())
    }

    /// Whether the prior is being fitted for a run that was somewhere already. Until that stands
    /// where it stood, it takes no settings.
    #[must_use]
    pub fn is_reopening(&self) -> bool {
        self.ahead.is_some()
    }

    /// The run as it stands, once it trains.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        match &self.state {
            State::Prior(_) | State::Copies(_) => self.ahead.as_deref().cloned(),
            State::Training(ready) => Some(Checkpoint {
                config: self.config.get().clone(),
                began: self.began.clone(),
                schedule: self.schedule.clone(),
                steps: ready.steps,
                leg: ready.leg,
                settling: ready.settling,
                trainer: ready.trainer.state(),
            }),
        }
    }
}

impl Checkpoint {
    /// Looks whether a run on `data` can have come here.
    ///
    /// # Errors
    ///
    /// [`RunError`] if a setting is out of its range or does not fit the data, or the network does not
    /// fit both.
    pub fn check(&self, data: &DataSet) -> Result<(), RunError> {
        let split = Split::new(data.len(), self.config.seed);
        let config = self.config.check(data, &split)?;
        self.check_under(&config, data, &split)
    }

    fn check_under(
        &self,
        config: &CheckedConfig,
        data: &DataSet,
        split: &Split,
    ) -> Result<(), RunError> {
        self.began.check(data, split)?;
        let trained = split.training.len();
        let copies = config.get().training.copies;
        let order = &self.trainer.order;
        let samples: Vec<usize> = match copies {
            None => split.training.clone(),
            // Training samples and their copies are a data set of their own.
            Some(_) => (0..order.len()).collect(),
        };
        let many = copies.map_or(Some(trained), |copies| {
            trained.checked_mul(copies.count.checked_add(1)?)
        });
        if many == Some(order.len()) && self.trainer.fits(config, &samples) {
            Ok(())
        } else {
            Err(RunError::Checkpoint)
        }
    }
}
