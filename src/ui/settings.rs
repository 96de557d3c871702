//! What is remembered from one session to the next: the theme, the colours of kernels, the size of text, the
//! last folders and sessions.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::exhibit::Looks;

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether the dark theme is on.
    pub dark: bool,
    /// The folder of the last data file.
    pub data_folder: Option<PathBuf>,
    /// Where pictures go.
    pub picture_folder: String,
    /// Sessions that were saved or opened, the last first.
    pub recent: Vec<PathBuf>,
    /// Whether a ladder is made by itself where that takes little time.
    pub ladder: bool,
    /// Whether the tour of the first minutes is over.
    pub toured: bool,
    /// How kernels are coloured.
    pub looks: Looks,
    /// The size of text, as a multiple of the usual one.
    pub text_size: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dark: true,
            data_folder: None,
            picture_folder: "dkae-export".to_owned(),
            recent: Vec::new(),
            ladder: true,
            toured: false,
            looks: Looks::default(),
            text_size: 1.0,
        }
    }
}

const KEY: &str = "settings";

impl Settings {
    /// What the last session left, if it left anything that can be read. Where nothing can be remembered there is
    /// no first time, either.
    #[must_use]
    pub fn load(storage: Option<&dyn eframe::Storage>) -> Self {
        let Some(storage) = storage else {
            return Self {
                toured: true,
                ..Self::default()
            };
        };
        eframe::get_value(storage, KEY).unwrap_or_default()
    }

    /// Hands it to the next session.
    pub fn save(&self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, KEY, self);
    }
}
