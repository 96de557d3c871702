//! The autoencoder of Eqs. 1 and 2 with tied weights: d–h₁–…–Nc and back.
//!
//! Layer l has one weight matrix W (units × inputs), a bias for the way in and one for the way
//! out: h = σ(W x + b) encodes, σ(Wᵀ h + b′) decodes. All parameters stand in one array, so that
//! the optimiser, a checkpoint and a copy are one pass each. Samples are rows.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::activation::{Activation, add_bias_and_activate};
use crate::linalg::{Accumulate, Parallel, Real, for_row_blocks, product};

/// Layers between the input and the code that a network can have at the most.
pub const MOST_LAYERS: usize = 17;

/// The shape of an autoencoder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Layer sizes from the input d to the code Nc; at least two, at most [`MOST_LAYERS`] + 1,
    /// none zero.
    pub dims: Vec<usize>,
    /// σ of the hidden layers, on both ways.
    pub hidden: Activation,
    /// σ of the code layer.
    pub code: Activation,
    /// σ of the output layer.
    pub output: Activation,
}

impl Architecture {
    /// Weight matrices: layers between the input and the code.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.dims.len() - 1
    }

    /// σ on the way into layer `layer + 1`.
    pub(super) fn encoding(&self, layer: usize) -> Activation {
        if layer + 1 == self.layers() {
            self.code
        } else {
            self.hidden
        }
    }

    /// σ on the way back out of it.
    pub(super) fn decoding(&self, layer: usize) -> Activation {
        if layer == 0 { self.output } else { self.hidden }
    }

    /// Where the parameters of `layer` stand in the array of all.
    pub(super) fn place(&self, layer: usize) -> Place {
        let start = (0..layer).map(|l| self.numbers(l)).sum();
        Place {
            start,
            units: self.dims[layer + 1],
            inputs: self.dims[layer],
        }
    }

    /// Parameters of `layer`: its weights and both biases.
    fn numbers(&self, layer: usize) -> usize {
        let (inputs, units) = (self.dims[layer], self.dims[layer + 1]);
        units * inputs + units + inputs
    }

    /// Whether this is a shape at all, and its parameters, if there are no more than `most` (none
    /// for more, however large the numbers).
    #[must_use]
    pub fn sound_parameters(&self, most: usize) -> Option<usize> {
        let layers = self.dims.len().checked_sub(1)?;
        if !(1..=MOST_LAYERS).contains(&layers) || self.dims.contains(&0) {
            return None;
        }
        let numbers = |sizes: &[usize]| {
            let weights = sizes[0].checked_mul(sizes[1])?;
            weights.checked_add(sizes[0])?.checked_add(sizes[1])
        };
        let mut layers = self.dims.windows(2).map(numbers);
        let all = layers.try_fold(0_usize, |sum, layer| sum.checked_add(layer?))?;
        (all <= most).then_some(all)
    }

    /// Parameters in all.
    #[must_use]
    pub fn parameters(&self) -> usize {
        (0..self.layers()).map(|l| self.numbers(l)).sum()
    }
}

/// Where one layer's parameters stand: weights (units × inputs), encoder bias, decoder bias.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub start: usize,
    pub units: usize,
    pub inputs: usize,
}

impl Place {
    pub fn weights(self) -> std::ops::Range<usize> {
        self.start..self.start + self.units * self.inputs
    }

    pub fn encoder_bias(self) -> std::ops::Range<usize> {
        let start = self.weights().end;
        start..start + self.units
    }

    pub fn decoder_bias(self) -> std::ops::Range<usize> {
        let start = self.encoder_bias().end;
        start..start + self.inputs
    }

    pub fn all(self) -> std::ops::Range<usize> {
        self.start..self.decoder_bias().end
    }
}

/// A deep autoencoder with tied weights.
#[derive(Clone)]
pub struct Autoencoder<T> {
    architecture: Architecture,
    pub(super) parameters: Vec<T>,
}

