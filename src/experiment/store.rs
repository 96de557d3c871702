//! The folder of a study: every finished result, the trained networks, and a checkpoint of the
//! one that is being trained.
//!
//! ```text
//! study.json                    what is studied; another study is not mixed into it
//! results/KEY.json              figures of a finished task (written last: it says "done")
//! results/KEY.safetensors       the matrices of its picture
//! results/seedN.safetensors     P and the digits of a seed's pictures
//! networks/KEY.safetensors      a trained network
//! matrices/*.npy                P, the codes and the labels of the first seed's test digits
//! checkpoint.safetensors        the network in training
//! ```
//!
//! Each file is written under a temporary name and renamed, so a kill at any moment leaves the
//! folder whole. A result that cannot be read any more is made again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::findings::{
    Denoising, Findings, Method, Network, NetworkPicture, SeedPicture, Spectrum,
};
use super::plan::{DenoisingPlan, Plan, Recipe, Task};
use crate::data::tensors::{Tensor, TensorError, TensorFile, write_tensors};
use crate::data::{ImageShape, WriteError, write_whole};
use crate::model::Autoencoder;
use crate::model::saved::ARCHITECTURE;
use crate::training::Checkpoint;
use crate::training::config::RunConfig;

/// What every result of a folder has in common; seeds, experiments and the values of the sweeps
/// may differ from one call to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

impl Basis {
    /// Of `plan` on data with this checksum.
    #[must_use]
    pub fn of(plan: &Plan, data: String) -> Self {
        Self {
            config: plan.config.clone(),
            samples: plan.samples,
            spectrum: plan.spectrum,
            denoising: plan.denoising.clone(),
            data,
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
        "{folder} holds a study under other settings or on other data: choose another folder, or \
         remove this one"
    )]
    Other {
        /// The folder.
        folder: String,
    },
    /// What it holds cannot be understood.
    #[error(
        "{file} cannot be read as a study ({reason}): choose another folder, or remove this one"
    )]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] TensorError),
}

