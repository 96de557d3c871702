//! Expectation–maximisation for one Gaussian mixture, in log space.
//!
//! E: `r_ic = w_c N(x_i; μ_c, σ_c²) / Σ_c' w_c' N(x_i; μ_c', σ_c'²)`. M: `w_c`, `μ_c` and `σ_c²`
//! are the weight, mean and variance of the samples under `r_·c`, and the floor is added to the
//! variance.
//! Stops when the samples' mean log-likelihood changes by less than the tolerance, or after the
//! last iteration allowed. This is what scikit-learn's `GaussianMixture` does under
//! `init_params="random_from_data"`, `reg_covar` = the floor; two things differ:
//! - A component that has lost all its samples keeps its place (with next to no weight), where
//!   scikit-learn moves it to the origin.
//! - Responsibilities below the rounding unit of the sample's largest one count as zero. In
//!   hundreds of dimensions that leaves about one a sample, so that the M-step costs n×d instead
//!   of n×g×d.
//!
//! Without a floor each iteration raises the likelihood. With one *added* it need not: the
//! M-step then returns variances that are larger than those at the maximum, so that near
//! convergence the likelihood can fall a little.
//!
//! Everything happens in the features of [`super::features`]: the state is each component's
//! linear coefficients, its sufficient statistics are a weighted sum of feature rows, and the
//! E-step is one matrix product.

use multiversion::multiversion;
use ndarray::{ArrayView2, ArrayViewMut2};

use super::Covariance;
use super::features::FeatureShape;
use crate::linalg::{Accumulate, Parallel, Real, product};

/// Variances are at least this, so that without a floor nothing becomes infinite.
const LEAST_VARIANCE: f64 = 1e-12;

/// When to stop, and what is added to variances.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmSettings {
    pub variance_floor: f64,
    pub max_iterations: usize,
    pub tolerance: f64,
}

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outcome {
    /// The samples' mean log-likelihood before the last M-step.
    pub log_likelihood: f64,
    pub iterations: usize,
    pub converged: bool,
}

/// One mixture while it is fitted, and every buffer that takes.
#[derive(Default)]
pub(super) struct Em<T> {
    /// g × width: what a feature row is multiplied by.
    coefficients: Vec<T>,
    /// ln of each component's normaliser, without the terms all components share.
    densities: Vec<f64>,
    log_weights: Vec<f64>,
    /// n × g: log-densities, then responsibilities.
    responsibilities: Vec<T>,
    /// g × width: sums of feature rows.
    sums: Vec<T>,
    /// `Σ_i r_ic`.
    mass: Vec<f64>,
    /// The mean log-likelihood seen by each E-step.
    trace: Vec<f64>,
}

impl<T: Real> Em<T> {
    /// Fits a mixture of `start.len()` components on `features` (n×width, contiguous), the means
    /// at the samples `start`, the variances at the floor, the weights equal.
    pub fn fit(
        &mut self,
        features: ArrayView2<'_, T>,
        shape: FeatureShape,
        start: &[usize],
        settings: EmSettings,
    ) -> Outcome {
        let floor = settings.variance_floor;
        self.start(features, shape, start, floor);
        let shared = shared_log_density(shape, floor);
        let mut converged = false;
        while self.trace.len() < settings.max_iterations && !converged {
            let likelihood = self.expectation(features) + shared;
            self.maximisation(features, shape, floor);
            let before = self.trace.last().copied().unwrap_or(f64::NEG_INFINITY);
            converged = (likelihood - before).abs() < settings.tolerance;
            self.trace.push(likelihood);
        }
        Outcome {
            log_likelihood: self.trace.last().copied().unwrap_or(f64::NAN),
            iterations: self.trace.len(),
            converged,
        }
    }

