//! The drawing's row of a kernel: as a strip over the images on show, by class and sorted; its nearest images; and
//! the mean over each class.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, RichText, Role, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::data::class_text;
use crate::exhibit::sketch::{Against, Answer, Vote};
use crate::exhibit::{Images, KernelOf, numbers};
use crate::picture::digits::magnification;
use crate::picture::{colour, heatmap};
use crate::ui::digits::paint_row;
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};
use crate::ui::words;

/// Nearest images that are shown at the most.
const NEAREST: usize = 12;
/// Height of a strip's values, and of the classes below.
const STRIP: f32 = 1.75 * UNIT;
/// Height of the classes below a strip.
const CLASSES: f32 = 4.0;
/// Height of what stands below a neighbour.
const FIGURE: f32 = 13.0;
/// Between two neighbours.
const GAP: f32 = 3.0;
/// Width of the bars of the classes.
const VOTES: f32 = 24.0 * UNIT;
/// In so wide a room neighbours are twice as large.
const WIDE: f32 = 90.0 * UNIT;

/// What was painted of a row.
#[derive(Default)]
pub struct KernelRow {
    /// By class, and sorted.
    strips: [Texture; 2],
    nearest: Texture,
    /// Of which answer, how wide, how many neighbours, on which page.
    of: Option<(Arc<Answer>, usize, usize, bool)>,
}

impl KernelRow {
    /// Shows the row of `answer` in a kernel.
    pub fn show(&mut self, ui: &mut Ui, answer: &Arc<Answer>, of: KernelOf) {
        let exhibit = &answer.subject.exhibit;
        let (row, about) = match of {
            KernelOf::Codes => (&answer.codes, words::C),
            _ => (&answer.prior, words::P),
        };
        let text = match row {
            Ok(against) => sentence(against, &exhibit.images),
            Err(why) => (*why).to_owned(),
        };
        ui.horizontal(|ui| {
            ui.label(RichText::new(of.name()).strong())
                .on_hover_text(about);
            let text = format!("{}: {text}", whose(answer, of));
            ui.add(egui::Label::new(RichText::new(text).small()).truncate());
        });
        let Ok(against) = row else { return };
        let tall = if ui.available_width() > WIDE { 2 } else { 1 };
        let tile = tile(ui, &exhibit.images, tall);
        let left = ui.available_width() - VOTES - 2.0 * UNIT;
        let fits = ((left + GAP) / (tile.x + GAP)).floor().max(1.0) as usize;
        let shown = fits.min(NEAREST).min(against.order.len());
        self.paint(ui, answer, of, against, shown);
        for sorted in [false, true] {
            self.strip(ui, answer, (of, against), sorted);
        }
        let height = (tile.y + FIGURE + 3.0).max(6.0 * UNIT);
        let size = vec2(ui.available_width(), height);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        self.neighbours(ui, (area, tile), (of, against), (&exhibit.images, shown));
        if !against.votes.is_empty() {
            let bars = area.with_min_x(area.right() - VOTES);
            votes(ui, bars, (of, against), &exhibit.images);
        }
    }

    fn paint(
        &mut self,
        ui: &Ui,
        answer: &Arc<Answer>,
        of: KernelOf,
        against: &Against,
        shown: usize,
    ) {
        let (dark, scale) = (ui.visuals().dark_mode, ui.ctx().pixels_per_point());
        let width = (ui.available_width() * scale).floor().max(1.0) as usize;
        let same = |(old, wide, many, was): &(Arc<Answer>, usize, usize, bool)| {
            Arc::ptr_eq(old, answer) && (*wide, *many, *was) == (width, shown, dark)
        };
        if self.of.as_ref().is_some_and(same) {
            return;
        }
        let exhibit = &answer.subject.exhibit;
        let (images, colours) = (&exhibit.images, exhibit.kernel(of));
        let scale = exhibit.scale(colours.map_or(0, |(index, _)| index));
        let straight: Vec<usize> = (0..against.values.len()).collect();
        for (texture, order) in self.strips.iter_mut().zip([&straight, &against.order]) {
            let values: Vec<f32> = order.iter().map(|&at| against.values[at]).collect();
            let classes = images.labels.as_deref().unwrap_or_default();
            texture.update(ui.ctx(), "row", [width, 2], |out| {
                let (above, below) = out.split_at_mut(4 * width);
                let mut pooled = Vec::new();
                heatmap::pool_row(&values, width, &mut pooled);
                heatmap::paint(&pooled, scale, colour::viridis(), above);
                let (pixels, _) = below.as_chunks_mut::<4>();
                for (x, pixel) in pixels.iter_mut().enumerate() {
                    let at = order.get((2 * x + 1) * order.len() / (2 * width));
                    let class = at.and_then(|&at| classes.get(at));
                    let [r, g, b] = class.map_or([128; 3], |&class| colour::class(class));
                    *pixel = [r, g, b, 255];
                }
            });
        }
        if let Some(pixels) = &images.pixels {
            let near = &against.order[..shown];
            paint_row(ui, &mut self.nearest, images.shape, pixels.view(), near);
        }
        self.of = Some((Arc::clone(answer), width, shown, dark));
    }

