//! Which samples of a source a run works on: so many, of these classes, drawn under a seed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::dataset::DataSet;
use super::error::DataError;
use super::source::Source;

/// Fewer samples than this cannot be split into parts that mean anything (14, 3 and 3).
pub const MINIMUM_SAMPLES: usize = 20;

/// A choice of samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// How many samples; all for `None` or where there are fewer.
    pub samples: Option<usize>,
    /// Of which classes, 0 to 9; of all for `None`.
    pub classes: Option<Vec<u8>>,
    /// Decides which samples, and their order. The first m of n samples are the ones that m alone
    /// would give.
    pub seed: u64,
}

/// Reads the images and the labels (beside the images, by name, if `labels` is `None`) and
/// chooses samples.
///
/// # Errors
///
/// As [`Source::open_with`] and [`Source::select`].
pub fn load(
    images: &Path,
    labels: Option<&Path>,
    selection: &Selection,
) -> Result<DataSet, DataError> {
    Source::open_with(images, labels)?.select(selection)
}
