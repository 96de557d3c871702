//! A row of a kernel: an image that is none of those on show against all of them.

use ndarray::ArrayView1;

use crate::exhibit::Images;
use crate::exhibit::neighbours::nearest;

/// How near an image is to the images on show in a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Against {
    /// Its row of the kernel in units of the root mean square entry of that of the images on show, N, in their
    /// order.
    pub values: Vec<f32>,
    /// The images, the nearest first; of equally near ones the first comes first.
    pub order: Vec<usize>,
    /// What each class that is there has of it, by class; none without labels.
    pub votes: Vec<Vote>,
}

/// How near an image is to those of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// The class.
    pub class: u8,
    /// The mean value over its images on show.
    pub mean: f64,
    /// How many those are.
    pub images: usize,
}

impl Against {
    /// Of the `row` of a kernel (N) that is multiplied by `unit`, against `images`.
    #[must_use]
    pub fn new(row: ArrayView1<'_, f32>, unit: f32, images: &Images) -> Self {
        let values: Vec<f32> = row.iter().map(|value| value * unit).collect();
        // An image that is none of them is left out nowhere.
        let order = nearest(ArrayView1::from(&values), values.len(), values.len());
        let labels = images.labels.as_deref().unwrap_or_default();
        Self {
            votes: votes(&values, labels),
            order,
            values,
        }
    }

    /// The class with the greatest mean, the first of equal ones.
    #[must_use]
    pub fn nearest_class(&self) -> Option<Vote> {
        let mut votes = self.votes.iter().copied();
        let first = votes.next()?;
        Some(votes.fold(
            first,
            |best, one| {
                if one.mean > best.mean { one } else { best }
            },
        ))
    }
}

/// Means of `values` over images of one class.
fn votes(values: &[f32], labels: &[u8]) -> Vec<Vote> {
    let mut sums = std::collections::BTreeMap::<u8, (f64, usize)>::new();
    for (&class, &value) in labels.iter().zip(values) {
        let (sum, images) = sums.entry(class).or_default();
        *sum += f64::from(value);
        *images += 1;
    }
    let vote = |(class, (sum, images)): (u8, (f64, usize))| Vote {
        class,
        mean: sum / images as f64,
        images,
    };
    sums.into_iter().map(vote).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::*;

    #[test]
    fn values_are_sorted_and_counted_by_class() {
        let images = Images {
            count: 5,
            labels: Some(vec![2, 2, 7, 7, 9]),
            ..Images::none()
        };
        let row = arr1(&[0.5, 1.0, -0.5, 2.0, 1.0]);
        let against = Against::new(row.view(), 2.0, &images);
        assert_eq!(against.values, [1.0, 2.0, -1.0, 4.0, 2.0]);
        assert_eq!(against.order, [3, 1, 4, 0, 2]);
        let votes: Vec<_> = against.votes.iter().map(|v| (v.class, v.mean)).collect();
        assert_eq!(votes, [(2, 1.5), (7, 1.5), (9, 2.0)]);
        assert_eq!(against.votes[1].images, 2);
        assert_eq!(against.nearest_class().unwrap().class, 9);
        let tie = Against::new(arr1(&[1.0, 1.0, 1.0, 1.0, 1.0]).view(), 1.0, &images);
        assert_eq!(tie.nearest_class().unwrap().class, 2);
        let unlabelled = Against::new(row.view(), 1.0, &Images::none());
        assert!(unlabelled.votes.is_empty() && unlabelled.nearest_class().is_none());
    }
}
