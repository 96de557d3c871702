//! Fig. 5 as a picture: how far P is from its m leading components, beside how far it is from
//! the codes of the dkAE, and from those of the dkAE with as many code units as components.

use plotters::prelude::*;

use super::axes::Axis;
use super::canvas::{Anchor, Drawing, Drawn, INK, LINE, Pen, QUIET, SMALL, TITLE};
use super::chart::{Chart, paint, part};
use crate::experiment::fig5::Equal;
use crate::experiment::findings::SpectrumFigures;
use crate::experiment::statistics::Summary;
use crate::picture::colour::{ALIGNMENT, CLASSES};

/// The curves over the seeds that are done.
pub(super) struct Spectra {
    /// What it says above.
    pub title: String,
    /// `Lc(K_m, P)` on training samples for m = 1, 2, …
    pub training: Vec<Summary>,
    /// The same on test samples.
    pub test: Vec<Summary>,
    /// The dkAE's Lc(C, P) on training samples.
    pub dkae_training: Summary,
    /// The same on test samples.
    pub dkae_test: Summary,
    /// Both at equal dimension, on test samples.
    pub equal: Vec<Equal>,
}

impl Spectra {
    /// Of all `figures`, as far as all of them reach; `None` without any.
    pub fn of(title: String, figures: &[&SpectrumFigures], equal: Vec<Equal>) -> Option<Self> {
        let each = |of: fn(&SpectrumFigures) -> f64| {
            Summary::of(figures.iter().map(|figures| of(figures)).collect())
        };
        Some(Self {
            title,
            training: by_components(figures, |f| &f.training),
            test: by_components(figures, |f| &f.test),
            dkae_training: each(|f| f.dkae_training)?,
            dkae_test: each(|f| f.dkae_test)?,
            equal,
        })
    }

    /// The smallest m at which the mean curve of the test samples is as low as the dkAE's level.
    pub fn crossing(&self) -> Option<usize> {
        let meets = |lc: &Summary| lc.mean <= self.dkae_test.mean;
        self.test.iter().position(meets).map(|index| index + 1)
    }

    /// The level of a dkAE with its band, from end to end.
    fn level<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        chart: &Chart,
        level: &Summary,
        is_test: bool,
    ) -> Drawn {
        let colour = paint(ALIGNMENT);
        let last = self.test.len() as f64;
        chart.band(pen, &[(FIRST as f64, level), (last, level)], &colour)?;
        let line = [FIRST as f64, last].map(|m| chart.at(m, level.mean));
        if is_test {
            pen.line(&line, &colour, 2.0)
        } else {
            pen.dashes(&line, &colour, 1.5)
        }
    }

    /// A curve with its band.
    fn curve<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        chart: &Chart,
        values: &[Summary],
        is_test: bool,
    ) -> Drawn {
        let colour = paint(KPCA);
        let shown = values.iter().enumerate().skip(FIRST - 1);
        let points: Vec<_> = shown.map(|(index, y)| ((index + 1) as f64, y)).collect();
        chart.band(pen, &points, &colour)?;
        let line: Vec<_> = points.iter().map(|(m, y)| chart.at(*m, y.mean)).collect();
        if is_test {
            pen.line(&line, &colour, 2.0)
        } else {
            pen.dashes(&line, &colour, 1.5)
        }
    }

    /// What stands to the right of the curves.
    fn names<DB: DrawingBackend>(&self, pen: &Pen<DB>, chart: &Chart) -> Drawn {
        let right = chart.frame[2] + 10.0;
        let height = |summary: Option<&Summary>| summary.map(|s| chart.at(1.0, s.mean)[1]);
        let (dkae, kpca) = (paint(ALIGNMENT), paint(KPCA));
        let named = [
            (height(Some(&self.dkae_test)), "dkAE, test", dkae),
            (height(Some(&self.dkae_training)), "dkAE, training", dkae),
            (height(self.test.last()), "kPCA, test", kpca),
            (height(self.training.last()), "kPCA, training", kpca),
        ];
        let named = named.into_iter();
        let names = part(
            named
                .filter_map(|(y, name, colour)| Some((y?, name.to_owned(), colour)))
                .collect(),
        );
        for (y, name, colour) in names {
            pen.text(&name, [right, y], Anchor::Right, SMALL, &colour)?;
        }
        Ok(())
    }
}

