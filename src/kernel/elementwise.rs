//! Kernels that are a function of two images' inner product and norms: linear, polynomial,
//! cosine and RBF.
//!
//! A block is one matrix product and a pass over its numbers.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::{Extension, KernelError, PriorConfig, PriorKernel, Scratch};
use crate::data::DataSet;
use crate::linalg::{self, Accumulate, Parallel, for_row_blocks, product, squared_distances};

/// Samples on a side of the tiles in which [`PriorKernel::multiply`] goes through P.
const TILE: usize = 256;

/// Samples whose distances decide the width of an RBF kernel.
const MEDIAN_SAMPLES: usize = 1000;

/// What is made of ⟨x, y⟩, ‖x‖² and ‖y‖².
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// ⟨x, y⟩ / d.
    Linear { scale: f32 },
    /// (⟨x, y⟩ / d + offset)^degree.
    Polynomial {
        scale: f32,
        offset: f32,
        degree: i32,
    },
    /// ⟨x, y⟩ / (‖x‖ ‖y‖), and 0 for a black image.
    Cosine,
    /// exp(−‖x − y‖² · rate), rate = 1 / (2σ²).
    Rbf { rate: f32 },
}

/// A kernel of the pixels of a data set.
pub struct Elementwise {
    data: Arc<DataSet>,
    form: Form,
    /// ‖x‖² of every sample.
    norms: Vec<f32>,
}

impl Elementwise {
    /// The kernel that `config` describes, or `None` if that is not a function of pixels
    /// alone. The width of an RBF kernel comes from the samples `training` of `data`, of which
    /// `seed` picks at most 1,000.
    ///
    /// # Errors
    ///
    /// [`KernelError::Setting`] for a setting out of its range,
    /// [`KernelError::TooFewSamples`] and [`KernelError::IdenticalSamples`] if there is no
    /// distance to take the width from.
    pub fn new(
        config: &PriorConfig,
        data: Arc<DataSet>,
        training: &[usize],
        seed: u64,
    ) -> Result<Option<Self>, KernelError> {
        config.check()?;
        let scale = 1.0 / data.shape().pixels() as f32;
        let form = match *config {
            PriorConfig::Linear => Form::Linear { scale },
            PriorConfig::Cosine => Form::Cosine,
            PriorConfig::Polynomial { degree, offset } => Form::Polynomial {
                scale,
                offset: offset as f32,
                degree: degree as i32,
            },
            PriorConfig::Rbf { width } => {
                let sigma = width * median_distance(&data, training, seed)?;
                Form::Rbf {
                    rate: (0.5 / (sigma * sigma)) as f32,
                }
            }
            PriorConfig::Pck(_) | PriorConfig::Ideal => return Ok(None),
        };
        Ok(Some(Self::of(form, data)))
    }

    fn of(form: Form, data: Arc<DataSet>) -> Self {
        let norms = (0..data.len()).map(|index| norm(&data.rows(&[index]).row(0)));
        let norms = norms.collect();
        Self { data, form, norms }
    }

    fn norms_of(&self, indices: &[usize]) -> Vec<f32> {
        indices.iter().map(|&index| self.norms[index]).collect()
    }
}

/// The median distance between two of (at most 1,000, by `seed`) samples `training` of `data`,
/// in pixels' units.
///
/// # Errors
///
/// [`KernelError::TooFewSamples`] for less than two samples, [`KernelError::IdenticalSamples`]
/// if the median is zero.
pub fn median_distance(data: &DataSet, training: &[usize], seed: u64) -> Result<f64, KernelError> {
    if training.len() < 2 {
        return Err(KernelError::TooFewSamples {
            needed: 2,
            given: training.len(),
        });
    }
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let count = training.len().min(MEDIAN_SAMPLES);
    let chosen = rand::seq::index::sample(&mut random, training.len(), count);
    let chosen: Vec<_> = chosen.iter().map(|position| training[position]).collect();
    let mut squares = squared_distances(data.rows(&chosen).view());
    linalg::median_distance(&mut squares)
        .filter(|&median| median > 0.0)
        .ok_or(KernelError::IdenticalSamples)
}

/// ‖x‖².
fn norm(row: &ndarray::ArrayView1<'_, f32>) -> f32 {
    row.iter()
        .map(|&value| f64::from(value).powi(2))
        .sum::<f64>() as f32
}

impl Form {
    /// Turns inner products into the kernel, given the squared norms of the rows' and the
    /// columns' images.
    fn apply(self, mut out: ArrayViewMut2<'_, f32>, rows: &[f32], columns: &[f32]) {
        for (mut out, &row) in out.outer_iter_mut().zip(rows) {
            match self {
                Self::Linear { scale } => out *= scale,
                Self::Polynomial {
                    scale,
                    offset,
                    degree,
                } => out.mapv_inplace(|inner| (inner * scale + offset).powi(degree)),
                Self::Cosine => {
                    for (out, &column) in out.iter_mut().zip(columns) {
                        let norms = (row * column).sqrt();
                        *out = if norms > 0.0 { *out / norms } else { 0.0 };
                    }
                }
                Self::Rbf { rate } => {
                    for (out, &column) in out.iter_mut().zip(columns) {
                        let square = (row + column - 2.0 * *out).max(0.0);
                        *out = (-rate * square).exp();
                    }
                }
            }
        }
    }

