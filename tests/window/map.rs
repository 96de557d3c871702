//! The map of the codes, and kernel PCA's beside it: what the hand does there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::data::{DataSet, ImageShape, Split};
use dkae_explorer::exhibit::Exhibit;
use dkae_explorer::exhibit::code_map::{
    Charted, Decoder, KernelMapper, KernelWanted, Map, Mapper, Wanted, Which, select,
};
use dkae_explorer::exhibit::numbers::three;
use dkae_explorer::kernel::{PriorConfig, PriorKernel, build};
use dkae_explorer::training::Fitted;
use egui::accesskit::Role;
use egui::{Modifiers, Pos2, Rect};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;
use super::script::Player;

const CODES: &str = "Map of the codes";
const KERNEL: &str = "Map of the kernel PCA scores";

/// A window that shows the map of a real network's codes, with data and a prior at hand; and what it shows.
struct Shown {
    window: Window,
    player: Player,
    exhibit: Arc<Exhibit>,
    data: Arc<DataSet>,
    prior: Arc<dyn PriorKernel>,
}

/// The parts of a run with this network.
fn publish(
    window: &Window,
    player: &Player,
    step: u64,
    ground: (&Arc<DataSet>, &Arc<dyn PriorKernel>),
) -> Arc<Exhibit> {
    let mut parts = player.parts(step);
    parts.codes = Some(Arc::new(player.codes_of(step, &[32], 16)));
    parts.denoising = None;
    let made = Arc::make_mut(&mut parts.made);
    made.began.denoising.components = 6;
    let mut snapshot = player.snapshot_of(&parts);
    snapshot.fitted = Some((Arc::clone(ground.0), Fitted::from(Arc::clone(ground.1))));
    let exhibit = Arc::clone(&snapshot.exhibit);
    window.publish(snapshot);
    exhibit
}

impl Shown {
    fn open(size: [f32; 2]) -> Self {
        let (mut window, player) = Window::open(size);
        window.play(&player, 400);
        let data = Arc::clone(&player.data);
        let training: Vec<usize> = (0..400).collect();
        let prior = build(&PriorConfig::Cosine, &data, &training, 0).unwrap();
        let prior: Arc<dyn PriorKernel> = prior.into();
        let exhibit = publish(&window, &player, 401, (&data, &prior));
        window.harness.get_by_label("Inside").click_accesskit();
        window.harness.run_steps(2);
        let mut shown = Self {
            window,
            player,
            exhibit,
            data,
            prior,
        };
        shown.wait("step 401 · both axes have");
        shown.wait("m = 6 · both axes have");
        shown.window.harness.run_steps(2);
        shown
    }

    fn has(&self, text: &str) -> bool {
        super::map::has(&self.window, text)
    }

    fn wait(&mut self, text: &str) {
        self.window.wait_for_text(text);
    }

    /// What is wanted of the network on show.
    fn wanted(&self, which: Which) -> Wanted {
        Wanted::of(&self.exhibit, Some(Arc::clone(&self.data)), which)
    }

    /// The map of its codes, made anew.
    fn codes(&self) -> Charted {
        Mapper::default().map(&self.wanted(Which::Shown)).unwrap()
    }

    fn kernel(&self) -> Charted {
        let wanted =
            KernelWanted::of(&self.exhibit, &self.wanted(Which::Shown), &self.prior).unwrap();
        KernelMapper::default().map(&wanted, &|| false).unwrap()
    }

    fn room(&self, map: &str) -> Rect {
        self.window.harness.get_by_label(map).rect()
    }

    /// Where a point of a map that is seen whole stands on the screen.
    fn place(&self, name: &str, map: &Map, [x, y]: [f32; 2]) -> Pos2 {
        let room = self.room(name);
        let corner = |axis: usize, pick: fn(f32, f32) -> f32, from: f32| {
            map.points.iter().map(|point| point[axis]).fold(from, pick)
        };
        let low = [0, 1].map(|axis| corner(axis, f32::min, f32::INFINITY));
        let high = [0, 1].map(|axis| corner(axis, f32::max, f32::NEG_INFINITY));
        let scale = (room.width() / (high[0] - low[0])).min(room.height() / (high[1] - low[1]));
        let scale = 0.92 * scale;
        let from = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        room.center() + egui::vec2(x - from[0], from[1] - y) * scale
    }

