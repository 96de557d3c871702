//! Where tiles stand, and how they are drawn.

use egui::{Align2, Color32, Rect, Ui, pos2, vec2};
use ndarray::ArrayView2;

use super::super::texture::Texture;
use super::super::theme::{self, UNIT};
use crate::data::ImageShape;
use crate::view::digits::{Sheet, magnification};
use crate::view::{colour, numbers};
use crate::worker::protocol::LIVE_ROWS;

/// Height of the block's title.
pub const TITLE: f32 = 22.0;
/// Rows with errors under them: noisy digits, and what each method makes of them.
const WITH_ERRORS: usize = LIVE_ROWS.len();
/// Rows: original, reconstruction, and those.
pub const ROWS: usize = 2 + WITH_ERRORS;
/// Height of the errors under a row.
const ERRORS: f32 = 13.0;
/// Width of the rows' names.
const NAMES: f32 = 13.0 * UNIT;
/// Height of a tile that has room for three lines beside it.
const THREE_LINES: f32 = 42.0;
/// Between two tiles.
const GAP: f32 = 2.0;
/// Fewest digits in a row worth magnifying: one of each class.
const FEW: usize = 10;
/// Most digits in a row.
const MANY: usize = 20;
/// The most that is put between two rows when there is room.
const SPREAD: f32 = 1.5 * UNIT;

/// What stands beside the tiles from top to bottom.
const FIXED: f32 = ROWS as f32 * GAP + WITH_ERRORS as f32 * ERRORS;

/// The height of the whole block at a magnification.
#[must_use]
pub fn height_for(shape: ImageShape, times: usize, pixels_per_point: f32) -> f32 {
    let tile = (shape.height * times) as f32 / pixels_per_point;
    TITLE + UNIT / 2.0 + FIXED + ROWS as f32 * tile
}

/// A row of a texture's rows.
#[derive(Clone, Copy)]
pub struct Row {
    /// Which.
    pub row: usize,
    /// Of how many.
    pub of: usize,
}

/// Where the tiles stand.
pub struct Grid {
    area: Rect,
    tile: egui::Vec2,
    /// Digits in a row.
    pub columns: usize,
    /// Between two rows, beside the gap.
    spread: f32,
}

impl Grid {
    /// The largest magnification at which all rows fit with at least a few digits, then as many
    /// digits as there is room for, then the rows as far apart as is good to look at.
    #[must_use]
    pub fn fit(shape: ImageShape, room: Rect, pixels_per_point: f32) -> Self {
        let tall = magnification(
            room.height() * pixels_per_point,
            FIXED * pixels_per_point,
            ROWS,
            shape.height,
        );
        let wide = magnification(
            (room.width() - NAMES) * pixels_per_point,
            FEW as f32 * GAP * pixels_per_point,
            FEW,
            shape.width,
        );
        let scale = tall.min(wide) as f32 / pixels_per_point;
        let tile = vec2(shape.width as f32, shape.height as f32) * scale;
        let columns = ((room.width() - NAMES + GAP) / (tile.x + GAP))
            .floor()
            .max(1.0) as usize;
        let left = room.height() - FIXED - ROWS as f32 * tile.y;
        Self {
            area: room,
            tile,
            columns: columns.min(MANY),
            spread: (left / (ROWS - 1) as f32).clamp(0.0, SPREAD).floor(),
        }
    }

    /// A row with its name and errors.
    #[must_use]
    pub fn row(&self, row: usize) -> Rect {
        let errors = row.saturating_sub(ROWS - WITH_ERRORS) as f32 * ERRORS;
        let top = row as f32 * (self.tile.y + GAP + self.spread) + errors;
        let below = if row < ROWS - WITH_ERRORS {
            0.0
        } else {
            ERRORS
        };
        let width = NAMES + self.columns as f32 * (self.tile.x + GAP);
        Rect::from_min_size(
            pos2(self.area.left(), (self.area.top() + top).round()),
            vec2(width.min(self.area.width()), self.tile.y + below),
        )
    }

    fn tile(&self, row: usize, column: usize) -> Rect {
        let min = self.row(row).min;
        let x = min.x + NAMES + column as f32 * (self.tile.x + GAP);
        Rect::from_min_size(pos2(x.round(), min.y), self.tile)
    }

    /// Where the name of a row stands.
    #[must_use]
    pub fn name_rect(&self, row: usize) -> Rect {
        self.row(row).with_max_x(self.area.left() + NAMES)
    }

    /// The name of a row and its figure.
    pub fn name(&self, ui: &Ui, row: usize, name: &str, figure: &str, colour: Color32) {
        let rect = self.row(row);
        let middle = rect.top() + self.tile.y / 2.0;
        let (shift, align) = if figure.is_empty() {
            (0.0, Align2::LEFT_CENTER)
        } else {
            (-1.0, Align2::LEFT_BOTTOM)
        };
        let palette = theme::of(ui);
        let place = pos2(rect.left(), middle + shift);
        let painter = ui.painter();
        painter.text(place, align, name, theme::small(), palette.text);
        let place = pos2(rect.left(), middle + 1.0);
        let font = theme::small_figures();
        painter.text(place, Align2::LEFT_TOP, figure, font, colour);
    }

