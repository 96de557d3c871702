//! Inner products of sparse posteriors: blocks of the probabilistic cluster kernel.
//!
//! With π = T + E (one-hot tops and corrections) the sum of Eq. 4 over all mixtures is
//! `T_i·T_j + E_i·T_j + T_i·E_j + E_i·E_j`. The first term counts equal bytes; the second adds a
//! correction's weight wherever the other sample's top is the corrected component; both run over
//! 64 samples at once, whose tops are laid out mixture by mixture for it. The last term meets few
//! pairs, found through a list of the corrections of each component.
//!
//! Half of the kernel, `H_ij = ½ T_i·T_j + E_i·T_j + ½ E_i·E_j`, is all there is to compute:
//! P = H + Hᵀ.

use multiversion::multiversion;
use ndarray::ArrayViewMut2;
use rayon::prelude::*;

use super::Scratch;
use super::posteriors::{Correction, Posteriors};

/// Samples whose tops lie side by side.
const LANES: usize = 64;

/// Some samples of some posteriors.
#[derive(Clone, Copy)]
pub(super) struct Samples<'a> {
    pub posteriors: &'a Posteriors,
    /// `None`: all of them.
    pub indices: Option<&'a [usize]>,
}

impl Samples<'_> {
    pub fn len(&self) -> usize {
        self.indices
            .map_or(self.posteriors.samples(), <[usize]>::len)
    }

    pub fn index(&self, position: usize) -> usize {
        self.indices.map_or(position, |indices| indices[position])
    }

    pub fn tops(&self, position: usize) -> &[u8] {
        self.posteriors.tops(self.index(position))
    }

    pub fn corrections(&self, position: usize) -> &[Correction] {
        self.posteriors.corrections(self.index(position))
    }
}

/// `out ← scale · Σ_m π_i(m)·π_j(m)` for all pairs of `samples`, exactly symmetric.
pub(super) fn gram(
    samples: Samples<'_>,
    scale: f32,
    scratch: &mut Scratch,
    mut out: ArrayViewMut2<'_, f32>,
) {
    let stride = samples.len().next_multiple_of(LANES);
    halves(samples, samples, 0.5, scratch);
    for (i, mut out) in out.outer_iter_mut().enumerate() {
        let row = &scratch.floats[i * stride..][..stride];
        let column = scratch.floats[i..].iter().step_by(stride);
        for ((out, here), there) in out.iter_mut().zip(row).zip(column) {
            *out = scale * (here + there);
        }
    }
}

/// `out ← scale · Σ_m π_i(m)·π_j(m)` for i of `rows` and j of `columns`.
pub(super) fn block(
    rows: Samples<'_>,
    columns: Samples<'_>,
    scale: f32,
    mut out: ArrayViewMut2<'_, f32>,
) {
    let mut scratch = Scratch::default();
    halves(rows, columns, 1.0, &mut scratch);
    let stride = columns.len().next_multiple_of(LANES).max(1);
    let halves_of_rows = scratch.floats.chunks_exact(stride);
    for (mut out, half) in out.outer_iter_mut().zip(halves_of_rows) {
        for (out, half) in out.iter_mut().zip(half) {
            *out = *half;
        }
    }
    halves(columns, rows, 0.0, &mut scratch);
    let stride = rows.len().next_multiple_of(LANES);
    for (i, mut out) in out.outer_iter_mut().enumerate() {
        let column = scratch.floats[i..].iter().step_by(stride);
        for (out, half) in out.iter_mut().zip(column) {
            *out = scale * (*out + half);
        }
    }
}

/// Fills the rows of `scratch.floats` (one for each of `left`, as long as there are `right`
/// samples rounded up to [`LANES`]) with `counted · T_i·T_j + E_i·T_j + ½ E_i·E_j`.
fn halves(left: Samples<'_>, right: Samples<'_>, counted: f32, scratch: &mut Scratch) {
    let mixtures = right.posteriors.mixtures();
    let blocks = right.len().div_ceil(LANES);
    let stride = blocks * LANES;
    let Scratch {
        floats,
        bytes,
        integers,
    } = scratch;
    lay_out(right, bytes);
    let needed = left.len() * stride;
    let listed: usize = (0..right.len()).map(|j| right.corrections(j).len()).sum();
    // Room for the fullest samples at once, so that no later block of this size needs more.
    let room = right.len() * right.posteriors.most_corrections();
    floats.reserve((needed + room).saturating_sub(floats.len()));
    floats.resize(needed + listed, 0.0);
    let (out, weights) = floats.split_at_mut(needed);
    let lists = CorrectionLists::build(right, integers, weights);
    let (bytes, lists) = (&bytes[..], &lists);
    out.par_chunks_exact_mut(stride.max(1))
        .enumerate()
        .with_min_len(8)
        .for_each(|(i, row)| {
            let (tops, corrections) = (left.tops(i), left.corrections(i));
            let tiles = bytes.as_chunks().0.chunks_exact(mixtures.max(1));
            for (row, tile) in row.as_chunks_mut().0.iter_mut().zip(tiles) {
                half_row(tops, corrections, tile, counted, row);
            }
            lists.add(left.posteriors.starts(), corrections, row);
        });
}

