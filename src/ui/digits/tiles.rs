//! Where tiles stand, and how they are drawn.

use egui::{Align2, Color32, Rect, Ui, pos2, vec2};
use ndarray::ArrayView2;

use super::super::texture::Texture;
use super::super::theme::{self, UNIT};
use crate::data::ImageShape;
use crate::exhibit::denoising::LIVE_ROWS;
use crate::exhibit::{Row, RowOf, numbers};
use crate::picture::colour;
use crate::picture::digits::{Sheet, magnification};

/// Height of the block's title.
pub const TITLE: f32 = 22.0;
/// Height of the errors under a row.
const ERRORS: f32 = 13.0;
/// Width of the rows' names.
const NAMES: f32 = 13.0 * UNIT;
/// Height of the name of a row above it.
const ABOVE: f32 = 2.0 * UNIT;
/// In a narrower room rows are named above.
const NARROW: f32 = 60.0 * UNIT;
/// Height of a tile that has room for three lines beside it.
const THREE_LINES: f32 = 42.0;
/// Between two tiles.
const GAP: f32 = 2.0;
/// Images in a row worth magnifying: one of each class.
const FEW: usize = 10;
/// Most images in a row.
const MANY: usize = 20;
/// The most that is put between two rows when there is room.
const SPREAD: f32 = 1.5 * UNIT;
/// Largest magnification where rows may come again.
const LARGEST: usize = 5;

/// How much of its strength a row loses that is as old as the run.
pub const DIMMEST: f32 = 0.75;
/// The age that is the least to be seen.
const YOUNGEST: f32 = 0.4;

/// How old what was made at `step` is beside what was made at step `now`: 0 if it is of the same
/// step, else from [`YOUNGEST`] to 1, the whole run's length.
pub fn age(step: u64, now: u64) -> f32 {
    if step >= now {
        return 0.0;
    }
    let missed = (now - step) as f32 / now as f32;
    YOUNGEST + (1.0 - YOUNGEST) * missed
}

/// How rows take the room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Once from top to bottom, as large as that allows: rows stay where they are, whatever comes in.
    Steady,
    /// So that most of the room is filled: where there is room for more images the rows come again
    /// below.
    Filling,
}

/// What is to be placed.
pub struct Wanted {
    /// For each row whether errors stand under it.
    pub rows: Vec<bool>,
    /// Images there are.
    pub count: usize,
    /// Their size.
    pub shape: ImageShape,
}

impl Wanted {
    /// What stands beside the tiles from top to bottom.
    fn fixed(&self) -> f32 {
        let errors = self.rows.iter().filter(|has| **has).count();
        self.rows.len() as f32 * GAP + errors as f32 * ERRORS
    }
}

/// The height of the whole block of a live run at a magnification.
#[must_use]
pub fn height_for(shape: ImageShape, times: usize, pixels_per_point: f32) -> f32 {
    let wanted = live(shape);
    let tile = (shape.height * times) as f32 / pixels_per_point;
    TITLE + UNIT / 2.0 + wanted.fixed() + wanted.rows.len() as f32 * tile
}

/// The rows of a live run.
fn live(shape: ImageShape) -> Wanted {
    Wanted {
        rows: [vec![false; 2], vec![true; LIVE_ROWS.len()]].concat(),
        count: MANY,
        shape,
    }
}

/// Where the tiles stand.
pub struct Grid {
    room: Rect,
    tile: egui::Vec2,
    /// Room for a row's name at its left; 0 where it stands above.
    left: f32,
    /// Room for a row's name above it; 0 where it stands at the left.
    above: f32,
    /// For each row whether errors stand under it.
    rows: Vec<bool>,
    /// Images in a row.
    pub columns: usize,
    /// How often all rows come, each time with further images.
    pub bands: usize,
    /// Images there are.
    count: usize,
    /// Between two rows, beside the gap.
    spread: f32,
}

impl Grid {
    /// The best place for what is `wanted`; `None` if that is nothing.
    #[must_use]
    pub fn fit(style: Style, wanted: &Wanted, room: Rect, pixels_per_point: f32) -> Option<Self> {
        if wanted.rows.is_empty() {
            return None;
        }
        match style {
            Style::Steady => Some(Self::steady(wanted, room, pixels_per_point)),
            Style::Filling if wanted.count == 0 => None,
            Style::Filling => Self::filling(wanted, room, pixels_per_point),
        }
    }

    fn new(wanted: &Wanted, room: Rect, (left, above): (f32, f32), scale: f32) -> Self {
        let shape = wanted.shape;
        let tile = vec2(shape.width as f32, shape.height as f32) * scale;
        let columns = ((room.width() - left + GAP) / (tile.x + GAP)).floor();
        Self {
            room,
            tile,
            left,
            above,
            rows: wanted.rows.clone(),
            columns: columns.max(1.0) as usize,
            bands: 1,
            count: wanted.count,
            spread: 0.0,
        }
    }

