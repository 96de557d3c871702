//! What every reader has to hold against any bytes: it reads them or says why not, in a line that
//! names the file; what it has read is consistent, and what is made of it does not break.
//!
//! One function a reader, which tells whether there was something to read. `cargo test --test readers` feeds them mutations of good files,
//! `cargo fuzz` (folder `fuzz`) whatever libFuzzer finds.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use dkae_explorer::data::png::{self, Pixels};
use dkae_explorer::data::tensors::TensorFile;
use dkae_explorer::data::{Split, idx};
use dkae_explorer::experiment::plan::Task;
use dkae_explorer::experiment::store::{Basis, Store, StoreError};
use dkae_explorer::model::Autoencoder;
use dkae_explorer::session::{Held, Session};
use dkae_explorer::training::{Checkpoint, Run, RunConfig};
use ndarray::Array2;

use super::seeds;

/// What a file is called in messages.
const NAME: &str = "some-file";

/// The most that a test's file may ask for, so that a wrong size is an error and not a swap storm.
const MOST: usize = 1 << 20;

/// An error's message is one line about the file; nothing was read.
fn is_a_line(message: &str) -> bool {
    assert!(message.contains(NAME), "no file in {message:?}");
    assert!(!message.contains('\n'), "{message:?}");
    false
}

/// IDX images, plain or gzip.
pub fn images(data: &[u8]) -> bool {
    match idx::images_in(NAME, data) {
        Ok(images) => {
            let pixels = images.shape.pixels();
            assert!(pixels > 0 && images.pixels.len() % pixels == 0);
            if data[0] != 0x1f {
                assert_eq!(images.pixels.len() + 16, data.len());
            }
            true
        }
        Err(error) => is_a_line(&error.to_string()),
    }
}

/// IDX labels, plain or gzip.
pub fn labels(data: &[u8]) -> bool {
    match idx::labels_in(NAME, data) {
        Ok(labels) => {
            assert!(data[0] == 0x1f || labels.len() + 8 == data.len());
            true
        }
        Err(error) => is_a_line(&error.to_string()),
    }
}

/// The bytes packed by gzip are read as they are without, or neither way.
pub fn packed(data: &[u8]) -> bool {
    let packed = seeds::gzip(data);
    let (plain, unpacked) = (idx::images_in(NAME, data), idx::images_in(NAME, &packed));
    if data.starts_with(&[0x1f, 0x8b]) {
        return false;
    }
    let images = plain.is_ok();
    assert_eq!(plain.ok(), unpacked.ok());
    let (plain, unpacked) = (idx::labels_in(NAME, data), idx::labels_in(NAME, &packed));
    let labels = plain.is_ok();
    assert_eq!(plain.ok(), unpacked.ok());
    images || labels
}

/// Pictures.
pub fn picture(data: &[u8]) -> bool {
    let Ok((picture, _)) = png::decode(data) else {
        return false;
    };
    let pixels = picture.width as usize * picture.height as usize;
    match picture.pixels {
        Pixels::Grey(bytes) => assert_eq!(bytes.len(), pixels),
        Pixels::Rgba(bytes) => assert_eq!(bytes.len(), 4 * pixels),
    }
    true
}

/// Settings: those that pass the check can be worked with.
pub fn settings(data: &[u8]) -> bool {
    let Ok(config) = serde_json::from_slice::<RunConfig>(data) else {
        return false;
    };
    let data = seeds::data();
    let split = Split::new(data.len(), config.seed);
    if let Ok(checked) = config.check(&data, &split) {
        let architecture = checked.architecture();
        assert_eq!(architecture.dims[0], data.shape().pixels());
        assert!(architecture.sound_parameters(usize::MAX).is_some());
    }
    // What is written is read again as it was.
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<RunConfig>(&text).unwrap(), config);
    true
}

/// Files of tensors, and the network in them.
pub fn tensors(data: &[u8]) -> bool {
    let file = match TensorFile::parse(NAME.into(), data.to_vec()) {
        Ok(file) => file,
        Err(error) => return is_a_line(&error.to_string()),
    };
    for name in ["encoder.0.weight", "m", "codes", "adam.first", "order", "b"] {
        let numbers = file.floats(name).map(|floats| floats.len());
        if let Ok(matrix) = file.matrix(name) {
            assert_eq!(numbers.unwrap(), matrix.len());
        }
        let bytes = file.bytes(name).map_or(0, |bytes| bytes.len());
        let indices = file.indices(name).map_or(0, |indices| indices.len());
        assert!(bytes + 8 * indices <= data.len());
        let _ = file.text(name);
    }
    match Autoencoder::load(&file) {
        Ok(network) => {
            let dims = &network.architecture().dims;
            let parameters = network.architecture().parameters();
            assert_eq!(network.parameters().len(), parameters);
            assert!(parameters <= data.len() / 4);
            let codes = network.encode(Array2::zeros((1, dims[0])).view());
            assert_eq!(network.decode(codes.view()).dim(), (1, dims[0]));
        }
        Err(error) => _ = is_a_line(&error.to_string()),
    }
    true
}

/// Checkpoints: what is read goes on on its data or is refused.
pub fn checkpoint(data: &[u8]) -> bool {
    let Ok(file) = TensorFile::parse(NAME.into(), data.to_vec()) else {
        return false;
    };
    match Checkpoint::read(&file) {
        Ok(checkpoint) => goes_on(checkpoint),
        Err(error) => is_a_line(&error.to_string()),
    }
}

