//! A space of representations along its principal axes, and the way back from a place to a representation.
//!
//! A row x of D numbers has the scores s = (x − x̄) V on the axes V (D×m, orthonormal columns). The way back adds to a
//! base b, the mean x̄ or a row of the space, a step along the axes in units of their standard deviations:
//! x = b + V (σ ∘ t). What the base has beyond the axes it keeps.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::baseline::{BaselineError, Pca};
use crate::linalg::{Accumulate, Parallel, product};

/// The leading axes of a space.
#[derive(Clone, Debug)]
pub struct Axes {
    /// x̄, D.
    mean: Array1<f32>,
    /// V, D×m.
    axes: Array2<f32>,
    /// σ, m.
    deviations: Vec<f64>,
    /// The variance of all columns together.
    total: f64,
}

impl Axes {
    /// The principal axes of `rows` (N×D), `components` at the most: fewer where there is no more variance. Signs
    /// are such that the entry of largest absolute value in each axis is positive.
    ///
    /// # Errors
    ///
    /// [`BaselineError::TooFewSamples`] without rows, [`BaselineError::Eigen`] if numbers are not finite,
    /// [`BaselineError::Cancelled`].
    pub fn principal(
        rows: ArrayView2<'_, f32>,
        components: usize,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let pca = Pca::fit(rows, components, seed, cancel)?;
        let mut axes = Self {
            mean: pca.mean().to_owned(),
            axes: pca.axes().to_owned(),
            deviations: pca.variances().iter().map(|v| v.sqrt()).collect(),
            total: variances(rows).sum(),
        };
        for index in 0..axes.count() {
            let entries = axes.axes.column(index);
            let largest = entries.iter().max_by(|a, b| a.abs().total_cmp(&b.abs()));
            if largest.is_some_and(|&entry| entry < 0.0) {
                axes.flip(index);
            }
        }
        Ok(axes)
    }

    /// The first `components` columns of `rows` (N×D), each an axis of its own: of scores that are principal
    /// already.
    #[must_use]
    pub fn of_columns(rows: ArrayView2<'_, f32>, components: usize) -> Self {
        let width = rows.ncols();
        let count = components.min(width);
        let variances = variances(rows);
        Self {
            mean: means(rows).mapv(narrow),
            axes: Array2::from_shape_fn((width, count), |(i, j)| if i == j { 1.0 } else { 0.0 }),
            deviations: variances.iter().take(count).map(|v| v.sqrt()).collect(),
            total: variances.sum(),
        }
    }

    /// m, the number of axes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.deviations.len()
    }

    /// D, the numbers of a representation.
    #[must_use]
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// x̄.
    #[must_use]
    pub fn mean(&self) -> ArrayView1<'_, f32> {
        self.mean.view()
    }

    /// An axis, of unit length; `None` beyond the last.
    #[must_use]
    pub fn axis(&self, index: usize) -> Option<ArrayView1<'_, f32>> {
        (index < self.count()).then(|| self.axes.column(index))
    }

    /// σ along an axis (denominator N − 1); 0 beyond the last.
    #[must_use]
    pub fn deviation(&self, index: usize) -> f64 {
        self.deviations.get(index).copied().unwrap_or(0.0)
    }

    /// The share of an axis in the variance of all D columns, from 0 to 1; 0 where there is no variance.
    #[must_use]
    pub fn share(&self, index: usize) -> f64 {
        if self.total > 0.0 {
            self.deviation(index).powi(2) / self.total
        } else {
            0.0
        }
    }

    /// Turns an axis round.
    ///
    /// # Panics
    ///
    /// If there is no such axis.
    pub fn flip(&mut self, index: usize) {
        self.axes.column_mut(index).mapv_inplace(|x| -x);
    }

    /// Scores of `rows` (any×D), any×m.
    ///
    /// # Panics
    ///
    /// If a row has not D numbers.
    #[must_use]
    pub fn scores(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let centred = (&rows - &self.mean).as_standard_layout().into_owned();
        let mut scores = Array2::zeros((rows.nrows(), self.count()));
        product(
            scores.view_mut(),
            Accumulate::Replace,
            1.0,
            centred.view(),
            self.axes.view(),
            Parallel::Yes,
        );
        scores
    }

    /// `base` (D numbers) and `steps` along the leading axes, in units of the scores.
    ///
    /// # Panics
    ///
    /// If `base` has not D numbers.
    #[must_use]
    pub fn moved(&self, base: ArrayView1<'_, f32>, steps: &[f32]) -> Array1<f32> {
        let mut row = base.to_owned();
        for (axis, &step) in self.axes.axis_iter(Axis(1)).zip(steps) {
            row.scaled_add(step, &axis);
        }
        row
    }

    /// `base` (D numbers) and `deviations` along the leading axes, in units of their standard deviations.
    ///
    /// # Panics
    ///
    /// If `base` has not D numbers.
    #[must_use]
    pub fn along(&self, base: ArrayView1<'_, f32>, deviations: &[f32]) -> Array1<f32> {
        let sigmas = self.deviations.iter().map(|&sigma| narrow(sigma));
        let steps: Vec<f32> = (deviations.iter().zip(sigmas))
            .map(|(t, sigma)| t * sigma)
            .collect();
        self.moved(base, &steps)
    }
}

/// The mean row.
fn means(rows: ArrayView2<'_, f32>) -> Array1<f64> {
    let mut sum = Array1::<f64>::zeros(rows.ncols());
    for row in rows.outer_iter() {
        sum.zip_mut_with(&row, |sum, &x| *sum += f64::from(x));
    }
    sum / rows.nrows().max(1) as f64
}

