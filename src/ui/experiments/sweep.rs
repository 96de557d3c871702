//! Fig. 3: Lr and Lc against λ or Nc, the frontier of the two, and the run that was clicked.

use egui::{Color32, Rect, RichText, Ui, pos2, vec2};

use super::chart::{Axis, Chart, Curve, Point, from_zero, log_ticks, short};
use super::gallery::Gallery;
use super::{StudyIntent, placeholder, seeds_row};
use crate::experiment::fig3::SweepPoint;
use crate::experiment::plan::{Experiment, Recipe};
use crate::experiment::statistics::Summary;
use crate::ui::lambda::place_of;
use crate::ui::theme::{self, UNIT};
use crate::view::study::{Subject, with_deviation};
use crate::view::{StudyView, colour, numbers};

/// Least and largest width of the panel of the chosen run.
const SIDE: [f32; 2] = [38.0 * UNIT, 60.0 * UNIT];
/// The share of the width that the panel would like.
const SIDE_SHARE: f32 = 0.42;
/// The share of the height that the upper chart gets where there are two.
const UPPER: f32 = 0.56;
/// Figures of the axis stand at least so far apart, in parts of it.
const APART: f64 = 0.045;
/// What is drawn in place of numbers that a logarithm cannot take.
const LEAST: f64 = 1e-6;

/// The tab of a sweep.
pub struct Sweep {
    logarithmic: bool,
    gallery: Gallery,
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            logarithmic: true,
            gallery: Gallery::default(),
        }
    }
}

impl Sweep {
    /// Shows the sweep of `experiment`, which is Fig. 3(a) or (b).
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        experiment: Experiment,
        intents: &mut Vec<StudyIntent>,
    ) {
        let by_lambda = experiment == Experiment::Fig3a;
        let figures = view.figures();
        let points = if by_lambda {
            &figures.lambda
        } else {
            &figures.code
        };
        let area = ui.available_rect_before_wrap();
        let side = (area.width() * SIDE_SHARE).clamp(SIDE[0], SIDE[1]);
        let split = (area.right() - side).round();
        let charts = Rect::from_min_max(area.min, pos2(split - 2.0 * UNIT, area.bottom()));
        let run = Rect::from_min_max(pos2(split, area.top()), area.max);
        ui.scope_builder(
            egui::UiBuilder::new().max_rect(charts).id_salt("charts"),
            |ui| {
                self.charts(ui, view, points, by_lambda, intents);
            },
        );
        ui.painter()
            .vline(split - UNIT, area.y_range(), (1.0, theme::of(ui).line));
        ui.scope_builder(egui::UiBuilder::new().max_rect(run).id_salt("run"), |ui| {
            ui.set_clip_rect(run.intersect(ui.clip_rect()));
            self.run(ui, view, points, intents);
        });
        ui.advance_cursor_after_rect(area);
    }

    fn charts(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        points: &[SweepPoint],
        by_lambda: bool,
        intents: &mut Vec<StudyIntent>,
    ) {
        self.head(ui, points, by_lambda);
        let rest = ui.available_rect_before_wrap();
        if points.is_empty() {
            let text = if by_lambda {
                "Lr and Lc against λ: a point with its error bar for each λ, as the networks come in. A click on a point shows its C and its digits."
            } else {
                "Lr and Lc against Nc: a point with its error bar for each code size, as the networks come in. A click on a point shows its C and its digits."
            };
            placeholder(ui, rest, text);
            return;
        }
        let palette = theme::of(ui);
        let share = if by_lambda { UPPER } else { 1.0 };
        let upper = Rect::from_min_size(rest.min, vec2(rest.width(), rest.height() * share));
        let chart = curves(view, points, by_lambda, self.logarithmic, palette);
        let clicked = chart.show(ui, upper, "curves");
        let clicked = if by_lambda {
            let lower = Rect::from_min_max(pos2(rest.left(), upper.bottom() + UNIT), rest.max);
            clicked
                .or(frontier(view, points, self.logarithmic, palette).show(ui, lower, "frontier"))
        } else {
            clicked
        };
        if let Some(recipe) = clicked {
            intents.push(StudyIntent::Select(recipe));
        }
    }

    fn head(&mut self, ui: &mut Ui, points: &[SweepPoint], by_lambda: bool) {
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            let name = if by_lambda { "λ" } else { "Nc" };
            ui.label(RichText::new("Lr").color(palette.lr).strong());
            ui.label(RichText::new("Lc").color(palette.lc).strong());
            ui.label(RichText::new(format!("against {name}")).strong());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.checkbox(&mut self.logarithmic, RichText::new("log").small())
                    .on_hover_text("One logarithmic axis for both, or a linear one for each.");
                let most = points.iter().map(|p| p.recipes.len()).max().unwrap_or(0);
                let text = match most {
                    0 => String::new(),
                    1 => "validation digits, one seed so far".to_owned(),
                    n => format!("validation digits, mean ± sd over up to {n} seeds"),
                };
                ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
            });
        });
    }

    /// The chosen run: its seed among the others', its scores, its kernel and its digits.
    fn run(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        points: &[SweepPoint],
        intents: &mut Vec<StudyIntent>,
    ) {
        let shown = view.selected().zip(view.selected_network());
        let Some((recipe, network)) = shown else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "The chosen run: P, its C and its digits. The newest one is shown until a point is clicked.",
            );
            return;
        };
        ui.label(RichText::new(format!("λ = {}, Nc = {}", recipe.lambda, recipe.code)).strong());
        let twins = points.iter().find(|point| point.recipes.contains(&recipe));
        let seeds: Vec<u64> = twins.map_or_else(
            || vec![recipe.seed],
            |point| point.recipes.iter().map(|recipe| recipe.seed).collect(),
        );
        if let Some(seed) = seeds_row(ui, &seeds, Some(recipe.seed)) {
            intents.push(StudyIntent::Select(Recipe { seed, ..recipe }));
        }
        let (validation, test) = (&network.figures.validation, &network.figures.test);
        scores(ui, validation, test);
        ui.add_space(UNIT / 2.0);
        let subject = Subject::Run(recipe);
        self.gallery.take(view, Some(subject));
        if self.gallery.is_empty() {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "The pictures of this run are not kept in the folder.",
            );
            return;
        }
        let height = ui.available_height();
        self.gallery.kernels(ui, height * 0.66, subject, intents);
        let height = ui.available_height();
        self.gallery.digits(ui, height);
    }
}

