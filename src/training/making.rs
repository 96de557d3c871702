//! What comes before a run's training: the prior kernel's mixtures, the samples' places in them, and those
//! of altered copies.

use std::sync::Arc;

use ndarray::ArrayView2;

use super::check::{CheckedConfig, ConfigError};
use super::fitted::Fitted;
use super::pool::{Pool, TrainingSet};
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
    /// Has P be that of the rows of `pixels`, over the mixtures so far.
    pub(super) fn show(&mut self, pixels: ArrayView2<'_, f32>) {
        self.growing = GrowingGram::new(&self.builder, pixels);
        match &self.placed {
            Some((ensemble, _)) => self.growing.add_all(ensemble),
            None => self.growing.add_all(self.builder.ensemble()),
        }
    }

    /// Fits some more mixtures; after the last, samples can be placed.
    pub(super) fn fit_next(&mut self) {
        self.growing.add(&self.builder.fit_next(MIXTURES));
        if let Some(ensemble) = self.builder.take_whole() {
            let ensemble = Arc::new(ensemble);
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
    let set = match &settings.training.copies {
        None => TrainingSet {
            data: Arc::clone(data),
            training: split.training.clone(),
            prior: Arc::clone(fitted.prior()),
        },
        Some(copies) => match fitted.copies(copies) {
            Some(set) => set,
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
    let ready = Ready::new(config, data, split, fitted, set);
    Ok(State::Training(Box::new(ready)))
}
