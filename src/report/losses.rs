//! The loss curves of a run as a figure: Lr, Lc and their weighted sum over the steps, on a
//! logarithmic axis.
//!
//! The losses of minibatches are thin lines, those on validation samples thick ones, named at
//! their right ends. Where training turned to another part of the network the curves are parted
//! and the part is named; where λ or Nc changed a dashed line says to what.

use plotters::prelude::*;

use super::axes::Axis;
use super::canvas::{Anchor, Drawing, Drawn, INK, Pen, QUIET, SMALL, TEXT, TITLE};
use super::chart::{Chart, paint, part};
use crate::exhibit::made::changes;
use crate::exhibit::{Made, numbers};
use crate::picture::colour;
use crate::view::History;
use crate::view::history::{Loss, Piece, Turn};

/// What the figure shows, for its text fields.
pub(super) const DESCRIPTION: &str = "Lr (Eq. 8), Lc (Eq. 6) and (1 - lambda) Lr + lambda Lc over \
    the training steps, logarithmic axis; thin: each minibatch, thick: validation samples; while a \
    layer is pretrained, the losses are its own";

/// Width and height in units.
pub(crate) const SIZE: [u32; 2] = [960, 540];
/// Intervals of a long curve, each drawn by its extremes.
const INTERVALS: usize = 400;
/// The frame: left, top, right, bottom.
const FRAME: [f64; 4] = [76.0, 92.0, 850.0, 480.0];
/// The colour of marks.
const MARK: RGBColor = RGBColor(0x8a, 0x5c, 0x00);
/// The colour of the weighted sum.
const TOTAL: colour::Rgb = [0x8e, 0x90, 0x98];
/// Changes of λ that are nearer to one another than this part of the axis are one.
const NEAR: f64 = 0.01;

/// The curves of one loss.
struct Curves {
    name: &'static str,
    colour: RGBColor,
    /// Steps and losses of minibatches.
    training: Vec<Piece>,
    /// On validation samples.
    validation: Vec<Piece>,
}

impl Curves {
    fn of([training, validation]: [&History; 2], loss: Loss) -> Self {
        let (name, rgb) = match loss {
            Loss::Reconstruction => ("Lr", colour::RECONSTRUCTION),
            Loss::Alignment => ("Lc", colour::ALIGNMENT),
            Loss::Total => ("total", TOTAL),
        };
        let curve = |history: &History| {
            let mut pieces = history.curve(loss, false, INTERVALS);
            // What has no place on a logarithmic axis.
            pieces
                .iter_mut()
                .for_each(|piece| piece.retain(|point| point[1] > 0.0));
            pieces
        };
        Self {
            name,
            colour: paint(rgb),
            training: curve(training),
            validation: curve(validation),
        }
    }

    fn points(&self) -> impl Iterator<Item = &[f64; 2]> {
        self.training.iter().chain(&self.validation).flatten()
    }

    /// Where the name stands.
    fn end(&self) -> Option<[f64; 2]> {
        let last = |pieces: &[Piece]| pieces.iter().flatten().last().copied();
        last(&self.validation).or_else(|| last(&self.training))
    }
}

/// The figure.
pub(super) struct Losses {
    title: String,
    curves: Vec<Curves>,
    turns: Vec<Turn>,
    /// Where λ or Nc changed, and to what.
    changes: Vec<(u64, String)>,
}

impl Losses {
    /// The losses of minibatches and on validation samples of a run; without any, the axes are empty.
    pub fn new(training: &History, validation: &History, made: Option<&Made>) -> Self {
        let turns = match training.turns() {
            [] => validation.turns(),
            turns => turns,
        };
        let steps = training.last().map_or(0, |point| point.step);
        Self {
            title: title(made),
            curves: Loss::ALL
                .map(|loss| Curves::of([training, validation], loss))
                .into(),
            turns: turns.to_vec(),
            changes: made.map_or_else(Vec::new, |made| {
                changes(&made.schedule, NEAR * steps as f64)
            }),
        }
    }

