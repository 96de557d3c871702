//! Loss curves: Lr, Lc and their weighted sum over the steps.
//!
//! Lr and Lc differ by a factor of ten, so the logarithmic axis, where both have room, is the
//! one that is shown first. The linear one gives each its own plot: Lc on [0, √2], the range it
//! can have at all, Lr and the total above.

use std::ops::RangeInclusive;

use egui::{Color32, Id, RichText, Ui, pos2};
use egui_plot::{
    GridMark, HoverPosition, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints,
    PlotTransform, VLine,
};

use super::theme::{self, UNIT};
use crate::view::history::Loss;
use crate::view::run::LambdaMark;
use crate::view::{History, RunView, numbers};

/// Intervals that a long curve is drawn in.
const INTERVALS: usize = 2000;
/// Marks of λ that are nearer than so many points are one.
const NEAR: f64 = 8.0;
/// Room for the figures of the vertical axis, the same for all plots.
const AXIS: f32 = 5.5 * UNIT;

/// One drawn curve and what it was made from.
#[derive(Default)]
struct Curve {
    points: Vec<PlotPoint>,
    made_from: Option<(u64, usize, bool)>,
}

impl Curve {
    fn update(
        &mut self,
        history: &History,
        loss: Loss,
        logarithmic: bool,
        buffer: &mut Vec<[f64; 2]>,
    ) {
        let from = Some((history.revision(), history.points().len(), logarithmic));
        if self.made_from != from {
            self.made_from = from;
            history.curve(loss, logarithmic, INTERVALS, buffer);
            self.points.clear();
            self.points
                .extend(buffer.iter().map(|&point| PlotPoint::from(point)));
        }
    }
}

/// The panel.
pub struct Curves {
    logarithmic: bool,
    curves: [[Curve; 2]; 3],
    buffer: Vec<[f64; 2]>,
}

impl Default for Curves {
    fn default() -> Self {
        Self {
            logarithmic: true,
            curves: Default::default(),
            buffer: Vec::new(),
        }
    }
}

impl Curves {
    /// Shows the curves in the room there is.
    pub fn show(&mut self, ui: &mut Ui, run: &RunView) {
        self.head(ui);
        if run.training.points().is_empty() && run.validation.points().is_empty() {
            let palette = theme::of(ui);
            let rect = ui.available_rect_before_wrap();
            ui.painter()
                .rect_filled(rect, 4, ui.visuals().extreme_bg_color);
            let text = "Lr, Lc and the total appear here with the first training step.";
            let font = theme::small();
            ui.painter().text(
                rect.center(),
                egui::Align2::CENTER_CENTER,
                text,
                font,
                palette.weak,
            );
            ui.advance_cursor_after_rect(rect);
            return;
        }
        for (index, loss) in Loss::ALL.into_iter().enumerate() {
            let [training, validation] = &mut self.curves[index];
            training.update(&run.training, loss, self.logarithmic, &mut self.buffer);
            validation.update(&run.validation, loss, self.logarithmic, &mut self.buffer);
        }
        let height = ui.available_height();
        if self.logarithmic {
            self.plot(ui, run, "losses", height, &Loss::ALL, None);
        } else {
            ui.spacing_mut().item_spacing.y = 0.0;
            let half = (height / 2.0).floor();
            self.plot(
                ui,
                run,
                "lr",
                half,
                &[Loss::Total, Loss::Reconstruction],
                None,
            );
            let range = Some((0.0, std::f64::consts::SQRT_2));
            self.plot(ui, run, "lc", half, &[Loss::Alignment], range);
        }
    }

