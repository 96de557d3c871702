//! A worker that is a script: it hears commands and says what a test wants the window to hear.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use dkae_explorer::data::{DataSet, Selection, Source};
use dkae_explorer::exhibit::denoising::{DenoisedRow, DenoisingPicture, Method};
use dkae_explorer::exhibit::live::{CodePicture, Parts, PriorPicture};
use dkae_explorer::exhibit::{Coder, Images, Made, Matrix};
use dkae_explorer::model::{Architecture, Autoencoder};
use dkae_explorer::service::{Desk, pair};
use dkae_explorer::training::config::{
    Activation, DenoisingConfig, NetworkConfig, PckConfig, Preset, PriorConfig, RunConfig,
    TrainingConfig,
};
use dkae_explorer::training::{HeldOut, Schedule, Scores, ShownDigits};
use dkae_explorer::ui::{App, DataChoice, LookStudy, Services, WindowOptions};
use dkae_explorer::worker::protocol::{
    Command, Event, LiveSettings, LossPoint, Message, PhaseKind, Progress, RunId, RunSummary,
    Snapshot, StartRequest,
};
use dkae_explorer::worker::study_protocol::{StudyCommand, StudyRequest, StudySnapshot};
use eframe::CreationContext;
use ndarray::Array2;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// Commands or messages that may wait.
const ROOM: usize = 1024;

/// Settings like those of the quick preset.
pub fn config(preset: Preset) -> RunConfig {
    RunConfig {
        preset,
        seed: 1,
        prior: PriorConfig::Pck(PckConfig::default()),
        network: NetworkConfig {
            hidden: vec![256, 256, 512],
            code: 128,
            hidden_activation: Activation::Relu,
            code_activation: Activation::Identity,
        },
        training: TrainingConfig {
            lambda: 0.1,
            batch: 200,
            steps: 1500,
            learning_rate: 1e-3,
            pretraining: None,
            cool_down: 0.0,
            clip_norm: None,
            input_noise: 0.0,
            ramp: None,
            projection: None,
            copies: None,
        },
        denoising: DenoisingConfig::default(),
        shown: 300,
    }
}

/// The workers' ends of all links the window has made, the newest last.
pub type Peers = Arc<Mutex<Vec<Desk<Command, Message, Snapshot>>>>;

/// All studies the window has started, with their ends of the links, the newest last.
pub type Studies = Arc<Mutex<Vec<(StudyRequest, StudyDesk)>>>;

/// A study's end of its link.
pub type StudyDesk = Desk<StudyCommand, Infallible, StudySnapshot>;

/// A window on scripted workers.
#[allow(dead_code, reason = "not every test binary opens one without studies")]
pub fn app(cc: &CreationContext<'_>, peers: &Peers, memory: Option<std::path::PathBuf>) -> App {
    app_with_studies(cc, peers, &Studies::default(), memory)
}

/// A window on scripted workers and scripted studies.
pub fn app_with_studies(
    cc: &CreationContext<'_>,
    peers: &Peers,
    studies: &Studies,
    memory: Option<std::path::PathBuf>,
) -> App {
    let look: LookStudy = Arc::new(dkae_explorer::worker::look_into);
    app_with_folders(cc, peers, studies, look, memory)
}

/// A window on scripted workers and studies whose folders hold what a test says.
pub fn app_with_folders(
    cc: &CreationContext<'_>,
    peers: &Peers,
    studies: &Studies,
    look: LookStudy,
    memory: Option<std::path::PathBuf>,
) -> App {
    let peers = Arc::clone(peers);
    let studies = Arc::clone(studies);
    let services = Services {
        connect: Box::new(move |_wake| {
            let (link, peer) = pair(ROOM);
            peers.lock().unwrap().push(peer);
            Ok(Box::new(link))
        }),
        study: Box::new(move |request, _wake| {
            let (link, peer) = pair(ROOM);
            studies.lock().unwrap().push((request, peer));
            Ok(Box::new(link))
        }),
        look,
        report: Arc::new(dkae_explorer::ui::write_report),
        open: Arc::new(dkae_explorer::ui::read),
        preset: config,
    };
    let choice = DataChoice {
        samples: Some(2000),
        seed: 1,
        ..DataChoice::default()
    };
    let options = WindowOptions {
        choice,
        config: config(Preset::Quick),
        session: None,
        autosave: None,
        memory,
    };
    App::new(cc, options, services).unwrap()
}

