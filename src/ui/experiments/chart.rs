//! A small chart for a handful of points: error bars, a second axis, levels, and points that can
//! be clicked, tabbed to and read aloud, none of which the zoomable plots of the live page have.
//!
//! Whoever shows a chart gives all places in the axes' own units (s = √λ, log₂ Nc, log₁₀ Lc).

use egui::{
    Align2, Color32, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo,
    epaint::PathStroke, pos2, vec2,
};

use crate::ui::theme::{self, UNIT};

/// Room for an axis' figures.
const GUTTER: f32 = 5.5 * UNIT;
/// Room beside an end without figures.
const MARGIN: f32 = 2.0 * UNIT;
/// Room above, for the axes' names.
const HEAD: f32 = 2.5 * UNIT;
/// Room below, for figures and the axis' name.
const FOOT: f32 = 4.5 * UNIT;
/// Radius of a point.
const POINT: f32 = 4.0;
/// Half the width of an error bar's ends.
const CAP: f32 = 3.0;

/// An axis: its range and where figures stand, in its own units.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// The name's and the figures' colour; the text's if none.
    pub colour: Option<Color32>,
    /// From here
    pub low: f64,
    /// to here.
    pub high: f64,
    /// Places and their figures.
    pub ticks: Vec<(f64, String)>,
}

/// A point.
#[derive(Clone, Debug)]
pub struct Point<K> {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
    /// The ends of the error bar.
    pub bar: Option<[f64; 2]>,
    /// What a click on it gives; a point without is only there to be seen.
    pub key: Option<K>,
    /// Whether it is the chosen one.
    pub chosen: bool,
    /// Another colour than its curve's.
    pub colour: Option<Color32>,
    /// What it is, for a screen reader and tests.
    pub name: String,
    /// What it says under the pointer.
    pub hover: String,
    /// A word beside it; empty for none.
    pub label: String,
}

/// Points and the line through them.
#[derive(Clone, Debug)]
pub struct Curve<K> {
    /// Its colour.
    pub colour: Color32,
    /// The line.
    pub line: Vec<[f64; 2]>,
    /// The line's width; 0 for none.
    pub width: f32,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// A band about the line: x, lower, upper.
    pub band: Vec<[f64; 3]>,
    /// The points.
    pub points: Vec<Point<K>>,
    /// Whether it is measured on the right axis.
    pub right: bool,
}

/// A horizontal or vertical line with a name at its end.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its place.
    pub at: f64,
    /// Whether it is vertical.
    pub vertical: bool,
    /// Its name.
    pub name: String,
    /// Lines of text that a vertical rule's name stands below the upper end, so that near ones
    /// have room: at its left for 0, at its right else.
    pub below: u8,
    /// Its colour.
    pub colour: Color32,
    /// Whether it is dashed.
    pub dashed: bool,
}

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart<K> {
    /// Across.
    pub x: Axis,
    /// The left axis.
    pub y: Axis,
    /// The right axis, if there is one.
    pub right: Option<Axis>,
    /// Curves, the last on top.
    pub curves: Vec<Curve<K>>,
    /// Lines across the chart.
    pub rules: Vec<Rule>,
}

/// Where the axes stand of a chart in `rect`, with or without one at the right.
#[must_use]
pub fn area(rect: Rect, right: bool) -> Rect {
    let right = if right { GUTTER } else { MARGIN };
    Rect::from_min_max(rect.min + vec2(GUTTER, HEAD), rect.max - vec2(right, FOOT))
}

/// Where things stand on screen.
struct Frame<'a> {
    area: Rect,
    x: &'a Axis,
    y: &'a Axis,
    right: Option<&'a Axis>,
}

impl Frame<'_> {
    fn across(&self, x: f64) -> f32 {
        place(self.x, x, self.area.left(), self.area.right())
    }

    fn up(&self, y: f64, right: bool) -> f32 {
        let axis = self.right.filter(|_| right).unwrap_or(self.y);
        place(axis, y, self.area.bottom(), self.area.top())
    }

    fn at(&self, x: f64, y: f64, right: bool) -> Pos2 {
        pos2(self.across(x), self.up(y, right))
    }
}

fn place(axis: &Axis, value: f64, from: f32, to: f32) -> f32 {
    let t = (value - axis.low) / (axis.high - axis.low).max(f64::MIN_POSITIVE);
    from + (to - from) * t.clamp(-0.02, 1.02) as f32
}

