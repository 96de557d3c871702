//! Where pictures of networks at rest are taken: rungs of a ladder, pins of a session.
//!
//! Networks of one studio are pictured on the same images beside the same P, and what methods without a
//! network make of noisy images is the same for all: these stand in memory once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::comparer::{Comparisons, Ground, Job};
use super::protocol::RunId;
use crate::exhibit::Exhibit;
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::training::Run;

/// A studio for networks on the same data under the same prior.
#[derive(Default)]
pub(super) struct Studio {
    common: Mutex<Common>,
    comparisons: Mutex<Comparisons>,
}

/// What the networks have in common.
#[derive(Default)]
struct Common {
    ground: Option<Arc<Ground>>,
    camera: Camera,
    denoising: Option<Arc<DenoisingPicture>>,
}

impl Studio {
    fn common(&self) -> MutexGuard<'_, Common> {
        self.common.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What there is to see of `run`, with its denoising comparison.
    ///
    /// # Errors
    ///
    /// Why the comparison cannot be made, or that it has `ended`.
    pub(super) fn exhibit(
        &self,
        id: RunId,
        run: &Run,
        ended: &dyn Fn() -> bool,
    ) -> Result<Exhibit, String> {
        let mut camera = self.common().camera.beside();
        while !camera.look(run) {}
        self.common().camera = camera.beside();
        let denoising = self.denoised(id, run, ended)?;
        Ok(camera.parts(run, denoising).exhibit())
    }

    /// The denoising comparison; the rows without a network are made once for all.
    fn denoised(
        &self,
        id: RunId,
        run: &Run,
        ended: &dyn Fn() -> bool,
    ) -> Result<Option<Arc<DenoisingPicture>>, String> {
        let ground = {
            let mut common = self.common();
            if common.ground.is_none() {
                common.ground = Ground::of(id, run).map(Arc::new);
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
