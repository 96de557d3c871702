//! Images that a hand draws.

use std::sync::Arc;

use dkae_explorer::data::{DataSet, class_text, gaussian_noise};
use dkae_explorer::exhibit::live::{Parts, PriorPicture};
use dkae_explorer::exhibit::numbers::three;
use dkae_explorer::exhibit::sketch::{Canvas, Drawing, Tool};
use dkae_explorer::exhibit::{Exhibit, KernelOf};
use dkae_explorer::kernel::{PckConfig, PriorConfig, PriorKernel, build};
use dkae_explorer::worker::protocol::Snapshot;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::kittest::Queryable;
use ndarray::Array2;

use super::Window;
use super::script::{Player, heard};

/// A window that looks inside a real network on 300 digits under a small cluster kernel.
struct Drawn {
    window: Window,
    player: Player,
    prior: Arc<dyn PriorKernel>,
    exhibit: Arc<Exhibit>,
}

impl Drawn {
    fn open(size: [f32; 2]) -> Self {
        let (mut window, player) = Window::open(size);
        window.play(&player, 400);
        let config = PriorConfig::Pck(PckConfig {
            restarts: 3,
            max_components: 6,
            fit_samples: 60,
            ..PckConfig::default()
        });
        let training: Vec<usize> = (0..200).collect();
        let prior: Arc<dyn PriorKernel> =
            build(&config, &player.data, &training, 0).unwrap().into();
        let exhibit = Arc::new(player.parts(401).exhibit());
        let mut drawn = Self {
            window,
            player,
            prior,
            exhibit,
        };
        drawn.publish(401);
        for button in ["Inside", "Draw"] {
            drawn.click(button);
        }
        drawn
    }

    /// Another step of the run: another network.
    fn publish(&mut self, step: u64) {
        let (player, indices) = (&self.player, &self.exhibit.images.indices);
        let mut matrix = Array2::zeros((indices.len(), indices.len()));
        self.prior.block(indices, indices, matrix.view_mut());
        let labels = self.exhibit.images.labels.as_deref();
        let parts = Parts {
            prior: Some(Arc::new(PriorPicture::new(matrix, None, labels))),
            codes: Some(Arc::new(player.codes_of(step, &[32], 12))),
            kernel: Some(Arc::clone(&self.prior)),
            ..player.parts(step)
        };
        let data: Arc<DataSet> = Arc::clone(&player.data);
        let snapshot = Snapshot {
            fitted: Some((data, Arc::clone(&self.prior).into())),
            ..player.snapshot_of(&parts)
        };
        self.exhibit = Arc::clone(&snapshot.exhibit);
        self.window.publish(snapshot);
        self.window.harness.run_steps(3);
    }

    fn click(&mut self, name: &str) {
        let button = self
            .window
            .harness
            .get_by_role_and_label(Role::Button, name);
        button.click_accesskit();
        self.window.harness.run_steps(3);
    }

    fn canvas(&self) -> Rect {
        self.window.harness.get_by_label("Canvas").rect()
    }

