//! Where images are found, in words that another person can use.

use std::path::PathBuf;

use super::collection::Collection;
use super::record::DataRecord;

/// Where images are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Those that come with the program: the ones compiled in, or the file beside it where those do
    /// not suffice ([`Collection::images_for`]).
    Shipped(Collection),
    /// A file, whose labels are found beside it by its name.
    File(PathBuf),
}

impl Place {
    /// The file that holds `samples` samples; `None` for images compiled in.
    #[must_use]
    pub fn file(&self, samples: usize) -> Option<PathBuf> {
        match self {
            Self::Shipped(collection) => collection.images_for(samples),
            Self::File(path) => Some(path.clone()),
        }
    }

    /// Where the data of `record`, of which `samples` were chosen, are for anybody: what comes with the
    /// program by its name, another file by its whole path; `None` where it takes more than a place to
    /// say so, or the path is no text.
    #[must_use]
    pub fn of(record: &DataRecord, samples: usize) -> Option<Self> {
        let file = match &record.images[..] {
            [] => return Some(Self::Shipped(record.collection)),
            [file] if record.labels.is_none() && !file.contains('\u{fffd}') => PathBuf::from(file),
            _ => return None,
        };
        let is = |other: PathBuf| {
            let whole = (other.canonicalize().ok(), file.canonicalize().ok());
            other == file || (whole.0.is_some() && whole.0 == whole.1)
        };
        let comes = Collection::ALL.into_iter();
        let mut comes = comes.filter(|collection| collection.images_for(samples).is_some_and(is));
        Some(comes.next().map_or(Self::File(file.clone()), Self::Shipped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Selection;

    fn record(images: &[&str]) -> DataRecord {
        DataRecord {
            name: String::new(),
            sha256: String::new(),
            selection: Selection::default(),
            images: images.iter().map(|&path| path.to_owned()).collect(),
            labels: None,
            collection: Collection::Fashion,
        }
    }

    #[test]
    fn what_comes_with_the_program_is_known_by_name_and_other_files_by_their_path() {
        let mnist = Collection::Mnist.images_for(20_000).unwrap();
        let of_mnist = record(&[mnist.to_str().unwrap()]);
        let place = Place::of(&of_mnist, 20_000).unwrap();
        assert_eq!(place, Place::Shipped(Collection::Mnist));
        assert_eq!(place.file(20_000), Some(mnist.clone()));
        // Of so few, those compiled in would be taken.
        assert_eq!(Place::of(&of_mnist, 500), Some(Place::File(mnist)));
        let compiled = Place::of(&record(&[]), 500).unwrap();
        assert_eq!(compiled, Place::Shipped(Collection::Fashion));
        assert_eq!(compiled.file(6_000), None);
        let other = Some(Place::File("/not/here".into()));
        assert_eq!(Place::of(&record(&["/not/here"]), 500), other);
        // Joined files are no place, nor is a path that is no text, nor are labels of another name.
        assert_eq!(Place::of(&record(&["/a", "/b"]), 500), None);
        assert_eq!(Place::of(&record(&["/not\u{fffd}here"]), 500), None);
        let mut named = record(&["/a"]);
        named.labels = Some("/b".into());
        assert_eq!(Place::of(&named, 500), None);
    }
}
