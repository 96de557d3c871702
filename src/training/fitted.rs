//! Prior kernels that are fitted, and what else follows from them, kept for the next run.
//!
//! P follows from the samples, the prior's settings and the seed. A run that differs from an earlier
//! one in λ, Nc, its network or its steps alone has the same P, and need not fit it again; nor do
//! copies of training digits have to be placed again in the same mixtures.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::checkpoint::Checkpoint;
use super::config::{CopiesConfig, PriorConfig, RunConfig};
use super::pool::TrainingSet;
use super::run::{Run, RunError};
use crate::data::DataSet;
use crate::kernel::PriorKernel;

/// A prior kernel, and the last copies of training digits that were placed in it. Clones are the
/// same one.
#[derive(Clone)]
pub struct Fitted {
    prior: Arc<dyn PriorKernel>,
    copies: Arc<Mutex<Option<(CopiesConfig, TrainingSet)>>>,
}

impl From<Arc<dyn PriorKernel>> for Fitted {
    fn from(prior: Arc<dyn PriorKernel>) -> Self {
        Self {
            prior,
            copies: Arc::default(),
        }
    }
}

impl Fitted {
    /// P.
    #[must_use]
    pub fn prior(&self) -> &Arc<dyn PriorKernel> {
        &self.prior
    }

    /// The copies of these settings, if they are placed. They follow from the settings and from what
    /// P follows from.
    pub(super) fn copies(&self, config: &CopiesConfig) -> Option<TrainingSet> {
        let kept = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|(of, _)| of == config);
        kept.map(|(_, set)| set.clone())
    }

    /// Keeps copies in the place of others.
    pub(super) fn keep_copies(&self, config: CopiesConfig, set: &TrainingSet) {
        let mut kept = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((config, set.clone()));
    }
}

/// What a prior follows from, and the prior.
struct Kept {
    data: Arc<DataSet>,
    prior: PriorConfig,
    seed: u64,
    fitted: Fitted,
}

impl Kept {
    fn is_of(&self, data: &Arc<DataSet>, config: &RunConfig) -> bool {
        let settings = self.prior == config.prior && self.seed == config.seed;
        // The checksum of many images takes a while, and most often they are the very same.
        settings && (Arc::ptr_eq(&self.data, data) || self.data.checksum() == data.checksum())
    }
}

/// The priors of the last runs.
pub struct PriorStock {
    /// The newest first.
    kept: VecDeque<Kept>,
    /// Samples that the priors which no run has are over at the most, all together.
    room: usize,
}

impl Default for PriorStock {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            room: Self::ROOM,
        }
    }
}

impl PriorStock {
    /// Priors that are kept at the most.
    const MOST: usize = 3;

    /// The usual room: the posteriors of a sample take some 7 KB.
    const ROOM: usize = 40_000;

    /// Keeps the prior of `run`, if it is complete; a large one goes where the next run has another.
    pub fn keep(&mut self, run: &Run) {
        let Some(fitted) = run.fitted() else {
            return;
        };
        let (data, config) = (run.data(), run.config().get());
        self.kept.retain(|kept| !kept.is_of(data, config));
        self.kept.push_front(Kept {
            data: Arc::clone(data),
            prior: config.prior,
            seed: config.seed,
            fitted: fitted.clone(),
        });
        self.kept.truncate(Self::MOST);
    }

    /// A run on `data` under `config`, with its prior complete if it is kept.
    ///
    /// # Errors
    ///
    /// As [`Run::new`]; nothing that is kept goes then.
    pub fn run(&mut self, data: Arc<DataSet>, config: &RunConfig) -> Result<Run, RunError> {
        self.make(&data, config, |fitted| match fitted {
            Some(fitted) => Run::with_prior(Arc::clone(&data), config, fitted),
            None => Run::new(Arc::clone(&data), config),
        })
    }

    /// The run that `checkpoint` was taken of, with its prior complete if it is kept.
    ///
    /// # Errors
    ///
    /// As [`Run::reopen`]; nothing that is kept goes then.
    pub fn reopen(&mut self, data: Arc<DataSet>, checkpoint: Checkpoint) -> Result<Run, RunError> {
        let config = checkpoint.config.clone();
        self.make(&data, &config, |fitted| match fitted {
            Some(fitted) => Run::resume(Arc::clone(&data), fitted, checkpoint),
            None => Run::reopen(Arc::clone(&data), checkpoint),
        })
    }

    /// A run that `make` makes with its prior, if that is kept. Makes room for the next one.
    fn make(
        &mut self,
        data: &Arc<DataSet>,
        config: &RunConfig,
        make: impl FnOnce(Option<Fitted>) -> Result<Run, RunError>,
    ) -> Result<Run, RunError> {
        let found = self.kept.iter().position(|kept| kept.is_of(data, config));
        let run = make(found.map(|index| self.kept[index].fitted.clone()))?;
        let (mut index, mut samples) = (0, 0);
        self.kept.retain(|kept| {
            // The run's own takes no more memory for being kept.
            let own = found == Some(index);
            index += 1;
            samples += if own { 0 } else { kept.data.len() };
            own || samples <= self.room
        });
        Ok(run)
    }
}

#[cfg(test)]
#[path = "fitted_tests.rs"]
mod tests;
