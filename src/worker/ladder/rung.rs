//! How a rung is made: its network is trained, or taken over from the run or from a session, and its pictures
//! are taken.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{LadderRequest, Rung};
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::{Exhibit, Thinner, numbers};
use crate::experiment::ladder::{Dial, Place};
use crate::training::{Checkpoint, PhaseKind, Resting, Run, RunConfig};
use crate::worker::studio::Studio;

/// Where the rungs of a ladder are made.
pub(super) struct Workshop {
    request: LadderRequest,
    studio: Studio,
    thinner: Mutex<Thinner>,
}

/// Images in the rows of a rung at the most: as many as a wide screen draws.
const IMAGES: usize = 80;

impl Workshop {
    /// With nothing made.
    pub(super) fn new(request: LadderRequest) -> Self {
        let studio = Studio::default();
        if let Some(compared) = &request.compared {
            studio.compared(compared);
        }
        Self {
            request,
            studio,
            thinner: Mutex::new(Thinner::new(IMAGES)),
        }
    }

    fn thinner(&self) -> MutexGuard<'_, Thinner> {
        self.thinner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the rung at `place` and takes its pictures; `None` if `go_on`, which is told the part that is
    /// done and may wait, says that the ladder has ended.
    pub(super) fn make(
        &self,
        place: Place,
        go_on: &dyn Fn(f32) -> bool,
    ) -> Result<Option<Rung>, String> {
        let mut run = self.begun(place)?;
        run.without_curves();
        let begun = run.progress().0 != PhaseKind::Evaluation;
        let mut time = Duration::ZERO;
        // Sliders are turned by what is seen here: test samples have no part in it.
        while run.progress().0 != PhaseKind::Evaluation {
            let (left, all) = run.flops();
            if !go_on((1.0 - left / all) as f32) {
                return Ok(None);
            }
            let began = Instant::now();
            run.advance().map_err(|error| error.to_string())?;
            time += began.elapsed();
        }
        let network = run.checkpoint().and_then(Resting::of);
        let (Some(losses), Some(network)) = (run.validation(), network) else {
            return Err("it ended without a network".to_owned());
        };
        let ended = || !go_on(1.0);
        let exhibit = self.studio.exhibit(self.request.run, &run, &ended)?;
        let mut exhibit = self.thinner().thin(named(exhibit, place));
        exhibit.keep_in(network.checkpoint());
        Ok(Some(Rung {
            place,
            exhibit: Arc::new(exhibit),
            losses,
            network,
            time: begun.then_some(time),
        }))
    }

    /// Whether the rung at `place` had better wait for the run's comparison: there is nothing to train before
    /// its pictures are taken.
    pub(super) fn waits(&self, place: Place) -> bool {
        self.there(&place.config(&self.request.config)).is_some() && !self.studio.is_compared()
    }

    /// All rungs are made: what they were made with is given up.
    pub(super) fn close(&self) {
        self.studio.close();
        *self.thinner() = Thinner::new(IMAGES);
    }

    /// The run's comparison has come.
    pub(super) fn compared(&self, denoising: &Arc<DenoisingPicture>) {
        self.studio.compared(denoising);
    }

    /// A run at its beginning or, where its network is there already, at its end.
    fn begun(&self, place: Place) -> Result<Run, String> {
        let request = &self.request;
        let (data, prior) = (Arc::clone(&request.data), request.fitted.clone());
        let config = place.config(&request.config);
        let run = match self.there(&config) {
            Some(there) => Run::resume(data, prior, Checkpoint::clone(there.checkpoint())),
            None => Run::with_prior(data, &config, prior),
        };
        run.map_err(|error| error.to_string())
    }

    /// The network that a run under `config` would come to, if it is there.
    fn there(&self, config: &RunConfig) -> Option<&Resting> {
        let mut there = self.request.there.iter();
        there.find(|there| there.is_of(config))
    }
}

/// An exhibit whose kernels and files say which network of the ladder it is of.
pub(super) fn named(mut exhibit: Exhibit, place: Place) -> Exhibit {
    exhibit.stem = match place.dial {
        Dial::Lambda => format!("lambda{}", numbers::lambda(place.value)),
        Dial::Code => format!("nc{}", place.value),
    };
    for kernel in &mut exhibit.kernels {
        if kernel.step.is_some() && !kernel.is_difference() {
            kernel.heading = format!("C · {}", numbers::trained(place));
        }
    }
    exhibit
}
