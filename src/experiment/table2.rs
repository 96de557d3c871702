//! Table 2 and Fig. 6: noisy digits of a few classes, cleaned by kernel PCA with Bakır's pre-image
//! and by PCA of the codes, beside rows that the paper does not show.
//!
//! The paper searched a grid for the pre-image's σ and ridge and found the median distance and
//! 0.5. Its test is on the classes 5 and 6 alone; the network and the mixtures are those of all
//! classes, both PCAs and the pre-image are fitted on training digits of the chosen classes. Here
//! the grid is searched on noisy *validation* digits, and both the best point and the paper's are
//! used on the test digits. Kernel PCA under an RBF kernel has its grid searched in the same way,
//! with the width of the kernel as a third setting.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, s};

use super::denoising::{Baselines, Denoised, NoisyDigits, dkae_pca, dkae_straight};
use super::findings::{DENOISED, Denoising, DenoisingFigures, GridPoint, Method, best};
use super::plan::DenoisingPlan;
use crate::baseline::{BaselineError, PreImage, Restorer};
use crate::data::{DataSet, Split};
use crate::kernel::PriorKernel;
use crate::linalg::RidgeError;
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;

/// The paper's mean squared errors at noise 0.25, of kPCA and of dkAE + PCA.
pub const PAPER: [(Method, f64); 2] = [(Method::Kpca, 0.0427), (Method::DkaePca, 0.0358)];

/// The paper's error of a method, if it has one.
#[must_use]
pub fn paper(method: Method) -> Option<f64> {
    let found = PAPER.iter().find(|(of, _)| *of == method);
    found.map(|&(_, error)| error)
}

/// The noise of the paper's table.
pub const PAPER_NOISE: f64 = 0.25;

/// The paper's ridge, found by its grid search; its σ is the median distance.
pub const PAPER_RIDGE: f64 = 0.5;

/// What the comparison of a seed works on.
pub struct Contest<'a> {
    /// The samples, of all classes.
    pub data: &'a Arc<DataSet>,
    /// Their split, with the samples of the plan's classes alone.
    pub split: &'a Split,
    /// P over them.
    pub prior: &'a Arc<dyn PriorKernel>,
    /// RBF kernels over them, each with its σ in multiples of the median distance.
    pub rbf: &'a [(f64, Arc<dyn PriorKernel>)],
    /// The dkAE.
    pub network: &'a Autoencoder<f32>,
    /// The seed.
    pub seed: u64,
}

/// The settings of `plan` with the paper's σ and ridge.
#[must_use]
pub fn settings(plan: &DenoisingPlan) -> DenoisingConfig {
    DenoisingConfig {
        noise: plan.noise,
        clip: plan.clip,
        components: plan.components,
        ridge: PAPER_RIDGE,
        width: 1.0,
    }
}

/// The noisy validation digits of `seed`: what settings are chosen by. Their noise is another one
/// than that of the test digits, should an image be the same.
#[must_use]
pub fn validation_digits(
    data: &DataSet,
    split: &Split,
    plan: &DenoisingPlan,
    seed: u64,
) -> NoisyDigits {
    NoisyDigits::new(data, &split.validation, &settings(plan), !seed)
}

/// The comparison.
///
/// # Errors
///
/// [`BaselineError`], also when `cancel` says so.
pub fn table2(
    subject: &Contest<'_>,
    plan: &DenoisingPlan,
    cancel: &dyn Fn() -> bool,
) -> Result<Denoising, BaselineError> {
    let (data, split, seed) = (subject.data, subject.split, subject.seed);
    let config = settings(plan);
    let test = NoisyDigits::new(data, &split.test, &config, seed);
    let validation = validation_digits(data, split, plan, seed);
    let baselines = |kernel: &Arc<dyn PriorKernel>| {
        let (data, training) = (Arc::clone(data), split.training.clone());
        Baselines::new(data, training, Arc::clone(kernel), seed)
    };
    let pixels = data.rows::<f32>(&split.training);
    let search = Search {
        plan,
        validation: &validation,
        test: &test,
        pixels: pixels.view(),
        seed,
        cancel,
    };
    let mut under_p = baselines(subject.prior);
    let kpca = search.under(&mut under_p, None)?;
    let paper = search.restore(&kpca, [1.0, PAPER_RIDGE])?;
    let rbf = subject.rbf.iter().map(|(width, kernel)| {
        let mut under = baselines(kernel).exact();
        search.under(&mut under, Some(*width))
    });
    let rbf: Vec<Searched> = rbf.collect::<Result<_, _>>()?;
    let (network, training) = (subject.network, &split.training);
    let found = [
        (Method::Kpca, search.best(std::slice::from_ref(&kpca))?),
        (Method::KpcaPaper, paper),
        (
            Method::DkaePca,
            dkae_pca(network, data, training, &test, &config, seed, cancel)?,
        ),
        (Method::DkaeStraight, dkae_straight(network, &test)),
        (
            Method::LinearPca,
            under_p.linear_pca(&test, &config, cancel)?,
        ),
        (
            Method::LinearShrunk,
            under_p.shrunk_pca(&test, &config, cancel)?,
        ),
        (Method::RbfKpca, search.best(&rbf)?),
    ];
    let figures = DenoisingFigures {
        seed,
        classes: plan.classes.clone(),
        noise: plan.noise,
        clip: plan.clip,
        components: plan.components,
        samples: [training.len(), split.validation.len(), split.test.len()],
        errors: Vec::new(),
        found: found
            .iter()
            .filter_map(|(method, found)| Some((*method, found.components?)))
            .collect(),
        grid: kpca.grid,
        rbf_grid: rbf.into_iter().flat_map(|searched| searched.grid).collect(),
        seconds: 0.0,
    };
    Ok(drawn(figures, &test, found, data))
}

