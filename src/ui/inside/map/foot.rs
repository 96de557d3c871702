//! What stands below a map: the image of the place, sliders along the axes, and the images of a walk.

use std::sync::Arc;

use egui::{
    Align, Color32, Label, Layout, Rect, RichText, Role, Sense, Slider, Ui, UiBuilder, Vec2,
    WidgetInfo, pos2, vec2,
};
use ndarray::Array2;

use super::decoding::{Decoded, Spot, WALK};
use crate::data::ImageShape;
use crate::exhibit::code_map::{AXES, Charted, Crowd};
use crate::exhibit::numbers;
use crate::picture::colour;
use crate::picture::digits::Sheet;
use crate::ui::kernels::class_strip;
use crate::ui::texture::Texture;
use crate::ui::theme::UNIT;

/// The room that it takes.
pub const HEIGHT: f32 = 19.0 * UNIT;
/// The side of the image of the place.
const IMAGE: f32 = 84.0;
/// The height of an image of a walk.
const TILE: f32 = 40.0;
/// Between two of them.
const GAP: f32 = 3.0;
/// Sliders side by side.
const COLUMNS: usize = 2;
/// How far they go, in standard deviations.
const FAR: f32 = 3.0;

/// What is shown.
pub struct Shown<'a> {
    /// The map.
    pub charted: &'a Charted,
    /// What was decoded.
    pub decoded: Option<&'a Decoded>,
    /// The place, and the image that it starts from.
    pub spot: &'a Spot,
    /// The image that it starts from.
    pub about: Option<usize>,
    /// The ends of the walk, as far as they are chosen.
    pub walk: (Option<usize>, Option<usize>),
    /// What the space is called: `codes`.
    pub name: &'static str,
    /// What makes images of it: `Decoded`.
    pub made: &'static str,
    /// What that image is called.
    pub picture: &'static str,
}

/// Something that a person wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// So many standard deviations along the axes.
    Along(Vec<f32>),
    /// The mean again.
    Reset,
}

/// The images, and what they were painted of.
#[derive(Default)]
pub struct Foot {
    place: Texture,
    walk: Texture,
    of: Option<(Arc<Array2<f32>>, bool)>,
}

