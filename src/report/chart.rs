//! A chart's frame: axes, their numbers, a heading, and names that do not stand on one another.

use plotters::prelude::*;

use super::axes::Axis;
use super::canvas::{Anchor, Drawn, FAINT, LINE, Pen, QUIET, SMALL, TEXT};
use crate::experiment::statistics::Summary;
use crate::picture::colour::Rgb;

/// Room between a chart's numbers and its frame.
const GAP: f64 = 6.0;
/// The least height between two names.
const APART: f64 = 17.0;

/// A colour of the window for plotters.
pub(super) fn paint([r, g, b]: Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

/// Where a chart is, and its axes.
pub(super) struct Chart {
    /// Left, top, right, bottom of the frame inside the numbers, in units.
    pub frame: [f64; 4],
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
}

impl Chart {
    /// The point at `x` and `y`.
    pub fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let [left, top, right, bottom] = self.frame;
        [
            left + (right - left) * self.x.fraction(x),
            bottom - (bottom - top) * self.y.fraction(y),
        ]
    }

    /// Draws the axes, with `heading` above them and `below` at the numbers of x.
    pub fn axes<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        heading: &str,
        colour: &RGBColor,
        below: &str,
    ) -> Drawn {
        let [left, top, right, bottom] = self.frame;
        for (fraction, number) in self.y.labels(20.0 / (bottom - top)) {
            let y = bottom - (bottom - top) * fraction;
            pen.line(&[[left, y], [right, y]], &FAINT, 1.0)?;
            pen.text(&number, [left - GAP, y], Anchor::Left, SMALL, &QUIET)?;
        }
        pen.line(&[[left, bottom], [right, bottom]], &LINE, 1.0)?;
        for (fraction, number) in self.x.labels(20.0 / (right - left)) {
            let x = left + (right - left) * fraction;
            pen.line(&[[x, bottom], [x, bottom + 4.0]], &LINE, 1.0)?;
            pen.text(
                &number,
                [x, bottom + GAP + 1.0],
                Anchor::Below,
                SMALL,
                &QUIET,
            )?;
        }
        let middle = f64::midpoint(left, right);
        pen.text(below, [middle, bottom + 25.0], Anchor::Below, SMALL, &QUIET)?;
        pen.text(heading, [left, top - 26.0], Anchor::TopLeft, TEXT, colour)
    }

    /// A curve through the means of `points` with a bar of a standard deviation each way.
    pub fn means<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        points: &[(f64, &Summary)],
        colour: &RGBColor,
    ) -> Drawn {
        let there: Vec<_> = points.iter().filter(|(_, y)| y.mean.is_finite()).collect();
        let line: Vec<_> = there.iter().map(|(x, y)| self.at(*x, y.mean)).collect();
        pen.line(&line, colour, 2.0)?;
        for (x, y) in &there {
            pen.dot(self.at(*x, y.mean), 3.5, colour)?;
        }
        // Over the dots, whose white edges would cut a short bar off.
        for (x, y) in there {
            self.bar(pen, *x, y, colour)?;
        }
        Ok(())
    }

    /// An upright bar of a standard deviation each way, with its ends.
    fn bar<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        x: f64,
        y: &Summary,
        colour: &RGBColor,
    ) -> Drawn {
        let Some(sd) = y.sd.filter(|sd| sd.is_finite()) else {
            return Ok(());
        };
        let ends = [y.mean - sd, y.mean + sd].map(|y| self.at(x, y));
        pen.line(&ends, colour, 1.25)?;
        for [x, y] in ends {
            pen.line(&[[x - 4.0, y], [x + 4.0, y]], colour, 1.25)?;
        }
        Ok(())
    }

    /// A band between two curves over the same x.
    pub fn band<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        points: &[(f64, &Summary)],
        colour: &RGBColor,
    ) -> Drawn {
        let edge = |sign: f64| {
            points
                .iter()
                .filter_map(move |(x, y)| Some(self.at(*x, y.mean + sign * y.sd?)))
        };
        let upper = edge(1.0);
        let mut outline: Vec<_> = upper.collect();
        let lower: Vec<_> = edge(-1.0).collect();
        outline.extend(lower.into_iter().rev());
        if outline.len() < 3 {
            return Ok(());
        }
        pen.polygon(&outline, &colour.mix(0.18))
    }
}

