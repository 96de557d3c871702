//! Fig. 4 and Fig. 6: digits in rows, and kernels as colours.

use ndarray::{Array2, ArrayView2};
use plotters::prelude::*;

use super::canvas::{Anchor, DENSITY, Drawing, Drawn, INK, LINE, Pen, QUIET, SMALL, TEXT, TITLE};
use super::kernel::{BESIDE, LEGEND, NUMBERS, Plate, pixels};
use crate::data::ImageShape;
use crate::view::colour::{greys, viridis};
use crate::view::digits::{Sheet, spread};
use crate::view::heatmap::{Scale, norm, shared_scale, unit};

/// Digits in a row at the most.
const COLUMNS: usize = 15;
/// Pixels of the PNG that the longer side of a digit has at the most, unless it has more itself.
const DIGIT: usize = 112;
/// Room between two digits, in units.
const BETWEEN: f64 = 6.0;
/// Pixels of the PNG that a kernel's side has at the most.
const KERNEL: usize = 600;
/// Room at a page's edges, in units.
const EDGE: f64 = 20.0;

/// A row of digits.
pub(super) struct Row<'a> {
    /// What it is.
    pub name: String,
    /// A figure that belongs to it.
    pub figure: String,
    /// The images, N×d.
    pub images: &'a Array2<f32>,
}

/// Rows of the same digits.
pub(super) struct Rows<'a> {
    /// The rows.
    pub rows: Vec<Row<'a>>,
    /// The images' size.
    pub shape: ImageShape,
    /// Room for the names at the left, in units.
    pub names: f64,
}

impl Rows<'_> {
    /// Pixels of the PNG for a pixel of a digit.
    fn cell(&self) -> usize {
        let side = self.shape.width.max(self.shape.height).max(1);
        (DIGIT / side).max(1)
    }

    /// A digit's width and height in units.
    fn digit(&self) -> [f64; 2] {
        let units = |pixels: usize| (pixels * self.cell()) as f64 / f64::from(DENSITY);
        [units(self.shape.width), units(self.shape.height)]
    }

    fn columns(&self) -> usize {
        let images = self.rows.iter().map(|row| row.images.nrows()).min();
        images.unwrap_or(0).min(COLUMNS)
    }

    /// Width and height in units.
    fn size(&self) -> [f64; 2] {
        let [width, height] = self.digit();
        [
            self.names + self.columns() as f64 * (width + BETWEEN),
            self.rows.len() as f64 * (height + BETWEEN),
        ]
    }

    /// Draws the rows below and to the right of a point.
    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>, [left, top]: [f64; 2]) -> Drawn {
        let [width, height] = self.digit();
        let sheet = Sheet {
            tile: self.shape,
            columns: 1,
            rows: 1,
        };
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + index as f64 * (height + BETWEEN);
            let middle = y + height / 2.0;
            let shift = if row.figure.is_empty() { 0.0 } else { 9.0 };
            pen.text(&row.name, [left, middle - shift], Anchor::Right, TEXT, &INK)?;
            pen.text(
                &row.figure,
                [left, middle + shift],
                Anchor::Right,
                SMALL,
                &QUIET,
            )?;
            // The rows hold the same digits, so each shows the same of them.
            let shown = spread(row.images.nrows(), self.columns());
            for (column, image) in shown.into_iter().enumerate() {
                let x = left + self.names + column as f64 * (width + BETWEEN);
                let mut rgba = vec![0; 4 * self.shape.pixels()];
                sheet.draw((0, 0), &row.images.view(), image, greys(true), &mut rgba);
                let size = [self.shape.width, self.shape.height];
                pen.raster([x, y], size, self.cell(), rgba);
            }
        }
        Ok(())
    }
}

/// A kernel with what stands below it.
pub(super) struct Kernel<'a> {
    /// What it is.
    pub name: String,
    /// A figure that belongs to it.
    pub figure: String,
    /// N×N, sorted by class.
    pub matrix: &'a Array2<f32>,
}

/// The picture of Fig. 4.
pub(super) struct Fig4<'a> {
    /// What it says above.
    pub title: String,
    /// Originals and reconstructions.
    pub digits: Rows<'a>,
    /// P and the Cs.
    pub kernels: Vec<Kernel<'a>>,
    /// The classes of the kernels' digits, ascending.
    pub labels: Option<&'a [u8]>,
}

