//! Pins in the application: how a network becomes one, and what is on show in the place of the run.

use std::path::PathBuf;
use std::sync::Arc;

use super::App;
use crate::exhibit::Exhibit;
use crate::picture::saved::Content;
use crate::report::run::Making;
use crate::training::RunConfig;
use crate::ui::export::{self, Job};
use crate::ui::pins::PinIntent;
use crate::view::beside::Beside;
use crate::view::pins::{Entry, Pin, table, until};
use crate::worker::protocol::{Command, Pinned};

impl App {
    /// Carries out a wish.
    pub(super) fn act_on_pins(&mut self, intent: PinIntent) {
        match intent {
            PinIntent::Pin => self.pin(),
            PinIntent::Remove(number) => self.pins.remove(number),
            PinIntent::Swap(number) => self.pins.swap(number),
            PinIntent::Blink => self.pins.blink(),
            PinIntent::Table => self.save_table(),
        }
    }

    /// Pins the network on show: a rung at once, the run's when the worker has handed it over.
    fn pin(&mut self) {
        if !self.pins.has_room() {
            self.notice("Four networks are pinned; take one away first.", false);
            return;
        }
        match self.on_show() {
            Some(Beside::Pin(_)) => self.notice("This network is pinned already.", false),
            Some(Beside::Rung(rung)) => {
                let rung = Arc::clone(rung);
                let ground = self.ladder.ground();
                let threads = self.ladder.threads_of(&rung);
                self.pins.add(|number| Pin {
                    number,
                    exhibit: Arc::clone(&rung.exhibit),
                    network: Arc::clone(rung.network.checkpoint()),
                    ground,
                    threads,
                    validation: until(rung.losses.step, &[rung.losses]),
                });
            }
            None => self.pin_run(),
        }
    }

    fn pin_run(&mut self) {
        let (Some(run), true) = (self.run.run(), self.has_network()) else {
            self.notice("There is no network yet that could be pinned.", false);
            return;
        };
        let Some(link) = self.link() else { return };
        if let Err(error) = link.send(Command::Pin(run)) {
            self.notice(format!("The network was not pinned: {error}."), true);
        }
    }

    /// The worker has handed the network over that was to be pinned.
    pub(super) fn pinned(&mut self) {
        let Some(Pinned { exhibit, network }) = self.run.take_pinned() else {
            return;
        };
        let snapshot = self.run.snapshot.as_ref();
        let ground = snapshot.and_then(|newest| newest.fitted.clone());
        let validation = until(exhibit.step(), self.run.validation.points());
        let threads = self.run_threads().unwrap_or(1);
        let added = self.pins.add(|number| Pin {
            number,
            exhibit,
            network,
            ground,
            threads,
            validation,
        });
        if added.is_none() {
            self.notice("Four networks are pinned; take one away first.", false);
        }
    }

    /// Saves the pins, and what is on show, as a table.
    fn save_table(&mut self) {
        let run: Option<(&Exhibit, &RunConfig)> =
            (self.run.exhibit().map(AsRef::as_ref)).zip(self.run.config.as_ref());
        let run = run.map(|(exhibit, config)| Entry {
            name: "the run".to_owned(),
            exhibit,
            config,
        });
        let rung = self.ladder.view.on_show().map(|rung| Entry {
            name: Beside::Rung(rung).name(),
            exhibit: &rung.exhibit,
            config: rung.network.config(),
        });
        let pins = self.pins.all().iter().map(|pin| Entry {
            name: pin.name(),
            exhibit: &pin.exhibit,
            config: &pin.network.config,
        });
        let entries: Vec<_> = run.into_iter().chain(rung).chain(pins).collect();
        let content = Making::Made(Content::Text(table(&entries)));
        let folder = PathBuf::from(self.settings.picture_folder.trim());
        let path = export::free_name(&folder, "networks", "csv");
        if !self.saver.save(Job { path, content }) {
            let text = "Too many files are being written; please wait for them.";
            self.notice(text, true);
        }
    }
}
