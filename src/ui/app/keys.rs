//! What keys and drops on the window ask for.

use egui::{Context, Popup};

use super::App;
use crate::session::EXTENSION;
use crate::ui::intent::{Intent, Page};
use crate::ui::keys;
use crate::ui::ladder::LadderIntent;
use crate::ui::loading::DataChoice;
use crate::ui::pins::PinIntent;
use crate::ui::sessions::SessionIntent;
use crate::view::RunState;
use crate::worker::protocol::End;

impl App {
    /// Keys that mean the same wherever the pointer is, unless somebody is typing.
    pub(super) fn keys(&self, ctx: &Context, intents: &mut Vec<Intent>) {
        if keys::HELP.pressed(ctx) {
            intents.push(Intent::ToggleHelp);
        }
        if keys::TIMES.pressed(ctx) {
            intents.push(Intent::ToggleFrameTimes);
        }
        let free = ctx.memory(|memory| memory.focused().is_none());
        if (free || self.key_list.is_open()) && !self.help.is_open() && keys::KEYS.pressed(ctx) {
            intents.push(Intent::ToggleKeys);
        }
        for (key, wish) in [
            (keys::SAVE, SessionIntent::Save),
            (keys::OPEN, SessionIntent::Browse),
        ] {
            if key.taken(ctx) {
                intents.push(Intent::Session(wish));
            }
        }
        let escape = keys::ESCAPE.pressed(ctx);
        // What is open, or being typed, is what Escape ends first.
        let is_open = self.help.is_open() || self.key_list.is_open();
        let is_free = !is_open && !self.typing && !Popup::is_any_open(ctx);
        if escape && is_free && self.tour.is_open() {
            intents.push(Intent::EndTour);
        } else if escape
            && is_free
            && let Some(id) = self.notices.newest()
        {
            intents.push(Intent::Dismiss(id));
        }
        if !free || is_open || !self.page.is_of_the_run() {
            return;
        }
        let space = keys::SPACE.pressed(ctx);
        // Over a canvas arrows move what is drawn.
        let draws = self.draws();
        let arrow = |key: &keys::Shortcut| !draws && key.pressed(ctx);
        let (left, right) = (arrow(&keys::LEFT), arrow(&keys::RIGHT));
        for (key, wish) in [(keys::PIN, PinIntent::Pin), (keys::BLINK, PinIntent::Blink)] {
            if key.taken(ctx) {
                intents.push(Intent::Pin(wish));
            }
        }
        let compares = self.ladder.view.compares();
        if compares && (left || right) {
            intents.push(Intent::Ladder(LadderIntent::Step(right)));
        }
        if space && self.chosen().is_some() && self.run.state != RunState::Running {
            intents.push(Intent::TrainOn);
            return;
        }
        match self.run.state {
            RunState::Running if space => intents.push(Intent::Pause),
            RunState::Paused | RunState::Finished(End::Stopped) if space => {
                intents.push(Intent::Resume);
            }
            RunState::Paused if right && !compares => intents.push(Intent::Step),
            _ => {}
        }
    }

    /// Whether arrow keys and undo are a drawing's.
    pub(super) fn draws(&self) -> bool {
        self.page == Page::Inside && self.inside.takes_keys()
    }

    pub(super) fn drops(&self, ctx: &Context, intents: &mut Vec<Intent>) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        if let Some(file) = dropped.first() {
            let is_session = file.path().extension().is_some_and(|end| end == EXTENSION);
            if is_session {
                let open = SessionIntent::Open(file.path().to_owned());
                intents.push(Intent::Session(open));
                return;
            }
            let path = Some(file.path().to_owned());
            intents.push(Intent::Load(DataChoice {
                path,
                ..self.draft.choice.clone()
            }));
        }
    }
}
