//! The data set in memory: every image as bytes, gathered into floating-point rows on demand.
//!
//! Pixels stay bytes (a quarter of the memory of `f32`, and 70,000 digits fit easily); a
//! minibatch is written as numbers in [0, 1] straight from them. A data set is an order over the
//! images of its source, so that choosing other samples or classes copies no pixel.

use std::sync::{Arc, OnceLock};

use multiversion::multiversion;
use ndarray::{Array2, ArrayViewMut2};
use sha2::{Digest, Sha256};

use super::collection::Collection;
use super::error::DataError;
use crate::linalg::Real;

/// The classes that the program can tell apart, 0 to 9.
pub const CLASSES: usize = 10;

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
    /// What the images are of, where that is known.
    collection: Option<Collection>,
    shape: ImageShape,
    /// All images of the source, row by row; shared with it.
    pixels: Arc<Vec<u8>>,
    /// Which of them are in the data set, in its order.
    order: Arc<[u32]>,
    /// Labels in the data set's order.
    labels: Option<Arc<[u8]>>,
    /// Computed when it is first asked for.
    checksum: Arc<OnceLock<String>>,
}

impl DataSet {
    /// A data set of all images in `pixels` (images one after the other, each row by row), with a
    /// label from 0 to 9 for each if there are any.
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyImages`], [`DataError::PartialImage`], [`DataError::CountMismatch`] or
    /// [`DataError::LabelOutOfRange`] where `shape`, `pixels` and `labels` do not go together, and
    /// [`DataError::TooLarge`] for more than 2³² − 1 images.
    pub fn new(
        name: &str,
        shape: ImageShape,
        pixels: Vec<u8>,
        labels: Option<Vec<u8>>,
    ) -> Result<Self, DataError> {
        let count = check_pixels(name, shape, pixels.len())?;
        if let Some(labels) = &labels {
            check_labels(name, count, name, labels)?;
        }
        let order = (0..count).collect();
        Ok(Self::view(
            name.into(),
            shape,
            Arc::new(pixels),
            order,
            labels.map(Arc::from),
        ))
    }

    /// The images `order` of checked `pixels`, with their labels in the same order.
    pub(super) fn view(
        name: Arc<str>,
        shape: ImageShape,
        pixels: Arc<Vec<u8>>,
        order: Arc<[u32]>,
        labels: Option<Arc<[u8]>>,
    ) -> Self {
        Self {
            name,
            collection: None,
            shape,
            pixels,
            order,
            labels,
            checksum: Arc::default(),
        }
    }

    /// The same images, said to be of `collection`.
    pub(super) fn of_collection(mut self, collection: Option<Collection>) -> Self {
        self.collection = collection;
        self
    }

    /// The collection that the images are from, where the program knows it.
    #[must_use]
    pub fn collection(&self) -> Option<Collection> {
        self.collection
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
        self.order.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The class of each image, from 0 to 9, if the data are labelled.
    #[must_use]
    pub fn labels(&self) -> Option<&[u8]> {
        self.labels.as_deref()
    }

    /// How many images each class has; zeros for data without labels.
    #[must_use]
    pub fn class_counts(&self) -> [usize; CLASSES] {
        count_classes(self.labels().unwrap_or_default())
    }

    /// The classes that have images, ascending; none for data without labels.
    #[must_use]
    pub fn classes(&self) -> Vec<u8> {
        present(&self.class_counts())
    }

    /// SHA-256, in hexadecimal, of the images' bytes in their order, followed by the labels'.
    #[must_use]
    pub fn checksum(&self) -> &str {
        self.checksum.get_or_init(|| {
            let mut hash = Sha256::new();
            for index in 0..self.len() {
                hash.update(self.image(index));
            }
            hash.update(self.labels().unwrap_or_default());
            super::hexadecimal(&hash.finalize())
        })
    }

    /// The checksum, if somebody has asked for it before.
    #[must_use]
    pub fn known_checksum(&self) -> Option<&str> {
        self.checksum.get().map(String::as_str)
    }

    /// The bytes of image `index`, row by row.
    ///
    /// # Panics
    ///
    /// If there is no such image.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let d = self.shape.pixels();
        &self.pixels[self.order[index] as usize * d..][..d]
    }

    /// Writes the images `indices` into the rows of `out` (`indices.len()` × d), in [0, 1].
    ///
    /// # Panics
    ///
    /// If there is no such image, or `out` has another shape.
    pub fn gather<T: Real>(&self, indices: &[usize], mut out: ArrayViewMut2<'_, T>) {
        assert_eq!(
            out.dim(),
            (indices.len(), self.shape.pixels()),
            "a row for each image"
        );
        for (mut row, &index) in out.outer_iter_mut().zip(indices) {
            let image = self.image(index);
            if let Some(slice) = row.as_slice_mut() {
                write_unit(image, slice);
            } else {
                row.iter_mut()
                    .zip(image)
                    .for_each(|(value, &byte)| *value = unit(byte));
            }
        }
    }

    /// The images `indices` as a new matrix, `indices.len()` × d, in [0, 1].
    ///
    /// # Panics
    ///
    /// If there is no such image.
    #[must_use]
    pub fn rows<T: Real>(&self, indices: &[usize]) -> Array2<T> {
        let mut out = Array2::zeros((indices.len(), self.shape.pixels()));
        self.gather(indices, out.view_mut());
        out
    }
}

/// A pixel as a number from 0 to 1; 255 is exactly 1.
#[inline(always)]
fn unit<T: Real>(byte: u8) -> T {
    T::from_u8(byte).unwrap_or_else(T::zero) * T::of(1.0 / 255.0)
}

/// Writes `bytes` as numbers in [0, 1].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn write_unit<T: Real>(bytes: &[u8], out: &mut [T]) {
    for (value, &byte) in out.iter_mut().zip(bytes) {
        *value = unit(byte);
    }
}

/// The number of images that `pixels` bytes make.
pub(super) fn check_pixels(file: &str, shape: ImageShape, pixels: usize) -> Result<u32, DataError> {
    let ImageShape { height, width } = shape;
    let file = || file.to_owned();
    if height == 0 || width == 0 {
        let (height, width) = (height as u64, width as u64);
        return Err(DataError::EmptyImages {
            file: file(),
            height,
            width,
        });
    }
    if height
        .checked_mul(width)
        .is_none_or(|d| !pixels.is_multiple_of(d))
    {
        return Err(DataError::PartialImage {
            file: file(),
            pixels,
            height,
            width,
        });
    }
    u32::try_from(pixels / shape.pixels()).map_err(|_| DataError::TooLarge {
        file: file(),
        needed: pixels as u128,
        available: u64::from(u32::MAX) * shape.pixels() as u64,
    })
}

/// Checks that there is a label from 0 to 9 for each image.
pub(super) fn check_labels(
    images: &str,
    image_count: u32,
    labels: &str,
    values: &[u8],
) -> Result<(), DataError> {
    if values.len() != image_count as usize {
        return Err(DataError::CountMismatch {
            images: images.to_owned(),
            image_count: image_count as usize,
            labels: labels.to_owned(),
            label_count: values.len(),
        });
    }
    match values
        .iter()
        .position(|&label| usize::from(label) >= CLASSES)
    {
        Some(index) => {
            let label = values[index];
            Err(DataError::LabelOutOfRange {
                file: labels.to_owned(),
                index,
                label,
            })
        }
        None => Ok(()),
    }
}

/// How many of the labels, all below 10, are of each class.
pub(super) fn count_classes(labels: &[u8]) -> [usize; CLASSES] {
    let mut counts = [0; CLASSES];
    for &label in labels {
        counts[usize::from(label)] += 1;
    }
    counts
}

/// The classes with samples, ascending.
pub(super) fn present(counts: &[usize; CLASSES]) -> Vec<u8> {
    (0_u8..)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(class, _)| class)
        .collect()
}

#[cfg(test)]
mod tests;
