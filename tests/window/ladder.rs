//! The ladder: a real one, beside a run that a script plays.

use std::sync::Arc;

use dkae_explorer::experiment::ladder::Dial;
use dkae_explorer::training::config::PriorConfig;
use dkae_explorer::training::{Run, SettingsLine};
use dkae_explorer::worker::protocol::{Command, End, Event};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Window;
use super::script::{Player, heard};

/// A window whose run, a small one, has finished, and whose ladder is complete.
pub fn complete() -> (Window, Player, Run) {
    let (mut window, mut request) = Window::asks([1100.0, 700.0]);
    let config = &mut request.config;
    config.prior = PriorConfig::Cosine;
    (config.network.hidden, config.network.code) = (vec![12], 8);
    (config.training.batch, config.training.steps) = (20, 10);
    config.denoising.components = 4;
    let run = Run::new(Arc::clone(&request.data), config).unwrap();
    let player = Player::new(&request);
    window.play(&player, 10);
    let mut snapshot = player.snapshot(10);
    let data = Arc::clone(&request.data);
    snapshot.fitted = run.fitted().map(|fitted| (data, fitted.clone()));
    window.publish(snapshot);
    window.harness.step();
    assert!(
        !window.harness.state().ladder().has_any(),
        "the run goes on"
    );
    window.say(player.message(Event::Finished {
        end: End::Done,
        phases: Vec::new(),
    }));
    window.wait_until(|window| {
        let ladder = window.harness.state().ladder();
        ladder
            .snapshot
            .as_ref()
            .is_some_and(|newest| newest.is_over())
    });
    (window, player, run)
}

/// λ or Nc of the network on show.
fn shown(window: &Window) -> Option<f64> {
    let ladder = window.harness.state().ladder();
    ladder.on_show().map(|rung| rung.place.value)
}

pub fn set_lambda(window: &mut Window, lambda: f64) {
    window
        .harness
        .get_by_role_and_label(Role::Slider, "λ")
        .set_value_accesskit(lambda);
    window.harness.run_steps(2);
}

#[test]
fn after_the_end_a_ladder_is_made_and_lambda_goes_through_it_without_steering() {
    let (mut window, ..) = complete();
    let ladder = window.harness.state().ladder();
    assert_eq!(ladder.done(Dial::Lambda).count(), 17);
    assert!(ladder.compares(), "a move now goes through the networks");
    assert_eq!(shown(&window), None, "and none was made");
    window.harness.get_by_label("Compare").click_accesskit();
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(0.1), "the run's own");
    for (lambda, rung) in [(0.0, 0.0), (0.9, 0.879), (1.0, 1.0), (0.3, 0.316)] {
        set_lambda(&mut window, lambda);
        assert_eq!(shown(&window), Some(rung));
        // In the frame that shows it: the pictures follow the hand.
        assert!(window.harness.state().is_up_to_date());
        let text = format!("On show: network trained under λ = {rung}");
        assert!(window.harness.query_by_label(&text).is_some(), "{text}");
    }
    assert!(heard(&window.peers).is_none(), "nothing was steered");
    window.harness.key_press(Key::ArrowLeft);
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(0.25));
    window
        .harness
        .key_press_modifiers(Modifiers::NONE, Key::ArrowRight);
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(0.316));
    assert!(heard(&window.peers).is_none());
    // The run is there again, and λ is where it was.
    window.harness.get_by_label("Steer").click_accesskit();
    window.harness.run_steps(2);
    assert_eq!(shown(&window), None);
    set_lambda(&mut window, 0.5);
    let Command::Set(_, settings) = window.wait_for_command() else {
        panic!("λ steers the run");
    };
    assert_eq!(settings.lambda, 0.5);
}

/// Nc has networks of its own, and the knob of the other dial then stands where the run is.
#[test]
fn nc_goes_through_its_networks_too() {
    let (mut window, ..) = complete();
    let codes: Vec<f64> = {
        let done = window.harness.state().ladder().done(Dial::Code);
        done.map(|rung| rung.place.value).collect()
    };
    assert_eq!(codes, [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]);
    set_lambda(&mut window, 0.9);
    let slide = |window: &mut Window, exponent| {
        let slider = window.harness.get_by_role_and_label(Role::Slider, "Nc");
        slider.set_value_accesskit(exponent);
        window.harness.run_steps(2);
    };
    slide(&mut window, 5.0);
    assert_eq!(shown(&window), Some(32.0));
    let ladder = window.harness.state().ladder();
    let network = ladder.on_show().unwrap().exhibit.network.as_ref().unwrap();
    assert_eq!((network.codes.ncols(), network.lambda), (32, 0.1));
    let text = "On show: network trained with Nc = 32";
    assert!(window.harness.query_by_label(text).is_some());
    window.harness.key_press(Key::ArrowLeft);
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(16.0));
    set_lambda(&mut window, 0.0);
    assert_eq!(shown(&window), Some(0.0));
    slide(&mut window, 11.0);
    assert_eq!(shown(&window), Some(128.0), "the largest there is");
    assert!(heard(&window.peers).is_none(), "nothing was steered");
    window.harness.get_by_label("Steer").click_accesskit();
    window.harness.run_steps(2);
    slide(&mut window, 2.0);
    let Command::Set(_, settings) = window.wait_for_command() else {
        panic!("Nc steers the run");
    };
    assert_eq!((settings.code, settings.lambda), (4, 0.1));
}

