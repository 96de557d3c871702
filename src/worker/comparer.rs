//! The denoising comparison on a thread of its own: kernel PCA and its pre-images take seconds,
//! and training must not wait for them.
//!
//! The newest [`Job`] counts. While kernel PCA is being computed, only a job of another run or
//! under other settings interrupts it; a job with newer weights waits for its turn.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::protocol::{HeldOut, RunId};
use crate::baseline::BaselineError;
use crate::data::DataSet;
use crate::exhibit::denoising::{DenoisingPicture, Method};
use crate::experiment::denoising::{Baselines, Found, NoisyDigits, dkae_pca, dkae_straight, found};
use crate::kernel::PriorKernel;
use crate::linalg::{Rank, Threads};
use crate::model::Autoencoder;
use crate::service::{Slot, Thread, caught};
use crate::training::config::DenoisingConfig;
use crate::training::{Run, Stage};

/// What the comparison of one run works on.
pub(super) struct Ground {
    pub run: RunId,
    pub data: Arc<DataSet>,
    pub training: Vec<usize>,
    pub prior: Arc<dyn PriorKernel>,
    pub seed: u64,
}

/// One comparison to make.
pub(super) struct Job {
    pub ground: Arc<Ground>,
    pub config: DenoisingConfig,
    /// Which digits they are.
    pub set: HeldOut,
    /// Samples that the errors are means over; the first `drawn` of them are drawn.
    pub indices: Arc<Vec<usize>>,
    pub drawn: usize,
    /// The network, once it is worth looking at.
    pub network: Option<Arc<Autoencoder<f32>>>,
    pub step: u64,
}

/// What came of a job.
pub(super) struct Outcome {
    pub run: RunId,
    /// The picture, or why there is none.
    pub result: Result<Arc<DenoisingPicture>, String>,
    /// How long the part took that every comparison has to do anew: what the network makes of
    /// the noisy digits.
    pub spent: Duration,
}

/// The owner of the thread.
pub(super) struct Comparer {
    jobs: Slot<Job>,
    ring: Option<Sender<()>>,
    pub outcomes: Receiver<Outcome>,
    _thread: Thread,
}

impl Comparer {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives none.
    pub fn spawn() -> std::io::Result<Self> {
        let jobs = Slot::default();
        let (ring, bell) = bounded(1);
        let (sender, outcomes) = bounded(4);
        let slot = jobs.clone();
        let thread = Thread::spawn("dkae-comparer", move || {
            // One computing thread: the cores belong to training.
            Threads::of(1, Rank::Aside).install(|| serve(&slot, &bell, &sender));
        })?;
        Ok(Self {
            jobs,
            ring: Some(ring),
            outcomes,
            _thread: thread,
        })
    }

    /// Asks for a comparison, in the place of one that has not begun.
    pub fn ask(&self, job: Job) {
        self.jobs.put(job);
        self.ring();
    }

    fn ring(&self) {
        if let Some(ring) = &self.ring {
            // A bell that rings already is heard.
            let _ = ring.try_send(());
        }
    }

    /// Whether a job waits to be begun.
    pub fn is_busy(&self) -> bool {
        self.jobs.peek(|_| ()).is_some()
    }
}

impl Drop for Comparer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        self.ring = None;
        // Makes room for an outcome that the thread may be handing over.
        while self.outcomes.try_recv().is_ok() {}
    }
}

/// Comparisons one after the other; what they have in common is made once.
#[derive(Default)]
struct Comparisons(Option<Kept>);

/// What is kept from job to job.
struct Kept {
    ground: Arc<Ground>,
    baselines: Baselines,
    /// The digits and the network-free rows, for the settings they were made under.
    rows: Option<(DenoisingConfig, Arc<Vec<usize>>, NoisyDigits, Rows)>,
}

/// The rows that do not depend on the network.
#[derive(Default)]
struct Rows {
    kpca: Option<Found>,
    linear: Option<Found>,
}

fn serve(jobs: &Slot<Job>, bell: &Receiver<()>, outcomes: &Sender<Outcome>) {
    let mut comparisons = Comparisons::default();
    while bell.recv().is_ok() {
        while let Some(job) = jobs.take() {
            let run = job.ground.run;
            let cancelled = || is_superseded(jobs, bell, &job);
            // The worker reads these between two pieces of work; if it is gone, nobody misses them.
            let mut tell = |picture, spent| {
                let _ = outcomes.send(Outcome {
                    run,
                    result: Ok(Arc::new(picture)),
                    spent,
                });
            };
            let failure = match caught(|| comparisons.make(&job, &mut tell, &cancelled)) {
                Ok(Ok(())) | Ok(Err(BaselineError::Cancelled)) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(said) => {
                    format!("the comparison broke ({said}); this is a defect of the program")
                }
            };
            comparisons = Comparisons::default();
            let _ = outcomes.send(Outcome {
                run,
                result: Err(failure),
                spent: Duration::ZERO,
            });
        }
    }
}

/// Whether `job` need not be finished: another run or other settings wait, or nobody does.
fn is_superseded(jobs: &Slot<Job>, bell: &Receiver<()>, job: &Job) -> bool {
    let newer = jobs.peek(|next| {
        next.ground.run != job.ground.run
            || next.config != job.config
            || next.indices != job.indices
    });
    newer.unwrap_or(false) || bell.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected)
}

