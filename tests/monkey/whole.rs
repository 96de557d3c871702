//! What is done with the settings as a whole, and what has to come of it: an enabled *Undo* changes
//! them, *Redo* after it changes them back, what was copied can be pasted and is the same, and what
//! is damaged changes nothing.

use std::time::Instant;

use dkae_explorer::training::{RunConfig, SettingsLine};
use dkae_explorer::ui::{App, DataChoice};
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::Harness;

use crate::action::Action;
use crate::eye::{self, Widget};
use crate::round::{Failure, REST, Round, broken, is_over};

/// The settings of the controls.
pub type Chosen = (RunConfig, DataChoice);

/// What may be done to a line between copying and pasting.
pub const DAMAGES: [(&str, &str); 8] = [
    ("", ""),
    ("", ""),
    ("dkae1", "dkae9"),
    ("seed=", "sead="),
    ("seed=", "seed=x"),
    ("sha256=", "sha256=0"),
    ("threads=", "lambda=2 threads="),
    ("dkae1", ""),
];

/// What the settings are.
pub fn chosen(harness: &Harness<'_, App>) -> Chosen {
    let (config, choice) = harness.state().settings();
    (config.clone(), choice.clone())
}

/// What was put on the clipboard in the last frame.
pub fn copied(harness: &Harness<'_, App>) -> Option<String> {
    let commands = &harness.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) if text.starts_with("dkae") => Some(text.clone()),
        _ => None,
    })
}

/// The keys of a wish.
pub fn keys(name: &str) -> (Modifiers, Key) {
    let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    match name {
        "Undo" => (Modifiers::COMMAND, Key::Z),
        "Redo" => (shift, Key::Z),
        _ => (Modifiers::COMMAND, Key::Y),
    }
}

impl Round<'_> {
    /// Whether keys and pastes are of the settings, and not of something else that is open.
    fn is_for_settings(&self) -> bool {
        let ctx = &self.harness.ctx;
        let live = self.widgets.iter().any(|w| w.name == "Copy settings");
        live && !eye::is_covered(ctx) && !ctx.text_edit_focused()
    }

    /// Whether an action takes a step back or forth, and can.
    pub fn steps(&self, action: &Action, widget: Option<&Widget>) -> bool {
        let can = |name: &str| {
            let mut buttons = self.widgets.iter().filter(|widget| widget.name == name);
            buttons.any(|widget| widget.enabled)
        };
        match action {
            Action::Whole { name } => {
                let button = if name == "Undo" { "Undo" } else { "Redo" };
                self.is_for_settings() && can(button)
            }
            _ => widget.is_some_and(|widget| {
                ["Undo", "Redo"].contains(&widget.name.as_str()) && self.lands(action, widget)
            }),
        }
    }

    /// A step back or forth was taken.
    pub fn stepped(&mut self, before: &Chosen) -> Result<(), Failure> {
        self.counts.undone += 1;
        if chosen(&self.harness) == *before {
            let found = format!("still {:?}", before.0);
            return broken("an enabled Undo or Redo changes the settings", found);
        }
        Ok(())
    }

    /// A line was copied: it is one, and the same when it is written again.
    pub fn look_at_copy(&mut self) -> Result<(), Failure> {
        let Some(text) = copied(&self.harness) else {
            return Ok(());
        };
        self.counts.copied += 1;
        match text.parse::<SettingsLine>() {
            Ok(line) if line.to_string() == text => {}
            Ok(line) => return broken("a line comes back as it was", format!("{text}\n{line}")),
            Err(error) => return broken("a copied line can be read", format!("{text}: {error}")),
        }
        self.line = Some(text);
        Ok(())
    }

    /// Pastes the line that was copied last, perhaps damaged.
    pub fn paste(&mut self, damage: u8) -> Result<(), Failure> {
        let Some(line) = self.line.clone() else {
            return Ok(());
        };
        let (from, to) = DAMAGES[usize::from(damage) % DAMAGES.len()];
        let text = line.replacen(from, to, 1);
        let (before, is_ours) = (chosen(&self.harness), self.is_for_settings());
        self.harness.input_mut().events.push(Event::Paste(text));
        // What a frame does is told in the next one.
        self.frames(2)?;
        if !is_ours {
            return Ok(());
        }
        self.counts.pasted += 1;
        let says = |round: &Self, words: &str| {
            let mut notices = round.widgets.iter().filter(|widget| widget.is_notice());
            notices.any(|notice| notice.name.contains(words))
        };
        if from != to {
            if !says(self, "Nothing was pasted") {
                return broken("a damaged line is refused", format!("{from} became {to}"));
            }
            // In that very frame the worker may have had a word, but none about these.
            let now = chosen(&self.harness);
            if (now.0.seed, &now.0.prior, &now.1) != (before.0.seed, &before.0.prior, &before.1) {
                return broken("a damaged line changes nothing", format!("{now:?}"));
            }
            return Ok(());
        }
        let wanted: Result<SettingsLine, _> = line.parse();
        let Ok(wanted) = wanted else { return Ok(()) };
        // Its data may have to be read.
        let (began, mut frames) = (Instant::now(), 0);
        while chosen(&self.harness).0.seed != wanted.config.seed || !says(self, "Settings pasted") {
            if says(self, "too many files") {
                return Ok(());
            }
            if is_over((began, frames)) {
                let notices = self.widgets.iter().filter(|widget| widget.is_notice());
                let notices: Vec<_> = notices.map(|notice| &notice.name).collect();
                let found = format!("{line}: {notices:?}");
                return broken("a line that was copied here can be pasted here", found);
            }
            frames += 1;
            std::thread::sleep(REST);
            self.frames(1)?;
        }
        Ok(())
    }
}
