//! Table 2 and Fig. 6: noisy digits of a few classes, cleaned by kernel PCA with Bakır's pre-image
//! and by PCA of the codes, beside two baselines that the paper does not show.
//!
//! The paper searched a grid for the pre-image's σ and ridge and found the median distance and
//! 0.5. Its test is on the classes 5 and 6 alone; the network and the mixtures are those of the
//! other experiments, both PCAs and the pre-image are fitted on training digits of the two
//! classes. Here the grid is searched on noisy *validation* digits, and both the best point and the
//! paper's are used on the test digits. Kernel PCA under an RBF kernel (σ the median distance of
//! the pixels) has its grid searched in the same way.

use std::sync::Arc;

use ndarray::{Array2, s};

use super::denoising::{Baselines, NoisyDigits, dkae_pca};
use super::findings::{DENOISED, Denoising, DenoisingFigures, GridPoint, Method, best};
use super::plan::DenoisingPlan;
use crate::baseline::BaselineError;
use crate::data::{DataSet, Split};
use crate::kernel::PriorKernel;
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;

/// The paper's mean squared errors at noise 0.25, of kPCA and of dkAE + PCA.
pub const PAPER: [(Method, f64); 2] = [(Method::Kpca, 0.0427), (Method::DkaePca, 0.0358)];

/// The noise of the paper's table.
pub const PAPER_NOISE: f64 = 0.25;

/// The paper's ridge, found by its grid search; its σ is the median distance.
pub const PAPER_RIDGE: f64 = 0.5;

/// What the comparison of a seed works on.
pub struct Subject<'a> {
    /// The samples, of all classes.
    pub data: &'a Arc<DataSet>,
    /// Their split, with the samples of the plan's classes alone.
    pub split: &'a Split,
    /// P over them.
    pub prior: &'a Arc<dyn PriorKernel>,
    /// An RBF kernel over them.
    pub rbf: &'a Arc<dyn PriorKernel>,
    /// The dkAE.
    pub network: &'a Autoencoder<f32>,
    /// The seed.
    pub seed: u64,
}

/// The comparison.
///
/// # Errors
///
/// [`BaselineError`], also when `cancel` says so.
pub fn table2(
    subject: &Subject<'_>,
    plan: &DenoisingPlan,
    cancel: &dyn Fn() -> bool,
) -> Result<Denoising, BaselineError> {
    let (data, split, seed) = (subject.data, subject.split, subject.seed);
    let config = DenoisingConfig {
        noise: plan.noise,
        clip: plan.clip,
        components: plan.components,
        ridge: PAPER_RIDGE,
        width: 1.0,
    };
    let test = NoisyDigits::new(data, &split.test, &config, seed);
    // Other noise than that of the test digits, should an image be the same.
    let validation = NoisyDigits::new(data, &split.validation, &config, !seed);
    let baselines = |kernel: &Arc<dyn PriorKernel>| {
        Baselines::new(
            Arc::clone(data),
            split.training.clone(),
            Arc::clone(kernel),
            seed,
        )
    };
    let (mut under_p, mut under_rbf) = (baselines(subject.prior), baselines(subject.rbf));
    let grid = search(&mut under_p, &validation, &config, plan, cancel)?;
    let rbf_grid = search(&mut under_rbf, &validation, &config, plan, cancel)?;
    let found = [
        (
            Method::Kpca,
            under_p.kpca(&test, &at(&config, &grid), cancel)?,
        ),
        (Method::KpcaPaper, under_p.kpca(&test, &config, cancel)?),
        (
            Method::DkaePca,
            dkae_pca(
                subject.network,
                data,
                &split.training,
                &test,
                &config,
                seed,
                cancel,
            )?,
        ),
        (
            Method::LinearPca,
            under_p.linear_pca(&test, &config, cancel)?,
        ),
        (
            Method::RbfKpca,
            under_rbf.kpca(&test, &at(&config, &rbf_grid), cancel)?,
        ),
    ];
    let components = found
        .iter()
        .map(|(method, found)| (*method, found.components));
    let components: Vec<_> = components.collect();
    let images = found
        .into_iter()
        .map(|(method, found)| (method, found.images));
    let rows: Vec<_> = [(Method::Noisy, test.noisy.clone())]
        .into_iter()
        .chain(images)
        .collect();
    let error = |(method, images): &(Method, Array2<f32>)| (*method, test.error(images.view()));
    let drawn = |images: &Array2<f32>| {
        let count = DENOISED.min(images.nrows());
        images.slice(s![..count, ..]).to_owned()
    };
    Ok(Denoising {
        figures: DenoisingFigures {
            seed,
            classes: plan.classes.clone(),
            noise: plan.noise,
            clip: plan.clip,
            components: plan.components,
            samples: [
                split.training.len(),
                split.validation.len(),
                split.test.len(),
            ],
            errors: rows.iter().map(error).collect(),
            found: components,
            grid,
            rbf_grid,
            seconds: 0.0,
        },
        clean: drawn(&test.clean),
        rows: rows
            .iter()
            .map(|(method, images)| (*method, drawn(images)))
            .collect(),
        shape: data.shape(),
    })
}

/// The error on `digits` at every point of the plan's grid.
fn search(
    baselines: &mut Baselines,
    digits: &NoisyDigits,
    config: &DenoisingConfig,
    plan: &DenoisingPlan,
    cancel: &dyn Fn() -> bool,
) -> Result<Vec<GridPoint>, BaselineError> {
    let mut grid = Vec::new();
    for &width in &plan.widths {
        for &ridge in &plan.ridges {
            let config = DenoisingConfig {
                ridge,
                width,
                ..*config
            };
            let images = baselines.kpca(digits, &config, cancel)?.images;
            let error = digits.error(images.view());
            grid.push(GridPoint {
                width,
                ridge,
                error,
            });
        }
    }
    Ok(grid)
}

/// `config` at the best point of `grid`.
fn at(config: &DenoisingConfig, grid: &[GridPoint]) -> DenoisingConfig {
    best(grid).map_or(*config, |point| DenoisingConfig {
        width: point.width,
        ridge: point.ridge,
        ..*config
    })
}
