//! Prior kernels: the matrix P that the codes' inner products are asked to resemble.
//!
//! The probabilistic cluster kernel (Section 2.3) is made in three steps: an [`EnsembleBuilder`]
//! fits Gaussian mixtures on some training samples, [`Posteriors`] places every sample in them,
//! and [`Pck`] gives any block of P from the posteriors alone. The first two go piece by piece,
//! so that whoever waits can watch ([`GrowingGram`]) and interrupt. The other kernels are
//! functions of pixels or labels. An [`Extension`] takes a kernel to further samples, and a [`PartialGram`] takes some mixtures
//! of a PCK alone. How alike two kernels are is said in [`alignment`].

pub mod alignment;
mod build;
mod config;
mod elementwise;
mod em;
mod error;
mod extension;
mod features;
mod growing;
mod ideal;
mod mixture;
mod overlap;
mod partial;
mod pck;
mod posteriors;
mod prior;

pub use build::{build, fit_indices};
pub use config::{Covariance, PckConfig, PriorConfig};
pub use elementwise::{Elementwise, median_distance};
pub use error::{KernelError, told};
pub use extension::{Extension, Placing};
pub use growing::GrowingGram;
pub use ideal::Ideal;
pub use mixture::{Ensemble, EnsembleBuilder, Fit, Mixture};
pub use partial::{MixtureRange, PartialGram, PartialSum};
pub use pck::Pck;
pub use posteriors::Posteriors;
pub use prior::{Agreement, PriorKernel, Scratch};

#[cfg(test)]
mod reference_tests;
