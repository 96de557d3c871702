//! The basis of a block Krylov space, and the operator's projection onto it.
//!
//! With the orthonormal basis Q (n × size), the projection H = Qᵀ A Q and the next block Q₊, the
//! relation A Q = Q H + Q₊ B Lᵀ holds, where L picks the block that was multiplied last and B is
//! the *coupling*. So the residual of the Ritz pair (θ, Qy) is ‖B Lᵀ y‖, without a product.

use ndarray::{Array1, Array2, ArrayView2, s};

use super::eigen::{EigenError, multiplied, subtract_product, symmetric_eigen};
use super::{Accumulate, Parallel, product};

/// Directions whose length falls below this, relative to the operator's scale, are rounding.
const ROUNDING: f64 = 3e-6;

/// Basis and projection.
pub(super) struct Krylov {
    /// Basis vectors in the rows: its first `size` rows are one contiguous matrix.
    basis: Array2<f32>,
    /// H, in the upper left corner.
    projected: Array2<f64>,
    size: usize,
    /// Columns of the block that was multiplied last; they are the last ones of the basis.
    last: usize,
    /// The largest length of an image so far, a lower bound of the largest eigenvalue.
    scale: f64,
}

/// Orthonormal columns Q₊ and the factor B with which they give the block back.
pub(super) struct Orthonormal {
    /// Q₊, n × kept.
    pub columns: Array2<f32>,
    /// B, kept × (columns of the block).
    pub coupling: Array2<f64>,
}

impl Krylov {
    /// An empty basis in n dimensions with room for `capacity` ≤ n vectors.
    pub fn new(n: usize, capacity: usize) -> Self {
        Self {
            basis: Array2::zeros((capacity, n)),
            projected: Array2::zeros((capacity, capacity)),
            size: 0,
            last: 0,
            scale: 0.0,
        }
    }

    /// Vectors in the basis.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Vectors that the basis can hold.
    pub fn capacity(&self) -> usize {
        self.basis.nrows()
    }