    /// The largest whole magnification at which all rows fit with at least a few images.
    fn magnified(wanted: &Wanted, room: Rect, (left, above): (f32, f32), scale: f32) -> usize {
        let (rows, few) = (wanted.rows.len(), wanted.count.clamp(1, FEW));
        let gaps = (wanted.fixed() + rows as f32 * above) * scale;
        let tall = magnification(room.height() * scale, gaps, rows, wanted.shape.height);
        let gaps = few as f32 * GAP * scale;
        let width = (room.width() - left) * scale;
        tall.min(magnification(width, gaps, few, wanted.shape.width))
    }

    /// The largest magnification at which all rows fit with at least a few images, then as many
    /// images as there is room for, then the rows as far apart as is good to look at.
    fn steady(wanted: &Wanted, room: Rect, pixels_per_point: f32) -> Self {
        let names = (NAMES, 0.0);
        // Whatever their number is, and before it is known. In a low room the images come before their errors.
        let least = wanted.rows.len() as f32 * wanted.shape.height as f32 / pixels_per_point;
        let low = wanted.fixed() + least > room.height();
        let many = Wanted {
            rows: wanted.rows.iter().map(|&errors| errors && !low).collect(),
            count: FEW,
            shape: wanted.shape,
        };
        let wanted = &Wanted {
            rows: many.rows.clone(),
            ..*wanted
        };
        let times = Self::magnified(&many, room, names, pixels_per_point);
        let mut grid = Self::new(wanted, room, names, times as f32 / pixels_per_point);
        grid.columns = grid.columns.min(MANY);
        let rows = wanted.rows.len();
        let left = room.height() - wanted.fixed() - rows as f32 * grid.tile.y;
        let between = rows.saturating_sub(1).max(1) as f32;
        grid.spread = (left / between).clamp(0.0, SPREAD).floor();
        grid
    }

    /// The magnification at which the images fill most of the room, in rows that are equally long and,
    /// where there are images of ten classes, do not end within them.
    fn filling(wanted: &Wanted, room: Rect, pixels_per_point: f32) -> Option<Self> {
        let at = |names, times: usize| {
            let mut grid = Self::new(wanted, room, names, times as f32 / pixels_per_point);
            grid.columns = grid.columns.min(wanted.count);
            grid.bands = ((room.height() / grid.band()).floor() as usize).max(1);
            grid.balance();
            grid
        };
        let layout = |names: (f32, f32)| {
            let most = Self::magnified(wanted, room, names, pixels_per_point);
            (1..=most.clamp(1, LARGEST)).map(move |times| at(names, times))
        };
        let area = |grid: &Self| (grid.columns * grid.bands) as f32 * grid.tile.x * grid.tile.y;
        let beside = layout((NAMES, 0.0)).filter(|_| room.width() >= NARROW);
        // Of two that are equal the last wins, and names at the left are the easier to read.
        layout((0.0, ABOVE))
            .chain(beside)
            .max_by(|a, b| area(a).total_cmp(&area(b)))
    }

    /// Makes all rows equally long.
    fn balance(&mut self) {
        if self.count.is_multiple_of(FEW) && self.columns >= FEW {
            self.columns -= self.columns % FEW;
        }
        let needed = self.count.div_ceil(self.columns).max(1);
        self.bands = self.bands.min(needed);
        if self.bands == needed {
            self.columns = self.count.div_ceil(needed).max(1);
        }
    }

    /// The height of a row with its name and errors.
    fn height(&self, row: usize) -> f32 {
        let errors = if self.rows[row] { ERRORS } else { 0.0 };
        self.above + self.tile.y + errors
    }

    /// The height of all rows.
    fn band(&self) -> f32 {
        let rows: f32 = (0..self.rows.len()).map(|row| self.height(row) + GAP).sum();
        rows + self.rows.len().saturating_sub(1) as f32 * self.spread + UNIT
    }

    /// What so many bands take.
    #[must_use]
    pub fn area(&self, bands: usize) -> Rect {
        let height = bands as f32 * self.band();
        Rect::from_min_size(self.room.min, vec2(self.room.width(), height))
    }

    /// A row of a band with its name and errors.
    #[must_use]
    pub fn row(&self, (band, row): (usize, usize)) -> Rect {
        let before = (0..row).map(|row| self.height(row) + GAP + self.spread);
        let top = self.room.top() + band as f32 * self.band() + before.sum::<f32>();
        let width = self.left + self.columns as f32 * (self.tile.x + GAP);
        Rect::from_min_size(
            pos2(self.room.left(), top.round()),
            vec2(width.min(self.room.width()), self.height(row)),
        )
    }

