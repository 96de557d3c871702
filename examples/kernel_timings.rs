//! How long the probabilistic cluster kernel takes on the shipped digits:
//! `cargo run --release --example kernel_timings [samples]`.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use dkae_explorer::data::{DataSet, ImageShape};
use dkae_explorer::kernel::alignment::AlignmentSums;
use dkae_explorer::kernel::{
    Covariance, EnsembleBuilder, GrowingGram, Pck, PckConfig, Posteriors, PriorKernel, Scratch,
    fit_indices,
};
use dkae_explorer::linalg::Threads;
use flate2::read::GzDecoder;
use ndarray::Array2;

/// The bytes after the header of a gzip-compressed IDX file.
fn idx(name: &str, header: usize, count: usize) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("datasets/mnist")
        .join(name);
    let mut bytes = Vec::new();
    let file = File::open(path).expect("the shipped digits");
    GzDecoder::new(file)
        .take((header + count) as u64)
        .read_to_end(&mut bytes)
        .expect("a gzip file");
    bytes.split_off(header)
}

fn timed<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn measure(data: &DataSet, config: &PckConfig) {
    let n = data.len();
    let training: Vec<_> = (0..n * 7 / 10).collect();
    let test: Vec<_> = (n * 85 / 100..n).collect();
    let fit = fit_indices(config, &training, 1).expect("enough samples");
    let samples = data.rows::<f32>(&fit);
    let mut builder = EnsembleBuilder::new(samples.view(), config, 1).expect("good settings");
    let shown = data.rows::<f32>(&test[..300.min(test.len())]);
    let mut growing = GrowingGram::new(&builder, shown.view());
    let first = timed("first 29 mixtures", || builder.fit_next(29));
    timed("GrowingGram of 29 mixtures", || growing.add(&first));
    timed("the other mixtures", || {
        builder.fit_next(usize::MAX);
    });
    let iterations: usize = builder.fits().iter().map(|m| m.iterations).sum();
    let settled = builder.fits().iter().filter(|m| m.converged).count();
    println!(
        "  {iterations} iterations, {settled} of {} converged",
        builder.total()
    );
    let ensemble = Arc::new(builder.finish());
    let mut posteriors = Posteriors::empty(&ensemble);
    timed(&format!("place {n}"), || {
        while posteriors.place_next(&ensemble, data, Posteriors::piece()) < n {}
    });
    let entries: usize = posteriors.entries();
    println!("  {:.1} corrections a sample", entries as f64 / n as f64);
    let kernel = Pck::new(ensemble, posteriors);
    println!("  Z = {:.1}", kernel.normaliser());
    let rows: Vec<_> = (0..200).map(|i| (i * 37) % training.len()).collect();
    let (mut scratch, mut out) = (Scratch::default(), Array2::zeros((200, 200)));
    kernel.gram(&rows, &mut scratch, out.view_mut());
    timed("1000 × gram, k = 200", || {
        for _ in 0..1000 {
            kernel.gram(&rows, &mut scratch, out.view_mut());
        }
    });
    let v = Array2::from_elem((training.len(), 140), 1.0);
    timed("P v, 140 columns, training", || {
        kernel.multiply(&training, &training, v.view())
    });
    let codes = Array2::ones((test.len(), 1));
    let labels = data.labels().expect("digits are labelled");
    let labels: Vec<_> = test.iter().map(|&i| labels[i]).collect();
    let sums = timed("alignments of the test digits", || {
        AlignmentSums::over(&kernel, &test, codes.view(), Some(&labels))
    });
    println!(
        "  Lc(P,KI) = {:.4}, of a constant {:.4}",
        sums.lc_p_ki().unwrap_or(f64::NAN),
        sums.lc_c_ki().unwrap_or(f64::NAN)
    );
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(6000);
    let pixels = idx("train-images-idx3-ubyte.gz", 16, count * 784);
    let labels = idx("train-labels-idx1-ubyte.gz", 8, count);
    let shape = ImageShape {
        height: 28,
        width: 28,
    };
    let data = DataSet::new("digits", shape, pixels, Some(labels)).expect("digits are a data set");
    Threads::new(0).install(|| {
        for covariance in [Covariance::Diagonal, Covariance::Spherical] {
            println!("-- {covariance:?}");
            measure(
                &data,
                &PckConfig {
                    covariance,
                    ..PckConfig::default()
                },
            );
        }
    });
}
