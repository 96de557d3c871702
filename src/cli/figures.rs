//! The pictures of a headless run: those that the window saves, and its loss curves.
//!
//! The run is told to a [`RunView`] in the worker's own words, so that the window and the
//! headless commands share one way from a run to its pixels and its text fields.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::report::History;
use crate::report::run::content;
use crate::training::Run;
use crate::view::RunView;
use crate::view::pictures::{Format, Picture};
use crate::worker::protocol::{DenoisingPicture, Event, Message, RunId, Snapshot};
use crate::worker::{code_picture, prior_picture, run_summary};

/// What the window would know of the trained `run`.
///
/// # Errors
///
/// If the run has no prior kernel or no network yet.
pub(super) fn fold(
    run: &Run,
    history: &History,
    denoising: DenoisingPicture,
) -> anyhow::Result<RunView> {
    let trainer = run.trainer().context("there is no network to be drawn")?;
    let (prior, mixtures) = run
        .shown_prior()
        .context("there is no prior kernel to be drawn")?;
    let prior = prior_picture(prior, mixtures, run.shown().labels.as_deref());
    let codes = code_picture(trainer, run.shown(), &prior);
    let id = RunId(0);
    let mut view = RunView::default();
    view.expect(id);
    let validation = history.validation.iter().copied().map(Event::Validation);
    let events = [
        Event::Started(Box::new(run_summary(run))),
        Event::Losses(history.training.clone()),
    ];
    for event in events.into_iter().chain(validation) {
        view.take(Message { run: id, event });
    }
    view.take_snapshot(Arc::new(Snapshot {
        run: id,
        step: trainer.steps(),
        shown: Arc::clone(run.shown()),
        prior: Some(Arc::new(prior)),
        codes: Some(Arc::new(codes)),
        denoising: Some(Arc::new(denoising)),
        test_scores: run.scores(),
        published: std::time::Instant::now(),
    }));
    Ok(view)
}

/// Writes every picture of `view` as PNG into the folder `out`.
///
/// # Errors
///
/// If a picture is not there or cannot be written.
pub(super) fn write(out: &Path, view: &RunView) -> anyhow::Result<()> {
    for picture in Picture::ALL {
        let bare = picture.formats().contains(&Format::Png);
        let format = if bare { Format::Png } else { Format::FigurePng };
        let content = content(view, picture, format)
            .with_context(|| format!("there is no picture of {}", picture.name()))?
            .finish()?;
        content.write(&out.join(format!("{}.png", picture.file_stem())))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
