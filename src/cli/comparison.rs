//! The denoising comparison of a headless run, on all test samples.

use std::collections::HashSet;
use std::sync::Arc;

use super::report::DenoisingReport;
use crate::baseline::BaselineError;
use crate::exhibit::denoising::DenoisingPicture;
use crate::experiment::denoising::{Baselines, Found, NoisyDigits, dkae_pca, dkae_straight, found};
use crate::experiment::method::Method;
use crate::training::{Run, Trainer};

/// Noisy test digits, and what the methods made of them.
pub(super) struct Comparison {
    digits: NoisyDigits,
    /// What each method made of them; one that failed has its reason.
    rows: Vec<(Method, Found)>,
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
        let shrunk = found(baselines.shrunk_pca(&digits, settings, &never))?;
        let network = trainer.network();
        let dkae = found(dkae_pca(
            &network,
            data,
            &split.training,
            &digits,
            settings,
            config.seed,
            &never,
        ))?;
        let straight = Ok(dkae_straight(&network, &digits));
        let rows = vec![
            (Method::Kpca, kpca),
            (Method::DkaePca, dkae),
            (Method::DkaeStraight, straight),
            (Method::LinearPca, linear),
            (Method::LinearShrunk, shrunk),
        ];
        Ok(Some(Self { digits, rows }))
    }

    /// The picture of the digits on show.
    pub fn picture(&self, run: &Run) -> DenoisingPicture {
        let rows = self.rows.iter();
        let rows: Vec<_> = rows.map(|(method, found)| (*method, Some(found))).collect();
        DenoisingPicture::new(
            run.config().get().denoising,
            (run.shown().set, &self.digits, run.shown().indices.len()),
            run.trainer().map_or(0, Trainer::steps),
            &rows,
        )
    }

    /// The errors.
    pub fn report(&self, run: &Run) -> DenoisingReport {
        let config = &run.config().get().denoising;
        let of = |method: Method| {
            let row = self.rows.iter().find(|(of, _)| *of == method)?;
            row.1.as_ref().ok()
        };
        let error = |method| Some(self.digits.error(of(method)?.images.view()));
        let by_components = [Method::Kpca, Method::DkaePca, Method::LinearPca];
        let count = |method: Method| (method.key(), of(method).and_then(|found| found.components));
        DenoisingReport {
            noise: config.noise,
            clip: config.clip,
            components: config.components,
            ridge: config.ridge,
            width: config.width,
            samples: self.digits.indices.len(),
            noisy: self.digits.error(self.digits.noisy.view()),
            kpca: error(Method::Kpca),
            dkae_pca: error(Method::DkaePca),
            dkae_straight: error(Method::DkaeStraight),
            linear_pca: error(Method::LinearPca),
            linear_pca_shrunk: error(Method::LinearShrunk),
            found: by_components.into_iter().map(count).collect(),
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
        let few = |(method, found): &(Method, Found)| {
            let count = found.as_ref().ok()?.components.filter(|&m| m < asked)?;
            let name = method.name();
            Some(format!(
                "{name}: {count} components, for there are no more ({asked} were asked for)"
            ))
        };
        self.rows.iter().filter_map(few).collect()
    }
}
