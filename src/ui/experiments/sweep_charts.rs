//! The charts of Fig. 3: a sweep's points on their axes.

use egui::Color32;

use super::chart::{Axis, Chart, Curve, Point};
use super::ticks::{from_zero, log_ticks, short};
use crate::experiment::fig3::SweepPoint;
use crate::experiment::plan::Recipe;
use crate::experiment::statistics::Summary;
use crate::picture::colour;
use crate::ui::lambda::place_of;
use crate::ui::theme;
use crate::view::StudyView;
use crate::view::study::with_deviation;

/// What is drawn in place of numbers that a logarithm cannot take.
const LEAST: f64 = 1e-6;
/// Figures of the axis stand at least so far apart, in parts of it.
const APART: f64 = 0.045;

/// A value's place on such an axis.
pub fn transformed(value: f64, logarithmic: bool) -> f64 {
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
pub fn value_axis(
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

/// Lr and Lc against the swept setting.
pub fn curves(
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
pub fn frontier(
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
