//! The images that kernels and rows are of.

use std::sync::Arc;

use ndarray::Array2;

use crate::data::{Collection, ImageShape};
use crate::training::{HeldOut, ShownDigits};

/// Held-out images in the order in which they are shown: by class if there are labels.
#[derive(Clone)]
pub struct Images {
    /// Which images they are some of.
    pub set: HeldOut,
    /// How many.
    pub count: usize,
    /// Their indices in the data set, where those are known; else none.
    pub indices: Vec<usize>,
    /// Their classes, ascending; `None` without labels.
    pub labels: Option<Vec<u8>>,
    /// Their pixels, N×d in [0, 1], where those are at hand.
    pub pixels: Option<Arc<Array2<f32>>>,
    /// Their size.
    pub shape: ImageShape,
    /// The collection that they are from, where the program knows it; it names the classes.
    pub collection: Option<Collection>,
}

impl Images {
    /// The digits on show of a run.
    #[must_use]
    pub fn of(shown: &ShownDigits) -> Self {
        Self {
            set: shown.set,
            count: shown.indices.len(),
            indices: shown.indices.clone(),
            labels: shown.labels.clone(),
            pixels: Some(Arc::new(shown.pixels.clone())),
            shape: shown.shape,
            collection: shown.collection,
        }
    }

    /// None, before they are known, of the usual size.
    #[must_use]
    pub fn none() -> Self {
        Self {
            set: HeldOut::default(),
            count: 0,
            indices: Vec::new(),
            labels: None,
            pixels: None,
            shape: ImageShape {
                height: 28,
                width: 28,
            },
            collection: None,
        }
    }

    /// `300 validation images, sorted by class`.
    #[must_use]
    pub fn describe(&self) -> String {
        let order = self.labels.as_ref().map_or("", |_| ", sorted by class");
        format!("{} {} images{order}", self.count, self.set.name())
    }
}
