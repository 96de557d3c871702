//! The deep kernelized autoencoder: layers, loss, hand-written gradients, Adam.
//!
//! An encoder E maps samples to codes, a decoder D with the transposed weights maps them back
//! (Eqs. 1 and 2). The loss of a minibatch weighs reconstruction against alignment (Eq. 8):
//!
//! ```text
//! L = (1 − λ) · Lr + λ · Lc,   Lr = ‖x − x̃‖² / (k·d),   Lc = ‖C/‖C‖F − P/‖P‖F‖F,   C = codes · codesᵀ
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `activation` | the transfer functions σ(·) and their derivatives |
//! | `autoencoder` | the layers and their parameters; encoding and decoding any number of samples |
//! | `loss` | Lr, Lc and ∂Lc/∂C |
//! | `minibatch` | the buffers of a step; forward and backward through them |
//! | `projection` | the batch's codes on their leading axes, where the decoder learns on those |
//! | `layers` | the rows of all layers' buffers that one thread writes |
//! | `descent` | the gradient of the weights, and Adam along it |
//! | `pull` | the gradients of the two losses beside each other |
//! | `adam` | the optimiser |
//! | `flops` | how many operations a step takes |
//!
//! Everything is generic over [`Real`](crate::linalg::Real): trained in `f32`, tested by finite
//! differences in `f64`.

mod activation;
mod adam;
mod autoencoder;
mod descent;
mod flops;
mod layers;
mod loss;
mod minibatch;
mod projection;
mod pull;
pub mod saved;

pub use activation::Activation;
pub use adam::{Adam, AdamConfig};
pub use autoencoder::{Architecture, Autoencoder, MOST_LAYERS};
pub use flops::{product_flops, step_flops};
pub use loss::Losses;
pub use minibatch::Minibatch;
pub use projection::Projection;
pub use pull::{LayerPull, Pull, Pulls, Way};
