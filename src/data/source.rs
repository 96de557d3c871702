//! A whole file of images, or images that come with the program, kept as bytes, so that
//! other samples and classes can be chosen without reading it again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::collection::Collection;
use super::dataset::{
    CLASSES, DataSet, ImageShape, check_labels, check_pixels, count_classes, present,
};
use super::error::{DataError, list, shown};
use super::idx::{self, Images};
use super::random::{generator, shuffle};
use super::selection::{MINIMUM_SAMPLES, Selection};

/// The stream of a selection's seed that samples are drawn from.
const STREAM: u64 = 1;

/// Everything that a file of images, and the labels beside it, hold.
#[derive(Clone)]
pub struct Source {
    /// What people call it.
    name: Arc<str>,
    /// What messages call it.
    file: String,
    images_path: Option<PathBuf>,
    labels_path: Option<PathBuf>,
    /// What it is of, where that is known.
    collection: Option<Collection>,
    shape: ImageShape,
    count: u32,
    pixels: Arc<Vec<u8>>,
    labels: Option<Arc<[u8]>>,
}

impl Source {
    /// Reads the images in `images`, and the labels if a file that belongs to it by its name
    /// stands beside it ([`idx::labels_path_for`]).
    ///
    /// # Errors
    ///
    /// As [`Self::open_with`].
    pub fn open(images: &Path) -> Result<Self, DataError> {
        Self::open_with(images, None)
    }

    /// Reads the images in `images` and the labels in `labels`; where that is `None`, as
    /// [`Self::open`] does.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with one of the files, or with the two together.
    pub fn open_with(images: &Path, labels: Option<&Path>) -> Result<Self, DataError> {
        let read = idx::read_images(images)?;
        let labels_path = labels
            .map(Path::to_owned)
            .or_else(|| idx::labels_path_for(images));
        let labels = match &labels_path {
            Some(path) => Some((shown(path), idx::read_labels(path)?)),
            None => None,
        };
        let file = shown(images);
        let name = images
            .file_name()
            .map_or_else(|| file.clone(), |name| shown(name.as_ref()));
        let mut source = Self::assemble(&name, file, read, labels)?;
        if let Some(collection) = source.collection {
            source.name = format!("{}, {name}", collection.title()).into();
        }
        source.images_path = Some(images.to_owned());
        source.labels_path = labels_path;
        Ok(source)
    }

    /// The images in the files `images`, one after the other, the first with the labels in `labels`
    /// (found by its name, if that is `None`); without files, those of `collection` that serve
    /// `samples` samples ([`Collection::images_for`]).
    ///
    /// # Errors
    ///
    /// As [`Self::open_with`] and [`Self::followed_by`].
    pub fn of(
        images: &[PathBuf],
        labels: Option<&Path>,
        collection: Collection,
        samples: usize,
    ) -> Result<Self, DataError> {
        let fitting: Vec<PathBuf> = collection.images_for(samples).into_iter().collect();
        let files = if images.is_empty() { &fitting } else { images };
        let Some((first, others)) = files.split_first() else {
            return Self::shipped(collection);
        };
        let mut source = Self::open_with(first, labels)?;
        for file in others {
            source = source.followed_by(&Self::open(file)?)?;
        }
        Ok(source)
    }

    /// The images of this source, followed by those of `other`. They have labels if both do.
    ///
    /// # Errors
    ///
    /// [`DataError::ShapeMismatch`] if the images are not of one size, [`DataError::TooLarge`] for
    /// more than 2³² − 1 of them.
    pub fn followed_by(mut self, other: &Self) -> Result<Self, DataError> {
        if self.shape != other.shape {
            return Err(DataError::ShapeMismatch {
                first: self.file,
                first_shape: self.shape,
                second: other.file.clone(),
                second_shape: other.shape,
            });
        }
        let pixels = Arc::make_mut(&mut self.pixels);
        // Room for exactly these: doubling would hold the images twice.
        pixels.reserve_exact(other.pixels.len());
        pixels.extend_from_slice(&other.pixels);
        self.file = format!("{} and {}", self.file, other.file);
        self.name = format!("{}, {}", self.name, other.name).into();
        self.collection = self
            .collection
            .filter(|_| self.collection == other.collection);
        self.count = check_pixels(&self.file, self.shape, self.pixels.len())?;
        self.labels = match (self.labels, &other.labels) {
            (Some(own), Some(others)) => Some([&own[..], others].concat().into()),
            _ => None,
        };
        Ok(self)
    }

    /// The 6,000 training digits of MNIST that are compiled into the program.
    ///
    /// # Errors
    ///
    /// As [`Self::shipped`].
    pub fn bundled() -> Result<Self, DataError> {
        Self::shipped(Collection::Mnist)
    }

    /// The 6,000 training images of `collection` that are compiled into the program.
    ///
    /// # Errors
    ///
    /// [`DataError::TooLarge`] where there are no 5 MB of memory to spare.
    pub fn shipped(collection: Collection) -> Result<Self, DataError> {
        let (images, labels) = collection.read()?;
        let file = collection.name().to_owned();
        Self::assemble(
            collection.name(),
            file.clone(),
            images,
            Some((file, labels)),
        )
    }

