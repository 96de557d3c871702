//! One minibatch's way through the network and back: Eq. 8 and its gradient, in buffers that are
//! made once.
//!
//! The rows of every buffer (the samples) are shared out over the threads. Each takes its samples
//! through the whole network and back; they meet only at the codes, whose inner products need all
//! of them, at the loss, and at the weights ([`super::descent`]).

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::activation::multiply_by_slope;
use super::adam::Adam;
use super::autoencoder::{Architecture, Autoencoder};
use super::layers::LayerRows;
use super::loss::{CodeLoss, Losses};
use super::projection::Projection;
use crate::linalg::{Accumulate, Parallel, Real, for_row_blocks, product};

/// The buffers of a training step for one batch size and one architecture.
pub struct Minibatch<T> {
    /// What the network sees, k×d.
    pub input: Array2<T>,
    /// What it should give back, k×d, where that is something else (noise on the input).
    pub target: Option<Array2<T>>,
    /// P_k, k×k.
    pub prior: Array2<T>,
    /// What the codes go through before they are decoded, if anything.
    projection: Option<Projection<T>>,
    /// Whether the projection's axes stay what they are, as the tests of its gradient have it.
    held: bool,
    /// Codes on the projection's axes, k×m (k×0 without one).
    scores: Array2<T>,
    /// Outputs of the layers on the way in: `up[l]` is k×`dims[l+1]`; the last holds the codes.
    pub(super) up: Vec<Array2<T>>,
    /// Outputs on the way back: `down[l]` is k×`dims[l]`; the first holds the reconstructions.
    pub(super) down: Vec<Array2<T>>,
    /// ∂L by the pre-activations of `up`.
    pub(super) delta_up: Vec<Array2<T>>,
    /// ∂L by the pre-activations of `down`.
    pub(super) delta_down: Vec<Array2<T>>,
    /// C_k, then the derivative of L by it.
    gram: Array2<T>,
    /// Sums over a row each: ‖C‖², ‖P‖², ⟨C, P⟩, squared error.
    sums: Array2<f64>,
    /// The gradient, laid out like the parameters.
    pub(super) gradient: Vec<T>,
}

impl<T: Real> Minibatch<T> {
    /// Buffers for `k` samples.
    #[must_use]
    pub fn new(k: usize, architecture: &Architecture) -> Self {
        let dims = &architecture.dims;
        let buffers = |dims: &[usize]| dims.iter().map(|&d| Array2::zeros((k, d))).collect();
        let (inner, outer) = (&dims[1..], &dims[..dims.len() - 1]);
        Self {
            input: Array2::zeros((k, dims[0])),
            target: None,
            prior: Array2::zeros((k, k)),
            projection: None,
            held: false,
            scores: Array2::zeros((k, 0)),
            up: buffers(inner),
            down: buffers(outer),
            delta_up: buffers(inner),
            delta_down: buffers(outer),
            gram: Array2::zeros((k, k)),
            sums: Array2::zeros((k, 4)),
            gradient: vec![T::zero(); architecture.parameters()],
        }
    }

    /// The same, where the codes are projected on `components` of their leading axes before they
    /// are decoded ([`Projection`]); on as many as there are, it makes no difference.
    #[must_use]
    pub fn through(self, components: usize) -> Self {
        let (k, units) = self.codes().dim();
        if components >= units {
            return self;
        }
        Self {
            projection: Some(Projection::new(k, units, components)),
            scores: Array2::zeros((k, components)),
            ..self
        }
    }

    /// The projection, if there is one: every step has to [begin](Projection::begin) its own.
    pub fn projection(&mut self) -> Option<&mut Projection<T>> {
        self.projection.as_mut()
    }

