//! The table against the plain way: kernel matrices whole, every regression by all eigenpairs, errors
//! by their definition.

use super::*;
use crate::baseline::Pca;
use crate::data::{Selection, Source, generator};
use crate::experiment::findings::edges;
use crate::kernel::{self, PriorConfig};
use crate::linalg::symmetric_eigen;
use crate::model::{Activation, Architecture};

const NEVER: &dyn Fn() -> bool = &|| false;
const SEED: u64 = 3;
const M: usize = 4;
const NOISE: f64 = 0.5;

fn plan() -> DenoisingPlan {
    DenoisingPlan {
        classes: vec![0, 1],
        noise: NOISE,
        clip: false,
        components: M,
        widths: vec![0.5, 1.0],
        ridges: vec![0.2, 0.5],
        prior_widths: vec![1.0, 3.0],
        longer: 1,
    }
}

/// 240 digits, the plain kernel x·y, and a network with six code units.
struct World {
    data: Arc<DataSet>,
    split: Split,
    prior: Arc<dyn PriorKernel>,
    rbf: Vec<(f64, Arc<dyn PriorKernel>)>,
    network: Autoencoder<f32>,
}

impl World {
    fn new() -> Self {
        let selection = Selection {
            samples: Some(240),
            ..Selection::default()
        };
        let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
        let split = Split::new(data.len(), SEED);
        let kernel = |config: &PriorConfig| -> Arc<dyn PriorKernel> {
            Arc::from(kernel::build(config, &data, &split.training, SEED).unwrap())
        };
        let rbf = |width| (width, kernel(&PriorConfig::Rbf { width }));
        let architecture = Architecture {
            dims: vec![784, 6],
            hidden: Activation::Relu,
            code: Activation::Tanh,
            output: Activation::Sigmoid,
        };
        Self {
            prior: kernel(&PriorConfig::Linear),
            rbf: plan().prior_widths.into_iter().map(rbf).collect(),
            network: Autoencoder::new(architecture, &mut generator(1, 1)),
            data,
            split,
        }
    }

    fn table(&self) -> Denoising {
        let subject = Contest {
            data: &self.data,
            split: &self.split,
            prior: &self.prior,
            rbf: &self.rbf,
            network: &self.network,
            seed: SEED,
        };
        table2(&subject, &plan(), NEVER).unwrap()
    }

    fn test(&self) -> NoisyDigits {
        NoisyDigits::new(&self.data, &self.split.test, &settings(&plan()), SEED)
    }

    fn validation(&self) -> NoisyDigits {
        NoisyDigits::new(
            &self.data,
            &self.split.validation,
            &settings(&plan()),
            !SEED,
        )
    }

    /// Kernel PCA under x·y by the whole matrix, and the pre-image by all eigenpairs of its own.
    fn kpca(&self, noisy: &Array2<f32>, [width, ridge]: [f64; 2]) -> Array2<f32> {
        let x: Array2<f32> = self.data.rows(&self.split.training);
        let wide = x.mapv(f64::from);
        let (values, vectors) = symmetric_eigen(wide.dot(&wide.t()).view()).unwrap();
        let (values, vectors) = (values.slice(s![..M]), vectors.slice(s![.., ..M]));
        let training = &vectors * &values.mapv(f64::sqrt);
        let across = noisy.mapv(f64::from).dot(&wide.t());
        let scores = across.dot(&(&vectors / &values.mapv(f64::sqrt)));
        let distance = |a: ndarray::ArrayView1<'_, f64>, b: ndarray::ArrayView1<'_, f64>| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b) * (a - b))
                .sum::<f64>()
                .sqrt()
        };
        let n = training.nrows();
        let mut all: Vec<f64> = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| distance(training.row(i), training.row(j)))
            .collect();
        all.sort_by(f64::total_cmp);
        let sigma = width * all[all.len() / 2];
        let kernel = |rows: &Array2<f64>| {
            Array2::from_shape_fn((rows.nrows(), n), |(i, j)| {
                let far = distance(rows.row(i), training.row(j)) / sigma;
                (-0.5 * far * far).exp()
            })
        };
        let (values, vectors) = symmetric_eigen(kernel(&training).view()).unwrap();
        let inverse = (&vectors / &(values + ridge)).dot(&vectors.t());
        kernel(&scores).dot(&inverse).dot(&wide).mapv(|x| x as f32)
    }
}