/// Scores on validation and test digits.
fn scores(
    ui: &mut Ui,
    validation: &crate::worker::protocol::Scores,
    test: &crate::worker::protocol::Scores,
) {
    use crate::view::scores::Figure;
    let palette = theme::of(ui);
    egui::Grid::new("scores")
        .num_columns(5)
        .spacing(vec2(1.5 * UNIT, 0.0))
        .show(ui, |ui| {
            ui.label("");
            for figure in Figure::ALL {
                ui.label(RichText::new(figure.name()).small().weak())
                    .on_hover_text(figure.explanation());
            }
            ui.end_row();
            for (name, scores) in [("validation", validation), ("test", test)] {
                ui.label(RichText::new(name).small().weak());
                for figure in Figure::ALL {
                    let text = numbers::maybe(figure.of(scores));
                    let colour = if figure == Figure::Reconstruction {
                        palette.lr
                    } else {
                        palette.lc
                    };
                    ui.label(
                        RichText::new(text)
                            .monospace()
                            .size(theme::SMALL)
                            .color(colour),
                    );
                }
                ui.end_row();
            }
        });
}

fn transformed(value: f64, logarithmic: bool) -> f64 {
    if logarithmic {
        value.max(LEAST).log10()
    } else {
        value
    }
}

/// Mean ± sd on the axis.
fn bar(summary: &Summary, logarithmic: bool) -> Option<[f64; 2]> {
    let sd = summary.sd?;
    Some([summary.mean - sd, summary.mean + sd].map(|end| transformed(end, logarithmic)))
}

