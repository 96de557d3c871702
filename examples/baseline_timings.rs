//! How long the baselines take: `cargo run --release --example baseline_timings [samples] [threads]`.
//!
//! The kernel is made like the probabilistic cluster kernel: 870 partitions of clustered points
//! into 2 to 30 cells each, one-hot, so that a product with it costs what it costs in earnest.

use std::time::Instant;

use dkae_explorer::baseline::{Kpca, Pca, PreImage};
use dkae_explorer::kernel::{PriorKernel, Scratch};
use dkae_explorer::linalg::{Threads, leading_eigenpairs};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

const PARTITIONS: usize = 870;

/// Sample i lies in the cells `cells[i]`, one of each partition; P is the share of common cells.
struct Partitions {
    cells: Vec<Vec<u32>>,
    total: usize,
}

impl Partitions {
    fn new(points: &Array2<f32>, rng: &mut Pcg64Mcg) -> Self {
        let n = points.nrows();
        let mut cells = vec![Vec::with_capacity(PARTITIONS); n];
        let mut total = 0;
        for partition in 0..PARTITIONS {
            let count = 2 + partition % 29;
            let centres: Vec<usize> = (0..count).map(|_| rng.random_range(0..n)).collect();
            cells.par_iter_mut().enumerate().for_each(|(i, cells)| {
                let square = |c: usize| -> f32 {
                    points
                        .row(i)
                        .iter()
                        .zip(points.row(c))
                        .map(|(a, b)| (a - b) * (a - b))
                        .sum()
                };
                let nearest =
                    (0..count).min_by(|&a, &b| square(centres[a]).total_cmp(&square(centres[b])));
                cells.push((total + nearest.unwrap_or(0)) as u32);
            });
            total += count;
        }
        Self { cells, total }
    }
}

impl PriorKernel for Partitions {
    fn block(&self, rows: &[usize], columns: &[usize], mut out: ArrayViewMut2<'_, f32>) {
        for ((i, j), value) in out.indexed_iter_mut() {
            let pairs = self.cells[rows[i]].iter().zip(&self.cells[columns[j]]);
            *value = pairs.filter(|(a, b)| a == b).count() as f32 / PARTITIONS as f32;
        }
    }

    fn gram(&self, rows: &[usize], _: &mut Scratch, out: ArrayViewMut2<'_, f32>) {
        self.block(rows, rows, out);
    }

    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut sums = Array2::<f32>::zeros((self.total, v.ncols()));
        for (&column, v) in columns.iter().zip(v.rows()) {
            for &cell in &self.cells[column] {
                sums.row_mut(cell as usize)
                    .scaled_add(1.0 / PARTITIONS as f32, &v);
            }
        }
        let mut out = Array2::<f32>::zeros((rows.len(), v.ncols()));
        for (&row, mut out) in rows.iter().zip(out.rows_mut()) {
            for &cell in &self.cells[row] {
                out += &sums.row(cell as usize);
            }
        }
        out
    }
}

fn timed<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.2} s", start.elapsed().as_secs_f64());
    result
}

fn run(n: usize) {
    let never = &|| false;
    let mut rng = Pcg64Mcg::seed_from_u64(1);
    let mut normal = |rows, columns| -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
    };
    // Ten clusters in 30 dimensions, and pixels that depend on the points smoothly.
    let (centres, spread) = (normal(10, 30) * 1.2, normal(n, 30));
    let points = Array2::from_shape_fn((n, 30), |(i, j)| centres[[i % 10, j]] + spread[[i, j]]);
    let mut pixels =
        (points.dot(&(normal(30, 784) * 0.3)) + normal(n, 784) * 0.1).mapv(|x| x.clamp(0.0, 1.0));
    for j in 0..124 {
        pixels.column_mut(j).fill(0.0);
    }
    let kernel = Partitions::new(&points, &mut rng);
    let all: Vec<usize> = (0..n).collect();
    for count in [32, 128] {
        for tolerance in [1e-4, 1e-5] {
            let mut inside = 0.0;
            let start = Instant::now();
            let apply = |v: ArrayView2<'_, f32>| {
                let start = Instant::now();
                let image = kernel.multiply(&all, &all, v);
                inside += start.elapsed().as_secs_f64();
                image
            };
            let pairs =
                leading_eigenpairs(n, count, apply, 1, tolerance, never).expect("a sound operator");
            println!(
                "{count} eigenpairs to {tolerance:.0e}: {:.2} s, of which {inside:.2} s in {} products (last eigenvalue {:.1e} of the first)",
                start.elapsed().as_secs_f64(),
                pairs.applications,
                pairs.values[count - 1] / pairs.values[0],
            );
        }
    }
    let kpca = timed("kernel PCA, 32 components", || {
        Kpca::fit(&kernel, &all, 32, 1, never)
    })
    .expect("a sound kernel");
    let scores = kpca.training_scores();
    for (ridge, width) in [(0.5, 1.0), (0.05, 1.0), (0.01, 1.0), (0.5, 0.5), (0.5, 2.0)] {
        let name = format!("pre-image, ridge {ridge}, width {width}");
        match timed(&name, || {
            PreImage::fit(scores.view(), pixels.view(), ridge, width, 1, never)
        }) {
            Ok(preimage) => {
                println!(
                    "  {:?} (products, relative residual)",
                    preimage.convergence()
                );
                let some = scores.slice(ndarray::s![..n.min(900), ..]);
                timed("  prediction of 900", || preimage.predict(some, never))
                    .expect("not cancelled");
            }
            Err(error) => println!("  {error}"),
        }
    }
    timed("PCA of the pixels, 32 components", || {
        Pca::fit(pixels.view(), 32, 1, never)
    })
    .expect("finite pixels");
    let codes = pixels.dot(&normal_codes(2000));
    timed("PCA of 2,000 codes, 32 components", || {
        Pca::fit(codes.view(), 32, 1, never)
    })
    .expect("finite codes");
}

/// A random map from pixels to `count` codes.
fn normal_codes(count: usize) -> Array2<f32> {
    let mut rng = Pcg64Mcg::seed_from_u64(2);
    Array2::from_shape_simple_fn((784, count), || {
        let x: f32 = StandardNormal.sample(&mut rng);
        x * 0.05
    })
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|text| text.parse::<usize>().expect("a number"));
    let n = arguments.next().unwrap_or(4200);
    let threads = Threads::new(arguments.next().unwrap_or(0));
    println!("{n} samples, {} threads", threads.count());
    threads.install(|| run(n));
}
