//! The strip of pinned networks: C, three digits, their figures and what they differ by from the run, each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Color32, Rect, RichText, Sense, TextureId, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::intent::Intent;
use super::texture::Texture;
use super::theme::{self, UNIT};
use super::{icons, words};
use crate::data::ImageShape;
use crate::exhibit::{KernelOf, RowOf, numbers, spread};
use crate::picture::colour;
use crate::picture::digits::Sheet;
use crate::picture::painter::{self, Order, Painter, Part};
use crate::training::RunConfig;
use crate::view::pins::{MOST, Pin, Pins};
use crate::view::scores::Figure;

/// Height of the strip.
pub const HEIGHT: f32 = 14.0 * UNIT;
/// Height of a line of text.
const LINE: f32 = 14.0;
/// Digits of a pin.
const DIGITS: usize = 3;
/// Narrower cards have their digits under the kernel.
const NARROW: f32 = 27.0 * UNIT;
/// Between two cards.
const GAP: f32 = UNIT;

/// What a person wants of pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinIntent {
    /// Pin the network on show.
    Pin,
    /// Take a pin away.
    Remove(usize),
    /// Show a pin, or what was on show before.
    Swap(usize),
    /// To the last pin, and back.
    Blink,
    /// Save a table of all of them and of what is on show.
    Table,
}

/// The pictures of a pin.
struct Thumb {
    number: usize,
    kernel: Texture,
    digits: Texture,
    dark: bool,
}

/// The strip.
#[derive(Default)]
pub struct PinStrip {
    thumbs: Vec<Thumb>,
    painter: Option<Painter>,
    /// The pin whose kernel is being painted.
    asked: Option<usize>,
}

