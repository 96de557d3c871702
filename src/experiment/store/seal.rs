//! Figures as JSON with a seal: the checksum of what the file says, the study it belongs to and
//! its own name in it. A file that was damaged, exchanged or taken from another study shows.
//!
//! ```json
//! { …, "seal": { "sha256": "…", "study": "…", "key": "seed0-lambda0.1-nc128" } }
//! ```
//!
//! The checksum is of the values, not of the bytes: keys in their order, names with their lengths.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::data::{WriteError, hexadecimal, read_text, write_whole};

/// The key that holds the seal.
const SEAL: &str = "seal";

/// What a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The checksum of the settings that it was made under; empty for those settings themselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub study: String,
    /// Its name among the study's results.
    pub key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    sha256: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    study: String,
    key: String,
}

/// What a sealed file holds.
#[derive(Debug)]
pub struct Opened {
    /// The contents.
    pub content: Value,
    /// Their checksum.
    pub sum: String,
    /// What the file says it is; `None` for one without a seal, as they were once written.
    pub label: Option<Label>,
}

/// Writes `content` to `path` with a seal, whole or not at all; gives the checksum.
///
/// # Errors
///
/// [`WriteError`] names the file.
pub fn write(path: &Path, content: &impl Serialize, label: Label) -> Result<String, WriteError> {
    let mut sum = String::new();
    write_whole(path, |file| {
        let mut value = serde_json::to_value(content)?;
        sum = checksum(&value, &label);
        let seal = Seal {
            sha256: sum.clone(),
            study: label.study,
            key: label.key,
        };
        if let Value::Object(object) = &mut value {
            object.insert(SEAL.to_owned(), serde_json::to_value(seal)?);
        }
        serde_json::to_writer_pretty(file, &value).map_err(Into::into)
    })?;
    Ok(sum)
}

/// Reads what is in `path`; a seal that is there has to fit.
///
/// # Errors
///
/// What is wrong with the file.
pub fn read(path: &Path) -> Result<Opened, String> {
    let text = read_text(path).map_err(|error| error.to_string())?;
    parse(&text)
}

/// The same for a text in memory.
///
/// # Errors
///
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Opened, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let seal = value.as_object_mut().and_then(|object| object.remove(SEAL));
    let seal: Option<Seal> = seal
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| error.to_string())?;
    let label = seal.as_ref().map(|seal| Label {
        study: seal.study.clone(),
        key: seal.key.clone(),
    });
    let sum = checksum(&value, label.as_ref().unwrap_or(&Label::default()));
    if seal.is_some_and(|seal| seal.sha256 != sum) {
        return Err("its contents do not give the checksum that it holds".into());
    }
    Ok(Opened {
        content: value,
        sum,
        label,
    })
}

/// The checksum that [`write()`] would give `content` under `label`.
pub fn sum_of(content: &impl Serialize, label: &Label) -> String {
    let value = serde_json::to_value(content).unwrap_or(Value::Null);
    checksum(&value, label)
}

/// The checksum of what a file says under `label`.
fn checksum(value: &Value, label: &Label) -> String {
    let mut hash = Sha256::new();
    feed(&mut hash, value);
    text(&mut hash, &label.study);
    text(&mut hash, &label.key);
    hexadecimal(&hash.finalize())
}

/// Feeds a value, each kind with a letter of its own and its length.
fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Array(values) => {
            hash.update(b"a");
            hash.update((values.len() as u64).to_le_bytes());
            for value in values {
                feed(hash, value);
            }
        }
        Value::Object(values) => {
            hash.update(b"o");
            hash.update((values.len() as u64).to_le_bytes());
            let mut sorted: Vec<_> = values.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in sorted {
                text(hash, name);
                feed(hash, value);
            }
        }
        Value::String(string) => {
            hash.update(b"s");
            text(hash, string);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            hash.update(b"v");
            text(hash, &value.to_string());
        }
    }
}

fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Figures {
        lc: f64,
        steps: u64,
        names: Vec<String>,
    }

    fn figures() -> Figures {
        Figures {
            lc: 0.1 + 0.2,
            steps: u64::MAX,
            names: vec!["λ".into(), "Nc".into()],
        }
    }

    fn label() -> Label {
        Label {
            study: "abc".into(),
            key: "seed0".into(),
        }
    }

    fn content(opened: Opened) -> Option<Figures> {
        serde_json::from_value(opened.content).ok()
    }

    #[test]
    fn what_was_sealed_comes_back_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let sum = write(&path, &figures(), label()).unwrap();
        assert_eq!(sum, sum_of(&figures(), &label()));
        let opened = read(&path).unwrap();
        assert_eq!((&opened.sum, &opened.label), (&sum, &Some(label())));
        assert_eq!(content(opened), Some(figures()));
        let whole = std::fs::read(&path).unwrap();
        for at in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            let Ok(text) = std::str::from_utf8(&bytes) else {
                continue;
            };
            // What is still read has the same contents (a space became a tab), or no seal.
            if let Ok(opened) = parse(text) {
                let bare = opened.label.is_none();
                let same = opened.label == Some(label()) && content(opened) == Some(figures());
                assert!(same || bare, "bit {at}: {text}");
            }
        }
    }

    #[test]
    fn a_file_of_before_there_were_seals_is_read() {
        let text = serde_json::to_string(&figures()).unwrap();
        let opened = parse(&text).unwrap();
        assert_eq!(opened.label, None);
        assert_eq!(content(opened), Some(figures()));
    }
}