    fn head(&mut self, ui: &mut Ui) {
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(RichText::new("Losses").strong());
            for (name, hover, colour) in [
                ("Lr", "Reconstruction: mean squared error over samples and pixels (Eq. 8).", palette.lr),
                ("Lc", "Alignment: distance between the normed C and P (Eq. 6).", palette.lc),
                ("total", "(1 − λ) Lr + λ Lc (Eq. 8).", palette.total),
            ] {
                ui.label(RichText::new(name).color(colour)).on_hover_text(hover);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.checkbox(&mut self.logarithmic, RichText::new("log").small()).on_hover_text(
                    "Logarithmic axis with all three, or a linear one with Lc on its whole range [0, √2].",
                );
                let text = if ui.available_width() > 26.0 * UNIT {
                    "faint: minibatch, strong: validation"
                } else {
                    "strong: validation"
                };
                let text = RichText::new(text).small().weak();
                ui.add(egui::Label::new(text).truncate()).on_hover_text(
                    "Faint lines are single minibatches of training digits, strong ones validation digits.",
                );
            });
        });
    }

    fn plot(
        &self,
        ui: &mut Ui,
        run: &RunView,
        name: &str,
        height: f32,
        losses: &[Loss],
        range: Option<(f64, f64)>,
    ) {
        let palette = theme::of(ui);
        let logarithmic = self.logarithmic;
        let value = move |y: f64| if logarithmic { 10f64.powf(y) } else { y };
        let top = losses.contains(&Loss::Reconstruction) && !logarithmic;
        let group = Id::unique("curves");
        let mut plot = Plot::new(name)
            .height(height)
            // The last figure of the axis stands half beyond it.
            .width(ui.available_width() - 2.0 * UNIT)
            .grid_color(palette.line)
            .show_background(false)
            .allow_scroll(false)
            .allow_boxed_zoom(true)
            .show_axes([!top, true])
            .link_axis(group, [true, false])
            .link_cursor(group, [true, false])
            .set_margin_fraction(egui::vec2(0.01, 0.08))
            .y_axis_min_width(AXIS)
            .x_axis_formatter(|mark: GridMark, _: &RangeInclusive<f64>| axis_step(mark.value))
            .y_axis_formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
                axis_loss(value(mark.value))
            })
            .label_formatter(move |position| hover_text(position, value));
        if logarithmic {
            plot = plot.y_grid_spacer(|input| log_marks(input.bounds));
        }
        if let Some((low, high)) = range {
            plot = plot.include_y(low).include_y(high);
        }
        let shown = plot.show(ui, |plot| {
            if let Some((low, high)) = range.filter(|_| plot.auto_bounds().y) {
                let x = plot.plot_bounds();
                plot.set_plot_bounds(PlotBounds::from_min_max(
                    [x.min()[0], low],
                    [x.max()[0], high],
                ));
                plot.set_auto_bounds([true, true]);
            }
            let rect = plot.response().rect;
            let per_step = f64::from(rect.width()) / plot.plot_bounds().width().max(1e-9);
            let marks = merged(&run.marks, NEAR / per_step);
            for mark in &marks {
                let name = format!("λ = {}", super::lambda::text(mark.lambda));
                plot.vline(
                    VLine::new(name, mark.step as f64)
                        .id(("mark", mark.step))
                        .color(palette.notice.gamma_multiply(0.7))
                        .width(1.0)
                        .style(LineStyle::dashed_dense()),
                );
            }
            for &loss in losses {
                self.lines(plot, loss, colour_of(palette, loss));
            }
            marks
        });
        if !top {
            name_marks(ui, &shown.inner, &shown.transform, palette);
        }
    }

    fn lines<'a>(&'a self, plot: &mut egui_plot::PlotUi<'a>, loss: Loss, colour: Color32) {
        let index = Loss::ALL
            .iter()
            .position(|&other| other == loss)
            .unwrap_or(0);
        let name = match loss {
            Loss::Reconstruction => "Lr",
            Loss::Alignment => "Lc",
            Loss::Total => "total",
        };
        let [training, validation] = &self.curves[index];
        for (curve, kind, width, alpha) in [
            (training, "minibatch", 1.0, 0.4),
            (validation, "validation", 2.0, 1.0),
        ] {
            let line = Line::new(
                format!("{name}, {kind}"),
                PlotPoints::Borrowed(&curve.points),
            )
            .color(colour.gamma_multiply(alpha))
            .width(width);
            plot.line(line);
        }
    }
}

