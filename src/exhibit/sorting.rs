//! Orders of a kernel's rows and columns other than by class: that of the file, or hierarchical clustering of
//! the kernel itself, which shows groups that nobody named.
//!
//! Clusters are merged by average linkage (Sokal and Michener 1958) of the distances in the kernel's feature
//! space, `d_ij² = κ_ii + κ_jj − 2 κ_ij`, and stand in the order of the dendrogram's leaves; of two branches the
//! one that was there first comes first, as in `leaves_list` of `scipy.cluster.hierarchy`.

use std::sync::{Arc, Weak};

use kodama::{Method, linkage};
use ndarray::ArrayView2;

use super::dendrogram::Dendrogram;
use super::{Exhibit, Images, KernelOf, Matrix, numbers};

/// What images are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Their place in the data set.
    File,
    /// The clusters of P.
    Prior,
    /// The clusters of C.
    Codes,
}

impl By {
    /// `clustered by C`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::File => "in the order of the data",
            Self::Prior => "clustered by P",
            Self::Codes => "clustered by C",
        }
    }

    /// What names of files have in them.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Self::File => "by-file",
            Self::Prior => "by-p",
            Self::Codes => "by-c",
        }
    }
}

/// One merge of two clusters. The first N clusters are the images, cluster N + k is merge k.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// The two clusters; the first has the smaller number.
    pub clusters: [usize; 2],
    /// The mean distance between their images.
    pub height: f32,
}

/// The hierarchical clustering of some images.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// From the nearest pair to the last two clusters: one less than there are images.
    pub merges: Vec<Merge>,
    /// The images from left to right.
    pub leaves: Vec<usize>,
}

impl Tree {
    /// The clusters of the images of a `kernel` (N×N).
    #[must_use]
    pub fn of(kernel: ArrayView2<'_, f32>) -> Self {
        let n = kernel.nrows();
        let mut distances = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for i in 0..n {
            for j in i + 1..n {
                let square = kernel[[i, i]] + kernel[[j, j]] - 2.0 * kernel[[i, j]];
                // What is not finite is as far as can be; rounding may go below zero.
                let square = if square.is_finite() {
                    square.max(0.0)
                } else {
                    f32::MAX
                };
                distances.push(square.sqrt());
            }
        }
        let dendrogram = linkage(&mut distances, n, Method::Average);
        let merges = dendrogram.steps().iter().map(|step| Merge {
            clusters: [step.cluster1, step.cluster2],
            height: step.dissimilarity,
        });
        let merges: Vec<Merge> = merges.collect();
        Self {
            leaves: leaves(n, &merges),
            merges,
        }
    }
}

/// The images below the last merge from left to right.
fn leaves(n: usize, merges: &[Merge]) -> Vec<usize> {
    let mut leaves = Vec::with_capacity(n);
    let mut below = match merges.len() {
        0 => (0..n).rev().collect(),
        merges => vec![n + merges - 1],
    };
    while let Some(cluster) = below.pop() {
        match cluster.checked_sub(n).and_then(|merge| merges.get(merge)) {
            Some(Merge {
                clusters: [first, second],
                ..
            }) => below.extend([*second, *first]),
            None => leaves.push(cluster),
        }
    }
    leaves
}

/// An order of images.
#[derive(Clone, Debug)]
pub struct Sorting {
    /// What they are sorted by.
    pub by: By,
    /// What it is, and of which network: `clustered by C (λ = 0.1, Nc = 128, step 1,000)`.
    pub told: String,
    /// Their indices in the data set, in this order.
    pub indices: Vec<usize>,
    /// The tree, where they are sorted by clusters.
    pub tree: Option<Arc<Dendrogram>>,
    /// The checksum of the data set.
    data: Option<String>,
    /// P, where it is clustered.
    prior: Option<Weak<Matrix>>,
}

