//! Loss histories, and how a long one is drawn with few points.
//!
//! A curve of half a million steps on a plot of a thousand pixels is drawn from the smallest and
//! the largest value in each of a few thousand intervals: peaks survive, points that no pixel
//! could show do not.

use std::fmt::Write as _;

use crate::worker::protocol::LossPoint;

/// Which of the three losses of Eq. 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Lr, the reconstruction.
    Reconstruction,
    /// Lc, the alignment (Eq. 6).
    Alignment,
    /// (1 − λ) Lr + λ Lc.
    Total,
}

impl Loss {
    /// All three, in the order in which they are drawn.
    pub const ALL: [Self; 3] = [Self::Total, Self::Reconstruction, Self::Alignment];

    /// This loss of a point.
    #[must_use]
    pub fn of(self, point: &LossPoint) -> f64 {
        match self {
            Self::Reconstruction => point.lr,
            Self::Alignment => point.lc,
            Self::Total => point.total,
        }
    }
}

/// Where training turned to another part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Steps taken before.
    pub step: u64,
    /// The layer that was pretrained from then on, from 1; `None`: the whole network was trained.
    pub layer: Option<usize>,
}

impl Turn {
    /// What was trained from then on.
    #[must_use]
    pub fn name(self) -> String {
        self.layer.map_or_else(
            || "whole network".to_owned(),
            |layer| format!("layer {layer}"),
        )
    }
}

/// A connected piece of a curve: steps, and the loss or its logarithm.
pub type Piece = Vec<[f64; 2]>;

/// The losses of a run in the order of their steps.
#[derive(Clone, Debug, Default)]
pub struct History {
    points: Vec<LossPoint>,
    /// Where they turn to another part of the network, the first point among them.
    turns: Vec<Turn>,
    /// Counts every change, so that whoever draws knows when to draw anew.
    revision: u64,
}

impl History {
    /// Appends points. Ones that do not come after the last (pretraining begins anew with each
    /// layer in no worker of ours, but a protocol is only as good as its reader) are dropped.
    pub fn extend(&mut self, points: &[LossPoint]) {
        for point in points {
            let last = self.points.last();
            if last.is_some_and(|last| point.step <= last.step) {
                continue;
            }
            if last.is_none_or(|last| point.layer != last.layer) {
                self.turns.push(Turn {
                    step: point.step,
                    layer: point.layer,
                });
            }
            self.points.push(*point);
        }
        self.revision += 1;
    }

    /// Where the run turned to another part of the network, in order; empty where all of it was
    /// the whole network's training.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        match self.turns.as_slice() {
            [Turn { layer: None, .. }] => &[],
            turns => turns,
        }
    }

    /// All points.
    #[must_use]
    pub fn points(&self) -> &[LossPoint] {
        &self.points
    }

    /// The newest point.
    #[must_use]
    pub fn last(&self) -> Option<&LossPoint> {
        self.points.last()
    }

    /// Changes with every change of the points.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// One loss over the steps, in at most some 2 `intervals` points; with `logarithmic`, log₁₀ of
    /// the loss. Losses of different parts of the network are different quantities, so each part
    /// is a piece of its own. Values without a place on the axis (not finite, or not positive on a
    /// logarithmic one) are left out.
    #[must_use]
    pub fn curve(&self, loss: Loss, logarithmic: bool, intervals: usize) -> Vec<Piece> {
        let place = |point: &LossPoint| {
            let value = loss.of(point);
            let value = if logarithmic { value.log10() } else { value };
            value.is_finite().then_some([point.step as f64, value])
        };
        let all = self.points.len() <= 2 * intervals.max(1);
        let width = self.points.len().div_ceil(intervals.max(1)).max(1);
        let parts = self.points.chunk_by(|a, b| a.layer == b.layer);
        let pieces = parts.map(|points| {
            if all {
                return points.iter().filter_map(place).collect();
            }
            let mut piece = Vec::with_capacity(2 * points.len().div_ceil(width));
            for chunk in points.chunks(width) {
                extremes(chunk.iter().filter_map(place), &mut piece);
            }
            piece
        });
        pieces.filter(|piece: &Piece| !piece.is_empty()).collect()
    }
}

