//! What the words of the window mean: a sentence and a formula each, for the places where they
//! stand and for the page that explains the window.
//!
//! An explanation never covers what it explains: it stands beside the whole of it.

use egui::{Rect, Response, Tooltip};

/// P.
pub const P: &str = "The prior kernel P: how alike two images are before any training.\n\
    P_ij = κ(x_i, x_j); for the cluster kernel the mean over all mixtures of ⟨π(x_i), π(x_j)⟩, π being the posteriors of a mixture's components (Eq. 4).";
/// C.
pub const C: &str = "The code kernel C: how alike the codes are that the network gives two images.\n\
    C_ij = ⟨z_i, z_j⟩ with the codes z = E(x) (Section 3). Training asks that it resembles P.";
/// C − P.
pub const DIFFERENCE: &str = "Where the codes find two images more alike than the prior does (warm) or less (cold).\n\
    C / rms(C) − P / rms(P), rms being the root mean square of a matrix's entries.";
/// `K_m`.
pub const COMPONENTS: &str = "K_m: what the m leading components of P keep of it, for test images by Nyström (Fig. 5).\n\
    K_m = Z_m Z_mᵀ, Z_m being the scores on the m leading eigenvectors of P.";
/// Lc.
pub const LC: &str = "Lc, alignment: how far one kernel is from another.\n\
    Lc(C, P) = ‖C/‖C‖F − P/‖P‖F‖F (Eq. 6): 0 when they agree, at most √2.";
/// Lr.
pub const LR: &str = "Lr, reconstruction: how badly images are rebuilt from their codes.\n\
    Lr = mean of (x − x′)², over samples and pixels (Eq. 8).";
/// The total loss.
pub const TOTAL: &str =
    "The loss that training pulls down.\n(1 − λ) Lr + λ Lc (Eq. 5 and 8). Its height depends on λ.";
/// `K_I`.
pub const KI: &str = "K_I, the ideal kernel: 1 where two images have one class, 0 elsewhere (Section 4.3). It is only compared with, never trained on.";
/// λ.
pub const LAMBDA: &str = "λ weighs alignment against reconstruction.\n\
    Loss = (1 − λ) Lr + λ Lc (Eq. 5 and 8). It takes effect with the next minibatch; a run that waits or is over wakes, and one that was over trains on until its loss has settled.";
/// λ while finished networks are compared.
pub const COMPARE: &str = "A move of λ or Nc goes through finished networks, each trained from the same start under its own λ or with its own Nc. It trains nothing. ← and → go from one to the next, ▶ trains on from the one on show.";
/// What pins are.
pub const PINS: &str = "P pins what is on show, B goes to the last pin and back.";
/// Nc.
pub const NC: &str = "Nc, the number of code units: what an image is squeezed into.\n\
    A change takes effect at once: the code layer starts anew, the layers below stay.";
/// The choice of P.
pub const PRIOR: &str = "The kernel that the codes' inner products are asked to resemble (Section 3).\n\
    Cluster kernel: two images are alike if many Gaussian mixtures put them into one component (Eq. 4); it needs no labels.";

/// Dead units.
pub const DEAD: &str = "Code units that no image on show moves: they have the same value for all of them, to a millionth of the largest activation of any unit. They tell no two images apart. While layers are pretrained, the units are those of the topmost one so far.";
/// The effective rank.
pub const EFFECTIVE_RANK: &str = "The effective rank: about how many directions a kernel has on these images.\n\
    exp(−Σ p ln p), p being the eigenvalues divided by their sum (Roy and Vetterli 2007); r equal ones give r, a single one 1.";

/// Explains what stands in `whole` while the pointer rests on `response`, beside `whole`.
pub fn explain(response: &Response, whole: Rect, text: &str) {
    let mut tooltip = Tooltip::for_enabled(response);
    tooltip.popup = tooltip.popup.anchor(whole);
    tooltip.show(|ui| {
        ui.label(text);
    });
}