/// Marks that stand nearer to the one before than `steps` become one, with the last one's λ: a
/// drag leaves many.
fn merged(marks: &[LambdaMark], steps: f64) -> Vec<LambdaMark> {
    let mut out: Vec<LambdaMark> = Vec::new();
    let mut before = f64::NEG_INFINITY;
    for mark in marks {
        match out.last_mut() {
            Some(last) if mark.step as f64 - before < steps => *last = *mark,
            _ => out.push(*mark),
        }
        before = mark.step as f64;
    }
    out
}

/// Writes λ at each mark that has room before the next; the last one always has.
fn name_marks(ui: &Ui, marks: &[LambdaMark], transform: &PlotTransform, palette: &theme::Palette) {
    let frame = *transform.frame();
    let place = |mark: &LambdaMark| {
        let point = PlotPoint::new(mark.step as f64, 0.0);
        transform.position_from_point(&point).x
    };
    let painter = ui.painter().with_clip_rect(frame);
    for (index, mark) in marks.iter().enumerate() {
        let (x, end) = (
            place(mark),
            marks.get(index + 1).map_or(frame.right(), place),
        );
        // Two digits do; the exact value stands in the hover.
        let short = super::lambda::text((mark.lambda * 100.0).round() / 100.0);
        let named = format!("λ {short}");
        let wide = end - x > 5.0 * UNIT;
        let text = if wide { named } else { short };
        let galley = painter.layout_no_wrap(text, theme::small(), palette.notice);
        let width = galley.size().x;
        let beside = if x + width + 4.0 <= end {
            x + 3.0
        } else if index + 1 == marks.len() {
            x - width - 3.0
        } else {
            continue;
        };
        painter.galley(pos2(beside, frame.top() + 1.0), galley, palette.notice);
    }
}

fn colour_of(palette: &theme::Palette, loss: Loss) -> Color32 {
    match loss {
        Loss::Reconstruction => palette.lr,
        Loss::Alignment => palette.lc,
        Loss::Total => palette.total,
    }
}

fn axis_step(step: f64) -> String {
    if step < 0.0 || step.fract().abs() > 1e-6 {
        String::new()
    } else {
        numbers::count(step as usize)
    }
}

fn axis_loss(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || value < 0.0 {
        String::new()
    } else {
        text.to_owned()
    }
}

/// Marks at 1, 2 and 5 in every decade, at log₁₀ of them.
fn log_marks((low, high): (f64, f64)) -> Vec<GridMark> {
    if !(low.is_finite() && high.is_finite()) || high - low > 40.0 {
        return Vec::new();
    }
    (low.floor() as i32..=high.ceil() as i32)
        .flat_map(|decade| {
            [(1.0f64, 1.0), (2.0, 0.3), (5.0, 0.4)].map(|(factor, step_size)| GridMark {
                value: f64::from(decade) + factor.log10(),
                step_size,
            })
        })
        .filter(|mark| (low..=high).contains(&mark.value))
        .collect()
}

fn hover_text(position: &HoverPosition<'_>, value: impl Fn(f64) -> f64) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint {
            plot_name,
            position,
            ..
        } => {
            if plot_name.starts_with('λ') {
                return Some(format!("{plot_name} from step {}", axis_step(position.x)));
            }
            let loss = numbers::three(value(position.y));
            Some(format!(
                "{plot_name}: {loss}\nstep {}",
                axis_step(position.x.round())
            ))
        }
        HoverPosition::Elsewhere { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_a_drag_are_one() {
        let mark = |step, lambda| LambdaMark { step, lambda };
        let drag: Vec<_> = (0..20)
            .map(|i| mark(100 + 3 * i, i as f64 / 20.0))
            .collect();
        let marks: Vec<_> = drag.iter().copied().chain([mark(400, 0.0)]).collect();
        assert_eq!(merged(&marks, 10.0), [drag[19], marks[20]]);
        assert_eq!(merged(&marks, 2.0), marks);
        assert!(merged(&[], 5.0).is_empty());
    }
}
