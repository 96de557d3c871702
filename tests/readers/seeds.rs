//! Good files of every kind, small, for mutations to begin with.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use dkae_explorer::data::png::{self, Picture, Pixels};
use dkae_explorer::data::{
    Collection, DataRecord, DataSet, ImageShape, Selection, Source, Split, idx,
};
use dkae_explorer::experiment::plan::{Experiment, Plan};
use dkae_explorer::experiment::store::Sizes;
use dkae_explorer::experiment::study::{Study, StudyAdvance};
use dkae_explorer::kernel::{self, PriorKernel};
use dkae_explorer::session::{Held, KeptNetwork, Role, Session, Standing};
use dkae_explorer::training::config::{Preset, PretrainingConfig, PriorConfig};
use dkae_explorer::training::observer::{self, Curves};
use dkae_explorer::training::{LiveSettings, Run, RunConfig};
use flate2::Compression;
use flate2::write::GzEncoder;
use safetensors::SafeTensors;

use super::common;

const SHAPE: ImageShape = ImageShape {
    height: 8,
    width: 8,
};

/// A folder whose files cost little: in memory where the system has such a place.
pub fn fast_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = tempfile::tempdir_in(memory)
    {
        return folder;
    }
    tempfile::tempdir().unwrap()
}

/// `data` packed.
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(data).unwrap();
    packed.finish().unwrap()
}

/// 300 images of 8×8 in ten classes.
pub fn data() -> Arc<DataSet> {
    static DATA: OnceLock<Arc<DataSet>> = OnceLock::new();
    Arc::clone(DATA.get_or_init(common::data))
}

/// A prior kernel on them.
pub fn prior() -> Arc<dyn PriorKernel> {
    static PRIOR: OnceLock<Arc<dyn PriorKernel>> = OnceLock::new();
    let make = || {
        let (data, seed) = (data(), common::config(1).seed);
        let split = Split::new(data.len(), seed);
        Arc::from(kernel::build(&PriorConfig::Cosine, &data, &split.training, seed).unwrap())
    };
    Arc::clone(PRIOR.get_or_init(make))
}

/// Files of images, plain and packed.
pub fn images() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for (height, width, count) in [(8, 8, 5), (1, 1, 3), (3, 5, 2), (28, 28, 2), (2, 2, 0)] {
        let shape = ImageShape { height, width };
        let (pixels, _) = common::pixels(count, shape);
        let plain = idx::encode_images(shape, &pixels);
        files.extend([gzip(&plain), plain]);
    }
    files
}

/// Files of labels, plain and packed.
pub fn labels() -> Vec<Vec<u8>> {
    let files = [&[][..], &[3], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
    let files = files.map(idx::encode_labels);
    files
        .iter()
        .map(|file| gzip(file))
        .chain(files.clone())
        .collect()
}

/// Pictures.
pub fn pictures() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let mut files = Vec::new();
    for (width, height) in [(3, 2), (16, 9)] {
        let count = (width * height) as usize;
        let grey = Pixels::Grey((0..count).map(|i| (i * 37) as u8).collect());
        let rgba = Pixels::Rgba((0..4 * count).map(|i| (i * 11) as u8).collect());
        for pixels in [grey, rgba] {
            let picture = Picture {
                width,
                height,
                pixels,
            };
            png::write(
                &path,
                &picture,
                &[("Title", "P"), ("Description", "λ = 0.1")],
            )
            .unwrap();
            files.push(fs::read(&path).unwrap());
        }
    }
    files
}

/// Settings: each preset's, each kernel's.
pub fn settings() -> Vec<Vec<u8>> {
    let presets = [
        Preset::Quick,
        Preset::Balanced,
        Preset::Paper,
        Preset::PaperFull,
    ];
    let mut all: Vec<RunConfig> = presets.map(Preset::config).into();
    let priors = [
        PriorConfig::Rbf { width: 0.5 },
        PriorConfig::Cosine,
        PriorConfig::Ideal,
    ];
    all.extend(priors.map(|prior| RunConfig {
        prior,
        ..common::config(5)
    }));
    let text = |config: &RunConfig| serde_json::to_vec_pretty(config).unwrap();
    all.iter().map(text).collect()
}

/// A file of tensors without its checksum, so that what is changed in it is read.
fn bare(bytes: &[u8]) -> Vec<u8> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let mut texts = metadata.metadata().clone().unwrap_or_default();
    texts.remove("sha256");
    safetensors::serialize(tensors.tensors(), Some(texts)).unwrap()
}

/// Checkpoints of runs with and without pretraining, with and without checksums.
pub fn checkpoints() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let mut files = Vec::new();
    for (pretraining, steps) in [(None, 3), (Some(4), 2), (Some(2), 6)] {
        let mut config = common::config(20);
        config.prior = PriorConfig::Cosine;
        config.network.hidden = vec![5];
        config.network.code = 3;
        config.training.pretraining = pretraining.map(|steps_per_layer| PretrainingConfig {
            steps_per_layer,
            learning_rate: 1e-3,
        });
        let mut run = Run::with_prior(data(), &config, prior()).unwrap();
        for _ in 0..steps {
            run.advance().unwrap();
        }
        run.checkpoint()
            .unwrap()
            .write(&path, BTreeMap::new())
            .unwrap();
        let sealed = fs::read(&path).unwrap();
        files.extend([bare(&sealed), sealed]);
    }
    files
}

