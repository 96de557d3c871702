//! A number for each seed, against a bound.

use serde::{Deserialize, Serialize};

use crate::experiment::plan::Experiment;
use crate::experiment::statistics::{Overlap, Summary};

/// A side of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Smaller than it.
    Below,
    /// Larger.
    Above,
}

/// What a seed's number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A difference of losses.
    Loss,
    /// A ratio of losses, less one, in per cent.
    PerCent,
}

/// The seeds' numbers, and what they say of their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub measure: String,
    pub unit: Unit,
    pub side: Side,
    pub bound: f64,
    pub values: Summary,
    pub interval: Option<[f64; 2]>,
    pub p: Option<f64>,
}

impl Test {
    /// Of `values`, whose mean a claim has on `side` of `bound`; `None` without any.
    pub fn of(
        measure: impl Into<String>,
        unit: Unit,
        values: Vec<f64>,
        (side, bound): (Side, f64),
        overlap: Overlap,
    ) -> Option<Self> {
        let values = Summary::of(values)?;
        Some(Self {
            measure: measure.into(),
            unit,
            side,
            bound,
            interval: values.interval(overlap),
            p: values.p(bound, overlap),
            values,
        })
    }

    /// Whether the mean lies on the claim's side.
    pub fn is_towards(&self) -> bool {
        match self.side {
            Side::Below => self.values.mean < self.bound,
            Side::Above => self.values.mean > self.bound,
        }
    }
}

/// A claim that waits for the correction over all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub key: &'static str,
    pub text: String,
    pub place: &'static str,
    pub experiment: Experiment,
    pub test: Test,
    pub evidence: String,
}
