//! The folder of a study: every finished result, the trained networks, and a checkpoint of the
//! one that is being trained.
//!
//! ```text
//! study.json                    what is studied; another study is not mixed into it
//! results/KEY.json              figures of a finished task (written last: it says "done")
//! results/KEY.safetensors       the matrices of its picture
//! results/seedN.safetensors     P and the digits of a seed's pictures
//! networks/KEY.safetensors      a trained network; that of Table 2 as far as it has come
//! matrices/seedN-*.npy          P, the codes and the labels of a seed's test digits
//! time.json                     how long was worked, all starts together
//! study.lock                    empty, and locked by the process that works here
//! checkpoint.safetensors        the network in training
//! ```
//!
//! Each file is written under a temporary name and renamed, so a kill at any moment leaves the
//! folder whole. Each holds its checksum, which study it is of and its name in it; what is read
//! back is checked against these and against what the data and settings say about its sizes
//! ([`Store::find`]). What fails is set aside as `NAME.damaged` and made again.
//!
//! A study that was begun before there were checksums has none in its `study.json`. Its results
//! are taken if their sizes are right; what it adds from now on has checksums.

mod check;
mod lock;
mod look;
mod seal;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::check::Sizes;
use self::lock::Lock;
pub use self::look::{Damage, Found, Kept};
use self::seal::Label;
use super::code_space::CodeSpaceFigures;
use super::difference::differences;
use super::findings::{CourseFigures, CoursePoint, Denoising, Network, SeedPicture, Spectrum};
use super::plan::{DenoisingPlan, Drawn, Plan, Recipe, Task};
use crate::data::tensors::{Tensor, write_tensors};
use crate::data::{ImageShape, WriteError, remove_stale};
use crate::model::Autoencoder;
use crate::model::saved::ARCHITECTURE;
use crate::training::Checkpoint;
use crate::training::config::RunConfig;

/// The key of `study.json` itself.
const STUDY: &str = "study";
/// The key of the checkpoint.
const CHECKPOINT: &str = "checkpoint";
/// The text of a tensor file that says which study it is of.
const STUDY_TEXT: &str = "study";
/// The text of a tensor file that says its name in it.
const KEY_TEXT: &str = "key";

/// What every result of a folder has in common; seeds, experiments and the values of the sweeps
/// may differ from one call to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The settings of every run.
    pub config: RunConfig,
    /// Samples.
    pub samples: usize,
    /// Components of Fig. 5.
    pub spectrum: usize,
    /// Table 2.
    pub denoising: DenoisingPlan,
    /// SHA-256 of the images and labels that seed 0 chooses.
    pub data: String,
    /// Parts of the data with no sample in common, which the seeds take in turn. Studies of earlier
    /// versions drew every seed's samples from all of them, which is one part.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub parts: usize,
    /// Whether samples are drawn as a run draws them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<Drawn>,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_one(parts: &usize) -> bool {
    *parts == 1
}

impl Basis {
    /// Of `plan` on data with this checksum, all of one part.
    #[must_use]
    pub fn of(plan: &Plan, data: String) -> Self {
        Self {
            config: plan.config.clone(),
            samples: plan.samples,
            spectrum: plan.spectrum,
            denoising: plan.denoising.clone(),
            data,
            parts: 1,
            drawn: plan.drawn.clone(),
        }
    }

    /// The same, of data with so many parts.
    #[must_use]
    pub fn with_parts(self, parts: usize) -> Self {
        Self {
            parts: parts.max(1),
            ..self
        }
    }
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be made.
    #[error("the folder {folder} cannot be made: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It holds results of other settings or data.
    #[error(
        "{folder} holds a study under other settings or on other data ({differences}): choose \
         another folder, or remove this one"
    )]
    Other {
        /// The folder.
        folder: String,
        /// What differs, in words.
        differences: String,
    },
    /// What it holds cannot be understood.
    #[error(
        "{file} cannot be read as a study ({reason}): choose another folder, or remove this one"
    )]
    Unreadable {
        /// Path of the file at fault.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Another process works in it.
    #[error(
        "another dkAE Explorer is at work in {folder}: wait for its end, stop it, or choose another \
         folder"
    )]
    Busy {
        /// The folder.
        folder: String,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The label of `study.json`.
fn own_label() -> Label {
    Label {
        key: STUDY.into(),
        ..Label::default()
    }
}

/// The owner of the folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// The checksum of the settings, which every result carries.
    study: String,
    /// Whether every result has to have a checksum.
    sealed: bool,
    notices: Vec<String>,
    /// Held by who writes; `None` by who only looks.
    _lock: Option<Lock>,
}

