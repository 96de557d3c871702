//! How the window looks: the colours of kernels, the size of text, the tree of clusters, the list of keys.

use dkae_explorer::exhibit::dendrogram::Dendrogram;
use dkae_explorer::exhibit::numbers::{count, three};
use dkae_explorer::exhibit::sorting::{By, Sorting, Tree};
use dkae_explorer::exhibit::{ColourMap, KernelOf, Limits, Looks};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

/// Chooses an entry; a menu that is open already stays so.
fn choose(window: &mut Window, menu: &str, role: Role, entry: &str) {
    if (window.harness.query_all_by_role(role))
        .all(|node| node.accesskit_node().label().as_deref() != Some(entry))
    {
        window.harness.get_by_label(menu).click_accesskit();
        window.harness.run_steps(2);
    }
    let entry = window.harness.get_by_role_and_label(role, entry);
    entry.click_accesskit();
    window.harness.run_steps(3);
}

/// What is chosen is what is kept; kernels are painted anew, and the run is told nothing.
#[test]
fn colours_and_limits_are_chosen_by_the_colour_bar() {
    let (mut window, player) = Window::open([1440.0, 900.0]);
    window.play(&player, 400);
    let menu = "Colours and text size";
    assert_eq!(window.harness.state().looks(), Looks::default());
    choose(&mut window, menu, Role::Button, "magma");
    choose(&mut window, menu, Role::Button, "2–98 %");
    choose(
        &mut window,
        menu,
        Role::CheckBox,
        "Each kernel on its own scale",
    );
    let wanted = Looks {
        map: ColourMap::Magma,
        limits: Limits::Robust,
        each_its_own: true,
    };
    assert_eq!(window.harness.state().looks(), wanted);
    // The scale's ends are those of P alone.
    let exhibit = player.snapshot(400).exhibit.with_looks(wanted);
    let high = exhibit
        .matrix_of(KernelOf::Prior)
        .unwrap()
        .range(Limits::Robust)
        .high;
    assert_eq!(exhibit.scale(0).high, high);
    choose(&mut window, menu, Role::Button, "125 %");
    assert!((window.harness.ctx.zoom_factor() - 1.25).abs() < 1e-6);
    choose(&mut window, menu, Role::Button, "100 %");
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
}

/// The tree stands where it has room, and says what lies below a branch.
#[test]
fn the_tree_of_clusters_stands_above_p() {
    for (size, there) in [([1440.0, 900.0], true), ([1100.0, 700.0], false)] {
        let (mut window, player) = Window::open(size);
        window.play(&player, 400);
        assert!(!has(&window, "Tree of 299 clusters"));
        choose(
            &mut window,
            "Order of the images",
            Role::Button,
            "clusters of P",
        );
        window.wait_until(|window| has(window, "images clustered by P"));
        window.harness.run_steps(3);
        assert_eq!(has(&window, "Tree of 299 clusters"), there, "{size:?}");
        if !there {
            continue;
        }
        let exhibit = player.snapshot(400).exhibit;
        let matrix = exhibit.matrix_of(KernelOf::Prior).unwrap();
        let tree = Dendrogram::of(Tree::of(matrix.entries()));
        let sorting = Sorting::of(&exhibit, By::Prior).unwrap();
        assert_eq!(sorting.tree.as_deref(), Some(&tree));
        // At its upper edge all images are one cluster.
        let place = window.harness.get_by_label("Tree of 299 clusters").rect();
        let square = window.harness.get_by_label("P heat map").rect();
        assert!(place.bottom() < square.top() && place.x_range() == square.x_range());
        let at = place.center_top() + egui::vec2(0.0, 1.0);
        window.harness.hover_at(at);
        window.harness.run_steps(4);
        let all = format!("{} images, merged at the mean distance", count(300));
        assert!(has(&window, &all));
        assert!(has(&window, &three(f64::from(tree.height()))));
        choose(
            &mut window,
            "Order of the images",
            Role::Button,
            "as in the data",
        );
        window.wait_until(|window| has(window, "in the order of the data"));
        window.harness.run_steps(3);
        assert!(!has(&window, "Tree of 299 clusters"));
    }
}

/// `?` opens the list of all keys, which closes by Escape; keys do nothing else meanwhile.
#[test]
fn a_question_mark_lists_all_keys() {
    let (mut window, _player) = Window::training();
    let press = |window: &mut Window, key| {
        window.harness.key_press_modifiers(Modifiers::NONE, key);
        window.harness.run_steps(3);
    };
    press(&mut window, Key::Questionmark);
    for text in [
        "pause the run, let it go on",
        "pin the network on show",
        "save the session",
        "this list",
        "larger text",
    ] {
        assert!(has(&window, text), "{text}");
    }
    press(&mut window, Key::Space);
    assert!(super::heard(&window.peers).is_none(), "no pause");
    press(&mut window, Key::Escape);
    assert!(!has(&window, "pin the network on show"));
    press(&mut window, Key::Space);
    assert!(super::heard(&window.peers).is_some(), "a pause");
}
