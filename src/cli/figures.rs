//! The pictures of a headless run.

use std::path::Path;

use ndarray::ArrayView2;

use crate::training::Run;

/// What is drawn.
pub(super) struct Figures<'a> {
    pub run: &'a Run,
    /// Clean, noisy, kPCA, dkAE + PCA, linear PCA: N×d each, in the order of the shown digits.
    pub denoised: [ArrayView2<'a, f32>; 5],
}

pub(super) fn write(_out: &Path, figures: &Figures<'_>) -> anyhow::Result<()> {
    let _ = (figures.run, &figures.denoised);
    Ok(())
}
