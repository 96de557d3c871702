//! `report.json`: what was run, on what, in how long, and what came out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::settings::Order;
use crate::data::{Collection, DataSet, Selection, WriteError, write_whole};
use crate::training::{Entry, LossPoint, PhaseKind, RunConfig, Scores};

/// Everything that a headless run reports.
#[derive(Serialize)]
pub struct Report {
    /// The program and its version.
    pub program: &'static str,
    /// The settings.
    pub settings: RunConfig,
    /// What changed about the training since; nothing but in a run that was steered in the window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Entry>,
    /// The seed, which the settings hold too.
    pub seed: u64,
    /// The versions of what computes.
    pub versions: Versions,
    /// The machine.
    pub machine: Machine,
    /// The data.
    pub data: DataReport,
    /// Wall time of each phase, in order, and of everything, in seconds.
    pub seconds: Vec<PhaseTime>,
    /// Figures on all test samples; `None` if the training failed.
    pub test: Option<Scores>,
    /// The denoising comparison; `None` if the training failed.
    pub denoising: Option<DenoisingReport>,
    /// What of the run failed, and why. The rest stands nonetheless.
    pub failed: Vec<Failure>,
    /// Losses of the minibatches and on validation samples.
    pub history: History,
}

/// A part of a run that failed.
#[derive(Serialize)]
pub struct Failure {
    /// The part: `training`, a method of the comparison, `matrices` or `pictures`.
    pub part: String,
    /// Why.
    pub reason: String,
}

/// Versions.
#[derive(Serialize)]
pub struct Versions {
    /// This program's.
    pub dkae_explorer: &'static str,
}

/// The machine that a report was made on.
#[derive(Serialize)]
pub struct Machine {
    /// Operating system and architecture.
    pub system: String,
    /// Computing threads.
    pub threads: usize,
}

/// The samples.
#[derive(Serialize)]
pub struct DataReport {
    /// Their name.
    pub name: String,
    /// SHA-256 of the chosen images and labels.
    pub sha256: String,
    /// The files of images as they were named; none for those that come with the program.
    pub images: Vec<String>,
    /// Which of those, where no file was named.
    pub collection: Option<Collection>,
    /// What the classes are called, where those are no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<&'static [&'static str]>,
    /// The file of labels, where it was named.
    pub labels: Option<String>,
    /// How they were chosen.
    pub selection: Selection,
    /// Images' height and width.
    pub shape: [usize; 2],
    /// Training, validation and test samples.
    pub split: [usize; 3],
}

/// The wall time of a phase.
#[derive(Serialize)]
pub struct PhaseTime {
    /// The phase; `denoising`, `writing` and `total` besides those of a run.
    pub phase: String,
    /// Seconds.
    pub seconds: f64,
}

/// Mean squared errors of the denoising comparison.
#[derive(Serialize)]
pub struct DenoisingReport {
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Whether the noisy pixels were cut to [0, 1].
    pub clip: bool,
    /// m.
    pub components: usize,
    /// The ridge of the pre-image.
    pub ridge: f64,
    /// σ of the pre-image's kernel over the median distance.
    pub width: f64,
    /// Test samples.
    pub samples: usize,
    /// Nothing done.
    pub noisy: f64,
    /// Kernel PCA and Bakır's pre-image; `None`, here and below, if it failed.
    pub kpca: Option<f64>,
    /// PCA of the codes, decoded.
    pub dkae_pca: Option<f64>,
    /// The codes, decoded as they are.
    pub dkae_straight: Option<f64>,
    /// PCA of the pixels.
    pub linear_pca: Option<f64>,
    /// PCA of the pixels with all components, each score times λ/(λ + σ²).
    pub linear_pca_shrunk: Option<f64>,
    /// The components that each method with m components used: m, or as many as there are.
    pub found: BTreeMap<&'static str, Option<usize>>,
}

/// The loss history.
#[derive(Default, Serialize)]
pub struct History {
    /// Of every minibatch.
    pub training: Vec<LossPoint>,
    /// On validation samples.
    pub validation: Vec<LossPoint>,
}

impl DataReport {
    /// Of the `data` of `order`, split so.
    #[must_use]
    pub(super) fn new(data: &DataSet, order: &Order, split: [usize; 3]) -> Self {
        let shape = data.shape();
        let named = |path: &std::path::PathBuf| path.display().to_string();
        Self {
            name: data.name().to_owned(),
            sha256: data.checksum().to_owned(),
            images: order.images.iter().map(named).collect(),
            collection: order.images.is_empty().then_some(order.collection),
            classes: data.collection().and_then(Collection::class_names),
            labels: order.labels.as_ref().map(named),
            selection: order.selection.clone(),
            shape: [shape.height, shape.width],
            split,
        }
    }
}

impl PhaseTime {
    /// A phase of a run.
    #[must_use]
    pub fn of(phase: PhaseKind, seconds: f64) -> Self {
        let phase = serde_json::to_value(phase)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_else(|| phase.name().to_owned());
        Self { phase, seconds }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.reason)
    }
}

impl Report {
    /// Notes a part that failed.
    pub fn fail(&mut self, part: &str, reason: String) {
        let part = part.to_owned();
        self.failed.push(Failure { part, reason });
    }

    /// Notes how long something took that began at `began` and ends now.
    pub fn took(&mut self, phase: &str, began: Instant) {
        self.seconds.push(PhaseTime {
            phase: phase.to_owned(),
            seconds: began.elapsed().as_secs_f64(),
        });
    }

    /// Writes the report to `path`.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file and what was wrong.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        write_whole(path, |file| {
            serde_json::to_writer_pretty(file, self).map_err(Into::into)
        })
    }
}
