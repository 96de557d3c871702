//! Kernels side by side on one scale, and rows of digits, of one subject of a study.
//!
//! Pictures and textures are made when the subject, its findings, the theme or the size change,
//! and at no other time.

use egui::{Align2, Color32, Rect, RichText, Sense, Ui, pos2, vec2};

use super::StudyIntent;
use super::digit_rows::{GAP, Grid, row_name};
use crate::data::class_text;
use crate::ui::icons;
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};
use crate::view::digits::{Sheet, spread};
use crate::view::pictures::Format;
use crate::view::study::{Kernel, PictureKey, Pictures, StudyView, Subject};
use crate::view::{colour, heatmap, numbers};

/// Width of the class strips.
const STRIP: f32 = 5.0;
/// Height of a kernel's name and the two lines of its caption.
const HEAD: f32 = 6.5 * UNIT;
/// Height of the colour bar and its figures.
const FOOT: f32 = 3.5 * UNIT;
/// Between two kernels.
const SPACE: f32 = 2.0 * UNIT;

/// The height at which `count` kernels side by side are as wide as `width`.
#[must_use]
pub fn height(width: f32, count: usize) -> f32 {
    let count = count.max(1) as f32;
    (width - (count - 1.0) * SPACE) / count + HEAD + FOOT
}

/// A texture and what it was painted for.
#[derive(Default)]
struct Painted {
    texture: Texture,
    side: usize,
    dark: bool,
    fresh: bool,
}

/// The pictures of a subject.
#[derive(Default)]
pub struct Gallery {
    key: Option<PictureKey>,
    pictures: Option<Pictures>,
    kernels: [Painted; 3],
    bar: Painted,
    digits: Painted,
    values: Vec<f32>,
    hovered: Option<(usize, usize)>,
}

impl Gallery {
    /// Takes the pictures of `subject`, if they are not the ones it has.
    pub fn take(&mut self, view: &StudyView, subject: Option<Subject>) {
        let key = subject.map(|subject| view.picture_key(subject));
        if self.key == key {
            return;
        }
        self.key = key;
        self.pictures = subject.and_then(|subject| view.pictures(subject));
        self.digits.fresh = false;
        for painted in &mut self.kernels {
            painted.fresh = false;
        }
    }

