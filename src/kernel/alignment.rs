//! How alike two kernels are: the alignment A and the distance Lc (Eqs. 6 and 7).
//!
//! A(C, P) = ⟨C, P⟩ / (‖C‖ ‖P‖) and Lc(C, P) = ‖C/‖C‖ − P/‖P‖‖ = √(2 − 2A), all norms Frobenius.
//! Both are invariant under scaling. Between positive semi-definite matrices A ≥ 0, so that
//! Lc ∈ [0, √2]. Everything needed are sums over the entries, which add up tile by tile.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use super::PriorKernel;
use crate::linalg::{Accumulate, Parallel, Real, product};

/// Samples on a side of the tiles of [`AlignmentSums::over`].
const TILE: usize = 256;

/// A(C, P) of Eq. 7; 0 if either matrix is zero.
pub fn alignment<T: Real>(c: ArrayView2<'_, T>, p: ArrayView2<'_, T>) -> f64 {
    let (c_p, c_c, p_p) = (inner(c, p), inner(c, c), inner(p, p));
    aligned(c_p, c_c, p_p)
}

/// Lc(C, P) of Eq. 6; √2 if either matrix is zero.
pub fn lc<T: Real>(c: ArrayView2<'_, T>, p: ArrayView2<'_, T>) -> f64 {
    distance(alignment(c, p))
}

/// `K_I`: 1 where `labels` agree, 0 elsewhere.
#[must_use]
pub fn ideal(labels: &[u8]) -> Array2<f32> {
    let n = labels.len();
    Array2::from_shape_fn((n, n), |(i, j)| f32::from(u8::from(labels[i] == labels[j])))
}

/// Lc(K, `K_I`) of a kernel on samples of the classes `labels`, without making `K_I`.
pub fn lc_to_ideal<T: Real>(kernel: ArrayView2<'_, T>, labels: &[u8]) -> f64 {
    let (mut inside, mut count) = (0.0, 0_usize);
    for (row, &label) in kernel.outer_iter().zip(labels) {
        for (value, &other) in row.iter().zip(labels) {
            if label == other {
                inside += value.wide();
                count += 1;
            }
        }
    }
    distance(aligned(inside, inner(kernel, kernel), count as f64))
}

/// ‖M‖F.
pub fn frobenius_norm<T: Real>(matrix: ArrayView2<'_, T>) -> f64 {
    inner(matrix, matrix).sqrt()
}

/// The sums behind Lc(C, P), Lc(P, `K_I`) and Lc(C, `K_I`), collected tile by tile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AlignmentSums {
    c_c: f64,
    p_p: f64,
    c_p: f64,
    c_ideal: f64,
    p_ideal: f64,
    ideal_ideal: f64,
}

impl AlignmentSums {
    /// The sums of all pairs of the samples `indices` of `prior`, whose codes are the rows of
    /// `codes` (C = codes · codesᵀ) and whose classes `labels`, if known. Uses the threads of
    /// the caller's pool; neither C nor P is ever whole in memory.
    #[must_use]
    pub fn over(
        prior: &dyn PriorKernel,
        indices: &[usize],
        codes: ArrayView2<'_, f32>,
        labels: Option<&[u8]>,
    ) -> Self {
        assert_eq!(indices.len(), codes.nrows(), "a code for each sample");
        let codes = codes.as_standard_layout();
        let tiles = indices.len().div_ceil(TILE);
        let pairs: Vec<_> = (0..tiles)
            .flat_map(|row| (0..=row).map(move |column| (row, column)))
            .collect();
        let sums: Vec<_> = pairs
            .par_iter()
            .with_max_len(1)
            .map(|&(row, column)| {
                let span = |tile: usize| tile * TILE..indices.len().min((tile + 1) * TILE);
                let (rows, columns) = (span(row), span(column));
                let (x, y) = (
                    codes.slice(ndarray::s![rows.clone(), ..]),
                    codes.slice(ndarray::s![columns.clone(), ..]),
                );
                let mut c = Array2::zeros((rows.len(), columns.len()));
                product(
                    c.view_mut(),
                    Accumulate::Replace,
                    1.0,
                    x,
                    y.t(),
                    Parallel::No,
                );
                let mut p = Array2::zeros(c.dim());
                prior.block(
                    &indices[rows.clone()],
                    &indices[columns.clone()],
                    p.view_mut(),
                );
                let labels = labels.map(|labels| (&labels[rows], &labels[columns]));
                let mut sums = Self::default();
                // The tile's mirror image has the same sums.
                let weight = if row == column { 1.0 } else { 2.0 };
                sums.add(weight, c.view(), p.view(), labels);
                sums
            })
            .collect();
        let mut total = Self::default();
        for sums in &sums {
            total.merge(sums);
        }
        total
    }

