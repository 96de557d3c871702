//! Denoising (Section 4.5, Table 2, Fig. 6): what each method makes of noisy held-out digits.
//!
//! Every method is fitted on the clean training samples and projects noisy test digits on its m
//! leading components:
//!
//! | row | projects | comes back by |
//! |---|---|---|
//! | kPCA | scores under the prior kernel (Nyström) | Bakır's kernel ridge regression |
//! | dkAE + PCA | codes, on their principal axes | the decoder |
//! | linear PCA | pixels, on their principal axes | the axes themselves |
//!
//! The last is not in the paper; it is shown because it is hard to beat in mean squared error.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis, s};

use crate::baseline::{BaselineError, Kpca, Pca, PreImage};
use crate::data::{DataSet, gaussian_noise, generator};
use crate::kernel::PriorKernel;
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;

/// Samples whose codes are computed at a time.
const TILE: usize = 1_000;

/// Eigenpairs are computed in multiples of this, so that a slider can move without a new
/// decomposition at every value.
const PAIRS: usize = 32;

/// The random stream of the noise under a run's seed.
const NOISE_STREAM: u64 = 21;

/// The random stream of the baselines' own choices.
const BASELINE_STREAM: u64 = 22;

/// The rows of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DenoisingMethod {
    /// Nothing done.
    Noisy,
    /// Kernel PCA under P, and Bakır's pre-image.
    Kpca,
    /// PCA of the codes, decoded.
    DkaePca,
    /// PCA of the pixels.
    LinearPca,
}

impl DenoisingMethod {
    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kPCA, pre-image",
            Self::DkaePca => "dkAE + PCA",
            Self::LinearPca => "linear PCA",
        }
    }
}

/// Held-out digits with noise on them.
pub struct NoisyDigits {
    /// Their indices in the data set.
    pub indices: Vec<usize>,
    /// Without noise, N×d.
    pub clean: Array2<f32>,
    /// With noise, N×d.
    pub noisy: Array2<f32>,
}

impl NoisyDigits {
    /// The samples `indices` under the noise of `config`, which is the same for the same seed
    /// and the same order of samples.
    #[must_use]
    pub fn new(data: &DataSet, indices: &[usize], config: &DenoisingConfig, seed: u64) -> Self {
        let clean = data.rows::<f32>(indices);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a standard deviation of pixels"
        )]
        let std = config.noise as f32;
        let noisy = gaussian_noise(clean.view(), std, config.clip, derived(seed, NOISE_STREAM));
        Self {
            indices: indices.to_vec(),
            clean,
            noisy,
        }
    }

    /// Mean squared error of `images` (N×d) to the clean digits, over all pixels of all digits.
    #[must_use]
    pub fn error(&self, images: ArrayView2<'_, f32>) -> f64 {
        let each = self.each_error(images);
        each.iter().sum::<f64>() / each.len().max(1) as f64
    }

    /// Mean squared error of each digit.
    #[must_use]
    pub fn each_error(&self, images: ArrayView2<'_, f32>) -> Vec<f64> {
        let d = self.clean.ncols().max(1) as f64;
        self.clean
            .axis_iter(Axis(0))
            .zip(images.axis_iter(Axis(0)))
            .map(|(clean, image)| {
                clean
                    .iter()
                    .zip(image)
                    .map(|(a, b)| f64::from((a - b) * (a - b)))
                    .sum::<f64>()
                    / d
            })
            .collect()
    }
}

/// What a method made of noisy digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoised {
    /// The digits, N×d.
    pub images: Array2<f32>,
    /// Components that they went through: what was asked for, or as many as there are.
    pub components: usize,
}

/// What a method made of noisy digits, or why it made nothing of them.
pub type Found = Result<Denoised, String>;

/// A method that cannot be carried out leaves a gap in the comparison, not none at all.
///
/// # Errors
///
/// [`BaselineError::Cancelled`]: then nobody wants the others either.
pub fn found(result: Result<Denoised, BaselineError>) -> Result<Found, BaselineError> {
    match result {
        Err(BaselineError::Cancelled) => Err(BaselineError::Cancelled),
        other => Ok(other.map_err(|error| error.to_string())),
    }
}

