//! A run on show while it goes on, and when it is over.

use std::sync::Arc;

use ndarray::Array2;

use super::denoising::{DenoisingPicture, to_come};
use super::images::Images;
use super::kernel::{Entries, Kernel, KernelOf, Matrix};
use super::made::Made;
use super::row::{Row, RowOf};
use super::units::dead;
use super::{Coder, Exhibit, Looks, Trained, numbers};
use crate::kernel::PriorKernel;
use crate::kernel::alignment::lc_to_ideal;
use crate::linalg::{Accumulate, Parallel, product};
use crate::training::config::PriorConfig;
use crate::training::{Run, RunConfig, Schedule, Scores, ShownDigits, Trainer, score};

/// Images whose kernel is made in one piece; with more there is room for other work between the
/// halves.
const AT_ONCE: usize = 1_000;

/// P on the shown images.
pub struct PriorPicture {
    /// P, N×N, as Eq. 4 (or another kernel's definition) gives it.
    pub matrix: Arc<Matrix>,
    /// Mixtures in it so far, and in the end; `None` for kernels without mixtures.
    pub mixtures: Option<(usize, usize)>,
    /// Lc(P, K_I) on these images, if they have classes; needs no network.
    pub lc_p_ki: Option<f64>,
}

impl PriorPicture {
    /// P of images of these classes.
    #[must_use]
    pub fn new(
        matrix: Array2<f32>,
        mixtures: Option<(usize, usize)>,
        labels: Option<&[u8]>,
    ) -> Self {
        Self {
            lc_p_ki: labels.map(|labels| lc_to_ideal(matrix.view(), labels)),
            matrix: Arc::new(Matrix::new(matrix)),
            mixtures,
        }
    }

    /// Whether all mixtures are in it.
    fn is_whole(&self) -> bool {
        self.growing().is_none()
    }

    /// Mixtures in it and in the end, as long as those differ.
    fn growing(&self) -> Option<(usize, usize)> {
        self.mixtures.filter(|(done, all)| done < all)
    }
}

/// The codes' kernel on the shown images, and what goes with it.
pub struct CodePicture {
    /// C, N×N: the inner products of the codes.
    pub matrix: Arc<Matrix>,
    /// Codes, N×Nc.
    pub codes: Arc<Array2<f32>>,
    /// Reconstructions of the shown images, N×d.
    pub reconstructions: Arc<Array2<f32>>,
    /// Steps taken before.
    pub step: u64,
    /// λ then.
    pub lambda: f64,
    /// Figures on the shown images.
    pub scores: Scores,
    /// The network, where it is kept.
    pub coder: Option<Coder>,
}

/// What there is of a run. Cheap to clone: the large parts are shared.
#[derive(Clone)]
pub struct Parts {
    /// What made it.
    pub made: Arc<Made>,
    /// The images on show.
    pub images: Arc<Images>,
    /// P on them, once the first mixtures are there.
    pub prior: Option<Arc<PriorPicture>>,
    /// C on them, once the network is there.
    pub codes: Option<Arc<CodePicture>>,
    /// The prior kernel itself, once it is complete.
    pub kernel: Option<Arc<dyn PriorKernel>>,
    /// The denoising comparison, as far as it has come.
    pub denoising: Option<Arc<DenoisingPicture>>,
    /// The figures on *all* test samples, when the run is over.
    pub test: Option<Scores>,
}

impl Parts {
    /// All of it as it is shown: P, C and C − P; the images, their reconstructions, and what is left
    /// of noise.
    #[must_use]
    pub fn exhibit(&self) -> Exhibit {
        let codes = self.codes.as_deref();
        let network = codes.map(|codes| Trained {
            step: codes.step,
            lambda: codes.lambda,
            codes: Arc::clone(&codes.codes),
            dead: dead(codes.codes.view()),
            scores: codes.scores,
            coder: codes.coder.clone(),
        });
        let (caption, warning) = self.caption();
        Exhibit {
            made: Arc::clone(&self.made),
            stem: String::new(),
            images: Arc::clone(&self.images),
            kernels: self.kernels(),
            pictured: Arc::clone(&self.images),
            rows: self.rows(),
            caption,
            warning,
            network,
            lc_p_ki: self.prior.as_ref().and_then(|prior| prior.lc_p_ki),
            test: self.test,
            compared: self.denoising.as_ref().map(|d| d.compared()),
            prior: self.kernel.clone(),
            reach: None,
            looks: Looks::default(),
        }
    }

