//! Loss curves: Lr, Lc and their weighted sum over the steps.
//!
//! Lr and Lc differ by a factor of ten, so the logarithmic axis, where both have room, is the
//! one that is shown first. The linear one gives each its own plot: Lc on [0, √2], the range it
//! can have at all, Lr and the total above. The steps are those of the whole run, pretraining
//! among them; where a run pretrains, the beginning of each layer is marked and the curves are
//! parted there.

mod axes;
mod marks;

use std::ops::RangeInclusive;

use egui::{Color32, Id, RichText, Ui, vec2};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints,
    PlotResponse, Points,
};

use super::icons::{self, Icon};
use super::intent::Intent;
use super::theme::{self, UNIT};
use super::toolbar;
use super::words;
use crate::exhibit::numbers;
use crate::picture::saved::Picture;
use crate::view::history::Loss;
use crate::view::pins::Pins;
use crate::view::{History, RunView};
use crate::worker::protocol::{PhaseKind, Progress, RunId};
use axes::Range;
use marks::{name_marks, turns, vertical_lines};

/// Intervals that a long curve is drawn in.
const INTERVALS: usize = 2000;
/// Changes of λ that are nearer than so many points are one.
const NEAR: f64 = 8.0;
/// Room for the figures of the vertical axis and its name, the same for all plots.
const AXIS: f32 = 7.0 * UNIT;
/// A plot lower than this has no room for the name of its horizontal axis.
const LOW: f32 = 15.0 * UNIT;

/// One drawn curve and what it was made from.
#[derive(Default)]
struct Curve {
    pieces: Vec<Vec<PlotPoint>>,
    /// The least and the largest value.
    range: Option<Range>,
    made_from: Option<(u64, usize, bool)>,
}

impl Curve {
    fn update(&mut self, history: &History, loss: Loss, logarithmic: bool) {
        let from = Some((history.revision(), history.points().len(), logarithmic));
        if self.made_from == from {
            return;
        }
        self.made_from = from;
        let pieces = history.curve(loss, logarithmic, INTERVALS);
        self.range = pieces.iter().flatten().fold(None, |range, &[_, y]| {
            let [low, high] = range.unwrap_or([y, y]);
            Some([y.min(low), y.max(high)])
        });
        let points = |piece: Vec<[f64; 2]>| piece.into_iter().map(PlotPoint::from).collect();
        self.pieces = pieces.into_iter().map(points).collect();
    }
}

/// How strong the curves of pinned networks are.
const GHOST: f32 = 0.6;

/// The curves of a pinned network.
struct Ghost {
    number: usize,
    curves: [Curve; 3],
}

/// A plot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    /// All losses on a logarithmic axis.
    Logarithmic,
    /// Lr and the total.
    Upper,
    /// Lc.
    Lower,
}

impl Panel {
    fn losses(self) -> &'static [Loss] {
        match self {
            Self::Logarithmic => &Loss::ALL,
            Self::Upper => &[Loss::Total, Loss::Reconstruction],
            Self::Lower => &[Loss::Alignment],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Logarithmic => "loss",
            Self::Upper => "Lr, total",
            Self::Lower => "Lc",
        }
    }
}

/// The part that is shown; `None` where that is all of it.
#[derive(Default)]
struct Zoom {
    x: Option<Range>,
    y: [Option<Range>; 3],
}

/// The panel.
pub struct Curves {
    logarithmic: bool,
    /// Which losses are not drawn, in the order of [`Loss::ALL`].
    hidden: [bool; 3],
    curves: [[Curve; 2]; 3],
    /// The validation losses of pinned networks.
    ghosts: Vec<Ghost>,
    zoom: Zoom,
    /// Whose curves they are.
    run: Option<RunId>,
    /// The most steps that this run was to take in all.
    planned: usize,
}

impl Default for Curves {
    fn default() -> Self {
        Self {
            logarithmic: true,
            hidden: [false; 3],
            curves: Default::default(),
            ghosts: Vec::new(),
            zoom: Zoom::default(),
            run: None,
            planned: 0,
        }
    }
}

fn index(loss: Loss) -> usize {
    let mut all = Loss::ALL.into_iter();
    all.position(|other| other == loss).unwrap_or(0)
}

