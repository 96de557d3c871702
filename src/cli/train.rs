//! `train`: a run from start to finish without a window, and everything it found on disk.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array1, Array2};

use super::arguments::TrainArguments;
use super::checkpoints::{Keeping, Resumed};
use super::comparison::Comparison;
use super::report::{DataReport, Failure, History, Machine, PhaseTime, Report, Versions};
use super::settings::Order;
use super::{BadInput, figures, named_folder};
use crate::data::{remove_stale, write_npy};
use crate::experiment::matrices::write_prior;
use crate::picture::saved::Picture;
use crate::training::observer::{self, Curves, Observer, Phases, Piece};
use crate::training::{Advance, HeldOut, PhaseKind, Run, RunError, Scores, score_samples};

/// Trains, evaluates and writes the report.
///
/// What fails late takes nothing with it: the report is written without that part, and says why.
///
/// # Errors
///
/// [`BadInput`] for data or settings that cannot be used; any other error if the run or the
/// writing failed.
pub fn train(arguments: &TrainArguments) -> anyhow::Result<()> {
    named_folder(&arguments.out)?;
    let order = match arguments.resume {
        None => Some(Order::of(arguments)?),
        Some(_) => None,
    };
    let of_order = order.as_ref().and_then(|order| order.threads);
    let threads = arguments.threads.or(of_order);
    threads.pool()?.install(|| train_here(arguments, order))
}

fn train_here(arguments: &TrainArguments, order: Option<Order>) -> anyhow::Result<()> {
    let start = Instant::now();
    let (order, mut run, mut curves) = ordered(arguments, order)?;
    let data = Arc::clone(run.data());
    // Nobody turns a slider by what a report shows.
    run.show_from(HeldOut::Test);
    // Only now: bad input leaves no trace.
    let out = &arguments.out;
    std::fs::create_dir_all(out)
        .with_context(|| format!("the folder {} cannot be made", out.display()))?;
    remove_stale(out);
    let sizes = begin(&run, &order);
    let mut keeping = match &arguments.checkpoint {
        Some(path) => {
            let record = order.record(&data);
            let now = (&run, &curves);
            Some(Keeping::begin(path, arguments.every, record, now)?)
        }
        None => None,
    };
    let mut report = Report {
        program: "dkAE Explorer",
        seed: order.config.seed,
        versions: Versions {
            dkae_explorer: env!("CARGO_PKG_VERSION"),
        },
        machine: Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: rayon::current_num_threads(),
        },
        data: DataReport::new(&data, &order, sizes),
        seconds: Vec::new(),
        test: None,
        denoising: None,
        history: History::default(),
        failed: Vec::new(),
        changes: run.schedule().clone().into(),
        settings: order.config,
    };
    let end = follow(&mut run, &mut curves, &mut keeping, &mut report.seconds);
    if let (Some(keeping), Ok(())) = (keeping, &end)
        && let Some(reason) = keeping.end(&run, &curves)
    {
        report.fail("checkpoint", reason);
    }
    (report.history.training, report.history.validation) = (curves.training, curves.validation);
    match end {
        Ok(()) => evaluate(&run, &mut report, out)?,
        Err(RunError::Diverged(diverged)) => {
            remove_results(out)?;
            report.fail("training", diverged.to_string());
        }
        Err(other) => return Err(other.into()),
    }
    report.took("total", start);
    report.write(&out.join("report.json"))?;
    summarise(&report, out);
    if report.failed.is_empty() {
        return Ok(());
    }
    let failed: Vec<_> = report.failed.iter().map(Failure::to_string).collect();
    anyhow::bail!("{} (the rest is in {})", failed.join("; "), out.display())
}

/// The run that is asked for, and the losses of it that are there already.
fn ordered(
    arguments: &TrainArguments,
    order: Option<Order>,
) -> anyhow::Result<(Order, Run, Curves)> {
    let bad = |error: RunError| BadInput(error.to_string());
    if let Some(path) = &arguments.resume {
        let resumed = Resumed::read(path, arguments)?;
        let run = resumed.run();
        let run = run.map_err(|error| BadInput(format!("{}: {error}", path.display())))?;
        let order = Order::of_kept(&resumed.kept, arguments);
        say!("{} stands at step {}.", path.display(), resumed.kept.step());
        return Ok((order, run, resumed.curves()));
    }
    let order = order.map_or_else(|| Order::of(arguments), Ok)?;
    let data = Arc::new(order.load()?);
    let run = Run::new(data, &order.config).map_err(bad)?;
    Ok((order, run, Curves::default()))
}

/// Says what is run on what; gives the sizes of the split.
fn begin(run: &Run, order: &Order) -> [usize; 3] {
    let (data, split) = (run.data(), run.split());
    let sizes = [
        split.training.len(),
        split.validation.len(),
        split.test.len(),
    ];
    say!(
        "{}: {} training, {} validation and {} test samples, seed {}",
        data.name(),
        sizes[0],
        sizes[1],
        sizes[2],
        order.config.seed
    );
    let asked = order.selection.samples;
    if let Some(asked) = asked.filter(|&asked| asked > data.len()) {
        say!("There are no more than these: {asked} were asked for.");
    }
    sizes
}

