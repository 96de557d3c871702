use super::*;
use crate::data::ImageShape;
use crate::kernel::PckConfig;
use crate::training::config::{CopiesConfig, PretrainingConfig, Ramp};

fn data() -> Arc<DataSet> {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..1_600_u32).map(|i| (i * i * 7 % 253) as u8).collect();
    let labels = (0..100).map(|i| (i * i % 10) as u8).collect();
    Arc::new(DataSet::new("noise", shape, pixels, Some(labels)).unwrap())
}

/// Changes settings of a run that goes on.
fn steer(run: &mut Run, change: impl FnOnce(&mut LiveSettings)) {
    let mut live = run.live();
    change(&mut live);
    run.steer(&live).unwrap();
}

fn config() -> RunConfig {
    let mut config = RunConfig {
        prior: PriorConfig::Pck(PckConfig {
            restarts: 20,
            max_components: 5,
            fit_samples: 40,
            ..PckConfig::default()
        }),
        shown: 8,
        ..RunConfig::default()
    };
    (config.network.hidden, config.network.code) = (vec![9], 4);
    (config.training.batch, config.training.steps) = (20, 15);
    config.training.copies = None;
    config.training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 5,
        learning_rate: 1e-2,
    });
    config
}

/// Advances until the run is in `phase`.
fn run_to(phase: PhaseKind) -> Run {
    let mut run = Run::new(data(), &config()).unwrap();
    while run.progress().0 != phase {
        run.advance().unwrap();
    }
    run
}

#[test]
fn the_phases_come_in_order_and_count_their_units() {
    let mut run = Run::new(data(), &config()).unwrap();
    let (mut phases, mut steps) = (Vec::new(), Vec::new());
    let (whole, all) = run.flops();
    assert_eq!(whole, all);
    let mut spent = 0.0;
    loop {
        let (phase, done, total) = run.progress();
        assert!(done <= total);
        match phases.last() {
            Some((last, before)) if *last == phase => assert!(*before < done, "{phase:?}"),
            _ => assert_eq!(done, 0, "{phase:?} begins"),
        }
        phases.push((phase, done));
        let step = run.step_flops();
        match run.advance().unwrap() {
            Advance::Step { losses, .. } => {
                steps.push(losses.step);
                spent += step;
                assert_eq!(run.flops(), (all - spent, all));
            }
            Advance::Evaluated => break,
            _ => assert_eq!(run.flops(), (all, all)),
        }
    }
    assert_eq!((run.flops().0, steps.len()), (0.0, 25));
    phases.dedup_by_key(|(phase, _)| *phase);
    let phases: Vec<_> = phases.into_iter().map(|(phase, _)| phase).collect();
    assert_eq!(
        phases,
        [
            PhaseKind::Prior,
            PhaseKind::Posteriors,
            PhaseKind::Pretraining,
            PhaseKind::Training,
            PhaseKind::Evaluation
        ]
    );
    assert_eq!(steps, (0..25).collect::<Vec<_>>());
    let scores = run.scores().unwrap();
    assert_eq!(scores.samples, run.split().test.len());
    assert!(matches!(run.advance(), Ok(Advance::Over)));
    assert_eq!(run.scores(), Some(scores));
}

#[test]
fn the_shown_p_in_the_making_ends_as_the_kernel_itself() {
    // The digits on show may change in any phase.
    let mut run = run_to(PhaseKind::Posteriors);
    steer(&mut run, |live| live.shown = 11);
    let (grown, mixtures) = run.shown_prior().unwrap();
    assert_eq!((grown.dim(), mixtures), ((11, 11), Some((80, 80))));
    while run.trainer().is_none() {
        run.advance().unwrap();
    }
    let (kernel, mixtures) = run.shown_prior().unwrap();
    assert_eq!(mixtures, Some((80, 80)));
    // They may differ in Z, the largest diagonal entry of the shown or of all samples.
    let scale = grown[[0, 0]] / kernel[[0, 0]];
    assert!((&kernel * scale - grown).iter().all(|d| d.abs() < 1e-4));
}

