//! Which labels belong to which images, by their files' names.

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
pub(in crate::data) fn label_names(images: &Path) -> Vec<String> {
    let Some(name) = images.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
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

/// `text` with the last `from` in it made `to`.
fn replace_last(text: &str, from: &str, to: &str) -> String {
    text.rfind(from).map_or_else(
        || text.to_owned(),
        |at| format!("{}{to}{}", &text[..at], &text[at + from.len()..]),
    )
}
