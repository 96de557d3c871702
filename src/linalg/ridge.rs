//! Kernel ridge regression on many targets at once: (K + αI) X = Y without K in memory.
//!
//! Conjugate gradients, each column with coefficients of its own but all of them sharing the
//! products with K, which are computed tile by tile ([`GaussianKernel::multiply`]). Nyström's
//! preconditioner leaves a spectrum so tight that a handful of products is enough.
//!
//! Y is first turned to its principal axes, Y V with `YᵀY` = V S Vᵀ, and X turned back in the end.
//! That changes no norm, but gathers what there is to explain in a few columns: the many others
//! are small from the start, and leave the iteration early.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::GaussianKernel;
use super::eigen::{multiplied, symmetric_eigen};
use super::nystrom::{Nystrom, NystromError};
use super::solve::Cancelled;

/// The largest rank of the preconditioner; for n points it is min(this, ⌈n / 4⌉).
const MAX_RANK: usize = 1024;
/// Products after which the method gives up.
const MAX_ITERATIONS: usize = 200;

/// Why a regression has no solution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RidgeError {
    /// The caller asked to stop.
    #[error("the regression was cancelled")]
    Cancelled,
    /// The ridge is not a positive number.
    #[error("the ridge of a kernel regression is {0}, but has to be above 0")]
    Ridge(f64),
    /// A point or a target is not finite.
    #[error("the regression was given numbers that are not finite")]
    NotFinite,
    /// The ridge is too small for single precision.
    #[error(
        "the regression did not converge (relative residual {residual:.1e} after {iterations} \
         products); a larger ridge helps"
    )]
    NotConverged {
        /// Products with the kernel.
        iterations: usize,
        /// ‖Y − (K + αI)X‖ / ‖Y‖, Frobenius norms.
        residual: f64,
    },
}

impl From<Cancelled> for RidgeError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<NystromError> for RidgeError {
    fn from(error: NystromError) -> Self {
        match error {
            NystromError::Cancelled => Self::Cancelled,
            NystromError::NotFinite => Self::NotFinite,
        }
    }
}

/// The weights X of a kernel regression.
#[derive(Clone, Debug)]
pub struct RidgeSolution {
    /// X of the columns that are not zero altogether, n × `columns.len()`.
    pub weights: Array2<f32>,
    /// Those columns; the weights of all others are zero.
    pub columns: Vec<usize>,
    /// Columns of Y.
    pub targets: usize,
    /// Products with the kernel that were needed.
    pub iterations: usize,
    /// ‖Y − (K + αI)X‖ / ‖Y‖, Frobenius norms, as the iteration knows it.
    pub residual: f64,
}

/// Solves (K + αI) X = Y for the kernel's own points, `targets` = Y (n × any) and α = `ridge`.
///
/// The residual ends with ‖Y − (K + αI)X‖ ≤ `tolerance` ‖Y‖ (along each principal axis of Y it is
/// at most `tolerance` times the root mean square norm of Y's columns). `seed` draws the
/// preconditioner's landmarks; `cancel` is asked several times a second.
///
/// # Errors
///
/// See [`RidgeError`].
pub fn ridge_solve(
    kernel: &GaussianKernel,
    targets: ArrayView2<'_, f32>,
    ridge: f64,
    tolerance: f64,
    seed: u64,
    cancel: &dyn Fn() -> bool,
) -> Result<RidgeSolution, RidgeError> {
    assert_eq!(targets.nrows(), kernel.len(), "a target for each point");
    if !(ridge.is_finite() && ridge > 0.0) {
        return Err(RidgeError::Ridge(ridge));
    }
    let columns = nonzero_columns(targets);
    // Residuals, and the rest of the iteration's arrays, are those of the columns still open.
    let mut residual = targets
        .select(Axis(1), &columns)
        .as_standard_layout()
        .into_owned();
    let mut solution = RidgeSolution {
        weights: Array2::zeros(residual.dim()),
        targets: targets.ncols(),
        iterations: 0,
        residual: 0.0,
        columns,
    };
    let total: f64 = column_dots(&residual, &residual).iter().sum();
    if !total.is_finite() {
        return Err(RidgeError::NotFinite);
    }
    if total == 0.0 {
        return Ok(solution);
    }
    let axes = principal_axes(&residual)?;
    residual = multiplied(residual.view(), axes.view());
    let mut squares = column_dots(&residual, &residual);
    let enough = tolerance * tolerance * total / squares.len() as f64;
    let rank = MAX_RANK.min(kernel.len().div_ceil(4));
    let preconditioner = Nystrom::new(kernel, ridge, rank, seed, cancel)?;
    let (mut open, small): (Vec<usize>, Vec<usize>) =
        (0..squares.len()).partition(|&j| squares[j] > enough);
    let mut closed: f64 = small.iter().map(|&j| squares[j]).sum();
    residual = pick(&residual, &open);
    let mut direction = preconditioner.apply(residual.view());
    let mut energy = column_dots(&residual, &direction);
    for iteration in 1..=MAX_ITERATIONS {
        let mut image = kernel.multiply(kernel.points(), direction.view(), cancel)?;
        add_scaled(&mut image, &direction, &vec![ridge; open.len()]);
        let steps: Vec<f64> = energy
            .iter()
            .zip(column_dots(&direction, &image))
            .map(|(e, c)| e / c)
            .collect();
        solution.iterations = iteration;
        if steps.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            // Rounding has cost the operator or its preconditioner their definiteness.
            break;
        }
        scatter_scaled(&mut solution.weights, &open, &direction, &steps);
        add_scaled(
            &mut residual,
            &image,
            &steps.iter().map(|s| -s).collect::<Vec<_>>(),
        );
        drop(image);
        squares = column_dots(&residual, &residual);
        let (rest, done): (Vec<usize>, Vec<usize>) =
            (0..open.len()).partition(|&j| squares[j] > enough);
        closed += done.iter().map(|&j| squares[j]).sum::<f64>();
        if rest.is_empty() {
            solution.residual = (closed / total).sqrt();
            solution.weights = multiplied(solution.weights.view(), axes.t());
            return Ok(solution);
        }
        if !done.is_empty() {
            residual = pick(&residual, &rest);
            direction = pick(&direction, &rest);
            for numbers in [&mut energy, &mut squares] {
                *numbers = rest.iter().map(|&j| numbers[j]).collect();
            }
            open = rest.iter().map(|&j| open[j]).collect();
        }
        let mut next = preconditioner.apply(residual.view());
        let energies = column_dots(&residual, &next);
        let factors: Vec<f64> = energies
            .iter()
            .zip(&energy)
            .map(|(new, old)| new / old)
            .collect();
        add_scaled(&mut next, &direction, &factors);
        direction = next;
        energy = energies;
    }
    let residual = ((closed + squares.iter().sum::<f64>()) / total).sqrt();
    Err(RidgeError::NotConverged {
        iterations: solution.iterations,
        residual,
    })
}

