//! The collections of images that the program knows: MNIST and Fashion-MNIST, 6,000 training
//! images of each compiled in, so that it shows real data anywhere.
//!
//! They are what a selection of 6,000 samples under the seed 2017 draws from the collection's
//! 60,000 training images, in that order. `cargo run --example make_bundled_subset` writes the
//! files anew, and a test compares those of MNIST with `datasets/mnist`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dataset::{CLASSES, ImageShape};
use super::error::DataError;
use super::hexadecimal;
use super::idx::{self, Images};

/// A collection of images that comes with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// MNIST: handwritten digits.
    #[default]
    Mnist,
    /// Fashion-MNIST: pieces of clothing, of the same number and size as MNIST's digits.
    Fashion,
}

/// How many images of a collection are compiled in.
const COUNT: usize = 6_000;

/// The size of both collections' images.
const SHAPE: ImageShape = ImageShape {
    height: 28,
    width: 28,
};

/// Images that a collection's files are known by, from their beginning.
const FIRST: usize = 10;

/// What Fashion-MNIST's classes are, 0 to 9.
const CLOTHES: [&str; CLASSES] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// What is compiled in of a collection, and what its files are known by.
struct Parts {
    /// The compiled images, an IDX file in gzip.
    images: &'static [u8],
    /// Their labels.
    labels: &'static [u8],
    /// SHA-256 of the first [`FIRST`] images that are compiled in, of the training file and of
    /// the test file.
    beginnings: [&'static str; 3],
}

static MNIST: Parts = Parts {
    images: include_bytes!("../../assets/mnist-6000-images-idx3-ubyte.gz"),
    labels: include_bytes!("../../assets/mnist-6000-labels-idx1-ubyte.gz"),
    beginnings: [
        "214d1ecefc7ccfb8fd0fbdc3df1cbfa01edcaa62932e07d92e08ebb5aaf5afb2",
        "28957a21a15ec1e79f23b06c3720ecc19ff7fbac3e1e3c2d242650654e68d428",
        "a201ee66d387e0014729ca573c548b4ae30d45adfe65ca35986e1abd44fc6c4e",
    ],
};

static FASHION: Parts = Parts {
    images: include_bytes!("../../assets/fashion-mnist-6000-images-idx3-ubyte.gz"),
    labels: include_bytes!("../../assets/fashion-mnist-6000-labels-idx1-ubyte.gz"),
    beginnings: [
        "f27b172241647bc9bf7592d76e9aa6bccd0be7f67e4b7df4acbe4dae8d19696d",
        "76572dc31d5577d692ce9c71a65528a8a5345f8a31aa15089a0585fd02758d1b",
        "c9665db176243f9f0706b99fc7cedd0367466d363943d966ae8d7c50825f681d",
    ],
};

impl Collection {
    /// Both, MNIST first.
    pub const ALL: [Self; 2] = [Self::Mnist, Self::Fashion];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "Fashion-MNIST",
        }
    }

    /// What the images compiled in are called, in the window and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST, 6,000 training digits",
            Self::Fashion => "Fashion-MNIST, 6,000 training images",
        }
    }

    /// What its images are of, in the plural.
    #[must_use]
    pub fn subject(self) -> &'static str {
        match self {
            Self::Mnist => "handwritten digits",
            Self::Fashion => "pieces of clothing",
        }
    }

    /// The folder of `datasets/` and the beginning of the names in `assets/` that are its own.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion-mnist",
        }
    }

    /// What its classes are called, 0 to 9, where those are no numbers.
    #[must_use]
    pub fn class_names(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Mnist => None,
            Self::Fashion => Some(&CLOTHES),
        }
    }

    /// What the images of class `class` (0 to 9) are, where that is not the number itself.
    #[must_use]
    pub fn class_name(self, class: u8) -> Option<&'static str> {
        self.class_names()?.get(usize::from(class)).copied()
    }

    /// The images file that serves `samples` samples of the collection where nobody named one:
    /// none (the images compiled in) if those suffice, else the training images of the checkout
    /// that the program is run in or was built in, if they are there.
    #[must_use]
    pub fn images_for(self, samples: usize) -> Option<PathBuf> {
        if samples <= COUNT {
            return None;
        }
        let file = format!("datasets/{}/train-images-idx3-ubyte.gz", self.stem());
        let here = std::env::current_dir().ok();
        let program = std::env::current_exe().ok();
        here.iter()
            .flat_map(|folder| folder.ancestors())
            .chain(program.iter().flat_map(|file| file.ancestors().skip(1)))
            .map(|folder| folder.join(&file))
            .find(|file| file.is_file())
    }

    /// The collection that a file of images begins like: by the first ten images, because the
    /// files of both have the same names. `pixels` are the images one after the other.
    pub(super) fn of(shape: ImageShape, pixels: &[u8]) -> Option<Self> {
        if shape != SHAPE {
            return None;
        }
        let beginning = pixels.get(..FIRST * SHAPE.pixels())?;
        let hash = hexadecimal(&Sha256::digest(beginning));
        let known = |of: &Self| of.parts().beginnings.contains(&hash.as_str());
        Self::ALL.into_iter().find(known)
    }

    /// Unpacks the images compiled in and their labels.
    pub(super) fn read(self) -> Result<(Images, Vec<u8>), DataError> {
        let (name, parts) = (self.name(), self.parts());
        Ok((
            idx::images_in(name, parts.images)?,
            idx::labels_in(name, parts.labels)?,
        ))
    }

    fn parts(self) -> &'static Parts {
        match self {
            Self::Mnist => &MNIST,
            Self::Fashion => &FASHION,
        }
    }
}

