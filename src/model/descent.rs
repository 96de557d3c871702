//! The gradient of the weights, and Adam along it.
//!
//! With the rows X of a layer's input and H of its output on the way in, G and Y on the way back,
//! and δ the derivatives by the pre-activations, tied weights collect two products:
//!
//! ```text
//! ∂L/∂W = δ_Hᵀ X + Gᵀ δ_Y
//! ```
//!
//! Every thread has its share of each layer's units. It makes their gradient tile by tile and
//! moves the weights while the tile is in the cache.

use std::ops::Range;

use ndarray::{Array2, ArrayViewMut2};

use super::adam::{Adam, StepSize, move_along};
use super::autoencoder::{Architecture, Autoencoder, MOST_LAYERS};
use super::minibatch::Minibatch;
use crate::linalg::{Accumulate, Real, for_row_blocks, product_of_columns};

/// Rows of a weight matrix whose gradient is made and used in one go: few enough to stay in the
/// cache between the two.
const TILE: usize = 128;

impl<T: Real> Minibatch<T> {
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
            let (up, down) = (place.encoder_bias(), place.decoder_bias());
            column_sums(&self.delta_up[layer], 0, &mut gradient[up]);
            column_sums(&self.delta_down[layer], 0, &mut gradient[down]);
        }
        self.gradient = gradient;
    }

    /// ∂L/∂W of `layer` for the rows `units` of W.
    fn weight_gradient(&self, layer: usize, units: Range<usize>, mut out: ArrayViewMut2<'_, T>) {
        self.way_in_gradient(layer, units.clone(), out.view_mut());
        let g = match self.down.get(layer + 1) {
            Some(above) => above.view(),
            None => self.decoded(),
        };
        let delta_y = &self.delta_down[layer];
        product_of_columns(out, Accumulate::Add, g, units, delta_y.view());
    }

    /// Its first term, `δ_Hᵀ X`: as if the way back had weights of its own.
    pub(super) fn way_in_gradient(
        &self,
        layer: usize,
        units: Range<usize>,
        out: ArrayViewMut2<'_, T>,
    ) {
        let x = if layer == 0 {
            &self.input
        } else {
            &self.up[layer - 1]
        };
        let delta_h = self.delta_up[layer].view();
        product_of_columns(out, Accumulate::Replace, delta_h, units, x.view());
    }

    /// Adam along the gradient.
    pub(super) fn descend(&mut self, network: &mut Autoencoder<T>, adam: &mut Adam<T>, rate: f64) {
        let size = adam.begin(rate);
        let mut gradient = std::mem::take(&mut self.gradient);
        let (architecture, parameters) = network.parts_mut();
        let dims = &architecture.dims;
        let mut rest = Some(Share {
            start: 0,
            parameters,
            first: &mut adam.first,
            second: &mut adam.second,
            gradient: &mut gradient,
        });
        let layers = std::array::from_fn(|layer| {
            if layer >= self.up.len() {
                return None;
            }
            let (inputs, units) = (dims[layer], dims[layer + 1]);
            let mut next = |numbers: usize| {
                let (part, after) = rest.take()?.cut(numbers);
                rest = Some(after);
                Some(Share { start: 0, ..part })
            };
            Some(LayerShare {
                inputs,
                weights: next(units * inputs)?,
                encoder: next(units)?,
                decoder: next(inputs)?,
            })
        });
        self.descend_blocks(rayon::current_num_threads(), layers, size);
        self.gradient = gradient;
    }

    /// Shares `layers` out over `blocks` threads.
    fn descend_blocks(&self, blocks: usize, layers: Layers<'_, T>, size: StepSize<T>) {
        if blocks <= 1 {
            for (layer, share) in layers.into_iter().flatten().enumerate() {
                self.descend_layer(layer, share, size);
            }
            return;
        }
        let left = blocks / 2;
        let mut upper: Layers<'_, T> = std::array::from_fn(|_| None);
        let mut lower: Layers<'_, T> = std::array::from_fn(|_| None);
        for (layer, share) in layers.into_iter().flatten().enumerate() {
            let (a, b) = share.cut(left, blocks);
            (upper[layer], lower[layer]) = (Some(a), Some(b));
        }
        rayon::join(
            || self.descend_blocks(left, upper, size),
            || self.descend_blocks(blocks - left, lower, size),
        );
    }

    fn descend_layer(&self, layer: usize, share: LayerShare<'_, T>, size: StepSize<T>) {
        let LayerShare {
            inputs,
            weights: mut rest,
            mut encoder,
            mut decoder,
        } = share;
        // All tiles are made in the first one's place, which so stays in the cache.
        let place = std::mem::take(&mut rest.gradient);
        while !rest.parameters.is_empty() {
            let rows = TILE.min(rest.parameters.len() / inputs);
            let first = rest.start / inputs;
            let (mut tile, after) = rest.cut(rows * inputs);
            tile.gradient = &mut place[..rows * inputs];
            let gradient = ArrayViewMut2::from_shape((rows, inputs), &mut *tile.gradient)
                .expect("a tile is as long as its rows");
            self.weight_gradient(layer, first..first + rows, gradient);
            tile.follow(size);
            rest = after;
        }
        column_sums(&self.delta_up[layer], encoder.start, encoder.gradient);
        column_sums(&self.delta_down[layer], decoder.start, decoder.gradient);
        encoder.follow(size);
        decoder.follow(size);
    }
}