/// Points that were touched.
pub struct Touched<K> {
    /// The key of the one that was clicked.
    pub clicked: Option<K>,
    /// The key of the one under the pointer.
    pub over: Option<K>,
}

impl<K> Touched<K> {
    fn none() -> Self {
        Self {
            clicked: None,
            over: None,
        }
    }
}

impl<K: Copy> Chart<K> {
    /// Paints the chart into `rect`; gives the key of the point that was clicked.
    pub fn show(&self, ui: &mut Ui, rect: Rect, name: &str) -> Option<K> {
        self.touched(ui, rect, name).clicked
    }

    /// Paints the chart into `rect`; gives the keys of the points that were clicked and that the pointer is
    /// on.
    pub fn touched(&self, ui: &mut Ui, rect: Rect, name: &str) -> Touched<K> {
        let area = area(rect, self.right.is_some());
        if area.width() < UNIT || area.height() < UNIT {
            return Touched::none();
        }
        let frame = Frame {
            area,
            x: &self.x,
            y: &self.y,
            right: self.right.as_ref(),
        };
        axes(ui, &frame);
        for curve in &self.curves {
            paint_line(ui, &frame, curve);
        }
        for rule in &self.rules {
            paint_rule(ui, &frame, rule);
        }
        let mut touched = Touched::none();
        let mut labels = Vec::new();
        for (index, curve) in self.curves.iter().enumerate() {
            for (number, point) in curve.points.iter().enumerate() {
                let id = ui.scope_id().with((name, index, number));
                if let (Some(response), Some(key)) =
                    (paint_point(ui, &frame, curve, point, id), point.key)
                {
                    touched.clicked = touched.clicked.or(response.clicked().then_some(key));
                    touched.over = touched.over.or(response.hovered().then_some(key));
                }
                label(ui, &frame, curve, point, &mut labels);
            }
        }
        touched
    }
}

fn axes(ui: &Ui, frame: &Frame<'_>) {
    let palette = theme::of(ui);
    let (painter, area) = (ui.painter(), frame.area);
    for (at, text) in &frame.x.ticks {
        let x = frame.across(*at);
        painter.vline(x, area.y_range(), (1.0, palette.line.gamma_multiply(0.5)));
        let place = pos2(x, area.bottom() + UNIT / 2.0);
        let colour = frame.x.colour.unwrap_or(palette.weak);
        painter.text(place, Align2::CENTER_TOP, text, theme::small(), colour);
    }
    let foot = pos2(area.center().x, area.bottom() + FOOT);
    let colour = frame.x.colour.unwrap_or(palette.text);
    painter.text(
        foot,
        Align2::CENTER_BOTTOM,
        &frame.x.name,
        theme::small(),
        colour,
    );
    for (axis, right) in [(Some(frame.y), false), (frame.right, true)] {
        let Some(axis) = axis else { continue };
        let (x, out, align) = if right {
            (area.right(), UNIT / 2.0, Align2::LEFT_CENTER)
        } else {
            (area.left(), -UNIT / 2.0, Align2::RIGHT_CENTER)
        };
        for (at, text) in &axis.ticks {
            let y = frame.up(*at, right);
            if !right {
                painter.hline(area.x_range(), y, (1.0, palette.line.gamma_multiply(0.5)));
            }
            let colour = axis.colour.unwrap_or(palette.weak);
            painter.text(
                pos2(x + out, y),
                align,
                text,
                theme::small_figures(),
                colour,
            );
        }
        let head = pos2(x, area.top() - UNIT / 2.0);
        let align = if right {
            Align2::RIGHT_BOTTOM
        } else {
            Align2::LEFT_BOTTOM
        };
        let colour = axis.colour.unwrap_or(palette.text);
        painter.text(head, align, &axis.name, theme::small(), colour);
    }
    painter.hline(area.x_range(), area.bottom(), (1.0, palette.line));
    painter.vline(area.left(), area.y_range(), (1.0, palette.line));
    if frame.right.is_some() {
        painter.vline(area.right(), area.y_range(), (1.0, palette.line));
    }
}

