//! `reproduce`: the paper's experiments without a window, and a report of them.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::arguments::ReproduceArguments;
use super::{BadInput, named_folder};
use crate::experiment::store::{Store, StoreError};
use crate::experiment::study::{Study, StudyAdvance, StudyError};
use crate::report::{self, Machine, Provenance, Samples};
use crate::worker::study_source;

/// How often the bars move.
const TOLD: Duration = Duration::from_millis(100);

/// Parts of the outer bar.
const PARTS: u64 = 1_000;

/// Carries out the study and writes its report.
///
/// # Errors
///
/// [`BadInput`] for data, settings or a folder that cannot be used; any other error if a run or the
/// writing failed. What was finished stays in the folder, for `--resume`.
pub fn reproduce(arguments: &ReproduceArguments) -> anyhow::Result<()> {
    arguments
        .threads
        .pool()?
        .install(|| reproduce_here(arguments))
}

fn reproduce_here(arguments: &ReproduceArguments) -> anyhow::Result<()> {
    named_folder(&arguments.out)?;
    let plan = arguments.plan()?;
    let checkpoints = Duration::try_from_secs_f64(arguments.checkpoints)
        .map_err(|error| BadInput(format!("--checkpoints: {error}")))?;
    let out = &arguments.out;
    if Store::is_there(out) && !arguments.resume {
        return Err(BadInput(format!(
            "{} holds a study already: go on with it by --resume, or choose another folder",
            out.display()
        ))
        .into());
    }
    let source = study_source(
        arguments.images.as_deref(),
        arguments.data.into(),
        plan.samples,
    )
    .map_err(|error| BadInput(error.to_string()))?;
    let mut study = Study::open(plan, source, out, checkpoints).map_err(bad_input)?;
    let (done, tasks) = study.progress().tasks;
    say!(
        "{}: {} experiments, seeds {:?}, {tasks} tasks, {done} of them done",
        study.data_name(),
        study.plan().experiments.len(),
        study.plan().seeds,
    );
    let (each, seeds) = (study.matrix_bytes(), study.plan().seeds.len());
    say!(
        "matrices/ will take {} a seed, {} in all",
        megabytes(each),
        megabytes(each * seeds as u64)
    );
    let told = study.notices().len();
    for notice in study.notices() {
        warn_of!("{notice}");
    }
    let followed = follow(&mut study);
    for notice in &study.notices()[told..] {
        warn_of!("{notice}");
    }
    followed?;
    let provenance = provenance(&study);
    let files = report::write(out, study.plan(), study.findings(), &provenance)?;
    summarise(&study, &provenance, out, files.len());
    let failures = &study.findings().failures;
    let Some(first) = failures.first() else {
        return Ok(());
    };
    anyhow::bail!(
        "{} of {tasks} tasks failed, the first: {}: {}. The report in {} is without them",
        failures.len(),
        first.task.describe(),
        first.reason,
        out.display()
    )
}

/// What the user can put right.
fn bad_input(error: StudyError) -> anyhow::Error {
    match error {
        StudyError::Plan(_)
        | StudyError::Data(_)
        | StudyError::Settings(_)
        | StudyError::Unfit(_)
        | StudyError::Store(
            StoreError::Other { .. } | StoreError::Folder { .. } | StoreError::Busy { .. },
        ) => BadInput(error.to_string()).into(),
        other => other.into(),
    }
}

/// Does the whole study under progress bars.
fn follow(study: &mut Study) -> anyhow::Result<()> {
    let bars = MultiProgress::new();
    let style = |template: &str| {
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    };
    let outer = bars.add(ProgressBar::new(PARTS));
    outer.set_style(style("{prefix:<34} {bar:32} {percent:>3} % {msg}"));
    let inner = bars.add(ProgressBar::new(1));
    inner.set_style(style("{prefix:<34} {bar:32} {pos:>6}/{len:<6} {msg}"));
    let mut told: Option<Instant> = None;
    loop {
        // It sums the cost of all tasks, and a step may take less than that.
        if told.is_none_or(|told| told.elapsed() >= TOLD) {
            told = Some(Instant::now());
            show(study, &outer, &inner);
        }
        match study.advance(&|| false)? {
            StudyAdvance::Working => {}
            StudyAdvance::Over => break,
            StudyAdvance::Done(_) | StudyAdvance::Failed(_) => told = None,
        }
    }
    inner.finish_and_clear();
    outer.finish_and_clear();
    Ok(())
}

/// Shows how far `study` is.
fn show(study: &Study, outer: &ProgressBar, inner: &ProgressBar) {
    let progress = study.progress();
    let (done, tasks) = progress.tasks;
    outer.set_prefix(format!("Task {} of {tasks}", tasks.min(done + 1)));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share from 0 to 1"
    )]
    outer.set_position((progress.share * PARTS as f64) as u64);
    outer.set_message(left(progress.seconds_left));
    inner.set_prefix(
        progress
            .task
            .map_or_else(String::new, |task| task.describe()),
    );
    inner.set_length(progress.units.1 as u64);
    inner.set_position(progress.units.0 as u64);
    inner.set_message(progress.phase);
}

/// The time left, once there is something to tell it by.
fn left(seconds: Option<f64>) -> String {
    seconds.map_or_else(String::new, |seconds| {
        format!("{} left", crate::exhibit::numbers::duration(seconds))
    })
}

/// Bytes in 10⁶.
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn provenance(study: &Study) -> Provenance {
    Provenance {
        version: env!("CARGO_PKG_VERSION").into(),
        machine: Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: rayon::current_num_threads(),
        },
        data: Samples {
            name: study.data_name().to_owned(),
            collection: study.collection(),
            sha256: study.checksum().to_owned(),
            samples: study.plan().samples,
        },
        seconds: study.worked().as_secs_f64(),
        resumed: study.was_resumed(),
    }
}

fn summarise(study: &Study, provenance: &Provenance, out: &std::path::Path, files: usize) {
    say!("After {:.1} s, all starts together:", provenance.seconds);
    for claim in crate::experiment::claims::claims(study.plan(), study.findings()) {
        let (word, figures) = (claim.verdict.word(), claim.figures());
        say!("  {}: {word}\n    {figures}", claim.text);
    }
    say!(
        "{files} files written to {}; read report.md first",
        out.display()
    );
}
