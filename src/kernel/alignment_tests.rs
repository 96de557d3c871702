use std::sync::Arc;

use super::*;
use crate::data::{DataSet, ImageShape};
use crate::kernel::{PriorConfig, Scratch, build};

fn psd(n: usize, seed: f64) -> Array2<f64> {
    let factor = Array2::from_shape_fn((n, 5), |(i, j)| ((i * 5 + j) as f64 * 1.7 + seed).sin());
    factor.dot(&factor.t())
}

#[test]
fn both_sides_of_equation_7_agree() {
    for seed in [0.1, 0.8, 2.0] {
        let (c, p) = (psd(23, seed), psd(23, seed * 3.0));
        let unit = |m: &Array2<f64>| m / frobenius_norm(m.view());
        let left = frobenius_norm((unit(&c) - unit(&p)).view());
        let right = (2.0 - 2.0 * alignment(c.view(), p.view())).sqrt();
        assert!((left - right).abs() < 1e-12);
        assert!((lc(c.view(), p.view()) - left).abs() < 1e-12);
        assert!((lc(p.view(), c.view()) - left).abs() < 1e-12);
        assert!((lc((&c * 7.5).view(), p.view()) - left).abs() < 1e-12);
        assert!(lc(c.view(), (&c * 0.3).view()) < 1e-7);
        assert!((0.0..=2.0_f64.sqrt()).contains(&left));
        // Transposed, so that rows are not contiguous.
        assert!((alignment(c.t(), p.view()) - alignment(c.view(), p.view())).abs() < 1e-12);
    }
}

#[test]
fn a_constant_matrix_is_as_far_from_the_ideal_kernel_as_its_classes_are_many() {
    // Of c equal classes: A = (n²/c) / (n · n/√c) = 1/√c.
    let labels: Vec<_> = (0..40).map(|i| i % 10).collect();
    let constant = Array2::<f32>::ones((40, 40));
    let wanted = (2.0 - 2.0 / 10.0_f64.sqrt()).sqrt();
    assert!((lc(constant.view(), ideal(&labels).view()) - wanted).abs() < 1e-9);
    assert!((lc(constant.view(), constant.view())).abs() < 1e-7);
    let zero = Array2::<f32>::zeros((40, 40));
    assert!((lc(zero.view(), constant.view()) - 2.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn sums_over_tiles_are_those_of_the_whole_matrices() {
    let n = 600;
    let pixels = (0..n * 4).map(|i| (i * i % 251) as u8).collect();
    let labels: Vec<u8> = (0..n).map(|i| (i % 5) as u8).collect();
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    let data = DataSet::new("squares", shape, pixels, Some(labels.clone())).unwrap();
    let prior = build(&PriorConfig::Cosine, &Arc::new(data), &[0], 0).unwrap();
    let codes = Array2::from_shape_fn((n, 3), |(i, j)| ((i * 3 + j) as f32 * 0.7).sin() + 0.4);
    let indices: Vec<_> = (0..n).rev().collect();
    let labels: Vec<_> = indices.iter().map(|&i| labels[i]).collect();
    let mut p = Array2::zeros((n, n));
    prior.gram(&indices, &mut Scratch::default(), p.view_mut());
    let c = codes.dot(&codes.t());
    let ideal = ideal(&labels);
    let sums = AlignmentSums::over(&*prior, &indices, codes.view(), Some(&labels));
    assert!((sums.lc_c_p() - lc(c.view(), p.view())).abs() < 1e-6);
    assert!((sums.lc_p_ki().unwrap() - lc(p.view(), ideal.view())).abs() < 1e-6);
    assert!((lc_to_ideal(p.view(), &labels) - lc(p.view(), ideal.view())).abs() < 1e-6);
    assert!((sums.lc_c_ki().unwrap() - lc(c.view(), ideal.view())).abs() < 1e-6);
    let norm = p.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    assert!((sums.prior_norm() / norm - 1.0).abs() < 1e-9);
    let unlabelled = AlignmentSums::over(&*prior, &indices, codes.view(), None);
    assert_eq!(unlabelled.lc_c_p(), sums.lc_c_p());
    assert_eq!((unlabelled.lc_p_ki(), unlabelled.lc_c_ki()), (None, None));
}