impl Store {
    /// Whether `folder` holds a study, or results that may be of one.
    #[must_use]
    pub fn may_be_there(folder: &Path) -> bool {
        Self::is_there(folder) || folder.join("results").is_dir()
    }

    /// Whether another process works in `folder`, as far as the system knows.
    #[must_use]
    pub fn is_busy(folder: &Path) -> bool {
        lock::is_taken(folder)
    }

    /// Whether `folder` holds a study.
    #[must_use]
    pub fn is_there(folder: &Path) -> bool {
        fs::symlink_metadata(folder.join("study.json")).is_ok()
    }

    /// Makes the folder, or takes the one that is there if it is of the same study. Where
    /// `study.json` is missing or damaged, the results tell whether they are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be made, holds something else, or somebody else works in it.
    pub fn open(folder: &Path, basis: &Basis) -> Result<Self, StoreError> {
        let mut store = Self::at(folder);
        store._lock = Some(Lock::take(folder)?);
        store.make_folders()?;
        if let Some(damage) = store.recognise(basis)? {
            let told = store.set_aside(&damage);
            store.notices.push(told);
        }
        if store.study.is_empty() {
            store.study = seal::write(&store.header(), basis, own_label())?;
        }
        Ok(store)
    }

    /// Takes the study of `basis` that is in the folder, as [`Self::open`] does, but makes,
    /// writes and renames nothing. Gives what is wrong with `study.json`, too, if anything is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder holds something else.
    pub fn look(folder: &Path, basis: &Basis) -> Result<(Self, Option<Damage>), StoreError> {
        let mut store = Self::at(folder);
        let damage = store.recognise(basis)?;
        if store.study.is_empty() {
            store.study = seal::sum_of(basis, &own_label());
        }
        Ok((store, damage))
    }

    fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            study: String::new(),
            sealed: true,
            notices: Vec::new(),
            _lock: None,
        }
    }

    fn header(&self) -> PathBuf {
        self.folder.join("study.json")
    }

    /// Looks whether the study in the folder is that of `basis`, and takes its checksum if
    /// `study.json` tells it; gives what is wrong with that file.
    fn recognise(&mut self, basis: &Basis) -> Result<Option<Damage>, StoreError> {
        let header = self.header();
        let other = |differences: String| StoreError::Other {
            folder: self.folder.display().to_string(),
            differences,
        };
        let mut damage = None;
        if Self::is_there(&self.folder) {
            match seal::read(&header) {
                Ok(opened) => {
                    let found: Basis = serde_json::from_value(opened.content).map_err(|error| {
                        StoreError::Unreadable {
                            file: header.display().to_string(),
                            reason: error.to_string(),
                        }
                    })?;
                    if found != *basis {
                        return Err(other(differences(&found, basis)));
                    }
                    (self.study, self.sealed) = (opened.sum, opened.label.is_some());
                    return Ok(None);
                }
                Err(reason) => damage = Some(Damage::of(&header, &reason)),
            }
        }
        if self.holds_another(&seal::sum_of(basis, &own_label())) {
            return Err(other("so its results say".into()));
        }
        Ok(damage)
    }

    fn make_folders(&self) -> Result<(), StoreError> {
        for part in ["results", "networks", "matrices"] {
            let part = self.folder.join(part);
            fs::create_dir_all(&part).map_err(|source| StoreError::Folder {
                folder: part.display().to_string(),
                source,
            })?;
            remove_stale(&part);
        }
        remove_stale(&self.folder);
        Ok(())
    }

    /// Whether a result says that it is of another study than `study`.
    fn holds_another(&self, study: &str) -> bool {
        let files = fs::read_dir(self.folder.join("results"));
        files.into_iter().flatten().flatten().any(|file| {
            let path = file.path();
            path.extension()
                .is_some_and(|extension| extension == "json")
                && seal::read(&path)
                    .ok()
                    .and_then(|opened| opened.label)
                    .is_some_and(|label| label.study != study)
        })
    }

    /// What was found damaged when the folder was opened, and what became of it.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Renames a damaged file, so that it is neither read again nor lost; says so in the log, and
    /// in the text that it gives.
    pub fn set_aside(&self, damage: &Damage) -> String {
        let aside = free_name(&damage.file);
        let done = match fs::rename(&damage.file, &aside) {
            Ok(()) => {
                let name = aside.file_name().unwrap_or_default().to_string_lossy();
                format!("set aside as {name}, and made again")
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "made again".into(),
            Err(error) => format!("cannot be set aside ({error}); it is made again"),
        };
        let told = format!("{damage}: {done}");
        tracing::warn!("{told}");
        told
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn result(&self, key: &str, extension: &str) -> PathBuf {
        self.folder
            .join("results")
            .join(format!("{key}.{extension}"))
    }

    /// Where the network of `recipe` is, or will be.
    #[must_use]
    pub fn network_path(&self, recipe: &Recipe) -> PathBuf {
        self.network_file(&recipe.key())
    }

    fn network_file(&self, key: &str) -> PathBuf {
        let name = format!("{key}.safetensors");
        self.folder.join("networks").join(name)
    }

    /// Where the matrix `name` is, or will be.
    #[must_use]
    pub fn matrix_path(&self, name: &str) -> PathBuf {
        self.folder.join("matrices").join(format!("{name}.npy"))
    }

    fn checkpoint_path(&self) -> PathBuf {
        self.folder.join("checkpoint.safetensors")
    }

    /// Keeps a trained network and what was found of it.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_network(
        &self,
        result: &Network,
        network: &Autoencoder<f32>,
    ) -> Result<(), WriteError> {
        let recipe = &result.figures.recipe;
        self.keep_weights(&recipe.key(), network)?;
        let picture = &result.picture;
        let tensors = vec![
            ("codes".into(), Tensor::matrix(picture.codes.view())),
            (
                "reconstructions".into(),
                Tensor::matrix(picture.reconstructions.view()),
            ),
        ];
        self.keep(&recipe.key(), tensors, BTreeMap::new(), &result.figures)
    }

    /// Keeps the network of Table 2 as it is at the least validation loss so far.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_course_network(
        &self,
        seed: u64,
        network: &Autoencoder<f32>,
    ) -> Result<(), WriteError> {
        self.keep_weights(&Task::Course { seed }.key(), network)
    }

    /// Keeps what was seen on the way to the network of Table 2: it is done.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_course(&self, figures: &CourseFigures) -> Result<(), WriteError> {
        let seed = figures.seed;
        let key = Task::Course { seed }.key();
        seal::write(&self.result(&key, "json"), figures, self.label(&key))?;
        Ok(())
    }

    fn keep_weights(&self, key: &str, network: &Autoencoder<f32>) -> Result<(), WriteError> {
        let shape = serde_json::to_string(network.architecture()).expect("plain data");
        let texts = BTreeMap::from([(ARCHITECTURE.to_owned(), shape)]);
        self.write_tensors(&self.network_file(key), key, network.tensors(""), texts)
    }

    /// Keeps a spectrum.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_spectrum(&self, result: &Spectrum) -> Result<(), WriteError> {
        let seed = result.figures.seed;
        let tensors = vec![("scores".into(), Tensor::matrix(result.scores.view()))];
        let key = Task::Spectrum { seed }.key();
        self.keep(&key, tensors, BTreeMap::new(), &result.figures)
    }

    /// Keeps a denoising comparison.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_denoising(&self, result: &Denoising) -> Result<(), WriteError> {
        let mut tensors = vec![("clean".to_owned(), Tensor::matrix(result.clean.view()))];
        for (method, images) in &result.rows {
            tensors.push((method.key().into(), Tensor::matrix(images.view())));
        }
        let key = Task::Denoising {
            seed: result.figures.seed,
        }
        .key();
        self.keep(&key, tensors, shape_text(result.shape), &result.figures)
    }

    /// Keeps what came of the code space, which has no picture.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_code_space(&self, figures: &CodeSpaceFigures) -> Result<(), WriteError> {
        let key = Task::CodeSpace { seed: figures.seed }.key();
        seal::write(&self.result(&key, "json"), figures, self.label(&key))?;
        Ok(())
    }

    /// Keeps what the pictures of `seed` have in common.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn keep_seed(&self, seed: u64, picture: &SeedPicture) -> Result<(), WriteError> {
        let mut tensors = vec![
            ("prior".to_owned(), Tensor::matrix(picture.prior.view())),
            (
                "originals".to_owned(),
                Tensor::matrix(picture.originals.view()),
            ),
        ];
        for (name, labels) in [("labels", &picture.labels), ("drawn", &picture.drawn)] {
            if let Some(labels) = labels {
                tensors.push((name.into(), Tensor::bytes(labels)));
            }
        }
        let key = seed_key(seed);
        let path = self.result(&key, "safetensors");
        self.write_tensors(&path, &key, tensors, shape_text(picture.shape))
    }

    /// The picture first, then the figures, which say that the task is done.
    fn keep(
        &self,
        key: &str,
        tensors: Vec<(String, Tensor<'_>)>,
        texts: BTreeMap<String, String>,
        figures: &impl Serialize,
    ) -> Result<(), WriteError> {
        self.write_tensors(&self.result(key, "safetensors"), key, tensors, texts)?;
        seal::write(&self.result(key, "json"), figures, self.label(key))?;
        Ok(())
    }

    fn label(&self, key: &str) -> Label {
        Label {
            study: self.study.clone(),
            key: key.to_owned(),
        }
    }

    /// Writes tensors that say what they belong to.
    fn write_tensors(
        &self,
        path: &Path,
        key: &str,
        tensors: Vec<(String, Tensor<'_>)>,
        mut texts: BTreeMap<String, String>,
    ) -> Result<(), WriteError> {
        self.name(&mut texts, key);
        write_tensors(path, tensors, &texts)
    }

    fn name(&self, texts: &mut BTreeMap<String, String>, key: &str) {
        texts.insert(STUDY_TEXT.to_owned(), self.study.clone());
        texts.insert(KEY_TEXT.to_owned(), key.to_owned());
    }

    /// Writes a checkpoint of the network of `task`, `seconds` of whose training are spent. `points`
    /// are what was seen of it on the way.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file; the checkpoint before stays.
    pub fn keep_checkpoint(
        &self,
        task: &Task,
        seconds: f64,
        points: &[CoursePoint],
        checkpoint: &Checkpoint,
    ) -> Result<(), WriteError> {
        let json = |what: serde_json::Result<String>| what.expect("plain data");
        let mut texts = BTreeMap::from([
            ("task".to_owned(), json(serde_json::to_string(task))),
            ("points".to_owned(), json(serde_json::to_string(points))),
            ("seconds".to_owned(), seconds.to_string()),
        ]);
        self.name(&mut texts, CHECKPOINT);
        checkpoint.write(&self.checkpoint_path(), texts)
    }

    /// Removes the checkpoint of a network that is finished.
    pub fn drop_checkpoint(&self) {
        // Should it stay, its task tells that nobody needs it.
        let _ = std::fs::remove_file(self.checkpoint_path());
    }
}

/// The name of the files of what a seed's pictures have in common.
fn seed_key(seed: u64) -> String {
    format!("seed{seed}")
}

fn shape_text(shape: ImageShape) -> BTreeMap<String, String> {
    let text = format!("{} {}", shape.height, shape.width);
    BTreeMap::from([("shape".to_owned(), text)])
}

/// The name that a damaged file gets: its own with `.damaged` behind it, and a number if there is
/// one already.
fn free_name(file: &Path) -> PathBuf {
    let named = |ending: String| {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        file.with_file_name(name)
    };
    std::iter::once(".damaged".to_owned())
        .chain((2..10_000).map(|n| format!(".damaged-{n}")))
        .map(named)
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or_else(|| named(".damaged".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::plan::Experiment;
    use crate::training::config::Preset;

    /// A study of before the data had parts says nothing of them, and goes on as one of one part.
    #[test]
    fn a_study_of_one_part_is_written_as_before() {
        let plan = Plan::of(Preset::Quick, &[Experiment::Fig5], 0, 1);
        let whole = Basis::of(&plan, "sum".into());
        let value = serde_json::to_value(&whole).unwrap();
        assert!(value.get("parts").is_none());
        let read: Basis = serde_json::from_value(value).unwrap();
        assert_eq!((read.parts, &read), (1, &whole));
        let parts = whole.clone().with_parts(3);
        let value = serde_json::to_value(&parts).unwrap();
        assert_eq!(value["parts"], 3);
        assert_eq!(serde_json::from_value::<Basis>(value).unwrap(), parts);
        assert_eq!(whole.with_parts(0).parts, 1);
    }
}
