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
    assert!(step.gflops > 0.0 && step.fma_limit_gflops > 0.0);
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
fn memory_has_been_used_where_the_system_tells() {
    assert!(peak_resident_bytes().is_none_or(|bytes| bytes > 1 << 20));
}
