//! What the study does right now: P as its mixtures come in, then the losses of the network in
//! training. Large in the place of a figure that has no points yet, small at the left else.

use std::sync::Arc;
use std::time::Instant;

use egui::{Rect, RichText, Sense, Ui, WidgetInfo, pos2, vec2};

use super::chart::{Axis, Chart, Curve};
use super::ticks::{log_ticks, short};
use crate::exhibit::{Exhibit, numbers};
use crate::training::LossPoint;
use crate::ui::kernels::{Dress, Kernels};
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::view::study::{progress_text, watched};
use crate::worker::study_protocol::Watch;

/// Height of the small one.
pub const SMALL: f32 = 18.0 * UNIT;
/// Losses of a network that has learnt something and of one that has not, as logarithms: the
/// axis holds at least these, so that it stands still.
const RANGE: [f64; 2] = [-2.1, 0.15];

/// P, made when it changes and at no other time.
pub struct Now {
    exhibit: Option<(Key, Arc<Exhibit>, Instant)>,
    large: Kernels,
    small: Kernels,
}

/// Where a matrix stands in memory and how far it is: an address may come again after its matrix is
/// gone, the mixtures in it do not.
type Key = (usize, usize);

impl Default for Now {
    fn default() -> Self {
        Self {
            exhibit: None,
            large: Kernels::new(Dress::Study),
            small: Kernels::new(Dress::Bare),
        }
    }
}

impl Now {
    /// The large one, with what will stand in its place.
    pub fn large(&mut self, ui: &mut Ui, view: &StudyView, later: &str) {
        let Some(watch) = view.watch() else { return };
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Now").strong());
            ui.label(title(view, watch));
            ui.label(RichText::new(progress_text(view)).weak());
        });
        let area = ui.available_rect_before_wrap();
        let foot = Rect::from_min_max(pos2(area.left(), area.bottom() - 5.0 * UNIT), area.max);
        let rest = Rect::from_min_max(area.min, pos2(area.right(), foot.top() - UNIT));
        let side = (rest.height() - 3.0 * UNIT).min(rest.width() * 0.5);
        let mut left = rest.left();
        if let Some((exhibit, made)) = self.exhibit(view) {
            // As wide as it is high, so that the curves begin where it ends.
            let around = Dress::Study.height_for(side, 1) - side;
            let area = Rect::from_min_size(rest.min, vec2(side - around, side));
            self.large.show(ui, area, (&exhibit, made), None, None);
            left = area.right() + 3.0 * UNIT;
        }
        let room = Rect::from_min_max(
            pos2(left, rest.top()),
            pos2(rest.right(), rest.top() + side),
        );
        losses(ui, room, watch, true);
        ui.advance_cursor_after_rect(rest);
        let builder = egui::UiBuilder::new().max_rect(foot).id_salt("later");
        ui.scope_builder(builder, |ui| {
            let text = RichText::new(format!("In this place: {later}"))
                .small()
                .weak();
            ui.add(egui::Label::new(text).wrap());
        });
        ui.advance_cursor_after_rect(area);
    }

    /// The small one.
    pub fn small(&mut self, ui: &mut Ui, view: &StudyView) {
        let size = vec2(ui.available_width() - UNIT, SMALL);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let Some(watch) = view.watch() else { return };
        match watch {
            Watch::Network { .. } => losses(ui, rect, watch, false),
            Watch::Prior { .. } => {
                let Some((exhibit, made)) = self.exhibit(view) else {
                    return;
                };
                let head = Rect::from_min_size(rect.min, vec2(rect.width(), 2.0 * UNIT));
                let caption = exhibit.kernels.first().map_or("", |kernel| &kernel.caption);
                line(ui, head, caption);
                let side = rect.height() - head.height();
                let area = Rect::from_min_size(head.left_bottom(), vec2(side, side));
                self.small.show(ui, area, (&exhibit, made), None, None);
            }
        }
    }

    /// P of the seed at hand, and when it came.
    fn exhibit(&mut self, view: &StudyView) -> Option<(Arc<Exhibit>, Instant)> {
        let watched = watched(view)?;
        let key = (std::ptr::from_ref(watched.values).addr(), watched.age);
        match &self.exhibit {
            Some((of, exhibit, made)) if *of == key => Some((Arc::clone(exhibit), *made)),
            _ => {
                let (exhibit, made) = (Arc::new(watched.exhibit(view)?), Instant::now());
                self.exhibit = Some((key, Arc::clone(&exhibit), made));
                Some((exhibit, made))
            }
        }
    }
}

