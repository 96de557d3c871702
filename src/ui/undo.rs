//! What can be undone: the settings of the controls, and the choice of data that belongs to them.
//!
//! After each frame the window shows what the settings are; what differs from the last step is the
//! next one. While a mouse button or a key is down a change is still being made, so that a drag is
//! one step, and so are a preset and a paste.

use egui::Context;
use egui::util::undoer::{Settings, Undoer};

use super::keys::{REDO, UNDO};
use super::loading::DataChoice;
use crate::training::config::RunConfig;

/// Steps that can be undone at the most.
const DEPTH: usize = 100;

/// What a person wants of the settings as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsIntent {
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// Put those of what is on show on the clipboard, as a line.
    Copy,
    /// Ask for what is on the clipboard.
    AskPaste,
    /// Take those of this line.
    Paste(String),
}

/// The settings of the controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Of a run.
    pub config: RunConfig,
    /// The data.
    pub choice: DataChoice,
}

/// The steps.
pub struct History {
    steps: Undoer<Chosen>,
}

impl Default for History {
    fn default() -> Self {
        // When a step ends is said by the hand, not by time.
        let settings = Settings {
            max_undos: DEPTH + 1,
            ..Settings::default()
        };
        Self {
            steps: Undoer::with_settings(settings),
        }
    }
}

impl History {
    /// The settings as they are after a frame.
    pub fn see(&mut self, ctx: &Context, now: &Chosen) {
        let in_hand = ctx.input(|input| input.pointer.any_down() || !input.keys_down.is_empty());
        if !in_hand {
            self.take(now);
        }
    }

    /// A step ends with these settings, if they differ from those before.
    fn take(&mut self, now: &Chosen) {
        // The first call forgets what was undone, if something has changed since; the second makes
        // the step, for which the first would wait.
        self.steps.feed_state(0.0, now);
        self.steps.add_undo(now);
    }

    /// Whether there is a step to take back, and one to make again.
    #[must_use]
    pub fn can(&self, now: &Chosen) -> [bool; 2] {
        [self.steps.has_undo(now), self.steps.has_redo(now)]
    }

    /// The settings before the last step.
    pub fn undo(&mut self, now: &Chosen) -> Option<Chosen> {
        self.steps.undo(now).cloned()
    }

    /// The settings after the step that was taken back last.
    pub fn redo(&mut self, now: &Chosen) -> Option<Chosen> {
        self.steps.redo(now).cloned()
    }

    /// A change was refused, and is no step.
    pub fn refused(&mut self, wanted: &Chosen) {
        self.steps.undo(wanted);
        // That is not the state to go on from, so that it is forgotten.
        self.steps.redo(wanted);
    }
}

/// What the keys ask for.
#[must_use]
pub fn keys(ctx: &Context) -> Option<SettingsIntent> {
    // Of the longer ones first: Shift is not looked at where a shortcut does not have it.
    if REDO.iter().any(|keys| keys.taken(ctx)) {
        return Some(SettingsIntent::Redo);
    }
    UNDO.taken(ctx).then_some(SettingsIntent::Undo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::Preset;

    fn chosen(lambda: f64) -> Chosen {
        let mut config = Preset::Quick.config();
        config.training.lambda = lambda;
        Chosen {
            config,
            choice: DataChoice::default(),
        }
    }

    /// A history of these λ.
    fn history(lambdas: &[f64]) -> History {
        let mut history = History::default();
        for &lambda in lambdas {
            history.take(&chosen(lambda));
        }
        history
    }

    fn lambda(chosen: Option<Chosen>) -> Option<f64> {
        chosen.map(|chosen| chosen.config.training.lambda)
    }

    #[test]
    fn steps_are_taken_back_and_made_again_until_something_else_is_done() {
        let mut history = history(&[0.1, 0.1, 0.2, 0.3]);
        assert_eq!(history.can(&chosen(0.3)), [true, false]);
        assert_eq!(lambda(history.undo(&chosen(0.3))), Some(0.2));
        history.take(&chosen(0.2));
        assert_eq!(history.can(&chosen(0.2)), [true, true]);
        assert_eq!(lambda(history.undo(&chosen(0.2))), Some(0.1));
        assert_eq!(lambda(history.undo(&chosen(0.1))), None);
        assert_eq!(history.can(&chosen(0.1)), [false, true]);
        assert_eq!(lambda(history.redo(&chosen(0.1))), Some(0.2));
        history.take(&chosen(0.9));
        assert_eq!(history.can(&chosen(0.9)), [true, false]);
        assert_eq!(lambda(history.redo(&chosen(0.9))), None);
        assert_eq!(lambda(history.undo(&chosen(0.9))), Some(0.2));
    }

    #[test]
    fn what_is_still_being_made_is_taken_back_too() {
        let mut history = history(&[0.1]);
        assert_eq!(history.can(&chosen(0.5)), [true, false]);
        assert_eq!(lambda(history.undo(&chosen(0.5))), Some(0.1));
        assert_eq!(lambda(history.redo(&chosen(0.1))), Some(0.5));
    }

    #[test]
    fn a_hundred_steps_are_kept() {
        let lambdas: Vec<_> = (0..300).map(|step| f64::from(step) / 300.0).collect();
        let mut history = history(&lambdas);
        let mut now = chosen(lambdas[299]);
        let mut steps = 0;
        while let Some(before) = history.undo(&now) {
            now = before;
            steps += 1;
        }
        assert_eq!(steps, DEPTH);
    }

    #[test]
    fn a_refused_change_is_no_step() {
        let mut history = history(&[0.1, 0.2, 0.9]);
        history.refused(&chosen(0.9));
        history.take(&chosen(0.2));
        assert_eq!(history.can(&chosen(0.2)), [true, false]);
        assert_eq!(lambda(history.undo(&chosen(0.2))), Some(0.1));
        // The same if it was still being made.
        let mut history = self::history(&[0.1]);
        history.refused(&chosen(0.9));
        history.take(&chosen(0.1));
        assert_eq!(history.can(&chosen(0.1)), [false, false]);
    }
}
