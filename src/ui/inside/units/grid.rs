//! All units of a code side by side, the most used one first.

use std::sync::Arc;

use egui::{
    Align2, Color32, CursorIcon, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};
use ndarray::Array2;

use crate::exhibit::numbers;
use crate::exhibit::units::{Sheet, Unit, Units};
use crate::picture::colour;
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};

/// The side of a small picture in points, as near as whole multiples of its pixels come.
const SIDE: f32 = 7.0 * UNIT;
/// Height of a unit's number and σ.
const FIGURE: f32 = 13.0;
/// Between two units.
const GAP: f32 = 6.0;

/// The panel.
#[derive(Default)]
pub struct Grid {
    texture: Texture,
    /// Of which codes, on which ground.
    painted: Option<(Arc<Array2<f32>>, bool)>,
    /// The order that the units stand in.
    order: Vec<usize>,
}

impl Grid {
    /// Shows the units; gives the one that is clicked.
    pub fn show(&mut self, ui: &mut Ui, units: &Units, chosen: Option<usize>) -> Option<usize> {
        let area = ui.available_rect_before_wrap();
        // Nothing moves away from under the hand.
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let here = pointer.is_some_and(|at| area.contains(at));
        if !here || self.order.len() != units.all.len() {
            self.order.clone_from(&units.by_use);
        }
        if let Some(sheet) = &units.sheet {
            self.paint(ui, &units.codes, sheet);
        }
        let tile = tile(ui, units.sheet.as_ref());
        let cell = vec2(tile.x.max(SIDE), tile.y + FIGURE);
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        let width = ui.available_width() - 2.0 * UNIT;
        let columns = (((width + GAP) / (cell.x + GAP)) as usize).max(1);
        let rows = self.order.len().div_ceil(columns);
        let mut clicked = None;
        ScrollArea::vertical()
            .id_salt("units")
            .auto_shrink(false)
            .show_rows(ui, cell.y, rows, |ui, rows| {
                for row in rows {
                    let size = vec2(ui.available_width(), cell.y);
                    let (line, _) = ui.allocate_exact_size(size, Sense::hover());
                    let units_here = self.order.iter().skip(row * columns).take(columns);
                    for (column, &index) in units_here.enumerate() {
                        let left = line.left() + column as f32 * (cell.x + GAP);
                        let place = Rect::from_min_size(pos2(left.round(), line.top()), cell);
                        let unit = &units.all[index];
                        if self.unit(ui, (place, tile), (unit, chosen == Some(index)), units) {
                            clicked = Some(index);
                        }
                    }
                }
            });
        clicked
    }

    fn paint(&mut self, ui: &Ui, codes: &Arc<Array2<f32>>, sheet: &Sheet) {
        let dark = ui.visuals().dark_mode;
        let same = |(of, was): &(Arc<Array2<f32>>, bool)| Arc::ptr_eq(of, codes) && *was == dark;
        if self.painted.as_ref().is_some_and(same) {
            return;
        }
        let lut = colour::diverging(dark);
        let size = [sheet.width(), sheet.height()];
        self.texture.update(ui.ctx(), "units", size, |out| {
            let (pixels, _) = out.as_chunks_mut::<4>();
            for (pixel, &place) in pixels.iter_mut().zip(&sheet.places) {
                *pixel = lut[usize::from(place)];
            }
        });
        self.painted = Some((Arc::clone(codes), dark));
    }

    /// A unit at its place; says whether it was clicked.
    fn unit(
        &self,
        ui: &Ui,
        (place, tile): (Rect, egui::Vec2),
        (unit, chosen): (&Unit, bool),
        units: &Units,
    ) -> bool {
        let palette = theme::of(ui);
        let painter = ui.painter();
        let left = place.center().x - tile.x / 2.0;
        let picture = Rect::from_min_size(pos2(left.round(), place.top()), tile);
        painter.rect_filled(picture, 0, ui.visuals().extreme_bg_color);
        if let (Some(sheet), Some(texture)) = (&units.sheet, self.texture.id()) {
            let (column, row) = sheet.place(unit.index);
            let share = vec2(1.0 / sheet.columns as f32, 1.0 / sheet.rows as f32);
            let corner = pos2(column as f32 * share.x, row as f32 * share.y);
            let uv = Rect::from_min_size(corner, share);
            painter.image(texture, picture, uv, Color32::WHITE);
        }
        let response = ui.interact(place, ui.scope_id().with(unit.index), Sense::click());
        let name = format!("unit {}", unit.index);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
        let lifted = response.hovered() || response.has_focus();
        if chosen || lifted {
            let (width, colour) = if chosen {
                (2.0, palette.text)
            } else {
                (1.0, palette.weak)
            };
            let kind = egui::StrokeKind::Outside;
            painter.rect_stroke(picture, 0, (width, colour), kind);
        }
        let figure = if unit.dead {
            (format!("{} dead", unit.index), palette.notice)
        } else {
            let deviation = numbers::three(unit.deviation);
            (format!("{} {deviation}", unit.index), palette.weak)
        };
        let at = pos2(place.center().x, picture.bottom() + 1.0);
        let font = theme::tiny_figures();
        painter.text(at, Align2::CENTER_TOP, figure.0, font, figure.1);
        let clicked = response.clicked();
        response
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(about(unit));
        clicked
    }
}

/// The size of a small picture on screen.
fn tile(ui: &Ui, sheet: Option<&Sheet>) -> egui::Vec2 {
    let Some(sheet) = sheet else {
        return vec2(SIDE, SIDE);
    };
    let (width, height) = (sheet.tile.width as f32, sheet.tile.height as f32);
    let scale = ui.ctx().pixels_per_point();
    let times = (SIDE * scale / width.max(height)).floor().max(1.0);
    vec2(width, height) * times / scale
}

/// A unit's figures in a line.
pub fn about(unit: &Unit) -> String {
    format!(
        "Unit {}: σ {}, mean {}, not zero on {:.0} % of the images.",
        unit.index,
        numbers::three(unit.deviation),
        numbers::three(unit.mean).replace('-', "−"),
        100.0 * unit.active
    )
}