impl PinStrip {
    /// Shows the pins in `area`, beside a run under `run`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        (pins, run): (&Pins, Option<&RunConfig>),
        intents: &mut Vec<Intent>,
    ) {
        self.tend(ui, pins, area.height() - 2.0 * UNIT);
        let width = (area.width() - GAP * (MOST - 1) as f32) / MOST as f32;
        for (place, pin) in pins.all().iter().enumerate() {
            let left = area.left() + place as f32 * (width + GAP);
            let rect = Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()));
            let shown = pins
                .on_show()
                .is_some_and(|shown| shown.number == pin.number);
            self.card(ui, rect, (pin, shown), run, intents);
        }
        let free = pins.all().len();
        if free < MOST {
            let left = area.left() + free as f32 * (width + GAP);
            let rect = Rect::from_min_max(pos2(left, area.top()), area.max).shrink(UNIT);
            ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("pins"), |ui| {
                aside(ui, intents);
            });
        }
    }

    /// Has pictures made that are not there, one after the other, and takes those that are ready.
    fn tend(&mut self, ui: &Ui, pins: &Pins, side: f32) {
        let there = |number| pins.all().iter().any(|pin| pin.number == number);
        self.thumbs.retain(|thumb| there(thumb.number));
        if let Some(painted) = self.painter.as_ref().and_then(Painter::take) {
            let asked = self.asked.take();
            let exhibit = &painted.order.exhibit;
            let pixels = exhibit
                .kernel(KernelOf::Codes)
                .and_then(|(index, _)| painted.pixels.get(index)?.as_ref());
            let thumb = self
                .thumbs
                .iter_mut()
                .find(|thumb| Some(thumb.number) == asked);
            if let (Some(pixels), Some(thumb)) = (pixels, thumb) {
                let side = painted.order.part.side;
                let name = format!("pin {}", thumb.number);
                thumb.kernel.update(ui.ctx(), &name, [side, side], |out| {
                    out.copy_from_slice(pixels);
                });
            }
        }
        let dark = ui.visuals().dark_mode;
        for pin in pins.all() {
            let known = self
                .thumbs
                .iter()
                .any(|thumb| (thumb.number, thumb.dark) == (pin.number, dark));
            if known || self.asked.is_some() {
                continue;
            }
            self.thumbs.retain(|thumb| thumb.number != pin.number);
            self.thumbs.push(Thumb {
                number: pin.number,
                kernel: Texture::default(),
                digits: digits(ui, pin),
                dark,
            });
            self.ask(ui, pin, side, dark);
        }
    }

    fn ask(&mut self, ui: &Ui, pin: &Pin, side: f32, dark: bool) {
        if self.painter.is_none() {
            let ctx = ui.ctx().clone();
            let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
            match painter::spawn(wake) {
                Ok(painter) => self.painter = Some(painter),
                // The pin is without its kernel, which is on show after a click.
                Err(error) => tracing::error!("no thread for pictures of pins: {error}"),
            }
        }
        let n = pin.exhibit.rows_of_kernels();
        if let (Some(painter), true) = (&self.painter, n > 0) {
            let pixels = side * ui.ctx().pixels_per_point();
            painter.ask(Order {
                exhibit: Arc::clone(&pin.exhibit),
                part: Part::of_window(n, [0.0, 0.0], 1.0, pixels),
                dark,
                arrived: Instant::now(),
            });
            self.asked = Some(pin.number);
        }
    }

    fn card(
        &self,
        ui: &mut Ui,
        rect: Rect,
        (pin, shown): (&Pin, bool),
        run: Option<&RunConfig>,
        intents: &mut Vec<Intent>,
    ) {
        let palette = theme::of(ui);
        let id = ui.scope_id().with(("pin", pin.number));
        let response = ui.interact(rect, id, Sense::click());
        ui.painter().rect_filled(rect, 6, palette.card);
        if shown || response.hovered() || response.has_focus() {
            let colour = if shown { palette.notice } else { palette.weak };
            let kind = egui::StrokeKind::Inside;
            ui.painter().rect_stroke(rect, 6, (1.5, colour), kind);
        }
        let name = pin.name();
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, shown, &name));
        if response.clicked() {
            intents.push(Intent::Pin(PinIntent::Swap(pin.number)));
        }
        let inner = rect.shrink(UNIT);
        let places = Places::of(inner, pin.exhibit.pictured.shape);
        let square = places.square;
        let thumb = self.thumbs.iter().find(|thumb| thumb.number == pin.number);
        ui.painter()
            .rect_filled(square, 0, ui.visuals().extreme_bg_color);
        image(ui, square, thumb.and_then(|thumb| thumb.kernel.id()));
        if let Some(digits) = thumb.and_then(|thumb| thumb.digits.id()) {
            for (tile, part) in places.digits.iter().zip(0..) {
                let uv = |part: u8| f32::from(part) / DIGITS as f32;
                let uv = Rect::from_min_max(pos2(0.0, uv(part)), pos2(1.0, uv(part + 1)));
                ui.painter().image(digits, *tile, uv, Color32::WHITE);
            }
        }
        let text = places.text;
        let builder = UiBuilder::new().max_rect(text).id_salt(("pin", pin.number));
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(text.intersect(ui.clip_rect()));
            facts(ui, pin, run, intents);
        });
        response.on_hover_ui(|ui| explain(ui, pin, shown, run));
    }
}

/// Where the parts of a card stand.
struct Places {
    square: Rect,
    digits: [Rect; DIGITS],
    text: Rect,
}

impl Places {
    /// In a wide card kernel, digits and text stand side by side; in a narrow one the digits stand under a
    /// smaller kernel.
    fn of(inner: Rect, shape: ImageShape) -> Self {
        let wide = inner.width() >= NARROW;
        let ratio = shape.width as f32 / shape.height.max(1) as f32;
        let (side, tile) = if wide {
            let tile = ((inner.height() - 2.0 * 2.0) / DIGITS as f32).floor();
            (inner.height(), vec2(tile * ratio, tile))
        } else {
            let side = (0.75 * inner.height()).floor();
            let tile = (side / DIGITS as f32).floor();
            let height = (tile / ratio).min(inner.height() - side - 2.0);
            (side, vec2(height * ratio, height))
        };
        let square = Rect::from_min_size(inner.min, vec2(side, side));
        let (first, step) = if wide {
            (
                square.right_top() + vec2(UNIT / 2.0, 0.0),
                vec2(0.0, tile.y),
            )
        } else {
            (square.left_bottom() + vec2(0.0, 2.0), vec2(tile.x, 0.0))
        };
        let digits = [0.0, 1.0, 2.0].map(|place| Rect::from_min_size(first + place * step, tile));
        let left = digits
            .iter()
            .map(Rect::right)
            .fold(square.right(), f32::max);
        Self {
            square,
            digits,
            text: Rect::from_min_max(pos2(left + UNIT, inner.top()), inner.max),
        }
    }
}

