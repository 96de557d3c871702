//! Denoising (Section 4.5, Table 2, Fig. 6): what each method makes of noisy held-out digits.
//!
//! Every method is fitted on the clean training samples and given the same noisy digits:
//!
//! | row | projects | comes back by |
//! |---|---|---|
//! | kPCA | scores under the prior kernel (Nyström), m of them | Bakır's kernel ridge regression |
//! | dkAE + PCA | codes, on m principal axes | the decoder |
//! | dkAE, straight | codes, as they are | the decoder |
//! | linear PCA | pixels, on m principal axes | the axes themselves |
//! | PCA, shrunk | pixels, on all axes, scores times λ/(λ + σ²) | the axes themselves |
//!
//! The last three are not in the paper. The two of the pixels are shown because they are hard to
//! beat in mean squared error, the straight one because it tells what PCA does to the codes.
//!
//! Pixels are from 0 to 1, so every method's images are cut to that before their error is taken;
//! only the noisy digits themselves stay as they are.

mod baselines;

use ndarray::{Array2, ArrayView2, Axis, s};

pub use baselines::Baselines;

use crate::baseline::{BaselineError, Pca};
use crate::data::{DataSet, gaussian_noise, generator};
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;

/// Samples whose codes are computed at a time.
const TILE: usize = 1_000;

/// The random stream of the noise under a run's seed.
const NOISE_STREAM: u64 = 21;

/// The random stream of the baselines' own choices.
pub(super) const BASELINE_STREAM: u64 = 22;

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
        let digits = Self::of_images(data.rows::<f32>(indices), config, seed);
        Self {
            indices: indices.to_vec(),
            ..digits
        }
    }

    /// `clean` images (N×d) that are no samples, each under the noise that the sample in its place would have;
    /// their indices are their places.
    #[must_use]
    pub fn of_images(clean: Array2<f32>, config: &DenoisingConfig, seed: u64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a standard deviation of pixels"
        )]
        let std = config.noise as f32;
        let noisy = gaussian_noise(clean.view(), std, config.clip, derived(seed, NOISE_STREAM));
        Self {
            indices: (0..clean.nrows()).collect(),
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
    /// The digits, N×d, from 0 to 1.
    pub images: Array2<f32>,
    /// Components that they went through: m, or as many as there are. `None` for a method that
    /// leaves none out.
    pub components: Option<usize>,
}

impl Denoised {
    /// `images` that went through so many `components`, cut to [0, 1].
    pub(super) fn by(components: usize, images: Array2<f32>) -> Self {
        Self {
            components: Some(components),
            ..Self::whole(images)
        }
    }

    /// `images` of a method that takes everything, cut to [0, 1].
    fn whole(mut images: Array2<f32>) -> Self {
        images.mapv_inplace(|pixel| pixel.clamp(0.0, 1.0));
        Self {
            images,
            components: None,
        }
    }
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

pub(super) fn derived(seed: u64, stream: u64) -> u64 {
    use rand::RngExt;
    generator(seed, stream).random()
}

/// PCA of the codes that a network gives clean samples.
pub struct CodePca(Pca);

impl CodePca {
    /// Of the samples `training` of `data`, with as many components as `config` says, or as there are.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn fit(
        network: &Autoencoder<f32>,
        data: &DataSet,
        training: &[usize],
        config: &DenoisingConfig,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
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
        let seed = derived(seed, BASELINE_STREAM);
        Pca::fit(codes.view(), components, seed, cancel).map(Self)
    }

    /// What `network`, whose codes these are, makes of noisy digits through the components.
    #[must_use]
    pub fn denoise(&self, network: &Autoencoder<f32>, digits: &NoisyDigits) -> Denoised {
        let noisy = network.encode(digits.noisy.view());
        let images = network.decode(self.0.reconstruct(noisy.view()).view());
        Denoised::by(self.0.components(), images)
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
    let pca = CodePca::fit(network, data, training, config, seed, cancel)?;
    Ok(pca.denoise(network, digits))
}

/// The noisy digits through the network as it is.
#[must_use]
pub fn dkae_straight(network: &Autoencoder<f32>, digits: &NoisyDigits) -> Denoised {
    let codes = network.encode(digits.noisy.view());
    Denoised::whole(network.decode(codes.view()))
}

#[cfg(test)]
#[path = "denoising_tests.rs"]
mod tests;