    /// A source of what was read; `labels` with the name of their file.
    fn assemble(
        name: &str,
        file: String,
        images: Images,
        labels: Option<(String, Vec<u8>)>,
    ) -> Result<Self, DataError> {
        let count = check_pixels(&file, images.shape, images.pixels.len())?;
        if let Some((labels_file, values)) = &labels {
            check_labels(&file, count, labels_file, values)?;
        }
        Ok(Self {
            name: name.into(),
            file,
            images_path: None,
            labels_path: None,
            collection: Collection::of(images.shape, &images.pixels),
            shape: images.shape,
            count,
            pixels: Arc::new(images.pixels),
            labels: labels.map(|(_, values)| values.into()),
        })
    }

    /// What the data are called in the window and in reports.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The collection that the images are from, where the program knows it.
    #[must_use]
    pub fn collection(&self) -> Option<Collection> {
        self.collection
    }

    /// The file of images; `None` for those that are compiled into the program.
    #[must_use]
    pub fn images_path(&self) -> Option<&Path> {
        self.images_path.as_deref()
    }

    /// The file of labels, if there is one.
    #[must_use]
    pub fn labels_path(&self) -> Option<&Path> {
        self.labels_path.as_deref()
    }

    /// The size of every image.
    #[must_use]
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// The number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the images have labels.
    #[must_use]
    pub fn is_labelled(&self) -> bool {
        self.labels.is_some()
    }

    /// How many images each class has; zeros without labels.
    #[must_use]
    pub fn class_counts(&self) -> [usize; CLASSES] {
        count_classes(self.labels.as_deref().unwrap_or_default())
    }

    /// The classes that have images, ascending; none without labels.
    #[must_use]
    pub fn classes(&self) -> Vec<u8> {
        present(&self.class_counts())
    }

    /// The samples that `selection` chooses, in the order in which its seed draws them. Asking
    /// for more than there are gives all.
    ///
    /// # Errors
    ///
    /// [`DataError::Unlabelled`], [`DataError::NoClasses`] or [`DataError::EmptyClass`] for
    /// classes that cannot be chosen, [`DataError::TooFewSamples`] below [`MINIMUM_SAMPLES`], and
    /// [`DataError::Identical`] if one image is like the other.
    pub fn select(&self, selection: &Selection) -> Result<DataSet, DataError> {
        let mut order: Vec<u32> = match &selection.classes {
            None => (0..self.count).collect(),
            Some(classes) => self.of_classes(classes)?,
        };
        let count = selection.samples.unwrap_or(usize::MAX).min(order.len());
        shuffle(&mut order, count, &mut generator(selection.seed, STREAM));
        order.truncate(count);
        self.view(order)
    }

    /// How many parts of `count` images each, with no image in common, there are.
    #[must_use]
    pub fn parts(&self, count: usize) -> usize {
        self.len() / count.max(1)
    }

    /// Part `index` of the [`Self::parts`] of `count` images each; the first is what
    /// [`Self::select`] chooses under seed 0.
    ///
    /// # Errors
    ///
    /// As [`Self::select`]; [`DataError::TooFewSamples`] too for a part that is not there.
    pub fn part(&self, count: usize, index: usize) -> Result<DataSet, DataError> {
        let mut order: Vec<u32> = (0..self.count).collect();
        let (start, end) = (
            index.saturating_mul(count),
            index.saturating_add(1).saturating_mul(count),
        );
        shuffle(&mut order, end, &mut generator(0, STREAM));
        order.truncate(end);
        order.drain(..start.min(order.len()));
        self.view(order)
    }

    /// The images `order`, which are enough to be split, and not all the same.
    fn view(&self, order: Vec<u32>) -> Result<DataSet, DataError> {
        let count = order.len();
        if count < MINIMUM_SAMPLES {
            let (file, needed) = (self.file.clone(), MINIMUM_SAMPLES);
            return Err(DataError::TooFewSamples {
                file,
                found: count,
                needed,
            });
        }
        let image = |index: u32| {
            let d = self.shape.pixels();
            &self.pixels[index as usize * d..][..d]
        };
        if order.iter().all(|&index| image(index) == image(order[0])) {
            return Err(DataError::Identical {
                file: self.file.clone(),
                count,
            });
        }
        let labels = self.labels.as_ref();
        let labels = labels.map(|all| order.iter().map(|&index| all[index as usize]).collect());
        let (name, pixels) = (Arc::clone(&self.name), Arc::clone(&self.pixels));
        let set = DataSet::view(name, self.shape, pixels, order.into(), labels);
        Ok(set.of_collection(self.collection))
    }

    /// The indices of all images of `classes`.
    fn of_classes(&self, classes: &[u8]) -> Result<Vec<u32>, DataError> {
        let file = || self.file.clone();
        let Some(labels) = &self.labels else {
            let images = self.images_path.as_deref().unwrap_or(Path::new(""));
            let expected = idx::label_names(images).into_iter().next();
            let expected = expected.map_or_else(
                || "train-labels-idx1-ubyte".to_owned(),
                |name| shown(name.as_ref()),
            );
            return Err(DataError::Unlabelled {
                file: file(),
                expected,
            });
        };
        let there = self.classes();
        let present = list(&there);
        if classes.is_empty() {
            return Err(DataError::NoClasses {
                file: file(),
                present,
            });
        }
        if let Some(&class) = classes.iter().find(|class| !there.contains(class)) {
            return Err(DataError::EmptyClass {
                file: file(),
                class,
                present,
            });
        }
        Ok((0..self.count)
            .filter(|&index| classes.contains(&labels[index as usize]))
            .collect())
    }
}

#[cfg(test)]
mod tests;
