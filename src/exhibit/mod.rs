//! What there is to see of a run: its kernels, rows of images, scores, and what made them.
//!
//! An [`Exhibit`] is one thing, whatever it is of: the live run, a chosen point of a study, a figure of
//! a report. It is made here and nowhere else, of a run ([`live`]) or of what a study has found
//! ([`study`]); whoever shows, draws or saves it asks no more than it has. What it costs to find (norms,
//! the scale of colours) is found when it is made. Kernels can be seen through a [`lens`](lens::Lens), which makes
//! another exhibit of one.

pub mod aside;
mod classes;
pub mod code_map;
mod coder;
pub mod dendrogram;
pub mod denoising;
mod images;
pub mod kernel;
pub mod lens;
pub mod live;
pub mod looks;
pub mod made;
pub mod neighbours;
pub mod numbers;
pub mod part;
pub mod pull;
pub mod range;
pub mod row;
pub mod sketch;
pub mod sorting;
pub mod spectrum;
pub mod study;
mod thin;
pub mod units;

use std::sync::Arc;

use ndarray::Array2;

pub use self::coder::Coder;
pub use self::images::{Images, one_of_each, spread};
pub use self::kernel::{Entries, Kernel, KernelOf, Matrix};
pub use self::looks::{ColourMap, Limits, Looks};
pub use self::made::Made;
pub use self::range::Scale;
pub use self::row::{Row, RowOf};
pub use self::thin::Thinner;
pub use crate::kernel::Agreement;
use crate::kernel::PriorKernel;
use crate::training::config::DenoisingConfig;
use crate::training::{Checkpoint, Scores};

/// A network on show.
#[derive(Clone)]
pub struct Trained {
    /// Steps taken.
    pub step: u64,
    /// λ of the last of them.
    pub lambda: f64,
    /// The codes of the kernels' images, N×Nc, in the order of the data on show, whatever the kernels are
    /// sorted by.
    pub codes: Arc<Array2<f32>>,
    /// How many of the Nc units no image moves ([`units`]).
    pub dead: usize,
    /// Its figures on them.
    pub scores: Scores,
    /// The network itself, where it is at hand.
    pub coder: Option<Coder>,
}

/// A denoising comparison on show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Its settings.
    pub config: DenoisingConfig,
    /// The steps of the network that it was made with.
    pub step: u64,
    /// Images that its errors are means over.
    pub samples: usize,
}

/// What there is to see of a run.
#[derive(Clone)]
pub struct Exhibit {
    /// What made it, as a whole.
    pub made: Arc<Made>,
    /// What the names of its files end in, if they are not told apart by seed and step.
    pub stem: String,
    /// The images of the kernels' rows and columns.
    pub images: Arc<Images>,
    /// The kernels from left to right, on one scale.
    pub kernels: Vec<Kernel>,
    /// The images of the rows.
    pub pictured: Arc<Images>,
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// What the rows are, in a line.
    pub caption: String,
    /// What is to be known about them before all else.
    pub warning: Option<&'static str>,
    /// The network.
    pub network: Option<Trained>,
    /// Lc(P, `K_I`) on the kernels' images, if they have classes; needs no network.
    pub lc_p_ki: Option<f64>,
    /// The figures on *all* test samples, once a run is over. No picture of a live run is of test
    /// samples, so that nobody turns a slider by them.
    pub test: Option<Scores>,
    /// The denoising comparison.
    pub compared: Option<Compared>,
    /// The prior kernel over all samples, where it is at hand: for what P is made of.
    pub prior: Option<Arc<dyn PriorKernel>>,
    /// The reach of differences' colours, where it does not follow from the matrices.
    pub reach: Option<f32>,
    /// How its kernels are coloured.
    pub looks: Looks,
}

impl Exhibit {
    /// The first kernel of this kind, and its place.
    #[must_use]
    pub fn kernel(&self, of: KernelOf) -> Option<(usize, &Kernel)> {
        let mut kernels = self.kernels.iter().enumerate();
        kernels.find(|(_, kernel)| kernel.of == of)
    }

    /// The matrix of the kernel at `index`, if it has one of its own.
    #[must_use]
    pub fn matrix(&self, index: usize) -> Option<&Arc<Matrix>> {
        match &self.kernels.get(index)?.entries {
            Entries::Matrix(matrix) => Some(matrix),
            Entries::Absent | Entries::Difference(_) => None,
        }
    }

    /// The matrix of the first kernel of this kind.
    #[must_use]
    pub fn matrix_of(&self, of: KernelOf) -> Option<&Arc<Matrix>> {
        self.matrix(self.kernel(of)?.0)
    }

