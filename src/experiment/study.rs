//! A study: the tasks of a plan, done one after the other, every result kept in a folder.
//!
//! [`Study::advance`] does a small piece, as [`Run::advance`] does; pausing, stopping and telling
//! live outside. While a network trains, a checkpoint is written every so often; a study that was
//! killed goes on from it and gives the same numbers as one that was not.

mod clock;
mod comparisons;
mod course;
mod failing;
mod look;
mod matrices;
mod networks;
mod pace;
mod pictures;
mod samples;
mod watch;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::look::{Known, look};
pub use self::watch::Watch;

use self::clock::Clock;
use self::networks::Training;
use self::pace::{Cost, Pace};
use self::pictures::seed_picture;
use self::samples::{are_disjoint, fit, parts, select};
use super::beforehand::Beforehand;
use super::findings::Findings;
use super::plan::{Plan, PlanError, Task};
use super::store::{Basis, Damage, Sizes, Store, StoreError};
use crate::data::{Collection, DataError, DataSet, Source, WriteError};
use crate::training::{ConfigError, Fitted, HeldOut, Run, RunConfig, ShownDigits};

/// Why a study cannot begin or go on. What is done stays in its folder. A task that fails is not
/// among these: it is one of the findings' [`Failure`](super::findings::Failure)s, and the rest goes on.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Data that an experiment cannot use.
    #[error("{0}")]
    Unfit(String),
    /// The settings of its runs.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// The folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for StudyError {
    fn from(error: WriteError) -> Self {
        Self::Store(error.into())
    }
}

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StudyAdvance {
    /// There is more to do of this task.
    Working,
    /// A task is done.
    Done(Task),
    /// A task failed, and with it what would have looked at its network; the rest goes on.
    Failed(Task),
    /// All tasks are done.
    Over,
}

/// How far a study is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The task at hand.
    pub task: Option<Task>,
    /// What it does right now.
    pub phase: &'static str,
    /// Units of that done and in all.
    pub units: (usize, usize),
    /// Tasks done and in all.
    pub tasks: (usize, usize),
    /// The part of all work that is done, from 0 to 1.
    pub share: f64,
    /// Seconds that all tasks that are left take, by counted operations and the measured rate;
    /// `None` until a network has trained for a moment.
    pub seconds_left: Option<f64>,
}

/// A study.
pub struct Study {
    plan: Arc<Plan>,
    source: Source,
    checksum: String,
    sizes: Sizes,
    store: Store,
    notices: Vec<String>,
    findings: Findings,
    queue: VecDeque<Task>,
    tasks: usize,
    /// The cost of all tasks.
    cost: f64,
    /// What was measured since this start, and what earlier starts left.
    pace: [Pace; 2],
    /// The data and the prior of the seed at hand.
    ground: Option<SeedGround>,
    work: Option<Work>,
    checkpoints: Duration,
    resumed: bool,
    clock: Clock,
    /// Seeds whose ground was made, or could not be made, since the study was opened.
    prepared: Vec<u64>,
    beforehand: Option<Beforehand>,
}

/// What the tasks of a seed stand on.
struct SeedGround {
    seed: u64,
    data: Arc<DataSet>,
    fitted: Fitted,
    shown: Arc<ShownDigits>,
}

/// What is being done in pieces.
enum Work {
    /// The prior kernel of a seed, and the time it took so far.
    Prior {
        seed: u64,
        run: Box<Run>,
        spent: Duration,
    },
    /// A network.
    Network(Box<Training>),
}

impl Study {
    /// A study of `source` by `plan` that keeps its results in `folder`; those that are there
    /// already count. A checkpoint is written every `checkpoints` of training.
    ///
    /// # Errors
    ///
    /// [`StudyError`] if the plan, the data or the folder cannot be used.
    pub fn open(
        plan: Plan,
        source: Source,
        folder: &Path,
        checkpoints: Duration,
    ) -> Result<Self, StudyError> {
        plan.check()?;
        let checksum = fit(&plan, &source)?;
        let basis = Basis::of(&plan, checksum.clone()).with_parts(parts(&source, &plan));
        let store = Store::open(folder, &basis)?;
        let sizes = Sizes::of(&plan, &source);
        let found = store.find(&plan, &sizes);
        let mut notices = store.notices().to_vec();
        notices.extend(found.damaged.iter().map(|damage| store.set_aside(damage)));
        let mut findings = found.findings;
        findings.disjoint = are_disjoint(&source, &plan);
        let all = plan.tasks();
        let tasks = all.len();
        let cost = Cost {
            plan: &plan,
            pixels: sizes.shape.pixels(),
        };
        let queue: VecDeque<Task> = all.into_iter().filter(|t| !findings.has(t)).collect();
        Ok(Self {
            clock: Clock::of(folder, &findings),
            prepared: Vec::new(),
            beforehand: None,
            resumed: queue.len() < tasks || folder.join("checkpoint.safetensors").exists(),
            cost: cost.of_all(&plan.tasks()),
            pace: [Pace::default(), Pace::kept(cost, &findings)],
            plan: Arc::new(plan),
            source,
            checksum,
            sizes,
            store,
            notices,
            findings,
            queue,
            tasks,
            ground: None,
            work: None,
            checkpoints,
        })
    }

