//! Which part of the plane is seen.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Points reach so far into the room there is, seen as a whole.
const MARGIN: f32 = 0.92;
/// The most that is magnified.
const MOST: f32 = 200.0;

/// The part of the whole that is seen. It is told in fractions of the whole, so that it stays while the points move
/// apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    zoom: f32,
    /// Of the middle, in the whole's screen, as fractions of its size.
    shift: Vec2,
}

impl Default for View {
    fn default() -> Self {
        Self {
            zoom: 1.0,
            shift: Vec2::ZERO,
        }
    }
}

impl View {
    /// How much is magnified; 1 for the whole.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Whether everything is seen.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.zoom <= 1.0
    }

    /// Magnifies by `factor` about a place of the screen.
    pub fn magnify(&mut self, room: Rect, about: Pos2, factor: f32) {
        let zoom = (self.zoom * factor).clamp(1.0, MOST);
        let from = (about - room.center()) / room.size();
        self.shift += from * (1.0 / self.zoom - 1.0 / zoom);
        self.zoom = zoom;
        self.keep_inside();
    }

    /// Moves what is seen by `delta` points of the screen.
    pub fn drag(&mut self, room: Rect, delta: Vec2) {
        self.shift -= delta / room.size() / self.zoom;
        self.keep_inside();
    }

    fn keep_inside(&mut self) {
        let most = Vec2::splat(0.5 * (1.0 - 1.0 / self.zoom));
        self.shift = self.shift.clamp(-most, most);
    }
}

/// The corners of the least box around some points.
#[must_use]
pub fn bounds(points: &[[f32; 2]]) -> [[f32; 2]; 2] {
    let mut bounds = [[f32::INFINITY; 2], [f32::NEG_INFINITY; 2]];
    for point in points {
        for axis in 0..2 {
            bounds[0][axis] = bounds[0][axis].min(point[axis]);
            bounds[1][axis] = bounds[1][axis].max(point[axis]);
        }
    }
    if bounds[0][0] > bounds[1][0] {
        return [[0.0; 2]; 2];
    }
    bounds
}

/// From the plane to the screen: the first axis to the right, the second one up, both on one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    room: Rect,
    centre: [f32; 2],
    scale: f32,
    zoom: f32,
    shift: Vec2,
}

impl Placed {
    /// What a view shows in a room, of points within these bounds.
    #[must_use]
    pub fn new([low, high]: [[f32; 2]; 2], view: View, room: Rect) -> Self {
        let fits = |axis: usize, size: f32| size / (high[axis] - low[axis]);
        let scale = MARGIN * fits(0, room.width()).min(fits(1, room.height()));
        Self {
            room,
            centre: [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0),
            scale: if scale.is_finite() { scale } else { 1.0 },
            zoom: view.zoom,
            shift: view.shift * room.size(),
        }
    }

    /// Points of the screen to a unit of the plane.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale * self.zoom
    }

    /// Where a point of the plane is on the screen.
    #[must_use]
    pub fn screen(&self, [x, y]: [f32; 2]) -> Pos2 {
        let [u, v] = self.centre;
        let whole = vec2(x - u, v - y) * self.scale;
        self.room.center() + (whole - self.shift) * self.zoom
    }

    /// The point of the plane at a place of the screen.
    #[must_use]
    pub fn plane(&self, at: Pos2) -> [f32; 2] {
        let whole = (at - self.room.center()) / self.zoom + self.shift;
        let from = whole / self.scale;
        [self.centre[0] + from.x, self.centre[1] - from.y]
    }

    /// The end of a line from the screen's `from` in a direction of the plane, `length` points long.
    #[must_use]
    pub fn towards(from: Pos2, [x, y]: [f32; 2], length: f32) -> Pos2 {
        pos2(from.x + length * x, from.y - length * y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Rect = Rect {
        min: Pos2 { x: 10.0, y: 20.0 },
        max: Pos2 { x: 410.0, y: 320.0 },
    };

    fn near(a: Pos2, b: Pos2) {
        assert!((a - b).length() < 1e-2, "{a:?} for {b:?}");
    }

    #[test]
    fn the_whole_stands_in_the_middle_with_a_margin() {
        let bounds = bounds(&[[-1.0, 2.0], [3.0, 2.5], [1.0, 4.0]]);
        assert_eq!(bounds, [[-1.0, 2.0], [3.0, 4.0]]);
        let placed = Placed::new(bounds, View::default(), ROOM);
        near(placed.screen([1.0, 3.0]), ROOM.center());
        assert!((placed.scale() - 0.92 * 100.0).abs() < 1e-3);
        near(
            placed.screen([3.0, 4.0]),
            ROOM.center() + vec2(184.0, -92.0),
        );
    }

    #[test]
    fn there_and_back() {
        let mut view = View::default();
        view.magnify(ROOM, pos2(100.0, 100.0), 7.0);
        view.drag(ROOM, vec2(13.0, -40.0));
        let placed = Placed::new([[-1.0, 2.0], [3.0, 4.0]], view, ROOM);
        for at in [pos2(10.0, 20.0), pos2(333.0, 111.0)] {
            near(placed.screen(placed.plane(at)), at);
        }
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let bounds = [[-1.0, 2.0], [3.0, 4.0]];
        let mut view = View::default();
        let pointer = pos2(300.0, 90.0);
        let before = Placed::new(bounds, view, ROOM).plane(pointer);
        for factor in [2.0, 3.0, 0.7] {
            view.magnify(ROOM, pointer, factor);
            near(Placed::new(bounds, view, ROOM).screen(before), pointer);
        }
        // The whole is the least that is seen, and what is seen stays inside it.
        view.magnify(ROOM, pos2(11.0, 21.0), 1e-3);
        assert_eq!(view, View::default());
        view.drag(ROOM, vec2(500.0, 500.0));
        assert!(view.is_whole() && view == View::default());
    }

    #[test]
    fn a_single_point_is_no_trouble() {
        let placed = Placed::new(bounds(&[[2.0, 2.0]]), View::default(), ROOM);
        near(placed.screen([2.0, 2.0]), ROOM.center());
        let none = Placed::new(bounds(&[]), View::default(), ROOM);
        near(none.screen([0.0, 0.0]), ROOM.center());
    }
}
