//! How kernels are coloured: by which map, between which limits. What is on show, saved and drawn has the same.

use serde::{Deserialize, Serialize};

use super::{Exhibit, KernelOf};

/// A map from numbers to colours, light at the upper end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourMap {
    /// Perceptually uniform, blue to yellow.
    #[default]
    Viridis,
    /// Perceptually uniform, black to a light yellow.
    Magma,
    /// The same to readers with and without red-green blindness.
    Cividis,
    /// Black to white.
    Grey,
}

impl ColourMap {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Viridis, Self::Magma, Self::Cividis, Self::Grey];

    /// As a menu calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Magma => "magma",
            Self::Cividis => "cividis",
            Self::Grey => "grey",
        }
    }
}

/// Which of a matrix's entries lie between the ends of the colours; the lower end is 0 where no entry in question
/// is below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    /// All but 1 % at either end: the diagonal may be off the scale.
    #[default]
    Usual,
    /// All but 2 % at either end.
    Robust,
    /// All of them.
    Full,
}

impl Limits {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Usual, Self::Robust, Self::Full];

    /// As a menu calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usual => "1–99 %",
            Self::Robust => "2–98 %",
            Self::Full => "full",
        }
    }

    /// The share of entries that may be above the upper end, and below the lower one.
    #[must_use]
    pub(super) fn beyond(self) -> f64 {
        match self {
            Self::Usual => 0.01,
            Self::Robust => 0.02,
            Self::Full => 0.0,
        }
    }
}

/// How kernels are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    /// The colours of matrices; differences have their own.
    pub map: ColourMap,
    /// Where they end.
    pub limits: Limits,
    /// Whether each matrix has limits of its own, and is not to be compared by colour.
    pub each_its_own: bool,
}

impl Looks {
    /// What is not as usual, to be put behind a description: `, colours: magma, limits full`; nothing
    /// where all is, and nothing of differences, which have colours of their own.
    #[must_use]
    pub fn told(self, of: KernelOf) -> String {
        let mut parts = Vec::new();
        if of == KernelOf::Difference {
            return String::new();
        }
        if self.map != ColourMap::default() {
            parts.push(self.map.name().to_owned());
        }
        if self.limits != Limits::default() {
            parts.push(format!(
                "limits {}",
                self.limits.name().replace('–', " to ")
            ));
        }
        if self.each_its_own {
            parts.push("each kernel on a scale of its own".to_owned());
        }
        if parts.is_empty() {
            return String::new();
        }
        format!(", colours: {}", parts.join(", "))
    }
}

impl Exhibit {
    /// The same in other colours.
    #[must_use]
    pub fn with_looks(&self, looks: Looks) -> Self {
        Self {
            looks,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ndarray::Array2;

    use super::*;
    use crate::exhibit::live::Parts;
    use crate::exhibit::{Entries, Matrix, Scale};
    use crate::training::config::Preset;

    /// P and C with entries 0, 1, 2, … of their root mean square each in its own way, and one far away.
    fn exhibit() -> Exhibit {
        let mut exhibit = Parts::nothing(Preset::Quick.config()).exhibit();
        for (index, factor) in [1.0, 3.0].into_iter().enumerate() {
            let mut entries = Array2::from_shape_fn((20, 20), |(i, j)| (i * 20 + j) as f32);
            entries[[0, 0]] = factor * 1_000.0;
            exhibit.kernels[index].entries = Entries::Matrix(Arc::new(Matrix::new(entries)));
        }
        exhibit
    }

    /// Recomputed by sorting.
    fn quantiles(exhibit: &Exhibit, index: usize, beyond: f64) -> Scale {
        let matrix = exhibit.matrix(index).unwrap();
        let mut sorted: Vec<f32> = matrix.entries().iter().map(|v| v * matrix.unit()).collect();
        sorted.sort_by(f32::total_cmp);
        let at = |q: f64| sorted[((sorted.len() - 1) as f64 * q).round() as usize];
        Scale {
            low: at(beyond),
            high: at(1.0 - beyond),
        }
    }

    #[test]
    fn limits_are_quantiles_of_all_matrices_or_of_each() {
        let exhibit = exhibit();
        for limits in Limits::ALL {
            let beyond = limits.beyond();
            let [p, c] = [0, 1].map(|index| quantiles(&exhibit, index, beyond));
            let looks = |each_its_own| {
                exhibit.with_looks(Looks {
                    limits,
                    each_its_own,
                    ..Looks::default()
                })
            };
            let (shared, own) = (looks(false), looks(true));
            assert_eq!(shared.scale(0), shared.scale(1));
            assert_eq!(shared.scale(0).high, p.high.max(c.high), "{limits:?}");
            assert_eq!((own.scale(0).high, own.scale(1).high), (p.high, c.high));
            // No entry is below zero.
            assert_eq!([shared.scale(0).low, own.scale(1).low], [0.0; 2]);
            // Differences are on one scale either way.
            assert_eq!(shared.scale(2), own.scale(2));
        }
    }

    #[test]
    fn what_is_not_usual_is_told_and_kept() {
        assert_eq!(Looks::default().told(KernelOf::Prior), "");
        let looks = Looks {
            map: ColourMap::Magma,
            limits: Limits::Robust,
            each_its_own: true,
        };
        assert_eq!(
            looks.told(KernelOf::Codes),
            ", colours: magma, limits 2 to 98 %, each kernel on a scale of its own"
        );
        assert_eq!(looks.told(KernelOf::Difference), "");
        let kept = serde_json::to_string(&looks).unwrap();
        assert_eq!(serde_json::from_str::<Looks>(&kept).unwrap(), looks);
        assert_eq!(
            serde_json::from_str::<Looks>("{}").unwrap(),
            Looks::default()
        );
    }
}