    /// The fitted coefficients, g × width row by row.
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// What is added to each component's inner product, up to a common constant; the largest is 0.
    pub fn constants(&self) -> impl Iterator<Item = T> + '_ {
        let largest = self.largest_constant();
        let constants = self.densities.iter().zip(&self.log_weights);
        constants.map(move |(density, weight)| T::of(density + weight - largest))
    }

    /// Each component as if its starting sample were all it has.
    fn start(
        &mut self,
        features: ArrayView2<'_, T>,
        shape: FeatureShape,
        start: &[usize],
        floor: f64,
    ) {
        let (n, g, width) = (features.nrows(), start.len(), shape.width());
        self.trace.clear();
        self.log_weights.clear();
        self.log_weights.resize(g, -(g as f64).ln());
        self.densities.resize(g, 0.0);
        self.mass.resize(g, 0.0);
        self.responsibilities.resize(n * g, T::zero());
        self.sums.resize(g * width, T::zero());
        self.coefficients.resize(g * width, T::zero());
        for (component, &sample) in start.iter().enumerate() {
            let row = features.row(sample);
            let row = row.as_slice().expect("features are contiguous");
            let out = &mut self.coefficients[component * width..][..width];
            self.densities[component] = gaussian(row, 1.0, shape, floor, out);
        }
    }

    fn largest_constant(&self) -> f64 {
        let constants = self.densities.iter().zip(&self.log_weights);
        constants
            .map(|(density, weight)| density + weight)
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// The E-step. Returns the mean log-likelihood without the terms all components share.
    fn expectation(&mut self, features: ArrayView2<'_, T>) -> f64 {
        let (n, width) = features.dim();
        let g = self.log_weights.len();
        let coefficients = ArrayView2::from_shape((g, width), &self.coefficients)
            .expect("sized when the fit started");
        let logits = ArrayViewMut2::from_shape((n, g), &mut self.responsibilities)
            .expect("sized when the fit started");
        product(
            logits,
            Accumulate::Replace,
            T::one(),
            features,
            coefficients.t(),
            Parallel::No,
        );
        let largest = self.largest_constant();
        let negligible = T::epsilon().ln();
        let mut total = 0.0;
        for row in self.responsibilities.chunks_exact_mut(g) {
            for (c, logit) in row.iter_mut().enumerate() {
                *logit += T::of(self.densities[c] + self.log_weights[c] - largest);
            }
            total += normalise(row, negligible);
        }
        total / n as f64 + largest
    }

    /// The M-step.
    fn maximisation(&mut self, features: ArrayView2<'_, T>, shape: FeatureShape, floor: f64) {
        let (n, width) = features.dim();
        let rows = features.to_slice().expect("features are contiguous");
        self.sums.fill(T::zero());
        self.mass.fill(0.0);
        weighted_sums(
            rows,
            width,
            &self.responsibilities,
            &mut self.sums,
            &mut self.mass,
        );
        for (component, &mass) in self.mass.iter().enumerate() {
            self.log_weights[component] = ((mass + 10.0 * f64::EPSILON) / n as f64).ln();
            if mass > 1e-6 {
                let sums = &self.sums[component * width..][..width];
                let out = &mut self.coefficients[component * width..][..width];
                self.densities[component] = gaussian(sums, mass, shape, floor, out);
            }
        }
    }
}

/// Log-densities of one sample into responsibilities; exponents below `negligible` give zero.
/// Returns the logarithm of their sum.
fn normalise<T: Real>(row: &mut [T], negligible: T) -> f64 {
    let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
    let mut sum = T::zero();
    for value in row.iter_mut() {
        let exponent = *value - largest;
        *value = if exponent < negligible {
            T::zero()
        } else {
            exponent.exp()
        };
        sum += *value;
    }
    let scale = sum.recip();
    for value in row.iter_mut() {
        *value *= scale;
    }
    largest.wide() + sum.wide().ln()
}

/// −½ d ln 2π, and what pixels that never vary add: the same for every component.
fn shared_log_density(shape: FeatureShape, floor: f64) -> f64 {
    let idle = shape.dimension - shape.active;
    let mut shared = -0.5 * shape.dimension as f64 * std::f64::consts::TAU.ln();
    if shape.covariance == Covariance::Diagonal && idle > 0 {
        shared -= 0.5 * idle as f64 * floor.max(LEAST_VARIANCE).ln();
    }
    shared
}

/// `sums_c += Σ_i r_ic features_i` and `mass_c += Σ_i r_ic`, for the `r_ic` that are not zero.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn weighted_sums<T: Real>(
    features: &[T],
    width: usize,
    responsibilities: &[T],
    sums: &mut [T],
    mass: &mut [f64],
) {
    let samples = responsibilities.chunks_exact(mass.len());
    for (row, responsibilities) in features.chunks_exact(width).zip(samples) {
        for (component, &weight) in responsibilities.iter().enumerate() {
            if weight > T::zero() {
                mass[component] += weight.wide();
                let sum = &mut sums[component * width..][..width];
                for (sum, &feature) in sum.iter_mut().zip(row) {
                    *sum += weight * feature;
                }
            }
        }
    }
}

