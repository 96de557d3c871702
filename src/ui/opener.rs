//! Folders are shown by the system's file manager, started on a thread of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::loading::Wake;

/// The program that opens a folder.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

/// Opens folders; says of those that could not be opened where they are.
pub struct Opener {
    failed: (Sender<PathBuf>, Receiver<PathBuf>),
    wake: Wake,
}

impl Opener {
    /// `wake` is called when something could not be opened.
    pub fn new(wake: Wake) -> Self {
        Self {
            failed: bounded(4),
            wake,
        }
    }

    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn open(&self, folder: &Path) -> io::Result<()> {
        let folder = std::path::absolute(folder)?;
        let (failed, wake) = (self.failed.0.clone(), self.wake.clone());
        // Not joined: some openers last as long as the file manager. The thread owns nothing but
        // its end of the channel.
        std::thread::Builder::new()
            .name("dkae-opener".to_owned())
            .spawn(move || {
                if !open_by(OPENER, &folder) {
                    // Full: the person has been told often enough.
                    let _ = failed.try_send(folder);
                    wake();
                }
            })?;
        Ok(())
    }

    /// A folder that could not be opened.
    pub fn poll(&self) -> Option<PathBuf> {
        self.failed.1.try_recv().ok()
    }
}

/// Whether a program opened a folder.
fn open_by(program: &str, folder: &Path) -> bool {
    let ended = Command::new(program)
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Windows' explorer ends with 1 also when all is well.
    ended.is_ok_and(|status| status.success() || cfg!(windows))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_or_fails_is_told() {
        let folder = Path::new("/tmp");
        assert!(open_by("true", folder));
        assert!(!open_by("false", folder));
        assert!(!open_by("dkae-there-is-no-such-program", folder));
    }
}