    /// Where a tile of a row stands.
    #[must_use]
    pub fn tile(&self, place: (usize, usize), column: usize) -> Rect {
        let min = self.row(place).min;
        let x = min.x + self.left + column as f32 * (self.tile.x + GAP);
        Rect::from_min_size(pos2(x.round(), (min.y + self.above).round()), self.tile)
    }

    /// Where the name of a row stands.
    #[must_use]
    pub fn name_rect(&self, place: (usize, usize)) -> Rect {
        let row = self.row(place);
        if self.above > 0.0 {
            row.with_max_y(row.top() + self.above)
        } else {
            row.with_max_x(row.left() + self.left)
        }
    }

    /// The name of a row and its figure; of a row of an earlier step, which `note` tells, that too. Above
    /// a row it stands once, at its first band.
    pub fn name(&self, ui: &Ui, place: (usize, usize), row: &Row, note: Option<String>) {
        let palette = theme::of(ui);
        let painter = ui.painter();
        let (small, figures) = (theme::small(), theme::small_figures());
        let ink = if row.of == RowOf::Reconstruction {
            palette.lr
        } else {
            palette.text
        };
        let (figure, colour) = match note {
            Some(note) if row.figure.is_empty() => (note, palette.notice),
            Some(note) if self.above == 0.0 && self.tile.y >= THREE_LINES => {
                return self.three_lines(ui, place, row, &note);
            }
            Some(note) => (note, palette.notice),
            None => (row.figure.clone(), ink),
        };
        let rect = self.row(place);
        if self.above > 0.0 {
            if place.0 == 0 {
                let start = rect.min;
                let end = painter.text(start, Align2::LEFT_TOP, &row.name, small, palette.text);
                let next = pos2(end.right() + UNIT, start.y + 1.0);
                painter.text(next, Align2::LEFT_TOP, figure, figures, colour);
            }
            return;
        }
        let middle = rect.top() + self.tile.y / 2.0;
        let (shift, align) = if figure.is_empty() {
            (0.0, Align2::LEFT_CENTER)
        } else {
            (-1.0, Align2::LEFT_BOTTOM)
        };
        let at = pos2(rect.left(), middle + shift);
        painter.text(at, align, &row.name, small, palette.text);
        let at = pos2(rect.left(), middle + 1.0);
        painter.text(at, Align2::LEFT_TOP, figure, figures, colour);
    }

    /// Name, figure and `note` one under the other.
    fn three_lines(&self, ui: &Ui, place: (usize, usize), row: &Row, note: &str) {
        let palette = theme::of(ui);
        let rect = self.row(place);
        let middle = pos2(rect.left(), rect.top() + self.tile.y / 2.0);
        let painter = ui.painter();
        let (small, figures) = (theme::small(), theme::small_figures());
        let above = middle - vec2(0.0, 8.0);
        painter.text(above, Align2::LEFT_BOTTOM, &row.name, small, palette.text);
        let (weak, next) = (palette.weak, figures.clone());
        painter.text(middle, Align2::LEFT_CENTER, &row.figure, next, weak);
        let below = middle + vec2(0.0, 8.0);
        painter.text(below, Align2::LEFT_TOP, note, figures, palette.notice);
    }

    /// The tiles `columns` of a texture with `all` of them in a row, opaque at a `strength` of 1.
    pub fn tiles(
        &self,
        ui: &Ui,
        place: (usize, usize),
        texture: &Texture,
        (columns, all): (std::ops::Range<usize>, usize),
        strength: f32,
    ) {
        let Some(id) = texture.id() else { return };
        let tint = Color32::WHITE.gamma_multiply(strength);
        let step = 1.0 / all.max(1) as f32;
        for (column, tile) in columns.enumerate() {
            let from = pos2(tile as f32 * step, 0.0);
            let uv = Rect::from_min_size(from, vec2(step, 1.0));
            ui.painter().image(id, self.tile(place, column), uv, tint);
        }
    }

