//! Where the pictures stand, and the window onto the matrices that they share.

use std::ops::Range;

use egui::{Pos2, Rect, Response, Ui, Vec2, pos2, vec2};

use super::super::theme::UNIT;

/// Width of the class strips, which carry the classes' numbers.
pub(super) const STRIP: f32 = 13.0;
/// Between a strip and its picture.
pub(super) const GAP: f32 = 2.0;
/// Narrower squares than this are not worth showing beside others.
pub(super) const READABLE: f32 = 24.0 * UNIT;

/// What stands around the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// A name and a caption of one line above, a colour bar below: the Live page, which the page of
    /// explanations is about.
    Live,
    /// The same with captions of two lines.
    Study,
    /// Nothing but the class strips.
    Bare,
}

impl Dress {
    /// Height of a title and of its caption.
    pub(super) fn head(self) -> f32 {
        match self {
            Self::Live => 42.0,
            Self::Study => 52.0,
            Self::Bare => 0.0,
        }
    }

    /// Height of the colour bar and of its figures.
    pub(super) fn foot(self) -> f32 {
        match self {
            Self::Live | Self::Study => 30.0,
            Self::Bare => 0.0,
        }
    }

    /// Whether the page of explanations points at the pictures.
    pub(super) fn is_explained(self) -> bool {
        self == Self::Live
    }

    /// Whether captions may take two lines.
    pub(super) fn wraps(self) -> bool {
        self == Self::Study
    }

    /// The height that `count` pictures in `width` need.
    #[must_use]
    pub fn height_for(self, width: f32, count: usize) -> f32 {
        side_for(width, count) + self.head() + STRIP + GAP + self.foot()
    }

    /// The width that `count` pictures need to be at most `height` high.
    #[must_use]
    pub fn width_for(self, height: f32, count: usize) -> f32 {
        let count = count.max(1) as f32;
        count * (height - self.head() - self.foot()) + (count - 1.0) * 2.0 * UNIT
    }

    /// How many of `count` pictures are shown in `width`: all, or those that can be read, two at least.
    pub(super) fn shown(self, width: f32, count: usize) -> usize {
        let fits = |&count: &usize| side_for(width, count) >= READABLE;
        match self {
            Self::Live | Self::Bare => count,
            Self::Study => (2..=count).rev().find(fits).unwrap_or(count.min(2)),
        }
    }

    /// The side of each of `count` pictures in a room of this size.
    pub(super) fn side(self, room: Vec2, count: usize) -> f32 {
        side_for(room.x, count)
            .min(room.y - self.head() - self.foot() - STRIP - GAP)
            .max(UNIT)
            .floor()
    }
}

/// The side of a picture when `count` stand in `width`.
fn side_for(width: f32, count: usize) -> f32 {
    let count = count.max(1) as f32;
    ((width - (count - 1.0) * 2.0 * UNIT) / count - STRIP - GAP).floor()
}

/// The least part of a matrix that is shown: four cells.
fn smallest(n: f32) -> f32 {
    4.0 / n.max(4.0)
}

/// The visible part of a square matrix, in fractions of its side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    origin: Vec2,
    span: f32,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            origin: Vec2::ZERO,
            span: 1.0,
        }
    }
}

impl Window {
    /// The window onto a block of an `n`×`n` matrix, as much larger as it has to be to be square.
    #[must_use]
    pub fn onto(rows: &Range<usize>, columns: &Range<usize>, n: usize) -> Self {
        let n = n.max(1) as f32;
        let span = (rows.len().max(columns.len()) as f32 / n).clamp(smallest(n), 1.0);
        let mut window = Self {
            origin: vec2(columns.start as f32, rows.start as f32) / n,
            span,
        };
        window.move_by(Vec2::ZERO);
        window
    }

    /// The visible fraction of a side.
    #[must_use]
    pub fn span(&self) -> f32 {
        self.span
    }

