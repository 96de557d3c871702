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
            Self::PriorIdeal => "Lc(P, K_I)",
            Self::CodesIdeal => "Lc(C, K_I)",
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
                "How far the codes' kernel is from the prior: 0 when they agree, at most √2. Training pulls it down with the weight λ.\nLc(C, P) = ‖C / ‖C‖F − P / ‖P‖F‖F (Eq. 6)"
            }
            Self::PriorIdeal => {
                "How far the prior is from the ideal kernel K_I, which is 1 where two images have one class and 0 elsewhere (Section 4.3). It does not depend on the network.\nLc(P, K_I) = ‖P / ‖P‖F − K_I / ‖K_I‖F‖F (Eq. 6)"
            }
            Self::CodesIdeal => {
                "How far the codes' kernel is from the ideal kernel K_I. Labels are never trained on: below Lc(P, K_I), the codes separate the classes better than the prior does.\nLc(C, K_I) = ‖C / ‖C‖F − K_I / ‖K_I‖F‖F (Eq. 6)"
            }
            Self::Reconstruction => {
                "How badly images are rebuilt from their codes. Training pulls it down with the weight 1 − λ.\nLr = mean of (x − x′)² over samples and pixels (Eq. 8)"
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
