//! Where rows of digits stand, and their names.

use egui::{Align2, Ui, pos2, vec2};

use crate::ui::theme::{self, UNIT};
use crate::view::digits::magnification;
use crate::view::study::{DigitRow, Pictures};

/// Room for the name of a row of digits at its left.
const NAMES: f32 = 13.0 * UNIT;
/// Height of the name of a row of digits above it.
const TITLE: f32 = 2.0 * UNIT;
/// Rows are named above if there is less room than this, or if it makes the digits larger.
const NARROW: f32 = 60.0 * UNIT;
/// Digits that a row has at least, if there are so many: one of each class.
const CLASSES: usize = 10;
/// Largest magnification of digits.
const LARGEST: usize = 5;
/// Between two digits.
pub const GAP: f32 = 2.0;

/// Where digits stand.
pub struct Grid {
    /// A digit on screen.
    pub tile: egui::Vec2,
    /// Room for a row's name at its left,
    pub left: f32,
    /// or above it.
    pub above: f32,
    /// Digits in a row.
    pub columns: usize,
    /// How often all rows come, each time with further digits.
    pub bands: usize,
    /// Digits there are.
    pub count: usize,
}

impl Grid {
    /// The whole magnification at which the digits fill most of the room, in rows that are equally
    /// long and, where there are digits of ten classes, do not end within them.
    #[must_use]
    pub fn fit(pictures: &Pictures, room: egui::Vec2, scale: f32) -> Option<Self> {
        let rows = pictures.digits.len();
        let there = pictures.digits.iter().filter_map(|row| row.images.as_ref());
        let count = there.map(ndarray::Array2::nrows).min()?;
        let shape = pictures.shape;
        let few = count.clamp(1, CLASSES);
        let at = |(left, above): (f32, f32), times: usize| {
            let tile = vec2(shape.width as f32, shape.height as f32) * times as f32 / scale;
            let columns = ((room.x - left + GAP) / (tile.x + GAP)).floor() as usize;
            let mut grid = Self {
                tile,
                left,
                above,
                columns: columns.clamp(1, count.max(1)),
                bands: 1,
                count,
            };
            grid.bands = ((room.y / grid.band(rows)).floor() as usize).max(1);
            grid.balance();
            grid
        };
        let layout = |(left, above): (f32, f32)| {
            let gaps = rows as f32 * (above + GAP) * scale;
            let tall = magnification(room.y * scale, gaps, rows, shape.height);
            let gaps = few as f32 * GAP * scale;
            let wide = magnification((room.x - left) * scale, gaps, few, shape.width);
            let most = tall.min(wide).clamp(1, LARGEST);
            (1..=most).map(move |times| at((left, above), times))
        };
        let area = |grid: &Self| (grid.columns * grid.bands) as f32 * grid.tile.x * grid.tile.y;
        let beside = layout((NAMES, 0.0)).filter(|_| room.x >= NARROW);
        // Of two that are equal the last wins, and names at the left are the easier to read.
        layout((0.0, TITLE))
            .chain(beside)
            .max_by(|a, b| area(a).total_cmp(&area(b)))
    }

    /// Makes all rows equally long.
    fn balance(&mut self) {
        if self.count.is_multiple_of(CLASSES) && self.columns >= CLASSES {
            self.columns -= self.columns % CLASSES;
        }
        let needed = self.count.div_ceil(self.columns).max(1);
        self.bands = self.bands.min(needed);
        if self.bands == needed {
            self.columns = self.count.div_ceil(needed).max(1);
        }
    }

    /// Whether rows are named above.
    #[must_use]
    pub fn names_above(&self) -> bool {
        self.above > 0.0
    }

    /// The height of a row.
    #[must_use]
    pub fn row(&self) -> f32 {
        self.above + self.tile.y + GAP
    }

    /// The height of all rows.
    #[must_use]
    pub fn band(&self, rows: usize) -> f32 {
        rows as f32 * self.row() + UNIT
    }
}

/// A row's name and figure, at its left or above it.
pub fn row_name(ui: &Ui, place: egui::Pos2, grid: &Grid, row: &DigitRow) {
    let palette = theme::of(ui);
    let (small, figures) = (theme::small(), theme::small_figures());
    let painter = ui.painter();
    if grid.names_above() {
        let end = painter.text(place, Align2::LEFT_TOP, &row.name, small, palette.text);
        let next = pos2(end.right() + UNIT, place.y + 1.0);
        painter.text(next, Align2::LEFT_TOP, &row.figure, figures, palette.lr);
        return;
    }
    let middle = place + vec2(0.0, grid.tile.y / 2.0);
    if row.figure.is_empty() {
        painter.text(middle, Align2::LEFT_CENTER, &row.name, small, palette.text);
        return;
    }
    painter.text(middle, Align2::LEFT_BOTTOM, &row.name, small, palette.text);
    painter.text(middle, Align2::LEFT_TOP, &row.figure, figures, palette.lr);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced(count: usize, columns: usize, bands: usize) -> (usize, usize) {
        let mut grid = Grid {
            tile: vec2(28.0, 28.0),
            left: 0.0,
            above: 0.0,
            columns,
            bands,
            count,
        };
        grid.balance();
        (grid.columns, grid.bands)
    }

    #[test]
    fn ten_digits_stay_together_and_rows_are_equally_long() {
        assert_eq!(balanced(20, 11, 3), (10, 2));
        assert_eq!(balanced(20, 19, 1), (10, 1));
        assert_eq!(balanced(20, 20, 2), (20, 1));
        assert_eq!(balanced(16, 12, 2), (8, 2));
        assert_eq!(balanced(16, 12, 1), (12, 1));
        assert_eq!(balanced(20, 6, 2), (6, 2), "too narrow for ten");
    }
}
