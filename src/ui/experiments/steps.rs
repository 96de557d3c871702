//! Table 2's dkAE along its training: the denoising error on validation digits against steps.

use egui::{Rect, RichText, Ui, vec2};

use super::chart::{Axis, Chart, Curve, Point, Rule};
use super::ticks::from_zero;
use crate::exhibit::numbers;
use crate::experiment::course::{Course, Look};
use crate::experiment::statistics::Summary;
use crate::picture::colour::CLASSES;
use crate::ui::theme::{self, Palette, UNIT};
use crate::view::study::with_deviation;

/// The height of the chart.
const HEIGHT: f32 = 21.0 * UNIT;
/// Steps that have a figure on the axis: one of so many.
const EVERY: usize = 3;

/// Shows the chart with what it says.
pub fn show(ui: &mut Ui, course: &Course) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("When to stop").strong()).on_hover_text(
            "The network of this table is trained for longer than those of the other experiments, and \
             the one of the least loss on validation images of all classes is kept.",
        );
        let kept = course.kept_in_words(|step| numbers::count(step as usize));
        let text = format!("noisy validation images; kept, by least validation loss: step {kept}");
        ui.label(RichText::new(text).small().weak());
    });
    let room = ui.available_rect_before_wrap();
    let rect = Rect::from_min_size(room.min, vec2(room.width(), HEIGHT));
    chart(course, theme::of(ui)).show(ui, rect, "steps");
    ui.advance_cursor_after_rect(rect);
}

fn chart(course: &Course, palette: &Palette) -> Chart<()> {
    let place = |step: u64| (step.max(1) as f64).log2();
    let curve = |of: fn(&Look) -> &Summary, name: &str, colour, dashed| {
        let bar = |s: &Summary| Some([s.mean - s.sd?, s.mean + s.sd?]);
        let point = |look: &Look| Point {
            x: place(look.step),
            y: of(look).mean,
            bar: bar(of(look)),
            key: None,
            chosen: course.kept.contains(&look.step),
            colour: None,
            name: format!("{name}, step {}", look.step),
            hover: format!(
                "{name}, step {}: {}",
                numbers::count(look.step as usize),
                with_deviation(of(look))
            ),
            label: String::new(),
        };
        let looks = course.looks.iter();
        Curve {
            colour,
            line: looks.clone().map(|l| [place(l.step), of(l).mean]).collect(),
            width: 1.5,
            dashed,
            band: Vec::new(),
            points: looks.map(point).collect(),
            right: false,
        }
    };
    let errors = course
        .looks
        .iter()
        .flat_map(|l| [&l.dkae_pca, &l.dkae_straight]);
    let most = errors
        .chain(&course.kpca)
        .map(|s| s.mean)
        .fold(0.0, f64::max);
    let (high, ticks) = from_zero(most * 1.05);
    let steps: Vec<u64> = course.looks.iter().map(|look| look.step).collect();
    let shown = steps.iter().rev().step_by(EVERY).rev();
    let ends = [steps.first(), steps.last()].map(|step| place(step.copied().unwrap_or(1)));
    let straight = theme::colour(CLASSES[4]);
    let level = |kpca: &Summary| Rule {
        at: kpca.mean,
        vertical: false,
        name: "kPCA".to_owned(),
        below: 0,
        colour: palette.total,
        dashed: false,
    };
    Chart {
        x: Axis {
            name: "steps (log); line: dkAE + PCA, dashed: straight".to_owned(),
            colour: None,
            low: ends[0] - 0.1,
            high: ends[1].max(ends[0] + 1.0) + 0.1,
            ticks: shown
                .map(|&step| (place(step), numbers::count(step as usize)))
                .collect(),
        },
        y: Axis {
            name: "mean squared error".to_owned(),
            colour: None,
            low: 0.0,
            high,
            ticks,
        },
        right: None,
        curves: vec![
            curve(|l| &l.dkae_straight, "dkAE, straight", straight, true),
            curve(|l| &l.dkae_pca, "dkAE + PCA", palette.lc, false),
        ],
        rules: course.kpca.iter().map(level).collect(),
    }
}
