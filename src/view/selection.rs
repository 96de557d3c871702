//! Images that somebody has selected, wherever they are shown.

use std::ops::Range;

use crate::exhibit::Exhibit;

/// Some samples of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Their indices, ascending.
    indices: Vec<usize>,
    /// The checksum of the data, where it is known.
    data: Option<String>,
}

impl Selection {
    /// The samples `indices` of the data of `exhibit`.
    #[must_use]
    pub fn new(mut indices: Vec<usize>, exhibit: &Exhibit) -> Self {
        indices.sort_unstable();
        indices.dedup();
        Self {
            indices,
            data: exhibit.checksum().map(str::to_owned),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.indices.len()
    }

    /// Whether they are of the data of `exhibit`, and there are any.
    #[must_use]
    pub fn is_of(&self, exhibit: &Exhibit) -> bool {
        !self.indices.is_empty() && self.data.as_deref() == exhibit.checksum()
    }

    /// Whether sample `index` is one of them.
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        self.indices.binary_search(&index).is_ok()
    }

    /// Where they stand among the samples `indices`, ascending.
    #[must_use]
    pub fn places(&self, indices: &[usize]) -> Vec<usize> {
        let places = (0..indices.len()).filter(|&at| self.has(indices[at]));
        places.collect()
    }

    /// The same as unbroken runs of places.
    #[must_use]
    pub fn runs(&self, indices: &[usize]) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for place in self.places(indices) {
            match runs.last_mut() {
                Some(run) if run.end == place => run.end += 1,
                _ => runs.push(place..place + 1),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::exhibit::Made;
    use crate::exhibit::live::Parts;
    use crate::training::config::RunConfig;

    fn exhibit(checksum: &str) -> Exhibit {
        let mut exhibit = Parts::nothing(RunConfig::default()).exhibit();
        let made = Made::clone(&exhibit.made);
        exhibit.made = Arc::new(Made {
            data: Some(("digits".to_owned(), checksum.to_owned())),
            ..made
        });
        exhibit
    }

    #[test]
    fn places_follow_the_images_wherever_they_stand() {
        let of = exhibit("a");
        let selection = Selection::new(vec![9, 4, 4, 30, 5], &of);
        assert_eq!(selection.count(), 4);
        assert_eq!(selection.places(&[1, 4, 5, 9, 2, 30]), [1, 2, 3, 5]);
        assert_eq!(selection.runs(&[1, 4, 5, 9, 2, 30]), [1..4, 5..6]);
        assert!(selection.runs(&[7, 8]).is_empty());
        assert!(selection.has(30) && !selection.has(29));
    }

    #[test]
    fn samples_of_other_data_are_others() {
        let selection = Selection::new(vec![1], &exhibit("a"));
        assert!(selection.is_of(&exhibit("a")));
        assert!(!selection.is_of(&exhibit("b")));
        assert!(!Selection::default().is_of(&exhibit("a")));
    }
}
