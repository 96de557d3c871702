//! The denoising comparison (Table 2, Fig. 6) on show.

use std::sync::Arc;

use ndarray::{Array2, s};

use super::images::Images;
use super::row::{Row, RowOf};
use super::{Compared, numbers};
use crate::experiment::denoising::{Found, NoisyDigits};
pub use crate::experiment::method::Method;
use crate::training::HeldOut;
use crate::training::config::DenoisingConfig;

/// The methods of the Live page, in the order of their rows.
pub const LIVE_ROWS: [Method; 5] = [
    Method::Noisy,
    Method::Kpca,
    Method::DkaePca,
    Method::DkaeStraight,
    Method::LinearPca,
];

/// What stands in the rows' place before the first comparison.
const ABSENT: &str = "What kernel PCA, the dkAE and linear PCA make of noisy images appears after the first training steps.";

/// The denoising comparison under one set of settings.
pub struct DenoisingPicture {
    /// The settings.
    pub config: DenoisingConfig,
    /// Steps taken when the codes were made.
    pub step: u64,
    /// Which digits they are.
    pub set: HeldOut,
    /// Samples that the errors are means over.
    pub samples: usize,
    /// Indices of the digits that are drawn.
    pub indices: Vec<usize>,
    /// Rows in the order they are drawn: [`LIVE_ROWS`] on the Live page.
    pub rows: Vec<DenoisedRow>,
}

/// What one method made of the noisy digits.
#[derive(Clone)]
pub struct DenoisedRow {
    /// The method.
    pub method: Method,
    /// Its images, N×d, cut to [0, 1] (but for the noisy ones); `None` while they are computed.
    pub images: Option<Arc<Array2<f32>>>,
    /// Mean squared error to the clean images over all `samples`.
    pub error: Option<f64>,
    /// Mean squared error of each drawn digit.
    pub each: Vec<f64>,
    /// Why there are no images, or that there were fewer components than asked for.
    pub note: Option<String>,
}

impl DenoisingPicture {
    /// What each method made of noisy `digits`, some of a `set`, as a picture of the first `drawn` of
    /// them.
    ///
    /// `step` counts the network's steps; `rows` are what the methods made of all digits, as far as
    /// that is there. The noisy digits come first.
    #[must_use]
    pub fn new(
        config: DenoisingConfig,
        (set, digits, drawn): (HeldOut, &NoisyDigits, usize),
        step: u64,
        rows: &[(Method, Option<&Found>)],
    ) -> Self {
        let indices = &digits.indices[..drawn.min(digits.indices.len())];
        let first = |images: &Array2<f32>| images.slice(s![..indices.len(), ..]).to_owned();
        let row = |method, images: Option<&Array2<f32>>, note| DenoisedRow {
            method,
            note,
            error: images.map(|images| digits.error(images.view())),
            each: images.map_or_else(Vec::new, |images| {
                let mut each = digits.each_error(images.view());
                each.truncate(indices.len());
                each
            }),
            images: images.map(|images| Arc::new(first(images))),
        };
        let made = |method, found: Option<&Found>| match found {
            None => row(method, None, None),
            Some(Err(reason)) => row(method, None, Some(format!("Not computed: {reason}."))),
            Some(Ok(found)) => {
                let few = found.components.filter(|&m| m < config.components);
                let note = few.map(|m| format!("{m} components: there are no more."));
                row(method, Some(&found.images), note)
            }
        };
        let noisy = row(Method::Noisy, Some(&digits.noisy), None);
        let cleaned = rows.iter().map(|&(method, found)| made(method, found));
        Self {
            config,
            set,
            step,
            samples: digits.indices.len(),
            indices: indices.to_vec(),
            rows: std::iter::once(noisy).chain(cleaned).collect(),
        }
    }

    /// Has the rows of methods without a network be those of `other`, which is of the same digits under the
    /// same settings: they stand in memory once.
    pub fn share(&mut self, other: &Self) {
        for row in self.rows.iter_mut().filter(|row| !row.method.is_learned()) {
            let theirs = other.rows.iter().find(|other| other.method == row.method);
            if let Some(theirs) = theirs {
                row.clone_from(theirs);
            }
        }
    }

    /// Whether every row that needs no network is there, or says why not.
    #[must_use]
    pub fn is_whole_without_network(&self) -> bool {
        let mut rows = self.rows.iter().filter(|row| !row.method.is_learned());
        rows.all(|row| row.error.is_some() || row.note.is_some())
    }

    /// What is to be known about it.
    pub(super) fn compared(&self) -> Compared {
        Compared {
            config: self.config,
            step: self.step,
            samples: self.samples,
        }
    }

    /// Its rows under `images`, of which it may show others for a moment after their number was
    /// changed; beside a network of `now` steps.
    pub(super) fn rows(&self, images: &Images, now: Option<u64>) -> Vec<Row> {
        let same = self.indices == images.indices;
        let places: Option<Vec<usize>> = (!same).then(|| self.places(images)).flatten();
        let rows = self.rows.iter().map(|row| {
            let (images, each) = match (&row.images, &places) {
                (images, _) if same => (images.clone(), row.each.clone()),
                (Some(images), Some(places)) => (
                    Some(Arc::new(images.select(ndarray::Axis(0), places))),
                    places
                        .iter()
                        .filter_map(|&at| row.each.get(at).copied())
                        .collect(),
                ),
                _ => (None, Vec::new()),
            };
            let about = row.method.describe();
            let note = row.note.as_ref();
            Row {
                of: RowOf::Denoised(row.method),
                name: row.method.name().to_owned(),
                about: note.map_or_else(|| about.into(), |note| format!("{about} {note}")),
                figure: row.figure(),
                error: row.error,
                images,
                each,
                // The other methods know nothing of the network.
                step: now
                    .filter(|&now| row.method.is_learned() && self.step < now)
                    .map(|_| self.step),
                absent: "",
            }
        });
        rows.collect()
    }

    /// Where each of `images` is among its own; `None` if some are not.
    fn places(&self, images: &Images) -> Option<Vec<usize>> {
        let place = |index: &usize| self.indices.iter().position(|other| other == index);
        images.indices.iter().map(place).collect()
    }
}

impl DenoisedRow {
    fn figure(&self) -> String {
        match (&self.images, self.error) {
            (None, None) if self.note.is_some() => "not computed".to_owned(),
            (_, Some(error)) => format!("mean {}", numbers::three(error)),
            (None, None) => "computing…".to_owned(),
            (Some(_), None) => String::new(),
        }
    }
}

/// The rows before the first comparison.
pub(super) fn to_come() -> Vec<Row> {
    let row = |method: Method| Row {
        absent: ABSENT,
        ..Row::new(RowOf::Denoised(method), method.name(), None)
    };
    LIVE_ROWS.map(row).to_vec()
}