/// A logarithmic axis about `values`, or a linear one from zero.
fn value_axis(
    name: &str,
    colour: Option<Color32>,
    values: impl Iterator<Item = f64>,
    logarithmic: bool,
) -> Axis {
    let (least, most) = values.fold((f64::INFINITY, 0.0f64), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    let (low, high, ticks) = if logarithmic {
        let low = least.max(LEAST).log10() - 0.12;
        let high = most.max(2.0 * LEAST).log10() + 0.12;
        (low, high, log_ticks(low, high))
    } else {
        let (high, ticks) = from_zero(most * 1.03);
        (0.0, high, ticks)
    };
    Axis {
        name: name.to_owned(),
        colour,
        low,
        high,
        ticks,
    }
}

/// The axis of the sweep: s = √λ, or log₂ Nc.
fn swept_axis(view: &StudyView, points: &[SweepPoint], by_lambda: bool) -> Axis {
    let planned: Vec<f64> = view.plan().map_or_else(
        || points.iter().map(|point| point.x).collect(),
        |plan| {
            if by_lambda {
                plan.lambdas.clone()
            } else {
                plan.code_sizes.iter().map(|&code| code as f64).collect()
            }
        },
    );
    let all: Vec<(f64, String)> = planned
        .iter()
        .map(|&x| (swept(x, by_lambda), short(x)))
        .collect();
    let (first, last) = (
        all.first().map_or(0.0, |t| t.0),
        all.last().map_or(1.0, |t| t.0),
    );
    let (low, high) = if by_lambda {
        (0.0, 1.0)
    } else {
        (first, last.max(first + 1.0))
    };
    let reach = high - low;
    let mut ticks: Vec<(f64, String)> = Vec::new();
    for tick in all {
        if ticks
            .last()
            .is_none_or(|last| tick.0 - last.0 >= APART * reach)
        {
            ticks.push(tick);
        }
    }
    Axis {
        name: if by_lambda {
            "λ (stretched: s² = λ)"
        } else {
            "Nc (log)"
        }
        .to_owned(),
        colour: None,
        low: low - 0.02 * reach,
        high: high + 0.02 * reach,
        ticks,
    }
}

fn swept(x: f64, by_lambda: bool) -> f64 {
    if by_lambda {
        place_of(x)
    } else {
        x.max(1.0).log2()
    }
}

fn setting(x: f64, by_lambda: bool) -> String {
    let name = if by_lambda { "λ" } else { "Nc" };
    format!("{name} = {}", short(x))
}

fn curves(
    view: &StudyView,
    points: &[SweepPoint],
    by_lambda: bool,
    logarithmic: bool,
    palette: &theme::Palette,
) -> Chart<Recipe> {
    let ends = |summary: &Summary| {
        let sd = summary.sd.unwrap_or(0.0);
        [
            (summary.mean - sd).max(summary.mean / 3.0),
            summary.mean + sd,
        ]
    };
    let lr = || points.iter().flat_map(|point| ends(&point.lr));
    let lc = || points.iter().flat_map(|point| ends(&point.lc));
    let (y, right) = if logarithmic {
        (value_axis("loss (log)", None, lr().chain(lc()), true), None)
    } else {
        let left = value_axis("Lr", Some(palette.lr), lr(), false);
        (left, Some(value_axis("Lc", Some(palette.lc), lc(), false)))
    };
    let has_right = right.is_some();
    let curve = |name: &str, colour, of: fn(&SweepPoint) -> &Summary, right: bool| {
        let place = |point: &SweepPoint| {
            let y = transformed(of(point).mean, logarithmic);
            [swept(point.x, by_lambda), y]
        };
        let chosen = view.selected();
        let mark = |point: &SweepPoint| {
            let [x, y] = place(point);
            let at = setting(point.x, by_lambda);
            Point {
                x,
                y,
                bar: bar(of(point), logarithmic),
                key: view.run_of(&point.recipes),
                chosen: chosen.is_some_and(|recipe| point.recipes.contains(&recipe)),
                colour: None,
                name: format!("{name} at {at}"),
                hover: format!(
                    "{at}: {name} {}\n{}",
                    with_deviation(of(point)),
                    seeds_text(point.recipes.len())
                ),
                label: String::new(),
            }
        };
        Curve {
            colour,
            line: points.iter().map(place).collect(),
            width: 1.5,
            dashed: false,
            band: Vec::new(),
            points: points.iter().map(mark).collect(),
            right,
        }
    };
    Chart {
        x: swept_axis(view, points, by_lambda),
        y,
        right,
        curves: vec![
            curve("Lr", palette.lr, |point| &point.lr, false),
            curve("Lc", palette.lc, |point| &point.lc, has_right),
        ],
        rules: Vec::new(),
    }
}

fn seeds_text(count: usize) -> String {
    if count == 1 {
        "1 seed".to_owned()
    } else {
        format!("{count} seeds")
    }
}

/// Lc against Lr: a point a run, a line through the means; colours as on the λ slider.
fn frontier(
    view: &StudyView,
    points: &[SweepPoint],
    logarithmic: bool,
    palette: &theme::Palette,
) -> Chart<Recipe> {
    let values = |of: fn(&SweepPoint) -> &Summary| {
        points
            .iter()
            .flat_map(move |point| of(point).values.iter().copied())
    };
    let log = if logarithmic { " (log)" } else { "" };
    let place = |lr: f64, lc: f64| [transformed(lr, logarithmic), transformed(lc, logarithmic)];
    let bytes = |c: Color32| [c.r(), c.g(), c.b()];
    let blend = |lambda| {
        theme::colour(colour::blend(
            bytes(palette.lr),
            bytes(palette.lc),
            place_of(lambda),
        ))
    };
    let mut runs = Vec::new();
    for point in points {
        for (index, recipe) in point.recipes.iter().enumerate() {
            let (lr, lc) = (point.lr.values[index], point.lc.values[index]);
            let [x, y] = place(lr, lc);
            let name = format!("seed {}, λ = {}", recipe.seed, recipe.lambda);
            runs.push(Point {
                x,
                y,
                bar: None,
                key: Some(*recipe),
                chosen: view.selected() == Some(*recipe),
                colour: Some(blend(recipe.lambda)),
                hover: format!("{name}\nLr {lr:.4}, Lc {lc:.4}"),
                name: format!("run: {name}"),
                label: if index == 0 {
                    short(recipe.lambda)
                } else {
                    String::new()
                },
            });
        }
    }
    Chart {
        x: value_axis(
            &format!("Lr{log}"),
            Some(palette.lr),
            values(|p| &p.lr),
            logarithmic,
        ),
        y: value_axis(
            &format!("Lc{log}, a point a run, named by λ"),
            Some(palette.lc),
            values(|p| &p.lc),
            logarithmic,
        ),
        right: None,
        curves: vec![Curve {
            colour: palette.weak,
            line: points.iter().map(|p| place(p.lr.mean, p.lc.mean)).collect(),
            width: 1.0,
            dashed: false,
            band: Vec::new(),
            points: runs,
            right: false,
        }],
        rules: Vec::new(),
    }
}
