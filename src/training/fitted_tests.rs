//! Runs with a kept prior against runs that fit their own.

use super::*;
use crate::data::ImageShape;
use crate::kernel::PckConfig;
use crate::training::{Advance, PhaseKind};

fn data(salt: u32) -> Arc<DataSet> {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..1_600_u32)
        .map(|i| (i * i * 7 % (253 - salt)) as u8)
        .collect();
    Arc::new(DataSet::new("noise", shape, pixels, None).unwrap())
}

fn config() -> RunConfig {
    let mut config = RunConfig {
        prior: PriorConfig::Pck(PckConfig {
            restarts: 2,
            max_components: 4,
            fit_samples: 40,
            ..PckConfig::default()
        }),
        shown: 8,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![9], 4);
    (config.training.batch, config.training.steps) = (20, 10);
    config.training.copies = None;
    config
}

fn with_copies(count: usize) -> RunConfig {
    let mut config = config();
    config.training.copies = Some(CopiesConfig {
        count,
        ..CopiesConfig::default()
    });
    config
}

fn finished(mut run: Run) -> Run {
    while !matches!(run.advance().unwrap(), Advance::Over) {}
    run
}

fn weights(run: Run) -> Vec<f32> {
    let run = finished(run);
    run.trainer().unwrap().network().parameters().to_vec()
}

#[test]
fn a_run_with_a_kept_prior_trains_at_once_and_comes_to_the_same() {
    let data = data(0);
    let mut stock = PriorStock::default();
    stock.keep(&Run::new(Arc::clone(&data), &config()).unwrap());
    let first = stock.run(Arc::clone(&data), &config()).unwrap();
    assert_eq!(first.progress().0, PhaseKind::Prior, "nothing was complete");
    stock.keep(&finished(first));

    let mut other = config();
    (other.training.lambda, other.network.code) = (0.6, 3);
    let again = stock.run(Arc::clone(&data), &other).unwrap();
    assert_eq!(again.progress().0, PhaseKind::Training);
    let anew = Run::new(Arc::clone(&data), &other).unwrap();
    assert_eq!(weights(again), weights(anew));
    // The same images from another file.
    let copy = Arc::new(DataSet::clone(&data));
    let again = stock.run(copy, &other).unwrap();
    assert_eq!(again.progress().0, PhaseKind::Training);
}

#[test]
fn what_p_follows_from_makes_another_prior() {
    let mut stock = PriorStock::default();
    stock.keep(&finished(Run::new(data(0), &config()).unwrap()));
    let mut phase = |data, config: &RunConfig| stock.run(data, config).unwrap().progress().0;
    assert_eq!(phase(data(0), &config()), PhaseKind::Training);
    let changes: [fn(&mut RunConfig); 2] = [
        |config| config.seed += 1,
        |config| {
            if let PriorConfig::Pck(pck) = &mut config.prior {
                pck.restarts += 1;
            }
        },
    ];
    for change in changes {
        let mut other = config();
        change(&mut other);
        assert_eq!(phase(data(0), &other), PhaseKind::Prior);
    }
    assert_eq!(phase(data(2), &config()), PhaseKind::Prior);
}

#[test]
fn the_oldest_goes_and_settings_of_a_run_that_has_begun_are_still_refused() {
    let mut stock = PriorStock::default();
    for seed in 0..5 {
        let config = RunConfig { seed, ..config() };
        stock.keep(&finished(Run::new(data(0), &config).unwrap()));
    }
    let mut phase = |seed| {
        let config = RunConfig { seed, ..config() };
        stock.run(data(0), &config).unwrap().progress().0
    };
    let kept = [0, 1, 2, 3, 4].map(|seed| phase(seed) == PhaseKind::Training);
    assert_eq!(kept, [false, false, true, true, true]);
    let mut bad = RunConfig {
        seed: 4,
        ..config()
    };
    bad.training.lambda = 2.0;
    assert!(stock.run(data(0), &bad).is_err());
}

#[test]
fn copies_are_placed_once_for_the_same_settings() {
    let data = data(0);
    let mut stock = PriorStock::default();
    stock.keep(&finished(
        Run::new(Arc::clone(&data), &with_copies(2)).unwrap(),
    ));
    let mut other = with_copies(2);
    other.training.lambda = 0.6;
    let again = stock.run(Arc::clone(&data), &other).unwrap();
    assert_eq!(again.progress().0, PhaseKind::Training);
    let anew = Run::new(Arc::clone(&data), &other).unwrap();
    assert_eq!(weights(again), weights(anew));
    // Others are placed, and a run without any has none.
    let three = stock.run(Arc::clone(&data), &with_copies(3)).unwrap();
    assert_eq!(three.progress().0, PhaseKind::Posteriors);
    let none = stock.run(Arc::clone(&data), &config()).unwrap();
    let anew = Run::new(data, &config()).unwrap();
    assert_eq!(weights(none), weights(anew));
}

#[test]
fn a_large_prior_stays_until_the_next_run_has_another() {
    let mut stock = PriorStock {
        room: 99,
        ..PriorStock::default()
    };
    let finished = |seed| {
        let config = RunConfig { seed, ..config() };
        finished(Run::new(data(0), &config).unwrap())
    };
    let phase = |stock: &mut PriorStock, seed| {
        let config = RunConfig { seed, ..config() };
        stock.run(data(0), &config).unwrap().progress().0
    };
    stock.keep(&finished(0));
    assert_eq!(phase(&mut stock, 0), PhaseKind::Training, "its own");
    assert_eq!(phase(&mut stock, 0), PhaseKind::Training, "and again");
    assert_eq!(phase(&mut stock, 1), PhaseKind::Prior);
    assert_eq!(phase(&mut stock, 0), PhaseKind::Prior, "it went");

    // What goes are the others, be the run's own the newest or not.
    for own in [0, 1] {
        stock.keep(&finished(0));
        stock.keep(&finished(1));
        assert_eq!(phase(&mut stock, own), PhaseKind::Training);
        assert_eq!(phase(&mut stock, 1 - own), PhaseKind::Prior);
        assert_eq!(phase(&mut stock, own), PhaseKind::Prior, "by now it went");
    }

    // There is room for one of 100 samples, but not for two.
    stock.room = 100;
    stock.keep(&finished(0));
    assert_eq!(phase(&mut stock, 1), PhaseKind::Prior);
    assert_eq!(phase(&mut stock, 0), PhaseKind::Training, "it stayed");
    stock.keep(&finished(1));
    assert_eq!(phase(&mut stock, 2), PhaseKind::Prior);
    assert_eq!(phase(&mut stock, 1), PhaseKind::Training, "the newest");
    assert_eq!(phase(&mut stock, 0), PhaseKind::Prior, "the older one went");
}