    /// The first visible row and column, in fractions of the side.
    #[must_use]
    pub fn origin(&self) -> [f32; 2] {
        [self.origin.y, self.origin.x]
    }

    /// Row and column under the pointer.
    #[must_use]
    pub fn cell(&self, square: Rect, n: usize, pointer: Pos2) -> Option<(usize, usize)> {
        let place = self.origin + (pointer - square.min) / square.width() * self.span;
        let index = |fraction: f32| {
            let cell = (fraction * n as f32).floor();
            (cell >= 0.0 && cell < n as f32).then_some(cell as usize)
        };
        Some((index(place.y)?, index(place.x)?))
    }

    /// Where a cell stands on screen; possibly outside the square.
    #[must_use]
    pub fn cell_rect(&self, square: Rect, n: usize, (row, column): (usize, usize)) -> Rect {
        let side = square.width() / self.span;
        let place = |index: usize, origin: f32| (index as f32 / n as f32 - origin) * side;
        let min = pos2(
            square.left() + place(column, self.origin.x),
            square.top() + place(row, self.origin.y),
        );
        Rect::from_min_size(min, Vec2::splat(side / n as f32))
    }

    /// Moves by a drag, zooms by the wheel or a pinch, shows everything after a double click.
    pub fn interact(&mut self, ui: &Ui, response: &Response, square: Rect, n: usize) {
        if response.double_clicked() {
            *self = Self::default();
        }
        if response.dragged() {
            self.move_by(-response.drag_delta() / square.width() * self.span);
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) =
                ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = pinch * (scroll / 200.0).exp();
            if (factor - 1.0).abs() > 1e-3 {
                self.zoom((pointer - square.min) / square.width(), factor, n);
            }
        }
    }

    /// Magnifies by `factor` about a point given in fractions of the square.
    fn zoom(&mut self, about: Vec2, factor: f32, n: usize) {
        let span = (self.span / factor).clamp(smallest(n as f32), 1.0);
        self.origin += about * (self.span - span);
        self.span = span;
        self.move_by(Vec2::ZERO);
    }

    fn move_by(&mut self, delta: Vec2) {
        let most = Vec2::splat(1.0 - self.span);
        self.origin = (self.origin + delta).clamp(vec2(0.0, 0.0), most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: Rect = Rect {
        min: Pos2 { x: 10.0, y: 20.0 },
        max: Pos2 { x: 110.0, y: 120.0 },
    };

    #[test]
    fn a_third_picture_is_shown_where_it_can_be_read() {
        let shown = |width, count| Dress::Study.shown(width, count);
        assert_eq!(
            [shown(304.0, 3), shown(500.0, 3), shown(700.0, 3)],
            [2, 2, 3]
        );
        assert_eq!([shown(304.0, 1), shown(304.0, 0)], [1, 0]);
        assert_eq!(Dress::Live.shown(304.0, 3), 3);
    }

    #[test]
    fn a_cell_lies_where_it_is_painted() {
        let mut window = Window::default();
        window.zoom(vec2(0.3, 0.8), 3.0, 50);
        for pointer in [pos2(10.5, 20.5), pos2(60.0, 70.0), pos2(109.0, 119.0)] {
            let cell = window.cell(SQUARE, 50, pointer).unwrap();
            assert!(
                window
                    .cell_rect(SQUARE, 50, cell)
                    .expand(1e-3)
                    .contains(pointer)
            );
        }
    }

    #[test]
    fn zooming_keeps_the_cell_under_the_pointer_and_stays_inside() {
        let mut window = Window::default();
        let pointer = pos2(80.0, 40.0);
        let before = window.cell(SQUARE, 100, pointer);
        window.zoom((pointer - SQUARE.min) / SQUARE.width(), 4.0, 100);
        assert_eq!(window.cell(SQUARE, 100, pointer), before);
        window.zoom(vec2(0.5, 0.5), 0.01, 100);
        assert_eq!(window, Window::default());
        window.move_by(vec2(5.0, 5.0));
        assert_eq!(window, Window::default());
    }
}
