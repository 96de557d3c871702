//! The units of a code, and the spectra of the kernels.

use std::sync::Arc;

use dkae_explorer::exhibit::live::CodePicture;
use dkae_explorer::exhibit::spectrum::Spectrum;
use dkae_explorer::exhibit::{Exhibit, KernelOf, Matrix, numbers};
use egui::accesskit::Role;
use egui::{Pos2, Rect, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use ndarray::Array2;

use super::Window;
use super::script::Player;

/// Opens a tab of the page *Inside*.
pub fn open_tab(window: &mut Window, name: &str) {
    for name in ["Inside", name] {
        window.harness.get_by_label(name).click();
        window.harness.run_steps(3);
    }
}

pub fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

/// A network of so many units after `step`, one of which no image moves.
fn codes(player: &Player, step: u64, units: usize) -> CodePicture {
    let picture = player.codes_of(step, &[40], units);
    let mut codes = Array2::clone(&picture.codes);
    codes.column_mut(DEAD).fill(0.25);
    CodePicture {
        matrix: Arc::new(Matrix::new(codes.dot(&codes.t()))),
        codes: Arc::new(codes),
        ..picture
    }
}

const DEAD: usize = 5;

/// Shows a network of so many units after `step`.
fn publish(window: &mut Window, player: &Player, step: u64, units: usize) -> Arc<Exhibit> {
    let mut parts = player.parts(step);
    parts.codes = Some(Arc::new(codes(player, step, units)));
    let snapshot = player.snapshot_of(&parts);
    let exhibit = Arc::clone(&snapshot.exhibit);
    window.publish(snapshot);
    window.harness.run_steps(3);
    exhibit
}

fn open(size: [f32; 2], units: usize) -> (Window, Player, Arc<Exhibit>) {
    let (mut window, player) = Window::open(size);
    window.play(&player, 400);
    let exhibit = publish(&mut window, &player, 401, units);
    open_tab(&mut window, "Units");
    window.wait_until(|window| has(window, &format!("{} units by use", numbers::count(units))));
    window.wait_until(|window| has(window, "Histogram of activations"));
    window.wait_until(|window| has(window, "C: effective rank"));
    (window, player, exhibit)
}

/// The units on screen in reading order, and where they stand.
fn units_on_screen(window: &Window) -> Vec<(usize, Rect)> {
    let nodes = window.harness.query_all_by_label_contains("unit ");
    let mut all: Vec<(usize, Rect)> = nodes
        .filter(|node| node.accesskit_node().role() == Role::Button)
        .filter_map(|node| {
            let label = node.accesskit_node().label()?;
            Some((label.strip_prefix("unit ")?.parse().ok()?, node.rect()))
        })
        .collect();
    all.sort_by(|(_, a), (_, b)| {
        a.top()
            .total_cmp(&b.top())
            .then(a.left().total_cmp(&b.left()))
    });
    all
}

/// σ of a unit, from its definition.
fn deviation(exhibit: &Exhibit, unit: usize) -> f64 {
    let codes = &exhibit.network.as_ref().unwrap().codes;
    let values: Vec<f64> = codes.column(unit).iter().map(|&x| f64::from(x)).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()
}

fn by_use(exhibit: &Exhibit) -> Vec<usize> {
    let units = exhibit.network.as_ref().unwrap().codes.ncols();
    let mut order: Vec<usize> = (0..units).collect();
    order.sort_by(|&a, &b| deviation(exhibit, b).total_cmp(&deviation(exhibit, a)));
    order
}

fn click(window: &mut Window, at: Pos2) {
    window.harness.hover_at(at);
    window.harness.step();
    window.harness.drag_at(at);
    window.harness.step();
    window.harness.drop_at(at);
    window.harness.run_steps(3);
}

#[test]
fn units_stand_by_use_and_a_click_looks_closer() {
    let (mut window, _player, exhibit) = open([1440.0, 900.0], 24);
    let order: Vec<usize> = units_on_screen(&window).iter().map(|unit| unit.0).collect();
    assert_eq!(order, by_use(&exhibit));
    assert_eq!(order[23], DEAD, "the least used one");
    assert!(has(&window, "1 dead"));

    // The most used one is looked at until another is clicked.
    window.wait_until(|window| has(window, &format!("Unit {}", by_use(&exhibit)[0])));
    let (unit, place) = units_on_screen(&window)[3];
    click(&mut window, place.center());
    window.wait_until(|window| has(window, &format!("Unit {unit}")));
    let codes = &exhibit.network.as_ref().unwrap().codes;
    let column: Vec<f64> = codes.column(unit).iter().map(|&x| f64::from(x)).collect();
    let mean = column.iter().sum::<f64>() / 300.0;
    let active = column.iter().filter(|x| **x != 0.0).count() as f64 / 3.0;
    let figures = format!(
        "σ {}, mean {}, not zero on {active:.0} % of the images",
        numbers::three(deviation(&exhibit, unit)),
        numbers::three(mean).replace('-', "−"),
    );
    assert!(has(&window, &figures), "{figures}");
    for name in [
        "decoded m − 2σ",
        "decoded m",
        "decoded m + 2σ",
        "decoded change",
    ] {
        assert!(window.harness.query_by_label(name).is_some(), "{name}");
    }
    // The images at both ends, one end left of the other's row.
    let end = |better: fn(f64, f64) -> bool| {
        (0..300).fold(0, |best, at| {
            if better(column[at], column[best]) {
                at
            } else {
                best
            }
        })
    };
    let row = |name: &str| window.harness.get_by_label(name).rect().top();
    let (raised, lowered) = (row("Raised most by"), row("Lowered most by"));
    for (image, above) in [(end(|a, b| a > b), raised), (end(|a, b| a < b), lowered)] {
        let name = format!("image {image}, ");
        let nodes = window.harness.query_all_by_label_contains(&name);
        let first = nodes
            .map(|node| node.rect())
            .find(|rect| rect.top() > above);
        let first = first.unwrap();
        let before = window.harness.query_all_by_label_contains("image ");
        let same_row = before.filter(|node| (node.rect().top() - first.top()).abs() < 1.0);
        let leftmost = same_row.map(|node| node.rect().left()).reduce(f32::min);
        assert_eq!(leftmost, Some(first.left()), "{name}is the first");
    }

    // The bars of the histogram are counted under the pointer.
    let bars = window
        .harness
        .get_by_label("Histogram of activations")
        .rect();
    let middle = pos2(
        bars.left() + bars.width() * (10.5 / 24.0),
        bars.top() + 20.0,
    );
    window.harness.hover_at(middle);
    window.harness.run_steps(10);
    let [low, high] = [f64::min, f64::max].map(|f| column.iter().copied().reduce(f).unwrap());
    let width = (high - low) / 24.0;
    let inside = |x: &&f64| **x >= low + 10.0 * width && **x < low + 11.0 * width;
    let count = column.iter().filter(inside).count();
    assert!(has(&window, &format!("{count} images from ")));
}

#[test]
fn dead_units_are_counted_on_the_scoreboard() {
    let (mut window, player) = Window::open([1100.0, 700.0]);
    window.play(&player, 400);
    publish(&mut window, &player, 401, 24);
    assert!(has(&window, "Dead units"));
    assert!(has(&window, "1 of 24"));
}

/// The order follows the network, but not while the pointer is on the units.
#[test]
fn nothing_moves_away_from_under_the_hand() {
    let (mut window, player, first) = open([1100.0, 700.0], 24);
    let order = |window: &Window| -> Vec<usize> {
        units_on_screen(window).iter().map(|unit| unit.0).collect()
    };
    let visible = order(&window).len();
    assert_eq!(order(&window), by_use(&first)[..visible]);
    let (chosen, place) = units_on_screen(&window)[2];
    click(&mut window, place.center());
    // A button that is let go takes the harness's pointer away.
    window.harness.hover_at(place.center());
    window.harness.step();
    let second = publish(&mut window, &player, 777, 24);
    window.wait_until(|window| has(window, "step 777 · σ on 300"));
    assert_eq!(
        order(&window),
        by_use(&first)[..visible],
        "the hand is on them"
    );
    window.wait_until(|window| {
        let wanted = format!("σ {}", numbers::three(deviation(&second, chosen)));
        has(window, &wanted) && has(window, &format!("Unit {chosen}"))
    });
    window.harness.hover_at(pos2(1090.0, 690.0));
    window.harness.run_steps(2);
    let seen = order(&window);
    assert_eq!(seen, by_use(&second)[..seen.len()]);
    assert!(by_use(&first) != by_use(&second));
    // Another network with fewer units than the number of the chosen one.
    let (last, place) = *units_on_screen(&window).last().unwrap();
    click(&mut window, place.center());
    let small = publish(&mut window, &player, 800, 6);
    window.wait_until(|window| has(window, "6 units by use"));
    let wanted = if last < 6 { last } else { by_use(&small)[0] };
    window.wait_until(|window| has(window, &format!("Unit {wanted}")));
}

/// Thousands of units, of which those on screen are painted.
#[test]
fn a_wide_code_is_scrolled_through() {
    let (mut window, _player, exhibit) = open([1100.0, 700.0], 2000);
    let shown = units_on_screen(&window);
    assert!(shown.len() < 200, "{}", shown.len());
    let at = shown[0].1.center();
    window.harness.hover_at(at);
    window.harness.step();
    let down = egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -100_000.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    };
    window.harness.input_mut().events.push(down);
    window.harness.run_steps(40);
    let shown = units_on_screen(&window);
    assert_eq!(shown.last().unwrap().0, DEAD);
    assert_eq!(by_use(&exhibit)[1999], DEAD);
}

