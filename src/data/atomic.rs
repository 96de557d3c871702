//! Files that are whole or not there: written under a temporary name in the same folder, flushed
//! to the disk, then renamed. A file that is replaced stays as it was until then.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::shown;

/// How the names of files in the making begin.
const PREFIX: &str = ".dkae-";
/// How they end.
const SUFFIX: &str = ".part";

/// Why a file was not written. What stood under its name before is still there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no folder to put it into.
    #[error("{file} cannot be written: its folder does not exist. Create it, or choose another.")]
    NoFolder {
        /// Path of the file at fault.
        file: String,
    },

    /// A folder has this name.
    #[error("{file} cannot be written: it is a folder. Choose the name of a file.")]
    Folder {
        /// The folder.
        file: String,
    },

    /// The user may not write there.
    #[error(
        "{file} cannot be written: there is no permission to write in its folder. Choose another."
    )]
    NoPermission {
        /// Path of the file at fault.
        file: String,
    },

    /// The system failed to write it.
    #[error("{file} could not be written: {source}.")]
    Failed {
        /// Path of the file at fault.
        file: String,
        /// What the system or the encoder said.
        source: io::Error,
    },

    /// What was written is not what was announced.
    #[error("{file} could not be written: {reason}.")]
    Shape {
        /// Path of the file at fault.
        file: String,
        /// Which sizes do not go together.
        reason: String,
    },
}

impl WriteError {
    /// What the system's `error` about `path` means to a user.
    pub(super) fn from_io(path: &Path, error: io::Error) -> Self {
        let file = shown(path);
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { file },
            io::ErrorKind::PermissionDenied => Self::NoPermission { file },
            io::ErrorKind::IsADirectory => Self::Folder { file },
            _ => Self::Failed {
                file,
                source: error,
            },
        }
    }
}

/// Writes `path` by `write`, whole or not at all.
///
/// # Errors
///
/// [`WriteError`], with nothing changed, if the file cannot be made or `write` fails.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let mut part = Part::create(path)?;
    write(part.writer()).map_err(|error| part.failure(error))?;
    part.finish()
}

/// A file in the making. Dropping it unfinished removes it.
pub(super) struct Part {
    path: PathBuf,
    temporary: tempfile::TempPath,
    writer: BufWriter<File>,
}

impl Part {
    /// Begins a file that will be `path`.
    pub(super) fn create(path: &Path) -> Result<Self, WriteError> {
        if path.is_dir() {
            return Err(WriteError::Folder { file: shown(path) });
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let made = temporary_in(folder).map_err(|error| WriteError::from_io(path, error))?;
        let (file, temporary) = made.into_parts();
        // Held until the process ends, however it does: whose lock is gone is left over. Where a
        // file cannot be locked, nothing is removed either.
        let _ = file.try_lock();
        Ok(Self {
            path: path.to_owned(),
            temporary,
            writer: BufWriter::new(file),
        })
    }

    /// Where the contents go.
    pub(super) fn writer(&mut self) -> &mut BufWriter<File> {
        &mut self.writer
    }

    /// The error for a failed write.
    pub(super) fn failure(&self, error: io::Error) -> WriteError {
        WriteError::from_io(&self.path, error)
    }

    /// The error for contents that are not what was announced.
    pub(super) fn mismatch(&self, reason: String) -> WriteError {
        WriteError::Shape {
            file: shown(&self.path),
            reason,
        }
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> Result<(), WriteError> {
        let Self {
            path,
            temporary,
            mut writer,
        } = self;
        writer
            .flush()
            .and_then(|()| writer.get_ref().sync_all())
            .and_then(|()| temporary.persist(&path).map_err(|error| error.error))
            .map_err(|error| WriteError::from_io(&path, error))
    }
}

/// Removes from `folder` what processes that were killed left of files in the making. What another
/// one is writing is locked, and stays.
pub fn remove_stale(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let stale = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if stale && let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!("{} is left over: {error}", shown(&entry.path()));
        }
    }
}

/// A new file in `folder`, with the permissions of any other new file (a temporary file is
/// otherwise for its owner only).
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_is_written_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["first", "second"] {
            write_whole(&path, |file| file.write_all(text.as_bytes())).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_failure_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let error = write_whole(&path, |file| {
            file.write_all(&[0; 100_000])?;
            Err(io::Error::other("the pen broke"))
        })
        .unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("a.txt") && message.contains("the pen broke"),
            "{message}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(folder.path().join(".dkae-Xyz123.part"), "half").unwrap();
        fs::write(folder.path().join(".dkae-notes.txt"), "somebody's").unwrap();
        write_whole(&path, |file| {
            remove_stale(folder.path());
            assert_eq!(names(folder.path()).len(), 2, "the notes and this file");
            file.write_all(b"whole")
        })
        .unwrap();
        remove_stale(folder.path());
        let mut left = names(folder.path());
        left.sort();
        assert_eq!(left, [".dkae-notes.txt", "a.txt"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
    }

    #[test]
    fn impossible_places_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = write_whole(&folder.path().join("no/such/a.txt"), |_| Ok(())).unwrap_err();
        assert!(matches!(nowhere, WriteError::NoFolder { .. }), "{nowhere}");
        assert!(nowhere.to_string().contains("a.txt"));
        let taken = write_whole(folder.path(), |_| Ok(())).unwrap_err();
        assert!(matches!(taken, WriteError::Folder { .. }), "{taken}");
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("ours"), folder.path().join("usual"));
        write_whole(&ours, |_| Ok(())).unwrap();
        File::create(&usual).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
