//! What a study has found so far: figures, which are small and go into reports, and pictures,
//! which are what the figures were taken from on some digits.

use std::sync::Arc;

use ndarray::{Array2, s};
use serde::{Deserialize, Serialize};

use super::better::Denoised;
use super::code_space::CodeSpaceFigures;
pub use super::method::Method;
use super::plan::{Plan, Recipe, Task};
use super::statistics::Overlap;
use crate::data::{ImageShape, Split};
use crate::linalg::{Accumulate, Parallel, product};
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
    /// Wall time of its training, in seconds, without the prior's and without placing copies.
    pub seconds: f64,
    /// What it makes of noisy digits of all classes, in the table of settings beyond the paper;
    /// results of earlier versions do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denoised: Option<Denoised>,
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
        let z = z.as_standard_layout();
        let mut kernel = Array2::zeros((z.nrows(), z.nrows()));
        product(
            kernel.view_mut(),
            Accumulate::Replace,
            1.0,
            z.view(),
            z.t(),
            Parallel::Yes,
        );
        kernel
    }
}

/// A point of the grid search over the settings of kernel PCA and its pre-image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridPoint {
    /// σ of the RBF prior in multiples of the median distance between images; `None` under P.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
    /// σ of the pre-image in multiples of the median distance between scores.
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
    /// The components that each method with m components used, m or as many as there are.
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

/// The name of an RBF kernel's own σ among the settings of a grid.
pub const PRIOR: &str = "σ of the prior";

/// A setting of a grid's best point that is the least or the largest that was tried, so that
/// something better may lie beyond.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// [`PRIOR`], `σ` or `ridge`.
    pub setting: &'static str,
    /// How much less the error is than at the best point with any other value of the setting, as a
    /// share of the latter, from 0 to 1. Near 0 the grid ends where its setting has come to its limit.
    pub gain: f64,
}

impl Edge {
    /// As in `σ, by 0.3 % the best of all tried`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let gain = 100.0 * self.gain;
        format!("{}, by {gain:.1} % the best of all tried", self.setting)
    }
}

/// The edges that the best point of `grid` lies at. A setting with one value has none.
#[must_use]
pub fn edges(grid: &[GridPoint]) -> Vec<Edge> {
    let Some(best) = best(grid) else {
        return Vec::new();
    };
    let edge = |setting, of: fn(&GridPoint) -> f64| {
        let others = || grid.iter().filter(|point| of(point) != of(&best));
        let below = others().any(|point| of(point) < of(&best));
        let above = others().any(|point| of(point) > of(&best));
        let inner = others().map(|point| point.error).min_by(f64::total_cmp)?;
        (below != above).then_some(Edge {
            setting,
            gain: (inner - best.error) / inner,
        })
    };
    [
        edge(PRIOR, |point| point.prior.unwrap_or(0.0)),
        edge("σ", |point| point.width),
        edge("ridge", |point| point.ridge),
    ]
    .into_iter()
    .flatten()
    .collect()
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

/// The dkAE of Table 2 at a step of its training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoursePoint {
    /// Steps taken, pretraining among them.
    pub step: u64,
    /// Lr on all validation samples.
    pub lr: f64,
    /// Lc(C, P) on them.
    pub lc: f64,
    /// (1 − λ) Lr + λ Lc (Eq. 8).
    pub total: f64,
    /// Mean squared error of dkAE + PCA on the noisy validation digits of Table 2's classes.
    pub dkae_pca: f64,
    /// That of the codes decoded straight.
    pub dkae_straight: f64,
}

/// The training of the dkAE of Table 2 under a seed, looked at on the way. Its network is that of
/// the least validation loss ([`CourseFigures::kept`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseFigures {
    /// The seed.
    pub seed: u64,
    /// In the order of the steps.
    pub points: Vec<CoursePoint>,
    /// Wall time, in seconds.
    pub seconds: f64,
}

impl CourseFigures {
    /// The point whose network Table 2 takes.
    #[must_use]
    pub fn kept(&self) -> Option<CoursePoint> {
        least(&self.points)
    }
}

