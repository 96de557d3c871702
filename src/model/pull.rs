//! How hard each of the two losses pulls at each layer, and how much against the other.
//!
//! The gradient of Eq. 8 is a sum, (1 − λ) ∇Lr + λ ∇Lc. Here its two parts are found alone, on one minibatch: their
//! norms layer by layer, and the cosine of the angle between them, which is −1 where what helps one loss hurts the
//! other, and 1 where one step serves both. With tied weights Lr reaches a layer on the way in and on the way back,
//! Lc, which looks at codes only, on the way in.

use super::autoencoder::{Architecture, Autoencoder, Place};
use super::loss::Losses;
use super::minibatch::{Minibatch, dot};
use crate::linalg::Real;

/// What of a layer is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// All of it: tied weights with the gradients of both ways, and both biases.
    #[default]
    Both,
    /// The way in: the weights with the gradient of the encoder alone, and the encoder's bias.
    In,
}

/// Two gradients at some parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// ‖∇Lr‖.
    pub lr: f64,
    /// ‖∇Lc‖.
    pub lc: f64,
    /// ⟨∇Lr, ∇Lc⟩ / (‖∇Lr‖ ‖∇Lc‖), from −1 to 1; `None` where one of them vanishes or is not finite.
    pub cosine: Option<f64>,
}

/// The pull at a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerPull {
    /// Units below.
    pub inputs: usize,
    /// Units above.
    pub units: usize,
    /// At all of it.
    both: Pull,
    /// At its way in.
    way_in: Pull,
}

impl LayerPull {
    /// The pull at what of it is looked at.
    #[must_use]
    pub fn at(&self, way: Way) -> Pull {
        match way {
            Way::Both => self.both,
            Way::In => self.way_in,
        }
    }
}

/// The pull at all layers of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulls {
    /// From the input to the code.
    pub layers: Vec<LayerPull>,
    both: Pull,
    way_in: Pull,
    /// The losses whose gradients they are; `total` is Lc.
    pub losses: Losses,
}

impl Pulls {
    /// The pull at all layers together.
    #[must_use]
    pub fn all(&self, way: Way) -> Pull {
        match way {
            Way::Both => self.both,
            Way::In => self.way_in,
        }
    }

