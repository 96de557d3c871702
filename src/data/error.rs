//! What can be wrong with data, each with the file's name and what would be right.
//!
//! Every message is one line: the file, what is the matter with it, the remedy.

use std::fmt;
use std::io;
use std::path::Path;

/// What an IDX file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Images: three dimensions.
    Images,
    /// Labels: one dimension.
    Labels,
}

impl Content {
    /// The four bytes that such a file begins with: unsigned bytes, and the dimensions.
    #[must_use]
    pub fn magic(self) -> [u8; 4] {
        match self {
            Self::Images => [0, 0, 8, 3],
            Self::Labels => [0, 0, 8, 1],
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Labels => "labels",
        })
    }
}

/// Why data could not be read or used. `file` is the file as the user named it, or the name of the
/// data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file is not there.
    #[error("{file}: there is no such file. Check the name, or choose another file.")]
    Missing {
        /// Path of the file at fault.
        file: String,
    },

    /// It is a folder.
    #[error(
        "{file} is a folder. Choose the file of images inside it, e.g. train-images-idx3-ubyte.gz."
    )]
    Folder {
        /// The folder.
        file: String,
    },

    /// It is a pipe, a device or the like.
    #[error("{file} is not a regular file. Choose an IDX file, plain or gzip.")]
    NotRegular {
        /// Path of the file at fault.
        file: String,
    },

    /// The user may not read it.
    #[error(
        "{file}: there is no permission to read it. Make it readable (chmod u+r), or choose another file."
    )]
    NoPermission {
        /// Path of the file at fault.
        file: String,
    },

    /// The system failed to read it.
    #[error("{file} could not be read: {source}. Check the disk, or choose another copy.")]
    Unreadable {
        /// Path of the file at fault.
        file: String,
        /// What the system said.
        source: io::Error,
    },

    /// The gzip stream is broken.
    #[error("{file}: the gzip data are damaged ({reason}). Fetch the file again.")]
    CorruptGzip {
        /// Path of the file at fault.
        file: String,
        /// What the decoder said.
        reason: String,
    },

    /// The file does not begin as it should.
    #[error("{file} is not an IDX file of {wanted} in unsigned bytes: it starts with {found}, where {} would be right{hint}.", bytes(&wanted.magic()))]
    WrongMagic {
        /// Path of the file at fault.
        file: String,
        /// What was to be read.
        wanted: Content,
        /// Its first bytes, for the eye.
        found: String,
        /// What it seems to be, or nothing.
        hint: String,
    },

    /// The file ends early.
    #[error(
        "{file} is cut short: it should hold {promised} bytes and ends after {found}. Fetch the file again."
    )]
    Truncated {
        /// Path of the file at fault.
        file: String,
        /// Bytes (unpacked) that its header stands for, itself included.
        promised: u128,
        /// Bytes (unpacked) that are there.
        found: u64,
    },

    /// The file goes on after its last sample.
    #[error("{file} does not end where its header says, after {promised} bytes: {}. Fetch the file again.", surplus(*extra))]
    TrailingBytes {
        /// Path of the file at fault.
        file: String,
        /// Bytes (unpacked) that the header stands for, itself included.
        promised: u128,
        /// Bytes after them, where the file's size tells.
        extra: Option<u64>,
    },

    /// There are no pixels in an image.
    #[error("{file}: its images are {height}×{width} pixels. Both sides have to be at least 1.")]
    EmptyImages {
        /// Path of the file at fault.
        file: String,
        /// Rows of pixels.
        height: u64,
        /// Pixels in a row.
        width: u64,
    },

    /// The header claims what compressed data of this size cannot hold.
    #[error(
        "{file}: its header promises {promised} bytes, but {stored} bytes of gzip cannot hold more than {possible}. The header is wrong; fetch the file again."
    )]
    Impossible {
        /// Path of the file at fault.
        file: String,
        /// Bytes that the header stands for.
        promised: u128,
        /// The file's size.
        stored: u64,
        /// What so many bytes of gzip can unpack to at most.
        possible: u128,
    },

    /// The data would not fit in memory.
    #[error(
        "{file} needs {needed} bytes of memory, and {available} can be spared. Free some memory, or choose a smaller file."
    )]
    TooLarge {
        /// Path of the file at fault.
        file: String,
        /// Bytes it would take.
        needed: u128,
        /// Bytes it may take.
        available: u64,
    },

    /// The numbers of images and labels differ.
    #[error(
        "{images} holds {image_count} images, but {labels} holds {label_count} labels. Choose the labels that belong to these images."
    )]
    CountMismatch {
        /// The file of images.
        images: String,
        /// The images in it.
        image_count: usize,
        /// The file of labels.
        labels: String,
        /// The labels in it.
        label_count: usize,
    },

    /// Two files that were to be one have images of different sizes.
    #[error("{first} holds images of {}×{}, {second} of {}×{}. Files that are opened together have to agree.", first_shape.height, first_shape.width, second_shape.height, second_shape.width)]
    ShapeMismatch {
        /// One file.
        first: String,
        /// The size of its images.
        first_shape: super::ImageShape,
        /// The other file.
        second: String,
        /// The size of its images.
        second_shape: super::ImageShape,
    },

    /// Pixels do not make whole images.
    #[error("{file}: {pixels} pixels do not make whole images of {height}×{width}. The number has to be a multiple of {}.", height * width)]
    PartialImage {
        /// The data.
        file: String,
        /// Pixels in all.
        pixels: usize,
        /// Rows of an image.
        height: usize,
        /// Pixels in a row.
        width: usize,
    },

    /// A label is not one of the ten classes.
    #[error("{file}: label {index} (counted from 0) is {label}. Labels have to be 0 to 9.")]
    LabelOutOfRange {
        /// The file of labels.
        file: String,
        /// Which label.
        index: usize,
        /// Its value.
        label: u8,
    },

    /// Classes were chosen in data without labels.
    #[error(
        "{file} has no labels, so no classes can be chosen. Put its labels file beside it ({expected}), or use all classes."
    )]
    Unlabelled {
        /// Path of the file at fault.
        file: String,
        /// What the labels would be called.
        expected: String,
    },

    /// The choice of classes is empty.
    #[error("{file}: no class is chosen. Choose at least one of {present}.")]
    NoClasses {
        /// Path of the file at fault.
        file: String,
        /// The classes there are.
        present: String,
    },

    /// A chosen class has no samples.
    #[error("{file}: class {class} has no samples. Choose among {present}.")]
    EmptyClass {
        /// Path of the file at fault.
        file: String,
        /// The class.
        class: u8,
        /// The classes there are.
        present: String,
    },

    /// Too few samples to split and train on.
    #[error(
        "{file}: {found} samples are too few. At least {needed} are needed to train, validate and test."
    )]
    TooFewSamples {
        /// Path of the file at fault.
        file: String,
        /// The samples after the selection.
        found: usize,
        /// The least number.
        needed: usize,
    },

    /// Nothing distinguishes the images.
    #[error(
        "{file}: all {count} images are identical, so there is nothing to learn. Choose another file or other classes."
    )]
    Identical {
        /// Path of the file at fault.
        file: String,
        /// How many images.
        count: usize,
    },
}

impl DataError {
    /// What the system's `error` about `file` means to a user.
    pub(crate) fn from_io(file: &str, error: io::Error) -> Self {
        let file = file.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { file },
            io::ErrorKind::PermissionDenied => Self::NoPermission { file },
            io::ErrorKind::IsADirectory => Self::Folder { file },
            _ => Self::Unreadable {
                file,
                source: error,
            },
        }
    }
}

/// A path as a message shows it: on one line, whatever is in it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// Bytes in hexadecimal.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A list for the eye: "0, 1, 2".
pub(crate) fn list(classes: &[u8]) -> String {
    classes
        .iter()
        .map(u8::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// How many bytes too many, if that is known.
fn surplus(extra: Option<u64>) -> String {
    extra.map_or_else(
        || "more follows".to_owned(),
        |extra| format!("{extra} bytes follow"),
    )
}
