//! What is on show as a settings line, and what of it a line cannot say.

use super::RunView;
use crate::data::DataRecord;
use crate::exhibit::{Exhibit, Made, numbers};
use crate::training::{LineData, SettingsLine};

/// A line, and what is to be told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The line.
    pub line: SettingsLine,
    /// What it gives, and what not.
    pub told: String,
}

impl Copied {
    /// Of the run on show, whose data have this `record`, and which began on so many threads; `None` if
    /// there is no run.
    #[must_use]
    pub fn of_run(run: &RunView, record: Option<&DataRecord>, threads: usize) -> Option<Self> {
        let (summary, made) = (run.summary.as_ref()?, run.made()?);
        let taken = run.progress.as_ref().map_or(0, |progress| progress.step);
        let mut copied = Self::of(&made, record, threads, taken)?;
        if threads != summary.threads && made.schedule.is_empty() && taken <= made.began.steps() {
            copied.told += &format!(
                " It was begun on {threads} threads and goes on here on {}, so that last digits may \
                 differ.",
                summary.threads
            );
        }
        Some(copied)
    }

    /// Of a network that is on show in the place of the run, which so many threads trained.
    #[must_use]
    pub fn of_beside(
        exhibit: &Exhibit,
        record: Option<&DataRecord>,
        threads: usize,
    ) -> Option<Self> {
        Self::of(&exhibit.made, record, threads, exhibit.step())
    }

    /// Of a network that `made` tells of, by so many threads, after so many steps.
    fn of(made: &Made, record: Option<&DataRecord>, threads: usize, taken: u64) -> Option<Self> {
        let ((_, checksum), samples) = (made.data.as_ref()?, made.samples?);
        let samples = samples.iter().sum();
        let data = match record {
            Some(record) => LineData::of(record, samples),
            None => LineData::unnamed(checksum, samples, made.began.seed),
        };
        let steps = made.began.steps();
        let count = |steps: u64| numbers::count(usize::try_from(steps).unwrap_or(usize::MAX));
        let mut told = if !made.schedule.is_empty() {
            "Settings copied as the run began. λ, Nc, learning rate or noise were changed since, \
             which no line holds: it gives the run without that."
                .to_owned()
        } else if taken > steps {
            format!(
                "Settings copied. They give the first {} steps again; the run was trained on to \
                 {}, which no line holds.",
                count(steps),
                count(taken)
            )
        } else {
            "Settings copied: “Paste settings”, or “train --settings-line”, gives this run again."
                .to_owned()
        };
        if data.place.is_none() {
            told += " Of the data the line has the checksum alone: who pastes it opens them first.";
        }
        let config = made.began.clone();
        let line = SettingsLine {
            config,
            data,
            threads,
        };
        Some(Self { line, told })
    }
}
