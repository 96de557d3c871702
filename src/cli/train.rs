//! `train`: a run from start to finish without a window, and everything it found on disk.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array1, Array2};

use super::BadInput;
use super::arguments::TrainArguments;
use super::figures;
use super::report::{DataReport, DenoisingReport, History, Machine, PhaseTime, Report, Versions};
use crate::data::{DataError, DataSet, Selection, Source, images_for, remove_stale, write_npy};
use crate::experiment::denoising::{Baselines, NoisyDigits, dkae_pca};
use crate::experiment::matrices::write_prior;
use crate::linalg::Threads;
use crate::training::config::DenoisingConfig;
use crate::training::{Advance, PhaseKind, Run, score_samples};
use crate::worker::denoising_picture;

/// Trains, evaluates and writes the report.
///
/// # Errors
///
/// [`BadInput`] for data or settings that cannot be used; any other error if the run or the
/// writing failed.
pub fn train(arguments: &TrainArguments) -> anyhow::Result<()> {
    Threads::new(arguments.threads).install(|| train_here(arguments))
}

fn train_here(arguments: &TrainArguments) -> anyhow::Result<()> {
    let start = Instant::now();
    let config = arguments.config()?;
    let selection = arguments.selection(&config);
    let data = Arc::new(load(arguments, &selection).map_err(|error| BadInput(error.to_string()))?);
    let mut run =
        Run::new(Arc::clone(&data), &config).map_err(|error| BadInput(error.to_string()))?;
    // Only now: bad input leaves no trace.
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("the folder {} cannot be made", arguments.out.display()))?;
    remove_stale(&arguments.out);
    let split = run.split();
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
        config.seed
    );
    if let Some(asked) = selection.samples.filter(|&asked| asked > data.len()) {
        say!("There are no more than these: {asked} were asked for.");
    }
    let (history, mut seconds) = follow(&mut run)?;
    let (prior, trainer) = match (run.prior(), run.trainer()) {
        (Some(prior), Some(trainer)) => (Arc::clone(prior), trainer),
        _ => anyhow::bail!("the run ended before its network was trained"),
    };
    let test = run.split().test.clone();
    let network = trainer.network();
    let (scores, codes) = score_samples(
        &data,
        &*prior,
        &test,
        |x| network.encode(x),
        |c| network.decode(c),
    );

    let began = Instant::now();
    let bar = spinner("Denoising");
    // The shown digits first, in their order: they are the ones in the pictures.
    let shown = run.shown();
    let mut indices = shown.indices.clone();
    let drawn: std::collections::HashSet<usize> = indices.iter().copied().collect();
    indices.extend(test.iter().filter(|index| !drawn.contains(index)));
    let digits = NoisyDigits::new(&data, &indices, &config.denoising, config.seed);
    let training = run.split().training.clone();
    let never = || false;
    let mut baselines = Baselines::new(
        Arc::clone(&data),
        training.clone(),
        Arc::clone(&prior),
        config.seed,
    );
    let kpca = baselines
        .kpca(&digits, &config.denoising, &never)
        .context("kernel PCA")?;
    let linear = baselines
        .linear_pca(&digits, &config.denoising, &never)
        .context("linear PCA")?;
    let dkae = dkae_pca(
        &network,
        &data,
        &training,
        &digits,
        &config.denoising,
        config.seed,
        &never,
    )
    .context("PCA of the codes")?;
    let denoised = denoising_picture(
        &data,
        config.denoising,
        &digits,
        shown.indices.len(),
        trainer.steps(),
        [Some(&kpca), Some(&dkae), Some(&linear)],
    );
    let denoising = denoising_report(&config.denoising, &digits, [&kpca, &dkae, &linear]);
    bar.finish_and_clear();
    seconds.push(PhaseTime {
        phase: "denoising".into(),
        seconds: began.elapsed().as_secs_f64(),
    });

    let began = Instant::now();
    let out = &arguments.out;
    write_prior(&out.join("prior.npy"), &*prior, &test)?;
    write_npy(&out.join("codes.npy"), codes.view())?;
    if let Some(labels) = data.labels() {
        let labels: Array1<u8> = test.iter().map(|&index| labels[index]).collect();
        write_npy(&out.join("labels.npy"), labels.view())?;
    } else {
        remove_if_there(&out.join("labels.npy"))?;
    }
    figures::write(out, &figures::fold(&run, &history, denoised)?)?;
    seconds.push(PhaseTime {
        phase: "writing".into(),
        seconds: began.elapsed().as_secs_f64(),
    });
    seconds.push(PhaseTime {
        phase: "total".into(),
        seconds: start.elapsed().as_secs_f64(),
    });
    let report = Report {
        program: "dkAE Explorer",
        seed: config.seed,
        versions: Versions {
            dkae_explorer: env!("CARGO_PKG_VERSION"),
        },
        machine: Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: rayon::current_num_threads(),
        },
        data: DataReport::new(&data, &selection, sizes),
        seconds,
        test: scores,
        denoising,
        history,
        settings: config,
    };
    report.write(&out.join("report.json"))?;
    summarise(&report, out);
    Ok(())
}

