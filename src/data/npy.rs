//! `.npy` files, as `numpy.load` reads them: arrays in one go, and matrices too large for memory
//! a few rows at a time.

use std::io::{self, Write};
use std::path::Path;

use ndarray::{ArrayView, ArrayView2, Dimension};
use ndarray_npy::{WritableElement, WriteNpyExt};

use super::atomic::{Part, WriteError, write_whole};

/// The length of a header is a multiple of this, so that the numbers are aligned.
const ALIGNMENT: usize = 64;

/// Writes `array` (its element type is the file's) to `path`, whole or not at all.
///
/// # Errors
///
/// [`WriteError`] if the file cannot be written.
pub fn write_npy<A, D>(path: &Path, array: ArrayView<'_, A, D>) -> Result<(), WriteError>
where
    A: WritableElement,
    D: Dimension,
{
    write_whole(path, move |file| {
        array.write_npy(file).map_err(io::Error::other)
    })
}

/// A matrix of `f32` that is written block by block, as a kernel over all samples has to be.
///
/// The file appears under its name when [`Self::finish`] has all rows; dropped before that, it
/// leaves nothing.
pub struct NpyMatrixWriter {
    part: Part,
    rows: usize,
    columns: usize,
    written: usize,
}

impl NpyMatrixWriter {
    /// Begins a matrix of `rows` × `columns` in `path`.
    ///
    /// # Errors
    ///
    /// [`WriteError`] if the file cannot be made.
    pub fn create(path: &Path, rows: usize, columns: usize) -> Result<Self, WriteError> {
        let mut part = Part::create(path)?;
        let header = header(rows, columns);
        part.writer()
            .write_all(&header)
            .map_err(|error| part.failure(error))?;
        Ok(Self {
            part,
            rows,
            columns,
            written: 0,
        })
    }

    /// Writes the next rows.
    ///
    /// # Errors
    ///
    /// [`WriteError::Shape`] for rows of another length, or more than were announced; otherwise
    /// what the system says.
    pub fn write_rows(&mut self, block: ArrayView2<'_, f32>) -> Result<(), WriteError> {
        let (rows, columns) = block.dim();
        if columns != self.columns || rows > self.rows - self.written {
            return Err(self.part.mismatch(format!(
                "{rows} rows of {columns} numbers came, where at most {} of {} are missing",
                self.rows - self.written,
                self.columns
            )));
        }
        let file = self.part.writer();
        let mut values = block.into_iter();
        values
            .try_for_each(|value| file.write_all(&value.to_le_bytes()))
            .map_err(|error| self.part.failure(error))?;
        self.written += rows;
        Ok(())
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    ///
    /// [`WriteError::Shape`] if rows are missing; otherwise what the system says.
    pub fn finish(self) -> Result<(), WriteError> {
        if self.written < self.rows {
            let (written, rows) = (self.written, self.rows);
            return Err(self
                .part
                .mismatch(format!("only {written} of its {rows} rows came")));
        }
        self.part.finish()
    }
}

/// The header (format 1.0) of a little-endian `f32` matrix, row by row.
fn header(rows: usize, columns: usize) -> Vec<u8> {
    let mut text =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // Ten bytes stand before the text, a line feed ends it.
    let length = (10 + text.len() + 1).next_multiple_of(ALIGNMENT) - 10;
    text.extend(std::iter::repeat_n(' ', length - text.len() - 1));
    text.push('\n');
    let short = u16::try_from(length).expect("two numbers of 20 digits make a short header");
    [
        b"\x93NUMPY\x01\x00",
        &short.to_le_bytes()[..],
        text.as_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array, s};
    use ndarray_npy::read_npy;

    use super::*;

    fn matrix(rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| i as f32 - 0.25 * j as f32)
    }

    #[test]
    fn arrays_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let a = matrix(5, 7);
        write_npy(&path, a.view()).unwrap();
        assert_eq!(read_npy::<_, Array2<f32>>(&path).unwrap(), a);
        write_npy(&path, a.slice(s![..;2, 1..4])).unwrap();
        assert_eq!(
            read_npy::<_, Array2<f32>>(&path).unwrap(),
            a.slice(s![..;2, 1..4])
        );
        write_npy(&path, array![3_u8, 1, 255].view()).unwrap();
        assert_eq!(read_npy::<_, Array1<u8>>(&path).unwrap(), array![3, 1, 255]);
        write_npy(&path, array![-3_i64, 1].view()).unwrap();
        assert_eq!(read_npy::<_, Array1<i64>>(&path).unwrap(), array![-3, 1]);
    }

    #[test]
    fn rows_in_blocks_are_the_matrix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let a = matrix(103, 61);
        let mut writer = NpyMatrixWriter::create(&path, 103, 61).unwrap();
        for start in (0..103).step_by(20) {
            assert!(!path.exists());
            writer
                .write_rows(a.slice(s![start..(start + 20).min(103), ..]))
                .unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(read_npy::<_, Array2<f32>>(&path).unwrap(), a);
    }

    #[test]
    fn every_header_is_aligned() {
        for (rows, columns) in [(0, 0), (1, 10), (usize::MAX, usize::MAX)] {
            let header = header(rows, columns);
            assert_eq!(header.len() % ALIGNMENT, 0);
            assert_eq!(header.last(), Some(&b'\n'));
        }
    }

    #[test]
    fn other_shapes_and_missing_rows_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let mut writer = NpyMatrixWriter::create(&path, 3, 2).unwrap();
        assert!(matches!(
            writer.write_rows(matrix(1, 3).view()),
            Err(WriteError::Shape { .. })
        ));
        assert!(matches!(
            writer.write_rows(matrix(4, 2).view()),
            Err(WriteError::Shape { .. })
        ));
        writer.write_rows(matrix(2, 2).view()).unwrap();
        assert!(matches!(writer.finish(), Err(WriteError::Shape { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