fn line(ui: &mut Ui, rect: Rect, text: &str) {
    let weak = theme::of(ui).weak;
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .text(
            rect.left_top(),
            egui::Align2::LEFT_TOP,
            text,
            theme::small(),
            weak,
        );
}

/// What is done, in words.
fn title(view: &StudyView, watch: &Watch) -> String {
    let task = view.progress().and_then(|progress| progress.task);
    match watch {
        Watch::Prior { seed, .. } => format!("seed {seed}: prior kernel"),
        Watch::Network { .. } => task.map_or_else(String::new, |task| task.describe()),
    }
}

/// The curves of a network in training, or the place where they will be.
fn losses(ui: &mut Ui, rect: Rect, watch: &Watch, large: bool) {
    let palette = theme::of(ui);
    let none = Vec::new();
    let (points, steps) = match watch {
        Watch::Network { losses, steps, .. } => (losses, *steps),
        Watch::Prior { .. } => (&none, 1),
    };
    let Some(last) = points.last() else {
        let text = "Lr and Lc appear here with the first training step.";
        super::placeholder(ui, rect, text);
        return;
    };
    let parts = [("Lr", last.lr, palette.lr), ("Lc", last.lc, palette.lc)];
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), 2.0 * UNIT));
    let mut x = head.left() + if large { 5.5 * UNIT } else { 0.0 };
    for (name, value, colour) in parts {
        let text = format!("{name} {}", numbers::three(value));
        let galley = ui
            .painter()
            .layout_no_wrap(text, theme::small_figures(), colour);
        let width = galley.size().x;
        ui.painter().galley(pos2(x, head.top()), galley, colour);
        x += width + 1.5 * UNIT;
    }
    let room = Rect::from_min_max(pos2(rect.left(), head.bottom()), rect.max);
    let curve = |points: &[LossPoint], colour, of: fn(&LossPoint) -> f64| Curve::<()> {
        colour,
        line: points
            .iter()
            .filter(|point| of(point) > 0.0)
            .map(|point| [point.step as f64, of(point).log10()])
            .collect(),
        width: 1.5,
        dashed: false,
        band: Vec::new(),
        points: Vec::new(),
        right: false,
    };
    // Losses of different layers are different quantities.
    let parts = points.chunk_by(|a, b| a.layer == b.layer);
    let curves: Vec<_> = parts
        .flat_map(|points| {
            [
                curve(points, palette.lr, |point| point.lr),
                curve(points, palette.lc, |point| point.lc),
            ]
        })
        .collect();
    let reach = curves
        .iter()
        .flat_map(|curve| curve.line.iter().map(|at| at[1]));
    let [low, high] = reach.fold(RANGE, |[low, high], y| {
        [low.min(y - 0.05), high.max(y + 0.05)]
    });
    let tick = |part: f64| {
        let at = steps as f64 * part;
        (at, short(at.round()))
    };
    let chart = Chart {
        x: Axis {
            name: if large {
                "step".to_owned()
            } else {
                String::new()
            },
            colour: None,
            low: 0.0,
            high: steps as f64,
            ticks: [0.0, 0.5, 1.0].map(tick).to_vec(),
        },
        y: Axis {
            name: if large {
                "loss of a minibatch (log)".to_owned()
            } else {
                String::new()
            },
            colour: None,
            low,
            high,
            ticks: log_ticks(low, high),
        },
        right: None,
        curves,
        rules: Vec::new(),
    };
    chart.show(ui, room, "now");
    let response = ui.interact(rect, ui.scope_id().with("losses"), Sense::hover());
    let said = format!(
        "Network in training: Lr {}, Lc {}",
        numbers::three(last.lr),
        numbers::three(last.lc)
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, said.clone()));
    response.on_hover_text("Lr and Lc of the minibatches of the network in training (Eq. 8 and Eq. 6). Its point appears in the figures when it is done.");
}
