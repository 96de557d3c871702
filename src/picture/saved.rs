//! What an exhibit's pictures and numbers are as files: a matrix's own pixels, its entries, and what
//! made them.
//!
//! A kernel's picture has a pixel for every entry, in the colours and on the scale of the screen; a grid
//! of images has a pixel for every pixel of an image. What made it stands in the PNG's text fields (see
//! [`made`](crate::exhibit::made)).

use std::io::Write as _;
use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::colour::{self, Lut};
use super::digits::Sheet;
use super::heatmap;
use crate::data::{ImageShape, WriteError, png, write_npy, write_whole};
use crate::exhibit::made::{Fields, Shows};
use crate::exhibit::{Exhibit, KernelOf, Row, RowOf, Scale};

/// Digits of a saved grid stand in rows of at most this many.
const COLUMNS: usize = 20;

/// The grey between two bands of digits.
const GAP: u8 = 96;

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Picture {
    /// The kernel of this kind, which stands at this place.
    Kernel(KernelOf, usize),
    /// Images and their reconstructions.
    Reconstructions,
    /// The denoising comparison.
    Denoising,
    /// The loss curves.
    Losses,
}

impl Picture {
    /// P of a live run.
    pub const PRIOR: Self = Self::Kernel(KernelOf::Prior, 0);
    /// C of a live run.
    pub const CODES: Self = Self::Kernel(KernelOf::Codes, 1);
    /// C − P of a live run.
    pub const DIFFERENCE: Self = Self::Kernel(KernelOf::Difference, 2);

    /// All of a live run.
    pub const ALL: [Self; 6] = [
        Self::PRIOR,
        Self::CODES,
        Self::DIFFERENCE,
        Self::Reconstructions,
        Self::Denoising,
        Self::Losses,
    ];

