//! Writes the digits that are compiled into the program: 6,000 of MNIST's 60,000 training digits,
//! drawn under the seed 2017, as two packed IDX files in `assets/`.
//!
//! `cargo run --example make_bundled_subset`, from anywhere. The same digits come out each time.

use std::io::Write;
use std::path::Path;

use dkae_explorer::data::{Selection, Source, idx, write_whole};
use flate2::{Compression, GzBuilder};

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = Source::open(&root.join("datasets/mnist/train-images-idx3-ubyte.gz"))?;
    let digits = source.select(&Selection {
        samples: Some(6_000),
        classes: None,
        seed: 2017,
    })?;
    let pixels: Vec<u8> = (0..digits.len())
        .flat_map(|i| digits.image(i))
        .copied()
        .collect();
    let images = idx::encode_images(digits.shape(), &pixels);
    let labels = idx::encode_labels(digits.labels().unwrap_or_default());
    for (name, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
        let path = root.join(format!("assets/mnist-6000-{name}-ubyte.gz"));
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
