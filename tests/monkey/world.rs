//! A window on small data and small settings, all else as in the program.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dkae_explorer::training::config::{
    Activation, CopiesConfig, Preset, PretrainingConfig, PriorConfig, Ramp, RunConfig,
};
use dkae_explorer::ui::{self, App, DataChoice, Services, WindowOptions};
use dkae_explorer::worker::study_protocol::StudyRequest;
use dkae_explorer::worker::{StudyHandle, WorkerHandle, look_into};
use egui_kittest::Harness;

use crate::common;
use crate::spy::{Lie, Spied, Truth};
use crate::study::{SpiedStudy, StudyTruth};

/// Threads of the worker and of studies.
const THREADS: usize = 2;
/// The smallest window that the program allows.
pub const SMALLEST: [f32; 2] = [1100.0, 700.0];

/// The folder of a round, with files to open.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shape = dkae_explorer::data::ImageShape {
            height: 8,
            width: 8,
        };
        let (pixels, labels) = common::pixels(300, shape);
        let number = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
        let head = [[0, 0, 8, 3], number(300), number(8), number(8)].concat();
        let images = [head, pixels].concat();
        let labels = [[[0, 0, 8, 1], number(300)].concat(), labels].concat();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        };
        write("train-images-idx3-ubyte", &images);
        write("train-labels-idx1-ubyte", &labels);
        write("unlabelled", &images);
        write("cut-short", &images[..images.len() / 2]);
        write("bad", b"not an IDX file at all");
        std::fs::create_dir(folder.path().join("a-folder")).unwrap();
        Self { folder }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn good(&self) -> PathBuf {
        self.root().join("train-images-idx3-ubyte")
    }
}

/// Files of a [`Place`] that a hand may drop or name: good ones, bad ones, and one that is not
/// there.
pub const FILES: [&str; 6] = [
    "train-images-idx3-ubyte",
    "unlabelled",
    "cut-short",
    "bad",
    "a-folder",
    "missing",
];

/// Settings that take a moment, of every kind: with and without pretraining, beyond the paper,
/// without end, and one that soon diverges.
fn settings(preset: Preset) -> RunConfig {
    let mut config = common::config(150);
    config.preset = preset;
    config.training.cool_down = 0.3;
    match preset {
        Preset::Quick => {}
        Preset::Denoise => {
            let training = &mut config.training;
            training.input_noise = 0.25;
            training.ramp = Some(Ramp::default());
            training.projection = Some(4);
            training.copies = Some(CopiesConfig::default());
        }
        Preset::Balanced => {
            config.training.steps = 80;
            config.training.pretraining = Some(PretrainingConfig {
                steps_per_layer: 30,
                learning_rate: 3e-3,
            });
            config.network.hidden_activation = Activation::Sigmoid;
            config.network.code_activation = Activation::Sigmoid;
        }
        Preset::Paper => config.training.steps = 1_000_000,
        Preset::PaperFull => {
            config.prior = PriorConfig::Cosine;
            config.network.hidden_activation = Activation::Identity;
            config.network.code_activation = Activation::Identity;
            config.training.learning_rate = 1.0;
        }
    }
    config
}

/// A study of the same kind as was asked for, on a few digits and a few steps.
fn small_study(mut request: StudyRequest, place: &Path) -> StudyRequest {
    let plan = &mut request.plan;
    plan.config = RunConfig {
        preset: plan.config.preset,
        ..common::config(20)
    };
    plan.samples = 300;
    plan.seeds.truncate(1);
    plan.lambdas.truncate(2);
    plan.code_sizes.truncate(2);
    plan.code_sizes.iter_mut().for_each(|n| *n = (*n).min(8));
    plan.code_sizes.dedup();
    plan.spectrum = plan.spectrum.min(8);
    plan.denoising.components = plan.denoising.components.min(4);
    plan.denoising.classes = (0..10).collect();
    plan.denoising.longer = 1;
    plan.denoising.prior_widths.truncate(1);
    plan.denoising.widths.truncate(1);
    plan.denoising.ridges.truncate(1);
    plan.denoising.prior_widths.truncate(1);
    plan.denoising.longer = 1;
    request.images = Some(place.join("train-images-idx3-ubyte"));
    request.threads = THREADS;
    request
}

/// A window whose first run has this preset; what its worker and its studies say is written down.
pub fn open(
    place: &Place,
    (truth, studies): (&Arc<Mutex<Truth>>, &Arc<Mutex<StudyTruth>>),
    (preset, lie): (Preset, Lie),
) -> Harness<'static, App> {
    let (good, root) = (place.good(), place.root().to_owned());
    let (truth, studies, folder) = (Arc::clone(truth), Arc::clone(studies), root.clone());
    // Digits that come with the program are played by the small ones.
    let open: ui::Open = Arc::new(move |choice: &DataChoice| {
        let own = choice
            .path
            .clone()
            .filter(|path| path.is_relative() || path.starts_with(&root));
        let shipped = own.is_none();
        ui::read(&DataChoice {
            path: Some(own.unwrap_or_else(|| good.clone())),
            samples: choice.samples.map(|n| if shipped { n.min(300) } else { n }),
            ..choice.clone()
        })
    });
    Harness::builder()
        .with_size(SMALLEST)
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |cc| {
            let services = Services {
                connect: Box::new(move |wake| {
                    let worker = WorkerHandle::spawn(THREADS, wake)?;
                    Ok(Box::new(Spied::new(worker, Arc::clone(&truth), lie)))
                }),
                study: Box::new(move |request, wake| {
                    let request = small_study(request, &folder);
                    let study = StudyHandle::start(request, wake)?;
                    Ok(Box::new(SpiedStudy::new(study, Arc::clone(&studies))))
                }),
                look: Arc::new(look_into),
                report: Arc::new(ui::write_report),
                open,
                preset: settings,
            };
            let options = WindowOptions {
                choice: DataChoice::default(),
                config: settings(preset),
                session: None,
                autosave: None,
                memory: None,
            };
            App::new(cc, options, services).unwrap()
        })
}
