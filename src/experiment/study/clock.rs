//! How long a study has worked, all its starts together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::data::{WriteError, read_text, write_whole};
use crate::experiment::findings::Findings;

/// The clock of a study: it runs while the study works, and is kept with the results.
pub(super) struct Clock {
    path: PathBuf,
    worked: Duration,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    seconds: f64,
}

impl Clock {
    /// Goes on where the clock of `folder` stood; where there is none, at what the findings took.
    pub fn of(folder: &Path, findings: &Findings) -> Self {
        let path = folder.join("time.json");
        let kept = read_text(&path)
            .ok()
            .and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        let networks = findings.networks.iter().map(|n| n.figures.seconds);
        let spectra = findings.spectra.iter().map(|s| s.figures.seconds);
        let denoising = findings.denoising.iter().map(|d| d.figures.seconds);
        let found: f64 = networks.chain(spectra).chain(denoising).sum();
        let seconds = kept.map_or(found, |kept| kept.seconds.max(found));
        Self {
            path,
            worked: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        }
    }

    /// Adds what was worked.
    pub fn add(&mut self, spent: Duration) {
        self.worked = self.worked.saturating_add(spent);
    }

    /// All of it.
    pub fn worked(&self) -> Duration {
        self.worked
    }

    /// Keeps it for the next start.
    pub fn keep(&self) -> Result<(), WriteError> {
        let seconds = self.worked.as_secs_f64();
        write_whole(&self.path, |file| {
            serde_json::to_writer(file, &Kept { seconds }).map_err(Into::into)
        })
    }
}
