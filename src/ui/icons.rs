//! The window's icons, drawn rather than taken from fonts: of one weight, one size, one place in
//! their buttons.

use egui::{Button, Color32, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, pos2, vec2};

use super::theme::UNIT;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Go on, start.
    Play,
    /// Wait.
    Pause,
    /// One step.
    Step,
    /// Start anew.
    Restart,
    /// End.
    Stop,
    /// Take a change back.
    Undo,
    /// Make it again.
    Redo,
    /// Light or dark.
    Theme,
    /// Explanations.
    Help,
    /// Save to a file.
    Save,
    /// Keep in a folder.
    Folder,
    /// Keep in sight.
    Pin,
    /// Take away.
    Close,
}

/// Half of the square that icons are drawn into.
const HALF: f32 = 7.0;
/// The weight of lines.
const WEIGHT: f32 = 1.5;
/// The side of a button with an icon in the toolbar.
pub const BUTTON: f32 = 3.5 * UNIT;

/// How much smaller icons are that stand over a picture.
pub const SMALL: f32 = 0.8;

/// The button of a small icon.
pub fn small<'a>() -> Button<'a> {
    Button::new("")
        .frame_when_inactive(false)
        .min_size(vec2(18.0, 18.0))
}

/// A button of the toolbar with an icon.
pub fn button(ui: &mut Ui, icon: Icon, enabled: bool) -> Response {
    let button = Button::new("").min_size(vec2(BUTTON, BUTTON));
    let response = ui.add_enabled(enabled, button);
    over(ui, &response, icon, 1.0);
    response
}

/// Draws an icon over a button, `scale` times as large as in the toolbar, in the colour of the
/// button's text.
pub fn over(ui: &Ui, response: &Response, icon: Icon, scale: f32) {
    if !ui.is_rect_visible(response.rect) {
        return;
    }
    let colour = ui.style().interact(response).text_color();
    let colour = if response.enabled() {
        colour
    } else {
        colour.gamma_multiply(0.35)
    };
    paint(ui.painter(), response.rect.center(), icon, scale, colour);
}

/// Draws an icon around a place.
pub fn paint(painter: &Painter, centre: Pos2, icon: Icon, scale: f32, colour: Color32) {
    let at = |x: f32, y: f32| centre + vec2(x, y) * HALF * scale;
    let stroke = Stroke::new(WEIGHT * scale.max(0.8), colour);
    let bar = |left: f32, right: f32| {
        let rect = Rect::from_min_max(at(left, -0.75), at(right, 0.75));
        painter.rect_filled(rect, 1, colour);
    };
    let triangle = |left: f32, right: f32| {
        let points = vec![at(left, -0.85), at(right, 0.0), at(left, 0.85)];
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    };
    match icon {
        Icon::Play => triangle(-0.6, 0.85),
        Icon::Pause => {
            bar(-0.65, -0.2);
            bar(0.2, 0.65);
        }
        Icon::Step => {
            triangle(-0.75, 0.4);
            bar(0.5, 0.8);
        }
        Icon::Stop => {
            let rect = Rect::from_min_max(at(-0.7, -0.7), at(0.7, 0.7));
            painter.rect_filled(rect, 2, colour);
        }
        Icon::Restart => {
            let turn = |angle: f32| at(0.8 * angle.sin(), -0.8 * angle.cos());
            let points = (0..=24).map(|step| turn(0.75 + 5.3 * step as f32 / 24.0));
            painter.add(Shape::line(points.collect(), stroke));
            let tip = [at(0.05, -0.8), at(0.62, -1.05), at(0.72, -0.3)];
            painter.add(Shape::convex_polygon(tip.to_vec(), colour, Stroke::NONE));
        }
        Icon::Undo | Icon::Redo => {
            // A bow over the middle, its head at the left or at the right end.
            let side = if icon == Icon::Undo { 1.0 } else { -1.0 };
            let turn = |angle: f32| at(side * -0.65 * angle.cos(), 0.3 - 0.75 * angle.sin());
            let points = (0..=16).map(|step| turn(0.35 + 2.8 * step as f32 / 16.0));
            painter.add(Shape::line(points.collect(), stroke));
            let tip = [(-1.0, -0.35), (-0.25, 0.0), (-0.85, 0.55)];
            let tip = tip.map(|(x, y)| at(side * x, y));
            painter.add(Shape::convex_polygon(tip.to_vec(), colour, Stroke::NONE));
        }
        Icon::Theme => {
            painter.circle_stroke(centre, 0.85 * HALF * scale, stroke);
            let turn = |angle: f32| at(0.85 * angle.sin(), -0.85 * angle.cos());
            let half = (0..=16).map(|step| turn(std::f32::consts::PI * step as f32 / 16.0));
            painter.add(Shape::convex_polygon(half.collect(), colour, Stroke::NONE));
        }
        Icon::Help => {
            painter.circle_stroke(centre, 0.95 * HALF * scale, stroke);
            let font = egui::FontId::proportional(12.0 * scale);
            let galley = painter.layout_no_wrap("?".to_owned(), font, colour);
            let place = centre - galley.mesh_bounds.center().to_vec2();
            painter.galley(pos2(place.x, place.y), galley, colour);
        }
        Icon::Save => {
            painter.line_segment([at(0.0, -0.9), at(0.0, 0.35)], stroke);
            let head = vec![at(-0.45, -0.1), at(0.0, 0.4), at(0.45, -0.1)];
            painter.add(Shape::line(head, stroke));
            let tray = vec![
                at(-0.85, 0.35),
                at(-0.85, 0.85),
                at(0.85, 0.85),
                at(0.85, 0.35),
            ];
            painter.add(Shape::line(tray, stroke));
        }
        Icon::Folder => {
            let outline = [
                (-0.9, 0.75),
                (-0.9, -0.75),
                (-0.25, -0.75),
                (0.05, -0.4),
                (0.9, -0.4),
                (0.9, 0.75),
            ];
            let outline = outline.map(|(x, y)| at(x, y)).to_vec();
            painter.add(Shape::closed_line(outline, stroke));
        }
        Icon::Pin => {
            let head = Rect::from_min_max(at(-0.4, -0.95), at(0.4, -0.2));
            painter.rect_stroke(head, 1, stroke, egui::StrokeKind::Middle);
            painter.line_segment([at(-0.75, 0.1), at(0.75, 0.1)], stroke);
            painter.line_segment([at(-0.4, -0.2), at(-0.75, 0.1)], stroke);
            painter.line_segment([at(0.4, -0.2), at(0.75, 0.1)], stroke);
            painter.line_segment([at(0.0, 0.1), at(0.0, 0.95)], stroke);
        }
        Icon::Close => {
            painter.line_segment([at(-0.5, -0.5), at(0.5, 0.5)], stroke);
            painter.line_segment([at(-0.5, 0.5), at(0.5, -0.5)], stroke);
        }
    }
}
