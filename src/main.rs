//! The program: parses the command line, opens the window or runs headless.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use dkae_explorer::cli::{self, Arguments, BadInput, Subcommand};
use dkae_explorer::training::config::Preset;
use dkae_explorer::ui::{self, DataChoice, Services, WindowOptions};
use dkae_explorer::worker::{StudyHandle, WorkerHandle, look_into};

/// Where a run without a display leaves its results if nobody said.
const OUT: &str = "dkae-report";

/// What a window takes on a bare Linux machine.
const PACKAGES: &str =
    "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 (Debian's names)";

fn main() -> ExitCode {
    dkae_explorer::service::large_pieces_go_back();
    log();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(wanted) if !wanted.use_stderr() => wanted.exit(),
        Err(error) => {
            eprintln!("dkae-explorer: {}", cli::one_line(&error));
            return ExitCode::from(2);
        }
    };
    let result = match &arguments.command {
        Some(Subcommand::Train(train)) => cli::train(train),
        Some(Subcommand::Reproduce(reproduce)) => cli::reproduce(reproduce),
        Some(Subcommand::Bench(bench)) => cli::bench(bench),
        None => open_or_train(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody can be told, the exit code says it.
            let _ = writeln!(std::io::stderr(), "dkae-explorer: {error:#}");
            if error.is::<BadInput>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Logs go to the terminal; `RUST_LOG` chooses which.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Opens the window; where that cannot be, does the same run without one.
fn open_or_train(arguments: &Arguments) -> anyhow::Result<()> {
    let failure = match missing_display() {
        Some(missing) => missing,
        None => match open_window(arguments) {
            Ok(()) => return Ok(()),
            Err(error) => error.to_string(),
        },
    };
    if arguments.window {
        anyhow::bail!("no window can be opened ({failure}). It needs a display and {PACKAGES}.");
    }
    let _ = writeln!(
        std::io::stderr(),
        "No window can be opened ({failure}); running headless, results go to {OUT}/."
    );
    cli::train(&arguments.headless(PathBuf::from(OUT)))
}

/// Why there is no display, where that can be known beforehand.
fn missing_display() -> Option<String> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let unix = cfg!(all(unix, not(target_os = "macos")));
    (unix && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
        .then(|| "neither DISPLAY nor WAYLAND_DISPLAY is set".into())
}

fn open_window(arguments: &Arguments) -> eframe::Result {
    let selection = arguments.selection();
    let options = WindowOptions {
        choice: DataChoice {
            path: arguments.images_path(),
            collection: arguments.data.into(),
            samples: selection.samples,
            classes: selection.classes,
            seed: selection.seed,
        },
        config: arguments.config(),
        session: arguments.session(),
        autosave: ui::usual_autosave(),
        memory: None,
    };
    let services = Services {
        connect: Box::new(|wake| Ok(Box::new(WorkerHandle::spawn(0, wake)?))),
        study: Box::new(|request, wake| Ok(Box::new(StudyHandle::start(request, wake)?))),
        look: Arc::new(look_into),
        report: Arc::new(ui::write_report),
        open: Arc::new(ui::read),
        preset: Preset::config,
    };
    ui::run_window(options, services)
}
