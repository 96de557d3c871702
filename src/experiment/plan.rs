//! What is to be found out: which experiments, under which settings, for which seeds.
//!
//! Most experiments look at the same networks: Table 1 wants the one trained with λ = 0 and the
//! one with λ = 0.1, and both are points of Fig. 3(a) too. So a plan names the networks by
//! [`Recipe`], and each is trained once for whoever needs it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use super::task::{Recipe, Task};
use super::variant::Variant;
use crate::training::config::{Preset, RunConfig};

/// λ of Fig. 3(a).
const LAMBDAS: [f64; 9] = [0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];

/// λ of the reconstructions of Fig. 4 that are further from the originals.
pub const FAR_LAMBDA: f64 = 0.75;

/// How many times as long the dkAE of Table 2 is trained: three times, which shows what becomes of
/// its denoising. The paper's whole schedule is long enough as it is.
const LONGER: usize = 3;

/// How often it is looked at between a number of steps and three times as many.
const LOOKS_A_THIRD: i32 = 3;

/// How often in all.
const LOOKS: i32 = 12;

/// λ of the frontiers beyond the plan's own: where the paper's curves are nearly level.
const FRONTIER: [f64; 3] = [0.25, 0.5, 0.9];

/// σ of the pre-image in Table 2's grid, over the median distance.
const WIDTHS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Its ridge. A wider kernel wants a smaller one: its eigenvalues fall faster.
const RIDGES: [f64; 12] = [
    1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 5.0,
];

/// σ of RBF-kPCA's own kernel, over the median distance. It has no best value: the wider the kernel,
/// the nearer kernel PCA is to linear PCA, and the last step changes next to nothing.
const PRIOR_WIDTHS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// The classes of Table 2.
const DENOISED_CLASSES: [u8; 2] = [5, 6];

/// The paper's experiments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Experiment {
    /// Lr and Lc against λ.
    Fig3a,
    /// Lr and Lc against Nc.
    Fig3b,
    /// Reconstructions and kernels, side by side.
    Fig4,
    /// Distances to the ideal kernel.
    Table1,
    /// The spectrum of P against the codes.
    Fig5,
    /// Denoising, with the digits of Fig. 6.
    Table2,
    /// Classification and clustering of the codes, which the paper leaves to future work.
    CodeSpace,
    /// Settings beyond the paper, against its own way; not in the paper.
    Better,
}

impl Experiment {
    /// All of them, in the paper's order.
    pub const ALL: [Self; 8] = [
        Self::Fig3a,
        Self::Fig3b,
        Self::Fig4,
        Self::Table1,
        Self::Fig5,
        Self::Table2,
        Self::CodeSpace,
        Self::Better,
    ];

    /// The name in the paper, or a short one for what is not in it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fig3a => "Fig. 3a",
            Self::Fig3b => "Fig. 3b",
            Self::Fig4 => "Fig. 4",
            Self::Table1 => "Table 1",
            Self::Fig5 => "Fig. 5",
            Self::Table2 => "Table 2, Fig. 6",
            Self::CodeSpace => "Code space",
            Self::Better => "Better",
        }
    }

    /// Whether it is one of the paper's own.
    #[must_use]
    pub fn is_the_papers(self) -> bool {
        !matches!(self, Self::CodeSpace | Self::Better)
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Fig3a => "Lr and Lc on validation images as λ goes from 0 to 1",
            Self::Fig3b => "Lr and Lc on validation images as the code layer grows",
            Self::Fig4 => "Images and kernels under three λ, as pictures",
            Self::Table1 => "How near P, C and the code kernel of λ = 0 are to the ideal kernel",
            Self::Fig5 => "P by its m leading components, against P by the codes",
            Self::Table2 => "Noisy images cleaned by kernel PCA and by PCA of the codes",
            Self::CodeSpace => {
                "Classification and clustering of the codes, beside pixels, PCA, kPCA and λ = 0"
            }
            Self::Better => "Settings beyond the paper, each against the paper's way",
        }
    }

    /// The name on the command line and in file names.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Fig3a => "fig3a",
            Self::Fig3b => "fig3b",
            Self::Fig4 => "fig4",
            Self::Table1 => "table1",
            Self::Fig5 => "fig5",
            Self::Table2 => "table2",
            Self::CodeSpace => "codes",
            Self::Better => "better",
        }
    }
}