    /// What is decoded, k×Nc: the codes, or what their projection leaves of them.
    pub(super) fn decoded(&self) -> ArrayView2<'_, T> {
        match &self.projection {
            Some(projection) => projection.codes(),
            None => self.codes(),
        }
    }

    /// k, the samples of a batch.
    #[must_use]
    pub fn size(&self) -> usize {
        self.input.nrows()
    }

    /// The codes of the batch after [`Self::forward`], k×Nc.
    #[must_use]
    pub fn codes(&self) -> ArrayView2<'_, T> {
        self.up[self.up.len() - 1].view()
    }

    /// The gradient after [`Self::collect_gradient`], laid out like the parameters.
    #[must_use]
    pub fn gradient(&self) -> &[T] {
        &self.gradient
    }

    /// One step: forward, backward, Adam. If the loss is not finite the network stays as it was.
    pub fn step(
        &mut self,
        network: &mut Autoencoder<T>,
        adam: &mut Adam<T>,
        lambda: f64,
        rate: f64,
        clip_norm: Option<f64>,
    ) -> Losses {
        let losses = self.forward(network, lambda);
        if losses.total.is_finite() {
            self.learn(network, adam, lambda, rate, clip_norm);
        }
        losses
    }

    /// Moves the network against the gradient, after [`Self::forward`] on it. `clip_norm` scales
    /// the gradient down to that global norm.
    pub fn learn(
        &mut self,
        network: &mut Autoencoder<T>,
        adam: &mut Adam<T>,
        lambda: f64,
        rate: f64,
        clip_norm: Option<f64>,
    ) {
        self.backward(network, lambda);
        match clip_norm {
            None => self.descend(network, adam, rate),
            Some(limit) => {
                self.collect_gradient(network.architecture());
                self.clip(limit);
                adam.update(&mut network.parameters, &self.gradient, rate);
            }
        }
    }

    /// The losses of the batch under λ, leaving in the buffers what [`Self::backward`] needs.
    pub fn forward(&mut self, network: &Autoencoder<T>, lambda: f64) -> Losses {
        let input = &self.input;
        if let Some(projection) = &mut self.projection {
            // All samples have a part in the projection of each.
            for_row_blocks(LayerRows::of(&mut self.up), 1, &|rows, mut up| {
                encode(network, input.slice(s![rows, ..]), &mut up);
            });
            let codes = self.up[self.up.len() - 1].view();
            if !self.held {
                projection.turn(codes, &mut self.scores);
            }
            projection.project(codes, &mut self.scores);
            let codes = projection.codes();
            for_row_blocks(LayerRows::of(&mut self.down), 1, &|rows, mut down| {
                decode(network, codes.slice(s![rows, ..]), &mut down);
            });
        } else {
            let last = self.up.len() - 1;
            let buffers = (LayerRows::of(&mut self.up), LayerRows::of(&mut self.down));
            for_row_blocks(buffers, 1, &|rows, (mut up, mut down)| {
                encode(network, input.slice(s![rows, ..]), &mut up);
                decode(network, up.read(last), &mut down);
            });
        }
        self.align();
        let lr = self.squared_error() / (self.input.len() as f64);
        let code_loss = self.code_loss();
        Losses::weigh(lambda, lr, code_loss.lc)
    }

    /// C_k = codes · codesᵀ, its sums with P_k, and the squared errors.
    fn align(&mut self) {
        let codes = self.up[self.up.len() - 1].view();
        let prior = &self.prior;
        let (output, target) = (&self.down[0], self.target.as_ref().unwrap_or(&self.input));
        let both = (self.gram.view_mut(), self.sums.view_mut());
        for_row_blocks(both, 1, &|rows, (mut gram, mut sums)| {
            let mine = codes.slice(s![rows.clone(), ..]);
            product(
                gram.view_mut(),
                Accumulate::Replace,
                T::one(),
                mine,
                codes.t(),
                Parallel::No,
            );
            let outputs = gram.outer_iter().zip(sums.outer_iter_mut());
            for (row, (c, mut sums)) in rows.zip(outputs) {
                let c = c.to_slice().expect("rows of a buffer are contiguous");
                let p = contiguous(prior, row);
                sums[0] = dot(c, c);
                sums[1] = dot(p, p);
                sums[2] = dot(c, p);
                sums[3] = squared_distance(contiguous(output, row), contiguous(target, row));
            }
        });
    }

    fn squared_error(&self) -> f64 {
        self.sums.column(3).sum()
    }

    fn code_loss(&self) -> CodeLoss {
        let sum = |i| self.sums.column(i).sum();
        CodeLoss::new(sum(0), sum(1), sum(2))
    }

    /// Every δ, from the reconstructions back to the first layer.
    pub fn backward(&mut self, network: &Autoencoder<T>, lambda: f64) {
        let architecture = network.architecture();
        let last = self.up.len() - 1;
        let loss = self.code_loss();
        let (from_c, from_p) = (T::of(loss.from_c), T::of(loss.from_p));
        let error = T::of(2.0 * (1.0 - lambda) / self.input.len() as f64);
        let (up, down, prior) = (&self.up, &self.down, &self.prior);
        let projection = self.projection.as_ref();
        let target = self.target.as_ref().unwrap_or(&self.input);
        let deltas = (
            LayerRows::of(&mut self.delta_up),
            LayerRows::of(&mut self.delta_down),
        );
        let buffers = ((self.gram.view_mut(), self.scores.view_mut()), deltas);
        for_row_blocks(buffers, 1, &|rows,
                                     (
            (mut gram, scores),
            (mut delta_up, mut delta_down),
        )| {
            // δ of the reconstructions: (1 − λ) · 2 (x̃ − x) / (k·d) · σ′.
            let delta = slice(delta_down.write(0));
            scaled_difference(delta, part(&down[0], &rows), part(target, &rows), error);
            multiply_by_slope(delta, part(&down[0], &rows), architecture.decoding(0));
            // Through the decoder, from the pixels towards the codes.
            for layer in 0..last {
                let (from, mut to) = delta_down.along(layer, layer + 1);
                let weights = network.weights(layer);
                alone(
                    to.view_mut(),
                    Accumulate::Replace,
                    T::one(),
                    from,
                    weights.t(),
                );
                let values = part(&down[layer + 1], &rows);
                multiply_by_slope(slice(to), values, architecture.decoding(layer + 1));
            }
            // δ of the codes: what comes back, and λ · 2 (∂Lc/∂C) · codes.
            combine(slice(gram.view_mut()), part(prior, &rows), from_c, from_p);
            let (back, codes) = (delta_down.read(last), up[last].view());
            let weights = network.weights(last);
            let mut to = delta_up.write(last);
            alone(
                to.view_mut(),
                Accumulate::Replace,
                T::one(),
                back,
                weights.t(),
            );
            if let Some(projection) = projection {
                projection.back(to.view_mut(), scores);
            }
            let weight = T::of(2.0 * lambda);
            alone(to.view_mut(), Accumulate::Add, weight, gram.view(), codes);
            multiply_by_slope(
                slice(to),
                part(&up[last], &rows),
                architecture.encoding(last),
            );
            // Through the encoder, from the codes towards the pixels.
            for layer in (1..=last).rev() {
                let (from, mut to) = delta_up.along(layer, layer - 1);
                let weights = network.weights(layer);
                alone(to.view_mut(), Accumulate::Replace, T::one(), from, weights);
                let values = part(&up[layer - 1], &rows);
                multiply_by_slope(slice(to), values, architecture.encoding(layer - 1));
            }
        });
    }

    /// Scales the gradient down to the global norm `limit`, if it is longer.
    fn clip(&mut self, limit: f64) {
        let norm = dot(&self.gradient, &self.gradient).sqrt();
        if norm > limit {
            let scale = T::of(limit / norm);
            for g in &mut self.gradient {
                *g *= scale;
            }
        }
    }
}