#[test]
fn digits_on_show_can_change_before_the_first_mixture() {
    let mut run = Run::new(data(), &config()).unwrap();
    steer(&mut run, |live| live.shown = 5);
    assert!(run.shown_prior().is_none());
    run.advance().unwrap();
    assert_eq!(run.shown_prior().unwrap().0.dim(), (5, 5));
}

#[test]
fn a_learning_rate_holds_for_the_phase_at_hand_and_later_ones() {
    for phase in [
        PhaseKind::Prior,
        PhaseKind::Pretraining,
        PhaseKind::Training,
    ] {
        let mut run = run_to(phase);
        // What training has anyway is news to pretraining.
        let rate = run.config().get().training.learning_rate;
        run.set_learning_rate(rate).unwrap();
        while run.trainer().is_none() {
            run.advance().unwrap();
        }
        assert_eq!(run.trainer().unwrap().learning_rate(), rate, "{phase:?}");
        let error = run.set_learning_rate(-1.0).unwrap_err().to_string();
        assert!(error.contains("learning rate"), "{error}");
        assert_eq!(run.trainer().unwrap().learning_rate(), rate);
    }
}

#[test]
fn settings_that_do_not_fit_change_nothing() {
    let mut run = run_to(PhaseKind::Training);
    let before = run.config().clone();
    let wanted = LiveSettings {
        lambda: 0.9,
        code: 0,
        ..run.live()
    };
    assert!(run.steer(&wanted).is_err());
    assert_eq!(run.schedule(), &Schedule::default());
    assert_eq!(run.config(), &before);
    assert_eq!(run.trainer().unwrap().lambda(), 0.1);
}

#[test]
fn more_steps_take_the_last_figures_back() {
    let mut run = run_to(PhaseKind::Evaluation);
    run.advance().unwrap();
    assert!(run.scores().is_some());
    run.train_on(3);
    assert_eq!(
        (run.scores(), run.flops().0),
        (None, 3.0 * run.step_flops())
    );
    // As many are left already.
    run.train_on(2);
    assert_eq!(run.flops().0, 3.0 * run.step_flops());
}

#[test]
fn a_halted_run_has_its_last_figures_and_then_goes_on_as_if_it_had_not_been() {
    for phase in [PhaseKind::Pretraining, PhaseKind::Training] {
        let (mut halted, mut other) = (run_to(phase), run_to(phase));
        for run in [&mut halted, &mut other] {
            run.advance().unwrap();
        }
        let steps = halted.trainer().unwrap().steps();
        halted.halt();
        assert!(matches!(halted.advance(), Ok(Advance::Evaluated)));
        let scores = halted.scores().unwrap();
        assert_eq!(scores.samples, halted.split().test.len());
        assert!(scores.lr.is_finite() && scores.lc_c_p < 1.415);
        assert!(matches!(halted.advance(), Ok(Advance::Over)));
        assert_eq!(halted.trainer().unwrap().steps(), steps, "{phase:?}");

        halted.go_on();
        assert_eq!(halted.scores(), None);
        for _ in 0..4 {
            let next = [&mut halted, &mut other].map(|run| match run.advance() {
                Ok(Advance::Step { losses, .. }) => losses,
                other => panic!("a step, not {other:?}"),
            });
            assert_eq!(next[0], next[1]);
        }
    }
}

fn with_copies(config: &mut RunConfig) {
    config.training.copies = Some(CopiesConfig {
        count: 3,
        shift: 1,
        noise: 0.0,
    });
}

