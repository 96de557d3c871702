//! Fig. 4 and Fig. 6: digits in rows, and kernels as colours.

use plotters::prelude::*;

use super::canvas::{Anchor, DENSITY, Drawing, Drawn, INK, LINE, Pen, QUIET, SMALL, TEXT, TITLE};
use super::kernel::{BESIDE, LEGEND, NUMBERS, Plate, pixels};
use crate::data::ImageShape;
use crate::exhibit::one_of_each;
use crate::exhibit::{Exhibit, Matrix};
use crate::picture::colour::{greys, viridis};
use crate::picture::digits::Sheet;

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

/// The rows of an exhibit.
pub(super) struct Rows<'a> {
    /// The exhibit; its rows are there.
    pub exhibit: &'a Exhibit,
    /// Room for the names at the left, in units.
    pub names: f64,
}

impl Rows<'_> {
    fn shape(&self) -> ImageShape {
        self.exhibit.pictured.shape
    }

    /// Pixels of the PNG for a pixel of a digit.
    fn cell(&self) -> usize {
        let side = self.shape().width.max(self.shape().height).max(1);
        (DIGIT / side).max(1)
    }

    /// A digit's width and height in units.
    fn digit(&self) -> [f64; 2] {
        let units = |pixels: usize| (pixels * self.cell()) as f64 / f64::from(DENSITY);
        [units(self.shape().width), units(self.shape().height)]
    }

    fn columns(&self) -> usize {
        self.exhibit.pictured.count.min(COLUMNS)
    }

    /// Width and height in units.
    fn size(&self) -> [f64; 2] {
        let [width, height] = self.digit();
        [
            self.names + self.columns() as f64 * (width + BETWEEN),
            self.exhibit.rows.len() as f64 * (height + BETWEEN),
        ]
    }

    /// Draws the rows below and to the right of a point.
    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>, [left, top]: [f64; 2]) -> Drawn {
        let [width, height] = self.digit();
        let sheet = Sheet {
            tile: self.shape(),
            columns: 1,
            rows: 1,
        };
        for (index, row) in self.exhibit.rows.iter().enumerate() {
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
            let Some(images) = &row.images else { continue };
            let labels = self.exhibit.pictured.labels.as_deref();
            let shown = one_of_each(labels, images.nrows(), self.columns());
            for (column, image) in shown.into_iter().enumerate() {
                let x = left + self.names + column as f64 * (width + BETWEEN);
                let mut rgba = vec![0; 4 * self.shape().pixels()];
                sheet.draw((0, 0), &images.view(), image, greys(true), &mut rgba);
                let size = [self.shape().width, self.shape().height];
                pen.raster([x, y], size, self.cell(), rgba);
            }
        }
        Ok(())
    }
}

/// The picture of Fig. 4.
pub(super) struct Fig4<'a> {
    /// What it says above.
    pub title: String,
    /// Originals and reconstructions.
    pub digits: Rows<'a>,
    /// P and the Cs, all there.
    pub exhibit: &'a Exhibit,
}

/// Where the first row begins below the title.
const BELOW_TITLE: f64 = 54.0;
/// Room for what stands below a kernel.
const CAPTION: f64 = 54.0;
/// Room between two kernels.
const APART: f64 = 26.0;

impl Fig4<'_> {
    /// A kernel as it is drawn.
    fn plate<'b>(&'b self, index: usize, matrix: &'b Matrix) -> Plate<'b> {
        Plate {
            matrix: matrix.entries(),
            factor: matrix.unit(),
            scale: self.exhibit.scale(index),
            lut: viridis(),
            labels: self.exhibit.images.labels.as_deref(),
            pixels: self.pixels(),
            both: false,
        }
    }

    fn pixels(&self) -> (usize, usize) {
        pixels(self.exhibit.rows_of_kernels().max(1), KERNEL)
    }

    /// A kernel's side in units.
    fn side(&self) -> f64 {
        let (side, cell) = self.pixels();
        (side * cell) as f64 / f64::from(DENSITY)
    }

    fn kernel_width(&self) -> f64 {
        self.side() + BESIDE
    }

    fn kernel<DB: DrawingBackend>(
        &self,
        pen: &mut Pen<DB>,
        index: usize,
        [left, top]: [f64; 2],
    ) -> Drawn {
        let kernel = &self.exhibit.kernels[index];
        let Some(matrix) = self.exhibit.matrix(index) else {
            return Ok(());
        };
        self.plate(index, matrix).paint(pen, [left, top])?;
        let length = self.side();
        let middle = left + length / 2.0;
        let below = top + length;
        let at = [middle, below + 10.0];
        pen.text(&kernel.name, at, Anchor::Below, TEXT, &INK)?;
        let at = [middle, below + 31.0];
        pen.text(&kernel.caption, at, Anchor::Below, SMALL, &QUIET)
    }
}

impl Drawing for Fig4<'_> {
    fn size(&self) -> [u32; 2] {
        let [wide, high] = self.digits.size();
        let count = self.exhibit.kernels.len() as f64;
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
        let mut left = EDGE + BESIDE;
        for index in 0..self.exhibit.kernels.len() {
            self.kernel(pen, index, [left, top])?;
            left += self.kernel_width() + APART;
        }
        match self.exhibit.matrix(0) {
            Some(matrix) => self.plate(0, matrix).bar(pen, [left - BESIDE, top]),
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
