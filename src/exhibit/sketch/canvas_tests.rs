//! What a hand does to a drawing.

use super::*;

const DIGIT: ImageShape = ImageShape {
    height: 28,
    width: 28,
};

fn pixel(canvas: &Canvas, x: usize, y: usize) -> f32 {
    let drawing = canvas.drawing();
    drawing.pixels[[0, y * drawing.shape.width + x]]
}

fn stroke(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], radius: f32, tool: Tool) {
    canvas.touch();
    canvas.draw(from, to, radius, tool);
    canvas.lift();
}

/// The ink of a stroke is a function of the distance from its line, whole in the middle and soft at the edge, and
/// has no gap however long the stroke is.
#[test]
fn a_stroke_is_as_wide_as_its_brush_and_has_no_gaps() {
    let mut canvas = Canvas::new(DIGIT);
    stroke(&mut canvas, [4.5, 10.5], [24.5, 10.5], 1.5, Tool::Brush);
    for x in 4..=24 {
        for (y, distance) in [(10, 0.0), (11, 1.0), (12, 2.0), (13, 3.0), (8, 2.0)] {
            let ink = ((1.5 + 0.6 - distance) / 1.2_f32).clamp(0.0, 1.0);
            assert!((pixel(&canvas, x, y) - ink).abs() < 1e-6, "{x} {y}");
        }
    }
    assert_eq!(pixel(&canvas, 1, 10), 0.0, "round ends");
    // A slanted one too.
    let mut canvas = Canvas::new(DIGIT);
    stroke(&mut canvas, [3.0, 2.0], [25.0, 26.0], 1.0, Tool::Brush);
    for step in 0..=100 {
        let t = step as f32 / 100.0;
        let (x, y) = (3.0 + 22.0 * t, 2.0 + 24.0 * t);
        assert!(pixel(&canvas, x as usize, y as usize) > 0.5, "{x} {y}");
    }
    let pixels = &canvas.drawing().pixels;
    assert!(pixels.iter().all(|value| (0.0..=1.0).contains(value)));
}

#[test]
fn places_outside_are_no_harm() {
    let mut canvas = Canvas::new(DIGIT);
    stroke(&mut canvas, [-50.0, -9.0], [90.0, 60.0], 2.0, Tool::Brush);
    stroke(&mut canvas, [-50.0, -9.0], [-40.0, -60.0], 2.0, Tool::Brush);
    stroke(&mut canvas, [50.0, 90.0], [140.0, 60.0], 2.0, Tool::Brush);
    assert!(!canvas.drawing().is_blank());
}

#[test]
fn the_eraser_takes_away_and_undo_brings_back() {
    let mut canvas = Canvas::new(DIGIT);
    stroke(&mut canvas, [4.0, 14.0], [24.0, 14.0], 2.0, Tool::Brush);
    let whole = Arc::clone(canvas.drawing());
    stroke(&mut canvas, [14.0, 4.0], [14.0, 24.0], 2.0, Tool::Eraser);
    assert_eq!(pixel(&canvas, 14, 14), 0.0);
    assert_eq!(pixel(&canvas, 6, 14), whole.pixels[[0, 14 * 28 + 6]]);
    // A stroke that changes nothing is none.
    stroke(&mut canvas, [2.0, 2.0], [3.0, 3.0], 1.0, Tool::Eraser);
    canvas.undo();
    assert_eq!(canvas.drawing(), &whole);
    canvas.undo();
    assert!(canvas.drawing().is_blank() && !canvas.can_undo());
    canvas.undo();
    canvas.clear();
    assert!(!canvas.can_undo(), "there was nothing to clear");
}

#[test]
fn a_nudge_moves_by_a_pixel_and_loses_what_leaves() {
    let shape = ImageShape {
        height: 2,
        width: 3,
    };
    let mut canvas = Canvas::new(shape);
    canvas.touch();
    Arc::make_mut(&mut canvas.now.drawing).pixels =
        Array2::from_shape_vec((1, 6), vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).unwrap();
    canvas.lift();
    let after = |x, y| {
        let mut moved = Canvas::new(shape);
        moved.now = canvas.now.clone();
        moved.nudge(x, y);
        moved.drawing().pixels.clone().into_raw_vec_and_offset().0
    };
    assert_eq!(after(1, 0), [0.0, 0.1, 0.2, 0.0, 0.4, 0.5]);
    assert_eq!(after(-1, 0), [0.2, 0.3, 0.0, 0.5, 0.6, 0.0]);
    assert_eq!(after(0, 1), [0.0, 0.0, 0.0, 0.1, 0.2, 0.3]);
    assert_eq!(after(0, -1), [0.4, 0.5, 0.6, 0.0, 0.0, 0.0]);
}

fn images() -> Images {
    Images {
        count: 3,
        indices: vec![70, 8, 1234],
        labels: Some(vec![0, 4, 9]),
        pixels: Some(Arc::new(Array2::from_shape_fn((3, 784), |(i, _)| {
            i as f32 / 2.0
        }))),
        ..Images::none()
    }
}

#[test]
fn an_image_on_show_can_be_changed() {
    let (mut canvas, images) = (Canvas::new(DIGIT), images());
    canvas.load_next(&images, false);
    let said = |canvas: &Canvas| canvas.origin().map(Origin::describe).unwrap_or_default();
    assert_eq!(said(&canvas), "validation sample 1,234, class 9");
    canvas.load_next(&images, true);
    assert_eq!(said(&canvas), "validation sample 70, class 0");
    canvas.load_next(&images, true);
    assert_eq!(said(&canvas), "validation sample 8, class 4");
    assert!(canvas.drawing().pixels.iter().all(|&pixel| pixel == 0.5));
    stroke(&mut canvas, [4.0, 14.0], [24.0, 14.0], 2.0, Tool::Brush);
    assert_eq!(said(&canvas), "validation sample 8, class 4, changed");
    canvas.undo();
    assert_eq!(said(&canvas), "validation sample 8, class 4");
    canvas.clear();
    assert!(canvas.drawing().is_blank() && canvas.origin().is_none());
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        canvas.load_any(&images);
        seen.insert(canvas.origin().unwrap().place);
    }
    assert_eq!(seen.len(), 3);
    // What is not there, or of another size, changes nothing.
    canvas.clear();
    canvas.load(&images, 3);
    canvas.load_any(&Images::none());
    canvas.load_next(&Images::none(), true);
    assert!(canvas.drawing().is_blank());
}

#[test]
fn images_of_another_size_begin_an_empty_canvas() {
    let mut canvas = Canvas::new(DIGIT);
    stroke(&mut canvas, [4.0, 14.0], [24.0, 14.0], 2.0, Tool::Brush);
    canvas.fit(DIGIT);
    assert!(!canvas.drawing().is_blank());
    let shape = ImageShape {
        height: 32,
        width: 24,
    };
    canvas.fit(shape);
    assert!(canvas.drawing().is_blank() && !canvas.can_undo());
    assert_eq!(canvas.drawing().pixels.dim(), (1, 768));
    canvas.load(&images(), 1);
    assert!(canvas.drawing().is_blank());
}