impl Curves {
    /// Shows the curves in the room there is, under their name if nothing above says it, with those of pinned
    /// networks behind them.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (run, pins): (&RunView, &Pins),
        named: bool,
        intents: &mut Vec<Intent>,
    ) {
        if self.run != run.run() {
            self.run = run.run();
            self.zoom = Zoom::default();
            self.planned = 0;
        }
        self.planned = self.planned.max(planned(run));
        self.head(ui, run, named, intents);
        if run.newest().is_none() {
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
        for loss in Loss::ALL {
            let [training, validation] = &mut self.curves[index(loss)];
            training.update(&run.training, loss, self.logarithmic);
            validation.update(&run.validation, loss, self.logarithmic);
        }
        self.update_ghosts(pins);
        let shown = |panel: &Panel| panel.losses().iter().any(|&loss| !self.hidden[index(loss)]);
        let mut panels = if self.logarithmic {
            vec![Panel::Logarithmic]
        } else {
            vec![Panel::Upper, Panel::Lower]
        };
        if panels.iter().any(shown) {
            panels.retain(shown);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = (ui.available_height() / panels.len() as f32).floor();
        for (place, &panel) in panels.iter().enumerate() {
            self.plot(ui, run, panel, height, place + 1 == panels.len());
        }
    }

    fn update_ghosts(&mut self, pins: &Pins) {
        let there = |number| pins.all().iter().any(|pin| pin.number == number);
        self.ghosts.retain(|ghost| there(ghost.number));
        for pin in pins.all() {
            if !(self.ghosts.iter()).any(|ghost| ghost.number == pin.number) {
                self.ghosts.push(Ghost {
                    number: pin.number,
                    curves: Default::default(),
                });
            }
            let ghosts = self.ghosts.iter_mut();
            for ghost in ghosts.filter(|ghost| ghost.number == pin.number) {
                for loss in Loss::ALL {
                    let curve = &mut ghost.curves[index(loss)];
                    curve.update(&pin.validation, loss, self.logarithmic);
                }
            }
        }
    }

    fn head(&mut self, ui: &mut Ui, run: &RunView, named: bool, intents: &mut Vec<Intent>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            if named {
                ui.label(RichText::new("Losses").strong());
            }
            ui.spacing_mut().button_padding = vec2(2.0, 0.0);
            for (loss, meaning) in [
                (Loss::Reconstruction, words::LR),
                (Loss::Alignment, words::LC),
                (Loss::Total, words::TOTAL),
            ] {
                self.legend(ui, loss, meaning);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().button_padding = vec2(4.0, 0.0);
                let button = icons::small();
                let menu = egui::containers::menu::MenuButton::from_button(button);
                let (response, _) =
                    menu.ui(ui, |ui| {
                        let there = run.newest().is_some();
                        let picture = Picture::Losses;
                        let mut save = |picture, format| intents.push(Intent::Save(picture, format));
                        toolbar::save_entries(ui, there, (picture, &picture.name()), &mut save);
                    });
                icons::over(ui, &response, Icon::Save, icons::SMALL);
                response
                    .accessible_name("Save Losses")
                    .on_hover_text("Save the curves.");
                let text = RichText::new("log").small();
                if ui
                    .checkbox(&mut self.logarithmic, text)
                    .on_hover_text("Logarithmic axis with all three, or a linear one with Lc on its whole range [0, √2].")
                    .changed()
                {
                    self.zoom = Zoom::default();
                }
                let text = if ui.available_width() > 26.0 * UNIT {
                    "faint: minibatch, strong: validation"
                } else {
                    "strong: validation"
                };
                let text = RichText::new(text).small().weak();
                ui.add(egui::Label::new(text).truncate()).on_hover_text(
                    "Faint lines are single minibatches of training images, strong ones validation images. \
                     While a layer is pretrained, both are its own: Lr is its error in giving back its input. \
                     The wheel zooms, a drag moves, a double click shows everything.",
                );
            });
        });
    }

    /// A loss's name; a click on it hides its curves, and shows them again.
    fn legend(&mut self, ui: &mut Ui, loss: Loss, meaning: &str) {
        let palette = theme::of(ui);
        let hidden = &mut self.hidden[index(loss)];
        let text = RichText::new(name_of(loss));
        let text = if *hidden {
            text.color(palette.weak).strikethrough()
        } else {
            text.color(colour_of(palette, loss))
        };
        let response = ui.add(egui::Button::new(text).frame(false));
        let verb = if *hidden { "show" } else { "hide" };
        if response.clicked() {
            *hidden = !*hidden;
        }
        response
            .accessible_name(format!("Curve of {}", name_of(loss)))
            .on_hover_text(format!("{meaning}\nClick to {verb} the curve."));
    }

    /// All of a plot, from left to right and from bottom to top.
    fn whole(&self, run: &RunView, panel: Panel) -> [Range; 2] {
        let last = |history: &History| history.last().map_or(0, |point| point.step);
        let last = last(&run.training).max(last(&run.validation)) as f64;
        let x = axes::steps(last, self.planned as f64);
        let losses = panel.losses().iter().map(|&loss| index(loss));
        let curves = losses.filter(|&loss| !self.hidden[loss]).flat_map(|loss| {
            let ghosts = self.ghosts.iter().map(move |ghost| &ghost.curves[loss]);
            self.curves[loss].iter().chain(ghosts)
        });
        let range = curves
            .filter_map(|curve| curve.range)
            .reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]);
        let y = match (panel, range) {
            (Panel::Logarithmic, Some(range)) => axes::decades(range),
            (Panel::Logarithmic, None) => axes::decades([-2.0, 0.0]),
            (Panel::Upper, range) => axes::linear(range.map_or(1.0, |range| range[1])),
            (Panel::Lower, _) => axes::alignment(),
        };
        [x, y]
    }

    fn plot(&mut self, ui: &mut Ui, run: &RunView, panel: Panel, height: f32, lowest: bool) {
        let palette = theme::of(ui);
        let logarithmic = self.logarithmic;
        let value = move |y: f64| if logarithmic { 10f64.powf(y) } else { y };
        let whole = self.whole(run, panel);
        let [x, y] = [
            self.zoom.x.unwrap_or(whole[0]),
            self.zoom.y[panel as usize].unwrap_or(whole[1]),
        ];
        let name = |text: &str| RichText::new(text).small().color(palette.weak);
        let mut across = AxisHints::new_x()
            .formatter(|mark: GridMark, _: &RangeInclusive<f64>| axis_step(mark.value))
            .label_spacing(1.0..=2.0)
            .tick_label_font(theme::small())
            .tick_label_color(palette.weak);
        if height > LOW {
            across = across.label(name("steps"));
        }
        let upright = AxisHints::new_y()
            .formatter(move |mark: GridMark, _: &RangeInclusive<f64>| axis_loss(value(mark.value)))
            .label(name(panel.name()))
            .min_thickness(AXIS)
            .label_spacing(1.0..=2.0)
            .tick_label_font(theme::small())
            .tick_label_color(palette.weak);
        let shown = Plot::new(("losses", panel as usize))
            .height(height)
            // The last figure of the axis stands half beyond it.
            .width(ui.available_width() - 2.0 * UNIT)
            .grid_color(palette.line)
            .show_background(false)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(false)
            .show_axes([lowest, true])
            .link_cursor(Id::unique("curves"), [true, false])
            .custom_x_axes(vec![across])
            .custom_y_axes(vec![upright])
            .x_grid_spacer(axes::step_marks)
            .y_grid_spacer(if logarithmic {
                axes::decade_marks
            } else {
                axes::loss_marks
            })
            .label_formatter(move |position| hover_text(position, value))
            .show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([x[0], y[0]], [x[1], y[1]]));
                let per_step = f64::from(plot.response().rect.width()) / (x[1] - x[0]);
                let changes = run.changes(NEAR / per_step);
                vertical_lines(plot, &changes, turns(run), palette);
                for &loss in panel.losses() {
                    if !self.hidden[index(loss)] {
                        self.lines(plot, loss, colour_of(palette, loss));
                    }
                }
                changes
            });
        let top = panel != Panel::Lower || self.hidden[index(Loss::Reconstruction)];
        if top {
            let transform = &shown.transform;
            name_marks(ui, &shown.inner, turns(run), transform, palette);
        }
        self.interact(ui, &shown, panel, whole);
    }

    /// Zooms by the wheel or a pinch, moves by a drag, shows everything after a double click.
    fn interact<R>(&mut self, ui: &Ui, shown: &PlotResponse<R>, panel: Panel, whole: [Range; 2]) {
        let response = &shown.response;
        if response.double_clicked() {
            self.zoom = Zoom::default();
            return;
        }
        let mut factor = 1.0;
        let mut about = PlotPoint::new(0.0, 0.0);
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) =
                ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            factor = f64::from(pinch * (scroll / 200.0).exp());
            about = shown.transform.value_from_position(pointer);
        }
        let moved = if response.dragged() {
            response.drag_delta()
        } else {
            egui::Vec2::ZERO
        };
        if (factor - 1.0).abs() < 1e-3 && moved == egui::Vec2::ZERO {
            return;
        }
        let [right, up] = shown.transform.dvalue_dpos();
        let by = [-f64::from(moved.x) * right, -f64::from(moved.y) * up];
        self.zoom.x = axes::zoomed(self.zoom.x, whole[0], factor, about.x, by[0]);
        let y = &mut self.zoom.y[panel as usize];
        *y = axes::zoomed(*y, whole[1], factor, about.y, by[1]);
        ui.ctx().request_repaint();
    }

    fn lines<'a>(&'a self, plot: &mut egui_plot::PlotUi<'a>, loss: Loss, colour: Color32) {
        let name = name_of(loss);
        for ghost in &self.ghosts {
            for piece in &ghost.curves[index(loss)].pieces {
                let name = format!("{name}, validation, pin {}", ghost.number);
                let colour = colour.gamma_multiply(GHOST);
                // What has one look has no line.
                if let [only] = piece[..] {
                    let points = PlotPoints::from(vec![[only.x, only.y]]);
                    plot.points(Points::new(name, points).color(colour).radius(3.0));
                } else {
                    let line = Line::new(name, PlotPoints::Borrowed(piece));
                    plot.line(
                        line.color(colour)
                            .width(1.5)
                            .style(LineStyle::dashed_loose()),
                    );
                }
            }
        }
        let [training, validation] = &self.curves[index(loss)];
        for (curve, kind, width, alpha) in [
            (training, "minibatch", 1.0, 0.4),
            (validation, "validation", 2.0, 1.0),
        ] {
            for piece in &curve.pieces {
                let line = Line::new(format!("{name}, {kind}"), PlotPoints::Borrowed(piece))
                    .color(colour.gamma_multiply(alpha))
                    .width(width);
                plot.line(line);
            }
        }
    }
}

