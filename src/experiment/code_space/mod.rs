//! The code space at work: what classification and clustering make of the codes (which the paper
//! leaves to future work), beside other representations of the same samples at the same dimension.
//!
//! | space | what represents a sample |
//! |---|---|
//! | pixels | its d pixels, as they are |
//! | linear PCA | its scores on m principal axes of the pixels |
//! | kPCA | its scores on m components of P, by Nyström for held-out samples (Section 4.3) |
//! | `K_AE` codes | the codes of the plain autoencoder (λ = 0, the same seed) |
//! | dkAE codes | the codes |
//!
//! m is Nc, or as many components as Fig. 5 takes if that is less; codes of more units are then
//! represented by their m leading principal components.
//!
//! Each space is judged in three ways, on test samples:
//!
//! - the accuracy of the k nearest neighbours, k chosen on validation samples ([`KS`]);
//! - the accuracy of a linear classifier by least squares, its ridge chosen there too
//!   ([`RIDGES`]);
//! - the normalised mutual information of classes and clusters: k-means with as many clusters as
//!   classes on training samples, without labels, and test samples at the nearest centre.
//!
//! Everything is fitted on training samples. No space knows a label, unless the prior is the ideal
//! kernel.

pub mod clusters;
pub mod linear;
pub mod neighbours;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use self::clusters::{k_means, normalised_mutual_information};
use self::linear::LeastSquares;
use self::neighbours::nearest_classes;
use super::fig5::codes;
use super::findings::Findings;
use super::plan::Plan;
use super::statistics::{Paired, Summary};
use crate::baseline::{BaselineError, Kpca, Pca};
use crate::data::{DataSet, Split};
use crate::kernel::PriorKernel;
use crate::model::Autoencoder;

/// Numbers of neighbours that are tried on validation samples.
pub const KS: [usize; 6] = [1, 3, 5, 7, 11, 15];

/// Ridges that are tried on validation samples, in shares of the mean eigenvalue of `XᵀX`.
pub const RIDGES: [f64; 7] = [10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6];

/// Starts of k-means.
const STARTS: usize = 10;

/// A representation of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// As they are.
    Pixels,
    /// Scores on the principal axes of the pixels.
    LinearPca,
    /// Scores on the components of P.
    Kpca,
    /// Codes of the plain autoencoder.
    PlainCodes,
    /// Codes of the dkAE.
    Codes,
}

impl Space {
    /// All, in the order of the table's rows.
    pub const ALL: [Self; 5] = [
        Self::Pixels,
        Self::LinearPca,
        Self::Kpca,
        Self::PlainCodes,
        Self::Codes,
    ];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::LinearPca => "linear PCA",
            Self::Kpca => "kPCA",
            Self::PlainCodes => "K_AE codes (λ = 0)",
            Self::Codes => "dkAE codes",
        }
    }

    /// The name in `report.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::LinearPca => "linear_pca",
            Self::Kpca => "kpca",
            Self::PlainCodes => "k_ae",
            Self::Codes => "dkae",
        }
    }
}

/// What came of one space.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceFigures {
    /// Which.
    pub space: Space,
    /// Numbers that represent a sample.
    pub dimension: usize,
    /// Share of the test samples that the nearest neighbours classify rightly.
    pub neighbours: f64,
    /// How many neighbours.
    pub k: usize,
    /// Share of the test samples that the linear classifier classifies rightly.
    pub linear: f64,
    /// Its ridge, in shares of the mean eigenvalue of `XᵀX`.
    pub ridge: f64,
    /// Normalised mutual information of clusters and classes on test samples, from 0 to 1.
    pub nmi: f64,
}

/// What came of all spaces under a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeSpaceFigures {
    /// The seed.
    pub seed: u64,
    /// Training, validation and test samples.
    pub samples: [usize; 3],
    /// In the order of [`Space::ALL`].
    pub spaces: Vec<SpaceFigures>,
    /// Wall time, in seconds.
    pub seconds: f64,
}

/// What the spaces of a seed are made of.
pub struct Spaces<'a> {
    /// The samples; they have labels.
    pub data: &'a DataSet,
    /// Their split.
    pub split: &'a Split,
    /// P over them.
    pub prior: &'a dyn PriorKernel,
    /// The plain autoencoder.
    pub plain: &'a Autoencoder<f32>,
    /// The dkAE.
    pub dkae: &'a Autoencoder<f32>,
    /// The seed.
    pub seed: u64,
}

