//! Files that are read in one piece: regular ones only (opening a pipe would wait for somebody to
//! write to it, and a device never ends), measured before memory is taken for them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::memory;

/// Bytes of memory that a byte of text may come to once it is parsed.
const PARSED: u64 = 16;

/// The bytes of the regular file `path`, if half of the free memory holds them.
///
/// # Errors
///
/// What the system says, or why it was not even asked.
pub fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    read_limited(path, memory::budget)
}

/// The text in the regular file `path`, if the free memory holds what is made of it.
///
/// # Errors
///
/// As [`read_whole`], and if it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_limited(path, || memory::budget() / PARSED)?;
    let odd = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8");
    String::from_utf8(bytes).map_err(odd)
}

/// The bytes of `path`, at most `limit`, which is asked of files that are not small.
fn read_limited(path: &Path, limit: impl FnOnce() -> u64) -> io::Result<Vec<u8>> {
    let refuse = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        return Err(refuse("it is a folder".into()));
    }
    if !meta.is_file() {
        return Err(refuse("it is not a regular file".into()));
    }
    let length = meta.len();
    if length > memory::SMALL {
        let limit = limit();
        if length > limit {
            return Err(refuse(format!(
                "it holds {length} bytes, and memory for {limit} can be spared"
            )));
        }
    }
    let mut bytes = Vec::new();
    let wanted = usize::try_from(length).map_err(|_| refuse("it is too large".into()))?;
    bytes
        .try_reserve_exact(wanted)
        .map_err(|_| refuse(format!("there is no memory for its {length} bytes")))?;
    // A file of the kernel's that says 0 may give for ever, and one may grow meanwhile.
    if length > 0 {
        File::open(path)?.take(length).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_and_what_is_none_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "λ").unwrap();
        assert_eq!(read_whole(&path).unwrap(), "λ".as_bytes());
        assert_eq!(read_text(&path).unwrap(), "λ");
        fs::write(&path, [0xff]).unwrap();
        assert!(read_text(&path).unwrap_err().to_string().contains("UTF-8"));
        let folder = read_whole(folder.path()).unwrap_err();
        assert!(folder.to_string().contains("folder"), "{folder}");
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let length = memory::SMALL + 1;
        File::create(&path).unwrap().set_len(length).unwrap();
        let error = read_limited(&path, || length - 1).unwrap_err().to_string();
        assert!(error.contains(&length.to_string()), "{error}");
        assert!(read_limited(&path, || length).is_ok());
        // A file with a hole of 2⁴⁰ bytes takes no room on the disk, but would in memory.
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(read_whole(&path).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_not_opened() {
        for device in ["/dev/zero", "/dev/null"] {
            let error = read_whole(Path::new(device)).unwrap_err().to_string();
            assert!(error.contains("not a regular file"), "{error}");
        }
    }
}