/// Plays a run for the window.
pub struct Player {
    run: RunId,
    pub data: Arc<DataSet>,
    config: RunConfig,
    shown: Arc<ShownDigits>,
    images: Arc<Images>,
    cosine: Array2<f32>,
}

impl Player {
    pub fn new(request: &StartRequest) -> Self {
        let data = Arc::clone(&request.data);
        let mut indices: Vec<usize> = (0..300.min(data.len())).collect();
        let labels = data.labels().map(<[u8]>::to_vec);
        if let Some(labels) = &labels {
            indices.sort_by_key(|&index| labels[index]);
        }
        let pixels: Array2<f32> = data.rows(&indices);
        let mut unit = pixels.clone();
        for mut row in unit.outer_iter_mut() {
            let length = row.dot(&row).sqrt().max(1e-6);
            row /= length;
        }
        let shown = Arc::new(ShownDigits {
            set: HeldOut::Validation,
            labels: labels.map(|labels| indices.iter().map(|&index| labels[index]).collect()),
            indices,
            pixels,
            shape: data.shape(),
            collection: data.collection(),
        });
        let cosine = unit.dot(&unit.t());
        Self {
            run: request.run,
            data,
            config: request.config.clone(),
            images: Arc::new(Images::of(&shown)),
            shown,
            cosine,
        }
    }

    pub fn message(&self, event: Event) -> Message {
        Message {
            run: self.run,
            event,
        }
    }

    pub fn started(&self) -> Message {
        self.message(Event::Started(Box::new(RunSummary {
            data: self.data.name().to_owned(),
            checksum: self.data.checksum().to_owned(),
            shape: self.data.shape(),
            samples: [4200, 900, 900],
            config: self.config.clone(),
            dims: vec![784, 256, 256, 512, 128],
            parameters: 401_000,
            threads: 2,
        })))
    }

    /// Settings took effect before `step`: those that the run began with, but for a change.
    #[allow(dead_code, reason = "not every test binary changes one")]
    pub fn applied(&self, step: u64, change: impl FnOnce(&mut LiveSettings)) -> Message {
        let mut settings = LiveSettings::of(&self.config);
        change(&mut settings);
        self.message(Event::Applied { step, settings })
    }

    /// A change of the settings that the run began with is refused.
    #[allow(dead_code, reason = "not every test binary refuses one")]
    pub fn refused(&self, change: impl FnOnce(&mut LiveSettings), reason: &str) -> Message {
        let mut settings = LiveSettings::of(&self.config);
        change(&mut settings);
        let reason = reason.to_owned();
        self.message(Event::Refused { settings, reason })
    }

    pub fn progress(&self, phase: PhaseKind, done: usize, total: usize) -> Message {
        self.message(Event::Progress(Progress {
            phase,
            done,
            total,
            layer: None,
            step: done as u64,
            steps_per_second: Some(213.4),
            flops: Some(1.6e11),
            fma_limit: 2.3e11,
            settling: false,
            seconds_left: Some((total - done) as f64 / 213.4),
        }))
    }

    pub fn losses(&self, steps: std::ops::Range<u64>) -> Message {
        let points = steps.map(|step| self.loss(step, 0.06)).collect();
        self.message(Event::Losses(points))
    }

    pub fn loss(&self, step: u64, wobble: f64) -> LossPoint {
        let fall = (-(step as f64) / 120.0).exp();
        let noise = 1.0 + wobble * (step as f64 * 12.9898).sin();
        let (lr, lc) = ((0.019 + 0.09 * fall) * noise, (0.155 + 0.7 * fall) * noise);
        LossPoint {
            step,
            layer: None,
            lambda: 0.1,
            lr,
            lc,
            total: 0.9 * lr + 0.1 * lc,
        }
    }

    fn prior(&self) -> Array2<f32> {
        self.cosine
            .mapv(|value| ((value - 0.35).max(0.0) * 1.4).powi(2))
    }

    /// C and its company after `step` of 1,500 steps.
    pub fn codes(&self, step: u64) -> CodePicture {
        let near = 1.0 - (-(step as f32) / 300.0).exp();
        let prior = self.prior();
        let codes = Array2::from_shape_fn(prior.dim(), |(i, j)| {
            let wobble = ((i * 7919 + j * 104_729) % 97) as f32 / 97.0 - 0.5;
            near * prior[[i, j]] + (1.0 - near) * self.cosine[[i, j]] * 0.6 + 0.06 * wobble
        });
        let point = self.loss(step, 0.0);
        CodePicture {
            matrix: Arc::new(Matrix::new(codes)),
            codes: Arc::new(Array2::zeros((self.shown.indices.len(), 2))),
            reconstructions: Arc::new(&self.shown.pixels * near),
            step,
            lambda: 0.1,
            scores: Scores {
                samples: self.shown.indices.len(),
                lr: point.lr,
                lc_c_p: point.lc,
                lc_p_ki: self.shown.labels.as_ref().map(|_| 0.9712),
                lc_c_ki: self.shown.labels.as_ref().map(|_| 0.9688),
            },
            coder: None,
        }
    }

