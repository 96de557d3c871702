//! What is in a study's folder, read as data from a stranger: nothing is believed for its name.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::check::{self, Sizes};
use super::{CHECKPOINT, KEY_TEXT, STUDY_TEXT, Store, seal, seed_key};
use crate::data::ImageShape;
use crate::data::tensors::{TensorError, TensorFile};
use crate::experiment::code_space::CodeSpaceFigures;
use crate::experiment::findings::{
    CourseFigures, CoursePoint, Denoising, Findings, Method, Network, NetworkPicture, SeedPicture,
    Spectrum,
};
use crate::experiment::plan::{Plan, Recipe, Task};
use crate::model::Autoencoder;
use crate::training::Checkpoint;

/// A file that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Path of the file.
    pub file: PathBuf,
    /// What is wrong with it.
    reason: String,
}

impl Damage {
    pub(super) fn of(file: &Path, reason: &str) -> Self {
        Self {
            file: file.to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// Of a file that is whole but of something else.
    fn misfit(file: &Path, what: &str) -> Self {
        Self::of(file, &format!("{what} does not fit the study"))
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is damaged ({})", self.file.display(), self.reason)
    }
}

/// A checkpoint, and what belongs to it.
pub struct Kept {
    /// The training.
    pub checkpoint: Checkpoint,
    /// Seconds spent on it.
    pub seconds: f64,
    /// What was seen of it on the way.
    pub points: Vec<CoursePoint>,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// What is whole.
    pub findings: Findings,
    /// What is not; it stays where it is until somebody sets it aside.
    pub damaged: Vec<Damage>,
}

impl Found {
    /// The result, if it is whole; what is not joins the list.
    fn sort<T>(&mut self, result: Result<T, Damage>) -> Option<T> {
        result.map_err(|damage| self.damaged.push(damage)).ok()
    }
}

impl Store {
    /// What is there of `plan`, on data of these sizes. Nothing is changed.
    #[must_use]
    pub fn find(&self, plan: &Plan, sizes: &Sizes) -> Found {
        let mut found = Found::default();
        for &seed in &plan.seeds {
            if exists(&self.result(&seed_key(seed), "safetensors")) {
                let picture = self.read_seed(seed, sizes);
                if let Some(picture) = found.sort(picture) {
                    found.findings.seeds.push((seed, Arc::new(picture)));
                }
            }
        }
        for task in plan.tasks() {
            if exists(&self.result(&task.key(), "json")) {
                self.find_task(&task, plan, sizes, &mut found);
            }
        }
        found
    }

    fn find_task(&self, task: &Task, plan: &Plan, sizes: &Sizes, found: &mut Found) {
        match task {
            Task::Network(recipe) => {
                let result = self.read_network(recipe, plan, sizes);
                let seed = found.findings.seed(recipe.seed);
                let digits = seed.map(|seed| seed.originals.dim());
                let result = result.and_then(|network| {
                    let same = digits.is_none_or(|d| d == network.picture.reconstructions.dim());
                    let path = self.result(&recipe.key(), "safetensors");
                    same.then_some(network)
                        .ok_or_else(|| Damage::misfit(&path, "its number of images"))
                });
                if let Some(network) = found.sort(result) {
                    found.findings.networks.push(Arc::new(network));
                }
            }
            Task::Spectrum { seed } => {
                let result = self.read_spectrum(*seed, sizes);
                if let Some(spectrum) = found.sort(result) {
                    found.findings.spectra.push(Arc::new(spectrum));
                }
            }
            Task::Course { seed } => {
                let result = self.read_course(*seed, plan, sizes);
                if let Some(course) = found.sort(result) {
                    found.findings.courses.push(Arc::new(course));
                }
            }
            Task::Denoising { seed } => {
                let result = self.read_denoising(*seed, plan, sizes);
                if let Some(denoising) = found.sort(result) {
                    found.findings.denoising.push(Arc::new(denoising));
                }
            }
            Task::CodeSpace { seed } => {
                let result = self.read_code_space(*seed, sizes);
                if let Some(figures) = found.sort(result) {
                    found.findings.code_spaces.push(Arc::new(figures));
                }
            }
        }
    }

    /// The figures of `key`.
    fn figures<T: DeserializeOwned>(&self, key: &str) -> Result<T, Damage> {
        let path = self.result(key, "json");
        let damage = |reason: &str| Damage::of(&path, reason);
        let opened = seal::read(&path).map_err(|reason| damage(&reason))?;
        match opened.label {
            None if self.sealed => return Err(damage("it has no checksum")),
            Some(label) if label != self.label(key) => {
                return Err(damage("it is another study's, or has another name"));
            }
            _ => {}
        }
        serde_json::from_value(opened.content).map_err(|error| damage(&error.to_string()))
    }

    /// The tensors in `path`, if they are those of `key`.
    fn tensors(&self, path: &Path, key: &str) -> Result<TensorFile, Damage> {
        let file = TensorFile::read(path).map_err(|error| unread(path, &error))?;
        let says = |name: &str, text: &str| file.text(name).is_ok_and(|found| found == text);
        if !file.is_sealed() {
            return if self.sealed {
                Err(Damage::of(path, "it has no checksum"))
            } else {
                Ok(file)
            };
        }
        if says(STUDY_TEXT, &self.study) && says(KEY_TEXT, key) {
            Ok(file)
        } else {
            Err(Damage::of(
                path,
                "it is another study's, or has another name",
            ))
        }
    }

    /// The network of `recipe`.
    ///
    /// # Errors
    ///
    /// [`Damage`] if it is not there, or not the one.
    pub fn network(
        &self,
        recipe: &Recipe,
        plan: &Plan,
        sizes: &Sizes,
    ) -> Result<Autoencoder<f32>, Damage> {
        self.weights(&recipe.key(), recipe, plan, sizes)
    }

    /// The network of Table 2 under `seed`.
    ///
    /// # Errors
    ///
    /// [`Damage`] if it is not there, or not the one.
    pub fn course_network(
        &self,
        seed: u64,
        plan: &Plan,
        sizes: &Sizes,
    ) -> Result<Autoencoder<f32>, Damage> {
        self.weights(&Task::Course { seed }.key(), &plan.dkae(seed), plan, sizes)
    }

    /// The network `key`, which has the shape of that of `recipe`.
    fn weights(
        &self,
        key: &str,
        recipe: &Recipe,
        plan: &Plan,
        sizes: &Sizes,
    ) -> Result<Autoencoder<f32>, Damage> {
        let path = self.network_file(key);
        let file = self.tensors(&path, key)?;
        let network = Autoencoder::load(&file).map_err(|error| unread(&path, &error))?;
        let right = check::architecture(network.architecture(), recipe, plan, sizes);
        right.map_err(|what| Damage::misfit(&path, what))?;
        Ok(network)
    }

    fn read_network(&self, recipe: &Recipe, plan: &Plan, sizes: &Sizes) -> Result<Network, Damage> {
        // The picture is small and the network is not, but both are of use to somebody.
        self.network(recipe, plan, sizes)?;
        let key = recipe.key();
        let path = self.result(&key, "safetensors");
        let file = self.tensors(&path, &key)?;
        let found = Network {
            figures: self.figures(&key)?,
            picture: whole(&path, || {
                Ok(NetworkPicture {
                    codes: file.matrix("codes")?,
                    reconstructions: file.matrix("reconstructions")?,
                })
            })?,
        };
        let figures = self.result(&key, "json");
        check::network_figures(&found.figures, recipe, sizes)
            .map_err(|what| Damage::misfit(&figures, what))?;
        check::network_picture(&found.picture, sizes)
            .map_err(|what| Damage::misfit(&path, what))?;
        Ok(found)
    }

    fn read_spectrum(&self, seed: u64, sizes: &Sizes) -> Result<Spectrum, Damage> {
        let key = Task::Spectrum { seed }.key();
        let path = self.result(&key, "safetensors");
        let file = self.tensors(&path, &key)?;
        let found = Spectrum {
            figures: self.figures(&key)?,
            scores: whole(&path, || file.matrix("scores"))?,
        };
        let figures = self.result(&key, "json");
        check::spectrum_figures(&found.figures, seed, sizes)
            .map_err(|what| Damage::misfit(&figures, what))?;
        let right = found.scores.dim() == (sizes.shown, found.figures.test.len());
        right
            .then_some(found)
            .ok_or_else(|| Damage::misfit(&path, "the size of its scores"))
    }

    fn read_course(&self, seed: u64, plan: &Plan, sizes: &Sizes) -> Result<CourseFigures, Damage> {
        self.course_network(seed, plan, sizes)?;
        let key = Task::Course { seed }.key();
        let found = self.figures(&key)?;
        check::course_figures(&found, seed, plan)
            .map_err(|what| Damage::misfit(&self.result(&key, "json"), what))?;
        Ok(found)
    }

    fn read_denoising(&self, seed: u64, plan: &Plan, sizes: &Sizes) -> Result<Denoising, Damage> {
        let key = Task::Denoising { seed }.key();
        let path = self.result(&key, "safetensors");
        let file = self.tensors(&path, &key)?;
        let row = |method: Method| Ok((method, file.matrix(method.key())?));
        let found = Denoising {
            figures: self.figures(&key)?,
            clean: whole(&path, || file.matrix("clean"))?,
            rows: whole(&path, || Method::ALL.into_iter().map(row).collect())?,
            shape: whole(&path, || read_shape(&file))?,
        };
        let figures = self.result(&key, "json");
        check::denoising_figures(&found.figures, seed, plan)
            .map_err(|what| Damage::misfit(&figures, what))?;
        check::denoising_picture(&found, sizes).map_err(|what| Damage::misfit(&path, what))?;
        Ok(found)
    }

    fn read_code_space(&self, seed: u64, sizes: &Sizes) -> Result<CodeSpaceFigures, Damage> {
        let key = Task::CodeSpace { seed }.key();
        let found: CodeSpaceFigures = self.figures(&key)?;
        let path = self.result(&key, "json");
        check::code_space_figures(&found, seed, sizes)
            .map_err(|what| Damage::misfit(&path, what))?;
        Ok(found)
    }

    fn read_seed(&self, seed: u64, sizes: &Sizes) -> Result<SeedPicture, Damage> {
        let key = seed_key(seed);
        let path = self.result(&key, "safetensors");
        let file = self.tensors(&path, &key)?;
        let labels = |name: &str| file.has(name).then(|| file.bytes(name)).transpose();
        let picture = whole(&path, || {
            Ok(SeedPicture {
                prior: file.matrix("prior")?,
                labels: labels("labels")?,
                originals: file.matrix("originals")?,
                drawn: labels("drawn")?,
                shape: read_shape(&file)?,
            })
        })?;
        check::seed_picture(&picture, sizes).map_err(|what| Damage::misfit(&path, what))?;
        Ok(picture)
    }

    /// The checkpoint, if there is one of `task`.
    ///
    /// # Errors
    ///
    /// [`Damage`] if there is one that cannot be used.
    pub fn checkpoint(&self, task: &Task) -> Result<Option<Kept>, Damage> {
        let path = self.checkpoint_path();
        if !exists(&path) {
            return Ok(None);
        }
        let file = self.tensors(&path, CHECKPOINT)?;
        whole(&path, || {
            // Earlier versions wrote no task, and are begun again.
            let of = file.text("task").ok().map(serde_json::from_str::<Task>);
            if !matches!(of, Some(Ok(of)) if of == *task) {
                return Ok(None);
            }
            let points = serde_json::from_str(file.text("points")?);
            Ok(Some(Kept {
                points: points.map_err(|_| file.missing("points"))?,
                seconds: file.text("seconds")?.parse().unwrap_or(0.0),
                checkpoint: Checkpoint::read(&file)?,
            }))
        })
    }

    /// The checkpoint as something that cannot be used.
    #[must_use]
    pub fn unfit_checkpoint(&self) -> Damage {
        Damage::misfit(&self.checkpoint_path(), "its state")
    }
}

/// Whether there is anything of this name, a link that leads nowhere among it.
fn exists(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// What `read` reads from `path`.
fn whole<T>(path: &Path, read: impl FnOnce() -> Result<T, TensorError>) -> Result<T, Damage> {
    read().map_err(|error| unread(path, &error))
}

fn unread(path: &Path, error: &TensorError) -> Damage {
    Damage::of(path, &error.reason())
}

/// The size of the images in `file`.
fn read_shape(file: &TensorFile) -> Result<ImageShape, TensorError> {
    let sides: Vec<&str> = file.text("shape")?.split(' ').collect();
    let [height, width] = sides[..] else {
        return Err(file.missing("shape"));
    };
    match (height.parse(), width.parse()) {
        (Ok(height), Ok(width)) => Ok(ImageShape { height, width }),
        _ => Err(file.missing("shape")),
    }
}
