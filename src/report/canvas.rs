//! One drawing, two kinds of file: pixels (PNG) and shapes (SVG).
//!
//! A figure is drawn once, by a [`Pen`], on whichever backend of plotters is beneath it. Lengths
//! are in *units*: a unit is a pixel of a screen that does not magnify, and a length on the SVG.
//! The PNG has [`DENSITY`] pixels a unit, for screens that do magnify and for print; it is drawn
//! finer still and averaged, which smooths lines and letters alike. What consists of pixels
//! (kernels, digits) is no drawing: its [`Raster`]s are put in at whole multiples of their pixels
//! once the rest is done, and never blurred.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

use super::svg;
use crate::data::png;

/// Pixels of the PNG for a unit.
pub(crate) const DENSITY: u32 = 2;
/// Drawn steps for a pixel of the PNG, which is the mean of their square.
const FINE: u32 = 2;
/// Drawn steps for a unit.
const STEPS: u32 = DENSITY * FINE;

/// The typeface: the window's own in a PNG, the reader's nearest to it in an SVG.
const FACE: &str = "Ubuntu, Helvetica, Arial, sans-serif";
/// Text.
pub(crate) const INK: RGBColor = RGBColor(0x22, 0x24, 0x2b);
/// Text that explains.
pub(crate) const QUIET: RGBColor = RGBColor(0x6a, 0x6e, 0x78);
/// Axes and frames.
pub(crate) const LINE: RGBColor = RGBColor(0xcf, 0xd2, 0xd9);
/// Lines behind the curves.
pub(crate) const FAINT: RGBColor = RGBColor(0xea, 0xec, 0xf0);

/// Height of ordinary text, in units.
pub(crate) const TEXT: f64 = 16.0;
/// Height of a figure's title.
pub(crate) const TITLE: f64 = 19.0;
/// Height of an axis's numbers.
pub(crate) const SMALL: f64 = 14.5;

/// Plotters centres a bitmap's text with the room below the letters, an SVG's without it.
const BITMAP_DROP: f64 = 0.17;

/// Why a figure was not drawn.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DrawError(String);

impl DrawError {
    pub(super) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Whether a drawing step was done.
pub(crate) type Drawn<T = ()> = Result<T, DrawError>;

/// Something that can be drawn.
pub(crate) trait Drawing {
    /// Width and height in units.
    fn size(&self) -> [u32; 2];

    /// Draws it on a white page.
    ///
    /// # Errors
    ///
    /// If the pen fails.
    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn;
}

/// Pixels put into a drawing.
pub(crate) struct Raster {
    /// The left upper corner, in pixels of the PNG.
    at: [usize; 2],
    /// Width and height, in pixels of its own.
    size: [usize; 2],
    /// Pixels of the PNG for a pixel of its own, each way.
    cell: usize,
    /// Four bytes a pixel.
    rgba: Vec<u8>,
}

/// Where a text stands from its point.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    /// To the right of it, at half height.
    Right,
    /// To the left of it, at half height.
    Left,
    /// Centred below it.
    Below,
    /// Below and to the right of it.
    TopLeft,
}

/// What a figure is drawn with; points and lengths in units from the left upper corner.
pub(crate) struct Pen<DB: DrawingBackend> {
    area: DrawingArea<DB, Shift>,
    /// How far text at half height is moved down, as a part of its height.
    drop: f64,
    rasters: Vec<Raster>,
}

impl<DB: DrawingBackend> Pen<DB> {
    /// On an empty page.
    fn new(area: DrawingArea<DB, Shift>, drop: f64) -> Drawn<Self> {
        area.fill(&WHITE).map_err(DrawError::of)?;
        Ok(Self {
            area,
            drop,
            rasters: Vec::new(),
        })
    }

    /// A line through `points`, `width` units wide.
    pub(crate) fn line(&self, points: &[[f64; 2]], colour: &impl Color, width: f64) -> Drawn {
        let style = colour.stroke_width(steps(width).unsigned_abs().max(1));
        let points: Vec<_> = points.iter().copied().map(place).collect();
        self.area
            .draw(&PathElement::new(points, style))
            .map_err(DrawError::of)
    }

    /// The same in dashes.
    pub(crate) fn dashes(&self, points: &[[f64; 2]], colour: &impl Color, width: f64) -> Drawn {
        let style = colour.stroke_width(steps(width).unsigned_abs().max(1));
        let points: Vec<_> = points.iter().copied().map(place).collect();
        let dashed = DashedPathElement::new(points, steps(6.0), steps(4.0), style);
        self.area.draw(&dashed).map_err(DrawError::of)
    }