    /// Whether there is anything to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pictures.is_none()
    }

    fn side(&self, width: f32, height: f32) -> f32 {
        let count = self.pictures.as_ref().map_or(1, |p| p.kernels.len()).max(1) as f32;
        let across = (width - (count - 1.0) * SPACE) / count - STRIP - GAP;
        let down = height - STRIP - GAP - HEAD - FOOT;
        across.min(down).max(4.0 * UNIT).floor()
    }

    /// All kernels of the subject from left to right, in a room of at most `height`.
    pub fn kernels(
        &mut self,
        ui: &mut Ui,
        height: f32,
        subject: Subject,
        intents: &mut Vec<StudyIntent>,
    ) {
        let width = ui.available_width();
        let side = self.side(width, height);
        let Some(pictures) = self.pictures.take() else {
            return;
        };
        let size = vec2(width, side + STRIP + GAP + HEAD + FOOT);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let mut hovered = None;
        let column = side + STRIP + GAP;
        for (index, kernel) in pictures.kernels.iter().enumerate().take(self.kernels.len()) {
            let left = area.left() + index as f32 * (column + SPACE);
            let head = Rect::from_min_size(pos2(left, area.top()), vec2(column, HEAD));
            head_line(ui, head, kernel, (subject, index), intents);
            let top = area.top() + HEAD + STRIP + GAP;
            let square = Rect::from_min_size(pos2(left + STRIP + GAP, top), vec2(side, side));
            hovered = hovered.or(self.square(ui, square, index, &pictures));
        }
        let count = pictures.kernels.len() as f32;
        let bar = Rect::from_min_size(
            pos2(area.left() + STRIP + GAP, area.bottom() - FOOT + UNIT),
            vec2(count * column + (count - 1.0) * SPACE - STRIP - GAP, 6.0),
        );
        self.colour_bar(ui, bar, &pictures);
        if self.hovered != hovered {
            self.hovered = hovered;
            // The others were painted before the pointer was known.
            ui.ctx().request_repaint();
        }
        self.pictures = Some(pictures);
        // The captions have moved the cursor back up.
        ui.advance_cursor_after_rect(area);
    }

    /// A kernel with its strips; gives the cell under the pointer.
    fn square(
        &mut self,
        ui: &mut Ui,
        square: Rect,
        index: usize,
        pictures: &Pictures,
    ) -> Option<(usize, usize)> {
        let palette = theme::of(ui);
        let kernel = &pictures.kernels[index];
        ui.painter()
            .rect_filled(square, 0, ui.visuals().extreme_bg_color);
        let id = ui.scope_id().with(("kernel", index));
        let response = ui.interact(square, id, Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{} heat map", kernel.name))
        });
        let matrix = kernel.matrix.as_ref()?;
        let n = matrix.nrows();
        self.paint_kernel(ui, square, index, pictures);
        strips(ui, square, pictures.labels.as_deref(), n);
        let cell_side = square.width() / n as f32;
        if let Some((i, j)) = self.hovered {
            let painter = ui.painter().with_clip_rect(square);
            let line = (1.0, Color32::from_white_alpha(110));
            let middle = |index: usize| (index as f32 + 0.5) * cell_side;
            painter.hline(square.x_range(), square.top() + middle(i), line);
            painter.vline(square.left() + middle(j), square.y_range(), line);
            let at = square.min + vec2(middle(j), middle(i));
            let cell = Rect::from_center_size(at, vec2(cell_side, cell_side) + vec2(2.0, 2.0));
            painter.rect_stroke(cell, 0, (1.0, palette.notice), egui::StrokeKind::Outside);
        }
        let pointer = response.hover_pos()? - square.min;
        let index_of = |along: f32| ((along / cell_side) as usize).min(n - 1);
        let cell = (index_of(pointer.y), index_of(pointer.x));
        response.on_hover_ui_at_pointer(|ui| tooltip(ui, pictures, cell));
        Some(cell)
    }

    fn paint_kernel(&mut self, ui: &Ui, square: Rect, index: usize, pictures: &Pictures) {
        let kernel = &pictures.kernels[index];
        let Some(matrix) = &kernel.matrix else { return };
        let pixels = (square.width() * ui.ctx().pixels_per_point()).round() as usize;
        let side = pixels.clamp(1, matrix.nrows().max(1));
        let painted = &mut self.kernels[index];
        if !painted.fresh || painted.side != side {
            painted.fresh = true;
            painted.side = side;
            heatmap::pool(&matrix.view(), kernel.factor, side, &mut self.values);
            let values = &self.values;
            painted
                .texture
                .update(ui.ctx(), &kernel.name, [side, side], |out| {
                    heatmap::paint(values, pictures.scale, colour::viridis(), out);
                });
        }
        image(ui, &painted.texture, square);
    }

    fn colour_bar(&mut self, ui: &Ui, rect: Rect, pictures: &Pictures) {
        let palette = theme::of(ui);
        if !self.bar.fresh {
            self.bar.fresh = true;
            self.bar.texture.update(ui.ctx(), "bar", [256, 1], |out| {
                out.copy_from_slice(colour::viridis().as_flattened());
            });
        }
        image(ui, &self.bar.texture, rect);
        let below = rect.bottom() + 3.0;
        let text = |x, align, text: String, font| {
            ui.painter()
                .text(pos2(x, below), align, text, font, palette.weak);
        };
        let end = |value: f32| numbers::three(f64::from(value));
        let figures = theme::small_figures;
        text(
            rect.left(),
            Align2::LEFT_TOP,
            end(pictures.scale.low),
            figures(),
        );
        text(
            rect.right(),
            Align2::RIGHT_TOP,
            end(pictures.scale.high),
            figures(),
        );
        let unit = if rect.width() < 180.0 {
            "× rms"
        } else {
            "× root mean square entry"
        };
        text(
            rect.center().x,
            Align2::CENTER_TOP,
            unit.to_owned(),
            theme::small(),
        );
    }

    /// Rows of digits in a room of at most `height`, their names at the left, or above if the
    /// room is narrow. Where there is room for more digits the rows come again below.
    pub fn digits(&mut self, ui: &mut Ui, height: f32) {
        let room = vec2(ui.available_width(), height);
        let scale = ui.ctx().pixels_per_point();
        let Some(grid) = self
            .pictures
            .as_ref()
            .and_then(|p| Grid::fit(p, room, scale))
        else {
            return;
        };
        let which = spread(grid.count, grid.columns * grid.bands);
        self.paint_digits(ui, &which);
        let Some(pictures) = &self.pictures else {
            return;
        };
        let rows = pictures.digits.len();
        let bands = which.len().div_ceil(grid.columns.max(1));
        let size = vec2(room.x, bands as f32 * grid.band(rows));
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        for band in 0..bands {
            let first = band * grid.columns;
            let columns = first..which.len().min(first + grid.columns);
            for index in 0..rows {
                let top = area.top() + band as f32 * grid.band(rows) + index as f32 * grid.row();
                self.row(
                    ui,
                    pos2(area.left(), top),
                    &grid,
                    index,
                    columns.clone(),
                    which.len(),
                );
            }
        }
    }

    fn paint_digits(&mut self, ui: &Ui, which: &[usize]) {
        let dark = ui.visuals().dark_mode;
        let painted = &mut self.digits;
        if painted.fresh && painted.side == which.len() && painted.dark == dark {
            return;
        }
        let Some(pictures) = &self.pictures else {
            return;
        };
        painted.fresh = true;
        painted.side = which.len();
        painted.dark = dark;
        let sheet = Sheet {
            tile: pictures.shape,
            columns: which.len().max(1),
            rows: pictures.digits.len(),
        };
        let size = [sheet.width(), sheet.height()];
        painted.texture.update(ui.ctx(), "digits", size, |out| {
            out.fill(255);
            for (row, digits) in pictures.digits.iter().enumerate() {
                let Some(images) = &digits.images else {
                    continue;
                };
                if images.ncols() != pictures.shape.pixels() {
                    continue;
                }
                for (column, &index) in which.iter().enumerate() {
                    sheet.draw(
                        (row, column),
                        &images.view(),
                        index,
                        colour::greys(dark),
                        out,
                    );
                }
            }
        });
    }

    /// The `columns` of all digits of a row, with its name.
    fn row(
        &self,
        ui: &Ui,
        at: egui::Pos2,
        grid: &Grid,
        row: usize,
        columns: std::ops::Range<usize>,
        all: usize,
    ) {
        let (Some(id), Some(pictures)) = (self.digits.texture.id(), &self.pictures) else {
            return;
        };
        let digits = &pictures.digits[row];
        if columns.start == 0 || !grid.names_above() {
            row_name(ui, at, grid, digits);
        }
        let (left, top) = (at.x + grid.left, (at.y + grid.above).round());
        if digits.images.is_none() {
            let width = columns.len() as f32 * (grid.tile.x + GAP) - GAP;
            let strip = Rect::from_min_size(pos2(left, top), vec2(width, grid.tile.y));
            ui.painter()
                .rect_filled(strip, 2, ui.visuals().extreme_bg_color);
            let text = "appears when this network is trained";
            let place = strip.left_center() + vec2(UNIT, 0.0);
            let colour = theme::of(ui).weak;
            ui.painter()
                .text(place, Align2::LEFT_CENTER, text, theme::small(), colour);
            return;
        }
        let step = vec2(1.0 / all.max(1) as f32, 1.0 / pictures.digits.len() as f32);
        for (place, column) in columns.enumerate() {
            let uv = Rect::from_min_size(pos2(column as f32 * step.x, row as f32 * step.y), step);
            let x = (left + place as f32 * (grid.tile.x + GAP)).round();
            let tile = Rect::from_min_size(pos2(x, top), grid.tile);
            ui.painter().image(id, tile, uv, Color32::WHITE);
        }
    }
}