/// Names to be written to the right of the heights they belong to, moved apart where they would
/// stand on one another.
pub(super) fn part(mut names: Vec<(f64, String, RGBColor)>) -> Vec<(f64, String, RGBColor)> {
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Pushing each pair apart by half of what is missing ends where all have their room.
    for _ in 0..50 {
        let mut moved = false;
        for index in 1..names.len() {
            let missing = APART - (names[index].0 - names[index - 1].0);
            if missing > 1e-3 {
                names[index - 1].0 -= missing / 2.0;
                names[index].0 += missing / 2.0;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    names
}

/// Boxes that are taken, for labels beside points.
#[derive(Default)]
pub(super) struct Taken(Vec<[f64; 4]>);

impl Taken {
    /// Takes the box of a dot.
    pub fn dot(&mut self, [x, y]: [f64; 2]) {
        self.0.push([x - 4.0, y - 4.0, x + 4.0, y + 4.0]);
    }

    /// Takes the boxes along a line.
    pub fn line(&mut self, points: &[[f64; 2]]) {
        for pair in points.windows(2) {
            let [[x, y], [to_x, to_y]] = [pair[0], pair[1]];
            let pieces = ((to_x - x).hypot(to_y - y) / 4.0).ceil().max(1.0);
            for piece in 0..pieces as usize {
                let t = piece as f64 / pieces;
                let [x, y] = [x + t * (to_x - x), y + t * (to_y - y)];
                self.0.push([x - 1.0, y - 1.0, x + 1.0, y + 1.0]);
            }
        }
    }

    /// Writes the name of the dot at `[x, y]` where there is room beside it.
    pub fn name<DB: DrawingBackend>(
        &mut self,
        pen: &Pen<DB>,
        [x, y]: [f64; 2],
        text: &str,
        ink: &RGBColor,
    ) -> Drawn {
        let half = pen.width(text, SMALL)? / 2.0 + 1.0;
        let boxes = [
            [x - half, y - 22.0, x + half, y - 6.0],
            [x - half, y + 6.0, x + half, y + 22.0],
            [x + 7.0, y - 8.0, x + 7.0 + 2.0 * half, y + 8.0],
            [x - 7.0 - 2.0 * half, y - 8.0, x - 7.0, y + 8.0],
            [x + 3.0, y - 20.0, x + 3.0 + 2.0 * half, y - 4.0],
            [x - 3.0 - 2.0 * half, y + 4.0, x - 3.0, y + 20.0],
            [x - half, y - 38.0, x + half, y - 22.0],
            [x - half, y + 22.0, x + half, y + 38.0],
        ];
        let [left, top, right, bottom] = boxes[self.place(&boxes)];
        let middle = [f64::midpoint(left, right), f64::midpoint(top, bottom) - 7.0];
        pen.text(text, middle, Anchor::Below, SMALL, ink)
    }

    /// The first of `boxes` (left, top, right, bottom) that is free, or the first; it is taken.
    pub fn place(&mut self, boxes: &[[f64; 4]]) -> usize {
        let overlaps =
            |a: &[f64; 4], b: &[f64; 4]| a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
        let free = |place: &[f64; 4]| !self.0.iter().any(|taken| overlaps(place, taken));
        let found = boxes.iter().position(free).unwrap_or(0);
        self.0.extend(boxes.get(found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_stand_on_one_another() {
        let name = |y: f64| (y, y.to_string(), BLACK);
        let parted = part(vec![name(101.0), name(100.0), name(102.0), name(300.0)]);
        let order: Vec<_> = parted.iter().map(|name| name.1.as_str()).collect();
        assert_eq!(order, ["100", "101", "102", "300"]);
        for pair in parted.windows(2) {
            assert!(pair[1].0 - pair[0].0 > APART - 0.1, "{parted:?}");
        }
        assert_eq!(parted[3].0, 300.0);
    }

    #[test]
    fn a_label_goes_where_there_is_room() {
        let mut taken = Taken::default();
        taken.dot([10.0, 10.0]);
        let boxes = [[8.0, 0.0, 20.0, 8.0], [30.0, 0.0, 40.0, 8.0]];
        taken.line(&[[0.0, 30.0], [60.0, 30.0]]);
        assert_eq!(
            taken.place(&[[20.0, 25.0, 30.0, 35.0], [20.0, 32.0, 30.0, 40.0]]),
            1
        );
        assert_eq!(taken.place(&boxes), 1);
        assert_eq!(taken.place(&boxes), 0, "nowhere else to go");
    }
}
