//! The ladder beside the live run: when it is made, when it waits, and when it goes.

use std::sync::Arc;

use super::loading::Wake;
use crate::data::DataSet;
use crate::experiment::ladder::{is_shared, lambdas};
use crate::training::config::{Preset, RunConfig};
use crate::training::{Checkpoint, Fitted};
use crate::view::{LadderView, RunState, RunView};
use crate::worker::ladder::{LadderHandle, LadderRequest};

/// What a person wants of the ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LadderIntent {
    /// Make it.
    Build,
    /// Have it wait, or go on.
    Hold(bool),
    /// End it, and make none by itself any more.
    Off,
    /// Show the finished network next to λ, in the place of the run.
    Choose(f64),
    /// The next finished network, up or down.
    Step(bool),
    /// The pointer is on the rung of λ.
    Look(f64),
    /// Show the run again.
    Leave,
    /// Train on from the network on show.
    TrainOn,
}

/// What the ladder was made on.
struct Ground {
    config: RunConfig,
    checksum: String,
    data: Arc<DataSet>,
    fitted: Fitted,
}

/// The owner of the ladder.
pub struct LadderHost {
    handle: Option<LadderHandle>,
    ground: Option<Ground>,
    /// What of it is on show.
    pub view: LadderView,
    /// A person has it wait.
    pub held: bool,
    wake: Wake,
}

impl LadderHost {
    /// None yet; `wake` has the window painted.
    pub fn new(wake: Wake) -> Self {
        Self {
            handle: None,
            ground: None,
            view: LadderView::default(),
            held: false,
            wake,
        }
    }

    /// A run has begun: the ladder stays if it is that run's, too.
    pub fn began(&mut self, run: &RunView) {
        // A new run is what somebody wants to see.
        self.view.leave();
        let (Some(summary), Some(ground)) = (&run.summary, &self.ground) else {
            return;
        };
        let same = is_shared(&summary.config, &ground.config);
        if !same || summary.checksum != ground.checksum {
            self.drop_it();
        }
    }

    fn drop_it(&mut self) {
        (self.handle, self.ground) = (None, None);
        self.view = LadderView::default();
        self.held = false;
    }

    /// Ends it.
    pub fn off(&mut self) {
        self.drop_it();
    }

    /// Whether one can be made for `run`.
    #[must_use]
    pub fn can_be_made(&self, run: &RunView) -> bool {
        let fitted = run
            .snapshot
            .as_ref()
            .and_then(|newest| newest.fitted.as_ref());
        self.handle.is_none() && fitted.is_some() && matches!(run.state, RunState::Finished(_))
    }

    /// Whether one is to be made for `run` by itself.
    #[must_use]
    pub fn is_due(&self, run: &RunView) -> bool {
        let quick = |config: &RunConfig| config.preset == Preset::Quick;
        let quick = run.summary.as_ref().is_some_and(|s| quick(&s.config));
        quick && run.state == RunState::Finished(false) && self.can_be_made(run)
    }

    /// Makes one for `run` on `data`.
    ///
    /// # Errors
    ///
    /// What is wrong, for the person.
    pub fn start(&mut self, run: &RunView, data: &Arc<DataSet>) -> Result<(), String> {
        let newest = run.snapshot.as_ref();
        let fitted = newest.and_then(|newest| newest.fitted.clone());
        let (Some(id), Some(summary), Some(fitted)) = (run.run(), &run.summary, fitted) else {
            return Err("There is no finished run that a ladder could stand beside.".into());
        };
        let config = summary.config.clone();
        let lambda = config.training.lambda;
        let request = LadderRequest {
            run: id,
            data: Arc::clone(data),
            config: RunConfig {
                shown: run.config.as_ref().map_or(config.shown, |now| now.shown),
                denoising: run
                    .config
                    .as_ref()
                    .map_or(config.denoising, |now| now.denoising),
                ..config.clone()
            },
            fitted: fitted.clone(),
            lambdas: lambdas(lambda),
            near: lambda,
        };
        let wake = Arc::clone(&self.wake);
        let handle = LadderHandle::start(request, Box::new(move || wake()));
        self.handle = Some(handle.map_err(|error| format!("No ladder was begun: {error}."))?);
        self.ground = Some(Ground {
            config,
            checksum: summary.checksum.clone(),
            data: Arc::clone(data),
            fitted,
        });
        Ok(())
    }

    /// Takes what has arrived; the ladder waits while `busy` says that the cores are wanted.
    pub fn tend(&mut self, busy: bool) {
        let Some(handle) = &self.handle else { return };
        handle.hold(busy || self.held);
        if let Some(newest) = handle.newest() {
            self.view.snapshot = Some(newest);
        }
    }

    /// The rungs next to λ come first.
    pub fn look_at(&self, lambda: f64) {
        if let Some(handle) = &self.handle {
            handle.look_at(lambda);
        }
    }

    /// Everything that a run needs which goes on from the network on show.
    #[must_use]
    pub fn to_go_on(&self) -> Option<(Arc<DataSet>, Fitted, Checkpoint)> {
        let (ground, rung) = (self.ground.as_ref()?, self.view.on_show()?);
        let data = Arc::clone(&ground.data);
        Some((data, ground.fitted.clone(), rung.checkpoint.clone()))
    }
}
