//! Steps: the network being trained on minibatches, first layer by layer, then whole.
//!
//! [`Trainer::step`] takes one step and returns; it allocates nothing. Every step draws k
//! training samples without replacement (Section 4.1), gathers their pixels, asks the prior for
//! P_k and hands both to the network.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::check::CheckedConfig;
use super::checkpoint::{Counters, TrainerState};
use super::config::{PretrainingConfig, Ramp};
use super::scores::LossPoint;
use crate::data::{DataSet, add_gaussian_noise, generator, shuffle};
use crate::kernel::{PriorKernel, Scratch};
use crate::model::{Adam, AdamConfig, Autoencoder, Minibatch};

/// The random streams of a run under its seed (1 and 2 choose and split the samples).
mod stream {
    pub const WEIGHTS: u64 = 11;
    pub const BATCHES: u64 = 12;
    pub const NOISE: u64 = 13;
    pub const CODE_LAYER: u64 = 14;
    pub const PROJECTION: u64 = 16;
}

/// How many times as large one of the two losses' weights may become before Adam's moments, which
/// were gathered under the old weights, begin anew.
const SAME_LOSS: f64 = 1.5;

/// Steps that moments are of before they have anything to forget.
const YOUNG: u64 = 100;

/// Steps between two copies of weights that are known to be good.
const SAFE_EVERY: u64 = 25;

/// What a step trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// One layer alone, numbered from 0; `done` of its steps are taken.
    Pretraining {
        /// The layer.
        layer: usize,
        /// Its steps so far.
        done: usize,
    },
    /// The whole network; `done` steps are taken.
    Training {
        /// The steps so far.
        done: usize,
    },
}

impl Stage {
    /// The layer that is pretrained, from 1.
    #[must_use]
    pub fn layer(self) -> Option<usize> {
        match self {
            Self::Pretraining { layer, .. } => Some(layer + 1),
            Self::Training { .. } => None,
        }
    }
}

/// A loss that is not finite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "at step {step} the loss is not a finite number (Lr {lr}, Lc {lc}; λ {lambda}, learning rate \
     {rate}, Nc {code}). {cause} The weights of step {safe_step} are kept."
)]
pub struct Diverged {
    /// The step.
    pub step: u64,
    /// Lr there.
    pub lr: f64,
    /// Lc there.
    pub lc: f64,
    /// λ there.
    pub lambda: f64,
    /// The learning rate there.
    pub rate: f64,
    /// Nc there.
    pub code: usize,
    /// The step whose weights stand now.
    pub safe_step: u64,
    /// What is likely to blame, and the remedy.
    pub cause: Cause,
}

/// A network in training.
pub struct Trainer {
    data: Arc<DataSet>,
    prior: Arc<dyn PriorKernel>,
    config: CheckedConfig,
    lambda: f64,
    /// On the way to `lambda`; `None`, too, once somebody has set that.
    ramp: Option<Ramp>,
    rate: f64,
    pretraining_rate: f64,
    input_noise: f64,
    stage: Stage,
    step: u64,
    network: Autoencoder<f32>,
    /// What is being trained: one layer alone, or the network itself (then `None`).
    alone: Option<Autoencoder<f32>>,
    adam: Adam<f32>,
    batch: Minibatch<f32>,
    /// The pixels, and outputs of finished layers on the way to the one that is pretrained.
    below: Vec<Array2<f32>>,
    /// The training samples, in an order that each batch shuffles further.
    order: Vec<usize>,
    batches: Pcg64Mcg,
    noise: Pcg64Mcg,
    /// λ when the moments began, if they began anew: the learning rate rises with them.
    warmed: Option<f64>,
    scratch: Scratch,
    safe: Safe,
}

/// Weights and moments that gave a finite loss.
struct Safe {
    network: Autoencoder<f32>,
    adam: Adam<f32>,
    step: u64,
}