    /// Where a place of the image is on the screen.
    fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        let rect = self.canvas();
        rect.lerp_inside(egui::vec2(x / 28.0, y / 28.0))
    }

    /// The pointer over the canvas.
    fn hover(&mut self) {
        let middle = self.canvas().center();
        self.window.harness.hover_at(middle);
        self.window.harness.run_steps(2);
    }

    /// A hand that is seen at these places, one a frame.
    fn stroke(&mut self, places: &[[f32; 2]]) {
        let places: Vec<Pos2> = places.iter().map(|&place| self.at(place)).collect();
        let harness = &mut self.window.harness;
        harness.hover_at(places[0]);
        harness.step();
        harness.drag_at(places[0]);
        harness.step();
        for &place in &places[1..] {
            harness.hover_at(place);
            harness.step();
        }
        harness.drop_at(places[places.len() - 1]);
        harness.run_steps(2);
    }

    /// Waits until the window says all that is to be said of a drawing, each number recomputed.
    fn says(&mut self, drawing: &Drawing) {
        let images = &self.exhibit.images;
        let row = self.prior.across(drawing.pixels.view(), &images.indices);
        let prior: Vec<f32> = row.unwrap().row(0).to_vec();
        let coder = self.exhibit.coder().unwrap();
        let code = coder.encode(drawing.pixels.view());
        let codes = &self.exhibit.network.as_ref().unwrap().codes;
        let codes: Vec<f32> = codes
            .outer_iter()
            .map(|other| code.row(0).dot(&other))
            .collect();
        let mut wanted = Vec::new();
        for (of, row) in [(KernelOf::Prior, prior), (KernelOf::Codes, codes)] {
            wanted.extend(self.said_of(of, &row));
        }
        let error = |image: &Array2<f32>| {
            let squares = image.iter().zip(&drawing.pixels);
            let sum: f64 = squares.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            three(sum / 784.0)
        };
        let rebuilt = coder.decode(code.view());
        wanted.push(format!("reconstruction: {}", error(&rebuilt)));
        for text in &wanted {
            self.window.wait_until(|window| has(window, text));
        }
    }

    /// What is said of a row of a kernel: its five nearest images, and the mean over each class.
    fn said_of(&self, of: KernelOf, row: &[f32]) -> Vec<String> {
        let (images, name) = (&self.exhibit.images, of.name());
        let labels = images.labels.as_ref().unwrap();
        let unit = self.exhibit.matrix_of(of).unwrap().unit();
        let value = |j: usize| f64::from(row[j] * unit);
        let mut order: Vec<usize> = (0..row.len()).collect();
        order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
        let class = |label: u8| class_text(images.collection, label);
        let near = order[..5].iter().enumerate().map(|(place, &j)| {
            let (label, value) = (class(labels[j]), three(value(j)));
            format!(
                "{name} number {}: image {j}, {label}, {value} × rms",
                place + 1
            )
        });
        let means = (0..10).map(|label| {
            let of_class: Vec<f64> = (0..row.len())
                .filter(|&j| labels[j] == label)
                .map(value)
                .collect();
            let mean = of_class.iter().sum::<f64>() / of_class.len() as f64;
            (label, of_class.len(), mean)
        });
        let means: Vec<_> = means.collect();
        let best = means.iter().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        let sentence = format!(
            "nearest to {} (mean {} × rms)",
            class(best.0),
            three(best.2)
        );
        let means = means.iter().map(|&(label, count, mean)| {
            format!(
                "mean of {name} over {count} images of {}: {} × rms",
                class(label),
                three(mean)
            )
        });
        near.chain(means).chain([sentence]).collect()
    }
}

fn has(window: &Window, text: &str) -> bool {
    let mut all = window.harness.query_all_by_label_contains(text);
    all.next().is_some()
}

/// The canvas after the same strokes, each a list of places.
fn canvas(strokes: &[(Tool, &[[f32; 2]])]) -> Canvas {
    let shape = dkae_explorer::data::ImageShape {
        height: 28,
        width: 28,
    };
    let mut canvas = Canvas::new(shape);
    for (tool, places) in strokes {
        canvas.touch();
        canvas.draw(places[0], places[0], 1.0, *tool);
        for pair in places.windows(2) {
            canvas.draw(pair[0], pair[1], 1.0, *tool);
        }
        canvas.lift();
    }
    canvas
}

const ARC: &[[f32; 2]] = &[[8.0, 6.0], [20.0, 6.0], [14.0, 14.0], [12.0, 23.0]];
const BAR: &[[f32; 2]] = &[[4.0, 10.0], [24.0, 10.0]];

#[test]
fn what_is_drawn_is_held_against_the_images_on_show() {
    let mut drawn = Drawn::open([1440.0, 900.0]);
    assert!(
        has(&drawn.window, "Draw on the canvas"),
        "an empty place says what comes"
    );
    drawn.stroke(ARC);
    drawn.says(canvas(&[(Tool::Brush, ARC)]).drawing());
    for name in [
        "Row of P by class",
        "Row of P sorted",
        "Row of C by class",
        "Row of C sorted",
    ] {
        assert!(
            drawn.window.harness.query_by_label(name).is_some(),
            "{name}"
        );
    }
    let name = "Place of the drawing among the codes";
    assert!(drawn.window.harness.query_by_label(name).is_some());

    // The eraser takes a part of it away, and undo brings it back.
    drawn.click("Eraser");
    drawn.stroke(BAR);
    let both = canvas(&[(Tool::Brush, ARC), (Tool::Eraser, BAR)]);
    assert_ne!(both.drawing(), canvas(&[(Tool::Brush, ARC)]).drawing());
    drawn.says(both.drawing());
    drawn.click("Undo the stroke");
    drawn.says(canvas(&[(Tool::Brush, ARC)]).drawing());
    drawn.click("Clear");
    assert!(has(&drawn.window, "Draw on the canvas"));
    drawn.click("Undo the stroke");
    drawn.says(canvas(&[(Tool::Brush, ARC)]).drawing());
}

/// The drawing stays when the network goes on, and what is said of it is said of the new one.
#[test]
fn what_is_said_follows_the_network() {
    let mut drawn = Drawn::open([1100.0, 700.0]);
    drawn.stroke(ARC);
    let drawing = canvas(&[(Tool::Brush, ARC)]);
    drawn.says(drawing.drawing());
    drawn.publish(600);
    drawn
        .window
        .wait_until(|window| has(window, "validation images, step 600"));
    drawn.says(drawing.drawing());
}

