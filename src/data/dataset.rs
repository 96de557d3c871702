//! The data set in memory: every image as bytes, gathered into floating-point rows on demand.
//!
//! Pixels stay bytes (a quarter of the memory of `f32`, and 70,000 digits fit easily); a
//! minibatch is written as numbers in [0, 1] straight from them.

use std::sync::Arc;

use ndarray::{Array2, ArrayViewMut2};

use crate::linalg::Real;

/// The size of an image in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImageShape {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
}

impl ImageShape {
    /// Pixels of an image, the d of Eq. 8.
    #[must_use]
    pub fn pixels(self) -> usize {
        self.height * self.width
    }
}

/// Images of one size, with labels if there are any.
#[derive(Clone)]
pub struct DataSet {
    name: Arc<str>,
    shape: ImageShape,
    pixels: Arc<[u8]>,
    labels: Option<Arc<[u8]>>,
    checksum: Arc<str>,
}

impl DataSet {
    /// Images from their parts, unchecked.
    #[doc(hidden)]
    #[must_use]
    pub fn from_parts(
        name: &str,
        shape: ImageShape,
        pixels: Vec<u8>,
        labels: Option<Vec<u8>>,
    ) -> Self {
        Self {
            name: name.into(),
            shape,
            pixels: pixels.into(),
            labels: labels.map(Into::into),
            checksum: "".into(),
        }
    }

    /// What the data are called in the window and in reports.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size of every image.
    #[must_use]
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// The number of images, n.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pixels.len() / self.shape.pixels()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// The class of each image, if the data are labelled.
    #[must_use]
    pub fn labels(&self) -> Option<&[u8]> {
        self.labels.as_deref()
    }

    /// SHA-256 of the selected images and labels, in hexadecimal.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The bytes of image `index`, row by row.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let d = self.shape.pixels();
        &self.pixels[index * d..][..d]
    }

    /// Writes the images `indices` into the rows of `out` (`indices.len()` × d), in [0, 1].
    pub fn gather<T: Real>(&self, indices: &[usize], mut out: ArrayViewMut2<'_, T>) {
        let scale = T::of(1.0 / 255.0);
        for (mut row, &index) in out.outer_iter_mut().zip(indices) {
            for (value, &byte) in row.iter_mut().zip(self.image(index)) {
                *value = T::of(f64::from(byte)) * scale;
            }
        }
    }

    /// The images `indices` as a new matrix, `indices.len()` × d, in [0, 1].
    #[must_use]
    pub fn rows<T: Real>(&self, indices: &[usize]) -> Array2<T> {
        let mut out = Array2::zeros((indices.len(), self.shape.pixels()));
        self.gather(indices, out.view_mut());
        out
    }
}
