//! Where pictures of networks at rest are taken: rungs of a ladder, pins of a session.
//!
//! Networks of one studio are pictured on the same images beside the same P, and what methods without a
//! network make of noisy images is the same for all: these stand in memory once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::comparer::{Ground, Job};
use super::protocol::RunId;
use crate::exhibit::Exhibit;
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::experiment::denoising::NoisyDigits;
use crate::training::Run;
use crate::training::config::DenoisingConfig;

/// A studio for networks on the same data under the same prior.
#[derive(Default)]
pub(super) struct Studio {
    common: Mutex<Common>,
    /// Held while what needs no network is made: others wait for it.
    making: Mutex<()>,
}

/// What the networks have in common.
#[derive(Default)]
struct Common {
    ground: Option<Arc<Ground>>,
    camera: Camera,
    denoising: Option<Arc<DenoisingPicture>>,
    /// The noisy images, and the settings that they were made under.
    digits: Option<(DenoisingConfig, Arc<NoisyDigits>)>,
    /// No more networks come.
    closed: bool,
}

impl Studio {
    /// The comparison of the run that the networks stand beside: what methods without a network made of the
    /// noisy images need not be made again.
    pub(super) fn compared(&self, denoising: &Arc<DenoisingPicture>) {
        let mut common = self.common();
        if common.denoising.is_none() && !common.closed {
            common.denoising = Some(Arc::clone(denoising));
        }
    }

    /// No more networks come: what was kept for them is given up.
    pub(super) fn close(&self) {
        *self.common() = Common {
            closed: true,
            ..Common::default()
        };
    }

    /// Whether what methods without a network make of the noisy images is there.
    pub(super) fn is_compared(&self) -> bool {
        self.common().denoising.is_some()
    }

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
        let (first, digits) = self.without_network(&job, ended)?;
        let rows = (job.network.as_ref()).map(|network| job.learned(network, &digits, ended));
        let rows = rows.transpose().map_err(|error| error.to_string())?;
        Ok(Some(Arc::new(job.beside(&first, &digits, rows.as_ref()))))
    }

    /// The noisy images of `job`, and what methods without a network make of them.
    fn without_network(
        &self,
        job: &Job,
        ended: &dyn Fn() -> bool,
    ) -> Result<(Arc<DenoisingPicture>, Arc<NoisyDigits>), String> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, digits) = {
            let common = self.common();
            let first = common.denoising.clone();
            let digits = common.digits.clone();
            (
                first.filter(|first| job.has_rows_of(first)),
                digits
                    .filter(|(config, digits)| {
                        *config == job.config && digits.indices == *job.indices
                    })
                    .map(|(_, digits)| digits),
            )
        };
        let digits = digits.unwrap_or_else(|| Arc::new(job.digits()));
        let first = match first {
            Some(first) => first,
            None => Arc::new(
                job.without_network(&digits, ended)
                    .map_err(|error| error.to_string())?,
            ),
        };
        let mut common = self.common();
        common.denoising = Some(Arc::clone(&first));
        common.digits = Some((job.config, Arc::clone(&digits)));
        Ok((first, digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exhibit::RowOf;
    use crate::experiment::method::Method;
    use crate::worker::small;

    /// Networks of one studio may stand under other settings of the noise: each is shown under its own.
    #[test]
    fn noisy_images_are_those_of_each_networks_own_settings() {
        let (data, mut config) = small::run(4);
        let mut first = Run::new(Arc::clone(&data), &config).unwrap();
        first.advance().unwrap();
        let fitted = first.fitted().unwrap().clone();
        config.denoising.noise = 0.5;
        let mut second = Run::with_prior(Arc::clone(&data), &config, fitted).unwrap();
        second.advance().unwrap();
        let one_studio = Studio::default();
        for run in [&first, &second, &first] {
            let shared = one_studio.exhibit(RunId(1), run, &|| false).unwrap();
            let alone = Studio::default().exhibit(RunId(1), run, &|| false).unwrap();
            assert_eq!(shared.compared, alone.compared);
            for method in [
                Method::Noisy,
                Method::Kpca,
                Method::DkaePca,
                Method::LinearPca,
            ] {
                let error = |exhibit: &Exhibit| {
                    let row = exhibit.row(RowOf::Denoised(method)).unwrap();
                    row.error.unwrap()
                };
                assert_eq!(error(&shared), error(&alone), "{method:?}");
            }
        }
    }
}
