//! What is saved of a run's pictures: the matrix's own pixels, its numbers, the run's settings.
//!
//! The window and the headless commands save the same [`Picture`]s from the same [`RunView`], so
//! a figure does not tell which of the two made it. A kernel's picture has a pixel for every
//! entry, in the colours and on the scale of the screen; a grid of digits has a pixel for every
//! pixel of an image. What made it stands in the PNG's text fields (see
//! [`provenance`](super::provenance)).

use std::io::Write as _;
use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::digits::Sheet;
use super::heatmap::{self, Scale};
use super::provenance::text_fields;
use super::{RunView, colour};
use crate::data::{ImageShape, WriteError, png, write_npy, write_whole};
use crate::worker::protocol::{CodePicture, DenoisingPicture, PriorPicture, Snapshot};

/// Digits of a saved grid stand in rows of at most this many.
const COLUMNS: usize = 20;

/// The grey between two bands of digits.
const GAP: u8 = 96;

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Picture {
    /// P.
    Prior,
    /// C.
    Codes,
    /// C − P, each in units of its root mean square.
    Difference,
    /// Digits and their reconstructions.
    Reconstructions,
    /// The denoising comparison.
    Denoising,
    /// The loss curves.
    Losses,
}

impl Picture {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Prior,
        Self::Codes,
        Self::Difference,
        Self::Reconstructions,
        Self::Denoising,
        Self::Losses,
    ];

    /// What it can be saved as.
    #[must_use]
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Prior | Self::Codes | Self::Difference => &[
                Format::Png,
                Format::Npy,
                Format::FigurePng,
                Format::FigureSvg,
            ],
            Self::Reconstructions | Self::Denoising => &[Format::Png, Format::Npy],
            Self::Losses => &[Format::FigurePng, Format::FigureSvg, Format::Csv],
        }
    }

    /// As a menu calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prior => "P",
            Self::Codes => "C",
            Self::Difference => "C − P",
            Self::Reconstructions => "Reconstructions",
            Self::Denoising => "Denoising",
            Self::Losses => "Losses",
        }
    }

    /// As a file is called.
    #[must_use]
    pub fn file_stem(self) -> &'static str {
        match self {
            Self::Prior => "prior",
            Self::Codes => "codes",
            Self::Difference => "difference",
            Self::Reconstructions => "reconstructions",
            Self::Denoising => "denoising",
            Self::Losses => "losses",
        }
    }
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Its own pixels.
    Png,
    /// Numbers.
    Npy,
    /// A figure with what it is read by (title, labels, scale), as pixels.
    FigurePng,
    /// The same as shapes.
    FigureSvg,
    /// Numbers as text.
    Csv,
}

impl Format {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 5] = [
        Self::Png,
        Self::Npy,
        Self::FigurePng,
        Self::FigureSvg,
        Self::Csv,
    ];

    /// The end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png | Self::FigurePng => "png",
            Self::Npy => "npy",
            Self::FigureSvg => "svg",
            Self::Csv => "csv",
        }
    }
}

/// What is written.
pub enum Content {
    /// A picture.
    Pixels {
        /// Its pixels.
        picture: png::Picture,
        /// Keyword and text of each field.
        text: Vec<(String, String)>,
    },
    /// Numbers.
    Matrix(Array2<f32>),
    /// Shapes or a table, as text.
    Text(String),
}

impl Content {
    /// A picture of `size` (width, height), four bytes a pixel: red, green, blue, opacity.
    #[must_use]
    pub fn pixels(size: [usize; 2], rgba: Vec<u8>, text: Vec<(String, String)>) -> Self {
        // A side beyond 2³² never fits into memory; the writer refuses what does not agree.
        let [width, height] = size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        Self::Pixels {
            picture: png::Picture {
                width,
                height,
                pixels: png::Pixels::Rgba(rgba),
            },
            text,
        }
    }

    /// Writes it to `path`, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file and what was wrong.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        match self {
            Self::Pixels { picture, text } => png::write(path, picture, text),
            Self::Matrix(matrix) => write_npy(path, matrix.view()),
            Self::Text(text) => write_whole(path, |file| file.write_all(text.as_bytes())),
        }
    }
}