    /// The turns and the changes, named where there is room.
    fn marks<DB: DrawingBackend>(&self, pen: &Pen<DB>, chart: &Chart) -> Drawn {
        let [_, top, right, bottom] = chart.frame;
        let mut free = f64::NEG_INFINITY;
        for turn in &self.turns {
            let [x, _] = chart.at(turn.step as f64, 1.0);
            if turn.step > 0 {
                pen.line(&[[x, top], [x, bottom]], &INK.mix(0.4), 1.0)?;
            }
            let name = turn.name();
            let end = x + 4.0 + pen.width(&name, SMALL)?;
            if x > free && end < right {
                pen.text(&name, [x + 4.0, top + 2.0], Anchor::TopLeft, SMALL, &QUIET)?;
                free = end;
            }
        }
        let below = if self.turns.is_empty() { 2.0 } else { 20.0 };
        let mut free = f64::NEG_INFINITY;
        for (step, name) in &self.changes {
            let [x, _] = chart.at(*step as f64, 1.0);
            pen.dashes(&[[x, top], [x, bottom]], &MARK.mix(0.7), 1.0)?;
            let end = x + 4.0 + pen.width(name, SMALL)?;
            if x > free && end < right {
                let at = [x + 4.0, top + below];
                pen.text(name, at, Anchor::TopLeft, SMALL, &MARK)?;
                free = end;
            }
        }
        Ok(())
    }
}

/// `Losses on digits, λ = 0.1, seed 1`: λ as at the beginning; its changes are marked.
fn title(made: Option<&Made>) -> String {
    let Some(made) = made else {
        return "Losses".into();
    };
    let data = made.data.as_ref().map_or("", |(name, _)| name.as_str());
    let lambda = numbers::lambda(made.began.training.lambda);
    format!("Losses on {data}, λ = {lambda}, seed {}", made.began.seed)
}

