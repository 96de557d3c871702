//! Pictures go out: a matrix's own pixels as PNG with the run's settings in its text fields, its
//! numbers as `.npy`, the window as it stands.
//!
//! A thread of its own writes to a temporary name in the same folder and renames, so a file is
//! whole or not there.

use std::io;
use std::path::{Path, PathBuf};

use super::loading::Wake;
use crate::report::run::Making;
use crate::service::Thread;
use crossbeam_channel::{Receiver, Sender, bounded};

/// A file to be.
pub struct Job {
    /// Its name.
    pub path: PathBuf,
    /// Its content; what is still to be drawn is drawn on the thread that writes.
    pub content: Making,
}

/// The end of a job.
pub struct Saved {
    /// Where it was to be written.
    pub path: PathBuf,
    /// What went wrong, if anything.
    pub result: Result<(), String>,
}

/// The thread that writes. Dropping it waits until everything is written.
pub struct Saver {
    // In this order: with the reader gone a full list of results holds nobody up.
    jobs: Sender<Job>,
    results: Receiver<Saved>,
    _thread: Thread,
}

impl Saver {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn spawn(wake: Wake) -> io::Result<Self> {
        let (jobs, todo) = bounded::<Job>(16);
        let (done, results) = bounded(16);
        let thread = Thread::spawn("dkae-saver", move || {
            for job in todo {
                let result = write(&job.path, job.content);
                // A window that is gone does not keep what is asked for from being written.
                let _ = done.send(Saved {
                    path: job.path,
                    result,
                });
                wake();
            }
        })?;
        Ok(Self {
            jobs,
            results,
            _thread: thread,
        })
    }

    /// Asks for a file. `false` if too many wait.
    #[must_use]
    pub fn save(&self, job: Job) -> bool {
        self.jobs.try_send(job).is_ok()
    }

    /// The next file that was written, or was not.
    #[must_use]
    pub fn poll(&self) -> Option<Saved> {
        self.results.try_recv().ok()
    }
}

/// Draws and writes a file, whole or not at all, and makes its folder if there is none.
fn write(path: &Path, content: Making) -> Result<(), String> {
    let content = content.finish().map_err(|error| error.to_string())?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the folder cannot be made: {error}"))?;
    }
    content.write(path).map_err(|error| error.to_string())
}

/// A name in `folder` that no file has: `prior-seed1-step500.png`, then `…-2.png`.
#[must_use]
pub fn free_name(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    let first = folder.join(format!("{stem}.{extension}"));
    if !first.exists() {
        return first;
    }
    (2..10_000)
        .map(|number| folder.join(format!("{stem}-{number}.{extension}")))
        .find(|path| !path.exists())
        .unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ndarray::Array2;

    use super::*;
    use crate::data::png;
    use crate::picture::saved::Content;

    #[test]
    fn a_png_comes_back_with_its_pixels_and_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/picture.png");
        let rgba: Vec<u8> = (0..2 * 3 * 4).collect();
        let text = vec![("dkae:settings".to_owned(), "λ = 0.1".to_owned())];
        let content = Content::pixels([3, 2], rgba.clone(), text.clone());
        write(&path, content.into()).unwrap();
        let (picture, fields) = png::read(&path).unwrap();
        assert_eq!((picture.width, picture.height), (3, 2));
        assert!(matches!(picture.pixels, png::Pixels::Rgba(pixels) if pixels == rgba));
        assert_eq!(fields, text);
        let others = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(others, 1, "no temporary file is left");
    }

    #[test]
    fn a_matrix_comes_back_and_names_do_not_collide() {
        let folder = tempfile::tempdir().unwrap();
        let path = free_name(folder.path(), "codes", "npy");
        let matrix = Array2::from_shape_fn((2, 3), |(i, j)| (i * 3 + j) as f32);
        write(&path, Content::Matrix(matrix.clone()).into()).unwrap();
        let back: Array2<f32> =
            ndarray_npy::ReadNpyExt::read_npy(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(back, matrix);
        assert_eq!(
            free_name(folder.path(), "codes", "npy"),
            folder.path().join("codes-2.npy")
        );
    }

    #[test]
    fn what_was_asked_for_is_written_before_the_saver_goes() {
        let folder = tempfile::tempdir().unwrap();
        let saver = Saver::spawn(Arc::new(|| {})).unwrap();
        for index in 0..10 {
            let path = folder.path().join(format!("{index}.npy"));
            assert!(saver.save(Job {
                path,
                content: Content::Matrix(Array2::zeros((4, 4))).into()
            }));
        }
        drop(saver);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 10);
    }
}
