//! Some of the images on show side by side, with their classes and a figure under each.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::texture::Texture;
use super::theme;
use crate::data::class_text;
use crate::exhibit::Images;
use crate::picture::colour;
use crate::picture::digits::Sheet;

/// Height of the line in a class's colour.
const LINE: f32 = 3.0;
/// Height of a figure.
pub const FIGURE: f32 = 13.0;
/// Height of what stands below an image: its class's line, and a figure.
pub const BELOW: f32 = LINE + FIGURE;
/// Between two images.
pub const GAP: f32 = 3.0;

/// The texture of some images, kept until others are shown.
#[derive(Default)]
pub struct Strip {
    texture: Texture,
    of: Option<(Arc<Images>, Vec<usize>, bool)>,
}

/// A row of images, and what stands under each.
pub struct Row<'a> {
    /// The images on show.
    pub images: &'a Arc<Images>,
    /// Those that stand in the row, as far as there is room.
    pub which: &'a [usize],
    /// The size of one on screen.
    pub tile: egui::Vec2,
    /// What tells the row's images from those of other rows.
    pub name: (&'static str, usize),
    /// The figure under the image at a place in the row.
    pub figure: &'a dyn Fn(usize) -> String,
    /// What is said of it under the pointer, behind its name.
    pub about: &'a dyn Fn(usize) -> String,
    /// Whether a click on an image does something.
    pub click: bool,
}

impl Strip {
    /// Shows a row; gives the image that is clicked.
    pub fn row(&mut self, ui: &mut Ui, row: &Row<'_>) -> Option<usize> {
        let room = ((ui.available_width() + GAP) / (row.tile.x + GAP)).floor() as usize;
        let which = &row.which[..row.which.len().min(room)];
        let size = vec2(ui.available_width(), row.tile.y + BELOW);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let place = |at: usize| {
            let left = area.left() + at as f32 * (row.tile.x + GAP);
            Rect::from_min_size(pos2(left.round(), area.top()), row.tile)
        };
        let tiles: Vec<Rect> = (0..which.len()).map(place).collect();
        self.show(ui, row.images, which, &tiles);
        let mut clicked = None;
        for (at, (&index, tile)) in which.iter().zip(&tiles).enumerate() {
            let labels = row.images.labels.as_ref();
            if let Some(&label) = labels.and_then(|labels| labels.get(index)) {
                let line = Rect::from_min_size(tile.left_bottom(), vec2(tile.width(), LINE));
                let colour = theme::colour(colour::class(label));
                ui.painter().rect_filled(line, 0, colour);
            }
            let (figure, weak) = ((row.figure)(at), theme::of(ui).weak);
            let below = pos2(tile.center().x, tile.bottom() + LINE);
            let font = theme::tiny_figures();
            ui.painter()
                .text(below, Align2::CENTER_TOP, figure, font, weak);
            let id = ui.scope_id().with((row.name, index));
            let (sense, role) = if row.click {
                (Sense::click(), Role::Button)
            } else {
                (Sense::hover(), Role::Image)
            };
            let response = ui.interact(*tile, id, sense);
            let name = format!("image {index}{}", class_of(row.images, index));
            response.widget_info(|| WidgetInfo::labeled(role, true, &name));
            if response.clicked() {
                clicked = Some(index);
            }
            response.on_hover_text(format!("{name}: {}", (row.about)(at)));
        }
        clicked
    }

    /// Images `which` at `places`.
    pub fn show(&mut self, ui: &Ui, images: &Arc<Images>, which: &[usize], places: &[Rect]) {
        let Some(pixels) = images.pixels.as_deref() else {
            return;
        };
        let dark = ui.visuals().dark_mode;
        let same = |(of, old, was): &(Arc<Images>, Vec<usize>, bool)| {
            Arc::ptr_eq(of, images) && old == which && *was == dark
        };
        let sheet = Sheet {
            tile: images.shape,
            columns: which.len(),
            rows: 1,
        };
        if !self.of.as_ref().is_some_and(same) {
            let size = [sheet.width(), sheet.height()];
            self.texture.update(ui.ctx(), "strip", size, |out| {
                for (column, &index) in which.iter().enumerate() {
                    if index < pixels.nrows() {
                        sheet.draw((0, column), &pixels.view(), index, colour::greys(dark), out);
                    }
                }
            });
            self.of = Some((Arc::clone(images), which.to_vec(), dark));
        }
        let Some(texture) = self.texture.id() else {
            return;
        };
        let share = 1.0 / which.len().max(1) as f32;
        for (at, place) in places.iter().enumerate() {
            let left = at as f32 * share;
            let uv = Rect::from_min_max(pos2(left, 0.0), pos2(left + share, 1.0));
            ui.painter().image(texture, *place, uv, Color32::WHITE);
        }
    }
}

/// The size of an image on screen, so many times that of its pixels; larger images than digits are as large as
/// those.
pub fn tile(ui: &Ui, images: &Images, times: f32) -> egui::Vec2 {
    let (width, height) = (images.shape.width as f32, images.shape.height as f32);
    vec2(width, height) * times
        / (ui.ctx().pixels_per_point() * (height.max(width) / 28.0).max(1.0))
}

/// `, a 3`, where images have classes.
pub fn class_of(images: &Images, index: usize) -> String {
    let label = images.labels.as_ref().and_then(|labels| labels.get(index));
    label.map_or_else(String::new, |&label| {
        format!(", {}", class_text(images.collection, label))
    })
}
