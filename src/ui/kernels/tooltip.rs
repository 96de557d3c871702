//! What stands at the pointer: the two images of a cell, and its values.

use egui::{Color32, Rect, RichText, Sense, Ui, pos2, vec2};

use super::super::theme::UNIT;
use super::Kernels;
use crate::data::class_text;
use crate::exhibit::{Exhibit, Images, numbers};
use crate::picture::colour;
use crate::picture::digits::Sheet;

impl Kernels {
    /// The two images of a cell, and its values.
    pub(super) fn tooltip(&mut self, ui: &mut Ui, exhibit: &Exhibit, (i, j): (usize, usize)) {
        let images = &exhibit.images;
        ui.horizontal(|ui| {
            for (slot, index) in [i, j].into_iter().enumerate() {
                ui.vertical(|ui| {
                    self.image(ui, images, slot, index);
                    let label = images.labels.as_ref().and_then(|labels| labels.get(index));
                    let class = label.map(|&label| class_text(images.collection, label));
                    let letter = if slot == 0 { "i" } else { "j" };
                    let text = match class {
                        Some(class) if images.means_of.is_some() => class,
                        Some(class) => format!("{letter} = {index}, {class}"),
                        None => format!("{letter} = {index}"),
                    };
                    ui.label(RichText::new(text).small());
                });
            }
        });
        egui::Grid::new("values")
            .spacing(vec2(UNIT, 0.0))
            .show(ui, |ui| {
                for (index, kernel) in exhibit.kernels.iter().enumerate() {
                    let Some((value, scaled)) = exhibit.value(index, (i, j)) else {
                        continue;
                    };
                    ui.label(&kernel.name);
                    if kernel.is_difference() {
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

    /// An image, made when somebody points at it: there may be thousands.
    fn image(&mut self, ui: &mut Ui, images: &Images, slot: usize, index: usize) {
        let Some(pixels) = images.pixels.as_deref() else {
            return;
        };
        let (height, width) = (images.shape.height as f32, images.shape.width as f32);
        let magnify = (84.0 / height.max(width)).floor().max(1.0) / ui.ctx().pixels_per_point();
        let (rect, _) = ui.allocate_exact_size(vec2(width, height) * magnify, Sense::hover());
        let (texture, painted) = &mut self.images[slot];
        if *painted != Some(index) && index < pixels.nrows() {
            *painted = Some(index);
            let sheet = Sheet {
                tile: images.shape,
                columns: 1,
                rows: 1,
            };
            let size = [sheet.width(), sheet.height()];
            texture.update(ui.ctx(), "pointed at", size, |out| {
                sheet.draw((0, 0), &pixels.view(), index, colour::greys(true), out);
            });
        }
        if let Some(texture) = texture.id() {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
    }
}