/// What the pointer is on is shown for as long as it is there, and what is clicked stays.
#[test]
fn the_frontier_previews_and_a_click_stays() {
    let (mut window, ..) = complete();
    let at = |window: &Window, name: &str| window.harness.get_by_label(name).rect().center();
    let (low, high) = ("rung of λ = 0", "rung of λ = 1");
    let place = at(&window, high);
    window.harness.hover_at(place);
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(1.0));
    // A look changes nothing about what a run would go on from.
    let train_on = "Train on from this network";
    assert!(window.harness.query_by_label(train_on).is_none());
    window.harness.hover_at(egui::pos2(300.0, 300.0));
    window.harness.run_steps(2);
    assert_eq!(shown(&window), None);
    window.harness.get_by_label(low).click_accesskit();
    window.harness.run_steps(2);
    assert_eq!(shown(&window), Some(0.0));
}

#[test]
fn a_run_goes_on_from_the_network_on_show() {
    let (mut window, ..) = complete();
    window.harness.get_by_label("Compare").click_accesskit();
    window.harness.run_steps(2);
    set_lambda(&mut window, 0.9);
    let train_on = "Train on from this network";
    window.harness.get_by_label(train_on).click_accesskit();
    let Command::Start(request) = window.wait_for_command() else {
        panic!("it is a run of its own");
    };
    assert_eq!(request.config.training.lambda, 0.879);
    let (_, checkpoint) = *request.from.unwrap();
    assert_eq!(checkpoint.config, request.config);
    assert_eq!(shown(&window), None, "the new run is what is on show");
}

#[test]
fn a_ladder_that_is_ended_is_gone_and_stays_so() {
    let (mut window, ..) = complete();
    window.harness.get_by_label("Compare").click_accesskit();
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("End the ladder")
        .click_accesskit();
    window.harness.run_steps(5);
    let ladder = window.harness.state().ladder();
    assert!(ladder.snapshot.is_none() && !ladder.compares());
    assert!(
        window
            .harness
            .query_by_label_contains("Train the ladder")
            .is_some()
    );
}

#[test]
fn a_change_that_is_taken_back_while_networks_are_compared_is_seen_on_the_run() {
    let (mut window, ..) = complete();
    window.harness.get_by_label("Steer").click_accesskit();
    window.harness.run_steps(2);
    set_lambda(&mut window, 0.5);
    for _ in 0..2 {
        window.harness.get_by_label("Compare").click_accesskit();
        window.harness.run_steps(2);
        set_lambda(&mut window, 0.9);
        assert_eq!(shown(&window), Some(0.879));
        while heard(&window.peers).is_some() {}
        // Which network is on show is no setting: the change before it is taken back.
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.harness.run_steps(3);
        assert_eq!(shown(&window), None);
        let Some(Command::Set(_, settings)) = heard(&window.peers) else {
            panic!("the run is steered back");
        };
        assert_eq!(settings.lambda, 0.1);
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::Y);
        window.harness.run_steps(3);
    }
}

#[test]
fn the_settings_of_a_network_of_the_ladder_are_its_own() {
    let (mut window, ..) = complete();
    window.harness.get_by_label("Compare").click_accesskit();
    window.harness.run_steps(2);
    set_lambda(&mut window, 0.9);
    window.harness.get_by_label("Copy settings").click();
    let mut copied = None;
    for _ in 0..5 {
        window.harness.step();
        for command in &window.harness.output().platform_output.commands {
            if let egui::OutputCommand::CopyText(text) = command {
                copied = Some(text.clone());
            }
        }
    }
    let line: SettingsLine = copied.unwrap().parse().unwrap();
    let lambda = (line.config.training.lambda * 1e3).round() / 1e3;
    assert_eq!((lambda, line.threads), (0.879, 1));
    assert_eq!(line.config.training.steps, 10);
}

/// A ladder becomes a study with a press of a button: the form stands for it, and a start hands its networks over.
#[test]
fn a_ladder_is_kept_as_a_study() {
    let (mut window, _, _) = complete();
    let rungs = window.harness.state().ladder().all_done().count();
    let button = (window.harness).get_by_role_and_label(Role::Button, "Make a study of the ladder");
    button.click_accesskit();
    window.harness.run_steps(4);
    window.wait_for_text("the settings of the live run's ladder");
    let folder = tempfile::tempdir().unwrap();
    let field = (window.harness)
        .get_all_by_role(Role::TextInput)
        .find(|field| field.value().as_deref() == Some("dkae-experiments/ladder"))
        .expect("a ladder has a folder of its own");
    field.focus();
    window.harness.step();
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.step();
    let text = folder.path().join("mine").display().to_string();
    (window.harness.input_mut().events).push(egui::Event::Text(text.clone()));
    window.harness.run_steps(4);
    let start = (window.harness).get_by_role_and_label(Role::Button, "Start study");
    start.click_accesskit();
    window.harness.run_steps(3);
    let studies = window.studies.lock().unwrap();
    let (request, _) = studies.last().expect("a study begins");
    let run = window.harness.state().ladder();
    assert_eq!(request.folder.display().to_string(), text);
    assert!(request.plan.drawn.is_some() && request.beforehand.is_some());
    // One of the networks is a rung of both dials.
    assert_eq!(request.plan.tasks().len(), rungs - 1);
    for dial in Dial::ALL {
        let values: Vec<f64> = run.rungs(dial).map(|(value, _)| value).collect();
        let of_plan: Vec<f64> = match dial {
            Dial::Lambda => request.plan.lambdas.clone(),
            Dial::Code => (request.plan.code_sizes.iter())
                .map(|&code| code as f64)
                .collect(),
        };
        assert_eq!(values, of_plan);
    }
}
