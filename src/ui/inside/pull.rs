//! Where the two losses pull apart: the norm of each one's gradient at every layer, and the cosine between them.

use std::sync::Arc;

use egui::{Align2, Button, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::Facts;
use super::follow::Follow;
use crate::exhibit::aside::Aside;
use crate::exhibit::pull::{self, Pulls, Way, Weights};
use crate::exhibit::{Exhibit, KernelOf, numbers};
use crate::ui::intent::Intent;
use crate::ui::theme::{self, UNIT};

/// Width of a layer's name.
const NAME: f32 = 14.0 * UNIT;
/// Width of a number.
const NUMBER: f32 = 8.0 * UNIT;
/// The cosine's share of the bars' width.
const COSINE: f32 = 0.4;
/// The most height of a layer.
const ROW: f32 = 6.0 * UNIT;
/// Height of what stands above the layers.
const HEAD: f32 = 3.0 * UNIT;

/// An exhibit, for the gradients of its network's losses.
#[derive(Clone)]
struct Wanted(Arc<Exhibit>);

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        let codes = |of: &Self| of.0.network.as_ref().map(|n| Arc::as_ptr(&n.codes));
        let prior = |of: &Self| of.0.matrix_of(KernelOf::Prior).map(Arc::as_ptr);
        codes(self) == codes(other) && prior(self) == prior(other)
    }
}

/// The tab.
pub struct Pull {
    made: Follow<Wanted, Option<(Pulls, usize)>>,
    weights: Weights,
    way: Way,
}

impl Default for Pull {
    fn default() -> Self {
        Self {
            made: Follow::new("dkae-pull"),
            weights: Weights::default(),
            way: Way::default(),
        }
    }
}

impl Pull {
    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, _intents: &mut Vec<Intent>) {
        if let Err(missing) = pull::ready(facts.exhibit) {
            ui.label(RichText::new("Gradients of Lr and Lc").strong());
            ui.label(RichText::new(missing).weak());
            return;
        }
        self.choices(ui);
        let mut aside = None;
        let make = move |wanted: &Wanted| {
            let aside = aside.get_or_insert_with(Aside::here);
            aside.run(|| pull::pulls(&wanted.0))
        };
        let wanted = Wanted(Arc::clone(facts.exhibit));
        let Some((of, Some((pulls, images)))) = self.made.at(ui.ctx(), &wanted, make) else {
            ui.label(
                RichText::new("The gradients are being taken.")
                    .small()
                    .weak(),
            );
            return;
        };
        let exhibit = &of.0;
        let lambda = exhibit.network.as_ref().map_or(0.0, |n| n.lambda);
        caption(ui, exhibit, *images, lambda);
        ui.label(sentence(pulls, self.way));
        ui.add_space(UNIT);
        let rows = rows(pulls, (self.weights, self.way), lambda);
        paint(ui, &rows);
    }

    /// What of the gradients is shown.
    fn choices(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Gradients of Lr and Lc").strong());
            ui.add_space(2.0 * UNIT);
            for (weights, name, about) in [
                (Weights::InLoss, "as in the loss", "(1 − λ) ‖∇Lr‖ and λ ‖∇Lc‖, as Eq. 8 weighs them."),
                (Weights::Alone, "alone", "‖∇Lr‖ and ‖∇Lc‖, whatever λ is."),
            ] {
                let button = Button::selectable(self.weights == weights, name);
                if ui.add(button).on_hover_text(about).clicked() {
                    self.weights = weights;
                }
            }
            ui.add_space(2.0 * UNIT);
            for (way, name, about) in [
                (
                    Way::Both,
                    "whole layers",
                    "Weights with the gradients of both ways, which are tied, and both biases.",
                ),
                (
                    Way::In,
                    "the way in",
                    "Weights with the gradient of the encoder alone, and its bias. Lc looks at codes only, so it is the same here.",
                ),
            ] {
                let button = Button::selectable(self.way == way, name);
                if ui.add(button).on_hover_text(about).clicked() {
                    self.way = way;
                }
            }
        });
    }
}

