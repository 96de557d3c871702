//! The denoising comparison of a headless run, on all test samples.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::report::DenoisingReport;
use crate::baseline::BaselineError;
use crate::experiment::denoising::{
    Baselines, DenoisingMethod, Found, NoisyDigits, dkae_pca, found,
};
use crate::training::{Run, Trainer};
use crate::worker::denoising_picture;
use crate::worker::protocol::DenoisingPicture;

/// Noisy test digits, and what the methods made of them.
pub(super) struct Comparison {
    digits: NoisyDigits,
    /// Kernel PCA, dkAE + PCA and linear PCA; a method that failed has its reason.
    rows: [(DenoisingMethod, Found); 3],
}

impl Comparison {
    /// Of a run whose network is trained; `None` without one.
    ///
    /// # Errors
    ///
    /// None of a single method: those are part of the comparison.
    pub fn of(run: &Run) -> Result<Option<Self>, BaselineError> {
        let (Some(prior), Some(trainer)) = (run.prior(), run.trainer()) else {
            return Ok(None);
        };
        let (data, split, config) = (run.data(), run.split(), run.config().get());
        let all = run.shown().set.of(split);
        // The shown digits first, in their order: they are the ones in the pictures.
        let mut indices = run.shown().indices.clone();
        let drawn: HashSet<usize> = indices.iter().copied().collect();
        indices.extend(all.iter().filter(|index| !drawn.contains(index)));
        let settings = &config.denoising;
        let digits = NoisyDigits::new(data, &indices, settings, config.seed);
        let never = || false;
        let mut baselines = Baselines::new(
            Arc::clone(data),
            split.training.clone(),
            Arc::clone(prior),
            config.seed,
        );
        let kpca = found(baselines.kpca(&digits, settings, &never))?;
        let linear = found(baselines.linear_pca(&digits, settings, &never))?;
        let dkae = found(dkae_pca(
            &trainer.network(),
            data,
            &split.training,
            &digits,
            settings,
            config.seed,
            &never,
        ))?;
        let rows = [
            (DenoisingMethod::Kpca, kpca),
            (DenoisingMethod::DkaePca, dkae),
            (DenoisingMethod::LinearPca, linear),
        ];
        Ok(Some(Self { digits, rows }))
    }

    /// The picture of the digits on show.
    pub fn picture(&self, run: &Run) -> DenoisingPicture {
        denoising_picture(
            run.data(),
            run.config().get().denoising,
            (run.shown().set, &self.digits, run.shown().indices.len()),
            run.trainer().map_or(0, Trainer::steps),
            self.rows.each_ref().map(|(_, found)| Some(found)),
        )
    }

    /// The errors.
    pub fn report(&self, run: &Run) -> DenoisingReport {
        let config = &run.config().get().denoising;
        let error = |found: &Found| {
            let found = found.as_ref().ok()?;
            Some(self.digits.error(found.images.view()))
        };
        let count = |found: &Found| Some(found.as_ref().ok()?.components);
        let [(_, kpca), (_, dkae), (_, linear)] = &self.rows;
        DenoisingReport {
            noise: config.noise,
            clip: config.clip,
            components: config.components,
            ridge: config.ridge,
            width: config.width,
            samples: self.digits.indices.len(),
            noisy: self.digits.error(self.digits.noisy.view()),
            kpca: error(kpca),
            dkae_pca: error(dkae),
            linear_pca: error(linear),
            found: BTreeMap::from([
                ("kpca", count(kpca)),
                ("dkae_pca", count(dkae)),
                ("linear_pca", count(linear)),
            ]),
        }
    }

    /// What failed: the method, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.rows.iter().filter_map(|(method, found)| {
            let reason = found.as_ref().err()?;
            Some((method.name(), reason.as_str()))
        })
    }

    /// A line for each method that has fewer components than asked for.
    pub fn clamped(&self, asked: usize) -> Vec<String> {
        let few = |(method, found): &(DenoisingMethod, Found)| {
            let found = found.as_ref().ok().filter(|f| f.components < asked)?;
            let (name, count) = (method.name(), found.components);
            Some(format!(
                "{name}: {count} components, for there are no more ({asked} were asked for)"
            ))
        };
        self.rows.iter().filter_map(few).collect()
    }
}
