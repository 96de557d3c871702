//! The pieces that a run's time goes into, alone: `cargo bench`, or `cargo bench -- P_k`.
//!
//! Whole pieces at full size are what `dkae-explorer bench` measures.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use dkae_explorer::data::{DataSet, Selection, Source, generator};
use dkae_explorer::kernel::{
    Ensemble, EnsembleBuilder, Pck, PckConfig, Posteriors, PriorKernel, Scratch,
};
use dkae_explorer::linalg::{Accumulate, GaussianKernel, Parallel, Threads, product, ridge_solve};
use dkae_explorer::model::{Activation, Adam, AdamConfig, Architecture, Autoencoder, Minibatch};
use ndarray::{Array2, s};

fn digits(samples: usize) -> Arc<DataSet> {
    let selection = Selection {
        samples: Some(samples),
        ..Selection::default()
    };
    let source = Source::bundled().expect("the digits in the program");
    Arc::new(source.select(&selection).expect("as many as there are"))
}

fn ensemble(data: &DataSet, config: &PckConfig) -> Ensemble {
    let rows: Vec<usize> = (0..config.fit_samples).collect();
    let samples = data.rows::<f32>(&rows);
    let mut builder = EnsembleBuilder::new(samples.view(), config, 1).expect("default settings");
    builder.fit_next(usize::MAX);
    builder.finish()
}

fn products(c: &mut Criterion) {
    let mut group = c.benchmark_group("product");
    for (m, k, n) in [(200, 256, 256), (200, 2_000, 2_000)] {
        let (a, b) = (
            Array2::from_elem((m, k), 0.5_f32),
            Array2::from_elem((n, k), 0.5),
        );
        let mut out = Array2::zeros((m, n));
        for (name, parallel) in [("one thread", Parallel::No), ("all threads", Parallel::Yes)] {
            group.bench_function(format!("{m}×{k}×{n}, {name}"), |bencher| {
                bencher.iter(|| {
                    let out = out.view_mut();
                    product(out, Accumulate::Replace, 1.0, a.view(), b.t(), parallel);
                });
            });
        }
    }
}

fn steps(c: &mut Criterion) {
    let data = digits(200);
    let rows: Vec<usize> = (0..200).collect();
    let architecture = Architecture {
        dims: vec![784, 256, 256, 512, 128],
        hidden: Activation::Relu,
        code: Activation::Relu,
        output: Activation::Sigmoid,
    };
    let mut network = Autoencoder::<f32>::new(architecture, &mut generator(1, 0));
    let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
    let mut batch = Minibatch::new(200, network.architecture());
    data.gather(&rows, batch.input.view_mut());
    let pixels = batch.input.clone();
    batch.prior.assign(&pixels.dot(&pixels.t()));
    let mut group = c.benchmark_group("step");
    group.bench_function("gather 200 digits", |bencher| {
        bencher.iter(|| data.gather(black_box(&rows), batch.input.view_mut()));
    });
    group.bench_function("forward", |bencher| {
        bencher.iter(|| batch.forward(&network, 0.1));
    });
    group.bench_function("backward", |bencher| {
        bencher.iter(|| batch.backward(&network, 0.1));
    });
    group.bench_function("whole", |bencher| {
        bencher.iter(|| batch.step(&mut network, &mut adam, 0.1, 1e-3, None));
    });
}

fn kernels(c: &mut Criterion) {
    let data = digits(2_000);
    let some = PckConfig {
        restarts: 2,
        ..PckConfig::default()
    };
    let mut group = c.benchmark_group("kernel");
    group.sample_size(10);
    group.bench_function("fit 58 mixtures", |bencher| {
        bencher.iter(|| ensemble(&data, &some));
    });
    let fitted = Arc::new(ensemble(&data, &PckConfig::default()));
    group.bench_function("place 500 digits in 870 mixtures", |bencher| {
        bencher.iter(|| Posteriors::empty(&fitted).place_next(&fitted, &data, 500));
    });
    let mut placed = Posteriors::empty(&fitted);
    placed.place_next(&fitted, &data, usize::MAX);
    let kernel = Pck::new(fitted, placed);
    let rows: Vec<usize> = (0..data.len()).collect();
    let (mut scratch, mut out) = (Scratch::default(), Array2::zeros((200, 200)));
    group.sample_size(50);
    group.bench_function("P_k of 200", |bencher| {
        bencher.iter(|| kernel.gram(&rows[..200], &mut scratch, out.view_mut()));
    });
    let v = Array2::from_elem((rows.len(), 64), 1.0_f32);
    group.sample_size(10);
    group.bench_function("P v, 2,000 digits, 64 columns", |bencher| {
        bencher.iter(|| kernel.multiply(&rows, &rows, v.view()));
    });
}

fn regression(c: &mut Criterion) {
    let data = digits(2_000);
    let rows: Vec<usize> = (0..data.len()).collect();
    let pixels = data.rows::<f32>(&rows);
    // As wide as scores are: a stretch of every image's middle row.
    let scores = pixels.slice(s![.., 14 * 28 - 16..14 * 28 + 16]).to_owned();
    let kernel = GaussianKernel::new(scores.view(), 2.0);
    let mut group = c.benchmark_group("regression");
    group.sample_size(10);
    group.bench_function("ridge, 2,000 digits", |bencher| {
        bencher.iter(|| ridge_solve(&kernel, pixels.view(), 0.5, 1e-4, 1, &|| false));
    });
}

fn main() {
    Threads::new(0).install(|| {
        let mut criterion = Criterion::default().configure_from_args();
        products(&mut criterion);
        steps(&mut criterion);
        kernels(&mut criterion);
        regression(&mut criterion);
        criterion.final_summary();
    });
}
