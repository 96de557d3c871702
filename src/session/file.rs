//! A session as a file: what stands in it, and what is refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::network::{Described, KeptNetwork, Role};
use crate::data::tensors::{TensorError, TensorFile, write_tensors};
use crate::data::{DataRecord, WriteError};
use crate::training::RunConfig;

/// What the text `format` says.
const FORMAT: &str = "dkae session";
/// The version that is written, and read.
const VERSION: &str = "1";
/// The text that holds everything that is no tensor.
const SESSION: &str = "session";

/// All that somebody has in front of them.
#[derive(Clone)]
pub struct Session {
    /// Whether it was written as the program ended, and nothing came after it.
    pub closed: bool,
    /// Computing threads of the program that wrote it.
    pub threads: usize,
    /// The settings of the controls.
    pub settings: RunConfig,
    /// The data of the controls.
    pub data: Arc<DataRecord>,
    /// The networks: the run, pins and rungs.
    pub networks: Vec<KeptNetwork>,
}

/// The text `session`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    program: String,
    threads: usize,
    closed: bool,
    settings: RunConfig,
    data: Arc<DataRecord>,
    networks: Vec<Described>,
}

/// Why a file cannot be opened as a session. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// It cannot be read, is cut short or damaged, or something in it is missing or impossible.
    #[error(transparent)]
    Tensors(#[from] TensorError),
    /// It is something else.
    #[error(
        "{file} is no session of dkAE Explorer: choose a file that it saved as .{}",
        super::EXTENSION
    )]
    Other {
        /// Path of the file at fault.
        file: String,
    },
    /// It was written by another version.
    #[error(
        "{file} is a session of format version {found}, and this program reads version {VERSION}: open it \
         with the program that wrote it"
    )]
    Version {
        /// Path of the file at fault.
        file: String,
        /// The version that it says.
        found: String,
    },
    /// It has no checksum.
    #[error("{file} has been changed since it was saved: its checksum is gone")]
    Unsealed {
        /// Path of the file at fault.
        file: String,
    },
    /// What it says of itself cannot be understood.
    #[error("{file} cannot be understood: {reason}")]
    Content {
        /// Path of the file at fault.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

/// The beginning of the names of network `index`.
fn prefix(index: usize) -> String {
    format!("{index}.")
}

impl Session {
    /// The run, if there was one.
    #[must_use]
    pub fn run(&self) -> Option<&KeptNetwork> {
        self.networks.iter().find(|kept| kept.role == Role::Run)
    }

    /// Writes it to `path`, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the file cannot be written; what was there before stays.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let written = Written {
            program: format!("dkAE Explorer {}", env!("CARGO_PKG_VERSION")),
            threads: self.threads,
            closed: self.closed,
            settings: self.settings.clone(),
            data: Arc::clone(&self.data),
            networks: self.networks.iter().map(KeptNetwork::described).collect(),
        };
        let session = serde_json::to_string(&written).expect("plain data with names for keys");
        let mut texts = BTreeMap::from([
            ("format".to_owned(), FORMAT.to_owned()),
            ("version".to_owned(), VERSION.to_owned()),
            (SESSION.to_owned(), session),
        ]);
        let mut tensors = Vec::new();
        for (index, kept) in self.networks.iter().enumerate() {
            texts.extend(kept.texts(&prefix(index)));
            tensors.extend(kept.tensors(&prefix(index)));
        }
        write_tensors(path, tensors, &texts)
    }

    /// Reads `path`.
    ///
    /// # Errors
    ///
    /// [`SessionError`] names the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, SessionError> {
        let file = TensorFile::read(path)?;
        if !file.is_sealed() && file.text("format").is_ok_and(|format| format == FORMAT) {
            let file = file.name().to_owned();
            return Err(SessionError::Unsealed { file });
        }
        Self::of(&file)
    }

    /// The session in `file`, which is read already and may have no checksum.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn of(file: &TensorFile) -> Result<Self, SessionError> {
        let name = || file.name().to_owned();
        if file.text("format").ok() != Some(FORMAT) {
            return Err(SessionError::Other { file: name() });
        }
        let version = file.text("version")?;
        if version != VERSION {
            let found = version.chars().take(20).filter(|c| !c.is_control());
            return Err(SessionError::Version {
                file: name(),
                found: found.collect(),
            });
        }
        let text = file.text(SESSION)?;
        let written: Written = serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string().replace(char::is_control, " ");
            SessionError::Content {
                file: name(),
                reason,
            }
        })?;
        let runs = |kept: &KeptNetwork| kept.role == Role::Run;
        let described = written.networks.into_iter().enumerate();
        let networks: Result<Vec<_>, _> = described
            .map(|(index, described)| KeptNetwork::read(file, &prefix(index), described))
            .collect();
        let networks = networks?;
        if networks.iter().filter(|kept| runs(kept)).count() > 1 {
            return Err(SessionError::Content {
                file: name(),
                reason: "it holds several runs".to_owned(),
            });
        }
        Ok(Self {
            closed: written.closed,
            threads: written.threads,
            settings: written.settings,
            data: written.data,
            networks,
        })
    }
}
