//! The window: it shows what [`crate::view`] knows and turns what a person does into commands.
//!
//! [`App`] holds everything; each panel is a file that takes a view, paints it and
//! reports an `Intent`. Nothing here waits: data are read, dialogs opened and
//! files written on threads of their own, and the worker trains on its own.

mod app;
mod card;
mod controls;
mod curves;
mod digits;
mod experiments;
mod export;
mod frame_times;
mod frontier;
mod help;
mod icons;
mod inside;
mod intent;
mod kernels;
mod keys;
mod ladder;
mod lambda;
mod lists;
mod live;
mod loading;
mod looks;
mod notices;
mod opener;
mod pins;
mod pointer;
mod probe;
mod rest;
mod scoreboard;
mod sessions;
mod settings;
mod shot;
mod strip;
mod texture;
pub mod theme;
mod toolbar;
mod tour;
mod undo;
mod words;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use app::App;
pub use experiments::{ConnectStudy, LookStudy, WriteReport, write_report};
pub use loading::{DataChoice, Open, read};
pub use sessions::Autosave;

use crate::training::config::{Preset, RunConfig};
use crate::worker::WorkerLink;

/// The name of the window for the desktop.
const APP_ID: &str = "dkae-explorer";

/// Time between two sessions that a window keeps by itself.
const AUTOSAVE: Duration = Duration::from_secs(60);

/// Where and how often windows keep their sessions by themselves: the system's folder for the
/// program's data, if it has one.
#[must_use]
pub fn usual_autosave() -> Option<Autosave> {
    let folder = eframe::storage_dir(APP_ID)?.join("sessions");
    Some(Autosave {
        folder,
        every: AUTOSAVE,
    })
}

/// Starts a worker that calls the given function after it has published something.
pub type Connect = Box<dyn Fn(Box<dyn Fn() + Send + Sync>) -> io::Result<Box<WorkerLink>>>;

/// What the window needs from the rest of the program.
pub struct Services {
    /// Starts a worker.
    pub connect: Connect,
    /// Reads data.
    pub open: Open,
    /// Starts a study.
    pub study: ConnectStudy,
    /// Reads what a study's folder holds.
    pub look: LookStudy,
    /// Writes a study's report.
    pub report: WriteReport,
    /// A preset's settings.
    pub preset: fn(Preset) -> RunConfig,
}

/// How the window begins.
pub struct WindowOptions {
    /// The data.
    pub choice: DataChoice,
    /// The settings of the first run.
    pub config: RunConfig,
    /// A session to begin with, in the place of data and settings.
    pub session: Option<PathBuf>,
    /// Where the window keeps its session by itself; nowhere for `None`.
    pub autosave: Option<Autosave>,
    /// Where the theme and the last folder are remembered; `None` for the usual place.
    pub memory: Option<PathBuf>,
}

/// The window's smallest size.
const SMALLEST: egui::Vec2 = egui::vec2(1100.0, 700.0);
/// What title bar and frame, and the desktop's own bars, take of a monitor.
const DESKTOP: egui::Vec2 = egui::vec2(16.0, 68.0);

/// The size in which a window of this size fits its monitor; never smaller than the smallest.
fn fitting(monitor: egui::Vec2, size: egui::Vec2) -> egui::Vec2 {
    size.min(monitor - DESKTOP).max(SMALLEST)
}

/// Opens the window and stays until it is closed.
///
/// # Errors
///
/// If there is no display, or no OpenGL on it.
pub fn run_window(options: WindowOptions, services: Services) -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_title("dkAE Explorer")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size(SMALLEST);
    let native = eframe::NativeOptions {
        viewport,
        // With software rendering a frame costs a fifth of what it costs in wgpu, which a build
        // of the tests brings along.
        renderer: eframe::Renderer::Glow,
        persistence_path: options.memory.clone(),
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        APP_ID,
        native,
        Box::new(|cc| Ok(Box::new(App::new(cc, options, services)?))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn the_first_window_fits_common_monitors() {
        let wanted = vec2(1440.0, 900.0);
        for monitor in [
            vec2(1366.0, 768.0),
            vec2(1440.0, 900.0),
            vec2(1920.0, 1080.0),
        ] {
            let fits = fitting(monitor, wanted);
            // With a title bar of 37 points.
            assert!(
                fits.x <= monitor.x && fits.y + 37.0 <= monitor.y,
                "{fits:?}"
            );
        }
        assert_eq!(fitting(vec2(1920.0, 1080.0), wanted), wanted);
        assert_eq!(fitting(vec2(800.0, 600.0), wanted), SMALLEST);
    }
}
