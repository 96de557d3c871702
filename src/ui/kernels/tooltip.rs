//! What stands at the pointer: the two digits of a cell, and its values.

use egui::{Color32, Rect, RichText, Sense, Ui, pos2, vec2};

use super::super::theme::UNIT;
use super::Kernels;
use crate::data::class_text;
use crate::view::digits::Sheet;
use crate::view::pictures::Picture;
use crate::view::{colour, numbers};
use crate::worker::protocol::ShownDigits;

impl Kernels {
    /// The two digits of a cell, and its values.
    pub(super) fn tooltip(&mut self, ui: &mut Ui, (i, j): (usize, usize)) {
        let Some(shown) = self.shown.clone() else {
            return;
        };
        ui.horizontal(|ui| {
            for (slot, index) in [i, j].into_iter().enumerate() {
                ui.vertical(|ui| {
                    self.digit(ui, &shown, slot, index);
                    let class = shown
                        .labels
                        .as_ref()
                        .and_then(|labels| labels.get(index))
                        .map_or_else(String::new, |&label| {
                            format!(", {}", class_text(shown.collection, label))
                        });
                    let letter = if slot == 0 { "i" } else { "j" };
                    ui.label(RichText::new(format!("{letter} = {index}{class}")).small());
                });
            }
        });
        egui::Grid::new("values")
            .spacing(vec2(UNIT, 0.0))
            .show(ui, |ui| {
                for picture in [Picture::Prior, Picture::Codes, Picture::Difference] {
                    let Some((value, scaled)) = self.value(picture, (i, j)) else {
                        continue;
                    };
                    ui.label(picture.name());
                    if picture == Picture::Difference {
                        ui.label("");
                        ui.monospace(format!("{} × rms", numbers::signed(f64::from(value))));
                    } else {
                        ui.monospace(numbers::three(f64::from(value)));
                        ui.monospace(format!("{} × rms", numbers::three(f64::from(scaled))));
                    }
                    ui.end_row();
                }
            });
    }

    /// A digit, made when somebody points at it: there may be thousands.
    fn digit(&mut self, ui: &mut Ui, shown: &ShownDigits, slot: usize, index: usize) {
        let (height, width) = (shown.shape.height as f32, shown.shape.width as f32);
        let magnify = (84.0 / height.max(width)).floor().max(1.0) / ui.ctx().pixels_per_point();
        let (rect, _) = ui.allocate_exact_size(vec2(width, height) * magnify, Sense::hover());
        let (texture, painted) = &mut self.digits[slot];
        if *painted != Some(index) && index < shown.pixels.nrows() {
            *painted = Some(index);
            let sheet = Sheet {
                tile: shown.shape,
                columns: 1,
                rows: 1,
            };
            let images = shown.pixels.view();
            texture.update(
                ui.ctx(),
                "pointed at",
                [sheet.width(), sheet.height()],
                |out| {
                    sheet.draw((0, 0), &images, index, colour::greys(true), out);
                },
            );
        }
        if let Some(texture) = texture.id() {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
    }
}