/// Whether there is something to save.
#[must_use]
pub fn is_there(run: &RunView, picture: Picture) -> bool {
    if picture == Picture::Losses {
        return run.newest().is_some();
    }
    let Some(snapshot) = run.snapshot.as_deref() else {
        return false;
    };
    match picture {
        Picture::Prior => snapshot.prior.is_some(),
        Picture::Codes | Picture::Reconstructions => snapshot.codes.is_some(),
        Picture::Difference => snapshot.prior.is_some() && snapshot.codes.is_some(),
        Picture::Denoising => snapshot.denoising.is_some(),
        Picture::Losses => false,
    }
}

/// The colour scales of a snapshot: one for P and C, one about zero for their difference.
#[must_use]
pub fn scales(prior: Option<&PriorPicture>, codes: Option<&CodePicture>) -> (Scale, Scale) {
    let mut matrices = Vec::with_capacity(2);
    if let Some(prior) = prior {
        matrices.push((
            prior.matrix.view(),
            heatmap::unit(prior.matrix.nrows(), prior.norm),
        ));
    }
    if let Some(codes) = codes {
        matrices.push((
            codes.matrix.view(),
            heatmap::unit(codes.matrix.nrows(), codes.norm),
        ));
    }
    let shared = heatmap::shared_scale(&matrices);
    (
        shared,
        Scale::centred((shared.high - shared.low.min(0.0)) / 2.0),
    )
}

/// C − P, each in units of its root mean square entry, into a kept matrix.
pub fn difference(prior: &PriorPicture, codes: &CodePicture, out: &mut Array2<f32>) {
    let (p, c) = (&prior.matrix, &codes.matrix);
    if p.dim() != c.dim() {
        *out = Array2::zeros((0, 0));
        return;
    }
    if out.dim() != c.dim() {
        *out = Array2::zeros(c.dim());
    }
    let of_p = heatmap::unit(p.nrows(), prior.norm);
    let of_c = heatmap::unit(c.nrows(), codes.norm);
    ndarray::Zip::from(out)
        .and(c)
        .and(p)
        .for_each(|out, &c, &p| *out = of_c * c - of_p * p);
}

/// A picture's content, if it is there; figures are drawn elsewhere.
#[must_use]
pub fn content(run: &RunView, picture: Picture, format: Format) -> Option<Content> {
    let snapshot = run.snapshot.as_deref()?;
    match format {
        Format::Npy => numbers(snapshot, picture).map(Content::Matrix),
        Format::Png => {
            let (size, rgba) = pixels(snapshot, picture)?;
            let mut text = text_fields(run, picture.name(), Some(picture));
            let kernel = picture.formats().contains(&Format::FigurePng);
            let cell = if kernel { "; a pixel an entry" } else { "" };
            let description = description(snapshot, picture) + cell;
            text.push(("Description".into(), description));
            Some(Content::pixels(size, rgba, text))
        }
        Format::FigurePng | Format::FigureSvg | Format::Csv => None,
    }
}

/// What a picture shows, and the scale of its colours.
#[must_use]
pub fn description(snapshot: &Snapshot, picture: Picture) -> String {
    let digits = snapshot.shown.indices.len();
    let set = snapshot.shown.set.name();
    let order = match snapshot.shown.labels {
        Some(_) => format!("{set} images, sorted by class"),
        None => format!("{set} images"),
    };
    let (shared, centred) = scales(snapshot.prior.as_deref(), snapshot.codes.as_deref());
    let kernel = |what: &str, Scale { low, high }: Scale| {
        format!(
            "{what} on {digits} {order}; colours from {low:.4} to {high:.4} \
             in units of the root mean square entry"
        )
    };
    match picture {
        Picture::Prior => kernel("The prior kernel P", shared),
        Picture::Codes => kernel("C, the inner products of the codes,", shared),
        Picture::Difference => kernel(
            "C - P, each divided by its root mean square entry,",
            centred,
        ),
        Picture::Reconstructions => {
            format!("{digits} {order}; in each band: the images, their reconstructions")
        }
        Picture::Denoising => {
            let digits = snapshot.denoising.as_ref().map_or(0, |d| d.indices.len());
            let rows = snapshot.denoising.iter().flat_map(|found| &found.rows);
            let names: Vec<_> = rows
                .filter(|row| row.images.is_some())
                .map(|row| row.method.name())
                .collect();
            format!(
                "{digits} {order}; in each band: clean, {}",
                names.join(", ")
            )
        }
        Picture::Losses => String::new(),
    }
}

