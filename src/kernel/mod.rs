//! Prior kernels: the matrix P that the codes' inner products are asked to resemble.

mod prior;

pub use prior::{PriorKernel, Scratch};
