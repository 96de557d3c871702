//! The scoreboard's rows: which number, what it is called, what it says.

use crate::worker::protocol::Scores;

/// A figure of the scoreboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Lc(C, P).
    CodesPrior,
    /// Lc(P, `K_I`).
    PriorIdeal,
    /// Lc(C, `K_I`).
    CodesIdeal,
    /// Lr.
    Reconstruction,
}

impl Figure {
    /// All of them in the order of the board.
    pub const ALL: [Self; 4] = [
        Self::CodesPrior,
        Self::PriorIdeal,
        Self::CodesIdeal,
        Self::Reconstruction,
    ];

    /// The short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CodesPrior => "Lc(C, P)",
            Self::PriorIdeal => "Lc(P, Kᵢ)",
            Self::CodesIdeal => "Lc(C, Kᵢ)",
            Self::Reconstruction => "Lr",
        }
    }

    /// What it says, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::CodesPrior => "codes against the prior",
            Self::PriorIdeal => "prior against the classes",
            Self::CodesIdeal => "codes against the classes",
            Self::Reconstruction => "reconstruction error",
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::CodesPrior => {
                "Distance between C and P, each divided by its Frobenius norm (Eq. 6): 0 when they agree, at most √2. Training pulls it down with the weight λ."
            }
            Self::PriorIdeal => {
                "Distance (Eq. 6) between P and the ideal kernel Kᵢ, which is 1 where two digits have one class and 0 elsewhere (Section 4.3). It does not depend on the network."
            }
            Self::CodesIdeal => {
                "Distance (Eq. 6) between C and the ideal kernel Kᵢ (Section 4.3). Labels are never trained on: below Lc(P, Kᵢ), the codes separate the classes better than the prior does."
            }
            Self::Reconstruction => {
                "Mean squared error between digits and their reconstructions, over samples and pixels (Eq. 8). Training pulls it down with the weight 1 − λ."
            }
        }
    }

    /// The value, where there is one.
    #[must_use]
    pub fn of(self, scores: &Scores) -> Option<f64> {
        match self {
            Self::CodesPrior => Some(scores.lc_c_p),
            Self::PriorIdeal => scores.lc_p_ki,
            Self::CodesIdeal => scores.lc_c_ki,
            Self::Reconstruction => Some(scores.lr),
        }
    }
}
