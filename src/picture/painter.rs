//! Kernels become pixels on a thread of their own, so that a frame never waits for a matrix.
//!
//! The window asks for the [`Part`] of the matrices that it shows, at the resolution of its
//! screen; the thread takes the newest [`Order`] and leaves [`Painted`] pictures in a slot.
//! However large the kernels are, a picture is not larger than what the screen can show of it,
//! with a margin that can be moved into view before the next picture is there.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use ndarray::s;

use super::colour::{self, Lut};
use super::heatmap;
use crate::exhibit::{Entries, Exhibit, Kernel, Matrix, Scale};
use crate::service::Maker;

/// Which cells of a square matrix a picture shows, and with how many pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// First row and first column.
    pub first: [usize; 2],
    /// Rows, and as many columns.
    pub cells: usize,
    /// Pixels on a side, at most `cells`: a cell has a pixel, or pixels are means of cells.
    pub side: usize,
}

impl Part {
    /// What a window onto an `n`×`n` matrix needs: `origin` (row, column) and `span` are the
    /// visible part in fractions of the side, `pixels` its side on screen. Where the matrix is
    /// larger than the window, a quarter of the window is added on every side.
    #[must_use]
    pub fn of_window(n: usize, origin: [f32; 2], span: f32, pixels: f32) -> Self {
        let n = n.max(1);
        let visible = (span * n as f32).max(1.0);
        let cells = if span < 1.0 {
            (1.5 * visible).ceil() as usize + 1
        } else {
            n
        }
        .min(n);
        let margin = (cells as f32 - visible) / 2.0;
        let first = origin.map(|origin| {
            let first = (origin * n as f32 - margin).round().max(0.0) as usize;
            first.min(n - cells)
        });
        let side = (cells as f32 * (pixels / visible).min(1.0)).round() as usize;
        Self {
            first,
            cells,
            side: side.clamp(1, cells),
        }
    }

    /// Whether a picture of this part still serves a window that would rather have `wanted`:
    /// everything visible is in it, at nearly the same resolution.
    #[must_use]
    pub fn serves(&self, wanted: &Self, n: usize, origin: [f32; 2], span: f32) -> bool {
        let inside = origin.iter().zip(self.first).all(|(&origin, first)| {
            let low = origin * n as f32;
            low + 1e-3 >= first as f32
                && low + span * n as f32 <= (first + self.cells) as f32 + 1e-3
        });
        let resolution = |part: &Self| part.side as f32 / part.cells as f32;
        inside && (resolution(self) / resolution(wanted) - 1.0).abs() < 0.02
    }
}

/// What is to be painted: the kernels of an exhibit, and a part of them.
#[derive(Clone)]
pub struct Order {
    /// The exhibit.
    pub exhibit: Arc<Exhibit>,
    /// The cells and pixels.
    pub part: Part,
    /// Whether the page is dark: the middle of the diverging map is the page.
    pub dark: bool,
    /// When the matrices were published; it comes back with the pictures.
    pub arrived: Instant,
}

/// Pictures of an exhibit's kernels.
pub struct Painted {
    /// What they show.
    pub order: Order,
    /// Four bytes a pixel, `side`×`side`, for each kernel that is there.
    pub pixels: Vec<Option<Vec<u8>>>,
}

/// The thread that paints.
pub type Painter = Maker<Order, Painted>;

/// Starts the thread, which calls `wake` after each picture.
///
/// # Errors
///
/// If the system gives none.
pub fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> io::Result<Painter> {
    let mut kept = Kept::default();
    Painter::spawn("dkae-painter", move |order| kept.paint(order), wake)
}

/// What is kept from order to order: P changes seldom.
#[derive(Default)]
pub struct Kept {
    pooled: Vec<Pooled>,
}

/// A part of a matrix in units of its root mean square entry.
#[derive(Default)]
struct Pooled {
    of: Option<(Arc<Matrix>, Part)>,
    values: Vec<f32>,
}

impl Pooled {
    fn take(&mut self, matrix: &Arc<Matrix>, part: Part) {
        let fresh =
            (self.of.as_ref()).is_some_and(|(old, at)| Arc::ptr_eq(old, matrix) && *at == part);
        if !fresh {
            let [row, column] = part.first;
            let entries = matrix.entries();
            let view = entries.slice(s![row..row + part.cells, column..column + part.cells]);
            heatmap::pool(&view, matrix.unit(), part.side, &mut self.values);
            self.of = Some((Arc::clone(matrix), part));
        }
    }
}

impl Kept {
    /// Paints what `order` asks for.
    pub fn paint(&mut self, order: Order) -> Painted {
        let (exhibit, part) = (&*order.exhibit, order.part);
        let kernels = &exhibit.kernels;
        self.pooled.resize_with(kernels.len(), Pooled::default);
        for (index, pooled) in self.pooled.iter_mut().enumerate() {
            if let Some(matrix) = exhibit.matrix(index) {
                pooled.take(matrix, part);
            }
        }
        let paint = |(index, kernel): (usize, &Kernel)| {
            exhibit.has(index).then(|| match kernel.entries {
                Entries::Difference([a, b]) => {
                    // The mean of differences is the difference of means.
                    let pairs = self.pooled[a].values.iter().zip(&self.pooled[b].values);
                    let values: Vec<f32> = pairs.map(|(a, b)| a - b).collect();
                    colours(&values, exhibit.scale(index), colour::diverging(order.dark))
                }
                _ => colours(
                    &self.pooled[index].values,
                    exhibit.scale(index),
                    colour::map(exhibit.looks.map),
                ),
            })
        };
        Painted {
            pixels: kernels.iter().enumerate().map(paint).collect(),
            order,
        }
    }
}

fn colours(values: &[f32], scale: Scale, lut: &Lut) -> Vec<u8> {
    let mut out = vec![0; 4 * values.len()];
    heatmap::paint(values, scale, lut, &mut out);
    out
}

#[cfg(test)]
#[path = "painter_tests.rs"]
mod tests;
