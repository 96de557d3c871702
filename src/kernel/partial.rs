//! Eq. 4's sum over some of the mixtures alone: those of g₁ to g₂ components, from the first q of their starts.
//!
//! The posteriors are there, so nothing is fitted: a part takes those of its mixtures, and is normalised as the
//! whole is, by the largest diagonal entry among all samples. It is the kernel that a fit of these mixtures alone
//! would give, for a mixture depends on (seed, q, g) and on no other mixture.

use ndarray::ArrayViewMut2;

use super::overlap::{self, Samples};
use super::posteriors::Posteriors;
use super::{Pck, Scratch};

/// Some of the mixtures of an ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MixtureRange {
    /// g₁ and g₂: components of the smallest and of the largest of them.
    pub components: [usize; 2],
    /// q: the first starts of each number of components.
    pub starts: usize,
}

/// What a part of the sum is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartialSum {
    /// Mixtures in it.
    pub mixtures: usize,
    /// Its Z.
    pub normaliser: f64,
}

/// The mixtures of a range, in their order.
#[derive(Default)]
pub(super) struct Chosen {
    /// Their numbers among all of them.
    pub mixtures: Vec<usize>,
    /// Of all mixtures, which of the chosen ones it is.
    pub places: Vec<Option<u16>>,
    /// Starts counted so far, by number of components.
    counts: Vec<usize>,
}

impl Chosen {
    fn choose(&mut self, posteriors: &Posteriors, range: MixtureRange) {
        self.mixtures.clear();
        self.places.clear();
        self.counts.clear();
        let [least, most] = range.components;
        for (mixture, size) in posteriors.sizes().enumerate() {
            if self.counts.len() <= size {
                self.counts.resize(size + 1, 0);
            }
            // Of one size, the starts stand in their order.
            let is_in = (least..=most).contains(&size) && self.counts[size] < range.starts;
            self.counts[size] += 1;
            // There are fewer mixtures than sixteen bits can number.
            self.places
                .push(is_in.then_some(self.mixtures.len() as u16));
            if is_in {
                self.mixtures.push(mixture);
            }
        }
    }
}

/// Blocks of parts of P. What one of them takes of memory serves the next one.
pub struct PartialGram {
    chosen: Chosen,
    posteriors: Posteriors,
    scratch: Scratch,
}

impl PartialGram {
    /// One for parts of `pck`, and of kernels like it.
    #[must_use]
    pub fn new(pck: &Pck) -> Self {
        Self {
            chosen: Chosen::default(),
            posteriors: Posteriors::empty(pck.ensemble()),
            scratch: Scratch::default(),
        }
    }

    /// Writes the part's P[rows, rows] into `out` (`rows.len()` squared): all zeros where the range has no
    /// mixture. Reads what is stored of all samples once, for Z.
    pub fn write(
        &mut self,
        pck: &Pck,
        range: MixtureRange,
        rows: &[usize],
        mut out: ArrayViewMut2<'_, f32>,
    ) -> PartialSum {
        let all = pck.posteriors();
        self.chosen.choose(all, range);
        let part = PartialSum {
            mixtures: self.chosen.mixtures.len(),
            normaliser: all.largest_diagonal_of(&self.chosen),
        };
        if part.normaliser <= 0.0 {
            out.fill(0.0);
            return part;
        }
        self.posteriors.take_part(all, rows, &self.chosen);
        let samples = Samples {
            posteriors: &self.posteriors,
            indices: None,
        };
        let scale = (1.0 / part.normaliser) as f32;
        overlap::gram(samples, scale, &mut self.scratch, out);
        part
    }
}

impl Pck {
    /// The range of all its mixtures; `None` if there is none.
    #[must_use]
    pub fn range(&self) -> Option<MixtureRange> {
        let sizes = || self.posteriors().sizes();
        let (least, most) = (sizes().min()?, sizes().max()?);
        Some(MixtureRange {
            components: [least, most],
            starts: sizes().filter(|&size| size == least).count(),
        })
    }
}

#[cfg(test)]
#[path = "partial_tests.rs"]
mod tests;
