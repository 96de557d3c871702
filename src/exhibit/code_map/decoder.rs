//! What makes an image of a representation.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use crate::exhibit::Coder;
use crate::experiment::kernel_space::KernelSpace;

/// A network of more parameters takes some milliseconds to decode a code.
const QUICK: usize = 1_000_000;

/// The way back to images. Clones are the same one.
#[derive(Clone)]
pub enum Decoder {
    /// A network's, from codes.
    Network(Coder),
    /// Bakır's pre-image, from kernel PCA's scores.
    Kernel(Arc<KernelSpace>),
}

impl Decoder {
    /// The numbers of a representation.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Network(coder) => coder.code(),
            Self::Kernel(space) => space.components(),
        }
    }

    /// Images of the rows of `representations` (any×D), any×d, cut to [0, 1].
    ///
    /// # Panics
    ///
    /// If a row has not [`Self::width`] numbers.
    #[must_use]
    pub fn decode(&self, representations: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut images = match self {
            Self::Network(coder) => coder.decode(representations),
            Self::Kernel(space) => space.pre_images(representations),
        };
        images.mapv_inplace(|x| x.clamp(0.0, 1.0));
        images
    }

    /// Whether some images are made within a frame.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        match self {
            Self::Network(coder) => coder.network().parameters().len() <= QUICK,
            Self::Kernel(_) => false,
        }
    }

    /// Whether two are the same one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Network(a), Self::Network(b)) => a.is(b),
            (Self::Kernel(a), Self::Kernel(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}
