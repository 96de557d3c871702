//! How the kernels of an exhibit are looked at: sorted by class, as they come; in another order; or as means
//! over classes.
//!
//! A lens changes what the kernels' rows and columns are, and nothing about what they were made with. What is
//! seen through one is an exhibit again, and is shown, pointed at and saved as such.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use super::kernel::{Entries, Matrix};
use super::sorting::{By, Sorting};
use super::{Exhibit, Images, Kernel, KernelOf, numbers};

/// A way of looking at kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lens {
    /// Image by image, sorted by class where there are classes.
    #[default]
    Images,
    /// Image by image in another order.
    Sorted(By),
    /// Class by class: means.
    Classes,
}

impl Lens {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 5] = [
        Self::Images,
        Self::Sorted(By::File),
        Self::Sorted(By::Prior),
        Self::Sorted(By::Codes),
        Self::Classes,
    ];

    /// As a menu calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Images => "by class",
            Self::Sorted(By::File) => "as in the data",
            Self::Sorted(By::Prior) => "clusters of P",
            Self::Sorted(By::Codes) => "clusters of C",
            Self::Classes => "class means",
        }
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Images => "The images sorted by class: a class is a block on the diagonal.",
            Self::Sorted(By::File) => {
                "The images in the order of the data set, where no block helps the eye."
            }
            Self::Sorted(By::Prior) => {
                "Sorted by hierarchical clustering of P (average linkage): the groups that the prior sees, \
                 whatever the classes are."
            }
            Self::Sorted(By::Codes) => {
                "Sorted by hierarchical clustering of C as it is now (average linkage). The order stays while \
                 the network goes on, so that rows do not jump; choose it again for a new one."
            }
            Self::Classes => {
                "Means over the pairs of two classes: which classes P takes together, and which the network \
                 brings nearer or parts. A click on a cell opens its block."
            }
        }
    }

    /// Whether `exhibit` can be seen through it.
    #[must_use]
    pub fn is_there(self, exhibit: &Exhibit) -> bool {
        let of = |kernel| exhibit.matrix_of(kernel).is_some();
        let known = !exhibit.images.indices.is_empty();
        match self {
            Self::Images => true,
            Self::Classes => exhibit.has_classes(),
            Self::Sorted(By::File) => known,
            Self::Sorted(By::Prior) => known && of(KernelOf::Prior),
            Self::Sorted(By::Codes) => known && of(KernelOf::Codes),
        }
    }
}

impl Exhibit {
    /// The same with the kernels' images in another order; `None` if that is one of other images. What is the
    /// same as `before`, another exhibit and what it became in this order, is taken over from there.
    #[must_use]
    pub fn sorted(&self, order: &Sorting, before: Before<'_>) -> Option<Self> {
        let places = order.places(&self.images)?;
        let mut sorted = self.clone();
        for (index, kernel) in sorted.kernels.iter_mut().enumerate() {
            if let Entries::Matrix(matrix) = &kernel.entries {
                let known = taken_over(before, index, matrix);
                let moved = known.unwrap_or_else(|| Arc::new(permuted(matrix, &places)));
                kernel.entries = Entries::Matrix(moved);
            }
            if kernel.of != KernelOf::Difference {
                let (count, set) = (numbers::count(places.len()), self.images.set.name());
                kernel.caption = format!("{}{count} {set} images {}", so_far(kernel), order.told);
            }
        }
        sorted.images = match before {
            Some((of, became)) if Arc::ptr_eq(&of.images, &self.images) => {
                Arc::clone(&became.images)
            }
            _ => Arc::new(self.images_in(order, &places)),
        };
        sorted.stem = joined(&self.stem, order.by.stem());
        Some(sorted)
    }
}

impl Exhibit {
    /// Its images in another order.
    fn images_in(&self, order: &Sorting, places: &[usize]) -> Images {
        let images = &*self.images;
        let pick = |of: &[u8]| places.iter().map(|&at| of[at]).collect();
        let pixels = images.pixels.as_ref();
        Images {
            indices: order.indices.clone(),
            labels: images.labels.as_deref().map(pick),
            pixels: pixels.map(|pixels| Arc::new(pixels.select(Axis(0), places))),
            order: Some(order.told.clone()),
            tree: order.tree.clone(),
            ..images.clone()
        }
    }
}

/// An exhibit, and what it became through a lens.
pub type Before<'a> = Option<(&'a Exhibit, &'a Exhibit)>;

/// What the matrix at `index` became, if it was there before.
pub(super) fn taken_over(
    before: Before<'_>,
    index: usize,
    matrix: &Arc<Matrix>,
) -> Option<Arc<Matrix>> {
    let (of, became) = before?;
    let same = Arc::ptr_eq(of.matrix(index)?, matrix);
    same.then(|| became.matrix(index).cloned()).flatten()
}

/// How far a kernel has come that is still growing, as the beginning of a caption.
pub(super) fn so_far(kernel: &Kernel) -> String {
    kernel.growing.map_or_else(String::new, |(done, all)| {
        format!("{done} of {all} mixtures · ")
    })
}

/// A matrix with rows and columns in another order.
fn permuted(matrix: &Matrix, places: &[usize]) -> Matrix {
    let entries = matrix.entries();
    let n = places.len();
    let moved = Array2::from_shape_fn((n, n), |(i, j)| entries[[places[i], places[j]]]);
    Matrix::made_of(moved, matrix)
}

/// What a name of a file has in it, and more.
pub(super) fn joined(stem: &str, more: &str) -> String {
    if stem.is_empty() {
        more.to_owned()
    } else {
        format!("{stem}-{more}")
    }
}