    /// An image that no other one is near to on the screen.
    fn alone(&self, name: &str, map: &Map, others: &[usize]) -> usize {
        let places: Vec<Pos2> = map
            .points
            .iter()
            .map(|&p| self.place(name, map, p))
            .collect();
        let far = |at: usize| {
            let rest = (0..places.len()).filter(|&other| other != at);
            let nearest = rest.map(|other| places[at].distance(places[other]));
            nearest.fold(f32::INFINITY, f32::min)
        };
        let free = (0..places.len()).filter(|at| !others.contains(at));
        free.max_by(|&a, &b| far(a).total_cmp(&far(b))).unwrap()
    }

    fn click(&mut self, at: Pos2) {
        self.drag(at, at);
    }

    /// Presses at a place, goes to another one, and lets go there.
    fn drag(&mut self, from: Pos2, to: Pos2) {
        let harness = &mut self.window.harness;
        harness.hover_at(from);
        // Long enough after the last click for this to be one of its own.
        harness.run_steps(4);
        harness.drag_at(from);
        harness.step();
        if from != to {
            for share in [0.3, 0.7, 1.0] {
                harness.hover_at(from.lerp(to, share));
                harness.step();
            }
        }
        harness.drop_at(to);
        harness.run_steps(3);
    }

    fn choose(&mut self, tool: &str) {
        let button = self
            .window
            .harness
            .get_by_role_and_label(Role::Button, tool);
        button.click_accesskit();
        self.window.harness.run_steps(2);
    }
}

fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

/// What stands beside an image that is decoded as it is.
fn told(charted: &Charted, at: usize, verb: &str) -> String {
    let map = &charted.map;
    let row = map.rows.row(at).insert_axis(ndarray::Axis(0));
    let image = charted.decoder.as_ref().unwrap().decode(row);
    let error = map.crowd.error(at, image.row(0)).unwrap();
    format!(
        "{verb}: {}, mean squared error {}",
        map.crowd.name(at),
        three(error)
    )
}

/// Both maps say what they show; a click on an image decodes it, a drag moves away from it.
#[test]
fn a_point_is_dragged_and_its_image_follows() {
    let mut shown = Shown::open([1440.0, 900.0]);
    let (codes, kernel) = (shown.codes(), shown.kernel());
    assert!(shown.has(&codes.caption), "{}", codes.caption);
    assert!(shown.has(&kernel.caption), "{}", kernel.caption);
    for (name, charted, [verb, picture]) in [
        (CODES, &codes, ["Decoded", "Decoded image"]),
        (KERNEL, &kernel, ["Pre-image", "Pre-image of the scores"]),
    ] {
        assert!(shown.has(&format!("{verb}: the mean")));
        let at = shown.alone(name, &charted.map, &[]);
        let place = shown.place(name, &charted.map, charted.map.points[at]);
        // A little beside it: it is taken where it stands.
        shown.click(place + egui::vec2(2.0, -1.0));
        let text = told(charted, at, verb);
        shown.window.wait_until(|window| has(window, &text));
        let away = shown.room(name).center();
        shown.drag(place, away);
        shown.wait(&format!(
            "{verb}: moved in the plane from {}",
            charted.map.crowd.name(at)
        ));
        // Where nothing is near, one starts from the mean.
        let empty = shown.room(name).left_bottom() + egui::vec2(5.0, -5.0);
        shown.drag(empty, away);
        shown.wait(&format!("{verb}: a point of the plane"));
        assert!(shown.window.harness.query_by_label(picture).is_some());
    }
    // The pointer at an image says which it is.
    let at = shown.alone(CODES, &codes.map, &[]);
    shown
        .window
        .harness
        .hover_at(shown.place(CODES, &codes.map, codes.map.points[at]));
    shown.window.harness.run_steps(6);
    assert!(shown.has(&codes.map.crowd.name(at)));
}