/// Three of a pin's reconstructions below each other.
fn digits(ui: &Ui, pin: &Pin) -> Texture {
    let mut texture = Texture::default();
    let exhibit = &pin.exhibit;
    let row = exhibit.row(RowOf::Reconstruction);
    let (Some(images), shape) = (
        row.and_then(|row| row.images.as_ref()),
        exhibit.pictured.shape,
    ) else {
        return texture;
    };
    let sheet = Sheet {
        tile: shape,
        columns: 1,
        rows: DIGITS,
    };
    let name = format!("digits of pin {}", pin.number);
    let size = [sheet.width(), sheet.height()];
    texture.update(ui.ctx(), &name, size, |out| {
        let chosen = spread(images.nrows(), DIGITS);
        for (row, index) in chosen.into_iter().enumerate() {
            sheet.draw(
                (row, 0),
                &images.view(),
                index,
                colour::greys(ui.visuals().dark_mode),
                out,
            );
        }
    });
    texture
}

fn image(ui: &Ui, rect: Rect, texture: Option<TextureId>) {
    if let Some(texture) = texture {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, rect, uv, Color32::WHITE);
    }
}

/// The text of a pin.
fn facts(ui: &mut Ui, pin: &Pin, run: Option<&RunConfig>, intents: &mut Vec<Intent>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = LINE;
    let small = |text: String| RichText::new(text).small();
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let button = ui.add(icons::small()).on_hover_text("Takes the pin away.");
            icons::over(ui, &button, icons::Icon::Close, icons::SMALL);
            let name = format!("Remove pin {}", pin.number);
            if button.accessible_name(name).clicked() {
                intents.push(Intent::Pin(PinIntent::Remove(pin.number)));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let title = format!("{} · λ {}", pin.number, numbers::lambda(pin.lambda()));
                ui.add(
                    egui::Label::new(small(title).strong())
                        .truncate()
                        .selectable(false),
                );
            });
        });
    });
    let scores = pin.exhibit.network.as_ref().map(|network| network.scores);
    for figure in Figure::ALL {
        let value = scores.and_then(|scores| figure.of(&scores));
        ui.horizontal(|ui| {
            let name = egui::Label::new(small(figure.name().to_owned()).weak());
            ui.add(name.truncate().selectable(false));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let value = small(numbers::maybe(value)).monospace();
                ui.add(egui::Label::new(value).selectable(false));
            });
        });
    }
    let text = against(pin, run);
    ui.add(
        egui::Label::new(small(text).weak())
            .truncate()
            .selectable(false),
    );
}

/// What a pin differs by from the run, in a line.
fn against(pin: &Pin, run: Option<&RunConfig>) -> String {
    let differences = run.map(|run| pin.differences(run)).unwrap_or_default();
    if differences.is_empty() {
        return "as the run".to_owned();
    }
    let each = differences
        .iter()
        .map(|difference| format!("{} {}", difference.name, difference.to));
    each.collect::<Vec<_>>().join(", ")
}

/// What stands under the pointer.
fn explain(ui: &mut Ui, pin: &Pin, shown: bool, run: Option<&RunConfig>) {
    ui.label(RichText::new(pin.name()).strong());
    let images = &pin.exhibit.images;
    let of = format!(
        "Figures on {} {} images.",
        numbers::count(images.count),
        images.set.name()
    );
    ui.label(of);
    for difference in run.map(|run| pin.differences(run)).unwrap_or_default() {
        let now = &difference.from;
        let text = format!("{}: {} (the run: {now})", difference.name, difference.to);
        ui.label(text);
    }
    let verb = if shown {
        "Click (or B): the network that was on show before."
    } else {
        "Click: show it in the place of the run. B: to it and back."
    };
    ui.label(RichText::new(verb).weak());
}

/// Beside the pins: what else can be done with them.
fn aside(ui: &mut Ui, intents: &mut Vec<Intent>) {
    ui.spacing_mut().item_spacing.y = UNIT / 2.0;
    let text = egui::Label::new(RichText::new(words::PINS).small().weak());
    ui.add(text.selectable(false));
    if ui
        .button(RichText::new("Save as table").small())
        .on_hover_text("All settings and figures of these networks and of what is on show, as CSV.")
        .clicked()
    {
        intents.push(Intent::Pin(PinIntent::Table));
    }
}
