//! The kernel of a few samples while its mixtures are being fitted: what the window shows of P
//! in the making.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::overlap::{self, Samples};
use super::posteriors::Posteriors;
use super::{Ensemble, EnsembleBuilder, Mixture, Scratch};

/// `Σ_m π_i(m)·π_j(m)` for N images, over the mixtures added so far.
pub struct GrowingGram {
    builder_map: Arc<super::features::FeatureMap>,
    pixels: Array2<f32>,
    sum: Array2<f32>,
    addend: Array2<f32>,
    scratch: Scratch,
    mixtures: usize,
}

impl GrowingGram {
    /// The kernel of the rows of `pixels` (N×d, in [0, 1]) under no mixture yet of `builder`.
    #[must_use]
    pub fn new(builder: &EnsembleBuilder, pixels: ArrayView2<'_, f32>) -> Self {
        let n = pixels.nrows();
        Self {
            builder_map: builder.map(),
            pixels: pixels.to_owned(),
            sum: Array2::zeros((n, n)),
            addend: Array2::zeros((n, n)),
            scratch: Scratch::default(),
            mixtures: 0,
        }
    }

    /// Adds `mixtures`, which the builder has just fitted.
    pub fn add(&mut self, mixtures: &[Mixture]) {
        self.add_all(&Ensemble::new(Arc::clone(&self.builder_map), mixtures));
    }

    /// Adds all mixtures of `ensemble`.
    pub fn add_all(&mut self, ensemble: &Ensemble) {
        if ensemble.mixtures() == 0 {
            return;
        }
        let posteriors = Posteriors::of_images(ensemble, self.pixels.view());
        let samples = Samples {
            posteriors: &posteriors,
            indices: None,
        };
        overlap::gram(samples, 1.0, &mut self.scratch, self.addend.view_mut());
        self.sum += &self.addend;
        self.mixtures += ensemble.mixtures();
    }

    /// How many mixtures have been added.
    #[must_use]
    pub fn mixtures(&self) -> usize {
        self.mixtures
    }

    /// P of Eq. 4 over the mixtures so far, N×N; Z is its own largest diagonal entry (all
    /// zeros before the first mixture).
    #[must_use]
    pub fn matrix(&self) -> Array2<f32> {
        let largest = self.sum.diag().iter().copied().fold(0.0, f32::max);
        let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
        &self.sum * scale
    }
}