impl Comparisons {
    /// Makes what `job` asks for, and tells it: first without kernel PCA, if that takes its time, and
    /// how long the network's part took.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], also when `cancel` says so.
    fn make(
        &mut self,
        job: &Job,
        tell: &mut dyn FnMut(DenoisingPicture, Duration),
        cancel: &dyn Fn() -> bool,
    ) -> Result<(), BaselineError> {
        let kept = match &mut self.0 {
            Some(found) if Arc::ptr_eq(&found.ground, &job.ground) => found,
            other => other.insert(Kept {
                baselines: job.baselines(),
                ground: Arc::clone(&job.ground),
                rows: None,
            }),
        };
        let same = kept
            .rows
            .as_ref()
            .is_some_and(|(c, i, ..)| *c == job.config && *i == job.indices);
        if !same {
            kept.rows = Some((
                job.config,
                Arc::clone(&job.indices),
                job.digits(),
                Rows::default(),
            ));
        }
        let Some((_, _, digits, rows)) = &mut kept.rows else {
            return Ok(());
        };
        let began = Instant::now();
        let dkae = match &job.network {
            None => None,
            Some(network) => Some(job.learned(network, digits, cancel)?),
        };
        let spent = began.elapsed();
        if rows.linear.is_none() {
            let linear = kept.baselines.linear_pca(digits, &job.config, cancel);
            rows.linear = Some(found(linear)?);
        }
        if rows.kpca.is_none() {
            tell(job.picture(digits, rows, dkae.as_ref()), spent);
            rows.kpca = Some(found(kept.baselines.kpca(digits, &job.config, cancel))?);
        }
        tell(job.picture(digits, rows, dkae.as_ref()), spent);
        Ok(())
    }
}

impl Job {
    /// The noisy digits.
    pub fn digits(&self) -> NoisyDigits {
        let ground = &*self.ground;
        NoisyDigits::new(&ground.data, &self.indices, &self.config, ground.seed)
    }

    fn baselines(&self) -> Baselines {
        let ground = &*self.ground;
        let (data, prior) = (Arc::clone(&ground.data), Arc::clone(&ground.prior));
        Baselines::new(data, ground.training.clone(), prior, ground.seed)
    }

    /// What the network makes of the noisy digits: through PCA of its codes, and straight.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Cancelled`]; any other failure is told in the row.
    pub fn learned(
        &self,
        network: &Autoencoder<f32>,
        digits: &NoisyDigits,
        cancel: &dyn Fn() -> bool,
    ) -> Result<[Found; 2], BaselineError> {
        let straight: Found = Ok(dkae_straight(network, digits));
        let Ground {
            data,
            training,
            seed,
            ..
        } = &*self.ground;
        let pca = dkae_pca(network, data, training, digits, &self.config, *seed, cancel);
        Ok([found(pca)?, straight])
    }

    /// The comparison without the network's rows. What it takes to make them is given up afterwards.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Cancelled`]; any other failure is told in the row.
    pub fn without_network(
        &self,
        digits: &NoisyDigits,
        cancel: &dyn Fn() -> bool,
    ) -> Result<DenoisingPicture, BaselineError> {
        let mut baselines = self.baselines();
        let rows = Rows {
            linear: Some(found(baselines.linear_pca(digits, &self.config, cancel))?),
            kpca: Some(found(baselines.kpca(digits, &self.config, cancel))?),
        };
        Ok(self.picture(digits, &rows, None))
    }

    /// Whether `other`'s rows without a network are there, and are what this comparison would come to.
    pub fn has_rows_of(&self, other: &DenoisingPicture) -> bool {
        let drawn = &self.indices[..self.drawn.min(self.indices.len())];
        let same = (&self.config, self.set, drawn) == (&other.config, other.set, &other.indices)
            && self.indices.len() == other.samples;
        same && other.is_whole_without_network()
    }

    /// The comparison with what its network, if it has one, makes of `digits`, and the other rows of `first`.
    pub fn beside(
        &self,
        first: &DenoisingPicture,
        digits: &NoisyDigits,
        learned: Option<&[Found; 2]>,
    ) -> DenoisingPicture {
        let mut picture = self.picture(digits, &Rows::default(), learned);
        picture.share(first);
        picture
    }

    /// What there is.
    fn picture(
        &self,
        digits: &NoisyDigits,
        rows: &Rows,
        dkae: Option<&[Found; 2]>,
    ) -> DenoisingPicture {
        DenoisingPicture::new(
            self.config,
            (self.set, digits, self.drawn),
            self.step,
            &[
                (Method::Kpca, rows.kpca.as_ref()),
                (Method::DkaePca, dkae.map(|[pca, _]| pca)),
                (Method::DkaeStraight, dkae.map(|[_, straight]| straight)),
                (Method::LinearPca, rows.linear.as_ref()),
            ],
        )
    }

    /// What `run`, which works on `ground`, is to be compared on: the digits on show and, if `all`, behind
    /// them the others of their set. `None` before there is a network's place.
    pub fn of(run: &Run, ground: &Arc<Ground>, all: bool) -> Option<Self> {
        let trainer = run.trainer()?;
        let (shown, set) = (run.shown(), run.shown().set);
        let mut indices = shown.indices.clone();
        let drawn = indices.len();
        if all {
            let there: HashSet<usize> = indices.iter().copied().collect();
            let others = set.of(run.split()).iter();
            indices.extend(others.filter(|index| !there.contains(index)));
        }
        let trained = matches!(trainer.stage(), Stage::Training { .. });
        Some(Self {
            ground: Arc::clone(ground),
            config: run.config().get().denoising,
            set,
            indices: Arc::new(indices),
            drawn,
            network: trained.then(|| Arc::new(trainer.network())),
            step: trainer.steps(),
        })
    }
}

impl Ground {
    /// That of `run`, once its prior is complete.
    pub fn of(id: RunId, run: &Run) -> Option<Self> {
        Some(Self {
            run: id,
            data: Arc::clone(run.data()),
            training: run.split().training.clone(),
            prior: Arc::clone(run.prior()?),
            seed: run.config().get().seed,
        })
    }
}
