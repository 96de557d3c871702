//! Digits: what the network makes of them, and how three methods take noise away.
//!
//! Two blocks of tiles, every tile a whole multiple of its pixels. Rows are named at their left;
//! errors stand under the digits they belong to, the mean at the row's name.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, RichText, Ui, pos2, vec2};
use ndarray::ArrayView2;

use super::intent::Intent;
use super::texture::Texture;
use super::theme::{self, UNIT};
use super::toolbar;
use crate::data::ImageShape;
use crate::view::digits::{Sheet, magnification, spread};
use crate::view::pictures::Picture;
use crate::view::{RunView, colour, numbers};
use crate::worker::protocol::{CodePicture, DenoisedRow, DenoisingPicture};

/// Width of the rows' names.
const NAMES: f32 = 13.0 * UNIT;
/// Between two tiles.
const GAP: f32 = 2.0;
/// Height of a block's title.
const TITLE: f32 = 20.0;
/// Height of the errors under a row.
const ERRORS: f32 = 14.0;
/// Fewest digits in a row worth magnifying.
const FEW: usize = 8;
/// Most digits in a row.
const MANY: usize = 20;

/// A block's texture and what it was painted for.
struct Block<T: ?Sized> {
    texture: Texture,
    painted: Option<(Arc<T>, usize, bool)>,
}

impl<T: ?Sized> Default for Block<T> {
    fn default() -> Self {
        Self {
            texture: Texture::default(),
            painted: None,
        }
    }
}

impl<T: ?Sized> Block<T> {
    /// Whether the texture must be painted anew for this content.
    fn is_stale(&mut self, content: &Arc<T>, columns: usize, dark: bool) -> bool {
        let fresh = self
            .painted
            .as_ref()
            .is_some_and(|(old, old_columns, old_dark)| {
                Arc::ptr_eq(old, content) && *old_columns == columns && *old_dark == dark
            });
        if !fresh {
            self.painted = Some((Arc::clone(content), columns, dark));
        }
        !fresh
    }
}

/// The panel.
#[derive(Default)]
pub struct Digits {
    codes: Block<CodePicture>,
    denoising: Block<DenoisingPicture>,
}

/// Where tiles stand.
#[derive(Clone, Copy)]
struct Grid {
    /// A tile on screen, in points.
    tile: egui::Vec2,
    columns: usize,
    row_height: f32,
}

impl Grid {
    fn width(&self) -> f32 {
        NAMES + self.columns as f32 * (self.tile.x + GAP)
    }
}

/// How large and how many: the largest magnification at which all rows fit with at least a few
/// digits, then as many digits as there is room for.
fn fit(
    shape: ImageShape,
    room: egui::Vec2,
    rows: usize,
    fixed: f32,
    pixels_per_point: f32,
) -> usize {
    let tall = magnification(
        room.y * pixels_per_point,
        (fixed + rows as f32 * GAP) * pixels_per_point,
        rows,
        shape.height,
    );
    let wide = magnification(
        (room.x - NAMES) * pixels_per_point,
        FEW as f32 * GAP * pixels_per_point,
        FEW,
        shape.width,
    );
    tall.min(wide)
}

fn grid(shape: ImageShape, width: f32, times: usize, errors: bool, pixels_per_point: f32) -> Grid {
    let scale = times as f32 / pixels_per_point;
    let tile = vec2(shape.width as f32, shape.height as f32) * scale;
    let columns = ((width - NAMES) / (tile.x + GAP)).floor().max(1.0) as usize;
    let row_height = tile.y + GAP + if errors { ERRORS } else { 0.0 };
    Grid {
        tile,
        columns: columns.min(MANY),
        row_height,
    }
}

impl Digits {
    /// Shows both blocks in the room there is.
    pub fn show(&mut self, ui: &mut Ui, run: &RunView, intents: &mut Vec<Intent>) {
        let room = ui.available_size();
        let snapshot = run.snapshot.as_deref();
        let shape = snapshot.map(|snapshot| snapshot.shown.shape);
        let shape = shape.unwrap_or(ImageShape {
            height: 28,
            width: 28,
        });
        let scale = ui.ctx().pixels_per_point();
        let fixed = 2.0 * TITLE + UNIT + 5.0 * ERRORS;
        let stacked = fit(shape, room, 7, fixed, scale);
        let half = vec2((room.x - 2.0 * UNIT) / 2.0, room.y);
        let beside = fit(shape, half, 5, TITLE + 5.0 * ERRORS, scale);
        if beside > stacked {
            ui.columns(2, |columns| {
                let width = half.x;
                let times = fit(shape, half, 2, TITLE, scale).min(beside);
                self.reconstructions(
                    &mut columns[1],
                    run,
                    grid(shape, width, times, false, scale),
                    intents,
                );
                self.denoising(
                    &mut columns[0],
                    run,
                    grid(shape, width, beside, true, scale),
                    intents,
                );
            });
        } else {
            self.reconstructions(ui, run, grid(shape, room.x, stacked, false, scale), intents);
            ui.add_space(UNIT);
            self.denoising(ui, run, grid(shape, room.x, stacked, true, scale), intents);
        }
    }

