//! The frontier: Lr against Lc on validation images. The ladder's networks, each trained under its own λ or with
//! its own Nc, are points; the way of the live run, which may have been steered, is a line.

use egui::{Color32, Ui};

use super::experiments::chart::{Chart, Curve, Point};
use super::experiments::sweep_charts::{transformed, value_axis};
use super::intent::Intent;
use super::ladder::LadderIntent;
use super::theme;
use crate::exhibit::numbers;
use crate::experiment::ladder::{Dial, Place};
use crate::picture::colour;
use crate::training::LossPoint;
use crate::view::{LadderView, RunView};
use crate::worker::ladder::Rung;

/// Points of the run's way that are drawn at the most.
const WAY: usize = 200;

/// Shows it in the room there is; the network under the pointer is shown, and one that is clicked stays.
pub fn show(ui: &mut Ui, run: &RunView, ladder: &LadderView, intents: &mut Vec<Intent>) {
    let palette = theme::of(ui);
    let rect = ui.available_rect_before_wrap();
    let way = way(run);
    let rungs = || Dial::ALL.iter().flat_map(|&dial| ladder.done(dial));
    let losses = || rungs().map(|rung| &rung.losses).chain(&way);
    let chart = Chart {
        x: value_axis("Lr", Some(palette.lr), losses().map(|l| l.lr), true),
        y: value_axis("Lc", Some(palette.lc), losses().map(|l| l.lc), true),
        right: None,
        curves: vec![
            run_curve(&way, palette),
            rungs_curve(ladder, Dial::Code, palette),
            rungs_curve(ladder, Dial::Lambda, palette),
        ],
        rules: Vec::new(),
    };
    let touched = chart.touched(ui, rect, "frontier of the ladder");
    let mut push = |intent| intents.push(Intent::Ladder(intent));
    if let Some(over) = touched.over {
        push(LadderIntent::Look(over));
    }
    if let Some(clicked) = touched.clicked {
        push(LadderIntent::Choose(clicked));
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

fn run_curve(way: &[LossPoint], palette: &theme::Palette) -> Curve<Place> {
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

fn rungs_curve(ladder: &LadderView, dial: Dial, palette: &theme::Palette) -> Curve<Place> {
    let shown = ladder.on_show().map(|rung| rung.place);
    let bytes = |c: Color32| [c.r(), c.g(), c.b()];
    let (lr, lc) = (bytes(palette.lr), bytes(palette.lc));
    let rungs: Vec<&Rung> = ladder.done(dial).map(|rung| &**rung).collect();
    let named = |index: usize| index.is_multiple_of(4) || index + 1 == rungs.len();
    let point = |(index, rung): (usize, &&Rung)| {
        let [x, y] = place(&rung.losses);
        let name = numbers::place(rung.place);
        let chosen = shown == Some(rung.place);
        Point {
            x,
            y,
            bar: None,
            key: Some(rung.place),
            chosen,
            colour: match dial {
                Dial::Lambda => Some(theme::colour(colour::blend(
                    lr,
                    lc,
                    dial.along(rung.place.value),
                ))),
                Dial::Code => None,
            },
            name: format!("rung of {name}"),
            hover: format!(
                "{}\nLr {}, Lc {} on validation images",
                numbers::trained(rung.place),
                numbers::three(rung.losses.lr),
                numbers::three(rung.losses.lc)
            ),
            label: match dial {
                _ if chosen => name,
                Dial::Lambda if named(index) => numbers::lambda(rung.place.value),
                Dial::Code if index == 0 => name,
                _ => String::new(),
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
