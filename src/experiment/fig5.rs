//! Fig. 5: how near the m leading components of P come to P, against the dkAE's C.
//!
//! With the eigenpairs of P on the training samples, `Z_m = E_m Λ_m^½` and `K_m = Z_m Z_mᵀ`
//! (Section 4.4), so ⟨`K_m`, P⟩ = ‖`K_m`‖² = Σ λᵢ² over the first m, and Lc (Eq. 7) follows from the
//! eigenvalues and ‖P‖F alone. On test samples Z is Nyström's extension; there ⟨`K_m`, P⟩ = Σ zᵢᵀ P zᵢ
//! and ‖`K_m`‖² = ‖`Z_mᵀ Z_m`‖². No n×n matrix is built for either.
//!
//! The dkAE's C has rank Nc at most, and Nc may be far larger than m. Where the networks of
//! Fig. 3(b) are there, [`equal`] sets each beside kernel PCA with as many components.

use ndarray::{Array2, ArrayView2, Axis};

use super::findings::{Findings, Spectrum, SpectrumFigures};
use super::plan::{Experiment, Plan, Recipe};
use super::statistics::Summary;
use crate::baseline::{BaselineError, Kpca};
use crate::data::DataSet;
use crate::kernel::PriorKernel;
use crate::kernel::alignment::{AlignmentSums, distance};
use crate::linalg::{Accumulate, Parallel, product};
use crate::model::Autoencoder;

/// Samples that are encoded at a time.
const TILE: usize = 1_000;

/// What the spectrum of a seed is taken of.
pub struct Sampled<'a> {
    /// The samples.
    pub data: &'a DataSet,
    /// P over them.
    pub prior: &'a dyn PriorKernel,
    /// The samples that the eigenpairs are those of.
    pub training: &'a [usize],
    /// The held-out samples.
    pub test: &'a [usize],
    /// The held-out samples of the picture, in its order.
    pub shown: &'a [usize],
    /// The dkAE.
    pub network: &'a Autoencoder<f32>,
}

/// The spectrum up to `components`, fewer if P has fewer.
///
/// # Errors
///
/// [`BaselineError`], also when `cancel` says so.
pub fn spectrum(
    subject: &Sampled<'_>,
    components: usize,
    seed: u64,
    cancel: &dyn Fn() -> bool,
) -> Result<Spectrum, BaselineError> {
    let Sampled {
        prior,
        training,
        test,
        ..
    } = *subject;
    let kpca = Kpca::fit(prior, training, components, seed, cancel)?;
    let on_training = sums(subject, training, cancel)?;
    let on_test = sums(subject, test, cancel)?;
    let z = kpca.scores(prior, test);
    let pz = prior.multiply(test, test, z.view());
    let eigenvalues = kpca.eigenvalues().to_vec();
    Ok(Spectrum {
        figures: SpectrumFigures {
            seed,
            samples: [training.len(), test.len()],
            training: of_eigenvalues(&eigenvalues, on_training.prior_norm()),
            test: of_scores(z.view(), pz.view(), on_test.prior_norm()),
            dkae_training: on_training.lc_c_p(),
            dkae_test: on_test.lc_c_p(),
            eigenvalues,
            seconds: 0.0,
        },
        scores: kpca.scores(prior, subject.shown),
    })
}

/// Kernel PCA and the dkAE at the same dimension, on test samples of the same seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Equal {
    /// m, and Nc.
    pub m: usize,
    /// Lc(C, P) of the dkAE with Nc = m.
    pub dkae: Summary,
    /// `Lc(K_m, P)` of kernel PCA (Nyström).
    pub kpca: Summary,
}

