//! What data and settings say about the results of a study: their sizes, and what they are of.

use crate::data::{CLASSES, ImageShape, Source, Split};
use crate::experiment::code_space::{CodeSpaceFigures, Measure, Space};
use crate::experiment::findings::{
    CourseFigures, DENOISED, DRAWN, Denoising, DenoisingFigures, Method, NetworkFigures,
    NetworkPicture, SeedPicture, SpectrumFigures,
};
use crate::experiment::plan::{Plan, Recipe};
use crate::model::Architecture;
use crate::training::Scores;

/// Sizes that follow from the data and the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The images' size.
    pub shape: ImageShape,
    /// Whether there are labels.
    pub labelled: bool,
    /// Digits in the kernels of pictures.
    pub shown: usize,
    /// Samples that train, validate and test.
    pub split: [usize; 3],
    /// Components of a spectrum at the most.
    pub components: usize,
}

impl Sizes {
    /// Of the results of `plan` on `source`.
    #[must_use]
    pub fn of(plan: &Plan, source: &Source) -> Self {
        let split = Split::sizes(plan.samples.min(source.len()));
        Self {
            shape: source.shape(),
            labelled: source.is_labelled(),
            shown: plan.config.shown.min(split[2]),
            split,
            components: plan.spectrum.min(split[0]),
        }
    }
}

/// What is wrong.
type Checked = Result<(), &'static str>;

fn fits(right: bool, what: &'static str) -> Checked {
    if right { Ok(()) } else { Err(what) }
}

/// A network's shape.
pub fn architecture(found: &Architecture, recipe: &Recipe, plan: &Plan, sizes: &Sizes) -> Checked {
    let config = plan.config_of(recipe);
    let wanted = config.architecture(sizes.shape.pixels());
    fits(wanted.is_ok_and(|wanted| wanted == *found), "its shape")
}

/// Scores on `samples`.
fn scores(scores: &Scores, samples: usize, sizes: &Sizes) -> Checked {
    fits(scores.samples == samples, "its number of samples")?;
    let labelled = [scores.lc_p_ki, scores.lc_c_ki].map(|score| score.is_some());
    fits(labelled == [sizes.labelled; 2], "its scores")
}

/// A network's figures.
pub fn network_figures(figures: &NetworkFigures, recipe: &Recipe, sizes: &Sizes) -> Checked {
    fits(figures.recipe == *recipe, "its name")?;
    if let Some(training) = &figures.training {
        scores(training, sizes.split[2].min(sizes.split[0]), sizes)?;
    }
    scores(&figures.validation, sizes.split[1], sizes)?;
    scores(&figures.test, sizes.split[2], sizes)
}

/// A network's picture.
pub fn network_picture(picture: &NetworkPicture, sizes: &Sizes) -> Checked {
    let codes = picture.codes.dim() == (sizes.shown, sizes.shown);
    fits(codes, "the size of its C")?;
    digits(picture.reconstructions.dim(), DRAWN, sizes)
}

/// Some digits: at least one, at the most so many.
fn digits((rows, pixels): (usize, usize), most: usize, sizes: &Sizes) -> Checked {
    let right = (1..=most).contains(&rows) && pixels == sizes.shape.pixels();
    fits(right, "the size of its images")
}

/// What the pictures of a seed have in common.
pub fn seed_picture(picture: &SeedPicture, sizes: &Sizes) -> Checked {
    fits(picture.shape == sizes.shape, "the size of its images")?;
    let prior = picture.prior.dim() == (sizes.shown, sizes.shown);
    fits(prior, "the size of its P")?;
    digits(picture.originals.dim(), DRAWN, sizes)?;
    let drawn = picture.originals.nrows();
    match (&picture.labels, &picture.drawn) {
        (None, None) => fits(!sizes.labelled, "that it has no labels"),
        (Some(labels), Some(of_drawn)) => {
            let mut classes = labels.clone();
            classes.dedup();
            let right = sizes.labelled
                && labels.len() == sizes.shown
                && labels.is_sorted()
                && labels.iter().all(|&label| usize::from(label) < CLASSES)
                && *of_drawn == classes[..drawn.min(classes.len())]
                && of_drawn.len() == drawn;
            fits(right, "what it has for labels")
        }
        _ => Err("what it has for labels"),
    }
}

/// A spectrum's figures.
pub fn spectrum_figures(figures: &SpectrumFigures, seed: u64, sizes: &Sizes) -> Checked {
    fits(figures.seed == seed, "its seed")?;
    let [training, _, test] = sizes.split;
    fits(figures.samples == [training, test], "its number of samples")?;
    let lengths = [
        figures.training.len(),
        figures.test.len(),
        figures.eigenvalues.len(),
    ];
    let right = lengths == [lengths[0]; 3] && (1..=sizes.components).contains(&lengths[0]);
    fits(right, "its number of components")
}

/// What was seen on the way to the network of Table 2.
pub fn course_figures(figures: &CourseFigures, seed: u64, plan: &Plan) -> Checked {
    fits(figures.seed == seed, "its seed")?;
    let before = plan.steps() - plan.config.training.steps as u64;
    let looks = plan.course_looks().into_iter();
    let steps = looks.map(|look| before + look as u64);
    let found = figures.points.iter().map(|point| point.step);
    fits(found.eq(steps), "its steps")?;
    fits(figures.kept().is_some(), "its losses")
}

/// A denoising comparison's figures.
pub fn denoising_figures(figures: &DenoisingFigures, seed: u64, plan: &Plan) -> Checked {
    fits(figures.seed == seed, "its seed")?;
    let wanted = &plan.denoising;
    let settings = figures.classes == wanted.classes
        && figures.noise.to_bits() == wanted.noise.to_bits()
        && figures.clip == wanted.clip
        && figures.components == wanted.components;
    fits(settings, "its settings")?;
    let methods = figures.errors.iter().map(|(method, _)| *method);
    fits(methods.eq(Method::ALL), "its list of methods")?;
    // Points where the regression did not converge are left out.
    let points = wanted.widths.len() * wanted.ridges.len();
    let all = [points, points * wanted.prior_widths.len()];
    let grids = [&figures.grid, &figures.rbf_grid];
    let mut sizes = grids.iter().zip(all);
    let right = sizes.all(|(grid, all)| (1..=all).contains(&grid.len()));
    fits(right, "its grid")
}

/// The figures of the code space.
pub fn code_space_figures(figures: &CodeSpaceFigures, seed: u64, sizes: &Sizes) -> Checked {
    fits(figures.seed == seed, "its seed")?;
    fits(figures.samples == sizes.split, "its number of samples")?;
    let spaces = figures.spaces.iter().map(|found| found.space);
    fits(spaces.eq(Space::ALL), "its list of spaces")?;
    let mut values = figures.spaces.iter().flat_map(|found| {
        let share = |measure: Measure| measure.of(found);
        Measure::ALL.map(share)
    });
    fits(values.all(|value| (0.0..=1.0).contains(&value)), "a share")
}

/// A denoising comparison's pictures.
pub fn denoising_picture(found: &Denoising, sizes: &Sizes) -> Checked {
    fits(found.shape == sizes.shape, "the size of its images")?;
    digits(found.clean.dim(), DENOISED, sizes)?;
    let mut rows = found.rows.iter();
    let right = rows.all(|(_, images)| images.dim() == found.clean.dim());
    fits(right, "the size of its images")
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