impl<T: Real> Autoencoder<T> {
    /// Weights by Glorot and Bengio's uniform rule, U(±√(6 / (inputs + units))); biases zero.
    #[must_use]
    pub fn new(architecture: Architecture, rng: &mut impl Rng) -> Self {
        let mut network = Self {
            parameters: vec![T::zero(); architecture.parameters()],
            architecture,
        };
        for layer in 0..network.architecture.layers() {
            network.initialise(layer, rng);
        }
        network
    }

    /// A network of these parameters, in the order of [`Self::parameters`]; `None` if there are
    /// not as many as `architecture` has.
    #[must_use]
    pub fn from_parameters(architecture: Architecture, parameters: Vec<T>) -> Option<Self> {
        (parameters.len() == architecture.parameters()).then_some(Self {
            architecture,
            parameters,
        })
    }

    fn initialise(&mut self, layer: usize, rng: &mut impl Rng) {
        let place = self.architecture.place(layer);
        let limit = (6.0 / (place.units + place.inputs) as f64).sqrt();
        self.parameters[place.all()].fill(T::zero());
        for weight in &mut self.parameters[place.weights()] {
            *weight = T::of(rng.random_range(-limit..limit));
        }
    }

    /// The network's shape.
    #[must_use]
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// All parameters, layer after layer: weights (units × inputs, row by row), encoder bias,
    /// decoder bias.
    #[must_use]
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// All parameters, to change.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }

    /// W of `layer`, units × inputs.
    #[must_use]
    pub fn weights(&self, layer: usize) -> ArrayView2<'_, T> {
        let place = self.architecture.place(layer);
        ArrayView2::from_shape(
            (place.units, place.inputs),
            &self.parameters[place.weights()],
        )
        .expect("a layer's share is as long as its matrix")
    }

    /// The shape, and all parameters to change.
    pub(super) fn parts_mut(&mut self) -> (&Architecture, &mut [T]) {
        (&self.architecture, &mut self.parameters)
    }

    pub(super) fn encoder_bias(&self, layer: usize) -> &[T] {
        &self.parameters[self.architecture.place(layer).encoder_bias()]
    }

    pub(super) fn decoder_bias(&self, layer: usize) -> &[T] {
        &self.parameters[self.architecture.place(layer).decoder_bias()]
    }

    /// out ← σ(x Wᵀ + b): `layer`'s way in, for some rows. On the calling thread.
    pub(super) fn encode_layer(
        &self,
        layer: usize,
        x: ArrayView2<'_, T>,
        mut out: ArrayViewMut2<'_, T>,
    ) {
        product(
            out.view_mut(),
            Accumulate::Replace,
            T::one(),
            x,
            self.weights(layer).t(),
            Parallel::No,
        );
        activate(
            out,
            self.encoder_bias(layer),
            self.architecture.encoding(layer),
        );
    }

    /// out ← σ(h W + b′): `layer`'s way back, for some rows. On the calling thread.
    pub(super) fn decode_layer(
        &self,
        layer: usize,
        h: ArrayView2<'_, T>,
        mut out: ArrayViewMut2<'_, T>,
    ) {
        product(
            out.view_mut(),
            Accumulate::Replace,
            T::one(),
            h,
            self.weights(layer),
            Parallel::No,
        );
        activate(
            out,
            self.decoder_bias(layer),
            self.architecture.decoding(layer),
        );
    }

    /// out ← σ(x Wᵀ + b): `layer`'s way in, for all rows of `x`; on all threads, without
    /// allocating.
    pub fn encode_into(&self, layer: usize, x: ArrayView2<'_, T>, out: ArrayViewMut2<'_, T>) {
        for_row_blocks(out, 1, &|rows, block| {
            self.encode_layer(layer, x.slice(ndarray::s![rows, ..]), block);
        });
    }

    /// Takes over all parameters of a network of the same shape, without allocating.
    ///
    /// # Panics
    ///
    /// If `other` has another number of parameters.
    pub fn copy_from(&mut self, other: &Self) {
        self.parameters.copy_from_slice(&other.parameters);
    }

    /// E(x) through the first `layers` layers, for the rows of `x`; on all threads.
    #[must_use]
    pub fn encode_through(&self, x: ArrayView2<'_, T>, layers: usize) -> Array2<T> {
        let mut values: Option<Array2<T>> = None;
        for layer in 0..layers {
            let input = values.as_ref().map_or(x, |v| v.view());
            let mut out = Array2::zeros((x.nrows(), self.architecture.dims[layer + 1]));
            self.encode_into(layer, input, out.view_mut());
            values = Some(out);
        }
        values.unwrap_or_else(|| x.to_owned())
    }

    /// Codes E(x), one row for each of `x`; on all threads.
    #[must_use]
    pub fn encode(&self, x: ArrayView2<'_, T>) -> Array2<T> {
        self.encode_through(x, self.architecture.layers())
    }

    /// D from the units of layer `layers` back to the input, for the rows of `h`; on all threads.
    #[must_use]
    pub fn decode_from(&self, h: ArrayView2<'_, T>, layers: usize) -> Array2<T> {
        let mut values: Option<Array2<T>> = None;
        for layer in (0..layers).rev() {
            let input = values.as_ref().map_or(h, |v| v.view());
            let mut out = Array2::zeros((h.nrows(), self.architecture.dims[layer]));
            for_row_blocks(out.view_mut(), 1, &|rows, block| {
                self.decode_layer(layer, input.slice(ndarray::s![rows, ..]), block);
            });
            values = Some(out);
        }
        values.unwrap_or_else(|| h.to_owned())
    }

    /// Reconstructions D(c) of codes; on all threads.
    #[must_use]
    pub fn decode(&self, codes: ArrayView2<'_, T>) -> Array2<T> {
        self.decode_from(codes, self.architecture.layers())
    }

    /// The network of `layer` alone, with its present parameters: what greedy layerwise
    /// pretraining trains (Section 2.1).
    #[must_use]
    pub fn layer_alone(&self, layer: usize) -> Self {
        let place = self.architecture.place(layer);
        Self {
            architecture: Architecture {
                dims: vec![place.inputs, place.units],
                hidden: self.architecture.hidden,
                code: self.architecture.encoding(layer),
                output: self.architecture.decoding(layer),
            },
            parameters: self.parameters[place.all()].to_vec(),
        }
    }

    /// Puts a layer that was trained alone back in its place: the unfolding of Section 2.1.
    ///
    /// # Panics
    ///
    /// If `alone` does not have the shape of that layer.
    pub fn put_layer(&mut self, layer: usize, alone: &Self) {
        let place = self.architecture.place(layer).all();
        self.parameters[place].copy_from_slice(&alone.parameters);
    }

    /// This network with a new code layer of `units`: the layers below keep their parameters, the
    /// code layer starts anew.
    #[must_use]
    pub fn with_code_size(&self, units: usize, rng: &mut impl Rng) -> Self {
        let mut architecture = self.architecture.clone();
        let last = architecture.layers() - 1;
        architecture.dims[last + 1] = units;
        let kept = architecture.place(last).start;
        let mut network = Self {
            parameters: vec![T::zero(); architecture.parameters()],
            architecture,
        };
        network.parameters[..kept].copy_from_slice(&self.parameters[..kept]);
        network.initialise(last, rng);
        network
    }
}