impl Foot {
    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, room: Rect, shown: &Shown<'_>) -> Option<Wish> {
        let crowd = &shown.charted.map.crowd;
        if let Some(decoded) = shown.decoded {
            self.paint(ui, decoded, crowd.shape);
        }
        let place = Rect::from_min_size(room.min, vec2(IMAGE, IMAGE));
        self.image(ui, place, shown);
        let beside = Rect::from_min_max(
            pos2(place.right() + UNIT, room.top()),
            pos2(room.right(), place.bottom()),
        );
        let builder = UiBuilder::new()
            .max_rect(beside)
            .id_salt(("place", shown.name));
        let wish = ui.scope_builder(builder, |ui| sliders(ui, shown)).inner;
        let below = Rect::from_min_max(pos2(room.left(), place.bottom() + UNIT / 2.0), room.max);
        self.strip(ui, below, shown);
        wish
    }

    fn paint(&mut self, ui: &Ui, decoded: &Decoded, tile: ImageShape) {
        let dark = ui.visuals().dark_mode;
        let images = &decoded.images;
        let same = self.of.as_ref();
        if same.is_some_and(|(of, then)| Arc::ptr_eq(of, images) && *then == dark)
            || images.ncols() != tile.pixels()
        {
            return;
        }
        self.of = Some((Arc::clone(images), dark));
        let lut = colour::greys(dark);
        let sheet = |columns| Sheet {
            tile,
            columns,
            rows: 1,
        };
        let (one, all) = (sheet(1), sheet(WALK));
        self.place
            .update(ui.ctx(), "a place", [one.width(), one.height()], |out| {
                one.draw((0, 0), &images.view(), 0, lut, out);
            });
        if images.nrows() > WALK {
            self.walk
                .update(ui.ctx(), "a walk", [all.width(), all.height()], |out| {
                    for column in 0..WALK {
                        all.draw((0, column), &images.view(), column + 1, lut, out);
                    }
                });
        }
    }

    fn image(&self, ui: &mut Ui, place: Rect, shown: &Shown<'_>) {
        let id = ui.scope_id().with(("image", shown.name));
        let response = ui.interact(place, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, shown.picture));
        ui.painter()
            .rect_filled(place, 0, ui.visuals().extreme_bg_color);
        let texture = self.place.id().filter(|_| shown.decoded.is_some());
        if let Some(texture) = texture {
            let size = magnified(ui, shown.charted.map.crowd.shape, vec2(IMAGE, IMAGE));
            let rect = Rect::from_center_size(place.center(), size);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter()
                .image(texture, snapped(ui, rect), uv, Color32::WHITE);
        }
    }

    /// The images between the two ends of a walk.
    fn strip(&self, ui: &mut Ui, room: Rect, shown: &Shown<'_>) {
        let crowd = &shown.charted.map.crowd;
        let text = match shown.walk {
            (Some(from), Some(to)) => {
                format!("Straight from {} to {}", crowd.name(from), crowd.name(to))
            }
            (Some(from), None) => format!(
                "From {}: the walk's other end is to be chosen.",
                crowd.name(from)
            ),
            (None, _) => "Walk: click two images to see what lies between them.".to_owned(),
        };
        let line = Rect::from_min_size(room.min, vec2(room.width(), 14.0));
        let builder = UiBuilder::new()
            .max_rect(line)
            .id_salt(("walk", shown.name));
        ui.scope_builder(builder, |ui| {
            ui.add(Label::new(RichText::new(text).small().weak()).truncate());
        });
        let (Some(from), Some(to), Some(decoded)) = (shown.walk.0, shown.walk.1, shown.decoded)
        else {
            return;
        };
        let (Some(texture), Some(_)) = (self.walk.id(), decoded.of.walk) else {
            return;
        };
        let most = vec2((room.width() - 2.0 * 16.0) / WALK as f32 - GAP, TILE);
        let size = magnified(ui, crowd.shape, most);
        let top = line.bottom() + 2.0;
        let mark = vec2(13.0, size.y);
        let left = room.left() + mark.x + GAP;
        let end = |at: usize, corner| {
            if let Some(label) = crowd.labels.as_ref().and_then(|labels| labels.get(at)) {
                class_strip(ui, Rect::from_min_size(corner, mark), *label);
            }
        };
        end(from, pos2(room.left(), top));
        for column in 0..WALK {
            let corner = pos2(left + column as f32 * (size.x + GAP), top);
            let rect = snapped(ui, Rect::from_min_size(corner, size));
            let part = |column: usize| column as f32 / WALK as f32;
            let uv = Rect::from_min_max(pos2(part(column), 0.0), pos2(part(column + 1), 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
        }
        end(to, pos2(left + WALK as f32 * (size.x + GAP), top));
        let whole =
            Rect::from_min_size(pos2(left, top), vec2(WALK as f32 * (size.x + GAP), size.y));
        let response = ui.interact(
            whole,
            ui.scope_id().with(("strip", shown.name)),
            Sense::hover(),
        );
        let label = format!("Walk through the {}", shown.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
    }
}

/// The place in words, and a slider for each axis.
fn sliders(ui: &mut Ui, shown: &Shown<'_>) -> Option<Wish> {
    let mut wish = None;
    ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
    ui.spacing_mut().interact_size.y = 18.0;
    ui.allocate_ui(vec2(ui.available_width(), 18.0), |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let reset = ui.small_button("Reset").on_hover_text("The mean again.");
            let name = format!("Reset the {}", shown.name);
            if reset.accessible_name(name).clicked() {
                wish = Some(Wish::Reset);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(told(shown)).small()).truncate());
            });
        });
    });
    let axes = &shown.charted.map.axes;
    let mut values = match shown.spot {
        Spot::Along(values) => values.clone(),
        Spot::At(_) => Vec::new(),
    };
    values.resize(AXES, 0.0);
    let able = shown.charted.decoder.is_some();
    let width = (ui.available_width() / COLUMNS as f32 - 20.0).max(UNIT);
    ui.spacing_mut().slider_width = width - UNIT;
    for row in 0..AXES.div_ceil(COLUMNS) {
        ui.horizontal(|ui| {
            for index in (row * COLUMNS)..((row + 1) * COLUMNS).min(axes.count()) {
                ui.label(RichText::new((index + 1).to_string()).small().weak());
                let before = values[index];
                let slider = Slider::new(&mut values[index], -FAR..=FAR).show_value(false);
                let response = ui.add_enabled(able, slider);
                let about = format!(
                    "Component {} of the {}: {} standard deviations, {:.0} % of the variance. From {}.",
                    index + 1,
                    shown.name,
                    numbers::signed(f64::from(before)),
                    100.0 * axes.share(index),
                    start(&shown.charted.map.crowd, shown.about),
                );
                let response = response
                    .on_hover_text(about)
                    .on_disabled_hover_text("This network is not kept: nothing decodes its codes.");
                let name = format!("Component {} of the {}", index + 1, shown.name);
                if response.accessible_name(name).changed() {
                    wish = Some(Wish::Along(values.clone()));
                }
            }
        });
    }
    wish
}

