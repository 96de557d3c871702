//! P, C and C − P side by side: the same digits in the same order, one scale, one view.
//!
//! The three pictures share their window onto the matrix and the cell under the pointer, so that
//! zooming, moving and pointing in one is zooming, moving and pointing in all.

mod layout;

use std::sync::Arc;

use egui::{Align2, Color32, Rect, RichText, Sense, Ui, pos2, vec2};
use ndarray::{Array2, ArrayView2};

use super::intent::Intent;
use super::texture::Texture;
use super::theme::{self, UNIT};
use super::toolbar;
use crate::view::digits::Sheet;
use crate::view::heatmap::{self, Scale};
use crate::view::pictures::{self, Picture};
use crate::view::{RunView, colour, numbers};
use crate::worker::protocol::{CodePicture, PriorPicture, ShownDigits};
pub use layout::Window;

/// Width of the class strips.
const STRIP: f32 = 5.0;
/// Between a strip and its picture.
const GAP: f32 = 2.0;
/// Height of a title and of the two lines of a caption.
const HEAD: f32 = 52.0;
/// Height of the colour bar, its figures and the line of the value under the pointer.
const FOOT: f32 = 40.0;
/// Digits in a row of the sheet that tooltips take them from.
const SHEET_COLUMNS: usize = 32;

/// The height that pictures of this width need.
#[must_use]
pub fn height_for(width: f32) -> f32 {
    side_for(width) + HEAD + STRIP + GAP + FOOT
}

/// The side of a picture when three stand in `width`.
fn side_for(width: f32) -> f32 {
    ((width - 2.0 * 2.0 * UNIT) / 3.0 - STRIP - GAP).floor()
}

/// The width that pictures need to be at most `height` high.
#[must_use]
pub fn width_for(height: f32) -> f32 {
    3.0 * (height - HEAD - FOOT) + 4.0 * UNIT
}

/// One picture's texture and what it was painted for.
#[derive(Default)]
struct Painted {
    texture: Texture,
    values: Vec<f32>,
    key: Option<(u64, usize, bool)>,
}

/// The panel.
#[derive(Default)]
pub struct Kernels {
    prior: Option<Arc<PriorPicture>>,
    codes: Option<Arc<CodePicture>>,
    shown: Option<Arc<ShownDigits>>,
    difference: Array2<f32>,
    scales: Option<(Scale, Scale)>,
    /// Counts changes of the matrices.
    revision: u64,
    painted: [Painted; 3],
    bars: [Painted; 2],
    digits: Texture,
    window: Window,
    hovered: Option<(usize, usize)>,
}

impl Kernels {
    /// Takes what is new in the run's snapshot.
    fn take(&mut self, run: &RunView, ctx: &egui::Context) {
        let snapshot = run.snapshot.as_deref();
        let prior = snapshot.and_then(|snapshot| snapshot.prior.clone());
        let codes = snapshot.and_then(|snapshot| snapshot.codes.clone());
        let shown = snapshot.map(|snapshot| Arc::clone(&snapshot.shown));
        if !same(self.shown.as_ref(), shown.as_ref()) {
            self.shown = shown;
            self.paint_digits(ctx);
        }
        if same(self.prior.as_ref(), prior.as_ref()) && same(self.codes.as_ref(), codes.as_ref()) {
            return;
        }
        let old_size = self.size();
        self.prior = prior;
        self.codes = codes;
        if self.size() != old_size {
            self.window = Window::default();
        }
        self.revision += 1;
        self.scales = Some(pictures::scales(
            self.prior.as_deref(),
            self.codes.as_deref(),
        ));
        match (&self.prior, &self.codes) {
            (Some(prior), Some(codes)) => {
                pictures::difference(prior, codes, &mut self.difference);
            }
            _ => self.difference = Array2::zeros((0, 0)),
        }
    }

    /// N.
    fn size(&self) -> usize {
        let prior = self.prior.as_ref().map(|prior| prior.matrix.nrows());
        prior
            .or_else(|| self.codes.as_ref().map(|codes| codes.matrix.nrows()))
            .unwrap_or(0)
    }

    /// All shown digits on one sheet, for the tooltip.
    fn paint_digits(&mut self, ctx: &egui::Context) {
        let Some(shown) = &self.shown else { return };
        let count = shown.pixels.nrows();
        let rows = count.div_ceil(SHEET_COLUMNS);
        let sheet = Sheet {
            tile: shown.shape,
            columns: SHEET_COLUMNS,
            rows,
        };
        self.digits
            .update(ctx, "shown", [sheet.width(), sheet.height()], |out| {
                out.fill(255);
                for index in 0..count {
                    let place = (index / SHEET_COLUMNS, index % SHEET_COLUMNS);
                    sheet.draw(place, &shown.pixels.view(), index, colour::greys(true), out);
                }
            });
    }

