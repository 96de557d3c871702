//! `--checkpoint` and `--resume`: a run without a window kept as a session, and taken up again from
//! one, where it goes on to the bit.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::BadInput;
use super::arguments::TrainArguments;
use crate::data::{DataRecord, DataSet};
use crate::session::{Held, Job, Keeper, KeptNetwork, Session, Standing};
use crate::training::observer::Curves;
use crate::training::{Checkpoint, Run, RunError, Trainer};

/// Time between two checkpoints where nobody says after how many steps.
const EVERY: Duration = Duration::from_secs(60);

/// A run that is taken up again.
pub(super) struct Resumed {
    /// Where it stood.
    pub kept: KeptNetwork,
    /// Its samples.
    pub data: Arc<DataSet>,
}

impl Resumed {
    /// The run in the session at `path`, and its data: where they were, beside the session, or where
    /// `arguments` say that they are now.
    ///
    /// # Errors
    ///
    /// [`BadInput`] if the session cannot be read or has no run, or its data are not to be found.
    pub fn read(path: &Path, arguments: &TrainArguments) -> Result<Self, BadInput> {
        let bad = |error: &dyn std::fmt::Display| BadInput(error.to_string());
        let session = Session::read(path).map_err(|error| bad(&error))?;
        let Some(kept) = session.run() else {
            return Err(BadInput(format!(
                "{} holds no run that could be resumed",
                path.display()
            )));
        };
        let data = if arguments.images.is_empty() {
            kept.data.find(path.parent())
        } else {
            kept.data
                .find_in(&arguments.images, arguments.labels.as_deref())
        };
        let data = data.map_err(|error| BadInput(format!("{}: {error}", path.display())))?;
        let here = rayon::current_num_threads();
        if session.threads != here {
            warn_of!(
                "dkae-explorer: the run was kept by {} threads and goes on on {here}; its last digits \
                 may be others than on as many",
                session.threads
            );
        }
        Ok(Self {
            kept: kept.clone(),
            data: Arc::new(data),
        })
    }

    /// The run where it stood, its prior to be fitted anew.
    ///
    /// # Errors
    ///
    /// If what is kept does not fit the data.
    pub fn run(&self) -> Result<Run, RunError> {
        let data = Arc::clone(&self.data);
        match &self.kept.held {
            Held::Settings(config) => Run::new(data, config),
            Held::Network(checkpoint) => Run::reopen(data, Checkpoint::clone(checkpoint)),
        }
    }

    /// Its losses so far.
    pub fn curves(&self) -> Curves {
        Curves {
            training: self.kept.training.clone(),
            validation: self.kept.validation.clone(),
        }
    }
}

/// Keeps a run in a file while it goes on.
pub(super) struct Keeping {
    keeper: Keeper,
    path: PathBuf,
    /// Steps between two checkpoints; by time if there are none.
    steps: Option<u64>,
    data: Arc<DataRecord>,
    /// The step and the moment of the last checkpoint.
    last: (u64, Instant),
    /// A failure was told, and nothing was written since.
    failed: Option<String>,
}

impl Keeping {
    /// Begins with `run` as it stands, so that a path that cannot be written is no surprise later.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn begin(
        path: &Path,
        steps: Option<u64>,
        data: DataRecord,
        (run, curves): (&Run, &Curves),
    ) -> anyhow::Result<Self> {
        let data = Arc::new(data);
        session(run, curves, &data, Standing::Working)
            .write(path)
            .context("there can be no checkpoints")?;
        Ok(Self {
            keeper: Keeper::spawn(Box::new(|| ())).context("no thread for checkpoints")?,
            path: path.to_owned(),
            steps,
            data,
            last: (steps_of(run), Instant::now()),
            failed: None,
        })
    }

    /// Keeps the run if it is time to. While a file is being written, it waits for its turn.
    pub fn tend(&mut self, run: &Run, curves: &Curves) {
        self.hear();
        let step = steps_of(run);
        let due = match self.steps {
            Some(steps) => step >= self.last.0.saturating_add(steps),
            None => self.last.1.elapsed() >= EVERY,
        };
        if due && step > self.last.0 && self.keeper.is_idle() {
            let session = session(run, curves, &self.data, Standing::Working);
            let kept = self.keeper.keep(self.job(session));
            if kept {
                self.last = (step, Instant::now());
            }
        }
    }

    /// Keeps the run as it ended; what could not be written, if anything.
    pub fn end(mut self, run: &Run, curves: &Curves) -> Option<String> {
        let session = session(run, curves, &self.data, Standing::Finished);
        self.keeper.keep_at_last(self.job(session));
        let path = self.path.clone();
        while !self.keeper.is_idle() {
            // Disks have been seen to take long.
            if let Some(written) = self.keeper.wait(Duration::from_secs(1)) {
                self.failed = written.result.err().map(|error| error.to_string());
            }
        }
        let failed = self.failed.take();
        failed.map(|reason| format!("{} is not of the end of the run: {reason}", path.display()))
    }

    fn job(&self, session: Session) -> Job {
        Job {
            path: self.path.clone(),
            session,
            beside: None,
            make_folder: false,
        }
    }

    /// Says once that a checkpoint was not written.
    fn hear(&mut self) {
        while let Some(written) = self.keeper.poll() {
            let error = written.result.err().map(|error| error.to_string());
            if let (Some(error), None) = (&error, &self.failed) {
                warn_of!("dkae-explorer: no checkpoint: {error} Training goes on without.");
            }
            self.failed = error;
        }
    }
}

fn steps_of(run: &Run) -> u64 {
    run.trainer().map_or(0, Trainer::steps)
}

/// The run as a session.
fn session(run: &Run, curves: &Curves, data: &Arc<DataRecord>, standing: Standing) -> Session {
    let losses = (curves.training.clone(), curves.validation.clone());
    Session {
        closed: standing == Standing::Finished,
        threads: rayon::current_num_threads(),
        settings: run.config().get().clone(),
        data: Arc::clone(data),
        networks: vec![KeptNetwork::of_run(run, standing, Arc::clone(data), losses)],
    }
}