#[test]
fn copies_are_placed_after_all_samples_and_trained_on_as_they_are() {
    let mut config = config();
    with_copies(&mut config);
    let mut run = Run::new(data(), &config).unwrap();
    let mut last = 0;
    while run.trainer().is_none() {
        let (phase, done, total) = run.progress();
        if phase == PhaseKind::Posteriors {
            assert_eq!(total, 100 + 3 * 70);
            assert!(done >= last && done < total);
            last = done;
        }
        run.advance().unwrap();
    }
    assert!(last >= 100, "some of them in a piece of their own: {last}");
    let order = run.trainer().unwrap().state().order;
    assert_eq!(order.len(), 4 * 70);
    while !matches!(run.advance().unwrap(), Advance::Over) {}
    assert_eq!(run.scores().unwrap().samples, run.split().test.len());
    // Nothing that is not copied changes: P of the shown digits is that of a run without copies.
    let shown = |run: &Run| run.shown_prior().unwrap().0;
    assert_eq!(shown(&run), shown(&run_to(PhaseKind::Pretraining)));
}

#[test]
fn copies_follow_from_the_seed_and_change_what_is_learnt() {
    let weights = |change: fn(&mut RunConfig)| {
        let mut config = config();
        change(&mut config);
        let mut run = Run::new(data(), &config).unwrap();
        while !matches!(run.advance().unwrap(), Advance::Evaluated) {}
        run.trainer().unwrap().network().parameters().to_vec()
    };
    assert_eq!(weights(with_copies), weights(with_copies));
    assert_ne!(weights(with_copies), weights(|_| ()));
    // A kernel of pixels needs no placing.
    let rbf = |config: &mut RunConfig| {
        with_copies(config);
        config.prior = PriorConfig::Rbf { width: 1.0 };
    };
    assert_eq!(weights(rbf), weights(rbf));
}

#[test]
fn a_ramp_leads_to_the_runs_lambda_and_is_over_when_somebody_sets_another() {
    let mut config = config();
    config.training.lambda = 0.5;
    config.training.steps = 40;
    config.training.ramp = Some(Ramp {
        start: 0.1,
        begin: 0.25,
        end: 0.75,
    });
    let mut run = Run::new(data(), &config).unwrap();
    let mut lambdas = Vec::new();
    while lambdas.len() < 10 + 40 {
        if let Advance::Step { losses, validation } = run.advance().unwrap() {
            let total = (1.0 - losses.lambda) * losses.lr + losses.lambda * losses.lc;
            assert!((losses.total - total).abs() < 1e-12);
            assert!(validation.is_none_or(|point| point.lambda == losses.lambda));
            lambdas.push(losses.lambda);
        }
    }
    // The first layer is pretrained without λ, the code layer under that of the ramp's start.
    assert_eq!(lambdas[..5], [0.0; 5]);
    assert_eq!(lambdas[5..20], [0.1; 15]);
    assert!((lambdas[30] - 0.3).abs() < 1e-12);
    assert_eq!(lambdas[40..], [0.5; 10]);
    for (step, &lambda) in lambdas.iter().enumerate().skip(5) {
        assert_eq!(config.lambda_at(step as u64 + 1), lambda, "step {step}");
    }
    assert_eq!(config.lambda_at(0), 0.1);

    let mut run = Run::new(data(), &config).unwrap();
    while run.trainer().is_none_or(|trainer| trainer.steps() < 30) {
        run.advance().unwrap();
    }
    // Any other setting leaves it alone.
    steer(&mut run, |live| live.input_noise = 0.1);
    assert_eq!(run.config().get().training.ramp, config.training.ramp);
    assert!(run.trainer().unwrap().effective_lambda() < 0.5);
    steer(&mut run, |live| live.lambda = 0.8);
    assert_eq!(run.config().get().training.ramp, None);
    let Advance::Step { losses, .. } = run.advance().unwrap() else {
        panic!("a step");
    };
    assert_eq!(losses.lambda, 0.8);
    let entries = run.schedule().entries(run.began(), 31);
    let told: Vec<_> = entries
        .iter()
        .map(|e| (e.step, e.lambda, e.input_noise))
        .collect();
    let noise = config.training.input_noise;
    assert_eq!(
        told,
        [(0, Some(0.5), Some(noise)), (30, Some(0.8), Some(0.1))]
    );
}