fn paint_line<K>(ui: &Ui, frame: &Frame<'_>, curve: &Curve<K>) {
    let painter = ui.painter();
    for pair in curve.band.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let corners = vec![
            frame.at(a[0], a[1], curve.right),
            frame.at(b[0], b[1], curve.right),
            frame.at(b[0], b[2], curve.right),
            frame.at(a[0], a[2], curve.right),
        ];
        let fill = curve.colour.gamma_multiply(0.18);
        painter.add(Shape::convex_polygon(corners, fill, PathStroke::NONE));
    }
    if curve.width <= 0.0 {
        return;
    }
    let places: Vec<Pos2> = curve
        .line
        .iter()
        .map(|&[x, y]| frame.at(x, y, curve.right))
        .collect();
    let stroke = Stroke::new(curve.width, curve.colour);
    if curve.dashed {
        painter.extend(Shape::dashed_line(&places, stroke, 5.0, 4.0));
    } else {
        painter.add(Shape::line(places, stroke));
    }
}

fn paint_rule(ui: &Ui, frame: &Frame<'_>, rule: &Rule) {
    let (painter, area) = (ui.painter(), frame.area);
    let (ends, place, align) = if rule.vertical {
        let x = frame.across(rule.at);
        let ends = [pos2(x, area.top()), pos2(x, area.bottom())];
        let down = f32::from(rule.below) * 2.0 * UNIT;
        // A name at the very end stands on the free side, away from a rule to the right.
        let (aside, align) = if rule.below == 0 {
            (-UNIT / 2.0, Align2::RIGHT_TOP)
        } else {
            (UNIT / 2.0, Align2::LEFT_TOP)
        };
        (ends, ends[0] + vec2(aside, down), align)
    } else {
        let y = frame.up(rule.at, false);
        let ends = [pos2(area.left(), y), pos2(area.right(), y)];
        (ends, ends[0] + vec2(UNIT, -2.0), Align2::LEFT_BOTTOM)
    };
    let stroke = Stroke::new(1.5, rule.colour);
    if rule.dashed {
        painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 4.0));
    } else {
        painter.line_segment(ends, stroke);
    }
    painter.text(place, align, &rule.name, theme::small(), rule.colour);
}

/// The word beside a point, unless it would stand on another's.
fn label<K>(
    ui: &Ui,
    frame: &Frame<'_>,
    curve: &Curve<K>,
    point: &Point<K>,
    labels: &mut Vec<Rect>,
) {
    if point.label.is_empty() {
        return;
    }
    let weak = theme::of(ui).weak;
    let place = frame.at(point.x, point.y, curve.right) + vec2(POINT + 2.0, -POINT);
    let galley = ui
        .painter()
        .layout_no_wrap(point.label.clone(), theme::small(), weak);
    let rect = Align2::LEFT_BOTTOM.anchor_size(place, galley.size());
    if labels.iter().all(|other| !other.intersects(rect)) {
        ui.painter().galley(rect.min, galley, weak);
        labels.push(rect);
    }
}

fn paint_point<K>(
    ui: &Ui,
    frame: &Frame<'_>,
    curve: &Curve<K>,
    point: &Point<K>,
    id: egui::Id,
) -> Option<Response> {
    let palette = theme::of(ui);
    let painter = ui.painter();
    let at = frame.at(point.x, point.y, curve.right);
    let colour = point.colour.unwrap_or(curve.colour);
    if let Some([low, high]) = point.bar {
        let (low, high) = (frame.up(low, curve.right), frame.up(high, curve.right));
        painter.vline(at.x, high..=low, (1.5, colour));
        for y in [low, high] {
            painter.hline(at.x - CAP..=at.x + CAP, y, (1.5, colour));
        }
    }
    if point.key.is_none() {
        painter.circle_filled(at, POINT - 1.5, colour);
        return None;
    }
    let touch = Rect::from_center_size(at, vec2(2.0 * UNIT, 2.0 * UNIT));
    let response = ui.interact(touch, id, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(egui::Role::Button, true, point.chosen, &point.name));
    let lifted = response.hovered() || response.has_focus();
    let radius = if lifted { POINT + 1.5 } else { POINT };
    painter.circle(at, radius, colour, (1.0, palette.card));
    if point.chosen {
        painter.circle_stroke(at, POINT + 3.5, (1.5, palette.text));
    }
    let response = response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text(&point.hover);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_run_from_end_to_end() {
        let axis = Axis {
            name: String::new(),
            colour: None,
            low: 1.0,
            high: 3.0,
            ticks: Vec::new(),
        };
        assert_eq!(place(&axis, 1.0, 100.0, 0.0), 100.0);
        assert_eq!(place(&axis, 2.0, 100.0, 0.0), 50.0);
        assert_eq!(place(&axis, 3.0, 100.0, 0.0), 0.0);
    }
}