    /// The kernel of images `x` and `y` with these squared norms.
    fn tile(
        self,
        mut out: ArrayViewMut2<'_, f32>,
        x: (ArrayView2<'_, f32>, &[f32]),
        y: (ArrayView2<'_, f32>, &[f32]),
    ) {
        product(
            out.view_mut(),
            Accumulate::Replace,
            1.0,
            x.0,
            y.0.t(),
            Parallel::No,
        );
        self.apply(out, x.1, y.1);
    }

    /// The same on all threads, without allocating.
    fn tiles(
        self,
        out: ArrayViewMut2<'_, f32>,
        x: (ArrayView2<'_, f32>, &[f32]),
        y: (ArrayView2<'_, f32>, &[f32]),
    ) {
        for_row_blocks(out, 16, &|rows, block| {
            self.tile(block, (x.0.slice(s![rows.clone(), ..]), &x.1[rows]), y);
        });
    }
}

impl PriorKernel for Elementwise {
    fn block(&self, rows: &[usize], columns: &[usize], out: ArrayViewMut2<'_, f32>) {
        let (x, y) = (self.data.rows(rows), self.data.rows(columns));
        let (of_x, of_y) = (self.norms_of(rows), self.norms_of(columns));
        self.form.tiles(out, (x.view(), &of_x), (y.view(), &of_y));
    }

    fn gram(&self, rows: &[usize], scratch: &mut Scratch, mut out: ArrayViewMut2<'_, f32>) {
        let (k, d) = (rows.len(), self.data.shape().pixels());
        scratch.floats.resize(k * (d + 1), 0.0);
        let (pixels, norms) = scratch.floats.split_at_mut(k * d);
        let mut pixels = ArrayViewMut2::from_shape((k, d), pixels).expect("just sized");
        self.data.gather(rows, pixels.view_mut());
        for (norm, &row) in norms.iter_mut().zip(rows) {
            *norm = self.norms[row];
        }
        let x = (pixels.view(), &*norms);
        self.form.tiles(out.view_mut(), x, x);
        // A product rounds its two triangles differently.
        for i in 0..k {
            for j in 0..i {
                out[[j, i]] = out[[i, j]];
            }
        }
    }

    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32> {
        self.multiply_by_tiles(rows.len(), columns, v, |range| {
            let rows = &rows[range];
            (self.data.rows(rows), self.norms_of(rows))
        })
    }

    fn multiply_images(
        &self,
        images: ArrayView2<'_, f32>,
        _rows: &[usize],
        columns: &[usize],
        v: ArrayView2<'_, f32>,
    ) -> Array2<f32> {
        self.multiply_by_tiles(images.nrows(), columns, v, |range| {
            let images = images.slice(s![range, ..]).to_owned();
            let norms = images.outer_iter().map(|row| norm(&row)).collect();
            (images, norms)
        })
    }

    fn across(&self, images: ArrayView2<'_, f32>, columns: &[usize]) -> Option<Array2<f32>> {
        let of_images: Vec<f32> = images.outer_iter().map(|row| norm(&row)).collect();
        let mut out = Array2::zeros((images.nrows(), columns.len()));
        let tiles = out.axis_chunks_iter_mut(Axis(1), TILE);
        for (columns, mut out) in columns.chunks(TILE).zip(tiles) {
            let (y, of_y) = (self.data.rows(columns), self.norms_of(columns));
            let mut tile = Array2::zeros(out.dim());
            let (x, y) = ((images, &of_images[..]), (y.view(), &of_y[..]));
            self.form.tile(tile.view_mut(), x, y);
            out.assign(&tile);
        }
        Some(out)
    }

    fn extend(&self, _rows: &[usize], data: &Arc<DataSet>) -> Extension {
        Extension::Whole(Arc::new(Self::of(self.form, Arc::clone(data))))
    }
}

impl Elementwise {
    /// K(images, columns) · v for `n` images of which `images` gives any range with its squared
    /// norms. The tiles of one row go one after the other, the rows of tiles side by side.
    fn multiply_by_tiles(
        &self,
        n: usize,
        columns: &[usize],
        v: ArrayView2<'_, f32>,
        images: impl Fn(std::ops::Range<usize>) -> (Array2<f32>, Vec<f32>) + Sync,
    ) -> Array2<f32> {
        let v = v.as_standard_layout();
        let mut out = Array2::zeros((n, v.ncols()));
        let chunks: Vec<_> = out
            .axis_chunks_iter_mut(Axis(0), TILE)
            .enumerate()
            .collect();
        chunks.into_par_iter().for_each(|(chunk, mut out)| {
            let first = chunk * TILE;
            let (x, of_x) = images(first..first + out.nrows());
            let mut buffer = vec![0.0; x.nrows() * TILE];
            for (columns, v) in columns.chunks(TILE).zip(v.axis_chunks_iter(Axis(0), TILE)) {
                let (y, of_y) = (self.data.rows(columns), self.norms_of(columns));
                let size = (x.nrows(), y.nrows());
                let tile = &mut buffer[..size.0 * size.1];
                let mut tile = ArrayViewMut2::from_shape(size, tile).expect("just cut to size");
                let (x, y) = ((x.view(), &of_x[..]), (y.view(), &of_y[..]));
                self.form.tile(tile.view_mut(), x, y);
                let (add, alone) = (Accumulate::Add, Parallel::No);
                product(out.view_mut(), add, 1.0, tile.view(), v, alone);
            }
        });
        out
    }
}

#[cfg(test)]
#[path = "elementwise_tests.rs"]
mod tests;
