//! What a study has found so far: figures, which are small and go into reports, and pictures,
//! which are what the figures were taken from on some digits.

use std::sync::Arc;

use ndarray::{Array2, s};
use serde::{Deserialize, Serialize};

use super::plan::{Plan, Recipe, Task};
use super::statistics::Overlap;
use crate::data::{ImageShape, Split};
use crate::training::Scores;

/// Digits of a seed's pictures at the most: one of each class, or so many.
pub const DRAWN: usize = 10;

/// Digits of a denoising picture at the most.
pub const DENOISED: usize = 12;

/// The figures of a trained network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkFigures {
    /// Which network.
    pub recipe: Recipe,
    /// On a random part of the training samples, as many as there are test samples; results of
    /// earlier versions do not tell.
    #[serde(default)]
    pub training: Option<Scores>,
    /// On all validation samples (Fig. 3).
    pub validation: Scores,
    /// On all test samples (Table 1).
    pub test: Scores,
    /// Steps taken, pretraining among them.
    pub steps: u64,
    /// Wall time of its training, in seconds, without the prior's.
    pub seconds: f64,
}

/// A trained network as a picture, on the digits of its [`SeedPicture`].
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPicture {
    /// C of the shown test digits, N×N.
    pub codes: Array2<f32>,
    /// Reconstructions of the drawn digits, D×d.
    pub reconstructions: Array2<f32>,
}

/// What the pictures of a seed have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedPicture {
    /// P of the shown test digits, N×N, sorted by class.
    pub prior: Array2<f32>,
    /// Their classes, ascending, if there are labels.
    pub labels: Option<Vec<u8>>,
    /// The drawn digits as they are, D×d.
    pub originals: Array2<f32>,
    /// Their classes.
    pub drawn: Option<Vec<u8>>,
    /// The images' size.
    pub shape: ImageShape,
}

/// A network that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Its figures.
    pub figures: NetworkFigures,
    /// Its picture.
    pub picture: NetworkPicture,
}

/// The spectrum of P under a seed (Fig. 5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectrumFigures {
    /// The seed.
    pub seed: u64,
    /// Training and test samples.
    pub samples: [usize; 2],
    /// `Lc(K_m, P)` on training samples for m = 1, 2, … (from the eigendecomposition).
    pub training: Vec<f64>,
    /// `Lc(K_m, P)` on test samples for m = 1, 2, … (Nyström).
    pub test: Vec<f64>,
    /// Lc(C, P) of the dkAE on the same training samples.
    pub dkae_training: f64,
    /// Lc(C, P) of the dkAE on the same test samples.
    pub dkae_test: f64,
    /// The leading eigenvalues of P on the training samples, descending.
    pub eigenvalues: Vec<f64>,
    /// Wall time, in seconds.
    pub seconds: f64,
}

impl SpectrumFigures {
    /// The smallest m at which kernel PCA is at least as near to P as the dkAE, on test samples;
    /// `None` if it never is.
    #[must_use]
    pub fn crossing(&self) -> Option<usize> {
        let meets = |&lc: &f64| lc <= self.dkae_test;
        self.test.iter().position(meets).map(|index| index + 1)
    }
}

/// A spectrum that is done, with the picture it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// The figures.
    pub figures: SpectrumFigures,
    /// Z of the shown test digits by Nyström, N×M: the first m columns give `K_m`.
    pub scores: Array2<f32>,
}

impl Spectrum {
    /// `K_m = Z_m Z_mᵀ` of the shown digits, N×N, for m from 1 to M (cut to that).
    #[must_use]
    pub fn kernel(&self, m: usize) -> Array2<f32> {
        let z = self.scores.slice(s![.., ..m.min(self.scores.ncols())]);
        z.dot(&z.t())
    }
}

/// The methods of Table 2 and the rows beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Nothing done.
    Noisy,
    /// Kernel PCA under P and Bakır's pre-image, its σ and ridge found on a grid.
    Kpca,
    /// The same with the paper's σ (the median distance) and ridge (0.5).
    KpcaPaper,
    /// PCA of the codes, decoded.
    DkaePca,
    /// PCA of the pixels.
    LinearPca,
    /// Kernel PCA under an RBF kernel and Bakır's pre-image, from the same grid.
    RbfKpca,
}

impl Method {
    /// All, in the order of the table's rows.
    pub const ALL: [Self; 6] = [
        Self::Noisy,
        Self::Kpca,
        Self::KpcaPaper,
        Self::DkaePca,
        Self::LinearPca,
        Self::RbfKpca,
    ];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kPCA, pre-image by grid",
            Self::KpcaPaper => "kPCA, the paper's σ and ridge",
            Self::DkaePca => "dkAE + PCA",
            Self::LinearPca => "linear PCA",
            Self::RbfKpca => "RBF-kPCA, pre-image by grid",
        }
    }

    /// The name in `report.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kpca",
            Self::KpcaPaper => "kpca_paper_settings",
            Self::DkaePca => "dkae_pca",
            Self::LinearPca => "linear_pca",
            Self::RbfKpca => "rbf_kpca",
        }
    }
}

