//! An image of one's own: drawn at the left, and what P, C and the network say of it at the right.
//!
//! The drawing stays when another network comes on show; what is said of it follows that.

mod asking;
mod hand;
mod images;
mod place;
mod rows;

use egui::{Rect, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2};

use self::asking::Asking;
use self::hand::Hand;
use self::images::Tiles;
use self::place::Place;
use self::rows::KernelRow;
use super::Facts;
use crate::exhibit::KernelOf;
use crate::exhibit::sketch::Subject;
use crate::ui::digits::place_holder;
use crate::ui::intent::Intent;
use crate::ui::theme::UNIT;

/// Width of the canvas and what is below it.
const LEFT: f32 = 29.0 * UNIT;
/// The same on a wide page.
const WIDE_LEFT: f32 = 36.0 * UNIT;
/// From this width on a page is wide.
const WIDE: f32 = 112.0 * UNIT;

/// The tab.
#[derive(Default)]
pub struct Draw {
    hand: Hand,
    asking: Asking,
    prior: KernelRow,
    codes: KernelRow,
    tiles: Tiles,
    place: Place,
}

impl Draw {
    /// Whether keys are the canvas's: the pointer was over it in the last frame.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        self.hand.takes_keys()
    }

    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, _intents: &mut Vec<Intent>) {
        let whole = ui.available_rect_before_wrap();
        let wide = whole.width() > WIDE;
        let width = if wide { WIDE_LEFT } else { LEFT };
        let left = whole.with_max_x(whole.left() + width);
        let right = Rect::from_min_max(pos2(left.right() + 2.0 * UNIT, whole.top()), whole.max);
        let subject = Subject {
            exhibit: facts.exhibit.clone(),
            ground: facts.ground.cloned(),
        };
        scrolled(ui, left, "hand", |ui| {
            self.hand.show(ui, &facts.exhibit.images);
            self.asking.follow(ui, &subject, self.hand.drawing());
            if let Some(answer) = self.asking.answer() {
                self.place.show(ui, answer);
            }
        });
        scrolled(ui, right, "answer", |ui| self.said(ui, right));
        ui.advance_cursor_after_rect(whole);
    }

    /// What is said of the drawing.
    fn said(&mut self, ui: &mut Ui, room: Rect) {
        let Some(answer) = self.asking.answer() else {
            let text = if self.hand.drawing().is_blank() {
                "Draw on the canvas, or load an image and change it. What P and C find it near to, its \
                 reconstruction and its noisy self appear here."
            } else {
                "The drawing is being looked at…"
            };
            let area = room.with_max_y((room.top() + 12.0 * UNIT).min(room.bottom()));
            place_holder(ui, area, text);
            let response = ui.interact(area, ui.scope_id().with("nothing yet"), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, text));
            return;
        };
        self.prior.show(ui, answer, KernelOf::Prior);
        ui.add_space(UNIT);
        self.codes.show(ui, answer, KernelOf::Codes);
        ui.add_space(UNIT);
        self.tiles.show(ui, answer);
    }
}

/// Contents of a column, which scrolls where they are too long.
fn scrolled(ui: &mut Ui, rect: Rect, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(name), |ui| {
        ScrollArea::vertical()
            .id_salt(name)
            .auto_shrink([false, false])
            .show(ui, content);
    });
}
