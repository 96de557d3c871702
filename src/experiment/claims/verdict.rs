//! Verdicts, and what is said of them in words.

use serde::{Deserialize, Serialize};

use super::{Claim, LEVEL, Unit};
use crate::experiment::findings::Findings;
use crate::experiment::plan::Plan;
use crate::experiment::statistics::Paired;

/// What came out of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It held.
    Held,
    /// It did not.
    NotHeld,
    /// The seeds that there are do not tell.
    Undecided,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::NotHeld => "did not hold",
            Self::Undecided => "undecided",
        }
    }
}

impl Claim {
    /// The mean of the seeds' numbers with its interval and p values, in words.
    #[must_use]
    pub fn figures(&self) -> String {
        let number = |x: f64| match self.unit {
            Unit::Loss => format!("{x:+.4}"),
            Unit::PerCent => format!("{x:.1} %"),
        };
        let effect = format!("{}: {}", self.measure, number(self.effect));
        match (self.interval, self.p, self.p_adjusted) {
            (Some([low, high]), Some(p), Some(adjusted)) => format!(
                "{effect} (95 % interval {} to {}; p {}, corrected {})",
                number(low),
                number(high),
                p_value(p),
                p_value(adjusted)
            ),
            _ if self.values.len() == 1 => format!("{effect} (one seed, no interval)"),
            _ => format!("{effect} (no interval)"),
        }
    }
}

/// A p value with two significant digits.
#[must_use]
pub fn p_value(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".into()
    } else if p < 0.1 {
        format!("{p:.3}")
    } else {
        format!("{p:.2}")
    }
}

/// A paired difference in words.
#[must_use]
pub fn difference(paired: &Paired) -> String {
    let mean = paired.difference.mean;
    match paired.interval {
        Some([low, high]) => format!("{mean:+.4} (95 % interval {low:+.4} to {high:+.4})"),
        None if paired.difference.values.len() == 1 => {
            format!("{mean:+.4} (one seed, no interval)")
        }
        None => format!("{mean:+.4} (no interval)"),
    }
}

/// How verdicts come about, as paragraphs for a reader who has not seen the code; `claims` is how
/// many there are.
#[must_use]
pub fn rule(plan: &Plan, findings: &Findings, claims: usize) -> [String; 3] {
    let level = 100.0 * LEVEL;
    let ratio = findings.overlap(plan).ratio();
    let sharing = if ratio == 0.0 {
        "No two seeds have an image in common: the file is cut into parts, and each seed takes one. \
         Intervals and p values are Student's, of seeds' numbers that are independent."
            .to_owned()
    } else {
        format!(
            "Seeds split the same images, or draw some of them from one file, so their figures are not \
             independent. Intervals and p values are those of Nadeau and Bengio's corrected t-test: \
             the variance of a mean of J seeds is (1/J + {ratio:.3}) times that of a seed, where \
             {ratio:.3} is held-out over training images."
        )
    };
    [
        format!(
            "Every seed gives a number for each claim, such as a difference of two losses. A claim \
             held if the 95 % interval of their mean lies wholly on the side that the claim says, did \
             not hold if it lies wholly on the other, and is undecided in between; with one seed \
             everything is. For there are {claims} claims, their p values have Holm's correction, \
             and a claim whose corrected p is above {level} % is undecided whatever its interval."
        ),
        sharing,
        "A trend is the difference between the last and the first point of a curve, without λ = 0 \
         and λ = 1, where one of the two losses is not trained at all; and no step between \
         neighbours may go the other way beyond chance. Claims of equality name how much difference \
         they allow, and their interval has to keep within it."
            .into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::statistics::Summary;

    #[test]
    fn small_p_values_have_more_digits_and_the_smallest_a_bound() {
        for (p, text) in [
            (0.0, "< 0.001"),
            (0.0009, "< 0.001"),
            (0.001, "0.001"),
            (0.0434, "0.043"),
            (0.0994, "0.099"),
            (0.1, "0.10"),
            (0.5, "0.50"),
            (1.0, "1.00"),
        ] {
            assert_eq!(p_value(p), text);
        }
    }

    #[test]
    fn a_difference_has_its_sign_and_its_interval_if_there_is_one() {
        let told = |values: Vec<f64>, interval| {
            difference(&Paired {
                difference: Summary::of(values).unwrap(),
                interval,
                below: 0,
            })
        };
        let both = told(vec![-0.02, -0.04], Some([-0.05, 0.01]));
        assert_eq!(both, "-0.0300 (95 % interval -0.0500 to +0.0100)");
        assert_eq!(told(vec![0.25], None), "+0.2500 (one seed, no interval)");
        assert_eq!(told(vec![0.5, 0.0], None), "+0.2500 (no interval)");
    }
}
