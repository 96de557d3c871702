//! What made a picture, as it is written into its file's text fields.
//!
//! | keyword | text |
//! |---|---|
//! | `Title`, `Description` | what is shown, and how to read it |
//! | `Software` | this program and its version |
//! | `dkae:data`, `dkae:checksum`, `dkae:samples` | the data set, its SHA-256, the sizes of its split |
//! | `dkae:seed` | the seed |
//! | `dkae:digits` | how many of which held-out digits are shown |
//! | `dkae:prior` | the settings of the prior kernel, as JSON: all that P depends on |
//! | `dkae:mixtures` | where P was still growing: how many mixtures are in it |
//! | `dkae:step`, `dkae:lambda` | the steps taken when the picture was made, λ of the last of them |
//! | `dkae:schedule` | the steps at which λ, learning rate, noise or Nc changed up to then, as JSON |
//! | `dkae:settings` | all settings in force then, as the JSON of a report |
//!
//! What a picture was made under is not what the window's sliders say when it is saved: the
//! fields are those of the picture's own step.

use super::pictures::Picture;
use super::{History, RunView};

/// The steps taken when a picture was made (`None`: the window); `None` if steps have no part in it.
#[must_use]
pub fn made_at(run: &RunView, picture: Option<Picture>) -> Option<u64> {
    let snapshot = run.snapshot.as_deref();
    match picture {
        Some(Picture::Prior) => None,
        Some(Picture::Denoising) => Some(snapshot?.denoising.as_ref()?.step),
        Some(Picture::Losses) => {
            let last = |history: &History| history.last().map(|point| point.step);
            // A loss is that of the step after it; a minibatch's is of a step that was taken.
            let taken = last(&run.training).map(|step| step + 1);
            taken.max(last(&run.validation))
        }
        _ => {
            let snapshot = snapshot?;
            Some(
                snapshot
                    .codes
                    .as_ref()
                    .map_or(snapshot.step, |codes| codes.step),
            )
        }
    }
}

/// What made a picture (`None`: the window as it stands), as a PNG's text fields under a title.
#[must_use]
pub fn text_fields(run: &RunView, title: &str, picture: Option<Picture>) -> Vec<(String, String)> {
    let mut fields = Vec::with_capacity(12);
    let mut add = |key: &str, value: String| fields.push((key.to_owned(), value));
    add("Title", title.to_owned());
    add(
        "Software",
        format!("dkAE Explorer {}", env!("CARGO_PKG_VERSION")),
    );
    let Some(summary) = &run.summary else {
        return fields;
    };
    add("dkae:data", summary.data.clone());
    add("dkae:checksum", format!("sha256:{}", summary.checksum));
    let [training, validation, test] = summary.samples;
    add(
        "dkae:samples",
        format!("{training} training, {validation} validation, {test} test"),
    );
    let began = &summary.config;
    add("dkae:seed", began.seed.to_string());
    if let Ok(json) = serde_json::to_string(&began.prior) {
        add("dkae:prior", json);
    }
    if let Some(snapshot) = &run.snapshot {
        let (count, set) = (snapshot.shown.indices.len(), snapshot.shown.set.name());
        add("dkae:digits", format!("{count} of {set}"));
    }
    let prior = run
        .snapshot
        .as_ref()
        .and_then(|snapshot| snapshot.prior.as_deref());
    if let Some((done, all)) = prior.and_then(|prior| prior.mixtures)
        && done < all
    {
        add("dkae:mixtures", format!("{done} of {all}"));
    }
    let Some(step) = made_at(run, picture) else {
        return fields;
    };
    let mut settings = run.schedule.settings(began, step);
    // These two shape the pictures, not the network.
    if let Some(now) = &run.config {
        (settings.shown, settings.denoising) = (now.shown, now.denoising);
    }
    let compared = run
        .snapshot
        .as_ref()
        .and_then(|snapshot| snapshot.denoising.as_ref());
    if let (Some(Picture::Denoising), Some(compared)) = (picture, compared) {
        settings.denoising = compared.config;
    }
    add("dkae:step", step.to_string());
    add("dkae:lambda", settings.lambda_at(step).to_string());
    if let Ok(json) = serde_json::to_string(&run.schedule.entries(began, step)) {
        add("dkae:schedule", json);
    }
    if let Ok(json) = serde_json::to_string(&settings) {
        add("dkae:settings", json);
    }
    fields
}
