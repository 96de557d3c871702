//! A map on the screen: one mesh for all its points, or for the images in their places when there is room for them.

use std::sync::Arc;

use egui::{
    Color32, ColorImage, Mesh, Rect, Sense, Shape, TextureHandle, TextureOptions, Ui, pos2, vec2,
};

use super::sprites::Sprites;
use super::view::{Placed, View, bounds};
use crate::exhibit::code_map::{Crowd, Map};
use crate::picture::colour;
use crate::ui::kernels::class_strip;
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};
use crate::view::Selection;

/// Pixels of the picture of a point.
const DISC: usize = 32;
/// Images are magnified at most so many times.
const LARGEST: f32 = 3.0;
/// The share of its room that an image takes, on the average.
const SHARE: f32 = 0.9;
/// How much is left of what is not selected.
const FAINT: f32 = 0.25;
/// The pointer is at a point when it is so near, in points of the screen.
const NEAR: f32 = 8.0;
/// The side of the class marks.
const MARK: f32 = 13.0;

/// What was painted, and of what.
struct Painted {
    map: Arc<Map>,
    placed: Placed,
    room: Rect,
    dark: bool,
    selection: Selection,
    mesh: Arc<Mesh>,
    /// How many times images are magnified; 0 for points.
    times: f32,
}

/// A map on the screen.
#[derive(Default)]
pub struct Plot {
    /// What is seen of it.
    pub view: View,
    /// The corners of the points, and of which map.
    whole: Option<(Arc<Map>, [[f32; 2]; 2])>,
    painted: Option<Painted>,
    disc: Option<TextureHandle>,
    sprites: Sprites,
    pointed: (Texture, Option<(Arc<Crowd>, usize)>),
}

impl Plot {
    /// Where the plane stands on the screen.
    pub fn placed(&mut self, map: &Arc<Map>, room: Rect) -> Placed {
        let known = self.whole.as_ref().filter(|(of, _)| Arc::ptr_eq(of, map));
        let corners = match known {
            Some((_, corners)) => *corners,
            None => {
                let corners = bounds(&map.points);
                self.whole = Some((Arc::clone(map), corners));
                corners
            }
        };
        Placed::new(corners, self.view, room)
    }

    /// How near the pointer has to be to an image, in points of the screen.
    #[must_use]
    pub fn reach(&self, ui: &Ui) -> f32 {
        let painted = self.painted.as_ref().filter(|painted| painted.times > 0.0);
        painted.map_or(NEAR, |painted| {
            let shape = painted.map.crowd.shape;
            let side = shape.width.max(shape.height) as f32;
            (painted.times * side / ui.ctx().pixels_per_point() / 2.0).max(NEAR)
        })
    }

    /// Paints all points; those that are not in a selection are faint.
    pub fn paint(
        &mut self,
        ui: &Ui,
        map: &Arc<Map>,
        (room, placed): (Rect, Placed),
        selection: &Selection,
    ) {
        let dark = ui.visuals().dark_mode;
        let same = self.painted.as_ref().is_some_and(|painted| {
            Arc::ptr_eq(&painted.map, map)
                && (painted.placed, painted.room, painted.dark) == (placed, room, dark)
                && painted.selection == *selection
        });
        if !same {
            let inks = inks(ui, map, selection);
            let (mesh, times) = match self.images(ui, map, (room, placed), &inks) {
                Some(found) => found,
                None => (self.points(ui, map, (room, placed), &inks), 0.0),
            };
            self.painted = Some(Painted {
                map: Arc::clone(map),
                placed,
                room,
                dark,
                selection: selection.clone(),
                mesh: Arc::new(mesh),
                times,
            });
        }
        let painter = ui.painter().with_clip_rect(room);
        axes(ui, map, (room, placed));
        if let Some(painted) = &self.painted {
            painter.add(Shape::mesh(Arc::clone(&painted.mesh)));
        }
        classes(ui, map, room);
    }

    /// A disc for each point.
    fn points(
        &mut self,
        ui: &Ui,
        map: &Map,
        (room, placed): (Rect, Placed),
        inks: &[Color32],
    ) -> Mesh {
        let radius = match map.points.len() {
            0..=1_000 => 3.5,
            1_001..=5_000 => 2.5,
            _ => 1.75,
        };
        let disc = self.disc.get_or_insert_with(|| {
            ui.ctx()
                .load_texture("a point", disc(), TextureOptions::LINEAR)
        });
        let mut mesh = Mesh::with_texture(disc.id());
        mesh.reserve_vertices(4 * map.points.len());
        mesh.reserve_triangles(2 * map.points.len());
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let around = room.expand(radius);
        for (&point, &ink) in map.points.iter().zip(inks) {
            let at = placed.screen(point);
            if around.contains(at) {
                let place = Rect::from_center_size(at, vec2(2.0, 2.0) * radius);
                mesh.add_rect_with_uv(place, uv, ink);
            }
        }
        mesh
    }

