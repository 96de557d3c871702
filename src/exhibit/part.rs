//! P of some of its mixtures alone, beside the whole of it: coarse blocks from few components, fine ones from
//! many.
//!
//! What is seen is an exhibit again, of two kernels on one scale. The posteriors of the images are there, so that
//! a part takes milliseconds and nothing is fitted (see [`PartialGram`]).

use std::sync::Arc;

use ndarray::Array2;

use super::kernel::{Entries, Kernel};
use super::{Exhibit, KernelOf, Matrix, numbers};
pub use crate::kernel::MixtureRange;
use crate::kernel::alignment::{lc, lc_to_ideal};
use crate::kernel::{PartialGram, PartialSum};
use crate::linalg::Threads;
use crate::training::config::{PckConfig, PriorConfig};

/// P of some mixtures.
pub struct PriorPart {
    /// Which.
    pub range: MixtureRange,
    /// How many they are.
    pub mixtures: usize,
    /// Two kernels: the part and the whole.
    pub exhibit: Arc<Exhibit>,
    /// Lc of the part to `K_I`; `None` without classes.
    pub lc_ki: Option<f64>,
    /// Lc of the whole to `K_I`, on the same images.
    pub lc_whole_ki: Option<f64>,
    /// Lc of the part to the whole.
    pub lc_whole: f64,
}

/// P of the mixtures of one size alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeAlone {
    /// g.
    pub components: usize,
    /// Lc to `K_I`; `None` without classes.
    pub lc_ki: Option<f64>,
    /// Lc to the whole P.
    pub lc_whole: f64,
}

impl Exhibit {
    /// The range of all mixtures of its prior; `None` where it has none, or is not at hand.
    #[must_use]
    pub fn mixtures(&self) -> Option<MixtureRange> {
        self.prior.as_ref()?.as_pck()?.range()
    }

    /// The settings of a prior that is fitted of the mixtures of `range` alone, and otherwise as this one was: with
    /// the same data and seed it has the same mixtures.
    #[must_use]
    pub fn prior_of(&self, range: MixtureRange) -> Option<PriorConfig> {
        let PriorConfig::Pck(config) = self.made.began.prior else {
            return None;
        };
        let [min_components, max_components] = range.components;
        Some(PriorConfig::Pck(PckConfig {
            min_components,
            max_components,
            restarts: range.starts,
            ..config
        }))
    }
}

/// `g = 2–30, q ≤ 30`.
#[must_use]
pub fn described(range: MixtureRange) -> String {
    let [least, most] = range.components;
    let sizes = if least == most {
        format!("g = {least}")
    } else {
        format!("g = {least}–{most}")
    };
    format!("{sizes}, q ≤ {}", range.starts)
}

/// Makes parts, one after the other. The thread of its first call is the one that computes, and should be that of
/// all others.
#[derive(Default)]
pub struct Sieve {
    threads: Option<Threads>,
    gram: Option<PartialGram>,
}

impl Sieve {
    /// P of the mixtures of `range` alone on the images of `of`; `None` where the prior has no mixtures, or is
    /// not at hand.
    pub fn part(&mut self, of: &Exhibit, range: MixtureRange) -> Option<PriorPart> {
        let (_, whole) = of.kernel(KernelOf::Prior)?;
        let matrix = of.matrix_of(KernelOf::Prior)?;
        let (sum, part) = self.matrix(of, range)?;
        let labels = of.images.labels.as_deref();
        let lc_ki = labels.map(|labels| lc_to_ideal(part.view(), labels));
        let lc_whole = lc(part.view(), matrix.entries());
        let all = of.prior.as_ref()?.as_pck()?.posteriors().mixtures();
        Some(PriorPart {
            range,
            mixtures: sum.mixtures,
            lc_ki,
            lc_whole_ki: labels.map(|labels| lc_to_ideal(matrix.entries(), labels)),
            lc_whole,
            exhibit: Arc::new(Exhibit {
                kernels: vec![
                    Kernel {
                        caption: format!(
                            "{} of {} mixtures · {}",
                            numbers::count(sum.mixtures),
                            numbers::count(all),
                            of.images.describe()
                        ),
                        ..of_part(whole, range, part)
                    },
                    Kernel {
                        heading: "P · all its mixtures".into(),
                        ..whole.clone()
                    },
                ],
                rows: Vec::new(),
                ..of.clone()
            }),
        })
    }

    /// P of each size alone, ascending.
    pub fn sizes(&mut self, of: &Exhibit) -> Option<Vec<SizeAlone>> {
        let whole = of.mixtures()?;
        let matrix = of.matrix_of(KernelOf::Prior)?;
        let labels = of.images.labels.as_deref();
        let [least, most] = whole.components;
        let alone = |components| {
            let range = MixtureRange {
                components: [components; 2],
                ..whole
            };
            let (sum, part) = self.matrix(of, range)?;
            (sum.mixtures > 0).then(|| SizeAlone {
                components,
                lc_ki: labels.map(|labels| lc_to_ideal(part.view(), labels)),
                lc_whole: lc(part.view(), matrix.entries()),
            })
        };
        Some((least..=most).filter_map(alone).collect())
    }

    /// The entries of a part on the images of `of`, N×N.
    fn matrix(&mut self, of: &Exhibit, range: MixtureRange) -> Option<(PartialSum, Array2<f32>)> {
        let pck = of.prior.as_ref()?.as_pck()?;
        let rows = &of.images.indices;
        let known = rows.iter().all(|&row| row < pck.posteriors().samples());
        if !known || of.matrix_of(KernelOf::Prior)?.rows() != rows.len() {
            return None;
        }
        // One thread: the others are the run's.
        let threads = self.threads.get_or_insert_with(|| Threads::new(1));
        let gram = self.gram.get_or_insert_with(|| PartialGram::new(pck));
        let mut entries = Array2::zeros((rows.len(), rows.len()));
        let sum = threads.install(|| gram.write(pck, range, rows, entries.view_mut()));
        Some((sum, entries))
    }
}

/// The kernel of a part, beside `whole`; it has the whole's caption still.
fn of_part(whole: &Kernel, range: MixtureRange, part: Array2<f32>) -> Kernel {
    Kernel {
        name: "P of these".into(),
        heading: format!("P · {}", described(range)),
        entries: Entries::Matrix(Arc::new(Matrix::new(part))),
        ..whole.clone()
    }
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
