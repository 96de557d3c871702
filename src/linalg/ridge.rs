//! Kernel ridge regression on many targets at once: (K + αI) X = Y without K in memory.
//!
//! Conjugate gradients, each column with coefficients of its own but all of them sharing the
//! products with K, which are computed tile by tile ([`GaussianKernel::multiply`]). Nyström's
//! preconditioner leaves a spectrum so tight that a handful of products is enough.
//!
//! Y is first turned to its principal axes, Y V with `YᵀY` = V S Vᵀ, and X turned back in the end.
//! That changes no norm, but gathers what there is to explain in a few columns: the many others
//! are small from the start, and leave the iteration early. What the residual of the whole may be is
//! shared out so that what one column leaves unused is another's ([`level`]). Where there are many
//! points, the columns are solved group by group, which bounds the memory that the iteration takes.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::GaussianKernel;
use super::eigen::{multiplied, symmetric_eigen};
use super::nystrom::{Nystrom, NystromError};
use super::solve::Cancelled;

/// The largest rank of the preconditioner; for n points it is at most ⌈n / 4⌉.
const MAX_RANK: usize = 1024;
/// Numbers in the preconditioner at the most: what bounds its rank for many points.
const FACTOR_NUMBERS: usize = 32 << 20;
/// Products after which the method gives up.
const MAX_ITERATIONS: usize = 200;
/// Numbers in each array of the iteration, of which there are four or five.
const GROUP_NUMBERS: usize = 6 << 20;
/// Rows that are turned at a time.
const TURNED_ROWS: usize = 1024;
/// Columns of a group at least: for fewer, making the kernel's tiles would take longer than using
/// them.
const GROUP_COLUMNS: usize = 64;

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
    /// The ridge is too small for double precision.
    #[error("the regression has no solution with a ridge of {0:e}; a larger one helps")]
    Singular(f64),
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
/// The residual ends with ‖Y − (K + αI)X‖ ≤ `tolerance` ‖Y‖. `seed` draws the preconditioner's
/// landmarks; `cancel` is asked several times a second.
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
    // Y, then its principal components, then their weights, and at last those of Y itself.
    let mut all = targets
        .select(Axis(1), &columns)
        .as_standard_layout()
        .into_owned();
    let total: f64 = column_dots(&all, &all).iter().sum();
    if !total.is_finite() {
        return Err(RidgeError::NotFinite);
    }
    let mut iterations = 0;
    let mut left = 0.0;
    if total > 0.0 {
        let axes = principal_axes(&all)?;
        turn(&mut all, axes.view());
        let n = kernel.len();
        let rank = MAX_RANK.min(n.div_ceil(4)).min(FACTOR_NUMBERS.div_ceil(n));
        let system = System {
            kernel,
            ridge,
            preconditioner: Nystrom::new(kernel, ridge, rank, seed, cancel)?,
            cancel,
        };
        let width = (GROUP_NUMBERS / n).max(GROUP_COLUMNS);
        let share = tolerance * tolerance * total / columns.len() as f64;
        let mut allowed = 0.0;
        for mut group in all.axis_chunks_iter_mut(Axis(1), width) {
            allowed += share * group.ncols() as f64;
            let sides = group.as_standard_layout().into_owned();
            let solved = system.solve(sides, allowed - left, total)?;
            group.assign(&solved.weights);
            iterations = iterations.max(solved.iterations);
            left += solved.left;
        }
        turn(&mut all, axes.t());
    }
    Ok(RidgeSolution {
        weights: all,
        columns,
        targets: targets.ncols(),
        iterations,
        residual: if total > 0.0 {
            (left / total).sqrt()
        } else {
            0.0
        },
    })
}

/// K + αI, and what helps to invert it.
struct System<'a> {
    kernel: &'a GaussianKernel,
    ridge: f64,
    preconditioner: Nystrom,
    cancel: &'a dyn Fn() -> bool,
}

/// The weights of some columns.
struct Solved {
    weights: Array2<f32>,
    iterations: usize,
    /// The squared norm of their residual.
    left: f64,
}

