//! Loss histories, and how a long one is drawn with few points.
//!
//! A curve of half a million steps on a plot of a thousand pixels is drawn from the smallest and
//! the largest value in each of a few thousand intervals: peaks survive, points that no pixel
//! could show do not.

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

/// The losses of a run in the order of their steps.
#[derive(Clone, Debug, Default)]
pub struct History {
    points: Vec<LossPoint>,
    /// Counts every change, so that whoever draws knows when to draw anew.
    revision: u64,
}

impl History {
    /// Appends points. Ones that do not come after the last (pretraining begins anew with each
    /// layer in no worker of ours, but a protocol is only as good as its reader) are dropped.
    pub fn extend(&mut self, points: &[LossPoint]) {
        for point in points {
            if self.points.last().is_none_or(|last| point.step > last.step) {
                self.points.push(*point);
            }
        }
        self.revision += 1;
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
    /// the loss. Values without a place on the axis (not finite, or not positive on a
    /// logarithmic one) are left out.
    pub fn curve(&self, loss: Loss, logarithmic: bool, intervals: usize, out: &mut Vec<[f64; 2]>) {
        out.clear();
        let place = |point: &LossPoint| {
            let value = loss.of(point);
            let value = if logarithmic { value.log10() } else { value };
            value.is_finite().then_some([point.step as f64, value])
        };
        if self.points.len() <= 2 * intervals.max(1) {
            out.extend(self.points.iter().filter_map(place));
            return;
        }
        let width = self.points.len().div_ceil(intervals);
        for chunk in self.points.chunks(width) {
            extremes(chunk.iter().filter_map(place), out);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn point(step: u64, lr: f64) -> LossPoint {
        LossPoint {
            step,
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
        let mut curve = Vec::new();
        history.curve(Loss::Reconstruction, false, 1000, &mut curve);
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
        let mut curve = Vec::new();
        history.curve(Loss::Reconstruction, true, 100, &mut curve);
        assert_eq!(curve.len(), 2);
        assert!((curve[1][1] + 2.0).abs() < 1e-12);
    }

    #[test]
    fn steps_only_go_forward() {
        let mut history = History::default();
        history.extend(&[point(0, 0.1), point(5, 0.2), point(3, 0.3), point(6, 0.4)]);
        let steps: Vec<_> = history.points().iter().map(|point| point.step).collect();
        assert_eq!(steps, [0, 5, 6]);
    }
}
