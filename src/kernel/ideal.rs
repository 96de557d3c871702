//! The ideal kernel `K_I` of Section 4.3: 1 where the classes agree, 0 elsewhere.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::{Extension, KernelError, PriorKernel, Scratch};
use crate::data::DataSet;

/// The kernel of the classes of a labelled data set.
pub struct Ideal {
    data: Arc<DataSet>,
}

impl Ideal {
    /// The ideal kernel of `data`.
    ///
    /// # Errors
    ///
    /// [`KernelError::LabelsNeeded`] if the data have none.
    pub fn new(data: Arc<DataSet>) -> Result<Self, KernelError> {
        if data.labels().is_none() {
            return Err(KernelError::LabelsNeeded);
        }
        Ok(Self { data })
    }

    fn labels(&self) -> &[u8] {
        self.data
            .labels()
            .expect("checked when the kernel was made")
    }
}

impl PriorKernel for Ideal {
    fn block(&self, rows: &[usize], columns: &[usize], mut out: ArrayViewMut2<'_, f32>) {
        let labels = self.labels();
        for (&i, mut out) in rows.iter().zip(out.outer_iter_mut()) {
            for (&j, out) in columns.iter().zip(&mut out) {
                *out = f32::from(u8::from(labels[i] == labels[j]));
            }
        }
    }

    fn gram(&self, rows: &[usize], _scratch: &mut Scratch, out: ArrayViewMut2<'_, f32>) {
        self.block(rows, rows, out);
    }

    /// Sums the rows of v of each class: nothing else is needed.
    fn multiply(&self, rows: &[usize], columns: &[usize], v: ArrayView2<'_, f32>) -> Array2<f32> {
        let labels = self.labels();
        let mut sums = Array2::zeros((256, v.ncols()));
        for (&j, v) in columns.iter().zip(v.outer_iter()) {
            let mut sum = sums.row_mut(usize::from(labels[j]));
            sum += &v;
        }
        let mut out = Array2::zeros((rows.len(), v.ncols()));
        for (&i, mut out) in rows.iter().zip(out.outer_iter_mut()) {
            out.assign(&sums.row(usize::from(labels[i])));
        }
        out
    }

    fn multiply_images(
        &self,
        _images: ArrayView2<'_, f32>,
        rows: &[usize],
        columns: &[usize],
        v: ArrayView2<'_, f32>,
    ) -> Array2<f32> {
        self.multiply(rows, columns, v)
    }

    fn extend(&self, _rows: &[usize], data: &Arc<DataSet>) -> Extension {
        let data = Arc::clone(data);
        Extension::Whole(Arc::new(Self { data }))
    }
}
