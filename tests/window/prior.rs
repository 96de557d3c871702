//! P of some of its mixtures alone.

use std::sync::Arc;

use dkae_explorer::exhibit::Exhibit;
use dkae_explorer::exhibit::numbers::three;
use dkae_explorer::exhibit::part::{MixtureRange, Sieve};
use dkae_explorer::kernel::{PckConfig, PriorConfig, build};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

/// A window on the tab, of a run whose prior is this one of its own data.
fn open(size: [f32; 2], prior: PriorConfig) -> (Window, Arc<Exhibit>) {
    let (mut window, player) = Window::open(size);
    window.play(&player, 400);
    let training: Vec<usize> = (0..200).collect();
    let mut parts = player.parts(401);
    let mut made = (*parts.made).clone();
    made.began.prior = prior;
    parts.made = Arc::new(made);
    let kernel = build(&prior, &player.data, &training, 0).unwrap();
    parts.kernel = Some(kernel.into());
    let snapshot = player.snapshot_of(&parts);
    let exhibit = Arc::clone(&snapshot.exhibit);
    window.publish(snapshot);
    window.harness.run_steps(3);
    press(&mut window, "Inside");
    press(&mut window, "Prior");
    (window, exhibit)
}

fn press(window: &mut Window, name: &str) {
    let button = window.harness.get_by_role_and_label(Role::Button, name);
    button.click_accesskit();
    window.harness.run_steps(2);
}

fn pck() -> PriorConfig {
    PriorConfig::Pck(PckConfig {
        restarts: 3,
        max_components: 9,
        fit_samples: 60,
        ..PckConfig::default()
    })
}

fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

fn set(window: &mut Window, knob: &str, value: f64) {
    let knob = window.harness.get_by_role_and_label(Role::Slider, knob);
    knob.set_value_accesskit(value);
    window.harness.run_steps(2);
}

fn range(least: usize, most: usize, starts: usize) -> MixtureRange {
    MixtureRange {
        components: [least, most],
        starts,
    }
}

/// The knobs are moved, P follows, and the next run can have it.
#[test]
fn p_of_some_mixtures_follows_the_hand_and_becomes_a_prior() {
    let (mut window, exhibit) = open([1440.0, 900.0], pck());
    window.wait_until(|window| has(window, "24 of 24 mixtures"));
    let all = window.harness.get_by_label("All mixtures");
    assert!(all.accesskit_node().is_disabled(), "they are all in it");
    set(&mut window, "Least g", 4.0);
    set(&mut window, "Largest g", 7.0);
    set(&mut window, "First starts q", 2.0);
    window.wait_until(|window| has(window, "8 of 24 mixtures"));
    window.wait_until(|window| has(window, "P · g = 4–7, q ≤ 2"));
    let part = Sieve::default().part(&exhibit, range(4, 7, 2)).unwrap();
    for figure in [part.lc_ki, part.lc_whole_ki, Some(part.lc_whole)] {
        let text = three(figure.unwrap());
        assert!(
            window.harness.query_all_by_label(&text).next().is_some(),
            "{text}"
        );
    }
    assert!(
        window
            .harness
            .query_by_label("P of these heat map")
            .is_some()
    );
    press(&mut window, "Make it the prior of the next run");
    let PriorConfig::Pck(next) = window.harness.state().settings().0.prior else {
        panic!("it is a cluster kernel");
    };
    let wanted = PckConfig {
        min_components: 4,
        max_components: 7,
        restarts: 2,
        fit_samples: 60,
        ..PckConfig::default()
    };
    assert_eq!(next, wanted);
    window.wait_for_text("The next run takes this prior: cluster kernel, Q = 2, g = 4–7");
    press(&mut window, "All mixtures");
    window.wait_until(|window| has(window, "24 of 24 mixtures"));
}

/// A knob is dragged; keys move it; no knob passes the other. A point of the chart is its size alone.
#[test]
fn knobs_are_dragged_and_moved_by_keys_and_a_size_is_clicked() {
    let (mut window, _) = open([1100.0, 700.0], pck());
    window.wait_until(|window| has(window, "24 of 24 mixtures"));
    window.wait_until(|window| has(window, "dashed: Lc to the whole P"));
    let knob = |window: &Window, name: &str| {
        window
            .harness
            .get_by_role_and_label(Role::Slider, name)
            .rect()
    };
    let (least, most) = (knob(&window, "Least g"), knob(&window, "Largest g"));
    let step = (most.left() - least.right()) / 7.0;
    // Three sizes to the right.
    window.harness.drag_at(least.center());
    window.harness.step();
    window
        .harness
        .hover_at(least.center() + egui::vec2(3.0 * step, 0.0));
    window.harness.run_steps(2);
    window
        .harness
        .drop_at(least.center() + egui::vec2(3.0 * step, 0.0));
    window.harness.run_steps(2);
    window.wait_until(|window| has(window, "P · g = 5–9, q ≤ 3"));
    let knob = window
        .harness
        .get_by_role_and_label(Role::Slider, "Largest g");
    knob.focus();
    window.harness.run_steps(2);
    for _ in 0..6 {
        window.harness.key_press(egui::Key::ArrowLeft);
        window.harness.step();
    }
    window.wait_until(|window| has(window, "P · g = 5, q ≤ 3"));
    press(&mut window, "g = 3 alone");
    window.wait_until(|window| has(window, "P · g = 3, q ≤ 3"));
}

/// Where there are no mixtures it says why.
#[test]
fn a_prior_without_mixtures_says_so() {
    let (window, _) = open([1440.0, 900.0], PriorConfig::Cosine);
    assert!(has(&window, "only the cluster kernel has parts"));
    assert!(
        window
            .harness
            .query_by_label("Make it the prior of the next run")
            .is_none()
    );
}

/// While the mixtures are being fitted it says what will be there.
#[test]
fn a_prior_in_the_making_is_waited_for() {
    let (mut window, player) = Window::open([1440.0, 900.0]);
    window.play(&player, 400);
    press(&mut window, "Inside");
    press(&mut window, "Prior");
    assert!(has(&window, "as soon as all its mixtures are fitted"));
}
