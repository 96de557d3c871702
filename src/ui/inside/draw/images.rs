//! The drawing, what the network makes of it, its noisy self and what methods make of that, side by side.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use ndarray::Array2;

use crate::exhibit::sketch::Answer;
use crate::exhibit::{Row, numbers};
use crate::picture::digits::magnification;
use crate::ui::digits::{paint_row, place_holder};
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};

/// Height of a line above or below an image.
const LINE: f32 = 14.0;
/// Height of a name above one, which may take two lines.
const NAME: f32 = 2.0 * LINE;
/// The largest magnification of an image.
const LARGEST: usize = 4;

/// The images, and what they were painted from.
#[derive(Default)]
pub struct Tiles {
    texture: Texture,
    of: Option<(Arc<Answer>, bool)>,
}

impl Tiles {
    /// Shows the images of `answer`, as large as the width allows.
    pub fn show(&mut self, ui: &mut Ui, answer: &Arc<Answer>) {
        heading(ui, answer);
        let (rows, shape) = (&answer.rows, answer.drawing.shape);
        self.paint(ui, answer);
        let scale = ui.ctx().pixels_per_point();
        let gap = UNIT / 2.0;
        let column = ui.available_width() / rows.len().max(1) as f32;
        let room = (column - gap) * scale;
        let times = magnification(room, 0.0, 1, shape.width).min(LARGEST) as f32;
        let tile = vec2(shape.width as f32, shape.height as f32) * times / scale;
        let size = vec2(ui.available_width(), NAME + tile.y + 2.0 * LINE);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        for (index, row) in rows.iter().enumerate() {
            let left = area.left() + index as f32 * column;
            let place = Rect::from_min_size(pos2(left.round(), area.top() + NAME), tile);
            let whole = Rect::from_min_max(
                pos2(left, area.top()),
                pos2(left + column - gap, area.bottom()),
            );
            self.tile(ui, row, (index, rows.len()), (place, whole));
        }
    }

    /// A row's image with its name above and its error below.
    fn tile(&self, ui: &Ui, row: &Row, (index, all): (usize, usize), (place, whole): (Rect, Rect)) {
        let palette = theme::of(ui);
        let painter = ui.painter().with_clip_rect(whole.intersect(ui.clip_rect()));
        let (font, ink) = (theme::small(), palette.text);
        let name = painter.layout(row.name.clone(), font, ink, whole.width());
        let above = place.left_top() - vec2(0.0, name.size().y);
        painter.galley(above, name, ink);
        match (&row.images, self.texture.id()) {
            (Some(_), Some(texture)) => {
                let step = 1.0 / all as f32;
                let from = pos2(index as f32 * step, 0.0);
                let uv = Rect::from_min_size(from, vec2(step, 1.0));
                painter.image(texture, place, uv, Color32::WHITE);
            }
            _ => place_holder(ui, place, &row.figure),
        }
        let error = row.error.map(numbers::three);
        if let Some(error) = &error {
            let at = place.left_bottom() + vec2(0.0, 1.0);
            let font = theme::small_figures();
            painter.text(at, Align2::LEFT_TOP, error, font, palette.text);
        }
        let step = row
            .step
            .map(|step| format!("at step {}", numbers::count(step as usize)));
        if let Some(step) = &step {
            let at = place.left_bottom() + vec2(0.0, LINE);
            let font = theme::tiny_figures();
            painter.text(at, Align2::LEFT_TOP, step, font, palette.notice);
        }
        let id = ui.scope_id().with(("image", index));
        let response = ui.interact(whole, id, Sense::hover());
        let said = match (&error, &step) {
            (Some(error), Some(step)) => format!("{}: {error}, {step}", row.name),
            (Some(error), None) => format!("{}: {error}", row.name),
            (None, _) if row.images.is_none() => format!("{}: {}", row.name, row.figure),
            (None, _) => row.name.clone(),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
        if !row.about.is_empty() {
            response.on_hover_text(&row.about);
        }
    }

    fn paint(&mut self, ui: &Ui, answer: &Arc<Answer>) {
        let dark = ui.visuals().dark_mode;
        let same = |(of, was): &(Arc<Answer>, bool)| Arc::ptr_eq(of, answer) && *was == dark;
        if self.of.as_ref().is_some_and(same) {
            return;
        }
        let (rows, shape) = (&answer.rows, answer.drawing.shape);
        let mut images = Array2::zeros((rows.len(), shape.pixels()));
        for (row, mut to) in rows.iter().zip(images.outer_iter_mut()) {
            let from = row
                .images
                .as_ref()
                .filter(|image| image.ncols() == to.len());
            if let Some(image) = from {
                to.assign(&image.row(0));
            }
        }
        let all: Vec<usize> = (0..rows.len()).collect();
        paint_row(ui, &mut self.texture, shape, images.view(), &all);
        self.of = Some((Arc::clone(answer), dark));
    }
}

/// What the images are, under which settings.
fn heading(ui: &mut Ui, answer: &Answer) {
    let exhibit = &answer.subject.exhibit;
    let settings = exhibit.made.began.denoising;
    let text = format!(
        "mean squared error below each · noise σ {}, the same for every stroke · m = {}",
        numbers::three(settings.noise),
        settings.components
    );
    ui.horizontal(|ui| {
        ui.label(RichText::new("Images").strong());
        ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
    });
}
