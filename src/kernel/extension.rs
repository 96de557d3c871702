//! A prior kernel taken to other samples: P is a function, so that altered copies of digits have
//! values of their own.
//!
//! The function stays what it is: mixtures, width and normaliser are those of the kernel that is
//! extended. Under a PCK, samples have to be placed in the mixtures first, some at a time.

use std::sync::Arc;

use super::{Ensemble, Pck, Posteriors, PriorKernel};
use crate::data::DataSet;

/// A kernel over another data set, in the making.
pub enum Extension {
    /// Nothing was to be done.
    Whole(Arc<dyn PriorKernel>),
    /// Samples are being placed in mixtures.
    Placing(Placing),
}

/// Posteriors of another data set's samples, so far.
pub struct Placing {
    pub(super) ensemble: Arc<Ensemble>,
    pub(super) posteriors: Posteriors,
    pub(super) data: Arc<DataSet>,
    /// Z of the kernel that is extended.
    pub(super) normaliser: f64,
}

impl Extension {
    /// Places some more samples, if any are left; says whether the kernel is complete.
    pub fn advance(&mut self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Placing(Placing {
                ensemble,
                posteriors,
                data,
                ..
            }) => posteriors.place_next(ensemble, data, Posteriors::piece()) == data.len(),
        }
    }

    /// Samples that are placed, and samples in all; nothing of either where none have to be.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        match self {
            Self::Whole(_) => (0, 0),
            Self::Placing(placing) => (placing.posteriors.samples(), placing.data.len()),
        }
    }

    /// The kernel, of which whatever was left is done at once.
    #[must_use]
    pub fn finish(mut self) -> Arc<dyn PriorKernel> {
        while !self.advance() {}
        match self {
            Self::Whole(kernel) => kernel,
            Self::Placing(placing) => Arc::new(Pck::normalised(
                placing.ensemble,
                placing.posteriors,
                placing.normaliser,
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::{Alteration, Selection, Source};
    use crate::kernel::{PckConfig, PriorConfig, build};

    /// Values among samples that both kernels know are the same, and those of copies are what the
    /// kernel gives for such images.
    #[test]
    fn the_function_stays_what_it_is() {
        let selection = Selection {
            samples: Some(120),
            ..Selection::default()
        };
        let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
        let training: Vec<usize> = (0..120).filter(|i| i % 3 != 0).collect();
        let alteration = Alteration {
            shift: 1,
            noise: 0.0,
        };
        let pool = Arc::new(data.with_copies(&training, 2, &alteration, 4).unwrap());
        let pck = PckConfig {
            restarts: 3,
            max_components: 6,
            fit_samples: 60,
            ..PckConfig::default()
        };
        for config in [
            PriorConfig::Pck(pck),
            PriorConfig::Rbf { width: 0.7 },
            PriorConfig::Cosine,
            PriorConfig::Ideal,
        ] {
            let kernel = build(&config, &data, &training, 0).unwrap();
            let extension = kernel.extend(&training, &pool);
            if let (PriorConfig::Pck(_), Extension::Placing(placing)) = (&config, &extension) {
                assert_eq!(placing.posteriors.samples(), 80);
            }
            let extended = extension.finish();
            let all: Vec<usize> = (0..pool.len()).collect();
            let known = &all[..80];
            let block = |kernel: &dyn PriorKernel, rows: &[usize], columns: &[usize]| {
                let mut out = Array2::zeros((rows.len(), columns.len()));
                kernel.block(rows, columns, out.view_mut());
                out
            };
            let near = |a: &Array2<f32>, b: &Array2<f32>| {
                let worst = (a - b).iter().fold(0.0_f32, |worst, d| worst.max(d.abs()));
                assert!(worst < 1e-5, "{config:?}: {worst}");
            };
            near(
                &block(&*extended, known, known),
                &block(&*kernel, &training, &training),
            );
            // K(copies, known) · 1, one column of it for each known sample.
            let copies = &all[80..];
            let of: Vec<usize> = copies.iter().map(|copy| training[copy % 80]).collect();
            let images = pool.rows::<f32>(copies);
            let expected = kernel.multiply_images(
                images.view(),
                &of,
                &training,
                Array2::<f32>::eye(80).view(),
            );
            near(&block(&*extended, copies, known), &expected);
        }
    }
}
