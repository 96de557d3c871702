//! One process at a time works in a study's folder.
//!
//! The lock is the system's, on the file `study.lock`, which stays where it is: it ends with its
//! process, however that ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::StoreError;

/// The file that is locked.
const FILE: &str = "study.lock";

/// Longer than a look at a lock takes.
const MOMENT: Duration = Duration::from_millis(50);

/// Whether somebody works in `folder`, as far as the system knows. Nothing there is changed.
pub fn is_taken(folder: &Path) -> bool {
    let path = folder.join(FILE);
    if !path.is_file() {
        return false;
    }
    let looked = File::open(path).map(|file| file.try_lock_shared());
    matches!(looked, Ok(Err(TryLockError::WouldBlock)))
}

/// A folder that is nobody else's for as long as this lives.
#[derive(Clone, Debug)]
pub struct Lock {
    _file: Option<Arc<File>>,
}

impl Lock {
    /// Takes the folder.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if somebody else has it, [`StoreError::Folder`] if nothing can be
    /// written there.
    pub fn take(folder: &Path) -> Result<Self, StoreError> {
        let name = || folder.display().to_string();
        let folder_error = |source| StoreError::Folder {
            folder: name(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(folder_error)?;
        let mut options = File::options();
        options.create(true).write(true).truncate(false);
        let path = folder.join(FILE);
        if path.exists() && !path.is_file() {
            // To open a pipe would wait for its other end.
            let odd = std::io::Error::other(format!("{FILE} is no file"));
            return Err(folder_error(odd));
        }
        let file = options.open(path).map_err(folder_error)?;
        let taken = file.try_lock().or_else(|error| match error {
            // Somebody who only looks has it for a moment.
            TryLockError::WouldBlock => {
                std::thread::sleep(MOMENT);
                file.try_lock()
            }
            other => Err(other),
        });
        match taken {
            Ok(()) => Ok(Self {
                _file: Some(Arc::new(file)),
            }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { folder: name() }),
            Err(TryLockError::Error(error)) => {
                // Some network drives know no locks; a study that was never disturbed before
                // need not be refused now.
                tracing::warn!("{} is not locked: {error}", name());
                Ok(Self { _file: None })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_given_to_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let study = folder.path().join("study");
        assert!(!is_taken(&study) && !study.exists(), "nothing is made");
        let first = Lock::take(&study).unwrap();
        assert!(is_taken(&study));
        let Err(StoreError::Busy { folder: named }) = Lock::take(&study) else {
            panic!("it is taken");
        };
        assert_eq!(named, study.display().to_string());
        drop(first);
        assert!(!is_taken(&study));
        Lock::take(&study).unwrap();
    }
}