    /// The same of a real network with these layers between the images and its `code` units, as it begins:
    /// its codes, C and its reconstructions are its own.
    #[allow(dead_code, reason = "not every test looks inside a network")]
    pub fn codes_of(&self, step: u64, hidden: &[usize], code: usize) -> CodePicture {
        let pixels = self.shown.pixels.view();
        let layers = [&[pixels.ncols()], hidden, &[code]];
        let architecture = Architecture {
            dims: layers.concat(),
            hidden: Activation::Relu,
            code: Activation::Identity,
            output: Activation::Sigmoid,
        };
        let network = Autoencoder::new(architecture, &mut Pcg64Mcg::seed_from_u64(step));
        let codes = network.encode(pixels);
        CodePicture {
            matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
            reconstructions: Arc::new(network.decode(codes.view())),
            codes: Arc::new(codes),
            coder: Some(Coder::of(network)),
            ..self.codes(step)
        }
    }

    /// What there is after `step` of 1,500 steps.
    pub fn parts(&self, step: u64) -> Parts {
        let labels = self.shown.labels.as_ref();
        Parts {
            made: Arc::new(Made {
                data: Some((self.data.name().to_owned(), self.data.checksum().to_owned())),
                samples: Some([4200, 900, 900]),
                began: self.config.clone(),
                schedule: Schedule::default(),
                plan: None,
            }),
            images: Arc::clone(&self.images),
            prior: Some(Arc::new(PriorPicture {
                matrix: Arc::new(Matrix::new(self.prior())),
                mixtures: Some((870, 870)),
                lc_p_ki: labels.map(|_| 0.9712),
            })),
            codes: Some(Arc::new(self.codes(step))),
            kernel: None,
            denoising: Some(Arc::new(self.denoising(step))),
            test: None,
        }
    }

    /// The state after `step` of 1,500 steps.
    pub fn snapshot(&self, step: u64) -> Snapshot {
        self.snapshot_of(&self.parts(step))
    }

    /// The state of a run of which this is there.
    pub fn snapshot_of(&self, parts: &Parts) -> Snapshot {
        Snapshot {
            run: self.run,
            exhibit: Arc::new(parts.exhibit()),
            own: None,
            fitted: None,
            denoising: None,
            published: std::time::Instant::now(),
        }
    }

    fn denoising(&self, step: u64) -> DenoisingPicture {
        let indices = self.shown.indices.clone();
        let clean: Array2<f32> = self.data.rows(&indices);
        let noisy = |amount: f32| {
            Array2::from_shape_fn(clean.dim(), |(i, j)| {
                let wobble = ((i * 7919 + j * 104_729) % 1009) as f32 / 1009.0 - 0.5;
                clean[[i, j]] + amount * wobble
            })
        };
        let row = |method, amount: f32, error: f64| DenoisedRow {
            method,
            images: Some(Arc::new(noisy(amount))),
            error: Some(error),
            each: (0..300)
                .map(|index| error * (1.0 + 0.2 * f64::from(index).sin()))
                .collect(),
            note: None,
        };
        DenoisingPicture {
            set: HeldOut::Validation,
            config: self.config.denoising,
            step,
            samples: 900,
            rows: vec![
                row(Method::Noisy, 0.9, 0.0625),
                row(Method::Kpca, 0.4, 0.0337),
                row(Method::DkaePca, 0.3, 0.0262),
                row(Method::DkaeStraight, 0.3, 0.0247),
                row(Method::LinearPca, 0.2, 0.0171),
            ],
            indices,
        }
    }
}

/// Digits from the program, for scripts without a window.
#[allow(dead_code)]
pub fn digits() -> DataSet {
    Source::bundled()
        .unwrap()
        .select(&Selection {
            samples: Some(2000),
            classes: None,
            seed: 1,
        })
        .unwrap()
}

/// The next command, if there is one.
pub fn heard(peers: &Peers) -> Option<Command> {
    peers
        .lock()
        .unwrap()
        .last()
        .and_then(|peer| peer.commands.try_recv().ok())
}
