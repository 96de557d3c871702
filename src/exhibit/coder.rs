//! The network on show itself: what encodes images that nobody has shown it yet, and decodes codes of no image.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use crate::model::Autoencoder;
use crate::training::{Checkpoint, Trainer};

/// A network that is on show. Clones are the same one.
#[derive(Clone)]
pub struct Coder {
    weights: Weights,
    depth: usize,
}

/// Where its parameters stand.
#[derive(Clone)]
enum Weights {
    /// In a copy.
    Copied(Arc<Autoencoder<f32>>),
    /// Where the network is kept anyway.
    Kept(Arc<Checkpoint>),
}

impl Coder {
    /// Of the network of `trainer` as it stands: a copy, for it trains on.
    #[must_use]
    pub fn copied(trainer: &Trainer) -> Self {
        Self {
            depth: trainer.depth(),
            weights: Weights::Copied(Arc::new(trainer.network())),
        }
    }

    /// Of a whole network.
    #[must_use]
    pub fn of(network: Autoencoder<f32>) -> Self {
        Self {
            depth: network.architecture().layers(),
            weights: Weights::Copied(Arc::new(network)),
        }
    }

    /// Of a network that is kept, in the memory that it takes there; `None` if its layers are still being
    /// pretrained.
    #[must_use]
    pub fn kept(checkpoint: &Arc<Checkpoint>) -> Option<Self> {
        let trainer = &checkpoint.trainer;
        let whole = trainer.counters.stage.layer().is_none();
        whole.then(|| Self {
            depth: trainer.network.architecture().layers(),
            weights: Weights::Kept(Arc::clone(checkpoint)),
        })
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Autoencoder<f32> {
        match &self.weights {
            Weights::Copied(network) => network,
            Weights::Kept(checkpoint) => &checkpoint.trainer.network,
        }
    }

    /// Whether all its layers are there: none is being pretrained.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.depth == self.network().architecture().layers()
    }

    /// d, the numbers of an image.
    #[must_use]
    pub fn input(&self) -> usize {
        self.network().architecture().dims[0]
    }

    /// The numbers of a code: Nc or, during pretraining, the units of the topmost layer so far.
    #[must_use]
    pub fn code(&self) -> usize {
        self.network().architecture().dims[self.depth]
    }

    /// Codes of the rows of `pixels` (n×d), as those of the kernels' images were made: during pretraining by the
    /// layers that there are so far.
    ///
    /// # Panics
    ///
    /// If a row has not d numbers.
    #[must_use]
    pub fn encode(&self, pixels: ArrayView2<'_, f32>) -> Array2<f32> {
        self.network().encode_through(pixels, self.depth)
    }

    /// Images of the rows of `codes`.
    ///
    /// # Panics
    ///
    /// If a row has not as many numbers as a code.
    #[must_use]
    pub fn decode(&self, codes: ArrayView2<'_, f32>) -> Array2<f32> {
        self.network().decode_from(codes, self.depth)
    }

    /// Whether two are one network, without looking at its parameters.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.network(), other.network())
    }
}
