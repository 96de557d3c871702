//! One unit: what it changes, how often it has which value, and the images that move it most.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use ndarray::{Array2, Axis};

use super::Network;
use super::grid::about;
use crate::data::ImageShape;
use crate::exhibit::aside::Aside;
use crate::exhibit::units::{Closer, Decoded, Histogram};
use crate::exhibit::{Images, numbers};
use crate::picture::colour;
use crate::picture::digits::Sheet;
use crate::ui::inside::follow::Follow;
use crate::ui::strip::{self, Strip};
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};

/// The decoded pictures, from left to right: name, and what they are.
const PICTURES: [(&str, &str); 4] = [
    (
        "m − 2σ",
        "The mean of the codes with this unit lowered by two standard deviations, decoded.",
    ),
    ("m", "The mean of the codes, decoded."),
    (
        "m + 2σ",
        "The mean of the codes with this unit raised by two standard deviations, decoded.",
    ),
    ("change", "m + 2σ less m; warm: brighter."),
];

/// A unit of a network.
#[derive(Clone, PartialEq)]
pub struct Wanted(pub Network, pub Option<usize>);

/// The panel.
pub struct View {
    made: Follow<Wanted, Option<Closer>>,
    pictures: Pictures,
    strips: [Strip; 2],
}

impl Default for View {
    fn default() -> Self {
        Self {
            made: Follow::new("dkae-unit"),
            pictures: Pictures::default(),
            strips: Default::default(),
        }
    }
}

impl View {
    /// Shows a unit in the room there is.
    pub fn show(&mut self, ui: &mut Ui, wanted: &Wanted) {
        if wanted.1.is_none() {
            let text = "A unit that is clicked is looked at closer here.";
            ui.label(RichText::new(text).small().weak());
            return;
        }
        let mut aside = None;
        let make = move |wanted: &Wanted| {
            let aside = aside.get_or_insert_with(Aside::here);
            aside.run(|| Closer::at(&wanted.0.0, wanted.1?))
        };
        let Some((of, Some(closer))) = self.made.at(ui.ctx(), wanted, make) else {
            return;
        };
        let images = &of.0.0.images;
        ui.spacing_mut().item_spacing.y = UNIT / 2.0;
        let unit = &closer.unit;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.label(RichText::new(format!("Unit {}", unit.index)).strong());
            let text = match unit.dead {
                true => format!("dead: {} for all images", numbers::three(unit.mean)),
                false => {
                    let all = about(unit);
                    let (_, figures) = all.split_once(": ").unwrap_or_default();
                    figures.trim_end_matches('.').to_owned()
                }
            };
            ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
        });
        ui.horizontal_top(|ui| {
            if let Some(decoded) = &closer.decoded {
                let key = (Arc::clone(&closer.codes), unit.index);
                self.pictures.show(ui, decoded, key, images.shape);
            }
            histogram(ui, &closer.histogram);
        });
        let rows = [
            ("Raised most by", &closer.raised),
            ("Lowered most by", &closer.lowered),
        ];
        for (slot, (name, extremes)) in rows.into_iter().enumerate() {
            row(ui, &mut self.strips[slot], images, (slot, name), extremes);
        }
    }
}

/// Images and the unit's activation on each.
fn row(
    ui: &mut Ui,
    strip: &mut Strip,
    images: &Arc<Images>,
    (slot, name): (usize, &str),
    extremes: &[(usize, f32)],
) {
    let tile = strip::tile(ui, images, 1.0);
    if ui.available_height() < tile.y + strip::BELOW + 2.0 * UNIT {
        return;
    }
    ui.label(RichText::new(name).small())
        .on_hover_text("Images on show whose activation is farthest from the mean on this side.");
    if extremes.is_empty() {
        ui.label(RichText::new("no image").small().weak());
        return;
    }
    let which: Vec<usize> = extremes.iter().map(|(image, _)| *image).collect();
    let value = |at: usize| f64::from(extremes[at].1);
    strip.row(
        ui,
        &strip::Row {
            images,
            which: &which,
            tile,
            name: ("extreme", slot),
            figure: &|at| short(value(at)),
            about: &|at| format!("activation {}.", minus(numbers::three(value(at)))),
            click: false,
        },
    );
}

/// A figure for the room under a digit.
fn short(value: f64) -> String {
    let decimals = if value.abs() < 9.95 { 1 } else { 0 };
    if value.abs() < 0.995 {
        let text = format!("{value:.2}");
        return minus(text.replacen("0.", ".", 1));
    }
    minus(format!("{value:.decimals$}"))
}

fn minus(text: String) -> String {
    text.replace('-', "−")
}

/// A unit of some codes.
type Key = (Arc<Array2<f32>>, usize);

/// The decoded images of a unit.
#[derive(Default)]
struct Pictures {
    texture: Texture,
    of: Option<(Key, bool)>,
}

