//! Means over seeds, and differences between two methods paired by seed.

use serde::{Deserialize, Serialize};

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

    /// The 95 % confidence interval of the mean by Student's t; `None` for a single value.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        let n = self.values.len();
        let half = student(n - 1)? * self.sd? / (n as f64).sqrt();
        Some([self.mean - half, self.mean + half])
    }
}

/// A difference between two methods, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// First minus second.
    pub difference: Summary,
    /// The 95 % confidence interval of the mean difference.
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
    pub fn of(first: &[f64], second: &[f64]) -> Option<Self> {
        assert_eq!(first.len(), second.len(), "values under the same seeds");
        let difference = Summary::of(first.iter().zip(second).map(|(a, b)| a - b).collect())?;
        Some(Self {
            interval: difference.interval(),
            below: difference.values.iter().filter(|&&x| x < 0.0).count(),
            difference,
        })
    }
}

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom (tables; beyond 30 the
/// next smaller tabulated one, which is the wider interval); `None` for 0.
fn student(freedom: usize) -> Option<f64> {
    const T: [f64; 30] = [
        12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004,
        2.262_157, 2.228_139, 2.200_985, 2.178_813, 2.160_369, 2.144_787, 2.131_450, 2.119_905,
        2.109_816, 2.100_922, 2.093_024, 2.085_963, 2.079_614, 2.073_873, 2.068_658, 2.063_899,
        2.059_539, 2.055_529, 2.051_831, 2.048_407, 2.045_230, 2.042_272,
    ];
    match freedom {
        0 => None,
        1..=30 => Some(T[freedom - 1]),
        _ => Some(T[29]),
    }
}

/// Spearman's rank correlation of two rows of numbers, ties at their mean rank; `None` for fewer
/// than three pairs, or where one row is constant.
///
/// # Panics
///
/// If there are not as many of one as of the other.
#[must_use]
pub fn rank_correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "pairs");
    if x.len() < 3 {
        return None;
    }
    let (x, y) = (ranks(x), ranks(y));
    let middle = (x.len() as f64 + 1.0) / 2.0;
    let inner = |a: &[f64], b: &[f64]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - middle) * (b - middle))
            .sum()
    };
    let norms = (inner(&x, &x) * inner(&y, &y)).sqrt();
    (norms > 0.0).then(|| inner(&x, &y) / norms)
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} and {b}");
    }

    /// Against `NumPy` 2 and `SciPy` 1.15: `np.std(x, ddof=1)`, `scipy.stats.t.interval(0.95, 4,
    /// x.mean(), scipy.stats.sem(x))`.
    #[test]
    fn mean_deviation_and_interval_are_those_of_scipy() {
        let summary = Summary::of(vec![0.972, 0.971, 0.996, 0.936, 0.98]).unwrap();
        near(summary.mean, 0.971);
        near(summary.sd.unwrap(), 0.021_977_26);
        let [low, high] = summary.interval().unwrap();
        near(low, 0.943_711_63);
        near(high, 0.998_288_37);
    }

    #[test]
    fn one_value_has_no_deviation() {
        let summary = Summary::of(vec![2.0]).unwrap();
        assert_eq!(
            (summary.mean, summary.sd, summary.interval()),
            (2.0, None, None)
        );
        assert_eq!(Summary::of(Vec::new()), None);
    }

    #[test]
    fn a_pair_counts_where_the_first_is_smaller() {
        let paired = Paired::of(&[1.0, 2.0, 3.0], &[2.0, 2.0, 5.0]).unwrap();
        near(paired.difference.mean, -1.0);
        assert_eq!(paired.below, 2);
    }

    /// Against `scipy.stats.spearmanr`.
    #[test]
    fn rank_correlation_is_that_of_scipy() {
        let x = [0.0, 0.01, 0.05, 0.1, 0.5, 0.9, 1.0];
        let y = [0.780, 0.242, 0.160, 0.158, 0.145, 0.147, 0.149];
        near(rank_correlation(&x, &y).unwrap(), -0.857_142_857);
        near(
            rank_correlation(&[1.0, 2.0, 2.0, 3.0], &[1.0, 3.0, 2.0, 4.0]).unwrap(),
            0.948_683_298,
        );
        assert_eq!(rank_correlation(&x, &[1.0; 7]), None);
    }
}
