//! The command line: the window by default, and the same work without one.

#[macro_use]
mod said;

mod arguments;
mod bench;
mod checkpoints;
mod comparison;
mod figures;
mod report;
mod reproduce;
mod settings;
mod threads;
mod train;

pub use arguments::{Arguments, ReproduceArguments, Subcommand, TrainArguments};
pub use bench::{BenchArguments, bench};
pub use report::{Failure, Report};
pub use reproduce::reproduce;
pub use threads::ThreadCount;
pub use train::train;

/// Something the user gave that cannot be used: ends the program with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

/// Looks whether the folder of the results has a name at all.
fn named_folder(out: &std::path::Path) -> Result<(), BadInput> {
    if out.as_os_str().is_empty() {
        return Err(BadInput("--out names no folder".into()));
    }
    Ok(())
}

/// What is wrong with a command line, in one line.
#[must_use]
pub fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let parts = text.split("\n\n").filter(|part| {
        let part = part.trim();
        !(part.is_empty() || part.starts_with("Usage:") || part.starts_with("For more information"))
    });
    let words: Vec<&str> = parts.flat_map(str::split_whitespace).collect();
    format!("{} (--help tells what there is)", words.join(" "))
}
