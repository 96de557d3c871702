//! What a study has found, on show: a chosen network, and the paper's arrangements of several.

use std::sync::Arc;

use ndarray::Array2;

use super::images::Images;
use super::kernel::{Entries, Kernel, KernelOf, Matrix};
use super::made::Made;
use super::row::{Row, RowOf, each_error};
use super::{Exhibit, Looks, numbers};
use crate::data::Collection;
use crate::experiment::findings::{Denoising, Findings, Network, SeedPicture};
use crate::experiment::plan::{FAR_LAMBDA, Plan, Recipe};
use crate::training::{HeldOut, RunConfig, Schedule};

/// What stands in the place of a network that is not there.
const ABSENT: &str = "appears when this network is trained";

/// What is pictured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    /// A run: P, C and C − P, originals and reconstructions.
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

/// A study, as far as exhibits are made of it.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The plan.
    pub plan: &'a Arc<Plan>,
    /// What is found.
    pub findings: &'a Findings,
    /// The data's name and the checksum of what seed 0 chooses, if they are known.
    pub data: Option<(&'a str, &'a str)>,
    /// The collection that the data are from, where the program knows it.
    pub collection: Option<Collection>,
}

impl Found<'_> {
    /// The exhibit of `subject`, if anything of it is there.
    #[must_use]
    pub fn exhibit(&self, subject: Subject) -> Option<Exhibit> {
        match subject {
            Subject::Run(recipe) => self.run(recipe),
            Subject::Fig4(seed) => self.fig4(seed),
            Subject::Spectrum { seed, m } => self.spectrum(seed, m),
            Subject::Denoising(seed) => self.denoising(seed),
        }
    }

    fn run(&self, recipe: Recipe) -> Option<Exhibit> {
        let network = self.findings.network(&recipe)?;
        let seed = self.findings.seed(recipe.seed)?;
        let (lambda, nc) = (numbers::lambda(recipe.lambda), recipe.code);
        let codes = self.codes(recipe, format!("codes under λ = {lambda}, Nc = {nc}"));
        let difference = Kernel {
            entries: Entries::Difference([1, 0]),
            step: codes.step,
            lc: codes.lc,
            ..Kernel::new(
                KernelOf::Difference,
                "warm: C above P, cold: below".into(),
                &codes.made,
            )
        };
        let rebuilt = Row {
            figure: format!("Lr {}", numbers::three(network.figures.test.lr)),
            ..rebuilt("reconstruction", Some(network))
        };
        Some(Exhibit {
            stem: recipe.key(),
            kernels: vec![self.prior(recipe.seed, seed), codes, difference],
            rows: vec![original(seed), rebuilt],
            ..self.blank(recipe.seed, seed)
        })
    }

    /// The paper's arrangement: originals and reconstructions under λ = 0.75 and 0.1; P and the
    /// kernels of the codes under λ = 0 and 0.1.
    fn fig4(&self, of: u64) -> Option<Exhibit> {
        let seed = self.findings.seed(of)?;
        let (dkae, plain) = (self.plan.dkae(of), self.plan.plain(of));
        let far = Recipe {
            lambda: FAR_LAMBDA,
            ..dkae
        };
        let row = |recipe: Recipe| {
            let network = self.findings.network(&recipe);
            Row {
                figure: network.map_or_else(String::new, |network| {
                    format!("Lr {}", numbers::three(network.figures.test.lr))
                }),
                ..rebuilt(&format!("λ = {}", recipe.lambda), network)
            }
        };
        let kernel = |recipe: Recipe| {
            let network = self.findings.network(&recipe);
            let caption = network.map_or_else(
                || ABSENT.to_owned(),
                |network| {
                    let lc = numbers::three(network.figures.test.lc_c_p);
                    format!("codes; Lc(C, P) = {lc} on all test images")
                },
            );
            self.codes(recipe, caption)
                .named(format!("C, λ = {}", recipe.lambda))
        };
        Some(Exhibit {
            kernels: vec![self.prior(of, seed), kernel(plain), kernel(dkae)],
            rows: vec![original(seed), row(far), row(dkae)],
            ..self.blank(of, seed)
        })
    }

    fn spectrum(&self, of: u64, m: usize) -> Option<Exhibit> {
        let spectrum = self.findings.spectrum(of)?;
        let seed = self.findings.seed(of)?;
        let m = m.clamp(1, spectrum.scores.ncols().max(1));
        let figures = &spectrum.figures;
        let (lc, of_m) = (
            numbers::three(figures.dkae_test),
            numbers::maybe(figures.test.get(m - 1).copied()),
        );
        let prior = self.prior(of, seed);
        let components = Kernel::new(
            KernelOf::Components(m),
            format!("{m} components; Lc(Kₘ, P) = {of_m}"),
            &prior.made,
        );
        let matrix = Arc::new(Matrix::new(spectrum.kernel(m)));
        let codes = self.codes(self.plan.dkae(of), format!("the codes; Lc(C, P) = {lc}"));
        Some(Exhibit {
            kernels: vec![prior, codes, components.with(Some(matrix))],
            ..self.blank(of, seed)
        })
    }

    /// P alone, as far as it has come under a seed, on images of these classes.
    #[must_use]
    pub fn prior_so_far(
        &self,
        of: u64,
        entries: &Array2<f32>,
        labels: Option<&[u8]>,
        caption: &str,
    ) -> Exhibit {
        let images = Arc::new(Images {
            count: entries.nrows(),
            labels: labels.map(<[u8]>::to_vec),
            collection: self.collection,
            set: HeldOut::Test,
            ..Images::none()
        });
        let made = Arc::new(self.made(self.plan.config_of(&self.plan.dkae(of))));
        let prior = Kernel::new(KernelOf::Prior, caption.to_owned(), &made).with(matrix(entries));
        Exhibit {
            kernels: vec![prior],
            ..self.empty(of, Arc::clone(&images), images)
        }
    }

    fn denoising(&self, of: u64) -> Option<Exhibit> {
        let found = self.findings.denoised(of)?;
        let clean = Arc::new(found.clean.clone());
        let rows = found.rows.iter().map(|(method, images)| Row {
            about: method.describe().to_owned(),
            figure: format!("mean {}", numbers::maybe(found.figures.error(*method))),
            error: found.figures.error(*method),
            each: each_error(images.view(), clean.view()),
            ..Row::new(
                RowOf::Denoised(*method),
                method.name(),
                Some(Arc::new(images.clone())),
            )
        });
        let original = Row::new(RowOf::Original, "clean", Some(Arc::clone(&clean)));
        let images = self.images_of_denoising(found);
        Some(Exhibit {
            rows: std::iter::once(original).chain(rows).collect(),
            ..self.empty(of, Arc::clone(&images), images)
        })
    }

    fn images_of_denoising(&self, found: &Denoising) -> Arc<Images> {
        Arc::new(Images {
            set: HeldOut::Test,
            count: found.clean.nrows(),
            means_of: None,
            order: None,
            tree: None,
            indices: Vec::new(),
            labels: None,
            pixels: None,
            shape: found.shape,
            collection: self.collection,
        })
    }

    /// An exhibit of `seed` without kernels and rows.
    fn blank(&self, of: u64, seed: &SeedPicture) -> Exhibit {
        let images = Images {
            set: HeldOut::Test,
            count: seed.prior.nrows(),
            means_of: None,
            order: None,
            tree: None,
            indices: Vec::new(),
            labels: seed.labels.clone(),
            pixels: None,
            shape: seed.shape,
            collection: self.collection,
        };
        let pictured = Images {
            count: seed.originals.nrows(),
            labels: seed.drawn.clone(),
            ..images.clone()
        };
        self.empty(of, Arc::new(images), Arc::new(pictured))
    }

    fn empty(&self, of: u64, images: Arc<Images>, pictured: Arc<Images>) -> Exhibit {
        let config = self.plan.config_of(&self.plan.dkae(of));
        Exhibit {
            made: Arc::new(self.made(config)),
            stem: format!("seed{of}"),
            images,
            kernels: Vec::new(),
            pictured,
            rows: Vec::new(),
            caption: String::new(),
            warning: None,
            network: None,
            lc_p_ki: None,
            test: None,
            compared: None,
            prior: None,
            reach: None,
            looks: Looks::default(),
        }
    }

    fn made(&self, began: RunConfig) -> Made {
        // Other seeds choose other samples, of which no checksum is kept: it says whose it is.
        let whose = if began.seed == 0 {
            ""
        } else {
            " of seed 0's samples"
        };
        let owned =
            |(name, checksum): (&str, &str)| (name.to_owned(), format!("{checksum}{whose}"));
        Made {
            data: self.data.map(owned),
            samples: Some(crate::data::Split::sizes(self.plan.samples)),
            began,
            schedule: Schedule::default(),
            plan: Some(Arc::clone(self.plan)),
        }
    }

    fn prior(&self, of: u64, seed: &SeedPicture) -> Kernel {
        let sorted = seed.labels.as_ref().map_or("", |_| ", sorted by class");
        let count = numbers::count(seed.prior.nrows());
        let made = self.made(self.plan.config_of(&self.plan.dkae(of)));
        let caption = format!("prior on {count} test images{sorted}");
        Kernel::new(KernelOf::Prior, caption, &Arc::new(made)).with(matrix(&seed.prior))
    }

    /// C of a network, if that is there.
    fn codes(&self, recipe: Recipe, caption: String) -> Kernel {
        let network = self.findings.network(&recipe);
        let made = Arc::new(self.made(self.plan.config_of(&recipe)));
        Kernel {
            absent: ABSENT,
            step: network.map(|network| network.figures.steps),
            lc: network.map(|network| network.figures.test.lc_c_p),
            ..Kernel::new(KernelOf::Codes, caption, &made)
        }
        .with(network.and_then(|network| matrix(&network.picture.codes)))
    }
}

