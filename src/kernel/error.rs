//! What can keep a prior kernel from being made.

/// A number in a message: 1e-300 has no 300 digits.
#[must_use]
pub fn told(value: f64) -> String {
    let usual = value == 0.0 || (1e-4..1e15).contains(&value.abs());
    if usual {
        value.to_string()
    } else {
        format!("{value:?}")
    }
}

/// Why a prior kernel cannot be made, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// A setting is out of its range.
    #[error("the prior kernel's {setting} is {value}, but has to be {range}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// Its range.
        range: &'static str,
    },
    /// There are fewer samples than the kernel is made from.
    #[error("the prior kernel needs at least {needed} training samples, and there are {given}")]
    TooFewSamples {
        /// Samples needed.
        needed: usize,
        /// Samples there are.
        given: usize,
    },
    /// The samples do not differ, so there is nothing that a kernel could tell apart.
    #[error(
        "all images that the prior kernel is made from are identical; it needs images that differ"
    )]
    IdenticalSamples,
    /// The kernel is made of class labels, and there are none.
    #[error("the ideal kernel needs class labels, and these images have none")]
    LabelsNeeded,
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn numbers_that_would_be_long_are_told_by_their_exponent() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (1e-4, "0.0001"),
            (9e-5, "9e-5"),
            (1e-300, "1e-300"),
            (999_999_999_999_999.0, "999999999999999"),
            (2e16, "2e16"),
            (-1e300, "-1e300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(told(value), text);
        }
    }
}
