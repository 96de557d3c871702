//! Fewer images in the rows, for exhibits that are kept by the dozen.
//!
//! A row of the window draws some images of each class; what it draws first is kept ([`one_of_each`]), and the
//! figures beside it stay those of all of them. Kernels, codes and scores are left as they are. Images that
//! exhibits have in common before they have in common afterwards.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use super::images::{Images, one_of_each};
use super::{Exhibit, Row, RowOf};

/// What thinned exhibits have in common.
pub struct Thinner {
    most: usize,
    chosen: Option<Chosen>,
}

/// The images that are kept of some, and what was made of them before.
struct Chosen {
    of: Arc<Images>,
    which: Vec<usize>,
    pictured: Arc<Images>,
    /// All of them, and those that are kept.
    common: Vec<[Arc<Array2<f32>>; 2]>,
}

impl Thinner {
    /// Rows of at `most` so many images.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, chosen: None }
    }

    /// `exhibit` with fewer images in its rows. Without classes it stays as it is: which images are drawn
    /// depends on all of them then.
    pub fn thin(&mut self, mut exhibit: Exhibit) -> Exhibit {
        if exhibit.pictured.count <= self.most || exhibit.pictured.labels.is_none() {
            return exhibit;
        }
        let same = |chosen: &Chosen| Arc::ptr_eq(&chosen.of, &exhibit.pictured);
        let kept = self.chosen.take().filter(same);
        let chosen = kept.unwrap_or_else(|| Chosen::of(&exhibit.pictured, self.most));
        let chosen = self.chosen.insert(chosen);
        for row in &mut exhibit.rows {
            chosen.thin(row);
        }
        exhibit.pictured = Arc::clone(&chosen.pictured);
        exhibit
    }
}

impl Chosen {
    fn of(images: &Arc<Images>, most: usize) -> Self {
        let labels = images.labels.as_deref();
        let mut which = one_of_each(labels, images.count, most);
        which.sort_unstable();
        let mut common = Vec::new();
        let pixels = images.pixels.as_ref().map(|pixels| {
            let some = Arc::new(pixels.select(Axis(0), &which));
            common.push([Arc::clone(pixels), Arc::clone(&some)]);
            some
        });
        let some = |of: &Vec<usize>| which.iter().filter_map(|&at| of.get(at).copied()).collect();
        let pictured = Images {
            count: which.len(),
            indices: some(&images.indices),
            labels: labels.map(|labels| which.iter().map(|&at| labels[at]).collect()),
            pixels,
            ..Images::clone(images)
        };
        Self {
            of: Arc::clone(images),
            which,
            pictured: Arc::new(pictured),
            common,
        }
    }

    fn thin(&mut self, row: &mut Row) {
        if row.each.len() == self.of.count {
            row.each = self.which.iter().map(|&at| row.each[at]).collect();
        }
        let Some(images) = row.images.take() else {
            return;
        };
        let known = (self.common.iter()).find(|[all, _]| Arc::ptr_eq(all, &images));
        row.images = Some(match known {
            Some([_, some]) => Arc::clone(some),
            None => {
                let some = Arc::new(images.select(Axis(0), &self.which));
                if !is_learned(row.of) {
                    self.common.push([images, Arc::clone(&some)]);
                }
                some
            }
        });
    }
}

/// Whether a row is another one for every network.
fn is_learned(of: RowOf) -> bool {
    match of {
        RowOf::Original => false,
        RowOf::Reconstruction => true,
        RowOf::Denoised(method) => method.is_learned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::live::Parts;
    use super::*;
    use crate::experiment::method::Method;
    use crate::training::config::RunConfig;

    fn exhibit(images: &Arc<Images>, rows: Vec<Row>) -> Exhibit {
        Exhibit {
            images: Arc::clone(images),
            pictured: Arc::clone(images),
            rows,
            ..Parts::nothing(RunConfig::default()).exhibit()
        }
    }

    /// Twelve images of three classes, of which six are kept: what a row of six draws is the same.
    #[test]
    fn what_is_drawn_stays_the_same() {
        let labels = vec![0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
        let pixels = Arc::new(Array2::from_shape_fn((12, 2), |(i, j)| (10 * i + j) as f32));
        let images = Arc::new(Images {
            count: 12,
            indices: (100..112).collect(),
            labels: Some(labels.clone()),
            pixels: Some(Arc::clone(&pixels)),
            ..Images::none()
        });
        let noisy = Arc::new(&*pixels + 1000.0);
        let row = |of, images: &Arc<Array2<f32>>| Row {
            each: (0..12).map(f64::from).collect(),
            error: Some(0.5),
            ..Row::new(of, "a row", Some(Arc::clone(images)))
        };
        let rows = || {
            let learned = Arc::new(&*pixels + 2000.0);
            vec![
                row(RowOf::Original, &pixels),
                row(RowOf::Reconstruction, &learned),
                row(RowOf::Denoised(Method::Noisy), &noisy),
                Row::new(RowOf::Denoised(Method::Kpca), "not there", None),
            ]
        };
        let mut thinner = Thinner::new(6);
        let [one, other] = [(); 2].map(|()| thinner.thin(exhibit(&images, rows())));
        let all = one_of_each(Some(&labels), 12, 6);
        let some = one_of_each(one.pictured.labels.as_deref(), one.pictured.count, 6);
        assert_eq!((all.len(), some.len(), one.pictured.count), (6, 6, 6));
        for (&all, &some) in all.iter().zip(&some) {
            assert_eq!(one.pictured.indices[some], 100 + all);
            for (row, whole) in one.rows.iter().zip(rows()).take(3) {
                let (thin, whole) = (row.images.as_ref().unwrap(), whole.images.unwrap());
                assert_eq!(thin.row(some), whole.row(all));
                assert_eq!(row.each[some], all as f64);
                assert_eq!(row.error, Some(0.5), "of all images");
            }
        }
        assert!(one.rows[3].images.is_none());
        assert!(Arc::ptr_eq(&one.images, &images), "the kernels keep theirs");
        let same = |row: usize| {
            let [a, b] = [&one, &other].map(|of| of.rows[row].images.as_ref().unwrap());
            Arc::ptr_eq(a, b)
        };
        assert_eq!([0, 1, 2].map(same), [true, false, true]);
        assert!(Arc::ptr_eq(&one.pictured, &other.pictured));
    }

    #[test]
    fn few_images_and_images_without_classes_stay() {
        let images = |labels: Option<Vec<u8>>| {
            let pixels = Some(Arc::new(Array2::zeros((3, 2))));
            Arc::new(Images {
                count: 3,
                labels,
                pixels,
                ..Images::none()
            })
        };
        for (most, labels) in [(3, Some(vec![0, 1, 1])), (2, None)] {
            let images = images(labels);
            let thin = Thinner::new(most).thin(exhibit(&images, Vec::new()));
            assert!(Arc::ptr_eq(&thin.pictured, &images));
        }
    }
}
