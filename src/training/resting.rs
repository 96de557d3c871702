//! A network at the end of its training, in a third of the memory of a whole checkpoint.
//!
//! A run that goes on from its end begins Adam's moments anew, so they need not be kept: what goes on
//! from a resting network is to the bit what goes on from the run itself.

use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use crate::model::{Adam, AdamConfig, Autoencoder};

/// A network that has taken all its steps. Clones are the same one.
#[derive(Clone)]
pub struct Resting(Arc<Checkpoint>);

impl Resting {
    /// Of `checkpoint`; `None` if steps are left that its moments would be missed for.
    #[must_use]
    pub fn of(mut checkpoint: Checkpoint) -> Option<Self> {
        let over = checkpoint.is_over();
        checkpoint.trainer.adam = Adam::new(0, AdamConfig::default());
        over.then(|| Self(Arc::new(checkpoint)))
    }

    /// Its settings.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        &self.0.config
    }

    /// Whether it is what a run under `config` comes to, on the same samples: what is looked at may differ.
    #[must_use]
    pub fn is_of(&self, config: &RunConfig) -> bool {
        let own = self.config();
        (&own.network, &own.training) == (&config.network, &config.training)
            && (&own.prior, own.seed) == (&config.prior, config.seed)
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Autoencoder<f32> {
        &self.0.trainer.network
    }

    /// A checkpoint without moments, from which a run can be sent on ([`super::Run::train_on`]).
    #[must_use]
    pub fn checkpoint(&self) -> &Arc<Checkpoint> {
        &self.0
    }
}
