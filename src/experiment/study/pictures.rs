//! What a study keeps for its pictures: the kernels of the digits on show, and some of the digits.

use ndarray::Array2;

use crate::experiment::findings::{DRAWN, NetworkPicture, SeedPicture};
use crate::kernel::{PriorKernel, Scratch};
use crate::linalg::{Accumulate, Parallel, product};
use crate::model::Autoencoder;
use crate::training::ShownDigits;

/// Positions in the shown digits that are drawn: the first of each class.
fn drawn(shown: &ShownDigits) -> Vec<usize> {
    let count = shown.indices.len();
    match &shown.labels {
        Some(labels) => (0..count)
            .filter(|&i| i == 0 || labels[i] != labels[i - 1])
            .take(DRAWN)
            .collect(),
        None => (0..count.min(DRAWN)).collect(),
    }
}

/// P and the digits of a seed.
pub(super) fn seed_picture(prior: &dyn PriorKernel, shown: &ShownDigits) -> SeedPicture {
    let n = shown.indices.len();
    let mut matrix = Array2::zeros((n, n));
    prior.gram(&shown.indices, &mut Scratch::default(), matrix.view_mut());
    let drawn = drawn(shown);
    let labels = shown.labels.clone();
    SeedPicture {
        prior: matrix,
        originals: shown.pixels.select(ndarray::Axis(0), &drawn),
        drawn: labels
            .as_ref()
            .map(|labels| drawn.iter().map(|&i| labels[i]).collect()),
        labels,
        shape: shown.shape,
    }
}

/// C and the reconstructions of a network.
pub(super) fn network_picture(network: &Autoencoder<f32>, shown: &ShownDigits) -> NetworkPicture {
    let codes = network.encode(shown.pixels.view());
    let n = codes.nrows();
    let mut gram = Array2::zeros((n, n));
    product(
        gram.view_mut(),
        Accumulate::Replace,
        1.0,
        codes.view(),
        codes.t(),
        Parallel::Yes,
    );
    let chosen = codes.select(ndarray::Axis(0), &drawn(shown));
    NetworkPicture {
        codes: gram,
        reconstructions: network.decode(chosen.view()),
    }
}
