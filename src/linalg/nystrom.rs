//! A preconditioner for K + αI from the kernel's values at a few landmarks.
//!
//! With r of the n points as landmarks, C = K(points, landmarks) and W = K(landmarks, landmarks),
//! Nyström's approximation is K ≈ C W⁻¹ Cᵀ = F Fᵀ with F = C L⁻ᵀ, W = L Lᵀ. By Woodbury's
//! identity α (F Fᵀ + αI)⁻¹ = I − F (Fᵀ F + αI)⁻¹ Fᵀ = I − G Gᵀ with G = F R⁻ᵀ, R Rᵀ = Fᵀ F + αI:
//! two products with an n×r matrix.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::eigen::{multiplied, subtract_product};
use super::solve::{Cancelled, Cholesky, NotPositiveDefinite};
use super::{Accumulate, GaussianKernel, Parallel, product};

/// Rows that a thread works on at a time.
const TILE: usize = 128;

/// α times the inverse of Nyström's approximation of K + αI.
pub(super) struct Nystrom {
    /// G, n × r.
    factor: Array2<f32>,
}

/// Why there is no preconditioner.
pub(super) enum NystromError {
    /// See [`Cancelled`].
    Cancelled,
    /// The kernel's values are not finite.
    NotFinite,
}

impl From<NotPositiveDefinite> for NystromError {
    fn from(_: NotPositiveDefinite) -> Self {
        Self::NotFinite
    }
}

impl From<Cancelled> for NystromError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Nystrom {
    /// The preconditioner of rank `rank` ≤ n for the ridge α = `ridge`; its landmarks are drawn
    /// uniformly by `seed`.
    pub fn new(
        kernel: &GaussianKernel,
        ridge: f64,
        rank: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, NystromError> {
        let n = kernel.len();
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut indices = rand::seq::index::sample(&mut rng, n, rank.min(n)).into_vec();
        indices.sort_unstable();
        let rank = indices.len();
        let landmarks = kernel.points().select(&indices);
        let mut among = Array2::zeros((rank, rank));
        landmarks.kernel(&landmarks, 0..rank, 0..rank, among.view_mut());
        let mut among = among.mapv(f64::from);
        // Keeps W well conditioned in single precision; what it takes from the approximation is
        // small beside α.
        among
            .diag_mut()
            .mapv_inplace(|x| x + (3e-3 * ridge).clamp(1e-5, 1e-3));
        let lower = Cholesky::<f32>::new(among.view())?;
        drop(among);
        if cancel() {
            return Err(NystromError::Cancelled);
        }
        let mut factor = Array2::zeros((n, rank));
        each_tile(&mut factor, |start, mut tile| {
            landmarks.kernel(
                kernel.points(),
                start..start + tile.nrows(),
                0..rank,
                tile.view_mut(),
            );
            lower.forward(tile);
        });
        if cancel() {
            return Err(NystromError::Cancelled);
        }
        let mut gram = multiplied(factor.t(), factor.view()).mapv(f64::from);
        gram.diag_mut().mapv_inplace(|x| x + ridge);
        let lower = Cholesky::<f32>::new(gram.view())?;
        each_tile(&mut factor, |_, tile| lower.forward(tile));
        Ok(Self { factor })
    }

    /// (I − G Gᵀ) `v`.
    pub fn apply(&self, v: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut inner = Array2::zeros((self.factor.ncols(), v.ncols()));
        product(
            inner.view_mut(),
            Accumulate::Replace,
            1.0,
            self.factor.t(),
            v,
            Parallel::Yes,
        );
        let mut out = v.to_owned();
        subtract_product(out.view_mut(), self.factor.view(), inner.view());
        out
    }
}

/// Runs `work` on tiles of rows, with the index of their first row, on all threads.
fn each_tile(matrix: &mut Array2<f32>, work: impl Fn(usize, ArrayViewMut2<'_, f32>) + Sync) {
    let width = matrix.ncols();
    if width == 0 {
        return;
    }
    let slice = matrix.as_slice_mut().expect("the factor is contiguous");
    slice
        .par_chunks_mut(TILE * width)
        .enumerate()
        .for_each(|(tile, part)| {
            let rows = part.len() / width;
            let view =
                ArrayViewMut2::from_shape((rows, width), part).expect("chunks are whole rows");
            work(tile * TILE, view);
        });
}
