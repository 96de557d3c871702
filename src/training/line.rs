//! A run as a line of text, which a person can read, mail, and give to the window or the command
//! line to get the same run to the bit.
//!
//! ```text
//! dkae1 preset=quick seed=3 lambda=0.2 copies=none data=mnist samples=6000 threads=2 base=51a5771f sha256=a084e5f0a34d7853
//! ```
//!
//! The first word is the version of this form. Settings stand by the names that a report has for
//! them, those of its groups `training` and `network` without the group's; what is the preset's is
//! left out. `base` is a checksum of the preset: where another version of the program means
//! something else by its name, the line is refused and not misread. The data are a place (`data`
//! for images that come with the program, `images` for a file), a choice (`samples`, `classes`,
//! `draw` where that is not the seed) and, last, so that a line cut short is known as one, the
//! checksum of the chosen images and labels. `threads` is there because sums are split by the number
//! of threads that compute.
//!
//! Nothing is listed here a second time: keys, types and what may be `none` follow from
//! [`RunConfig`] as serde has it.

mod keys;
mod words;

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::config::{Preset, RunConfig};
use crate::data::{Collection, DataRecord, Place, Selection, hexadecimal};
use keys::Keys;
use words::{Words, quoted};

/// The first word of a line.
pub const VERSION: &str = "dkae1";

/// Digits of the data's checksum.
const DATA_DIGITS: usize = 16;

/// Digits of a preset's checksum.
const BASE_DIGITS: usize = 8;

/// Characters of a line at the most.
const LONGEST: usize = 16_384;

/// Threads at the most, as on the command line.
const MOST_THREADS: usize = 1_024;

/// A run, as a line of text says it.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsLine {
    /// The settings that it begins with.
    pub config: RunConfig,
    /// Its data.
    pub data: LineData,
    /// The threads that compute.
    pub threads: usize,
}

/// The data of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineData {
    /// Where they are found; `None` where that cannot be said in a line.
    pub place: Option<Place>,
    /// Which of them.
    pub selection: Selection,
    /// The beginning of the checksum of those chosen.
    pub sha256: String,
}

/// Why a text is no settings line that can be used, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Something else.
    #[error(
        "this is no settings line: one begins with {VERSION}, as Copy settings puts it on the clipboard"
    )]
    NotALine,
    /// A line of another version.
    #[error(
        "the settings line is of version {0}, and this program reads {VERSION}: use the version of \
         the program that it was copied from, or copy it anew from this one"
    )]
    Version(String),
    /// Far too much text.
    #[error(
        "the settings line has more than {LONGEST} characters: copy it anew, without what is around it"
    )]
    TooLong,
    /// A word without a key.
    #[error("“{0}” in the settings line is not of the form key=value: copy the line anew")]
    Word(String),
    /// A text in quotation marks without an end, or with a mark of its own that is not known.
    #[error(
        "the text in quotation marks after {0}= in the settings line is cut short or damaged: copy the line anew"
    )]
    Quote(String),
    /// A key that stands twice.
    #[error("{0} stands in the settings line twice: take one out")]
    Twice(String),
    /// A key that there is not.
    #[error(
        "there is no setting {0} here, which the settings line has: take it out, or copy the line anew{1}"
    )]
    Unknown(String, String),
    /// A value that cannot be.
    #[error(
        "{key} is {value} in the settings line, but has to be {expected}: correct it, or copy the line anew"
    )]
    Value {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A key that has to be there.
    #[error("{0} is missing in the settings line, which may be cut short: copy it anew")]
    Missing(String),
    /// A part of what is not there.
    #[error("the settings line has {part}, but says {group}=none: take one of them out")]
    Conflict {
        /// The group.
        group: String,
        /// Its part.
        part: String,
    },
    /// The preset is another one here.
    #[error(
        "the preset {0} of the settings line is another one in this version of the program: use the \
         version that the line was copied from, or copy it anew from this one"
    )]
    Preset(String),
    /// The rest that serde may find.
    #[error("the settings line does not hold settings ({0}): copy it anew")]
    Settings(String),
}

impl LineData {
    /// Those of `record`, of which so many samples were chosen.
    #[must_use]
    pub fn of(record: &DataRecord, samples: usize) -> Self {
        Self {
            place: Place::of(record, samples),
            // All that there are, in numbers.
            selection: Selection {
                samples: Some(samples),
                ..record.selection.clone()
            },
            sha256: beginning(&record.sha256),
        }
    }

    /// So many samples that are known by their checksum (in hexadecimal digits) alone, drawn by the
    /// seed of the run.
    #[must_use]
    pub fn unnamed(checksum: &str, samples: usize, seed: u64) -> Self {
        Self {
            place: None,
            selection: Selection {
                samples: Some(samples),
                classes: None,
                seed,
            },
            sha256: beginning(checksum),
        }
    }

    /// Whether data of this checksum (in hexadecimal digits) are those of the line.
    #[must_use]
    pub fn is_of(&self, checksum: &str) -> bool {
        self.sha256.len() == DATA_DIGITS && checksum.starts_with(&self.sha256)
    }

    /// The samples that the line asks for.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.selection.samples.unwrap_or(0)
    }

    /// What they are called in messages.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.place {
            None => "images that stand in no file".to_owned(),
            Some(Place::Shipped(collection)) => collection.title().to_owned(),
            Some(Place::File(path)) => path.display().to_string(),
        }
    }
}

/// As much of a checksum as a line has.
fn beginning(checksum: &str) -> String {
    checksum.chars().take(DATA_DIGITS).collect()
}

/// A checksum of what this program means by a preset's name.
fn base(preset: Preset) -> String {
    let config = serde_json::to_vec(&preset.config()).unwrap_or_default();
    let mut digits = hexadecimal(&Sha256::digest(config));
    digits.truncate(BASE_DIGITS);
    digits
}