/// Two clicks are the ends of a walk, in both maps; by the tool, or with Shift.
#[test]
fn a_walk_goes_straight_from_one_image_to_another_in_both_spaces() {
    let mut shown = Shown::open([1100.0, 700.0]);
    let codes = shown.codes();
    let from = shown.alone(CODES, &codes.map, &[]);
    let to = shown.alone(CODES, &codes.map, &[from]);
    let places = [from, to].map(|at| shown.place(CODES, &codes.map, codes.map.points[at]));
    let name = |at: usize| codes.map.crowd.name(at);
    let strips = [
        "Walk through the codes",
        "Walk through the kernel PCA scores",
    ];
    shown.choose("Walk");
    shown.click(places[0]);
    assert!(shown.has(&format!(
        "From {}: the walk's other end is to be chosen.",
        name(from)
    )));
    shown.click(places[1]);
    let text = format!("Straight from {} to {}", name(from), name(to));
    for strip in strips {
        shown
            .window
            .wait_until(|window| window.harness.query_by_label(strip).is_some());
    }
    assert_eq!(shown.window.harness.query_all_by_label(&text).count(), 2);
    // The other way round with Shift, and the tool that decodes.
    shown.choose("Decode");
    shown
        .window
        .harness
        .event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    for place in [places[1], places[0]] {
        shown.window.harness.hover_at(place);
        shown.window.harness.run_steps(4);
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            let event = egui::Event::PointerButton {
                pos: place,
                button,
                pressed,
                modifiers: Modifiers::SHIFT,
            };
            shown.window.harness.event(event);
            shown.window.harness.step();
        }
    }
    shown
        .window
        .harness
        .event(egui::Event::ModifiersChanged(Modifiers::NONE));
    shown.window.harness.run_steps(2);
    assert!(shown.has(&format!("Straight from {} to {}", name(to), name(from))));
    assert!(shown.has("Decoded: the mean"), "nothing was put there");
}

#[test]
fn sliders_go_along_the_components_and_back() {
    let mut shown = Shown::open([1100.0, 700.0]);
    let codes = shown.codes();
    for index in 1..=6 {
        let name = format!("Component {index} of the codes");
        let slider = shown
            .window
            .harness
            .get_by_role_and_label(Role::Slider, &name);
        assert_eq!(slider.accesskit_node().numeric_value(), Some(0.0));
        slider.set_value_accesskit(2.0);
        shown.window.harness.run_steps(2);
        let slider = shown
            .window
            .harness
            .get_by_role_and_label(Role::Slider, &name);
        assert_eq!(slider.accesskit_node().numeric_value(), Some(2.0));
    }
    shown.wait("Decoded: along the axes from the mean");
    shown
        .window
        .harness
        .get_by_label("Reset the codes")
        .click_accesskit();
    shown.window.harness.run_steps(2);
    assert!(shown.has("Decoded: the mean"));
    // About an image, when one was clicked.
    let at = shown.alone(CODES, &codes.map, &[]);
    shown.click(shown.place(CODES, &codes.map, codes.map.points[at]));
    let slider = "Component 2 of the codes";
    let slider = shown
        .window
        .harness
        .get_by_role_and_label(Role::Slider, slider);
    slider.set_value_accesskit(-3.0);
    shown.window.harness.run_steps(2);
    let from = codes.map.crowd.name(at);
    shown.wait(&format!("Decoded: along the axes from {from}"));
    // Kernel PCA has its own.
    assert!(shown.has("Pre-image: the mean"));
}

