//! The pieces of a study: networks by what tells them apart, and what is found by looking at them.

use serde::{Deserialize, Serialize};

use super::variant::Variant;

/// What tells one network of a study from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The seed of the samples, the split, the mixtures, the weights and the minibatches.
    pub seed: u64,
    /// λ.
    pub lambda: f64,
    /// Nc.
    pub code: usize,
    /// How it departs from the plan's settings; results of earlier versions have none that does.
    #[serde(default, skip_serializing_if = "Variant::is_plan")]
    pub variant: Variant,
}

impl Recipe {
    /// The name of its files: two recipes of a study never share one.
    #[must_use]
    pub fn key(&self) -> String {
        let variant = match self.variant {
            Variant::Plan => String::new(),
            variant => format!("-{}", variant.key()),
        };
        format!(
            "seed{}-lambda{}-nc{}{variant}",
            self.seed, self.lambda, self.code
        )
    }
}

/// A piece of a study, whose result is kept when it is done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Train a network and take its figures.
    Network(Recipe),
    /// The spectrum of P under a seed, against the network of the plan's λ and Nc.
    Spectrum {
        /// The seed.
        seed: u64,
    },
    /// Train the dkAE of Table 2, which takes more steps than the others, and look at it on the way.
    Course {
        /// The seed.
        seed: u64,
    },
    /// The denoising comparison under a seed.
    Denoising {
        /// The seed.
        seed: u64,
    },
    /// Classification and clustering under a seed.
    CodeSpace {
        /// The seed.
        seed: u64,
    },
}

impl Task {
    /// Its seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        match self {
            Self::Network(recipe) => recipe.seed,
            Self::Spectrum { seed }
            | Self::Course { seed }
            | Self::Denoising { seed }
            | Self::CodeSpace { seed } => *seed,
        }
    }

    /// What it is, for a progress bar.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Network(recipe) => {
                let variant = match recipe.variant {
                    Variant::Plan => String::new(),
                    variant => format!(", {}", variant.name()),
                };
                format!(
                    "seed {}: λ = {}, Nc = {}{variant}",
                    recipe.seed, recipe.lambda, recipe.code
                )
            }
            Self::Spectrum { seed } => format!("seed {seed}: spectrum of P"),
            Self::Course { seed } => format!("seed {seed}: the dkAE of Table 2"),
            Self::Denoising { seed } => format!("seed {seed}: denoising"),
            Self::CodeSpace { seed } => format!("seed {seed}: code space"),
        }
    }

    /// The name of its result's file.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Network(recipe) => recipe.key(),
            Self::Spectrum { seed } => format!("seed{seed}-spectrum"),
            Self::Course { seed } => format!("seed{seed}-course"),
            Self::Denoising { seed } => format!("seed{seed}-denoising"),
            Self::CodeSpace { seed } => format!("seed{seed}-codes"),
        }
    }
}
