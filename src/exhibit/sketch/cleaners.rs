//! What takes noise away from a drawing, learned once and used for every stroke.
//!
//! The methods are those of the denoising comparison, fitted on the same training samples under the same settings:
//! kernel PCA and its pre-image and PCA of the pixels for a prior, PCA of the codes for a network. Kernel PCA takes
//! seconds, so all of this is made piece by piece on a thread beside, and a drawing is answered with what there is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::{Coder, Subject};
use crate::baseline::BaselineError;
use crate::data::{DataSet, Split};
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::{Images, Row};
use crate::experiment::denoising::{Baselines, CodePca, Found, NoisyDigits, dkae_straight, found};
use crate::experiment::method::Method;
use crate::kernel::PriorKernel;
use crate::linalg::{Rank, Threads};
use crate::training::RunConfig;
use crate::training::config::DenoisingConfig;

/// What is said in the place of kernel PCA where P is of classes.
const OF_CLASSES: &str = "the ideal kernel is of classes, and a drawing has none";
/// What is said in the place of the network's rows while there is only a part of it.
const PRETRAINING: &str = "layers of the network are still being pretrained";

/// What has been learned. Clones share it.
#[derive(Clone, Default)]
pub struct Cleaners {
    shop: Option<Arc<Shop>>,
    linear: Option<(usize, Outcome)>,
    kpca: Option<(KpcaKey, Outcome)>,
    codes: Option<Arc<OfNetwork>>,
}

/// Learned, or why not.
type Outcome = Result<(), String>;

/// One of the things to learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// PCA of the pixels.
    Linear,
    /// PCA of the network's codes.
    Codes,
    /// Kernel PCA, and the way back to pixels.
    Kpca,
}

/// Learns on a thread of its own, behind everything else.
#[derive(Default)]
pub struct Aside(Option<Threads>);

impl Aside {
    /// What there is with a `piece` more; `None` if `given_up` said so.
    pub fn learn(
        &mut self,
        cleaners: &Cleaners,
        subject: &Subject,
        piece: Piece,
        given_up: &(dyn Fn() -> bool + Sync),
    ) -> Option<Cleaners> {
        let threads = self.0.take();
        let threads = threads.unwrap_or_else(|| Threads::of(1, Rank::Aside));
        let learned = threads.install(|| cleaners.learn(subject, piece, given_up));
        self.0 = Some(threads);
        learned.ok()
    }
}

/// What kernel PCA's row depends on.
#[derive(Clone, Copy, PartialEq)]
struct KpcaKey {
    components: usize,
    ridge: f64,
    width: f64,
}

/// Where methods without a network are fitted: samples and a prior.
struct Shop {
    data: Arc<DataSet>,
    prior: Arc<dyn PriorKernel>,
    seed: u64,
    training: Vec<usize>,
    linear: Mutex<Baselines>,
    kpca: Mutex<Baselines>,
}

/// What was learned of a network's codes.
struct OfNetwork {
    coder: Coder,
    step: u64,
    /// The settings that it is trained under; those of the comparison are among them.
    began: RunConfig,
    pca: Result<CodePca, String>,
}

impl Cleaners {
    /// What is still to be learned for `subject`, the first thing first; nothing where its samples are not there.
    /// Of a network's codes only where `codes` are asked for: a network that trains has others with every look.
    #[must_use]
    pub fn missing(&self, subject: &Subject, codes: bool) -> Option<Piece> {
        subject.ground.as_ref()?;
        if self.linear(subject).is_none() {
            return Some(Piece::Linear);
        }
        if codes && self.codes_are_old(subject) {
            return Some(Piece::Codes);
        }
        (self.kpca(subject).is_none() && !subject.is_of_classes()).then_some(Piece::Kpca)
    }

    /// Whether there is a network, and what was learned is of another one or under other settings.
    #[must_use]
    pub fn codes_are_old(&self, subject: &Subject) -> bool {
        let coder = subject.exhibit.coder().filter(|coder| coder.is_whole());
        coder.is_some_and(|coder| {
            let learned = self.codes(subject);
            !learned.is_some_and(|old| old.coder.is(coder))
        })
    }

