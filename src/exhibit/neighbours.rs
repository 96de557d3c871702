//! Who is next to whom in a kernel.

use ndarray::ArrayView1;

/// The place of `j` among the neighbours of image `i`, whose row of a kernel this is: 1 for the nearest. Image
/// i itself is none of them. Equal values share the better place.
#[must_use]
pub fn rank(row: ArrayView1<'_, f32>, i: usize, j: usize) -> Option<usize> {
    let value = *row.get(j).filter(|_| i != j)?;
    let nearer = |&(k, &other): &(usize, &f32)| k != i && other > value;
    Some(1 + row.iter().enumerate().filter(nearer).count())
}

/// The `count` nearest neighbours of image `i`, whose row of a kernel this is, the nearest first; of equal ones
/// the first comes first.
#[must_use]
pub fn nearest(row: ArrayView1<'_, f32>, i: usize, count: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..row.len()).filter(|&k| k != i).collect();
    let nearer = |a: &usize, b: &usize| row[*b].total_cmp(&row[*a]).then(a.cmp(b));
    if count < others.len() {
        others.select_nth_unstable_by(count, nearer);
        others.truncate(count);
    }
    others.sort_unstable_by(nearer);
    others
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::*;

    #[test]
    fn neighbours_are_sorted_by_their_values_without_the_image_itself() {
        let row = arr1(&[0.5, 9.0, 0.7, 0.1, 0.7, -2.0]);
        assert_eq!(nearest(row.view(), 1, 3), [2, 4, 0]);
        assert_eq!(nearest(row.view(), 1, 10), [2, 4, 0, 3, 5]);
        assert_eq!(nearest(row.view(), 2, 1), [1]);
        assert!(nearest(row.view(), 2, 0).is_empty());
        let ranks: Vec<_> = (0..6).map(|j| rank(row.view(), 1, j)).collect();
        assert_eq!(ranks, [Some(3), None, Some(1), Some(4), Some(1), Some(5)]);
        assert_eq!(rank(row.view(), 1, 6), None);
    }
}