    /// H.
    pub fn projected(&self) -> ArrayView2<'_, f64> {
        self.projected.slice(s![..self.size, ..self.size])
    }

    /// Takes the orthonormal `block` into the basis with its `image` under the operator, and
    /// returns what of the image lies outside (no column, if the space has become invariant).
    pub fn extend(
        &mut self,
        block: &Array2<f32>,
        mut image: Array2<f32>,
    ) -> Result<Orthonormal, EigenError> {
        let (start, end) = (self.size, self.size + block.ncols());
        self.basis.slice_mut(s![start..end, ..]).assign(&block.t());
        self.size = end;
        self.last = block.ncols();
        let lengths = gram(&image).diag().mapv(f64::sqrt);
        if lengths.iter().any(|x| !x.is_finite()) {
            return Err(EigenError::NotFinite);
        }
        self.scale = lengths.iter().fold(self.scale, |a, &b| a.max(b));
        let mut coefficients = self.remove_basis(&mut image);
        coefficients += &self.remove_basis(&mut image);
        for ((i, j), &value) in coefficients.indexed_iter() {
            self.projected[[i, start + j]] = f64::from(value);
            self.projected[[start + j, i]] = f64::from(value);
        }
        // The diagonal block was written in both orders; its mean is symmetric.
        for i in start..end {
            for j in start..i {
                let mean =
                    0.5 * f64::from(coefficients[[i, j - start]] + coefficients[[j, i - start]]);
                self.projected[[i, j]] = mean;
                self.projected[[j, i]] = mean;
            }
        }
        self.orthonormal(image, ROUNDING * self.scale)
    }

    /// Orthonormal columns that span, with the basis, what `block` and the basis span; directions
    /// no longer than `negligible` are left out.
    pub fn orthonormal(
        &self,
        block: Array2<f32>,
        negligible: f64,
    ) -> Result<Orthonormal, EigenError> {
        let room = self.basis.ncols() - self.size;
        let mut first = orthonormalised(block, negligible, room)?;
        // Scaling short directions up has scaled up their rounding towards the basis too. What
        // is made of that alone almost vanishes now.
        self.remove_basis(&mut first.columns);
        let mut second = orthonormalised(first.columns, 0.3, room)?;
        self.remove_basis(&mut second.columns);
        Ok(Orthonormal {
            columns: second.columns,
            coupling: multiplied(second.coupling.view(), first.coupling.view()),
        })
    }

    /// Orthonormal columns outside the basis from a random block, as many as it has.
    ///
    /// In a space that the basis almost fills little of a random vector lies outside it, so the
    /// basis goes out before lengths are looked at.
    pub fn fresh(&self, mut block: Array2<f32>) -> Result<Array2<f32>, EigenError> {
        self.remove_basis(&mut block);
        self.remove_basis(&mut block);
        Ok(self.orthonormal(block, 0.0)?.columns)
    }

    /// Takes the basis' share out of `block` and returns its coefficients, size × columns.
    fn remove_basis(&self, block: &mut Array2<f32>) -> Array2<f32> {
        let basis = self.basis.slice(s![..self.size, ..]);
        let coefficients = multiplied(basis, block.view());
        subtract_product(block.view_mut(), basis.t(), coefficients.view());
        coefficients
    }

    /// The largest residual norm of the Ritz vectors with the coordinates `vectors`.
    pub fn residual(&self, coupling: &Array2<f64>, vectors: ArrayView2<'_, f64>) -> f64 {
        let last = vectors.slice(s![self.size - self.last.., ..]).to_owned();
        let outside = multiplied(coupling.view(), last.view());
        outside
            .columns()
            .into_iter()
            .map(|c| c.dot(&c).sqrt())
            .fold(0.0, f64::max)
    }

    /// The n-dimensional vectors with the coordinates `vectors`, in the columns.
    pub fn lift(&self, vectors: ArrayView2<'_, f64>) -> Array2<f32> {
        multiplied(
            self.basis.slice(s![..self.size, ..]).t(),
            narrow(vectors).view(),
        )
    }

    /// Replaces the basis by the Ritz vectors `vectors` of the Ritz values `values`.
    pub fn restart(&mut self, values: &Array1<f64>, vectors: ArrayView2<'_, f64>) {
        let kept = vectors.ncols();
        let coordinates = narrow(vectors);
        let ritz = multiplied(coordinates.t(), self.basis.slice(s![..self.size, ..]));
        self.basis.slice_mut(s![..kept, ..]).assign(&ritz);
        self.projected.fill(0.0);
        for (i, &value) in values.iter().take(kept).enumerate() {
            self.projected[[i, i]] = value;
        }
        self.size = kept;
    }
}

/// Orthonormal columns from `block` by its Gram matrix in `f64`: the `most` longest directions at
/// the most, without those no longer than `negligible`.
fn orthonormalised(
    block: Array2<f32>,
    negligible: f64,
    most: usize,
) -> Result<Orthonormal, EigenError> {
    let (values, vectors) = symmetric_eigen(gram(&block).view())?;
    let lengths = values.mapv(|x| x.max(0.0).sqrt());
    let floor = negligible.max(lengths.first().copied().unwrap_or(0.0) * 1e-7);
    let kept = lengths
        .iter()
        .take(most)
        .take_while(|&&x| x > floor)
        .count();
    let rotation =
        Array2::from_shape_fn((block.ncols(), kept), |(i, j)| vectors[[i, j]] / lengths[j]);
    let coupling =
        Array2::from_shape_fn((kept, block.ncols()), |(i, j)| vectors[[j, i]] * lengths[i]);
    Ok(Orthonormal {
        columns: multiplied(block.view(), narrow(rotation.view()).view()),
        coupling,
    })
}

/// `block`ᵀ · `block` in `f64`, tile by tile of its rows.
fn gram(block: &Array2<f32>) -> Array2<f64> {
    let width = block.ncols();
    let mut out = Array2::zeros((width, width));
    for tile in block.axis_chunks_iter(ndarray::Axis(0), 2048) {
        let wide = tile.mapv(f64::from);
        product(
            out.view_mut(),
            Accumulate::Add,
            1.0,
            wide.t(),
            wide.view(),
            Parallel::Yes,
        );
    }
    out
}

/// The matrix in single precision, contiguous by rows.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn narrow(matrix: ArrayView2<'_, f64>) -> Array2<f32> {
    Array2::from_shape_fn(matrix.dim(), |index| matrix[index] as f32)
}
