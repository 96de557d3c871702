//! Fig. 4 and Fig. 6: digits in rows, and kernels as colours.

use ndarray::{Array2, ArrayView2};
use plotters::prelude::*;

use super::canvas::{Anchor, DENSITY, Drawing, Drawn, INK, LINE, Pen, QUIET, SMALL, TEXT, TITLE};
use super::chart::paint;
use crate::data::ImageShape;
use crate::view::colour::{class, greys, viridis};
use crate::view::digits::{Sheet, spread};
use crate::view::heatmap::{Scale, paint as colours, pool, shared_scale, unit};

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
/// Width of a strip of class colours, and its distance from the kernel.
const STRIP: [f64; 2] = [6.0, 3.0];

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
/// Room for the classes' numbers above a kernel.
const NUMBERS: f64 = 20.0;
/// Room for what stands below a kernel.
const CAPTION: f64 = 54.0;
/// Room between two kernels.
const APART: f64 = 26.0;
/// Room for the colours' scale.
const LEGEND: f64 = 70.0;

impl Fig4<'_> {
    /// A kernel's pixels in a row, and pixels of the PNG for each of them.
    fn pixels(&self) -> (usize, usize) {
        let rows = self.kernels.iter().map(|k| k.matrix.nrows()).max();
        let side = rows.unwrap_or(1).clamp(1, KERNEL);
        (side, KERNEL / side)
    }

    /// A kernel's side in units.
    fn side(&self) -> f64 {
        let (side, cell) = self.pixels();
        (side * cell) as f64 / f64::from(DENSITY)
    }

    fn kernel_width(&self) -> f64 {
        self.side() + STRIP[0] + STRIP[1]
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
        let (side, cell) = self.pixels();
        let length = self.side();
        let mut values = Vec::new();
        let view = kernel.matrix.view();
        pool(&view, factor(&view), side, &mut values);
        let mut rgba = vec![0; 4 * values.len()];
        colours(&values, scale, viridis(), &mut rgba);
        pen.raster([left, top], [side, side], cell, rgba);
        for (label, from, to) in runs(self.labels.unwrap_or_default()) {
            let rows = self.labels.map_or(1, <[u8]>::len) as f64;
            let [from, to] = [from, to].map(|index| index as f64 / rows * length);
            let [width, gap] = STRIP;
            let colour = paint(class(label));
            let across = [[left + from, top - gap - width], [left + to, top - gap]];
            let down = [[left - gap - width, top + from], [left - gap, top + to]];
            pen.rectangle(across, &colour)?;
            pen.rectangle(down, &colour)?;
            let middle = [left + f64::midpoint(from, to), top - gap - width - 17.0];
            pen.text(&label.to_string(), middle, Anchor::Below, SMALL, &QUIET)?;
        }
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

    /// The colours and the numbers at their ends.
    fn legend<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        [left, top]: [f64; 2],
        scale: Scale,
    ) -> Drawn {
        const BANDS: usize = 64;
        let length = self.side();
        let width = 12.0;
        for band in 0..BANDS {
            let [r, g, b, _] = viridis()[255 - band * 255 / (BANDS - 1)];
            let start = top + length * band as f64 / BANDS as f64;
            // To the lower end each time, so that no gap shows between two of them.
            let corners = [[left, start], [left + width, top + length]];
            pen.rectangle(corners, &RGBColor(r, g, b))?;
        }
        let x = left + width + 6.0;
        for (value, y) in [(scale.high, top + 6.0), (scale.low, top + length - 6.0)] {
            let number = format!("{value:.1}");
            pen.text(&number, [x, y], Anchor::Right, SMALL, &QUIET)?;
        }
        Ok(())
    }
}

/// From entries to units of their root mean square.
fn factor(matrix: &ArrayView2<'_, f32>) -> f32 {
    let squares: f64 = matrix.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    unit(matrix.nrows(), squares.sqrt())
}

/// Runs of equal labels: the label, where it begins, where it ends.
fn runs(labels: &[u8]) -> Vec<(u8, usize, usize)> {
    let mut start = 0;
    let chunks = labels.chunk_by(|a, b| a == b);
    chunks
        .map(|run| {
            let from = start;
            start += run.len();
            (run[0], from, start)
        })
        .collect()
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
        let mut left = EDGE + STRIP[0] + STRIP[1];
        for kernel in &self.kernels {
            self.kernel(pen, kernel, [left, top], scale)?;
            left += self.kernel_width() + APART;
        }
        self.legend(pen, [left - STRIP[0] - STRIP[1], top], scale)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_the_labels() {
        assert_eq!(runs(&[0, 0, 3]), [(0, 0, 2), (3, 2, 3)]);
        assert!(runs(&[]).is_empty());
    }
}