impl Drawing for Losses {
    fn size(&self) -> [u32; 2] {
        SIZE
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(&self.title, [16.0, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        let points = || self.curves.iter().flat_map(Curves::points);
        let steps = points().map(|&[step, _]| step).fold(1.0, f64::max);
        let chart = Chart {
            frame: FRAME,
            x: Axis::from_zero(steps),
            y: Axis::decades(points().map(|&[_, loss]| loss)),
        };
        let below = "training steps (thin: minibatches; thick: validation samples)";
        chart.axes(pen, "Loss (logarithmic axis)", &QUIET, below)?;
        self.marks(pen, &chart)?;
        for curve in &self.curves {
            let thin = curve.colour.mix(0.35);
            for piece in &curve.training {
                let points: Vec<_> = piece.iter().map(|&[x, y]| chart.at(x, y)).collect();
                pen.line(&points, &thin, 1.0)?;
            }
            for piece in &curve.validation {
                let points: Vec<_> = piece.iter().map(|&[x, y]| chart.at(x, y)).collect();
                pen.line(&points, &curve.colour, 2.0)?;
            }
        }
        let names = self.curves.iter().filter_map(|curve| {
            let [step, loss] = curve.end()?;
            let text = format!("{} {}", curve.name, numbers::three(loss));
            Some((chart.at(step, loss)[1], text, curve.colour))
        });
        for (y, text, colour) in part(names.collect()) {
            pen.text(&text, [FRAME[2] + 10.0, y], Anchor::Right, TEXT, &colour)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{DENSITY, pixels};
    use super::*;
    use crate::data::png::Pixels;
    use crate::training::config::Preset;
    use crate::training::{LiveSettings, LossPoint, Schedule};

    fn point(step: u64, lr: f64, lc: f64) -> LossPoint {
        LossPoint {
            step,
            layer: None,
            lambda: 0.1,
            lr,
            lc,
            total: f64::NAN,
        }
    }

    /// The losses of minibatches and on validation samples.
    #[derive(Default)]
    struct Run {
        training: History,
        validation: History,
    }

    /// A run whose losses stay where they are.
    fn view(lr: f64, lc: f64) -> Run {
        let mut view = Run::default();
        view.training
            .extend(&[0, 50, 100].map(|step| point(step, lr, lc)));
        view.validation
            .extend(&[0, 100].map(|step| point(step, lr, lc)));
        view
    }

    fn losses(view: &Run) -> Losses {
        Losses::new(&view.training, &view.validation, None)
    }

    fn drawn(view: &Run) -> Vec<u8> {
        let picture = pixels(&losses(view)).unwrap();
        assert_eq!(
            [picture.width, picture.height],
            SIZE.map(|side| side * DENSITY)
        );
        match picture.pixels {
            Pixels::Rgba(rgba) => rgba,
            Pixels::Grey(_) => panic!("figures have colours"),
        }
    }

    /// Pixels of exactly this colour in each row, left of the frame's end.
    fn count(rgba: &[u8], [r, g, b]: colour::Rgb) -> Vec<usize> {
        let frame = FRAME[2] as usize * DENSITY as usize;
        rgba.chunks(4 * (SIZE[0] * DENSITY) as usize)
            .map(|row| {
                let inside = row.chunks(4).take(frame);
                inside.filter(|pixel| *pixel == [r, g, b, 255]).count()
            })
            .collect()
    }

    /// The row with the most pixels of a colour, a curve that stays where it is.
    fn height(rgba: &[u8], colour: colour::Rgb) -> usize {
        let counts = count(rgba, colour);
        let (row, &pixels) = counts.iter().enumerate().max_by_key(|(_, n)| **n).unwrap();
        assert!(pixels > SIZE[0] as usize, "{pixels}");
        row
    }

    #[test]
    fn equal_ratios_are_equally_high() {
        let rows = |lr, lc| {
            let rgba = drawn(&view(lr, lc));
            [colour::RECONSTRUCTION, colour::ALIGNMENT].map(|colour| height(&rgba, colour))
        };
        let (first, second) = (rows(0.02, 0.2), rows(0.002, 0.02));
        assert!(first[1] + 200 < first[0], "{first:?}");
        assert_eq!(first, second);
        let swapped = rows(0.2, 0.02);
        assert!(swapped[0] + 200 < swapped[1], "{swapped:?}");
    }

    #[test]
    fn without_losses_the_axes_are_empty() {
        for view in [Run::default(), view(f64::NAN, 0.0)] {
            let rgba = drawn(&view);
            let drawn = count(&rgba, colour::ALIGNMENT);
            assert_eq!(drawn.into_iter().sum::<usize>(), 0);
            assert!(rgba.chunks(4).any(|pixel| pixel != [255; 4]));
        }
    }

    #[test]
    fn curves_are_parted_where_training_turned() {
        let mut view = view(0.02, 0.2);
        view.training = History::default();
        view.validation = History::default();
        let layers = [Some(1), Some(1), None, None];
        let points: Vec<_> = (0..4)
            .map(|i| LossPoint {
                layer: layers[i],
                ..point(100 * i as u64, 0.02, 0.2)
            })
            .collect();
        view.validation.extend(&points);
        let rgba = drawn(&view);
        let row = height_of(&rgba);
        let frame = FRAME.map(|units| (units * f64::from(DENSITY)) as usize);
        let [left, right] = [frame[0], frame[2]];
        let width = (SIZE[0] * DENSITY) as usize;
        let at = |fraction: f64| {
            // The axis reaches a twentieth beyond the last step.
            let x = left + ((right - left) as f64 * fraction / 1.05) as usize;
            let pixel = &rgba[4 * (row * width + x)..][..3];
            pixel == colour::ALIGNMENT
        };
        assert_eq!([at(1.0 / 6.0), at(0.5), at(5.0 / 6.0)], [true, false, true]);
        let svg = super::super::canvas::shapes(&losses(&view), "", "").unwrap();
        assert!(svg.contains("layer 1") && svg.contains("whole network"));
    }

    fn height_of(rgba: &[u8]) -> usize {
        let counts = count(rgba, colour::ALIGNMENT);
        counts
            .iter()
            .enumerate()
            .max_by_key(|(_, n)| **n)
            .unwrap()
            .0
    }

    #[test]
    fn a_change_of_lambda_is_marked_exactly() {
        let view = view(0.02, 0.2);
        let mut made = Made {
            data: None,
            samples: None,
            began: Preset::Quick.config(),
            schedule: Schedule::default(),
            plan: None,
        };
        let old = LiveSettings::of(&made.began);
        let new = LiveSettings {
            lambda: 0.0029,
            ..old
        };
        made.schedule.add(40, &old, &new);
        let losses = Losses::new(&view.training, &view.validation, Some(&made));
        let svg = super::super::canvas::shapes(&losses, "", "").unwrap();
        assert!(svg.contains("λ = 0.0029"));
    }
}