/// Some samples on their way in.
fn encode<T: Real>(network: &Autoencoder<T>, input: ArrayView2<'_, T>, up: &mut LayerRows<'_, T>) {
    network.encode_layer(0, input, up.write(0));
    for layer in 1..network.architecture().layers() {
        let (below, above) = up.along(layer - 1, layer);
        network.encode_layer(layer, below, above);
    }
}

/// Some codes on their way back.
fn decode<T: Real>(
    network: &Autoencoder<T>,
    codes: ArrayView2<'_, T>,
    down: &mut LayerRows<'_, T>,
) {
    let last = network.architecture().layers() - 1;
    network.decode_layer(last, codes, down.write(last));
    for layer in (0..last).rev() {
        let (above, below) = down.along(layer + 1, layer);
        network.decode_layer(layer, above, below);
    }
}

fn contiguous<T>(matrix: &Array2<T>, row: usize) -> &[T] {
    let columns = matrix.ncols();
    &whole(matrix)[row * columns..][..columns]
}

/// ⟨a, b⟩, with sums in `f64` over short runs of the type itself.
pub(super) fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    runs(a, b, |a, b| a * b)
}

/// ‖a − b‖².
fn squared_distance<T: Real>(a: &[T], b: &[T]) -> f64 {
    runs(a, b, |a, b| (a - b) * (a - b))
}

