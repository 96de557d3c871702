//! The held-out digits that the kernels on screen show.
//!
//! Whoever turns λ, Nc or m and looks what comes of it chooses by these digits. So the window
//! shows *validation* digits, and test digits are left for what is said once, at the end.

use ndarray::Array2;

use serde::{Deserialize, Serialize};

use crate::data::{Collection, DataSet, ImageShape, Split};

/// Digits that nothing is fitted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOut {
    /// Those that settings may be chosen by.
    #[default]
    Validation,
    /// Those that no setting is chosen by.
    Test,
}

impl HeldOut {
    /// The name as it is shown, in small letters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }

    /// The samples' indices in the data set, in the order of the split.
    #[must_use]
    pub fn of(self, split: &Split) -> &[usize] {
        match self {
            Self::Validation => &split.validation,
            Self::Test => &split.test,
        }
    }
}

/// Held-out digits in the order in which kernels show them: by class if there are labels.
pub struct ShownDigits {
    /// Which digits they are some of.
    pub set: HeldOut,
    /// Indices in the data set.
    pub indices: Vec<usize>,
    /// Classes, ascending; `None` without labels.
    pub labels: Option<Vec<u8>>,
    /// Pixels, `indices.len()` × d, in [0, 1].
    pub pixels: Array2<f32>,
    /// The images' size.
    pub shape: ImageShape,
    /// The collection that they are from, where the program knows it; it names the classes.
    pub collection: Option<Collection>,
}

impl ShownDigits {
    /// Whether these and `others`, of the same data, are the same digits.
    #[must_use]
    pub fn are(&self, others: &Self) -> bool {
        std::ptr::eq(self, others) || (self.set == others.set && self.indices == others.indices)
    }

    /// The first `count` of the samples of `set` (all, if there are fewer), sorted by class; within
    /// a class they keep their order.
    #[must_use]
    pub fn choose(data: &DataSet, split: &Split, set: HeldOut, count: usize) -> Self {
        let from = set.of(split);
        let mut indices = from[..count.min(from.len())].to_vec();
        let labels = data.labels().map(|labels| {
            indices.sort_by_key(|&index| labels[index]);
            indices.iter().map(|&index| labels[index]).collect()
        });
        Self {
            set,
            pixels: data.rows(&indices),
            labels,
            shape: data.shape(),
            collection: data.collection(),
            indices,
        }
    }
}
