//! The methods of the denoising comparison (Section 4.5), by one name on the Live page, in Table 2
//! and in every file.

use serde::{Deserialize, Serialize};

/// A row of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Nothing done.
    Noisy,
    /// Kernel PCA under P and Bakır's pre-image: in Table 2 with the σ and ridge that a grid found,
    /// on the Live page and in a headless run with those of the settings.
    Kpca,
    /// The same with the paper's σ (the median distance) and ridge (0.5).
    KpcaPaper,
    /// PCA of the codes, decoded.
    DkaePca,
    /// The codes, decoded as they are.
    DkaeStraight,
    /// PCA of the pixels.
    LinearPca,
    /// PCA of the pixels with all components, each score shrunk by λ/(λ + σ²).
    LinearShrunk,
    /// Kernel PCA under an RBF kernel and Bakır's pre-image, from a grid.
    RbfKpca,
}

impl Method {
    /// All, in the order of Table 2's rows.
    pub const ALL: [Self; 8] = [
        Self::Noisy,
        Self::Kpca,
        Self::KpcaPaper,
        Self::DkaePca,
        Self::DkaeStraight,
        Self::LinearPca,
        Self::LinearShrunk,
        Self::RbfKpca,
    ];

    /// The name beside a row of digits.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kPCA, pre-image",
            Self::KpcaPaper => "kPCA, paper's σ",
            Self::DkaePca => "dkAE + PCA",
            Self::DkaeStraight => "dkAE, straight",
            Self::LinearPca => "linear PCA",
            Self::LinearShrunk => "PCA, shrunk",
            Self::RbfKpca => "RBF-kPCA",
        }
    }

    /// The name in Table 2, where there is more room.
    #[must_use]
    pub fn in_table(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kPCA, pre-image by grid",
            Self::KpcaPaper => "kPCA, the paper's σ and ridge",
            Self::DkaePca => "dkAE + PCA",
            Self::DkaeStraight => "dkAE, decoded straight",
            Self::LinearPca => "linear PCA",
            Self::LinearShrunk => "PCA of all components, shrunk",
            Self::RbfKpca => "RBF-kPCA, pre-image by grid",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Noisy => "The images as they were given to every method.",
            Self::Kpca => {
                "m components of kernel PCA under P (Nyström), and back by Bakır's kernel ridge \
                 regression."
            }
            Self::KpcaPaper => {
                "The same with the paper's settings: σ the median distance between scores, ridge 0.5."
            }
            Self::DkaePca => "The codes on their m principal axes, decoded.",
            Self::DkaeStraight => "The codes decoded as they are, without PCA.",
            Self::LinearPca => "The pixels on their m principal axes.",
            Self::LinearShrunk => {
                "The pixels on all their principal axes, each score times λ/(λ + σ²): λ the variance \
                 of clean training images along the axis, σ² that of the noise."
            }
            Self::RbfKpca => {
                "Kernel PCA under an RBF kernel of the pixels in the place of P; its width is a part \
                 of the grid."
            }
        }
    }

    /// The name in `report.json` and in tensor files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Kpca => "kpca",
            Self::KpcaPaper => "kpca_paper_settings",
            Self::DkaePca => "dkae_pca",
            Self::DkaeStraight => "dkae_straight",
            Self::LinearPca => "linear_pca",
            Self::LinearShrunk => "linear_pca_shrunk",
            Self::RbfKpca => "rbf_kpca",
        }
    }

    /// Whether it is made by the network, and so changes from step to step.
    #[must_use]
    pub fn is_learned(self) -> bool {
        matches!(self, Self::DkaePca | Self::DkaeStraight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_network_makes_changes_from_step_to_step() {
        let learned = Method::ALL.into_iter().filter(|method| method.is_learned());
        let learned: Vec<_> = learned.map(Method::key).collect();
        assert_eq!(learned, ["dkae_pca", "dkae_straight"]);
    }
}
