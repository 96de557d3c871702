//! What stands behind a click into the kernels.

use std::sync::Arc;

use dkae_explorer::exhibit::neighbours::{nearest, rank};
use dkae_explorer::exhibit::sorting::{By, Sorting};
use dkae_explorer::exhibit::{Exhibit, KernelOf};
use dkae_explorer::kernel::{PckConfig, PriorConfig, build};
use egui::accesskit::Role;
use egui::{Pos2, Rect};
use egui_kittest::kittest::Queryable;

use super::Window;
use super::ladder::{complete, set_lambda};
use super::script::Player;

/// A window that shows a run on 300 digits of ten classes, whose prior is mixtures of its own data.
fn open() -> (Window, Arc<Exhibit>) {
    let (mut window, player) = Window::open([1440.0, 900.0]);
    window.play(&player, 400);
    let config = PriorConfig::Pck(PckConfig {
        restarts: 3,
        max_components: 6,
        fit_samples: 60,
        ..PckConfig::default()
    });
    let training: Vec<usize> = (0..200).collect();
    let mut parts = player.parts(401);
    parts.kernel = Some(build(&config, &player.data, &training, 0).unwrap().into());
    let snapshot = player.snapshot_of(&parts);
    let exhibit = Arc::clone(&snapshot.exhibit);
    window.publish(snapshot);
    window.harness.run_steps(3);
    (window, exhibit)
}

fn kernel(window: &Window, name: &str) -> Rect {
    let label = format!("{name} heat map");
    window.harness.get_by_label(&label).rect()
}

/// The middle of a cell of a kernel that is shown whole.
fn cell(window: &Window, name: &str, n: usize, (i, j): (usize, usize)) -> Pos2 {
    let square = kernel(window, name);
    let at = egui::vec2(j as f32 + 0.5, i as f32 + 0.5) / n as f32;
    square.lerp_inside(at)
}

fn click(window: &mut Window, at: Pos2) {
    window.harness.hover_at(at);
    window.harness.step();
    window.harness.drag_at(at);
    window.harness.step();
    window.harness.drop_at(at);
    window.harness.run_steps(3);
}

/// The same by a hand that has gone on when the frame ends.
fn click_and_leave(window: &mut Window, at: Pos2) {
    window.harness.hover_at(at);
    window.harness.step();
    window.harness.drag_at(at);
    window.harness.step();
    window.harness.drop_at(at);
    window.harness.hover_at(Pos2::new(1436.0, 896.0));
    window.harness.run_steps(3);
}

fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

/// Chooses how the kernels are looked at.
fn look(window: &mut Window, lens: &str) {
    let menu = window.harness.get_by_label("Order of the images");
    menu.click_accesskit();
    window.harness.run_steps(2);
    let entry = window.harness.get_by_role_and_label(Role::Button, lens);
    entry.click_accesskit();
    window.harness.run_steps(3);
    window.wait_until(|window| window.harness.state().is_up_to_date());
}

/// Clicking a cell in any of the kernels shows what all of them say of its two images.
#[test]
fn a_cell_says_what_the_kernels_say_of_two_images() {
    let (mut window, exhibit) = open();
    let (i, j) = (40, 213);
    let at = cell(&window, "C", 300, (i, j));
    click(&mut window, at);
    assert!(
        window.harness.query_by_label("Cell").is_some(),
        "a tab of its own"
    );
    for of in [KernelOf::Prior, KernelOf::Codes] {
        let matrix = exhibit.matrix_of(of).unwrap();
        let row = matrix.entries().row(i).to_vec();
        // Recomputed plainly: how many others are nearer.
        let nearer = (0..300).filter(|&k| k != i && row[k] > row[j]).count();
        assert_eq!(rank(matrix.entries().row(i), i, j), Some(nearer + 1));
        assert!(
            has(&window, &format!("number {} of 299", nearer + 1)),
            "{of:?}"
        );
    }
    let labels = exhibit.images.labels.as_ref().unwrap();
    let same = if labels[i] == labels[j] {
        "one class"
    } else {
        "two classes"
    };
    assert!(has(&window, same));
    assert!(
        window
            .harness
            .query_by_label("Shares by mixture size")
            .is_some()
    );

    // It stays while the network goes on, and goes with a second click, which lies where the button was let go.
    let at = cell(&window, "P", 300, (i, j));
    click_and_leave(&mut window, at);
    assert!(window.harness.query_by_label("Cell").is_none());
    click_and_leave(&mut window, at);
    assert!(window.harness.query_by_label("Cell").is_some());
    let close = window
        .harness
        .get_by_role_and_label(Role::Button, "Close the cell");
    close.click_accesskit();
    window.harness.run_steps(2);
    assert!(window.harness.query_by_label("Cell").is_none());
}

