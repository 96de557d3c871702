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
        let courses = findings.courses.iter().map(|c| c.seconds);
        let denoising = findings.denoising.iter().map(|d| d.figures.seconds);
        let code_spaces = findings.code_spaces.iter().map(|c| c.seconds);
        let tasks = networks.chain(spectra).chain(courses).chain(denoising);
        let found: f64 = tasks.chain(code_spaces).sum();
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

#[cfg(test)]
mod tests {
    use super::super::each_kind_tests::findings;
    use super::*;
    use crate::experiment::plan::{Experiment, Plan};
    use crate::training::config::Preset;

    #[test]
    fn a_clock_goes_on_where_it_stood_and_never_behind_its_results() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan::of(Preset::Quick, &Experiment::ALL, 0, 1);
        let findings = findings(&plan);
        let of = |findings: &Findings| {
            let clock = Clock::of(folder.path(), findings);
            clock.worked().as_secs_f64()
        };
        assert_eq!(of(&Findings::default()), 0.0);
        // 10 + 3 + 30 + (5 + 7) + 2.
        assert_eq!(of(&findings), 57.0);
        let mut clock = Clock::of(folder.path(), &findings);
        clock.add(Duration::from_millis(2_500));
        clock.keep().unwrap();
        assert_eq!(of(&findings), 59.5);
        assert_eq!(of(&Findings::default()), 59.5);
        for lost in ["{\"seconds\": 20}", "{\"seconds\": -1e300}", "{"] {
            std::fs::write(folder.path().join("time.json"), lost).unwrap();
            assert_eq!(of(&findings), 57.0, "{lost}");
        }
    }
}
