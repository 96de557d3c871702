//! The arithmetic that everything above stands on: matrix products, elementwise loops, threads.
//!
//! This is the only folder that names a numerical backend (`faer` for products and
//! factorisations). Everything else speaks of [`ndarray`] views. Two kinds of number run through
//! the program: `f32` trains, `f64` tests the same code by finite differences; [`Real`] is what
//! both can do.

mod distance;
mod eigen;
mod exp;
mod gaussian;
mod krylov;
mod limit;
mod nystrom;
mod product;
mod real;
mod ridge;
mod solve;
mod threads;

pub use distance::{median_distance, squared_distances};
pub use eigen::{
    EigenError, Eigenpairs, leading_eigenpairs, symmetric_eigen, symmetric_eigenvalues,
};
pub use gaussian::{GaussianKernel, Scaled};
pub use limit::fma_limit;
pub use product::{Accumulate, Parallel, product, product_of_columns};
pub use real::Real;
pub use ridge::{RidgeError, RidgeSolution, ridge_solve};
pub use solve::{Cancelled, Cholesky, NotPositiveDefinite};
pub use threads::{Rank, Rows, Threads, cores, for_row_blocks};