    /// Whether a `piece` that is learned for one subject is of use for another.
    #[must_use]
    pub fn serves(piece: Piece, of: &Subject, other: &Subject) -> bool {
        let (a, b) = (&of.exhibit.made.began, &other.exhibit.made.began);
        let grounds = match (&of.ground, &other.ground) {
            (Some((data, fitted)), Some((others, theirs))) => {
                Arc::ptr_eq(data, others) && Arc::ptr_eq(fitted.prior(), theirs.prior())
            }
            _ => false,
        };
        grounds
            && match piece {
                Piece::Linear => {
                    a.seed == b.seed && a.denoising.components == b.denoising.components
                }
                Piece::Kpca => {
                    a.seed == b.seed && KpcaKey::of(&a.denoising) == KpcaKey::of(&b.denoising)
                }
                Piece::Codes => have_one_pca(a, b),
            }
    }

    /// Learns a `piece` for `subject`; what was learned before stays, unless it is of other samples or another
    /// prior.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Cancelled`], when `cancel` says so; any other failure is told in the piece's row.
    pub fn learn(
        &self,
        subject: &Subject,
        piece: Piece,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Self, BaselineError> {
        let config = config(subject);
        let mut learned = self.clone();
        let Some(shop) = learned.shop_for(subject) else {
            return Ok(learned);
        };
        // Any image will do: what is fitted is kept.
        let blank = ndarray::Array2::zeros((1, shop.data.shape().pixels()));
        let blank = NoisyDigits::of_images(blank, &config, shop.seed);
        match piece {
            Piece::Linear => {
                let made = hold(&shop.linear).linear_pca(&blank, &config, cancel);
                learned.linear = Some((config.components, found(made)?.map(|_| ())));
            }
            Piece::Kpca => {
                let made = hold(&shop.kpca).kpca(&blank, &config, cancel);
                learned.kpca = Some((KpcaKey::of(&config), found(made)?.map(|_| ())));
            }
            Piece::Codes => {
                if let Some(coder) = subject.exhibit.coder().filter(|coder| coder.is_whole()) {
                    let network = coder.network();
                    let (data, training) = (&shop.data, &shop.training);
                    let pca = CodePca::fit(network, data, training, &config, shop.seed, cancel);
                    learned.codes = Some(Arc::new(OfNetwork {
                        coder: coder.clone(),
                        step: subject.exhibit.step(),
                        began: subject.exhibit.made.began.clone(),
                        pca: match pca {
                            Err(BaselineError::Cancelled) => return Err(BaselineError::Cancelled),
                            other => other.map_err(|error| error.to_string()),
                        },
                    }));
                }
            }
        }
        Ok(learned)
    }

    /// The place for methods on the samples and the prior of `subject`; a new one for others.
    fn shop_for(&mut self, subject: &Subject) -> Option<Arc<Shop>> {
        if self.shop(subject).is_none() {
            let (data, fitted) = subject.ground.as_ref()?;
            let seed = subject.exhibit.made.began.seed;
            let training = Split::new(data.len(), seed).training;
            let baselines = || {
                let (data, prior) = (Arc::clone(data), Arc::clone(fitted.prior()));
                Mutex::new(Baselines::new(data, training.clone(), prior, seed))
            };
            *self = Self {
                shop: Some(Arc::new(Shop {
                    linear: baselines(),
                    kpca: baselines(),
                    data: Arc::clone(data),
                    prior: Arc::clone(fitted.prior()),
                    seed,
                    training,
                })),
                ..Self::default()
            };
        }
        self.shop.clone()
    }

    fn shop(&self, subject: &Subject) -> Option<&Shop> {
        let (data, fitted) = subject.ground.as_ref()?;
        let shop = self.shop.as_deref()?;
        let same = Arc::ptr_eq(&shop.data, data) && Arc::ptr_eq(&shop.prior, fitted.prior());
        (same && shop.seed == subject.exhibit.made.began.seed).then_some(shop)
    }

    fn linear(&self, subject: &Subject) -> Option<(&Shop, &Outcome)> {
        let shop = self.shop(subject)?;
        let (components, outcome) = self.linear.as_ref()?;
        (*components == config(subject).components).then_some((shop, outcome))
    }

    fn kpca(&self, subject: &Subject) -> Option<(&Shop, &Outcome)> {
        let shop = self.shop(subject)?;
        let (key, outcome) = self.kpca.as_ref()?;
        (*key == KpcaKey::of(&config(subject))).then_some((shop, outcome))
    }

    /// Of the network of `subject`, or of the same one some steps before.
    fn codes(&self, subject: &Subject) -> Option<&OfNetwork> {
        self.shop(subject)?;
        let codes = self.codes.as_deref();
        codes.filter(|codes| have_one_pca(&codes.began, &subject.exhibit.made.began))
    }

    /// The noisy drawing and what each method makes of it, as far as it has been learned.
    pub(super) fn rows(
        &self,
        subject: &Subject,
        coder: Option<&Coder>,
        digits: &NoisyDigits,
    ) -> Vec<Row> {
        let config = config(subject);
        let linear = self.linear(subject).and_then(|(shop, outcome)| {
            let apply = |b: &mut Baselines| b.linear_pca(digits, &config, &|| false);
            use_of(&shop.linear, outcome, apply)
        });
        let kpca = if subject.is_of_classes() {
            Some(Err(OF_CLASSES.to_owned()))
        } else {
            self.kpca(subject).and_then(|(shop, outcome)| {
                let apply = |b: &mut Baselines| b.kpca(digits, &config, &|| false);
                use_of(&shop.kpca, outcome, apply)
            })
        };
        let in_part = coder.is_some_and(|coder| !coder.is_whole());
        let whole = coder.filter(|coder| coder.is_whole());
        let (straight, pca) = if in_part {
            let said = || Some(Err(PRETRAINING.to_owned()));
            (said(), said())
        } else {
            let straight = whole.map(|coder| Ok(dkae_straight(coder.network(), digits)));
            let pca = self.codes(subject).filter(|_| whole.is_some());
            (straight, pca.map(|learned| learned.denoise(digits)))
        };
        let made = [
            (Method::Kpca, kpca.as_ref()),
            (Method::DkaePca, pca.as_ref()),
            (Method::DkaeStraight, straight.as_ref()),
            (Method::LinearPca, linear.as_ref()),
        ];
        let step = subject.exhibit.step();
        let set = subject.exhibit.images.set;
        let picture = DenoisingPicture::new(config, (set, digits, 1), step, &made);
        // The drawing is the only image of its own.
        let alone = Images {
            count: 1,
            indices: digits.indices.clone(),
            ..Images::none()
        };
        let mut rows = picture.rows(&alone, None);
        for row in &mut rows {
            if row.images.is_none() && row.error.is_none() && !row.figure.starts_with("not") {
                row.figure = match (&subject.ground, row.of.is_learned() && coder.is_none()) {
                    (_, true) => "no network yet".into(),
                    (None, _) => "P is not there".into(),
                    (Some(_), _) => "being fitted…".into(),
                };
            }
            if row.of == super::RowOf::Denoised(Method::DkaePca) && pca.is_some() {
                let of = self.codes(subject).map(|learned| learned.step);
                row.step = of.filter(|&of| of != step);
            }
        }
        rows
    }
}

impl OfNetwork {
    fn denoise(&self, digits: &NoisyDigits) -> Found {
        match &self.pca {
            Ok(pca) => Ok(pca.denoise(self.coder.network(), digits)),
            Err(why) => Err(why.clone()),
        }
    }
}

impl KpcaKey {
    fn of(config: &DenoisingConfig) -> Self {
        Self {
            components: config.components,
            ridge: config.ridge,
            width: config.width,
        }
    }
}

/// Whether PCA of the codes is learned in the same way for networks of these settings: all are the same but for
/// what only other pictures take.
fn have_one_pca(a: &RunConfig, b: &RunConfig) -> bool {
    let but_for_pictures = RunConfig {
        denoising: a.denoising,
        shown: a.shown,
        ..b.clone()
    };
    a.denoising.components == b.denoising.components && but_for_pictures == *a
}

/// The settings of the comparison on show.
fn config(subject: &Subject) -> DenoisingConfig {
    subject.exhibit.made.began.denoising
}

fn hold(baselines: &Mutex<Baselines>) -> MutexGuard<'_, Baselines> {
    baselines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What fitted `baselines` make of a drawing; nothing while they are being fitted under other settings.
fn use_of(
    baselines: &Mutex<Baselines>,
    outcome: &Outcome,
    apply: impl FnOnce(&mut Baselines) -> Result<crate::experiment::denoising::Denoised, BaselineError>,
) -> Option<Found> {
    if let Err(why) = outcome {
        return Some(Err(why.clone()));
    }
    let mut held = match baselines.try_lock() {
        Ok(held) => held,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(apply(&mut held).map_err(|error| error.to_string()))
}
