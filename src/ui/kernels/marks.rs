//! What a person clicks in a kernel, and what stays marked in all of them.

use std::ops::Range;
use std::sync::Arc;

use egui::{Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2};

use super::super::pointer::clicked_at;
use super::super::theme;
use super::{Dress, GAP, Kernels, STRIP};
use crate::exhibit::lens::Lens;
use crate::exhibit::{Exhibit, Images};
use crate::ui::kernels::Window;
use crate::view::Selection;

/// Width of the mark of a selected image.
const TICK: f32 = 3.0;

/// What was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Row and column of a cell.
    Cell(usize, usize),
    /// A row, at the strip left of it.
    Row(usize),
    /// A second click behind the last one, which shows everything: the first one does not count.
    Undone,
    /// A way to look at the kernels.
    Lens(Lens),
}

/// How kernels are looked at.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The lens.
    pub lens: Lens,
    /// What is seen through it.
    pub of: &'a Exhibit,
    /// What is marked in what is seen.
    pub mark: Option<Mark>,
    /// Images that somebody has selected, of the same data.
    pub selection: Option<&'a Selection>,
    /// Whether somebody goes through networks that are there already, and pictures are to follow the hand.
    pub by_hand: bool,
}

/// What is marked: rows and columns of the matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A cell.
    Cell(usize, usize),
    /// A row.
    Row(usize),
}

impl Mark {
    /// The same images among others; `None` if they are not there.
    #[must_use]
    pub fn among(self, from: &Arc<Images>, to: &Arc<Images>) -> Option<Self> {
        if Arc::ptr_eq(from, to) {
            return Some(self);
        }
        let place = |at: usize| {
            let index = from.indices.get(at)?;
            to.indices.iter().position(|other| other == index)
        };
        match self {
            Self::Cell(i, j) => Some(Self::Cell(place(i)?, place(j)?)),
            Self::Row(i) => place(i).map(Self::Row),
        }
    }
}

impl Kernels {
    /// What was clicked since the last call.
    pub fn take_touch(&mut self) -> Option<Touch> {
        self.touched.take()
    }

    /// Shows the block of two classes, when matrices of `n` rows are on show again.
    pub fn open_block(&mut self, rows: &Range<usize>, columns: &Range<usize>, n: usize) {
        self.next_window = Some((n, Window::onto(rows, columns, n)));
    }

    /// Clicks into a matrix and onto its strips. A click on the strip above shows the block of a class alone,
    /// another one everything.
    pub(super) fn touch(&mut self, ui: &Ui, matrix: &Response, square: Rect, exhibit: &Exhibit) {
        let n = exhibit.rows_of_kernels();
        let clicked = |response: &Response| clicked_at(ui, response);
        let cell = |at: Pos2| self.window.cell(square, n, at);
        let live = self.dress == Dress::Live;
        if live && matrix.double_clicked() {
            self.touched = Some(Touch::Undone);
        } else if live && let Some((i, j)) = clicked(matrix).and_then(cell) {
            self.touched = Some(Touch::Cell(i, j));
        }
        if exhibit.images.labels.is_none() || exhibit.is_by_class() {
            return;
        }
        let (left, top) = (square.left() - GAP, square.top() - GAP);
        let rows = Rect::from_x_y_ranges(left - STRIP..=left, square.y_range());
        let columns = Rect::from_x_y_ranges(square.x_range(), top - STRIP..=top);
        let strip = |rect: Rect, name: &'static str| {
            let response = ui.interact(rect, matrix.id.with(name), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, name));
            response
        };
        if live {
            let rows =
                strip(rows, "Rows").on_hover_text("Click for the nearest images of this one.");
            let at = clicked(&rows);
            if let Some((row, _)) = at.and_then(|at| cell(pos2(square.left() + 1.0, at.y))) {
                self.touched = Some(Touch::Row(row));
            }
        }
        if !exhibit.has_classes() {
            return;
        }
        let columns =
            strip(columns, "Classes").on_hover_text("Click for the block of this class alone.");
        if let Some(at) = clicked(&columns)
            && let Some((_, column)) = cell(pos2(at.x, square.top() + 1.0))
            && let Some(class) = exhibit
                .classes()
                .iter()
                .find(|class| class.contains(&column))
        {
            let block = Window::onto(class, class, n);
            self.window = if self.window == block {
                Window::default()
            } else {
                block
            };
        }
    }

    /// Shows what is marked.
    pub(super) fn marks(&self, ui: &Ui, square: Rect, exhibit: &Exhibit, mark: Option<Mark>) {
        let n = exhibit.rows_of_kernels();
        let (colour, painter) = (
            theme::of(ui).notice,
            ui.painter().with_clip_rect(square.expand(1.0)),
        );
        let inside = egui::StrokeKind::Outside;
        match mark {
            Some(Mark::Cell(i, j)) if i < n && j < n => {
                let cell = self.window.cell_rect(square, n, (i, j));
                // A cell may be less than a pixel wide.
                let around =
                    Rect::from_center_size(cell.center(), cell.size().max(egui::vec2(5.0, 5.0)));
                painter.rect_stroke(around, 1, (1.5, colour), inside);
            }
            Some(Mark::Row(i)) if i < n => {
                let row = self.window.cell_rect(square, n, (i, 0)).y_range();
                let row = row.expand((3.0 - row.span()).max(0.0) / 2.0);
                painter.rect_stroke(
                    Rect::from_x_y_ranges(square.x_range(), row),
                    0,
                    (1.0, colour),
                    inside,
                );
            }
            _ => {}
        }
    }

    /// Marks selected images at the strips of rows and columns, beside the matrix.
    pub(super) fn selected(
        &self,
        ui: &Ui,
        square: Rect,
        exhibit: &Exhibit,
        selection: Option<&Selection>,
    ) {
        let n = exhibit.rows_of_kernels();
        let indices = &exhibit.images.indices;
        let Some(selection) = selection.filter(|_| n > 0 && indices.len() == n) else {
            return;
        };
        let palette = theme::of(ui);
        let (top, left) = (square.top() - GAP, square.left() - GAP);
        let tick = |rect: Rect| {
            // An edge of the page's colour sets it off against the classes.
            ui.painter().rect_filled(rect.expand(1.0), 0, palette.card);
            ui.painter().rect_filled(rect, 0, palette.notice);
        };
        for run in selection.runs(indices) {
            let first = self.window.cell_rect(square, n, (run.start, run.start)).min;
            let last = self
                .window
                .cell_rect(square, n, (run.end - 1, run.end - 1))
                .max;
            // A row may be less than a point high.
            let seen = |from: f32, to: f32, room: egui::Rangef| {
                let range = egui::Rangef::new(from, to.max(from + 1.0));
                Some(range.intersection(room)).filter(|range| range.span() > 0.0)
            };
            if let Some(down) = seen(first.y, last.y, square.y_range()) {
                tick(Rect::from_x_y_ranges(left - TICK..=left, down));
            }
            if let Some(across) = seen(first.x, last.x, square.x_range()) {
                tick(Rect::from_x_y_ranges(across, top - TICK..=top));
            }
        }
    }
}