/// `figures` with the errors on all digits of `test`, and the first of the digits.
fn drawn<const N: usize>(
    figures: DenoisingFigures,
    test: &NoisyDigits,
    found: [(Method, Denoised); N],
    data: &DataSet,
) -> Denoising {
    let cleaned = found.into_iter();
    let rows: Vec<_> = [(Method::Noisy, test.noisy.clone())]
        .into_iter()
        .chain(cleaned.map(|(method, found)| (method, found.images)))
        .collect();
    let error = |(method, images): &(Method, Array2<f32>)| (*method, test.error(images.view()));
    let first = |images: &Array2<f32>| {
        let count = DENOISED.min(images.nrows());
        images.slice(s![..count, ..]).to_owned()
    };
    Denoising {
        figures: DenoisingFigures {
            errors: rows.iter().map(error).collect(),
            ..figures
        },
        clean: first(&test.clean),
        rows: rows
            .iter()
            .map(|(method, images)| (*method, first(images)))
            .collect(),
        shape: data.shape(),
    }
}

/// What a search for the pre-image's settings works on.
pub struct Search<'a> {
    /// The grid, and m.
    pub plan: &'a DenoisingPlan,
    /// The noisy digits that the settings are chosen by.
    pub validation: &'a NoisyDigits,
    /// The noisy digits that are then restored.
    pub test: &'a NoisyDigits,
    /// The training samples' pixels, n×d.
    pub pixels: ArrayView2<'a, f32>,
    /// Draws the samples of median distances.
    pub seed: u64,
    /// Whether to stop.
    pub cancel: &'a dyn Fn() -> bool,
}

/// The images at a ridge.
type Restore<'a> = Box<dyn Fn(f64) -> Result<Array2<f32>, BaselineError> + 'a>;

/// What a search found under one kernel.
pub struct Searched {
    /// Every point, with the error on validation digits.
    pub grid: Vec<GridPoint>,
    /// Scores of the training samples, n×m.
    training: Array2<f32>,
    /// Scores of the noisy test digits, N×m.
    test: Array2<f32>,
}

impl Search<'_> {
    /// Tries every point of the grid on the validation digits under the kernel of `baselines`, which
    /// is an RBF kernel of the width `prior`, if given.
    ///
    /// # Errors
    ///
    /// [`BaselineError`]. A ridge that is too small to be solved with is left out, and every smaller one
    /// with it: 1e-10 in `f64`, and much sooner for the iteration, which is the way where there are more
    /// training samples than [`Restorer::MOST`].
    pub fn under(
        &self,
        baselines: &mut Baselines,
        prior: Option<f64>,
    ) -> Result<Searched, BaselineError> {
        let m = self.plan.components;
        let [training, validation] = baselines.scores(self.validation, m, self.cancel)?;
        let [_, test] = baselines.scores(self.test, m, self.cancel)?;
        let mut ridges = self.plan.ridges.clone();
        ridges.sort_by(|a, b| b.total_cmp(a));
        let mut grid = Vec::new();
        for &width in &self.plan.widths {
            let restore = self.restorer(training.view(), validation.view(), width)?;
            let first = grid.len();
            for &ridge in &ridges {
                if (self.cancel)() {
                    return Err(BaselineError::Cancelled);
                }
                let images = match restore(ridge) {
                    Err(BaselineError::Ridge(
                        RidgeError::NotConverged { .. } | RidgeError::Singular(_),
                    )) => break,
                    other => Denoised::by(m, other?).images,
                };
                grid.push(GridPoint {
                    prior,
                    width,
                    ridge,
                    error: self.validation.error(images.view()),
                });
            }
            grid[first..].reverse();
        }
        Ok(Searched {
            grid,
            training,
            test,
        })
    }

    /// The test digits at the best point of all grids.
    fn best(&self, searched: &[Searched]) -> Result<Denoised, BaselineError> {
        let of = |searched: &Searched| best(&searched.grid).map_or(f64::INFINITY, |b| b.error);
        let least = searched.iter().min_by(|a, b| of(a).total_cmp(&of(b)));
        let (Some(least), Some(point)) = (least, least.and_then(|s| best(&s.grid))) else {
            return Err(RidgeError::NotFinite.into());
        };
        self.restore(least, [point.width, point.ridge])
    }

    /// The test digits at a point.
    fn restore(
        &self,
        searched: &Searched,
        [width, ridge]: [f64; 2],
    ) -> Result<Denoised, BaselineError> {
        let (training, test) = (searched.training.view(), searched.test.view());
        let images = self.restorer(training, test, width)?(ridge)?;
        Ok(Denoised::by(training.ncols(), images))
    }

    /// The way from scores to pixels for any ridge: exact where K fits into memory.
    fn restorer<'b>(
        &'b self,
        training: ArrayView2<'b, f32>,
        new: ArrayView2<'b, f32>,
        width: f64,
    ) -> Result<Restore<'b>, BaselineError> {
        if training.nrows() <= Restorer::MOST {
            let exact = Restorer::new(training, self.pixels, new, width, self.seed)?;
            return Ok(Box::new(move |ridge| exact.restore(ridge)));
        }
        let (pixels, seed, cancel) = (self.pixels, self.seed, self.cancel);
        Ok(Box::new(move |ridge| {
            let fitted = PreImage::fit(training, pixels, ridge, width, seed, cancel)?;
            fitted.predict(new, cancel)
        }))
    }
}

#[cfg(test)]
#[path = "table2_tests.rs"]
mod tests;
