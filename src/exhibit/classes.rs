//! Which classes a kernel takes together: means of its entries over the pairs of two classes.
//!
//! The mean of P (or C) over all pairs of an image of class a and another one of class b says how alike the
//! two classes are on the whole. An image paired with itself is left out, for it says nothing about a class;
//! of a class with one image alone there is nothing else. Means stay in units of the whole matrix's root mean
//! square entry, so that they can be compared with its entries, and C − P is the mean of the differences.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis, s};

use super::images::Images;
use super::kernel::{Entries, Matrix};
use super::lens::{Before, joined, so_far, taken_over};
use super::{Exhibit, KernelOf};

/// The images of each class in a list that is sorted by class.
fn runs(labels: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let run = |class: &[u8]| {
        let first = start;
        start += class.len();
        first..start
    };
    labels.chunk_by(|a, b| a == b).map(run).collect()
}

/// Means of `entries` (N×N) over the pairs of two `classes`.
fn means(entries: ArrayView2<'_, f32>, classes: &[Range<usize>]) -> Array2<f32> {
    Array2::from_shape_fn((classes.len(), classes.len()), |(a, b)| {
        let (rows, columns) = (&classes[a], &classes[b]);
        let block = entries.slice(s![rows.clone(), columns.clone()]);
        let sum: f64 = block.iter().map(|&entry| f64::from(entry)).sum();
        let pairs = block.len() as f64;
        if a != b || block.len() == 1 {
            return (sum / pairs) as f32;
        }
        let own: f64 = block.diag().iter().map(|&entry| f64::from(entry)).sum();
        ((sum - own) / (pairs - rows.len() as f64)) as f32
    })
}

impl Exhibit {
    /// Whether its kernels' images are sorted by classes that means can be taken over.
    #[must_use]
    pub fn has_classes(&self) -> bool {
        let images = &*self.images;
        let labels = images.labels.as_deref().unwrap_or_default();
        let sorted = images.order.is_none() && images.means_of.is_none();
        sorted && labels.first() != labels.last() && labels.len() == self.rows_of_kernels()
    }

    /// Whether its kernels are means over classes.
    #[must_use]
    pub fn is_by_class(&self) -> bool {
        self.images.means_of.is_some()
    }

    /// The images of each class, in the order of the kernels' rows.
    #[must_use]
    pub fn classes(&self) -> Vec<Range<usize>> {
        self.images.labels.as_deref().map_or_else(Vec::new, runs)
    }

    /// The same with kernels of as many rows as there are classes: means over pairs of classes. `None` without
    /// classes. What is the same as `before`, another exhibit and its means, is taken over from there.
    #[must_use]
    pub fn by_class(&self, before: Before<'_>) -> Option<Self> {
        if !self.has_classes() {
            return None;
        }
        let classes = self.classes();
        let mut by_class = self.clone();
        let count = self.images.count;
        for (index, kernel) in by_class.kernels.iter_mut().enumerate() {
            if let Entries::Matrix(matrix) = &kernel.entries {
                let known = taken_over(before, index, matrix);
                let means = || Matrix::made_of(means(matrix.entries(), &classes), matrix);
                let means = known.unwrap_or_else(|| Arc::new(means()));
                kernel.entries = Entries::Matrix(means);
            }
            kernel.caption = match kernel.of {
                KernelOf::Difference => "mean over pairs; warm: C above P".into(),
                _ => format!(
                    "{}means over pairs of {count} {} images",
                    so_far(kernel),
                    self.images.set.name()
                ),
            };
        }
        by_class.images = match before {
            Some((of, became)) if Arc::ptr_eq(&of.images, &self.images) => {
                Arc::clone(&became.images)
            }
            _ => Arc::new(self.class_images(&classes)),
        };
        let mut reach = 0.0_f32;
        for index in 0..by_class.kernels.len() {
            if by_class.kernels[index].is_difference() {
                let differences = by_class.entries(index);
                let all = differences.iter().flatten();
                reach = all.fold(reach, |reach, difference| reach.max(difference.abs()));
            }
        }
        by_class.reach = (reach > 0.0).then_some(reach);
        by_class.stem = joined(&self.stem, "classes");
        Some(by_class)
    }