    /// Adds a tile of C and of P, `weight` times; `labels` are the classes of its rows and of
    /// its columns.
    pub fn add<T: Real>(
        &mut self,
        weight: f64,
        c: ArrayView2<'_, T>,
        p: ArrayView2<'_, T>,
        labels: Option<(&[u8], &[u8])>,
    ) {
        self.c_c += weight * inner(c, c);
        self.p_p += weight * inner(p, p);
        self.c_p += weight * inner(c, p);
        let Some((rows, columns)) = labels else {
            return;
        };
        let (mut of_c, mut of_p, mut count) = (0.0, 0.0, 0_usize);
        for (i, &label) in rows.iter().enumerate() {
            for (j, &other) in columns.iter().enumerate() {
                if label == other {
                    of_c += c[[i, j]].wide();
                    of_p += p[[i, j]].wide();
                    count += 1;
                }
            }
        }
        self.c_ideal += weight * of_c;
        self.p_ideal += weight * of_p;
        self.ideal_ideal += weight * count as f64;
    }

    /// Adds the sums of other tiles.
    pub fn merge(&mut self, other: &Self) {
        self.c_c += other.c_c;
        self.p_p += other.p_p;
        self.c_p += other.c_p;
        self.c_ideal += other.c_ideal;
        self.p_ideal += other.p_ideal;
        self.ideal_ideal += other.ideal_ideal;
    }

    /// ‖P‖F.
    #[must_use]
    pub fn prior_norm(&self) -> f64 {
        self.p_p.sqrt()
    }

    /// Lc(C, P).
    #[must_use]
    pub fn lc_c_p(&self) -> f64 {
        distance(aligned(self.c_p, self.c_c, self.p_p))
    }

    /// Lc(P, `K_I`); `None` if no classes were given.
    #[must_use]
    pub fn lc_p_ki(&self) -> Option<f64> {
        let labelled = self.ideal_ideal > 0.0;
        labelled.then(|| distance(aligned(self.p_ideal, self.p_p, self.ideal_ideal)))
    }

    /// Lc(C, `K_I`); `None` if no classes were given.
    #[must_use]
    pub fn lc_c_ki(&self) -> Option<f64> {
        let labelled = self.ideal_ideal > 0.0;
        labelled.then(|| distance(aligned(self.c_ideal, self.c_c, self.ideal_ideal)))
    }
}

/// ⟨a, b⟩F, summed in `f64` row by row.
fn inner<T: Real>(a: ArrayView2<'_, T>, b: ArrayView2<'_, T>) -> f64 {
    assert_eq!(a.dim(), b.dim(), "matrices of one shape");
    let rows = a.outer_iter().zip(b.outer_iter());
    rows.map(|(a, b)| match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => dot(a, b),
        _ => a.iter().zip(&b).map(|(a, b)| a.wide() * b.wide()).sum(),
    })
    .sum()
}

/// ⟨a, b⟩ in eight running sums.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma",
    "x86_64+avx2+fma"
))]
fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f64 = rest.map(|(a, b)| a.wide() * b.wide()).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane].wide() * b[lane].wide();
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// ⟨a, b⟩ / (‖a‖ ‖b‖) from the inner product and the squared norms, guarded.
fn aligned(a_b: f64, a_a: f64, b_b: f64) -> f64 {
    let norms = (a_a * b_b).sqrt();
    if norms == 0.0 { 0.0 } else { a_b / norms }
}

/// Lc of two kernels whose alignment is A (Eqs. 6, 7): √(2 − 2A), where rounding can make A exceed 1;
/// not a number if A is none.
#[must_use]
pub fn distance(alignment: f64) -> f64 {
    let square = 2.0 - 2.0 * alignment;
    if square < 0.0 { 0.0 } else { square.sqrt() }
}

#[cfg(test)]
#[path = "alignment_tests.rs"]
mod tests;
