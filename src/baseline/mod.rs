//! What the kernel autoencoder is compared with: kernel PCA, its pre-images, linear PCA.
//!
//! [`Kpca`] projects on the leading eigenvectors of the prior kernel's matrix, [`PreImage`] leads
//! back from its scores to pixels ([`Restorer`] does so at several ridges of a grid), and [`Pca`] does the same for the pixels themselves or for the
//! codes of an autoencoder.

mod error;
mod kpca;
mod pca;
mod preimage;
#[cfg(test)]
mod reference;
mod restorer;

pub use error::BaselineError;
pub use kpca::Kpca;
pub use pca::Pca;
pub use preimage::{PreImage, median_distance};
pub use restorer::Restorer;
