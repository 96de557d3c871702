//! Kernels and digits of a study, ready to be painted: what stands side by side has one scale.

use ndarray::Array2;

use crate::data::{Collection, ImageShape};
use crate::experiment::findings::{Findings, SeedPicture};
use crate::experiment::plan::{FAR_LAMBDA, Plan, Recipe};
use crate::view::heatmap::{self, Scale};
use crate::view::pictures::{Content, Format};
use crate::view::{colour, numbers};

/// What is pictured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    /// A run: P and C, originals and reconstructions.
    Run(Recipe),
    /// Fig. 4 under a seed.
    Fig4(u64),
    /// P, C and `K_m` under a seed.
    Spectrum {
        /// The seed.
        seed: u64,
        /// m.
        m: usize,
    },
    /// Fig. 6 under a seed.
    Denoising(u64),
}

/// A subject at a state of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureKey {
    pub(super) generation: u64,
    pub(super) found: usize,
    pub(super) subject: Subject,
}

/// A kernel matrix.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Its name, which stands over it.
    pub name: String,
    /// What it is, in a few words.
    pub caption: String,
    /// Its entries, N×N; `None` until they are there.
    pub matrix: Option<Array2<f32>>,
    /// What turns entries into units of their root mean square.
    pub factor: f32,
}

impl Kernel {
    fn new(
        name: impl Into<String>,
        caption: impl Into<String>,
        matrix: Option<&Array2<f32>>,
    ) -> Self {
        let factor = matrix.map_or(0.0, |matrix| {
            heatmap::unit(matrix.nrows(), heatmap::norm(&matrix.view()))
        });
        Self {
            name: name.into(),
            caption: caption.into(),
            matrix: matrix.cloned(),
            factor,
        }
    }
}

/// A row of digits.
#[derive(Clone, Debug)]
pub struct DigitRow {
    /// Its name.
    pub name: String,
    /// A figure that belongs to it.
    pub figure: String,
    /// The images, D×d in [0, 1]; `None` until they are there.
    pub images: Option<Array2<f32>>,
}

impl DigitRow {
    fn new(name: impl Into<String>, figure: String, images: Option<&Array2<f32>>) -> Self {
        Self {
            name: name.into(),
            figure,
            images: images.cloned(),
        }
    }
}

/// Kernels and digits that stand together.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// Classes of the kernels' rows, ascending, if there are labels.
    pub labels: Option<Vec<u8>>,
    /// The collection that the images are from, where the program knows it; it names the classes.
    pub collection: Option<Collection>,
    /// The kernels, on one scale.
    pub kernels: Vec<Kernel>,
    /// Their scale, in units of the root mean square entry.
    pub scale: Scale,
    /// The digits.
    pub digits: Vec<DigitRow>,
    /// The images' size.
    pub shape: ImageShape,
    /// A short name for files.
    pub stem: String,
}

impl Pictures {
    fn new(
        stem: String,
        labels: Option<Vec<u8>>,
        kernels: Vec<Kernel>,
        digits: Vec<DigitRow>,
        shape: ImageShape,
    ) -> Self {
        let there: Vec<_> = kernels
            .iter()
            .filter_map(|kernel| Some((kernel.matrix.as_ref()?.view(), kernel.factor)))
            .collect();
        let scale = heatmap::shared_scale(&there);
        Self {
            labels,
            collection: None,
            kernels,
            scale,
            digits,
            shape,
            stem,
        }
    }

    /// The kernel of this index as a file: its own pixels in the colours of the screen, or its
    /// numbers; `None` if it is not there.
    #[must_use]
    pub fn content(&self, index: usize, format: Format, plan: &Plan) -> Option<Content> {
        let kernel = self.kernels.get(index)?;
        let matrix = kernel.matrix.as_ref()?;
        match format {
            Format::Npy => return Some(Content::Matrix(matrix.clone())),
            Format::Png => {}
            Format::FigurePng | Format::FigureSvg | Format::Csv => return None,
        }
        let values: Vec<f32> = matrix.iter().map(|value| value * kernel.factor).collect();
        let mut rgba = vec![0; 4 * values.len()];
        heatmap::paint(&values, self.scale, colour::viridis(), &mut rgba);
        let Scale { low, high } = self.scale;
        let mut text = vec![
            ("Title".to_owned(), kernel.name.clone()),
            (
                "Software".to_owned(),
                format!("dkAE Explorer {}", env!("CARGO_PKG_VERSION")),
            ),
            (
                "Description".to_owned(),
                format!(
                    "{}: {}; a pixel an entry, colours from {low:.4} to {high:.4} in units of the root mean square entry",
                    self.stem, kernel.caption
                ),
            ),
        ];
        if let Ok(json) = serde_json::to_string(plan) {
            text.push(("dkae:plan".to_owned(), json));
        }
        Some(Content::pixels(
            [matrix.ncols(), matrix.nrows()],
            rgba,
            text,
        ))
    }

