//! The ladder in the application: when it is made by itself, and what a person wants of it.

use super::App;
use crate::experiment::ladder::Dial;
use crate::ui::experiments::OfLadder;
use crate::ui::intent::Page;
use crate::ui::ladder::LadderIntent;
use crate::ui::sessions::choice_of;
use crate::view::RunState;

impl App {
    /// Makes the ladder if it is due, and has it wait while the cores are wanted.
    pub(super) fn tend_ladder(&mut self) {
        if self.settings.ladder && !self.study.view.is_open() && self.ladder.is_due(&self.run) {
            self.build_ladder();
        }
        let trains = self.run.state == RunState::Running || self.run.is_pending();
        self.ladder
            .tend(&self.run, trains || self.study.view.is_open());
    }

    fn build_ladder(&mut self) {
        if let Err(text) = self.ladder.start(&self.run, Vec::new()) {
            self.notice(text, true);
        }
    }

    /// The form of a study stands for the ladder: a start keeps its networks in a folder.
    fn study_of_ladder(&mut self) {
        if self.study.view.is_open() {
            let text = "A study works already: stop it first, or wait for its end.";
            return self.notice(text, true);
        }
        let checksum = self.ladder.checksum().unwrap_or_default();
        let record = self.sessions.record(checksum);
        let plan = record.as_ref().and_then(|record| self.ladder.study(record));
        let (Some(record), Some(plan)) = (record, plan) else {
            let text = "No study can be made of this ladder: its samples were drawn under another seed than its run's. Start a new run, which draws them under its own.";
            return self.notice(text, true);
        };
        let choice = choice_of(&record);
        self.experiments.form.of_ladder(OfLadder {
            plan,
            images: choice.path,
            collection: choice.collection,
        });
        self.turn_to(Page::Experiments);
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
                self.pins.leave();
                self.ladder.view.choose(place);
                self.ladder.look_at(place);
            }
            LadderIntent::Step(up) => {
                let from = Dial::Lambda.of(&self.draft.config);
                self.pins.leave();
                self.ladder.view.step(from, up);
            }
            LadderIntent::Look(place) => self.ladder.view.look_at(Some(place)),
            LadderIntent::Leave => {
                self.pins.leave();
                self.ladder.view.leave();
            }
            LadderIntent::Study => self.study_of_ladder(),
        }
    }
}