/// The name of something that serde knows by one.
fn name(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A list of numbers as it stands in a line.
fn list<T: ToString>(numbers: &[T]) -> String {
    let numbers: Vec<_> = numbers.iter().map(T::to_string).collect();
    format!("[{}]", numbers.join(","))
}

impl fmt::Display for SettingsLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            config,
            data,
            threads,
        } = self;
        write!(f, "{VERSION} preset={}", name(config.preset))?;
        for (key, value) in keys::written(config) {
            write!(f, " {key}={}", quoted(&value))?;
        }
        match &data.place {
            Some(Place::Shipped(collection)) => write!(f, " data={}", name(collection))?,
            Some(Place::File(path)) => write!(f, " images={}", quoted(&path.to_string_lossy()))?,
            None => {}
        }
        let Selection {
            samples,
            classes,
            seed,
        } = &data.selection;
        if let Some(samples) = samples {
            write!(f, " samples={samples}")?;
        }
        if let Some(classes) = classes {
            write!(f, " classes={}", list(classes))?;
        }
        if *seed != config.seed {
            write!(f, " draw={seed}")?;
        }
        let base = base(config.preset);
        write!(f, " threads={threads} base={base} sha256={}", data.sha256)
    }
}

impl FromStr for SettingsLine {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, LineError> {
        if text.len() > LONGEST {
            return Err(LineError::TooLong);
        }
        let mut words = Words::read(text)?;
        // First, as its end is missing where a line was cut short.
        let sha256 = digits(&mut words, "sha256", DATA_DIGITS)?;
        let preset = preset(&mut words)?;
        let config = Keys::of(preset, &mut words)?;
        let threads = number(&mut words, "threads", MOST_THREADS as u64)?;
        let threads = threads.filter(|&threads| threads > 0);
        let threads = threads.ok_or_else(|| LineError::Missing("threads".into()))?;
        let data = LineData {
            place: place(&mut words)?,
            selection: Selection {
                samples: number(&mut words, "samples", u64::from(u32::MAX))?.map(|n| n as usize),
                classes: classes(&mut words)?,
                seed: number(&mut words, "draw", u64::MAX)?.unwrap_or(config.seed),
            },
            sha256,
        };
        if data.selection.samples.is_none() {
            return Err(LineError::Missing("samples".into()));
        }
        if let Some(key) = words.left() {
            return Err(keys::unknown(key, &config));
        }
        Ok(Self {
            config,
            data,
            threads: threads as usize,
        })
    }
}

fn wrong(key: &str, value: String, expected: impl Into<String>) -> LineError {
    LineError::Value {
        key: key.to_owned(),
        value,
        expected: expected.into(),
    }
}

/// The preset, which has to be what it is here.
fn preset(words: &mut Words) -> Result<Preset, LineError> {
    let missing = |key: &str| LineError::Missing(key.to_owned());
    let named = words.take("preset").ok_or_else(|| missing("preset"))?;
    let found = Preset::ALL.into_iter().find(|&p| name(p) == named);
    let preset = found.ok_or_else(|| {
        let names = Preset::ALL.map(name).join(", ");
        wrong("preset", named.clone(), format!("one of {names}"))
    })?;
    if digits(words, "base", BASE_DIGITS)? != base(preset) {
        return Err(LineError::Preset(named));
    }
    Ok(preset)
}

/// So many hexadecimal digits.
fn digits(words: &mut Words, key: &str, count: usize) -> Result<String, LineError> {
    let missing = || LineError::Missing(key.to_owned());
    let value = words.take(key).ok_or_else(missing)?;
    let sound = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if value.len() != count || !value.chars().all(sound) {
        let expected = format!("{count} hexadecimal digits");
        return Err(wrong(key, value, expected));
    }
    Ok(value)
}

/// A whole number, if the key is there.
fn number(words: &mut Words, key: &str, most: u64) -> Result<Option<u64>, LineError> {
    let Some(value) = words.take(key) else {
        return Ok(None);
    };
    let found = keys::whole(&value).filter(|&found| found <= most);
    let expected = || format!("a whole number up to {most}");
    found.map_or_else(|| Err(wrong(key, value, expected())), |n| Ok(Some(n)))
}

fn classes(words: &mut Words) -> Result<Option<Vec<u8>>, LineError> {
    let Some(value) = words.take("classes") else {
        return Ok(None);
    };
    let found = keys::whole_list(&value).and_then(|list| {
        let classes = list.into_iter().map(u8::try_from);
        classes.collect::<Result<Vec<_>, _>>().ok()
    });
    let expected = "a list of classes such as [5,6]";
    found.map_or_else(|| Err(wrong("classes", value, expected)), |c| Ok(Some(c)))
}

fn place(words: &mut Words) -> Result<Option<Place>, LineError> {
    let shipped = match words.take("data") {
        None => None,
        Some(value) => {
            let collection = serde_json::from_value(Value::from(value.clone()));
            Some(Place::Shipped(collection.map_err(|_| {
                let names = Collection::ALL.map(name).join(" or ");
                wrong(
                    "data",
                    value,
                    format!("{names}, or images the path of a file"),
                )
            })?))
        }
    };
    let Some(path) = words.take("images") else {
        return Ok(shipped);
    };
    if shipped.is_some() {
        let group = "data".to_owned();
        return Err(wrong("images", path, format!("left out beside {group}")));
    }
    if path.is_empty() {
        return Err(wrong("images", "empty".into(), "the path of a file"));
    }
    Ok(Some(Place::File(path.into())))
}

#[cfg(test)]
#[path = "line/tests.rs"]
mod tests;