/// The coefficients of the Gaussian whose samples have these feature `sums` and this `mass`.
/// Returns ln of its normaliser, without the terms all components share.
fn gaussian<T: Real>(sums: &[T], mass: f64, shape: FeatureShape, floor: f64, out: &mut [T]) -> f64 {
    let (squares, values) = sums.split_at(shape.quadratic());
    let (quadratic, linear) = out.split_at_mut(shape.quadratic());
    match shape.covariance {
        Covariance::Diagonal => diagonal(squares, values, mass, floor, quadratic, linear),
        Covariance::Spherical => {
            let d = shape.dimension as f64;
            let mean_norm = values
                .iter()
                .map(|value| (value.wide() / mass).powi(2))
                .sum::<f64>();
            let variance =
                ((squares[0].wide() / mass - mean_norm).max(0.0) / d + floor).max(LEAST_VARIANCE);
            quadratic[0] = T::of(-0.5 / variance);
            let scale = T::of(1.0 / (mass * variance));
            for (linear, &value) in linear.iter_mut().zip(values) {
                *linear = value * scale;
            }
            -0.5 * (d * variance.ln() + mean_norm / variance)
        }
    }
}

/// How many pixels are worked on side by side in [`diagonal`].
const LANES: usize = 16;

/// The running sums of [`diagonal`], a lane for each of [`LANES`] pixels.
struct Lanes {
    /// Products of at most sixteen variances: at their least still a normal `f64`, so that few
    /// logarithms are taken.
    products: [f64; LANES],
    /// μ² / σ².
    distances: [f64; LANES],
}

/// [`gaussian`] for a variance in each pixel.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma", "x86_64+avx2+fma"))]
fn diagonal<T: Real>(
    squares: &[T],
    values: &[T],
    mass: f64,
    floor: f64,
    quadratic: &mut [T],
    linear: &mut [T],
) -> f64 {
    let (scale, floor) = (T::of(1.0 / mass), T::of(floor));
    let (squares, squares_rest) = squares.as_chunks::<LANES>();
    let (values, values_rest) = values.as_chunks::<LANES>();
    let (quadratic, quadratic_rest) = quadratic.as_chunks_mut::<LANES>();
    let (linear, linear_rest) = linear.as_chunks_mut::<LANES>();
    let mut lanes = Lanes {
        products: [1.0; LANES],
        distances: [0.0; LANES],
    };
    let mut logarithms = 0.0;
    for index in 0..squares.len() {
        let (squares, values) = (&squares[index], &values[index]);
        let (quadratic, linear) = (&mut quadratic[index], &mut linear[index]);
        for lane in 0..LANES {
            let (variance, mean) = moments(squares[lane] * scale, values[lane] * scale, floor);
            let precision = T::one() / variance;
            quadratic[lane] = T::of(-0.5) * precision;
            linear[lane] = mean * precision;
            lanes.products[lane] *= variance.wide();
            lanes.distances[lane] += (mean * mean * precision).wide();
        }
        if index % 16 == 15 {
            logarithms += lanes
                .products
                .iter()
                .map(|product| product.ln())
                .sum::<f64>();
            lanes.products = [1.0; LANES];
        }
    }
    logarithms += lanes
        .products
        .iter()
        .map(|product| product.ln())
        .sum::<f64>();
    let mut distances = lanes.distances.iter().sum::<f64>();
    for index in 0..squares_rest.len() {
        let (square, value) = (squares_rest[index] * scale, values_rest[index] * scale);
        let (variance, mean) = moments(square, value, floor);
        let precision = T::one() / variance;
        quadratic_rest[index] = T::of(-0.5) * precision;
        linear_rest[index] = mean * precision;
        logarithms += variance.wide().ln();
        distances += (mean * mean * precision).wide();
    }
    -0.5 * (logarithms + distances)
}

/// The variance (with the floor added) and the mean, from the means of x² and x.
#[inline(always)]
fn moments<T: Real>(square: T, mean: T, floor: T) -> (T, T) {
    let variance = square - mean * mean;
    let variance = if variance > T::zero() {
        variance
    } else {
        T::zero()
    } + floor;
    let least = T::of(LEAST_VARIANCE);
    (if variance > least { variance } else { least }, mean)
}

#[cfg(test)]
#[path = "em_tests.rs"]
mod tests;
