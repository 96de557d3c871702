//! What comes before a run's training: the prior kernel's mixtures, the samples' places in them, and those
//! of altered copies.

use std::sync::Arc;

use super::check::{CheckedConfig, ConfigError};
use super::fitted::Fitted;
use super::pool::{Ground, Pool};
use super::ready::Ready;
use super::run::State;
use crate::data::{DataSet, Split};
use crate::kernel::{Ensemble, EnsembleBuilder, GrowingGram, Posteriors};

/// Mixtures that are fitted in one piece: two starts of each size.
const MIXTURES: usize = 58;

/// A PCK in the making.
pub(super) struct Making {
    pub(super) builder: EnsembleBuilder,
    /// P on the shown digits so far.
    pub(super) growing: GrowingGram,
    /// The samples placed so far, when all mixtures are there.
    pub(super) placed: Option<(Arc<Ensemble>, Posteriors)>,
}

/// A run whose prior is complete, while copies of training digits are placed in its mixtures.
pub(super) struct Copying {
    pub(super) fitted: Fitted,
    /// There until all are placed.
    pub(super) pool: Option<Pool>,
}

impl Making {
    /// Fits some more mixtures; after the last, samples can be placed.
    pub(super) fn fit_next(&mut self) {
        self.growing.add(self.builder.fit_next(MIXTURES));
        if self.builder.mixtures().len() == self.builder.total() {
            let ensemble = Arc::new(self.builder.ensemble());
            let posteriors = Posteriors::empty(&ensemble);
            self.placed = Some((ensemble, posteriors));
        }
    }
}

/// What comes after the prior kernel: copies, if there are any and they have to be placed, or the
/// training.
pub(super) fn after_prior(
    config: &CheckedConfig,
    data: &Arc<DataSet>,
    split: &Split,
    fitted: Fitted,
) -> Result<State, ConfigError> {
    let settings = config.get();
    let ground = match &settings.training.copies {
        None => Ground {
            data: Arc::clone(data),
            training: split.training.clone(),
            prior: Arc::clone(fitted.prior()),
        },
        Some(copies) => match fitted.copies(copies) {
            Some(ground) => ground,
            None => {
                let (training, prior) = (&split.training, &**fitted.prior());
                let pool = Pool::begin(copies, data, training, prior, settings.seed)?;
                if pool.progress().1 > 0 {
                    let pool = Some(pool);
                    return Ok(State::Copies(Box::new(Copying { fitted, pool })));
                }
                pool.finish()
            }
        },
    };
    let ready = Ready::new(config, data, split, fitted, ground);
    Ok(State::Training(Box::new(ready)))
}