/// Takes the figures of a run that is over, and writes its matrices and pictures.
fn evaluate(run: &Run, report: &mut Report, out: &Path) -> anyhow::Result<()> {
    let (Some(prior), Some(trainer)) = (run.prior(), run.trainer()) else {
        anyhow::bail!("the run ended before its network was trained");
    };
    let network = trainer.network();
    let (scores, codes) = score_samples(
        run.data(),
        &**prior,
        &run.split().test,
        |x| network.encode(x),
        |c| network.decode(c),
    );
    report.test = Some(scores);

    let began = Instant::now();
    let bar = spinner("Denoising");
    let comparison = Comparison::of(run)?;
    bar.finish_and_clear();
    report.took("denoising", began);

    let began = Instant::now();
    if let Err(error) = write_matrices(run, &codes, out) {
        report.fail("matrices", format!("{error:#}"));
    }
    if let Some(comparison) = comparison {
        report.denoising = Some(comparison.report(run));
        for (method, reason) in comparison.failures() {
            report.fail(method, reason.to_owned());
        }
        for line in comparison.clamped(report.settings.denoising.components) {
            say!("{line}");
        }
        let pictures = figures::exhibit(run, comparison.picture(run))
            .and_then(|exhibit| figures::write(out, exhibit, &report.history));
        if let Err(error) = pictures {
            report.fail("pictures", format!("{error:#}"));
        }
    }
    report.took("writing", began);
    Ok(())
}

/// P, codes and labels of the test samples.
fn write_matrices(run: &Run, codes: &Array2<f32>, out: &Path) -> anyhow::Result<()> {
    let test = &run.split().test;
    if let Some(prior) = run.prior() {
        write_prior(&out.join("prior.npy"), &**prior, test)?;
    }
    write_npy(&out.join("codes.npy"), codes.view())?;
    let path = out.join("labels.npy");
    match run.data().labels() {
        Some(labels) => {
            let labels: Array1<u8> = test.iter().map(|&index| labels[index]).collect();
            write_npy(&path, labels.view())?;
        }
        None => remove_if_there(&path)?,
    }
    Ok(())
}

/// Does the whole run, or what is left of it, under progress bars.
fn follow(
    run: &mut Run,
    curves: &mut Curves,
    keeping: &mut Option<Keeping>,
    seconds: &mut Vec<PhaseTime>,
) -> Result<(), RunError> {
    let (mut phases, mut bars) = (Phases::default(), Bars(None));
    let end = loop {
        bars.show(run);
        let observers: &mut [&mut dyn Observer] = &mut [&mut phases, curves, &mut bars];
        match observer::advance(run, observers) {
            Ok(Advance::Over) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
        if let Some(keeping) = keeping {
            keeping.tend(run, curves);
        }
    };
    // Also of a run that failed: how far it came is a part of its report.
    let timed = phases.0.into_iter();
    seconds.extend(timed.map(|(phase, spent)| PhaseTime::of(phase, spent.as_secs_f64())));
    bars.finish();
    end
}

/// The bar of the phase at hand.
struct Bars(Option<(PhaseKind, ProgressBar)>);

impl Bars {
    fn show(&mut self, run: &Run) {
        let (phase, done, total) = run.progress();
        if self.0.as_ref().is_none_or(|(of, _)| *of != phase) {
            self.finish();
            self.0 = Some((phase, progress_bar(phase, total)));
        }
        if let Some((_, bar)) = &self.0 {
            bar.set_position(done as u64);
        }
    }

    fn finish(&mut self) {
        if let Some((_, bar)) = self.0.take() {
            bar.finish();
        }
    }
}

impl Observer for Bars {
    fn saw(&mut self, piece: &Piece<'_>) {
        if let (Some((_, bar)), Advance::Step { losses, .. }) = (&self.0, piece.advance) {
            bar.set_message(format!("Lr {:.4}  Lc {:.3}", losses.lr, losses.lc));
        }
    }
}

fn progress_bar(phase: PhaseKind, total: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix:<16} {bar:32} {pos:>6}/{len:<6} {eta:>4} {msg}");
    ProgressBar::new(total as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(phase.name())
}

fn spinner(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Removes the results of an earlier run, which would stand beside the report of another.
fn remove_results(out: &Path) -> anyhow::Result<()> {
    for name in ["prior.npy", "codes.npy", "labels.npy"] {
        remove_if_there(&out.join(name))?;
    }
    for picture in Picture::ALL {
        remove_if_there(&out.join(format!("{}.png", picture.file_stem())))?;
    }
    Ok(())
}

/// Removes what an earlier run left and this one has nothing to replace with.
fn remove_if_there(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} is of an earlier run", path.display()))
        }
        _ => Ok(()),
    }
}

fn summarise(report: &Report, out: &Path) {
    let total = report.seconds.last().map_or(0.0, |time| time.seconds);
    if let Some(test) = &report.test {
        summarise_scores(test, total);
    }
    if let Some(denoising) = &report.denoising {
        let error =
            |error: Option<f64>| error.map_or_else(|| "failed".into(), |e| format!("{e:.4}"));
        say!(
            "  denoising, {} components: noisy {:.4}   kPCA {}   dkAE + PCA {}   linear PCA {}",
            denoising.components,
            denoising.noisy,
            error(denoising.kpca),
            error(denoising.dkae_pca),
            error(denoising.linear_pca)
        );
        say!(
            "  without choosing components: dkAE, straight {}   PCA, shrunk {}",
            error(denoising.dkae_straight),
            error(denoising.linear_pca_shrunk)
        );
    }
    say!("Written to {}", out.display());
}

fn summarise_scores(test: &Scores, total: f64) {
    let maybe =
        |value: Option<f64>| value.map_or_else(|| "no labels".into(), |v| format!("{v:.4}"));
    say!("On {} test samples, after {total:.1} s:", test.samples);
    say!("  Lr {:.4}   Lc(C,P) {:.4}", test.lr, test.lc_c_p);
    say!(
        "  Lc(P,K_I) {}   Lc(C,K_I) {}",
        maybe(test.lc_p_ki),
        maybe(test.lc_c_ki)
    );
}
