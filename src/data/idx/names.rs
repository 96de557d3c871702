//! Which labels belong to which images, by their files' names.
//!
//! A name need not be text: bytes that are not UTF-8 stand as characters of a private area while
//! words in it are looked for, and become bytes again.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The labels file that belongs to a file of images by its name, if it exists:
/// `train-images-idx3-ubyte.gz` → `train-labels-idx1-ubyte.gz`, and the like with and without
/// `.gz`, with `.idx3-ubyte` for `-idx3-ubyte`, or with only one of *images* and *idx3* in the
/// name.
#[must_use]
pub fn labels_path_for(images: &Path) -> Option<PathBuf> {
    label_names(images)
        .into_iter()
        .map(|name| images.with_file_name(name))
        .find(|p| p.is_file())
}

/// What the labels of `images` may be called, the likeliest name first.
pub(in crate::data) fn label_names(images: &Path) -> Vec<OsString> {
    let Some(name) = images.file_name().and_then(to_text) else {
        return Vec::new();
    };
    let names = text_names(&name);
    names.iter().map(|name| from_text(name)).collect()
}

fn text_names(name: &str) -> Vec<String> {
    let (stem, packed) = name
        .strip_suffix(".gz")
        .map_or((name, false), |stem| (stem, true));
    let mut names = Vec::new();
    for (word, number) in [(true, true), (true, false), (false, true)] {
        let worded = if word {
            replace_last(stem, "images", "labels")
        } else {
            stem.to_owned()
        };
        let whole = if number {
            replace_last(&worded, "idx3", "idx1")
        } else {
            worded
        };
        let dotted = replace_last(&whole, "-idx", ".idx");
        let dashed = replace_last(&whole, ".idx", "-idx");
        for candidate in [whole, dotted, dashed] {
            let gz = format!("{candidate}.gz");
            names.extend(if packed {
                [gz, candidate]
            } else {
                [candidate, gz]
            });
        }
    }
    // What only differs from the images' own name in packing or punctuation is them again.
    let own = |name: &String| {
        let plain = name.strip_suffix(".gz").unwrap_or(name);
        plain.replace(".idx", "-idx") == stem.replace(".idx", "-idx")
    };
    names.retain(|name| !own(name));
    names
}

/// Where the private characters begin that stand for bytes.
#[cfg(unix)]
const PRIVATE: u32 = 0x0010_ff00;

/// A name as text.
#[cfg(unix)]
fn to_text(name: &OsStr) -> Option<String> {
    use std::os::unix::ffi::OsStrExt;
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        let private = |&byte: &u8| char::from_u32(PRIVATE + u32::from(byte));
        text.extend(chunk.invalid().iter().filter_map(private));
    }
    Some(text)
}

/// The name that `text` stands for.
#[cfg(unix)]
fn from_text(text: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::new();
    for c in text.chars() {
        match u8::try_from(u32::from(c).wrapping_sub(PRIVATE)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    OsString::from_vec(bytes)
}

/// A name as text.
#[cfg(not(unix))]
fn to_text(name: &OsStr) -> Option<String> {
    name.to_str().map(str::to_owned)
}

/// The name that `text` stands for.
#[cfg(not(unix))]
fn from_text(text: &str) -> OsString {
    text.into()
}

/// `text` with the last `from` in it made `to`.
fn replace_last(text: &str, from: &str, to: &str) -> String {
    text.rfind(from).map_or_else(
        || text.to_owned(),
        |at| format!("{}{to}{}", &text[..at], &text[at + from.len()..]),
    )
}
