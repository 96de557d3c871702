//! Pre-images at several ridges of a grid: the regression of `preimage`, solved in `f64`.
//!
//! New scores Z are restored to X̂ = K(Z, z) (K + αI)⁻¹ X, with z and X the training samples' scores
//! and pixels. K and K(Z, z) are made once; each α then takes a Cholesky factor of K + αI and a
//! solution for each *new* row, of which there are far fewer than training samples. In `f64` α may
//! be as small as 1e-5 and less, where the iteration of `preimage` no longer converges; but K stands
//! in memory, so this is for some thousand training samples.

use ndarray::{Array2, ArrayView2, Axis};

use super::BaselineError;
use super::preimage::sigma;
use crate::linalg::{Accumulate, Cholesky, Parallel, RidgeError, product};

/// The regression from some training samples to some new ones, at any ridge.
pub struct Restorer {
    /// X, n × d.
    pixels: Array2<f64>,
    /// K, n × n.
    gram: Array2<f64>,
    /// K(z, Z), n × N.
    across: Array2<f64>,
}

impl Restorer {
    /// Training samples at the most: K then takes 288 MB, and its factor as much again.
    pub const MOST: usize = 6_000;

    /// From the training samples' `scores` (n × m) and `pixels` (n × d) to samples with the scores
    /// `new` (N × m). σ is `width` times the median distance between the training scores
    /// (whose samples `seed` draws).
    ///
    /// # Errors
    ///
    /// [`BaselineError::Width`], [`BaselineError::TooFewSamples`] without training samples, and
    /// [`BaselineError::Ridge`] if a score is not finite.
    pub fn new(
        scores: ArrayView2<'_, f32>,
        pixels: ArrayView2<'_, f32>,
        new: ArrayView2<'_, f32>,
        width: f64,
        seed: u64,
    ) -> Result<Self, BaselineError> {
        let sigma = sigma(scores, width, seed)?;
        let (scores, new) = (scores.mapv(f64::from), new.mapv(f64::from));
        let restorer = Self {
            pixels: pixels.mapv(f64::from),
            gram: gaussian(&scores, &scores, sigma),
            across: gaussian(&scores, &new, sigma),
        };
        let mut kernel = restorer.gram.iter().chain(&restorer.across);
        if kernel.any(|x| !x.is_finite()) {
            return Err(RidgeError::NotFinite.into());
        }
        Ok(restorer)
    }

    /// The pixels of the new samples at `ridge`, N × d; not cut to [0, 1].
    ///
    /// # Errors
    ///
    /// [`BaselineError::Ridge`] for a ridge that is not above 0, or so small that K + αI is not
    /// positive definite in `f64`.
    pub fn restore(&self, ridge: f64) -> Result<Array2<f32>, BaselineError> {
        if !(ridge.is_finite() && ridge > 0.0) {
            return Err(RidgeError::Ridge(ridge).into());
        }
        let factor = Cholesky::<f64>::shifted(self.gram.view(), ridge, Parallel::Yes)
            .map_err(|_| RidgeError::Singular(ridge))?;
        let weights = factor.solve(self.across.view());
        let mut images = Array2::<f64>::zeros((weights.ncols(), self.pixels.ncols()));
        product(
            images.view_mut(),
            Accumulate::Replace,
            1.0,
            weights.t(),
            self.pixels.view(),
            Parallel::Yes,
        );
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        Ok(images.mapv(|x| x as f32))
    }
}

/// exp(−‖a − b‖² / (2σ²)) of all rows of `a` (n × m) and `b` (N × m), n × N.
fn gaussian(a: &Array2<f64>, b: &Array2<f64>, sigma: f64) -> Array2<f64> {
    let squares = |rows: &Array2<f64>| rows.map_axis(Axis(1), |row| row.dot(&row));
    let (of_a, of_b) = (squares(a), squares(b));
    let mut out = Array2::zeros((a.nrows(), b.nrows()));
    product(
        out.view_mut(),
        Accumulate::Replace,
        1.0,
        a.view(),
        b.t(),
        Parallel::Yes,
    );
    let scale = -0.5 / (sigma * sigma);
    for (mut row, &norm) in out.rows_mut().into_iter().zip(&of_a) {
        row.zip_mut_with(&of_b, |value, &other| {
            let distance = norm + other - 2.0 * *value;
            // Rounding can leave less than nothing; `max` would hide what is no number.
            let distance = if distance < 0.0 { 0.0 } else { distance };
            *value = (scale * distance).exp();
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::PreImage;
    use super::super::reference::{Reference, assert_close, table};
    use super::*;

    fn pixels() -> Array2<f32> {
        let mut pixels = table(60, 8, 0.0).mapv(|x| x.clamp(0.0, 1.0));
        pixels.column_mut(3).fill(0.0);
        pixels
    }

    #[test]
    fn agrees_with_scikit_learn_down_to_the_least_ridge() {
        let reference = Reference::read();
        let (scores, new, pixels) = (table(60, 4, 0.4), table(6, 4, 0.9), pixels());
        let restorer = Restorer::new(scores.view(), pixels.view(), new.view(), 1.25, 1).unwrap();
        let found = restorer.restore(0.5).unwrap();
        assert_close(&found, &reference.pre_image.predictions, 1e-5);
        let found = restorer.restore(1e-5).unwrap();
        assert_close(&found, &reference.pre_image.with_least_ridge, 1e-3);
    }

    #[test]
    fn agrees_with_the_iteration() {
        let (scores, new, pixels) = (table(300, 4, 0.4), table(9, 4, 0.9), table(300, 8, 0.0));
        let fit = PreImage::fit(scores.view(), pixels.view(), 0.1, 0.7, 1, &|| false).unwrap();
        let theirs = fit.predict(new.view(), &|| false).unwrap();
        let ours = Restorer::new(scores.view(), pixels.view(), new.view(), 0.7, 1)
            .and_then(|restorer| restorer.restore(0.1))
            .unwrap();
        assert!((&ours - &theirs).iter().all(|d| d.abs() < 5e-3));
    }

    #[test]
    fn bad_settings_are_refused() {
        let (scores, pixels) = (table(60, 4, 0.4), pixels());
        let make = |width| Restorer::new(scores.view(), pixels.view(), scores.view(), width, 1);
        assert_eq!(make(0.0).err(), Some(BaselineError::Width(0.0)));
        let restorer = make(1.0).unwrap();
        for ridge in [0.0, -1.0, f64::NAN] {
            assert!(matches!(
                restorer.restore(ridge),
                Err(BaselineError::Ridge(RidgeError::Ridge(_)))
            ));
        }
        let broken = Array2::from_elem((60, 4), f32::NAN);
        assert!(matches!(
            Restorer::new(scores.view(), pixels.view(), broken.view(), 1.0, 1).err(),
            Some(BaselineError::Ridge(RidgeError::NotFinite))
        ));
        let none = Array2::zeros((0, 4));
        assert!(Restorer::new(none.view(), none.view(), scores.view(), 1.0, 1).is_err());
    }
}