    fn reconstructions(
        &mut self,
        ui: &mut Ui,
        run: &RunView,
        grid: Grid,
        intents: &mut Vec<Intent>,
    ) {
        title(
            ui,
            run,
            "Reconstructions",
            "test digits, and what the decoder makes of their codes",
            Picture::Reconstructions,
            intents,
        );
        let Some(snapshot) = run.snapshot.as_deref() else {
            return place_holder(
                ui,
                grid,
                2,
                "Digits and their reconstructions appear when the network starts to train.",
            );
        };
        let Some(codes) = &snapshot.codes else {
            return place_holder(
                ui,
                grid,
                2,
                "Reconstructions appear when the network starts to train.",
            );
        };
        let shown = &snapshot.shown;
        let count = shown.pixels.nrows().min(codes.reconstructions.nrows());
        let which = spread(count, grid.columns);
        let dark = ui.visuals().dark_mode;
        if self.codes.is_stale(codes, which.len(), dark) {
            let rows = [shown.pixels.view(), codes.reconstructions.view()];
            paint(
                ui,
                &mut self.codes.texture,
                "reconstructions",
                shown.shape,
                &rows,
                &which,
            );
        }
        let rows = [
            ("original", String::new()),
            (
                "reconstruction",
                format!("Lr {}", numbers::three(codes.scores.lr)),
            ),
        ];
        let area = allocate(ui, grid, 2);
        for (row, (name, figure)) in rows.iter().enumerate() {
            let colour = theme::of(ui).lr;
            row_name(ui, area, grid, row, name, figure, colour);
            tiles(ui, area, grid, &self.codes.texture, row, 2, which.len());
        }
    }

    fn denoising(&mut self, ui: &mut Ui, run: &RunView, grid: Grid, intents: &mut Vec<Intent>) {
        let picture = run
            .snapshot
            .as_deref()
            .and_then(|snapshot| snapshot.denoising.as_ref());
        let caption = picture.map_or_else(
            || "noise, and three ways to take it away".to_owned(),
            |picture| {
                format!(
                    "noise σ {}, {} components; mean squared errors over {} test digits",
                    numbers::three(picture.config.noise),
                    picture.config.components,
                    numbers::count(picture.samples),
                )
            },
        );
        title(ui, run, "Denoising", &caption, Picture::Denoising, intents);
        let Some(picture) = picture else {
            return place_holder(
                ui,
                grid,
                5,
                "Clean and noisy digits, kernel PCA, dkAE + PCA and linear PCA appear after the first training steps.",
            );
        };
        let which = spread(picture.clean.nrows(), grid.columns);
        let dark = ui.visuals().dark_mode;
        let rows = 1 + picture.rows.len();
        if self.denoising.is_stale(picture, which.len(), dark) {
            let mut images = vec![picture.clean.view()];
            let none = ArrayView2::from_shape((0, 0), &[]);
            images.extend(picture.rows.iter().filter_map(|row| match &row.images {
                Some(images) => Some(images.view()),
                None => none.as_ref().ok().copied(),
            }));
            paint(
                ui,
                &mut self.denoising.texture,
                "denoising",
                picture.shape,
                &images,
                &which,
            );
        }
        let area = allocate(ui, grid, rows);
        let palette = theme::of(ui);
        row_name(ui, area, grid, 0, "clean", "", palette.weak);
        tiles(
            ui,
            area,
            grid,
            &self.denoising.texture,
            0,
            rows,
            which.len(),
        );
        for (index, row) in picture.rows.iter().enumerate() {
            self.method(ui, area, grid, row, index + 1, rows, &which);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a row's place among the others takes most"
    )]
    fn method(
        &self,
        ui: &Ui,
        area: Rect,
        grid: Grid,
        row: &DenoisedRow,
        index: usize,
        rows: usize,
        which: &[usize],
    ) {
        let palette = theme::of(ui);
        let figure = match (&row.images, row.error) {
            (_, Some(error)) => format!("mean {}", numbers::three(error)),
            (None, None) => "computing…".to_owned(),
            (Some(_), None) => String::new(),
        };
        row_name(
            ui,
            area,
            grid,
            index,
            row.method.name(),
            &figure,
            palette.text,
        );
        if row.images.is_none() {
            return;
        }
        tiles(
            ui,
            area,
            grid,
            &self.denoising.texture,
            index,
            rows,
            which.len(),
        );
        let each = which.iter().filter_map(|&digit| row.each.get(digit));
        for (column, error) in each.enumerate() {
            let tile = tile_rect(area, grid, index, column);
            // A tile of 28 points has room for four figures: .021 rather than 0.0214.
            let text = if tile.width() < 44.0 {
                format!("{error:.3}").trim_start_matches('0').to_owned()
            } else {
                numbers::three(*error)
            };
            let place = pos2(tile.center().x, tile.bottom() + 1.0);
            let font = egui::FontId::monospace(10.0);
            ui.painter()
                .text(place, Align2::CENTER_TOP, text, font, palette.weak);
        }
    }
}

