//! Matrices of a run as files, whatever their size.

use std::path::Path;

use ndarray::{Array2, s};

use crate::data::{NpyMatrixWriter, WriteError};
use crate::kernel::PriorKernel;

/// Rows of P that are in memory at a time while it is written.
const ROWS: usize = 256;

/// Writes P on the samples `indices` as `.npy`, some rows at a time.
///
/// # Errors
///
/// [`WriteError`] if the file cannot be written.
pub fn write_prior(
    path: &Path,
    prior: &dyn PriorKernel,
    indices: &[usize],
) -> Result<(), WriteError> {
    let mut file = NpyMatrixWriter::create(path, indices.len(), indices.len())?;
    let mut block = Array2::zeros((ROWS.min(indices.len()), indices.len()));
    for rows in indices.chunks(ROWS) {
        let mut part = block.slice_mut(s![..rows.len(), ..]);
        prior.block(rows, indices, part.view_mut());
        file.write_rows(part.view())?;
    }
    file.finish()
}
