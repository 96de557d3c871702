//! Where the window keeps what is in it: a folder of the system's for the program's data.
//!
//! ```text
//! window-N.lock     empty, and locked by the window N for as long as its process lives
//! window-N.dkae     its session, written every minute in which something changed and at the end
//! ended-N-K.dkae    the sessions of windows N before it, K = 1 the last
//! ```
//!
//! A second window takes the next number, so that none writes over another's. A lock ends with its
//! process, however that ends; a session without a lock is of a window that is gone. It is set aside
//! before the next window of that number writes its own, so that it is there until somebody has opened
//! it or three others have come after it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::data::remove_stale;
use crate::session::EXTENSION;

/// Windows at the most.
const WINDOWS: usize = 16;

/// Sessions before the present one that stay.
const BEFORE: usize = 3;

/// A place of one window.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    number: usize,
    /// Held for as long as the window is there.
    _lock: File,
}

impl Place {
    /// Takes the first free place in `folder`, and sets aside what a window that is gone left there.
    ///
    /// # Errors
    ///
    /// What the system says, or that too many windows are open.
    pub fn take(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        remove_stale(folder);
        for number in 1..=WINDOWS {
            let path = folder.join(format!("window-{number}.lock"));
            if path.exists() && !path.is_file() {
                // To open a pipe would wait for its other end.
                continue;
            }
            let mut options = File::options();
            options.create(true).write(true).truncate(false);
            let file = options.open(path)?;
            match file.try_lock() {
                Ok(()) => {
                    let place = Self {
                        folder: folder.to_owned(),
                        number,
                        _lock: file,
                    };
                    place.set_aside()?;
                    return Ok(place);
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other(format!("{WINDOWS} windows are open")))
    }

    /// The session of this window.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder
            .join(format!("window-{}.{EXTENSION}", self.number))
    }

    /// The sessions before it, the last first.
    pub fn ended(&self) -> impl Iterator<Item = PathBuf> {
        let all = (1..=BEFORE).map(|before| self.before(before));
        all.filter(|path| path.is_file())
    }

    fn before(&self, before: usize) -> PathBuf {
        let name = format!("ended-{}-{before}.{EXTENSION}", self.number);
        self.folder.join(name)
    }

    fn set_aside(&self) -> io::Result<()> {
        if !self.file().is_file() {
            return Ok(());
        }
        for before in (1..BEFORE).rev() {
            let path = self.before(before);
            if path.is_file() {
                fs::rename(path, self.before(before + 1))?;
            }
        }
        fs::rename(self.file(), self.before(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(place: &Place) -> Vec<String> {
        let read = |path| fs::read_to_string(path).unwrap();
        place.ended().map(read).collect()
    }

    #[test]
    fn each_window_has_its_own_and_finds_what_was_left_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep/er");
        let first = Place::take(&folder).unwrap();
        let second = Place::take(&folder).unwrap();
        assert_ne!(first.file(), second.file());
        fs::write(first.file(), "one").unwrap();
        fs::write(second.file(), "two").unwrap();
        assert!(texts(&first).is_empty());
        drop(second);
        let third = Place::take(&folder).unwrap();
        assert_eq!(texts(&third), ["two"]);
        assert!(!third.file().exists());
        drop(first);
        let fourth = Place::take(&folder).unwrap();
        assert_eq!(texts(&fourth), ["one"]);
    }

    #[test]
    fn what_nobody_opened_stays_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["a", "b", "c", "d"] {
            let place = Place::take(folder.path()).unwrap();
            fs::write(place.file(), text).unwrap();
        }
        // One that wrote nothing takes nothing away.
        drop(Place::take(folder.path()).unwrap());
        let place = Place::take(folder.path()).unwrap();
        assert_eq!(texts(&place), ["d", "c", "b"]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "no folder").unwrap();
        assert!(Place::take(&file.join("b")).is_err());
    }
}
