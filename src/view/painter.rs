//! Kernels become pixels on a thread of their own, so that a frame never waits for a matrix.
//!
//! The window asks for the [`Part`] of the matrices that it shows, at the resolution of its
//! screen; the thread takes the newest [`Order`] and leaves [`Painted`] pictures in a slot.
//! However large the kernels are, a picture is not larger than what the screen can show of it,
//! with a margin that can be moved into view before the next picture is there.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::{Sender, bounded};
use ndarray::{Array2, s};

use super::colour::{self, Lut};
use super::heatmap::{self, Scale};
use super::pictures;
use crate::worker::Slot;
use crate::worker::protocol::{CodePicture, PriorPicture};

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

/// What is to be painted: matrices of one size, and a part of it.
#[derive(Clone)]
pub struct Order {
    /// P.
    pub prior: Option<Arc<PriorPicture>>,
    /// C.
    pub codes: Option<Arc<CodePicture>>,
    /// The cells and pixels.
    pub part: Part,
    /// Whether the page is dark: the middle of the diverging map is the page.
    pub dark: bool,
    /// When the matrices were published; it comes back with the pictures.
    pub arrived: Instant,
}

/// Pictures of P, C and C − P.
pub struct Painted {
    /// What they show.
    pub order: Order,
    /// Four bytes a pixel, `side`×`side`, for each matrix that is there.
    pub pixels: [Option<Vec<u8>>; 3],
    /// The scale of P and C, and that of C − P, about zero.
    pub scales: (Scale, Scale),
}

/// The owner of the thread. Dropping it ends the thread.
pub struct Painter {
    orders: Slot<Order>,
    painted: Slot<Painted>,
    bell: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Painter {
    /// Starts the thread, which calls `wake` after each picture.
    ///
    /// # Errors
    ///
    /// If the system gives none.
    pub fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let (orders, painted) = (Slot::<Order>::default(), Slot::default());
        let (bell, rung) = bounded(1);
        let (todo, done) = (orders.clone(), painted.clone());
        let thread = std::thread::Builder::new()
            .name("dkae-painter".to_owned())
            .spawn(move || {
                let mut kept = Kept::default();
                while rung.recv().is_ok() {
                    if let Some(order) = todo.take() {
                        done.put(kept.paint(order));
                        wake();
                    }
                }
            })?;
        Ok(Self {
            orders,
            painted,
            bell: Some(bell),
            thread: Some(thread),
        })
    }

    /// Asks for pictures, in the place of those that have not been begun.
    pub fn ask(&self, order: Order) {
        self.orders.put(order);
        if let Some(bell) = &self.bell {
            // A bell that rings already is heard.
            let _ = bell.try_send(());
        }
    }

    /// The newest pictures since the last call.
    #[must_use]
    pub fn take(&self) -> Option<Painted> {
        self.painted.take()
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        drop(self.orders.take());
        self.bell = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the painter ended by a panic");
        }
    }
}

/// What is kept from order to order: P changes seldom.
#[derive(Default)]
struct Kept {
    prior: Option<(Arc<PriorPicture>, Part)>,
    values: [Vec<f32>; 3],
}

impl Kept {
    fn paint(&mut self, order: Order) -> Painted {
        let (prior, codes, part) = (order.prior.as_deref(), order.codes.as_deref(), order.part);
        let scales = pictures::scales(prior, codes);
        let [of_prior, of_codes, of_both] = &mut self.values;
        if let Some(prior) = &order.prior {
            let fresh = (self.prior.as_ref())
                .is_some_and(|(old, at)| Arc::ptr_eq(old, prior) && *at == part);
            if !fresh {
                pool(&prior.matrix, prior.norm, part, of_prior);
                self.prior = Some((Arc::clone(prior), part));
            }
        }
        if let Some(codes) = codes {
            pool(&codes.matrix, codes.norm, part, of_codes);
        }
        let both = prior.is_some() && codes.is_some();
        if both {
            // The mean of differences is the difference of means.
            of_both.clear();
            of_both.extend(of_codes.iter().zip(&*of_prior).map(|(c, p)| c - p));
        }
        let (shared, centred) = scales;
        let pixels = [
            prior.map(|_| colours(of_prior, shared, colour::viridis())),
            codes.map(|_| colours(of_codes, shared, colour::viridis())),
            both.then(|| colours(of_both, centred, colour::diverging(order.dark))),
        ];
        Painted {
            order,
            pixels,
            scales,
        }
    }
}

/// The part of a matrix in units of its root mean square entry.
fn pool(matrix: &Array2<f32>, norm: f64, part: Part, out: &mut Vec<f32>) {
    let [row, column] = part.first;
    let view = matrix.slice(s![row..row + part.cells, column..column + part.cells]);
    heatmap::pool(&view, heatmap::unit(matrix.nrows(), norm), part.side, out);
}

fn colours(values: &[f32], scale: Scale, lut: &Lut) -> Vec<u8> {
    let mut out = vec![0; 4 * values.len()];
    heatmap::paint(values, scale, lut, &mut out);
    out
}

#[cfg(test)]
#[path = "painter_tests.rs"]
mod tests;
