//! Beyond the paper: settings that it does not have, each against its own way under the same seed.
//!
//! Every row of the table is a [`Variant`]: one change of the paper's way, and all of them
//! together. Lr, Lc(C, P) and Lc(C, `K_I`) are those of all test digits. *Denoising* is the mean
//! squared error of noisy test digits of all classes through PCA of the codes, with the components
//! and the noise of Table 2; PCA of the pixels stands beside it.
//!
//! The *frontiers* are Lr and Lc on validation digits as λ grows, held constant and with a ramp to
//! the same value: what of Fig. 3(a)'s trade-off is the price of a fixed number of steps.

use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::denoising::{Baselines, NoisyDigits, dkae_pca, dkae_straight};
use super::findings::{Findings, NetworkFigures};
use super::plan::{Experiment, Plan, Recipe};
use super::statistics::{Paired, Summary};
use super::variant::Variant;
use crate::baseline::BaselineError;
use crate::data::{DataSet, Split};
use crate::kernel::PriorKernel;
use crate::model::Autoencoder;
use crate::training::config::DenoisingConfig;

/// Mean squared errors of noisy test digits of all classes, outputs cut to [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Denoised {
    /// Through PCA of the codes.
    pub dkae_pca: f64,
    /// Encoded and decoded, nothing between.
    pub straight: f64,
    /// Through PCA of the pixels.
    pub linear_pca: f64,
}

/// What `network` and PCA of the pixels make of noisy digits.
///
/// # Errors
///
/// [`BaselineError`].
pub fn denoised(
    network: &Autoencoder<f32>,
    data: &Arc<DataSet>,
    prior: &Arc<dyn PriorKernel>,
    split: &Split,
    config: &DenoisingConfig,
    seed: u64,
) -> Result<Denoised, BaselineError> {
    let (never, training) = (&|| false, &split.training);
    let digits = NoisyDigits::new(data, &split.test, config, seed);
    let ours = dkae_pca(network, data, training, &digits, config, seed, never)?;
    let (of, under) = (Arc::clone(data), Arc::clone(prior));
    let mut baselines = Baselines::new(of, training.clone(), under, seed);
    let pixels = baselines.linear_pca(&digits, config, never)?;
    let error = |images: &Array2<f32>| digits.error(images.view());
    Ok(Denoised {
        dkae_pca: error(&ours.images),
        straight: error(&dkae_straight(network, &digits).images),
        linear_pca: error(&pixels.images),
    })
}

/// What a figure of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Lr.
    Lr,
    /// Lc(C, P).
    Lc,
    /// Lc(C, `K_I`).
    ToIdeal,
    /// Denoising through PCA of the codes.
    Denoising,
}

impl Figure {
    /// All, in the order of the table's columns.
    pub const ALL: [Self; 4] = [Self::Lr, Self::Lc, Self::ToIdeal, Self::Denoising];

    /// The name as it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lr => "Lr",
            Self::Lc => "Lc(C, P)",
            Self::ToIdeal => "Lc(C, K_I)",
            Self::Denoising => "denoising",
        }
    }

    /// The name in `report.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Lr => "lr",
            Self::Lc => "lc",
            Self::ToIdeal => "lc_to_ideal",
            Self::Denoising => "denoising",
        }
    }

    fn of(self, figures: &NetworkFigures) -> Option<f64> {
        match self {
            Self::Lr => Some(figures.test.lr),
            Self::Lc => Some(figures.test.lc_c_p),
            Self::ToIdeal => figures.test.lc_c_ki,
            Self::Denoising => figures.denoised.map(|denoised| denoised.dkae_pca),
        }
    }
}

/// A figure of a variant over the seeds in which both it and the paper's way are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The figure.
    pub value: Summary,
    /// It minus that of the paper's way, paired by seed; `None` for the paper's way itself.
    pub difference: Option<Paired>,
}

/// A variant's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The variant.
    pub variant: Variant,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// In the order of [`Figure::ALL`]; `None` where there are no labels, or results of an earlier
    /// version have no such figure.
    pub cells: [Option<Cell>; 4],
    /// Seconds of training.
    pub seconds: Summary,
}

/// A point of a frontier.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// λ, at the end of the training.
    pub lambda: f64,
    /// Lr on validation digits.
    pub lr: Summary,
    /// Lc(C, P) on validation digits.
    pub lc: Summary,
}