    /// The values in the images' order, or from the greatest to the least, with the classes below.
    fn strip(
        &self,
        ui: &mut Ui,
        answer: &Answer,
        (of, against): (KernelOf, &Against),
        sorted: bool,
    ) {
        let images = &answer.subject.exhibit.images;
        let labelled = images.labels.is_some();
        let below = if labelled { CLASSES } else { 0.0 };
        let size = vec2(ui.available_width(), STRIP + below);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let order = match (sorted, labelled) {
            (true, _) => "sorted",
            (false, true) => "by class",
            (false, false) => "in the order of the images",
        };
        let name = format!("Row of {} {order}", of.name());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        if let Some(texture) = self.strips[usize::from(sorted)].id() {
            let line = |from: f32| Rect::from_min_max(pos2(0.0, from), pos2(1.0, from + 0.5));
            let values = rect.with_max_y(rect.top() + STRIP);
            let classes = rect.with_min_y(rect.top() + STRIP);
            ui.painter()
                .image(texture, values, line(0.0), Color32::WHITE);
            if labelled {
                ui.painter()
                    .image(texture, classes, line(0.5), Color32::WHITE);
            }
        }
        let count = against.values.len();
        if let Some(pointer) = response.hover_pos()
            && count > 0
        {
            let share = (pointer.x - rect.left()) / rect.width();
            let place = ((share * count as f32).max(0.0) as usize).min(count - 1);
            let at = if sorted { against.order[place] } else { place };
            let value = numbers::three(f64::from(against.values[at]));
            let rank = if sorted {
                format!(", number {} of {count}", place + 1)
            } else {
                String::new()
            };
            response
                .on_hover_text_at_pointer(format!("{}: {value} × rms{rank}", named(images, at)));
        }
    }

    /// The nearest images with their classes and values.
    fn neighbours(
        &self,
        ui: &Ui,
        (area, tile): (Rect, egui::Vec2),
        (of, against): (KernelOf, &Against),
        (images, shown): (&Images, usize),
    ) {
        let Some(texture) = self.nearest.id() else {
            return;
        };
        let share = 1.0 / shown.max(1) as f32;
        for (place, &at) in against.order[..shown].iter().enumerate() {
            let left = area.left() + place as f32 * (tile.x + GAP);
            let rect = Rect::from_min_size(pos2(left.round(), area.top()), tile);
            let from = pos2(place as f32 * share, 0.0);
            let uv = Rect::from_min_size(from, vec2(share, 1.0));
            ui.painter().image(texture, rect, uv, Color32::WHITE);
            if let Some(&label) = images.labels.as_ref().and_then(|labels| labels.get(at)) {
                let line = Rect::from_min_size(rect.left_bottom(), vec2(tile.x, 3.0));
                let ink = theme::colour(colour::class(label));
                ui.painter().rect_filled(line, 0, ink);
            }
            let value = f64::from(against.values[at]);
            let below = pos2(rect.center().x, rect.bottom() + 3.0);
            let (font, weak) = (theme::tiny_figures(), theme::of(ui).weak);
            let text = format!("{value:.1}");
            ui.painter()
                .text(below, Align2::CENTER_TOP, text, font, weak);
            let id = ui.scope_id().with(("near", of.name(), place));
            let response = ui.interact(rect, id, Sense::hover());
            let name = format!(
                "{} number {}: {}, {} × rms",
                of.name(),
                place + 1,
                named(images, at),
                numbers::three(value)
            );
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            response.on_hover_text(name.as_str());
        }
    }
}

