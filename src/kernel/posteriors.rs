//! Which components the samples belong to, stored sparsely.
//!
//! In hundreds of dimensions a posterior `π_i(q, g)` is nearly one-hot: of 870 mixtures a digit is
//! shared between components in a few dozen. So π = onehot(top) + E, with the top component of
//! each mixture as one byte, and E a short list of corrections where the posterior is not one-hot
//! to [`NEGLIGIBLE`]. A digit takes about a kilobyte and a half where a dense posterior takes
//! 56.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::Ensemble;
use super::mixture::Block;
use super::partial::Chosen;
use crate::data::DataSet;

/// Posterior probabilities up to this one are left out; the top component gets them.
pub(super) const NEGLIGIBLE: f32 = 1e-5;

/// Samples that one thread places at once.
const BATCH: usize = 256;

/// One entry of E: what is added to a component's 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Correction {
    pub weight: f32,
    pub mixture: u16,
    pub component: u8,
}

/// Posteriors of samples 0, 1, 2, … under every mixture of an [`Ensemble`].
pub struct Posteriors {
    starts: Arc<[u32]>,
    /// samples × mixtures.
    tops: Vec<u8>,
    /// Where each sample's corrections start, and their number at the end.
    offsets: Vec<usize>,
    /// By sample, then by mixture.
    corrections: Vec<Correction>,
    /// The corrections of the sample that has most.
    most: usize,
    largest_diagonal: f64,
}

/// What one batch of samples adds.
#[derive(Default)]
struct Placed {
    /// (sample in the batch, correction), by mixture block, then sample, then mixture.
    found: Vec<(u16, Correction)>,
}

impl Posteriors {
    /// No sample yet, under the mixtures of `ensemble`.
    #[must_use]
    pub fn empty(ensemble: &Ensemble) -> Self {
        Self {
            starts: ensemble.starts(),
            tops: Vec::new(),
            offsets: vec![0],
            corrections: Vec::new(),
            most: 0,
            largest_diagonal: 0.0,
        }
    }

    /// The rows of `pixels` (n×d, in [0, 1] or noisy), placed in the mixtures of `ensemble`.
    #[must_use]
    pub fn of_images(ensemble: &Ensemble, pixels: ArrayView2<'_, f32>) -> Self {
        let mut posteriors = Self::empty(ensemble);
        posteriors.append(ensemble, pixels.nrows(), |rows, mut out| {
            out.assign(&pixels.slice(ndarray::s![rows, ..]));
        });
        posteriors
    }

    /// The posteriors of these samples alone, in this order.
    pub(super) fn of_samples(&self, samples: &[usize]) -> Self {
        let mut some = Self {
            starts: Arc::clone(&self.starts),
            tops: Vec::with_capacity(samples.len() * self.mixtures()),
            offsets: vec![0],
            corrections: Vec::new(),
            most: 0,
            largest_diagonal: 0.0,
        };
        for (number, &sample) in samples.iter().enumerate() {
            some.tops.extend_from_slice(self.tops(sample));
            some.corrections.extend_from_slice(self.corrections(sample));
            some.offsets.push(some.corrections.len());
            some.most = some.most.max(some.corrections(number).len());
            some.largest_diagonal = some.largest_diagonal.max(some.diagonal(number));
        }
        some
    }

    /// Becomes the posteriors of `samples` of `all` under the `chosen` mixtures alone, in the memory there is.
    pub(super) fn take_part(&mut self, all: &Self, samples: &[usize], chosen: &Chosen) {
        self.tops.clear();
        self.offsets.clear();
        self.offsets.push(0);
        self.corrections.clear();
        (self.most, self.largest_diagonal) = (0, 0.0);
        let mut end = 0;
        let sizes = chosen.mixtures.iter().map(|&mixture| {
            end += all.starts[mixture + 1] - all.starts[mixture];
            end
        });
        self.starts = std::iter::once(0).chain(sizes).collect();
        for (number, &sample) in samples.iter().enumerate() {
            let tops = all.tops(sample);
            self.tops
                .extend(chosen.mixtures.iter().map(|&mixture| tops[mixture]));
            let corrections = all.corrections(sample).iter().filter_map(|correction| {
                let mixture = chosen.places[usize::from(correction.mixture)]?;
                Some(Correction {
                    mixture,
                    ..*correction
                })
            });
            self.corrections.extend(corrections);
            self.offsets.push(self.corrections.len());
            self.most = self.most.max(self.corrections(number).len());
            self.largest_diagonal = self.largest_diagonal.max(self.diagonal(number));
        }
    }