fn title(
    ui: &mut Ui,
    run: &RunView,
    name: &str,
    caption: &str,
    picture: Picture,
    intents: &mut Vec<Intent>,
) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TITLE), egui::Sense::hover());
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect).id_salt(name), |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.spacing_mut().button_padding = vec2(4.0, 0.0);
            let button = egui::Button::new(RichText::new("💾").small()).frame(false);
            let menu = egui::containers::menu::MenuButton::from_button(button);
            let (response, _) = menu.ui(ui, |ui| toolbar::save_entries(ui, run, picture, intents));
            response
                .accessible_name(format!("Save {name}"))
                .on_hover_text("Save these digits.");
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Min), |ui| {
                ui.label(RichText::new(name).strong());
                ui.add(egui::Label::new(RichText::new(caption).small().weak()).truncate());
            });
        });
    });
}

/// One texture with a row of tiles for each group of images; groups without images stay empty.
fn paint(
    ui: &Ui,
    texture: &mut Texture,
    name: &str,
    tile: ImageShape,
    rows: &[ArrayView2<'_, f32>],
    which: &[usize],
) {
    let sheet = Sheet {
        tile,
        columns: which.len().max(1),
        rows: rows.len(),
    };
    let dark = ui.visuals().dark_mode;
    texture.update(ui.ctx(), name, [sheet.width(), sheet.height()], |out| {
        out.fill(if dark { 0 } else { 255 });
        out.iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|opacity| *opacity = 255);
        for (row, images) in rows.iter().enumerate() {
            for (column, &index) in which.iter().enumerate() {
                if index < images.nrows() && images.ncols() == tile.pixels() {
                    sheet.draw((row, column), images, index, colour::greys(dark), out);
                }
            }
        }
    });
}

fn allocate(ui: &mut Ui, grid: Grid, rows: usize) -> Rect {
    let size = vec2(
        grid.width().min(ui.available_width()),
        rows as f32 * grid.row_height,
    );
    ui.allocate_exact_size(size, egui::Sense::hover()).0
}

fn tile_rect(area: Rect, grid: Grid, row: usize, column: usize) -> Rect {
    let x = area.left() + NAMES + column as f32 * (grid.tile.x + GAP);
    let y = area.top() + row as f32 * grid.row_height;
    Rect::from_min_size(pos2(x.round(), y.round()), grid.tile)
}

fn tiles(
    ui: &Ui,
    area: Rect,
    grid: Grid,
    texture: &Texture,
    row: usize,
    rows: usize,
    columns: usize,
) {
    let Some(id) = texture.id() else { return };
    let step = vec2(1.0 / columns.max(1) as f32, 1.0 / rows as f32);
    for column in 0..columns {
        let uv = Rect::from_min_size(pos2(column as f32 * step.x, row as f32 * step.y), step);
        ui.painter()
            .image(id, tile_rect(area, grid, row, column), uv, Color32::WHITE);
    }
}

fn row_name(
    ui: &Ui,
    area: Rect,
    grid: Grid,
    row: usize,
    name: &str,
    figure: &str,
    colour: Color32,
) {
    let middle = area.top() + row as f32 * grid.row_height + grid.tile.y / 2.0;
    let palette = theme::of(ui);
    let (shift, align) = if figure.is_empty() {
        (0.0, Align2::LEFT_CENTER)
    } else {
        (-1.0, Align2::LEFT_BOTTOM)
    };
    let place = pos2(area.left(), middle + shift);
    ui.painter()
        .text(place, align, name, theme::small(), palette.text);
    let place = pos2(area.left(), middle + 1.0);
    ui.painter().text(
        place,
        Align2::LEFT_TOP,
        figure,
        theme::small_figures(),
        colour,
    );
}

fn place_holder(ui: &mut Ui, grid: Grid, rows: usize, text: &str) {
    let area = allocate(ui, grid, rows);
    let palette = theme::of(ui);
    ui.painter()
        .rect_filled(area, 4, ui.visuals().extreme_bg_color);
    let galley = ui.painter().layout(
        text.to_owned(),
        theme::small(),
        palette.weak,
        area.width() - 2.0 * UNIT,
    );
    ui.painter()
        .galley(area.center() - galley.size() / 2.0, galley, palette.weak);
}
