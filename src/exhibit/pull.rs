//! The tug-of-war of the two losses at the layers of the network on show.
//!
//! Gradients of Lr (Eq. 3, as a mean) and Lc (Eq. 6) on images on show, with P of them: what would move the weights
//! if these images were a minibatch, without noise on them and without a projection of their codes.

use std::sync::Arc;

use ndarray::{Array2, Axis};

pub use crate::model::{LayerPull, Pull, Pulls, Way};

use super::{Exhibit, KernelOf, Matrix, Trained, spread};
use crate::model::Minibatch;

/// Images that gradients are taken on at the most: those of a usual minibatch.
pub const MOST: usize = 200;

/// What the gradients are of, once all of it is there.
pub struct Ready<'a> {
    /// The network.
    pub network: &'a Trained,
    prior: &'a Arc<Matrix>,
    pixels: &'a Arc<Array2<f32>>,
}

/// What the gradients of an exhibit are of, or why there are none.
///
/// # Errors
///
/// A sentence that says what is missing.
pub fn ready(exhibit: &Exhibit) -> Result<Ready<'_>, &'static str> {
    let Some(network) = &exhibit.network else {
        return Err(
            "The norms of both gradients appear here, layer by layer, when the network starts to train.",
        );
    };
    let Some(coder) = &network.coder else {
        return Err("The network itself is not at hand, so there are no gradients to take.");
    };
    if !coder.is_whole() {
        return Err(
            "Layers are being pretrained, each with losses of its own. The pull at all layers appears when the code layer is there.",
        );
    }
    let pixels = exhibit.images.pixels.as_ref();
    let (Some(prior), Some(pixels)) = (exhibit.matrix_of(KernelOf::Prior), pixels) else {
        return Err("P or the images are not at hand, so there are no gradients to take.");
    };
    if prior.rows() != pixels.nrows() || pixels.ncols() != coder.input() || pixels.is_empty() {
        return Err("P and the network are of other images, so there are no gradients to take.");
    }
    Ok(Ready {
        network,
        prior,
        pixels,
    })
}

/// The pull at the layers of the network of `exhibit`, on evenly spread images, and how many those are; `None`
/// where it is not [`ready`].
#[must_use]
pub fn pulls(exhibit: &Exhibit) -> Option<(Pulls, usize)> {
    let ready = ready(exhibit).ok()?;
    let network = ready.network.coder.as_ref()?.network();
    // Sorted by class as they are, the first ones would be of a few classes.
    let some = spread(ready.pixels.nrows(), MOST);
    let mut batch = Minibatch::new(some.len(), network.architecture());
    batch.input = ready.pixels.select(Axis(0), &some);
    let entries = ready.prior.entries();
    batch.prior = Array2::from_shape_fn(batch.prior.dim(), |(i, j)| entries[[some[i], some[j]]]);
    Some((batch.pulls(network), some.len()))
}

/// Norms as they are, or as a loss weighs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weights {
    /// (1 − λ) ‖∇Lr‖ and λ ‖∇Lc‖, as Eq. 8 has them.
    #[default]
    InLoss,
    /// ‖∇Lr‖ and ‖∇Lc‖.
    Alone,
}