#[test]
fn spectra_are_read_under_the_pointer() {
    let (mut window, player, exhibit) = open([1440.0, 900.0], 24);
    let prior = exhibit.matrix_of(KernelOf::Prior).unwrap();
    let of_codes = |exhibit: &Exhibit| {
        Spectrum::of_codes(exhibit.network.as_ref().unwrap().codes.view()).unwrap()
    };
    let (p, c) = (
        Spectrum::of_kernel(prior.entries()).unwrap(),
        of_codes(&exhibit),
    );
    for (name, spectrum) in [("P", &p), ("C", &c)] {
        let rank = numbers::three(spectrum.effective_rank);
        assert!(has(&window, &format!("{name}: effective rank {rank}")));
    }
    let chart = window.harness.get_by_label("Spectra of P and C").rect();
    let mut read = Vec::new();
    for share in [0.2, 0.5, 0.8] {
        let at = pos2(chart.left() + share * chart.width(), chart.center().y);
        window.harness.hover_at(at);
        window.harness.run_steps(10);
        let node = window.harness.query_all_by_label_contains("of the sum");
        let texts = node.filter_map(|node| node.accesskit_node().value());
        let said = texts.into_iter().find(|text| text.starts_with("number "));
        let said = said.unwrap();
        let number = said["number ".len()..].split(':').next().unwrap();
        let index = number.parse::<usize>().unwrap() - 1;
        let text = |spectrum: &Spectrum| {
            let share = spectrum.shares.get(index).copied();
            share.map_or_else(|| "none".to_owned(), numbers::three)
        };
        let wanted = format!("number {number}: P {}, C {} of the sum", text(&p), text(&c));
        assert_eq!(said, wanted);
        read.push(index);
    }
    assert!(read.windows(2).all(|pair| pair[0] < pair[1]), "{read:?}");
    // They follow the network.
    let next = publish(&mut window, &player, 900, 7);
    let rank = numbers::three(of_codes(&next).effective_rank);
    window.wait_until(|window| has(window, &format!("C: effective rank {rank}")));
}

