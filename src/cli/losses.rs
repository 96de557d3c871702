//! The loss curves as a picture: Lr and Lc over the steps, on a logarithmic axis.
//!
//! The losses of minibatches are thin lines, those on validation samples thick ones, named at
//! their right ends. The picture is drawn at twice its size and halved, which smooths lines and
//! letters alike.

use std::ops::Range;

use anyhow::anyhow;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::axes::{plain, round_numbers};
use crate::report::canvas::{INK, LINE, reduced, typeface};
use crate::view::history::Loss;
use crate::view::{History, RunView, colour, numbers};

/// What the picture shows, for its text fields.
pub(super) const DESCRIPTION: &str = "Lr (Eq. 8) and Lc (Eq. 6) over the training steps, \
    logarithmic axis; thin: each minibatch, thick: validation samples";

/// Pixels of the picture, width and height.
pub(super) const SIZE: [u32; 2] = [960, 540];
/// It is drawn at so many times its size.
const FINE: u32 = 2;
/// Intervals of a long curve, each drawn by its extremes.
const INTERVALS: usize = 400;
/// Height of text in pixels as drawn.
const TEXT: u32 = 15 * FINE;
/// The typeface.
const FACE: &str = "sans-serif";
/// The least distance between two names at the right.
const APART: i32 = (TEXT + TEXT / 3) as i32;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

/// Draws the losses of a run: width and height, and four bytes a pixel.
///
/// # Errors
///
/// If the drawing fails, which it does not for want of points: without any, the axes are empty.
pub(super) fn draw(view: &RunView) -> anyhow::Result<([usize; 2], Vec<u8>)> {
    typeface(FACE)?;
    let [width, height] = SIZE.map(|side| side * FINE);
    let mut rgb = vec![0; (width * height * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut rgb, (width, height)).into_drawing_area();
        paint(&area, view)
            .and_then(|()| area.present())
            .map_err(|error| anyhow!("the loss curves could not be drawn: {error}"))?;
    }
    Ok((
        SIZE.map(|side| side as usize),
        reduced(&rgb, width as usize, FINE as usize),
    ))
}

/// The curves of one loss.
struct Curves {
    name: &'static str,
    colour: RGBColor,
    /// Steps and log₁₀ of the loss, of minibatches.
    training: Vec<[f64; 2]>,
    /// On validation samples.
    validation: Vec<[f64; 2]>,
}

impl Curves {
    fn of(view: &RunView, name: &'static str, loss: Loss, [r, g, b]: colour::Rgb) -> Self {
        let curve = |history: &History| {
            let mut points = Vec::new();
            history.curve(loss, true, INTERVALS, &mut points);
            points
        };
        Self {
            name,
            colour: RGBColor(r, g, b),
            training: curve(&view.training),
            validation: curve(&view.validation),
        }
    }

    fn points(&self) -> impl Iterator<Item = &[f64; 2]> {
        self.training.iter().chain(&self.validation)
    }

    /// Where the name stands.
    fn end(&self) -> Option<[f64; 2]> {
        self.validation.last().or(self.training.last()).copied()
    }
}

type Drawn =
    Result<(), DrawingAreaErrorKind<<BitMapBackend<'static> as DrawingBackend>::ErrorType>>;

fn paint(area: &Area<'_>, view: &RunView) -> Drawn {
    let curves = [
        Curves::of(view, "Lr", Loss::Reconstruction, colour::RECONSTRUCTION),
        Curves::of(view, "Lc", Loss::Alignment, colour::ALIGNMENT),
    ];
    let (steps, decades) = ranges(&curves);
    area.fill(&WHITE)?;
    let small = (FACE, TEXT).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .caption(caption(view), (FACE, TEXT * 6 / 5).into_font().color(&INK))
        .margin(12 * FINE)
        .margin_right(96 * FINE)
        .x_label_area_size(44 * FINE)
        .y_label_area_size(64 * FINE)
        .build_cartesian_2d(steps.clone(), Decades(decades.clone()))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(LINE)
        .label_style(small.clone())
        .x_desc("training steps (thin: minibatches; thick: validation samples)")
        .x_label_formatter(&|step| format!("{step:.0}"))
        .y_label_formatter(&|&log| plain(10f64.powf(log)))
        .draw()?;
    for step in stages(view) {
        let line = [(step, decades.start), (step, decades.end)];
        chart.draw_series(LineSeries::new(line, INK.mix(0.4).stroke_width(FINE)))?;
    }
    for curve in &curves {
        let thin = curve.colour.mix(0.35).stroke_width(FINE);
        let thick = curve.colour.stroke_width(2 * FINE);
        for (points, style) in [(&curve.training, thin), (&curve.validation, thick)] {
            chart.draw_series(LineSeries::new(points.iter().map(|&[x, y]| (x, y)), style))?;
        }
    }
    let mut names: Vec<_> = curves
        .iter()
        .filter_map(|curve| {
            let [_, log] = curve.end()?;
            let (x, y) = chart.backend_coord(&(steps.end, log));
            let text = format!("{} {}", curve.name, numbers::three(10f64.powf(log)));
            Some((x + (8 * FINE) as i32, y, text, curve.colour))
        })
        .collect();
    part(&mut names);
    for (x, y, text, colour) in names {
        let style = (FACE, TEXT * 6 / 5).into_font().color(&colour);
        let anchored = style.pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(text, (x, y), anchored))?;
    }
    Ok(())
}