impl System<'_> {
    /// Preconditioned conjugate gradients for the columns of `residual`, the right-hand sides, until
    /// the squared norm of what is left of them is at most `allowed`. `total` is that of all
    /// right-hand sides, for what an error says.
    fn solve(
        &self,
        mut residual: Array2<f32>,
        allowed: f64,
        total: f64,
    ) -> Result<Solved, RidgeError> {
        let mut weights = Array2::zeros(residual.dim());
        let mut squares = column_dots(&residual, &residual);
        let enough = level(&squares, allowed);
        let (mut open, small): (Vec<usize>, Vec<usize>) =
            (0..squares.len()).partition(|&j| squares[j] > enough);
        let mut left: f64 = small.iter().map(|&j| squares[j]).sum();
        let mut iterations = 0;
        if open.is_empty() {
            return Ok(Solved {
                weights,
                iterations,
                left,
            });
        }
        // The iteration's arrays are those of the columns still open.
        residual = pick(&residual, &open);
        let mut direction = self.preconditioner.apply(residual.view());
        let mut energy = column_dots(&residual, &direction);
        while iterations < MAX_ITERATIONS {
            iterations += 1;
            let points = self.kernel.points();
            let mut image = self
                .kernel
                .multiply(points, direction.view(), self.cancel)?;
            add_scaled(&mut image, &direction, &vec![self.ridge; open.len()]);
            let curvature = column_dots(&direction, &image);
            let steps = ratios(&energy, &curvature);
            if steps.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
                // Rounding has cost the operator or its preconditioner their definiteness.
                break;
            }
            scatter_scaled(&mut weights, &open, &direction, &steps);
            let back: Vec<f64> = steps.iter().map(|s| -s).collect();
            add_scaled(&mut residual, &image, &back);
            drop(image);
            squares = column_dots(&residual, &residual);
            let enough = level(&squares, allowed - left);
            let (rest, done): (Vec<usize>, Vec<usize>) =
                (0..open.len()).partition(|&j| squares[j] > enough);
            left += done.iter().map(|&j| squares[j]).sum::<f64>();
            if rest.is_empty() {
                return Ok(Solved {
                    weights,
                    iterations,
                    left,
                });
            }
            if !done.is_empty() {
                residual = pick(&residual, &rest);
                direction = pick(&direction, &rest);
                for numbers in [&mut energy, &mut squares] {
                    *numbers = rest.iter().map(|&j| numbers[j]).collect();
                }
                open = rest.iter().map(|&j| open[j]).collect();
            }
            let mut next = self.preconditioner.apply(residual.view());
            let energies = column_dots(&residual, &next);
            add_scaled(&mut next, &direction, &ratios(&energies, &energy));
            direction = next;
            energy = energies;
        }
        let residual = ((left + squares.iter().sum::<f64>()) / total).sqrt();
        Err(RidgeError::NotConverged {
            iterations,
            residual,
        })
    }
}

/// The number w with Σ min(xⱼ, w) = `allowed`, infinite where Σ xⱼ is no more than that.
///
/// Columns whose squared residual is at most w are done: if each of the others comes down to w
/// later, all of them together keep to what is allowed.
fn level(squares: &[f64], allowed: f64) -> f64 {
    let mut ascending = squares.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    let mut below = 0.0;
    for (i, &x) in ascending.iter().enumerate() {
        let even = (allowed - below) / (ascending.len() - i) as f64;
        if even < x {
            return even;
        }
        below += x;
    }
    f64::INFINITY
}

/// a / b, number by number.
fn ratios(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a / b).collect()
}

/// `matrix` ← `matrix` · `axes` (square), some rows at a time.
fn turn(matrix: &mut Array2<f32>, axes: ArrayView2<'_, f32>) {
    for mut rows in matrix.axis_chunks_iter_mut(Axis(0), TURNED_ROWS) {
        let turned = multiplied(rows.view(), axes);
        rows.assign(&turned);
    }
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
#[path = "ridge_tests.rs"]
mod tests;