    /// What of this is what it would come to itself is taken over.
    pub fn take_over(&mut self, beforehand: Beforehand) {
        self.beforehand = Some(beforehand);
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What is found so far.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The folder.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What of the folder was damaged, and what became of it, a line each.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Puts a damaged file out of the way.
    fn set_aside(&mut self, damage: &Damage) {
        let told = self.store.set_aside(damage);
        self.notices.push(told);
    }

    /// The data's name.
    #[must_use]
    pub fn data_name(&self) -> &str {
        self.source.name()
    }

    /// The collection that the data are from, where the program knows it.
    #[must_use]
    pub fn collection(&self) -> Option<Collection> {
        self.source.collection()
    }

    /// SHA-256 of the images and labels that seed 0 chooses.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Whether some of it was there when it began.
    #[must_use]
    pub fn was_resumed(&self) -> bool {
        self.resumed
    }

    /// How long it has worked, all its starts together.
    #[must_use]
    pub fn worked(&self) -> Duration {
        self.clock.worked()
    }

    /// Bytes that the matrices of each seed's test samples take.
    #[must_use]
    pub fn matrix_bytes(&self) -> u64 {
        matrices::size(&self.plan, self.sizes.split[2])
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let (phase, units, part) = match &self.work {
            Some(Work::Prior { run, .. }) => {
                let (phase, done, total) = run.progress();
                (phase.name(), (done, total), 0.0)
            }
            Some(Work::Network(training)) => {
                let (phase, done, total) = training.run.progress();
                let (left, all) = training.run.flops();
                (phase.name(), (done, total), 1.0 - left / all)
            }
            None => (self.queue.front().map_or("Done", in_one_go), (0, 0), 0.0),
        };
        let cost = Cost {
            plan: &self.plan,
            pixels: self.sizes.shape.pixels(),
        };
        let left = cost.of_all(&self.queue);
        let begun = part * self.queue.front().map_or(0.0, |task| cost.of(task));
        let ground = match &self.work {
            Some(Work::Prior { seed, .. }) => Some(*seed),
            _ => self.ground.as_ref().map(|ground| ground.seed),
        };
        let [now, kept] = &self.pace;
        Progress {
            task: self.queue.front().copied(),
            phase,
            units,
            tasks: (self.tasks - self.queue.len(), self.tasks),
            share: 1.0 - (left - begun) / self.cost,
            seconds_left: now.seconds(kept, cost, self.queue.iter(), part, ground),
        }
    }

    /// What there is to see of the task at hand; `None` where it is done in one go.
    #[must_use]
    pub fn watch(&self) -> Option<Watch> {
        match self.work.as_ref()? {
            Work::Prior { seed, run, .. } => Some(Watch::Prior {
                seed: *seed,
                matrix: run.shown_prior().map(|(matrix, _)| Arc::new(matrix)),
                labels: run.shown().labels.clone().map(Arc::new),
            }),
            Work::Network(training) => Some(Watch::Network {
                recipe: training.recipe,
                losses: training.losses.points(),
                steps: training.steps,
            }),
        }
    }

    /// Does the next piece of work. Spectra and denoising comparisons take seconds in one piece;
    /// they end early, to be begun again by the next call, when `cancel` says so.
    ///
    /// # Errors
    ///
    /// [`StudyError`]; what was done before stays.
    pub fn advance(&mut self, cancel: &dyn Fn() -> bool) -> Result<StudyAdvance, StudyError> {
        let began = Instant::now();
        let advance = self.go_on(cancel);
        self.clock.add(began.elapsed());
        if !matches!(advance, Ok(StudyAdvance::Working)) {
            self.clock.keep()?;
        }
        advance
    }

    fn go_on(&mut self, cancel: &dyn Fn() -> bool) -> Result<StudyAdvance, StudyError> {
        match self.work.take() {
            Some(Work::Prior { seed, run, spent }) => self.prepare(seed, run, spent),
            Some(Work::Network(training)) => self.train(training),
            None => self.begin(cancel),
        }
    }

    /// Writes a checkpoint of the network in training, if there is one.
    ///
    /// # Errors
    ///
    /// [`WriteError`] names the file.
    pub fn save(&mut self) -> Result<(), WriteError> {
        self.clock.keep()?;
        if let Some(Work::Network(training)) = &mut self.work
            && let Some(checkpoint) = training.run.checkpoint()
        {
            let spent = training.spent.as_secs_f64();
            let points = training.course.as_ref().map_or(&[][..], |c| &c.points);
            self.store
                .keep_checkpoint(&training.task, spent, points, &checkpoint)?;
            training.saved = Instant::now();
        }
        Ok(())
    }

    /// Begins the next task, or the ground it stands on.
    fn begin(&mut self, cancel: &dyn Fn() -> bool) -> Result<StudyAdvance, StudyError> {
        let Some(task) = self.queue.front().copied() else {
            // All results are there, but what belongs to a seed as a whole may be lost.
            let lacks = |seed: &&u64| {
                !self.prepared.contains(*seed)
                    && (self.findings.seed(**seed).is_none()
                        || !matrices::are_there(&self.store, &self.plan, &self.sizes, **seed))
            };
            return match self.plan.seeds.iter().find(lacks).copied() {
                Some(seed) => self.begin_ground(seed),
                None => Ok(StudyAdvance::Over),
            };
        };
        let seed = task.seed();
        let ground = self.ground.as_ref();
        if ground.is_none_or(|ground| ground.seed != seed) {
            return self.begin_ground(seed);
        }
        match task {
            Task::Network(recipe) => self.begin_network(recipe),
            Task::Spectrum { seed } => self.spectrum(seed, cancel),
            Task::Course { seed } => self.begin_course(seed),
            Task::Denoising { seed } => self.denoise(seed, cancel),
            Task::CodeSpace { seed } => self.judge_codes(seed, cancel),
        }
    }

    /// Begins the prior kernel of a seed.
    fn begin_ground(&mut self, seed: u64) -> Result<StudyAdvance, StudyError> {
        self.ground = None;
        let data = Arc::new(select(&self.source, &self.plan, seed)?);
        let config = RunConfig {
            seed,
            ..self.plan.config.clone()
        };
        let began = Instant::now();
        let known = self.beforehand.as_ref();
        let run = match known.and_then(|known| known.prior(&data, &config)) {
            Some(fitted) => Run::with_prior(data, &config, fitted.clone()),
            None => Run::new(data, &config),
        };
        match run {
            Ok(mut run) => {
                // A study's settings stand before it begins.
                run.show_from(HeldOut::Test);
                self.work = Some(Work::Prior {
                    seed,
                    run: Box::new(run),
                    spent: began.elapsed(),
                });
                Ok(StudyAdvance::Working)
            }
            Err(error) => Ok(self.give_up_seed(seed, &error)),
        }
    }

    /// A piece of the prior kernel.
    fn prepare(
        &mut self,
        seed: u64,
        mut run: Box<Run>,
        spent: Duration,
    ) -> Result<StudyAdvance, StudyError> {
        let began = Instant::now();
        if run.prior().is_none()
            && let Err(error) = run.advance()
        {
            return Ok(self.give_up_seed(seed, &error));
        }
        let spent = spent + began.elapsed();
        let Some(fitted) = run.fitted() else {
            self.work = Some(Work::Prior { seed, run, spent });
            return Ok(StudyAdvance::Working);
        };
        self.pace[0].prior(spent.as_secs_f64());
        let ground = SeedGround {
            seed,
            data: Arc::clone(run.data()),
            fitted: fitted.clone(),
            shown: Arc::clone(run.shown()),
        };
        self.keep_seed(&ground, &run.split().test)?;
        self.ground = Some(ground);
        Ok(StudyAdvance::Working)
    }

    /// Keeps what the pictures of a seed have in common, and its matrices whole.
    fn keep_seed(&mut self, ground: &SeedGround, test: &[usize]) -> Result<(), StudyError> {
        let seed = ground.seed;
        if self.findings.seed(seed).is_none() {
            let picture = seed_picture(&**ground.fitted.prior(), &ground.shown);
            self.store.keep_seed(seed, &picture)?;
            self.findings.seeds.push((seed, Arc::new(picture)));
        }
        self.prepared.push(seed);
        matrices::keep_ground(&self.store, &self.plan, &self.sizes, ground, test)
    }

    fn done(&mut self) -> StudyAdvance {
        self.queue
            .pop_front()
            .map_or(StudyAdvance::Over, StudyAdvance::Done)
    }
}

fn in_one_go(task: &Task) -> &'static str {
    match task {
        Task::Network(_) | Task::Course { .. } => "Starting",
        Task::Spectrum { .. } => "Eigenpairs of P",
        Task::Denoising { .. } => "Denoising",
        Task::CodeSpace { .. } => "Classification and clusters",
    }
}

#[cfg(test)]
mod beforehand_tests;
#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod each_kind_tests;
#[cfg(test)]
mod progress_tests;
#[cfg(test)]
mod resume_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unfit_tests;