fn caption(view: &RunView) -> String {
    match (&view.summary, &view.config) {
        (Some(summary), Some(config)) => format!(
            "Losses on {}, λ = {}, seed {}",
            summary.data, config.training.lambda, config.seed
        ),
        _ => "Losses".into(),
    }
}

/// The ranges of both axes: all steps, and log₁₀ of all losses with some room.
fn ranges(curves: &[Curves]) -> (Range<f64>, Range<f64>) {
    let points = || curves.iter().flat_map(Curves::points);
    let steps = points().map(|&[step, _]| step).fold(1.0, f64::max);
    let low = points().map(|&[_, log]| log).fold(f64::INFINITY, f64::min);
    let high = points()
        .map(|&[_, log]| log)
        .fold(f64::NEG_INFINITY, f64::max);
    if low <= high {
        (0.0..steps, low - 0.1..high + 0.1)
    } else {
        (0.0..steps, -2.0..0.0)
    }
}

/// An axis of logarithms with ticks at round numbers.
struct Decades(Range<f64>);

impl Ranged for Decades {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        let Range { start, end } = self.0;
        let place = (value - start) / (end - start);
        low + (place * f64::from(high - low)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        round_numbers(&self.0)
    }

    fn range(&self) -> Range<f64> {
        self.0.clone()
    }
}

/// The steps at which layerwise pretraining went on to the next layer, and to the whole network.
fn stages(view: &RunView) -> Vec<f64> {
    let (Some(summary), Some(config)) = (&view.summary, &view.config) else {
        return Vec::new();
    };
    let Some(pretraining) = config.training.pretraining else {
        return Vec::new();
    };
    (1..summary.dims.len())
        .map(|layer| (layer * pretraining.steps_per_layer) as f64)
        .collect()
}

/// Moves two names apart that would stand on one another.
fn part(names: &mut [(i32, i32, String, RGBColor)]) {
    names.sort_by_key(|&(_, y, ..)| y);
    if let [(_, upper, ..), (_, lower, ..)] = names
        && *lower - *upper < APART
    {
        let middle = i32::midpoint(*lower, *upper);
        (*upper, *lower) = (middle - APART / 2, middle + APART - APART / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::protocol::LossPoint;

    /// A run whose losses stay where they are.
    fn view(lr: f64, lc: f64) -> RunView {
        let point = |step| LossPoint {
            step,
            lambda: 0.1,
            lr,
            lc,
            total: lr,
        };
        let mut view = RunView::default();
        view.training.extend(&[0, 50, 100].map(point));
        view.validation.extend(&[0, 100].map(point));
        view
    }

    /// Pixels of exactly this colour in each row.
    fn count(rgba: &[u8], [r, g, b]: colour::Rgb) -> Vec<usize> {
        rgba.chunks(4 * SIZE[0] as usize)
            .map(|row| {
                row.chunks(4)
                    .filter(|pixel| *pixel == [r, g, b, 255])
                    .count()
            })
            .collect()
    }

    /// The row with the most pixels of a colour, a curve that stays where it is.
    fn height(rgba: &[u8], colour: colour::Rgb) -> usize {
        let counts = count(rgba, colour);
        let (row, &pixels) = counts.iter().enumerate().max_by_key(|(_, n)| **n).unwrap();
        assert!(pixels > SIZE[0] as usize / 2, "{pixels}");
        row
    }

    #[test]
    fn equal_ratios_are_equally_high() {
        let rows = |lr, lc| {
            let ([width, height_], rgba) = draw(&view(lr, lc)).unwrap();
            assert_eq!(rgba.len(), 4 * width * height_);
            [colour::RECONSTRUCTION, colour::ALIGNMENT].map(|colour| height(&rgba, colour))
        };
        let (first, second) = (rows(0.02, 0.2), rows(0.002, 0.02));
        assert!(first[1] + 100 < first[0], "{first:?}");
        assert_eq!(first, second);
        let swapped = rows(0.2, 0.02);
        assert!(swapped[0] + 100 < swapped[1], "{swapped:?}");
    }

    #[test]
    fn without_losses_the_axes_are_empty() {
        for view in [RunView::default(), view(f64::NAN, 0.0)] {
            let (_, rgba) = draw(&view).unwrap();
            let drawn = count(&rgba, colour::ALIGNMENT);
            assert_eq!(drawn.into_iter().sum::<usize>(), 0);
            assert!(rgba.chunks(4).any(|pixel| pixel != [255; 4]));
        }
    }

    #[test]
    fn names_do_not_stand_on_one_another() {
        let name = |y, text: &str| (0, y, text.to_owned(), BLACK);
        let mut names = [name(101, "below"), name(100, "above")];
        part(&mut names);
        assert_eq!(
            (names[0].2.as_str(), names[1].1 - names[0].1),
            ("above", APART)
        );
        let mut far = [name(10, "a"), name(200, "b")];
        part(&mut far);
        assert_eq!((far[0].1, far[1].1), (10, 200));
    }
}