/// Training, validation and test samples in a space, n×D each.
type Parts = [Array2<f32>; 3];

/// The figures of all spaces, of `dimension` numbers each (pixels apart), fewer where there are
/// no more.
///
/// # Errors
///
/// [`BaselineError`], also when `cancel` says so.
///
/// # Panics
///
/// If the data have no labels.
pub fn code_space(
    subject: &Spaces<'_>,
    dimension: usize,
    cancel: &dyn Fn() -> bool,
) -> Result<CodeSpaceFigures, BaselineError> {
    let labels = subject.data.labels().expect("the samples have labels");
    let parts = parts(subject);
    let labels = parts.map(|part| part.iter().map(|&index| labels[index]).collect::<Vec<u8>>());
    let mut spaces = Vec::new();
    for space in Space::ALL {
        let samples = represent(subject, space, dimension, cancel)?;
        let labels = [&labels[0][..], &labels[1], &labels[2]];
        spaces.push(judge(space, &samples, labels, subject.seed, cancel)?);
    }
    Ok(CodeSpaceFigures {
        seed: subject.seed,
        samples: parts.map(<[usize]>::len),
        spaces,
        seconds: 0.0,
    })
}

fn parts<'a>(subject: &Spaces<'a>) -> [&'a [usize]; 3] {
    let split = subject.split;
    [&split.training, &split.validation, &split.test]
}

/// The samples in `space`.
fn represent(
    subject: &Spaces<'_>,
    space: Space,
    dimension: usize,
    cancel: &dyn Fn() -> bool,
) -> Result<Parts, BaselineError> {
    let (data, parts) = (subject.data, parts(subject));
    let leading = |rows: Parts| -> Result<Parts, BaselineError> {
        let pca = Pca::fit(rows[0].view(), dimension, subject.seed, cancel)?;
        Ok(rows.map(|rows| pca.project(rows.view())))
    };
    let codes = |network: &Autoencoder<f32>| -> Result<Parts, BaselineError> {
        let codes = parts.map(|part| codes(network, data, part));
        if codes[0].ncols() > dimension {
            leading(codes)
        } else {
            Ok(codes)
        }
    };
    let pixels = || parts.map(|part| data.rows::<f32>(part));
    match space {
        Space::Pixels => Ok(pixels()),
        Space::LinearPca => leading(pixels()),
        Space::Kpca => {
            let (prior, seed) = (subject.prior, subject.seed);
            let kpca = Kpca::fit(prior, parts[0], dimension, seed, cancel)?;
            let [_, validation, test] = parts;
            let scores = |part| kpca.scores(prior, part);
            Ok([kpca.training_scores(), scores(validation), scores(test)])
        }
        Space::PlainCodes => codes(subject.plain),
        Space::Codes => codes(subject.dkae),
    }
}

/// What classification and clustering make of `samples` with these labels.
fn judge(
    space: Space,
    samples: &Parts,
    labels: [&[u8]; 3],
    seed: u64,
    cancel: &dyn Fn() -> bool,
) -> Result<SpaceFigures, BaselineError> {
    let parts = samples.each_ref().map(|part| part.view());
    let (k, neighbours) = by_neighbours(parts, labels);
    if cancel() {
        return Err(BaselineError::Cancelled);
    }
    let (ridge, linear) = by_line(parts, labels);
    let [training, _, test] = parts;
    let mut classes = labels[0].to_vec();
    classes.sort_unstable();
    classes.dedup();
    let clusters = k_means(training, classes.len(), STARTS, seed, cancel)?;
    Ok(SpaceFigures {
        space,
        dimension: training.ncols(),
        neighbours,
        k,
        linear,
        ridge,
        nmi: normalised_mutual_information(&clusters.assign(test), labels[2]),
    })
}