/// A point of the grid search over the pre-image's settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridPoint {
    /// σ in multiples of the median distance between scores.
    pub width: f64,
    /// The ridge.
    pub ridge: f64,
    /// Mean squared error on noisy validation digits.
    pub error: f64,
}

/// The denoising comparison under a seed (Table 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DenoisingFigures {
    /// The seed.
    pub seed: u64,
    /// The classes.
    pub classes: Vec<u8>,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Whether noisy pixels were cut to [0, 1].
    pub clip: bool,
    /// m as asked for.
    pub components: usize,
    /// Training, validation and test samples.
    pub samples: [usize; 3],
    /// Mean squared errors on all test digits, in the order of [`Method::ALL`].
    pub errors: Vec<(Method, f64)>,
    /// The components that each method used, m or as many as there are; results of earlier
    /// versions do not tell.
    #[serde(default)]
    pub found: Vec<(Method, usize)>,
    /// The grid of [`Method::Kpca`].
    pub grid: Vec<GridPoint>,
    /// The grid of [`Method::RbfKpca`].
    pub rbf_grid: Vec<GridPoint>,
    /// Wall time, in seconds.
    pub seconds: f64,
}

impl DenoisingFigures {
    /// The methods that had less than m components, and how many they had.
    pub fn clamped(&self) -> impl Iterator<Item = (Method, usize)> + '_ {
        let few = |&(_, count): &(Method, usize)| count < self.components;
        self.found.iter().copied().filter(few)
    }

    /// The error of `method`.
    #[must_use]
    pub fn error(&self, method: Method) -> Option<f64> {
        let found = self.errors.iter().find(|(of, _)| *of == method);
        found.map(|&(_, error)| error)
    }
}

/// The point of a grid with the least error.
#[must_use]
pub fn best(grid: &[GridPoint]) -> Option<GridPoint> {
    grid.iter()
        .copied()
        .min_by(|a, b| a.error.total_cmp(&b.error))
}

/// A denoising comparison that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoising {
    /// The figures.
    pub figures: DenoisingFigures,
    /// The drawn test digits without noise, D×d.
    pub clean: Array2<f32>,
    /// What each method made of them, D×d, in the order of [`Method::ALL`].
    pub rows: Vec<(Method, Array2<f32>)>,
    /// The images' size.
    pub shape: ImageShape,
}

/// A task that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The task.
    pub task: Task,
    /// Why.
    pub reason: String,
}

/// Everything found so far. Cheap to clone: results are shared.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Networks, in the order in which they were done.
    pub networks: Vec<Arc<Network>>,
    /// Spectra.
    pub spectra: Vec<Arc<Spectrum>>,
    /// Denoising comparisons.
    pub denoising: Vec<Arc<Denoising>>,
    /// What the pictures of a seed have in common.
    pub seeds: Vec<(u64, Arc<SeedPicture>)>,
    /// What failed since the study was opened; the next start tries it again.
    pub failures: Vec<Failure>,
    /// Whether no two seeds have a sample in common.
    pub disjoint: bool,
}

impl Findings {
    /// How much the figures of two seeds of `plan` hang together by the samples that they share.
    #[must_use]
    pub fn overlap(&self, plan: &Plan) -> Overlap {
        if self.disjoint {
            return Overlap::NONE;
        }
        let [training, _, test] = Split::sizes(plan.samples);
        Overlap::of(training, test)
    }

    /// Whether `task` is done.
    #[must_use]
    pub fn has(&self, task: &Task) -> bool {
        match task {
            Task::Network(recipe) => self.network(recipe).is_some(),
            Task::Spectrum { seed } => self.spectrum(*seed).is_some(),
            Task::Denoising { seed } => self.denoised(*seed).is_some(),
        }
    }

    /// The network of `recipe`, if it is done.
    #[must_use]
    pub fn network(&self, recipe: &Recipe) -> Option<&Arc<Network>> {
        self.networks.iter().find(|n| n.figures.recipe == *recipe)
    }

    /// The spectrum under `seed`, if it is done.
    #[must_use]
    pub fn spectrum(&self, seed: u64) -> Option<&Arc<Spectrum>> {
        self.spectra.iter().find(|s| s.figures.seed == seed)
    }

    /// The denoising comparison under `seed`, if it is done.
    #[must_use]
    pub fn denoised(&self, seed: u64) -> Option<&Arc<Denoising>> {
        self.denoising.iter().find(|d| d.figures.seed == seed)
    }

    /// What the pictures of `seed` have in common, if there are any.
    #[must_use]
    pub fn seed(&self, seed: u64) -> Option<&Arc<SeedPicture>> {
        self.seeds
            .iter()
            .find(|(of, _)| *of == seed)
            .map(|(_, picture)| picture)
    }
}
