//! A session comes back as it was, goes on to the bit, and is refused where it is not what it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::data::tensors::{TensorFile, write_tensors};
use crate::data::{Collection, DataSet, Selection, Source};
use crate::training::config::{PckConfig, PriorConfig};
use crate::training::observer::{self, Curves};
use crate::training::{Advance, LiveSettings, Run, RunConfig};

fn selection() -> Selection {
    Selection {
        samples: Some(120),
        ..Selection::default()
    }
}

fn data() -> Arc<DataSet> {
    Arc::new(Source::bundled().unwrap().select(&selection()).unwrap())
}

fn config() -> RunConfig {
    let mut config = RunConfig {
        prior: PriorConfig::Pck(PckConfig {
            restarts: 2,
            max_components: 4,
            fit_samples: 40,
            ..PckConfig::default()
        }),
        shown: 10,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![12], 6);
    (config.training.batch, config.training.steps) = (16, 40);
    config
}

fn record(data: &DataSet) -> Arc<DataRecord> {
    let none = (&[][..], None);
    Arc::new(DataRecord::of(data, selection(), none, Collection::Mnist))
}

/// A run after `steps` steps, whose λ was moved at the half, and its losses.
fn run(steps: u64) -> (Run, Curves) {
    let mut run = Run::new(data(), &config()).unwrap();
    let mut curves = Curves::default();
    while run.trainer().is_none_or(|trainer| trainer.steps() < steps) {
        observer::advance(&mut run, &mut [&mut curves]).unwrap();
        if run.trainer().is_some_and(|t| t.steps() == steps / 2) {
            let lambda = 0.4;
            let live = run.live();
            run.steer(&LiveSettings { lambda, ..live }).unwrap();
        }
    }
    (run, curves)
}

fn kept(run: &Run, curves: &Curves) -> KeptNetwork {
    let losses = (curves.training.clone(), curves.validation.clone());
    KeptNetwork::of_run(run, Standing::Working, record(run.data()), losses)
}

fn session(networks: Vec<KeptNetwork>) -> Session {
    Session {
        closed: false,
        threads: 2,
        settings: config(),
        data: record(&data()),
        networks,
    }
}

/// The session through a file.
fn there_and_back(session: &Session) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dkae");
    session.write(&path).unwrap();
    Session::read(&path).unwrap()
}

/// Trains to the end; the parameters' bits, and the losses.
fn finish(run: &mut Run, curves: &mut Curves) -> Vec<u32> {
    while !matches!(
        observer::advance(run, &mut [curves]).unwrap(),
        Advance::Over
    ) {}
    let network = run.trainer().unwrap().network();
    network.parameters().iter().map(|x| x.to_bits()).collect()
}

#[test]
fn a_run_that_was_kept_and_opened_goes_on_to_the_bit() {
    for steps in [0, 2, 17, 40] {
        let (mut whole, mut losses) = run(steps);
        let mut back = there_and_back(&session(vec![kept(&whole, &losses)]));
        let entries = whole.schedule().clone();
        let weights = finish(&mut whole, &mut losses);

        let again = back.networks.remove(0);
        assert_eq!((again.role, again.step()), (Role::Run, steps));
        assert_eq!(again.began(), &config());
        let Held::Network(checkpoint) = &again.held else {
            panic!("a run that trains has a network");
        };
        // As in another process: from the data by name, and the prior fitted anew.
        let data = Arc::new(again.data.find(None).unwrap());
        let mut run = Run::reopen(data, checkpoint.as_ref().clone()).unwrap();
        assert!(run.is_reopening());
        assert_eq!(run.schedule(), &entries);
        let mut curves = Curves {
            training: again.training,
            validation: again.validation,
        };
        assert_eq!(finish(&mut run, &mut curves), weights, "{steps} steps");
        assert_eq!(curves.training, losses.training);
        assert_eq!(curves.validation, losses.validation);
        assert_eq!(run.scores(), whole.scores());
    }
}

#[test]
fn a_run_kept_while_its_prior_is_fitted_begins_again() {
    let mut run = Run::new(data(), &config()).unwrap();
    run.advance().unwrap();
    let back = there_and_back(&session(vec![kept(&run, &Curves::default())]));
    let Held::Settings(settings) = &back.run().unwrap().held else {
        panic!("there is no network yet");
    };
    assert_eq!(**settings, config());
    // One that is on its way back is kept as it was, not as it is.
    let (run, curves) = self::run(5);
    let Held::Network(checkpoint) = kept(&run, &curves).held else {
        panic!("a run that trains has a network");
    };
    let mut again = Run::reopen(data(), checkpoint.as_ref().clone()).unwrap();
    again.advance().unwrap();
    assert!(again.is_reopening());
    assert_eq!(kept(&again, &curves).step(), 5);
}