/// The settings of Table 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenoisingPlan {
    /// The classes: both PCAs and the pre-image are fitted on training digits of these alone. The
    /// mixtures and the network are those of the other experiments, which know all classes.
    pub classes: Vec<u8>,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Whether the noisy pixels are cut to [0, 1].
    pub clip: bool,
    /// m, components of every method.
    pub components: usize,
    /// Grid of the pre-image's σ, in multiples of the median distance between scores.
    pub widths: Vec<f64>,
    /// Grid of its ridge.
    pub ridges: Vec<f64>,
    /// Grid of the RBF prior's σ, in multiples of the median distance between images.
    #[serde(default = "the_median")]
    pub prior_widths: Vec<f64>,
    /// How many times as many steps with the whole network the dkAE of this table takes as the
    /// others do; the network of the least validation loss on the way is the table's.
    #[serde(default)]
    pub longer: usize,
}

/// How a run draws its samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// Of which classes; of all for `None`.
    pub classes: Option<Vec<u8>>,
}

/// A study: the experiments, their settings and their seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The settings of every run, but for what an experiment varies; its λ and Nc are those that
    /// the paper chose (λ = 0.1, the largest code).
    pub config: RunConfig,
    /// Samples.
    pub samples: usize,
    /// Whether a seed's samples are drawn from all that there are, as a run draws them. Without it, seeds take
    /// parts with no sample in common where there are enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<Drawn>,
    /// The experiments, in the paper's order.
    pub experiments: Vec<Experiment>,
    /// The seeds; one is finished before the next begins.
    pub seeds: Vec<u64>,
    /// λ of Fig. 3(a), ascending.
    pub lambdas: Vec<f64>,
    /// Nc of Fig. 3(b), ascending.
    pub code_sizes: Vec<usize>,
    /// Components of Fig. 5 at the most.
    pub spectrum: usize,
    /// Table 2.
    pub denoising: DenoisingPlan,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to do.
    #[error("no experiment is chosen: choose at least one of {}", keys())]
    NoExperiment,
    /// No seed.
    #[error("a study needs at least one seed")]
    NoSeed,
    /// A λ out of range.
    #[error("λ is {0}, but has to be from 0 to 1")]
    Lambda(String),
    /// Sweeps without points.
    #[error("the sweep over {0} has no values")]
    NoValues(&'static str),
    /// No components.
    #[error("the number of components has to be at least 1")]
    NoComponents,
}

fn keys() -> String {
    Experiment::ALL.map(Experiment::key).join(", ")
}

impl Plan {
    /// The paper's experiments at the size of `preset`, for `seeds` seeds from `first` on. The
    /// networks are trained in the paper's way, for the claims are about that, whatever a preset has
    /// beyond it; but for [`Preset::Denoise`], which is nothing else.
    #[must_use]
    pub fn of(preset: Preset, experiments: &[Experiment], first: u64, seeds: usize) -> Self {
        let mut config = preset.config();
        if preset != Preset::Denoise {
            let components = config.denoising.components;
            Variant::Paper.apply(&mut config, components);
        }
        let mut experiments = experiments.to_vec();
        experiments.sort_unstable();
        experiments.dedup();
        Self {
            samples: preset.samples(),
            drawn: None,
            experiments,
            seeds: (first..).take(seeds).collect(),
            lambdas: LAMBDAS.to_vec(),
            code_sizes: doubling(config.network.code),
            spectrum: 128,
            denoising: DenoisingPlan {
                classes: DENOISED_CLASSES.to_vec(),
                noise: config.denoising.noise,
                clip: config.denoising.clip,
                components: config.denoising.components,
                widths: WIDTHS.to_vec(),
                ridges: RIDGES.to_vec(),
                prior_widths: PRIOR_WIDTHS.to_vec(),
                longer: if preset == Preset::PaperFull {
                    1
                } else {
                    LONGER
                },
            },
            config,
        }
    }

    /// Whether its networks are trained in the paper's way.
    #[must_use]
    pub fn is_the_papers_way(&self) -> bool {
        let mut config = self.config.clone();
        Variant::Paper.apply(&mut config, self.denoising.components);
        config == self.config
    }