    /// The layer at which the two pull most against one another: with the least cosine, if any has one.
    #[must_use]
    pub fn most_apart(&self, way: Way) -> Option<(usize, f64)> {
        let cosines = self.layers.iter().map(|layer| layer.at(way).cosine);
        let there = cosines
            .enumerate()
            .filter_map(|(at, cosine)| Some((at, cosine?)));
        there.min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

impl<T: Real> Minibatch<T> {
    /// The pull of both losses of the batch at each layer of `network`, which stays as it is.
    pub fn pulls(&mut self, network: &Autoencoder<T>) -> Pulls {
        let architecture = network.architecture();
        let mut gradients = |lambda: f64| {
            let losses = self.forward(network, lambda);
            self.backward(network, lambda);
            self.collect_gradient(architecture);
            let both = self.gradient().to_vec();
            (losses, both, self.way_in(architecture))
        };
        // A weight of 0 or 1 leaves one loss alone.
        let (_, lr, lr_in) = gradients(0.0);
        let (losses, lc, lc_in) = gradients(1.0);
        let layers = (0..architecture.layers()).map(|layer| {
            let place = architecture.place(layer);
            let all = place.all();
            LayerPull {
                inputs: place.inputs,
                units: place.units,
                both: pull(&lr[all.clone()], &lc[all.clone()]),
                way_in: pull(&lr_in[all.clone()], &lc_in[all]),
            }
        });
        Pulls {
            layers: layers.collect(),
            both: pull(&lr, &lc),
            way_in: pull(&lr_in, &lc_in),
            losses,
        }
    }

    /// The collected gradient without what comes from the way back.
    fn way_in(&self, architecture: &Architecture) -> Vec<T> {
        let mut gradient = self.gradient().to_vec();
        for layer in 0..architecture.layers() {
            let place = architecture.place(layer);
            let Place { units, inputs, .. } = place;
            let weights = &mut gradient[place.weights()];
            let out = ndarray::ArrayViewMut2::from_shape((units, inputs), weights);
            let out = out.expect("a layer's share is as long as its matrix");
            self.way_in_gradient(layer, 0..units, out);
            gradient[place.decoder_bias()].fill(T::zero());
        }
        gradient
    }
}

/// Two gradients at the same parameters.
fn pull<T: Real>(lr: &[T], lc: &[T]) -> Pull {
    let [r, c] = [lr, lc].map(|gradient| dot(gradient, gradient).sqrt());
    let cosine = dot(lr, lc) / (r * c);
    Pull {
        lr: r,
        lc: c,
        cosine: (r * c > 0.0 && cosine.is_finite()).then(|| cosine.clamp(-1.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::kernel::alignment::lc as code_loss;
    use crate::model::Activation;

    const K: usize = 8;

    fn network() -> Autoencoder<f64> {
        let architecture = Architecture {
            dims: vec![6, 5, 4, 3],
            hidden: Activation::Tanh,
            code: Activation::Identity,
            output: Activation::Sigmoid,
        };
        Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(4))
    }

    fn batch(network: &Autoencoder<f64>) -> Minibatch<f64> {
        let mut batch = Minibatch::new(K, network.architecture());
        batch.input = Array2::from_shape_fn((K, 6), |(i, j)| {
            ((i * 13 + j * 7) as f64 * 0.61).sin() * 0.5 + 0.5
        });
        let f = Array2::from_shape_fn((K, 4), |(i, j)| ((i * 4 + j) as f64 * 2.3).sin().max(0.0));
        batch.prior = f.dot(&f.t());
        batch
    }

    /// Eq. 3 as a mean and Eq. 6, of one network's codes decoded by another one.
    fn losses(encoder: &Autoencoder<f64>, decoder: &Autoencoder<f64>) -> [f64; 2] {
        let batch = batch(encoder);
        let codes = encoder.encode(batch.input.view());
        let output = decoder.decode(codes.view());
        let lr = (&output - &batch.input).mapv(|d| d * d).mean().unwrap();
        [
            lr,
            code_loss(codes.dot(&codes.t()).view(), batch.prior.view()),
        ]
    }

    /// Both gradients by central differences: of the whole layer, or with the way back as it is.
    fn numeric(network: &Autoencoder<f64>, way: Way) -> [Vec<f64>; 2] {
        let h = 1e-5;
        let count = network.parameters().len();
        let mut out = [vec![0.0; count], vec![0.0; count]];
        for i in 0..count {
            let at = |d: f64| {
                let mut moved = network.clone();
                moved.parameters_mut()[i] += d;
                match way {
                    Way::Both => losses(&moved, &moved),
                    Way::In => losses(&moved, network),
                }
            };
            let (up, down) = (at(h), at(-h));
            for (loss, out) in out.iter_mut().enumerate() {
                out[i] = (up[loss] - down[loss]) / (2.0 * h);
            }
        }
        out
    }

    fn norm(v: &[f64]) -> f64 {
        v.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    fn near(found: Pull, lr: &[f64], lc: &[f64]) {
        let inner: f64 = lr.iter().zip(lc).map(|(a, b)| a * b).sum();
        assert!((found.lr / norm(lr) - 1.0).abs() < 1e-6);
        assert!((found.lc / norm(lc) - 1.0).abs() < 1e-6);
        let cosine = inner / (norm(lr) * norm(lc));
        assert!((found.cosine.unwrap() - cosine).abs() < 1e-6);
    }

    #[test]
    fn norms_and_cosines_by_finite_differences() {
        let network = network();
        let pulls = batch(&network).pulls(&network);
        assert_eq!(pulls.layers.len(), 3);
        for way in [Way::Both, Way::In] {
            let [lr, lc] = numeric(&network, way);
            near(pulls.all(way), &lr, &lc);
            let mut start = 0;
            for (layer, dims) in pulls.layers.iter().zip([[6, 5], [5, 4], [4, 3]]) {
                assert_eq!([layer.inputs, layer.units], dims);
                let [inputs, units] = dims;
                let end = start + inputs * units + inputs + units;
                near(layer.at(way), &lr[start..end], &lc[start..end]);
                start = end;
            }
            assert_eq!(start, lr.len());
            let most = pulls.most_apart(way).unwrap();
            let all: Vec<f64> = (pulls.layers.iter())
                .map(|layer| layer.at(way).cosine.unwrap())
                .collect();
            assert_eq!(most.1, all.iter().copied().fold(2.0, f64::min));
            assert_eq!(all[most.0], most.1);
        }
        let [lr, lc] = losses(&network, &network);
        assert!((pulls.losses.lr - lr).abs() < 1e-12 && (pulls.losses.lc - lc).abs() < 1e-12);
        // Lc looks at codes only: the way back adds nothing to it.
        assert_eq!(pulls.all(Way::Both).lc, pulls.all(Way::In).lc);
    }

    #[test]
    fn the_gradient_of_the_loss_is_their_weighted_sum() {
        let network = network();
        let pulls = batch(&network).pulls(&network);
        let lambda = 0.3;
        let mut whole = batch(&network);
        whole.forward(&network, lambda);
        whole.backward(&network, lambda);
        whole.collect_gradient(network.architecture());
        let Pull { lr, lc, cosine } = pulls.all(Way::Both);
        let (a, b) = ((1.0 - lambda) * lr, lambda * lc);
        let square = a * a + b * b + 2.0 * a * b * cosine.unwrap();
        assert!((norm(whole.gradient()) - square.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_pull_has_no_direction() {
        let network = network();
        let mut batch = batch(&network);
        // Nothing is aligned with nothing.
        batch.prior.fill(0.0);
        let pulls = batch.pulls(&network);
        assert_eq!(
            (pulls.all(Way::Both).lc, pulls.all(Way::Both).cosine),
            (0.0, None)
        );
        assert!(pulls.all(Way::Both).lr > 0.0);
        assert_eq!(pulls.most_apart(Way::Both), None);
        batch.prior.fill(f64::NAN);
        assert_eq!(batch.pulls(&network).all(Way::Both).cosine, None);
    }
}
