//! The probabilistic cluster kernel, Eq. 4:
//! `κ(x_i, x_j) = 1/Z Σ_q Σ_g π_i(q, g)ᵀ π_j(q, g)`.
//!
//! With F the matrix of all posteriors side by side, P = F Fᵀ / Z. Neither is ever dense: blocks
//! of P come from sparse inner products, products with P go through Fᵀ and F.

use std::sync::Arc;

use multiversion::multiversion;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::overlap::{self, Samples};
use super::posteriors::{Correction, Posteriors};
use super::{Agreement, Ensemble, Extension, Placing, PriorKernel, Scratch};
use crate::data::DataSet;
use crate::linalg::{Accumulate, Parallel, product};

/// The kernel of all samples of a data set, from their posteriors.
pub struct Pck {
    ensemble: Arc<Ensemble>,
    posteriors: Posteriors,
    normaliser: f64,
}

impl Pck {
    /// The kernel of the samples placed in `posteriors` under the mixtures of `ensemble`. Z is
    /// the largest diagonal entry among them, so that P ≤ 1.
    #[must_use]
    pub fn new(ensemble: Arc<Ensemble>, posteriors: Posteriors) -> Self {
        // Without any sample there is no entry either.
        let normaliser = posteriors.largest_diagonal().max(f64::MIN_POSITIVE);
        Self::normalised(ensemble, posteriors, normaliser)
    }

    /// The same under another kernel's Z.
    pub(super) fn normalised(
        ensemble: Arc<Ensemble>,
        mut posteriors: Posteriors,
        normaliser: f64,
    ) -> Self {
        posteriors.shrink();
        Self {
            ensemble,
            posteriors,
            normaliser,
        }
    }

    /// Z of Eq. 4.
    #[must_use]
    pub fn normaliser(&self) -> f64 {
        self.normaliser
    }

    /// The samples' posteriors.
    #[must_use]
    pub fn posteriors(&self) -> &Posteriors {
        &self.posteriors
    }

    /// The mixtures.
    #[must_use]
    pub fn ensemble(&self) -> &Ensemble {
        &self.ensemble
    }

    fn samples<'a>(&'a self, indices: &'a [usize]) -> Samples<'a> {
        Samples {
            posteriors: &self.posteriors,
            indices: Some(indices),
        }
    }

    fn scale(&self) -> f32 {
        (1.0 / self.normaliser) as f32
    }

    /// P[rows, columns] for a few rows: `F_columns` times what the rows have of each component. A block takes as
    /// long for one row as for [`overlap`]'s 64.
    fn rows_of(&self, rows: Samples<'_>, columns: Samples<'_>) -> Array2<f32> {
        let each = Array2::eye(rows.len());
        multiply(columns, rows, self.scale(), each.view())
            .reversed_axes()
            .as_standard_layout()
            .into_owned()
    }
}

impl PriorKernel for Pck {
    fn block(&self, rows: &[usize], columns: &[usize], out: ArrayViewMut2<'_, f32>) {
        overlap::block(self.samples(rows), self.samples(columns), self.scale(), out);
    }

    fn gram(&self, rows: &[usize], scratch: &mut Scratch, out: ArrayViewMut2<'_, f32>) {
        overlap::gram(self.samples(rows), self.scale(), scratch, out);
    }

    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32> {
        multiply(self.samples(rows), self.samples(columns), self.scale(), v)
    }

    fn multiply_images(
        &self,
        images: ArrayView2<'_, f32>,
        _rows: &[usize],
        columns: &[usize],
        v: ArrayView2<'_, f32>,
    ) -> Array2<f32> {
        let placed = Posteriors::of_images(&self.ensemble, images);
        let rows = Samples {
            posteriors: &placed,
            indices: None,
        };
        let columns = self.samples(columns);
        if rows.len() <= FEW {
            // Their rows of P are less work than Fᵀv of all columns.
            let block = self.rows_of(rows, columns);
            let mut out = Array2::zeros((rows.len(), v.ncols()));
            let (replace, alone) = (Accumulate::Replace, Parallel::No);
            product(out.view_mut(), replace, 1.0, block.view(), v, alone);
            return out;
        }
        multiply(rows, columns, self.scale(), v)
    }

    fn across(&self, images: ArrayView2<'_, f32>, columns: &[usize]) -> Option<Array2<f32>> {
        let placed = Posteriors::of_images(&self.ensemble, images);
        let rows = Samples {
            posteriors: &placed,
            indices: None,
        };
        Some(self.rows_of(rows, self.samples(columns)))
    }

    fn agreement(&self, i: usize, j: usize) -> Option<Vec<Agreement>> {
        let mut sizes = std::collections::BTreeMap::<usize, (f64, usize)>::new();
        for (components, product) in self.posteriors.products(i, j) {
            let (sum, mixtures) = sizes.entry(components).or_default();
            *sum += product;
            *mixtures += 1;
        }
        let share = |(components, (sum, mixtures)): (usize, (f64, usize))| Agreement {
            components,
            share: sum / mixtures as f64,
        };
        Some(sizes.into_iter().map(share).collect())
    }

    fn as_pck(&self) -> Option<&Pck> {
        Some(self)
    }

    fn extend(&self, rows: &[usize], data: &Arc<DataSet>) -> Extension {
        Extension::Placing(Placing {
            ensemble: Arc::clone(&self.ensemble),
            posteriors: self.posteriors.of_samples(rows),
            data: Arc::clone(data),
            normaliser: self.normaliser,
        })
    }
}

/// So many images are few.
const FEW: usize = 4;

