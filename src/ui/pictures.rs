//! What is saved of a run's pictures: the matrix's own pixels, its numbers, the run's settings.

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::export::{self, Content, Format, Picture};
use crate::view::digits::Sheet;
use crate::view::heatmap::{self, Scale};
use crate::view::{RunView, colour};
use crate::worker::protocol::{CodePicture, DenoisingPicture, PriorPicture, Snapshot};

/// Digits of a saved grid stand in rows of at most this many.
const COLUMNS: usize = 20;

/// Whether there is something to save.
#[must_use]
pub fn is_there(run: &RunView, picture: Picture) -> bool {
    let Some(snapshot) = run.snapshot.as_deref() else {
        return false;
    };
    match picture {
        Picture::Prior => snapshot.prior.is_some(),
        Picture::Codes | Picture::Reconstructions => snapshot.codes.is_some(),
        Picture::Difference => snapshot.prior.is_some() && snapshot.codes.is_some(),
        Picture::Denoising => snapshot.denoising.is_some(),
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

/// The run's settings, as a PNG's text fields.
#[must_use]
pub fn text_fields(run: &RunView, title: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("Title".to_owned(), title.to_owned()),
        (
            "Software".to_owned(),
            format!("dkAE Explorer {}", env!("CARGO_PKG_VERSION")),
        ),
    ];
    let mut add = |key: &str, value: String| fields.push((key.to_owned(), value));
    if let Some(summary) = &run.summary {
        add("dkae:data", summary.data.clone());
        add("dkae:samples", format!("{:?}", summary.samples));
    }
    if let Some(config) = &run.config {
        add("dkae:seed", config.seed.to_string());
        add("dkae:lambda", config.training.lambda.to_string());
        if let Ok(json) = serde_json::to_string(config) {
            add("dkae:settings", json);
        }
    }
    if let Some(snapshot) = &run.snapshot {
        add("dkae:step", snapshot.step.to_string());
    }
    fields
}

/// A picture's content, if it is there.
#[must_use]
pub fn content(run: &RunView, picture: Picture, format: Format) -> Option<Content> {
    let snapshot = run.snapshot.as_deref()?;
    match format {
        Format::Npy => numbers(snapshot, picture).map(Content::Matrix),
        Format::Png => {
            let (size, rgba) = pixels(snapshot, picture)?;
            Some(export::pixels(size, rgba, text_fields(run, picture.name())))
        }
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
    }
}

/// Digits in bands of `columns`: in each band, the same digits in a row for each of `groups`.
fn grid(
    groups: &[ArrayView2<'_, f32>],
    tile: crate::data::ImageShape,
    columns: usize,
) -> ([usize; 2], Vec<u8>) {
    let count = groups.iter().map(ArrayView2::nrows).min().unwrap_or(0);
    let columns = columns.min(count).max(1);
    let bands = count.div_ceil(columns);
    let sheet = Sheet {
        tile,
        columns,
        rows: bands * groups.len(),
    };
    let mut rgba = vec![0; 4 * sheet.width() * sheet.height()];
    rgba.iter_mut()
        .skip(3)
        .step_by(4)
        .for_each(|opacity| *opacity = 255);
    for index in 0..count {
        for (row, images) in groups.iter().enumerate() {
            let place = ((index / columns) * groups.len() + row, index % columns);
            sheet.draw(place, images, index, colour::greys(true), &mut rgba);
        }
    }
    ([sheet.width(), sheet.height()], rgba)
}
