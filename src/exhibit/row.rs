//! Rows of images: the originals, and what was made of them.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use crate::experiment::method::Method;

/// Which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowOf {
    /// The images as they are.
    Original,
    /// What a network makes of them.
    Reconstruction,
    /// What a method makes of them with noise.
    Denoised(Method),
}

impl RowOf {
    /// Whether an error stands under each of its images.
    #[must_use]
    pub fn has_errors(self) -> bool {
        matches!(self, Self::Denoised(_))
    }

    /// Whether a network makes it.
    #[must_use]
    pub fn is_learned(self) -> bool {
        match self {
            Self::Original => false,
            Self::Reconstruction => true,
            Self::Denoised(method) => method.is_learned(),
        }
    }
}

/// A row of images.
#[derive(Clone)]
pub struct Row {
    /// Which.
    pub of: RowOf,
    /// What stands beside it.
    pub name: String,
    /// What it is, in a sentence or two; empty for what needs none.
    pub about: String,
    /// A figure that belongs to it, or why there is none.
    pub figure: String,
    /// The images, D×d; `None` until they are there.
    pub images: Option<Arc<Array2<f32>>>,
    /// Mean squared error over all images that were taken, of which these are some.
    pub error: Option<f64>,
    /// Mean squared error of each image, where it has one.
    pub each: Vec<f64>,
    /// The steps of the network that it was made by, if it is older than what stands beside it.
    pub step: Option<u64>,
    /// What appears in its place, as long as it is not there; rows in a row that say the same say it
    /// once.
    pub absent: &'static str,
}

impl Row {
    /// A row without a figure.
    #[must_use]
    pub fn new(of: RowOf, name: impl Into<String>, images: Option<Arc<Array2<f32>>>) -> Self {
        Self {
            of,
            name: name.into(),
            about: String::new(),
            figure: String::new(),
            images,
            error: None,
            each: Vec::new(),
            step: None,
            absent: "",
        }
    }
}

/// Mean squared error of each of `images` (D×d) to the `clean` ones.
#[must_use]
pub fn each_error(images: ArrayView2<'_, f32>, clean: ArrayView2<'_, f32>) -> Vec<f64> {
    let rows = images.outer_iter().zip(clean.outer_iter());
    rows.map(|(image, clean)| {
        let squares = image
            .iter()
            .zip(clean)
            .map(|(a, b)| f64::from(a - b).powi(2));
        squares.sum::<f64>() / clean.len().max(1) as f64
    })
    .collect()
}