    /// Whether the kernel at `index` is there.
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        match self.kernels.get(index).map(|kernel| &kernel.entries) {
            Some(Entries::Matrix(_)) => true,
            Some(Entries::Difference(of)) => {
                let [first, second] = of.map(|index| self.matrix(index).map(|m| m.rows()));
                first.is_some() && first == second
            }
            Some(Entries::Absent) | None => false,
        }
    }

    /// N, of the kernels that are there.
    #[must_use]
    pub fn rows_of_kernels(&self) -> usize {
        let mut there = (0..self.kernels.len()).filter_map(|index| self.matrix(index));
        there.next().map_or(0, |matrix| matrix.rows())
    }

    /// The scale of all matrices, and that of their differences, about zero.
    #[must_use]
    pub fn scales(&self) -> (Scale, Scale) {
        let there = (0..self.kernels.len()).filter_map(|index| self.matrix(index));
        let shared = Scale::shared(there.map(|matrix| matrix.range(self.looks.limits)));
        let reach = (shared.high - shared.low.min(0.0)) / 2.0;
        (shared, Scale::centred(self.reach.unwrap_or(reach)))
    }

    /// The scale of the kernel at `index`.
    #[must_use]
    pub fn scale(&self, index: usize) -> Scale {
        let (shared, centred) = self.scales();
        match self.kernels.get(index) {
            Some(kernel) if kernel.is_difference() => centred,
            _ if self.looks.each_its_own => {
                let own = self.matrix(index);
                Scale::shared(own.map(|matrix| matrix.range(self.looks.limits)))
            }
            _ => shared,
        }
    }

    /// An entry as it is, and in units of its matrix's root mean square; of a difference in these
    /// both times.
    #[must_use]
    pub fn value(&self, index: usize, cell: (usize, usize)) -> Option<(f32, f32)> {
        if let Entries::Difference([first, second]) = self.kernels.get(index)?.entries {
            let (_, a) = self.value(first, cell)?;
            let (_, b) = self.value(second, cell)?;
            return Some((a - b, a - b));
        }
        let matrix = self.matrix(index)?;
        let value = *matrix.entries().get([cell.0, cell.1])?;
        Some((value, value * matrix.unit()))
    }

    /// The entries of the kernel at `index` as a file has them, N×N: of a difference in units of the
    /// root mean square.
    #[must_use]
    pub fn entries(&self, index: usize) -> Option<Array2<f32>> {
        if !self.has(index) {
            return None;
        }
        if let Entries::Difference(of) = self.kernels.get(index)?.entries {
            let [a, b] = of.map(|index| self.matrix(index));
            let (a, b) = (a?, b?);
            let mut out = a.entries().mapv(|value| a.unit() * value);
            out.zip_mut_with(&b.entries(), |out, &value| *out -= b.unit() * value);
            return Some(out);
        }
        Some(self.matrix(index)?.entries().to_owned())
    }

    /// What the entries of [`Self::entries`] are multiplied by before they are coloured.
    #[must_use]
    pub fn factor(&self, index: usize) -> f32 {
        self.matrix(index).map_or(1.0, |matrix| matrix.unit())
    }

    /// How often the two images of a cell share a component of the prior's mixtures, by their size; `None` where
    /// the prior is not at hand, or has no mixtures.
    #[must_use]
    pub fn agreement(&self, (i, j): (usize, usize)) -> Option<Vec<Agreement>> {
        let indices = &self.images.indices;
        let prior = self.prior.as_ref()?;
        prior.agreement(*indices.get(i)?, *indices.get(j)?)
    }

    /// The checksum of the data that it is of, where that is known.
    #[must_use]
    pub fn checksum(&self) -> Option<&str> {
        self.made.data.as_ref().map(|(_, sum)| sum.as_str())
    }

    /// Has its network stand in the memory of `checkpoint`, which is the same one.
    pub fn keep_in(&mut self, checkpoint: &Arc<Checkpoint>) {
        if let (Some(network), Some(coder)) = (&mut self.network, Coder::kept(checkpoint)) {
            network.coder = Some(coder);
        }
    }

    /// The network itself, where it is at hand.
    #[must_use]
    pub fn coder(&self) -> Option<&Coder> {
        self.network.as_ref()?.coder.as_ref()
    }

    /// The steps of its network; 0 without one.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.network.as_ref().map_or(0, |network| network.step)
    }

    /// The row of this kind.
    #[must_use]
    pub fn row(&self, of: RowOf) -> Option<&Row> {
        self.rows.iter().find(|row| row.of == of)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
