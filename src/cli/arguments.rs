//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::bench::BenchArguments;
use super::{BadInput, ThreadCount};
use crate::data::{Collection, Selection};
use crate::experiment::plan::{Experiment, Plan};
use crate::session::EXTENSION;
use crate::training::RunConfig;
use crate::training::config::Preset;
use crate::worker::CHECKPOINTS;

/// Seeds of a study at the most.
const MOST_SEEDS: usize = 1_000;

/// Watch a deep kernelized autoencoder learn a kernel.
///
/// Without a command the window opens and the Quick preset runs on 6,000 digits of MNIST that come
/// with the program. Without a display the same preset runs headless.
#[derive(Clone, Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Subcommand>,
    /// Images to open, IDX, plain or gzip; their labels are found beside them by name. Or a session
    /// (.dkae).
    pub images: Option<PathBuf>,
    /// The images in the program that the window begins with.
    #[arg(long, value_enum, default_value_t, conflicts_with = "images")]
    pub data: CollectionName,
    /// Fail if no window can be opened, instead of running headless.
    #[arg(long)]
    pub window: bool,
    /// The settings to begin with.
    #[arg(long, value_enum, default_value_t)]
    pub preset: PresetName,
    /// How many samples [default: the preset's].
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// The seed of everything random.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// The commands that need no window.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Train, evaluate on held-out images, and write a report with its matrices and figures.
    Train(TrainArguments),
    /// Repeat the paper's experiments over several seeds, and write a report with their figures
    /// and tables beside the paper's.
    Reproduce(ReproduceArguments),
    /// Measure how long the pieces of a run take on this machine.
    Bench(BenchArguments),
}

/// Settings of a headless study.
#[derive(Clone, Debug, clap::Args)]
pub struct ReproduceArguments {
    /// The size of everything.
    #[arg(long, value_enum, default_value_t)]
    pub preset: PresetName,
    /// Only these experiments, as in fig3a,table1 [default: all of fig3a, fig3b, fig4, table1,
    /// fig5, table2, codes, better].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub only: Option<Vec<String>>,
    /// How many seeds; every figure is a mean over them.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub seeds: usize,
    /// The first seed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Go on with the study that is in the folder; what is done stays, more seeds or experiments
    /// join it.
    #[arg(long)]
    pub resume: bool,
    /// Images, IDX, plain or gzip; their labels are found beside them by name [default: those of
    /// --data].
    #[arg(long, value_name = "FILE")]
    pub images: Option<PathBuf>,
    /// The images that come with the program.
    #[arg(long, value_enum, default_value_t, conflicts_with = "images")]
    pub data: CollectionName,
    /// How many samples [default: the preset's].
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Steps of training the whole network [default: the preset's].
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Computing threads.
    #[command(flatten)]
    pub threads: ThreadCount,
    /// Training time between two checkpoints, which is what a kill costs at the most.
    #[arg(long, value_name = "SECONDS", default_value_t = CHECKPOINTS.as_secs_f64())]
    pub checkpoints: f64,
    /// The folder that keeps the study and its report; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Settings of a headless run.
#[derive(Clone, Debug, clap::Args)]
pub struct TrainArguments {
    /// The settings to begin with; what is given besides replaces its part of them.
    #[arg(long, value_enum, default_value_t)]
    pub preset: PresetName,
    /// Do the run of a report.json again: its settings, seed and data, which have to be the same by
    /// their checksum. What is given besides replaces its part. A file that holds what a report
    /// calls its settings, and no more, will do too.
    #[arg(long, value_name = "FILE", conflicts_with = "preset", group = "record")]
    pub settings: Option<PathBuf>,
    /// Do the run of a settings line, as Copy settings in the window puts it on the clipboard: its
    /// settings, seed, threads and data, which have to be the same by their checksum. What is given
    /// besides replaces its part. (In apostrophes, a shell leaves it as it is.)
    #[arg(long, value_name = "LINE", conflicts_with = "preset", group = "record")]
    pub settings_line: Option<String>,
    /// Take the settings of a report or a line to other data than its own.
    #[arg(long, requires = "record")]
    pub other_data: bool,
    /// Images, IDX, plain or gzip; given again, those of another file are added [default: those of
    /// --data].
    #[arg(long, value_name = "FILE")]
    pub images: Vec<PathBuf>,
    /// The images that come with the program [default: the report's or the line's, or mnist].
    #[arg(long, value_enum, conflicts_with = "images")]
    pub data: Option<CollectionName>,
    /// Labels of the first file of images [default: the file beside it, by its name].
    #[arg(long, value_name = "FILE", requires = "images")]
    pub labels: Option<PathBuf>,
    /// How many samples [default: the report's or the line's, or the preset's].
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Only these classes, as in 5,6 [default: the report's or the line's, or all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub classes: Option<Vec<u8>>,
    /// The seed of everything random [default: the settings', or 0].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Steps of training the whole network.
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// λ of Eq. 5, from 0 (reconstruct) to 1 (align).
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub lambda: Option<f64>,
    /// Nc, units of the code layer.
    #[arg(long, value_name = "N")]
    pub nc: Option<usize>,
    /// Keep the run in this file (.dkae), which the window opens too, and from which --resume goes on.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Keep it after so many steps [default: every minute].
    #[arg(long, value_name = "N", requires = "checkpoint", value_parser = clap::value_parser!(u64).range(1..))]
    pub every: Option<u64>,
    /// Go on with the run that a file (.dkae) holds, to what it would have come to without the
    /// interruption, on as many threads to the last bit. Settings and data are the file's; --images
    /// says where the data are now.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "preset", "settings", "settings_line", "other_data", "data", "samples", "classes", "seed", "steps", "lambda", "nc",
    ])]
    pub resume: Option<PathBuf>,
    /// Computing threads.
    #[command(flatten)]
    pub threads: ThreadCount,
    /// The folder that the results are written to; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// A preset by name.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum PresetName {
    /// Seconds.
    #[default]
    Quick,
    /// Trained to take noise away; seconds.
    Denoise,
    /// A minute.
    Balanced,
    /// The paper's network; minutes.
    Paper,
    /// The paper's network under its whole schedule; days.
    PaperFull,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Quick => Self::Quick,
            PresetName::Denoise => Self::Denoise,
            PresetName::Balanced => Self::Balanced,
            PresetName::Paper => Self::Paper,
            PresetName::PaperFull => Self::PaperFull,
        }
    }
}