/// What the gradients are of.
fn caption(ui: &mut Ui, exhibit: &Exhibit, images: usize, lambda: f64) {
    let (all, set) = (exhibit.images.count, exhibit.images.set.name());
    let of = if images < all {
        let (images, all) = (numbers::count(images), numbers::count(all));
        format!("{images} of {all} {set} images, evenly spread")
    } else {
        format!("{} {set} images", numbers::count(images))
    };
    let text = format!(
        "step {} · λ = {} · {of}, with P of them",
        numbers::count(exhibit.step() as usize),
        numbers::lambda(lambda)
    );
    ui.label(RichText::new(text).small().weak()).on_hover_text(
        "What would move the weights if these images were a minibatch, without noise on them and without a projection of their codes.",
    );
}

/// Where the two pull apart most.
fn sentence(pulls: &Pulls, way: Way) -> String {
    let Some((at, cosine)) = pulls.most_apart(way) else {
        return "Only one of the two losses pulls here, or none.".to_owned();
    };
    let layer = name(pulls.layers[at].inputs, pulls.layers[at].units);
    let cosine = signed(cosine);
    if cosine.starts_with('−') {
        format!("Lr and Lc pull apart most at {layer}: cosine {cosine}.")
    } else {
        format!(
            "Nowhere do Lr and Lc pull against one another; least together at {layer}: cosine {cosine}."
        )
    }
}

fn name(inputs: usize, units: usize) -> String {
    format!("{} → {}", numbers::count(inputs), numbers::count(units))
}

/// A cosine: always as wide.
fn signed(cosine: f64) -> String {
    // What rounds to nothing has no sign.
    let rounded = (cosine * 100.0).round() / 100.0 + 0.0;
    format!("{rounded:.2}").replace('-', "−")
}

/// A layer, or all of them.
struct Row {
    name: String,
    norms: [f64; 2],
    cosine: Option<f64>,
}

fn rows(pulls: &Pulls, (weights, way): (Weights, Way), lambda: f64) -> Vec<Row> {
    let row = |name, pull: pull::Pull| Row {
        name,
        norms: weights.of(pull, lambda),
        cosine: pull.cosine,
    };
    let layers = pulls.layers.iter();
    let layers = layers.map(|layer| row(name(layer.inputs, layer.units), layer.at(way)));
    layers
        .chain([row("all layers".to_owned(), pulls.all(way))])
        .collect()
}

/// Where the columns stand.
struct Columns {
    bars: Rect,
    cosine: Rect,
}

impl Columns {
    fn of(area: Rect) -> Self {
        let room = area.width() - NAME - 2.0 * NUMBER - 2.0 * UNIT;
        let cosine = (room * COSINE).max(8.0 * UNIT);
        let left = area.left() + NAME;
        let middle = left + (room - cosine).max(4.0 * UNIT);
        let start = middle + NUMBER + 2.0 * UNIT;
        Self {
            bars: Rect::from_x_y_ranges(left..=middle, area.y_range()),
            cosine: Rect::from_x_y_ranges(start..=start + cosine, area.y_range()),
        }
    }
}

fn paint(ui: &mut Ui, rows: &[Row]) {
    let palette = theme::of(ui);
    let area = ui.available_rect_before_wrap();
    let height = ((area.height() - HEAD) / rows.len().max(1) as f32).min(ROW);
    let heads = Columns::of(area.with_max_y(area.top() + HEAD));
    let painter = ui.painter();
    let top = |x: f32| pos2(x, heads.bars.top());
    let small = theme::small();
    let text = "norm of the gradient:";
    let after = painter.text(
        top(heads.bars.left()),
        Align2::LEFT_TOP,
        text,
        small.clone(),
        palette.weak,
    );
    let lr = top(after.right() + UNIT);
    let after = painter.text(lr, Align2::LEFT_TOP, "Lr", small.clone(), palette.lr);
    let lc = top(after.right() + UNIT);
    painter.text(lc, Align2::LEFT_TOP, "Lc", small.clone(), palette.lc);
    for (x, align, text) in [
        (heads.cosine.left(), Align2::LEFT_TOP, "−1 apart"),
        (heads.cosine.center().x, Align2::CENTER_TOP, "cosine"),
        (heads.cosine.right(), Align2::RIGHT_TOP, "together 1"),
    ] {
        painter.text(top(x), align, text, small.clone(), palette.weak);
    }
    let finite = rows.iter().flat_map(|row| row.norms);
    let most = finite.filter(|x| x.is_finite()).fold(0.0, f64::max);
    for (at, row) in rows.iter().enumerate() {
        let top = area.top() + HEAD + at as f32 * height;
        let place = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
        if at + 1 == rows.len() && at > 0 {
            let line = (1.0, palette.line);
            ui.painter().hline(place.x_range(), place.top(), line);
        }
        let id = ui.scope_id().with(("pull", at));
        paint_row(ui, ui.interact(place, id, Sense::hover()), row, most);
    }
    ui.advance_cursor_after_rect(area);
}

