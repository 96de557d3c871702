//! Eigenpairs of symmetric matrices: small ones whole, large ones from products alone.
//!
//! A kernel matrix of n samples is never stored. [`leading_eigenpairs`] asks for its products with
//! blocks of b vectors only and works in the block Krylov space they span: a block Lanczos method
//! with full reorthogonalisation, Rayleigh–Ritz in `f64` on the small projected matrix, and a
//! thick restart (Wu and Simon, 2000) when the basis has grown to its limit.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, s};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::krylov::Krylov;
use super::{Accumulate, Parallel, Real, product};

/// Why eigenpairs could not be found.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum EigenError {
    /// The caller asked to stop.
    #[error("the eigenvalue computation was cancelled")]
    Cancelled,
    /// The matrix holds, or the operator returned, infinities or NaN.
    #[error("the matrix has entries that are not finite")]
    NotFinite,
    /// The residual stayed above the tolerance.
    #[error(
        "eigenvalues did not converge: relative residual {residual:.1e} after {applications} products"
    )]
    NotConverged {
        /// Products with the operator.
        applications: usize,
        /// The largest residual norm, relative to the largest eigenvalue.
        residual: f64,
    },
}

/// Leading eigenpairs of a symmetric n×n operator.
#[derive(Clone, Debug)]
pub struct Eigenpairs {
    /// Eigenvalues, descending.
    pub values: Array1<f64>,
    /// Eigenvectors of unit length in the columns, n × count; in each, the entry of largest
    /// absolute value is positive.
    pub vectors: Array2<f32>,
    /// Products with the operator that were needed.
    pub applications: usize,
    /// The largest residual norm ‖Av − θv‖, relative to the largest eigenvalue.
    pub residual: f64,
}

/// All eigenpairs of the small symmetric matrix `a` (its lower triangle is read): eigenvalues
/// descending, and the eigenvectors in the columns.
///
/// # Errors
///
/// [`EigenError::NotFinite`] if an entry is.
pub fn symmetric_eigen(a: ArrayView2<'_, f64>) -> Result<(Array1<f64>, Array2<f64>), EigenError> {
    let n = a.nrows();
    let mut vectors = faer::Mat::zeros(n, n);
    let values = decomposed(a, Some(vectors.as_mut()))?;
    // The backend's order is ascending.
    let vectors = Array2::from_shape_fn((n, n), |(i, j)| vectors[(i, n - 1 - j)]);
    Ok((values, vectors))
}

/// The same without the eigenvectors, in a fraction of the time: eigenvalues, descending.
///
/// # Errors
///
/// [`EigenError::NotFinite`] if an entry is.
pub fn symmetric_eigenvalues(a: ArrayView2<'_, f64>) -> Result<Array1<f64>, EigenError> {
    decomposed(a, None)
}

/// The eigenvalues of a symmetric matrix, descending; its eigenvectors, in the order of ascending ones, go into
/// `vectors`.
fn decomposed(
    a: ArrayView2<'_, f64>,
    vectors: Option<faer::MatMut<'_, f64>>,
) -> Result<Array1<f64>, EigenError> {
    use faer::dyn_stack::{MemBuffer, MemStack};
    use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};

    assert!(a.is_square(), "a symmetric matrix is square");
    if a.iter().any(|x| !x.is_finite()) {
        return Err(EigenError::NotFinite);
    }
    let n = a.nrows();
    if n == 0 {
        return Ok(Array1::zeros(0));
    }
    let matrix = faer::Mat::from_fn(n, n, |i, j| a[[i, j]]);
    let mut values = faer::diag::Diag::zeros(n);
    let compute = if vectors.is_some() {
        ComputeEigenvectors::Yes
    } else {
        ComputeEigenvectors::No
    };
    let scratch =
        self_adjoint_evd_scratch::<f64>(n, compute, faer::Par::Seq, faer::Spec::default());
    self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        vectors,
        faer::Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        faer::Spec::default(),
    )
    .map_err(|_| EigenError::NotFinite)?;
    Ok(Array1::from_shape_fn(n, |j| {
        values.column_vector()[n - 1 - j]
    }))
}

/// Products after which the method gives up.
const MAX_APPLICATIONS: usize = 300;

