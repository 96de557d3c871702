//! Data: images as bytes, their labels, where they came from, and how results are written down.
//!
//! A [`Source`] is a whole file (or a [`Collection`] that comes with the program); a [`Selection`]
//! chooses samples and classes of it, which gives a [`DataSet`] without copying a pixel; a
//! [`Split`] says which of those train, validate and test. Reading trusts nothing: a file is
//! measured before it is believed, and whatever is wrong with it is a [`DataError`] that names the
//! file and the remedy. Writing is all or nothing ([`write_whole`]).

mod atomic;
mod collection;
mod copies;
mod dataset;
mod error;
pub mod idx;
mod memory;
mod noise;
mod npy;
mod place;
pub mod png;
mod random;
mod reading;
mod record;
mod selection;
mod source;
mod split;
pub mod tensors;

pub use atomic::{WriteError, remove_stale, write_whole};
pub use collection::{Collection, class_text, numbered};
pub use copies::Alteration;
pub use dataset::{CLASSES, DataSet, ImageShape};
pub use error::{Content, DataError};
pub use noise::{add_gaussian_noise, gaussian_noise};
pub use npy::{NpyMatrixWriter, write_npy};
pub use place::Place;
pub use random::{generator, shuffle};
pub use reading::{read_text, read_whole};
pub use record::{DataRecord, RecordError, short_sum};
pub use selection::{MINIMUM_SAMPLES, Selection, load};
pub use source::Source;
pub use split::Split;

/// Bytes in hexadecimal digits, as checksums are written.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
