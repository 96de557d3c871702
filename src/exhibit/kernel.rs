//! Kernel matrices on show.

use std::sync::{Arc, OnceLock};

use ndarray::{Array2, ArrayView2};

use super::looks::Limits;
use super::made::Made;
use super::range::{Scale, of_entries};
use crate::kernel::alignment::frobenius_norm;

/// A kernel matrix with what its picture needs, found once, when it is made.
pub struct Matrix {
    entries: Array2<f32>,
    unit: f32,
    range: Scale,
    /// Of the limits that are not the usual ones, once somebody asks.
    robust: OnceLock<Scale>,
    full: OnceLock<Scale>,
}

impl Matrix {
    /// Of the N×N `entries`.
    #[must_use]
    pub fn new(entries: Array2<f32>) -> Self {
        let unit = unit(entries.nrows(), frobenius_norm(entries.view()));
        Self::in_units(entries, unit)
    }

    /// Of what was made of the entries of another matrix, in units of that one.
    #[must_use]
    pub fn made_of(entries: Array2<f32>, of: &Self) -> Self {
        Self::in_units(entries, of.unit)
    }

    fn in_units(entries: Array2<f32>, unit: f32) -> Self {
        Self {
            range: of_entries(entries.view(), unit, Limits::Usual),
            robust: OnceLock::new(),
            full: OnceLock::new(),
            unit,
            entries,
        }
    }

    /// Its entries, N×N.
    #[must_use]
    pub fn entries(&self) -> ArrayView2<'_, f32> {
        self.entries.view()
    }

    /// N.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.entries.nrows()
    }

    /// What turns its entries into units of the root mean square: N / ‖K‖F.
    #[must_use]
    pub fn unit(&self) -> f32 {
        self.unit
    }

    /// Where its entries lie, in those units.
    #[must_use]
    pub fn range(&self, limits: Limits) -> Scale {
        let found = || of_entries(self.entries.view(), self.unit, limits);
        match limits {
            Limits::Usual => self.range,
            Limits::Robust => *self.robust.get_or_init(found),
            Limits::Full => *self.full.get_or_init(found),
        }
    }
}

/// N / ‖K‖F; 0 where the norm is none to divide by.
fn unit(rows: usize, norm: f64) -> f32 {
    if norm > 0.0 && norm.is_finite() {
        (rows as f64 / norm) as f32
    } else {
        0.0
    }
}

/// Which kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KernelOf {
    /// P.
    Prior,
    /// C, of the codes.
    Codes,
    /// C − P, each in units of its root mean square entry.
    Difference,
    /// `K_m`, of the m leading components of P.
    Components(usize),
}

impl KernelOf {
    /// The symbol.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Prior => "P".into(),
            Self::Codes => "C".into(),
            Self::Difference => "C − P".into(),
            Self::Components(m) => format!("K{m}"),
        }
    }

    /// The title of a figure.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Prior => "P, the prior kernel".into(),
            Self::Codes => "C, the inner products of the codes".into(),
            Self::Difference => "C − P, each divided by its root mean square entry".into(),
            Self::Components(m) => format!("K{m}, of the {m} leading components of P"),
        }
    }

    /// The name of a file.
    #[must_use]
    pub fn file_stem(self) -> String {
        match self {
            Self::Prior => "prior".into(),
            Self::Codes => "codes".into(),
            Self::Difference => "difference".into(),
            Self::Components(m) => format!("components{m}"),
        }
    }
}

/// What there is of a kernel.
#[derive(Clone)]
pub enum Entries {
    /// Nothing yet.
    Absent,
    /// The matrix.
    Matrix(Arc<Matrix>),
    /// The difference of two others of the same exhibit: the first less the second, each in units of
    /// its root mean square entry. It is there when both are, of one size.
    Difference([usize; 2]),
}

/// A kernel on show.
#[derive(Clone)]
pub struct Kernel {
    /// Which.
    pub of: KernelOf,
    /// What it is called: `C, λ = 0`.
    pub name: String,
    /// What stands over it.
    pub heading: String,
    /// What it is, in a line.
    pub caption: String,
    /// What appears in its place, as long as it is not there.
    pub absent: &'static str,
    /// Its entries.
    pub entries: Entries,
    /// What made it.
    pub made: Arc<Made>,
    /// The steps of the network that it is of; `None` where no network has a part in it.
    pub step: Option<u64>,
    /// Lc(C, P), where it is known and speaks of this kernel.
    pub lc: Option<f64>,
    /// Mixtures in it and in the end, as long as those differ.
    pub growing: Option<(usize, usize)>,
}

impl Kernel {
    /// A kernel of which nothing is there.
    #[must_use]
    pub fn new(of: KernelOf, caption: String, made: &Arc<Made>) -> Self {
        Self {
            name: of.name(),
            heading: of.name(),
            of,
            caption,
            absent: "",
            entries: Entries::Absent,
            made: Arc::clone(made),
            step: None,
            lc: None,
            growing: None,
        }
    }

    /// With this name, which stands over it too.
    #[must_use]
    pub fn named(mut self, name: String) -> Self {
        self.heading.clone_from(&name);
        self.name = name;
        self
    }

    /// With this matrix, if there is one.
    #[must_use]
    pub fn with(mut self, matrix: Option<Arc<Matrix>>) -> Self {
        self.entries = matrix.map_or(Entries::Absent, Entries::Matrix);
        self
    }

    /// Whether its values are about zero.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        matches!(self.entries, Entries::Difference(_))
    }
}
