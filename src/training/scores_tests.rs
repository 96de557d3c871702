//! Scores on more samples than are worked on at a time, against the definitions on whole matrices.

use std::sync::Arc;

use ndarray::s;

use super::*;
use crate::data::ImageShape;
use crate::kernel::{PriorConfig, build};

/// ‖A/‖A‖ − B/‖B‖‖ (Eq. 6) in double precision.
fn distance(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    norm(&(a / norm(a) - b / norm(b)))
}

#[test]
fn every_tile_counts() {
    // More than one tile, the last of which is short.
    let n = TILE + 203;
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    // The later, the brighter: no part is like the whole.
    let pixels: Vec<u8> = (0..n * 4)
        .map(|i| ((i * i * 31 + 7) % 97 + 150 * (i / 4) / n) as u8)
        .collect();
    let labels: Vec<u8> = (0..n).map(|i| (i * 13 % 7) as u8).collect();
    let data = DataSet::new("tiles", shape, pixels.clone(), Some(labels.clone())).unwrap();
    let data = Arc::new(data);
    let prior = build(&PriorConfig::Cosine, &data, &[0, 1], 0).unwrap();
    // Every sample, in another order than that of the data.
    let indices: Vec<usize> = (0..n).map(|i| (i * 17 + 5) % n).collect();
    let encode = |x: ArrayView2<'_, f32>| x.slice(s![.., 1..]).mapv(|x| 2.0 * x - 0.3);
    let decode = |c: ArrayView2<'_, f32>| {
        let mut back = Array2::from_elem((c.nrows(), 4), 0.25);
        back.slice_mut(s![.., ..3]).assign(&c);
        back
    };
    let (scores, codes) = score_samples(&data, &*prior, &indices, encode, decode);

    let x = Array2::from_shape_fn((n, 4), |(i, j)| {
        f64::from(pixels[indices[i] * 4 + j]) / 255.0
    });
    let z = x.slice(s![.., 1..]).mapv(|x| 2.0 * x - 0.3);
    let mut error = 0.0;
    for i in 0..n {
        for j in 0..4 {
            let back = if j < 3 { z[[i, j]] } else { 0.25 };
            error += (x[[i, j]] - back).powi(2);
        }
    }
    let lr = error / (4 * n) as f64;
    assert!((scores.lr - lr).abs() < 1e-6 * lr, "{} {lr}", scores.lr);
    assert_eq!(scores.samples, n);
    assert!(
        codes
            .indexed_iter()
            .all(|(at, &code)| (f64::from(code) - z[at]).abs() < 1e-6)
    );

    let lengths: Vec<f64> = x.outer_iter().map(|row| row.dot(&row).sqrt()).collect();
    let inner = x.dot(&x.t());
    let p = Array2::from_shape_fn((n, n), |(i, j)| inner[[i, j]] / (lengths[i] * lengths[j]));
    let ideal = Array2::from_shape_fn((n, n), |(i, j)| {
        f64::from(u8::from(labels[indices[i]] == labels[indices[j]]))
    });
    let c = z.dot(&z.t());
    for (found, wanted) in [
        (scores.lc_c_p, distance(&c, &p)),
        (scores.lc_p_ki.unwrap(), distance(&p, &ideal)),
        (scores.lc_c_ki.unwrap(), distance(&c, &ideal)),
    ] {
        assert!((found - wanted).abs() < 1e-5, "{found} {wanted}");
    }
}

#[test]
fn matrices_that_are_there_anyway_give_the_same_scores() {
    let shape = ImageShape {
        height: 2,
        width: 2,
    };
    let pixels: Vec<u8> = (0..120).map(|i| ((i * i * 31 + 7) % 97) as u8).collect();
    let labels: Vec<u8> = (0..30).map(|i| (i * 13 % 7) as u8).collect();
    for labels in [Some(labels), None] {
        let data = Arc::new(DataSet::new("few", shape, pixels.clone(), labels.clone()).unwrap());
        let prior = build(&PriorConfig::Cosine, &data, &[0, 1], 0).unwrap();
        let indices: Vec<usize> = (0..30).collect();
        let encode = |x: ArrayView2<'_, f32>| x.slice(s![.., 1..]).mapv(|x| 2.0 * x - 0.3);
        let decode = |c: ArrayView2<'_, f32>| c.dot(&Array2::from_elem((3, 4), 0.25));
        let (tiled, codes) = score_samples(&data, &*prior, &indices, encode, decode);
        let mut p = Array2::zeros((30, 30));
        prior.block(&indices, &indices, p.view_mut());
        let whole = score(
            p.view(),
            codes.dot(&codes.t()).view(),
            data.rows(&indices).view(),
            decode(codes.view()).view(),
            labels.as_deref(),
        );
        assert_eq!((whole.samples, tiled.samples), (30, 30));
        let each = |scores: &Scores| {
            let ideal = [scores.lc_p_ki, scores.lc_c_ki].map(|lc| lc.unwrap_or(-1.0));
            [scores.lr, scores.lc_c_p, ideal[0], ideal[1]]
        };
        for (a, b) in each(&whole).into_iter().zip(each(&tiled)) {
            assert!((a - b).abs() < 1e-6, "{whole:?} {tiled:?}");
        }
        assert_eq!(whole.lc_p_ki.is_some(), labels.is_some());
    }
}
