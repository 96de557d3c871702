//! How a rung is made: its network is trained, or taken over from the run, and its pictures are taken.
//!
//! Networks of one ladder are pictured on the same images beside the same P, and what methods without a
//! network make of noisy images is the same for all: these stand in memory once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{LadderRequest, Rung};
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::exhibit::{Exhibit, numbers};
use crate::experiment::ladder::{Dial, Place};
use crate::training::{PhaseKind, Resting, Run};
use crate::worker::comparer::{Comparisons, Ground, Job};

/// Where the rungs of a ladder are made.
pub(super) struct Workshop {
    request: LadderRequest,
    common: Mutex<Common>,
    comparisons: Mutex<Comparisons>,
}

/// What the rungs have in common.
#[derive(Default)]
struct Common {
    ground: Option<Arc<Ground>>,
    camera: Camera,
    denoising: Option<Arc<DenoisingPicture>>,
}

impl Workshop {
    /// With nothing made.
    pub(super) fn new(request: LadderRequest) -> Self {
        Self {
            request,
            common: Mutex::default(),
            comparisons: Mutex::default(),
        }
    }

    fn common(&self) -> MutexGuard<'_, Common> {
        self.common.lock().unwrap_or_else(PoisonError::into_inner)
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
        // Sliders are turned by what is seen here: test samples have no part in it.
        while run.progress().0 != PhaseKind::Evaluation {
            let (left, all) = run.flops();
            if !go_on((1.0 - left / all) as f32) {
                return Ok(None);
            }
            run.advance().map_err(|error| error.to_string())?;
        }
        let network = run.checkpoint().and_then(Resting::of);
        let (Some(losses), Some(network)) = (run.validation(), network) else {
            return Err("it ended without a network".to_owned());
        };
        let mut camera = self.common().camera.beside();
        while !camera.look(&run) {}
        self.common().camera = camera.beside();
        let denoising = self.denoised(&run, &|| !go_on(1.0))?;
        let exhibit = camera.parts(&run, denoising).exhibit();
        Ok(Some(Rung {
            place,
            exhibit: Arc::new(named(exhibit, place)),
            losses,
            network: Arc::new(network),
            finished: Instant::now(),
        }))
    }

    /// A run at its beginning or, where the run beside the ladder stands itself, that one at its end.
    fn begun(&self, place: Place) -> Result<Run, String> {
        let request = &self.request;
        let (data, prior) = (Arc::clone(&request.data), request.fitted.clone());
        let config = place.config(&request.config);
        let own = request.own.as_ref().filter(|own| {
            let (own, config) = (own.config(), &config);
            (&own.network, &own.training) == (&config.network, &config.training)
        });
        let run = match own {
            Some(own) => Run::resume(data, prior, own.checkpoint()),
            None => Run::with_prior(data, &config, prior),
        };
        run.map_err(|error| error.to_string())
    }

    /// The denoising comparison of a rung; the rows without a network are made once for all.
    fn denoised(
        &self,
        run: &Run,
        ended: &dyn Fn() -> bool,
    ) -> Result<Option<Arc<DenoisingPicture>>, String> {
        let ground = {
            let mut common = self.common();
            if common.ground.is_none() {
                common.ground = Ground::of(self.request.run, run).map(Arc::new);
            }
            common.ground.clone()
        };
        let Some(job) = ground.and_then(|ground| Job::of(run, &ground, true)) else {
            return Ok(None);
        };
        let mut made = None;
        {
            let comparisons = self.comparisons.lock();
            let mut comparisons = comparisons.unwrap_or_else(PoisonError::into_inner);
            let mut tell = |picture, _| made = Some(picture);
            let result = comparisons.make(&job, &mut tell, ended);
            result.map_err(|error| error.to_string())?;
        }
        Ok(made.map(|mut picture: DenoisingPicture| {
            let mut common = self.common();
            if let Some(first) = &common.denoising {
                picture.share(first);
            }
            let picture = Arc::new(picture);
            common.denoising.get_or_insert_with(|| Arc::clone(&picture));
            picture
        }))
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
