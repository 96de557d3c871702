//! The gradients of the two losses.

use std::sync::Arc;

use dkae_explorer::exhibit::{Coder, Exhibit, KernelOf, spread};
use dkae_explorer::model::{Autoencoder, Minibatch};
use egui_kittest::kittest::{NodeT, Queryable};
use ndarray::{Array2, Axis};

use super::Window;
use super::script::Player;
use super::units::{has, open_tab};

const HIDDEN: [usize; 2] = [40, 30];
const CODE: usize = 12;

fn publish(window: &mut Window, player: &Player, step: u64) -> Arc<Exhibit> {
    let mut parts = player.parts(step);
    parts.codes = Some(Arc::new(player.codes_of(step, &HIDDEN, CODE)));
    let snapshot = player.snapshot_of(&parts);
    let exhibit = Arc::clone(&snapshot.exhibit);
    window.publish(snapshot);
    window.harness.run_steps(3);
    exhibit
}

fn open(size: [f32; 2]) -> (Window, Player, Arc<Exhibit>) {
    let (mut window, player) = Window::open(size);
    window.play(&player, 400);
    let exhibit = publish(&mut window, &player, 401);
    open_tab(&mut window, "Pull");
    window.wait_until(|window| has(window, "all layers: "));
    (window, player, exhibit)
}

/// Norms and cosine of each layer, then of all, in double precision: the gradient under λ = 0 and under λ = 1.
fn plain(exhibit: &Exhibit) -> Vec<[f64; 3]> {
    let network = exhibit.coder().unwrap().network();
    let parameters = network.parameters().iter().map(|&x| f64::from(x));
    let architecture = network.architecture().clone();
    let dims = architecture.dims.clone();
    let network = Autoencoder::from_parameters(architecture, parameters.collect()).unwrap();
    let some = spread(300, 200);
    let gradient = |lambda: f64| {
        let mut batch = Minibatch::<f64>::new(200, network.architecture());
        let pixels = exhibit.images.pixels.as_ref().unwrap();
        batch.input = pixels.select(Axis(0), &some).mapv(f64::from);
        let prior = exhibit.matrix_of(KernelOf::Prior).unwrap().entries();
        let entry = |(i, j): (usize, usize)| f64::from(prior[[some[i], some[j]]]);
        batch.prior = Array2::from_shape_fn((200, 200), entry);
        batch.forward(&network, lambda);
        batch.backward(&network, lambda);
        batch.collect_gradient(network.architecture());
        batch.gradient().to_vec()
    };
    let (lr, lc) = (gradient(0.0), gradient(1.0));
    let norms = |range: std::ops::Range<usize>| {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (r, c) = (&lr[range.clone()], &lc[range]);
        let [a, b] = [dot(r, r).sqrt(), dot(c, c).sqrt()];
        [a, b, dot(r, c) / (a * b)]
    };
    let mut start = 0;
    let mut out = Vec::new();
    for pair in dims.windows(2) {
        let end = start + pair[0] * pair[1] + pair[0] + pair[1];
        out.push(norms(start..end));
        start = end;
    }
    out.push(norms(0..start));
    out
}

/// The same as it stands on screen.
fn shown(window: &Window) -> Vec<[f64; 3]> {
    let names = ["784 → 40: ", "40 → 30: ", "30 → 12: ", "all layers: "];
    let number = |text: &str| -> f64 { text.replace('−', "-").replace(',', "").parse().unwrap() };
    let row = |name: &str| {
        // The sentence above may name the same layer.
        let nodes = window.harness.query_all_by_label_contains(name);
        let mut labels = nodes.filter_map(|node| node.accesskit_node().value());
        let text = labels.find_map(|label| label.strip_prefix(name).map(str::to_owned));
        let text = text.unwrap();
        let mut parts = text.split(", ");
        ["Lr ", "Lc ", "cosine "].map(|part| {
            let text = parts.next().unwrap();
            number(text.strip_prefix(part).unwrap())
        })
    };
    names.map(row).to_vec()
}

fn agree(shown: &[[f64; 3]], wanted: &[[f64; 3]], factors: [f64; 2]) {
    for (shown, wanted) in shown.iter().zip(wanted) {
        for loss in 0..2 {
            let wanted = factors[loss] * wanted[loss];
            assert!(
                (shown[loss] / wanted - 1.0).abs() < 6e-3,
                "{shown:?} {wanted}"
            );
        }
        assert!(
            (shown[2] - wanted[2]).abs() < 0.0052,
            "{shown:?} {wanted:?}"
        );
    }
}

fn press(window: &mut Window, name: &str) {
    window.harness.get_by_label(name).click();
    window.harness.run_steps(2);
}

#[test]
fn bars_are_the_norms_of_both_gradients_and_their_cosine() {
    for size in [[1440.0, 900.0], [1100.0, 700.0]] {
        let (mut window, player, exhibit) = open(size);
        let wanted = plain(&exhibit);
        assert!(has(
            &window,
            "step 401 · λ = 0.1 · 200 of 300 validation images"
        ));
        agree(&shown(&window), &wanted, [0.9, 0.1]);
        press(&mut window, "alone");
        agree(&shown(&window), &wanted, [1.0, 1.0]);

        // The sentence names the layer of the least cosine.
        let layers = ["784 → 40", "40 → 30", "30 → 12"];
        let least = (0..3)
            .min_by(|&a, &b| wanted[a][2].total_cmp(&wanted[b][2]))
            .unwrap();
        let cosine = wanted[least][2];
        let sentence = if cosine < -0.005 {
            format!("pull apart most at {}: cosine", layers[least])
        } else {
            format!("least together at {}: cosine", layers[least])
        };
        assert!(has(&window, &sentence), "{sentence}");

        // Lc has no part in the way back, Lr has.
        let whole = shown(&window);
        press(&mut window, "the way in");
        let way_in = shown(&window);
        for (whole, way_in) in whole.iter().zip(&way_in) {
            assert_eq!(whole[1], way_in[1]);
            assert!(whole[0] != way_in[0]);
        }
        press(&mut window, "whole layers");
        assert_eq!(shown(&window), whole);

        // Another step of the network.
        let next = publish(&mut window, &player, 555);
        window.wait_until(|window| has(window, "step 555 · "));
        agree(&shown(&window), &plain(&next), [1.0, 1.0]);
    }
}

#[test]
fn what_is_missing_is_said() {
    let (mut window, player) = Window::open([1100.0, 700.0]);
    window.say(player.started());
    open_tab(&mut window, "Pull");
    assert!(has(&window, "when the network starts to train"));
    window.publish(player.snapshot(300));
    window.harness.run_steps(3);
    assert!(has(&window, "The network itself is not at hand"));
    // A network of other images than those on show.
    let mut parts = player.parts(300);
    let mut codes = player.codes_of(300, &HIDDEN, CODE);
    let network = codes.coder.as_ref().unwrap().network().layer_alone(1);
    codes.coder = Some(Coder::of(network));
    parts.codes = Some(Arc::new(codes));
    window.publish(player.snapshot_of(&parts));
    window.harness.run_steps(3);
    assert!(has(&window, "P and the network are of other images"));
    publish(&mut window, &player, 301);
    window.wait_until(|window| has(window, "all layers: "));
}
