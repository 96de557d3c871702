//! The held-out digits that the kernels on screen show.

use ndarray::Array2;

use crate::data::{DataSet, ImageShape};

/// Held-out digits in the order in which kernels show them: by class if there are labels.
pub struct ShownDigits {
    /// Indices in the data set.
    pub indices: Vec<usize>,
    /// Classes, ascending; `None` without labels.
    pub labels: Option<Vec<u8>>,
    /// Pixels, `indices.len()` × d, in [0, 1].
    pub pixels: Array2<f32>,
    /// The images' size.
    pub shape: ImageShape,
}

impl ShownDigits {
    /// The first `count` of the samples `from` (all, if there are fewer), sorted by class; within
    /// a class they keep their order.
    #[must_use]
    pub fn choose(data: &DataSet, from: &[usize], count: usize) -> Self {
        let mut indices = from[..count.min(from.len())].to_vec();
        let labels = data.labels().map(|labels| {
            indices.sort_by_key(|&index| labels[index]);
            indices.iter().map(|&index| labels[index]).collect()
        });
        Self {
            pixels: data.rows(&indices),
            labels,
            shape: data.shape(),
            indices,
        }
    }
}
