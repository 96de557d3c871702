//! What is done in one piece on trained networks: the spectrum of P, the denoising comparison, and
//! what classification and clustering make of the codes.

use std::sync::Arc;
use std::time::Instant;

use super::samples::of_classes;
use super::{Study, StudyAdvance, StudyError};
use crate::baseline::BaselineError;
use crate::data::Split;
use crate::experiment::plan::{Recipe, Task};
use crate::experiment::{code_space, fig5, table2};
use crate::kernel::{self, KernelError, PriorConfig, PriorKernel};
use crate::model::Autoencoder;

impl Study {
    pub(super) fn spectrum(
        &mut self,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<StudyAdvance, StudyError> {
        let (task, began) = (Task::Spectrum { seed }, Instant::now());
        let Some(network) = self.trained(&self.plan.dkae(seed)) else {
            return Ok(StudyAdvance::Working);
        };
        let Some(ground) = &self.ground else {
            return Ok(StudyAdvance::Working);
        };
        let split = Split::new(ground.data.len(), seed);
        let subject = fig5::Sampled {
            data: &ground.data,
            prior: &**ground.fitted.prior(),
            training: &split.training,
            test: &split.test,
            shown: &ground.shown.indices,
            network: &network,
        };
        let components = self.plan.spectrum.min(split.training.len());
        match fig5::spectrum(&subject, components, seed, cancel) {
            Ok(mut found) => {
                found.figures.seconds = began.elapsed().as_secs_f64();
                self.pace[0].did(&task, found.figures.seconds);
                self.store.keep_spectrum(&found)?;
                self.findings.spectra.push(Arc::new(found));
                Ok(self.done())
            }
            // A comparison that was interrupted is begun again.
            Err(BaselineError::Cancelled) => Ok(StudyAdvance::Working),
            Err(error) => Ok(self.give_up(task, &error)),
        }
    }

    pub(super) fn denoise(
        &mut self,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<StudyAdvance, StudyError> {
        let (task, began) = (Task::Denoising { seed }, Instant::now());
        let Some(network) = self.trained_for_table2(seed) else {
            return Ok(StudyAdvance::Working);
        };
        let Some(ground) = &self.ground else {
            return Ok(StudyAdvance::Working);
        };
        let split = of_classes(&ground.data, &self.plan.denoising.classes, seed);
        let rbf = self.plan.denoising.prior_widths.iter().map(
            |&width| -> Result<(f64, Arc<dyn PriorKernel>), KernelError> {
                let config = PriorConfig::Rbf { width };
                let kernel = kernel::build(&config, &ground.data, &split.training, seed)?;
                Ok((width, Arc::from(kernel)))
            },
        );
        let rbf: Vec<(f64, Arc<dyn PriorKernel>)> = match rbf.collect::<Result<_, KernelError>>() {
            Ok(rbf) => rbf,
            Err(error) => return Ok(self.give_up(task, &error)),
        };
        let subject = table2::Contest {
            data: &ground.data,
            split: &split,
            prior: ground.fitted.prior(),
            rbf: &rbf,
            network: &network,
            seed,
        };
        match table2::table2(&subject, &self.plan.denoising, cancel) {
            Ok(mut found) => {
                found.figures.seconds = began.elapsed().as_secs_f64();
                self.pace[0].did(&task, found.figures.seconds);
                self.store.keep_denoising(&found)?;
                self.findings.denoising.push(Arc::new(found));
                Ok(self.done())
            }
            // A comparison that was interrupted is begun again.
            Err(BaselineError::Cancelled) => Ok(StudyAdvance::Working),
            Err(error) => Ok(self.give_up(task, &error)),
        }
    }

    pub(super) fn judge_codes(
        &mut self,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<StudyAdvance, StudyError> {
        let (task, began) = (Task::CodeSpace { seed }, Instant::now());
        let Some(dkae) = self.trained(&self.plan.dkae(seed)) else {
            return Ok(StudyAdvance::Working);
        };
        let Some(plain) = self.trained(&self.plan.plain(seed)) else {
            return Ok(StudyAdvance::Working);
        };
        let Some(ground) = &self.ground else {
            return Ok(StudyAdvance::Working);
        };
        let subject = code_space::Spaces {
            data: &ground.data,
            split: &Split::new(ground.data.len(), seed),
            prior: &**ground.fitted.prior(),
            plain: &plain,
            dkae: &dkae,
            seed,
        };
        match code_space::code_space(&subject, self.plan.dimension(), cancel) {
            Ok(mut figures) => {
                figures.seconds = began.elapsed().as_secs_f64();
                self.pace[0].did(&task, figures.seconds);
                self.store.keep_code_space(&figures)?;
                self.findings.code_spaces.push(Arc::new(figures));
                Ok(self.done())
            }
            // A comparison that was interrupted is begun again.
            Err(BaselineError::Cancelled) => Ok(StudyAdvance::Working),
            Err(error) => Ok(self.give_up(task, &error)),
        }
    }

    /// The trained network of Table 2. One whose file is damaged is trained again first.
    fn trained_for_table2(&mut self, seed: u64) -> Option<Autoencoder<f32>> {
        let network = self.store.course_network(seed, &self.plan, &self.sizes);
        let lost = network.map_err(|damage| self.set_aside(&damage));
        if lost.is_err() {
            self.findings.courses.retain(|course| course.seed != seed);
            self.queue.push_front(Task::Course { seed });
        }
        lost.ok()
    }

    /// The trained network of `recipe`. One whose file is damaged is trained again first.
    fn trained(&mut self, recipe: &Recipe) -> Option<Autoencoder<f32>> {
        match self.store.network(recipe, &self.plan, &self.sizes) {
            Ok(network) => Some(network),
            Err(damage) => {
                self.set_aside(&damage);
                self.findings
                    .networks
                    .retain(|n| n.figures.recipe != *recipe);
                self.queue.push_front(Task::Network(*recipe));
                None
            }
        }
    }
}