/// Sessions of runs before and after their first step, with networks beside them; with checksums and
/// without.
pub fn sessions() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.dkae");
    let data = data();
    let none = (&[][..], None);
    let record = DataRecord::of(&data, Selection::default(), none, Collection::Mnist);
    let record = Arc::new(record);
    let mut files = Vec::new();
    for steps in [0, 2] {
        let mut config = common::config(20);
        config.prior = PriorConfig::Cosine;
        (config.network.hidden, config.network.code) = (vec![5], 3);
        let mut run = Run::with_prior(Arc::clone(&data), &config, prior()).unwrap();
        let mut curves = Curves::default();
        for _ in 0..steps {
            observer::advance(&mut run, &mut [&mut curves]).unwrap();
            let live = LiveSettings {
                lambda: run.live().lambda + 0.1,
                ..run.live()
            };
            run.steer(&live).unwrap();
        }
        let losses = (curves.training, curves.validation);
        let kept = KeptNetwork::of_run(&run, Standing::Paused, Arc::clone(&record), losses);
        let waiting = KeptNetwork {
            role: Role::Pin,
            held: Held::Settings(Box::new(config.clone())),
            ..kept.clone()
        };
        let session = Session {
            closed: steps > 0,
            threads: 1,
            settings: config,
            data: Arc::clone(&record),
            networks: vec![kept, waiting],
        };
        session.write(&path).unwrap();
        let sealed = fs::read(&path).unwrap();
        files.extend([bare(&sealed), sealed]);
    }
    files
}

/// Files of tensors: networks, pictures, checkpoints.
pub fn tensors() -> Vec<Vec<u8>> {
    let studies = study_files(true).into_iter().chain(study_files(false));
    let tensors = studies.filter(|(name, _)| name.extension().is_some_and(|e| e == "safetensors"));
    tensors
        .map(|(_, bytes)| bytes)
        .chain(checkpoints())
        .collect()
}

/// A small study of everything that is kept.
pub fn plan() -> Plan {
    let experiments = [
        Experiment::Table1,
        Experiment::Fig5,
        Experiment::Table2,
        Experiment::CodeSpace,
    ];
    let mut plan = Plan::of(Preset::Quick, &experiments, 0, 1);
    plan.samples = 300;
    plan.spectrum = 3;
    plan.denoising.classes = vec![0, 1, 2, 3, 4, 5, 6];
    plan.denoising.components = 2;
    (plan.denoising.widths, plan.denoising.ridges) = (vec![1.0], vec![0.5]);
    plan.config = common::config(3);
    plan.config.prior = PriorConfig::Rbf { width: 0.5 };
    plan.config.network.hidden = vec![4];
    plan.config.network.code = 2;
    plan.config.shown = 8;
    plan
}

fn source() -> Source {
    let folder = tempfile::tempdir().unwrap();
    let (pixels, labels) = common::pixels(300, SHAPE);
    let images = folder.path().join("t-images-idx3-ubyte");
    fs::write(&images, idx::encode_images(SHAPE, &pixels)).unwrap();
    let path = folder.path().join("t-labels-idx1-ubyte");
    fs::write(path, idx::encode_labels(&labels)).unwrap();
    Source::open(&images).unwrap()
}

/// The sizes of its results.
pub fn sizes() -> Sizes {
    static SIZES: OnceLock<Sizes> = OnceLock::new();
    *SIZES.get_or_init(|| Sizes::of(&plan(), &source()))
}

/// The checksum of its data.
pub fn checksum() -> String {
    static SUM: OnceLock<String> = OnceLock::new();
    let selection = Selection {
        samples: Some(plan().samples),
        ..Selection::default()
    };
    let sum = || source().select(&selection).unwrap().checksum().to_owned();
    SUM.get_or_init(sum).clone()
}

/// The files of the finished study, the header first; without checksums as before there were any.
pub fn study_files(sealed: bool) -> Vec<(PathBuf, Vec<u8>)> {
    static FILES: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut study = Study::open(plan(), source(), folder.path(), Duration::MAX).unwrap();
        while study.advance(&|| false).unwrap() != StudyAdvance::Over {}
        let mut files = vec![PathBuf::from("study.json")];
        for part in ["results", "networks"] {
            for entry in fs::read_dir(folder.path().join(part)).unwrap() {
                files.push(Path::new(part).join(entry.unwrap().file_name()));
            }
        }
        files.sort_by_key(|file| (file.components().count(), file.clone()));
        let read = |file: PathBuf| {
            let bytes = fs::read(folder.path().join(&file)).unwrap();
            (file, bytes)
        };
        files.into_iter().map(read).collect()
    });
    let mut files = files.clone();
    if !sealed {
        for (name, bytes) in &mut files {
            *bytes = if name
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let mut value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                value.as_object_mut().unwrap().remove("seal");
                serde_json::to_vec_pretty(&value).unwrap()
            } else {
                bare(bytes)
            };
        }
    }
    files
}

/// The study's files as [`super::targets::study`] takes them: the choice of a file, and the file.
pub fn studies() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for sealed in [true, false] {
        for (index, (_, bytes)) in study_files(sealed).iter().enumerate() {
            let choice = (index as u8) << 1 | u8::from(!sealed);
            seeds.push([&[choice], &bytes[..]].concat());
        }
    }
    seeds
}