/// What is gone round is counted class by class, marked on the other page, and let go by Clear.
#[test]
fn a_box_and_a_lasso_select_images() {
    let mut shown = Shown::open([1440.0, 900.0]);
    let codes = shown.codes();
    let room = shown.room(CODES);
    let [a, b] = [
        room.lerp_inside(egui::vec2(0.2, 0.25)),
        room.lerp_inside(egui::vec2(0.55, 0.8)),
    ];
    let inside = |shown: &Shown, area: Rect| -> Vec<usize> {
        let points = codes.map.points.iter().enumerate();
        let places = points.map(|(at, &point)| (at, shown.place(CODES, &codes.map, point)));
        places
            .filter(|(_, place)| area.contains(*place))
            .map(|(at, _)| at)
            .collect()
    };
    let counted = |chosen: &[usize]| {
        let classes = select::by_class(codes.map.crowd.labels.as_deref(), chosen);
        let classes: Vec<String> = classes.iter().map(|(c, n)| format!("{c}: {n}")).collect();
        format!(
            "{} selected · by class {}",
            chosen.len(),
            classes.join(", ")
        )
    };
    shown.choose("Box");
    shown.drag(a, b);
    let chosen = inside(&shown, Rect::from_two_pos(a, b));
    assert!(chosen.len() > 3 && chosen.len() < 297, "{}", chosen.len());
    assert!(shown.has(&counted(&chosen)), "{}", counted(&chosen));
    // A loop round the right half.
    shown.choose("Lasso");
    let half = Rect::from_min_max(
        egui::pos2(room.center().x, room.top() + 2.0),
        room.max - egui::vec2(2.0, 2.0),
    );
    let corners = [
        half.left_top(),
        half.right_top(),
        half.right_bottom(),
        half.left_bottom(),
    ];
    shown.window.harness.hover_at(corners[0]);
    shown.window.harness.run_steps(4);
    shown.window.harness.drag_at(corners[0]);
    shown.window.harness.step();
    for corner in &corners[1..] {
        shown.window.harness.hover_at(*corner);
        shown.window.harness.step();
    }
    shown.window.harness.drop_at(corners[3]);
    shown.window.harness.run_steps(3);
    let chosen = inside(&shown, half);
    assert!(shown.has(&counted(&chosen)), "{}", counted(&chosen));
    marked(&mut shown, &chosen);
    shown
        .window
        .harness
        .get_by_label("Clear the selection")
        .click_accesskit();
    shown.window.harness.run_steps(2);
    assert!(!shown.has(" selected · "));
}

/// The strips of the kernels have marks where the chosen images are, and only there.
fn marked(shown: &mut Shown, chosen: &[usize]) {
    shown.choose("Live");
    shown.window.harness.run_steps(3);
    let square = shown.window.harness.get_by_label("C heat map").rect();
    let picture = super::paint(&mut shown.window);
    shown.choose("Inside");
    let Some(picture) = picture else { return };
    super::keep(&picture, "selected");
    let notice = image::Rgba([0xf2, 0xc1, 0x4e, 0xff]);
    let row = |at: usize| square.top() + (at as f32 + 0.5) * square.height() / 300.0;
    let is_marked =
        |at: usize| *picture.get_pixel((square.left() - 4.0) as u32, row(at) as u32) == notice;
    for at in (10..290).step_by(7) {
        let around = at - 2..=at + 2;
        let inside = around.clone().filter(|at| chosen.contains(at)).count();
        if inside == 5 {
            assert!(is_marked(at), "{at} is one");
        } else if inside == 0 && !(at - 4..=at + 4).any(|at| chosen.contains(&at)) {
            assert!(!is_marked(at), "{at} is none");
        }
    }
}

#[test]
fn all_images_of_a_part_are_shown_when_asked_for() {
    let mut shown = Shown::open([1100.0, 700.0]);
    let sizes = Split::sizes(shown.data.len());
    for (entry, told) in [
        (
            "All training images",
            format!(
                "all {},{:03} training images",
                sizes[0] / 1000,
                sizes[0] % 1000
            ),
        ),
        (
            "All validation images",
            format!("all {} validation images", sizes[1]),
        ),
        ("Those of the kernels", "300 validation images".to_owned()),
    ] {
        shown
            .window
            .harness
            .get_by_label("Images of the map")
            .click_accesskit();
        shown.window.harness.run_steps(2);
        let entries = shown
            .window
            .harness
            .query_all_by_role_and_label(Role::Button, entry);
        entries.last().unwrap().click_accesskit();
        shown.window.harness.run_steps(2);
        let codes = format!("{told} · step 401");
        shown.wait(&codes);
        shown.wait(&format!("{told} · fitted on"));
    }
    // The map of a later network says so.
    let exhibit = publish(
        &shown.window,
        &shown.player,
        402,
        (&shown.data, &shown.prior),
    );
    shown.wait("300 validation images · step 402");
    drop(exhibit);
}