/// The owner of the folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Whether `folder` holds a study.
    #[must_use]
    pub fn is_there(folder: &Path) -> bool {
        folder.join("study.json").is_file()
    }

    /// Makes the folder, or takes the one that is there if it is of the same study.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be made or holds something else.
    pub fn open(folder: &Path, basis: &Basis) -> Result<Self, StoreError> {
        let store = Self {
            folder: folder.to_owned(),
        };
        for part in ["results", "networks", "matrices"] {
            let part = folder.join(part);
            std::fs::create_dir_all(&part).map_err(|source| StoreError::Folder {
                folder: part.display().to_string(),
                source,
            })?;
        }
        let header = folder.join("study.json");
        if !header.exists() {
            write_json(&header, basis)?;
            return Ok(store);
        }
        let found: Basis = read_json(&header).map_err(|reason| StoreError::Unreadable {
            file: header.display().to_string(),
            reason,
        })?;
        if found == *basis {
            Ok(store)
        } else {
            Err(StoreError::Other {
                folder: folder.display().to_string(),
            })
        }
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
        let name = format!("{}.safetensors", recipe.key());
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
        let shape = serde_json::to_string(network.architecture()).expect("plain data");
        let texts = BTreeMap::from([(ARCHITECTURE.to_owned(), shape)]);
        write_tensors(&self.network_path(recipe), network.tensors(""), &texts)?;
        let picture = &result.picture;
        let tensors = vec![
            ("codes".into(), Tensor::matrix(picture.codes.view())),
            (
                "reconstructions".into(),
                Tensor::matrix(picture.reconstructions.view()),
            ),
        ];
        self.keep(&recipe.key(), tensors, &BTreeMap::new(), &result.figures)
    }

    /// The network of `recipe`.
    ///
    /// # Errors
    ///
    /// [`TensorError`] if it is not there or damaged.
    pub fn network(&self, recipe: &Recipe) -> Result<Autoencoder<f32>, TensorError> {
        Autoencoder::load(&TensorFile::read(&self.network_path(recipe))?)
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
        self.keep(&key, tensors, &BTreeMap::new(), &result.figures)
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
        self.keep(&key, tensors, &shape_text(result.shape), &result.figures)
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
        let path = self.result(&format!("seed{seed}"), "safetensors");
        write_tensors(&path, tensors, &shape_text(picture.shape))
    }

    /// The picture first, then the figures, which say that the task is done.
    fn keep(
        &self,
        key: &str,
        tensors: Vec<(String, Tensor<'_>)>,
        texts: &BTreeMap<String, String>,
        figures: &impl Serialize,
    ) -> Result<(), WriteError> {
        write_tensors(&self.result(key, "safetensors"), tensors, texts)?;
        write_json(&self.result(key, "json"), figures)
    }

    /// Writes a checkpoint of the network of `recipe`, `seconds` of whose training are spent.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file; the checkpoint before stays.
    pub fn keep_checkpoint(
        &self,
        recipe: &Recipe,
        seconds: f64,
        checkpoint: &Checkpoint,
    ) -> Result<(), WriteError> {
        let recipe = serde_json::to_string(recipe).expect("plain data");
        let texts = BTreeMap::from([
            ("recipe".to_owned(), recipe),
            ("seconds".to_owned(), seconds.to_string()),
        ]);
        checkpoint.write(&self.checkpoint_path(), texts)
    }

    /// The checkpoint, if there is a whole one of the network of `recipe`, and the seconds spent.
    #[must_use]
    pub fn checkpoint(&self, recipe: &Recipe) -> Option<(Checkpoint, f64)> {
        let path = self.checkpoint_path();
        if !path.exists() {
            return None;
        }
        let read = || -> Result<_, TensorError> {
            let file = TensorFile::read(&path)?;
            let of: Option<Recipe> = serde_json::from_str(file.text("recipe")?).ok();
            let seconds = file.text("seconds")?.parse().unwrap_or(0.0);
            Ok((of, Checkpoint::read(&file)?, seconds))
        };
        match read() {
            Ok((of, checkpoint, seconds)) => (of == Some(*recipe)).then_some((checkpoint, seconds)),
            Err(error) => {
                tracing::warn!("the checkpoint is not used: {error}");
                None
            }
        }
    }

    /// Removes the checkpoint of a network that is finished.
    pub fn drop_checkpoint(&self) {
        // Should it stay, its recipe tells that nobody needs it.
        let _ = std::fs::remove_file(self.checkpoint_path());
    }

    /// What is there of `plan`.
    #[must_use]
    pub fn findings(&self, plan: &Plan) -> Findings {
        let mut findings = Findings::default();
        for &seed in &plan.seeds {
            if let Some(picture) = self.read(|| self.read_seed(seed)) {
                findings.seeds.push((seed, Arc::new(picture)));
            }
        }
        for task in plan.tasks() {
            self.find(&task, &mut findings);
        }
        findings
    }

    fn find(&self, task: &Task, findings: &mut Findings) {
        if !self.result(&task.key(), "json").exists() {
            return;
        }
        match task {
            Task::Network(recipe) => {
                let there = self.network_path(recipe).exists();
                if let Some(found) = self.read(|| self.read_network(recipe)).filter(|_| there) {
                    findings.networks.push(Arc::new(found));
                }
            }
            Task::Spectrum { .. } => {
                if let Some(found) = self.read(|| self.read_spectrum(&task.key())) {
                    findings.spectra.push(Arc::new(found));
                }
            }
            Task::Denoising { .. } => {
                if let Some(found) = self.read(|| self.read_denoising(&task.key())) {
                    findings.denoising.push(Arc::new(found));
                }
            }
        }
    }

    /// A result, or a line in the log.
    fn read<T>(&self, read: impl FnOnce() -> Result<T, StoreError>) -> Option<T> {
        match read() {
            Ok(found) => Some(found),
            Err(StoreError::Read(TensorError::Read { source, .. }))
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                None
            }
            Err(error) => {
                tracing::warn!(
                    "a result in {} is made again: {error}",
                    self.folder.display()
                );
                None
            }
        }
    }

    fn figures<T: DeserializeOwned>(&self, key: &str) -> Result<T, StoreError> {
        let path = self.result(key, "json");
        read_json(&path).map_err(|reason| StoreError::Unreadable {
            file: path.display().to_string(),
            reason,
        })
    }

    fn picture(&self, key: &str) -> Result<TensorFile, StoreError> {
        Ok(TensorFile::read(&self.result(key, "safetensors"))?)
    }

    fn read_network(&self, recipe: &Recipe) -> Result<Network, StoreError> {
        let file = self.picture(&recipe.key())?;
        Ok(Network {
            figures: self.figures(&recipe.key())?,
            picture: NetworkPicture {
                codes: file.matrix("codes")?,
                reconstructions: file.matrix("reconstructions")?,
            },
        })
    }

    fn read_spectrum(&self, key: &str) -> Result<Spectrum, StoreError> {
        Ok(Spectrum {
            figures: self.figures(key)?,
            scores: self.picture(key)?.matrix("scores")?,
        })
    }

    fn read_denoising(&self, key: &str) -> Result<Denoising, StoreError> {
        let file = self.picture(key)?;
        let row = |method: Method| Ok((method, file.matrix(method.key())?));
        Ok(Denoising {
            figures: self.figures(key)?,
            clean: file.matrix("clean")?,
            rows: Method::ALL
                .into_iter()
                .map(row)
                .collect::<Result<_, TensorError>>()?,
            shape: read_shape(&file)?,
        })
    }

    fn read_seed(&self, seed: u64) -> Result<SeedPicture, StoreError> {
        let file = self.picture(&format!("seed{seed}"))?;
        let labels = |name: &str| file.has(name).then(|| file.bytes(name)).transpose();
        Ok(SeedPicture {
            prior: file.matrix("prior")?,
            labels: labels("labels")?,
            originals: file.matrix("originals")?,
            drawn: labels("drawn")?,
            shape: read_shape(&file)?,
        })
    }
}

fn shape_text(shape: ImageShape) -> BTreeMap<String, String> {
    let text = format!("{} {}", shape.height, shape.width);
    BTreeMap::from([("shape".to_owned(), text)])
}

fn read_shape(file: &TensorFile) -> Result<ImageShape, TensorError> {
    let text = file.text("shape")?;
    let mut sides = text.split(' ').map_while(|side| side.parse().ok());
    match (sides.next(), sides.next()) {
        (Some(height), Some(width)) => Ok(ImageShape { height, width }),
        _ => Err(file.missing("shape")),
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), WriteError> {
    write_whole(path, |file| {
        serde_json::to_writer_pretty(file, value).map_err(Into::into)
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
