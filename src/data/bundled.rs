//! The 6,000 MNIST digits compiled into the program, so that it shows real data anywhere.
//!
//! They are what a selection of 6,000 samples under the seed 2017 draws from the 60,000 training
//! digits, in that order. `cargo run --example make_bundled_subset` writes the files anew, and a
//! test compares them with `datasets/mnist`.

use std::path::PathBuf;

use super::error::DataError;
use super::idx::{self, Images};

/// What the bundled digits are called.
pub(super) const NAME: &str = "MNIST, 6,000 training digits";

/// How many they are.
const COUNT: usize = 6_000;

static IMAGES: &[u8] = include_bytes!("../../assets/mnist-6000-images-idx3-ubyte.gz");
static LABELS: &[u8] = include_bytes!("../../assets/mnist-6000-labels-idx1-ubyte.gz");

/// Unpacks the digits and their labels.
pub(super) fn read() -> Result<(Images, Vec<u8>), DataError> {
    Ok((idx::images_in(NAME, IMAGES)?, idx::labels_in(NAME, LABELS)?))
}

/// Where the 60,000 training digits lie in a checkout of this project.
const SHIPPED: &str = "datasets/mnist/train-images-idx3-ubyte.gz";

/// The images file that serves `samples` samples where nobody named one: none (the bundled
/// digits) if those suffice, else the training digits of the checkout that the program is run in
/// or was built in, if it is there.
#[must_use]
pub fn images_for(samples: usize) -> Option<PathBuf> {
    if samples <= COUNT {
        return None;
    }
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    here.iter()
        .flat_map(|folder| folder.ancestors())
        .chain(program.iter().flat_map(|file| file.ancestors().skip(1)))
        .map(|folder| folder.join(SHIPPED))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::data::{Selection, Source};

    #[test]
    fn a_file_is_looked_for_only_where_the_bundled_digits_do_not_suffice() {
        assert_eq!(super::images_for(6_000), None);
        // Tests run in the checkout.
        assert!(super::images_for(20_000).unwrap().ends_with(super::SHIPPED));
    }

    #[test]
    fn the_bundled_digits_are_the_seeded_choice_from_the_training_digits() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/mnist");
        let original = Source::open(&folder.join("train-images-idx3-ubyte.gz")).unwrap();
        assert_eq!((original.len(), original.classes().len()), (60_000, 10));
        let selection = Selection {
            samples: Some(6_000),
            classes: None,
            seed: 2017,
        };
        let chosen = original.select(&selection).unwrap();

        let (images, labels) = super::read().unwrap();
        assert_eq!(images.shape, chosen.shape());
        assert_eq!(labels, chosen.labels().unwrap());
        assert_eq!(images.pixels.len(), 6_000 * 784);
        for (index, image) in images.pixels.chunks_exact(784).enumerate() {
            assert_eq!(image, chosen.image(index), "digit {index}");
        }
    }

    #[test]
    fn every_class_is_there() {
        let source = Source::bundled().unwrap();
        assert_eq!(source.len(), 6_000);
        assert!(source.class_counts().iter().all(|&count| count > 500));
    }
}
