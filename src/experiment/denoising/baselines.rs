//! The methods that know nothing of the network, with what they have learned kept for the next
//! setting of a slider.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array2, ArrayViewMut2, s};

use super::{BASELINE_STREAM, Denoised, NoisyDigits, derived};
use crate::baseline::{BaselineError, Kpca, Pca, PreImage};
use crate::data::DataSet;
use crate::kernel::PriorKernel;
use crate::training::config::DenoisingConfig;

/// Eigenpairs are computed in multiples of this, so that a slider can move without a new
/// decomposition at every value.
const PAIRS: usize = 32;

/// Residuals of kernel PCA's eigenpairs, relative to the largest eigenvalue.
const TOLERANCE: f64 = 1e-5;
/// The least that can be met.
const EXACT: f64 = 2e-6;

/// Components of the shrunk PCA at the most. Digits have 784; of larger images those that are left
/// out have the least variance, and would be shrunk the most.
const ALL: usize = 2_048;

/// Baselines on clean training samples.
pub struct Baselines {
    data: Arc<DataSet>,
    training: Vec<usize>,
    kernel: Arc<dyn PriorKernel>,
    seed: u64,
    /// Residuals of kernel PCA; see [`Kpca::fit_to`].
    tolerance: f64,
    /// With the number of components that were asked for.
    kpca: Option<(usize, Kpca)>,
    pre_image: Option<(PreImageKey, PreImage)>,
    linear: Option<(usize, Pca)>,
    all: Option<Pca>,
}

/// What a pre-image regression depends on.
#[derive(Clone, Copy, PartialEq)]
struct PreImageKey {
    components: usize,
    ridge: f64,
    width: f64,
}

impl Baselines {
    /// Baselines on the samples `training` of `data`, kernel PCA under `kernel`.
    #[must_use]
    pub fn new(
        data: Arc<DataSet>,
        training: Vec<usize>,
        kernel: Arc<dyn PriorKernel>,
        seed: u64,
    ) -> Self {
        let seed = derived(seed, BASELINE_STREAM);
        Self {
            data,
            training,
            kernel,
            seed,
            tolerance: TOLERANCE,
            kpca: None,
            pre_image: None,
            linear: None,
            all: None,
        }
    }

    /// The same with the eigenpairs as exact as they can be had, for kernels that are nearly constant.
    #[must_use]
    pub fn exact(self) -> Self {
        Self {
            tolerance: EXACT,
            ..self
        }
    }

    /// The noisy digits through kernel PCA and Bakır's pre-image. Where P has less than
    /// `config.components` it is those.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn kpca(
        &mut self,
        digits: &NoisyDigits,
        config: &DenoisingConfig,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Denoised, BaselineError> {
        let seed = self.seed;
        let kpca = self.fitted(config.components, cancel)?;
        let components = config.components.min(kpca.components());
        let training = kpca.training_scores();
        let key = PreImageKey {
            components,
            ridge: config.ridge,
            width: config.width,
        };
        if self.pre_image.as_ref().is_none_or(|(old, _)| *old != key) {
            let scores = first_columns(&training, components);
            let pixels = self.data.rows::<f32>(&self.training);
            let (scores, pixels) = (scores.view(), pixels.view());
            let fitted = PreImage::fit(scores, pixels, config.ridge, config.width, seed, cancel)?;
            self.pre_image = Some((key, fitted));
        }
        let scores = self.project(digits, config.components, cancel)?;
        let (_, pre_image) = self.pre_image.as_ref().expect("it was fitted above");
        let images = pre_image.predict(scores.view(), cancel)?;
        Ok(Denoised::by(components, images))
    }

    /// Scores of kernel PCA, those of the clean training samples and those of the noisy digits, each
    /// with as many columns as `components`, or as there are.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn scores(
        &mut self,
        digits: &NoisyDigits,
        components: usize,
        cancel: &dyn Fn() -> bool,
    ) -> Result<[Array2<f32>; 2], BaselineError> {
        let kpca = self.fitted(components, cancel)?;
        let count = components.min(kpca.components());
        let training = first_columns(&kpca.training_scores(), count);
        Ok([training, self.project(digits, components, cancel)?])
    }

    /// Kernel PCA with at least `components`, if the kernel has as many.
    fn fitted(
        &mut self,
        components: usize,
        cancel: &dyn Fn() -> bool,
    ) -> Result<&Kpca, BaselineError> {
        let wanted = components.next_multiple_of(PAIRS).min(self.training.len());
        let kpca = match self.kpca.take() {
            Some(found) if found.0 >= wanted => found,
            _ => {
                self.pre_image = None;
                let (kernel, training) = (&*self.kernel, &self.training);
                let (tolerance, seed) = (self.tolerance, self.seed);
                let kpca = Kpca::fit_to(tolerance, kernel, training, wanted, seed, cancel)?;
                (wanted, kpca)
            }
        };
        Ok(&self.kpca.insert(kpca).1)
    }

    /// Scores of the noisy digits by Nyström's formula.
    fn project(
        &mut self,
        digits: &NoisyDigits,
        components: usize,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Array2<f32>, BaselineError> {
        let kernel = Arc::clone(&self.kernel);
        let training = self.training.clone();
        let kpca = self.fitted(components, cancel)?;
        let scores = kpca.project(|v| {
            kernel.multiply_images(digits.noisy.view(), &digits.indices, &training, v)
        });
        Ok(first_columns(&scores, components.min(kpca.components())))
    }

    /// The noisy digits through PCA of the pixels.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn linear_pca(
        &mut self,
        digits: &NoisyDigits,
        config: &DenoisingConfig,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Denoised, BaselineError> {
        let fitted = match self.linear.take() {
            Some((components, pca)) if components == config.components => pca,
            _ => self.pixels(config.components, cancel)?,
        };
        let (_, pca) = self.linear.insert((config.components, fitted));
        let images = pca.reconstruct(digits.noisy.view());
        Ok(Denoised::by(pca.components(), images))
    }

    /// The noisy digits through PCA of the pixels with all components, each score times
    /// λ/(λ + σ²): see [`Pca::shrink`]. σ² is `config.noise`²; where noisy pixels are cut to
    /// [0, 1], what the cut takes away is not accounted for.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn shrunk_pca(
        &mut self,
        digits: &NoisyDigits,
        config: &DenoisingConfig,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Denoised, BaselineError> {
        let pca = match self.all.take() {
            Some(pca) => pca,
            None => self.pixels(ALL.min(self.data.shape().pixels()), cancel)?,
        };
        let pca = self.all.insert(pca);
        let images = pca.shrink(digits.noisy.view(), config.noise * config.noise);
        Ok(Denoised::whole(images))
    }

    /// PCA of the training samples' pixels.
    fn pixels(&self, components: usize, cancel: &dyn Fn() -> bool) -> Result<Pca, BaselineError> {
        let shape = (self.training.len(), self.data.shape().pixels());
        let gather = |rows: Range<usize>, tile: ArrayViewMut2<'_, f32>| {
            self.data.gather(&self.training[rows], tile);
        };
        Pca::fit_tiles(shape, gather, components, self.seed, cancel)
    }
}

fn first_columns(matrix: &Array2<f32>, count: usize) -> Array2<f32> {
    matrix
        .slice(s![.., ..count])
        .as_standard_layout()
        .into_owned()
}