    fn matrix(&self, picture: Picture) -> Option<(ArrayView2<'_, f32>, f32)> {
        let (matrix, norm) = match picture {
            Picture::Prior => self
                .prior
                .as_ref()
                .map(|prior| (&prior.matrix, prior.norm))?,
            Picture::Codes => self
                .codes
                .as_ref()
                .map(|codes| (&codes.matrix, codes.norm))?,
            _ => {
                let there = !self.difference.is_empty();
                return there.then(|| (self.difference.view(), 1.0));
            }
        };
        Some((matrix.view(), heatmap::unit(matrix.nrows(), norm)))
    }

    /// Shows the three pictures.
    pub fn show(&mut self, ui: &mut Ui, run: &RunView, intents: &mut Vec<Intent>) {
        self.take(run, ui.ctx());
        let area = ui.max_rect();
        let side = side_for(area.width())
            .min(area.height() - HEAD - FOOT - STRIP - GAP)
            .max(UNIT);
        let column = side + STRIP + GAP;
        let space = ((area.width() - 3.0 * column) / 2.0).clamp(0.0, 4.0 * UNIT);
        let mut hovered = None;
        for (index, picture) in [Picture::Prior, Picture::Codes, Picture::Difference]
            .into_iter()
            .enumerate()
        {
            let left = area.left() + index as f32 * (column + space);
            let whole = Rect::from_min_size(pos2(left, area.top()), vec2(column, area.height()));
            self.head(ui, whole, picture, run, intents);
            let square = Rect::from_min_size(
                pos2(left + STRIP + GAP, area.top() + HEAD + STRIP + GAP),
                vec2(side, side),
            );
            hovered = hovered.or(self.square(ui, square, index, picture, run));
            self.foot(ui, square, picture);
        }
        if self.hovered != hovered {
            self.hovered = hovered;
            // The other two pictures were painted before the pointer was known.
            ui.ctx().request_repaint();
        }
    }

