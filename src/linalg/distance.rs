//! Distances between rows, and their median: the usual width of a Gaussian kernel.

use ndarray::{Array2, ArrayView2, Axis};

use super::{Accumulate, Parallel, product};

/// Squared Euclidean distances between all pairs of different rows (for n rows, n (n − 1) / 2 of
/// them), in no particular order; exactly 0 where rows agree to rounding.
#[must_use]
pub fn squared_distances(rows: ArrayView2<'_, f32>) -> Vec<f32> {
    let Some(centre) = rows.mean_axis(Axis(0)) else {
        return Vec::new();
    };
    // About their mean, so that little is lost when inner products are subtracted.
    let rows = (&rows - &centre).as_standard_layout().into_owned();
    let squares: Vec<f32> = rows.rows().into_iter().map(|row| row.dot(&row)).collect();
    let mut inner = Array2::zeros((rows.nrows(), rows.nrows()));
    product(
        inner.view_mut(),
        Accumulate::Replace,
        1.0,
        rows.view(),
        rows.t(),
        Parallel::Yes,
    );
    let mut distances = Vec::with_capacity(rows.nrows() * rows.nrows() / 2);
    for (i, row) in inner.rows().into_iter().enumerate() {
        // What is left of two equal vectors' difference is rounding.
        let negligible = 1e-6 * squares[i];
        distances.extend(row.iter().zip(&squares).take(i).map(|(&product, &other)| {
            let square = squares[i] + other - 2.0 * product;
            if square > negligible { square } else { 0.0 }
        }));
    }
    distances
}

/// The root of the median of squared distances (the upper of the two middle ones, if their number
/// is even); `None` without any.
#[must_use]
pub fn median_distance(squares: &mut [f32]) -> Option<f64> {
    if squares.is_empty() {
        return None;
    }
    let middle = squares.len() / 2;
    let (_, median, _) = squares.select_nth_unstable_by(middle, f32::total_cmp);
    Some(f64::from(*median).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_their_median_are_the_definition() {
        let rows = Array2::from_shape_fn((9, 4), |(i, j)| ((i * 4 + j) as f32 * 1.3).sin() + 5.0);
        let mut expected: Vec<f32> = (0..9)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| (&rows.row(i) - &rows.row(j)).mapv(|d| d * d).sum())
            .collect();
        let mut found = squared_distances(rows.view());
        expected.sort_by(f32::total_cmp);
        found.sort_by(f32::total_cmp);
        assert!(
            found
                .iter()
                .zip(&expected)
                .all(|(a, b)| (a - b).abs() < 1e-4)
        );
        let median = median_distance(&mut found).unwrap();
        assert!((median - f64::from(expected[18]).sqrt()).abs() < 1e-4);
        assert_eq!(median_distance(&mut []), None);
    }

    #[test]
    fn equal_rows_are_at_distance_zero() {
        let rows = Array2::from_elem((3, 50), 0.3);
        assert_eq!(squared_distances(rows.view()), [0.0; 3]);
    }
}
