//! Kernel PCA as a space to walk through: scores of images, and Bakır's pre-image of any scores.
//!
//! Both are what the denoising comparison uses (Section 4.5): the eigenpairs of P on the training samples, and a
//! kernel ridge regression from the training samples' scores to their pixels.

use ndarray::{Array2, ArrayView2, s};

use super::axes::Axes;
use super::denoising::{BASELINE_STREAM, derived};
use crate::baseline::{BaselineError, Kpca, PreImage};
use crate::data::DataSet;
use crate::kernel::PriorKernel;
use crate::training::config::DenoisingConfig;

/// Kernel PCA of some training samples, and the way back.
#[derive(Clone, Debug)]
pub struct KernelSpace {
    kpca: Kpca,
    pre_image: PreImage,
    components: usize,
    axes: Axes,
    trained: usize,
}

impl KernelSpace {
    /// Of the samples `training` of `data` under `kernel`, with components, ridge and width of `config`. Where P has
    /// fewer components it is those. `axes` of them are kept as axes.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    pub fn fit(
        (data, training): (&DataSet, &[usize]),
        kernel: &dyn PriorKernel,
        config: &DenoisingConfig,
        (axes, seed): (usize, u64),
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let seed = derived(seed, BASELINE_STREAM);
        let kpca = Kpca::fit(kernel, training, config.components, seed, cancel)?;
        let components = config.components.min(kpca.components());
        let scores = kpca.training_scores();
        let scores = scores
            .slice(s![.., ..components])
            .as_standard_layout()
            .into_owned();
        let pixels = data.rows::<f32>(training);
        let (ridge, width) = (config.ridge, config.width);
        let pre_image = PreImage::fit(scores.view(), pixels.view(), ridge, width, seed, cancel)?;
        Ok(Self {
            kpca,
            pre_image,
            components,
            axes: Axes::of_columns(scores.view(), axes),
            trained: training.len(),
        })
    }

    /// m, the scores of an image.
    #[must_use]
    pub fn components(&self) -> usize {
        self.components
    }

    /// Training samples that it was fitted on.
    #[must_use]
    pub fn trained(&self) -> usize {
        self.trained
    }

    /// The scores' own axes, about their mean over the training samples.
    #[must_use]
    pub fn axes(&self) -> &Axes {
        &self.axes
    }

    /// Scores of the samples `rows` of the `kernel` that it was fitted on, any×m, by Nyström's formula.
    #[must_use]
    pub fn scores(&self, kernel: &dyn PriorKernel, rows: &[usize]) -> Array2<f32> {
        let scores = self.kpca.scores(kernel, rows);
        let kept = scores.slice(s![.., ..self.components]);
        kept.as_standard_layout().into_owned()
    }

    /// The pre-images of `scores` (any×m), any×d; not cut to [0, 1].
    #[must_use]
    pub fn pre_images(&self, scores: ArrayView2<'_, f32>) -> Array2<f32> {
        let predicted = self.pre_image.predict(scores, &|| false);
        predicted.expect("nobody cancels, and nothing else can go wrong")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::ImageShape;
    use crate::experiment::denoising::{Baselines, NoisyDigits};
    use crate::kernel::{PriorConfig, build};

    const NEVER: &dyn Fn() -> bool = &|| false;

    /// 80 images of 4 × 5 pixels.
    fn data() -> Arc<DataSet> {
        let shape = ImageShape {
            height: 4,
            width: 5,
        };
        let pixel = |at: usize| ((at * at * 31 + at * 7) % 251) as u8;
        let pixels = (0..80 * 20).map(pixel).collect();
        Arc::new(DataSet::new("table", shape, pixels, None).unwrap())
    }

    #[test]
    fn the_pre_images_are_those_of_the_denoising_comparison() {
        let (data, training): (_, Vec<usize>) = (data(), (0..60).collect());
        let kernel = build(&PriorConfig::Rbf { width: 1.0 }, &data, &training, 0).unwrap();
        let kernel: Arc<dyn PriorKernel> = kernel.into();
        // Without noise what is projected are the samples themselves.
        let config = DenoisingConfig {
            components: 6,
            noise: 0.0,
            ..DenoisingConfig::default()
        };
        let space = KernelSpace::fit((&data, &training), &*kernel, &config, (3, 9), NEVER).unwrap();
        assert_eq!(
            (space.components(), space.trained(), space.axes().count()),
            (6, 60, 3)
        );
        let new: Vec<usize> = (60..80).collect();
        let scores = space.scores(&*kernel, &new);
        let found = space.pre_images(scores.view());
        let digits = NoisyDigits::new(&data, &new, &config, 9);
        let mut baselines = Baselines::new(Arc::clone(&data), training.clone(), kernel, 9);
        let theirs = baselines.kpca(&digits, &config, NEVER).unwrap();
        let cut = found.mapv(|x| x.clamp(0.0, 1.0));
        let far = (&cut - &theirs.images.mapv(|x| x.clamp(0.0, 1.0))).mapv(f32::abs);
        assert!(far.iter().all(|&d| d < 2e-3), "{far}");
        // The columns' own means and deviations, about which one walks.
        let own = space.scores(&*baselines_kernel(&data, &training), &training);
        let mean = own.column(1).sum() / 60.0;
        assert!((space.axes().mean()[1] - mean).abs() < 1e-4);
        let variance: f32 = own
            .column(1)
            .iter()
            .map(|x| (x - mean).powi(2))
            .sum::<f32>()
            / 59.0;
        assert!((space.axes().deviation(1) - f64::from(variance.sqrt())).abs() < 1e-4);
    }

    fn baselines_kernel(data: &Arc<DataSet>, training: &[usize]) -> Arc<dyn PriorKernel> {
        build(&PriorConfig::Rbf { width: 1.0 }, data, training, 0)
            .unwrap()
            .into()
    }

    #[test]
    fn it_can_be_cancelled() {
        let (data, training): (_, Vec<usize>) = (data(), (0..60).collect());
        let kernel = baselines_kernel(&data, &training);
        let config = DenoisingConfig::default();
        let found = KernelSpace::fit((&data, &training), &*kernel, &config, (3, 9), &|| true);
        assert_eq!(found.err(), Some(BaselineError::Cancelled));
    }
}
