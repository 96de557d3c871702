use std::sync::Arc;

use super::*;
use crate::data::{DataSet, Selection, Source};

fn digits() -> Arc<DataSet> {
    let selection = Selection {
        samples: Some(400),
        ..Selection::default()
    };
    Arc::new(Source::bundled().unwrap().select(&selection).unwrap())
}

fn small() -> BenchConfig {
    BenchConfig {
        dims: vec![784, 20, 6],
        batch: 30,
        mixtures: PckConfig {
            restarts: 2,
            max_components: 4,
            fit_samples: 60,
            ..PckConfig::default()
        },
        training: 280,
        pairs: 5,
        components: 3,
        runs: Some(2),
        ..BenchConfig::default()
    }
}

#[test]
fn every_piece_is_measured_as_often_as_asked() {
    let mut begun = Vec::new();
    let mut bench = Bench::new(digits(), small()).unwrap();
    let report = bench
        .measure(&Piece::ALL, |piece| begun.push(piece))
        .unwrap();
    assert_eq!(begun, Piece::ALL);
    let step = report.step.unwrap();
    // By hand, as in the test of a study's pace: six products a layer, five in the first, and two of
    // the codes with each other.
    let flops = 2.0 * 30.0 * (5.0 * 784.0 * 20.0 + 6.0 * 20.0 * 6.0 + 2.0 * 30.0 * 6.0);
    let found = step.gflops * 1e9 * step.timing.median_s;
    assert!((found / flops - 1.0).abs() < 1e-9, "{found} {flops}");
    // From a hundredth of what a core of this century does to more than a thousand of them do.
    let limit = step.fma_limit_gflops;
    assert!((0.01..1e6).contains(&limit), "{limit}");
    let (eigen, preimage) = (report.eigen.unwrap(), report.preimage.unwrap());
    assert!(eigen.residual.unwrap() <= 1e-4 && preimage.residual.unwrap() <= 3e-4);
    assert_eq!((eigen.samples, preimage.samples), (280, 280));
    let (fit, posteriors) = (report.fit.unwrap(), report.posteriors.unwrap());
    assert_eq!((fit.samples, posteriors.samples), (60, 400));
    let timings = [step.timing, report.whole_step.unwrap(), fit.timing];
    for timing in timings.iter().chain([&posteriors.timing, &eigen.timing]) {
        assert_eq!(timing.runs, 2);
        assert!(timing.min_s > 0.0 && timing.min_s <= timing.median_s);
    }
}

#[test]
fn what_was_not_asked_for_is_not_in_the_json() {
    let mut bench = Bench::new(digits(), small()).unwrap();
    let report = bench.measure(&[Piece::Fit], |_| ()).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    assert!(json["fit"]["median_s"].as_f64().unwrap() > 0.0);
    assert_eq!(json["fit"]["runs"], 2);
    for piece in ["step", "whole_step", "posteriors", "eigen", "preimage"] {
        assert!(json.get(piece).is_none(), "{piece}");
    }
}

#[test]
fn sizes_that_do_not_fit_are_said() {
    let with = |change: fn(&mut BenchConfig)| {
        let mut config = small();
        change(&mut config);
        Bench::new(digits(), config).err().unwrap().to_string()
    };
    assert!(with(|c| c.dims = vec![100, 5]).contains("has to be 784"));
    assert!(with(|c| c.dims = vec![784]).contains("784"));
    assert!(with(|c| c.batch = 500).contains("500"));
    assert!(with(|c| c.mixtures.fit_samples = 401).contains("401"));
}

#[test]
fn sizes_that_just_fit_are_taken() {
    for change in [
        |c: &mut BenchConfig| c.dims = vec![784, 5],
        |c: &mut BenchConfig| c.batch = 400,
        |c: &mut BenchConfig| c.mixtures.fit_samples = 400,
    ] {
        let mut config = small();
        change(&mut config);
        assert!(Bench::new(digits(), config).is_ok());
    }
    let bench = Bench::new(digits(), small()).unwrap();
    let network = bench.run_config().network;
    assert_eq!((network.hidden, network.code), (vec![20], 6));
}

#[test]
fn what_cannot_be_measured_is_said_before_anything_is() {
    let refused = |change: fn(&mut BenchConfig), pieces: &[Piece]| {
        let mut config = small();
        change(&mut config);
        let mut begun = 0;
        let mut bench = Bench::new(digits(), config).unwrap();
        let error = bench.measure(pieces, |_| begun += 1).err();
        assert!(begun == 0 || error.is_none());
        error.map(|error| error.to_string()).unwrap_or_default()
    };
    let told = refused(|c| c.runs = Some(0), &[Piece::Fit]);
    assert!(told.contains("the number of runs is 0"), "{told}");
    // 280 of 400 samples train.
    let large = |c: &mut BenchConfig| c.batch = 300;
    let told = refused(large, &[Piece::Fit, Piece::Step]);
    assert!(told.contains("280"), "{told}");
    assert_eq!(refused(large, &[Piece::Fit]), "", "no step is asked for");
}

#[test]
fn memory_has_been_used_where_the_system_tells() {
    let held = vec![1_u8; 64 << 20];
    let pages = std::hint::black_box(&held).iter().step_by(4_096);
    assert_eq!(
        pages.map(|&byte| usize::from(byte)).sum::<usize>(),
        16 << 10
    );
    let found = peak_resident_bytes();
    assert_eq!(found.is_some(), cfg!(target_os = "linux"));
    assert!(found.is_none_or(|bytes| (64 << 20..1 << 44).contains(&bytes)));
}
