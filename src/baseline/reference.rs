//! Values that scikit-learn and NumPy gave once (`tests/reference/baseline.py`), and the inputs
//! they gave them for.

use ndarray::{Array1, Array2};
use serde::Deserialize;

/// The whole file.
#[derive(Deserialize)]
pub struct Reference {
    pub kernel_pca: KernelPca,
    pub pre_image: PreImage,
    pub pca: Pca,
    pub wiener: Wiener,
}

#[derive(Deserialize)]
pub struct KernelPca {
    pub eigenvalues: Vec<f64>,
    pub training_scores: Vec<Vec<f64>>,
    pub new_scores: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
pub struct PreImage {
    pub median: f64,
    pub predictions: Vec<Vec<f64>>,
    /// The same at a ridge of 1e-5.
    pub with_least_ridge: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
pub struct Pca {
    pub mean: Vec<f64>,
    pub variances: Vec<f64>,
    pub reconstructions: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
pub struct Wiener {
    pub restored: Vec<Vec<f64>>,
}

impl Reference {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../../tests/reference/baseline.json")).unwrap()
    }
}

/// The script's `table`.
pub fn table(rows: usize, columns: usize, phase: f64) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        let (i, j) = (i as f64, j as f64);
        (((i + 1.0) * (j + 2.0) * 0.37 + phase).sin() + 0.3 * (1.7 * i + j).cos()) as f32
    })
}

/// Panics unless all numbers agree to `tolerance`.
pub fn assert_close(got: &Array2<f32>, wanted: &[Vec<f64>], tolerance: f64) {
    assert_eq!(got.dim(), (wanted.len(), wanted[0].len()));
    for ((i, j), &x) in got.indexed_iter() {
        let difference = (f64::from(x) - wanted[i][j]).abs();
        assert!(
            difference < tolerance,
            "[{i}, {j}]: {x} for {}",
            wanted[i][j]
        );
    }
}

/// Panics unless all numbers agree to `tolerance`, relative to the first.
pub fn assert_spectrum(got: &Array1<f64>, wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len());
    for (x, w) in got.iter().zip(wanted) {
        assert!((x - w).abs() < tolerance * wanted[0], "{x} for {w}");
    }
}
