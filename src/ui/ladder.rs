//! The ladder beside the live run: when it is made, when it waits, and when it goes.

use std::sync::Arc;

use super::loading::Wake;
use crate::data::{DataRecord, DataSet};
use crate::exhibit::denoising::DenoisingPicture;
use crate::experiment::beforehand::{Beforehand, Taught};
use crate::experiment::ladder::{Dial, Place, is_shared, plan};
use crate::experiment::plan::{Drawn, Plan};
use crate::training::config::{Preset, RunConfig};
use crate::training::{Checkpoint, Fitted, Resting};
use crate::view::{LadderView, RunState, RunView};
use crate::worker::ladder::{LadderHandle, LadderRequest, Rung};
use crate::worker::protocol::End;

/// What a person wants of the ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LadderIntent {
    /// Make it.
    Build,
    /// Have it wait, or go on.
    Hold(bool),
    /// End it, and make none by itself any more.
    Off,
    /// Show the finished network next to a place, in that of the run.
    Choose(Place),
    /// The next finished network, up or down.
    Step(bool),
    /// The pointer is on the rung of a place.
    Look(Place),
    /// Show the run again.
    Leave,
    /// Make a study of it, whose results stay in a folder.
    Study,
}

/// What the ladder was made on.
struct Footing {
    config: RunConfig,
    checksum: String,
    data: Arc<DataSet>,
    fitted: Fitted,
    /// The threads that trained the run's own network, if that is a rung.
    own: Option<usize>,
}

/// The owner of the ladder.
pub struct LadderHost {
    handle: Option<LadderHandle>,
    /// Those that were told to end and whose threads are still at a step.
    ending: Vec<LadderHandle>,
    ground: Option<Footing>,
    /// What of it is on show.
    pub view: LadderView,
    /// A person has it wait.
    pub held: bool,
    /// It could not be begun; for this run it is not tried again by itself.
    failed: bool,
    wake: Wake,
}

impl LadderHost {
    /// None yet; `wake` has the window painted.
    pub fn new(wake: Wake) -> Self {
        Self {
            handle: None,
            ending: Vec::new(),
            ground: None,
            view: LadderView::default(),
            held: false,
            failed: false,
            wake,
        }
    }

    /// A run has begun: the ladder stays if it is that run's, too.
    pub fn began(&mut self, run: &RunView) {
        // A new run is what somebody wants to see.
        self.view.began();
        self.failed = false;
        let (Some(summary), Some(ground)) = (&run.summary, &self.ground) else {
            return;
        };
        let same = is_shared(&summary.config, &ground.config);
        if !same || summary.checksum != ground.checksum {
            self.off();
        }
    }