/// A thread's share of every layer.
type Layers<'a, T> = [Option<LayerShare<'a, T>>; MOST_LAYERS];

/// A thread's share of one layer.
struct LayerShare<'a, T> {
    inputs: usize,
    /// Whole rows of W.
    weights: Share<'a, T>,
    encoder: Share<'a, T>,
    decoder: Share<'a, T>,
}

impl<T> LayerShare<'_, T> {
    /// `left` of `blocks` equal parts, and the others.
    fn cut(self, left: usize, blocks: usize) -> (Self, Self) {
        let inputs = self.inputs;
        let part = |numbers: usize| numbers * left / blocks;
        let (units, bias) = (self.encoder.parameters.len(), self.decoder.parameters.len());
        let (weights, weights_after) = self.weights.cut(part(units) * inputs);
        let (encoder, encoder_after) = self.encoder.cut(part(units));
        let (decoder, decoder_after) = self.decoder.cut(part(bias));
        let share = |weights, encoder, decoder| LayerShare {
            inputs,
            weights,
            encoder,
            decoder,
        };
        (
            share(weights, encoder, decoder),
            share(weights_after, encoder_after, decoder_after),
        )
    }
}

/// Some of the parameters with everything that moves them.
struct Share<'a, T> {
    /// The number of the first of them in its array: the weights of a layer, or a bias.
    start: usize,
    parameters: &'a mut [T],
    first: &'a mut [T],
    second: &'a mut [T],
    gradient: &'a mut [T],
}

impl<T> Share<'_, T> {
    /// The first `count` parameters, and the others.
    fn cut(self, count: usize) -> (Self, Self) {
        let (parameters, p) = self.parameters.split_at_mut(count);
        let (first, m) = self.first.split_at_mut(count);
        let (second, v) = self.second.split_at_mut(count);
        // Empty where the tiles' place was taken out.
        let (gradient, g) = self.gradient.split_at_mut(count.min(self.gradient.len()));
        let before = Share {
            start: self.start,
            parameters,
            first,
            second,
            gradient,
        };
        let after = Share {
            start: self.start + count,
            parameters: p,
            first: m,
            second: v,
            gradient: g,
        };
        (before, after)
    }
}

impl<T: Real> Share<'_, T> {
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

/// out ← the sums of the columns of `delta` from number `start` on: a bias gradient.
fn column_sums<T: Real>(delta: &Array2<T>, start: usize, out: &mut [T]) {
    out.fill(T::zero());
    let columns = delta.ncols();
    let all = delta.as_slice().expect("buffers are in standard layout");
    for row in all.chunks_exact(columns) {
        add(out, &row[start..start + out.len()]);
    }
}

/// sum ← sum + row.
#[multiversion::multiversion(targets = "simd", dispatcher = "direct")]
fn add<T: Real>(sum: &mut [T], row: &[T]) {
    for (sum, &value) in sum.iter_mut().zip(row) {
        *sum += value;
    }
}
