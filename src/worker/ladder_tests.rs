use std::time::Duration;

use super::rung::named;
use super::*;
use crate::exhibit::denoising::DenoisingPicture;
use crate::exhibit::live::Camera;
use crate::experiment::ladder::Dial;
use crate::training::{Checkpoint, PhaseKind, Run};
use crate::worker::comparer::{Ground, Job};
use crate::worker::small;

fn at(value: f64) -> Place {
    Place {
        dial: Dial::Lambda,
        value,
    }
}

fn request(steps: usize, places: &[Place]) -> LadderRequest {
    let (data, config) = small::run(steps);
    let run = Run::new(Arc::clone(&data), &config).unwrap();
    LadderRequest {
        run: RunId(1),
        fitted: run.fitted().unwrap().clone(),
        places: places.to_vec(),
        near: at(0.3),
        there: Vec::new(),
        compared: None,
        config,
        data,
    }
}

/// A rung of nothing, for tests of whoever shows it.
pub(crate) fn rung(place: Place) -> Rung {
    let asked = request(1, &[place]);
    let config = place.config(&asked.config);
    let mut run = Run::with_prior(asked.data, &config, asked.fitted).unwrap();
    run.advance().unwrap();
    let mut camera = Camera::default();
    while !camera.look(&run) {}
    let parts = camera.parts(&run, None);
    Rung {
        place,
        exhibit: Arc::new(named(parts.exhibit(), place)),
        losses: run.validation().unwrap(),
        network: Resting::of(run.checkpoint().unwrap()).unwrap(),
        time: None,
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
    let asked = request(30, &lambdas.map(at));
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
        assert_eq!(rung.place, at(lambda));
        let config = rung.place.config(&config);
        let alone = Threads::of(1, Rank::Foreground).install(|| {
            let mut run = Run::with_prior(Arc::clone(&data), &config, fitted.clone()).unwrap();
            while run.progress().0 != PhaseKind::Evaluation {
                run.advance().unwrap();
            }
            run.validation().unwrap()
        });
        assert_eq!(rung.losses, alone);
        assert_eq!(rung.network.config().training.lambda, lambda);
        let exhibit = &rung.exhibit;
        let network = exhibit.network.as_ref().unwrap();
        assert_eq!((network.lambda, network.step), (lambda, 30));
        assert_eq!(exhibit.made.began.training.lambda, lambda);
        assert!(exhibit.test.is_none(), "no slider is turned by test images");
        assert!(exhibit.compared.is_some());
        let run = Run::resume(
            Arc::clone(&data),
            fitted.clone(),
            Checkpoint::clone(rung.network.checkpoint()),
        );
        assert_eq!(run.unwrap().trainer().unwrap().steps(), 30);
    }
    assert!(rungs[0].losses.lr < rungs[2].losses.lr);
    assert!(rungs[0].losses.lc > rungs[2].losses.lc);
}

#[test]
fn a_ladder_that_is_held_waits_and_one_that_is_dropped_ends() {
    let (handle, bell) = start(request(1_000_000, &[at(0.1)]));
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
    let (handle, bell) = start(request(5, &[at(0.5), at(2.0)]));
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    assert_eq!(newest.done().count(), 1);
    let RungState::Failed(reason) = &newest.rungs[1].1 else {
        panic!("λ = 2 is no weight");
    };
    assert!(reason.contains('λ'), "{reason}");
}

fn code(value: f64) -> Place {
    Place {
        dial: Dial::Code,
        value,
    }
}

/// Networks of one ladder have the same images, the same P and the same rows without a network, in one piece
/// of memory.
#[test]
fn what_rungs_have_in_common_stands_in_memory_once() {
    let (handle, bell) = start(request(10, &[at(0.1), at(0.9), code(3.0)]));
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    let rungs: Vec<_> = newest.done().collect();
    assert_eq!(rungs.len(), 3);
    let codes = |rung: &Rung| rung.exhibit.network.as_ref().unwrap().codes.ncols();
    assert_eq!([codes(rungs[0]), codes(rungs[2])], [8, 3]);
    // Of two that are made at the same time each may have made them; the third finds them.
    let of = |rung: &Rung| {
        let exhibit = &rung.exhibit;
        let rows = exhibit.rows.iter().filter(
            |row| matches!(row.of, crate::exhibit::RowOf::Denoised(method) if !method.is_learned()),
        );
        let images: Vec<_> = rows
            .map(|row| Arc::as_ptr(row.images.as_ref().unwrap()))
            .collect();
        assert_eq!(images.len(), 3);
        let prior = Arc::as_ptr(exhibit.matrix(0).unwrap());
        (prior, Arc::as_ptr(&exhibit.images), images)
    };
    let third = of(rungs[2]);
    let found = rungs[..2].iter().filter(|rung| of(rung).0 == third.0);
    assert!(found.count() > 0);
    assert!(rungs[..2].iter().any(|rung| of(rung).1 == third.1));
    assert!(rungs.iter().all(|rung| of(rung).2 == third.2));
}

