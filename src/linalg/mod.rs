//! The arithmetic that everything above stands on: matrix products, elementwise loops, threads.
//!
//! This is the only folder that names a numerical backend (`faer` for products and
//! factorisations). Everything else speaks of [`ndarray`] views. Two kinds of number run through
//! the program: `f32` trains, `f64` tests the same code by finite differences; [`Real`] is what
//! both can do.

mod product;
mod real;
mod threads;

pub use product::{Accumulate, Parallel, product, product_of_columns};
pub use real::Real;
pub use threads::{Threads, for_row_blocks};