/// Sessions: what is read is consistent, and its networks go on on their data or are refused.
pub fn session(data: &[u8]) -> bool {
    let Ok(file) = TensorFile::parse(NAME.into(), data.to_vec()) else {
        return false;
    };
    let session = match Session::of(&file) {
        Ok(session) => session,
        Err(error) => return is_a_line(&error.to_string()),
    };
    for kept in session.networks {
        assert!((0.0..=1.0).contains(&kept.lambda));
        for points in [&kept.training, &kept.validation] {
            assert!(points.is_sorted_by(|a, b| a.step < b.step));
            assert!(points.len() <= data.len() / 32);
        }
        if let Held::Network(checkpoint) = kept.held {
            goes_on(Checkpoint::clone(&checkpoint));
        }
    }
    true
}

/// Whether a run goes on from `checkpoint`, or may where that would take more memory than is good for
/// a test.
fn goes_on(checkpoint: Checkpoint) -> bool {
    let network = checkpoint.config.network.hidden.iter().sum::<usize>();
    if network + checkpoint.config.network.code > MOST || checkpoint.config.training.batch > MOST {
        return true;
    }
    let (data, prior) = (seeds::data(), seeds::prior());
    if let Ok(mut run) = Run::resume(data, prior, checkpoint) {
        run.without_curves();
        // A loss that is not finite is an error, not a panic.
        let _ = run.advance();
        let _ = run.checkpoint();
        return true;
    }
    false
}

/// The folder that the study's files are read in, one file of it exchanged.
struct Folder {
    path: tempfile::TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// A finished study; `sealed` with its checksums, or as one was kept before there were any.
fn folder(sealed: bool) -> &'static Mutex<Folder> {
    static SEALED: OnceLock<Mutex<Folder>> = OnceLock::new();
    static BARE: OnceLock<Mutex<Folder>> = OnceLock::new();
    let place = if sealed { &SEALED } else { &BARE };
    place.get_or_init(|| {
        let path = seeds::fast_folder();
        let files = seeds::study_files(sealed);
        for part in ["results", "networks", "matrices"] {
            fs::create_dir(path.path().join(part)).unwrap();
        }
        for (file, bytes) in &files {
            fs::write(path.path().join(file), bytes).unwrap();
        }
        Mutex::new(Folder { path, files })
    })
}

/// A study's folder in which one file (chosen by the first byte) is the rest of `data`: what is
/// found has the sizes that pictures and reports count on, and what is not is named.
pub fn study(data: &[u8]) -> bool {
    let Some((&choice, data)) = data.split_first() else {
        return false;
    };
    let folder = folder(choice & 1 == 0);
    let folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
    let (name, original) = &folder.files[usize::from(choice >> 1) % folder.files.len()];
    let path = folder.path.path().join(name);
    fs::write(&path, data).unwrap();
    let looked = std::panic::catch_unwind(|| look(&folder, name, data == original));
    let _ = fs::remove_file(path.with_extension("json.damaged"));
    fs::write(&path, original).unwrap();
    looked.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Whether all of the folder could be read.
fn look(folder: &Folder, name: &std::path::Path, same: bool) -> bool {
    let (plan, sizes) = (seeds::plan(), seeds::sizes());
    let basis = Basis::of(&plan, seeds::checksum());
    let store = match Store::open(folder.path.path(), &basis) {
        Ok(store) => store,
        Err(StoreError::Other { .. } | StoreError::Unreadable { .. }) => {
            assert_eq!(name.to_str(), Some("study.json"));
            return false;
        }
        Err(error) => panic!("{error}"),
    };
    let found = store.find(&plan, &sizes);
    let findings = &found.findings;
    let missing = plan.tasks().into_iter().filter(|task| match *task {
        Task::Network(recipe) => findings.network(&recipe).is_none(),
        Task::Spectrum { seed } => findings.spectrum(seed).is_none(),
        Task::Course { seed } => findings.course(seed).is_none(),
        Task::Denoising { seed } => findings.denoised(seed).is_none(),
        Task::CodeSpace { seed } => findings.code_space(seed).is_none(),
    });
    let missing: Vec<Task> = missing.collect();
    // `study.json` alone can call all of it in question.
    let header = name.to_str() == Some("study.json");
    let damaged = &found.damaged;
    assert!(
        !same || (missing.is_empty() && damaged.is_empty() && store.notices().is_empty()),
        "{missing:?}, {damaged:?}, {:?}",
        store.notices()
    );
    let missing = missing.len();
    assert!(header || missing + usize::from(findings.seeds.is_empty()) <= 1);
    assert_eq!(
        found.damaged.len(),
        missing + usize::from(findings.seeds.is_empty()),
        "{:?}",
        found.damaged
    );
    let n = sizes.shown;
    for (_, seed) in &findings.seeds {
        assert_eq!((seed.prior.dim(), seed.shape), ((n, n), sizes.shape));
        assert_eq!(seed.originals.ncols(), sizes.shape.pixels());
    }
    for network in &findings.networks {
        assert_eq!(network.picture.codes.dim(), (n, n));
        assert_eq!(
            network.picture.reconstructions.ncols(),
            sizes.shape.pixels()
        );
    }
    for spectrum in &findings.spectra {
        assert_eq!(spectrum.kernel(1).dim(), (n, n));
        assert_eq!(spectrum.figures.test.len(), spectrum.scores.ncols());
    }
    for denoising in &findings.denoising {
        for (_, images) in &denoising.rows {
            assert_eq!(images.dim(), denoising.clean.dim());
        }
        assert_eq!(denoising.shape, sizes.shape);
    }
    found.damaged.is_empty()
}