impl Trainer {
    /// A network with fresh weights, to be trained on the samples `training` of `data` against
    /// `prior`.
    #[must_use]
    pub fn new(
        config: CheckedConfig,
        data: Arc<DataSet>,
        training: &[usize],
        prior: Arc<dyn PriorKernel>,
    ) -> Self {
        let seed = config.get().seed;
        let architecture = config.architecture().clone();
        let network = Autoencoder::new(architecture, &mut generator(seed, stream::WEIGHTS));
        let settings = &config.get().training;
        let adam = Adam::new(network.parameters().len(), AdamConfig::default());
        let mut trainer = Self {
            lambda: settings.lambda,
            ramp: settings.ramp,
            rate: settings.learning_rate,
            pretraining_rate: settings
                .pretraining
                .map_or(settings.learning_rate, |p| p.learning_rate),
            input_noise: settings.input_noise,
            stage: Stage::Training { done: 0 },
            step: 0,
            alone: None,
            batch: whole_batch(&config, &network),
            below: Vec::new(),
            order: training.to_vec(),
            batches: generator(seed, stream::BATCHES),
            noise: generator(seed, stream::NOISE),
            warmed: None,
            scratch: Scratch::default(),
            safe: Safe {
                network: network.clone(),
                adam: adam.clone(),
                step: 0,
            },
            adam,
            network,
            prior,
            data,
            config,
        };
        if trainer.pretraining().is_some() {
            trainer.begin_layer(0);
        }
        trainer
    }

    /// A trainer that goes on where `state` was taken. `config`, `data` and `prior` are those
    /// that it had then; `None` if `state` does not fit them.
    #[must_use]
    pub fn restore(
        config: CheckedConfig,
        data: Arc<DataSet>,
        training: &[usize],
        prior: Arc<dyn PriorKernel>,
        state: TrainerState,
    ) -> Option<Self> {
        if !state.fits(&config, training) {
            return None;
        }
        let mut trainer = Self::new(config, data, training, prior);
        let counters = state.counters;
        if let Stage::Pretraining { layer, .. } = counters.stage {
            trainer.begin_layer(layer);
        } else {
            trainer.alone = None;
            trainer.below.clear();
            trainer.batch = whole_batch(&trainer.config, &state.network);
        }
        trainer.network = state.network;
        trainer.alone = state.alone;
        // Of a network at rest they are left out, since they would begin anew.
        trainer.adam = if state.adam.moments().0.is_empty() {
            Adam::new(trainer.network.parameters().len(), AdamConfig::default())
        } else {
            state.adam
        };
        trainer.order = state.order;
        trainer.lambda = counters.lambda;
        trainer.ramp = trainer.ramp.filter(|_| !counters.ramp_over);
        trainer.rate = counters.rate;
        trainer.pretraining_rate = counters.pretraining_rate;
        trainer.input_noise = counters.input_noise;
        trainer.stage = counters.stage;
        trainer.step = counters.step;
        trainer.warmed = counters.warmed;
        trainer.batches = counters.batches;
        trainer.noise = counters.noise;
        trainer.keep_safe();
        Some(trainer)
    }

    /// Everything that changes about the trainer.
    #[must_use]
    pub fn state(&self) -> TrainerState {
        TrainerState {
            network: self.network.clone(),
            alone: self.alone.clone(),
            adam: self.adam.clone(),
            order: self.order.clone(),
            counters: Counters {
                lambda: self.lambda,
                ramp_over: self.ramp.is_none(),
                rate: self.rate,
                pretraining_rate: self.pretraining_rate,
                input_noise: self.input_noise,
                stage: self.stage,
                step: self.step,
                warmed: self.warmed,
                batches: self.batches.clone(),
                noise: self.noise.clone(),
            },
        }
    }

    fn pretraining(&self) -> Option<PretrainingConfig> {
        self.config.get().training.pretraining
    }