/// Mean squared error after the cut, by its definition.
fn error(digits: &NoisyDigits, images: &Array2<f32>) -> f64 {
    let squares = digits.clean.iter().zip(images).map(|(clean, image)| {
        let difference = f64::from(*clean) - f64::from(image.clamp(0.0, 1.0));
        difference * difference
    });
    squares.sum::<f64>() / digits.clean.len() as f64
}

#[test]
fn settings_are_chosen_by_noisy_validation_digits_alone() {
    let world = World::new();
    let figures = world.table().figures;
    let (validation, test) = (world.validation(), world.test());
    let mut apart = [0.0_f64; 2];
    for point in &figures.grid {
        let at = [point.width, point.ridge];
        let plain = error(&validation, &world.kpca(&validation.noisy, at));
        assert!((plain - point.error).abs() < 1e-4, "{point:?}: {plain}");
        // Neither the test digits nor clean ones would give these.
        let on_test = error(&test, &world.kpca(&test.noisy, at));
        let on_clean = error(&validation, &world.kpca(&validation.clean, at));
        for (apart, other) in apart.iter_mut().zip([on_test, on_clean]) {
            *apart = apart.max((other - point.error).abs());
        }
    }
    assert!(apart.iter().all(|&apart| apart > 2e-4), "{apart:?}");
    let points = |grid: &[GridPoint]| -> Vec<_> {
        let point = |p: &GridPoint| (p.prior, p.width.to_bits(), p.ridge.to_bits());
        grid.iter()
            .map(point)
            .map(|(p, w, r)| (p.map(f64::to_bits), w, r))
            .collect()
    };
    let (under_p, under_rbf) = (points(&figures.grid), points(&figures.rbf_grid));
    assert_eq!((under_p.len(), under_rbf.len()), (4, 8));
    assert!(figures.grid.iter().all(|p| p.prior.is_none()));
    for width in [1.0, 3.0] {
        let of = figures.rbf_grid.iter().filter(|p| p.prior == Some(width));
        assert_eq!(of.count(), 4);
    }
    // Two values of each setting: any best point is at an edge.
    let settings: Vec<_> = edges(&figures.grid).iter().map(|e| e.setting).collect();
    assert_eq!(settings, ["σ", "ridge"]);
    assert_eq!(edges(&figures.rbf_grid).len(), 3);
}