    /// Of a run with these settings of which nothing is there yet, not even its images.
    #[must_use]
    pub fn nothing(began: RunConfig) -> Self {
        Self {
            made: Arc::new(Made {
                data: None,
                samples: None,
                began,
                schedule: Schedule::default(),
                plan: None,
            }),
            images: Arc::new(Images::none()),
            prior: None,
            codes: None,
            kernel: None,
            denoising: None,
            test: None,
        }
    }

    fn kernels(&self) -> Vec<Kernel> {
        let (prior, codes) = (self.prior.as_deref(), self.codes.as_deref());
        let (made, step) = (&self.made, codes.map(|codes| codes.step));
        let first = match prior.and_then(|prior| prior.mixtures) {
            Some((done, all)) if done < all => format!("{done} of {all} mixtures"),
            Some((_, all)) => match &self.made.began.prior {
                PriorConfig::Pck(pck) if pck.min_components > 2 => {
                    let sizes = numbers::sizes(pck.min_components, pck.max_components);
                    format!("{all} mixtures, {sizes}")
                }
                _ => format!("{all} mixtures"),
            },
            None => self.made.began.prior.name().to_owned(),
        };
        let kernel = |of, caption| Kernel::new(of, caption, made);
        let p = Kernel {
            heading: "P · prior".into(),
            absent: "P appears with the\nfirst mixtures",
            growing: prior.and_then(PriorPicture::growing),
            ..kernel(KernelOf::Prior, self.with_images(&first))
        };
        let c = Kernel {
            heading: "C · codes".into(),
            absent: "C appears when the\nnetwork starts to train",
            step,
            lc: codes.map(|codes| codes.scores.lc_c_p),
            ..kernel(KernelOf::Codes, self.with_images("inner products"))
        };
        let difference = Kernel {
            absent: "the difference appears\nwhen both are there",
            entries: Entries::Difference([1, 0]),
            step,
            lc: c.lc,
            ..kernel(
                KernelOf::Difference,
                "warm: C above P, cold: below".to_owned(),
            )
        };
        vec![
            p.with(prior.map(|prior| Arc::clone(&prior.matrix))),
            c.with(codes.map(|codes| Arc::clone(&codes.matrix))),
            difference,
        ]
    }

    /// A caption's first half with the images as its second.
    fn with_images(&self, first: &str) -> String {
        if self.images.count == 0 {
            return first.to_owned();
        }
        let order = self
            .images
            .labels
            .as_ref()
            .map_or("unsorted", |_| "by class");
        let (count, set) = (numbers::count(self.images.count), self.images.set.name());
        format!("{first} · {count} {set} images {order}")
    }

    fn rows(&self) -> Vec<Row> {
        let codes = self.codes.as_deref();
        let original = Row::new(RowOf::Original, "original", self.images.pixels.clone());
        let images = codes.map(|codes| Arc::clone(&codes.reconstructions));
        let rebuilt = Row {
            figure: codes.map_or_else(String::new, |codes| {
                format!("Lr {}", numbers::three(codes.scores.lr))
            }),
            absent: "Reconstructions appear when the network starts to train.",
            ..Row::new(RowOf::Reconstruction, "reconstruction", images)
        };
        let denoised = match &self.denoising {
            Some(picture) => picture.rows(&self.images, codes.map(|codes| codes.step)),
            None => to_come(),
        };
        [original, rebuilt].into_iter().chain(denoised).collect()
    }

    fn caption(&self) -> (String, Option<&'static str>) {
        let only_aligned = self.codes.as_ref().is_some_and(|codes| codes.lambda >= 1.0);
        let warning = only_aligned.then_some("λ = 1: nothing asks for reconstruction");
        let caption = match &self.denoising {
            Some(picture) => format!(
                "rebuilt; noise σ {} taken away, m = {}, cut to [0, 1]; mean squared errors over {} {} images",
                numbers::three(picture.config.noise),
                picture.config.components,
                numbers::count(picture.samples),
                picture.set.name(),
            ),
            None => "rebuilt from their codes".to_owned(),
        };
        (caption, warning)
    }
}

/// Looks at a run now and then, and makes no picture twice.
#[derive(Default)]
pub struct Camera {
    images: Option<(Arc<ShownDigits>, Arc<Images>)>,
    prior: Option<Arc<PriorPicture>>,
    codes: Option<Arc<CodePicture>>,
    /// The first half of a new C.
    half: Option<Half>,
}

