//! A prior kernel from its settings, in one go.

use std::sync::Arc;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::{
    Elementwise, EnsembleBuilder, Ideal, KernelError, Pck, PckConfig, Posteriors, PriorConfig,
    PriorKernel,
};
use crate::data::DataSet;

/// Makes the kernel that `config` describes over all samples of `data`, from the samples
/// `training` (which fit the mixtures or give the median distance). Whoever wants to watch the
/// mixtures of a PCK or interrupt them goes through [`EnsembleBuilder`] instead; the kernel is
/// the same.
///
/// # Errors
///
/// A setting out of its range, too few or identical training samples, labels that are missing:
/// see [`KernelError`].
pub fn build(
    config: &PriorConfig,
    data: &Arc<DataSet>,
    training: &[usize],
    seed: u64,
) -> Result<Box<dyn PriorKernel>, KernelError> {
    match config {
        PriorConfig::Ideal => Ok(Box::new(Ideal::new(Arc::clone(data))?)),
        PriorConfig::Pck(config) => {
            let samples = data.rows::<f32>(&fit_indices(config, training, seed)?);
            let mut builder = EnsembleBuilder::new(samples.view(), config, seed)?;
            builder.fit_next(usize::MAX);
            let ensemble = Arc::new(builder.finish());
            let mut posteriors = Posteriors::empty(&ensemble);
            posteriors.place_next(&ensemble, data, usize::MAX);
            Ok(Box::new(Pck::new(ensemble, posteriors)))
        }
        config => {
            let kernel = Elementwise::new(config, Arc::clone(data), training, seed)?;
            let kernel = kernel.expect("the other kinds were handled above");
            Ok(Box::new(kernel))
        }
    }
}

/// The samples that the mixtures are fitted on: `config.fit_samples` of `training`, drawn
/// without replacement by `seed`.
///
/// # Errors
///
/// [`KernelError::Setting`] for settings out of their range, [`KernelError::TooFewSamples`] if
/// there are fewer training samples than that.
pub fn fit_indices(
    config: &PckConfig,
    training: &[usize],
    seed: u64,
) -> Result<Vec<usize>, KernelError> {
    config.check()?;
    let (needed, given) = (config.fit_samples, training.len());
    if given < needed {
        return Err(KernelError::TooFewSamples { needed, given });
    }
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let positions = rand::seq::index::sample(&mut random, given, needed);
    Ok(positions
        .iter()
        .map(|position| training[position])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_are_fitted_on_as_many_training_samples_as_are_asked_for_each_once() {
        // Far from the positions 0, 1, 2, … at which they stand.
        let training: Vec<usize> = (0..50).map(|i| 1_000 + 7 * i).collect();
        let fitted = |fit_samples, seed| {
            let config = PckConfig {
                max_components: 5,
                fit_samples,
                ..PckConfig::default()
            };
            fit_indices(&config, &training, seed)
        };
        for fit_samples in [5, 30, 50] {
            let mut found = fitted(fit_samples, 3).unwrap();
            assert_eq!(found, fitted(fit_samples, 3).unwrap());
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), fit_samples);
            assert!(found.iter().all(|index| training.contains(index)));
        }
        assert_ne!(fitted(30, 3), fitted(30, 4));
        let few = KernelError::TooFewSamples {
            needed: 51,
            given: 50,
        };
        assert_eq!(fitted(51, 3), Err(few));
    }
}