/// Steps that the run is to take in all: as it began, or as it was sent on.
fn planned(run: &RunView) -> usize {
    let Some(summary) = &run.summary else {
        return 0;
    };
    let training = &summary.config.training;
    let layers = summary.dims.len().saturating_sub(1);
    let before = training
        .pretraining
        .map_or(0, |p| p.steps_per_layer * layers);
    let ahead = |progress: &Progress| {
        let left = progress.total.saturating_sub(progress.done);
        progress.step as usize + left
    };
    let trains = run
        .progress
        .as_ref()
        .filter(|progress| progress.phase == PhaseKind::Training);
    (before + training.steps).max(trains.map_or(0, ahead))
}

fn name_of(loss: Loss) -> &'static str {
    match loss {
        Loss::Reconstruction => "Lr",
        Loss::Alignment => "Lc",
        Loss::Total => "total",
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

/// A loss as its axis has it, without more decimals than it needs.
fn axis_loss(value: f64) -> String {
    if value < -1e-9 {
        String::new()
    } else if value < 1e-9 {
        "0".to_owned()
    } else {
        crate::report::axes::plain(value)
    }
}

fn hover_text(position: &HoverPosition<'_>, value: impl Fn(f64) -> f64) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint {
            plot_name,
            position,
            ..
        } => {
            if !plot_name.contains(',') {
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
mod tests;
