//! The pieces and what they need; what several of them need is made once.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, s};

use super::timing::timed;
use super::{BenchConfig, Piece, PieceTiming, Timing};
use crate::baseline::{BaselineError, Kpca, PreImage};
use crate::data::{DataSet, Split, generator};
use crate::kernel::{
    Elementwise, Ensemble, EnsembleBuilder, KernelError, Pck, Posteriors, PriorConfig, PriorKernel,
    Scratch,
};
use crate::linalg::{EigenError, leading_eigenpairs};
use crate::model::{Activation, Adam, AdamConfig, Architecture, Autoencoder, Minibatch};
use crate::training::config::{NetworkConfig, Preset, RunConfig};
use crate::training::{ConfigError, Trainer};

/// The residual of the eigenpairs.
const TOLERANCE: f64 = 1e-4;
/// The seed of everything random.
const SEED: u64 = 1;
/// λ of the step.
const LAMBDA: f64 = 0.1;
/// Steps before those that are timed.
const WARM: usize = 5;

/// Runs of a piece at the most.
const MOST_RUNS: usize = 100_000;

/// Why something cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The layers do not begin with the pixels of an image, or are not layers.
    #[error(
        "a network of {found:?} units does not fit images of {pixels} pixels: the first number has to be {pixels}, none 0, and there have to be two at least"
    )]
    Dimensions {
        /// The layers asked for.
        found: Vec<usize>,
        /// Pixels of an image.
        pixels: usize,
    },
    /// There are not that many samples.
    #[error("a minibatch of {batch} samples cannot be drawn from {samples}")]
    Batch {
        /// Samples asked for.
        batch: usize,
        /// Samples there are.
        samples: usize,
    },
    /// So many runs measure nothing, or never end.
    #[error("the number of runs is {0}, but has to be from 1 to {MOST_RUNS}")]
    Runs(usize),
    /// The settings do not fit.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The mixtures cannot be fitted.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The eigenpairs cannot be found.
    #[error(transparent)]
    Eigen(#[from] EigenError),
    /// Kernel PCA or the pre-image failed.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
}

/// What the pieces are measured on.
pub struct Bench {
    data: Arc<DataSet>,
    config: BenchConfig,
    ensemble: Option<Arc<Ensemble>>,
    prior: Option<Arc<dyn PriorKernel>>,
}

impl Bench {
    /// Pieces of the sizes `config` on the samples of `data`.
    ///
    /// # Errors
    ///
    /// [`BenchError::Dimensions`] or [`BenchError::Batch`] if the step does not fit the data,
    /// [`BenchError::Kernel`] if the mixtures do not.
    pub fn new(data: Arc<DataSet>, config: BenchConfig) -> Result<Self, BenchError> {
        let (pixels, samples) = (data.shape().pixels(), data.len());
        let dims = &config.dims;
        if dims.len() < 2 || dims[0] != pixels || dims.contains(&0) {
            let found = dims.clone();
            return Err(BenchError::Dimensions { found, pixels });
        }
        let batch = config.batch;
        if batch == 0 || batch > samples {
            return Err(BenchError::Batch { batch, samples });
        }
        config.mixtures.check()?;
        if config.mixtures.fit_samples > samples {
            let (needed, given) = (config.mixtures.fit_samples, samples);
            return Err(KernelError::TooFewSamples { needed, given }.into());
        }
        Ok(Self {
            data,
            config,
            ensemble: None,
            prior: None,
        })
    }

    /// Looks whether `pieces` can be measured, before hours are spent on the first of them.
    ///
    /// # Errors
    ///
    /// [`BenchError::Runs`]; [`BenchError::Config`] for a step that no run could take.
    pub fn check(&self, pieces: &[Piece]) -> Result<(), BenchError> {
        let runs = self.config.runs.unwrap_or(1);
        if !(1..=MOST_RUNS).contains(&runs) {
            return Err(BenchError::Runs(runs));
        }
        if pieces.contains(&Piece::Step) {
            let split = Split::new(self.data.len(), SEED);
            self.run_config().check(&self.data, &split)?;
        }
        Ok(())
    }

    /// The settings of a run that takes such steps.
    pub(super) fn run_config(&self) -> RunConfig {
        let dims = &self.config.dims;
        let mut config = RunConfig {
            prior: PriorConfig::Pck(self.config.mixtures),
            network: NetworkConfig {
                hidden: dims[1..dims.len() - 1].to_vec(),
                code: dims[dims.len() - 1],
                hidden_activation: self.config.activation,
                code_activation: self.config.activation,
            },
            ..Preset::Quick.config()
        };
        config.training.batch = self.config.batch;
        // Copies are no part of a step.
        config.training.copies = None;
        config
    }

    /// The sizes.
    #[must_use]
    pub fn config(&self) -> &BenchConfig {
        &self.config
    }

    fn runs(&self, otherwise: usize) -> usize {
        self.config.runs.unwrap_or(otherwise)
    }

