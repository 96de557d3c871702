//! Data by name: where samples are from, how they were chosen, and the checksum that they are known
//! by. What is written so is found again later, or refused: other images are never taken for them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::collection::Collection;
use super::dataset::DataSet;
use super::error::DataError;
use super::selection::Selection;
use super::source::Source;

/// Characters of a checksum that a message shows.
const SHORT: usize = 12;

/// Data by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRecord {
    /// What they are called.
    pub name: String,
    /// SHA-256 of the chosen images and labels ([`DataSet::checksum`]).
    pub sha256: String,
    /// How they were chosen.
    pub selection: Selection,
    /// The files of images, one after the other; none for images that come with the program.
    pub images: Vec<String>,
    /// The labels of the first file, where they are not found by its name.
    pub labels: Option<String>,
    /// Which of the images that come with the program, where no file is named.
    pub collection: Collection,
}

/// Why data that were named cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// They are not there any more, or not to be read.
    #[error(
        "{source}. Its samples were of {name} (sha256 {sum}): put the file back, or beside the session"
    )]
    Gone {
        /// What the data were called.
        name: String,
        /// The beginning of their checksum.
        sum: String,
        /// What is wrong.
        source: Box<DataError>,
    },
    /// Others are in their place.
    #[error(
        "the samples were of {name} (sha256 {sum}), but those that are found are of {found_name} (sha256 \
         {found}): put the file back that it was made on, or beside the session"
    )]
    Others {
        /// What the data were called.
        name: String,
        /// The beginning of their checksum.
        sum: String,
        /// What was found instead.
        found_name: String,
        /// The beginning of its checksum.
        found: String,
    },
}

/// The beginning of a checksum, as messages show it.
#[must_use]
pub fn short_sum(sha256: &str) -> String {
    let beginning: String = sha256.chars().take(SHORT).collect();
    format!("{beginning}…")
}

impl DataRecord {
    /// The record of `data`, chosen so from these files, or from what comes with the program.
    #[must_use]
    pub fn of(
        data: &DataSet,
        selection: Selection,
        (images, labels): (&[PathBuf], Option<&Path>),
        collection: Collection,
    ) -> Self {
        // Whoever opens it may stand in another folder. A name that is not Unicode is not found again,
        // and said then.
        let named = |path: &Path| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            path.to_string_lossy().into_owned()
        };
        Self {
            name: data.name().to_owned(),
            sha256: data.checksum().to_owned(),
            selection,
            images: images.iter().map(|path| named(path)).collect(),
            labels: labels.map(named),
            collection,
        }
    }

    /// The same data, whose files are named in the folder `beside` where they stand there under their
    /// names and no longer where they were.
    #[must_use]
    pub fn located(&self, beside: Option<&Path>) -> Self {
        let found = |name: &String| match found(Path::new(name), beside) {
            Some(near) => near.to_string_lossy().into_owned(),
            None => name.clone(),
        };
        Self {
            images: self.images.iter().map(found).collect(),
            labels: self.labels.as_ref().map(found),
            ..self.clone()
        }
    }

    /// The samples: from where they were, or from files of the same names in the folder `beside`.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if they are gone, or others are in their place.
    pub fn find(&self, beside: Option<&Path>) -> Result<DataSet, RecordError> {
        let located = self.located(beside);
        let images: Vec<PathBuf> = located.images.iter().map(PathBuf::from).collect();
        self.find_in(&images, located.labels.as_deref().map(Path::new))
    }

    /// The samples, from these files; from what comes with the program, if none are named.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub fn find_in(
        &self,
        images: &[PathBuf],
        labels: Option<&Path>,
    ) -> Result<DataSet, RecordError> {
        let samples = self.selection.samples.unwrap_or(0);
        let source = Source::of(images, labels, self.collection, samples);
        let others = |found_name: &str, found: String| RecordError::Others {
            name: self.name.clone(),
            sum: short_sum(&self.sha256),
            found_name: found_name.to_owned(),
            found,
        };
        let source = source.map_err(|source| RecordError::Gone {
            name: self.name.clone(),
            sum: short_sum(&self.sha256),
            source: Box::new(source),
        })?;
        match source.select(&self.selection) {
            Ok(data) if data.checksum() == self.sha256 => Ok(data),
            Ok(data) => Err(others(data.name(), short_sum(data.checksum()))),
            // Too few samples, or none of a class: other images at any rate.
            Err(error) => Err(others(source.name(), error.to_string())),
        }
    }
}

/// A file in the folder `beside` that has the name of the one that was at `path` and is not there.
fn found(path: &Path, beside: Option<&Path>) -> Option<PathBuf> {
    let near = beside?.join(path.file_name()?);
    let near = std::path::absolute(&near).unwrap_or(near);
    (!path.is_file() && near.is_file()).then_some(near)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::data::{ImageShape, idx};

    const SHAPE: ImageShape = ImageShape {
        height: 4,
        width: 4,
    };

    /// A file of 40 images that follow from `seed`.
    fn write(path: &Path, seed: u8) {
        let pixels: Vec<u8> = (0..40 * 16).map(|i| (i % 251) as u8 ^ seed).collect();
        fs::write(path, idx::encode_images(SHAPE, &pixels)).unwrap();
    }

    fn record(path: &Path) -> DataRecord {
        let selection = Selection {
            samples: Some(30),
            classes: None,
            seed: 5,
        };
        let data = Source::open(path).unwrap().select(&selection).unwrap();
        let files = [path.to_owned()];
        DataRecord::of(&data, selection, (&files, None), Collection::Mnist)
    }

    #[test]
    fn data_are_found_where_they_were_or_beside_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (first, beside) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir(&first).unwrap();
        fs::create_dir(&beside).unwrap();
        let path = first.join("x-images-idx3-ubyte");
        write(&path, 0);
        let record = record(&path);
        assert_eq!(record.find(None).unwrap().checksum(), record.sha256);
        let moved = beside.join("x-images-idx3-ubyte");
        fs::rename(&path, &moved).unwrap();
        let gone = record.find(None).err().unwrap();
        assert!(matches!(gone, RecordError::Gone { .. }), "{gone}");
        let said = gone.to_string();
        assert!(said.contains(&record.sha256[..12]) && said.contains("x-images"));
        let found = record.find(Some(&beside)).unwrap();
        assert_eq!(found.checksum(), record.sha256);
        write(&moved, 9);
        let others = record.find(Some(&beside)).err().unwrap().to_string();
        let now = self::record(&moved).sha256;
        assert!(others.contains(&record.sha256[..12]) && others.contains(&now[..12]));
    }

    #[test]
    fn data_of_the_program_are_found_by_the_collection() {
        for collection in Collection::ALL {
            let selection = Selection {
                samples: Some(100),
                ..Selection::default()
            };
            let data = Source::shipped(collection).unwrap();
            let data = data.select(&selection).unwrap();
            let record = DataRecord::of(&data, selection, (&[], None), collection);
            let text = serde_json::to_string(&record).unwrap();
            let record: DataRecord = serde_json::from_str(&text).unwrap();
            assert_eq!(record.find(None).unwrap().checksum(), data.checksum());
        }
    }
}
