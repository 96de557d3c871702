//! Classification by the k nearest neighbours, in Euclidean distance.
//!
//! Neighbours of equal distance come in the order of the samples; of classes with equally many
//! votes the smallest wins, as in scikit-learn's `KNeighborsClassifier`.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::data::CLASSES;
use crate::linalg::{Accumulate, Parallel, product};

/// Queries that are worked on at a time.
const TILE: usize = 256;

/// The classes (0 to 9) that the k nearest of `rows` (n×D, with a label each) give `queries`
/// (q×D), for each k of `ks`; a k beyond n is n.
///
/// # Panics
///
/// If there is no row, or not a label to each, or the widths differ.
#[must_use]
pub fn nearest_classes(
    rows: ArrayView2<'_, f32>,
    labels: &[u8],
    queries: ArrayView2<'_, f32>,
    ks: &[usize],
) -> Vec<Vec<u8>> {
    assert_eq!(rows.nrows(), labels.len(), "a label to each row");
    let centre = rows.mean_axis(Axis(0)).expect("there are rows");
    // About their mean, so that little is lost when inner products are subtracted.
    let about = |rows: ArrayView2<'_, f32>| (&rows - &centre).as_standard_layout().into_owned();
    let rows = about(rows);
    let squares: Array1<f32> = rows.outer_iter().map(|row| row.dot(&row)).collect();
    let most = ks.iter().copied().max().unwrap_or(1).clamp(1, labels.len());
    let mut classes = vec![Vec::with_capacity(queries.nrows()); ks.len()];
    for start in (0..queries.nrows()).step_by(TILE) {
        let end = (start + TILE).min(queries.nrows());
        let tile = about(queries.slice(s![start..end, ..]));
        let distances = distances(tile.view(), rows.view(), &squares);
        let nearest: Vec<Vec<u8>> = (0..tile.nrows())
            .into_par_iter()
            .map(|row| nearest(distances.row(row).iter().copied(), most, labels))
            .collect();
        for (classes, &k) in classes.iter_mut().zip(ks) {
            classes.extend(nearest.iter().map(|found| vote(&found[..k.clamp(1, most)])));
        }
    }
    classes
}

/// ‖r‖² − 2⟨q, r⟩, which ranks as ‖q − r‖² does for each q, |tile|×n.
fn distances(
    tile: ArrayView2<'_, f32>,
    rows: ArrayView2<'_, f32>,
    squares: &Array1<f32>,
) -> Array2<f32> {
    let mut inner = Array2::zeros((tile.nrows(), rows.nrows()));
    product(
        inner.view_mut(),
        Accumulate::Replace,
        -2.0,
        tile,
        rows.t(),
        Parallel::Yes,
    );
    inner + squares
}

/// The labels of the `most` nearest, the nearest first.
fn nearest(distances: impl Iterator<Item = f32>, most: usize, labels: &[u8]) -> Vec<u8> {
    let mut order: Vec<(f32, usize)> = distances.zip(0..).collect();
    let before = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if most < order.len() {
        order.select_nth_unstable_by(most, before);
        order.truncate(most);
    }
    order.sort_unstable_by(before);
    order.iter().map(|&(_, index)| labels[index]).collect()
}

/// The class with the most votes, the smallest of several.
fn vote(labels: &[u8]) -> u8 {
    let mut votes = [0_usize; CLASSES];
    for &label in labels {
        votes[usize::from(label)] += 1;
    }
    let mut winner = 0;
    for class in 1..CLASSES {
        if votes[class] > votes[winner] {
            winner = class;
        }
    }
    winner as u8
}