    /// Looks whether it can be carried out at all; whether the settings fit the data shows when
    /// a run begins.
    ///
    /// # Errors
    ///
    /// [`PlanError`] names what is missing or out of range.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.experiments.is_empty() {
            return Err(PlanError::NoExperiment);
        }
        if self.seeds.is_empty() {
            return Err(PlanError::NoSeed);
        }
        if self.lambdas.is_empty() {
            return Err(PlanError::NoValues("λ"));
        }
        if self.code_sizes.is_empty() {
            return Err(PlanError::NoValues("Nc"));
        }
        let all = self.lambdas.iter().chain([&self.config.training.lambda]);
        if let Some(lambda) = all.into_iter().find(|λ| !(0.0..=1.0).contains(*λ)) {
            return Err(PlanError::Lambda(lambda.to_string()));
        }
        if self.spectrum == 0 || self.denoising.components == 0 {
            return Err(PlanError::NoComponents);
        }
        let grid = &self.denoising;
        if grid.widths.is_empty() || grid.ridges.is_empty() {
            return Err(PlanError::NoValues("the pre-image's σ and ridge"));
        }
        if grid.prior_widths.is_empty() {
            return Err(PlanError::NoValues("the RBF kernel's σ"));
        }
        Ok(())
    }

    /// Whether `experiment` is in it.
    #[must_use]
    pub fn has(&self, experiment: Experiment) -> bool {
        self.experiments.contains(&experiment)
    }

    /// The settings of the network `recipe`.
    #[must_use]
    pub fn config_of(&self, recipe: &Recipe) -> RunConfig {
        let mut config = self.config.clone();
        config.seed = recipe.seed;
        config.training.lambda = recipe.lambda;
        config.network.code = recipe.code;
        recipe.variant.apply(&mut config, self.denoising.components);
        config
    }

    /// The dkAE of `seed`: the paper's choice of λ and Nc.
    #[must_use]
    pub fn dkae(&self, seed: u64) -> Recipe {
        Recipe {
            seed,
            lambda: self.config.training.lambda,
            code: self.config.network.code,
            variant: Variant::Plan,
        }
    }

    /// The plain autoencoder of `seed`: λ = 0, everything else as [`Self::dkae`].
    #[must_use]
    pub fn plain(&self, seed: u64) -> Recipe {
        Recipe {
            lambda: 0.0,
            ..self.dkae(seed)
        }
    }

    /// The networks that `experiment` looks at under `seed`.
    #[must_use]
    pub fn recipes(&self, experiment: Experiment, seed: u64) -> Vec<Recipe> {
        let dkae = self.dkae(seed);
        let with = |lambda: f64| Recipe { lambda, ..dkae };
        match experiment {
            Experiment::Fig3a => self.lambdas.iter().map(|&λ| with(λ)).collect(),
            Experiment::Fig3b => {
                let sized = |&code: &usize| Recipe { code, ..dkae };
                self.code_sizes.iter().map(sized).collect()
            }
            Experiment::Fig4 => vec![dkae, self.plain(seed), with(FAR_LAMBDA)],
            Experiment::Table1 | Experiment::CodeSpace => vec![dkae, self.plain(seed)],
            Experiment::Fig5 => vec![dkae],
            // It has a network of its own.
            Experiment::Table2 => Vec::new(),
            Experiment::Better => {
                let table = Variant::COMPARED.map(|variant| self.compared(variant, seed));
                let pairs = self.frontier().into_iter().flat_map(|λ| {
                    [Variant::Paper, Variant::Ramp].map(|of| self.at_lambda(of, λ, seed))
                });
                table.into_iter().chain(pairs).collect()
            }
        }
    }

    /// The network of `variant` in the table of [`Experiment::Better`].
    #[must_use]
    pub fn compared(&self, variant: Variant, seed: u64) -> Recipe {
        let mut recipe = self.dkae(seed);
        if variant.codes_are_components() {
            recipe.code = recipe.code.min(self.denoising.components);
        }
        self.named(Recipe { variant, ..recipe })
    }

    /// The network of `variant` in one of the frontiers of [`Experiment::Better`].
    #[must_use]
    pub fn at_lambda(&self, variant: Variant, lambda: f64, seed: u64) -> Recipe {
        self.named(Recipe {
            lambda,
            variant,
            ..self.dkae(seed)
        })
    }

    /// λ of the frontiers of [`Experiment::Better`], ascending.
    #[must_use]
    pub fn frontier(&self) -> Vec<f64> {
        let own = self.config.training.lambda;
        let mut all: Vec<f64> = FRONTIER.into_iter().chain([own]).collect();
        all.sort_by(f64::total_cmp);
        all.dedup_by(|a, b| a.total_cmp(b).is_eq());
        all
    }

    /// The same network under the name of [`Variant::Plan`], if it is what the plan's own settings
    /// make: it is trained once for all.
    fn named(&self, recipe: Recipe) -> Recipe {
        let plain = Recipe {
            variant: Variant::Plan,
            ..recipe
        };
        if self.config_of(&plain) == self.config_of(&recipe) {
            plain
        } else {
            recipe
        }
    }

    /// The tasks whose networks `task` looks at.
    #[must_use]
    pub fn needs(&self, task: &Task) -> Vec<Task> {
        match *task {
            Task::Network(_) | Task::Course { .. } => Vec::new(),
            Task::Spectrum { seed } => vec![Task::Network(self.dkae(seed))],
            Task::Denoising { seed } => vec![Task::Course { seed }],
            Task::CodeSpace { seed } => {
                vec![
                    Task::Network(self.dkae(seed)),
                    Task::Network(self.plain(seed)),
                ]
            }
        }
    }

    /// Numbers that represent a sample in the code space: Nc, or as many as Fig. 5 has components.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.config.network.code.min(self.spectrum)
    }

    /// Steps of every training, pretraining among them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        steps_of(&self.config)
    }

    /// The settings of the dkAE of Table 2 under `seed`: those of [`Self::dkae`], for longer.
    #[must_use]
    pub fn course_config(&self, seed: u64) -> RunConfig {
        let mut config = self.config_of(&self.dkae(seed));
        config.training.steps *= self.denoising.longer.max(1);
        config
    }

    /// After how many steps with the whole network it is looked at: the last of all, and before it
    /// three times where their number falls to a third, so that the others' own number is among them.
    #[must_use]
    pub fn course_looks(&self) -> Vec<usize> {
        let all = self.config.training.steps * self.denoising.longer.max(1);
        let at = |look: i32| {
            let share = 3_f64.powf(-f64::from(look) / f64::from(LOOKS_A_THIRD));
            (all as f64 * share).round() as usize
        };
        let mut looks: Vec<usize> = (0..LOOKS).rev().map(at).filter(|&step| step > 0).collect();
        looks.dedup();
        looks
    }

    /// Everything to be done, in order: what shows most comes first, and a seed is finished
    /// before the next begins.
    #[must_use]
    pub fn tasks(&self) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        let mut seen = BTreeSet::new();
        for &seed in &self.seeds {
            if !seen.insert(seed) {
                continue;
            }
            // Tasks of other seeds are others.
            let first = tasks.len();
            let mut add = |task: Task| {
                if !tasks[first..].contains(&task) {
                    tasks.push(task);
                }
            };
            for &experiment in &self.experiments {
                for recipe in self.recipes(experiment, seed) {
                    add(Task::Network(recipe));
                }
                match experiment {
                    Experiment::Fig5 => add(Task::Spectrum { seed }),
                    Experiment::Table2 => {
                        add(Task::Course { seed });
                        add(Task::Denoising { seed });
                    }
                    Experiment::CodeSpace => add(Task::CodeSpace { seed }),
                    _ => {}
                }
            }
        }
        tasks
    }
}

/// Steps of a training under `config`, pretraining among them.
#[must_use]
pub fn steps_of(config: &RunConfig) -> u64 {
    let layers = config.network.hidden.len() + 1;
    let before = config.training.pretraining;
    (before.map_or(0, |p| p.steps_per_layer * layers) + config.training.steps) as u64
}

/// The RBF prior's σ of studies that did not search for it.
fn the_median() -> Vec<f64> {
    vec![1.0]
}

/// 2, 4, 8, … and `largest` itself.
fn doubling(largest: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = std::iter::successors(Some(2_usize), |size| size.checked_mul(2))
        .take_while(|&size| size < largest)
        .collect();
    sizes.push(largest);
    sizes
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
