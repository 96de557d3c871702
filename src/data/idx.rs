//! IDX, the format of MNIST and its relatives: a header of big-endian numbers, then bytes.
//!
//! Images begin with 00 00 08 03, their number, height and width; labels with 00 00 08 01 and
//! their number (08: unsigned bytes; 03, 01: dimensions). Files may be packed with gzip, which
//! their first bytes tell, not their names.
//!
//! A header is a claim. It is compared with the file's size (plain files have to agree to the
//! byte, and deflate cannot pack more than 1032 bytes into one) and with the free memory; after
//! that, memory still grows only with the bytes that have come.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::dataset::ImageShape;
use super::error::{Content, DataError, bytes, shown};
use super::memory;

mod names;

pub(super) use names::label_names;
pub use names::labels_path_for;

/// No deflate stream unpacks to more than this many times its size.
const DEFLATE_LIMIT: u128 = 1032;

/// Bytes that are read at once, at first.
const CHUNK: usize = 1 << 20;

/// What the index of an image costs beside its pixels when samples are chosen.
const BYTES_PER_INDEX: u128 = 4;

/// The images of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The size of each.
    pub shape: ImageShape,
    /// Their pixels, image after image, row by row.
    pub pixels: Vec<u8>,
}

/// Reads the images in `path`, plain or gzip.
///
/// # Errors
///
/// Whatever is wrong with the file; see [`DataError`].
pub fn read_images(path: &Path) -> Result<Images, DataError> {
    open(path)?.images(memory::budget)
}

/// Reads the labels in `path`, plain or gzip. Any byte is a label here.
///
/// # Errors
///
/// Whatever is wrong with the file; see [`DataError`].
pub fn read_labels(path: &Path) -> Result<Vec<u8>, DataError> {
    open(path)?.labels(memory::budget)
}

/// Reads images that are in memory, plain or gzip, called `name` in messages.
///
/// # Errors
///
/// Whatever is wrong with them; see [`DataError`].
pub fn images_in(name: &str, data: &[u8]) -> Result<Images, DataError> {
    Stream::new(name.to_owned(), data.len() as u64, data)?.images(memory::budget)
}

/// Reads labels that are in memory, plain or gzip, called `name` in messages. Any byte is a label
/// here.
///
/// # Errors
///
/// Whatever is wrong with them; see [`DataError`].
pub fn labels_in(name: &str, data: &[u8]) -> Result<Vec<u8>, DataError> {
    Stream::new(name.to_owned(), data.len() as u64, data)?.labels(memory::budget)
}

/// `pixels` as the bytes of an IDX file. Numbers beyond 2³² − 1 cannot be expressed and saturate.
#[must_use]
pub fn encode_images(shape: ImageShape, pixels: &[u8]) -> Vec<u8> {
    let count = pixels.len() / shape.pixels().max(1);
    encode(Content::Images, &[count, shape.height, shape.width], pixels)
}

/// `labels` as the bytes of an IDX file. A number beyond 2³² − 1 cannot be expressed and
/// saturates.
#[must_use]
pub fn encode_labels(labels: &[u8]) -> Vec<u8> {
    encode(Content::Labels, &[labels.len()], labels)
}

/// Header and body.
fn encode(content: Content, sizes: &[usize], body: &[u8]) -> Vec<u8> {
    let mut file = content.magic().to_vec();
    for &size in sizes {
        file.extend(u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
    }
    file.extend_from_slice(body);
    file
}

/// A file that is read from its start to its end.
struct Stream<'a> {
    /// Its name in messages.
    file: String,
    /// Its size as it is stored.
    stored: u64,
    /// Whether it is packed.
    gzip: bool,
    reader: Box<dyn Read + 'a>,
}

