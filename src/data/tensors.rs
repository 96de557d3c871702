//! Tensors by name in one file (the safetensors format, which PyTorch, JAX and NumPy read), with
//! texts beside them.
//!
//! One of the texts, `sha256`, is the checksum of the others and of all tensors, name by name: a
//! file that is not what was written is not read. Files of other programs have none, and are.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::Path;

use ndarray::{Array2, ArrayView2};
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorInfo};
use sha2::{Digest, Sha256};

use super::atomic::{WriteError, write_whole};
use super::error::shown;
use super::hexadecimal;
use super::reading::read_whole;

/// The text that holds the checksum.
const SHA256: &str = "sha256";

/// A tensor to be written.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    shape: Vec<usize>,
    numbers: Numbers<'a>,
}

#[derive(Clone, Debug)]
enum Numbers<'a> {
    Floats(Cow<'a, [f32]>),
    Doubles(Vec<f64>),
    Integers(Vec<i64>),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Tensor<'a> {
    /// A matrix.
    #[must_use]
    pub fn matrix(matrix: ArrayView2<'a, f32>) -> Self {
        let shape = matrix.shape().to_vec();
        let floats = matrix.to_slice().map_or_else(
            || Cow::Owned(matrix.iter().copied().collect()),
            Cow::Borrowed,
        );
        Self {
            shape,
            numbers: Numbers::Floats(floats),
        }
    }

    /// A row of numbers.
    #[must_use]
    pub fn row(numbers: &'a [f32]) -> Self {
        Self {
            shape: vec![numbers.len()],
            numbers: Numbers::Floats(Cow::Borrowed(numbers)),
        }
    }

    /// Rows of `N` numbers each, in double precision.
    #[must_use]
    pub fn doubles<const N: usize>(rows: impl IntoIterator<Item = [f64; N]>) -> Self {
        let numbers: Vec<f64> = rows.into_iter().flatten().collect();
        Self {
            shape: vec![numbers.len() / N, N],
            numbers: Numbers::Doubles(numbers),
        }
    }

    /// A row of indices.
    #[must_use]
    pub fn indices(indices: &[usize]) -> Self {
        Self {
            shape: vec![indices.len()],
            numbers: Numbers::Integers(indices.iter().map(|&i| i as i64).collect()),
        }
    }

    /// A row of bytes.
    #[must_use]
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Self {
            shape: vec![bytes.len()],
            numbers: Numbers::Bytes(Cow::Borrowed(bytes)),
        }
    }
}

/// Bytes that numbers are written in at a time, so that a large tensor is not there twice.
const PIECE: usize = 1 << 16;

impl Tensor<'_> {
    fn dtype(&self) -> Dtype {
        match self.numbers {
            Numbers::Floats(_) => Dtype::F32,
            Numbers::Doubles(_) => Dtype::F64,
            Numbers::Integers(_) => Dtype::I64,
            Numbers::Bytes(_) => Dtype::U8,
        }
    }

    /// Bytes of all numbers.
    fn length(&self) -> usize {
        match &self.numbers {
            Numbers::Floats(floats) => 4 * floats.len(),
            Numbers::Doubles(doubles) => 8 * doubles.len(),
            Numbers::Integers(integers) => 8 * integers.len(),
            Numbers::Bytes(bytes) => bytes.len(),
        }
    }

    /// Hands the numbers' bytes to `take`, a piece at a time.
    fn pieces(&self, take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match &self.numbers {
            Numbers::Floats(floats) => pieces(floats, f32::to_le_bytes, take),
            Numbers::Doubles(doubles) => pieces(doubles, f64::to_le_bytes, take),
            Numbers::Integers(integers) => pieces(integers, i64::to_le_bytes, take),
            Numbers::Bytes(bytes) => take(bytes),
        }
    }
}

/// Hands `numbers` to `take` as bytes, a piece at a time.
fn pieces<T: Copy, const N: usize>(
    numbers: &[T],
    bytes: impl Fn(T) -> [u8; N],
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE.min(N * numbers.len())];
    for part in numbers.chunks((PIECE / N).max(1)) {
        let filled = &mut piece[..N * part.len()];
        for (place, &number) in filled.as_chunks_mut().0.iter_mut().zip(part) {
            *place = bytes(number);
        }
        take(filled)?;
    }
    Ok(())
}

/// Takes the checksum of what a file holds, in an order that its layout has no part in.
#[derive(Default)]
struct Sum(Sha256);

impl Sum {
    /// Some bytes, told apart from what comes next by their number.
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.bytes(name.as_bytes());
        self.bytes(text.as_bytes());
    }

    /// A tensor, whose bytes, so many, are still to come.
    fn tensor(&mut self, name: &str, dtype: Dtype, shape: &[usize], length: usize) {
        self.text(name, &format!("{dtype:?} {shape:?}"));
        self.0.update((length as u64).to_le_bytes());
    }

    fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// The checksum of tensors and texts that are to be written.
