//! What a person wants, as a panel reports it. Panels read and return; only the application acts.

use std::path::PathBuf;

use super::experiments::StudyIntent;
use super::ladder::LadderIntent;
use super::loading::DataChoice;
use super::pins::PinIntent;
use super::sessions::SessionIntent;
use super::undo::SettingsIntent;
use crate::picture::saved::{Format, Picture};
use crate::training::config::{Preset, PriorConfig};
use crate::view::Selection;
use crate::worker::protocol::LiveSettings;

/// What the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The live run.
    #[default]
    Live,
    /// What is inside the network on show.
    Inside,
    /// The paper's experiments.
    Experiments,
}

impl Page {
    /// Whether it is of the live run, and has its controls.
    #[must_use]
    pub fn is_of_the_run(self) -> bool {
        self != Self::Experiments
    }
}

/// A wish.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Show a page.
    Page(Page),
    /// Something about a study.
    Study(StudyIntent),
    /// Something about the ladder.
    Ladder(LadderIntent),
    /// Something about pinned networks.
    Pin(PinIntent),
    /// A run that goes on from the network on show, which is not the run's.
    TrainOn,
    /// Select images, in the place of others.
    Select(Selection),
    /// Something about sessions.
    Session(SessionIntent),
    /// Something about the settings as a whole.
    Settings(SettingsIntent),
    /// A new run on the present data with the settings of the controls.
    Start,
    /// A new run with a preset's settings.
    Preset(Preset),
    /// Wait after this step.
    Pause,
    /// Go on.
    Resume,
    /// One step.
    Step,
    /// End the run.
    Stop,
    /// Train a finished run for so many steps more.
    Extend(usize),
    /// Go on after a divergence, at a tenth of the learning rate.
    ContinueGently,
    /// Put these settings in the place of the run's.
    Set(LiveSettings),
    /// Make this the prior kernel of the next run.
    Prior(PriorConfig),
    /// Load other data and start a run on them.
    Load(DataChoice),
    /// Ask for a data file by a dialog.
    Browse,
    /// Ask for the folder of saved pictures by a dialog.
    ChooseFolder,
    /// Save a picture.
    Save(Picture, Format),
    /// Save the window as it stands.
    SaveWindow,
    /// The other theme.
    ToggleTheme,
    /// Open or close the page that explains the window.
    ToggleHelp,
    /// End the tour of the first minutes.
    EndTour,
    /// Open or close the list of keys.
    ToggleKeys,
    /// Show or hide how quick the window is.
    ToggleFrameTimes,
    /// Take a notice away.
    Dismiss(u64),
    /// Show a folder in the system's file manager.
    OpenFolder(PathBuf),
}
