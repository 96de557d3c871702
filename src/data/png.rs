//! Pictures with a memory: PNG files whose text fields hold the settings that made them.
//!
//! Plain ASCII goes into `tEXt`, which every tool shows; anything else, λ say, into `iTXt`, which
//! is UTF-8.

use std::io::{self, Cursor};
use std::path::Path;

use png::{BitDepth, ColorType, Decoder, Encoder, Transformations};

use super::atomic::{WriteError, write_whole};
use super::reading::read_whole;

/// No deflate stream unpacks to more than this many times its size.
const DEFLATE_LIMIT: usize = 1032;

/// The pixels of a picture, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel: black 0, white 255.
    Grey(Vec<u8>),
    /// Four bytes a pixel: red, green, blue, and opacity that the colours are not multiplied by.
    Rgba(Vec<u8>),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The pixels.
    pub pixels: Pixels,
}

/// Writes `picture` to `path`, whole or not at all, with `fields` (keyword, text).
///
/// A keyword has 1 to 79 Latin-1 characters; usual ones are `Title`, `Description`, `Software`.
///
/// # Errors
///
/// [`WriteError`] if the file cannot be written, the pixels do not fill the picture, a side of it
/// is zero or a keyword is not allowed.
pub fn write<K: AsRef<str>, V: AsRef<str>>(
    path: &Path,
    picture: &Picture,
    fields: &[(K, V)],
) -> Result<(), WriteError> {
    write_whole(path, |file| {
        encode(file, picture, fields).map_err(io::Error::from)
    })
}

/// The bytes of a file that holds `picture` and no text, to be put into another file.
///
/// # Errors
///
/// If the pixels do not fill the picture or a side of it is zero.
pub fn encoded(picture: &Picture) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    encode::<&str, &str>(&mut bytes, picture, &[])?;
    Ok(bytes)
}

/// Encodes `picture`.
fn encode<K: AsRef<str>, V: AsRef<str>>(
    file: &mut impl io::Write,
    picture: &Picture,
    fields: &[(K, V)],
) -> Result<(), png::EncodingError> {
    let (color, pixels) = match &picture.pixels {
        Pixels::Grey(pixels) => (ColorType::Grayscale, pixels),
        Pixels::Rgba(pixels) => (ColorType::Rgba, pixels),
    };
    let mut encoder = Encoder::new(file, picture.width, picture.height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    for (keyword, text) in fields {
        let (keyword, text) = (keyword.as_ref().to_owned(), text.as_ref().to_owned());
        if text.is_ascii() {
            encoder.add_text_chunk(keyword, text)?;
        } else {
            encoder.add_itxt_chunk(keyword, text)?;
        }
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

/// Why a picture was not read.
#[derive(Debug, thiserror::Error)]
#[error("{file} could not be read: {source}.")]
pub struct ReadError {
    file: String,
    source: io::Error,
}

/// Reads a picture as [`write()`] makes it (8 bits, grey or RGBA), and its text fields: those in
/// ASCII first, each kind in its order.
///
/// # Errors
///
/// [`ReadError`] if the file cannot be read, or is another kind of PNG.
pub fn read(path: &Path) -> Result<(Picture, Vec<(String, String)>), ReadError> {
    let read = read_whole(path).and_then(|bytes| decode(&bytes));
    read.map_err(|source| ReadError {
        file: super::error::shown(path),
        source,
    })
}

/// The same for the bytes of a file.
///
/// # Errors
///
/// What is wrong with them.
pub fn decode(bytes: &[u8]) -> io::Result<(Picture, Vec<(String, String)>)> {
    let odd = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info()?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| odd("the picture is too large"))?;
    // A header is a claim: so many bytes cannot hold more pixels than this.
    if size > bytes.len().saturating_mul(DEFLATE_LIMIT) {
        return Err(odd("its header promises more pixels than it can hold"));
    }
    let mut pixels = Vec::new();
    pixels
        .try_reserve_exact(size)
        .map_err(|_| odd("the picture is too large"))?;
    pixels.resize(size, 0);
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    let pixels = match (frame.color_type, frame.bit_depth) {
        (ColorType::Grayscale, BitDepth::Eight) => Pixels::Grey(pixels),
        (ColorType::Rgba, BitDepth::Eight) => Pixels::Rgba(pixels),
        _ => return Err(odd("the picture is neither grey nor RGBA with 8 bits")),
    };
    let info = reader.info();
    let ascii = info.uncompressed_latin1_text.iter();
    let mut fields: Vec<_> = ascii
        .map(|chunk| (chunk.keyword.clone(), chunk.text.clone()))
        .collect();
    for chunk in &info.utf8_text {
        fields.push((chunk.keyword.clone(), chunk.get_text()?));
    }
    Ok((
        Picture {
            width: frame.width,
            height: frame.height,
            pixels,
        },
        fields,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_their_fields_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kernel.png");
        let fields = [
            ("Title", "P"),
            ("Description", "λ = 0.1, k = 200\nNc = 128"),
        ];
        let own = fields.map(|(key, text)| (key.to_owned(), text.to_owned()));
        let grey = Picture {
            width: 3,
            height: 2,
            pixels: Pixels::Grey((0..6).collect()),
        };
        let rgba = Picture {
            width: 2,
            height: 3,
            pixels: Pixels::Rgba((0..24).collect()),
        };
        for picture in [grey, rgba] {
            write(&path, &picture, &fields).unwrap();
            assert_eq!(read(&path).unwrap(), (picture, own.to_vec()));
        }
        let bytes = std::fs::read(&path).unwrap();
        let has = |kind: &[u8]| bytes.windows(4).any(|window| window == kind);
        assert!(has(b"tEXt") && has(b"iTXt"));
    }

    #[test]
    fn what_is_not_a_picture_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.png");
        let refuse = |picture: &Picture, fields: &[(&str, &str)]| {
            let error = write(&path, picture, fields).unwrap_err().to_string();
            assert!(error.contains("bad.png"), "{error}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        };
        let good = Picture {
            width: 3,
            height: 2,
            pixels: Pixels::Grey(vec![0; 6]),
        };
        refuse(
            &Picture {
                width: 4,
                ..good.clone()
            },
            &[],
        );
        refuse(
            &Picture {
                width: 0,
                height: 2,
                pixels: Pixels::Grey(Vec::new()),
            },
            &[],
        );
        refuse(&good, &[("", "empty")]);
        refuse(&good, &[("λ", "0.1")]);
    }

    #[test]
    fn reading_another_file_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text.png");
        std::fs::write(&path, "no picture").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("text.png"));
        assert!(read(&folder.path().join("none.png")).is_err());
    }
}