#[test]
fn every_row_is_made_of_noisy_test_digits_by_m_components_and_cut() {
    let world = World::new();
    let found = world.table();
    let figures = &found.figures;
    let test = world.test();
    let ours = |method| figures.error(method).unwrap();
    let near = |method, images: &Array2<f32>| {
        let plain = error(&test, images);
        let ours = ours(method);
        assert!((plain - ours).abs() < 2e-4, "{method:?}: {ours}, {plain}");
    };
    assert!(
        (ours(Method::Noisy) - 0.25).abs() < 0.01,
        "noisy digits stay as they are"
    );
    let point = best(&figures.grid).unwrap();
    near(
        Method::Kpca,
        &world.kpca(&test.noisy, [point.width, point.ridge]),
    );
    near(Method::KpcaPaper, &world.kpca(&test.noisy, [1.0, 0.5]));

    // Linear PCA and its shrunk form by the whole covariance.
    let x = world
        .data
        .rows::<f32>(&world.split.training)
        .mapv(f64::from);
    let mean = x.mean_axis(ndarray::Axis(0)).unwrap();
    let centred = &x - &mean;
    let covariance = centred.t().dot(&centred) / (x.nrows() as f64 - 1.0);
    let (values, axes) = symmetric_eigen(covariance.view()).unwrap();
    let scores = (test.noisy.mapv(f64::from) - &mean).dot(&axes);
    let back = |factors: &dyn Fn(usize) -> f64| {
        let factors = ndarray::Array1::from_shape_fn(784, factors);
        ((&scores * &factors).dot(&axes.t()) + &mean).mapv(|x| x as f32)
    };
    let projected = back(&|i| f64::from(u8::from(i < M)));
    near(Method::LinearPca, &projected);
    let uncut = test.error(projected.view());
    assert!(uncut > ours(Method::LinearPca) + 5e-4, "{uncut}");
    near(
        Method::LinearShrunk,
        &back(&|i| values[i].max(0.0) / (values[i].max(0.0) + NOISE * NOISE)),
    );

    // The codes on four of their six axes, and as they are.
    let network = &world.network;
    let training: Array2<f32> = world.data.rows(&world.split.training);
    let pca = Pca::fit(network.encode(training.view()).view(), 6, 0, NEVER).unwrap();
    let codes = network.encode(test.noisy.view());
    let straight = network.decode(codes.view());
    near(Method::DkaeStraight, &straight);
    let mut scores = pca.project(codes.view());
    scores.slice_mut(s![.., M..]).fill(0.0);
    near(
        Method::DkaePca,
        &network.decode(pca.restore(scores.view()).view()),
    );
    let drawn = |of| {
        &found
            .rows
            .iter()
            .find(|(method, _)| *method == of)
            .unwrap()
            .1
    };
    let projection = drawn(Method::DkaePca) - drawn(Method::DkaeStraight);
    assert!(
        projection.iter().any(|x| x.abs() > 2e-4),
        "PCA changes the codes"
    );

    let methods: Vec<_> = found.rows.iter().map(|(method, _)| *method).collect();
    assert_eq!(methods, Method::ALL);
    let by_m = figures.found.iter().map(|&(method, m)| (method, m == M));
    let expected = [
        Method::Kpca,
        Method::KpcaPaper,
        Method::DkaePca,
        Method::LinearPca,
        Method::RbfKpca,
    ];
    assert!(by_m.eq(expected.map(|method| (method, true))));
    for (method, images) in &found.rows {
        let inside = images.iter().all(|x| (0.0..=1.0).contains(x));
        assert_eq!(inside, *method != Method::Noisy, "{method:?}");
    }
}

#[test]
fn a_ridge_that_cannot_be_solved_with_is_left_out() {
    let world = World::new();
    let plan = DenoisingPlan {
        widths: vec![64.0],
        ridges: vec![1e-30, 0.5, 2.0],
        ..plan()
    };
    let pixels = world.data.rows::<f32>(&world.split.training);
    let search = Search {
        plan: &plan,
        validation: &world.validation(),
        test: &world.test(),
        pixels: pixels.view(),
        seed: SEED,
        cancel: NEVER,
    };
    let (data, training) = (Arc::clone(&world.data), world.split.training.clone());
    let mut baselines = Baselines::new(data, training, Arc::clone(&world.prior), SEED);
    let grid = search.under(&mut baselines, None).unwrap().grid;
    let ridges: Vec<f64> = grid.iter().map(|point| point.ridge).collect();
    assert_eq!(ridges, [0.5, 2.0], "in the order of the plan");
}

#[test]
fn the_papers_errors_are_those_of_its_table() {
    let of_method = [Method::Kpca, Method::DkaePca, Method::LinearPca].map(paper);
    assert_eq!(of_method, [Some(0.0427), Some(0.0358), None]);
}

/// An image that is both validated and tested would have its noise known.
#[test]
fn validation_digits_have_a_noise_of_their_own() {
    let data = Source::bundled().unwrap().select(&Selection {
        samples: Some(40),
        ..Selection::default()
    });
    let (data, same) = (data.unwrap(), vec![3, 1, 2]);
    let split = Split {
        training: vec![0],
        validation: same.clone(),
        test: same.clone(),
    };
    let validation = validation_digits(&data, &split, &plan(), 7);
    let test = NoisyDigits::new(&data, &split.test, &settings(&plan()), 7);
    assert_eq!(
        (&validation.indices, &validation.clean),
        (&same, &test.clean)
    );
    let alike = validation
        .noisy
        .iter()
        .zip(&test.noisy)
        .filter(|(a, b)| a == b);
    assert_eq!(alike.count(), 0);
}