/// The first m that the figure shows, as in the paper.
const FIRST: usize = 2;
/// Kernel PCA's colour.
const KPCA: crate::picture::colour::Rgb = CLASSES[2];

/// Over seeds, for m = 1, 2, … as far as every seed reaches.
pub(super) fn by_components(
    figures: &[&SpectrumFigures],
    of: impl Fn(&SpectrumFigures) -> &Vec<f64>,
) -> Vec<Summary> {
    let length = figures.iter().map(|f| of(f).len()).min().unwrap_or(0);
    (0..length)
        .filter_map(|index| Summary::of(figures.iter().map(|f| of(f)[index]).collect()))
        .collect()
}

impl Drawing for Spectra {
    fn size(&self) -> [u32; 2] {
        [860, 480]
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(&self.title, [16.0, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        let last = self.test.len().max(FIRST);
        let mut ticks: Vec<f64> = std::iter::successors(Some(FIRST), |m| m.checked_mul(2))
            .take_while(|&m| m < last)
            .map(|m| m as f64)
            .collect();
        ticks.push(last as f64);
        let shown = [&self.test, &self.training];
        let shown = shown
            .into_iter()
            .flat_map(|curve| curve.iter().skip(FIRST - 1));
        let levels = [&self.dkae_training, &self.dkae_test];
        let equal = self.equal.iter().map(|point| &point.dkae);
        let all = shown.chain(levels).chain(equal);
        let high = all
            .map(|s| s.mean + s.sd.unwrap_or(0.0))
            .fold(0.0, f64::max);
        let chart = Chart {
            frame: [64.0, 84.0, 730.0, 426.0],
            x: Axis::doubling(ticks),
            y: Axis::from_zero(high),
        };
        chart.axes(
            pen,
            "Lc, distance to P",
            &INK,
            "m, components of kernel PCA",
        )?;
        if let Some(m) = self.crossing().filter(|&m| m >= FIRST) {
            let [x, y] = chart.at(m as f64, self.dkae_test.mean);
            let bottom = chart.frame[3];
            pen.line(&[[x, y], [x, bottom]], &LINE, 1.5)?;
            self.curves(pen, &chart)?;
            pen.dot([x, y], 4.5, &INK)?;
            let beside = [x + 10.0, y - 16.0];
            pen.text(
                &format!("level at m = {m}"),
                beside,
                Anchor::Right,
                SMALL,
                &INK,
            )?;
        } else {
            self.curves(pen, &chart)?;
        }
        let note = "dashed: training images; solid: test images (Nyström)";
        pen.text(note, [730.0, 71.0], Anchor::Left, SMALL, &QUIET)?;
        self.names(pen, &chart)
    }
}

impl Spectra {
    /// The dkAE with Nc = m.
    fn at_equal_dimension<DB: DrawingBackend>(&self, pen: &Pen<DB>, chart: &Chart) -> Drawn {
        let shown = self.equal.iter().filter(|point| point.m >= FIRST);
        let points: Vec<_> = shown.map(|p| (p.m as f64, &p.dkae)).collect();
        let colour = paint(ALIGNMENT);
        chart.means(pen, &points, &colour)?;
        // The name stands where the curve is far above the level of the largest code.
        let Some((m, lc)) = points.get(1).or(points.first()) else {
            return Ok(());
        };
        let [x, y] = chart.at(*m, lc.mean);
        let beside = [x + 12.0, y - 8.0];
        pen.text(
            "dkAE with Nc = m, test",
            beside,
            Anchor::Right,
            SMALL,
            &colour,
        )
    }

    fn curves<DB: DrawingBackend>(&self, pen: &Pen<DB>, chart: &Chart) -> Drawn {
        self.level(pen, chart, &self.dkae_training, false)?;
        self.level(pen, chart, &self.dkae_test, true)?;
        self.curve(pen, chart, &self.training, false)?;
        self.curve(pen, chart, &self.test, true)?;
        self.at_equal_dimension(pen, chart)
    }
}
