//! What a picture is read by: the strips of its classes, and its colour bar.

use egui::{Align2, Color32, Rect, Ui, pos2, vec2};

use super::super::looks;
use super::super::theme::{self, UNIT};
use super::{GAP, Kernels, STRIP};
use crate::exhibit::{Exhibit, numbers};
use crate::picture::colour;

/// A strip of a class, with its number where that has room.
pub fn class_strip(ui: &Ui, strip: Rect, class: u8) {
    let fill = colour::class(class);
    ui.painter().rect_filled(strip, 0, theme::colour(fill));
    let ink = theme::colour(colour::ink(fill));
    let number = class.to_string();
    let galley = (ui.painter()).layout_no_wrap(number, theme::tiny_figures(), ink);
    let ink = galley.mesh_bounds.size();
    if ink.x + 2.0 <= strip.width() && ink.y + 1.0 <= strip.height() {
        // By the ink, not by the line, whose room below letters would lift a number.
        let place = strip.center() - galley.mesh_bounds.center().to_vec2();
        ui.painter().galley(place, galley, Color32::BLACK);
    }
}

/// Narrower squares have no room for a long word between the two ends of a scale.
const SHORT: f32 = 230.0;
/// Width of the menu beside the first colour bar.
const MENU: f32 = 2.0 * UNIT;

impl Kernels {
    /// The classes of the visible rows and columns.
    pub(super) fn strips(&self, ui: &Ui, square: Rect, exhibit: &Exhibit) {
        let n = exhibit.rows_of_kernels();
        let labels = exhibit.images.labels.as_deref();
        let Some(labels) = labels.filter(|labels| labels.len() == n) else {
            return;
        };
        if exhibit.images.order.is_some() {
            self.mixed_strips(ui, square, labels);
            return;
        }
        let mut start = 0;
        for run in labels.chunk_by(|a, b| a == b) {
            let end = start + run.len();
            let first = self.window.cell_rect(square, n, (start, start)).min;
            let last = self.window.cell_rect(square, n, (end - 1, end - 1)).max;
            let across = square
                .x_range()
                .intersection(egui::Rangef::new(first.x, last.x));
            let down = square
                .y_range()
                .intersection(egui::Rangef::new(first.y, last.y));
            let top = square.top() - GAP;
            let left = square.left() - GAP;
            if across.span() > 0.0 {
                let strip = Rect::from_x_y_ranges(across, top - STRIP..=top);
                class_strip(ui, strip, run[0]);
            }
            if down.span() > 0.0 {
                let strip = Rect::from_x_y_ranges(left - STRIP..=left, down);
                class_strip(ui, strip, run[0]);
            }
            start = end;
        }
    }

    /// The classes of images that are not sorted by them: a line for each point of the screen, without numbers.
    fn mixed_strips(&self, ui: &Ui, square: Rect, labels: &[u8]) {
        let n = labels.len();
        let (top, left) = (square.top() - GAP, square.left() - GAP);
        let at = |down: bool, point: f32| {
            let place = if down {
                pos2(square.left() + 0.5, square.top() + point)
            } else {
                pos2(square.left() + point, square.top() + 0.5)
            };
            let (row, column) = self.window.cell(square, n, place)?;
            labels.get(if down { row } else { column }).copied()
        };
        for down in [false, true] {
            let mut from = 0.0;
            let mut class = at(down, 0.5);
            let mut point = 0.0;
            while point < square.width() {
                point += 1.0;
                let next = at(down, point + 0.5).filter(|_| point < square.width());
                if next == class {
                    continue;
                }
                if let Some(class) = class {
                    let fill = theme::colour(colour::class(class));
                    let strip = if down {
                        let range = square.top() + from..=square.top() + point;
                        Rect::from_x_y_ranges(left - STRIP..=left, range)
                    } else {
                        let range = square.left() + from..=square.left() + point;
                        Rect::from_x_y_ranges(range, top - STRIP..=top)
                    };
                    ui.painter().rect_filled(strip, 0, fill);
                }
                (from, class) = (point, next);
            }
        }
    }

    /// The colour bar, its ends, and the value under the pointer.
    pub(super) fn foot(&mut self, ui: &mut Ui, square: Rect, index: usize, exhibit: &Exhibit) {
        let scales = self.on_screen.as_ref().map(|shown| &shown.scales);
        let Some(&scale) = scales.and_then(|scales| scales.get(index)) else {
            return;
        };
        if !exhibit.has(index) {
            return;
        }
        let palette = theme::of(ui);
        let dark = ui.visuals().dark_mode;
        let difference = exhibit.kernels[index].is_difference();
        let lut = if difference {
            colour::diverging(dark)
        } else {
            colour::map(exhibit.looks.map)
        };
        let (texture, painted) = &mut self.bars[usize::from(difference)];
        let wanted = Some((dark, exhibit.looks.map));
        if *painted != wanted {
            *painted = wanted;
            texture.update(ui.ctx(), "bar", [256, 1], |out| {
                out.copy_from_slice(lut.as_flattened());
            });
        }
        let top = square.bottom() + 6.0;
        let mut rect = Rect::from_min_size(pos2(square.left(), top), vec2(square.width(), 6.0));
        if index == 0 {
            let size = vec2(MENU, 2.0 * UNIT);
            let place = pos2(square.right() - MENU, top - 4.0);
            looks::menu(ui, Rect::from_min_size(place, size));
            rect.set_right(place.x - UNIT / 2.0);
        }
        if let Some(texture) = texture.id() {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
        let figure = |x, align, text: String, colour| {
            let place = pos2(x, rect.bottom() + 3.0);
            ui.painter()
                .text(place, align, text, theme::small_figures(), colour);
        };
        let ends = |value: f32| {
            if difference {
                numbers::signed(f64::from(value))
            } else {
                numbers::three(f64::from(value))
            }
        };
        figure(rect.left(), Align2::LEFT_TOP, ends(scale.low), palette.weak);
        figure(
            rect.right(),
            Align2::RIGHT_TOP,
            ends(scale.high),
            palette.weak,
        );
        let middle = match self.hovered {
            Some(cell) => exhibit
                .value(index, cell)
                .map(|(_, value)| (ends(value), palette.text)),
            None if square.width() < SHORT => Some(("× rms".to_owned(), palette.weak)),
            None => Some(("× root mean square".to_owned(), palette.weak)),
        };
        if let Some((text, colour)) = middle {
            let place = pos2(rect.center().x, rect.bottom() + 3.0);
            let font = if self.hovered.is_some() {
                theme::small_figures()
            } else {
                theme::small()
            };
            ui.painter()
                .text(place, Align2::CENTER_TOP, text, font, colour);
        }
    }
}