/// The dkAE and kernel PCA at equal dimension, for every Nc of Fig. 3(b) whose network is there under
/// all seeds that have a spectrum, ascending. Empty where Fig. 3(b) is not in the plan: these
/// networks take far longer than all of Fig. 5, and are not trained for it alone.
#[must_use]
pub fn equal(plan: &Plan, findings: &Findings) -> Vec<Equal> {
    if !plan.has(Experiment::Fig5) || !plan.has(Experiment::Fig3b) {
        return Vec::new();
    }
    let seeds = plan.seeds.iter();
    let spectra: Vec<&SpectrumFigures> = seeds
        .filter_map(|&seed| Some(&findings.spectrum(seed)?.figures))
        .collect();
    let at = |&m: &usize| {
        let dkae: Option<Vec<f64>> = spectra
            .iter()
            .map(|s| {
                let recipe = Recipe {
                    code: m,
                    ..plan.dkae(s.seed)
                };
                Some(findings.network(&recipe)?.figures.test.lc_c_p)
            })
            .collect();
        let index = m.checked_sub(1)?;
        let kpca: Option<Vec<f64>> = spectra.iter().map(|s| s.test.get(index).copied()).collect();
        Some(Equal {
            m,
            dkae: Summary::of(dkae?)?,
            kpca: Summary::of(kpca?)?,
        })
    };
    let mut sizes = plan.code_sizes.clone();
    sizes.sort_unstable();
    sizes.dedup();
    sizes.iter().filter_map(at).collect()
}

/// The sums of C and P on the samples `indices`.
fn sums(
    subject: &Sampled<'_>,
    indices: &[usize],
    cancel: &dyn Fn() -> bool,
) -> Result<AlignmentSums, BaselineError> {
    let codes = codes(subject.network, subject.data, indices);
    if cancel() {
        return Err(BaselineError::Cancelled);
    }
    Ok(AlignmentSums::over(
        subject.prior,
        indices,
        codes.view(),
        None,
    ))
}

/// The codes of the samples `indices`, `indices.len()` × Nc.
#[must_use]
pub fn codes(network: &Autoencoder<f32>, data: &DataSet, indices: &[usize]) -> Array2<f32> {
    let units = network.architecture().dims.last().copied().unwrap_or(0);
    let mut codes = Array2::zeros((indices.len(), units));
    for (rows, mut tile) in indices
        .chunks(TILE)
        .zip(codes.axis_chunks_iter_mut(Axis(0), TILE))
    {
        tile.assign(&network.encode(data.rows::<f32>(rows).view()));
    }
    codes
}

/// `Lc(K_m, P)` for m = 1, 2, … from the eigenvalues of P and its norm.
fn of_eigenvalues(eigenvalues: &[f64], norm: f64) -> Vec<f64> {
    let mut squares = 0.0;
    let lc = |&value: &f64| {
        squares += value * value;
        distance(f64::sqrt(squares) / norm)
    };
    eigenvalues.iter().map(lc).collect()
}

/// `Lc(K_m, P)` for m = 1, 2, … from Z and PZ (n×M each) and the norm of P.
fn of_scores(z: ArrayView2<'_, f32>, pz: ArrayView2<'_, f32>, norm: f64) -> Vec<f64> {
    let wide = z.mapv(f64::from);
    let all = wide.ncols();
    let mut gram = Array2::<f64>::zeros((all, all));
    product(
        gram.view_mut(),
        Accumulate::Replace,
        1.0,
        wide.t(),
        wide.view(),
        Parallel::Yes,
    );
    let (mut inner, mut squares) = (0.0, 0.0);
    let lc = |m: usize| {
        let column = wide.column(m);
        inner += column
            .iter()
            .zip(pz.column(m))
            .map(|(z, &p)| z * f64::from(p))
            .sum::<f64>();
        // The m-th row and column of ZᵀZ join ‖Z_mᵀZ_m‖².
        let joins = (0..m)
            .map(|i| 2.0 * gram[[i, m]] * gram[[i, m]])
            .sum::<f64>();
        squares += joins + gram[[m, m]] * gram[[m, m]];
        distance(inner / (f64::sqrt(squares) * norm))
    };
    (0..all).map(lc).collect()
}

#[cfg(test)]
#[path = "fig5_tests.rs"]
mod tests;
