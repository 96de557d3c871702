//! What is on show in the application: the run's network, or one beside it; what is saved of it, and how a run
//! goes on from it.

use std::path::PathBuf;
use std::sync::Arc;

use super::App;
use crate::data::DataSet;
use crate::exhibit::Exhibit;
use crate::exhibit::made::{Fields, Shows};
use crate::picture::saved::{Format, Picture, made_at};
use crate::report::run::{Making, content, of_exhibit};
use crate::training::{Checkpoint, Fitted};
use crate::ui::export;
use crate::view::beside::Beside;
use crate::worker::protocol::{Command, RunId, StartRequest};

impl App {
    /// Whether there is a network that could be pinned, and is not yet.
    pub(super) fn has_network(&self) -> bool {
        let of_run = self.run.exhibit().is_some_and(|e| e.network.is_some());
        match self.on_show() {
            Some(Beside::Pin(_)) => false,
            Some(Beside::Rung(_)) => true,
            None => of_run,
        }
    }

    /// The network that a run would go on from, if it is not the run's: one that was chosen, and not only
    /// looked at.
    pub(super) fn chosen(&self) -> Option<Beside<'_>> {
        Beside::chosen(&self.pins, &self.ladder.view)
    }

    /// The network on show, if it is not the run's.
    pub(super) fn on_show(&self) -> Option<Beside<'_>> {
        Beside::on_show(&self.pins, &self.ladder.view)
    }

    /// A run that goes on from the network on show, under its own settings.
    pub(super) fn train_on_beside(&mut self) {
        let threads = self.threads_on_show();
        let from = match self.chosen() {
            Some(Beside::Rung(_)) => self.ladder.to_go_on(),
            Some(Beside::Pin(pin)) => {
                let network = Checkpoint::clone(&pin.network);
                (pin.ground.clone()).map(|(data, fitted)| (data, fitted, network))
            }
            None => return,
        };
        let Some((data, fitted, checkpoint)) = from else {
            self.notice("The prior of this network is not there yet.", false);
            return;
        };
        self.go_on_from((data, fitted), checkpoint, threads);
    }

    fn go_on_from(
        &mut self,
        (data, fitted): (Arc<DataSet>, Fitted),
        checkpoint: Checkpoint,
        threads: Option<usize>,
    ) {
        let run = RunId(self.next_run);
        self.next_run += 1;
        self.unsent = None;
        let config = checkpoint.config.clone();
        let request = Box::new(StartRequest {
            run,
            data,
            config: config.clone(),
            from: Some(Box::new((fitted, checkpoint))),
        });
        let Some(link) = self.link() else { return };
        match link.send(Command::Start(request)) {
            Ok(()) => {
                self.run.expect(run);
                self.begun = threads.map(|threads| (run, threads));
                self.draft.replace(config);
                self.ladder.view.leave();
                self.pins.leave();
            }
            Err(error) => self.notice(format!("No run could be started: {error}."), true),
        }
    }

    /// A picture of what is on show, in a format, and the name of its file but for the ending.
    pub(super) fn picture_on_show(
        &self,
        picture: Picture,
        format: Format,
    ) -> Option<(Making, String)> {
        let step = |step: Option<u64>| step.map_or_else(String::new, |step| format!("-step{step}"));
        // Kernels go out as they are looked at.
        let seen = |exhibit: &Arc<Exhibit>| match picture {
            Picture::Kernel(..) => {
                let (seen, look) = self.live.looked_at(exhibit);
                (Arc::new(seen.with_looks(self.settings.looks)), look)
            }
            _ => (Arc::clone(exhibit), String::new()),
        };
        match self.on_show() {
            // The curves are the run's.
            Some(beside) if picture != Picture::Losses => {
                let (exhibit, look) = seen(beside.exhibit());
                let made = of_exhibit(&exhibit, picture, format)?;
                let (seed, stem) = (exhibit.made.began.seed, beside.stem());
                let step = step(made_at(&exhibit, picture));
                Some((made, format!("-seed{seed}{stem}{look}{step}")))
            }
            _ => {
                let exhibit = self.run.exhibit().map(seen);
                let (made, look) = match exhibit {
                    Some((exhibit, look)) if picture != Picture::Losses => {
                        (of_exhibit(&exhibit, picture, format)?, look)
                    }
                    _ => (content(&self.run, picture, format)?, String::new()),
                };
                let seed = self.run.config.as_ref().map_or(0, |config| config.seed);
                let step = step(self.run.made_at(Some(picture)));
                Some((made, format!("-seed{seed}{look}{step}")))
            }
        }
    }

    /// What made the window as it stands.
    pub(super) fn window_fields(&self) -> Fields {
        let title = "dkAE Explorer";
        let Some(beside) = self.on_show() else {
            return self.run.text_fields(title, None);
        };
        let exhibit = beside.exhibit();
        let digits = format!("{} of {}", exhibit.images.count, exhibit.images.set.name());
        let shows = Shows {
            step: Some(exhibit.step()),
            ..Shows::default()
        };
        exhibit.made.fields(title, Some(digits), &shows)
    }

    /// A name for a picture of the window: `window-seed1-step500.png`.
    pub(super) fn window_file(&self) -> PathBuf {
        let (seed, stem, step) = match self.on_show() {
            Some(beside) => {
                let exhibit = beside.exhibit();
                let seed = exhibit.made.began.seed;
                (seed, beside.stem(), Some(exhibit.step()))
            }
            None => {
                let seed = self.run.config.as_ref().map_or(0, |config| config.seed);
                (seed, String::new(), self.run.made_at(None))
            }
        };
        let step = step.map_or_else(String::new, |step| format!("-step{step}"));
        let folder = PathBuf::from(self.settings.picture_folder.trim());
        export::free_name(&folder, &format!("window-seed{seed}{stem}{step}"), "png")
    }
}