fn matrix(entries: &Array2<f32>) -> Option<Arc<Matrix>> {
    Some(Arc::new(Matrix::new(entries.clone())))
}

fn original(seed: &SeedPicture) -> Row {
    let images = Arc::new(seed.originals.clone());
    Row::new(RowOf::Original, "original", Some(images))
}

fn rebuilt(name: &str, network: Option<&Arc<Network>>) -> Row {
    let images = network.map(|network| Arc::new(network.picture.reconstructions.clone()));
    Row {
        absent: ABSENT,
        ..Row::new(RowOf::Reconstruction, name, images)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::plan::Experiment;
    use crate::training::config::Preset;

    #[test]
    fn a_checksum_says_of_which_seeds_samples_it_is() {
        let plan = Arc::new(Plan::of(Preset::Quick, &[Experiment::Fig4], 0, 2));
        let found = Found {
            plan: &plan,
            findings: &Findings::default(),
            data: Some(("digits", "0123abcd")),
            collection: None,
        };
        let checksum = |seed| {
            let made = found.made(plan.config_of(&plan.dkae(seed)));
            made.data.map(|(_, checksum)| checksum)
        };
        assert_eq!(checksum(0).as_deref(), Some("0123abcd"));
        assert_eq!(
            checksum(1).as_deref(),
            Some("0123abcd of seed 0's samples"),
            "seed 1 chooses others"
        );
    }
}