/// The `count` leading eigenpairs (at most n) of a symmetric positive semi-definite n×n operator
/// that is given by its products: `apply` takes an n×b block V, contiguous by rows, and returns AV.
///
/// Ends when ‖Av − θv‖ ≤ `tolerance` · θ₁ for every pair that was asked for; blocks are `f32`, so
/// a tolerance below 1e-6 cannot be met. The result is determined by `seed` and the operator.
/// `cancel` is asked before each product.
///
/// # Errors
///
/// [`EigenError::Cancelled`] when `cancel` says so, [`EigenError::NotFinite`] if a product is
/// not, [`EigenError::NotConverged`] after 300 products.
pub fn leading_eigenpairs(
    n: usize,
    count: usize,
    mut apply: impl FnMut(ArrayView2<'_, f32>) -> Array2<f32>,
    seed: u64,
    tolerance: f64,
    cancel: &dyn Fn() -> bool,
) -> Result<Eigenpairs, EigenError> {
    let count = count.min(n);
    if count == 0 {
        return Ok(Eigenpairs {
            values: Array1::zeros(0),
            vectors: Array2::zeros((n, 0)),
            applications: 0,
            residual: 0.0,
        });
    }
    let width = block_width(n, count);
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut krylov = Krylov::new(n, (4 * count + 8 * width).min(n));
    let mut next = krylov.fresh(random_block(n, width, &mut rng))?;
    let mut residual = f64::INFINITY;
    for applications in 1..=MAX_APPLICATIONS {
        if cancel() {
            return Err(EigenError::Cancelled);
        }
        let image = apply(next.view());
        assert_eq!(
            image.dim(),
            next.dim(),
            "a product has the shape of its block"
        );
        let following = krylov.extend(&next, image)?;
        let exhausted = following.columns.ncols() == 0;
        // A space that holds little more than what is wanted has not converged yet.
        if exhausted || krylov.size() >= count + width {
            let (values, vectors) = symmetric_eigen(krylov.projected())?;
            let enough = krylov.size() >= count;
            if enough {
                let largest = values[0].abs().max(f64::MIN_POSITIVE);
                residual =
                    krylov.residual(&following.coupling, vectors.slice(s![.., ..count])) / largest;
            }
            if enough && (residual <= tolerance || exhausted) {
                let vectors = oriented(krylov.lift(vectors.slice(s![.., ..count])));
                let values = values.slice(s![..count]).to_owned();
                return Ok(Eigenpairs {
                    values,
                    vectors,
                    applications,
                    residual,
                });
            }
            if krylov.size() + following.columns.ncols() > krylov.capacity() {
                krylov.restart(
                    &values,
                    vectors.slice(s![.., ..(count + width).min(krylov.size())]),
                );
            }
        }
        next = if exhausted {
            // The space is invariant and still too small: the operator's rank is below `count`.
            let missing = width.min(n - krylov.size());
            krylov.fresh(random_block(n, missing, &mut rng))?
        } else {
            following.columns
        };
    }
    Err(EigenError::NotConverged {
        applications: MAX_APPLICATIONS,
        residual,
    })
}

/// Columns of a block: wide enough that one product feeds the processor, and that the wanted
/// pairs come within some ten products.
fn block_width(n: usize, count: usize) -> usize {
    (count / 2).clamp(32, 64).min(n)
}

/// A block of independent normal numbers.
fn random_block(n: usize, width: usize, rng: &mut Pcg64Mcg) -> Array2<f32> {
    Array2::from_shape_simple_fn((n, width), || StandardNormal.sample(rng))
}

/// Signs chosen such that the largest entry of each column is positive.
fn oriented(mut vectors: Array2<f32>) -> Array2<f32> {
    for mut column in vectors.axis_iter_mut(Axis(1)) {
        let largest = column
            .iter()
            .fold(0.0_f32, |m, &x| if x.abs() > m.abs() { x } else { m });
        if largest < 0.0 {
            column.mapv_inplace(|x| -x);
        }
    }
    vectors
}

/// `a` · `b` as a new matrix.
pub(super) fn multiplied<T: Real>(a: ArrayView2<'_, T>, b: ArrayView2<'_, T>) -> Array2<T> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    product(
        out.view_mut(),
        Accumulate::Replace,
        T::one(),
        a,
        b,
        Parallel::Yes,
    );
    out
}

/// `out` ← `out` − `a` · `b`.
pub(super) fn subtract_product(
    out: ArrayViewMut2<'_, f32>,
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
) {
    product(out, Accumulate::Add, -1.0, a, b, Parallel::Yes);
}

#[cfg(test)]
#[path = "eigen_tests.rs"]
mod tests;
