//! One process at a time works in a study's folder.
//!
//! The lock is the system's, on the file `study.lock`, which stays where it is: it ends with its
//! process, however that ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use super::StoreError;

/// The file that is locked.
const FILE: &str = "study.lock";

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
        match file.try_lock() {
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
        let first = Lock::take(&study).unwrap();
        let Err(StoreError::Busy { folder: named }) = Lock::take(&study) else {
            panic!("it is taken");
        };
        assert_eq!(named, study.display().to_string());
        drop(first);
        Lock::take(&study).unwrap();
    }
}