/// Bytes of Fᵀv that one thread works on at a time: they should stay in a core's cache.
const SLICE_BYTES: usize = 256 << 10;

/// Samples whose products one thread collects at a time.
const ROWS: usize = 64;

/// `scale · F_rows (F_columnsᵀ v)`.
///
/// Both products run over slices of neighbouring mixtures, whose part of Fᵀv fits a core's
/// cache. Each number is summed in one fixed order, on however many threads.
fn multiply(
    rows: Samples<'_>,
    columns: Samples<'_>,
    scale: f32,
    v: ArrayView2<'_, f32>,
) -> Array2<f32> {
    assert_eq!(v.nrows(), columns.len(), "a row of v for each column of P");
    let b = v.ncols();
    let mut out = Array2::zeros((rows.len(), b));
    let starts = columns.posteriors.starts();
    let components = starts[starts.len() - 1] as usize;
    if out.is_empty() || components == 0 {
        return out;
    }
    let v = v.as_standard_layout();
    let v = v.as_slice().expect("just laid out");
    let mut gathered = vec![0.0; components * b];
    let slices = slices(starts, b);
    let parts = split(&mut gathered, &slices, starts, b);
    parts.into_par_iter().for_each(|(slice, part)| {
        for (j, v) in v.chunks_exact(b).enumerate() {
            let (tops, corrections) = slice.of(columns, j);
            scatter(
                tops,
                corrections,
                slice.first,
                &starts[slice.first..],
                v,
                part,
            );
        }
    });
    let out_slice = out.as_slice_mut().expect("a new matrix");
    out_slice
        .par_chunks_mut(ROWS * b)
        .enumerate()
        .for_each(|(chunk, out)| {
            for slice in &slices {
                let part = &gathered[starts[slice.first] as usize * b..];
                for (i, out) in out.chunks_exact_mut(b).enumerate() {
                    let (tops, corrections) = slice.of(rows, chunk * ROWS + i);
                    collect(
                        tops,
                        corrections,
                        slice.first,
                        &starts[slice.first..],
                        part,
                        out,
                    );
                }
            }
            for out in out {
                *out *= scale;
            }
        });
    out
}

/// Neighbouring mixtures.
#[derive(Clone, Copy)]
struct Slice {
    first: usize,
    end: usize,
}

impl Slice {
    /// The tops and corrections of a sample in these mixtures.
    fn of<'a>(self, samples: Samples<'a>, position: usize) -> (&'a [u8], &'a [Correction]) {
        let index = samples.index(position);
        let corrections = samples.posteriors.corrections(index);
        let before = |mixture: usize| {
            corrections.partition_point(|correction| usize::from(correction.mixture) < mixture)
        };
        (
            &samples.posteriors.tops(index)[self.first..self.end],
            &corrections[before(self.first)..before(self.end)],
        )
    }
}

/// Cuts the mixtures into slices of about [`SLICE_BYTES`] of Fᵀv with `b` columns.
fn slices(starts: &[u32], b: usize) -> Vec<Slice> {
    let most = SLICE_BYTES / (b * size_of::<f32>());
    let mut slices = Vec::new();
    let mut first = 0;
    while first + 1 < starts.len() {
        let limit = starts[first] as usize + most;
        let fitting = starts[first + 1..]
            .iter()
            .take_while(|&&end| end as usize <= limit);
        let end = first + fitting.count().max(1);
        slices.push(Slice { first, end });
        first = end;
    }
    slices
}

/// Each slice with its part of Fᵀv.
fn split<'a>(
    mut gathered: &'a mut [f32],
    slices: &[Slice],
    starts: &[u32],
    b: usize,
) -> Vec<(Slice, &'a mut [f32])> {
    let mut parts = Vec::with_capacity(slices.len());
    for &slice in slices {
        let components = (starts[slice.end] - starts[slice.first]) as usize;
        let (part, rest) = gathered.split_at_mut(components * b);
        parts.push((slice, part));
        gathered = rest;
    }
    parts
}

/// part += πᵀ v for one sample: its row `v` into the rows of its components.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn scatter(
    tops: &[u8],
    corrections: &[Correction],
    first: usize,
    starts: &[u32],
    v: &[f32],
    part: &mut [f32],
) {
    let base = starts[0] as usize;
    for (&top, &start) in tops.iter().zip(starts) {
        let row = (start as usize - base + usize::from(top)) * v.len();
        for (sum, value) in part[row..][..v.len()].iter_mut().zip(v) {
            *sum += value;
        }
    }
    for correction in corrections {
        let start = starts[usize::from(correction.mixture) - first] as usize;
        let row = (start - base + usize::from(correction.component)) * v.len();
        for (sum, value) in part[row..][..v.len()].iter_mut().zip(v) {
            *sum += correction.weight * value;
        }
    }
}

/// out += π · part for one sample: the rows of its components into its own.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn collect(
    tops: &[u8],
    corrections: &[Correction],
    first: usize,
    starts: &[u32],
    part: &[f32],
    out: &mut [f32],
) {
    let base = starts[0] as usize;
    for (&top, &start) in tops.iter().zip(starts) {
        let row = (start as usize - base + usize::from(top)) * out.len();
        for (sum, value) in out.iter_mut().zip(&part[row..]) {
            *sum += value;
        }
    }
    for correction in corrections {
        let start = starts[usize::from(correction.mixture) - first] as usize;
        let row = (start - base + usize::from(correction.component)) * out.len();
        for (sum, value) in out.iter_mut().zip(&part[row..]) {
            *sum += correction.weight * value;
        }
    }
}

#[cfg(test)]
#[path = "pck_tests.rs"]
mod tests;