/// A class in words: `class 7`, or `class 7, Sneaker` where `collection` names it.
#[must_use]
pub fn class_text(collection: Option<Collection>, class: u8) -> String {
    match collection.and_then(|collection| collection.class_name(class)) {
        Some(name) => format!("class {class}, {name}"),
        None => format!("class {class}"),
    }
}

/// Names with their numbers: `0 T-shirt/top, 1 Trouser`.
#[must_use]
pub fn numbered(names: &[&str]) -> String {
    let entry = |(class, name)| format!("{class} {name}");
    let entries: Vec<String> = names.iter().enumerate().map(entry).collect();
    entries.join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::data::{Selection, Source};

    /// A file of a collection in the checkout.
    fn file(collection: Collection, name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("datasets")
            .join(collection.stem())
            .join(name)
    }

    #[test]
    fn a_file_is_looked_for_only_where_the_images_compiled_in_do_not_suffice() {
        for collection in Collection::ALL {
            assert_eq!(collection.images_for(6_000), None);
        }
        // Tests run in the checkout, which holds MNIST's training images.
        let found = Collection::Mnist.images_for(20_000).unwrap();
        assert!(found.ends_with("datasets/mnist/train-images-idx3-ubyte.gz"));
    }

    #[test]
    fn the_bundled_digits_are_the_seeded_choice_from_the_training_digits() {
        let path = file(Collection::Mnist, "train-images-idx3-ubyte.gz");
        let original = Source::open(&path).unwrap();
        assert_eq!((original.len(), original.classes().len()), (60_000, 10));
        let selection = Selection {
            samples: Some(6_000),
            classes: None,
            seed: 2017,
        };
        let chosen = original.select(&selection).unwrap();

        let (images, labels) = Collection::Mnist.read().unwrap();
        assert_eq!(images.shape, chosen.shape());
        assert_eq!(labels, chosen.labels().unwrap());
        assert_eq!(images.pixels.len(), 6_000 * 784);
        for (index, image) in images.pixels.chunks_exact(784).enumerate() {
            assert_eq!(image, chosen.image(index), "digit {index}");
        }
    }

    /// Images and labels compiled in, by checksums and counts that NumPy took from the originals.
    #[test]
    fn what_is_compiled_in_is_what_was_drawn() {
        for (collection, sums, counts) in [
            (
                Collection::Mnist,
                [
                    "3543821eb169fdff61d0868781976951706d6b2efc3106dedbed4fd4f48a8f30",
                    "b7742a197acd173b8fbd21bab1c9e678ed731b6102c3e9a70e1e323b5eadcffe",
                ],
                [565, 678, 599, 627, 583, 569, 575, 620, 583, 601],
            ),
            (
                Collection::Fashion,
                [
                    "dd019e879999ff7efaadfe6c12cad3401caa92415c8b4adebaf0042019adb9e5",
                    "4913d553eb13c74debf5ee9cb39b7574a39b0e39872fcc5b0fd90f7d8daba23e",
                ],
                [581, 583, 621, 558, 612, 602, 617, 625, 601, 600],
            ),
        ] {
            let (images, labels) = collection.read().unwrap();
            let found = [&images.pixels, &labels].map(|bytes| hexadecimal(&Sha256::digest(bytes)));
            assert_eq!(found, sums, "{collection:?}");
            let source = Source::shipped(collection).unwrap();
            assert_eq!(source.class_counts(), counts, "{collection:?}");
            assert_eq!((source.len(), source.name()), (6_000, collection.name()));
        }
    }

    #[test]
    fn files_are_known_by_what_they_hold_and_not_by_their_names() {
        for collection in Collection::ALL {
            assert_eq!(
                Source::shipped(collection).unwrap().collection(),
                Some(collection)
            );
            // The files of ten thousand, of one name, size and form in both.
            let path = file(collection, "t10k-images-idx3-ubyte.gz");
            let test = Source::open(&path).unwrap();
            assert_eq!(test.collection(), Some(collection));
            assert_eq!(test.class_counts().iter().sum::<usize>(), 10_000);
            let shipped = Source::shipped(collection).unwrap();
            assert_eq!(test.shape(), shipped.shape());
            assert_eq!(test.classes(), shipped.classes());
            let name = format!("{}, t10k-images-idx3-ubyte.gz", collection.title());
            assert_eq!(test.name(), name);
            let all: Selection = Selection::default();
            assert_eq!(test.select(&all).unwrap().collection(), Some(collection));
        }
        assert_eq!(Collection::of(SHAPE, &[0; 7_840]), None);
        assert_eq!(Collection::of(SHAPE, &[0; 784]), None);
    }

    #[test]
    fn the_classes_of_clothes_have_names() {
        let fashion = Some(Collection::Fashion);
        assert_eq!(class_text(fashion, 9), "class 9, Ankle boot");
        assert_eq!(class_text(Some(Collection::Mnist), 9), "class 9");
        assert_eq!(class_text(None, 3), "class 3");
        assert_eq!(Collection::Fashion.class_name(10), None);
    }
}