    /// [`Self::largest_diagonal`] of the sum over the `chosen` mixtures alone.
    pub(super) fn largest_diagonal_of(&self, chosen: &Chosen) -> f64 {
        let diagonals = (0..self.samples()).map(|sample| {
            let some = self.corrections(sample).iter();
            let some = some.filter(|one| chosen.places[usize::from(one.mixture)].is_some());
            chosen.mixtures.len() as f64 + self.beyond_one_hot(sample, some)
        });
        diagonals.fold(0.0, f64::max)
    }

    /// Places the next `count` samples of `data` (or those that are left), after the samples
    /// placed before, side by side on the threads of the caller's pool. Returns how many samples
    /// are placed now. `ensemble` is the one these posteriors were begun with.
    pub fn place_next(&mut self, ensemble: &Ensemble, data: &DataSet, count: usize) -> usize {
        let first = self.samples();
        let count = count.min(data.len().saturating_sub(first));
        self.append(ensemble, count, |rows, out| {
            let indices: Vec<_> = (first + rows.start..first + rows.end).collect();
            data.gather(&indices, out);
        });
        self.samples()
    }

    /// A number of samples that keeps every thread of the caller's pool busy in
    /// [`Self::place_next`], and not for long.
    #[must_use]
    pub fn piece() -> usize {
        BATCH * rayon::current_num_threads()
    }

    /// Samples placed so far.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.offsets.len() - 1
    }

    /// M, the number of mixtures.
    #[must_use]
    pub fn mixtures(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many corrections to one-hot posteriors are stored for all samples together.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.corrections.len()
    }

    /// `max_i Σ_m ‖π_i(m)‖²`, the largest diagonal entry of the kernel before it is normalised:
    /// Z of Eq. 4. At most M, and 0 without samples.
    #[must_use]
    pub fn largest_diagonal(&self) -> f64 {
        self.largest_diagonal
    }

    /// The posterior of `sample` under mixture number `mixture`; sums to one.
    #[must_use]
    pub fn posterior(&self, sample: usize, mixture: usize) -> Vec<f32> {
        let components = self.starts[mixture + 1] - self.starts[mixture];
        let mut posterior = vec![0.0; components as usize];
        posterior[usize::from(self.tops(sample)[mixture])] = 1.0;
        for correction in self.corrections(sample) {
            if usize::from(correction.mixture) == mixture {
                posterior[usize::from(correction.component)] += correction.weight;
            }
        }
        posterior
    }

    /// The number of components of each mixture.
    pub(super) fn sizes(&self) -> impl Iterator<Item = usize> {
        let pairs = self.starts.windows(2);
        pairs.map(|pair| (pair[1] - pair[0]) as usize)
    }

    /// For each mixture its number of components, and `π_i·π_j` under it.
    pub(super) fn products(&self, i: usize, j: usize) -> impl Iterator<Item = (usize, f64)> {
        let tops = self.tops(i).iter().zip(self.tops(j));
        let (mut of_i, mut of_j) = (self.corrections(i), self.corrections(j));
        tops.zip(self.sizes())
            .enumerate()
            .map(move |(mixture, ((&a, &b), size))| {
                let (e, f);
                (e, of_i) = of_i.split_at(under(of_i, mixture));
                (f, of_j) = of_j.split_at(under(of_j, mixture));
                // (onehot(a) + E)·(onehot(b) + F)
                let mut product = f64::from(u8::from(a == b));
                let at = |corrections: &[Correction], component: u8| -> f64 {
                    let there = corrections.iter().filter(|one| one.component == component);
                    there.map(|one| f64::from(one.weight)).sum()
                };
                product += at(e, b) + at(f, a);
                product += (e.iter())
                    .map(|one| f64::from(one.weight) * at(f, one.component))
                    .sum::<f64>();
                (size, product)
            })
    }

    /// Gives up the room for more samples.
    pub(super) fn shrink(&mut self) {
        self.tops.shrink_to_fit();
        self.offsets.shrink_to_fit();
        self.corrections.shrink_to_fit();
    }

    /// The top component of each mixture.
    pub(super) fn tops(&self, sample: usize) -> &[u8] {
        &self.tops[sample * self.mixtures()..][..self.mixtures()]
    }

    /// E, by mixture.
    pub(super) fn corrections(&self, sample: usize) -> &[Correction] {
        &self.corrections[self.offsets[sample]..self.offsets[sample + 1]]
    }

    /// No sample has more corrections than this.
    pub(super) fn most_corrections(&self) -> usize {
        self.most
    }

    /// Where each mixture's components start in a list of them all, and the list's length.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    fn append(
        &mut self,
        ensemble: &Ensemble,
        count: usize,
        pixels: impl Fn(Range<usize>, ArrayViewMut2<'_, f32>) + Sync,
    ) {
        assert_eq!(
            self.starts,
            ensemble.starts(),
            "one ensemble for all samples"
        );
        let (mixtures, before) = (self.mixtures(), self.tops.len());
        self.tops.resize(before + count * mixtures, 0);
        let placed: Vec<Placed> = self.tops[before..]
            .par_chunks_mut(BATCH * mixtures.max(1))
            .enumerate()
            .map(|(batch, tops)| {
                let first = batch * BATCH;
                let samples = first..count.min(first + BATCH);
                place(ensemble, samples, tops, &pixels)
            })
            .collect();
        for (batch, placed) in placed.into_iter().enumerate() {
            let samples = BATCH.min(count - batch * BATCH);
            self.collect(placed, samples);
        }
    }

    /// Takes up the corrections of one batch, sorted by sample.
    fn collect(&mut self, placed: Placed, samples: usize) {
        let base = self.corrections.len();
        let mut ends = vec![0; samples + 1];
        for (sample, _) in &placed.found {
            ends[usize::from(*sample) + 1] += 1;
        }
        for sample in 0..samples {
            ends[sample + 1] += ends[sample];
        }
        let nothing = Correction {
            weight: 0.0,
            mixture: 0,
            component: 0,
        };
        self.corrections.resize(base + placed.found.len(), nothing);
        let mut next = ends.clone();
        for (sample, correction) in placed.found {
            let place = &mut next[usize::from(sample)];
            self.corrections[base + *place] = correction;
            *place += 1;
        }
        for &end in &ends[1..] {
            let sample = self.samples();
            self.offsets.push(base + end);
            self.most = self.most.max(self.corrections(sample).len());
            self.largest_diagonal = self.largest_diagonal.max(self.diagonal(sample));
        }
    }

    /// `Σ_m ‖π(m)‖²` of one sample: onehot·onehot + 2 onehot·E + E·E.
    fn diagonal(&self, sample: usize) -> f64 {
        self.mixtures() as f64 + self.beyond_one_hot(sample, self.corrections(sample).iter())
    }

    /// 2 onehot·E + E·E of some of one sample's corrections.
    fn beyond_one_hot<'a>(
        &self,
        sample: usize,
        corrections: impl Iterator<Item = &'a Correction>,
    ) -> f64 {
        let tops = self.tops(sample);
        let terms = corrections.map(|correction| {
            let weight = f64::from(correction.weight);
            let top = tops[usize::from(correction.mixture)] == correction.component;
            weight * weight + if top { 2.0 * weight } else { 0.0 }
        });
        terms.sum()
    }
}

