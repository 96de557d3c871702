//! The pictures of a headless run: those that the window saves, and its loss curves.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::report::History;
use crate::exhibit::Exhibit;
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::picture::saved::{Format, Picture};
use crate::report::run;
use crate::training::Run;

/// The trained `run` as the window would show it.
///
/// # Errors
///
/// If the run has no prior kernel or no network yet.
pub(super) fn exhibit(run: &Run, denoising: DenoisingPicture) -> anyhow::Result<Exhibit> {
    let mut camera = Camera::default();
    while !camera.look(run) {}
    let parts = camera.parts(run, Some(Arc::new(denoising)));
    anyhow::ensure!(
        parts.prior.is_some(),
        "there is no prior kernel to be drawn"
    );
    anyhow::ensure!(parts.codes.is_some(), "there is no network to be drawn");
    Ok(parts.exhibit())
}

/// Writes every picture of `exhibit` as PNG into the folder `out`, and the curves of its losses.
///
/// # Errors
///
/// If a picture is not there or cannot be written.
pub(super) fn write(out: &Path, exhibit: Exhibit, history: &History) -> anyhow::Result<()> {
    let exhibit = Arc::new(exhibit);
    for picture in Picture::ALL {
        let making = if picture == Picture::Losses {
            let (training, validation) = (&history.training, &history.validation);
            Some(run::losses(training, validation, &exhibit.made))
        } else {
            run::of_exhibit(&exhibit, picture, Format::Png)
        };
        let content = making
            .with_context(|| format!("there is no picture of {}", picture.name()))?
            .finish()?;
        content.write(&out.join(format!("{}.png", picture.file_stem())))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
