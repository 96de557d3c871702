//! What keys and drops on the window ask for.

use egui::{Context, Key, KeyboardShortcut, Modifiers, Popup};

use super::App;
use crate::session::EXTENSION;
use crate::ui::intent::{Intent, Page};
use crate::ui::ladder::LadderIntent;
use crate::ui::loading::DataChoice;
use crate::ui::pins::PinIntent;
use crate::ui::sessions::SessionIntent;
use crate::view::RunState;
use crate::worker::protocol::End;

impl App {
    /// Keys that mean the same wherever the pointer is, unless somebody is typing.
    pub(super) fn keys(&self, ctx: &Context, intents: &mut Vec<Intent>) {
        if ctx.input(|input| input.key_pressed(Key::F1)) {
            intents.push(Intent::ToggleHelp);
        }
        if ctx.input(|input| input.key_pressed(Key::F12)) {
            intents.push(Intent::ToggleFrameTimes);
        }
        for (key, wish) in [
            (Key::S, SessionIntent::Save),
            (Key::O, SessionIntent::Browse),
        ] {
            let keys = KeyboardShortcut::new(Modifiers::COMMAND, key);
            if ctx.input_mut(|input| input.consume_shortcut(&keys)) {
                intents.push(Intent::Session(wish));
            }
        }
        let escape = ctx.input(|input| input.key_pressed(Key::Escape));
        // What is open, or being typed, is what Escape ends first.
        let is_free = !self.help.is_open() && !self.typing && !Popup::is_any_open(ctx);
        if escape && is_free && self.tour.is_open() {
            intents.push(Intent::EndTour);
        } else if escape
            && is_free
            && let Some(id) = self.notices.newest()
        {
            intents.push(Intent::Dismiss(id));
        }
        let busy = ctx.memory(|memory| memory.focused().is_some()) || self.help.is_open();
        if busy || !self.page.is_of_the_run() {
            return;
        }
        let space = ctx.input(|input| input.key_pressed(Key::Space));
        // Over a canvas arrows move what is drawn.
        let arrow = |key| !self.draws() && ctx.input(|input| input.key_pressed(key));
        let (left, right) = (arrow(Key::ArrowLeft), arrow(Key::ArrowRight));
        for (key, wish) in [(Key::P, PinIntent::Pin), (Key::B, PinIntent::Blink)] {
            if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
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