    /// The images in their places, if there is room for them, and how many times they are magnified.
    fn images(
        &mut self,
        ui: &Ui,
        map: &Map,
        (room, placed): (Rect, Placed),
        inks: &[Color32],
    ) -> Option<(Mesh, f32)> {
        let scale = ui.ctx().pixels_per_point();
        let shape = map.crowd.shape;
        let size = vec2(shape.width as f32, shape.height as f32);
        let own = (room.area() / map.points.len().max(1) as f32).sqrt() * self.view.zoom() * scale;
        let times = (SHARE * own / size.max_elem()).floor().min(LARGEST);
        if times < 1.0 {
            return None;
        }
        let size = size * times / scale;
        let around = room.expand2(size / 2.0);
        let seen = map.points.iter().enumerate();
        let seen = seen.filter(|(_, point)| around.contains(placed.screen(**point)));
        let seen: Vec<usize> = seen.map(|(at, _)| at).collect();
        let side = ui.input(|input| input.max_texture_side);
        if !self.sprites.hold(ui.ctx(), &map.crowd, &seen, side) {
            return None;
        }
        let mut mesh = Mesh::with_texture(self.sprites.texture()?);
        for at in seen {
            let corner = placed.screen(map.points[at]) - size / 2.0;
            // Whole pixels of the screen, so that nothing is blurred.
            let corner = (corner.to_vec2() * scale).round() / scale;
            let place = Rect::from_min_size(corner.to_pos2(), size);
            mesh.add_rect_with_uv(place, self.sprites.uv(at)?, inks[at]);
        }
        Some((mesh, times))
    }

    /// An image, enlarged, and what it is: for where it is pointed at.
    pub fn tell(&mut self, ui: &mut Ui, crowd: &Arc<Crowd>, at: usize) {
        let (texture, of) = &mut self.pointed;
        let same = of
            .as_ref()
            .is_some_and(|(of, index)| Arc::ptr_eq(of, crowd) && *index == at);
        let size = [crowd.shape.width, crowd.shape.height];
        if !same && let Some(image) = crowd.image(at) {
            let lut = colour::greys(ui.visuals().dark_mode);
            texture.update(ui.ctx(), "pointed at", size, |out| {
                for (pixel, &ink) in out.chunks_mut(4).zip(&image) {
                    pixel.copy_from_slice(&lut[usize::from(ink)]);
                }
            });
            *of = Some((Arc::clone(crowd), at));
        }
        let size = vec2(size[0] as f32, size[1] as f32);
        let magnify = (84.0 / size.max_elem()).floor().max(1.0) / ui.ctx().pixels_per_point();
        let (rect, _) = ui.allocate_exact_size(size * magnify, Sense::hover());
        if let Some(texture) = texture.id() {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
        ui.label(egui::RichText::new(crowd.name(at)).small());
    }
}

/// The colour of each point: its class's, or the text's.
fn inks(ui: &Ui, map: &Map, selection: &Selection) -> Vec<Color32> {
    let palette = theme::of(ui);
    let labels = map.crowd.labels.as_deref();
    let ink = |at: usize| {
        let label = labels.and_then(|labels| labels.get(at));
        let ink = label.map_or(palette.text, |&label| theme::colour(colour::class(label)));
        if selection.count() == 0 || selection.has(map.crowd.indices[at]) {
            ink
        } else {
            ink.gamma_multiply(FAINT)
        }
    };
    (0..map.points.len()).map(ink).collect()
}

/// The two leading axes through the mean.
fn axes(ui: &Ui, map: &Map, (room, placed): (Rect, Placed)) {
    let palette = theme::of(ui);
    let painter = ui.painter().with_clip_rect(room);
    let origin = placed.screen([0.0, 0.0]);
    let far = room.size().length() * 2.0;
    for (direction, name) in map.directions().into_iter().zip(["1", "2"]) {
        let [x, y] = direction;
        let ends = [far, -far].map(|length| Placed::towards(origin, direction, length));
        painter.line_segment(ends, (1.0, palette.line));
        let inside = room.shrink(UNIT);
        // The name stands where the axis leaves the room, on its positive side.
        let reach = |from: f32, step: f32, low: f32, high: f32| match step {
            s if s > 1e-6 => (high - from) / s,
            s if s < -1e-6 => (low - from) / s,
            _ => f32::INFINITY,
        };
        let length = reach(origin.x, x, inside.left(), inside.right()).min(reach(
            origin.y,
            -y,
            inside.top(),
            inside.bottom(),
        ));
        if length > 0.0 && length.is_finite() {
            let at =
                Placed::towards(origin, direction, length) + vec2(-5.0 * y.abs(), -6.0 * x.abs());
            let font = theme::tiny_figures();
            painter.text(at, egui::Align2::CENTER_CENTER, name, font, palette.weak);
        }
    }
}

/// Which colour is which class.
fn classes(ui: &Ui, map: &Map, room: Rect) {
    let mut classes = map.crowd.labels.clone().unwrap_or_default();
    classes.sort_unstable();
    classes.dedup();
    for (place, class) in classes.into_iter().enumerate() {
        let corner = room.left_top() + vec2(4.0 + place as f32 * (MARK + 1.0), 4.0);
        class_strip(ui, Rect::from_min_size(corner, vec2(MARK, MARK)), class);
    }
}

/// A white disc with a soft edge.
fn disc() -> ColorImage {
    let radius = DISC as f32 / 2.0;
    let strength = |index: usize| {
        let (x, y) = ((index % DISC) as f32 + 0.5, (index / DISC) as f32 + 0.5);
        let inside = radius - 1.0 - (x - radius).hypot(y - radius);
        Color32::WHITE.gamma_multiply((inside / 2.0 + 0.5).clamp(0.0, 1.0))
    };
    ColorImage::new([DISC, DISC], (0..DISC * DISC).map(strength).collect())
}