impl Pictures {
    fn show(&mut self, ui: &mut Ui, decoded: &Decoded, key: Key, shape: ImageShape) {
        if decoded.change.ncols() != shape.pixels() {
            return;
        }
        self.paint(ui, decoded, key, shape);
        let scale = ui.ctx().pixels_per_point();
        let (width, height) = (shape.width as f32, shape.height as f32);
        let side = 7.0 * UNIT * scale / width.max(height);
        // Whole multiples of the pixels, unless there are too many.
        let times = if side >= 1.0 { side.floor() } else { side };
        let tile = vec2(width, height) * times / scale;
        for (at, (name, about)) in PICTURES.into_iter().enumerate() {
            let size = vec2(tile.x, tile.y + 2.0 * UNIT);
            let (area, response) = ui.allocate_exact_size(size, Sense::hover());
            let picture = Rect::from_min_size(area.min, tile);
            if let Some(texture) = self.texture.id() {
                let uv = Rect::from_min_size(pos2(at as f32 * 0.25, 0.0), vec2(0.25, 1.0));
                ui.painter().image(texture, picture, uv, Color32::WHITE);
            }
            let below = pos2(picture.center().x, picture.bottom() + 1.0);
            let (font, weak) = (theme::small(), theme::of(ui).weak);
            ui.painter()
                .text(below, Align2::CENTER_TOP, name, font, weak);
            response
                .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("decoded {name}")));
            let reach = numbers::three(f64::from(decoded.reach));
            response.on_hover_text(match at {
                3 => format!("{about} The largest change of a pixel is {reach}."),
                _ => about.to_owned(),
            });
        }
    }

    fn paint(&mut self, ui: &Ui, decoded: &Decoded, key: Key, shape: ImageShape) {
        let dark = ui.visuals().dark_mode;
        let same = |((codes, unit), was): &(Key, bool)| {
            Arc::ptr_eq(codes, &key.0) && *unit == key.1 && *was == dark
        };
        if self.of.as_ref().is_some_and(same) {
            return;
        }
        let sheet = Sheet {
            tile: shape,
            columns: PICTURES.len(),
            rows: 1,
        };
        // A sheet takes values from 0 to 1; no change is in the middle.
        let reach = if decoded.reach > 0.0 {
            decoded.reach
        } else {
            1.0
        };
        let change = decoded.change.mapv(|value| 0.5 + 0.5 * value / reach);
        let mean = decoded.images.select(Axis(0), &[1, 0, 2]);
        let size = [sheet.width(), sheet.height()];
        self.texture.update(ui.ctx(), "unit", size, |out| {
            for column in 0..3 {
                let lut = colour::greys(dark);
                sheet.draw((0, column), &mean.view(), column, lut, out);
            }
            sheet.draw((0, 3), &change.view(), 0, colour::diverging(dark), out);
        });
        self.of = Some((key, dark));
    }
}

/// How often the unit has which value.
fn histogram(ui: &mut Ui, histogram: &Histogram) {
    let palette = theme::of(ui);
    let size = vec2(ui.available_width(), 9.0 * UNIT);
    if size.x < 6.0 * UNIT {
        return;
    }
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Histogram of activations"));
    let plot = area.with_max_y(area.bottom() - 2.0 * UNIT);
    let painter = ui.painter();
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1);
    let step = plot.width() / histogram.counts.len() as f32;
    let pointer = response.hover_pos();
    let mut pointed = None;
    for (bar, &count) in histogram.counts.iter().enumerate() {
        let left = plot.left() + bar as f32 * step;
        let height = count as f32 / most as f32 * plot.height();
        let here = pointer.is_some_and(|at| (left..left + step).contains(&at.x));
        if here {
            pointed = Some((bar, count));
        }
        let colour = if here { palette.text } else { palette.total };
        let corners = [
            pos2(left, plot.bottom() - height),
            pos2(left + (step - 1.0).max(1.0), plot.bottom()),
        ];
        painter.rect_filled(Rect::from_points(&corners), 0, colour);
    }
    painter.hline(plot.x_range(), plot.bottom(), (1.0, palette.line));
    let ends = [
        (plot.left_bottom(), Align2::LEFT_TOP, histogram.low),
        (plot.right_bottom(), Align2::RIGHT_TOP, histogram.high),
    ];
    for (at, align, value) in ends {
        let text = minus(numbers::three(f64::from(value)));
        let font = theme::tiny_figures();
        painter.text(at + vec2(0.0, 2.0), align, text, font, palette.weak);
    }
    if let Some((bar, count)) = pointed {
        let [low, high] = histogram.ends(bar).map(|end| minus(numbers::three(end)));
        response.on_hover_text_at_pointer(format!(
            "{} images from {low} to {high}",
            numbers::count(count)
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_under_digits_are_short() {
        let cases = [
            (0.234, ".23"),
            (-0.5, "−.50"),
            (0.0, ".00"),
            (0.999, "1.0"),
            (-3.13, "−3.1"),
            (42.4, "42"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
    }
}