fn derived(seed: u64, stream: u64) -> u64 {
    use rand::RngExt;
    generator(seed, stream).random()
}

/// The methods that do not depend on the network, with what they have learned so far kept for
/// the next setting of a slider.
pub struct Baselines {
    data: Arc<DataSet>,
    training: Vec<usize>,
    kernel: Arc<dyn PriorKernel>,
    seed: u64,
    /// With the number of components that were asked for.
    kpca: Option<(usize, Kpca)>,
    pre_image: Option<(PreImageKey, PreImage)>,
    linear: Option<(usize, Pca)>,
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
            kpca: None,
            pre_image: None,
            linear: None,
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
        let wanted = config
            .components
            .next_multiple_of(PAIRS)
            .min(self.training.len());
        let kpca = match self.kpca.take() {
            Some(found) if found.0 >= wanted => found,
            _ => {
                self.pre_image = None;
                (
                    wanted,
                    Kpca::fit(&*self.kernel, &self.training, wanted, self.seed, cancel)?,
                )
            }
        };
        let (_, kpca) = self.kpca.insert(kpca);
        let components = config.components.min(kpca.components());
        let key = PreImageKey {
            components,
            ridge: config.ridge,
            width: config.width,
        };
        if self.pre_image.as_ref().is_none_or(|(old, _)| *old != key) {
            let scores = first_columns(&kpca.training_scores(), components);
            let pixels = self.data.rows::<f32>(&self.training);
            let fitted = PreImage::fit(
                scores.view(),
                pixels.view(),
                config.ridge,
                config.width,
                self.seed,
                cancel,
            )?;
            self.pre_image = Some((key, fitted));
        }
        let scores = kpca.project(|v| {
            self.kernel
                .multiply_images(digits.noisy.view(), &digits.indices, &self.training, v)
        });
        let (_, pre_image) = self.pre_image.as_ref().expect("it was fitted above");
        let images = pre_image.predict(first_columns(&scores, components).view(), cancel)?;
        Ok(Denoised { images, components })
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
            _ => {
                let shape = (self.training.len(), self.data.shape().pixels());
                let gather = |rows: std::ops::Range<usize>,
                              tile: ndarray::ArrayViewMut2<'_, f32>| {
                    self.data.gather(&self.training[rows], tile);
                };
                Pca::fit_tiles(shape, gather, config.components, self.seed, cancel)?
            }
        };
        let (_, pca) = self.linear.insert((config.components, fitted));
        Ok(Denoised {
            images: pca.reconstruct(digits.noisy.view()),
            components: pca.components(),
        })
    }
}

/// The noisy digits through PCA of the codes of the samples `training`, decoded.
///
/// # Errors
///
/// [`BaselineError`], also when `cancel` says so.
pub fn dkae_pca(
    network: &Autoencoder<f32>,
    data: &DataSet,
    training: &[usize],
    digits: &NoisyDigits,
    config: &DenoisingConfig,
    seed: u64,
    cancel: &dyn Fn() -> bool,
) -> Result<Denoised, BaselineError> {
    let units = network.architecture().dims.last().copied().unwrap_or(0);
    let mut codes = Array2::zeros((training.len(), units));
    for (tile, rows) in training.chunks(TILE).enumerate() {
        if cancel() {
            return Err(BaselineError::Cancelled);
        }
        let start = tile * TILE;
        codes
            .slice_mut(s![start..start + rows.len(), ..])
            .assign(&network.encode(data.rows::<f32>(rows).view()));
    }
    let components = config.components.min(units);
    let pca = Pca::fit(
        codes.view(),
        components,
        derived(seed, BASELINE_STREAM),
        cancel,
    )?;
    let noisy = network.encode(digits.noisy.view());
    Ok(Denoised {
        images: network.decode(pca.reconstruct(noisy.view()).view()),
        components: pca.components(),
    })
}

fn first_columns(matrix: &Array2<f32>, count: usize) -> Array2<f32> {
    matrix
        .slice(s![.., ..count])
        .as_standard_layout()
        .into_owned()
}

#[cfg(test)]
#[path = "denoising_tests.rs"]
mod tests;
