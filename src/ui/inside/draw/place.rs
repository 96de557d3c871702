//! Where the drawing is among the codes on show.

use std::sync::Arc;

use egui::{Mesh, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::exhibit::sketch::{Answer, Plane};
use crate::picture::colour;
use crate::ui::theme::{self, UNIT};

/// The side of a code's mark.
const MARK: f32 = 3.0;
/// The radius of the drawing's.
const RING: f32 = 6.0;
/// Least and greatest height of the plot.
const HEIGHT: [f32; 2] = [14.0 * UNIT, 30.0 * UNIT];

/// The plot of the codes on show.
#[derive(Default)]
pub struct Place {
    codes: Option<(Arc<Plane>, Window, bool, Arc<Mesh>)>,
}

/// What part of the plane is seen where.
#[derive(Clone, Copy, PartialEq)]
struct Window {
    rect: Rect,
    middle: [f32; 2],
    /// Points of the screen to a unit of the plane.
    scale: f32,
}

impl Place {
    /// Shows the plane of `answer` with its drawing, in the height that is left.
    pub fn show(&mut self, ui: &mut Ui, answer: &Answer) {
        let Some((plane, at)) = &answer.place else {
            return;
        };
        ui.add_space(UNIT / 2.0);
        let about = "The codes of the images on show on their two leading principal axes (PCA), one dot an image; \
                     the ring is the drawing's code.";
        ui.label(RichText::new("Among the codes on show: two principal axes").small())
            .on_hover_text(about);
        let height = (ui.available_height() - UNIT).clamp(HEIGHT[0], HEIGHT[1]);
        let size = vec2(ui.available_width(), height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let name = "Place of the drawing among the codes";
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let palette = theme::of(ui);
        ui.painter()
            .rect_filled(rect, 4, ui.visuals().extreme_bg_color);
        let window = Window::around(rect.shrink(UNIT + RING / 2.0), plane, *at);
        let labels = answer.subject.exhibit.images.labels.as_deref();
        let dark = ui.visuals().dark_mode;
        let same = |(of, seen, was, _): &(Arc<Plane>, Window, bool, _)| {
            Arc::ptr_eq(of, plane) && *seen == window && *was == dark
        };
        if !self.codes.as_ref().is_some_and(same) {
            let mesh = Arc::new(dots(plane, window, labels, palette));
            self.codes = Some((Arc::clone(plane), window, dark, mesh));
        }
        if let Some((.., mesh)) = &self.codes {
            ui.painter().add(Shape::Mesh(Arc::clone(mesh)));
        }
        let place = window.place(*at);
        let ink = Stroke::new(2.0, palette.text);
        ui.painter().circle_stroke(place, RING, ink);
        ui.painter().circle_filled(place, 2.0, palette.text);
    }
}

impl Window {
    /// All codes and the drawing's in `rect`, a unit as long in both directions.
    fn around(rect: Rect, plane: &Plane, at: [f32; 2]) -> Self {
        let (mut low, mut high) = (at, at);
        for point in &plane.points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let span = |axis: usize| (high[axis] - low[axis]).max(f32::MIN_POSITIVE);
        Self {
            rect,
            middle: [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0),
            scale: (rect.width() / span(0)).min(rect.height() / span(1)),
        }
    }

    fn place(self, point: [f32; 2]) -> Pos2 {
        let from = self.rect.center();
        let [x, y] = [0, 1].map(|axis| (point[axis] - self.middle[axis]) * self.scale);
        pos2(from.x + x, from.y - y)
    }
}

/// A dot for each code, in its class's colour.
fn dots(plane: &Plane, window: Window, labels: Option<&[u8]>, palette: &theme::Palette) -> Mesh {
    let mut mesh = Mesh::default();
    for (index, point) in plane.points.iter().enumerate() {
        let label = labels.and_then(|labels| labels.get(index));
        let ink = label.map_or(palette.weak, |&label| theme::colour(colour::class(label)));
        let dot = Rect::from_center_size(window.place(*point), vec2(MARK, MARK));
        mesh.add_colored_rect(dot, ink);
    }
    mesh
}