    /// The error under a tile, if there is room for errors.
    pub fn error(&self, ui: &Ui, place: (usize, usize), column: usize, error: f64) {
        if !self.rows[place.1] {
            return;
        }
        let tile = self.tile(place, column);
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

/// A texture with the images `which` in a row.
pub fn paint(
    ui: &Ui,
    texture: &mut Texture,
    tile: ImageShape,
    images: ArrayView2<'_, f32>,
    which: &[usize],
) {
    let sheet = Sheet {
        tile,
        columns: which.len().max(1),
        rows: 1,
    };
    let dark = ui.visuals().dark_mode;
    let size = [sheet.width(), sheet.height()];
    texture.update(ui.ctx(), "images", size, |out| {
        let page = if dark { 0 } else { 255 };
        let (pixels, _) = out.as_chunks_mut::<4>();
        pixels.fill([page, page, page, 255]);
        for (column, &index) in which.iter().enumerate() {
            if index < images.nrows() && images.ncols() == tile.pixels() {
                sheet.draw((0, column), &images, index, colour::greys(dark), out);
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
    const ROWS: usize = 2 + LIVE_ROWS.len();

    fn room(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
    }

    fn steady(room: Rect) -> Grid {
        Grid::fit(Style::Steady, &live(DIGIT), room, 1.0).unwrap()
    }

    #[test]
    fn the_height_that_is_asked_for_gives_that_magnification() {
        for times in 1..4 {
            let height = height_for(DIGIT, times, 1.0) - TITLE - UNIT / 2.0;
            let grid = steady(room(1000.0, height));
            assert!((grid.tile.y - 28.0 * times as f32).abs() < 0.1);
            assert!(grid.row((0, ROWS - 1)).bottom() <= 20.0 + height + 0.5);
            let less = steady(room(1000.0, height - 2.0));
            assert!(times == 1 || less.tile.y < grid.tile.y);
        }
    }

    #[test]
    fn rows_do_not_overlap_and_tiles_stay_inside() {
        for (width, height) in [(480.0, 320.0), (680.0, 410.0), (760.0, 450.0)] {
            let area = room(width, height);
            let grid = steady(area);
            let row = |row| grid.row((0, row));
            assert!((1..ROWS).all(|at| row(at).top() > row(at - 1).bottom()));
            assert!(row(ROWS - 1).bottom() <= area.bottom());
            let last = grid.tile((0, 0), grid.columns - 1);
            assert!(last.right() <= area.right());
        }
    }

    fn balanced(count: usize, columns: usize, bands: usize) -> (usize, usize) {
        let wanted = Wanted {
            rows: vec![false],
            count,
            shape: DIGIT,
        };
        let mut grid = Grid {
            columns,
            bands,
            ..Grid::new(&wanted, room(900.0, 900.0), (0.0, 0.0), 1.0)
        };
        grid.balance();
        (grid.columns, grid.bands)
    }

    #[test]
    fn ten_images_stay_together_and_rows_are_equally_long() {
        assert_eq!(balanced(20, 11, 3), (10, 2));
        assert_eq!(balanced(20, 19, 1), (10, 1));
        assert_eq!(balanced(20, 20, 2), (20, 1));
        assert_eq!(balanced(16, 12, 2), (8, 2));
        assert_eq!(balanced(16, 12, 1), (12, 1));
        assert_eq!(balanced(20, 6, 2), (6, 2), "too narrow for ten");
    }

    /// At 1,100 × 700 with pins below: a row cut in two would be worse than no errors under the rows.
    #[test]
    fn in_a_low_room_images_come_before_their_errors() {
        for (height, errors) in [(275.0, true), (274.0, false), (211.0, false)] {
            let room = room(480.0, height);
            let grid = steady(room);
            assert_eq!(grid.rows.contains(&true), errors, "{height}");
            assert!(grid.row((0, 6)).bottom() <= room.bottom(), "{height}");
        }
    }

    #[test]
    fn rows_that_fill_a_room_stay_in_it() {
        for (width, height) in [(280.0, 120.0), (400.0, 300.0), (900.0, 260.0)] {
            for rows in [vec![false; 2], vec![true; 9]] {
                let wanted = Wanted {
                    rows,
                    count: 20,
                    shape: DIGIT,
                };
                let area = room(width, height);
                let grid = Grid::fit(Style::Filling, &wanted, area, 1.0).unwrap();
                let last = (grid.bands - 1, wanted.rows.len() - 1);
                let right = grid.tile(last, grid.columns - 1).right();
                assert!(right <= area.right() + 0.5, "{width} x {height}");
                // Where even the smallest magnification is too high the rows go on below.
                let least = 28.0 * wanted.rows.len() as f32 + wanted.fixed();
                if least + ABOVE * wanted.rows.len() as f32 + UNIT < height {
                    assert!(grid.row(last).bottom() <= area.bottom() + 0.5);
                }
            }
        }
    }

    #[test]
    fn what_is_older_is_dimmer() {
        assert_eq!([age(430, 430), age(431, 430), age(0, 0)], [0.0; 3]);
        let ages = [age(429, 430), age(200, 430), age(0, 430)];
        assert!(
            ages.is_sorted() && ages[0] >= YOUNGEST && ages[2] <= 1.0,
            "{ages:?}"
        );
    }
}