#[test]
fn networks_beside_the_run_come_back_in_their_order() {
    let (run, curves) = run(3);
    let beside = |role, name: &str, lambda| KeptNetwork {
        role,
        name: name.to_owned(),
        lambda,
        standing: Standing::Finished,
        ..kept(&run, &curves)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dkae");
    let keeper = Keeper::spawn(Box::new(|| ())).unwrap();
    let more = vec![
        beside(Role::Pin, "λ as it was", 0.1),
        beside(Role::Rung, "", 0.0),
        beside(Role::Rung, "", 1.0),
    ];
    assert!(keeper.keep(Job {
        path: path.clone(),
        session: session(vec![kept(&run, &curves)]),
        beside: Some(Box::new(move || more)),
        make_folder: false,
    }));
    let written = keeper.wait(Duration::from_secs(20)).unwrap();
    written.result.unwrap();
    assert!(keeper.is_idle());
    let back = Session::read(&path).unwrap();
    let found: Vec<_> = back
        .networks
        .iter()
        .map(|kept| (kept.role, kept.name.as_str(), kept.lambda))
        .collect();
    let expected = [
        (Role::Run, "", 0.4),
        (Role::Pin, "λ as it was", 0.1),
        (Role::Rung, "", 0.0),
        (Role::Rung, "", 1.0),
    ];
    assert_eq!(found, expected);
    assert!(back.run().is_some() && !back.closed && back.threads == 2);
    assert_eq!(back.settings, config());
}

#[test]
fn what_cannot_be_written_is_told_and_the_keeper_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::spawn(Box::new(|| ())).unwrap();
    for (path, fine) in [("no/such/a.dkae", false), ("a.dkae", true)] {
        assert!(keeper.keep(Job {
            path: folder.path().join(path),
            session: session(Vec::new()),
            beside: None,
            make_folder: false,
        }));
        let written = keeper.wait(Duration::from_secs(20)).unwrap();
        assert_eq!(written.result.is_ok(), fine);
    }
}

/// Why `path` is refused, in a line that names it.
#[track_caller]
fn refused(path: &Path) -> String {
    let said = Session::read(path).map(|_| ()).unwrap_err().to_string();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(said.contains(&name) && !said.contains('\n'), "{said}");
    said
}

#[test]
fn a_file_that_is_cut_or_has_another_bit_is_refused() {
    let (run, curves) = run(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hurt.dkae");
    session(vec![kept(&run, &curves)]).write(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    for part in 0..50 {
        fs::write(&path, &whole[..part * whole.len() / 50]).unwrap();
        refused(&path);
    }
    // Many bits of the header, some of all others.
    let header = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let bits = (0..8 * header).step_by(7);
    for bit in bits.chain((8 * header..8 * whole.len()).step_by(60_013)) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        refused(&path);
    }
    fs::write(&path, &whole).unwrap();
    Session::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    refused(&path);
}

#[test]
fn another_version_another_format_and_several_runs_are_told_apart() {
    let (run, curves) = run(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.dkae");
    let network = kept(&run, &curves);
    session(vec![network.clone()]).write(&path).unwrap();
    let file = TensorFile::read(&path).unwrap();
    let text = |name: &str| (name.to_owned(), file.text(name).unwrap().to_owned());
    let texts = BTreeMap::from(["format", "version", "session"].map(text));
    let with = |name: &str, value: &str| {
        let mut texts = texts.clone();
        texts.insert(name.to_owned(), value.to_owned());
        write_tensors(&path, Vec::new(), &texts).unwrap();
        refused(&path)
    };
    let version = with("version", "2");
    assert!(version.contains("version 2") && version.contains("version 1"));
    assert!(with("format", "a picture").contains("no session"));
    assert!(with("session", "{}").contains("cannot be understood"));
    // The network that the text speaks of is not there.
    assert!(with("version", "1").contains("0."));
    session(vec![network.clone(), network])
        .write(&path)
        .unwrap();
    assert!(refused(&path).contains("several runs"));
    fs::write(&path, "no tensors").unwrap();
    refused(&path);
}

#[test]
fn a_session_of_other_data_says_both_sums() {
    let (run, curves) = run(3);
    let mut session = session(vec![kept(&run, &curves)]);
    let mut other = session.data.as_ref().clone();
    other.selection.seed += 1;
    session.networks[0].data = Arc::new(other.clone());
    let back = there_and_back(&session);
    let said = back.networks[0].data.find(None).err().unwrap().to_string();
    let found = Source::bundled().unwrap().select(&other.selection).unwrap();
    for sum in [&other.sha256, found.checksum()] {
        assert!(said.contains(&sum[..12]), "{said}");
    }
    // Nor does the network fit other samples, should somebody try.
    let Held::Network(checkpoint) = &back.networks[0].held else {
        panic!("a run that trains has a network");
    };
    let more = Selection {
        samples: Some(140),
        ..selection()
    };
    let more = Arc::new(Source::bundled().unwrap().select(&more).unwrap());
    assert!(Run::reopen(more, checkpoint.as_ref().clone()).is_err());
}
