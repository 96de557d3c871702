//! What can go wrong with a baseline.

use crate::linalg::{Cancelled, EigenError, RidgeError};

/// Why a baseline could not be fitted or used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// The caller asked to stop.
    #[error("the comparison was cancelled")]
    Cancelled,
    /// There are too few samples.
    #[error("{method} needs at least {needed} samples, but there are {found}")]
    TooFewSamples {
        /// What was to be fitted.
        method: &'static str,
        /// Samples that it takes.
        needed: usize,
        /// Samples there are.
        found: usize,
    },
    /// The width of the pre-image's kernel is not a positive number.
    #[error("the width of the pre-image's kernel is {0}, but has to be above 0")]
    Width(f64),
    /// No eigenpairs.
    #[error(transparent)]
    Eigen(EigenError),
    /// No pre-image.
    #[error(transparent)]
    Ridge(RidgeError),
}

impl From<Cancelled> for BaselineError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<EigenError> for BaselineError {
    fn from(error: EigenError) -> Self {
        match error {
            EigenError::Cancelled => Self::Cancelled,
            other => Self::Eigen(other),
        }
    }
}

impl From<RidgeError> for BaselineError {
    fn from(error: RidgeError) -> Self {
        match error {
            RidgeError::Cancelled => Self::Cancelled,
            other => Self::Ridge(other),
        }
    }
}
