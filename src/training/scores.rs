//! The figures of a network on samples it was not trained on.

use ndarray::{Array2, ArrayView2};

use crate::data::DataSet;
use crate::kernel::PriorKernel;
use crate::kernel::alignment::AlignmentSums;

/// Samples that are encoded at a time where there are many.
const TILE: usize = 1_000;

/// The losses at one step.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LossPoint {
    /// Steps taken before.
    pub step: u64,
    /// The layer that was pretrained, from 1; `None`: the whole network was trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// λ then.
    pub lambda: f64,
    /// Lr, mean over samples and pixels (Eq. 8); of a layer that is pretrained, over samples and
    /// the units of its input, which it is to give back.
    pub lr: f64,
    /// Lc (Eq. 6) of the code, or of the layer's output.
    pub lc: f64,
    /// (1 − λ) Lr + λ Lc (Eq. 8).
    pub total: f64,
}

/// The scoreboard.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Scores {
    /// Samples they were taken on.
    pub samples: usize,
    /// Lr.
    pub lr: f64,
    /// Lc(C, P).
    pub lc_c_p: f64,
    /// Lc(P, K_I), if there are labels.
    pub lc_p_ki: Option<f64>,
    /// Lc(C, K_I), if there are labels.
    pub lc_c_ki: Option<f64>,
}

/// The scores from matrices that are there anyway: P and C on some samples, the samples'
/// pixels and reconstructions, their classes.
#[must_use]
pub fn score(
    prior: ArrayView2<'_, f32>,
    codes_gram: ArrayView2<'_, f32>,
    pixels: ArrayView2<'_, f32>,
    reconstructions: ArrayView2<'_, f32>,
    labels: Option<&[u8]>,
) -> Scores {
    let mut sums = AlignmentSums::default();
    sums.add(
        1.0,
        codes_gram,
        prior,
        labels.map(|labels| (labels, labels)),
    );
    let error = squared_error(pixels, reconstructions);
    summarise(&sums, pixels.nrows(), error / pixels.len() as f64)
}

/// The scores on the samples `indices`, however many: neither P nor C is ever whole in memory.
///
/// `encode` and `decode` are the two ways of the network. Returns the codes too
/// (`indices.len()` × Nc).
pub fn score_samples(
    data: &DataSet,
    prior: &dyn PriorKernel,
    indices: &[usize],
    encode: impl Fn(ArrayView2<'_, f32>) -> Array2<f32>,
    decode: impl Fn(ArrayView2<'_, f32>) -> Array2<f32>,
) -> (Scores, Array2<f32>) {
    let mut codes: Option<Array2<f32>> = None;
    let mut error = 0.0;
    for (tile, rows) in indices.chunks(TILE).enumerate() {
        let pixels = data.rows(rows);
        let found = encode(pixels.view());
        error += squared_error(pixels.view(), decode(found.view()).view());
        let start = tile * TILE;
        codes
            .get_or_insert_with(|| Array2::zeros((indices.len(), found.ncols())))
            .slice_mut(ndarray::s![start..start + rows.len(), ..])
            .assign(&found);
    }
    let codes = codes.unwrap_or_else(|| Array2::zeros((0, 0)));
    let labels = data
        .labels()
        .map(|labels| -> Vec<u8> { indices.iter().map(|&index| labels[index]).collect() });
    let sums = AlignmentSums::over(prior, indices, codes.view(), labels.as_deref());
    let pixels = indices.len() * data.shape().pixels();
    (
        summarise(&sums, indices.len(), error / pixels as f64),
        codes,
    )
}

fn summarise(sums: &AlignmentSums, samples: usize, lr: f64) -> Scores {
    Scores {
        samples,
        lr,
        lc_c_p: sums.lc_c_p(),
        lc_p_ki: sums.lc_p_ki(),
        lc_c_ki: sums.lc_c_ki(),
    }
}

/// ‖a − b‖², summed in `f64` row by row.
pub(crate) fn squared_error(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> f64 {
    let row = |(a, b): (ndarray::ArrayView1<'_, f32>, ndarray::ArrayView1<'_, f32>)| {
        f64::from(a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>())
    };
    a.outer_iter().zip(b.outer_iter()).map(row).sum()
}

#[cfg(test)]
#[path = "scores_tests.rs"]
mod tests;
