//! The ensemble of Gaussian mixtures behind the probabilistic cluster kernel (Section 2.3):
//! Q differently started mixtures for each number of components g = 2, …, G.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::em::{Em, EmSettings};
use super::features::FeatureMap;
use super::{KernelError, PckConfig};
use crate::linalg::{Accumulate, Parallel, product};

/// One fitted Gaussian mixture.
pub struct Mixture {
    /// q, from 0: which start this was.
    pub restart: usize,
    /// g: how many components it has.
    pub components: usize,
    /// The mean log-likelihood of a fitted sample, before the last M-step.
    pub log_likelihood: f64,
    /// EM iterations taken.
    pub iterations: usize,
    /// Whether the likelihood had settled within the tolerance.
    pub converged: bool,
    /// g × width, multiplied by a sample's features.
    coefficients: Array2<f32>,
    /// What is then added.
    constants: Vec<f32>,
}

#[cfg(test)]
impl Mixture {
    /// A mixture whose parameters were not fitted: for each component its coefficients, and a
    /// constant.
    pub(super) fn of_parameters(coefficients: &[f64], constants: &[f64]) -> Self {
        let narrow = |values: &[f64]| -> Vec<f32> { values.iter().map(|&x| x as f32).collect() };
        let (components, width) = (constants.len(), coefficients.len() / constants.len());
        Self {
            restart: 0,
            components,
            log_likelihood: 0.0,
            iterations: 0,
            converged: true,
            coefficients: Array2::from_shape_vec((components, width), narrow(coefficients))
                .expect("as many for each component"),
            constants: narrow(constants),
        }
    }
}

/// Fits the mixtures, as many at a time as its owner likes.
///
/// Mixture number i is start q = i / (G−1) with g = 2 + i mod (G−1) components, so that each
/// piece of an ensemble spans the range of g. A mixture depends on the samples, the settings and
/// (seed, q, g) alone, never on the threads or on how the work was cut.
pub struct EnsembleBuilder {
    map: Arc<FeatureMap>,
    features: Array2<f32>,
    config: PckConfig,
    seed: u64,
    mixtures: Vec<Mixture>,
}

impl EnsembleBuilder {
    /// A builder for mixtures of `samples` (n×d, in [0, 1]); `config.fit_samples` is not
    /// consulted, all of `samples` are used.
    ///
    /// # Errors
    ///
    /// [`KernelError::Setting`] for a setting out of its range,
    /// [`KernelError::TooFewSamples`] if a mixture would have more components than samples,
    /// [`KernelError::IdenticalSamples`] if no pixel varies.
    pub fn new(
        samples: ArrayView2<'_, f32>,
        config: &PckConfig,
        seed: u64,
    ) -> Result<Self, KernelError> {
        let config = PckConfig {
            fit_samples: samples.nrows(),
            ..*config
        };
        config.check()?;
        let map = FeatureMap::new(samples, config.covariance);
        if map.shape().active == 0 {
            return Err(KernelError::IdenticalSamples);
        }
        let mut features = Array2::zeros((samples.nrows(), map.shape().width()));
        map.write(samples, features.view_mut());
        Ok(Self {
            map: Arc::new(map),
            features,
            config,
            seed,
            mixtures: Vec::with_capacity(config.mixtures()),
        })
    }

    /// The number of mixtures in the end.
    #[must_use]
    pub fn total(&self) -> usize {
        self.config.mixtures()
    }

    /// The mixtures fitted so far.
    #[must_use]
    pub fn mixtures(&self) -> &[Mixture] {
        &self.mixtures
    }

    /// Fits the next `count` mixtures (or those that are left), side by side on the threads of
    /// the caller's pool, and returns them.
    pub fn fit_next(&mut self, count: usize) -> &[Mixture] {
        let done = self.mixtures.len();
        let next = done..self.total().min(done.saturating_add(count));
        let fitted: Vec<_> = next
            .into_par_iter()
            .with_max_len(1)
            .map_init(Em::default, |em, index| self.fit(em, index))
            .collect();
        self.mixtures.extend(fitted);
        &self.mixtures[done..]
    }

    /// The ensemble of the mixtures fitted so far.
    #[must_use]
    pub fn ensemble(&self) -> Ensemble {
        Ensemble::new(Arc::clone(&self.map), &self.mixtures)
    }

    /// [`Self::ensemble`], when no more mixtures are wanted.
    #[must_use]
    pub fn finish(self) -> Ensemble {
        self.ensemble()
    }

    /// The way from pixels to features of this ensemble.
    pub(super) fn map(&self) -> Arc<FeatureMap> {
        Arc::clone(&self.map)
    }

    fn fit(&self, em: &mut Em<f32>, index: usize) -> Mixture {
        let sizes = self.config.max_components - 1;
        let (restart, components) = (index / sizes, 2 + index % sizes);
        let mut random = Pcg64Mcg::seed_from_u64(mixture_seed(self.seed, restart, components));
        let samples = self.features.nrows();
        let start = rand::seq::index::sample(&mut random, samples, components).into_vec();
        let settings = EmSettings {
            variance_floor: self.config.variance_floor,
            max_iterations: self.config.max_iterations,
            tolerance: self.config.tolerance,
        };
        let shape = self.map.shape();
        let outcome = em.fit(self.features.view(), shape, &start, settings);
        let coefficients = em.coefficients().to_vec();
        Mixture {
            restart,
            components,
            log_likelihood: outcome.log_likelihood,
            iterations: outcome.iterations,
            converged: outcome.converged,
            coefficients: Array2::from_shape_vec((components, shape.width()), coefficients)
                .expect("the fit had this shape"),
            constants: em.constants().collect(),
        }
    }
}

