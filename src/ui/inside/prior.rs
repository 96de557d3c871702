//! What the prior is made of.

use egui::Ui;

use super::Facts;
use crate::ui::intent::Intent;

/// The tab.
#[derive(Default)]
pub struct Prior {}

impl Prior {
    /// Shows it in the room there is.
    pub fn show(&mut self, _ui: &mut Ui, _facts: &Facts<'_>, _intents: &mut Vec<Intent>) {}
}
