//! The figures' files: what is drawn from the findings, and the text that goes with it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::better::Frontiers;
use super::canvas::{self, Drawing};
use super::fig3::{Over, Sweep};
use super::fig5::Spectra;
use super::steps::{self, Steps};
use super::tables::Table2;
use super::tiles::{Fig4, Fig6, Rows};
use super::{ReportError, Study};
use crate::data::{png, write_whole};
use crate::exhibit::study::{Found, Subject};
use crate::exhibit::{Exhibit, RowOf};
use crate::experiment::better::better;
use crate::experiment::course::Course;
use crate::experiment::fig3::{code_sweep, lambda_sweep};
use crate::experiment::fig5::equal;
use crate::experiment::plan::Experiment;

/// The files of each figure that was drawn, by its name in file names.
pub(super) type Files = Vec<(&'static str, [PathBuf; 2])>;

/// Draws and writes what there is.
pub(super) fn write(folder: &Path, study: &Study<'_>) -> Result<Files, ReportError> {
    let mut files = Vec::new();
    let mut add = |name, drawn: Option<_>| {
        files.extend(drawn.map(|drawn| (name, drawn)));
    };
    add("fig3a", sweep(folder, study, Over::Lambda)?);
    add("fig3b", sweep(folder, study, Over::Code)?);
    add("fig4", fig4(folder, study)?);
    add("fig5", fig5(folder, study)?);
    add("fig6", fig6(folder, study)?);
    add(steps::NAME, course(folder, study)?);
    add("better", frontiers(folder, study)?);
    Ok(files)
}

/// A figure's name, title and description.
struct Labels {
    name: &'static str,
    title: String,
    description: String,
}

/// The settings behind a figure: keyword and text.
fn fields(study: &Study<'_>, labels: &Labels) -> Vec<(String, String)> {
    let provenance = study.provenance;
    let seeds: Vec<String> = study.plan.seeds.iter().map(u64::to_string).collect();
    let mut fields = vec![
        ("Title", labels.title.clone()),
        ("Description", labels.description.clone()),
        ("Software", format!("dkAE Explorer {}", provenance.version)),
        ("dkae:preset", study.plan.config.preset.name().to_owned()),
        ("dkae:seeds", seeds.join(", ")),
        ("dkae:steps", study.plan.steps().to_string()),
        ("dkae:data", provenance.data.name.clone()),
        (
            "dkae:checksum",
            format!("sha256:{}", provenance.data.sha256),
        ),
        ("dkae:samples", provenance.data.samples.to_string()),
    ];
    if let Ok(json) = serde_json::to_string(study.plan) {
        fields.push(("dkae:settings", json));
    }
    fields
        .into_iter()
        .map(|(key, text)| (key.to_owned(), text))
        .collect()
}

fn draw(
    folder: &Path,
    study: &Study<'_>,
    labels: &Labels,
    drawing: &impl Drawing,
) -> Result<[PathBuf; 2], ReportError> {
    let failed = |source| ReportError::Draw {
        figure: labels.name,
        source,
    };
    let fields = fields(study, labels);
    let raster = folder.join(format!("{}.png", labels.name));
    png::write(&raster, &canvas::pixels(drawing).map_err(failed)?, &fields)?;
    let lines = fields.iter().skip(1);
    let description: Vec<String> = lines.map(|(key, text)| format!("{key}: {text}")).collect();
    let text = canvas::shapes(drawing, &labels.title, &description.join("\n")).map_err(failed)?;
    let vector = folder.join(format!("{}.svg", labels.name));
    write_whole(&vector, |file| file.write_all(text.as_bytes()))?;
    Ok([raster, vector])
}

/// `Quick, 5 seeds`: what stands behind a figure's title.
fn source(study: &Study<'_>, seeds: usize) -> String {
    let seeds = match seeds {
        1 => "1 seed".to_owned(),
        n => format!("mean and standard deviation of {n} seeds"),
    };
    format!("{}, {seeds}", study.plan.config.preset.name())
}

type Written = Result<Option<[PathBuf; 2]>, ReportError>;

fn sweep(folder: &Path, study: &Study<'_>, over: Over) -> Written {
    let (experiment, points) = match over {
        Over::Lambda => (Experiment::Fig3a, lambda_sweep(study.plan, study.findings)),
        Over::Code => (Experiment::Fig3b, code_sweep(study.plan, study.findings)),
    };
    let seeds = points.iter().map(|point| point.lr.values.len()).max();
    let Some(seeds) = seeds.filter(|_| study.plan.has(experiment)) else {
        return Ok(None);
    };
    let (what, axes) = match over {
        Over::Lambda => ("λ", "λ is drawn at its square root"),
        Over::Code => ("Nc", "Nc on a logarithmic axis"),
    };
    let labels = Labels {
        name: experiment.key(),
        title: format!(
            "{}: Lr and Lc on validation images against {what} ({})",
            experiment.name(),
            source(study, seeds)
        ),
        description: format!(
            "Lr (Eq. 8) and Lc (Eq. 6) on validation samples, logarithmic axes; {axes}; \
             bars: one standard deviation each way"
        ),
    };
    let drawing = Sweep {
        title: &labels.title,
        over,
        points: &points,
    };
    draw(folder, study, &labels, &drawing).map(Some)
}

fn frontiers(folder: &Path, study: &Study<'_>) -> Written {
    let Some(found) = better(study.plan, study.findings) else {
        return Ok(None);
    };
    let points = found.constant.iter().chain(&found.ramp);
    let Some(seeds) = points.map(|point| point.lr.values.len()).max() else {
        return Ok(None);
    };
    let labels = Labels {
        name: "better",
        title: format!(
            "Better: Lc against Lr as λ grows, constant and by a ramp ({})",
            source(study, seeds)
        ),
        description: "Lr (Eq. 8) and Lc (Eq. 6) on validation samples, logarithmic axes; a point \
            for each λ, held constant or reached by a ramp"
            .into(),
    };
    let drawing = Frontiers {
        title: &labels.title,
        better: &found,
    };
    draw(folder, study, &labels, &drawing).map(Some)
}

fn fig5(folder: &Path, study: &Study<'_>) -> Written {
    let seeds = study.plan.seeds.iter();
    let figures: Vec<_> = seeds
        .filter_map(|&seed| Some(&study.findings.spectrum(seed)?.figures))
        .collect();
    let title = format!(
        "Fig. 5: P by its m leading components, and by the codes ({})",
        source(study, figures.len())
    );
    let at_equal_dimension = equal(study.plan, study.findings);
    let found = Spectra::of(title.clone(), &figures, at_equal_dimension);
    let Some(drawing) = found.filter(|_| study.plan.has(Experiment::Fig5)) else {
        return Ok(None);
    };
    let labels = Labels {
        name: "fig5",
        title,
        description: "Lc(K_m, P) of kernel PCA against m, on training samples from the \
            eigendecomposition and on test samples by Nyström, with Lc(C, P) of the dkAE as levels, \
            and of dkAEs with Nc = m where Fig. 3b has trained them; bands and bars: one standard \
            deviation each way"
            .into(),
    };
    draw(folder, study, &labels, &drawing).map(Some)
}

/// The denoising of Table 2's dkAE against its steps.
fn course(folder: &Path, study: &Study<'_>) -> Written {
    let Some(course) = Course::of(study.plan, study.findings) else {
        return Ok(None);
    };
    let labels = Labels {
        name: steps::NAME,
        title: format!(
            "Table 2 depends on when one stops: validation digits ({})",
            source(study, course.seeds.len())
        ),
        description: "Mean squared error of dkAE + PCA and of the dkAE decoded straight on noisy \
            validation digits of Table 2's classes against training steps, beside that of kPCA at the \
            best point of its grid; and the loss (Eq. 8) on validation digits of all classes, whose \
            least value decides which network Table 2 takes: the larger dots; steps on a logarithmic \
            axis; bars: one standard deviation each way"
            .into(),
    };
    let drawing = Steps {
        title: &labels.title,
        course: &course,
    };
    draw(folder, study, &labels, &drawing).map(Some)
}

/// The first seed of which there is all of `subject`, and its exhibit.
fn whole(study: &Study<'_>, subject: impl Fn(u64) -> Subject) -> Option<(u64, Exhibit)> {
    let (plan, samples) = (Arc::new(study.plan.clone()), &study.provenance.data);
    let found = Found {
        plan: &plan,
        findings: study.findings,
        data: Some((&samples.name, &samples.sha256)),
        collection: samples.collection,
    };
    let is_whole = |exhibit: &Exhibit| {
        exhibit.rows.iter().all(|row| row.images.is_some())
            && (0..exhibit.kernels.len()).all(|index| exhibit.has(index))
    };
    study.plan.seeds.iter().find_map(|&seed| {
        let exhibit = found.exhibit(subject(seed)).filter(is_whole)?;
        Some((seed, exhibit))
    })
}

fn fig4(folder: &Path, study: &Study<'_>) -> Written {
    let found = whole(study, Subject::Fig4).filter(|_| study.plan.has(Experiment::Fig4));
    let Some((seed, mut exhibit)) = found else {
        return Ok(None);
    };
    for kernel in &mut exhibit.kernels {
        // Below a kernel there is less room than above it in the window.
        kernel.caption = match kernel.lc {
            Some(lc) => format!("Lc(C, P) = {lc:.4}"),
            None => exhibit.images.describe(),
        };
    }
    let labels = Labels {
        name: "fig4",
        title: format!(
            "Fig. 4: images and kernels under three λ ({}, seed {seed})",
            study.plan.config.preset.name()
        ),
        description: format!(
            "Test images and their reconstructions; P and C on {}, a pixel an entry, in units of the \
             root mean square entry, one scale for all. Lr and Lc are those of all test images.",
            exhibit.images.describe()
        ),
    };
    let drawing = Fig4 {
        title: labels.title.clone(),
        digits: Rows {
            exhibit: &exhibit,
            names: 96.0,
        },
        exhibit: &exhibit,
    };
    draw(folder, study, &labels, &drawing).map(Some)
}

fn fig6(folder: &Path, study: &Study<'_>) -> Written {
    let found = whole(study, Subject::Denoising).filter(|_| study.plan.has(Experiment::Table2));
    let (Some(table), Some((seed, mut exhibit))) = (Table2::of(study), found) else {
        return Ok(None);
    };
    for row in &mut exhibit.rows {
        let error = table
            .methods
            .iter()
            .find(|(of, _)| RowOf::Denoised(*of) == row.of);
        row.figure = error.map_or_else(String::new, |(_, error)| super::markdown::figure(error));
    }
    let plan = &study.plan.denoising;
    let labels = Labels {
        name: "fig6",
        title: format!(
            "Fig. 6: images with noise of σ = {}, cleaned ({}; images of seed {seed})",
            plan.noise,
            source(study, table.seeds.len())
        ),
        description: format!(
            "Test images, clean, noisy and cleaned by each method with {} components, cut to [0, 1]; \
             beside the names the mean squared error on all test images",
            plan.components
        ),
    };
    let drawing = Fig6 {
        title: labels.title.clone(),
        rows: Rows {
            exhibit: &exhibit,
            names: 148.0,
        },
    };
    draw(folder, study, &labels, &drawing).map(Some)
}