    /// One step on a minibatch of digits whose P_k is that of an RBF kernel.
    pub(super) fn step(&self) -> Result<Timing, BenchError> {
        let architecture = Architecture {
            dims: self.config.dims.clone(),
            hidden: self.config.activation,
            code: self.config.activation,
            output: Activation::Sigmoid,
        };
        let mut network = Autoencoder::<f32>::new(architecture, &mut generator(SEED, 0));
        let mut adam = Adam::new(network.parameters().len(), AdamConfig::default());
        let mut batch = Minibatch::new(self.config.batch, network.architecture());
        let rows: Vec<usize> = (0..self.config.batch).collect();
        self.data.gather(&rows, batch.input.view_mut());
        let rbf = PriorConfig::Rbf { width: 1.0 };
        if let Some(kernel) = Elementwise::new(&rbf, Arc::clone(&self.data), &rows, SEED)? {
            kernel.gram(&rows, &mut Scratch::default(), batch.prior.view_mut());
        }
        timed(WARM, self.runs(50), || {
            std::hint::black_box(batch.step(&mut network, &mut adam, LAMBDA, 1e-3, None));
            Ok(())
        })
    }

    /// One step as a run under the PCK takes it.
    pub(super) fn whole_step(&mut self) -> Result<Timing, BenchError> {
        let split = Split::new(self.data.len(), SEED);
        let checked = self.run_config().check(&self.data, &split)?;
        let prior = self.prior()?;
        let mut trainer = Trainer::new(checked, Arc::clone(&self.data), &split.training, prior);
        timed(WARM, self.runs(50), || {
            // A loss that is not finite takes no step, and the next one goes on.
            std::hint::black_box(trainer.step(1.0).ok());
            Ok(())
        })
    }

    pub(super) fn fit(&mut self) -> Result<PieceTiming, BenchError> {
        let samples = self.config.mixtures.fit_samples;
        let timing = timed(0, self.runs(5), || {
            let ensemble = self.fitted()?;
            self.ensemble = Some(Arc::new(ensemble));
            Ok::<_, BenchError>(())
        })?;
        Ok(PieceTiming {
            timing,
            samples,
            residual: None,
        })
    }

    pub(super) fn posteriors(&mut self) -> Result<PieceTiming, BenchError> {
        let ensemble = self.ensemble()?;
        let timing = timed(0, self.runs(3), || {
            let placed = self.placed(&ensemble);
            self.prior = Some(Arc::new(Pck::new(Arc::clone(&ensemble), placed)));
            Ok::<_, BenchError>(())
        })?;
        Ok(PieceTiming {
            timing,
            samples: self.data.len(),
            residual: None,
        })
    }

    pub(super) fn eigen(&mut self) -> Result<PieceTiming, BenchError> {
        let (prior, rows) = (self.prior()?, self.training());
        let mut residual = None;
        let timing = timed(0, self.runs(3), || {
            let apply = |v: ArrayView2<'_, f32>| prior.multiply(&rows, &rows, v);
            let pairs = self.config.pairs;
            let found = leading_eigenpairs(rows.len(), pairs, apply, SEED, TOLERANCE, &|| false)?;
            residual = Some(found.residual);
            Ok::<_, BenchError>(())
        })?;
        Ok(PieceTiming {
            timing,
            samples: rows.len(),
            residual,
        })
    }

    pub(super) fn preimage(&mut self) -> Result<PieceTiming, BenchError> {
        let (prior, rows) = (self.prior()?, self.training());
        let never = || false;
        let kpca = Kpca::fit(&*prior, &rows, self.config.components, SEED, &never)?;
        let scores: Array2<f32> = kpca.training_scores();
        let pixels = self.data.rows::<f32>(&rows);
        let mut residual = None;
        let timing = timed(0, self.runs(3), || {
            let scores = scores.slice(s![.., ..]);
            let fitted = PreImage::fit(scores, pixels.view(), 0.5, 1.0, SEED, &never)?;
            residual = Some(fitted.convergence().1);
            Ok::<_, BenchError>(())
        })?;
        Ok(PieceTiming {
            timing,
            samples: rows.len(),
            residual,
        })
    }

    /// The first samples of the data, as many as a training set has.
    fn training(&self) -> Vec<usize> {
        (0..self.config.training.min(self.data.len())).collect()
    }

    fn fitted(&self) -> Result<Ensemble, BenchError> {
        let rows: Vec<usize> = (0..self.config.mixtures.fit_samples).collect();
        let samples = self.data.rows::<f32>(&rows);
        let mut builder = EnsembleBuilder::new(samples.view(), &self.config.mixtures, SEED)?;
        builder.fit_next(usize::MAX);
        Ok(builder.finish())
    }

    fn placed(&self, ensemble: &Ensemble) -> Posteriors {
        let mut placed = Posteriors::empty(ensemble);
        placed.place_next(ensemble, &self.data, usize::MAX);
        placed
    }

    fn ensemble(&mut self) -> Result<Arc<Ensemble>, BenchError> {
        if let Some(ensemble) = &self.ensemble {
            return Ok(Arc::clone(ensemble));
        }
        let ensemble = Arc::new(self.fitted()?);
        self.ensemble = Some(Arc::clone(&ensemble));
        Ok(ensemble)
    }

    fn prior(&mut self) -> Result<Arc<dyn PriorKernel>, BenchError> {
        if let Some(prior) = &self.prior {
            return Ok(Arc::clone(prior));
        }
        let ensemble = self.ensemble()?;
        let placed = self.placed(&ensemble);
        let prior: Arc<dyn PriorKernel> = Arc::new(Pck::new(ensemble, placed));
        self.prior = Some(Arc::clone(&prior));
        Ok(prior)
    }
}