/// Every row of `block` ← σ(row + bias).
fn activate<T: Real>(mut block: ArrayViewMut2<'_, T>, bias: &[T], activation: Activation) {
    for mut row in block.outer_iter_mut() {
        let row = row
            .as_slice_mut()
            .expect("rows of a product's output are contiguous");
        add_bias_and_activate(row, bias, activation);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    fn network() -> Autoencoder<f64> {
        let architecture = Architecture {
            dims: vec![6, 5, 4, 3],
            hidden: Activation::Tanh,
            code: Activation::Identity,
            output: Activation::Sigmoid,
        };
        let mut network = Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(1));
        for (i, p) in network.parameters.iter_mut().enumerate() {
            *p += 0.05 * (i as f64).sin();
        }
        network
    }

    fn samples() -> Array2<f64> {
        Array2::from_shape_fn((7, 6), |(i, j)| ((i * 6 + j) as f64 * 0.7).sin().abs())
    }

    #[test]
    fn encodes_and_decodes_by_the_definition() {
        let (network, x) = (network(), samples());
        let mut h = x.clone();
        for layer in 0..3 {
            let bias = ndarray::aview1(network.encoder_bias(layer));
            let function = network.architecture.encoding(layer);
            h = (h.dot(&network.weights(layer).t()) + bias).mapv(|a| function.value(a));
        }
        assert!(
            (&network.encode(x.view()) - &h)
                .iter()
                .all(|d| d.abs() < 1e-12)
        );
        let codes = h.clone();
        for layer in (0..3).rev() {
            let bias = ndarray::aview1(network.decoder_bias(layer));
            let function = network.architecture.decoding(layer);
            h = (h.dot(&network.weights(layer)) + bias).mapv(|a| function.value(a));
        }
        assert!(
            (&network.decode(codes.view()) - &h)
                .iter()
                .all(|d| d.abs() < 1e-12)
        );
    }

    #[test]
    fn a_shape_is_sound_if_it_has_layers_units_and_not_too_many_parameters() {
        let sound = |dims: &[usize], most| {
            let architecture = Architecture {
                dims: dims.to_vec(),
                ..network().architecture
            };
            architecture.sound_parameters(most)
        };
        // Weights and both biases of each layer.
        let all = (6 * 5 + 5 + 6) + (5 * 4 + 4 + 5) + (4 * 3 + 3 + 4);
        assert_eq!(network().architecture.parameters(), all);
        assert_eq!(network().parameters.len(), all);
        assert_eq!(sound(&[6, 5, 4, 3], all), Some(all));
        assert_eq!(sound(&[6, 5, 4, 3], all - 1), None);
        assert_eq!(sound(&[1; MOST_LAYERS + 1], 1_000), Some(3 * MOST_LAYERS));
        for none in [&[][..], &[6], &[6, 0], &[0, 6], &[1; MOST_LAYERS + 2]] {
            assert_eq!(sound(none, usize::MAX), None, "{none:?}");
        }
        let half = usize::MAX / 2;
        for huge in [[half, 3], [1, half + 1], [half / 2, 3]] {
            assert_eq!(sound(&[huge, huge].concat(), usize::MAX), None);
        }
    }

    #[test]
    fn glorot_limits_hold_and_are_reached() {
        let architecture = Architecture {
            dims: vec![100, 50],
            hidden: Activation::Relu,
            code: Activation::Relu,
            output: Activation::Sigmoid,
        };
        let network = Autoencoder::<f64>::new(architecture, &mut Pcg64Mcg::seed_from_u64(5));
        let limit = (6.0_f64 / 150.0).sqrt();
        let largest = network
            .weights(0)
            .iter()
            .fold(0.0_f64, |m, w| m.max(w.abs()));
        assert!(largest <= limit && largest > 0.99 * limit);
        assert!(
            network
                .encoder_bias(0)
                .iter()
                .chain(network.decoder_bias(0))
                .all(|&b| b == 0.0)
        );
    }

    #[test]
    fn a_layer_goes_out_and_comes_back() {
        let mut network = network();
        let before = network.parameters.clone();
        let mut alone = network.layer_alone(1);
        assert_eq!(alone.architecture.dims, [5, 4]);
        assert_eq!(alone.weights(0), network.weights(1));
        alone.parameters[0] += 1.0;
        network.put_layer(1, &alone);
        let changed = network
            .parameters
            .iter()
            .zip(&before)
            .filter(|(a, b)| a != b)
            .count();
        assert_eq!(changed, 1);
        assert_eq!(network.weights(1), alone.weights(0));
    }

    #[test]
    fn all_parameters_are_taken_over() {
        let network = network();
        let mut other = network.clone();
        other.parameters.fill(7.0);
        other.copy_from(&network);
        assert_eq!(other.parameters, network.parameters);
    }

    #[test]
    fn a_new_code_size_keeps_the_layers_below() {
        let network = network();
        let wider = network.with_code_size(8, &mut Pcg64Mcg::seed_from_u64(2));
        assert_eq!(wider.architecture.dims, [6, 5, 4, 8]);
        let kept = network.architecture.place(2).start;
        assert_eq!(wider.parameters[..kept], network.parameters[..kept]);
        assert_eq!(wider.encode(samples().view()).dim(), (7, 8));
    }
}
