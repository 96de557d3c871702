use super::*;
use crate::data::{Selection, Source};
use crate::training::config::PriorConfig;

fn request(steps: usize, lambdas: &[f64]) -> LadderRequest {
    let selection = Selection {
        samples: Some(200),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let mut config = RunConfig {
        prior: PriorConfig::Cosine,
        shown: 20,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![16], 8);
    config.training.copies = None;
    (config.training.steps, config.training.batch) = (steps, 20);
    config.denoising.components = 4;
    let run = Run::new(Arc::clone(&data), &config).unwrap();
    LadderRequest {
        run: RunId(1),
        fitted: run.fitted().unwrap().clone(),
        lambdas: lambdas.to_vec(),
        near: 0.3,
        config,
        data,
    }
}

/// A rung of nothing, for tests of whoever shows it.
pub(crate) fn rung(lambda: f64) -> Rung {
    let asked = request(1, &[lambda]);
    let config = ladder::rung(&asked.config, lambda);
    let run = Run::with_prior(asked.data, &config, asked.fitted).unwrap();
    let parts = Camera::default().parts(&run, None);
    Rung {
        lambda,
        exhibit: Arc::new(named(parts.exhibit(), lambda)),
        losses: run.validation().unwrap(),
        checkpoint: run.checkpoint().unwrap(),
        finished: Instant::now(),
    }
}

/// The newest word when `holds`.
fn wait_until(
    handle: &LadderHandle,
    bell: &crossbeam_channel::Receiver<()>,
    holds: impl Fn(&LadderSnapshot) -> bool,
) -> Arc<LadderSnapshot> {
    loop {
        if let Some(newest) = handle.newest()
            && holds(&newest)
        {
            return newest;
        }
        let rung = bell.recv_timeout(Duration::from_secs(60));
        assert!(rung.is_ok(), "it never holds");
    }
}

fn start(request: LadderRequest) -> (LadderHandle, crossbeam_channel::Receiver<()>) {
    let (ring, bell) = crossbeam_channel::bounded(1);
    let wake = move || {
        let _ = ring.try_send(());
    };
    (LadderHandle::start(request, Box::new(wake)).unwrap(), bell)
}

#[test]
fn a_rung_is_the_network_that_a_run_under_its_lambda_comes_to() {
    let lambdas = [0.0, 0.25, 1.0];
    let asked = request(30, &lambdas);
    let (config, data, fitted) = (
        asked.config.clone(),
        Arc::clone(&asked.data),
        asked.fitted.clone(),
    );
    let (handle, bell) = start(asked);
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    let rungs: Vec<_> = newest.done().collect();
    assert_eq!(rungs.len(), 3);
    for (rung, lambda) in rungs.iter().zip(lambdas) {
        assert_eq!(rung.lambda, lambda);
        let mut config = config.clone();
        config.training.lambda = lambda;
        let alone = Threads::of(1, Rank::Foreground).install(|| {
            let mut run = Run::with_prior(Arc::clone(&data), &config, fitted.clone()).unwrap();
            while run.progress().0 != PhaseKind::Evaluation {
                run.advance().unwrap();
            }
            run.validation().unwrap()
        });
        assert_eq!(rung.losses, alone);
        assert_eq!(rung.checkpoint.config.training.lambda, lambda);
        let exhibit = &rung.exhibit;
        let network = exhibit.network.as_ref().unwrap();
        assert_eq!((network.lambda, network.step), (lambda, 30));
        assert_eq!(exhibit.made.began.training.lambda, lambda);
        assert!(exhibit.test.is_none(), "no slider is turned by test images");
        assert!(exhibit.compared.is_some());
        let run = Run::resume(Arc::clone(&data), fitted.clone(), rung.checkpoint.clone());
        assert_eq!(run.unwrap().trainer().unwrap().steps(), 30);
    }
    assert!(rungs[0].losses.lr < rungs[2].losses.lr);
    assert!(rungs[0].losses.lc > rungs[2].losses.lc);
}

#[test]
fn the_rung_next_to_where_somebody_looks_comes_first() {
    let state = |near| State {
        near,
        held: None,
        waited: Duration::ZERO,
        ended: false,
        told: Instant::now(),
        worked: Duration::ZERO,
        snapshot: LadderSnapshot::new(&[0.0, 0.1, 0.5, 1.0]),
    };
    assert_eq!(state(0.12).next(), Some(1));
    assert_eq!(state(1.0).next(), Some(3));
    let mut looked = state(0.12);
    looked.snapshot.rungs[1].1 = RungState::Training(0.1);
    assert_eq!(looked.next(), Some(0));
}

#[test]
fn time_that_it_is_held_is_no_work() {
    let mut state = State {
        near: 0.0,
        held: None,
        waited: Duration::ZERO,
        ended: false,
        told: Instant::now(),
        worked: Duration::ZERO,
        snapshot: LadderSnapshot::new(&[0.0]),
    };
    assert!(state.hold(true) && !state.hold(true));
    state.held = Instant::now().checked_sub(Duration::from_secs(5));
    assert!(state.hold(false) && !state.hold(false));
    assert!(state.waited >= Duration::from_secs(5));
}

#[test]
fn a_ladder_that_is_held_waits_and_one_that_is_dropped_ends() {
    let (handle, bell) = start(request(1_000_000, &[0.1]));
    let share = |newest: &LadderSnapshot| match newest.rungs[0].1 {
        RungState::Training(share) => share,
        _ => 0.0,
    };
    wait_until(&handle, &bell, |newest| share(newest) > 0.0);
    handle.hold(true);
    // The step at hand may still end; what was published before it is taken away.
    let _ = handle.newest();
    while bell.recv_timeout(Duration::from_millis(600)).is_ok() {
        let _ = handle.newest();
    }
    assert!(
        handle.newest().is_none(),
        "nothing is done while it is held"
    );
    handle.hold(false);
    wait_until(&handle, &bell, |newest| share(newest) > 0.0);
    handle.end();
    drop(handle);
    // Its threads are joined, which were at a million steps.
}

#[test]
fn a_rung_that_cannot_be_made_says_why_and_the_others_are() {
    let (handle, bell) = start(request(5, &[0.5, 2.0]));
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    assert_eq!(newest.done().count(), 1);
    let RungState::Failed(reason) = &newest.rungs[1].1 else {
        panic!("λ = 2 is no weight");
    };
    assert!(reason.contains('λ'), "{reason}");
}
