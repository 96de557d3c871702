//! Linear classification by least squares: a ridge regression on ±1 for each class, and the class
//! with the largest value (scikit-learn's `RidgeClassifier`).
//!
//! With the centred rows X, the centred targets Y (+1 in the column of a row's class, −1 in the
//! others) and the ridge α, the weights are W = `(XᵀX + αI)⁻¹ XᵀY`, and the value of a row x is
//! ȳ + (x − x̄) W.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use crate::data::CLASSES;
use crate::linalg::{Accumulate, Cholesky, NotPositiveDefinite, Parallel, product};

/// Rows that are turned into double precision at a time.
const TILE: usize = 1_024;

/// What all ridges have in common: the sums over the rows.
pub struct LeastSquares {
    mean: Array1<f64>,
    /// `XᵀX` of the centred rows, D×D.
    scatter: Array2<f64>,
    /// `XᵀY` of the centred rows and targets, D×10.
    towards: Array2<f64>,
    /// ȳ.
    level: Array1<f64>,
    /// Which classes there are.
    present: [bool; CLASSES],
}

/// A linear classifier.
pub struct Linear {
    mean: Array1<f64>,
    /// D×10.
    weights: Array2<f64>,
    level: Array1<f64>,
    present: [bool; CLASSES],
}

impl LeastSquares {
    /// Of `rows` (n×D) with their classes (0 to 9).
    ///
    /// # Panics
    ///
    /// If there is no row, or not a label to each.
    #[must_use]
    pub fn new(rows: ArrayView2<'_, f32>, labels: &[u8]) -> Self {
        assert_eq!(rows.nrows(), labels.len(), "a label to each row");
        let (n, width) = rows.dim();
        let mut sum = Array1::<f64>::zeros(width);
        for row in rows.outer_iter() {
            sum.zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
        }
        let mean = sum / n as f64;
        let mut counts = [0_usize; CLASSES];
        for &label in labels {
            counts[usize::from(label)] += 1;
        }
        let level = Array1::from_iter(counts.map(|count| 2.0 * count as f64 / n as f64 - 1.0));
        let mut scatter = Array2::zeros((width, width));
        let mut towards = Array2::zeros((width, CLASSES));
        for (tile, labels) in rows
            .axis_chunks_iter(Axis(0), TILE)
            .zip(labels.chunks(TILE))
        {
            let x = centred(tile, &mean);
            let mut y = Array2::from_elem((labels.len(), CLASSES), -1.0);
            for (mut row, &label) in y.outer_iter_mut().zip(labels) {
                row[usize::from(label)] = 1.0;
            }
            y -= &level;
            add_product(&mut scatter, &x, &x);
            add_product(&mut towards, &x, &y);
        }
        Self {
            mean,
            scatter,
            towards,
            level,
            present: counts.map(|count| count > 0),
        }
    }

    /// The mean eigenvalue of `XᵀX`, by which ridges of differently scaled rows can be compared; 0
    /// for rows that are all the same.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scatter.diag().mean().unwrap_or(0.0)
    }

    /// The classifier under the ridge α = `ridge`, above 0.
    ///
    /// # Errors
    ///
    /// [`NotPositiveDefinite`] if the rows are not finite, or the ridge is lost beside them.
    pub fn solve(&self, ridge: f64) -> Result<Linear, NotPositiveDefinite> {
        let mut matrix = self.scatter.clone();
        matrix.diag_mut().mapv_inplace(|x| x + ridge);
        let weights = Cholesky::<f64>::new(matrix.view())?.solve(self.towards.view());
        Ok(Linear {
            mean: self.mean.clone(),
            weights,
            level: self.level.clone(),
            present: self.present,
        })
    }
}

impl Linear {
    /// The values of the ten classes for `rows` (any×D), any×10.
    #[must_use]
    pub fn values(&self, rows: ArrayView2<'_, f32>) -> Array2<f64> {
        let mut values = Array2::zeros((rows.nrows(), CLASSES));
        for start in (0..rows.nrows()).step_by(TILE) {
            let end = (start + TILE).min(rows.nrows());
            let x = centred(rows.slice(s![start..end, ..]), &self.mean);
            let mut tile = values.slice_mut(s![start..end, ..]);
            tile += &self.level;
            product(
                tile,
                Accumulate::Add,
                1.0,
                x.view(),
                self.weights.view(),
                Parallel::Yes,
            );
        }
        values
    }

    /// The classes of `rows` (any×D), of those that were there to learn from; the smallest of
    /// several with the largest value.
    #[must_use]
    pub fn classes(&self, rows: ArrayView2<'_, f32>) -> Vec<u8> {
        let values = self.values(rows);
        let class = |row: ArrayView1<'_, f64>| {
            let known = (0_u8..)
                .zip(row)
                .filter(|&(c, _)| self.present[usize::from(c)]);
            // From the end, for the last of several maxima is what `max_by` gives.
            let known: Vec<(u8, &f64)> = known.collect();
            let best = known.iter().rev().max_by(|a, b| a.1.total_cmp(b.1));
            best.map_or(0, |&(class, _)| class)
        };
        values.outer_iter().map(class).collect()
    }
}

/// `rows` less their mean, in double precision.
fn centred(rows: ArrayView2<'_, f32>, mean: &Array1<f64>) -> Array2<f64> {
    let rows = rows.mapv(f64::from) - mean;
    rows.as_standard_layout().into_owned()
}

/// `sum` ← `sum` + aᵀb.
fn add_product(sum: &mut Array2<f64>, a: &Array2<f64>, b: &Array2<f64>) {
    product(
        sum.view_mut(),
        Accumulate::Add,
        1.0,
        a.t(),
        b.view(),
        Parallel::Yes,
    );
}