    /// What it can be saved as.
    #[must_use]
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Kernel(..) => &[
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
    pub fn name(self) -> String {
        match self {
            Self::Kernel(of, _) => of.name(),
            Self::Reconstructions => "Reconstructions".into(),
            Self::Denoising => "Denoising".into(),
            Self::Losses => "Losses".into(),
        }
    }

    /// As a file is called.
    #[must_use]
    pub fn file_stem(self) -> String {
        match self {
            Self::Kernel(of, _) => of.file_stem(),
            Self::Reconstructions => "reconstructions".into(),
            Self::Denoising => "denoising".into(),
            Self::Losses => "losses".into(),
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

    /// Whether it is a figure with what it is read by.
    #[must_use]
    pub fn is_figure(self) -> bool {
        matches!(self, Self::FigurePng | Self::FigureSvg)
    }

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
pub fn is_there(exhibit: &Exhibit, picture: Picture) -> bool {
    match picture {
        Picture::Kernel(_, index) => exhibit.has(index),
        Picture::Reconstructions => {
            (exhibit.row(RowOf::Reconstruction)).is_some_and(|row| row.images.is_some())
        }
        Picture::Denoising => denoised(exhibit).next().is_some(),
        Picture::Losses => false,
    }
}

/// The steps of the network that a picture is of; `None` if none has a part in it.
#[must_use]
pub fn made_at(exhibit: &Exhibit, picture: Picture) -> Option<u64> {
    match picture {
        Picture::Kernel(_, index) => exhibit.kernels.get(index)?.step,
        Picture::Denoising => exhibit.compared.map(|compared| compared.step),
        Picture::Reconstructions => Some(exhibit.step()),
        Picture::Losses => None,
    }
}

/// What made a picture, as a PNG's text fields.
#[must_use]
pub fn text_fields(exhibit: &Exhibit, picture: Picture) -> Fields {
    let kernel = match picture {
        Picture::Kernel(_, index) => exhibit.kernels.get(index),
        _ => None,
    };
    let made = kernel.map_or(&exhibit.made, |kernel| &kernel.made);
    let title = kernel.map_or_else(|| picture.name(), |kernel| kernel.name.clone());
    let images = match kernel {
        Some(_) => &exhibit.images,
        None => &exhibit.pictured,
    };
    let digits = format!(
        "{} of {}",
        images.means_of.unwrap_or(images.count),
        images.set.name()
    );
    let shows = Shows {
        step: made_at(exhibit, picture),
        denoising: exhibit.compared.map(|compared| compared.config),
        growing: kernel.and_then(|kernel| kernel.growing),
    };
    let mut fields = made.fields(&title, Some(digits), &shows);
    fields.push(("Description".into(), description(exhibit, picture)));
    fields
}

/// A picture's content as its own pixels or numbers, if it is there; figures are drawn elsewhere.
#[must_use]
pub fn content(exhibit: &Exhibit, picture: Picture, format: Format) -> Option<Content> {
    if !is_there(exhibit, picture) {
        return None;
    }
    match format {
        Format::Npy => numbers(exhibit, picture).map(Content::Matrix),
        Format::Png => {
            let (size, rgba) = pixels(exhibit, picture)?;
            let mut text = text_fields(exhibit, picture);
            if let (Picture::Kernel(..), Some((_, description))) = (picture, text.last_mut()) {
                description.push_str("; a pixel an entry");
            }
            Some(Content::pixels(size, rgba, text))
        }
        Format::FigurePng | Format::FigureSvg | Format::Csv => None,
    }
}

/// What a picture shows, and the scale of its colours.
fn description(exhibit: &Exhibit, picture: Picture) -> String {
    let images = exhibit.pictured.describe();
    match picture {
        Picture::Kernel(of, index) => {
            let what = match of {
                KernelOf::Prior => "The prior kernel P".to_owned(),
                KernelOf::Codes => "C, the inner products of the codes,".to_owned(),
                KernelOf::Difference => {
                    "C - P, each divided by its root mean square entry,".to_owned()
                }
                KernelOf::Components(m) => format!("The kernel of the {m} leading components of P"),
            };
            let Scale { low, high } = exhibit.scale(index);
            format!(
                "{what} on {}; colours from {low:.4} to {high:.4} in units of the root mean square \
                 entry{}",
                exhibit.images.describe(),
                exhibit.looks.told(of)
            )
        }
        Picture::Reconstructions => {
            format!("{images}; in each band: the images, their reconstructions")
        }
        Picture::Denoising => {
            let names: Vec<_> = denoised(exhibit).map(|row| row.name.as_str()).collect();
            format!("{images}; in each band: clean, {}", names.join(", "))
        }
        Picture::Losses => String::new(),
    }
}

/// What methods made of noisy images, as far as it is there.
fn denoised(exhibit: &Exhibit) -> impl Iterator<Item = &Row> {
    let rows = exhibit.rows.iter();
    rows.filter(|row| matches!(row.of, RowOf::Denoised(_)) && row.images.is_some())
}

/// The rows of a picture from top to bottom.
fn rows(exhibit: &Exhibit, picture: Picture) -> Vec<ArrayView2<'_, f32>> {
    let of = |row: &&Row| match picture {
        Picture::Reconstructions => !matches!(row.of, RowOf::Denoised(_)),
        Picture::Denoising => row.of != RowOf::Reconstruction,
        Picture::Kernel(..) | Picture::Losses => false,
    };
    let rows = exhibit.rows.iter().filter(of);
    rows.filter_map(|row| row.images.as_ref())
        .map(|images| images.view())
        .collect()
}

fn numbers(exhibit: &Exhibit, picture: Picture) -> Option<Array2<f32>> {
    match picture {
        Picture::Kernel(_, index) => exhibit.entries(index),
        Picture::Reconstructions => {
            let row = exhibit.row(RowOf::Reconstruction)?;
            Some(row.images.as_deref()?.clone())
        }
        Picture::Denoising => concatenate(Axis(0), &rows(exhibit, picture)).ok(),
        Picture::Losses => None,
    }
}

fn pixels(exhibit: &Exhibit, picture: Picture) -> Option<([usize; 2], Vec<u8>)> {
    let Picture::Kernel(of, index) = picture else {
        return Some(grid(
            &rows(exhibit, picture),
            exhibit.pictured.shape,
            COLUMNS,
        ));
    };
    let (entries, factor) = (exhibit.entries(index)?, exhibit.factor(index));
    let values: Vec<f32> = entries.iter().map(|&value| value * factor).collect();
    let mut rgba = vec![0; 4 * values.len()];
    heatmap::paint(
        &values,
        exhibit.scale(index),
        kernel_colours(exhibit, of),
        &mut rgba,
    );
    Some(([entries.ncols(), entries.nrows()], rgba))
}

/// The colours of a kernel in a file, where the page is white.
#[must_use]
pub fn kernel_colours(exhibit: &Exhibit, of: KernelOf) -> &'static Lut {
    match of {
        KernelOf::Difference => colour::diverging(false),
        KernelOf::Prior | KernelOf::Codes | KernelOf::Components(_) => {
            colour::map(exhibit.looks.map)
        }
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
#[path = "saved_tests.rs"]
mod tests;