/// Appends the lowest and the highest of `points`, the earlier one first.
fn extremes(points: impl Iterator<Item = [f64; 2]>, out: &mut Vec<[f64; 2]>) {
    let mut bounds: Option<([f64; 2], [f64; 2])> = None;
    for point in points {
        let (low, high) = bounds.get_or_insert((point, point));
        if point[1] < low[1] {
            *low = point;
        }
        if point[1] > high[1] {
            *high = point;
        }
    }
    match bounds {
        Some((low, high)) if low[0] < high[0] => out.extend([low, high]),
        Some((low, high)) if low[0] > high[0] => out.extend([high, low]),
        Some((only, _)) => out.push(only),
        None => {}
    }
}

/// Both histories as a table of comma-separated values.
#[must_use]
pub fn table(training: &History, validation: &History) -> String {
    let mut out = String::from("samples,step,layer,lambda,lr,lc,total\n");
    for (samples, history) in [("minibatch", training), ("validation", validation)] {
        for point in history.points() {
            let layer = point
                .layer
                .map_or_else(String::new, |layer| layer.to_string());
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "{samples},{},{layer},{},{},{},{}",
                point.step, point.lambda, point.lr, point.lc, point.total
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(step: u64, lr: f64) -> LossPoint {
        LossPoint {
            step,
            layer: None,
            lambda: 0.1,
            lr,
            lc: 1.0,
            total: lr,
        }
    }

    #[test]
    fn a_long_curve_keeps_its_peaks() {
        let mut history = History::default();
        let mut points: Vec<_> = (0..50_000).map(|step| point(step, 0.02)).collect();
        points[31_234].lr = 0.9;
        points[777].lr = 0.001;
        history.extend(&points);
        let curve = history.curve(Loss::Reconstruction, false, 1000).remove(0);
        assert!(curve.len() <= 2000, "{}", curve.len());
        assert!(curve.contains(&[31_234.0, 0.9]) && curve.contains(&[777.0, 0.001]));
        assert!(curve.windows(2).all(|pair| pair[0][0] < pair[1][0]));
    }

    #[test]
    fn values_without_a_place_are_left_out() {
        let mut history = History::default();
        history.extend(&[
            point(0, 0.1),
            point(1, 0.0),
            point(2, f64::NAN),
            point(3, 0.01),
        ]);
        let curve = history.curve(Loss::Reconstruction, true, 100).remove(0);
        assert_eq!(curve.len(), 2);
        assert!((curve[1][1] + 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_curve_does_not_connect_what_are_different_losses() {
        let mut history = History::default();
        let points = (0..9000).map(|step| LossPoint {
            layer: [Some(1), Some(2), None][step as usize / 3000],
            ..point(step, 0.1)
        });
        history.extend(&points.collect::<Vec<_>>());
        let turns: Vec<_> = history
            .turns()
            .iter()
            .map(|turn| (turn.step, turn.name()))
            .collect();
        let names = ["layer 1", "layer 2", "whole network"].map(str::to_owned);
        assert_eq!(
            turns,
            [0, 3000, 6000].into_iter().zip(names).collect::<Vec<_>>()
        );
        for intervals in [10, 9000] {
            let pieces = history.curve(Loss::Alignment, false, intervals);
            assert_eq!(pieces.len(), 3);
            for (piece, turn) in pieces.iter().zip(history.turns()) {
                let within = turn.step as f64..(turn.step + 3000) as f64;
                assert!(piece.iter().all(|point| within.contains(&point[0])));
            }
        }
        let mut plain = History::default();
        plain.extend(&[point(0, 0.1), point(1, 0.1)]);
        assert!(plain.turns().is_empty(), "nothing turned");
    }

    #[test]
    fn a_table_has_every_point() {
        let (mut training, mut validation) = (History::default(), History::default());
        let first = LossPoint {
            layer: Some(1),
            ..point(0, 0.25)
        };
        training.extend(&[first, point(1, 1e-9)]);
        validation.extend(&[point(0, 0.5)]);
        assert_eq!(
            table(&training, &validation),
            "samples,step,layer,lambda,lr,lc,total\n\
             minibatch,0,1,0.1,0.25,1,0.25\n\
             minibatch,1,,0.1,0.000000001,1,0.000000001\n\
             validation,0,,0.1,0.5,1,0.5\n"
        );
    }

    #[test]
    fn steps_only_go_forward() {
        let mut history = History::default();
        history.extend(&[point(0, 0.1), point(5, 0.2), point(3, 0.3), point(6, 0.4)]);
        let steps: Vec<_> = history.points().iter().map(|point| point.step).collect();
        assert_eq!(steps, [0, 5, 6]);
    }
}