/// How many of some corrections, which begin with this mixture's, are this mixture's.
fn under(corrections: &[Correction], mixture: usize) -> usize {
    let of = |one: &&Correction| usize::from(one.mixture) == mixture;
    corrections.iter().take_while(of).count()
}

/// Places one batch of samples in all mixtures.
fn place(
    ensemble: &Ensemble,
    samples: Range<usize>,
    tops: &mut [u8],
    pixels: &(impl Fn(Range<usize>, ArrayViewMut2<'_, f32>) + Sync),
) -> Placed {
    let (count, width) = (samples.len(), ensemble.map().shape().width());
    let mut images = ndarray::Array2::zeros((count, ensemble.dimension()));
    pixels(samples, images.view_mut());
    let mut features = ndarray::Array2::zeros((count, width));
    ensemble.map().write(images.view(), features.view_mut());
    let mut placed = Placed::default();
    let mut logits = Vec::new();
    for block in ensemble.blocks() {
        logits.resize(count * block.components(), 0.0);
        let out = ArrayViewMut2::from_shape((count, block.components()), &mut logits)
            .expect("just sized");
        block.logits(features.view(), out);
        let rows = logits.chunks_exact(block.components());
        for (sample, (row, tops)) in rows
            .zip(tops.chunks_exact_mut(ensemble.mixtures()))
            .enumerate()
        {
            let tops = &mut tops[block.mixtures.clone()];
            let found = &mut placed.found;
            // A batch has no more samples than sixteen bits can number.
            assign(block, row, tops, |found_one| {
                found.push((sample as u16, found_one));
            });
        }
    }
    placed
}

/// Reads one sample's top components and corrections off its `logits` under a block.
fn assign(block: &Block, logits: &[f32], tops: &mut [u8], mut found: impl FnMut(Correction)) {
    let cut = NEGLIGIBLE.ln();
    let mut rest = logits;
    for (index, (&size, top)) in block.sizes.iter().zip(tops).enumerate() {
        let (logits, after) = rest.split_at(size);
        rest = after;
        let (mut best, mut largest) = (0, logits[0]);
        for (component, &logit) in logits.iter().enumerate().skip(1) {
            if logit > largest {
                (best, largest) = (component, logit);
            }
        }
        *top = best as u8;
        let near = logits.iter().filter(|&&logit| logit - largest > cut);
        if near.clone().count() < 2 {
            continue;
        }
        let total = near.map(|&logit| (logit - largest).exp()).sum::<f32>();
        let mixture = (block.mixtures.start + index) as u16;
        let mut shared = 0.0;
        for (component, &logit) in logits.iter().enumerate() {
            let weight = (logit - largest).exp() / total;
            if component != best && weight > NEGLIGIBLE {
                shared += weight;
                found(Correction {
                    weight,
                    mixture,
                    component: component as u8,
                });
            }
        }
        if shared > 0.0 {
            found(Correction {
                weight: -shared,
                mixture,
                component: best as u8,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::super::features::FeatureMap;
    use super::super::{Covariance, Mixture};
    use super::*;

    #[test]
    fn room_for_more_samples_is_given_up_and_what_is_placed_stays() {
        let pixels = Array2::from_shape_fn((5, 1), |(i, _)| i as f32);
        let map = Arc::new(FeatureMap::new(pixels.view(), Covariance::Spherical));
        // Each sample is shared between two components.
        let mixture = Mixture::of_parameters(&[0.0; 4], &[0.0, -1.0]);
        let ensemble = Ensemble::new(map, &[mixture]);
        let mut posteriors = Posteriors::of_images(&ensemble, pixels.view());
        posteriors.tops.reserve(100);
        posteriors.offsets.reserve(100);
        posteriors.corrections.reserve(100);
        let before: Vec<_> = (0..5).map(|i| posteriors.posterior(i, 0)).collect();
        posteriors.shrink();
        let (tops, offsets) = (&posteriors.tops, &posteriors.offsets);
        assert!(tops.len() == 5 && tops.capacity() < 100);
        assert!(offsets.len() == 6 && offsets.capacity() < 100);
        let corrections = &posteriors.corrections;
        assert!(corrections.len() == 10 && corrections.capacity() < 100);
        let after: Vec<_> = (0..5).map(|i| posteriors.posterior(i, 0)).collect();
        assert_eq!(before, after);
    }

    /// What two components' logits have in common cancels, however much that is.
    #[test]
    fn posteriors_are_those_of_the_logits_differences() {
        let pixels = Array2::from_shape_fn((2, 1), |(i, _)| i as f32);
        let map = Arc::new(FeatureMap::new(pixels.view(), Covariance::Spherical));
        let mixture =
            |components| Mixture::of_parameters(&vec![0.0; 2 * components], &vec![0.0; components]);
        let ensemble = Ensemble::new(map, &[mixture(2), mixture(4)]);
        let logits = [0.0, -0.5, -3.0, -1.0, 0.0, -40.0_f32];
        for shift in [-60.0, 0.0, 60.0] {
            let shifted = logits.map(|logit| logit + shift);
            let (mut tops, mut found) = ([9, 9], Vec::new());
            assign(&ensemble.blocks()[0], &shifted, &mut tops, |one| {
                found.push(one);
            });
            assert_eq!(tops, [0, 2]);
            for (number, range) in [0..2, 2..6].into_iter().enumerate() {
                let weights: Vec<f32> = logits[range].iter().map(|logit| logit.exp()).collect();
                let total: f32 = weights.iter().sum();
                for (component, weight) in weights.iter().enumerate() {
                    let mine = found.iter().filter(|one| {
                        usize::from(one.mixture) == number
                            && usize::from(one.component) == component
                    });
                    let top = f32::from(u8::from(usize::from(tops[number]) == component));
                    let posterior = top + mine.map(|one| one.weight).sum::<f32>();
                    assert!(
                        (posterior - weight / total).abs() < 2e-5,
                        "{shift}: {found:?}"
                    );
                }
            }
            assert_eq!(found.len(), 5, "none where there is next to nothing");
        }
    }
}