/// The point of the least validation loss, the first of several.
#[must_use]
pub fn least(points: &[CoursePoint]) -> Option<CoursePoint> {
    let finite = points
        .iter()
        .copied()
        .filter(|point| point.total.is_finite());
    finite.min_by(|a, b| a.total.total_cmp(&b.total))
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
    /// Trainings of Table 2's dkAE.
    pub courses: Vec<Arc<CourseFigures>>,
    /// Denoising comparisons.
    pub denoising: Vec<Arc<Denoising>>,
    /// Classification and clustering of the codes.
    pub code_spaces: Vec<Arc<CodeSpaceFigures>>,
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
            Task::Course { seed } => self.course(*seed).is_some(),
            Task::Denoising { seed } => self.denoised(*seed).is_some(),
            Task::CodeSpace { seed } => self.code_space(*seed).is_some(),
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

    /// The training of Table 2's dkAE under `seed`, if it is done.
    #[must_use]
    pub fn course(&self, seed: u64) -> Option<&Arc<CourseFigures>> {
        self.courses.iter().find(|c| c.seed == seed)
    }

    /// The denoising comparison under `seed`, if it is done.
    #[must_use]
    pub fn denoised(&self, seed: u64) -> Option<&Arc<Denoising>> {
        self.denoising.iter().find(|d| d.figures.seed == seed)
    }

    /// Classification and clustering under `seed`, if that is done.
    #[must_use]
    pub fn code_space(&self, seed: u64) -> Option<&Arc<CodeSpaceFigures>> {
        self.code_spaces.iter().find(|found| found.seed == seed)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn point(prior: Option<f64>, width: f64, ridge: f64, error: f64) -> GridPoint {
        GridPoint {
            prior,
            width,
            ridge,
            error,
        }
    }

    #[test]
    fn a_best_value_at_the_edge_of_its_grid_is_told() {
        // The error is least where each setting is nearest to what is wanted.
        let grid = |prior: f64, width: f64, ridge: f64| -> Vec<GridPoint> {
            let mut points = Vec::new();
            for p in [1.0, 2.0, 4.0] {
                for w in [0.5, 1.0, 2.0] {
                    for r in [0.01, 0.1, 1.0] {
                        let far = (p - prior).abs() + (w - width).abs() + (r - ridge).abs();
                        points.push(point(Some(p), w, r, far));
                    }
                }
            }
            points
        };
        let at = |grid: &[GridPoint]| -> Vec<_> { edges(grid).iter().map(|e| e.setting).collect() };
        assert!(edges(&grid(2.0, 1.0, 0.1)).is_empty());
        assert_eq!(at(&grid(2.0, 1.0, 0.0)), ["ridge"]);
        assert_eq!(at(&grid(2.0, 9.0, 0.1)), ["σ"]);
        assert_eq!(at(&grid(9.0, 1.0, 9.0)), ["σ of the prior", "ridge"]);
        // From 8 at σ = 1 to 7 at σ = 2: an eighth.
        let gain = edges(&grid(2.0, 9.0, 0.1))[0].gain;
        assert!((gain - 0.125).abs() < 1e-12, "{gain}");
        let told = edges(&grid(2.0, 9.0, 0.1))[0].in_words();
        assert_eq!(told, "σ, by 12.5 % the best of all tried");
        // A setting that was not searched has no edge.
        let one = [point(None, 1.0, 0.1, 0.3), point(None, 1.0, 0.2, 0.2)];
        assert_eq!(at(&one), ["ridge"]);
        assert!(edges(&one[..1]).is_empty() && edges(&[]).is_empty());
    }

    #[test]
    fn kernel_pca_that_is_level_has_crossed() {
        let crossing = |dkae_test: f64| {
            let figures = SpectrumFigures {
                seed: 0,
                samples: [700, 150],
                training: Vec::new(),
                test: vec![0.5, 0.25, 0.125],
                dkae_training: 0.0,
                dkae_test,
                eigenvalues: Vec::new(),
                seconds: 1.0,
            };
            figures.crossing()
        };
        let found = [0.6, 0.3, 0.25, 0.2, 0.1].map(crossing);
        assert_eq!(found, [Some(1), Some(2), Some(2), Some(3), None]);
    }

    #[test]
    fn a_method_with_less_components_than_asked_for_is_told() {
        let figures = DenoisingFigures {
            seed: 0,
            classes: vec![5, 6],
            noise: 0.25,
            clip: false,
            components: 32,
            samples: [800, 170, 170],
            errors: vec![(Method::Kpca, 0.04), (Method::DkaePca, 0.03)],
            found: vec![
                (Method::Kpca, 32),
                (Method::DkaePca, 31),
                (Method::LinearPca, 33),
            ],
            grid: Vec::new(),
            rbf_grid: Vec::new(),
            seconds: 1.0,
        };
        let clamped: Vec<_> = figures.clamped().collect();
        assert_eq!(clamped, [(Method::DkaePca, 31)]);
        let errors = [Method::Kpca, Method::DkaePca, Method::Noisy].map(|of| figures.error(of));
        assert_eq!(errors, [Some(0.04), Some(0.03), None]);
    }
}
