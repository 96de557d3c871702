//! What a network is trained on where the training digits have altered copies: a data set of its
//! own, of the training digits and then their copies, and P over it.
//!
//! Only training digits are copied. Copies follow from the seed, so that a run that is resumed
//! makes the same ones again. Validation and test know nothing of them.

use std::sync::Arc;

use super::check::ConfigError;
use super::config::CopiesConfig;
use crate::data::{Alteration, DataSet};
use crate::kernel::{Extension, PriorKernel};

/// The random stream of the copies under a run's seed.
const COPIES: u64 = 15;

/// Training digits and their copies, being placed.
pub(super) struct Pool {
    data: Arc<DataSet>,
    extension: Extension,
}

/// What a trainer works on.
#[derive(Clone)]
pub(super) struct TrainingSet {
    /// The samples.
    pub data: Arc<DataSet>,
    /// Those of them that are trained on.
    pub training: Vec<usize>,
    /// P over them.
    pub prior: Arc<dyn PriorKernel>,
}

impl Pool {
    /// The copies of the samples `training` of `data` under `seed`, and P over them begun.
    pub fn begin(
        config: &CopiesConfig,
        data: &DataSet,
        training: &[usize],
        prior: &dyn PriorKernel,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        use rand::Rng;
        let alteration = Alteration {
            shift: config.shift,
            noise: config.noise,
        };
        let seed = crate::data::generator(seed, COPIES).next_u64();
        let pool = data.with_copies(training, config.count, &alteration, seed);
        let pool = Arc::new(pool.map_err(|error| ConfigError::Data(error.to_string()))?);
        Ok(Self {
            extension: prior.extend(training, &pool),
            data: pool,
        })
    }

    /// Places some more; says whether all are placed.
    pub fn advance(&mut self) -> bool {
        self.extension.advance()
    }

    /// Samples placed and in all.
    pub fn progress(&self) -> (usize, usize) {
        self.extension.progress()
    }

    /// What the trainer works on; what is left to be placed is placed at once.
    pub fn finish(self) -> TrainingSet {
        TrainingSet {
            training: (0..self.data.len()).collect(),
            data: self.data,
            prior: self.extension.finish(),
        }
    }
}
