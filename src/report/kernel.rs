//! A kernel as colours: its pixels, the strips of its classes, the bar of its scale. Fig. 4 has
//! three of them; a figure of a run has one.

use ndarray::ArrayView2;
use plotters::prelude::*;

use super::axes::{even, plain};
use super::canvas::{Anchor, DENSITY, Drawing, Drawn, INK, Pen, QUIET, SMALL, TITLE};
use super::chart::paint;
use crate::exhibit::Scale;
use crate::picture::colour::{Lut, class};
use crate::picture::heatmap::{paint as colours, pool};

/// Width of a strip of class colours, and its distance from the kernel.
const STRIP: [f64; 2] = [6.0, 3.0];
/// What a strip takes beside the kernel.
pub(super) const BESIDE: f64 = STRIP[0] + STRIP[1];
/// Room for the classes' numbers beside a kernel.
pub(super) const NUMBERS: f64 = 20.0;
/// Room for the colours' scale.
pub(super) const LEGEND: f64 = 70.0;

/// How many pixels a kernel of `rows` rows has on a side, at most `most` of them, and pixels of
/// the PNG for each.
pub(super) fn pixels(rows: usize, most: usize) -> (usize, usize) {
    let side = rows.clamp(1, most);
    (side, most / side)
}

/// A kernel's pixels with its strips.
pub(super) struct Plate<'a> {
    /// N×N.
    pub matrix: ArrayView2<'a, f32>,
    /// What entries are multiplied by before they are coloured.
    pub factor: f32,
    /// The colours' scale.
    pub scale: Scale,
    /// The colours.
    pub lut: &'a Lut,
    /// The classes of rows and columns.
    pub labels: Option<&'a [u8]>,
    /// Its pixels on a side, and pixels of the PNG for each.
    pub pixels: (usize, usize),
    /// Whether the classes' numbers stand at the left too, not only above.
    pub both: bool,
}

impl Plate<'_> {
    /// A side in units.
    pub fn side(&self) -> f64 {
        let (side, cell) = self.pixels;
        (side * cell) as f64 / f64::from(DENSITY)
    }

    /// Draws the pixels below and to the right of a point, the strips above and to the left of it.
    pub fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>, [left, top]: [f64; 2]) -> Drawn {
        let (side, cell) = self.pixels;
        let length = self.side();
        let mut values = Vec::new();
        pool(&self.matrix, self.factor, side, &mut values);
        let mut rgba = vec![0; 4 * values.len()];
        colours(&values, self.scale, self.lut, &mut rgba);
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
            let number = label.to_string();
            if pen.width(&number, SMALL)? > to - from {
                continue;
            }
            let middle = [left + f64::midpoint(from, to), top - gap - width - 17.0];
            pen.text(&number, middle, Anchor::Below, SMALL, &QUIET)?;
            if self.both && to - from >= SMALL {
                let at = [left - gap - width - 5.0, top + f64::midpoint(from, to)];
                pen.text(&number, at, Anchor::Left, SMALL, &QUIET)?;
            }
        }
        Ok(())
    }

    /// Draws the bar of the colours, with numbers, below and to the right of a point.
    pub fn bar<DB: DrawingBackend>(&self, pen: &Pen<DB>, [left, top]: [f64; 2]) -> Drawn {
        const BANDS: usize = 128;
        let length = self.side();
        let width = 12.0;
        for band in 0..BANDS {
            let [r, g, b, _] = self.lut[255 - band * 255 / (BANDS - 1)];
            let start = top + length * band as f64 / BANDS as f64;
            // To the lower end each time, so that no gap shows between two of them.
            let corners = [[left, start], [left + width, top + length]];
            pen.rectangle(corners, &RGBColor(r, g, b))?;
        }
        let Scale { low, high } = self.scale;
        let (low, high) = (f64::from(low), f64::from(high));
        for value in even(&(low..high)) {
            // A number at an end stands beside the bar, not beyond it.
            let y = top + length * (1.0 - (value - low) / (high - low));
            let x = left + width;
            pen.line(&[[x, y], [x + 3.0, y]], &QUIET, 1.0)?;
            let y = y.clamp(top + 6.0, top + length - 6.0);
            let number = if value.abs() < 1e-9 {
                "0".to_owned()
            } else {
                plain(value)
            };
            pen.text(&number, [x + 6.0, y], Anchor::Right, SMALL, &QUIET)?;
        }
        Ok(())
    }
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

/// Room at a page's edges, in units.
const EDGE: f64 = 20.0;
/// Where the kernel's numbers begin below the title.
const BELOW_TITLE: f64 = 44.0;
/// Height of a line of the caption.
const LINE: f64 = 20.0;
/// The page is at least so wide, for the title and the caption.
const WIDTH: f64 = 640.0;

/// One kernel on a page of its own.
pub(super) struct Alone<'a> {
    /// What it says above.
    pub title: String,
    /// What it says below, line by line.
    pub caption: Vec<String>,
    /// The kernel.
    pub plate: Plate<'a>,
}

impl Drawing for Alone<'_> {
    fn size(&self) -> [u32; 2] {
        let side = self.plate.side();
        let width = (NUMBERS + BESIDE + side + 14.0 + LEGEND).max(WIDTH) + 2.0 * EDGE;
        let caption = 12.0 + LINE * self.caption.len() as f64;
        let height = BELOW_TITLE + NUMBERS + BESIDE + side + caption + EDGE;
        [width, height].map(|side| side.ceil() as u32)
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(&self.title, [EDGE, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        let side = self.plate.side();
        let [page, _] = Drawing::size(self);
        let whole = NUMBERS + BESIDE + side + 14.0 + LEGEND;
        let left = (f64::from(page) - whole) / 2.0 + NUMBERS + BESIDE;
        let top = BELOW_TITLE + NUMBERS + BESIDE;
        self.plate.paint(pen, [left, top])?;
        self.plate.bar(pen, [left + side + 14.0, top])?;
        for (index, line) in self.caption.iter().enumerate() {
            let y = top + side + 12.0 + LINE * index as f64;
            pen.text(line, [EDGE, y], Anchor::TopLeft, SMALL, &QUIET)?;
        }
        Ok(())
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

    #[test]
    fn entries_have_whole_pixels() {
        assert_eq!(pixels(300, 1200), (300, 4));
        assert_eq!(pixels(5000, 1200), (1200, 1));
        assert_eq!(pixels(0, 1200), (1, 1200));
    }
}