#[test]
fn what_is_not_there_yet_is_said() {
    let (mut window, player) = Window::open([1100.0, 700.0]);
    window.say(player.started());
    open_tab(&mut window, "Units");
    assert!(has(&window, "The units of the code appear here"));
    assert!(has(&window, "They appear when the first mixtures"));
    let mut parts = player.parts(0);
    (parts.codes, parts.denoising) = (None, None);
    window.publish(player.snapshot_of(&parts));
    window.harness.run_steps(3);
    window.wait_until(|window| has(window, "P: effective rank"));
    assert!(!has(&window, "C: effective rank"));
    // A network of which the codes alone are at hand.
    let mut codes = codes(&player, 5, 9);
    codes.coder = None;
    parts.codes = Some(Arc::new(codes));
    window.publish(player.snapshot_of(&parts));
    window.harness.run_steps(3);
    window.wait_until(|window| has(window, "9 units by use"));
    assert!(has(&window, "the network itself is not at hand"));
    window.wait_until(|window| has(window, "Histogram of activations"));
    assert!(window.harness.query_by_label("decoded m").is_none());
}

/// What a unit changes is there to be seen, in both sizes and themes; so are the bars of the two losses.
#[test]
fn pictures_of_units_and_of_the_pull() {
    for (size, dark) in [([1440.0, 900.0], true), ([1100.0, 700.0], false)] {
        let (mut window, _player, exhibit) = open(size, 24);
        if !dark {
            window.harness.get_by_label("Theme").click();
            window.harness.run_steps(4);
        }
        let Some(image) = super::paint(&mut window) else {
            return;
        };
        let name = if dark { "dark" } else { "light" };
        super::keep(&image, &format!("units-{name}"));
        let place = |unit: usize| {
            let all = units_on_screen(&window);
            all.into_iter().find(|(other, _)| *other == unit).unwrap().1
        };
        let colours = |unit: usize| {
            let tile = Rect::from_min_size(place(unit).min, egui::vec2(56.0, 56.0)).shrink(4.0);
            let across = (tile.left() as u32)..(tile.right() as u32);
            let pixels = across.flat_map(|x| {
                let down = (tile.top() as u32)..(tile.bottom() as u32);
                down.map(move |y| (x, y))
            });
            let colours = pixels.map(|(x, y)| image.get_pixel(x, y).0);
            colours.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!(colours(by_use(&exhibit)[1]) > 10);
        assert_eq!(colours(DEAD), 1, "a dead unit changes nothing");
        open_tab(&mut window, "Pull");
        window.wait_until(|window| has(window, "all layers: "));
        if let Some(image) = super::paint(&mut window) {
            super::keep(&image, &format!("pull-{name}"));
        }
    }
}
