//! The code space of the network on show.

use egui::Ui;

use super::Facts;
use crate::ui::intent::Intent;

/// The tab.
#[derive(Default)]
pub struct Map {}

impl Map {
    /// Shows it in the room there is.
    pub fn show(&mut self, _ui: &mut Ui, _facts: &Facts<'_>, _intents: &mut Vec<Intent>) {}
}