/// The experiment over the seeds that are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Better {
    /// A row for each variant that is done under some seed, the paper's way first.
    pub rows: Vec<Row>,
    /// PCA of the pixels on the same noisy digits.
    pub linear_pca: Option<Summary>,
    /// λ held constant, ascending.
    pub constant: Vec<FrontierPoint>,
    /// λ by a ramp, ascending.
    pub ramp: Vec<FrontierPoint>,
}

/// What is found so far; `None` before something is done that the paper's way can be compared with.
#[must_use]
pub fn better(plan: &Plan, findings: &Findings) -> Option<Better> {
    if !plan.has(Experiment::Better) {
        return None;
    }
    let overlap = findings.overlap(plan);
    let found = |recipe: &Recipe| findings.network(recipe).map(|network| &network.figures);
    let row = |variant: Variant| {
        let pairs: Vec<_> = plan
            .seeds
            .iter()
            .filter_map(|&seed| {
                let paper = found(&plan.compared(Variant::Paper, seed))?;
                Some((seed, paper, found(&plan.compared(variant, seed))?))
            })
            .collect();
        let cell = |figure: Figure| -> Option<Cell> {
            let ours: Option<Vec<f64>> = pairs.iter().map(|(_, _, own)| figure.of(own)).collect();
            let theirs: Option<Vec<f64>> = pairs.iter().map(|(_, p, _)| figure.of(p)).collect();
            let (ours, theirs) = (ours?, theirs?);
            Some(Cell {
                difference: Paired::of(&ours, &theirs, overlap)
                    .filter(|_| variant != Variant::Paper),
                value: Summary::of(ours)?,
            })
        };
        Some(Row {
            variant,
            seeds: pairs.iter().map(|(seed, ..)| *seed).collect(),
            cells: Figure::ALL.map(cell),
            seconds: Summary::of(pairs.iter().map(|(.., own)| own.seconds).collect())?,
        })
    };
    let rows: Vec<Row> = Variant::COMPARED.into_iter().filter_map(row).collect();
    let pixels = plan.seeds.iter().filter_map(|&seed| {
        let paper = found(&plan.compared(Variant::Paper, seed))?;
        paper.denoised.map(|denoised| denoised.linear_pca)
    });
    (rows.len() > 1).then(|| Better {
        linear_pca: Summary::of(pixels.collect()),
        constant: frontier(plan, findings, Variant::Paper),
        ramp: frontier(plan, findings, Variant::Ramp),
        rows,
    })
}

