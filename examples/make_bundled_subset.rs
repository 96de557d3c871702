//! Writes the images that are compiled into the program: 6,000 of a collection's 60,000 training
//! images, drawn under the seed 2017, as two packed IDX files in `assets/`.
//!
//! ```text
//! cargo run --example make_bundled_subset -- mnist
//! cargo run --example make_bundled_subset -- fashion-mnist /usr/share/datasets/fashion-mnist
//! ```
//!
//! from anywhere; the second argument is the folder of the original files, by default the
//! collection's in `datasets/`. The same images come out each time.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use dkae_explorer::data::{Collection, Selection, Source, idx, write_whole};
use flate2::{Compression, GzBuilder};

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut arguments = std::env::args().skip(1);
    let stem = arguments.next().unwrap_or_default();
    let collection = Collection::ALL.into_iter().find(|of| of.stem() == stem);
    let collection = collection.context("say which: mnist or fashion-mnist")?;
    let folder = arguments
        .next()
        .map_or_else(|| root.join("datasets").join(&stem), PathBuf::from);
    let source = Source::open(&folder.join("train-images-idx3-ubyte.gz"))?;
    let known = source.collection() == Some(collection);
    anyhow::ensure!(known, "{} is not of {}", source.name(), collection.title());
    let chosen = source.select(&Selection {
        samples: Some(6_000),
        classes: None,
        seed: 2017,
    })?;
    let pixels: Vec<u8> = (0..chosen.len())
        .flat_map(|i| chosen.image(i))
        .copied()
        .collect();
    let images = idx::encode_images(chosen.shape(), &pixels);
    let labels = idx::encode_labels(chosen.labels().unwrap_or_default());
    for (name, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
        let path = root.join(format!("assets/{stem}-6000-{name}-ubyte.gz"));
        write_whole(&path, |file| {
            // No time and no name in the file, so that it does not change without reason.
            let mut packed = GzBuilder::new().mtime(0).write(file, Compression::best());
            packed.write_all(&bytes)?;
            packed.finish().map(drop)
        })?;
        println!("{}", path.display());
    }
    Ok(())
}