    /// What the next step trains.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Steps taken in all.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// λ as it is set: where a ramp leads to.
    #[must_use]
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// The learning rate of the present stage.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        match self.stage {
            Stage::Pretraining { .. } => self.pretraining_rate,
            Stage::Training { .. } => self.rate,
        }
    }

    /// Sets λ for the next step on; with another λ a ramp is over. Moments that were gathered under
    /// quite another weighing of the losses would make the first steps under this one many times
    /// too long: they begin anew.
    pub fn set_lambda(&mut self, lambda: f64) {
        if self.lambda.total_cmp(&lambda).is_eq() {
            return;
        }
        let since = match self.ramp {
            Some(_) => self.present_lambda(),
            None => self.warmed.unwrap_or(self.lambda),
        };
        (self.lambda, self.ramp) = (lambda, None);
        // Layers below the code are pretrained without λ.
        let trains_it = self.effective_lambda().total_cmp(&lambda).is_eq();
        let grown = |old: f64, new: f64| new > SAME_LOSS * old + 1e-6;
        if self.adam.steps() >= YOUNG
            && trains_it
            && (grown(since, lambda) || grown(1.0 - since, 1.0 - lambda))
        {
            self.restart_moments();
        }
    }

    /// Lets Adam's moments begin anew, and the learning rate rise as they come to be worth
    /// something ([`Adam::rectification`]). `examples/steering.rs` measures what that does.
    pub fn restart_moments(&mut self) {
        self.adam.reset();
        self.warmed = Some(self.present_lambda());
    }

    /// The share of the learning rate while it rises; 1 for moments that are the first.
    fn warmth(&self) -> f64 {
        self.warmed.map_or(1.0, |_| self.adam.rectification())
    }

    /// Sets the learning rate, of this stage and those to come, for the next step on.
    pub fn set_learning_rate(&mut self, rate: f64) {
        self.rate = rate;
        self.pretraining_rate = rate;
    }

    /// Sets the standard deviation of the noise on the training input for the next step on.
    pub fn set_input_noise(&mut self, std: f64) {
        self.input_noise = std;
    }

    /// Gives the network a code layer of `units`, which starts anew; the layers below stay. All
    /// moments begin anew: they share Adam's count of steps, which corrects their bias.
    pub fn set_code_size(&mut self, units: usize) {
        // A stream of its own for every step at which that can happen.
        let mut seeds = generator(self.config.get().seed, stream::CODE_LAYER);
        let mut rng = generator(seeds.random::<u64>() ^ self.step, stream::CODE_LAYER);
        let last = self.network.architecture().layers() - 1;
        let pretrained = match self.stage {
            Stage::Pretraining { layer, .. } => Some(layer),
            Stage::Training { .. } => None,
        };
        self.network = self.network.with_code_size(units, &mut rng);
        match pretrained {
            None => {
                self.adam = Adam::new(self.network.parameters().len(), AdamConfig::default());
                self.warmed = Some(self.present_lambda());
                self.batch = whole_batch(&self.config, &self.network);
                self.keep_safe();
            }
            Some(layer) if layer == last => self.begin_layer(layer),
            Some(_) => {}
        }
    }

    /// The network as it stands, with the layer that is being pretrained put in its place.
    #[must_use]
    pub fn network(&self) -> Autoencoder<f32> {
        let mut network = self.network.clone();
        if let (Some(alone), Stage::Pretraining { layer, .. }) = (&self.alone, self.stage) {
            network.put_layer(layer, alone);
        }
        network
    }

    /// How many layers are worth looking at: those that are trained or being trained.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self.stage {
            Stage::Pretraining { layer, .. } => layer + 1,
            Stage::Training { .. } => self.network.architecture().layers(),
        }
    }

    /// Codes of some rows of pixels, and what they are decoded to; during pretraining with the
    /// layers there are so far.
    #[must_use]
    pub fn look(&self, pixels: ArrayView2<'_, f32>) -> (Array2<f32>, Array2<f32>) {
        let codes = self.encode(pixels);
        let reconstructions = self.decode(codes.view());
        (codes, reconstructions)
    }

    /// What is being trained on some rows of pixels: its input (which it is to give back), its codes
    /// and its reconstructions of the input. That is the whole network on the pixels, or the layer
    /// that is being pretrained on what the layers below make of them.
    #[must_use]
    pub fn objective(&self, pixels: ArrayView2<'_, f32>) -> [Array2<f32>; 3] {
        match &self.alone {
            Some(alone) => {
                let input = self.network.encode_through(pixels, self.lower());
                let codes = alone.encode(input.view());
                let back = alone.decode(codes.view());
                [input, codes, back]
            }
            None => {
                let (codes, back) = self.look(pixels);
                [pixels.to_owned(), codes, back]
            }
        }
    }

    /// The finished layers below the one that is being pretrained; all, if none is.
    fn lower(&self) -> usize {
        self.depth() - usize::from(self.alone.is_some())
    }

    /// Codes of some rows of pixels; during pretraining by the layers there are so far.
    #[must_use]
    pub fn encode(&self, pixels: ArrayView2<'_, f32>) -> Array2<f32> {
        let below = self.network.encode_through(pixels, self.lower());
        match &self.alone {
            Some(alone) => alone.encode(below.view()),
            None => below,
        }
    }

    /// What [`Self::encode`]'s codes are decoded to.
    #[must_use]
    pub fn decode(&self, codes: ArrayView2<'_, f32>) -> Array2<f32> {
        match &self.alone {
            Some(alone) => {
                let back = alone.decode(codes);
                self.network.decode_from(back.view(), self.lower())
            }
            None => self.network.decode_from(codes, self.lower()),
        }
    }

    /// Takes one step, at `share` of the learning rate. On [`Diverged`] the last good weights
    /// stand again.
    ///
    /// # Errors
    ///
    /// [`Diverged`] if the loss of this minibatch is not finite.
    pub fn step(&mut self, share: f64) -> Result<LossPoint, Diverged> {
        let size = self.batch.size();
        shuffle(&mut self.order, size, &mut self.batches);
        let indices = &self.order[..size];
        self.prior
            .gram(indices, &mut self.scratch, self.batch.prior.view_mut());
        self.gather();
        if let Some(projection) = self.batch.projection() {
            projection.begin(&mut generator(
                self.config.get().seed ^ self.step,
                stream::PROJECTION,
            ));
        }
        let share = share * self.warmth();
        let (lambda, rate) = (self.effective_lambda(), share * self.learning_rate());
        let clip = self.config.get().training.clip_norm;
        let network = self.alone.as_mut().unwrap_or(&mut self.network);
        let losses = self.batch.forward(network, lambda);
        if !losses.total.is_finite() {
            return Err(self.recover(losses.lr, losses.lc, rate));
        }
        if self.step.is_multiple_of(SAFE_EVERY) {
            self.safe.network.copy_from(network);
            self.safe.adam.copy_from(&self.adam);
            self.safe.step = self.step;
        }
        self.batch
            .learn(network, &mut self.adam, lambda, rate, clip);
        let point = LossPoint {
            step: self.step,
            layer: self.stage.layer(),
            lambda,
            lr: losses.lr,
            lc: losses.lc,
            total: losses.total,
        };
        self.step += 1;
        self.count();
        Ok(point)
    }

    /// λ as Eq. 5 has it for what is being trained: layers below the code are pretrained for
    /// reconstruction alone.
    #[must_use]
    pub fn effective_lambda(&self) -> f64 {
        match self.stage {
            Stage::Pretraining { layer, .. }
                if layer + 1 < self.network.architecture().layers() =>
            {
                0.0
            }
            _ => self.present_lambda(),
        }
    }

    /// λ of the next step of the whole network, or of the code layer's pretraining.
    fn present_lambda(&self) -> f64 {
        let done = match self.stage {
            Stage::Pretraining { .. } => 0,
            Stage::Training { done } => done,
        };
        let steps = self.config.get().training.steps;
        self.ramp
            .map_or(self.lambda, |ramp| ramp.lambda(self.lambda, done, steps))
    }

    /// Fills the minibatch's input (and its clean target, if there is noise).
    fn gather(&mut self) {
        let indices = &self.order[..self.batch.size()];
        let (std, seed) = (self.input_noise, self.noise.random());
        let Some(pixels) = self.below.first_mut() else {
            self.data.gather(indices, self.batch.input.view_mut());
            self.batch.add_noise(std, seed);
            return;
        };
        // Pretraining above the first layer: the pixels go through the layers below, and noise on
        // them as well. What the layer is to give back is what they make of clean pixels.
        self.data.gather(indices, pixels.view_mut());
        self.rise();
        if std == 0.0 {
            self.batch.target = None;
            return;
        }
        self.batch.keep_target();
        add_gaussian_noise(self.below[0].view_mut(), narrow(std), false, seed);
        self.rise();
    }

    /// Takes the gathered pixels through the layers below the one in training.
    fn rise(&mut self) {
        let Some((pixels, hidden)) = self.below.split_first_mut() else {
            return;
        };
        let top = hidden.len();
        let mut input: &Array2<f32> = pixels;
        for (layer, output) in hidden.iter_mut().enumerate() {
            self.network
                .encode_into(layer, input.view(), output.view_mut());
            input = output;
        }
        self.network
            .encode_into(top, input.view(), self.batch.input.view_mut());
    }

    /// Makes room for weights of another shape, and takes the present ones as good.
    fn keep_safe(&mut self) {
        let network = self.alone.as_ref().unwrap_or(&self.network);
        self.safe = Safe {
            network: network.clone(),
            adam: self.adam.clone(),
            step: self.step,
        };
    }

    /// Goes back to the last good weights.
    fn recover(&mut self, lr: f64, lc: f64, rate: f64) -> Diverged {
        let network = self.alone.as_mut().unwrap_or(&mut self.network);
        network.copy_from(&self.safe.network);
        self.adam.copy_from(&self.safe.adam);
        Diverged {
            cause: Cause::likely(self.config.get(), self.input_noise, self.batch.prior.view()),
            step: self.step,
            lr,
            lc,
            lambda: self.effective_lambda(),
            rate,
            code: *self
                .network
                .architecture()
                .dims
                .last()
                .expect("a network has layers"),
            safe_step: self.safe.step,
        }
    }

    /// Counts a step and moves on to the next layer or stage when this one is done.
    fn count(&mut self) {
        match self.stage {
            Stage::Training { done } => self.stage = Stage::Training { done: done + 1 },
            Stage::Pretraining { layer, done } => {
                self.stage = Stage::Pretraining {
                    layer,
                    done: done + 1,
                };
                let steps = self.pretraining().map_or(0, |p| p.steps_per_layer);
                if done + 1 >= steps {
                    self.finish_layer(layer);
                }
            }
        }
    }

    fn finish_layer(&mut self, layer: usize) {
        if let Some(alone) = self.alone.take() {
            self.network.put_layer(layer, &alone);
        }
        if layer + 1 < self.network.architecture().layers() {
            self.begin_layer(layer + 1);
        } else {
            self.below.clear();
            self.warmed = None;
            self.adam = Adam::new(self.network.parameters().len(), AdamConfig::default());
            self.batch = whole_batch(&self.config, &self.network);
            self.stage = Stage::Training { done: 0 };
            self.keep_safe();
        }
    }

    fn begin_layer(&mut self, layer: usize) {
        let k = self.batch.size();
        let alone = self.network.layer_alone(layer);
        self.warmed = None;
        self.adam = Adam::new(alone.parameters().len(), AdamConfig::default());
        self.batch = Minibatch::new(k, alone.architecture());
        let dims = &self.network.architecture().dims;
        // The pixels and the outputs of all layers below but the last, which is the batch's input.
        let below = if layer == 0 { &[][..] } else { &dims[..layer] };
        self.below = below
            .iter()
            .map(|&units| Array2::zeros((k, units)))
            .collect();
        self.alone = Some(alone);
        self.stage = Stage::Pretraining { layer, done: 0 };
        self.keep_safe();
    }
}

