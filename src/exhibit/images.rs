//! The images that kernels and rows are of.

use std::sync::Arc;

use ndarray::Array2;

use super::dendrogram::Dendrogram;
use crate::data::{Collection, ImageShape};
use crate::training::{HeldOut, ShownDigits};

/// Held-out images in the order in which they are shown: by class if there are labels.
#[derive(Clone)]
pub struct Images {
    /// Which images they are some of.
    pub set: HeldOut,
    /// How many.
    pub count: usize,
    /// The number of images that these are class means of; `None` for images themselves.
    pub means_of: Option<usize>,
    /// What they are sorted by, where that is not their classes.
    pub order: Option<String>,
    /// The tree of their clusters, where they are sorted by those.
    pub tree: Option<Arc<Dendrogram>>,
    /// Their indices in the data set, where those are known; else none.
    pub indices: Vec<usize>,
    /// Their classes, ascending unless they are sorted by something else; `None` without labels.
    pub labels: Option<Vec<u8>>,
    /// Their pixels, N×d in [0, 1], where those are at hand.
    pub pixels: Option<Arc<Array2<f32>>>,
    /// Their size.
    pub shape: ImageShape,
    /// The collection that they are from, where the program knows it; it names the classes.
    pub collection: Option<Collection>,
}

impl Images {
    /// The digits on show of a run.
    #[must_use]
    pub fn of(shown: &ShownDigits) -> Self {
        Self {
            set: shown.set,
            count: shown.indices.len(),
            means_of: None,
            order: None,
            tree: None,
            indices: shown.indices.clone(),
            labels: shown.labels.clone(),
            pixels: Some(Arc::new(shown.pixels.clone())),
            shape: shown.shape,
            collection: shown.collection,
        }
    }

    /// None, before they are known, of the usual size.
    #[must_use]
    pub fn none() -> Self {
        Self {
            set: HeldOut::default(),
            count: 0,
            means_of: None,
            order: None,
            tree: None,
            indices: Vec::new(),
            labels: None,
            pixels: None,
            shape: ImageShape {
                height: 28,
                width: 28,
            },
            collection: None,
        }
    }

    /// `300 validation images, sorted by class`.
    #[must_use]
    pub fn describe(&self) -> String {
        if let Some(of) = self.means_of {
            let (count, set) = (self.count, self.set.name());
            return format!("{count} classes of {of} {set} images, means over pairs of images");
        }
        let order = match &self.order {
            Some(order) => format!(", {order}"),
            None => (self.labels.as_ref()).map_or_else(String::new, |_| ", sorted by class".into()),
        };
        format!("{} {} images{order}", self.count, self.set.name())
    }
}

/// Which of `count` digits a row of `columns` shows: evenly spread, so that digits sorted by
/// class show every class.
#[must_use]
pub fn spread(count: usize, columns: usize) -> Vec<usize> {
    let shown = columns.min(count);
    (0..shown)
        .map(|column| (2 * column + 1) * count / (2 * shown))
        .collect()
}

/// Which of `count` digits a row of `columns` shows, given their classes in ascending order: the
/// first of every class, then the second of every class, and so on; without classes, evenly spread.
#[must_use]
pub fn one_of_each(labels: Option<&[u8]>, count: usize, columns: usize) -> Vec<usize> {
    let Some(labels) = labels.filter(|labels| labels.len() == count) else {
        return spread(count, columns);
    };
    let mut start = 0;
    let classes: Vec<_> = labels
        .chunk_by(|a, b| a == b)
        .map(|class| {
            let first = start;
            start += class.len();
            first..start
        })
        .collect();
    let most = classes.iter().map(ExactSizeIterator::len).max();
    (0..most.unwrap_or(0))
        .flat_map(|nth| {
            classes
                .iter()
                .filter_map(move |class| class.clone().nth(nth))
        })
        .take(columns)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reaches_every_class() {
        assert_eq!(spread(100, 10), [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
        assert_eq!(spread(3, 10), [0, 1, 2]);
        assert!(spread(0, 10).is_empty());
    }

    #[test]
    fn a_row_begins_with_one_of_each_class() {
        let labels: Vec<u8> = (0..10)
            .flat_map(|class| vec![class; 2 + usize::from(class)])
            .collect();
        let classes = |columns| -> Vec<u8> {
            let chosen = one_of_each(Some(&labels), labels.len(), columns);
            chosen.into_iter().map(|index| labels[index]).collect()
        };
        assert_eq!(classes(10), (0..10).collect::<Vec<_>>());
        assert_eq!(classes(13), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]);
        // There are two zeros only: the third round begins with a one.
        assert_eq!(classes(22)[20..], [1, 2]);
        assert_eq!(one_of_each(Some(&[5, 5, 6]), 3, 20), [0, 2, 1]);
        assert_eq!(one_of_each(None, 100, 10), spread(100, 10));
        assert!(one_of_each(Some(&[]), 0, 10).is_empty());
    }
}