/// k with the best accuracy on validation samples (the smallest of several), and its accuracy on
/// test samples.
fn by_neighbours(
    [training, validation, test]: [ArrayView2<'_, f32>; 3],
    labels: [&[u8]; 3],
) -> (usize, f64) {
    let found = nearest_classes(training, labels[0], validation, &KS);
    let right: Vec<f64> = found.iter().map(|f| accuracy(f, labels[1])).collect();
    let k = KS[first_best(&right)];
    let found = nearest_classes(training, labels[0], test, &[k]);
    (k, accuracy(&found[0], labels[2]))
}

/// The ridge with the best accuracy on validation samples (the largest of several), and its
/// accuracy on test samples; rows that are not finite tell nothing.
fn by_line(
    [training, validation, test]: [ArrayView2<'_, f32>; 3],
    labels: [&[u8]; 3],
) -> (f64, f64) {
    let sums = LeastSquares::new(training, labels[0]);
    // Where all rows are the same any ridge will do.
    let scale = sums.scale().max(f64::MIN_POSITIVE);
    let lines: Vec<_> = RIDGES
        .into_iter()
        .filter_map(|ridge| Some((ridge, sums.solve(ridge * scale).ok()?)))
        .collect();
    let right = |(_, line): &(f64, linear::Linear)| accuracy(&line.classes(validation), labels[1]);
    let right: Vec<f64> = lines.iter().map(right).collect();
    let best = lines.get(first_best(&right));
    best.map_or((RIDGES[0], 0.0), |(ridge, line)| {
        (*ridge, accuracy(&line.classes(test), labels[2]))
    })
}

/// The index of the first of the largest values; 0 without any.
fn first_best(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// The share of `found` that is as in `labels`.
fn accuracy(found: &[u8], labels: &[u8]) -> f64 {
    let right = found.iter().zip(labels).filter(|(a, b)| a == b).count();
    right as f64 / labels.len().max(1) as f64
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The space.
    pub space: Space,
    /// Numbers that represent a sample: the fewest and the most of all seeds.
    pub dimension: [usize; 2],
    /// In the order of [`Measure::ALL`].
    pub figures: [Summary; 3],
}

/// What a space is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The accuracy of the nearest neighbours.
    Neighbours,
    /// The accuracy of the linear classifier.
    Linear,
    /// The normalised mutual information of clusters and classes.
    Nmi,
}

impl Measure {
    /// All, in the order of the table's columns.
    pub const ALL: [Self; 3] = [Self::Neighbours, Self::Linear, Self::Nmi];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Neighbours => "k nearest neighbours",
            Self::Linear => "linear classifier",
            Self::Nmi => "k-means, NMI",
        }
    }

    /// The name in `report.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Neighbours => "neighbours",
            Self::Linear => "linear",
            Self::Nmi => "nmi",
        }
    }

    /// Its value.
    #[must_use]
    pub fn of(self, figures: &SpaceFigures) -> f64 {
        match self {
            Self::Neighbours => figures.neighbours,
            Self::Linear => figures.linear,
            Self::Nmi => figures.nmi,
        }
    }
}

/// The table over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The seeds.
    pub seeds: Vec<u64>,
    /// In the order of [`Space::ALL`].
    pub rows: Vec<Row>,
    /// The dkAE's codes minus each other space, paired by seed, in the order of [`Measure::ALL`].
    pub paired: Vec<(Space, [Paired; 3])>,
}

/// The table, if a seed has it.
#[must_use]
pub fn table(plan: &Plan, findings: &Findings) -> Option<Table> {
    let (seeds, overlap) = (plan.seeds.iter(), findings.overlap(plan));
    let found: Vec<&CodeSpaceFigures> = seeds
        .filter_map(|&seed| Some(&**findings.code_space(seed)?))
        .collect();
    let values = |space: Space, measure: Measure| -> Option<Vec<f64>> {
        let of =
            |f: &&CodeSpaceFigures| Some(measure.of(f.spaces.iter().find(|s| s.space == space)?));
        found.iter().map(of).collect()
    };
    let row = |space: Space| {
        let [first, second, third] = Measure::ALL;
        let summary = |measure| Summary::of(values(space, measure)?);
        let sizes = found
            .iter()
            .flat_map(|f| &f.spaces)
            .filter(|s| s.space == space);
        let sizes: Vec<usize> = sizes.map(|s| s.dimension).collect();
        Some(Row {
            space,
            dimension: [*sizes.iter().min()?, *sizes.iter().max()?],
            figures: [summary(first)?, summary(second)?, summary(third)?],
        })
    };
    let paired = |space: Space| {
        let [first, second, third] = Measure::ALL;
        let minus = |measure| {
            let (codes, other) = (values(Space::Codes, measure)?, values(space, measure)?);
            Paired::of(&codes, &other, overlap)
        };
        Some((space, [minus(first)?, minus(second)?, minus(third)?]))
    };
    let others = Space::ALL
        .into_iter()
        .filter(|&space| space != Space::Codes);
    (!found.is_empty()).then(|| Table {
        seeds: found.iter().map(|f| f.seed).collect(),
        rows: Space::ALL.into_iter().filter_map(row).collect(),
        paired: others.filter_map(paired).collect(),
    })
}

#[cfg(test)]
mod tests;