/// Arrow keys move the drawing while the pointer is over the canvas, and nothing else: λ stays, and the run.
#[test]
fn keys_over_the_canvas_are_the_drawings() {
    let mut drawn = Drawn::open([1440.0, 900.0]);
    drawn.stroke(ARC);
    let mut wanted = canvas(&[(Tool::Brush, ARC)]);
    drawn.hover();
    for (key, x, y) in [
        (Key::ArrowRight, 1, 0),
        (Key::ArrowDown, 0, 1),
        (Key::ArrowDown, 0, 1),
    ] {
        drawn.window.harness.key_press(key);
        drawn.window.harness.run_steps(2);
        wanted.nudge(x, y);
    }
    drawn.says(wanted.drawing());
    drawn.click("Move left");
    wanted.nudge(-1, 0);
    drawn.says(wanted.drawing());
    drawn.hover();
    drawn
        .window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Z);
    drawn.window.harness.run_steps(2);
    wanted.undo();
    drawn.says(wanted.drawing());
    assert!(
        heard(&drawn.window.peers).is_none(),
        "the run hears nothing of it"
    );
}

/// A hand that is quicker than the window: the whole stroke within a frame, and the pointer elsewhere at its end.
#[test]
fn a_quick_stroke_has_no_gaps() {
    let mut drawn = Drawn::open([1440.0, 900.0]);
    let places: Vec<Pos2> = ARC.iter().map(|&place| drawn.at(place)).collect();
    drawn.window.harness.hover_at(places[0]);
    drawn.window.harness.run_steps(2);
    let events = &mut drawn.window.harness.input_mut().events;
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    events.push(button(places[0], true));
    events.extend(places[1..].iter().map(|&place| Event::PointerMoved(place)));
    events.push(button(places[3], false));
    events.push(Event::PointerMoved(pos2(1400.0, 880.0)));
    drawn.window.harness.run_steps(3);
    drawn.says(canvas(&[(Tool::Brush, ARC)]).drawing());
    // What came after the release is no part of it.
    drawn.window.harness.hover_at(places[0]);
    drawn.window.harness.run_steps(2);
    drawn.says(canvas(&[(Tool::Brush, ARC)]).drawing());
}

/// An image on show is loaded to be changed: it says which one, and is its own nearest.
#[test]
fn an_image_on_show_is_loaded_and_changed() {
    let mut drawn = Drawn::open([1100.0, 700.0]);
    drawn.click("Load the next image");
    let images = Arc::clone(&drawn.exhibit.images);
    let mut wanted = canvas(&[]);
    wanted.load(&images, 0);
    let sample = format!(
        "validation sample {}, class 0",
        dkae_explorer::exhibit::numbers::count(images.indices[0])
    );
    assert!(has(&drawn.window, &sample));
    drawn.says(wanted.drawing());
    drawn.stroke(BAR);
    wanted.touch();
    wanted.draw(BAR[0], BAR[0], 1.0, Tool::Brush);
    wanted.draw(BAR[0], BAR[1], 1.0, Tool::Brush);
    wanted.lift();
    assert!(has(&drawn.window, &format!("{sample}, changed")));
    drawn.says(wanted.drawing());
}

/// Noise and what methods make of it come beside the drawing as soon as they are learned, each with its error.
#[test]
fn the_drawing_is_made_noisy_and_clean_again() {
    let mut drawn = Drawn::open([1440.0, 900.0]);
    drawn.stroke(ARC);
    let drawing = Drawing::clone(canvas(&[(Tool::Brush, ARC)]).drawing());
    drawn.says(&drawing);
    let names = [
        "kPCA, pre-image",
        "dkAE + PCA",
        "dkAE, straight",
        "linear PCA",
    ];
    for name in names {
        // A figure in the place of *being fitted*.
        let begins = format!("{name}: 0.");
        drawn.window.wait_until(|window| has(window, &begins));
    }
    // The noise is that of the comparison's settings, as much of it as they say.
    let noisy = gaussian_noise(drawing.pixels.view(), 0.25, false, 0) - &drawing.pixels;
    let expected = f64::from(noisy.mapv(|x| x * x).mean().unwrap());
    let shown = (0..200).find(|&step| {
        let error = three(0.05 + 0.0001 * f64::from(step));
        has(&drawn.window, &format!("noisy: {error}"))
    });
    let shown = 0.05 + 0.0001 * f64::from(shown.expect("an error near σ²"));
    assert!((shown - expected).abs() < 0.02);
}
