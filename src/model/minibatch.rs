//! One minibatch's way through the network and back: Eq. 8 and its gradient, in buffers that are
//! made once.
//!
//! The rows of every buffer (the samples) are shared out over the threads, layer by layer; they
//! meet at the codes, whose inner products need all of them, and at the weights. With the rows
//! X of a layer's input and H of its output on the way in, G and Y on the way back, and δ the
//! derivatives by the pre-activations, tied weights collect two products:
//!
//! ```text
//! ∂L/∂W = δ_Hᵀ X + Gᵀ δ_Y
//! ```

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::activation::multiply_by_slope;
use super::adam::{Adam, StepSize, move_along};
use super::autoencoder::{Architecture, Autoencoder};
use super::loss::{CodeLoss, Losses};
use crate::linalg::{Accumulate, Parallel, Real, for_row_blocks, product, product_of_columns};

/// Rows of a weight matrix whose gradient is made and used in one go: few enough to stay in the
/// cache between the two.
const TILE: usize = 64;

/// The buffers of a training step for one batch size and one architecture.
pub struct Minibatch<T> {
    /// What the network sees, k×d.
    pub input: Array2<T>,
    /// What it should give back, k×d, where that is something else (noise on the input).
    pub target: Option<Array2<T>>,
    /// P_k, k×k.
    pub prior: Array2<T>,
    /// Outputs of the layers on the way in: `up[l]` is k×dims[l+1]; the last holds the codes.
    up: Vec<Array2<T>>,
    /// Outputs on the way back: `down[l]` is k×dims[l]; the first holds the reconstructions.
    down: Vec<Array2<T>>,
    /// ∂L by the pre-activations of `up`.
    delta_up: Vec<Array2<T>>,
    /// ∂L by the pre-activations of `down`.
    delta_down: Vec<Array2<T>>,
    /// C_k, then the derivative of L by it.
    gram: Array2<T>,
    /// Sums over a row each: ‖C‖², ‖P‖², ⟨C, P⟩, squared error.
    sums: Array2<f64>,
    /// The gradient, laid out like the parameters.
    gradient: Vec<T>,
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
            up: buffers(inner),
            down: buffers(outer),
            delta_up: buffers(inner),
            delta_down: buffers(outer),
            gram: Array2::zeros((k, k)),
            sums: Array2::zeros((k, 4)),
            gradient: vec![T::zero(); architecture.parameters()],
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
        let layers = self.up.len();
        for layer in 0..layers {
            let (below, above) = self.up.split_at_mut(layer);
            let input = below.last().unwrap_or(&self.input);
            for_row_blocks(above[0].view_mut(), 1, &|rows, block| {
                network.encode_layer(layer, input.slice(s![rows, ..]), block);
            });
        }
        for layer in (0..layers).rev() {
            let (below, above) = self.down.split_at_mut(layer + 1);
            let input = above.first().unwrap_or(&self.up[layers - 1]);
            for_row_blocks(below[layer].view_mut(), 1, &|rows, block| {
                network.decode_layer(layer, input.slice(s![rows, ..]), block);
            });
        }
        self.align();
        let lr = self.squared_error() / (self.input.len() as f64);
        let code_loss = self.code_loss();
        Losses::weigh(lambda, lr, code_loss.lc)
    }

    /// C_k = codes · codesᵀ and its sums with P_k.
    fn align(&mut self) {
        let codes = self.up[self.up.len() - 1].view();
        for_row_blocks(self.gram.view_mut(), 1, &|rows, block| {
            let mine = codes.slice(s![rows, ..]);
            product(
                block,
                Accumulate::Replace,
                T::one(),
                mine,
                codes.t(),
                Parallel::No,
            );
        });
        let (gram, prior) = (&self.gram, &self.prior);
        let (output, target) = (&self.down[0], self.target.as_ref().unwrap_or(&self.input));
        for_row_blocks(self.sums.view_mut(), 1, &|rows, mut block| {
            for (row, mut sums) in rows.zip(block.outer_iter_mut()) {
                let (c, p) = (contiguous(gram, row), contiguous(prior, row));
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
        self.differentiate_output(architecture, lambda);
        for layer in 0..self.up.len() - 1 {
            // Through the decoder, from the pixels towards the codes.
            let (below, above) = self.delta_down.split_at_mut(layer + 1);
            let (delta, values) = (&below[layer], &self.down[layer + 1]);
            for_row_blocks(above[0].view_mut(), 1, &|rows, mut block| {
                let delta = delta.slice(s![rows.clone(), ..]);
                let weights = network.weights(layer);
                product(
                    block.view_mut(),
                    Accumulate::Replace,
                    T::one(),
                    delta,
                    weights.t(),
                    Parallel::No,
                );
                slope(
                    block,
                    values.slice(s![rows, ..]),
                    architecture.decoding(layer + 1),
                );
            });
        }
        self.differentiate_codes(network, lambda);
        for layer in (1..self.up.len()).rev() {
            // Through the encoder, from the codes towards the pixels.
            let (below, above) = self.delta_up.split_at_mut(layer);
            let (delta, values) = (&above[0], &self.up[layer - 1]);
            for_row_blocks(below[layer - 1].view_mut(), 1, &|rows, mut block| {
                let delta = delta.slice(s![rows.clone(), ..]);
                let weights = network.weights(layer);
                product(
                    block.view_mut(),
                    Accumulate::Replace,
                    T::one(),
                    delta,
                    weights,
                    Parallel::No,
                );
                slope(
                    block,
                    values.slice(s![rows, ..]),
                    architecture.encoding(layer - 1),
                );
            });
        }
    }

    /// δ of the reconstructions: (1 − λ) · 2 (x̃ − x) / (k·d) · σ′.
    fn differentiate_output(&mut self, architecture: &Architecture, lambda: f64) {
        let scale = T::of(2.0 * (1.0 - lambda) / self.input.len() as f64);
        let (output, target) = (&self.down[0], self.target.as_ref().unwrap_or(&self.input));
        for_row_blocks(self.delta_down[0].view_mut(), 1, &|rows, mut block| {
            for (row, mut delta) in rows.zip(block.outer_iter_mut()) {
                let delta = delta
                    .as_slice_mut()
                    .expect("rows of a buffer are contiguous");
                let (y, x) = (contiguous(output, row), contiguous(target, row));
                for ((delta, &y), &x) in delta.iter_mut().zip(y).zip(x) {
                    *delta = scale * (y - x);
                }
                multiply_by_slope(delta, y, architecture.decoding(0));
            }
        });
    }

    /// δ of the codes: what comes back through the decoder, and λ · 2 (∂Lc/∂C) · codes.
    fn differentiate_codes(&mut self, network: &Autoencoder<T>, lambda: f64) {
        let last = self.up.len() - 1;
        let loss = self.code_loss();
        let (from_c, from_p) = (T::of(loss.from_c), T::of(loss.from_p));
        let (prior, codes) = (&self.prior, self.up[last].view());
        for_row_blocks(self.gram.view_mut(), 1, &|rows, mut block| {
            for (row, mut gram) in rows.zip(block.outer_iter_mut()) {
                for (c, &p) in gram.iter_mut().zip(contiguous(prior, row)) {
                    *c = from_c * *c + from_p * p;
                }
            }
        });
        let (gram, delta) = (&self.gram, &self.delta_down[last]);
        let activation = network.architecture().encoding(last);
        for_row_blocks(self.delta_up[last].view_mut(), 1, &|rows, mut block| {
            let back = delta.slice(s![rows.clone(), ..]);
            let weights = network.weights(last);
            product(
                block.view_mut(),
                Accumulate::Replace,
                T::one(),
                back,
                weights.t(),
                Parallel::No,
            );
            let mine = gram.slice(s![rows.clone(), ..]);
            let weight = T::of(2.0 * lambda);
            product(
                block.view_mut(),
                Accumulate::Add,
                weight,
                mine,
                codes,
                Parallel::No,
            );
            slope(block, codes.slice(s![rows, ..]), activation);
        });
    }

    /// The whole gradient, after [`Self::backward`].
    pub fn collect_gradient(&mut self, architecture: &Architecture) {
        let mut gradient = std::mem::take(&mut self.gradient);
        for layer in 0..self.up.len() {
            let place = architecture.place(layer);
            let weights = ArrayViewMut2::from_shape(
                (place.units, place.inputs),
                &mut gradient[place.weights()],
            )
            .expect("a layer's share is as long as its matrix");
            for_row_blocks(weights, TILE, &|units, block| {
                self.weight_gradient(layer, units, block);
            });
            column_sums(&self.delta_up[layer], &mut gradient[place.encoder_bias()]);
            column_sums(&self.delta_down[layer], &mut gradient[place.decoder_bias()]);
        }
        self.gradient = gradient;
    }

    /// ∂L/∂W of `layer` for the rows `units` of W.
    fn weight_gradient(
        &self,
        layer: usize,
        units: std::ops::Range<usize>,
        mut out: ArrayViewMut2<'_, T>,
    ) {
        let x = if layer == 0 {
            &self.input
        } else {
            &self.up[layer - 1]
        };
        let g = self.down.get(layer + 1).unwrap_or(&self.up[layer]);
        let (delta_h, delta_y) = (&self.delta_up[layer], &self.delta_down[layer]);
        product_of_columns(
            out.view_mut(),
            Accumulate::Replace,
            delta_h.view(),
            units.clone(),
            x.view(),
        );
        product_of_columns(out, Accumulate::Add, g.view(), units, delta_y.view());
    }

    /// Adam along the gradient, which is made tile by tile and used while it is in the cache.
    fn descend(&mut self, network: &mut Autoencoder<T>, adam: &mut Adam<T>, rate: f64) {
        let size = adam.begin(rate);
        let mut gradient = std::mem::take(&mut self.gradient);
        for layer in 0..self.up.len() {
            let place = network.architecture().place(layer);
            let share = Share {
                parameters: &mut network.parameters[place.all()],
                first: &mut adam.first[place.all()],
                second: &mut adam.second[place.all()],
                gradient: &mut gradient[place.all()],
            };
            let (weights, mut biases) = share.split_at(place.units * place.inputs);
            self.descend_rows(layer, 0, place.units, place.inputs, weights, size);
            let (up, down) = biases.gradient.split_at_mut(place.units);
            column_sums(&self.delta_up[layer], up);
            column_sums(&self.delta_down[layer], down);
            biases.follow(size);
        }
        self.gradient = gradient;
    }

    /// The rows `start..start + units` of a weight matrix, halved down to the threads and then
    /// cut into tiles.
    fn descend_rows(
        &self,
        layer: usize,
        start: usize,
        units: usize,
        inputs: usize,
        share: Share<'_, T>,
        size: StepSize<T>,
    ) {
        let fair = self.up[layer]
            .ncols()
            .div_ceil(rayon::current_num_threads());
        if units > fair.max(TILE) {
            let half = units / 2;
            let (upper, lower) = share.split_at(half * inputs);
            rayon::join(
                || self.descend_rows(layer, start, half, inputs, upper, size),
                || self.descend_rows(layer, start + half, units - half, inputs, lower, size),
            );
            return;
        }
        let (mut rest, mut row) = (share, start);
        while row < start + units {
            let rows = TILE.min(start + units - row);
            let (mut tile, after) = rest.split_at(rows * inputs);
            let gradient = ArrayViewMut2::from_shape((rows, inputs), &mut *tile.gradient)
                .expect("a tile is as long as its rows");
            self.weight_gradient(layer, row..row + rows, gradient);
            tile.follow(size);
            (rest, row) = (after, row + rows);
        }
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

/// Some of the parameters with everything that moves them.
struct Share<'a, T> {
    parameters: &'a mut [T],
    first: &'a mut [T],
    second: &'a mut [T],
    gradient: &'a mut [T],
}

impl<'a, T: Real> Share<'a, T> {
    fn split_at(self, middle: usize) -> (Self, Self) {
        let (parameters, p) = self.parameters.split_at_mut(middle);
        let (first, m) = self.first.split_at_mut(middle);
        let (second, v) = self.second.split_at_mut(middle);
        let (gradient, g) = self.gradient.split_at_mut(middle);
        (
            Share {
                parameters,
                first,
                second,
                gradient,
            },
            Share {
                parameters: p,
                first: m,
                second: v,
                gradient: g,
            },
        )
    }

    fn follow(&mut self, size: StepSize<T>) {
        move_along(
            self.parameters,
            self.gradient,
            self.first,
            self.second,
            size,
        );
    }
}

fn contiguous<T>(matrix: &Array2<T>, row: usize) -> &[T] {
    let columns = matrix.ncols();
    let all = matrix.as_slice().expect("buffers are in standard layout");
    &all[row * columns..][..columns]
}

/// ⟨a, b⟩, with sums in `f64` over short runs of the type itself.
fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
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

/// Each row of `block` ← row · σ′(values).
fn slope<T: Real>(
    mut block: ArrayViewMut2<'_, T>,
    values: ArrayView2<'_, T>,
    activation: super::Activation,
) {
    let delta = block.as_slice_mut().expect("blocks of rows are contiguous");
    let values = values.as_slice().expect("blocks of rows are contiguous");
    multiply_by_slope(delta, values, activation);
}

/// out ← the sum of the rows of `delta`: a bias gradient.
fn column_sums<T: Real>(delta: &Array2<T>, out: &mut [T]) {
    out.fill(T::zero());
    for row in 0..delta.nrows() {
        for (sum, &d) in out.iter_mut().zip(contiguous(delta, row)) {
            *sum += d;
        }
    }
}

#[cfg(test)]
#[path = "minibatch_tests.rs"]
mod tests;
