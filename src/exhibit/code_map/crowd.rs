//! The images of a map.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1};

use crate::data::{Collection, DataSet, ImageShape, Split, class_text};
use crate::exhibit::{Images, numbers};

/// Images of a map at the most; of more an even share is taken.
const MOST: usize = 20_000;

/// Which images a map has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Which {
    /// Those of the kernels.
    #[default]
    Shown,
    /// All that settings may be chosen by.
    Validation,
    /// All that the network learns from.
    Training,
}

impl Which {
    /// All, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Shown, Self::Validation, Self::Training];

    /// As a menu calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shown => "Those of the kernels",
            Self::Validation => "All validation images",
            Self::Training => "All training images",
        }
    }
}

/// The images of a map, in its order.
#[derive(Clone)]
pub struct Crowd {
    /// Which they are.
    pub which: Which,
    /// Their indices in the data set.
    pub indices: Vec<usize>,
    /// Their classes; `None` without labels.
    pub labels: Option<Vec<u8>>,
    /// Their size.
    pub shape: ImageShape,
    /// The collection that they are from, where the program knows it.
    pub collection: Option<Collection>,
    /// What they are, in words: `300 validation images`.
    pub told: String,
    pixels: Pixels,
}

/// Where their pixels are.
#[derive(Clone)]
enum Pixels {
    Rows(Option<Arc<Array2<f32>>>),
    Data(Arc<DataSet>),
}

impl Crowd {
    /// Those of the kernels.
    #[must_use]
    pub fn shown(images: &Images) -> Self {
        Self {
            which: Which::Shown,
            indices: images.indices.clone(),
            labels: images.labels.clone(),
            shape: images.shape,
            collection: images.collection,
            told: format!(
                "{} {} images",
                numbers::count(images.count),
                images.set.name()
            ),
            pixels: Pixels::Rows(images.pixels.clone()),
        }
    }

    /// A part of `data`, split under `seed`: all of it, or 20,000 evenly spread over it.
    #[must_use]
    pub fn part(data: &Arc<DataSet>, seed: u64, which: Which) -> Self {
        let split = Split::new(data.len(), seed);
        let (all, name) = match which {
            Which::Training => (split.training, "training"),
            Which::Shown | Which::Validation => (split.validation, "validation"),
        };
        let count = all.len().min(MOST);
        let indices: Vec<usize> = (0..count).map(|at| all[at * all.len() / count]).collect();
        let labels = data.labels();
        let told = match (numbers::count(count), numbers::count(all.len())) {
            (some, whole) if some != whole => format!("{some} of {whole} {name} images"),
            (_, whole) => format!("all {whole} {name} images"),
        };
        Self {
            which,
            labels: labels.map(|labels| indices.iter().map(|&index| labels[index]).collect()),
            shape: data.shape(),
            collection: data.collection(),
            told,
            pixels: Pixels::Data(Arc::clone(data)),
            indices,
        }
    }

    /// Those that are wanted: the kernels' `images`, or a part of the `data` that they are of, which a seed splits.
    ///
    /// # Errors
    ///
    /// Why they are not at hand.
    pub fn of(
        images: &Images,
        data: Option<(&Arc<DataSet>, u64)>,
        which: Which,
    ) -> Result<Self, &'static str> {
        match (which, data) {
            (Which::Shown, _) => Ok(Self::shown(images)),
            (_, Some((data, seed))) => Ok(Self::part(data, seed, which)),
            (_, None) => Err("Only the kernels' images are at hand for this network."),
        }
    }

    /// N.
    #[must_use]
    pub fn count(&self) -> usize {
        self.indices.len()
    }

    /// Whether two are the same images of one data set in the same order.
    #[must_use]
    pub fn are(&self, other: &Self) -> bool {
        self.which == other.which && self.shape == other.shape && self.indices == other.indices
    }

    /// The pixels of image `at`, d bytes; `None` where they are not at hand.
    #[must_use]
    pub fn image(&self, at: usize) -> Option<Vec<u8>> {
        match &self.pixels {
            Pixels::Rows(rows) => {
                let rows = rows.as_ref()?;
                let row = (at < rows.nrows()).then(|| rows.row(at))?;
                Some(row.iter().map(|&x| byte(x)).collect())
            }
            Pixels::Data(data) => Some(data.image(*self.indices.get(at)?).to_vec()),
        }
    }

    /// The mean squared error of `found` (d numbers, in [0, 1]) to image `at`; `None` where its pixels are not at hand.
    #[must_use]
    pub fn error(&self, at: usize, found: ArrayView1<'_, f32>) -> Option<f64> {
        let image = self.rows(at..at + 1)?;
        let square = |(&a, &b): (&f32, &f32)| f64::from(a - b).powi(2);
        let sum: f64 = image.iter().zip(found).map(square).sum();
        (found.len() == image.len()).then(|| sum / image.len() as f64)
    }

    /// What image `at` is, in words: `sample 1,204, class 3`.
    #[must_use]
    pub fn name(&self, at: usize) -> String {
        let sample = self.indices.get(at).copied().unwrap_or_default();
        let label = self.labels.as_ref().and_then(|labels| labels.get(at));
        let sample = format!("sample {}", numbers::count(sample));
        match label {
            Some(&label) => format!("{sample}, {}", class_text(self.collection, label)),
            None => sample,
        }
    }

    /// The pixels of images `range`, a row each, in [0, 1]; `None` where they are not at hand.
    #[must_use]
    pub fn rows(&self, range: std::ops::Range<usize>) -> Option<Array2<f32>> {
        match &self.pixels {
            Pixels::Rows(rows) => {
                let rows = rows.as_ref().filter(|rows| range.end <= rows.nrows())?;
                Some(rows.slice(ndarray::s![range, ..]).to_owned())
            }
            Pixels::Data(data) => Some(data.rows(self.indices.get(range)?)),
        }
    }
}

/// A pixel as it is in a file; beyond [0, 1] is cut.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut to a byte"
)]
pub(super) fn byte(x: f32) -> u8 {
    (255.0 * x.clamp(0.0, 1.0)).round() as u8
}