    fn head(
        &self,
        ui: &mut Ui,
        whole: Rect,
        picture: Picture,
        run: &RunView,
        intents: &mut Vec<Intent>,
    ) {
        let (name, caption) = self.caption(picture, run);
        let head = Rect::from_min_size(whole.min, vec2(whole.width(), HEAD));
        ui.scope_builder(
            egui::UiBuilder::new().max_rect(head).id_salt(picture),
            |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.set_clip_rect(head.expand(2.0).intersect(ui.clip_rect()));
                ui.horizontal(|ui| {
                    ui.spacing_mut().interact_size.y = 18.0;
                    ui.label(RichText::new(name).strong());
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        ui.spacing_mut().button_padding = vec2(4.0, 0.0);
                        let button = egui::Button::new(RichText::new("💾").small()).frame(false);
                        let menu = egui::containers::menu::MenuButton::from_button(button);
                        let (response, _) =
                            menu.ui(ui, |ui| toolbar::save_entries(ui, run, picture, intents));
                        response
                            .accessible_name(format!("Save {}", picture.name()))
                            .on_hover_text("Save this matrix.");
                    });
                });
                ui.add(egui::Label::new(RichText::new(caption).small().weak()).wrap());
            },
        );
    }

    /// A picture's name and what it shows, in a sentence.
    fn caption(&self, picture: Picture, run: &RunView) -> (&'static str, String) {
        let what = self.shown.as_ref().map_or_else(String::new, |shown| {
            let sorted = if shown.labels.is_some() {
                ", sorted by class"
            } else {
                ", unsorted"
            };
            format!(
                "{} test digits{sorted}",
                numbers::count(shown.indices.len())
            )
        });
        match picture {
            Picture::Prior => {
                let prior = run
                    .config
                    .as_ref()
                    .map_or("the prior kernel", |config| prior_name(&config.prior));
                let mixtures = self.prior.as_ref().and_then(|prior| prior.mixtures);
                let growing = match mixtures {
                    Some((done, all)) if done < all => {
                        join(&format!("{prior}, {done} of {all} mixtures"), &what)
                    }
                    Some((_, all)) => join(&format!("{prior} of {all} mixtures"), &what),
                    None => join(prior, &what),
                };
                ("P · prior", growing)
            }
            Picture::Codes => ("C · codes", join("inner products of the codes", &what)),
            _ => (
                "C − P",
                "where the codes' kernel is above (warm) and below (cold) the prior".to_owned(),
            ),
        }
    }

    /// The matrix, its strips and its crosshair; gives the cell under the pointer.
    fn square(
        &mut self,
        ui: &mut Ui,
        square: Rect,
        index: usize,
        picture: Picture,
        run: &RunView,
    ) -> Option<(usize, usize)> {
        let palette = theme::of(ui);
        let n = self.size();
        ui.painter()
            .rect_filled(square, 0, ui.visuals().extreme_bg_color);
        let id = ui.scope_id().with(("kernel", index));
        let response = ui.interact(square, id, Sense::click_and_drag());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Image,
                true,
                format!("{} heat map", picture.name()),
            )
        });
        if n == 0 || self.matrix(picture).is_none() {
            empty(ui, square, picture, run);
            return None;
        }
        self.window.interact(ui, &response, square, n);
        self.paint(ui, square, index, picture, n);
        self.strips(ui, square, n);
        let pointer = response.hover_pos().filter(|_| !response.dragged());
        let hovered = pointer.and_then(|pointer| self.window.cell(square, n, pointer));
        if let Some((i, j)) = self.hovered {
            let cell = self.window.cell_rect(square, n, (i, j));
            let painter = ui.painter().with_clip_rect(square);
            let line = (1.0, Color32::from_white_alpha(110));
            painter.hline(square.x_range(), cell.center().y, line);
            painter.vline(cell.center().x, square.y_range(), line);
            let outline = (1.0, palette.notice);
            painter.rect_stroke(cell.expand(1.0), 0, outline, egui::StrokeKind::Outside);
        }
        if let Some(cell) = hovered {
            response.on_hover_ui_at_pointer(|ui| self.tooltip(ui, cell));
        }
        hovered
    }

    /// The visible part of the matrix: cells when a cell has a pixel or more, means when not.
    fn paint(&mut self, ui: &Ui, square: Rect, index: usize, picture: Picture, n: usize) {
        let dark = ui.visuals().dark_mode;
        let pixels = square.width() * ui.ctx().pixels_per_point();
        let visible = self.window.span() * n as f32;
        let side = (pixels / visible * n as f32).round() as usize;
        let side = side.clamp(1, n);
        let key = Some((self.revision, side, dark));
        if self.painted[index].key != key {
            let mut values = std::mem::take(&mut self.painted[index].values);
            if let (Some((matrix, factor)), Some((shared, centred))) =
                (self.matrix(picture), self.scales)
            {
                heatmap::pool(&matrix, factor, side, &mut values);
                let (scale, lut) = match picture {
                    Picture::Difference => (centred, colour::diverging(dark)),
                    _ => (shared, colour::viridis()),
                };
                self.painted[index]
                    .texture
                    .update(ui.ctx(), picture.name(), [side, side], |out| {
                        heatmap::paint(&values, scale, lut, out);
                    });
            }
            self.painted[index].values = values;
            self.painted[index].key = key;
        }
        if let Some(texture) = self.painted[index].texture.id() {
            ui.painter()
                .image(texture, square, self.window.uv(), Color32::WHITE);
        }
    }

    /// The classes of the visible rows and columns.
    fn strips(&self, ui: &Ui, square: Rect, n: usize) {
        let Some(labels) = self
            .shown
            .as_ref()
            .and_then(|shown| shown.labels.as_deref())
        else {
            return;
        };
        let mut start = 0;
        for run in labels.chunk_by(|a, b| a == b) {
            let end = start + run.len();
            let first = self.window.cell_rect(square, n, (start, start)).min;
            let last = self.window.cell_rect(square, n, (end - 1, end - 1)).max;
            let fill = theme::colour(colour::class(run[0]));
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
                ui.painter().rect_filled(strip, 0, fill);
            }
            if down.span() > 0.0 {
                let strip = Rect::from_x_y_ranges(left - STRIP..=left, down);
                ui.painter().rect_filled(strip, 0, fill);
            }
            start = end;
        }
    }

    /// The colour bar, its ends, and the value under the pointer.
    fn foot(&mut self, ui: &Ui, square: Rect, picture: Picture) {
        let Some((shared, centred)) = self.scales else {
            return;
        };
        if self.matrix(picture).is_none() {
            return;
        }
        let palette = theme::of(ui);
        let dark = ui.visuals().dark_mode;
        let difference = picture == Picture::Difference;
        let (scale, lut) = if difference {
            (centred, colour::diverging(dark))
        } else {
            (shared, colour::viridis())
        };
        let bar = &mut self.bars[usize::from(difference)];
        if bar.key != Some((0, 256, dark)) {
            bar.key = Some((0, 256, dark));
            bar.texture.update(ui.ctx(), "bar", [256, 1], |out| {
                out.copy_from_slice(lut.as_flattened());
            });
        }
        let top = square.bottom() + 6.0;
        let rect = Rect::from_min_size(pos2(square.left(), top), vec2(square.width(), 6.0));
        if let Some(texture) = bar.texture.id() {
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
        let middle = match (self.hovered, self.matrix(picture)) {
            (Some(cell), Some((matrix, factor))) => matrix
                .get([cell.0, cell.1])
                .map(|&value| (ends(value * factor), palette.text)),
            _ => Some((
                if square.width() < 180.0 {
                    "× rms".to_owned()
                } else {
                    "× root mean square".to_owned()
                },
                palette.weak,
            )),
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

    /// The two digits of a cell, and its values.
    fn tooltip(&self, ui: &mut Ui, (i, j): (usize, usize)) {
        let Some(shown) = &self.shown else { return };
        ui.horizontal(|ui| {
            for index in [i, j] {
                ui.vertical(|ui| {
                    self.digit(ui, shown, index);
                    let class = shown
                        .labels
                        .as_ref()
                        .and_then(|labels| labels.get(index))
                        .map_or_else(String::new, |label| format!(", class {label}"));
                    let letter = if index == i { "i" } else { "j" };
                    ui.label(RichText::new(format!("{letter} = {index}{class}")).small());
                });
            }
        });
        egui::Grid::new("values")
            .spacing(vec2(UNIT, 0.0))
            .show(ui, |ui| {
                for picture in [Picture::Prior, Picture::Codes, Picture::Difference] {
                    let Some((matrix, factor)) = self.matrix(picture) else {
                        continue;
                    };
                    let Some(&value) = matrix.get([i, j]) else {
                        continue;
                    };
                    ui.label(picture.name());
                    if picture == Picture::Difference {
                        ui.label("");
                        ui.monospace(format!("{} × rms", numbers::signed(f64::from(value))));
                    } else {
                        ui.monospace(numbers::three(f64::from(value)));
                        ui.monospace(format!(
                            "{} × rms",
                            numbers::three(f64::from(value * factor))
                        ));
                    }
                    ui.end_row();
                }
            });
    }

    fn digit(&self, ui: &mut Ui, shown: &ShownDigits, index: usize) {
        let (height, width) = (shown.shape.height as f32, shown.shape.width as f32);
        let magnify = (84.0 / height.max(width)).floor().max(1.0) / ui.ctx().pixels_per_point();
        let (rect, _) = ui.allocate_exact_size(vec2(width, height) * magnify, Sense::hover());
        let [w, h] = self.digits.size().map(|pixels| pixels as f32);
        if let Some(texture) = self.digits.id() {
            let (row, column) = (index / SHEET_COLUMNS, index % SHEET_COLUMNS);
            let min = pos2(column as f32 * width / w, row as f32 * height / h);
            let uv = Rect::from_min_size(min, vec2(width / w, height / h));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
    }
}

/// Whether two shared values are one.
fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Two halves of a caption, the second of which may be missing.
fn join(first: &str, second: &str) -> String {
    if second.is_empty() {
        first.to_owned()
    } else {
        format!("{first}; {second}")
    }
}

fn prior_name(prior: &crate::training::config::PriorConfig) -> &'static str {
    use crate::training::config::PriorConfig;
    match prior {
        PriorConfig::Pck(_) => "cluster kernel",
        PriorConfig::Rbf { .. } => "RBF kernel",
        PriorConfig::Polynomial { .. } => "polynomial kernel",
        PriorConfig::Cosine => "cosine kernel",
        PriorConfig::Linear => "linear kernel",
        PriorConfig::Ideal => "ideal kernel (the classes)",
    }
}

/// What will appear in an empty place.
fn empty(ui: &Ui, square: Rect, picture: Picture, run: &RunView) {
    let palette = theme::of(ui);
    let text = match picture {
        _ if run.run().is_none() && !run.is_pending() => "appears when a run starts",
        Picture::Prior => "P appears with the\nfirst mixtures",
        Picture::Codes => "C appears when the\nnetwork starts to train",
        _ => "the difference appears\nwhen both are there",
    };
    let font = theme::small();
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, palette.weak, square.width() - 16.0);
    let place = square.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, palette.weak);
}