/// The variance of each column (denominator N − 1).
fn variances(rows: ArrayView2<'_, f32>) -> Array1<f64> {
    let mean = means(rows);
    let mut sum = Array1::<f64>::zeros(rows.ncols());
    for row in rows.outer_iter() {
        for ((sum, &x), mean) in sum.iter_mut().zip(&row).zip(&mean) {
            *sum += (f64::from(x) - mean).powi(2);
        }
    }
    sum / (rows.nrows().max(2) - 1) as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use serde::Deserialize;

    use super::*;

    const NEVER: &dyn Fn() -> bool = &|| false;

    #[derive(Deserialize)]
    struct Reference {
        components: Components,
    }

    #[derive(Deserialize)]
    struct Components {
        mean: Vec<f64>,
        deviations: Vec<f64>,
        shares: Vec<f64>,
        axes: Vec<Vec<f64>>,
        scores: Vec<Vec<f64>>,
        restored: Vec<f64>,
    }

    /// The script's input.
    fn rows() -> Array2<f32> {
        Array2::from_shape_fn((30, 9), |(i, j)| {
            let (i, j) = (i as f64, j as f64);
            let value = ((i + 1.0) * (j + 2.0) * 0.37).sin() + 0.3 * (1.7 * i + j).cos();
            narrow(3.0 * value + 10.0)
        })
    }

    fn close(got: f64, wanted: f64, tolerance: f64) {
        assert!((got - wanted).abs() < tolerance, "{got} for {wanted}");
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let text = include_str!("../../tests/reference/code_map.json");
        let wanted = serde_json::from_str::<Reference>(text).unwrap().components;
        let axes = Axes::principal(rows().view(), 4, 1, NEVER).unwrap();
        assert_eq!((axes.count(), axes.width()), (4, 9));
        for (&got, wanted) in axes.mean().iter().zip(&wanted.mean) {
            close(f64::from(got), *wanted, 1e-5);
        }
        let scores = axes.scores(rows().view());
        for j in 0..4 {
            close(axes.deviation(j), wanted.deviations[j], 1e-5);
            close(axes.share(j), wanted.shares[j], 1e-6);
            for (&got, wanted) in axes.axis(j).unwrap().iter().zip(&wanted.axes[j]) {
                close(f64::from(got), *wanted, 1e-4);
            }
            for (i, row) in wanted.scores.iter().enumerate() {
                close(f64::from(scores[[i, j]]), row[j], 1e-3);
            }
        }
        let restored = axes.moved(axes.mean(), &[1.5, -0.5]);
        for (&got, wanted) in restored.iter().zip(&wanted.restored) {
            close(f64::from(got), *wanted, 1e-4);
        }
        assert!(axes.axis(4).is_none());
        assert_eq!((axes.deviation(4), axes.share(4)), (0.0, 0.0));
    }

    #[test]
    fn a_step_of_three_deviations_is_three_deviations_long() {
        let rows = rows();
        let axes = Axes::principal(rows.view(), 3, 1, NEVER).unwrap();
        let moved = axes.along(rows.row(7), &[0.0, 3.0]);
        let both = ndarray::stack![Axis(0), rows.row(7), moved];
        let scores = axes.scores(both.view());
        close(
            f64::from(scores[[1, 1]] - scores[[0, 1]]),
            3.0 * axes.deviation(1),
            1e-3,
        );
        for other in [0, 2] {
            close(
                f64::from(scores[[1, other]] - scores[[0, other]]),
                0.0,
                1e-4,
            );
        }
        // What lies beyond the axes stays.
        let rest = |row: ArrayView1<'_, f32>| {
            let scores = axes.scores(row.insert_axis(Axis(0)));
            &row - &axes.moved(axes.mean(), scores.as_slice().unwrap())
        };
        let (before, after) = (rest(both.row(0)), rest(both.row(1)));
        assert!((&before - &after).iter().all(|d| d.abs() < 1e-4));
        assert!(
            before.iter().any(|d| d.abs() > 0.1),
            "there is something beyond them"
        );
    }

    #[test]
    fn columns_are_axes_of_their_own() {
        let rows = arr2(&[[1.0, 0.0, 5.0], [3.0, 0.0, 9.0], [2.0, 3.0, 1.0]]);
        let axes = Axes::of_columns(rows.view(), 2);
        assert_eq!(axes.mean().to_vec(), [2.0, 1.0, 5.0]);
        close(axes.deviation(0), 1.0, 1e-12);
        close(axes.deviation(1), 3_f64.sqrt(), 1e-12);
        close(axes.share(0), 1.0 / 20.0, 1e-12);
        assert_eq!(axes.scores(rows.view()).row(2).to_vec(), [0.0, 2.0]);
        assert_eq!(
            axes.moved(rows.row(1), &[2.0, -1.0]).to_vec(),
            [5.0, -1.0, 9.0]
        );
    }

    #[test]
    fn without_variance_there_are_no_axes() {
        let same = Array2::from_elem((5, 3), 2.0);
        let axes = Axes::principal(same.view(), 2, 1, NEVER).unwrap();
        assert_eq!((axes.count(), axes.share(0)), (0, 0.0));
        assert_eq!(axes.along(axes.mean(), &[1.0, 1.0]).to_vec(), [2.0; 3]);
        assert_eq!(axes.scores(same.view()).dim(), (5, 0));
        assert!(Axes::principal(Array2::zeros((0, 3)).view(), 2, 1, NEVER).is_err());
        let broken = Array2::from_elem((5, 3), f32::NAN);
        assert!(Axes::principal(broken.view(), 2, 1, NEVER).is_err());
    }
}