impl Sorting {
    /// An order of the images of `exhibit`; `None` where what it is by is not there.
    #[must_use]
    pub fn of(exhibit: &Exhibit, by: By) -> Option<Self> {
        let indices = &exhibit.images.indices;
        let with_tree = |(sorted, tree)| (sorted, Some(tree));
        let sorted = |of: KernelOf| {
            let matrix = exhibit
                .matrix_of(of)
                .filter(|matrix| matrix.rows() == indices.len())?;
            let tree = Dendrogram::of(Tree::of(matrix.entries()));
            let sorted = tree.leaves.iter().map(|&at| indices[at]).collect();
            Some((sorted, Arc::new(tree)))
        };
        let (indices, tree) = match by {
            By::File => {
                let mut ascending: Vec<usize> = indices.clone();
                ascending.sort_unstable();
                Some((ascending, None)).filter(|(some, _)| !some.is_empty())
            }
            By::Prior => sorted(KernelOf::Prior).map(with_tree),
            By::Codes => sorted(KernelOf::Codes).map(with_tree),
        }?;
        let prior = exhibit.matrix_of(KernelOf::Prior);
        let prior = prior.filter(|_| by == By::Prior).map(Arc::downgrade);
        let of = exhibit.network.as_ref().filter(|_| by == By::Codes);
        let of = of.map_or_else(String::new, |network| {
            let (lambda, units) = (numbers::lambda(network.lambda), network.codes.ncols());
            let step = numbers::count(network.step as usize);
            format!(" (λ = {lambda}, Nc = {units}, step {step})")
        });
        Some(Self {
            by,
            told: format!("{}{of}", by.describe()),
            indices,
            tree,
            data: exhibit.checksum().map(str::to_owned),
            prior,
        })
    }

    /// Whether it still is an order of the images of `exhibit`. One by P is of that P alone; one by C stays,
    /// and says of which network it is.
    #[must_use]
    pub fn is_of(&self, exhibit: &Exhibit) -> bool {
        let images = &exhibit.images;
        let same_prior = self.prior.as_ref().is_none_or(|prior| {
            let now = exhibit.matrix_of(KernelOf::Prior).map(Arc::as_ptr);
            now == Some(prior.as_ptr())
        });
        if !same_prior || self.data.as_deref() != exhibit.checksum() {
            return false;
        }
        let sorted = |indices: &[usize]| {
            let mut sorted = indices.to_vec();
            sorted.sort_unstable();
            sorted
        };
        self.indices.len() == images.indices.len()
            && sorted(&self.indices) == sorted(&images.indices)
    }

    /// The place of each of `images` in their own order; `None` if it is one of other images.
    pub(super) fn places(&self, images: &Images) -> Option<Vec<usize>> {
        let of: std::collections::HashMap<usize, usize> = images
            .indices
            .iter()
            .enumerate()
            .map(|(at, &index)| (index, at))
            .collect();
        if of.len() != self.indices.len() {
            return None;
        }
        self.indices
            .iter()
            .map(|index| of.get(index).copied())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        kernel: Vec<Vec<f32>>,
        merges: Vec<[f32; 4]>,
        leaves: Vec<usize>,
    }

    #[test]
    fn clusters_and_their_order_are_those_of_scipy() {
        let wanted: Reference =
            serde_json::from_str(include_str!("../../tests/reference/linkage.json")).unwrap();
        let n = wanted.kernel.len();
        let kernel = Array2::from_shape_fn((n, n), |(i, j)| wanted.kernel[i][j]);
        let tree = Tree::of(kernel.view());
        assert_eq!(tree.leaves, wanted.leaves);
        assert_eq!(tree.merges.len(), n - 1);
        for (merge, [first, second, height, _]) in tree.merges.iter().zip(wanted.merges) {
            assert_eq!(merge.clusters.map(|c| c as f32), [first, second]);
            assert!(
                (merge.height - height).abs() < 1e-4,
                "{} {height}",
                merge.height
            );
        }
    }

    #[test]
    fn few_images_have_an_order_too() {
        for n in 0..3 {
            let tree = Tree::of(Array2::eye(n).view());
            assert_eq!(tree.leaves, (0..n).collect::<Vec<_>>());
        }
        // Not a number anywhere: every image is there once all the same.
        let mut kernel = Array2::<f32>::eye(5);
        kernel[[1, 3]] = f32::NAN;
        let mut leaves = Tree::of(kernel.view()).leaves;
        leaves.sort_unstable();
        assert_eq!(leaves, [0, 1, 2, 3, 4]);
    }
}
