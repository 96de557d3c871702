//! Fig. 3 as a picture: Lr and Lc of a sweep, each in its colour and on its own axis, and for
//! λ the two against one another.

use plotters::prelude::*;

use super::axes::{Axis, plain};
use super::canvas::{Anchor, Drawing, Drawn, INK, Pen, TITLE};
use super::chart::{Chart, Taken, paint};
use crate::experiment::fig3::SweepPoint;
use crate::experiment::statistics::Summary;
use crate::picture::colour::{ALIGNMENT, RECONSTRUCTION};

/// What is swept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// λ.
    Lambda,
    /// Nc.
    Code,
}

/// A sweep.
pub(super) struct Sweep<'a> {
    /// What it says above.
    pub title: &'a str,
    /// What is swept.
    pub over: Over,
    /// Its points, ascending.
    pub points: &'a [SweepPoint],
}

impl Sweep<'_> {
    fn axis(&self) -> (Axis, &'static str) {
        let values: Vec<f64> = self.points.iter().map(|point| point.x).collect();
        match self.over {
            Over::Lambda => (Axis::stretched(values), "λ (drawn at √λ)"),
            Over::Code => (Axis::doubling(values), "Nc"),
        }
    }

    /// One of the two losses against what is swept.
    fn curve<DB: DrawingBackend>(&self, pen: &Pen<DB>, frame: [f64; 4], loss: Loss) -> Drawn {
        let (x, below) = self.axis();
        let points: Vec<_> = self.points.iter().map(|p| (p.x, loss.of(p))).collect();
        let y = loss_axis(points.iter().map(|(_, summary)| *summary));
        let chart = Chart { frame, x, y };
        let colour = loss.colour();
        chart.axes(pen, loss.heading(), &colour, below)?;
        chart.means(pen, &points, &colour)
    }

    /// Lr against Lc, a point for each λ.
    fn frontier<DB: DrawingBackend>(&self, pen: &Pen<DB>, frame: [f64; 4]) -> Drawn {
        let chart = Chart {
            frame,
            x: loss_axis(self.points.iter().map(|p| &p.lr)),
            y: loss_axis(self.points.iter().map(|p| &p.lc)),
        };
        chart.axes(pen, "Lc against Lr, a point for each λ", &INK, "Lr")?;
        let at = |p: &SweepPoint| chart.at(p.lr.mean, p.lc.mean);
        let dots: Vec<_> = self.points.iter().map(at).collect();
        pen.line(&dots, &INK.mix(0.35), 1.25)?;
        let mut taken = Taken::default();
        taken.line(&dots);
        let parts = (self.points.len().max(2) - 1) as f64;
        for (index, &dot) in dots.iter().enumerate() {
            taken.dot(dot);
            let t = index as f64 / parts;
            let colour = crate::picture::colour::blend(RECONSTRUCTION, ALIGNMENT, t);
            pen.dot(dot, 4.0, &paint(colour))?;
        }
        for (point, &dot) in self.points.iter().zip(&dots) {
            taken.name(pen, dot, &plain(point.x), &INK)?;
        }
        Ok(())
    }
}

/// One of the two losses.
#[derive(Clone, Copy)]
enum Loss {
    Reconstruction,
    Alignment,
}

impl Loss {
    fn of(self, point: &SweepPoint) -> &Summary {
        match self {
            Self::Reconstruction => &point.lr,
            Self::Alignment => &point.lc,
        }
    }

    fn colour(self) -> RGBColor {
        match self {
            Self::Reconstruction => paint(RECONSTRUCTION),
            Self::Alignment => paint(ALIGNMENT),
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Reconstruction => "Lr, reconstruction",
            Self::Alignment => "Lc, alignment",
        }
    }
}

/// An axis that holds all means and their bars.
pub(super) fn loss_axis<'a>(summaries: impl Iterator<Item = &'a Summary>) -> Axis {
    Axis::decades(summaries.flat_map(|summary| {
        let sd = summary.sd.unwrap_or(0.0);
        // A bar that reaches below zero does not stretch a logarithmic axis without end.
        let low = (summary.mean - sd).max(summary.mean / 3.0);
        [low, summary.mean + sd]
    }))
}

impl Drawing for Sweep<'_> {
    fn size(&self) -> [u32; 2] {
        match self.over {
            Over::Lambda => [1000, 560],
            Over::Code => [1000, 380],
        }
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(self.title, [16.0, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        match self.over {
            Over::Lambda => {
                self.curve(pen, [76.0, 84.0, 520.0, 256.0], Loss::Reconstruction)?;
                self.curve(pen, [76.0, 338.0, 520.0, 510.0], Loss::Alignment)?;
                self.frontier(pen, [604.0, 84.0, 976.0, 510.0])
            }
            Over::Code => {
                self.curve(pen, [76.0, 84.0, 484.0, 330.0], Loss::Reconstruction)?;
                self.curve(pen, [568.0, 84.0, 976.0, 330.0], Loss::Alignment)
            }
        }
    }
}