/// Where the first row begins below the title.
const BELOW_TITLE: f64 = 54.0;
/// Room for what stands below a kernel.
const CAPTION: f64 = 54.0;
/// Room between two kernels.
const APART: f64 = 26.0;

impl Fig4<'_> {
    /// A kernel as it is drawn, on this scale.
    fn plate<'a>(&'a self, kernel: &'a Kernel<'_>, scale: Scale) -> Plate<'a> {
        let rows = self.kernels.iter().map(|k| k.matrix.nrows()).max();
        Plate {
            matrix: kernel.matrix.view(),
            factor: factor(&kernel.matrix.view()),
            scale,
            lut: viridis(),
            labels: self.labels,
            pixels: pixels(rows.unwrap_or(1), KERNEL),
            both: false,
        }
    }

    /// A kernel's side in units.
    fn side(&self) -> f64 {
        let rows = self.kernels.iter().map(|k| k.matrix.nrows()).max();
        let (side, cell) = pixels(rows.unwrap_or(1), KERNEL);
        (side * cell) as f64 / f64::from(DENSITY)
    }

    fn kernel_width(&self) -> f64 {
        self.side() + BESIDE
    }

    /// The scale that all kernels share, in units of the root mean square entry.
    fn scale(&self) -> Scale {
        let views: Vec<_> = self
            .kernels
            .iter()
            .map(|k| (k.matrix.view(), factor(&k.matrix.view())))
            .collect();
        shared_scale(&views)
    }

    fn kernel<DB: DrawingBackend>(
        &self,
        pen: &mut Pen<DB>,
        kernel: &Kernel<'_>,
        [left, top]: [f64; 2],
        scale: Scale,
    ) -> Drawn {
        self.plate(kernel, scale).paint(pen, [left, top])?;
        let length = self.side();
        let middle = left + length / 2.0;
        let below = top + length;
        pen.text(
            &kernel.name,
            [middle, below + 10.0],
            Anchor::Below,
            TEXT,
            &INK,
        )?;
        let at = [middle, below + 31.0];
        pen.text(&kernel.figure, at, Anchor::Below, SMALL, &QUIET)
    }
}

/// From entries to units of their root mean square.
fn factor(matrix: &ArrayView2<'_, f32>) -> f32 {
    unit(matrix.nrows(), norm(matrix))
}

impl Drawing for Fig4<'_> {
    fn size(&self) -> [u32; 2] {
        let [wide, high] = self.digits.size();
        let count = self.kernels.len() as f64;
        let kernels = count * (self.kernel_width() + APART) + LEGEND - APART;
        let height = BELOW_TITLE + high + 24.0 + NUMBERS + self.side() + CAPTION + EDGE;
        [wide.max(kernels) + 2.0 * EDGE, height].map(|side| side.ceil() as u32)
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(&self.title, [EDGE, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        self.digits.paint(pen, [EDGE, BELOW_TITLE])?;
        let line = BELOW_TITLE + self.digits.size()[1] + 6.0;
        let [width, _] = Drawing::size(self);
        let ends = [[EDGE, line], [f64::from(width) - EDGE, line]];
        pen.line(&ends, &LINE, 1.0)?;
        let top = line + 18.0 + NUMBERS;
        let scale = self.scale();
        let mut left = EDGE + BESIDE;
        for kernel in &self.kernels {
            self.kernel(pen, kernel, [left, top], scale)?;
            left += self.kernel_width() + APART;
        }
        match self.kernels.first() {
            Some(kernel) => self.plate(kernel, scale).bar(pen, [left - BESIDE, top]),
            None => Ok(()),
        }
    }
}

/// The picture of Fig. 6.
pub(super) struct Fig6<'a> {
    /// What it says above.
    pub title: String,
    /// The digits: clean, noisy, each method.
    pub rows: Rows<'a>,
}

impl Drawing for Fig6<'_> {
    fn size(&self) -> [u32; 2] {
        let [width, height] = self.rows.size();
        [width + 2.0 * EDGE, BELOW_TITLE + height + EDGE].map(|side| side.ceil() as u32)
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(&self.title, [EDGE, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        self.rows.paint(pen, [EDGE, BELOW_TITLE])
    }
}