impl Camera {
    /// The next look finds another network: its code layer began anew.
    pub fn forget_codes(&mut self) {
        (self.half, self.codes) = (None, None);
    }

    /// A camera for another run on the same samples under the same prior: it has the images and P that this
    /// one has.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self {
            images: self.images.clone(),
            prior: self.prior.clone(),
            ..Self::default()
        }
    }

    /// Makes new pictures of what has changed in `run` since the last look, or a piece of them; says
    /// whether they are complete.
    pub fn look(&mut self, run: &Run) -> bool {
        let shown = run.shown();
        self.turn_to(shown);
        let stale = self.prior.as_ref().is_none_or(|old| !old.is_whole());
        if stale && let Some((matrix, mixtures)) = run.shown_prior() {
            let labels = shown.labels.as_deref();
            self.prior = Some(Arc::new(PriorPicture::new(matrix, mixtures, labels)));
        }
        let (Some(trainer), Some(prior)) = (run.trainer(), &self.prior) else {
            return true;
        };
        if run.prior().is_none() {
            return true;
        }
        let half = match self.half.take() {
            Some(half) => half,
            None if (self.codes.as_ref()).is_some_and(|old| old.step == trainer.steps()) => {
                return true;
            }
            None => {
                let half = Half::of(trainer, shown);
                if shown.indices.len() > AT_ONCE {
                    self.half = Some(half);
                    return false;
                }
                half
            }
        };
        self.codes = Some(Arc::new(half.whole(shown, prior)));
        true
    }

    /// Other images are on show: nothing that was made of the old ones counts.
    fn turn_to(&mut self, shown: &Arc<ShownDigits>) -> Arc<Images> {
        match &self.images {
            Some((of, images)) if of.are(shown) => Arc::clone(images),
            _ => {
                let images = Arc::new(Images::of(shown));
                *self = Self {
                    images: Some((Arc::clone(shown), Arc::clone(&images))),
                    ..Self::default()
                };
                images
            }
        }
    }

    /// What was seen of `run`, with a denoising comparison beside it.
    pub fn parts(&mut self, run: &Run, denoising: Option<Arc<DenoisingPicture>>) -> Parts {
        Parts {
            made: Arc::new(Made::of(run)),
            images: self.turn_to(run.shown()),
            prior: self.prior.clone(),
            codes: self.codes.clone(),
            kernel: run.prior().cloned(),
            denoising,
            test: run.scores(),
        }
    }
}

impl Made {
    /// What made a run what it is by now.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let (data, split) = (run.data(), run.split());
        Self {
            data: Some((data.name().to_owned(), data.checksum().to_owned())),
            samples: Some([
                split.training.len(),
                split.validation.len(),
                split.test.len(),
            ]),
            began: RunConfig {
                shown: run.live().shown,
                denoising: run.live().denoising,
                ..run.began().clone()
            },
            schedule: run.schedule().clone(),
            plan: None,
        }
    }
}

/// What the network makes of the shown images: the first half of a [`CodePicture`].
struct Half {
    codes: Array2<f32>,
    reconstructions: Array2<f32>,
    step: u64,
    lambda: f64,
    coder: Coder,
}

impl Half {
    fn of(trainer: &Trainer, shown: &ShownDigits) -> Self {
        let (codes, reconstructions) = trainer.look(shown.pixels.view());
        Self {
            coder: Coder::copied(trainer),
            codes,
            reconstructions,
            step: trainer.steps(),
            lambda: trainer.effective_lambda(),
        }
    }

    /// The other half: C and the scores.
    fn whole(self, shown: &ShownDigits, prior: &PriorPicture) -> CodePicture {
        let n = shown.indices.len();
        let mut matrix = Array2::zeros((n, n));
        product(
            matrix.view_mut(),
            Accumulate::Replace,
            1.0,
            self.codes.view(),
            self.codes.t(),
            Parallel::Yes,
        );
        CodePicture {
            scores: score(
                prior.matrix.entries(),
                matrix.view(),
                shown.pixels.view(),
                self.reconstructions.view(),
                shown.labels.as_deref(),
            ),
            matrix: Arc::new(Matrix::new(matrix)),
            codes: Arc::new(self.codes),
            reconstructions: Arc::new(self.reconstructions),
            step: self.step,
            lambda: self.lambda,
            coder: Some(self.coder),
        }
    }
}
