//! The program: parses the command line, opens the window or runs headless.

use std::process::ExitCode;

use clap::Parser;
use dkae_explorer::cli::{self, Arguments, BadInput, Subcommand};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Some(Subcommand::Train(train)) => cli::train(train),
        None => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dkae-explorer: {error:#}");
            if error.is::<BadInput>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