/// V of `YᵀY` = V S Vᵀ, in the columns.
fn principal_axes(y: &Array2<f32>) -> Result<Array2<f32>, RidgeError> {
    let gram = multiplied(y.t(), y.view()).mapv(f64::from);
    let (_, axes) = symmetric_eigen(gram.view()).map_err(|_| RidgeError::NotFinite)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is what is asked for"
    )]
    let narrow = Array2::from_shape_fn(axes.dim(), |index| axes[index] as f32);
    Ok(narrow)
}

/// The columns with an entry other than 0.
fn nonzero_columns(matrix: ArrayView2<'_, f32>) -> Vec<usize> {
    let mut used = vec![false; matrix.ncols()];
    for row in matrix.rows() {
        for (used, &x) in used.iter_mut().zip(row) {
            *used |= x != 0.0;
        }
    }
    (0..used.len()).filter(|&j| used[j]).collect()
}

/// The columns `columns`, contiguous by rows.
fn pick(matrix: &Array2<f32>, columns: &[usize]) -> Array2<f32> {
    matrix
        .select(Axis(1), columns)
        .as_standard_layout()
        .into_owned()
}

/// Rows that a thread works on at a time. Sums are taken tile by tile and then in the tiles'
/// order, so they do not depend on who was first.
const TILE: usize = 256;

/// The inner product of each column of `a` with the same column of `b`.
fn column_dots(a: &Array2<f32>, b: &Array2<f32>) -> Vec<f64> {
    let width = a.ncols();
    if width == 0 {
        return Vec::new();
    }
    let parts: Vec<Vec<f64>> = contiguous(a)
        .par_chunks(TILE * width)
        .zip(contiguous(b).par_chunks(TILE * width))
        .map(|(a, b)| {
            let mut sums = vec![0.0; width];
            for (a, b) in a.chunks_exact(width).zip(b.chunks_exact(width)) {
                accumulate_products(&mut sums, a, b);
            }
            sums
        })
        .collect();
    let mut sums = vec![0.0; width];
    for part in parts {
        for (sum, x) in sums.iter_mut().zip(part) {
            *sum += x;
        }
    }
    sums
}

#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma",
    "x86_64+avx2+fma"
))]
fn accumulate_products(sums: &mut [f64], a: &[f32], b: &[f32]) {
    for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
        *sum += f64::from(a) * f64::from(b);
    }
}

/// Adds `factors[j]` times column j of `b` to column j of `a`.
fn add_scaled(a: &mut Array2<f32>, b: &Array2<f32>, factors: &[f64]) {
    let width = factors.len();
    let factors = narrow(factors);
    let a = a
        .as_slice_mut()
        .expect("the iteration's arrays are contiguous");
    a.par_chunks_mut(TILE * width)
        .zip(contiguous(b).par_chunks(TILE * width))
        .for_each(|(a, b)| {
            for (a, b) in a.chunks_exact_mut(width).zip(b.chunks_exact(width)) {
                add_scaled_row(a, b, &factors);
            }
        });
}

#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma",
    "x86_64+avx2+fma"
))]
fn add_scaled_row(a: &mut [f32], b: &[f32], factors: &[f32]) {
    for ((a, &b), &factor) in a.iter_mut().zip(b).zip(factors) {
        *a += factor * b;
    }
}