/// Where the run stands itself, its own network is the rung: nothing is trained there again.
#[test]
fn the_runs_own_network_is_its_rung() {
    let mut asked = request(20, &[at(0.1), at(0.9), code(8.0)]);
    let (data, prior) = (Arc::clone(&asked.data), asked.fitted.clone());
    let mut run = Run::with_prior(data, &asked.config, prior).unwrap();
    assert!(run.resting().is_none(), "it has not begun");
    while run.progress().0 != PhaseKind::Evaluation {
        run.advance().unwrap();
    }
    let own = run.resting().unwrap();
    // Told apart from a network that is trained again.
    let mut marked = Checkpoint::clone(own.checkpoint());
    marked.trainer.counters.step += 7;
    asked.there = vec![Resting::of(marked).unwrap()];
    let (handle, bell) = start(asked);
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    let steps: Vec<u64> = newest.done().map(|rung| rung.exhibit.step()).collect();
    assert_eq!(steps, [27, 20, 27]);
    let first = newest.done().next().unwrap();
    assert_eq!(
        first.network.network().parameters(),
        own.network().parameters()
    );

    // A run that was steered or sent on is not what its settings come to.
    run.train_on(5);
    while run.progress().0 != PhaseKind::Evaluation {
        run.advance().unwrap();
    }
    assert!(run.resting().is_none());
}

/// What methods without a network made of the run's noisy images is what the rungs show: it is not made again.
#[test]
fn the_rungs_take_over_the_runs_comparison() {
    let mut asked = request(20, &[at(0.1), at(0.9)]);
    let (data, prior) = (Arc::clone(&asked.data), asked.fitted.clone());
    let mut run = Run::with_prior(data, &asked.config, prior).unwrap();
    while run.progress().0 != PhaseKind::Evaluation {
        run.advance().unwrap();
    }
    asked.there = vec![run.resting().unwrap()];
    let ground = Arc::new(Ground::of(asked.run, &run).unwrap());
    let whole =
        |denoised: &DenoisingPicture| Job::of(&run, &ground, true).unwrap().has_rows_of(denoised);
    let job = Job::of(&run, &ground, true).unwrap();
    let compared = Arc::new(job.without_network(&job.digits(), &|| false).unwrap());
    assert!(whole(&compared));
    // On the digits on show alone it is another one.
    let few = Job::of(&run, &ground, false).unwrap();
    assert!(!whole(
        &few.without_network(&few.digits(), &|| false).unwrap()
    ));

    asked.compared = Some(Arc::clone(&compared));
    let (handle, bell) = start(asked);
    let newest = wait_until(&handle, &bell, LadderSnapshot::is_over);
    let theirs = compared.rows.iter().filter(|row| !row.method.is_learned());
    let theirs: Vec<_> = theirs
        .map(|row| Arc::as_ptr(row.images.as_ref().unwrap()))
        .collect();
    let mut errors = Vec::new();
    for rung in newest.done() {
        let learned = |row: &&crate::exhibit::Row| matches!(row.of, crate::exhibit::RowOf::Denoised(method) if method.is_learned());
        let mine = rung.exhibit.rows.iter().filter(
            |row| matches!(row.of, crate::exhibit::RowOf::Denoised(method) if !method.is_learned()),
        );
        let mine: Vec<_> = mine
            .map(|row| Arc::as_ptr(row.images.as_ref().unwrap()))
            .collect();
        assert_eq!(mine, theirs);
        errors.extend(
            rung.exhibit
                .rows
                .iter()
                .filter(learned)
                .map(|row| row.error.unwrap()),
        );
    }
    assert_eq!(errors.len(), 4);
    assert!(errors[0] != errors[2], "each its own network's");
}