fn sum_of(
    tensors: &[(String, Tensor<'_>)],
    texts: &BTreeMap<String, String>,
) -> io::Result<String> {
    let mut sum = Sum::default();
    for (name, text) in texts.iter().filter(|(name, _)| *name != SHA256) {
        sum.text(name, text);
    }
    let sorted: BTreeMap<_, _> = tensors.iter().map(|(name, of)| (name, of)).collect();
    for (name, tensor) in sorted {
        sum.tensor(name, tensor.dtype(), &tensor.shape, tensor.length());
        tensor.pieces(&mut |piece| {
            sum.0.update(piece);
            Ok(())
        })?;
    }
    Ok(sum.finish())
}

/// Writes `tensors`, `texts` and their checksum to `path`, whole or not at all.
///
/// # Errors
///
/// [`WriteError`] if the file cannot be written.
pub fn write_tensors(
    path: &Path,
    tensors: Vec<(String, Tensor<'_>)>,
    texts: &BTreeMap<String, String>,
) -> Result<(), WriteError> {
    write_whole(path, move |file| {
        let mut tensors = tensors;
        let sum = sum_of(&tensors, texts)?;
        let mut texts: HashMap<String, String> = texts.clone().into_iter().collect();
        texts.insert(SHA256.to_owned(), sum);
        // What needs the most alignment first, as the format has it.
        tensors.sort_by(|(left, a), (right, b)| b.dtype().cmp(&a.dtype()).then(left.cmp(right)));
        file.write_all(&header(&tensors, texts)?)?;
        for (_, tensor) in &tensors {
            tensor.pieces(&mut |piece| file.write_all(piece))?;
        }
        Ok(())
    })
}

/// What stands before the numbers: its length, then names, types, shapes and places as JSON.
fn header(tensors: &[(String, Tensor<'_>)], texts: HashMap<String, String>) -> io::Result<Vec<u8>> {
    let mut end = 0;
    let infos = tensors.iter().map(|(name, tensor)| {
        let start = end;
        end += tensor.length();
        let info = TensorInfo {
            dtype: tensor.dtype(),
            shape: tensor.shape.clone(),
            data_offsets: (start, end),
        };
        (name.clone(), info)
    });
    let metadata = Metadata::new(Some(texts), infos.collect()).map_err(io::Error::other)?;
    let mut json = serde_json::to_vec(&metadata).map_err(io::Error::other)?;
    json.resize(json.len().next_multiple_of(size_of::<u64>()), b' ');
    let length = json.len() as u64;
    Ok([&length.to_le_bytes(), json.as_slice()].concat())
}

/// Why tensors could not be read, and from where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The system did not give the file.
    #[error("{file} cannot be read: {source}")]
    Read {
        /// Path of the file at fault.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what its name says.
    #[error("{file} is not a whole file of tensors: {reason}")]
    Format {
        /// Path of the file at fault.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// It holds something else than was written.
    #[error("{file} is damaged: its contents do not give the checksum that it holds")]
    Checksum {
        /// Path of the file at fault.
        file: String,
    },
    /// Something is not in it, or has another form.
    #[error("{file} has no {name} of the right form")]
    Missing {
        /// Path of the file at fault.
        file: String,
        /// What was looked for.
        name: String,
    },
}

impl TensorError {
    /// What is wrong, without the file's name.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Read { source, .. } => format!("it cannot be read: {source}"),
            Self::Format { reason, .. } => format!("it is no whole file of tensors: {reason}"),
            Self::Checksum { .. } => {
                "its contents do not give the checksum that it holds".to_owned()
            }
            Self::Missing { name, .. } => format!("it has no {name} of the right form"),
        }
    }
}

/// A file of tensors in memory.
pub struct TensorFile {
    file: String,
    bytes: Vec<u8>,
    /// Where the header ends, and what it says.
    metadata: Metadata,
    start: usize,
}

impl TensorFile {
    /// Reads the file and checks its header against its length, its contents against its
    /// checksum.
    ///
    /// # Errors
    ///
    /// [`TensorError`] names the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, TensorError> {
        let file = shown(path);
        match read_whole(path) {
            Ok(bytes) => Self::parse(file, bytes),
            Err(source) => Err(TensorError::Read { file, source }),
        }
    }

    /// The same for bytes that are in memory, called `file` in messages.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn parse(file: String, bytes: Vec<u8>) -> Result<Self, TensorError> {
        let (header, metadata) = match SafeTensors::read_metadata(&bytes) {
            Ok(read) => read,
            Err(error) => {
                let reason = error.to_string();
                return Err(TensorError::Format { file, reason });
            }
        };
        let found = Self {
            file,
            bytes,
            metadata,
            start: header + size_of::<u64>(),
        };
        match found.text(SHA256) {
            Ok(sum) if sum != found.sum()? => Err(TensorError::Checksum { file: found.file }),
            _ => Ok(found),
        }
    }

    /// The checksum of what is there.
    fn sum(&self) -> Result<String, TensorError> {
        let mut sum = Sum::default();
        let texts = self.metadata.metadata().iter().flatten();
        let texts: BTreeMap<_, _> = texts.filter(|(name, _)| *name != SHA256).collect();
        for (name, text) in texts {
            sum.text(name, text);
        }
        let tensors: BTreeMap<_, _> = self.metadata.tensors().into_iter().collect();
        for (name, info) in tensors {
            let (shape, numbers) = self.tensor(&name, info.dtype)?;
            sum.tensor(&name, info.dtype, shape, numbers.len());
            sum.0.update(numbers);
        }
        Ok(sum.finish())
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file
    }

    /// Whether it holds a checksum (which was right, then).
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.text(SHA256).is_ok()
    }

    /// Its size in bytes: no tensor has more numbers than that.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The text `name`.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there is none.
    pub fn text(&self, name: &str) -> Result<&str, TensorError> {
        let texts = self.metadata.metadata().as_ref();
        texts
            .and_then(|texts| texts.get(name))
            .map(String::as_str)
            .ok_or_else(|| self.missing(name))
    }

    /// Whether there is a tensor `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }

    /// The numbers of tensor `name`, whatever its shape.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there is none of finite 32-bit floating-point numbers: whatever
    /// this program writes is finite.
    pub fn floats(&self, name: &str) -> Result<Vec<f32>, TensorError> {
        let bytes = self.tensor(name, Dtype::F32)?.1;
        let number = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        let numbers: Vec<f32> = bytes.chunks_exact(4).map(number).collect();
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(numbers)
        } else {
            Err(self.missing(name))
        }
    }

    /// The shape of tensor `name` of 32-bit floating-point numbers.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there is none.
    pub fn shape(&self, name: &str) -> Result<&[usize], TensorError> {
        Ok(self.tensor(name, Dtype::F32)?.0)
    }

    /// The matrix `name`.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there is none with two axes.
    pub fn matrix(&self, name: &str) -> Result<Array2<f32>, TensorError> {
        let shape = match *self.tensor(name, Dtype::F32)?.0 {
            [rows, columns] => (rows, columns),
            _ => return Err(self.missing(name)),
        };
        Array2::from_shape_vec(shape, self.floats(name)?).map_err(|_| self.missing(name))
    }

    /// The rows of `N` numbers in double precision `name`.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there are none of finite numbers.
    pub fn doubles<const N: usize>(&self, name: &str) -> Result<Vec<[f64; N]>, TensorError> {
        let (shape, bytes) = self.tensor(name, Dtype::F64)?;
        if shape.len() != 2 || shape[1] != N {
            return Err(self.missing(name));
        }
        let numbers = bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b));
        let numbers: Vec<f64> = numbers.collect();
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(self.missing(name));
        }
        Ok(numbers.as_chunks().0.to_vec())
    }

    /// The indices `name`.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there are none, or one is negative.
    pub fn indices(&self, name: &str) -> Result<Vec<usize>, TensorError> {
        let bytes = self.tensor(name, Dtype::I64)?.1;
        let number =
            |b: &[u8]| i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
        bytes
            .chunks_exact(8)
            .map(|b| usize::try_from(number(b)).map_err(|_| self.missing(name)))
            .collect()
    }

    /// The bytes `name`.
    ///
    /// # Errors
    ///
    /// [`TensorError::Missing`] if there are none.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, TensorError> {
        Ok(self.tensor(name, Dtype::U8)?.1.to_vec())
    }

    /// The error for something that is not there.
    #[must_use]
    pub fn missing(&self, name: &str) -> TensorError {
        TensorError::Missing {
            file: self.file.clone(),
            name: name.to_owned(),
        }
    }

    fn tensor(&self, name: &str, dtype: Dtype) -> Result<(&[usize], &[u8]), TensorError> {
        let info = self.metadata.info(name);
        let info = info.filter(|info| info.dtype == dtype);
        let info = info.ok_or_else(|| self.missing(name))?;
        let (from, to) = info.data_offsets;
        let (from, to) = (self.start.checked_add(from), self.start.checked_add(to));
        let bytes = from.zip(to).and_then(|(from, to)| self.bytes.get(from..to));
        Ok((&info.shape, bytes.ok_or_else(|| self.missing(name))?))
    }
}

#[cfg(test)]
#[path = "tensors_tests.rs"]
mod tests;