pub(super) fn image(ui: &Ui, texture: &Texture, rect: Rect) {
    if let Some(id) = texture.id() {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(id, rect, whole, Color32::WHITE);
    }
}

/// What a kernel of this name is, in a sentence.
fn meaning(name: &str) -> &'static str {
    match name.chars().next() {
        Some('P') => {
            "The prior kernel that the codes are to follow: how often the mixtures put two images together (Eq. 4). Rows and columns are the same test images, sorted by class."
        }
        Some('K') => {
            "Kₘ = Zₘ Zₘᵀ: what the m leading components of P keep of it, for test images by Nyström (Fig. 5)."
        }
        _ => {
            "The inner products of the codes that the network gives the same test images, in the same order."
        }
    }
}

/// A kernel's name, caption and save menu.
fn head_line(
    ui: &mut Ui,
    rect: Rect,
    kernel: &Kernel,
    (subject, index): (Subject, usize),
    intents: &mut Vec<StudyIntent>,
) {
    let builder = egui::UiBuilder::new()
        .max_rect(rect)
        .id_salt(("head", index));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(RichText::new(&kernel.name).strong())
                .on_hover_text(meaning(&kernel.name));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().button_padding = vec2(4.0, 0.0);
                let button = icons::small();
                let menu = egui::containers::menu::MenuButton::from_button(button);
                let (response, _) = menu.ui(ui, |ui| {
                    for (format, name) in [(Format::Png, "PNG"), (Format::Npy, ".npy")] {
                        let label = format!("{} as {name}", kernel.name);
                        let button = egui::Button::new(label);
                        if ui.add_enabled(kernel.matrix.is_some(), button).clicked() {
                            intents.push(StudyIntent::Save(subject, index, format));
                            ui.close();
                        }
                    }
                });
                icons::over(ui, &response, icons::Icon::Save, icons::SMALL);
                response
                    .accessible_name(format!("Save {}", kernel.name))
                    .on_hover_text("Save this matrix.");
            });
        });
        ui.add(egui::Label::new(RichText::new(&kernel.caption).small().weak()).wrap());
    });
}

