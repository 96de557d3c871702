//! What every prior kernel can do: give any block of P, and multiply by P without building it.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::{Extension, Pck};
use crate::data::DataSet;

/// A kernel over the samples of one data set, addressed by the samples' indices in it.
///
/// P is never built whole. A minibatch asks for its k×k block (Section 3.1), a spectral method
/// for products with P.
pub trait PriorKernel: Send + Sync {
    /// Writes P[rows, columns] into `out` (`rows.len()` × `columns.len()`).
    fn block(&self, rows: &[usize], columns: &[usize], out: ArrayViewMut2<'_, f32>);

    /// Writes the symmetric block P[rows, rows] into `out`; may be faster than [`Self::block`].
    /// This is what a training step calls: it allocates nothing after its first call with a
    /// block of this size (`scratch` keeps the buffers).
    fn gram(&self, rows: &[usize], scratch: &mut Scratch, out: ArrayViewMut2<'_, f32>);

    /// P[rows, columns] · v for `v` of `columns.len()` × b, without the block in memory.
    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32>;

    /// The same for images that are not in the data set, as noisy digits are not:
    /// K(images, columns) · v. The rows of `images` (`rows.len()` × d) are versions of the samples
    /// `rows`; only a kernel of labels looks at those.
    fn multiply_images(
        &self,
        images: ArrayView2<'_, f32>,
        rows: &[usize],
        columns: &[usize],
        v: ArrayView2<'_, f32>,
    ) -> Array2<f32>;

    /// K(images, columns), of `images` (n×d) that nobody has a class of: n × `columns.len()`. `None` for a
    /// kernel that looks at nothing else.
    fn across(&self, _images: ArrayView2<'_, f32>, _columns: &[usize]) -> Option<Array2<f32>> {
        None
    }

    /// How often samples `i` and `j` share a component, for each number of components, ascending; for a
    /// kernel without mixtures there is no such thing.
    fn agreement(&self, _i: usize, _j: usize) -> Option<Vec<Agreement>> {
        None
    }

    /// The kernel as a sum over mixtures, if it is one.
    fn as_pck(&self) -> Option<&Pck> {
        None
    }

    /// The same function over the samples of `data`, the first of which are this kernel's samples
    /// `rows`, in that order; its images have the same size, and labels where this kernel's have.
    fn extend(&self, rows: &[usize], data: &Arc<DataSet>) -> Extension;
}

/// How often two samples share a component of the mixtures of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// g: components of these mixtures.
    pub components: usize,
    /// The mean over their starts q of `π_i(q, g)·π_j(q, g)`, from 0 to 1.
    pub share: f64,
}

/// Buffers that a kernel may keep between two calls of [`PriorKernel::gram`].
#[derive(Default)]
pub struct Scratch {
    /// Floating-point workspace.
    pub floats: Vec<f32>,
    /// Byte workspace.
    pub bytes: Vec<u8>,
    /// Indices.
    pub integers: Vec<u32>,
}