impl TrainerState {
    /// Whether a trainer under `config` on the samples `training` can have come here.
    pub(super) fn fits(&self, config: &CheckedConfig, training: &[usize]) -> bool {
        let network = &self.network;
        if network.architecture() != config.architecture() || !same(&self.order, training) {
            return false;
        }
        let alone = self.alone.as_ref().map(Autoencoder::architecture);
        match self.counters.stage {
            Stage::Training { .. } => alone.is_none(),
            Stage::Pretraining { layer, .. } => {
                config.get().training.pretraining.is_some()
                    && layer < network.architecture().layers()
                    && alone == Some(network.layer_alone(layer).architecture())
            }
        }
    }
}

/// The buffers of the whole network's steps.
fn whole_batch(config: &CheckedConfig, network: &Autoencoder<f32>) -> Minibatch<f32> {
    let training = &config.get().training;
    let batch = Minibatch::new(training.batch, network.architecture());
    match training.projection {
        Some(components) => batch.through(components),
        None => batch,
    }
}

/// Whether `a` and `b` are the same samples, in whichever order.
fn same(a: &[usize], b: &[usize]) -> bool {
    let sorted = |samples: &[usize]| {
        let mut samples = samples.to_vec();
        samples.sort_unstable();
        samples
    };
    sorted(a) == sorted(b)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a standard deviation of pixels"
)]
fn narrow(std: f64) -> f32 {
    std as f32
}

impl Minibatch<f32> {
    /// Puts Gaussian noise on the input and keeps the clean pixels as the target; without noise
    /// the input is its own target.
    fn add_noise(&mut self, std: f64, seed: u64) {
        if std == 0.0 {
            self.target = None;
            return;
        }
        self.keep_target();
        add_gaussian_noise(self.input.view_mut(), narrow(std), false, seed);
    }

    /// Makes the present input the target.
    fn keep_target(&mut self) {
        match &mut self.target {
            Some(target) => target.assign(&self.input),
            None => self.target = Some(self.input.clone()),
        }
    }
}

#[cfg(test)]
#[path = "trainer_oracle_tests.rs"]
mod oracle_tests;
#[cfg(test)]
#[path = "trainer_tests.rs"]
mod tests;