impl std::fmt::Display for PresetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Quick => "quick",
            Self::Denoise => "denoise",
            Self::Balanced => "balanced",
            Self::Paper => "paper",
            Self::PaperFull => "paper-full",
        })
    }
}

/// Images that come with the program, by name.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum CollectionName {
    /// MNIST: handwritten digits.
    #[default]
    Mnist,
    /// Fashion-MNIST: pieces of clothing.
    Fashion,
}

impl From<CollectionName> for Collection {
    fn from(name: CollectionName) -> Self {
        match name {
            CollectionName::Mnist => Self::Mnist,
            CollectionName::Fashion => Self::Fashion,
        }
    }
}

impl std::fmt::Display for CollectionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
        })
    }
}

impl ReproduceArguments {
    /// The study that is asked for.
    ///
    /// # Errors
    ///
    /// [`BadInput`] for an experiment that there is not, or a plan that cannot be carried out.
    pub fn plan(&self) -> Result<Plan, BadInput> {
        let experiments = match &self.only {
            None => Experiment::ALL.to_vec(),
            Some(keys) => keys
                .iter()
                .map(|k| experiment(k))
                .collect::<Result<_, _>>()?,
        };
        if !(1..=MOST_SEEDS).contains(&self.seeds) {
            return Err(BadInput(format!(
                "--seeds is {}, but has to be from 1 to {MOST_SEEDS}",
                self.seeds
            )));
        }
        if self.seed.checked_add(self.seeds as u64).is_none() {
            return Err(BadInput(format!(
                "--seed is {}, after which there are no {} seeds",
                self.seed, self.seeds
            )));
        }
        let mut plan = Plan::of(self.preset.into(), &experiments, self.seed, self.seeds);
        if let Some(samples) = self.samples {
            plan.samples = samples;
        }
        if let Some(steps) = self.steps {
            plan.config.training.steps = steps;
        }
        plan.check().map_err(|error| BadInput(error.to_string()))?;
        Ok(plan)
    }
}

fn experiment(key: &str) -> Result<Experiment, BadInput> {
    let found = Experiment::ALL.into_iter().find(|e| e.key() == key.trim());
    found.ok_or_else(|| {
        let keys = Experiment::ALL.map(Experiment::key).join(", ");
        BadInput(format!("there is no experiment {key}: choose from {keys}"))
    })
}

impl Arguments {
    /// The settings that the window begins with.
    #[must_use]
    pub fn config(&self) -> RunConfig {
        RunConfig {
            seed: self.seed,
            ..Preset::from(self.preset).config()
        }
    }

    /// The samples that the window begins with.
    #[must_use]
    pub fn selection(&self) -> Selection {
        let samples = self
            .samples
            .unwrap_or_else(|| Preset::from(self.preset).samples());
        Selection {
            samples: Some(samples),
            classes: None,
            seed: self.seed,
        }
    }

    /// The session that the window begins with.
    #[must_use]
    pub fn session(&self) -> Option<PathBuf> {
        let file = self.images.as_ref();
        let session = file.filter(|file| file.extension().is_some_and(|end| end == EXTENSION));
        session.cloned()
    }

    /// The images file that the window begins with; `None` for images in the program.
    #[must_use]
    pub fn images_path(&self) -> Option<PathBuf> {
        let collection = Collection::from(self.data);
        let fitting = || collection.images_for(Preset::from(self.preset).samples());
        let images = self.images.clone().filter(|_| self.session().is_none());
        images.or_else(fitting)
    }

    /// The same as a headless run that writes to `out`.
    #[must_use]
    pub fn headless(&self, out: PathBuf) -> TrainArguments {
        let resume = self.session();
        let images = self.images.iter().filter(|_| resume.is_none());
        TrainArguments {
            preset: self.preset,
            settings: None,
            settings_line: None,
            other_data: false,
            images: images.cloned().collect(),
            data: self.images.is_none().then_some(self.data),
            labels: None,
            samples: self.samples,
            classes: None,
            seed: Some(self.seed),
            steps: None,
            lambda: None,
            nc: None,
            checkpoint: None,
            every: None,
            resume,
            threads: ThreadCount::default(),
            out,
        }
    }
}