/// Σ term(aᵢ, bᵢ): sixteen lanes side by side, which are added up in `f64` every 64 terms of each.
#[multiversion::multiversion(targets = "simd", dispatcher = "direct")]
fn runs<T: Real, F: Fn(T, T) -> T>(a: &[T], b: &[T], term: F) -> f64 {
    let mut sum = 0.0;
    for (a, b) in a.chunks(1024).zip(b.chunks(1024)) {
        let mut lanes = [T::zero(); 16];
        let (a16, b16) = (a.chunks_exact(16), b.chunks_exact(16));
        for (&a, &b) in a16.remainder().iter().zip(b16.remainder()) {
            sum += term(a, b).wide();
        }
        for (a, b) in a16.zip(b16) {
            for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += term(a, b);
            }
        }
        sum += lanes.iter().map(|lane| lane.wide()).sum::<f64>();
    }
    sum
}

/// delta ← scale · (y − x).
#[multiversion::multiversion(targets = "simd", dispatcher = "direct")]
fn scaled_difference<T: Real>(delta: &mut [T], y: &[T], x: &[T], scale: T) {
    for ((delta, &y), &x) in delta.iter_mut().zip(y).zip(x) {
        *delta = scale * (y - x);
    }
}

/// c ← `from_c`·c + `from_p`·p.
#[multiversion::multiversion(targets = "simd", dispatcher = "direct")]
fn combine<T: Real>(c: &mut [T], p: &[T], from_c: T, from_p: T) {
    for (c, &p) in c.iter_mut().zip(p) {
        *c = from_c * *c + from_p * p;
    }
}

/// A product on the calling thread.
fn alone<T: Real>(
    out: ArrayViewMut2<'_, T>,
    accumulate: Accumulate,
    alpha: T,
    a: ArrayView2<'_, T>,
    b: ArrayView2<'_, T>,
) {
    product(out, accumulate, alpha, a, b, Parallel::No);
}

/// Whole rows of a buffer as one slice.
fn slice<T>(block: ArrayViewMut2<'_, T>) -> &mut [T] {
    block.into_slice().expect("blocks of rows are contiguous")
}

/// The rows `rows` of a buffer as one slice.
fn part<'a, T>(matrix: &'a Array2<T>, rows: &Range<usize>) -> &'a [T] {
    let columns = matrix.ncols();
    &whole(matrix)[rows.start * columns..rows.end * columns]
}

/// A buffer as one slice.
fn whole<T>(matrix: &Array2<T>) -> &[T] {
    matrix.as_slice().expect("buffers are in standard layout")
}

#[cfg(test)]
#[path = "minibatch_tests.rs"]
mod tests;
