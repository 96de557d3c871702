//! The report of a study: what was found, for machines, for people and for papers.
//!
//! [`write()`] puts these files into a folder, each whole or not at all. It may be called at any
//! time of a study: what is not there yet is left away and named as missing.
//!
//! | file | what it is |
//! |---|---|
//! | `report.json` | every figure, seed by seed |
//! | `report.md` | a page to be read and sent on |
//! | `fig3a`, `fig3b`, `fig4`, `fig5`, `fig6`, `table2-steps`, `better` | pictures, as `.png` and `.svg`, the settings in both |
//!
//! # The keys of `report.json`
//!
//! | key | value |
//! |---|---|
//! | `program`, `version` | this program and its version |
//! | `finished` | whether all of the study is done |
//! | `missing` | what is not done yet and has not failed: names of tasks |
//! | `settings` | the plan: `config` (all settings of a run), `experiments`, `seeds`, … |
//! | `machine` | `system`, `threads` |
//! | `data` | `name`, `sha256`, `samples`, `collection` (`mnist`, `fashion` or `null`) |
//! | `failed` | what failed, a list of `task` and `reason`; another start tries it again |
//! | `seconds`, `resumed` | working time, all starts together, and whether there was more than one |
//! | `fig3a`, `fig3b` | lists by λ or Nc of `lambda` or `nc`, `lr`, `lc`, on validation samples |
//! | `table1` | `p`, `k_ae`, `c`: Lc to the ideal kernel on test samples; `improvement`: row, then column, in per cent |
//! | `fig5` | `kpca_training`, `kpca_test`: `Lc(K_m, P)` for m = 1, 2, …; `dkae_training`, `dkae_test`: Lc(C, P); `crossing`: the smallest m at which kPCA is as near on test samples; `equal`: a list of `m`, `dkae`, `kpca`, both Lc to P on test samples at Nc = m, where Fig. 3b's networks are there |
//! | `table2` | mean squared errors by method: `noisy`, `kpca`, `kpca_paper_settings`, `dkae_pca`, `dkae_straight`, `linear_pca`, `linear_pca_shrunk`, `rbf_kpca`; images cut to [0, 1] but for the noisy ones |
//! | `overfitting` | of the dkAE, `training` and `test`: `lr` and `lc` on as many samples of each |
//! | `codes` | by space (`pixels`, `linear_pca`, `kpca`, `k_ae`, `dkae`) the accuracies `neighbours` and `linear` and the `nmi` of k-means, on test samples, and each space's `dimension`, `k` and `ridge` |
//! | `better` | settings beyond the paper: `rows` (`variant`, `seeds`, `figures`: `lr`, `lc`, `lc_to_ideal`, `denoising`, each with `minus_paper`, the difference to the paper's way paired by seed), `linear_pca`, and the frontiers `constant` and `ramp` (lists by `lambda` of `lr` and `lc` on validation samples) |
//! | `claims` | the paper's claims, a list; see below |
//! | `claims_rule` | how their verdicts come about, in sentences |
//!
//! Each figure and table is `null` if nothing of it is done. Otherwise it has
//!
//! - `mean` over the seeds that are done, and `sd`, the standard deviation (n − 1), of the same
//!   shape; `sd` is `null` with one seed, and so is each figure in it that only one seed has;
//! - `seeds`, a list with an object for each seed: `seed` and the seed's own figures in the shape
//!   of `mean`. A sweep's stand under `points`; Table 2's have `samples` (training, validation,
//!   test), `found` (the components that each method used, fewer where there are no more), the grid searches `grid` and `rbf_grid` (`prior`: σ of the RBF kernel over the median distance,
//!   in the second alone, `width`: σ of the pre-image over its own, `ridge`, `error` on validation
//!   samples), their best points `best` and `rbf_best`, and which settings of those are the least or
//!   the largest that were tried (`edges`, `rbf_edges`: `setting`, and `gain`, the share by which the
//!   error is less than with any other value of it);
//! - in Table 2 `steps`, the training of its dkAE on validation samples: `mean`, `sd` and in `seeds`
//!   each seed's `points`, lists of `step`, `total` (Eq. 8), `dkae_pca` and `dkae_straight` (mean
//!   squared errors); `kept`, the step of the least `total`, whose network the table takes; `kpca`, the
//!   error of kernel PCA at its best point; `turn`, the first step at which the mean error of
//!   dkAE + PCA is above it after it was below;
//! - `paper`, the paper's figures in the same names, `null` where it prints none;
//! - in the tables `paired`: differences seed by seed (`c_minus_p`, `dkae_pca_minus_kpca`, …), each
//!   with `mean`, `sd`, `interval` (95 %, Student's t corrected for shared digits; `null` with one seed), `below` (seeds in
//!   which the first is the smaller) and `seeds` (the single differences).
//!
//! A claim has
//!
//! - `key`, `text` (the claim in a sentence), `place` (where the paper says it), `experiment`;
//! - `verdict`: `held`, `not_held` or `undecided`;
//! - `measure`: what a seed's number is, `unit`: `loss` or `per_cent`, `values`: these numbers;
//! - `side` (`below` or `above`) and `bound`: where the claim says that their mean lies;
//! - `effect`: their mean, `interval`: its 95 % interval, `p`: the two-sided p value of the mean being
//!   `bound`, all corrected for the digits that seeds share, and `p_adjusted`: p after Holm's
//!   correction over all claims. `interval` and both p are `null` with one seed;
//! - `evidence`: the figures behind it, in words.
//!
//! A mean of `crossing` is there only if every seed has one. A number that is not finite, as after
//! a training that diverged, is `null`.

