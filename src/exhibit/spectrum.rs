//! The spectra of the kernels: how many directions P has, and how many of them the codes keep.
//!
//! The eigenvalues of a kernel on N images are shown as shares of their sum, the trace, so that P and C have one
//! scale. C of the codes Z (N×Nc) has the nonzero eigenvalues of the smaller of Z Zᵀ and Zᵀ Z. The effective
//! rank (O. Roy, M. Vetterli, "The effective rank", 2007) is the exponential of the entropy of the shares: r equal
//! ones have r, and what hardly counts hardly adds to it.
//!
//! All eigenvalues of thousands of images take too long to be live. Of many images evenly spread ones are taken,
//! the same for P and C.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis};

use super::{Exhibit, KernelOf, Matrix, spread};
use crate::linalg::{Accumulate, Parallel, product, symmetric_eigenvalues};

/// Images that spectra are of at the most.
pub const MOST: usize = 600;
/// Below this share of the largest one, an eigenvalue of a matrix of single precision is rounding.
const ROUNDING: f64 = 1e-7;

/// The eigenvalues of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// The positive ones as shares of their sum, descending, without those that are rounding.
    pub shares: Vec<f64>,
    /// exp(−Σ p ln p) of the shares p: from 1 to as many as there are.
    pub effective_rank: f64,
    /// How many are negative, beyond rounding: of P as it should be, and of C, none.
    pub negative: usize,
}

impl Spectrum {
    /// Of these eigenvalues, descending; `None` if none is positive.
    fn of(values: &[f64]) -> Option<Self> {
        let largest = values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let rounding = ROUNDING * largest;
        let positive = || values.iter().copied().filter(|x| *x > rounding);
        let sum: f64 = positive().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            return None;
        }
        let shares: Vec<f64> = positive().map(|x| x / sum).collect();
        let entropy: f64 = shares.iter().map(|p| -p * p.ln()).sum();
        Some(Self {
            shares,
            effective_rank: entropy.exp(),
            negative: values.iter().filter(|x| **x < -rounding).count(),
        })
    }

    /// Of a kernel by its entries, N×N; `None` if it is zero or not finite.
    #[must_use]
    pub fn of_kernel(entries: ArrayView2<'_, f32>) -> Option<Self> {
        let values = symmetric_eigenvalues(entries.mapv(f64::from).view()).ok()?;
        Self::of(values.as_slice()?)
    }

    /// Of C by the codes, N×Nc; `None` if they are zero or not finite.
    #[must_use]
    pub fn of_codes(codes: ArrayView2<'_, f32>) -> Option<Self> {
        let wide = codes.mapv(f64::from);
        let (n, units) = wide.dim();
        let (left, right) = if units < n {
            (wide.t(), wide.view())
        } else {
            (wide.view(), wide.t())
        };
        let side = n.min(units);
        let mut gram = Array2::zeros((side, side));
        product(
            gram.view_mut(),
            Accumulate::Replace,
            1.0,
            left,
            right,
            Parallel::Yes,
        );
        Self::of(symmetric_eigenvalues(gram.view()).ok()?.as_slice()?)
    }
}

/// The spectra of P and C on the same images.
#[derive(Clone, Default)]
pub struct Spectra {
    /// How many images.
    pub images: usize,
    /// P's, with the matrix that it is of.
    prior: Option<(Arc<Matrix>, Option<Arc<Spectrum>>)>,
    /// C's.
    pub codes: Option<Spectrum>,
}

impl Spectra {
    /// Of the kernels of `exhibit`. P's is taken over from those `before` that are of the same P.
    #[must_use]
    pub fn of(exhibit: &Exhibit, before: Option<&Self>) -> Self {
        let count = exhibit.images.count;
        let some = (count > MOST).then(|| spread(count, MOST));
        let prior = exhibit.matrix_of(KernelOf::Prior).map(|matrix| {
            let known = before.and_then(|before| before.prior.as_ref());
            let known = known.filter(|(of, _)| Arc::ptr_eq(of, matrix));
            let found = || {
                let entries = matrix.entries();
                let spectrum = match &some {
                    Some(some) => {
                        let block = |(i, j): (usize, usize)| entries[[some[i], some[j]]];
                        let block = Array2::from_shape_fn((some.len(), some.len()), block);
                        Spectrum::of_kernel(block.view())
                    }
                    None => Spectrum::of_kernel(entries),
                };
                (Arc::clone(matrix), spectrum.map(Arc::new))
            };
            known.cloned().unwrap_or_else(found)
        });
        let codes = exhibit.network.as_ref().and_then(|network| match &some {
            Some(some) => Spectrum::of_codes(network.codes.select(Axis(0), some).view()),
            None => Spectrum::of_codes(network.codes.view()),
        });
        Self {
            images: some.map_or(count, |some| some.len()),
            prior,
            codes,
        }
    }

    /// P's.
    #[must_use]
    pub fn prior(&self) -> Option<&Spectrum> {
        self.prior.as_ref()?.1.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use serde::Deserialize;

    use super::super::live::{CodePicture, Parts, PriorPicture};
    use super::super::{Images, Scores};
    use super::*;
    use crate::training::config::RunConfig;

    /// Made by tests/reference/spectrum.py.
    #[derive(Deserialize)]
    struct Reference {
        kernel: Vec<Vec<f32>>,
        kernel_shares: Vec<f64>,
        kernel_rank: f64,
        codes: Vec<Vec<f32>>,
        codes_shares: Vec<f64>,
        codes_rank: f64,
    }

    fn reference() -> Reference {
        serde_json::from_str(include_str!("../../tests/reference/spectrum.json")).unwrap()
    }

    fn array(rows: &[Vec<f32>]) -> Array2<f32> {
        Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
    }

    fn near(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
        }
    }