/// The classes of rows and columns.
pub(super) fn strips(ui: &Ui, square: Rect, labels: Option<&[u8]>, n: usize) {
    let Some(labels) = labels.filter(|labels| labels.len() == n) else {
        return;
    };
    let mut start = 0;
    for run in labels.chunk_by(|a, b| a == b) {
        let end = start + run.len();
        let along = |index: usize| square.width() * index as f32 / n as f32;
        let fill = theme::colour(colour::class(run[0]));
        let (top, left) = (square.top() - GAP, square.left() - GAP);
        let across = square.left() + along(start)..=square.left() + along(end);
        let down = square.top() + along(start)..=square.top() + along(end);
        let strip = Rect::from_x_y_ranges(across, top - STRIP..=top);
        ui.painter().rect_filled(strip, 0, fill);
        let strip = Rect::from_x_y_ranges(left - STRIP..=left, down);
        ui.painter().rect_filled(strip, 0, fill);
        start = end;
    }
}

/// A cell's digits' classes and its value in every kernel.
fn tooltip(ui: &mut Ui, pictures: &Pictures, (i, j): (usize, usize)) {
    let class = |index: usize| {
        let label = pictures
            .labels
            .as_ref()
            .and_then(|labels| labels.get(index));
        label.map_or_else(String::new, |&label| {
            format!(" ({})", class_text(pictures.collection, label))
        })
    };
    ui.label(RichText::new(format!("i = {i}{}, j = {j}{}", class(i), class(j))).small());
    egui::Grid::new("values")
        .spacing(vec2(UNIT, 0.0))
        .show(ui, |ui| {
            for kernel in &pictures.kernels {
                let value = kernel.matrix.as_ref().and_then(|matrix| matrix.get([i, j]));
                let Some(&value) = value else { continue };
                ui.label(&kernel.name);
                ui.monospace(numbers::three(f64::from(value)));
                ui.monospace(format!(
                    "{} × rms",
                    numbers::three(f64::from(value * kernel.factor))
                ));
                ui.end_row();
            }
        });
}
