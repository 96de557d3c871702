//! What a study does right now, in words and as pictures.

use ndarray::Array2;

use super::StudyView;
use crate::exhibit::Exhibit;
use crate::exhibit::numbers;
use crate::worker::study_protocol::Watch;

/// P of the seed at hand.
pub struct Watched<'a> {
    /// The seed.
    pub seed: u64,
    /// Its entries on the shown test digits.
    pub values: &'a Array2<f32>,
    /// The digits' classes, ascending, if there are labels.
    pub labels: Option<&'a [u8]>,
    /// What it is.
    pub caption: String,
    /// Changes with its entries, as long as they stand at the same place in memory.
    pub age: usize,
}

impl Watched<'_> {
    /// It alone, as an exhibit.
    #[must_use]
    pub fn exhibit(&self, view: &StudyView) -> Option<Exhibit> {
        let found = view.found()?;
        Some(found.prior_so_far(self.seed, self.values, self.labels, &self.caption))
    }
}

/// P as far as it has come under the seed at hand.
#[must_use]
pub fn watched(view: &StudyView) -> Option<Watched<'_>> {
    match view.watch()? {
        Watch::Prior {
            seed,
            matrix,
            labels,
        } => Some(Watched {
            seed: *seed,
            values: matrix.as_deref()?,
            labels: labels.as_ref().map(|labels| labels.as_slice()),
            caption: "P so far".to_owned(),
            age: view.progress().map_or(0, |progress| progress.units.0),
        }),
        Watch::Network { recipe, .. } => {
            let picture = view.findings()?.seed(recipe.seed)?;
            Some(Watched {
                seed: recipe.seed,
                values: &picture.prior,
                labels: picture.labels.as_deref(),
                caption: format!("P of seed {}", recipe.seed),
                age: usize::MAX,
            })
        }
    }
}

/// What is done of the task at hand: `Training: 430 / 1,200`.
#[must_use]
pub fn progress_text(view: &StudyView) -> String {
    let Some(progress) = view.progress() else {
        return String::new();
    };
    let (units, of) = progress.units;
    if of == 0 {
        return progress.phase.to_owned();
    }
    let (units, of) = (numbers::count(units), numbers::count(of));
    format!("{}: {units} / {of}", progress.phase)
}
