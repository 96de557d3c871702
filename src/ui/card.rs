//! The ground that a panel stands on.

use egui::{Rect, Ui, UiBuilder};

use super::theme::{self, UNIT};

/// Contents on a card of this size; what does not fit is cut at the card's edge.
pub fn card(ui: &mut Ui, rect: Rect, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, 6, theme::of(ui).card);
    let inner = rect.shrink(UNIT);
    ui.scope_builder(UiBuilder::new().max_rect(inner).id_salt(name), |ui| {
        ui.set_clip_rect(rect.shrink(2.0).intersect(ui.clip_rect()));
        content(ui);
    });
}
