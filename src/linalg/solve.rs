//! Symmetric positive definite systems of moderate size, by Cholesky factors.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::product::threads_of;
use super::{Parallel, Real};

/// The caller asked a computation to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the computation was cancelled")]
pub struct Cancelled;

/// A matrix has no Cholesky factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the matrix is not positive definite")]
pub struct NotPositiveDefinite;

/// The lower factor L of A = L Lᵀ.
#[derive(Clone, Debug)]
pub struct Cholesky<T: Real> {
    lower: faer::Mat<T>,
    parallel: Parallel,
}

impl<T: Real> Cholesky<T> {
    /// Factorises the symmetric matrix `a`, of which the lower triangle is read.
    ///
    /// # Errors
    ///
    /// [`NotPositiveDefinite`] if `a` is not, or holds a number that is not finite.
    pub fn new(a: ArrayView2<'_, f64>) -> Result<Self, NotPositiveDefinite> {
        Self::shifted(a, 0.0, Parallel::No)
    }

    /// Factorises `a` + `shift` · I, of which the lower triangle is read, and solves, by as many
    /// threads as `parallel` allows.
    ///
    /// # Errors
    ///
    /// [`NotPositiveDefinite`] if it is not, or holds a number that is not finite.
    pub fn shifted(
        a: ArrayView2<'_, f64>,
        shift: f64,
        parallel: Parallel,
    ) -> Result<Self, NotPositiveDefinite> {
        use faer::dyn_stack::{MemBuffer, MemStack};
        use faer::linalg::cholesky::llt::factor;

        assert!(a.is_square(), "a symmetric matrix is square");
        let n = a.nrows();
        let entry = |i, j| match i {
            _ if i > j => a[[i, j]],
            _ if i == j => a[[i, j]] + shift,
            _ => 0.0,
        };
        let mut lower = faer::Mat::from_fn(n, n, entry);
        if (0..n).any(|j| (j..n).any(|i| !lower[(i, j)].is_finite())) {
            return Err(NotPositiveDefinite);
        }
        let par = threads_of(parallel);
        let scratch = factor::cholesky_in_place_scratch::<f64>(n, par, faer::Spec::default());
        factor::cholesky_in_place(
            lower.as_mut(),
            factor::LltRegularization::default(),
            par,
            MemStack::new(&mut MemBuffer::new(scratch)),
            faer::Spec::default(),
        )
        .map_err(|_| NotPositiveDefinite)?;
        // The factor is found in f64 and used in T.
        Ok(Self {
            lower: faer::Mat::from_fn(n, n, |i, j| T::of(if i >= j { lower[(i, j)] } else { 0.0 })),
            parallel,
        })
    }

    /// A⁻¹ `b`, for `b` of n × any.
    #[must_use]
    pub fn solve(&self, b: ArrayView2<'_, T>) -> Array2<T> {
        // Rows of the transposed right-hand side are the columns that the backend wants.
        let mut columns = b.t().as_standard_layout().into_owned();
        let par = threads_of(self.parallel);
        self.forward_by(columns.view_mut(), par);
        let (count, n) = columns.dim();
        let slice = columns.as_slice_mut().expect("a new array is contiguous");
        let right = faer::MatMut::from_column_major_slice_mut(slice, n, count);
        let upper = self.lower.as_ref().transpose();
        faer::linalg::triangular_solve::solve_upper_triangular_in_place(upper, right, par);
        columns.reversed_axes().as_standard_layout().into_owned()
    }

    /// Replaces each row x of `rows` (any × n, contiguous) by L⁻¹x, on the calling thread.
    pub fn forward(&self, rows: ArrayViewMut2<'_, T>) {
        self.forward_by(rows, faer::Par::Seq);
    }

    fn forward_by(&self, mut rows: ArrayViewMut2<'_, T>, par: faer::Par) {
        let (count, n) = rows.dim();
        let slice = rows
            .as_slice_mut()
            .expect("right-hand sides are contiguous rows");
        let right = faer::MatMut::from_column_major_slice_mut(slice, n, count);
        faer::linalg::triangular_solve::solve_lower_triangular_in_place(
            self.lower.as_ref(),
            right,
            par,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_refuses() {
        let b = Array2::from_shape_fn((30, 40), |(i, j)| ((i * 11 + j * 5) as f64).sin());
        let a = b.dot(&b.t()) + Array2::<f64>::eye(30);
        let x = Array2::from_shape_fn((30, 4), |(i, j)| (i as f64 - 3.0 * j as f64).cos());
        let factor = Cholesky::<f64>::new(a.view()).unwrap();
        let got = factor.solve(a.dot(&x).view());
        assert!((&got - &x).iter().all(|d| d.abs() < 1e-11));
        let shifted = Cholesky::<f64>::shifted(
            (&a - 0.5 * Array2::<f64>::eye(30)).view(),
            0.5,
            Parallel::Yes,
        );
        let got = shifted.unwrap().solve(a.dot(&x).view());
        assert!((&got - &x).iter().all(|d| d.abs() < 1e-11));
        let mut rows = b.t().as_standard_layout().into_owned();
        factor.forward(rows.view_mut());
        // ‖L⁻¹y‖² = yᵀA⁻¹y.
        let solved = factor.solve(b.view());
        for (row, (y, z)) in rows
            .rows()
            .into_iter()
            .zip(b.columns().into_iter().zip(solved.columns()))
        {
            assert!((row.dot(&row) - y.dot(&z)).abs() < 1e-10);
        }
        assert!(Cholesky::<f64>::new((-a).view()).is_err());
        assert!(Cholesky::<f64>::new(Array2::from_elem((3, 3), f64::NAN).view()).is_err());
    }
}
