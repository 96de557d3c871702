//! The 70 / 15 / 15 % split of Section 4, after a seeded shuffle.

use super::random::{generator, shuffle};

/// The stream of the run's seed that splits are drawn from.
const STREAM: u64 = 2;

/// Which samples train, validate and test: indices into a data set, disjoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Samples to learn from.
    pub training: Vec<usize>,
    /// Samples to choose settings by.
    pub validation: Vec<usize>,
    /// Samples to report on.
    pub test: Vec<usize>,
}

impl Split {
    /// How many of `n` samples train, validate and test.
    #[must_use]
    pub fn sizes(n: usize) -> [usize; 3] {
        let held_out = (n * 15 + 50) / 100;
        [n - 2 * held_out, held_out, held_out]
    }

    /// Splits the samples 0 … `n` − 1 after a shuffle under `seed`: 15 % (rounded to the nearest
    /// whole number, a half upwards) validate, as many test, and the rest, some 70 %, train.
    ///
    /// Each part keeps the order of the shuffle, so that its first m samples are a random m.
    #[must_use]
    pub fn new(n: usize, seed: u64) -> Self {
        let [_, _, held_out] = Self::sizes(n);
        let mut training: Vec<usize> = (0..n).collect();
        shuffle(&mut training, n, &mut generator(seed, STREAM));
        let test = training.split_off(n - held_out);
        let validation = training.split_off(n - 2 * held_out);
        Self {
            training,
            validation,
            test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_disjoint_and_complete() {
        for n in 0..300 {
            let split = Split::new(n, 7);
            let mut all = [&split.training[..], &split.validation, &split.test].concat();
            all.sort_unstable();
            assert_eq!(all, (0..n).collect::<Vec<_>>());
            let parts = [&split.training, &split.validation, &split.test];
            assert_eq!(parts.map(Vec::len), Split::sizes(n));
            assert!(split.validation.len() == split.test.len());
            assert!((split.test.len() as f64 - 0.15 * n as f64).abs() <= 0.5);
        }
    }

    #[test]
    fn the_papers_proportions() {
        let sizes = |n| {
            let split = Split::new(n, 1);
            [
                split.training.len(),
                split.validation.len(),
                split.test.len(),
            ]
        };
        assert_eq!(sizes(20_000), [14_000, 3_000, 3_000]);
        assert_eq!(sizes(6_000), [4_200, 900, 900]);
        assert_eq!(sizes(20), [14, 3, 3]);
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(Split::new(100, 3), Split::new(100, 3));
        assert_ne!(Split::new(100, 3), Split::new(100, 4));
    }
}