/// Adds `factors[j]` times column j of `b` to column `columns[j]` of `a`.
fn scatter_scaled(a: &mut Array2<f32>, columns: &[usize], b: &Array2<f32>, factors: &[f64]) {
    let (wide, width) = (a.ncols(), columns.len());
    let factors = narrow(factors);
    let a = a.as_slice_mut().expect("the weights are contiguous");
    a.par_chunks_mut(TILE * wide)
        .zip(contiguous(b).par_chunks(TILE * width))
        .for_each(|(a, b)| {
            for (a, b) in a.chunks_exact_mut(wide).zip(b.chunks_exact(width)) {
                for ((&column, &b), &factor) in columns.iter().zip(b).zip(&factors) {
                    a[column] += factor * b;
                }
            }
        });
}

fn contiguous(matrix: &Array2<f32>) -> &[f32] {
    matrix
        .as_slice()
        .expect("the iteration's arrays are contiguous")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn narrow(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&x| x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Cholesky;

    fn problem(n: usize) -> (Array2<f32>, Array2<f32>) {
        let points =
            Array2::from_shape_fn((n, 6), |(i, j)| ((i * (3 * j + 7)) as f32 * 0.613).sin());
        let targets = Array2::from_shape_fn((n, 9), |(i, j)| match j {
            2 | 7 => 0.0,
            4 => f32::from(u8::from(i == 17)),
            _ => ((i * (j + 1)) as f32 * 0.29).cos() * points[[i, j % 6]],
        });
        (points, targets)
    }

    /// K + αI from the definition, in `f64`.
    fn dense(points: &Array2<f32>, sigma: f64, ridge: f64) -> Array2<f64> {
        Array2::from_shape_fn((points.nrows(), points.nrows()), |(i, j)| {
            let d2: f64 = points
                .row(i)
                .iter()
                .zip(points.row(j))
                .map(|(a, b)| f64::from(a - b).powi(2))
                .sum();
            (-d2 / (2.0 * sigma * sigma)).exp() + if i == j { ridge } else { 0.0 }
        })
    }

    #[test]
    fn agrees_with_the_dense_solution() {
        let (points, targets) = problem(700);
        for ridge in [0.5, 0.05] {
            let kernel = GaussianKernel::new(points.view(), 1.3);
            let solution = ridge_solve(&kernel, targets.view(), ridge, 1e-4, 5, &|| false).unwrap();
            assert_eq!(solution.columns, [0, 1, 3, 4, 5, 6, 8]);
            assert!(solution.residual <= 1e-4);
            let system = dense(&points, 1.3, ridge);
            let y = targets.select(Axis(1), &solution.columns).mapv(f64::from);
            let x = solution.weights.mapv(f64::from);
            let true_residual = &y - &system.dot(&x);
            let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
            assert!(
                norm(&true_residual) <= 1.5e-4 * norm(&y),
                "{}",
                norm(&true_residual) / norm(&y)
            );
            // ‖X − X*‖ ≤ ‖residual‖ / α.
            let exact = Cholesky::<f64>::new(system.view()).unwrap().solve(y.view());
            assert!(norm(&(&exact - &x)) <= 1.5e-4 * norm(&y) / ridge);
        }
    }

    #[test]
    fn coinciding_points_are_no_obstacle() {
        let points = Array2::from_elem((60, 3), 2.0_f32);
        let targets = Array2::from_elem((60, 2), 0.5_f32);
        let kernel = GaussianKernel::new(points.view(), 1.0);
        let solution = ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 1, &|| false).unwrap();
        // (60 + α) x = 1/2 for each of them.
        assert!(
            solution
                .weights
                .iter()
                .all(|x| (x - 0.5 / 60.5).abs() < 1e-5)
        );
    }

    #[test]
    fn zero_targets_bad_ridges_and_cancel() {
        let (points, targets) = problem(300);
        let kernel = GaussianKernel::new(points.view(), 1.0);
        let solve = |targets: &Array2<f32>, ridge| {
            ridge_solve(&kernel, targets.view(), ridge, 1e-4, 1, &|| false)
        };
        let nothing = solve(&Array2::zeros((300, 4)), 0.5).unwrap();
        assert_eq!((nothing.columns.len(), nothing.iterations), (0, 0));
        for ridge in [0.0, -1.0, f64::NAN] {
            assert!(matches!(solve(&targets, ridge), Err(RidgeError::Ridge(_))));
        }
        let broken = Array2::from_elem((300, 1), f32::NAN);
        assert_eq!(solve(&broken, 0.5).unwrap_err(), RidgeError::NotFinite);
        let cancelled = ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 1, &|| true);
        assert_eq!(cancelled.unwrap_err(), RidgeError::Cancelled);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let (points, targets) = problem(500);
        let kernel = GaussianKernel::new(points.view(), 1.0);
        let solve = || {
            ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 3, &|| false)
                .unwrap()
                .weights
        };
        assert_eq!(solve(), solve());
    }
}
