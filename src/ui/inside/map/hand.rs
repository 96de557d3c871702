//! What the hand does on a map.

use egui::{PointerButton, Pos2, Rect, Response, Shape, Stroke, Ui};

use super::view::{Placed, View};
use crate::exhibit::code_map::{Map, select};
use crate::ui::pointer::{clicked_at, let_go_at};
use crate::ui::theme;

/// What the left button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Decodes the point that it drags.
    #[default]
    Decode,
    /// Chooses the ends of a walk.
    Walk,
    /// Selects what is in a box.
    Box,
    /// Selects what it goes round.
    Lasso,
}

impl Tool {
    /// All, from left to right.
    pub const ALL: [Self; 4] = [Self::Decode, Self::Walk, Self::Box, Self::Lasso];

    /// As its button calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "Decode",
            Self::Walk => "Walk",
            Self::Box => "Box",
            Self::Lasso => "Lasso",
        }
    }

    /// What it does, in a sentence or two.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Decode => {
                "Drag anywhere: the image of the point follows. From an image it keeps what that one has beyond the \
                 plane, elsewhere what the mean has."
            }
            Self::Walk => {
                "Click two images: the strip below shows what lies straight between them. Shift and a click does the \
                 same with any tool."
            }
            Self::Box => "Drag a box: what is in it is selected here and marked in the kernels.",
            Self::Lasso => "Draw round points: they are selected here and marked in the kernels.",
        }
    }
}

/// What it has done.
#[derive(Clone, Debug, PartialEq)]
pub enum Did {
    /// Put a place at a point, starting from an image.
    Put([f32; 2], Option<usize>),
    /// Chose an end of a walk.
    Chose(usize),
    /// Went round these.
    Selected(Vec<usize>),
}

/// A point that is being dragged.
#[derive(Clone, Copy)]
struct Held {
    /// From the pointer to it.
    offset: [f32; 2],
    /// The image that it started from.
    about: Option<usize>,
}

/// The hand on a map.
#[derive(Default)]
pub struct Hand {
    held: Option<Held>,
    /// What is being gone round, in the plane.
    band: Vec<[f32; 2]>,
}

impl Hand {
    /// Moves and zooms what is seen.
    pub fn look(ui: &Ui, response: &Response, room: Rect, view: &mut View) {
        if response.double_clicked() {
            *view = View::default();
        }
        if [PointerButton::Secondary, PointerButton::Middle].map(|b| response.dragged_by(b))
            != [false; 2]
        {
            view.drag(room, response.drag_delta());
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) =
                ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = pinch * (scroll / 200.0).exp();
            if (factor - 1.0).abs() > 1e-3 {
                view.magnify(room, pointer, factor);
            }
        }
    }

    /// Whether something is being dragged.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.held.is_some() || !self.band.is_empty()
    }

    /// What was done with a tool; an image is meant when the pointer is nearer than `reach` points of the screen.
    pub fn act(
        &mut self,
        ui: &Ui,
        response: &Response,
        (tool, reach): (Tool, f32),
        (map, placed): (&Map, Placed),
    ) -> Option<Did> {
        let image = |at: Pos2| map.nearest(placed.plane(at), reach / placed.scale());
        let shift = ui.input(|input| input.modifiers.shift);
        if tool == Tool::Walk || (shift && !self.is_busy()) {
            return clicked_at(ui, response).and_then(image).map(Did::Chose);
        }
        match tool {
            Tool::Decode => self.decode(ui, response, (map, placed), image),
            Tool::Box | Tool::Lasso => self.go_round(ui, response, tool, (map, placed)),
            Tool::Walk => None,
        }
    }

    fn decode(
        &mut self,
        ui: &Ui,
        response: &Response,
        (map, placed): (&Map, Placed),
        image: impl Fn(Pos2) -> Option<usize>,
    ) -> Option<Did> {
        let take = |at: Pos2| {
            let about = image(at);
            let [x, y] = placed.plane(at);
            let point = about.map_or([x, y], |about| map.points[about]);
            let offset = [point[0] - x, point[1] - y];
            Held { offset, about }
        };
        let put = |held: Held, at: Pos2| {
            let [x, y] = placed.plane(at);
            Did::Put([x + held.offset[0], y + held.offset[1]], held.about)
        };
        let (down, origin) = ui.input(|input| {
            let pointer = &input.pointer;
            (pointer.primary_down(), pointer.press_origin())
        });
        if response.is_pointer_button_down_on() && down {
            let at = response.interact_pointer_pos()?;
            let held = *self.held.get_or_insert_with(|| take(origin.unwrap_or(at)));
            return Some(put(held, at));
        }
        // Let go; or pressed and let go between two frames.
        let click = clicked_at(ui, response);
        let held = self.held.take().or_else(|| click.map(take))?;
        Some(put(held, let_go_at(ui)?))
    }

    fn go_round(
        &mut self,
        ui: &Ui,
        response: &Response,
        tool: Tool,
        (map, placed): (&Map, Placed),
    ) -> Option<Did> {
        let primary = PointerButton::Primary;
        if response.drag_started_by(primary) {
            let origin = ui.input(|input| input.pointer.press_origin());
            self.band = origin.map(|at| placed.plane(at)).into_iter().collect();
        }
        if self.band.is_empty() {
            return None;
        }
        let stopped = response.drag_stopped_by(primary);
        if !stopped && !response.dragged_by(primary) {
            // Another tool was chosen meanwhile.
            self.band.clear();
            return None;
        }
        let at = if stopped { let_go_at(ui) } else { None };
        if let Some(at) = at.or(response.interact_pointer_pos()) {
            let point = placed.plane(at);
            if tool == Tool::Box {
                self.band.truncate(1);
            }
            if self.band.last() != Some(&point) {
                self.band.push(point);
            }
        }
        let band = std::mem::take(&mut self.band);
        if !stopped {
            self.band = band;
            return None;
        }
        Some(Did::Selected(match (tool, band.as_slice()) {
            (Tool::Box, [a, b]) => select::in_box(&map.points, *a, *b),
            (Tool::Lasso, corners) => select::in_loop(&map.points, corners),
            _ => Vec::new(),
        }))
    }

    /// Shows what is being gone round.
    pub fn paint(&self, ui: &Ui, tool: Tool, placed: Placed) {
        let stroke = Stroke::new(1.0, theme::of(ui).notice);
        let corners: Vec<Pos2> = self
            .band
            .iter()
            .map(|&point| placed.screen(point))
            .collect();
        match (tool, corners.as_slice()) {
            (Tool::Box, &[a, b]) => {
                let rect = Rect::from_two_pos(a, b);
                ui.painter()
                    .rect_stroke(rect, 0, stroke, egui::StrokeKind::Middle);
            }
            (Tool::Lasso, _) => {
                ui.painter().add(Shape::closed_line(corners, stroke));
            }
            _ => {}
        }
    }
}
