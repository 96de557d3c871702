//! Data in the application: how they are asked for, and what follows when they, or a path from a dialog, are there.

use std::path::PathBuf;
use std::sync::Arc;

use super::App;
use crate::ui::loading::{Answer, DataChoice, Loaded, Purpose, Why};

impl App {
    /// Begins to read data for a run; says whether it could.
    pub(super) fn load(&mut self, choice: DataChoice) -> bool {
        if let Some(folder) = choice.path.as_ref().and_then(|path| path.parent()) {
            self.settings.data_folder = Some(folder.to_owned());
        }
        let begins = self.loader.load(choice, Why::Run);
        if !begins {
            self.notice("Too many files are being read; please wait for them.", true);
        }
        begins
    }

    /// The same for data of which the present seed draws samples.
    pub(super) fn load_drawn(&mut self, choice: DataChoice) -> bool {
        let seed = self.draft.config.seed;
        self.load(DataChoice { seed, ..choice })
    }

    /// Starts a run of a preset: on as many of the images that come with the program as it is
    /// meant for, or on the person's own data if those are on show.
    pub(super) fn start_preset(&mut self, preset: crate::training::config::Preset) {
        let old = &self.draft.choice;
        let of = old.collection;
        let shipped = |path: &PathBuf| of.images_for(usize::MAX).as_ref() == Some(path);
        let choice = DataChoice {
            path: of.images_for(preset.samples()),
            samples: Some(preset.samples()),
            ..old.clone()
        };
        let own = old.path.as_ref().is_some_and(|path| !shipped(path));
        if own || choice == *old {
            self.start();
        } else {
            self.reads_for_preset = self.load_drawn(choice);
        }
    }

    pub(super) fn loaded(&mut self, mut loaded: Loaded) {
        if let Why::Paste(line, more) = std::mem::replace(&mut loaded.why, Why::Run) {
            return self.read_for_line(loaded, *line, more);
        }
        self.reads_for_preset = false;
        match loaded.result {
            Ok(data) => {
                self.sessions.know(&data, &loaded.choice);
                self.data = Some(data);
                self.held = loaded.choice.clone();
                let there = self.data.as_ref().map_or(0, |data| data.len());
                self.draft.set_choice(loaded.choice, there);
                self.start();
            }
            Err(text) => {
                self.notice(text, true);
                // A window without data would have nothing to show.
                if self.data.is_none() && loaded.choice != DataChoice::default() {
                    self.loader.load(DataChoice::default(), Why::Run);
                }
            }
        }
    }

    pub(super) fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Path(Purpose::Data, path) => {
                self.load_drawn(DataChoice {
                    path: Some(path),
                    ..self.draft.choice.clone()
                });
            }
            Answer::Path(Purpose::Folder, path) => {
                self.settings.picture_folder = path.display().to_string();
            }
            Answer::Path(Purpose::Study, path) => {
                self.study_folder(&path);
            }
            Answer::Path(Purpose::Session, path) => self.open_session(path),
            Answer::Missing(Purpose::Session) => {
                let text = "There is no file dialog on this system: drop a session on the window, or \
                            start the program with its path.";
                self.notice(text, false);
            }
            Answer::Cancelled => {}
            Answer::Missing(Purpose::Data) => {
                let text = "There is no file dialog on this system: drop a file on the window, or type its path under Data on the left.";
                self.notice(text, false);
            }
            Answer::Missing(Purpose::Folder | Purpose::Study) => {
                self.notice(
                    "There is no file dialog on this system: type the folder beside Choose….",
                    false,
                );
            }
        }
    }

    pub(super) fn open_dialog(&mut self, purpose: Purpose) {
        let folder = self.settings.data_folder.clone();
        if let Err(error) = self
            .dialog
            .open(purpose, folder.as_deref(), Arc::clone(&self.wake))
        {
            self.notice(format!("The dialog could not be opened: {error}."), true);
        }
    }
}