/// A layer: a bar for each loss, and one for the cosine.
fn paint_row(ui: &Ui, response: egui::Response, row: &Row, most: f64) {
    let palette = theme::of(ui);
    let painter = ui.painter();
    let place = response.rect;
    let columns = Columns::of(place);
    let middle = place.center().y;
    let at = pos2(place.left(), middle);
    painter.text(
        at,
        Align2::LEFT_CENTER,
        &row.name,
        theme::small(),
        palette.text,
    );
    let thick = (place.height() * 0.32).min(1.5 * UNIT);
    let both = row.norms.iter().zip([palette.lr, palette.lc]);
    for (slot, (&norm, colour)) in both.enumerate() {
        let share = if most > 0.0 { norm / most } else { 0.0 };
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let centre = middle + (slot as f32 - 0.5) * (thick + 1.0);
        let bar = Rect::from_min_size(
            pos2(columns.bars.left(), centre - thick / 2.0),
            vec2(share as f32 * columns.bars.width(), thick),
        );
        painter.rect_filled(bar, 0, colour);
        let at = pos2(bar.right() + UNIT / 2.0, centre);
        let font = theme::tiny_figures();
        painter.text(at, Align2::LEFT_CENTER, numbers::three(norm), font, colour);
    }
    let track = columns.cosine;
    let zero = track.center().x;
    painter.hline(track.x_range(), middle, (1.0, palette.line));
    if let Some(cosine) = row.cosine {
        let end = zero + cosine as f32 * track.width() / 2.0;
        let corners = [
            pos2(zero, middle - thick / 2.0),
            pos2(end, middle + thick / 2.0),
        ];
        let colour = if cosine < 0.0 {
            palette.error
        } else {
            palette.total
        };
        painter.rect_filled(Rect::from_points(&corners), 0, colour);
    }
    let ends = [track.left(), zero, track.right()];
    for x in ends {
        painter.vline(x, middle - thick..=middle + thick, (1.0, palette.line));
    }
    let cosine = row.cosine.map_or_else(|| "–".to_owned(), signed);
    let at = pos2(track.right() + UNIT, middle);
    let font = theme::small_figures();
    painter.text(at, Align2::LEFT_CENTER, &cosine, font, palette.text);
    let [lr, lc] = row.norms.map(numbers::three);
    let said = format!("{}: Lr {lr}, Lc {lc}, cosine {cosine}", row.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    response.on_hover_text(said);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_are_equally_wide_and_nothing_has_no_sign() {
        let cases = [
            (-0.323, "−0.32"),
            (0.5, "0.50"),
            (-0.002, "0.00"),
            (1.0, "1.00"),
        ];
        for (cosine, text) in cases {
            assert_eq!(signed(cosine), text);
        }
    }

    #[test]
    fn columns_stay_apart_in_a_narrow_window() {
        for width in [480.0, 800.0, 1400.0] {
            let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(width, 30.0));
            let columns = Columns::of(area);
            assert!(columns.bars.right() + NUMBER <= columns.cosine.left());
            assert!(
                columns.cosine.right() + NUMBER <= area.right() + 0.5,
                "{width}"
            );
        }
    }
}
