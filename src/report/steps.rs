//! Table 2's dkAE along its training as a picture: what its denoising comes to, and the loss that
//! decides when to stop.

use plotters::prelude::*;

use super::axes::Axis;
use super::canvas::{Anchor, Drawing, Drawn, INK, Pen, QUIET, SMALL, TITLE};
use super::chart::{Chart, paint, part};
use crate::experiment::course::{Course, Look};
use crate::experiment::statistics::Summary;
use crate::picture::colour::{ALIGNMENT, CLASSES, Rgb};

/// Its name among the report's files.
pub(super) const NAME: &str = "table2-steps";
/// The colour of kernel PCA.
const KPCA: Rgb = CLASSES[2];
/// The colour of the codes decoded straight.
const STRAIGHT: Rgb = CLASSES[4];

/// The picture.
pub(super) struct Steps<'a> {
    /// What it says above.
    pub title: &'a str,
    /// What is drawn.
    pub course: &'a Course,
}

/// A loss or an error of a look.
type Of = fn(&Look) -> &Summary;

impl Steps<'_> {
    fn points(&self, of: Of) -> Vec<(f64, &Summary)> {
        let looks = self.course.looks.iter();
        looks.map(|look| (look.step as f64, of(look))).collect()
    }

    fn chart(&self, frame: [f64; 4], of: &[Of], more: Option<&Summary>) -> Chart {
        let all = of.iter().flat_map(|of| self.course.looks.iter().map(of));
        let high = all
            .chain(more)
            .map(|s| s.mean + s.sd.unwrap_or(0.0))
            .fold(0.0, f64::max);
        let steps = self.course.looks.iter().map(|look| look.step as f64);
        Chart {
            frame,
            x: Axis::doubling(steps.collect()),
            y: Axis::from_zero(high),
        }
    }

    /// The means of `of`, larger where a seed's network is kept.
    fn curve<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        chart: &Chart,
        of: Of,
        colour: Rgb,
    ) -> Drawn {
        let (points, colour) = (self.points(of), paint(colour));
        chart.means(pen, &points, &colour)?;
        for (step, summary) in points {
            if self.course.kept.iter().any(|&kept| kept as f64 == step) {
                pen.dot(chart.at(step, summary.mean), 6.0, &colour)?;
            }
        }
        Ok(())
    }

    fn errors<DB: DrawingBackend>(&self, pen: &Pen<DB>) -> Drawn {
        let kpca = self.course.kpca.as_ref();
        let (of_pca, of_straight): (Of, Of) = (|look| &look.dkae_pca, |look| &look.dkae_straight);
        let chart = self.chart([64.0, 84.0, 450.0, 336.0], &[of_pca, of_straight], kpca);
        chart.axes(
            pen,
            "Mean squared error, noisy validation images",
            &INK,
            "steps",
        )?;
        let mut names = Vec::new();
        if let (Some(kpca), Some(first), Some(last)) =
            (kpca, self.course.looks.first(), self.course.looks.last())
        {
            let ends = [first, last].map(|look| look.step as f64);
            chart.band(pen, &ends.map(|step| (step, kpca)), &paint(KPCA))?;
            pen.line(
                &ends.map(|step| chart.at(step, kpca.mean)),
                &paint(KPCA),
                2.0,
            )?;
            names.push((
                chart.at(ends[1], kpca.mean)[1],
                "kPCA, grid".to_owned(),
                paint(KPCA),
            ));
        }
        for (of, colour, name) in [
            (of_straight, STRAIGHT, "dkAE, straight"),
            (of_pca, ALIGNMENT, "dkAE + PCA"),
        ] {
            self.curve(pen, &chart, of, colour)?;
            let last = self
                .points(of)
                .last()
                .map(|(step, s)| chart.at(*step, s.mean)[1]);
            names.extend(last.map(|y| (y, name.to_owned(), paint(colour))));
        }
        for (y, name, colour) in part(names) {
            pen.text(
                &name,
                [chart.frame[2] + 10.0, y],
                Anchor::Right,
                SMALL,
                &colour,
            )?;
        }
        Ok(())
    }
}

impl Drawing for Steps<'_> {
    fn size(&self) -> [u32; 2] {
        [1000, 400]
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(self.title, [16.0, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        self.errors(pen)?;
        let total: Of = |look| &look.total;
        let chart = self.chart([640.0, 84.0, 976.0, 336.0], &[total], None);
        chart.axes(pen, "Loss (Eq. 8), validation images", &INK, "steps")?;
        self.curve(pen, &chart, total, [0x22, 0x24, 0x2b])?;
        let note = "larger dots: least validation loss of a seed, where Table 2 takes its network";
        pen.text(note, [976.0, 386.0], Anchor::Left, SMALL, &QUIET)
    }
}