fn numbers(snapshot: &Snapshot, picture: Picture) -> Option<Array2<f32>> {
    let prior = snapshot.prior.as_deref();
    let codes = snapshot.codes.as_deref();
    match picture {
        Picture::Prior => Some(prior?.matrix.clone()),
        Picture::Codes => Some(codes?.matrix.clone()),
        Picture::Difference => {
            let mut out = Array2::zeros((0, 0));
            difference(prior?, codes?, &mut out);
            Some(out)
        }
        Picture::Reconstructions => Some(codes?.reconstructions.clone()),
        Picture::Denoising => {
            let rows = denoising_rows(snapshot.denoising.as_deref()?);
            concatenate(Axis(0), &rows).ok()
        }
        Picture::Losses => None,
    }
}

/// Clean digits and then each method's, as far as they are there.
fn denoising_rows(picture: &DenoisingPicture) -> Vec<ArrayView2<'_, f32>> {
    let rows = picture.rows.iter().filter_map(|row| row.images.as_ref());
    std::iter::once(picture.clean.view())
        .chain(rows.map(|images| images.view()))
        .collect()
}

fn pixels(snapshot: &Snapshot, picture: Picture) -> Option<([usize; 2], Vec<u8>)> {
    let prior = snapshot.prior.as_deref();
    let codes = snapshot.codes.as_deref();
    let (shared, centred) = scales(prior, codes);
    let matrix = |matrix: &Array2<f32>, factor: f32, scale, lut| {
        let values: Vec<f32> = matrix.iter().map(|&value| value * factor).collect();
        let mut rgba = vec![0; 4 * values.len()];
        heatmap::paint(&values, scale, lut, &mut rgba);
        ([matrix.ncols(), matrix.nrows()], rgba)
    };
    match picture {
        Picture::Prior => {
            let prior = prior?;
            let factor = heatmap::unit(prior.matrix.nrows(), prior.norm);
            Some(matrix(&prior.matrix, factor, shared, colour::viridis()))
        }
        Picture::Codes => {
            let codes = codes?;
            let factor = heatmap::unit(codes.matrix.nrows(), codes.norm);
            Some(matrix(&codes.matrix, factor, shared, colour::viridis()))
        }
        Picture::Difference => {
            let mut out = Array2::zeros((0, 0));
            difference(prior?, codes?, &mut out);
            Some(matrix(&out, 1.0, centred, colour::diverging(false)))
        }
        Picture::Reconstructions => {
            let codes = codes?;
            let rows = [snapshot.shown.pixels.view(), codes.reconstructions.view()];
            Some(grid(&rows, snapshot.shown.shape, COLUMNS))
        }
        Picture::Denoising => {
            let denoising = snapshot.denoising.as_deref()?;
            Some(grid(&denoising_rows(denoising), denoising.shape, COLUMNS))
        }
        Picture::Losses => None,
    }
}

/// Digits in bands of `columns`: in each band, the same digits in a row for each of `groups`.
/// A thin line parts the bands.
fn grid(groups: &[ArrayView2<'_, f32>], tile: ImageShape, columns: usize) -> ([usize; 2], Vec<u8>) {
    let count = groups.iter().map(ArrayView2::nrows).min().unwrap_or(0);
    let columns = columns.min(count).max(1);
    let band = Sheet {
        tile,
        columns,
        rows: groups.len(),
    };
    let (width, gap) = (band.width(), tile.height.div_ceil(8));
    let mut rgba = Vec::new();
    let mut height = 0;
    for start in (0..count).step_by(columns) {
        if start > 0 {
            rgba.extend([GAP, GAP, GAP, 255].repeat(gap * width));
            height += gap;
        }
        let top = rgba.len();
        // A last band that is not full is black where there is no digit.
        rgba.extend([0, 0, 0, 255].repeat(width * band.height()));
        height += band.height();
        for (row, images) in groups.iter().enumerate() {
            for (column, index) in (start..count.min(start + columns)).enumerate() {
                let greys = colour::greys(true);
                band.draw((row, column), images, index, greys, &mut rgba[top..]);
            }
        }
    }
    ([width, height], rgba)
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
