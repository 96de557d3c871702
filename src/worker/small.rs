//! A run that tests train in no time.

use std::sync::Arc;

use crate::data::{DataSet, Selection, Source};
use crate::training::config::{PriorConfig, RunConfig};

/// 200 digits, and settings of a small network on them: so many steps, code units 8, 20 images on show, the cosine
/// kernel.
pub(crate) fn run(steps: usize) -> (Arc<DataSet>, RunConfig) {
    let selection = Selection {
        samples: Some(200),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let mut config = RunConfig {
        prior: PriorConfig::Cosine,
        shown: 20,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![16], 8);
    config.training.copies = None;
    (config.training.steps, config.training.batch) = (steps, 20);
    config.denoising.components = 4;
    (data, config)
}
