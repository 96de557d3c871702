//! The mixtures of each size alone: how far their P is from the classes and from the whole P.

use egui::{Rangef, Rect, RichText, Ui};

use crate::exhibit::numbers;
use crate::exhibit::part::{MixtureRange, SizeAlone};
use crate::ui::experiments::chart::{self, Axis, Chart, Curve, Point, Rule};
use crate::ui::experiments::ticks::from_zero;
use crate::ui::theme::{self, Palette, UNIT};

/// Height of the line above the chart.
const HEAD: f32 = 2.0 * UNIT;

/// Where the axis of g runs, in a chart of this place.
#[must_use]
pub fn across(place: Rect) -> Rangef {
    chart::area(place, false).x_range()
}

/// Shows the chart; gives the g of a point that is clicked.
pub fn show(
    ui: &mut Ui,
    place: Rect,
    (sizes, mixtures): (&[SizeAlone], MixtureRange),
    of_whole: Option<f64>,
    range: MixtureRange,
) -> Option<usize> {
    let palette = theme::of(ui);
    let head = place.with_max_y(place.top() + HEAD);
    let builder = egui::UiBuilder::new().max_rect(head).id_salt("sizes");
    ui.scope_builder(builder, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = HEAD;
            let small = |text: &str| RichText::new(text).small();
            ui.label(small("Each g alone, all its starts"));
            if sizes.is_empty() {
                ui.label(small("being made").weak());
            } else {
                if sizes.iter().any(|alone| alone.lc_ki.is_some()) {
                    ui.label(small("Lc to K_I").color(palette.lc));
                }
                ui.label(small("dashed: Lc to the whole P").color(palette.total));
            }
        });
    });
    let chart = charted(sizes, mixtures, of_whole, range, palette);
    chart.show(ui, place.with_min_y(head.bottom()), "each size alone")
}

fn charted(
    sizes: &[SizeAlone],
    mixtures: MixtureRange,
    of_whole: Option<f64>,
    range: MixtureRange,
    palette: &Palette,
) -> Chart<usize> {
    let [least, most] = mixtures.components;
    let line = |of: &dyn Fn(&SizeAlone) -> Option<f64>| -> Vec<[f64; 2]> {
        let at = |alone: &SizeAlone| Some([alone.components as f64, of(alone)?]);
        sizes.iter().filter_map(at).collect()
    };
    let (to_ki, to_whole) = (
        line(&|alone| alone.lc_ki),
        line(&|alone| Some(alone.lc_whole)),
    );
    let all = to_ki.iter().chain(&to_whole).map(|[_, lc]| *lc);
    let (high, ticks) = from_zero(all.chain(of_whole).fold(0.0, f64::max));
    // What can be clicked stands on the line that is there with or without classes.
    let points = sizes.iter().map(|alone| {
        let g = alone.components;
        Point {
            x: g as f64,
            y: alone.lc_ki.unwrap_or(alone.lc_whole),
            bar: None,
            key: Some(g),
            chosen: range.components == [g; 2],
            colour: None,
            name: format!("g = {g} alone"),
            hover: format!(
                "g = {g}: Lc to K_I {}, to the whole P {}. Click for it alone.",
                numbers::maybe(alone.lc_ki),
                numbers::three(alone.lc_whole)
            ),
            label: String::new(),
        }
    });
    let (points, with_classes) = (points.collect(), !to_ki.is_empty());
    let curve = |line, colour, dashed, points| Curve {
        colour,
        line,
        width: 1.5,
        dashed,
        band: Vec::new(),
        points,
        right: false,
    };
    let (of_ki, of_p) = if with_classes {
        (points, Vec::new())
    } else {
        (Vec::new(), points)
    };
    let rule = of_whole.map(|lc| Rule {
        at: lc,
        vertical: false,
        name: "the whole P to K_I".to_owned(),
        below: 0,
        colour: palette.lc.gamma_multiply(0.6),
        dashed: true,
    });
    Chart {
        x: Axis {
            name: "g, components".to_owned(),
            colour: None,
            low: least as f64,
            // One size alone has an axis too.
            high: most.max(least + 1) as f64,
            ticks: figures(least, most),
        },
        y: Axis {
            name: String::new(),
            colour: None,
            low: 0.0,
            high,
            ticks,
        },
        right: None,
        curves: vec![
            curve(to_whole, palette.total, true, of_p),
            curve(to_ki, palette.lc, false, of_ki),
        ],
        rules: rule.into_iter().collect(),
    }
}

/// Both ends, and multiples of five or more between them.
fn figures(least: usize, most: usize) -> Vec<(f64, String)> {
    let step = ((most - least) / 6).max(1).next_multiple_of(5);
    let between = (least + 1..most).filter(|g| g.is_multiple_of(step));
    let apart = between.filter(|&g| g - least > step / 3 && most - g > step / 3);
    let mut all: Vec<usize> = [least].into_iter().chain(apart).chain([most]).collect();
    all.dedup();
    all.into_iter().map(|g| (g as f64, g.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_the_axis_are_named() {
        let names = |least, most| -> Vec<String> {
            let all = figures(least, most).into_iter();
            all.map(|(_, name)| name).collect()
        };
        assert_eq!(names(2, 30), ["2", "5", "10", "15", "20", "25", "30"]);
        assert_eq!(names(2, 6), ["2", "6"]);
        assert_eq!(names(4, 4), ["4"]);
        assert!(names(2, 255).len() < 10);
    }
}
