//! k-means, and how well clusters agree with classes.
//!
//! Lloyd's iteration gives each point to the nearest centre and each centre to the mean of its
//! points, until nothing moves. It finds a local minimum of the inertia (the sum of squared
//! distances to the nearest centre), so it is done from several k-means++ starts and the least
//! inertia kept.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rand::{Rng, RngExt};

use crate::data::{CLASSES, generator};
use crate::linalg::{Accumulate, Cancelled, Parallel, product};

/// Iterations at the most; a few dozen are usual.
const MOST: usize = 300;

/// Points that are worked on at a time.
const TILE: usize = 1_024;

/// The random stream of the starts under a run's seed.
const STREAM: u64 = 61;

/// Centres, and how far from them points are.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// k×D.
    pub centres: Array2<f32>,
    /// The sum of the points' squared distances to their centres.
    pub inertia: f64,
}

impl Clusters {
    /// The nearest centre of each of `points` (any×D); the first of several.
    #[must_use]
    pub fn assign(&self, points: ArrayView2<'_, f32>) -> Vec<usize> {
        assign(points, self.centres.view()).0
    }
}

/// The best of `starts` runs of Lloyd's iteration on `points` (n×D) from k-means++ centres.
///
/// # Errors
///
/// [`Cancelled`] if `cancel` says so.
///
/// # Panics
///
/// If there are less than `k` points, or `k` or `starts` is 0.
pub fn k_means(
    points: ArrayView2<'_, f32>,
    k: usize,
    starts: usize,
    seed: u64,
    cancel: &dyn Fn() -> bool,
) -> Result<Clusters, Cancelled> {
    let mut random = generator(seed, STREAM);
    let mut best: Option<Clusters> = None;
    for _ in 0..starts {
        let found = lloyd(points, spread(points, k, &mut random), cancel)?;
        if best
            .as_ref()
            .is_none_or(|best| found.inertia < best.inertia)
        {
            best = Some(found);
        }
    }
    Ok(best.expect("there is a start"))
}

/// Lloyd's iteration from `centres` (k×D). A centre without points goes to the point that is
/// furthest from its own.
///
/// # Errors
///
/// [`Cancelled`] if `cancel` says so.
pub fn lloyd(
    points: ArrayView2<'_, f32>,
    mut centres: Array2<f32>,
    cancel: &dyn Fn() -> bool,
) -> Result<Clusters, Cancelled> {
    let (mut owners, mut distances) = assign(points, centres.view());
    for _ in 0..MOST {
        if cancel() {
            return Err(Cancelled);
        }
        centres = means(points, &owners, &distances, centres.nrows());
        let (new, far) = assign(points, centres.view());
        let settled = new == owners;
        (owners, distances) = (new, far);
        if settled {
            break;
        }
    }
    Ok(Clusters {
        inertia: distances.iter().sum(),
        centres,
    })
}

/// The nearest of `centres` to each point, and the squared distance to it.
fn assign(points: ArrayView2<'_, f32>, centres: ArrayView2<'_, f32>) -> (Vec<usize>, Vec<f64>) {
    let squares: Array1<f32> = centres.outer_iter().map(|row| row.dot(&row)).collect();
    let (mut owners, mut distances) = (Vec::new(), Vec::new());
    for tile in points.axis_chunks_iter(Axis(0), TILE) {
        let tile = tile.as_standard_layout();
        let mut ranks = Array2::zeros((tile.nrows(), centres.nrows()));
        product(
            ranks.view_mut(),
            Accumulate::Replace,
            -2.0,
            tile.view(),
            centres.t(),
            Parallel::Yes,
        );
        ranks += &squares;
        for (row, point) in ranks.outer_iter().zip(tile.outer_iter()) {
            let nearest = row.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
            let owner = nearest.map_or(0, |(index, _)| index);
            owners.push(owner);
            distances.push(squared_distance(point, centres.row(owner)));
        }
    }
    (owners, distances)
}

