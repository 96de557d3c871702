//! The command line: the window by default, and the same work without one.

#[macro_use]
mod said;

mod arguments;
mod bench;
mod figures;
mod report;
mod reproduce;
mod train;

pub use arguments::{Arguments, ReproduceArguments, Subcommand, TrainArguments};
pub use bench::{BenchArguments, bench};
pub use report::Report;
pub use reproduce::reproduce;
pub use train::train;

/// Something the user gave that cannot be used: ends the program with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);