/// A bar for the mean over each class.
fn votes(ui: &Ui, area: Rect, (of, against): (KernelOf, &Against), images: &Images) {
    let palette = theme::of(ui);
    let plot = area.with_max_y(area.bottom() - FIGURE);
    let mut range = [0.0_f64; 2];
    for vote in &against.votes {
        range = [range[0].min(vote.mean), range[1].max(vote.mean)];
    }
    let span = (range[1] - range[0]).max(f64::MIN_POSITIVE);
    let height = |value: f64| plot.bottom() - ((value - range[0]) / span) as f32 * plot.height();
    let best = against.nearest_class().map(|vote| vote.class);
    let step = plot.width() / against.votes.len() as f32;
    for (at, vote) in against.votes.iter().enumerate() {
        let left = plot.left() + at as f32 * step;
        let bar = Rect::from_two_pos(
            pos2(left + 1.0, height(0.0)),
            pos2(left + step - 1.0, height(vote.mean)),
        );
        let ink = theme::colour(colour::class(vote.class));
        ui.painter().rect_filled(bar, 0, ink);
        let is_best = best == Some(vote.class);
        if is_best {
            let line = (1.5, palette.text);
            ui.painter().rect_stroke(bar, 0, line, StrokeKind::Inside);
        }
        let colour = if is_best { palette.text } else { palette.weak };
        let below = pos2(bar.center().x, plot.bottom() + 1.0);
        let (font, text) = (theme::tiny_figures(), vote.class.to_string());
        ui.painter()
            .text(below, Align2::CENTER_TOP, text, font, colour);
        let column = Rect::from_x_y_ranges(left..=left + step, area.y_range());
        let id = ui.scope_id().with(("vote", of.name(), vote.class));
        let response = ui.interact(column, id, Sense::hover());
        let name = format!(
            "mean of {} over {} images of {}: {} × rms",
            of.name(),
            vote.images,
            class_text(images.collection, vote.class),
            numbers::three(vote.mean)
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        response.on_hover_text(name.as_str());
    }
    ui.painter()
        .hline(plot.x_range(), height(0.0), (1.0, palette.line));
}

/// Which class it is nearest to, and which comes next.
fn sentence(against: &Against, images: &Images) -> String {
    let count = numbers::count(against.values.len());
    let Some(best) = against.nearest_class() else {
        let first = against.order.first().copied();
        return first.map_or_else(String::new, |first| {
            format!(
                "nearest to {} of {count}, {} × rms",
                named(images, first),
                numbers::three(f64::from(against.values[first]))
            )
        });
    };
    let said = |vote: Vote| {
        format!(
            "{} (mean {} × rms)",
            class_text(images.collection, vote.class),
            numbers::three(vote.mean)
        )
    };
    let others = against.votes.iter().filter(|vote| vote.class != best.class);
    let second = others.max_by(|a, b| a.mean.total_cmp(&b.mean));
    let then = second.map_or_else(String::new, |second| format!(", then {}", said(*second)));
    format!("nearest to {}{then}", said(best))
}

/// Whose row it is: `of the 300 validation images, step 400`.
fn whose(answer: &Answer, of: KernelOf) -> String {
    let exhibit = &answer.subject.exhibit;
    let images = &exhibit.images;
    let count = numbers::count(images.count);
    let step = match (of, &exhibit.network) {
        (KernelOf::Codes, Some(network)) => {
            format!(", step {}", numbers::count(network.step as usize))
        }
        _ => String::new(),
    };
    format!("the drawing and {count} {} images{step}", images.set.name())
}

/// `image 12, class 3`.
fn named(images: &Images, at: usize) -> String {
    let label = images.labels.as_ref().and_then(|labels| labels.get(at));
    let class = label.map_or_else(String::new, |&label| {
        format!(", {}", class_text(images.collection, label))
    });
    format!("image {at}{class}")
}

/// The size of a neighbour, about so many times that of a digit.
fn tile(ui: &Ui, images: &Images, times: usize) -> egui::Vec2 {
    let shape = images.shape;
    let scale = ui.ctx().pixels_per_point();
    let room = 28.0 * times as f32 * scale;
    let times = magnification(room, 0.0, 1, shape.height.max(shape.width)) as f32;
    let shrink = (shape.height.max(shape.width) as f32 * times / room).max(1.0);
    vec2(shape.width as f32, shape.height as f32) * times / scale / shrink
}
