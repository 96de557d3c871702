//! The ensemble of Gaussian mixtures behind the probabilistic cluster kernel (Section 2.3):
//! Q differently started mixtures for each number of components g = 2, …, G, or from a larger g on.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::em::{Em, EmSettings};
use super::features::FeatureMap;
use super::{KernelError, PckConfig};
use crate::linalg::{Accumulate, Parallel, product};

/// One fitted Gaussian mixture.
pub struct Mixture {
    /// How it came to be.
    pub fit: Fit,
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
            fit: Fit {
                restart: 0,
                components,
                log_likelihood: 0.0,
                iterations: 0,
                converged: true,
            },
            coefficients: Array2::from_shape_vec((components, width), narrow(coefficients))
                .expect("as many for each component"),
            constants: narrow(constants),
        }
    }
}

/// What is kept of a mixture beside its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
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
}

/// Fits the mixtures, as many at a time as its owner likes.
///
/// Mixture number i is start q = i / (G−1) with g = 2 + i mod (G−1) components (or as much further on
/// as the smallest is), so that each piece of an ensemble spans the range of g. A mixture depends on the samples, the settings and
/// (seed, q, g) alone, never on the threads or on how the work was cut.
pub struct EnsembleBuilder {
    features: Array2<f32>,
    config: PckConfig,
    seed: u64,
    fits: Vec<Fit>,
    ensemble: Ensemble,
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
            ensemble: Ensemble::empty(Arc::new(map)),
            features,
            config,
            seed,
            fits: Vec::with_capacity(config.mixtures()),
        })
    }

    /// The number of mixtures in the end.
    #[must_use]
    pub fn total(&self) -> usize {
        self.config.mixtures()
    }

    /// The mixtures fitted so far.
    #[must_use]
    pub fn fits(&self) -> &[Fit] {
        &self.fits
    }

    /// Fits the next `count` mixtures (or those that are left), side by side on the threads of
    /// the caller's pool, and returns them. They are part of [`Self::ensemble`] from now on.
    pub fn fit_next(&mut self, count: usize) -> Vec<Mixture> {
        let done = self.fits.len();
        let next = done..self.total().min(done.saturating_add(count));
        let fitted: Vec<_> = next
            .into_par_iter()
            .with_max_len(1)
            .map_init(Em::default, |em, index| self.fit(em, index))
            .collect();
        self.fits.extend(fitted.iter().map(|mixture| mixture.fit));
        self.ensemble.extend(&fitted);
        fitted
    }

    /// The ensemble of the mixtures fitted so far.
    #[must_use]
    pub fn ensemble(&self) -> &Ensemble {
        &self.ensemble
    }

    /// [`Self::ensemble`], when no more mixtures are wanted.
    #[must_use]
    pub fn finish(self) -> Ensemble {
        self.ensemble
    }

    /// The ensemble once all mixtures are in it, which leaves none here.
    pub(crate) fn take_whole(&mut self) -> Option<Ensemble> {
        let map = Arc::clone(&self.ensemble.map);
        let whole = self.fits.len() == self.total();
        whole.then(|| std::mem::replace(&mut self.ensemble, Ensemble::empty(map)))
    }

    /// The way from pixels to features of this ensemble.
    pub(super) fn map(&self) -> Arc<FeatureMap> {
        Arc::clone(&self.ensemble.map)
    }

    fn fit(&self, em: &mut Em<f32>, index: usize) -> Mixture {
        let (least, sizes) = (self.config.min_components, self.config.sizes());
        let (restart, components) = (index / sizes, least + index % sizes);
        let mut random = Pcg64Mcg::seed_from_u64(mixture_seed(self.seed, restart, components));
        let samples = self.features.nrows();
        let start = rand::seq::index::sample(&mut random, samples, components).into_vec();
        let settings = EmSettings {
            variance_floor: self.config.variance_floor,
            max_iterations: self.config.max_iterations,
            tolerance: self.config.tolerance,
        };
        let shape = self.ensemble.map.shape();
        let outcome = em.fit(self.features.view(), shape, &start, settings);
        let coefficients = em.coefficients().to_vec();
        Mixture {
            fit: Fit {
                restart,
                components,
                log_likelihood: outcome.log_likelihood,
                iterations: outcome.iterations,
                converged: outcome.converged,
            },
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
    /// components × width, row by row.
    coefficients: Vec<f32>,
    width: usize,
    constants: Vec<f32>,
}

/// A block holds about this many components: its coefficients stay in a core's cache while
/// they meet one batch of samples after the other.
const BLOCK_COMPONENTS: usize = 512;

impl Ensemble {
    /// No mixture yet, on features of `map`.
    fn empty(map: Arc<FeatureMap>) -> Self {
        Self {
            map,
            blocks: Vec::new(),
            starts: [0].into(),
        }
    }

    /// Stacks `mixtures` (fitted on features of `map`).
    pub(super) fn new(map: Arc<FeatureMap>, mixtures: &[Mixture]) -> Self {
        let mut ensemble = Self::empty(map);
        ensemble.extend(mixtures);
        ensemble
    }

    /// Stacks `mixtures` under those that are there.
    fn extend(&mut self, mixtures: &[Mixture]) {
        let width = self.map.shape().width();
        let mut starts = self.starts.to_vec();
        for mixture in mixtures {
            let components = mixture.constants.len();
            // A mixture of more components than a block holds has a block of its own.
            let fits = |block: &&mut Block| block.components() + components <= BLOCK_COMPONENTS;
            match self.blocks.last_mut().filter(fits) {
                Some(block) => block.push(mixture),
                None => {
                    let mut block = Block::empty(starts.len() - 1, width, components);
                    block.push(mixture);
                    self.blocks.push(block);
                }
            }
            // At most 65,535 mixtures of 255 components each.
            starts.push(starts.last().copied().unwrap_or(0) + components as u32);
        }
        self.starts = starts.into();
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
    /// No mixture yet; number `first` of the ensemble will be the first, of so many `components`. The memory
    /// for its coefficients is taken in one piece, and is given back in one.
    fn empty(first: usize, width: usize, components: usize) -> Self {
        Self {
            mixtures: first..first,
            sizes: Vec::new(),
            coefficients: Vec::with_capacity(BLOCK_COMPONENTS.max(components) * width),
            width,
            constants: Vec::new(),
        }
    }

    fn push(&mut self, mixture: &Mixture) {
        self.mixtures.end += 1;
        self.sizes.push(mixture.constants.len());
        self.coefficients.extend(mixture.coefficients.iter());
        self.constants.extend(&mixture.constants);
    }

    /// The number of components of all its mixtures together.
    pub fn components(&self) -> usize {
        self.constants.len()
    }

    /// `ln w_c N(x; μ_c, σ_c²)` of each sample under each component (n × components), up to a
    /// number that a mixture's components have in common. On the calling thread.
    pub fn logits(&self, features: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f32>) {
        let shape = (self.components(), self.width);
        let coefficients = ArrayView2::from_shape(shape, &self.coefficients);
        let coefficients = coefficients
            .expect("as many for each component")
            .reversed_axes();
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

    use super::super::{Covariance, Posteriors};
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
        let found = builder.fits().iter();
        let found: Vec<_> = found.map(|m| (m.restart, m.components)).collect();
        assert_eq!(found, wanted);
    }

    /// A mixture is the same whichever others are fitted beside it.
    #[test]
    fn the_smallest_mixtures_can_be_left_out() {
        let samples = Array2::from_shape_fn((20, 6), |(i, j)| ((i * 7 + j * 5) % 11) as f32 / 11.0);
        let fits = |min_components| {
            let config = PckConfig {
                restarts: 3,
                min_components,
                max_components: 6,
                max_iterations: 3,
                ..PckConfig::default()
            };
            let mut builder = EnsembleBuilder::new(samples.view(), &config, 8).unwrap();
            assert_eq!(builder.total(), 3 * (7 - min_components));
            builder.fit_next(usize::MAX);
            builder.fits().to_vec()
        };
        let all = fits(2);
        for least in 2..=6 {
            let some: Vec<_> = all
                .iter()
                .filter(|fit| fit.components >= least)
                .copied()
                .collect();
            assert_eq!(fits(least), some);
        }
    }

    #[test]
    fn an_ensemble_is_given_away_once_all_its_mixtures_are_in_it() {
        let samples = Array2::from_shape_fn((20, 6), |(i, j)| ((i * 7 + j * 5) % 11) as f32 / 11.0);
        let config = PckConfig {
            restarts: 3,
            max_components: 4,
            max_iterations: 2,
            ..PckConfig::default()
        };
        let mut builder = EnsembleBuilder::new(samples.view(), &config, 0).unwrap();
        for fitted in 0..9 {
            assert_eq!(builder.ensemble().mixtures(), fitted);
            assert!(builder.take_whole().is_none(), "{fitted}");
            assert_eq!(builder.ensemble().mixtures(), fitted);
            builder.fit_next(1);
        }
        let whole = builder.take_whole().unwrap();
        assert_eq!((whole.mixtures(), whole.components()), (9, 3 * (2 + 3 + 4)));
        let left = builder.ensemble();
        assert_eq!((left.mixtures(), left.components()), (0, 0));
        assert_eq!((left.dimension(), builder.fits().len()), (6, 9));
    }

    /// Whatever block a mixture stands in, its posterior is its own.
    #[test]
    fn blocks_are_filled_as_far_as_they_go_and_a_large_mixture_has_its_own() {
        let pixels = Array2::from_shape_fn((2, 1), |(i, _)| i as f32);
        let map = Arc::new(FeatureMap::new(pixels.view(), Covariance::Spherical));
        let sizes = [200, 300, 12, 1, 511, 2, 600, 3];
        // Component number (7 + mixture) mod size has all the weight.
        let top = |mixture: usize| (7 + mixture) % sizes[mixture];
        let mixture = |number: usize| {
            let mut constants = vec![-100.0; sizes[number]];
            constants[top(number)] = 0.0;
            Mixture::of_parameters(&vec![0.0; 2 * sizes[number]], &constants)
        };
        let mixtures: Vec<_> = (0..sizes.len()).map(mixture).collect();
        let ensemble = Ensemble::new(map, &mixtures);
        let found: Vec<_> = ensemble.blocks.iter().map(|b| b.mixtures.clone()).collect();
        assert_eq!(found, [0..3, 3..5, 5..6, 6..7, 7..8]);
        for block in &ensemble.blocks {
            assert_eq!(block.sizes, sizes[block.mixtures.clone()]);
            assert_eq!(block.components(), block.sizes.iter().sum::<usize>());
            // Taken in one piece, also for what has not come.
            let room = 2 * block.components().max(BLOCK_COMPONENTS);
            assert!(block.coefficients.capacity() >= room);
        }
        assert_eq!(ensemble.components(), sizes.iter().sum::<usize>());
        let placed = Posteriors::of_images(&ensemble, pixels.view());
        for (number, &size) in sizes.iter().enumerate() {
            let mut wanted = vec![0.0; size];
            wanted[top(number)] = 1.0;
            assert_eq!(placed.posterior(1, number), wanted);
        }
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