/// What a place starts from.
fn start(crowd: &Crowd, about: Option<usize>) -> String {
    about.map_or_else(|| "the mean".to_owned(), |at| crowd.name(at))
}

/// The place in words.
fn told(shown: &Shown<'_>) -> String {
    let map = &shown.charted.map;
    if shown.charted.decoder.is_none() {
        return "This network is not kept: nothing decodes its codes.".to_owned();
    }
    let from = start(&map.crowd, shown.about);
    let own = match (shown.spot, shown.about) {
        (Spot::Along(values), _) => values.iter().all(|&value| value == 0.0),
        (Spot::At(point), Some(about)) => map.points.get(about) == Some(point),
        (Spot::At(_), None) => false,
    };
    if !own {
        return match (shown.spot, shown.about) {
            (Spot::Along(_), _) => format!("{}: along the axes from {from}", shown.made),
            (Spot::At(_), Some(_)) => format!("{}: moved in the plane from {from}", shown.made),
            (Spot::At(_), None) => format!("{}: a point of the plane", shown.made),
        };
    }
    // An error is of the image that was decoded, not of the one that is to be.
    let error = shown.decoded.and_then(|decoded| {
        let at = decoded
            .of
            .about
            .filter(|_| decoded.of.about == shown.about)?;
        let same = decoded.of.spot == *shown.spot;
        same.then(|| map.crowd.error(at, decoded.images.row(0)))
            .flatten()
    });
    let error = error.map_or_else(String::new, |error| {
        format!(", mean squared error {}", numbers::three(error))
    });
    format!("{}: {from}{error}", shown.made)
}

/// The size of an image in some room: a whole multiple of its pixels, if one fits.
fn magnified(ui: &Ui, shape: ImageShape, most: Vec2) -> Vec2 {
    let size = vec2(shape.width as f32, shape.height as f32);
    let fits = (most / size).min_elem();
    let scale = ui.ctx().pixels_per_point();
    let times = (fits * scale).floor() / scale;
    size * if times > 0.0 { times } else { fits }
}

/// At whole pixels of the screen.
fn snapped(ui: &Ui, rect: Rect) -> Rect {
    let scale = ui.ctx().pixels_per_point();
    let min = (rect.min.to_vec2() * scale).round() / scale;
    Rect::from_min_size(min.to_pos2(), rect.size())
}
