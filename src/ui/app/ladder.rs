//! The ladder in the application: when it is made by itself, and what a person wants of it.

use super::App;
use crate::exhibit::made::{Fields, Shows};
use crate::experiment::ladder::Dial;
use crate::picture::saved::{Format, Picture, made_at};
use crate::report::run::{Making, content, of_exhibit};
use crate::ui::ladder::LadderIntent;
use crate::view::RunState;
use crate::worker::protocol::{Command, RunId, StartRequest};

impl App {
    /// Makes the ladder if it is due, and has it wait while the cores are wanted.
    pub(super) fn tend_ladder(&mut self) {
        if self.settings.ladder && !self.study.view.is_open() && self.ladder.is_due(&self.run) {
            self.build_ladder();
        }
        let trains = self.run.state == RunState::Running || self.run.is_pending();
        self.ladder.tend(trains || self.study.view.is_open());
    }

    fn build_ladder(&mut self) {
        if let Err(text) = self.ladder.start(&self.run) {
            self.settings.ladder = false;
            self.notice(text, true);
        }
    }

    /// Carries out a wish.
    pub(super) fn act_on_ladder(&mut self, intent: LadderIntent) {
        match intent {
            LadderIntent::Build => {
                self.settings.ladder = true;
                self.build_ladder();
            }
            LadderIntent::Hold(held) => self.ladder.held = held,
            LadderIntent::Off => {
                self.settings.ladder = false;
                self.ladder.off();
            }
            LadderIntent::Choose(place) => {
                self.ladder.view.choose(place);
                self.ladder.look_at(place);
            }
            LadderIntent::Step(up) => {
                let from = Dial::Lambda.of(&self.draft.config);
                self.ladder.view.step(from, up);
            }
            LadderIntent::Look(place) => self.ladder.view.look_at(Some(place)),
            LadderIntent::Leave => self.ladder.view.leave(),
            LadderIntent::TrainOn => self.train_on_from_rung(),
        }
    }

    /// A run that goes on from the network on show, under its own λ.
    fn train_on_from_rung(&mut self) {
        let Some((data, fitted, checkpoint)) = self.ladder.to_go_on() else {
            return;
        };
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
                self.draft.replace(config);
                self.ladder.view.leave();
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
        let seed = self.run.config.as_ref().map_or(0, |config| config.seed);
        let step = |step: Option<u64>| step.map_or_else(String::new, |step| format!("-step{step}"));
        match self.ladder.view.on_show() {
            // The curves are the run's.
            Some(rung) if picture != Picture::Losses => {
                let exhibit = &rung.exhibit;
                let made = of_exhibit(exhibit, picture, format)?;
                let step = step(made_at(exhibit, picture));
                Some((made, format!("-seed{seed}-{}{step}", exhibit.stem)))
            }
            _ => {
                let made = content(&self.run, picture, format)?;
                Some((
                    made,
                    format!("-seed{seed}{}", step(self.run.made_at(Some(picture)))),
                ))
            }
        }
    }

    /// What made the window as it stands.
    pub(super) fn window_fields(&self) -> Fields {
        let title = "dkAE Explorer";
        let Some(rung) = self.ladder.view.on_show() else {
            return self.run.text_fields(title, None);
        };
        let exhibit = &rung.exhibit;
        let digits = format!("{} of {}", exhibit.images.count, exhibit.images.set.name());
        let shows = Shows {
            step: Some(exhibit.step()),
            ..Shows::default()
        };
        exhibit.made.fields(title, Some(digits), &shows)
    }
}