fn frontier(plan: &Plan, findings: &Findings, variant: Variant) -> Vec<FrontierPoint> {
    let point = |lambda: f64| {
        let found: Vec<_> = plan
            .seeds
            .iter()
            .filter_map(|&seed| findings.network(&plan.at_lambda(variant, lambda, seed)))
            .map(|network| &network.figures.validation)
            .collect();
        Some(FrontierPoint {
            lambda,
            lr: Summary::of(found.iter().map(|scores| scores.lr).collect())?,
            lc: Summary::of(found.iter().map(|scores| scores.lc_c_p).collect())?,
        })
    };
    plan.frontier().into_iter().filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Selection, Source, generator};
    use crate::experiment::findings::{Network, NetworkPicture};
    use crate::kernel::{self, PriorConfig};
    use crate::model::{Activation, Architecture};
    use crate::training::Scores;
    use crate::training::config::Preset;

    fn network(recipe: Recipe, lr: f64, lc: f64, denoised: Option<f64>) -> Arc<Network> {
        let scores = |lr| Scores {
            samples: 900,
            lr,
            lc_c_p: lc,
            lc_p_ki: None,
            lc_c_ki: None,
        };
        let error = |dkae_pca| Denoised {
            dkae_pca,
            straight: 1.0,
            linear_pca: 0.02,
        };
        Arc::new(Network {
            figures: NetworkFigures {
                recipe,
                training: None,
                validation: scores(2.0 * lr),
                test: scores(lr),
                steps: 10,
                seconds: 3.0,
                denoised: denoised.map(error),
            },
            picture: NetworkPicture {
                codes: Array2::zeros((1, 1)),
                reconstructions: Array2::zeros((1, 1)),
            },
        })
    }

    #[test]
    fn variants_are_paired_with_the_papers_way_under_the_same_seed() {
        let plan = Plan::of(Preset::Quick, &[Experiment::Better], 5, 3);
        let mut findings = Findings::default();
        assert_eq!(better(&plan, &findings), None);
        let mut add = |variant, seed, lr, denoised| {
            let recipe = plan.compared(variant, seed);
            let made = network(recipe, lr, 0.1, denoised);
            findings.networks.push(made);
        };
        add(Variant::Paper, 5, 0.02, Some(0.03));
        add(Variant::Paper, 6, 0.03, Some(0.04));
        assert_eq!(better(&plan, &findings), None, "nothing to compare with");
        let mut add = |variant, seed, lr, denoised| {
            let recipe = plan.compared(variant, seed);
            let made = network(recipe, lr, 0.1, denoised);
            findings.networks.push(made);
        };
        add(Variant::Identity, 5, 0.01, Some(0.01));
        add(Variant::Identity, 6, 0.01, None);
        // Nothing to be compared with under this seed.
        add(Variant::Identity, 7, 9.0, None);
        let found = better(&plan, &findings).unwrap();
        assert_eq!(found.rows.len(), 2);
        let row = &found.rows[1];
        assert_eq!(
            (row.variant, &row.seeds[..]),
            (Variant::Identity, &[5, 6][..])
        );
        let lr = row.cells[0].as_ref().unwrap();
        assert!((lr.value.mean - 0.01).abs() < 1e-12);
        let paired = lr.difference.as_ref().unwrap();
        assert!((paired.difference.mean + 0.015).abs() < 1e-12 && paired.below == 2);
        // No labels, and a seed whose error is not known.
        assert!(row.cells[2].is_none() && row.cells[3].is_none());
        let paper = &found.rows[0];
        assert!(
            paper
                .cells
                .iter()
                .flatten()
                .all(|cell| cell.difference.is_none())
        );
        assert_eq!(paper.cells[3].as_ref().unwrap().value.values, [0.03, 0.04]);
        assert_eq!(found.linear_pca.unwrap().mean, 0.02);
    }

    #[test]
    fn a_frontier_has_a_point_for_each_lambda_on_validation_digits() {
        let plan = Plan::of(Preset::Quick, &[Experiment::Better], 0, 2);
        let mut findings = Findings::default();
        for recipe in plan.recipes(Experiment::Better, 0) {
            let lr = recipe.lambda / 10.0;
            findings.networks.push(network(recipe, lr, 0.2, None));
        }
        let found = better(&plan, &findings).unwrap();
        assert_eq!(found.rows.len(), Variant::COMPARED.len());
        for frontier in [&found.constant, &found.ramp] {
            let lambdas: Vec<f64> = frontier.iter().map(|point| point.lambda).collect();
            assert_eq!(lambdas, [0.1, 0.25, 0.5, 0.9]);
            for point in frontier {
                assert!((point.lr.mean - point.lambda / 5.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn on_all_axes_of_the_codes_denoising_is_decoding_straight() {
        let selection = Selection {
            samples: Some(120),
            ..Selection::default()
        };
        let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
        let architecture = Architecture {
            dims: vec![784, 12, 4],
            hidden: Activation::Tanh,
            code: Activation::Identity,
            output: Activation::Sigmoid,
        };
        let network = Autoencoder::new(architecture, &mut generator(3, 0));
        let config = |components, noise| DenoisingConfig {
            components,
            noise,
            ..DenoisingConfig::default()
        };
        let split = Split::new(120, 0);
        let rbf = PriorConfig::Rbf { width: 1.0 };
        let prior = kernel::build(&rbf, &data, &split.training, 0)
            .unwrap()
            .into();
        let of = |components, noise| {
            let config = config(components, noise);
            denoised(&network, &data, &prior, &split, &config, 0).unwrap()
        };
        let all = of(4, 0.25);
        assert!((all.dkae_pca - all.straight).abs() < 1e-6, "{all:?}");
        assert!((of(1, 0.25).dkae_pca - all.straight).abs() > 1e-6);
        // Without noise PCA of the pixels loses less with every component.
        assert!(of(20, 0.0).linear_pca < of(4, 0.0).linear_pca);
    }
}