/// Writes the tops of `samples` into `bytes`: tile by tile of [`LANES`] samples, in it mixture by
/// mixture. No component has the number 255, which stands where a tile has no more samples.
fn lay_out(samples: Samples<'_>, bytes: &mut Vec<u8>) {
    let mixtures = samples.posteriors.mixtures();
    bytes.resize(samples.len().div_ceil(LANES) * mixtures * LANES, 0);
    let tiles = bytes.par_chunks_exact_mut((mixtures * LANES).max(1));
    tiles.enumerate().for_each(|(tile, bytes)| {
        for lane in 0..LANES {
            let position = tile * LANES + lane;
            let column = bytes.iter_mut().skip(lane).step_by(LANES);
            if position < samples.len() {
                for (byte, &top) in column.zip(samples.tops(position)) {
                    *byte = top;
                }
            } else {
                column.for_each(|byte| *byte = u8::MAX);
            }
        }
    });
}

/// One sample against one tile: counted · T·T + E·T.
///
/// The loops over lanes have a length that the compiler knows, and choose by masks: it makes
/// vector code of them.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn half_row(
    tops: &[u8],
    corrections: &[Correction],
    tile: &[[u8; LANES]],
    counted: f32,
    out: &mut [f32; LANES],
) {
    let mut sums = [0.0_f32; LANES];
    if counted > 0.0 {
        // A byte counts to 255 at the most (so nothing wraps; saying so keeps checks out).
        for (tops, rows) in tops.chunks(255).zip(tile.chunks(255)) {
            let mut counts = [0_u8; LANES];
            for (&top, row) in tops.iter().zip(rows) {
                for lane in 0..LANES {
                    counts[lane] = counts[lane].wrapping_add(u8::from(row[lane] == top));
                }
            }
            for lane in 0..LANES {
                sums[lane] += f32::from(counts[lane]);
            }
        }
        for sum in &mut sums {
            *sum *= counted;
        }
    }
    for correction in corrections {
        let row = &tile[usize::from(correction.mixture)];
        let weight = correction.weight.to_bits();
        for lane in 0..LANES {
            let mask = u32::from(row[lane] == correction.component).wrapping_neg();
            sums[lane] += f32::from_bits(weight & mask);
        }
    }
    *out = sums;
}

/// Which samples have a correction at each component, and its weight.
struct CorrectionLists<'a> {
    /// Where each component's list starts, and the length of all lists.
    starts: &'a [u32],
    samples: &'a [u32],
    weights: &'a [f32],
}

impl<'a> CorrectionLists<'a> {
    fn build(samples: Samples<'_>, integers: &'a mut Vec<u32>, weights: &'a mut [f32]) -> Self {
        let components = samples.posteriors.starts();
        let count = components[components.len() - 1] as usize;
        let slot = |correction: &Correction| slot(components, correction);
        integers.clear();
        integers.reserve(count + 2 + samples.len() * samples.posteriors.most_corrections());
        integers.resize(count + 2 + weights.len(), 0);
        // Counted two places further on, summed, and moved one place by filling in, each list
        // ends up starting where it should.
        let (starts, listed) = integers.split_at_mut(count + 2);
        for position in 0..samples.len() {
            for correction in samples.corrections(position) {
                starts[slot(correction) + 2] += 1;
            }
        }
        for index in 2..starts.len() {
            starts[index] += starts[index - 1];
        }
        for position in 0..samples.len() {
            for correction in samples.corrections(position) {
                let next = &mut starts[slot(correction) + 1];
                listed[*next as usize] = position as u32;
                weights[*next as usize] = correction.weight;
                *next += 1;
            }
        }
        Self {
            starts,
            samples: listed,
            weights,
        }
    }

    /// `row_j += ½ E·E_j` for one sample's corrections.
    fn add(&self, components: &[u32], corrections: &[Correction], row: &mut [f32]) {
        for correction in corrections {
            let slot = slot(components, correction);
            let list = self.starts[slot] as usize..self.starts[slot + 1] as usize;
            let half = 0.5 * correction.weight;
            for (&sample, &weight) in self.samples[list.clone()].iter().zip(&self.weights[list]) {
                row[sample as usize] += half * weight;
            }
        }
    }
}

/// The component's number among those of all mixtures.
fn slot(starts: &[u32], correction: &Correction) -> usize {
    starts[usize::from(correction.mixture)] as usize + usize::from(correction.component)
}