    /// Ends it. The window does not wait for the steps at hand.
    pub fn off(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.end();
            self.ending.push(handle);
        }
        self.ground = None;
        self.view = LadderView::default();
        self.held = false;
    }

    /// Whether one can be made for `run`.
    #[must_use]
    pub fn can_be_made(&self, run: &RunView) -> bool {
        let fitted = run
            .snapshot
            .as_ref()
            .and_then(|newest| newest.fitted.as_ref());
        let can = self.handle.is_none() && fitted.is_some() && !run.is_pending();
        can && matches!(run.state, RunState::Finished(_))
    }

    /// Whether one is to be made for `run` by itself.
    #[must_use]
    pub fn is_due(&self, run: &RunView) -> bool {
        let quick = |config: &RunConfig| config.preset == Preset::Quick;
        let quick = run.summary.as_ref().is_some_and(|s| quick(&s.config));
        let over = run.state == RunState::Finished(End::Done);
        quick && over && !self.failed && self.can_be_made(run)
    }

    /// Makes one for `run`, of which some networks may be there.
    ///
    /// # Errors
    ///
    /// What is wrong, for the person.
    pub fn start(&mut self, run: &RunView, there: Vec<Resting>) -> Result<(), String> {
        let newest = run.snapshot.as_ref();
        // The run's own samples: other ones may have been loaded since, for a run that did not begin.
        let ground = newest.and_then(|newest| newest.fitted.clone());
        let (Some(id), Some(summary), Some((data, fitted))) = (run.run(), &run.summary, ground)
        else {
            return Err("There is no finished run that a ladder could stand beside.".into());
        };
        let config = summary.config.clone();
        let own = newest.and_then(|newest| newest.own.clone());
        let is_rung = own.is_some();
        let there = own.into_iter().chain(there).collect();
        let places = Dial::ALL.iter().flat_map(|dial| dial.places(&config));
        let request = LadderRequest {
            run: id,
            data: Arc::clone(&data),
            config: RunConfig {
                shown: run.config.as_ref().map_or(config.shown, |now| now.shown),
                denoising: run
                    .config
                    .as_ref()
                    .map_or(config.denoising, |now| now.denoising),
                ..config.clone()
            },
            fitted: fitted.clone(),
            places: places.collect(),
            near: Dial::Lambda.of(&config),
            there,
            compared: newest.and_then(|newest| whole(newest.denoising.as_ref())),
        };
        let wake = Arc::clone(&self.wake);
        let handle = LadderHandle::start(request, Box::new(move || wake()));
        self.failed = handle.is_err();
        self.handle = Some(handle.map_err(|error| format!("No ladder was begun: {error}."))?);
        self.ground = Some(Footing {
            config,
            checksum: summary.checksum.clone(),
            data,
            fitted,
            own: is_rung.then_some(summary.threads),
        });
        Ok(())
    }

    /// Takes what has arrived, hands on what has come of `run`; the ladder waits while `busy` says that the
    /// cores are wanted.
    pub fn tend(&mut self, run: &RunView, busy: bool) {
        self.ending.retain(LadderHandle::is_alive);
        let (Some(handle), Some(ground)) = (&self.handle, &self.ground) else {
            return;
        };
        if let Some(newest) = &run.snapshot
            && let Some((_, fitted)) = &newest.fitted
            && Arc::ptr_eq(fitted.prior(), ground.fitted.prior())
            && let Some(denoising) = whole(newest.denoising.as_ref())
        {
            handle.compared(&denoising);
        }
        handle.hold(busy || self.held);
        if let Some(newest) = handle.newest() {
            self.view.snapshot = Some(newest);
            self.view.offer();
        }
    }

    /// The rungs next to `place` come first.
    pub fn look_at(&self, place: Place) {
        if let Some(handle) = &self.handle {
            handle.look_at(place);
        }
    }

    /// The samples that the ladder is on, and the prior kernel over them.
    #[must_use]
    pub fn ground(&self) -> Option<(Arc<DataSet>, Fitted)> {
        let ground = self.ground.as_ref()?;
        Some((Arc::clone(&ground.data), ground.fitted.clone()))
    }

    /// The ladder as a study on data that were chosen so; `None` without a ladder, or if a study cannot draw its
    /// samples.
    #[must_use]
    pub fn study(&self, record: &DataRecord) -> Option<Plan> {
        let ground = self.ground.as_ref()?;
        let selection = &record.selection;
        let same = record.sha256 == ground.checksum && selection.seed == ground.config.seed;
        let drawn = Drawn {
            classes: selection.classes.clone(),
        };
        same.then(|| plan(&ground.config, ground.data.len(), drawn))
    }

    /// Its prior and its finished networks, for a study of it.
    #[must_use]
    pub fn beforehand(&self) -> Option<Beforehand> {
        let ground = self.ground.as_ref()?;
        let taught = |rung: &Arc<Rung>| Taught {
            network: rung.network.clone(),
            time: rung.time,
        };
        Some(Beforehand::new(
            Arc::clone(&ground.data),
            ground.config.clone(),
            ground.fitted.clone(),
            self.view.all_done().map(taught).collect(),
        ))
    }

    /// The checksum of the samples that it is on.
    #[must_use]
    pub fn checksum(&self) -> Option<&str> {
        self.ground.as_ref().map(|ground| ground.checksum.as_str())
    }

    /// How many threads trained a rung: one of its own, but for the run's own network.
    #[must_use]
    pub fn threads_of(&self, rung: &Rung) -> usize {
        let own = self.ground.as_ref().and_then(|ground| {
            let (of_rung, of_run) = (rung.network.config(), &ground.config);
            let same = (&of_rung.network, &of_rung.training) == (&of_run.network, &of_run.training);
            ground.own.filter(|_| same)
        });
        own.unwrap_or(1)
    }

    /// Everything that a run needs which goes on from the chosen network.
    #[must_use]
    pub fn to_go_on(&self) -> Option<(Arc<DataSet>, Fitted, Checkpoint)> {
        let (ground, rung) = (self.ground.as_ref()?, self.view.chosen_rung()?);
        let data = Arc::clone(&ground.data);
        Some((
            data,
            ground.fitted.clone(),
            Checkpoint::clone(rung.network.checkpoint()),
        ))
    }
}

/// A comparison that has all rows which need no network.
fn whole(denoising: Option<&Arc<DenoisingPicture>>) -> Option<Arc<DenoisingPicture>> {
    let whole = |denoising: &&Arc<DenoisingPicture>| denoising.is_whole_without_network();
    denoising.filter(whole).cloned()
}