/// The seed of one mixture. Each number is stirred in before the next one comes, so that no two
/// seeds share a mixture's stream, as `seed ^ restart` would have them do.
fn mixture_seed(seed: u64, restart: usize, components: usize) -> u64 {
    let parts = [restart as u64, components as u64];
    parts
        .iter()
        .fold(stirred(seed), |word, part| stirred(word ^ part))
}

/// The finaliser of `SplitMix64`, which takes no two numbers to the same one.
fn stirred(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Fitted mixtures, stacked so that samples meet many of them in one matrix product.
pub struct Ensemble {
    map: Arc<FeatureMap>,
    blocks: Vec<Block>,
    starts: Arc<[u32]>,
}

/// Some mixtures with their components one under the other.
pub(super) struct Block {
    /// Which mixtures of the ensemble these are.
    pub mixtures: Range<usize>,
    /// The number of components of each.
    pub sizes: Vec<usize>,
    /// components × width.
    coefficients: Array2<f32>,
    constants: Vec<f32>,
}

/// A block holds about this many components: its coefficients stay in a core's cache while
/// they meet one batch of samples after the other.
const BLOCK_COMPONENTS: usize = 512;

impl Ensemble {
    /// Stacks `mixtures` (fitted on features of `map`).
    pub(super) fn new(map: Arc<FeatureMap>, mixtures: &[Mixture]) -> Self {
        let mut starts = Vec::with_capacity(mixtures.len() + 1);
        let mut components: u32 = 0;
        starts.push(0);
        for mixture in mixtures {
            // At most 65,535 mixtures of 255 components each.
            components += mixture.constants.len() as u32;
            starts.push(components);
        }
        let mut blocks = Vec::new();
        let mut first = 0;
        while first < mixtures.len() {
            let limit = starts[first] as usize + BLOCK_COMPONENTS;
            let fitting = starts[first + 1..]
                .iter()
                .take_while(|&&end| end as usize <= limit);
            let last = first + fitting.count().max(1);
            blocks.push(Block::new(
                first,
                &mixtures[first..last],
                map.shape().width(),
            ));
            first = last;
        }
        Self {
            map,
            blocks,
            starts: starts.into(),
        }
    }

    /// M, the number of mixtures.
    #[must_use]
    pub fn mixtures(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of components of all mixtures together.
    #[must_use]
    pub fn components(&self) -> usize {
        self.starts[self.mixtures()] as usize
    }

    /// d, pixels of an image that can be placed in the mixtures.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.map.shape().dimension
    }

    /// Where each mixture's components start in a list of them all, and the list's length.
    pub(super) fn starts(&self) -> Arc<[u32]> {
        Arc::clone(&self.starts)
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(super) fn map(&self) -> &FeatureMap {
        &self.map
    }
}

impl Block {
    fn new(first: usize, mixtures: &[Mixture], width: usize) -> Self {
        let sizes: Vec<_> = mixtures.iter().map(|mixture| mixture.components).collect();
        let mut coefficients = Array2::zeros((sizes.iter().sum(), width));
        let mut row = 0;
        for mixture in mixtures {
            let rows = s![row..row + mixture.components, ..];
            coefficients.slice_mut(rows).assign(&mixture.coefficients);
            row += mixture.components;
        }
        Self {
            mixtures: first..first + mixtures.len(),
            sizes,
            coefficients,
            constants: mixtures
                .iter()
                .flat_map(|mixture| mixture.constants.iter().copied())
                .collect(),
        }
    }

    /// The number of components of all its mixtures together.
    pub fn components(&self) -> usize {
        self.constants.len()
    }

    /// `ln w_c N(x; μ_c, σ_c²)` of each sample under each component (n × components), up to a
    /// number that a mixture's components have in common. On the calling thread.
    pub fn logits(&self, features: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f32>) {
        let coefficients = self.coefficients.t();
        let (replace, alone) = (Accumulate::Replace, Parallel::No);
        product(out.view_mut(), replace, 1.0, features, coefficients, alone);
        for mut row in out.outer_iter_mut() {
            for (logit, constant) in row.iter_mut().zip(&self.constants) {
                *logit += constant;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Section 2.3: each of Q starts has a mixture of 2, 3, …, G components.
    #[test]
    fn every_start_has_a_mixture_of_every_size() {
        let samples = Array2::from_shape_fn((20, 6), |(i, j)| ((i * 7 + j * 5) % 11) as f32 / 11.0);
        let config = PckConfig {
            restarts: 3,
            max_components: 4,
            max_iterations: 2,
            ..PckConfig::default()
        };
        let mut builder = EnsembleBuilder::new(samples.view(), &config, 0).unwrap();
        builder.fit_next(5);
        builder.fit_next(usize::MAX);
        let mut wanted = Vec::new();
        for restart in 0..3 {
            for components in 2..=4 {
                wanted.push((restart, components));
            }
        }
        let found = builder.mixtures().iter();
        let found: Vec<_> = found.map(|m| (m.restart, m.components)).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn no_two_mixtures_of_any_seed_share_a_stream() {
        let mut seen = HashSet::new();
        for seed in 0..100 {
            for restart in 0..30 {
                for components in 2..=30 {
                    let of = (seed, restart, components);
                    assert!(
                        seen.insert(mixture_seed(seed, restart, components)),
                        "{of:?}"
                    );
                }
            }
        }
    }
}