pub(crate) mod axes;
mod better;
pub(crate) mod canvas;
mod chart;
mod fig3;
mod fig5;
mod json;
mod kernel;
pub(crate) mod losses;
mod markdown;
mod pictures;
pub mod run;
mod steps;
mod svg;
mod tables;
mod tiles;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use canvas::DrawError;

use crate::data::{Collection, WriteError, write_whole};
use crate::experiment::findings::Findings;
use crate::experiment::plan::{Plan, Task};

/// Where a study's figures come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// The version of this program.
    pub version: String,
    /// The machine.
    pub machine: Machine,
    /// The samples.
    pub data: Samples,
    /// Working time so far, all starts together, in seconds.
    pub seconds: f64,
    /// Whether some of the results were there from an earlier start.
    pub resumed: bool,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Operating system and architecture.
    pub system: String,
    /// Computing threads.
    pub threads: usize,
}

/// The samples of a study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Samples {
    /// Their name.
    pub name: String,
    /// SHA-256 of the images and labels, in hexadecimal digits.
    pub sha256: String,
    /// The collection that they are from, where the program knows it.
    pub collection: Option<Collection>,
    /// How many.
    pub samples: usize,
}

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A figure could not be drawn.
    #[error("{figure} could not be drawn: {source}")]
    Draw {
        /// Its name.
        figure: &'static str,
        /// What went wrong.
        source: DrawError,
    },
}

/// What a report is made of.
#[derive(Clone, Copy)]
struct Study<'a> {
    plan: &'a Plan,
    findings: &'a Findings,
    provenance: &'a Provenance,
}

impl Study<'_> {
    /// What is not done yet, and has not failed.
    fn missing(&self) -> Vec<Task> {
        let mut tasks = self.plan.tasks();
        let failures = &self.findings.failures;
        let failed = |task: &Task| failures.iter().any(|failure| failure.task == *task);
        tasks.retain(|task| !self.findings.has(task) && !failed(task));
        tasks
    }
}

/// Writes the report of what `findings` hold so far into `folder`, which has to be there, and
/// returns the files. Figures of which nothing is done yet have no picture.
///
/// # Errors
///
/// [`ReportError::Write`] names the file that could not be written, [`ReportError::Draw`] the
/// figure that could not be drawn; the files before it are written.
pub fn write(
    folder: &Path,
    plan: &Plan,
    findings: &Findings,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, ReportError> {
    let study = Study {
        plan,
        findings,
        provenance,
    };
    let json = folder.join("report.json");
    write_whole(&json, |file| {
        serde_json::to_writer_pretty(&mut *file, &json::document(&study))?;
        file.write_all(b"\n")
    })?;
    let mut files = vec![json];
    let drawn = pictures::write(folder, &study)?;
    let page = folder.join("report.md");
    let names: Vec<_> = drawn.iter().map(|(name, _)| *name).collect();
    let text = markdown::page(&study, &names);
    write_whole(&page, |file| file.write_all(text.as_bytes()))?;
    files.push(page);
    files.extend(drawn.into_iter().flat_map(|(_, files)| files));
    Ok(files)
}

#[cfg(test)]
mod tests;