/// Nobody waits for all samples, or for all copies, at once.
#[test]
fn samples_and_copies_are_placed_piece_by_piece() {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..9_600_u32).map(|i| (i * i * 7 % 253) as u8).collect();
    let data = Arc::new(DataSet::new("more", shape, pixels, None).unwrap());
    let mut config = config();
    config.training.copies = Some(CopiesConfig {
        count: 2,
        ..CopiesConfig::default()
    });
    crate::linalg::Threads::new(1).install(|| {
        let mut run = Run::new(Arc::clone(&data), &config).unwrap();
        let mut placed = Vec::new();
        while run.trainer().is_none() {
            let (phase, done, all) = run.progress();
            if phase == PhaseKind::Posteriors {
                assert_eq!(all, 600 + 2 * 420);
                placed.push(done);
            }
            run.advance().unwrap();
        }
        // 256 at a time; the 420 training samples are placed when their 840 copies follow.
        assert_eq!(placed, [0, 256, 512, 600, 856, 1_112, 1_368]);
        // Every sample has its place in the mixtures.
        let all: Vec<usize> = (0..600).collect();
        let mut prior = Array2::zeros((600, 600));
        let kernel = run.prior().unwrap();
        kernel.gram(&all, &mut Scratch::default(), prior.view_mut());
        assert!(prior.diag().iter().all(|&entry| entry > 0.3));
    });
}

#[test]
fn a_new_code_size_makes_a_new_code_layer_and_no_other_setting_does() {
    let mut run = run_to(PhaseKind::Evaluation);
    run.advance().unwrap();
    let weights = |run: &Run| run.trainer().unwrap().network().parameters().to_vec();
    let (before, scores) = (weights(&run), run.scores());
    assert!(scores.is_some());
    steer(&mut run, |live| live.input_noise = 0.2);
    assert_eq!((weights(&run), run.scores()), (before, scores));
    steer(&mut run, |live| live.code = 6);
    let network = run.trainer().unwrap().network();
    assert_eq!(network.architecture().dims, [16, 9, 6]);
    assert_eq!(run.scores(), None, "they are of another network");
}

#[test]
fn test_digits_are_on_show_if_they_are_asked_for() {
    let mut run = Run::new(data(), &config()).unwrap();
    assert_eq!(run.shown().set, HeldOut::Validation);
    run.show_from(HeldOut::Test);
    let mut first = run.split().test[..8].to_vec();
    let mut shown = run.shown().indices.clone();
    for indices in [&mut first, &mut shown] {
        indices.sort_unstable();
    }
    assert_eq!((run.shown().set, shown), (HeldOut::Test, first));
    assert!(run.shown().labels.as_ref().unwrap().is_sorted());
    // They stay what they are when there are more of them, and are not chosen again for nothing.
    steer(&mut run, |live| live.shown = 10);
    assert_eq!(run.shown().set, HeldOut::Test);
    let before = Arc::clone(run.shown());
    assert_eq!(before.indices.len(), 10);
    run.show_from(HeldOut::Test);
    assert!(Arc::ptr_eq(&before, run.shown()));
}

/// The losses at hand are those that the curves have of this step; before the prior kernel is
/// complete there are none.
#[test]
fn the_validation_losses_at_hand_are_the_curves() {
    let new = Run::new(data(), &config()).unwrap();
    assert!(new.validation().is_none());
    let mut run = run_to(PhaseKind::Training);
    let curve = loop {
        let now = run.validation().unwrap();
        if let Advance::Step {
            validation: Some(point),
            ..
        } = run.advance().unwrap()
        {
            assert_eq!(now, point);
            break point;
        }
    };
    let after = run.validation().unwrap();
    assert_eq!(after.step, curve.step + 1);
    assert!(
        after.total.to_bits() != curve.total.to_bits(),
        "it has learned"
    );
}