fn squared_distance(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f64 {
    let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    a.iter().zip(b).map(square).sum()
}

/// The means of the points of each of `k` owners.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn means(
    points: ArrayView2<'_, f32>,
    owners: &[usize],
    distances: &[f64],
    k: usize,
) -> Array2<f32> {
    let mut sums = Array2::<f64>::zeros((k, points.ncols()));
    let mut counts = vec![0_usize; k];
    for (point, &owner) in points.outer_iter().zip(owners) {
        counts[owner] += 1;
        sums.row_mut(owner)
            .zip_mut_with(&point, |sum, &x| *sum += f64::from(x));
    }
    let mut furthest: Vec<usize> = (0..owners.len()).collect();
    if counts.contains(&0) {
        furthest.sort_by(|&a, &b| distances[b].total_cmp(&distances[a]));
    }
    let mut furthest = furthest.into_iter();
    for (mut sum, &count) in sums.outer_iter_mut().zip(&counts) {
        if count > 0 {
            sum /= count as f64;
        } else if let Some(index) = furthest.next() {
            sum.assign(&points.row(index).mapv(f64::from));
        }
    }
    sums.mapv(|x| x as f32)
}

/// k-means++ (Arthur and Vassilvitskii 2007): the first centre is any point, each further one a
/// point by its squared distance to the nearest centre so far.
fn spread(points: ArrayView2<'_, f32>, k: usize, random: &mut impl Rng) -> Array2<f32> {
    let n = points.nrows();
    assert!((1..=n).contains(&k), "as many points as clusters");
    let mut centres = Array2::zeros((k, points.ncols()));
    centres
        .row_mut(0)
        .assign(&points.row(random.random_range(0..n)));
    let mut nearest = vec![f64::INFINITY; n];
    for chosen in 1..k {
        for (nearest, point) in nearest.iter_mut().zip(points.outer_iter()) {
            let distance = squared_distance(point, centres.row(chosen - 1));
            *nearest = nearest.min(distance);
        }
        let mut left = random.random::<f64>() * nearest.iter().sum::<f64>();
        let index = nearest.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        // Points that are all alike have no distance: any will do.
        let index = index.unwrap_or_else(|| random.random_range(0..n));
        centres.row_mut(chosen).assign(&points.row(index));
    }
    centres
}

/// Normalised mutual information of clusters and classes (0 to 9), with the arithmetic mean of
/// the entropies: 2 I(U; V) / (H(U) + H(V)), from 0 to 1; 1 if there is one cluster and one class.
///
/// # Panics
///
/// If there is not a class to each cluster number.
#[must_use]
pub fn normalised_mutual_information(clusters: &[usize], classes: &[u8]) -> f64 {
    assert_eq!(clusters.len(), classes.len(), "a class to each point");
    let n = classes.len() as f64;
    let k = clusters.iter().max().map_or(0, |&most| most + 1);
    let mut table = Array2::<f64>::zeros((k, CLASSES));
    for (&cluster, &class) in clusters.iter().zip(classes) {
        table[[cluster, usize::from(class)]] += 1.0;
    }
    let entropy = |counts: &Array1<f64>| -> f64 {
        let part = |&count: &f64| {
            if count > 0.0 {
                -count / n * (count / n).ln()
            } else {
                0.0
            }
        };
        counts.iter().map(part).sum()
    };
    let (rows, columns) = (table.sum_axis(Axis(1)), table.sum_axis(Axis(0)));
    let (of_clusters, of_classes) = (entropy(&rows), entropy(&columns));
    if of_clusters + of_classes <= 0.0 {
        return 1.0;
    }
    let together = entropy(&Array1::from_iter(table.iter().copied()));
    let information = (of_clusters + of_classes - together).max(0.0);
    // Rounding can leave more than all of it.
    (2.0 * information / (of_clusters + of_classes)).min(1.0)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// k-means++: after the point at 0, that at −2 comes with four times the probability of that at 1.
    #[test]
    fn a_further_centre_is_drawn_by_its_squared_distance() {
        let points = array![[0.0_f32], [1.0], [-2.0]];
        let (mut after, mut far) = (0, 0);
        for seed in 0..6_000 {
            let centres = spread(points.view(), 2, &mut generator(seed, STREAM));
            assert_ne!(centres[[0, 0]], centres[[1, 0]], "no point is there twice");
            if centres[[0, 0]] == 0.0 {
                after += 1;
                far += u32::from(centres[[1, 0]] == -2.0);
            }
        }
        // 2,000 of them, and 0.8 of those, with a standard deviation of 0.009.
        assert!((1_850..2_150).contains(&after), "{after}");
        let share = f64::from(far) / f64::from(after);
        assert!((share - 0.8).abs() < 0.04, "{share}");
    }
}
