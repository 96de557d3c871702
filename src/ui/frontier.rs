//! The frontier: Lr against Lc on validation images. The ladder's networks, each trained under its own λ, are
//! points; the way of the live run, which may have been steered, is a line.

use egui::{Color32, Ui};

use super::experiments::chart::{Chart, Curve, Point};
use super::experiments::sweep_charts::{transformed, value_axis};
use super::intent::Intent;
use super::ladder::LadderIntent;
use super::lambda::place_of;
use super::theme;
use crate::exhibit::numbers;
use crate::picture::colour;
use crate::training::LossPoint;
use crate::view::{LadderView, RunView};
use crate::worker::ladder::Rung;

/// Points of the run's way that are drawn at the most.
const WAY: usize = 200;

/// Shows it in the room there is; a click on a network compares with it.
pub fn show(ui: &mut Ui, run: &RunView, ladder: &LadderView, intents: &mut Vec<Intent>) {
    let palette = theme::of(ui);
    let rect = ui.available_rect_before_wrap();
    let way = way(run);
    let losses = || ladder.done().map(|rung| &rung.losses).chain(&way);
    let chart = Chart {
        x: value_axis("Lr", Some(palette.lr), losses().map(|l| l.lr), true),
        y: value_axis("Lc", Some(palette.lc), losses().map(|l| l.lc), true),
        right: None,
        curves: vec![run_curve(&way, palette), rungs_curve(ladder, palette)],
        rules: Vec::new(),
    };
    if let Some(lambda) = chart.show(ui, rect, "frontier of the ladder") {
        intents.push(Intent::Ladder(LadderIntent::Choose(lambda)));
    }
    ui.advance_cursor_after_rect(rect);
}

/// Where a network stands on logarithmic axes.
fn place(losses: &LossPoint) -> [f64; 2] {
    [transformed(losses.lr, true), transformed(losses.lc, true)]
}

/// The run's validation losses, thinned out, the last among them; those of layers alone are of something
/// else.
fn way(run: &RunView) -> Vec<LossPoint> {
    let whole = run.validation.points().iter();
    let whole: Vec<&LossPoint> = whole.filter(|point| point.layer.is_none()).collect();
    let stride = whole.len().div_ceil(WAY).max(1);
    whole
        .iter()
        .rev()
        .step_by(stride)
        .rev()
        .copied()
        .copied()
        .collect()
}

fn run_curve(way: &[LossPoint], palette: &theme::Palette) -> Curve<f64> {
    let end = way.last().map(|last| {
        let [x, y] = place(last);
        let (lr, lc) = (numbers::three(last.lr), numbers::three(last.lc));
        Point {
            x,
            y,
            bar: None,
            key: None,
            chosen: false,
            colour: None,
            name: "the run".to_owned(),
            hover: format!("the run: Lr {lr}, Lc {lc}"),
            label: "run".to_owned(),
        }
    });
    Curve {
        colour: palette.total,
        line: way.iter().map(place).collect(),
        width: 1.0,
        dashed: false,
        band: Vec::new(),
        points: end.into_iter().collect(),
        right: false,
    }
}

fn rungs_curve(ladder: &LadderView, palette: &theme::Palette) -> Curve<f64> {
    let shown = ladder.on_show().map(|rung| rung.lambda);
    let bytes = |c: Color32| [c.r(), c.g(), c.b()];
    let (lr, lc) = (bytes(palette.lr), bytes(palette.lc));
    let rungs: Vec<&Rung> = ladder.done().map(|rung| &**rung).collect();
    let named = |index: usize| index.is_multiple_of(4) || index + 1 == rungs.len();
    let point = |(index, rung): (usize, &&Rung)| {
        let [x, y] = place(&rung.losses);
        let lambda = numbers::lambda(rung.lambda);
        let chosen = shown == Some(rung.lambda);
        Point {
            x,
            y,
            bar: None,
            key: Some(rung.lambda),
            chosen,
            colour: Some(theme::colour(colour::blend(lr, lc, place_of(rung.lambda)))),
            name: format!("rung of λ = {lambda}"),
            hover: format!(
                "trained under λ = {lambda}\nLr {}, Lc {} on validation images",
                numbers::three(rung.losses.lr),
                numbers::three(rung.losses.lc)
            ),
            label: if chosen || named(index) {
                lambda
            } else {
                String::new()
            },
        }
    };
    Curve {
        colour: palette.weak,
        line: rungs.iter().map(|rung| place(&rung.losses)).collect(),
        width: 1.0,
        dashed: true,
        band: Vec::new(),
        points: rungs.iter().enumerate().map(point).collect(),
        right: false,
    }
}