    /// A filled rectangle from its left upper to its right lower corner.
    pub(crate) fn rectangle(&self, corners: [[f64; 2]; 2], colour: &impl Color) -> Drawn {
        self.area
            .draw(&Rectangle::new(corners.map(place), colour.filled()))
            .map_err(DrawError::of)
    }

    /// A filled polygon.
    pub(crate) fn polygon(&self, points: &[[f64; 2]], colour: &impl Color) -> Drawn {
        let points: Vec<_> = points.iter().copied().map(place).collect();
        self.area
            .draw(&Polygon::new(points, colour.filled()))
            .map_err(DrawError::of)
    }

    /// A filled circle with a white edge, so that neighbours stay apart.
    pub(crate) fn dot(&self, at: [f64; 2], radius: f64, colour: &impl Color) -> Drawn {
        for (radius, style) in [(radius + 1.0, WHITE.filled()), (radius, colour.filled())] {
            self.area
                .draw(&Circle::new(place(at), steps(radius), style))
                .map_err(DrawError::of)?;
        }
        Ok(())
    }

    /// A line of text, `height` units high with its room.
    pub(crate) fn text(
        &self,
        text: &str,
        at: [f64; 2],
        anchor: Anchor,
        height: f64,
        colour: &impl Color,
    ) -> Drawn {
        let (h, v) = match anchor {
            Anchor::Right => (HPos::Left, VPos::Center),
            Anchor::Left => (HPos::Right, VPos::Center),
            Anchor::Below => (HPos::Center, VPos::Top),
            Anchor::TopLeft => (HPos::Left, VPos::Top),
        };
        let drop = match v {
            VPos::Center => self.drop * height,
            _ => 0.0,
        };
        let at = [at[0], at[1] + drop];
        let style = font(height).color(colour).pos(Pos::new(h, v));
        self.area
            .draw(&Text::new(text.to_owned(), place(at), style))
            .map_err(DrawError::of)
    }

    /// How wide a text is, in units.
    pub(crate) fn width(&self, text: &str, height: f64) -> Drawn<f64> {
        let style = font(height).color(&INK);
        let (width, _) = self
            .area
            .estimate_text_size(text, &style)
            .map_err(DrawError::of)?;
        Ok(f64::from(width) / f64::from(STEPS))
    }

    /// Puts pixels in: `size` (width, height) of them, four bytes each, with `cell` pixels of the
    /// PNG for each of theirs. The corner is moved to the nearest pixel of the PNG.
    pub(crate) fn raster(&mut self, at: [f64; 2], size: [usize; 2], cell: usize, rgba: Vec<u8>) {
        let at = at.map(|x| (x * f64::from(DENSITY)).round().max(0.0) as usize);
        self.rasters.push(Raster {
            at,
            size,
            cell,
            rgba,
        });
    }
}

/// Units to drawn steps.
fn steps(units: f64) -> i32 {
    (units * f64::from(STEPS)).round() as i32
}

fn place(point: [f64; 2]) -> (i32, i32) {
    (steps(point[0]), steps(point[1]))
}

fn font(height: f64) -> FontDesc<'static> {
    (FACE, height * f64::from(STEPS)).into_font()
}

/// Makes the window's typeface known under `name`; without it no text can be drawn.
///
/// # Errors
///
/// If the typeface cannot be read.
pub(crate) fn typeface(name: &str) -> Drawn {
    register_font(name, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| DrawError("the typeface of the figures cannot be used".into()))
}

/// `drawing` as pixels.
///
/// # Errors
///
/// If it cannot be drawn.
pub(crate) fn pixels(drawing: &impl Drawing) -> Drawn<png::Picture> {
    typeface(FACE)?;
    let [width, height] = drawing.size().map(|side| side * STEPS);
    let mut rgb = vec![0; 3 * width as usize * height as usize];
    let rasters = {
        let backend = BitMapBackend::with_buffer(&mut rgb, (width, height));
        let mut pen = Pen::new(backend.into_drawing_area(), BITMAP_DROP)?;
        drawing.paint(&mut pen)?;
        pen.area.present().map_err(DrawError::of)?;
        pen.rasters
    };
    let mut rgba = reduced(&rgb, width as usize, FINE as usize);
    let width = (width / FINE) as usize;
    for raster in &rasters {
        raster.blit(&mut rgba, width);
    }
    Ok(png::Picture {
        width: width as u32,
        height: height / FINE,
        pixels: png::Pixels::Rgba(rgba),
    })
}