/// Opens a regular file.
fn open(path: &Path) -> Result<Stream<'static>, DataError> {
    let file = shown(path);
    let meta = fs::metadata(path).map_err(|error| DataError::from_io(&file, error))?;
    if meta.is_dir() {
        return Err(DataError::Folder { file });
    }
    if !meta.is_file() {
        // Opening a pipe would wait for somebody to write to it.
        return Err(DataError::NotRegular { file });
    }
    let reader = File::open(path).map_err(|error| DataError::from_io(&file, error))?;
    // Files of the kernel's say 0, and may keep a reader waiting.
    Stream::new(file, meta.len(), reader.take(meta.len()))
}

impl<'a> Stream<'a> {
    /// The stream of `reader`, unpacked if its first bytes are those of gzip.
    fn new(file: String, stored: u64, mut reader: impl Read + 'a) -> Result<Self, DataError> {
        let mut start = [0; 2];
        let got = fill(&mut reader, &mut start).map_err(|e| DataError::from_io(&file, e))?;
        let whole = Cursor::new(start).take(got as u64).chain(reader);
        let gzip = start[..got] == [0x1f, 0x8b];
        let reader: Box<dyn Read + 'a> = if gzip {
            Box::new(MultiGzDecoder::new(BufReader::new(whole)))
        } else {
            Box::new(whole)
        };
        Ok(Self {
            file,
            stored,
            gzip,
            reader,
        })
    }

    /// The images, if they take no more than `budget` bytes.
    fn images(mut self, budget: impl Fn() -> u64) -> Result<Images, DataError> {
        let [count, height, width] = self.header(Content::Images)?;
        if height == 0 || width == 0 {
            let (height, width) = (height.into(), width.into());
            return Err(DataError::EmptyImages {
                file: self.file,
                height,
                width,
            });
        }
        let size = [count, height, width].map(u128::from).iter().product();
        let pixels = self.body(16, size, size + u128::from(count) * BYTES_PER_INDEX, budget)?;
        let shape = ImageShape {
            height: height as usize,
            width: width as usize,
        };
        Ok(Images { shape, pixels })
    }

    /// The labels, if they take no more than `budget` bytes.
    fn labels(mut self, budget: impl Fn() -> u64) -> Result<Vec<u8>, DataError> {
        let [count] = self.header(Content::Labels)?;
        self.body(8, count.into(), count.into(), budget)
    }

    /// The sizes that follow the magic bytes of `content`.
    fn header<const N: usize>(&mut self, content: Content) -> Result<[u32; N], DataError> {
        let mut magic = [0; 4];
        let promised = 4 + 4 * N as u128;
        let found = self.read(&mut magic)? as u64;
        // A start that is wrong already says more than that the file is short.
        if magic[..found as usize] != content.magic()[..found as usize] {
            return Err(self.wrong_magic(content, &magic[..found as usize]));
        }
        let mut sizes = [0; N];
        for (index, size) in sizes.iter_mut().enumerate() {
            let mut number = [0; 4];
            let got = self.read(&mut number)? as u64;
            if got < 4 {
                let found = found + 4 * index as u64 + got;
                return Err(DataError::Truncated {
                    file: self.file.clone(),
                    promised,
                    found,
                });
            }
            *size = u32::from_be_bytes(number);
        }
        Ok(sizes)
    }

    /// The `length` bytes after a header of `header` bytes, and nothing after them, if what is
    /// made of them (`needed` bytes) stays within `budget`.
    fn body(
        &mut self,
        header: u64,
        length: u128,
        needed: u128,
        budget: impl Fn() -> u64,
    ) -> Result<Vec<u8>, DataError> {
        let promised = u128::from(header) + length;
        self.check_size(promised)?;
        let too_large = |file: &str| DataError::TooLarge {
            file: file.to_owned(),
            needed,
            available: budget(),
        };
        if needed > u128::from(memory::SMALL) && needed > u128::from(budget()) {
            return Err(too_large(&self.file));
        }
        let length = usize::try_from(length).map_err(|_| too_large(&self.file))?;
        let mut body = Vec::new();
        while body.len() < length {
            let old = body.len();
            let step = (length - old).min(old.max(CHUNK));
            body.try_reserve_exact(step)
                .map_err(|_| too_large(&self.file))?;
            body.resize(old + step, 0);
            let got = self.read(&mut body[old..])?;
            if got < step {
                let found = header + (old + got) as u64;
                return Err(DataError::Truncated {
                    file: self.file.clone(),
                    promised,
                    found,
                });
            }
        }
        self.check_end(promised)?;
        Ok(body)
    }

    /// Whether a file of this size can hold `promised` bytes.
    fn check_size(&self, promised: u128) -> Result<(), DataError> {
        let (file, stored) = (self.file.clone(), self.stored);
        let wide = u128::from(stored);
        if self.gzip {
            let possible = wide * DEFLATE_LIMIT;
            return if promised > possible {
                Err(DataError::Impossible {
                    file,
                    promised,
                    stored,
                    possible,
                })
            } else {
                Ok(())
            };
        }
        if promised > wide {
            return Err(DataError::Truncated {
                file,
                promised,
                found: stored,
            });
        }
        match u64::try_from(wide - promised) {
            Ok(0) => Ok(()),
            extra => Err(DataError::TrailingBytes {
                file,
                promised,
                extra: extra.ok(),
            }),
        }
    }

    /// Whether the stream is over; for gzip this also checks the sum at its end.
    fn check_end(&mut self, promised: u128) -> Result<(), DataError> {
        match fill(&mut self.reader, &mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(DataError::TrailingBytes {
                file: self.file.clone(),
                promised,
                extra: None,
            }),
            Err(error) => Err(self.failure(error)),
        }
    }

    /// Reads until `buffer` is full or the stream ends; a packed stream that is cut off ends
    /// there, too.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, DataError> {
        let mut got = 0;
        while got < buffer.len() {
            match self.reader.read(&mut buffer[got..]) {
                Ok(0) => break,
                Ok(more) => got += more,
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::UnexpectedEof => break,
                    _ => return Err(self.failure(error)),
                },
            }
        }
        Ok(got)
    }

    /// What a failure to read means.
    fn failure(&self, error: io::Error) -> DataError {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        if self.gzip && matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof) {
            return DataError::CorruptGzip {
                file: self.file.clone(),
                reason: error.to_string(),
            };
        }
        DataError::from_io(&self.file, error)
    }

    /// What a file that starts with `found` seems to be.
    fn wrong_magic(&self, wanted: Content, found: &[u8]) -> DataError {
        let hint = match *found {
            [0, 0, 8, 1] => "; it holds labels: choose the images that belong to them".to_owned(),
            [0, 0, 8, 3] => "; it holds images: choose the labels that belong to them".to_owned(),
            [0, 0, 8, dimensions] => format!("; its number of dimensions is {dimensions}"),
            [0, 0, kind @ (0x09 | 0x0b..=0x0e), _] => {
                format!(
                    "; its numbers are {}, not unsigned bytes",
                    number_type(kind)
                )
            }
            [0x89, b'P', b'N', b'G'] => "; it seems to be a PNG picture".to_owned(),
            [b'P', b'K', ..] => "; it seems to be a ZIP archive: unpack it first".to_owned(),
            [0x93, b'N', b'U', b'M'] => "; it seems to be a .npy file".to_owned(),
            _ => String::new(),
        };
        let found = if found.is_empty() {
            "nothing".to_owned()
        } else {
            bytes(found)
        };
        DataError::WrongMagic {
            file: self.file.clone(),
            wanted,
            found,
            hint,
        }
    }
}

/// The numbers of IDX's type code `kind`.
fn number_type(kind: u8) -> &'static str {
    match kind {
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floats",
        _ => "64-bit floats",
    }
}

/// Reads until `buffer` is full or the reader ends.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match reader.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

#[cfg(test)]
mod tests;