/// The strip beside a row gives an image's neighbours in P and in C; a click on one of them is a cell.
#[test]
fn a_row_shows_its_nearest_images_in_both_kernels() {
    let (mut window, exhibit) = open();
    let square = kernel(&window, "P");
    let row = 123;
    let at = egui::pos2(
        square.left() - 6.0,
        square.top() + (row as f32 + 0.5) * square.height() / 300.0,
    );
    click(&mut window, at);
    assert!(has(&window, "Image 123"));
    let shown = |of: KernelOf| {
        let matrix = exhibit.matrix_of(of).unwrap();
        nearest(matrix.entries().row(row), row, 3)
    };
    let first = shown(KernelOf::Prior);
    for &j in first.iter().chain(&shown(KernelOf::Codes)) {
        let name = format!("image {j}, ");
        assert!(has(&window, &name), "{name}");
    }
    let label = exhibit.images.labels.as_ref().unwrap()[first[0]];
    let name = format!("image {}, {}", first[0], digit(label));
    let neighbour = window
        .harness
        .query_all_by_label(&name)
        .next()
        .unwrap()
        .rect()
        .center();
    click(&mut window, neighbour);
    assert!(window.harness.query_by_label("Cell").is_some());
    assert!(has(&window, "number 1 of 299"), "the nearest in P");
}

fn digit(label: u8) -> String {
    dkae_explorer::data::class_text(Some(dkae_explorer::data::Collection::Mnist), label)
}

/// Classes in the place of images, in all three; a cell of theirs is a block of images.
#[test]
fn classes_stand_in_the_place_of_images_and_a_cell_opens_its_block() {
    let (mut window, exhibit) = open();
    look(&mut window, "class means");
    window.wait_until(|window| has(window, "means over pairs of 300 validation images"));
    window.wait_until(|window| window.harness.state().is_up_to_date());
    window.harness.run_steps(3);
    // Class 4's row, class 9's column: a cell of ten by ten.
    let at = cell(&window, "C − P", 10, (4, 9));
    window.harness.hover_at(at);
    window.harness.run_steps(60);
    assert!(
        has(&window, "class 4") && has(&window, "class 9"),
        "what the cell is of"
    );
    click(&mut window, at);
    assert!(!has(&window, "means over pairs of"), "images again");
    window.harness.run_steps(3);
    // The middle of the picture is now in the block of the two classes.
    let square = kernel(&window, "C");
    let classes = exhibit.classes();
    click(&mut window, square.left_top() + egui::vec2(3.0, 3.0));
    let (i, j) = (classes[4].start, classes[9].start);
    let matrix = exhibit.matrix_of(KernelOf::Codes).unwrap();
    let place = rank(matrix.entries().row(i), i, j).unwrap();
    assert!(
        has(&window, &format!("number {place} of 299")),
        "the block's first cell"
    );
}