    /// The same for a row of an earlier step, which `note` tells; where there is no room for
    /// three lines it stands in the figure's place.
    pub fn dated_name(&self, ui: &Ui, row: usize, name: &str, figure: &str, note: &str) {
        let palette = theme::of(ui);
        if self.tile.y < THREE_LINES || figure.is_empty() {
            self.name(ui, row, name, note, palette.notice);
            return;
        }
        let rect = self.row(row);
        let middle = pos2(rect.left(), rect.top() + self.tile.y / 2.0);
        let painter = ui.painter();
        let figures = theme::small_figures();
        let above = middle - vec2(0.0, 8.0);
        painter.text(
            above,
            Align2::LEFT_BOTTOM,
            name,
            theme::small(),
            palette.text,
        );
        painter.text(
            middle,
            Align2::LEFT_CENTER,
            figure,
            figures.clone(),
            palette.weak,
        );
        let below = middle + vec2(0.0, 8.0);
        painter.text(below, Align2::LEFT_TOP, note, figures, palette.notice);
    }

    /// The tiles of a row of a texture, opaque at a `strength` of 1; where there is no digit the
    /// place stays empty.
    pub fn tiles(
        &self,
        ui: &Ui,
        at: usize,
        texture: &Texture,
        Row { row, of }: Row,
        digits: &[Option<usize>],
        strength: f32,
    ) {
        let Some(id) = texture.id() else { return };
        let tint = Color32::WHITE.gamma_multiply(strength);
        let step = vec2(1.0 / digits.len().max(1) as f32, 1.0 / of as f32);
        for (column, digit) in digits.iter().enumerate() {
            if digit.is_some() {
                let from = pos2(column as f32 * step.x, row as f32 * step.y);
                let uv = Rect::from_min_size(from, step);
                ui.painter().image(id, self.tile(at, column), uv, tint);
            }
        }
    }

    /// The error under a tile.
    pub fn error(&self, ui: &Ui, row: usize, column: usize, error: f64) {
        let tile = self.tile(row, column);
        // A tile of 28 points has room for four figures: .021 rather than 0.0214.
        let text = if tile.width() < 44.0 {
            format!("{error:.3}").trim_start_matches('0').to_owned()
        } else {
            numbers::three(error)
        };
        let place = pos2(tile.center().x, tile.bottom());
        let (font, weak) = (theme::tiny_figures(), theme::of(ui).weak);
        ui.painter()
            .text(place, Align2::CENTER_TOP, text, font, weak);
    }
}

/// One texture with a row of tiles for each group of images; groups without images stay empty.
pub fn paint(
    ui: &Ui,
    texture: &mut Texture,
    tile: ImageShape,
    rows: &[Option<ArrayView2<'_, f32>>],
    digits: &[Option<usize>],
) {
    let sheet = Sheet {
        tile,
        columns: digits.len().max(1),
        rows: rows.len(),
    };
    let dark = ui.visuals().dark_mode;
    let size = [sheet.width(), sheet.height()];
    texture.update(ui.ctx(), "digits", size, |out| {
        out.fill(if dark { 0 } else { 255 });
        out.iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|opacity| *opacity = 255);
        for (row, images) in rows.iter().enumerate() {
            let Some(images) = images else { continue };
            for (column, digit) in digits.iter().enumerate() {
                if let Some(index) = *digit
                    && index < images.nrows()
                    && images.ncols() == tile.pixels()
                {
                    sheet.draw((row, column), images, index, colour::greys(dark), out);
                }
            }
        }
    });
}

/// Says in an empty place what will appear there.
pub fn place_holder(ui: &Ui, area: Rect, text: &str) {
    let palette = theme::of(ui);
    let painter = ui.painter();
    painter.rect_filled(area, 4, ui.visuals().extreme_bg_color);
    let width = area.width() - 2.0 * UNIT;
    let galley = painter.layout(text.to_owned(), theme::small(), palette.weak, width);
    let place = area.center() - galley.size() / 2.0;
    painter.galley(place, galley, palette.weak);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGIT: ImageShape = ImageShape {
        height: 28,
        width: 28,
    };

    fn room(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
    }

    #[test]
    fn the_height_that_is_asked_for_gives_that_magnification() {
        for times in 1..4 {
            let height = height_for(DIGIT, times, 1.0) - TITLE - UNIT / 2.0;
            let grid = Grid::fit(DIGIT, room(1000.0, height), 1.0);
            assert!((grid.tile.y - 28.0 * times as f32).abs() < 0.1);
            assert!(grid.row(ROWS - 1).bottom() <= 20.0 + height + 0.5);
            let less = Grid::fit(DIGIT, room(1000.0, height - 2.0), 1.0);
            assert!(times == 1 || less.tile.y < grid.tile.y);
        }
    }

    #[test]
    fn rows_do_not_overlap_and_tiles_stay_inside() {
        for (width, height) in [(480.0, 320.0), (680.0, 410.0), (760.0, 450.0)] {
            let area = room(width, height);
            let grid = Grid::fit(DIGIT, area, 1.0);
            assert!((1..ROWS).all(|row| grid.row(row).top() > grid.row(row - 1).bottom()));
            assert!(grid.row(ROWS - 1).bottom() <= area.bottom());
            assert!(grid.tile(0, grid.columns - 1).right() <= area.right());
        }
    }
}
