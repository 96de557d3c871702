//! The task at hand as it goes: what there is to see before its result is there.

use std::sync::Arc;

use ndarray::Array2;

use crate::experiment::plan::Recipe;
use crate::training::observer::{Observer, Piece};
use crate::training::{Advance, LossPoint};

/// Losses that are kept of a training; every other one goes when there are more.
const MOST: usize = 512;

/// What a study does right now.
#[derive(Clone, Debug)]
pub enum Watch {
    /// The prior kernel of a seed takes shape.
    Prior {
        /// The seed.
        seed: u64,
        /// P of the shown test digits so far, N×N; `None` before the first mixture.
        matrix: Option<Arc<Array2<f32>>>,
        /// The classes of these digits, ascending, if there are labels.
        labels: Option<Arc<Vec<u8>>>,
    },
    /// A network trains.
    Network {
        /// Which.
        recipe: Recipe,
        /// Losses of its minibatches, thinned out, the newest among them. One that goes on from a
        /// checkpoint has none from before.
        losses: Vec<LossPoint>,
        /// Steps it takes in all, pretraining among them.
        steps: u64,
    },
}

/// Losses of a training of any length, in little room.
#[derive(Clone, Debug, Default)]
pub(super) struct Thinned {
    points: Vec<LossPoint>,
    last: Option<LossPoint>,
    taken: usize,
    /// One of 2^halved points is kept.
    halved: u32,
}

impl Observer for Thinned {
    fn saw(&mut self, piece: &Piece<'_>) {
        if let Advance::Step { losses, .. } = piece.advance {
            self.push(*losses);
        }
    }
}

impl Thinned {
    pub(super) fn push(&mut self, point: LossPoint) {
        if self.taken.is_multiple_of(1 << self.halved) {
            self.points.push(point);
        }
        self.taken += 1;
        self.last = Some(point);
        if self.points.len() > MOST {
            let mut keep = false;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
            self.halved += 1;
        }
    }

    /// The points, the newest last.
    pub(super) fn points(&self) -> Vec<LossPoint> {
        let mut points = self.points.clone();
        if points.last() != self.last.as_ref() {
            points.extend(self.last);
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_trainings_are_evenly_thinned_and_keep_both_ends() {
        let mut losses = Thinned::default();
        for step in 0..10_000 {
            losses.push(LossPoint {
                step,
                layer: None,
                lambda: 0.1,
                lr: 0.1,
                lc: 0.2,
                total: 0.1,
            });
            assert_eq!(losses.points().last().map(|p| p.step), Some(step));
            // The first 512 all stay, and of 513 every other one.
            let kept = match step {
                0..512 => step as usize + 1,
                512 => 257,
                _ => continue,
            };
            assert_eq!(losses.points().len(), kept);
        }
        let steps: Vec<u64> = losses.points().iter().map(|point| point.step).collect();
        assert!(steps.len() > MOST / 2 && steps.len() <= MOST + 1);
        assert_eq!(steps[0], 0);
        let apart = steps[1];
        let even = &steps[..steps.len() - 1];
        assert!(even.windows(2).all(|pair| pair[1] - pair[0] == apart));
    }
}