    #[test]
    fn agrees_with_numpy() {
        let reference = reference();
        let p = Spectrum::of_kernel(array(&reference.kernel).view()).unwrap();
        near(&p.shares, &reference.kernel_shares);
        assert!((p.effective_rank - reference.kernel_rank).abs() < 1e-6);
        // Both ways round: more images than units, and fewer.
        let codes = array(&reference.codes);
        for codes in [codes.view(), codes.t()] {
            let c = Spectrum::of_codes(codes.as_standard_layout().view()).unwrap();
            near(&c.shares, &reference.codes_shares);
            assert!((c.effective_rank - reference.codes_rank).abs() < 1e-6);
        }
    }

    #[test]
    fn equal_eigenvalues_count_as_many_and_one_as_one() {
        for n in [1, 4, 30] {
            let identity = Spectrum::of_kernel(Array2::eye(n).view()).unwrap();
            assert!((identity.effective_rank - n as f64).abs() < 1e-9);
            let ones = Spectrum::of_kernel(Array2::ones((n, n)).view()).unwrap();
            assert!((ones.effective_rank - 1.0).abs() < 1e-5, "{n}");
            assert_eq!(ones.shares.len(), 1, "the rest is rounding");
        }
        // Three quarters and one: exp of the entropy in closed form.
        let two = Spectrum::of_kernel(arr2(&[[3.0, 0.0], [0.0, 1.0]]).view()).unwrap();
        let rank = 4.0 / 27f64.powf(0.25);
        assert!((two.effective_rank - rank).abs() < 1e-12);
        assert_eq!(two.shares, [0.75, 0.25]);
    }

    #[test]
    fn what_is_no_kernel_is_told() {
        let indefinite = arr2(&[[0.0, 1.0], [1.0, 0.0]]);
        let spectrum = Spectrum::of_kernel(indefinite.view()).unwrap();
        assert_eq!((spectrum.negative, spectrum.shares.len()), (1, 1));
        assert_eq!(Spectrum::of_kernel(Array2::zeros((3, 3)).view()), None);
        assert_eq!(Spectrum::of_codes(Array2::zeros((3, 2)).view()), None);
        let broken = Array2::from_elem((2, 2), f32::NAN);
        assert_eq!(Spectrum::of_kernel(broken.view()), None);
    }

    /// An exhibit of `count` images without pixels.
    fn exhibit(count: usize) -> Exhibit {
        let features = Array2::from_shape_fn((count, 7), |(i, j)| ((i * (j + 1)) as f32).sin());
        let codes = Array2::from_shape_fn((count, 3), |(i, j)| ((i * (j + 1)) as f32).cos());
        Parts {
            images: Arc::new(Images {
                count,
                ..Images::none()
            }),
            prior: Some(Arc::new(PriorPicture::new(
                features.dot(&features.t()),
                None,
                None,
            ))),
            codes: Some(Arc::new(CodePicture {
                matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
                reconstructions: Arc::new(Array2::zeros((count, 1))),
                codes: Arc::new(codes),
                step: 1,
                lambda: 0.1,
                scores: Scores {
                    samples: count,
                    lr: 0.1,
                    lc_c_p: 0.2,
                    lc_p_ki: None,
                    lc_c_ki: None,
                },
                coder: None,
            })),
            ..Parts::nothing(RunConfig::default())
        }
        .exhibit()
    }

    #[test]
    fn spectra_are_of_the_kernels_on_show() {
        let exhibit = exhibit(40);
        let spectra = Spectra::of(&exhibit, None);
        let whole = |of| Spectrum::of_kernel(exhibit.matrix_of(of).unwrap().entries()).unwrap();
        let prior = whole(KernelOf::Prior);
        assert_eq!(spectra.prior(), Some(&prior));
        // C's by the codes are C's by its entries.
        let (codes, plain) = (spectra.codes.as_ref().unwrap(), whole(KernelOf::Codes));
        assert_eq!(codes.shares.len(), 3);
        for (a, b) in codes.shares.iter().zip(&plain.shares) {
            assert!((a - b).abs() < 1e-6);
        }
        // The same P is not decomposed again.
        let again = Spectra::of(&exhibit, Some(&spectra));
        let same =
            |spectra: &Spectra| Arc::as_ptr(spectra.prior.as_ref().unwrap().1.as_ref().unwrap());
        assert_eq!(same(&again), same(&spectra));
    }

    #[test]
    fn of_many_images_some_are_taken() {
        let exhibit = exhibit(MOST + 50);
        let spectra = Spectra::of(&exhibit, None);
        assert_eq!(spectra.images, MOST);
        let some = spread(MOST + 50, MOST);
        let matrix = exhibit.matrix_of(KernelOf::Prior).unwrap().entries();
        let block = Array2::from_shape_fn((MOST, MOST), |(i, j)| matrix[[some[i], some[j]]]);
        assert_eq!(spectra.prior(), Spectrum::of_kernel(block.view()).as_ref());
        assert_eq!(spectra.codes.unwrap().shares.len(), 3);
    }
}
