//! Pins: what the hand does with networks that are held against each other.

use std::sync::Arc;

use dkae_explorer::view::pins::Pin;
use dkae_explorer::worker::protocol::{Command, Event, Pinned};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

use super::Window;
use super::ladder::{complete, set_lambda};
use super::script::heard;

fn shown(window: &Window) -> Option<usize> {
    let pins = window.harness.state().pins();
    pins.on_show().map(|pin| pin.number)
}

fn press(window: &mut Window, key: Key) {
    window.harness.key_press(key);
    window.harness.run_steps(2);
}

fn click(window: &mut Window, name: &str) {
    let button = window.harness.get_by_role_and_label(Role::Button, name);
    button.click_accesskit();
    window.harness.run_steps(2);
}

#[test]
fn pins_swap_blink_and_go() {
    let (mut window, player, run) = complete();
    // The run's network is asked of the worker; a rung's is there.
    click(&mut window, "Pin");
    let Command::Pin(_) = window.wait_for_command() else {
        panic!("the network is asked for");
    };
    let exhibit = player.snapshot(10).exhibit;
    let network = Arc::new(run.checkpoint().unwrap());
    window.say(player.message(Event::Pinned(Pinned { exhibit, network })));
    for lambda in [0.0, 0.9] {
        set_lambda(&mut window, lambda);
        press(&mut window, Key::P);
    }
    let pins = window.harness.state().pins();
    let lambdas: Vec<f64> = pins.all().iter().map(Pin::lambda).collect();
    assert_eq!(lambdas, [0.1, 0.0, 0.879]);
    let pinned = pins.all()[1].exhibit.clone();
    let rung = window.harness.state().ladder().on_show().unwrap();
    assert_eq!(rung.place.value, 0.879, "pinning changes nothing on show");
    // The page stands above the strip, with all that it has.
    let strip = window.harness.get_by_label("pin 2 · λ = 0, step 10").rect();
    for (page, panel) in [("Inside", "Code space"), ("Live", "C heat map")] {
        click(&mut window, page);
        let panel = window.harness.get_by_label(panel).rect();
        assert!(panel.bottom() < strip.top(), "{panel:?} {strip:?}");
    }
    let rungs = window.harness.query_all_by_label_contains("rung of λ");
    assert!(
        rungs
            .map(|rung| rung.rect())
            .all(|rung| rung.bottom() < strip.top())
    );

    click(&mut window, "pin 2 · λ = 0, step 10");
    assert_eq!(shown(&window), Some(2));
    let text = "On show: pin 2 · λ = 0, step 10";
    assert!(window.harness.query_by_label(text).is_some());
    assert!(Arc::ptr_eq(
        &window.harness.state().pins().on_show().unwrap().exhibit,
        &pinned
    ));
    click(&mut window, "pin 1 · λ = 0.1, step 10");
    assert_eq!(shown(&window), Some(1));
    press(&mut window, Key::B);
    assert_eq!(shown(&window), None);
    press(&mut window, Key::B);
    assert_eq!(shown(&window), Some(1));
    // What is pinned is not pinned again.
    press(&mut window, Key::P);
    assert_eq!(window.harness.state().pins().all().len(), 3);
    // A move of the slider goes to the ladder's networks, and the pin is not on show any more.
    set_lambda(&mut window, 0.3);
    assert_eq!(shown(&window), None);
    assert!(heard(&window.peers).is_none(), "nothing was steered");

    click(&mut window, "pin 1 · λ = 0.1, step 10");
    click(&mut window, "Remove pin 1");
    assert_eq!(shown(&window), None);
    assert_eq!(window.harness.state().pins().all().len(), 2);
    // The strip has room for four.
    for lambda in [0.1, 0.5, 1.0] {
        set_lambda(&mut window, lambda);
        press(&mut window, Key::P);
    }
    assert_eq!(window.harness.state().pins().all().len(), 4);
    let pinned = window.harness.state().pins().all().last().unwrap();
    assert_eq!(pinned.lambda(), 0.473);
}

#[test]
fn a_run_goes_on_from_a_pin() {
    let (mut window, ..) = complete();
    set_lambda(&mut window, 0.9);
    press(&mut window, Key::P);
    window.harness.get_by_label("Steer").click_accesskit();
    window.harness.run_steps(2);
    click(&mut window, "pin 1 · λ = 0.879, step 10");
    window
        .harness
        .get_by_label("Train on from this network")
        .click_accesskit();
    let Command::Start(request) = window.wait_for_command() else {
        panic!("it is a run of its own");
    };
    assert_eq!(request.config.training.lambda, 0.879);
    assert!(request.from.is_some());
    assert_eq!(shown(&window), None, "the new run is what is on show");
    assert_eq!(window.harness.state().pins().all().len(), 1);
}

/// Steering speaks of the run, so that the run is on show when it is steered.
#[test]
fn steering_shows_the_run() {
    let (mut window, ..) = complete();
    set_lambda(&mut window, 0.9);
    press(&mut window, Key::P);
    window.harness.get_by_label("Steer").click_accesskit();
    window.harness.run_steps(2);
    click(&mut window, "pin 1 · λ = 0.879, step 10");
    assert_eq!(shown(&window), Some(1));
    set_lambda(&mut window, 0.5);
    let Command::Set(_, settings) = window.wait_for_command() else {
        panic!("λ steers the run");
    };
    assert_eq!(settings.lambda, 0.5);
    assert_eq!(shown(&window), None);
}