/// The data that the arguments name.
fn load(arguments: &TrainArguments, selection: &Selection) -> Result<DataSet, DataError> {
    let fitting = || images_for(selection.samples.unwrap_or(0));
    let mut files = arguments.images.clone();
    if files.is_empty() {
        files.extend(fitting());
    }
    let Some((first, others)) = files.split_first() else {
        return Source::bundled()?.select(selection);
    };
    let mut source = Source::open_with(first, arguments.labels.as_deref())?;
    for file in others {
        source = source.followed_by(&Source::open(file)?)?;
    }
    source.select(selection)
}

/// Does the whole run under progress bars.
fn follow(run: &mut Run) -> anyhow::Result<(History, Vec<PhaseTime>)> {
    let mut history = History::default();
    let mut seconds: Vec<(PhaseKind, Duration)> = Vec::new();
    let mut bar: Option<(PhaseKind, ProgressBar)> = None;
    loop {
        let (phase, done, total) = run.progress();
        if bar.as_ref().is_none_or(|(of, _)| *of != phase) {
            if let Some((_, old)) = bar.take() {
                old.finish();
            }
            bar = Some((phase, progress_bar(phase, total)));
        }
        if let Some((_, bar)) = &bar {
            bar.set_position(done as u64);
        }
        let began = Instant::now();
        let advance = run.advance()?;
        match seconds.last_mut() {
            Some((last, sum)) if *last == phase => *sum += began.elapsed(),
            _ => seconds.push((phase, began.elapsed())),
        }
        match advance {
            Advance::Step { losses, validation } => {
                if let Some((_, bar)) = &bar {
                    bar.set_message(format!("Lr {:.4}  Lc {:.3}", losses.lr, losses.lc));
                }
                history.training.push(losses);
                history.validation.extend(validation);
            }
            Advance::Over => break,
            Advance::Mixtures | Advance::Samples | Advance::Evaluated => {}
        }
    }
    if let Some((_, bar)) = bar {
        bar.finish();
    }
    let seconds = seconds
        .into_iter()
        .map(|(phase, time)| PhaseTime::of(phase, time.as_secs_f64()));
    Ok((history, seconds.collect()))
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

fn denoising_report(
    config: &DenoisingConfig,
    digits: &NoisyDigits,
    [kpca, dkae, linear]: [&Array2<f32>; 3],
) -> DenoisingReport {
    DenoisingReport {
        noise: config.noise,
        clip: config.clip,
        components: config.components,
        ridge: config.ridge,
        width: config.width,
        samples: digits.indices.len(),
        noisy: digits.error(digits.noisy.view()),
        kpca: digits.error(kpca.view()),
        dkae_pca: digits.error(dkae.view()),
        linear_pca: digits.error(linear.view()),
    }
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
    let (test, denoising) = (&report.test, &report.denoising);
    let maybe =
        |value: Option<f64>| value.map_or_else(|| "no labels".into(), |v| format!("{v:.4}"));
    say!("On {} test samples, after {total:.1} s:", test.samples);
    say!("  Lr {:.4}   Lc(C,P) {:.4}", test.lr, test.lc_c_p);
    say!(
        "  Lc(P,K_I) {}   Lc(C,K_I) {}",
        maybe(test.lc_p_ki),
        maybe(test.lc_c_ki)
    );
    say!(
        "  denoising, {} components: noisy {:.4}   kPCA {:.4}   dkAE + PCA {:.4}   linear PCA {:.4}",
        denoising.components,
        denoising.noisy,
        denoising.kpca,
        denoising.dkae_pca,
        denoising.linear_pca
    );
    say!("Written to {}", out.display());
}