/// `drawing` as the text of an SVG with a title and a description.
///
/// # Errors
///
/// If it cannot be drawn.
pub(crate) fn shapes(drawing: &impl Drawing, title: &str, description: &str) -> Drawn<String> {
    typeface(FACE)?;
    let [width, height] = drawing.size().map(|side| side * STEPS);
    let mut text = String::new();
    let rasters = {
        let backend = SVGBackend::with_string(&mut text, (width, height));
        let mut pen = Pen::new(backend.into_drawing_area(), 0.0)?;
        drawing.paint(&mut pen)?;
        pen.area.present().map_err(DrawError::of)?;
        pen.rasters
    };
    let mut images = Vec::with_capacity(rasters.len());
    for raster in rasters {
        images.push(raster.image()?);
    }
    svg::finish(&text, drawing.size(), title, description, &images)
        .ok_or_else(|| DrawError("the SVG is not as expected".into()))
}

impl Raster {
    /// Writes it into a picture of `width` pixels a row; what lies outside is left away.
    fn blit(&self, out: &mut [u8], width: usize) {
        let [columns, rows] = self.size;
        for y in 0..rows * self.cell {
            for x in 0..columns * self.cell {
                let to = 4 * ((self.at[1] + y) * width + self.at[0] + x);
                let from = 4 * (y / self.cell * columns + x / self.cell);
                let inside = self.at[0] + x < width;
                if let (true, Some(pixel)) = (inside, out.get_mut(to..to + 4)) {
                    pixel.copy_from_slice(&self.rgba[from..from + 4]);
                }
            }
        }
    }

    /// As an image of an SVG in drawn steps.
    fn image(self) -> Drawn<svg::Image> {
        let fine = FINE as usize;
        let side = |pixels: usize| pixels * self.cell * fine;
        Ok(svg::Image {
            at: self.at.map(|x| x * fine),
            size: self.size.map(side),
            png: png::encoded(&png::Picture {
                width: self.size[0] as u32,
                height: self.size[1] as u32,
                pixels: png::Pixels::Rgba(self.rgba),
            })
            .map_err(DrawError::of)?,
        })
    }
}

/// The means of squares of `fine`×`fine` pixels (three bytes each, `width` of them a row), with
/// an opaque fourth byte.
pub(crate) fn reduced(rgb: &[u8], width: usize, fine: usize) -> Vec<u8> {
    let mut rgba = Vec::with_capacity(rgb.len() / 3 / (fine * fine) * 4);
    for rows in rgb.chunks_exact(3 * width * fine) {
        for column in 0..width / fine {
            for channel in 0..3 {
                let cell = |index: usize| {
                    let (row, step) = (index / fine, index % fine);
                    usize::from(rows[3 * (row * width + column * fine + step) + channel])
                };
                let sum: usize = (0..fine * fine).map(cell).sum();
                rgba.push((sum / (fine * fine)) as u8);
            }
            rgba.push(255);
        }
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sample;

    impl Drawing for Sample {
        fn size(&self) -> [u32; 2] {
            [60, 40]
        }

        fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
            pen.rectangle([[0.0, 0.0], [10.0, 40.0]], &RED)?;
            pen.text("a < b", [40.0, 20.0], Anchor::Below, TEXT, &INK)?;
            let rgba = vec![1, 2, 3, 255, 4, 5, 6, 255];
            pen.raster([20.0, 30.0], [2, 1], 3, rgba);
            Ok(())
        }
    }

    #[test]
    fn reducing_takes_means() {
        let rgb = [0, 10, 255, 4, 10, 255, 8, 10, 255, 12, 10, 255];
        assert_eq!(reduced(&rgb, 2, 2), [6, 10, 255, 255]);
    }

    #[test]
    fn pixels_stay_whole_in_a_png() {
        let picture = pixels(&Sample).unwrap();
        assert_eq!((picture.width, picture.height), (120, 80));
        let png::Pixels::Rgba(rgba) = &picture.pixels else {
            panic!("four bytes a pixel");
        };
        let at = |x: usize, y: usize| &rgba[4 * (y * 120 + x)..][..4];
        assert_eq!(at(5, 5), [255, 0, 0, 255]);
        for (x, y) in [(40, 60), (42, 62)] {
            assert_eq!(at(x, y), [1, 2, 3, 255]);
        }
        assert_eq!((at(43, 60), at(45, 62)), (&[4, 5, 6, 255][..], at(43, 60)));
        assert_eq!((at(46, 60), at(40, 63)), (&[255; 4][..], &[255; 4][..]));
    }

    #[test]
    fn an_svg_holds_text_and_images() {
        let text = shapes(&Sample, "a < b", "c & d").unwrap();
        assert!(text.contains("width=\"60\" height=\"40\" viewBox=\"0 0 240 160\""));
        assert!(text.contains("<title>a &lt; b</title>"), "{text}");
        assert!(text.contains("<desc>c &amp; d</desc>"));
        assert!(text.contains("x=\"80\" y=\"120\" width=\"12\" height=\"6\""));
        assert!(text.trim_end().ends_with("</svg>"));
    }
}