impl Weights {
    /// Both norms of a pull in these weights under λ.
    #[must_use]
    pub fn of(self, pull: Pull, lambda: f64) -> [f64; 2] {
        match self {
            Self::Alone => [pull.lr, pull.lc],
            Self::InLoss => [(1.0 - lambda) * pull.lr, lambda * pull.lc],
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::super::live::{CodePicture, Parts, PriorPicture};
    use super::super::{Coder, Images, Scores};
    use super::*;
    use crate::data::ImageShape;
    use crate::model::{Activation, Architecture, Autoencoder};
    use crate::training::config::RunConfig;

    fn exhibit(count: usize) -> Exhibit {
        let architecture = Architecture {
            dims: vec![6, 5, 4],
            hidden: Activation::Relu,
            code: Activation::Identity,
            output: Activation::Sigmoid,
        };
        let network = Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(8));
        let pixels = Array2::from_shape_fn((count, 6), |(i, j)| {
            ((i * 7 + j * 3) as f32 * 0.37).sin().abs()
        });
        let features = Array2::from_shape_fn((count, 5), |(i, j)| ((i + j * j) as f32).cos());
        let codes = network.encode(pixels.view());
        Parts {
            images: Arc::new(Images {
                count,
                shape: ImageShape {
                    height: 2,
                    width: 3,
                },
                pixels: Some(Arc::new(pixels)),
                ..Images::none()
            }),
            prior: Some(Arc::new(PriorPicture::new(
                features.dot(&features.t()),
                None,
                None,
            ))),
            codes: Some(Arc::new(CodePicture {
                matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
                reconstructions: Arc::new(network.decode(codes.view())),
                codes: Arc::new(codes),
                step: 1,
                lambda: 0.25,
                scores: Scores {
                    samples: count,
                    lr: 0.1,
                    lc_c_p: 0.2,
                    lc_p_ki: None,
                    lc_c_ki: None,
                },
                coder: Some(Coder::of(network)),
            })),
            ..Parts::nothing(RunConfig::default())
        }
        .exhibit()
    }

    /// In single precision, by differences of losses that are computed plainly in double.
    #[test]
    fn gradients_are_of_images_on_show_and_p_of_them() {
        for count in [40, 330] {
            let exhibit = exhibit(count);
            let (found, images) = pulls(&exhibit).unwrap();
            assert_eq!(images, count.min(MOST));
            let some = spread(count, MOST);
            let network = exhibit.coder().unwrap().network();
            let wide: Vec<f64> = network.parameters().iter().map(|&x| f64::from(x)).collect();
            let network =
                Autoencoder::from_parameters(network.architecture().clone(), wide).unwrap();
            let mut batch = Minibatch::<f64>::new(images, network.architecture());
            let pixels = exhibit.images.pixels.as_ref().unwrap();
            let prior = exhibit.matrix_of(KernelOf::Prior).unwrap().entries();
            batch.input = pixels.select(Axis(0), &some).mapv(f64::from);
            batch.prior = Array2::from_shape_fn((images, images), |(i, j)| {
                f64::from(prior[[some[i], some[j]]])
            });
            let wanted = batch.pulls(&network);
            for way in [Way::Both, Way::In] {
                for (found, wanted) in found.layers.iter().zip(&wanted.layers) {
                    let (found, wanted) = (found.at(way), wanted.at(way));
                    assert!((found.lr / wanted.lr - 1.0).abs() < 1e-4);
                    assert!((found.lc / wanted.lc - 1.0).abs() < 1e-4);
                    assert!((found.cosine.unwrap() - wanted.cosine.unwrap()).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn weights_are_those_of_the_loss() {
        let pull = Pull {
            lr: 2.0,
            lc: 4.0,
            cosine: Some(0.5),
        };
        assert_eq!(Weights::Alone.of(pull, 0.25), [2.0, 4.0]);
        assert_eq!(Weights::InLoss.of(pull, 0.25), [1.5, 1.0]);
        assert_eq!(Weights::InLoss.of(pull, 0.0), [2.0, 0.0]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut exhibit = exhibit(20);
        assert!(ready(&exhibit).is_ok());
        let mut other = exhibit.clone();
        other.kernels[0].entries = super::super::Entries::Absent;
        assert!(ready(&other).is_err() && pulls(&other).is_none());
        exhibit.network.as_mut().unwrap().coder = None;
        assert!(ready(&exhibit).is_err());
        exhibit.network = None;
        assert!(ready(&exhibit).is_err());
        assert!(ready(&Parts::nothing(RunConfig::default()).exhibit()).is_err());
    }
}