    /// An image for each class: the mean of its images.
    fn class_images(&self, classes: &[Range<usize>]) -> Images {
        let images = &*self.images;
        let labels = images.labels.as_deref().unwrap_or_default();
        let mean = |pixels: &Arc<Array2<f32>>| {
            let mut means = Array2::zeros((classes.len(), pixels.ncols()));
            for (class, mut mean) in classes.iter().zip(means.outer_iter_mut()) {
                let of = pixels.slice(s![class.clone(), ..]);
                mean.assign(&of.mean_axis(Axis(0)).expect("no class is empty"));
            }
            Arc::new(means)
        };
        Images {
            count: classes.len(),
            means_of: Some(images.count),
            indices: Vec::new(),
            labels: Some(classes.iter().map(|class| labels[class.start]).collect()),
            pixels: images.pixels.as_ref().map(mean),
            ..images.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::live::Parts;
    use super::super::{Kernel, Matrix};
    use super::*;
    use crate::training::config::RunConfig;

    /// Six images of three classes, one of them alone, under matrices without a rule.
    fn exhibit() -> Exhibit {
        let blank = Parts::nothing(RunConfig::default()).exhibit();
        let labels = vec![2, 2, 2, 5, 7, 7];
        let matrix = |seed: usize| {
            Array2::from_shape_fn((6, 6), |(i, j)| {
                let (i, j) = (i.min(j), i.max(j));
                ((i * 7 + j * 13 + seed * 5) % 11) as f32 / 4.0 - 1.0
            })
        };
        let images = Arc::new(Images {
            count: 6,
            labels: Some(labels),
            pixels: Some(Arc::new(Array2::from_shape_fn((6, 2), |(i, j)| {
                (i * 2 + j) as f32
            }))),
            ..Images::none()
        });
        let mut kernels = blank.kernels.clone();
        for (index, kernel) in kernels.iter_mut().take(2).enumerate() {
            *kernel = Kernel::clone(kernel).with(Some(Arc::new(Matrix::new(matrix(index)))));
        }
        Exhibit {
            images: Arc::clone(&images),
            pictured: images,
            kernels,
            ..blank
        }
    }

    #[test]
    fn a_cell_is_the_mean_over_pairs_of_two_classes() {
        let whole = exhibit();
        let by_class = whole.by_class(None).unwrap();
        let classes = [vec![0, 1, 2], vec![3], vec![4, 5]];
        assert_eq!(by_class.rows_of_kernels(), 3);
        assert_eq!(by_class.images.labels.as_deref(), Some(&[2, 5, 7][..]));
        for index in 0..3 {
            for (a, rows) in classes.iter().enumerate() {
                for (b, columns) in classes.iter().enumerate() {
                    let mut values = Vec::new();
                    for &i in rows {
                        for &j in columns {
                            if i != j || rows.len() == 1 && a == b {
                                values.push(f64::from(whole.value(index, (i, j)).unwrap().1));
                            }
                        }
                    }
                    let wanted = values.iter().sum::<f64>() / values.len() as f64;
                    let (_, found) = by_class.value(index, (a, b)).unwrap();
                    assert!((f64::from(found) - wanted).abs() < 1e-5, "{index} {a} {b}");
                }
            }
        }
        let pixels = by_class.images.pixels.as_ref().unwrap();
        assert_eq!(pixels.row(0).to_vec(), [2.0, 3.0]);
        assert_eq!(pixels.row(1).to_vec(), [6.0, 7.0]);
    }

    /// Differences of means are smaller than those of entries, and have colours of their own.
    #[test]
    fn the_colours_reach_as_far_as_the_differences_do() {
        let by_class = exhibit().by_class(None).unwrap();
        let differences = by_class.entries(2).unwrap();
        let most = differences
            .iter()
            .fold(0.0_f32, |most, d| most.max(d.abs()));
        let (_, scale) = by_class.scales();
        assert_eq!([scale.low, scale.high], [-most, most]);
        assert_eq!(by_class.stem, "classes");
        assert!(by_class.images.describe().starts_with("3 classes of 6 "));
    }

    #[test]
    fn without_two_classes_there_are_no_means() {
        let with = |labels: Option<Vec<u8>>| {
            let whole = exhibit();
            let images = Arc::new(Images {
                labels,
                ..Images::clone(&whole.images)
            });
            Exhibit { images, ..whole }
        };
        assert!(with(None).by_class(None).is_none());
        assert!(with(Some(vec![3; 6])).by_class(None).is_none());
        assert!(with(Some(vec![1, 1, 1, 1, 1, 2])).by_class(None).is_some());
    }
}
