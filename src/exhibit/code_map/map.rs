//! Representations in the plane of their two leading axes.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1};

use super::Crowd;
use super::turn::Turn;
use crate::experiment::axes::Axes;

/// Axes that one can go along.
pub const AXES: usize = 6;

/// A map.
pub struct Map {
    /// Its images.
    pub crowd: Arc<Crowd>,
    /// Their representations, N×D.
    pub rows: Arc<Array2<f32>>,
    /// The axes of the space, six at the most.
    pub axes: Axes,
    /// How the plane of the first two axes is turned.
    pub turn: Turn,
    /// The images in the turned plane, N.
    pub points: Vec<[f32; 2]>,
}

impl Map {
    /// The map of `rows` (N×D) under `axes`, turned and with axes turned round so that it is as near as can be to the
    /// one `before`, if that is of the same images.
    #[must_use]
    pub fn new(
        crowd: Arc<Crowd>,
        rows: Arc<Array2<f32>>,
        mut axes: Axes,
        before: Option<&Self>,
    ) -> Self {
        let before = before.filter(|before| before.crowd.are(&crowd));
        let mut scores = axes.scores(rows.view());
        if let Some(before) = before {
            let theirs = before.axes.scores(before.rows.view());
            let both = axes.count().min(theirs.ncols());
            for index in 0..both {
                if scores.column(index).dot(&theirs.column(index)) < 0.0 {
                    axes.flip(index);
                    scores.column_mut(index).mapv_inplace(|x| -x);
                }
            }
        }
        let flat: Vec<[f32; 2]> = scores
            .outer_iter()
            .map(|row| [0, 1].map(|axis| row.get(axis).copied().unwrap_or(0.0)))
            .collect();
        let turn = before.map_or(Turn::NONE, |before| Turn::nearest(&flat, &before.points));
        Self {
            points: flat.into_iter().map(|point| turn.apply(point)).collect(),
            crowd,
            rows,
            axes,
            turn,
        }
    }

    /// The share of the plane in the variance of the space, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.axes.share(0) + self.axes.share(1)
    }

    /// What one starts from: an image of the map, or the mean.
    fn base(&self, of: Option<usize>) -> ArrayView1<'_, f32> {
        let row = of.filter(|&at| at < self.rows.nrows());
        row.map_or_else(|| self.axes.mean(), |at| self.rows.row(at))
    }

    /// Where a base lies in the plane; the mean lies at the origin.
    fn place_of(&self, of: Option<usize>) -> [f32; 2] {
        of.and_then(|at| self.points.get(at).copied())
            .unwrap_or_default()
    }

    /// The representation at a `point` of the plane, D numbers, that has everything beyond the plane of image `of`, or
    /// of the mean.
    #[must_use]
    pub fn at(&self, point: [f32; 2], of: Option<usize>) -> Array1<f32> {
        let from = self.place_of(of);
        let step = self.turn.back([point[0] - from[0], point[1] - from[1]]);
        self.axes.moved(self.base(of), &step)
    }

    /// The representation `deviations` along the axes from image `of`, or from the mean, in units of the standard
    /// deviations; D numbers.
    #[must_use]
    pub fn along(&self, deviations: &[f32], of: Option<usize>) -> Array1<f32> {
        self.axes.along(self.base(of), deviations)
    }

    /// Where a representation lies in the plane.
    #[must_use]
    pub fn place(&self, row: ArrayView1<'_, f32>) -> [f32; 2] {
        let scores = self.axes.scores(row.insert_axis(ndarray::Axis(0)));
        let score = |axis: usize| scores.get([0, axis]).copied().unwrap_or(0.0);
        self.turn.apply([score(0), score(1)])
    }

    /// `count` representations on the straight line between two images, both ends among them, `count`×D; `None` if
    /// there are no such images.
    #[must_use]
    pub fn between(&self, from: usize, to: usize, count: usize) -> Option<Array2<f32>> {
        let n = self.rows.nrows();
        if from >= n || to >= n {
            return None;
        }
        let (a, b) = (self.rows.row(from), self.rows.row(to));
        let last = count.saturating_sub(1).max(1) as f32;
        let mut line = Array2::zeros((count, a.len()));
        for (at, mut row) in line.outer_iter_mut().enumerate() {
            let share = at as f32 / last;
            row.assign(&a);
            row.zip_mut_with(&b, |x, &end| *x += share * (end - *x));
        }
        Some(line)
    }

    /// The image nearest to a `point` of the plane, no farther than `within` of it.
    #[must_use]
    pub fn nearest(&self, point: [f32; 2], within: f32) -> Option<usize> {
        let distance = |&[x, y]: &[f32; 2]| (x - point[0]).powi(2) + (y - point[1]).powi(2);
        let near = self.points.iter().map(distance).enumerate();
        let near = near.filter(|(_, square)| *square <= within * within);
        near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
    }

    /// The directions of the two leading axes in the turned plane, of unit length.
    #[must_use]
    pub fn directions(&self) -> [[f32; 2]; 2] {
        [self.turn.apply([1.0, 0.0]), self.turn.apply([0.0, 1.0])]
    }
}