/// The wheel magnifies about the pointer, a button or a double click shows everything again; kernel PCA can be hidden.
#[test]
fn one_zooms_in_and_out_and_hides_kernel_pca() {
    let mut shown = Shown::open([1440.0, 900.0]);
    let codes = shown.codes();
    let whole = |shown: &Shown| {
        shown
            .window
            .harness
            .get_by_label("Show all")
            .accesskit_node()
            .is_disabled()
    };
    assert!(whole(&shown));
    let at = shown.alone(CODES, &codes.map, &[]);
    let place = shown.place(CODES, &codes.map, codes.map.points[at]);
    shown.window.harness.hover_at(place);
    shown.window.harness.step();
    shown.window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 400.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    });
    shown.window.harness.run_steps(12);
    assert!(!whole(&shown));
    // The image stays under the pointer.
    shown.click(place);
    shown.wait(&told(&codes, at, "Decoded"));
    if let Some(picture) = super::paint(&mut shown.window) {
        super::keep(&picture, "map-zoomed");
    }
    shown
        .window
        .harness
        .get_by_label("Show all")
        .click_accesskit();
    shown.window.harness.run_steps(2);
    assert!(whole(&shown));
    if let Some(picture) = super::paint(&mut shown.window) {
        super::keep(&picture, "map");
    }
    shown
        .window
        .harness
        .get_by_role_and_label(Role::CheckBox, "Kernel PCA")
        .click_accesskit();
    shown.window.harness.run_steps(2);
    assert!(shown.window.harness.query_by_label(KERNEL).is_none());
    assert!(shown.room(CODES).width() > 900.0);
}

/// Before there is a network, and before there is a prior, the page says what will be there.
#[test]
fn what_is_still_to_come_is_said() {
    let (mut window, player) = Window::open([1100.0, 700.0]);
    window.say(player.started());
    let mut parts = player.parts(0);
    (parts.codes, parts.denoising) = (None, None);
    window.publish(player.snapshot_of(&parts));
    window.harness.run_steps(2);
    window.harness.get_by_label("Inside").click_accesskit();
    window.harness.run_steps(2);
    assert!(has(
        &window,
        "The map appears when the network starts to train."
    ));
    assert!(has(
        &window,
        "Kernel PCA appears when the prior is complete."
    ));
    // Codes without the network that made them are shown, and cannot be decoded.
    window.publish(player.snapshot(40));
    window.wait_for_text("step 40 · both axes have 0 % of the variance of 2 numbers");
    assert!(has(&window, "This network is not kept"));
}

/// Twenty thousand points cost little a frame, whether they lie still or are moved.
#[test]
fn twenty_thousand_points_are_cheap() {
    let mut shown = Shown::open([1440.0, 900.0]);
    let shape = ImageShape {
        height: 28,
        width: 28,
    };
    let few = shown.data.len();
    let bytes = (0..29_000).flat_map(|at| shown.data.image(at % few).to_vec());
    let labels = (0..29_000)
        .map(|at| shown.data.labels().unwrap()[at % few])
        .collect();
    let many = DataSet::new("many", shape, bytes.collect(), Some(labels)).unwrap();
    shown.data = Arc::new(many);
    shown
        .window
        .harness
        .get_by_role_and_label(Role::CheckBox, "Kernel PCA")
        .click_accesskit();
    shown.exhibit = publish(
        &shown.window,
        &shown.player,
        403,
        (&shown.data, &shown.prior),
    );
    shown.window.harness.run_steps(2);
    shown
        .window
        .harness
        .get_by_label("Images of the map")
        .click_accesskit();
    shown.window.harness.run_steps(2);
    let entries = shown
        .window
        .harness
        .query_all_by_role_and_label(Role::Button, "All training images");
    entries.last().unwrap().click_accesskit();
    shown.wait("20,000 of 20,300 training images");
    let room = shown.room(CODES);
    let times = |shown: &mut Shown, moves: &dyn Fn(usize) -> egui::Event| {
        let mut times: Vec<Duration> = (0..40)
            .map(|frame| {
                shown.window.harness.event(moves(frame));
                let began = Instant::now();
                shown.window.harness.step();
                began.elapsed()
            })
            .collect();
        times.sort();
        times[20]
    };
    let hover = times(&mut shown, &|frame| {
        egui::Event::PointerMoved(room.left_top() + egui::vec2(20.0 + frame as f32, 90.0))
    });
    let zoom = times(&mut shown, &|_| egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 3.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    });
    println!("20,000 points: pointing {hover:?}, zooming {zoom:?} a frame");
    // With the whole window, in a test that shares its cores; the map's own share is far less.
    assert!(hover < Duration::from_millis(60) && zoom < Duration::from_millis(60));
    let decoder = shown.codes().decoder;
    assert!(matches!(decoder, Some(Decoder::Network(_))));
}