    /// The name of the kernel's file, without an ending: `c-seed0-lambda0.1-nc128`.
    #[must_use]
    pub fn file_stem(&self, index: usize) -> String {
        let name = self.kernels.get(index).map_or("", |kernel| &kernel.name);
        let plain: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
            .collect();
        format!("{}-{}", plain.to_lowercase(), self.stem)
    }
}

/// The pictures of `subject`, if anything of them is there.
pub(super) fn make(plan: &Plan, findings: &Findings, subject: Subject) -> Option<Pictures> {
    match subject {
        Subject::Run(recipe) => run(findings, recipe),
        Subject::Fig4(seed) => fig4(plan, findings, seed),
        Subject::Spectrum { seed, m } => spectrum(plan, findings, seed, m),
        Subject::Denoising(seed) => denoising(findings, seed),
    }
}

fn prior(seed: &SeedPicture) -> Kernel {
    let sorted = if seed.labels.is_some() {
        ", sorted by class"
    } else {
        ""
    };
    let digits = numbers::count(seed.prior.nrows());
    let caption = format!("prior on {digits} test images{sorted}");
    Kernel::new("P", caption, Some(&seed.prior))
}

fn run(findings: &Findings, recipe: Recipe) -> Option<Pictures> {
    let network = findings.network(&recipe)?;
    let seed = findings.seed(recipe.seed)?;
    let scores = &network.figures.test;
    let kernels = vec![
        prior(seed),
        Kernel::new(
            "C",
            format!("codes under λ = {}, Nc = {}", recipe.lambda, recipe.code),
            Some(&network.picture.codes),
        ),
    ];
    let digits = vec![
        DigitRow::new("original", String::new(), Some(&seed.originals)),
        DigitRow::new(
            "reconstruction",
            format!("Lr {}", numbers::three(scores.lr)),
            Some(&network.picture.reconstructions),
        ),
    ];
    Some(Pictures::new(
        recipe.key(),
        seed.labels.clone(),
        kernels,
        digits,
        seed.shape,
    ))
}

/// The paper's arrangement: originals and reconstructions under λ = 0.75 and 0.1; P and the
/// kernels of the codes under λ = 0 and 0.1.
fn fig4(plan: &Plan, findings: &Findings, of: u64) -> Option<Pictures> {
    let seed = findings.seed(of)?;
    let (dkae, plain) = (plan.dkae(of), plan.plain(of));
    let far = Recipe {
        lambda: FAR_LAMBDA,
        ..dkae
    };
    let digits = |recipe: Recipe| {
        let network = findings.network(&recipe);
        let figure = network.map_or_else(String::new, |network| {
            format!("Lr {}", numbers::three(network.figures.test.lr))
        });
        let images = network.map(|network| &network.picture.reconstructions);
        DigitRow::new(format!("λ = {}", recipe.lambda), figure, images)
    };
    let kernel = |recipe: Recipe| {
        let network = findings.network(&recipe);
        let caption = network.map_or_else(
            || "appears when this network is trained".to_owned(),
            |network| {
                let lc = numbers::three(network.figures.test.lc_c_p);
                format!("codes; Lc(C, P) = {lc} on all test images")
            },
        );
        let matrix = network.map(|network| &network.picture.codes);
        Kernel::new(format!("C, λ = {}", recipe.lambda), caption, matrix)
    };
    Some(Pictures::new(
        format!("seed{of}"),
        seed.labels.clone(),
        vec![prior(seed), kernel(plain), kernel(dkae)],
        vec![
            DigitRow::new("original", String::new(), Some(&seed.originals)),
            digits(far),
            digits(dkae),
        ],
        seed.shape,
    ))
}

fn spectrum(plan: &Plan, findings: &Findings, of: u64, m: usize) -> Option<Pictures> {
    let spectrum = findings.spectrum(of)?;
    let seed = findings.seed(of)?;
    let m = m.clamp(1, spectrum.scores.ncols().max(1));
    let lc = |values: &[f64]| numbers::maybe(values.get(m - 1).copied());
    let figures = &spectrum.figures;
    let codes = findings.network(&plan.dkae(of));
    let kernels = vec![
        prior(seed),
        Kernel::new(
            "C",
            format!(
                "the codes; Lc(C, P) = {}",
                numbers::three(figures.dkae_test)
            ),
            codes.map(|network| &network.picture.codes),
        ),
        Kernel::new(
            format!("K{m}"),
            format!("{m} components; Lc(Kₘ, P) = {}", lc(&figures.test)),
            Some(&spectrum.kernel(m)),
        ),
    ];
    Some(Pictures::new(
        format!("seed{of}"),
        seed.labels.clone(),
        kernels,
        Vec::new(),
        seed.shape,
    ))
}

fn denoising(findings: &Findings, of: u64) -> Option<Pictures> {
    let found = findings.denoised(of)?;
    let mut digits = vec![DigitRow::new("clean", String::new(), Some(&found.clean))];
    for (method, images) in &found.rows {
        let error = numbers::maybe(found.figures.error(*method));
        digits.push(DigitRow::new(
            method.name(),
            format!("mean {error}"),
            Some(images),
        ));
    }
    Some(Pictures::new(
        format!("seed{of}"),
        None,
        Vec::new(),
        digits,
        found.shape,
    ))
}
