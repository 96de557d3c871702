//! Means over seeds, differences between two methods paired by seed, and what can be said of them.
//!
//! **Shared digits.** Where the data suffice, no two seeds of a study have a digit in common, and
//! Student's t is right as it stands. Where they do not, every seed splits digits from one pool
//! anew: two seeds train on many digits in common, their figures are not independent, and the plain
//! variance of a mean of J seeds, s²/J, is too small. Intervals and p values are then those of the
//! corrected resampled t-test (Nadeau and Bengio, *Inference for the Generalization Error*, Machine Learning 52, 2003,
//! Section 3.1): the variance of the mean is
//!
//! ```text
//! (1/J + n_test / n_train) s²
//! ```
//!
//! with J − 1 degrees of freedom. Where a seed draws its digits from a file with more than it
//! takes, two seeds share fewer digits than the correction supposes, and the intervals are on the
//! safe side.

mod holm;
mod student;

use serde::{Deserialize, Serialize};

pub use self::holm::holm;
use self::student::{quantile, two_sided};

/// What may go wrong by chance: the level of every interval and of every verdict.
pub const LEVEL: f64 = 0.05;

/// How much the figures of several seeds hang together because the seeds share digits: held-out
/// over training samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlap(f64);

impl Overlap {
    /// Seeds with no digit in common.
    pub const NONE: Self = Self(0.0);

    /// Seeds that split one pool into so many training and test samples each.
    #[must_use]
    pub fn of(training: usize, test: usize) -> Self {
        Self(test as f64 / training.max(1) as f64)
    }

    /// `n_test / n_train`, which joins 1/J.
    #[must_use]
    pub fn ratio(self) -> f64 {
        self.0
    }
}

/// A number taken under several seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of the single values (n − 1 in the denominator); `None` for one.
    pub sd: Option<f64>,
    /// The single values, in the order of the seeds.
    pub values: Vec<f64>,
}

impl Summary {
    /// Of `values`; `None` without any.
    #[must_use]
    pub fn of(values: Vec<f64>) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
        let sd = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
        Some(Self { mean, sd, values })
    }

    /// The standard deviation of the mean, corrected for the digits that seeds share.
    fn error(&self, overlap: Overlap) -> Option<f64> {
        let part = 1.0 / self.values.len() as f64 + overlap.ratio();
        Some(self.sd? * part.sqrt())
    }

    /// The 95 % confidence interval of the mean; `None` for a single value, or where one is not
    /// finite.
    #[must_use]
    pub fn interval(&self, overlap: Overlap) -> Option<[f64; 2]> {
        let half = quantile(self.values.len() - 1)? * self.error(overlap)?;
        let interval = [self.mean - half, self.mean + half];
        interval
            .iter()
            .all(|end| end.is_finite())
            .then_some(interval)
    }

    /// The two-sided p value of the mean being `bound`, from 0 to 1; `None` where
    /// [`Self::interval`] is.
    #[must_use]
    pub fn p(&self, bound: f64, overlap: Overlap) -> Option<f64> {
        self.interval(overlap)?;
        let (away, error) = (self.mean - bound, self.error(overlap)?);
        // Values without any spread are either the bound or not.
        if error == 0.0 {
            return Some(if away == 0.0 { 1.0 } else { 0.0 });
        }
        two_sided(away / error, self.values.len() - 1)
    }
}

/// A difference between two methods, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// First minus second.
    pub difference: Summary,
    /// The 95 % confidence interval of the mean difference, corrected for shared digits.
    pub interval: Option<[f64; 2]>,
    /// Seeds in which the first is the smaller.
    pub below: usize,
}

impl Paired {
    /// Of values under the same seeds in the same order; `None` without any.
    ///
    /// # Panics
    ///
    /// If there are not as many of one as of the other.
    #[must_use]
    pub fn of(first: &[f64], second: &[f64], overlap: Overlap) -> Option<Self> {
        assert_eq!(first.len(), second.len(), "values under the same seeds");
        let difference = Summary::of(first.iter().zip(second).map(|(a, b)| a - b).collect())?;
        Some(Self {
            interval: difference.interval(overlap),
            below: difference.values.iter().filter(|&&x| x < 0.0).count(),
            difference,
        })
    }
}

#[cfg(test)]
#[path = "statistics_tests.rs"]
mod tests;
