use ndarray::{ArrayViewMut2, s};

use super::super::reference::{Reference, assert_close, assert_spectrum, table};
use super::*;
use crate::kernel::Scratch;

const NEVER: &dyn Fn() -> bool = &|| false;

/// exp(−γ‖x − y‖²) of a matrix' rows, from the definition.
struct Rbf {
    rows: Array2<f32>,
    gamma: f64,
}

impl PriorKernel for Rbf {
    fn block(&self, rows: &[usize], columns: &[usize], mut out: ArrayViewMut2<'_, f32>) {
        for ((i, j), value) in out.indexed_iter_mut() {
            let pairs = self.rows.row(rows[i]).to_owned() - self.rows.row(columns[j]);
            let square: f64 = pairs.iter().map(|&x| f64::from(x).powi(2)).sum();
            *value = (-self.gamma * square).exp() as f32;
        }
    }

    fn gram(&self, rows: &[usize], _: &mut Scratch, out: ArrayViewMut2<'_, f32>) {
        self.block(rows, rows, out);
    }

    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut block = Array2::zeros((rows.len(), columns.len()));
        self.block(rows, columns, block.view_mut());
        block.dot(&v)
    }

    fn multiply_images(
        &self,
        images: ArrayView2<'_, f32>,
        _: &[usize],
        columns: &[usize],
        v: ArrayView2<'_, f32>,
    ) -> Array2<f32> {
        let rows = ndarray::concatenate![Axis(0), self.rows, images];
        let new: Vec<usize> = (self.rows.nrows()..rows.nrows()).collect();
        let gamma = self.gamma;
        Self { rows, gamma }.multiply(&new, columns, v)
    }

    fn extend(
        &self,
        _: &[usize],
        _: &std::sync::Arc<crate::data::DataSet>,
    ) -> crate::kernel::Extension {
        unreachable!("kernel PCA extends no kernel")
    }
}

/// 40 training samples and 7 new ones behind them.
fn kernel() -> (Rbf, Vec<usize>, Vec<usize>) {
    let rows = ndarray::concatenate![Axis(0), table(40, 5, 0.2), table(7, 5, 1.1)];
    (
        Rbf { rows, gamma: 0.3 },
        (0..40).collect(),
        (40..47).collect(),
    )
}

#[test]
fn agrees_with_the_reference() {
    let reference = Reference::read().kernel_pca;
    let (kernel, training, new) = kernel();
    let kpca = Kpca::fit(&kernel, &training, 6, 1, NEVER).unwrap();
    assert_spectrum(&kpca.eigenvalues().to_owned(), &reference.eigenvalues, 1e-5);
    let scores = kpca.training_scores();
    assert_close(
        &scores.slice(s![..5, ..]).to_owned(),
        &reference.training_scores,
        2e-4,
    );
    assert_close(&kpca.scores(&kernel, &new), &reference.new_scores, 2e-4);
}

#[test]
fn all_components_give_the_kernel_back_and_nystrom_agrees_on_the_training_samples() {
    let (kernel, training, _) = kernel();
    let kpca = Kpca::fit(&kernel, &training, 40, 1, NEVER).unwrap();
    let scores = kpca.training_scores();
    let mut wanted = Array2::zeros((40, 40));
    kernel.block(&training, &training, wanted.view_mut());
    let difference = scores.dot(&scores.t()) - &wanted;
    assert!(difference.iter().all(|d| d.abs() < 1e-3));
    let nystrom = kpca.scores(&kernel, &training);
    assert!((&nystrom - &scores).iter().all(|d| d.abs() < 2e-3));
}

#[test]
fn components_beyond_the_rank_are_left_out() {
    // Two distinct samples, 30 times each: rank 2.
    let rows = Array2::from_shape_fn(
        (60, 2),
        |(i, j)| if i % 2 == 0 { 0.0 } else { 1.0 + j as f32 },
    );
    let kernel = Rbf { rows, gamma: 0.1 };
    let training: Vec<usize> = (0..60).collect();
    let kpca = Kpca::fit(&kernel, &training, 8, 1, NEVER).unwrap();
    assert_eq!(kpca.components(), 2);
    assert_eq!(kpca.scores(&kernel, &[0, 1, 2]).dim(), (3, 2));
    assert!(kpca.training_scores().iter().all(|x| x.is_finite()));
}

#[test]
fn cancel_ends_the_fit_and_no_samples_are_refused() {
    let (kernel, training, _) = kernel();
    assert_eq!(
        Kpca::fit(&kernel, &training, 6, 1, &|| true).unwrap_err(),
        BaselineError::Cancelled
    );
    assert!(matches!(
        Kpca::fit(&kernel, &[], 6, 1, NEVER),
        Err(BaselineError::TooFewSamples { .. })
    ));
}

#[test]
fn a_kernel_that_is_zero_has_no_components() {
    let shape = crate::data::ImageShape {
        height: 2,
        width: 2,
    };
    let black = crate::data::DataSet::new("black", shape, vec![0; 4 * 30], None).unwrap();
    let prior = crate::kernel::PriorConfig::Linear;
    let training: Vec<usize> = (0..30).collect();
    let kernel = crate::kernel::build(&prior, &std::sync::Arc::new(black), &training, 0).unwrap();
    let kpca = Kpca::fit(&*kernel, &training, 4, 1, NEVER).unwrap();
    assert_eq!(kpca.components(), 0);
    assert_eq!(kpca.scores(&*kernel, &[1, 2]).dim(), (2, 0));
}