/// A cell is marked for its images: it stays when another network comes on show, and says what that one says.
#[test]
fn what_is_marked_is_told_of_the_network_on_show() {
    let (mut window, player, _run): (_, Player, _) = complete();
    set_lambda(&mut window, 0.0);
    let n = window
        .harness
        .state()
        .ladder()
        .on_show()
        .unwrap()
        .exhibit
        .rows_of_kernels();
    let (i, j) = (n / 5, n / 2);
    let at = cell(&window, "C", n, (i, j));
    click(&mut window, at);
    assert!(has(&window, "This prior kernel has no mixtures to share."));
    let mut places = Vec::new();
    for lambda in [0.0, 1.0] {
        set_lambda(&mut window, lambda);
        let exhibit = Arc::clone(&window.harness.state().ladder().on_show().unwrap().exhibit);
        let matrix = exhibit.matrix_of(KernelOf::Codes).unwrap();
        let place = rank(matrix.entries().row(i), i, j).unwrap();
        assert!(has(&window, &format!("{place}/{}", n - 1)), "λ = {lambda}");
        places.push(matrix.entries()[[i, j]] * matrix.unit());
    }
    assert!(places[0] != places[1], "two networks");
    drop(player);
}

/// An order that was found stays while the network goes on; what is marked is marked in its place there; what
/// is saved is what is looked at.
#[test]
fn an_order_stays_while_the_network_goes_on() {
    let (mut window, player) = Window::open([1440.0, 900.0]);
    window.play(&player, 400);
    let exhibit = player.snapshot(400).exhibit;
    look(&mut window, "clusters of C");
    window.wait_until(|window| has(window, "clustered by C (λ = 0.1, Nc = 2, step 400)"));
    let order = Sorting::of(&exhibit, By::Codes).unwrap();
    let (i, j) = (17, 203);
    let base = |at: usize| {
        let index = order.indices[at];
        exhibit
            .images
            .indices
            .iter()
            .position(|&other| other == index)
            .unwrap()
    };
    window.publish(player.snapshot(600));
    window.harness.run_steps(3);
    window.wait_until(|window| window.harness.state().is_up_to_date());
    assert!(
        has(&window, "clustered by C (λ = 0.1, Nc = 2, step 400)"),
        "the order that was found"
    );
    let at = cell(&window, "C", 300, (i, j));
    click(&mut window, at);
    let newest = player.snapshot(600).exhibit;
    let (a, b) = (base(i), base(j));
    let matrix = newest.matrix_of(KernelOf::Codes).unwrap();
    let place = rank(matrix.entries().row(a), a, b).unwrap();
    assert!(has(&window, &format!("number {place} of 299")));
    // Chosen once more it is found anew.
    look(&mut window, "clusters of C");
    window.wait_until(|window| has(window, "clustered by C (λ = 0.1, Nc = 2, step 600)"));
    look(&mut window, "by class");
    assert!(has(&window, "300 validation images by class"));
    assert!(
        has(&window, &format!("number {place} of 299")),
        "the mark stays"
    );
}

/// A double click shows everything, and marks nothing: its first click is taken back.
#[test]
fn a_double_click_marks_nothing() {
    let (mut window, _) = open();
    let double = |window: &mut Window, at: Pos2| {
        window.harness.hover_at(at);
        window.harness.run_steps(3);
        // Two clicks in two frames, a quarter of a second apart.
        for _ in 0..2 {
            for pressed in [true, false] {
                let events = &mut window.harness.input_mut().events;
                events.push(egui::Event::PointerButton {
                    pos: at,
                    button: egui::PointerButton::Primary,
                    pressed,
                    modifiers: egui::Modifiers::NONE,
                });
            }
            window.harness.step();
        }
        window.harness.run_steps(3);
    };
    let at = cell(&window, "C", 300, (40, 213));
    double(&mut window, at);
    assert!(window.harness.query_by_label("Cell").is_none());
    // What was marked before stays so.
    click(&mut window, at);
    window.harness.run_steps(60);
    assert!(window.harness.query_by_label("Cell").is_some());
    let other = cell(&window, "P", 300, (250, 10));
    double(&mut window, other);
    assert!(window.harness.query_by_label("Cell").is_some());
    window.harness.run_steps(60);
    click(&mut window, at);
    assert!(
        window.harness.query_by_label("Cell").is_none(),
        "it was the first one"
    );
}
