//! The 70 / 15 / 15 % split of Section 4, after a seeded shuffle.

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
