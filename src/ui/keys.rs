//! All keys of the window, and the list of them. The window reads its keys from here, so that the list is true.

use egui::{Context, Grid, Id, Key, KeyboardShortcut, Modal, Modifiers, RichText, Ui, vec2};

use super::theme::UNIT;

/// A key, and what it does.
pub struct Shortcut {
    keys: KeyboardShortcut,
    /// What it does.
    pub about: &'static str,
}

impl Shortcut {
    const fn new(modifiers: Modifiers, key: Key, about: &'static str) -> Self {
        Self {
            keys: KeyboardShortcut::new(modifiers, key),
            about,
        }
    }

    /// Whether it is pressed, with whatever is held beside it.
    #[must_use]
    pub fn pressed(&self, ctx: &Context) -> bool {
        ctx.input(|input| input.key_pressed(self.keys.logical_key))
    }

    /// Whether it is pressed; nobody else hears of it then.
    #[must_use]
    pub fn taken(&self, ctx: &Context) -> bool {
        ctx.input_mut(|input| input.consume_shortcut(&self.keys))
    }

    /// As it is written.
    #[must_use]
    pub fn name(&self, ctx: &Context) -> String {
        ctx.format_shortcut(&self.keys)
    }
}

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Opens and closes the list of keys.
pub const KEYS: Shortcut = Shortcut::new(NONE, Key::Questionmark, "this list");
/// Opens and closes the explanation.
pub const HELP: Shortcut = Shortcut::new(NONE, Key::F1, "how to read this window");
/// Pauses, goes on, trains on.
pub const SPACE: Shortcut = Shortcut::new(
    NONE,
    Key::Space,
    "pause the run, let it go on; train on from the network on show",
);
/// A step, or the next network.
pub const RIGHT: Shortcut = Shortcut::new(
    NONE,
    Key::ArrowRight,
    "one step of a paused run; while networks are compared, the next one",
);
/// The network before.
pub const LEFT: Shortcut = Shortcut::new(
    NONE,
    Key::ArrowLeft,
    "while networks are compared, the one before",
);
/// Pins.
pub const PIN: Shortcut = Shortcut::new(NONE, Key::P, "pin the network on show");
/// To the last pin and back.
pub const BLINK: Shortcut = Shortcut::new(NONE, Key::B, "to the last pin, and back");
/// Dismisses a notice.
pub const ESCAPE: Shortcut = Shortcut::new(
    NONE,
    Key::Escape,
    "end what is typed; close what is open; take the newest notice away",
);
/// Saves a session.
pub const SAVE: Shortcut = Shortcut::new(COMMAND, Key::S, "save the session");
/// Opens one.
pub const OPEN: Shortcut = Shortcut::new(COMMAND, Key::O, "open a session");
/// Takes back a change of the settings.
pub const UNDO: Shortcut = Shortcut::new(COMMAND, Key::Z, "take back the last change of settings");
/// Makes it again.
pub const REDO: [Shortcut; 2] = [
    Shortcut::new(COMMAND_SHIFT, Key::Z, "make it again"),
    Shortcut::new(COMMAND, Key::Y, "make it again"),
];
/// How quick the window is.
pub const TIMES: Shortcut = Shortcut::new(NONE, Key::F12, "how quick the window is");

/// Keys that the toolkit reads for us.
const OF_THE_TOOLKIT: [Shortcut; 5] = [
    Shortcut::new(COMMAND, Key::V, "take the settings line on the clipboard"),
    Shortcut::new(COMMAND, Key::Plus, "larger text"),
    Shortcut::new(COMMAND, Key::Minus, "smaller text"),
    Shortcut::new(COMMAND, Key::Num0, "text of the usual size"),
    Shortcut::new(
        NONE,
        Key::Tab,
        "to the next control; arrows move sliders and knobs, Space presses buttons",
    ),
];

/// All of them, in the order of the list.
#[must_use]
pub fn all() -> Vec<Shortcut> {
    let [first_redo, second_redo] = REDO;
    let ours = [
        SPACE,
        RIGHT,
        LEFT,
        PIN,
        BLINK,
        UNDO,
        first_redo,
        second_redo,
        SAVE,
        OPEN,
    ];
    let last = [ESCAPE, KEYS, HELP, TIMES];
    ours.into_iter().chain(OF_THE_TOOLKIT).chain(last).collect()
}

/// The list.
#[derive(Default)]
pub struct KeyList {
    open: bool,
}

impl KeyList {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Shows it while it is open; closes by its button, by Escape, or by a click beside it.
    pub fn show(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        let modal = Modal::new(Id::unique("keys")).show(ctx, |ui| {
            ui.set_width(64.0 * UNIT);
            ui.horizontal(|ui| {
                ui.heading("Keys");
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Close").clicked() {
                        ui.close();
                    }
                });
            });
            ui.add_space(UNIT);
            list(ui);
            ui.add_space(UNIT);
            let text = "In a kernel: the wheel zooms, a drag moves, a click marks a cell, a double click shows everything; a click on the strip at its left marks a row, on the one above a class.";
            ui.label(RichText::new(text).small().weak());
        });
        if modal.should_close() {
            self.open = false;
        }
    }
}

fn list(ui: &mut Ui) {
    let ctx = ui.ctx().clone();
    Grid::new("list of keys")
        .num_columns(2)
        .spacing(vec2(2.0 * UNIT, UNIT / 4.0))
        .show(ui, |ui| {
            for shortcut in all() {
                ui.label(RichText::new(shortcut.name(&ctx)).strong());
                ui.label(shortcut.about);
                ui.end_row();
            }
        });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let all = all();
        let keys: HashSet<_> = all
            .iter()
            .map(|shortcut| (shortcut.keys.modifiers, shortcut.keys.logical_key))
            .collect();
        assert_eq!(keys.len(), all.len());
    }
}
