//! "Lc falls as λ grows": a curve over several settings, each under the same seeds.
//!
//! **Interior points.** Under λ = 0 the codes are not aligned at all, and under λ = 1 nothing is
//! rebuilt: that the curves' ends lie high or low follows from Eq. 5 and not from anything
//! learned. They are left out.
//!
//! **From the first interior point to the last**, paired by seed: the interval of that difference
//! decides. To ask of *every* step between neighbours that it be beyond chance (an
//! intersection-union test) would be too strict: steps of a fine grid are small however
//! clear the trend is, and the more points one takes, the less would hold. The ends alone would
//! not see a hump between them. So each step has a veto: if one goes the other way beyond chance
//! (its p value times the number of comparisons, the steps and the ends, is below 5 %), the curve
//! does not fall, and that step decides, with that p.

use super::test::{Draft, Side, Test, Unit};
use crate::experiment::fig3::SweepPoint;
use crate::experiment::plan::Experiment;
use crate::experiment::statistics::{LEVEL, Overlap, Summary};

/// What is claimed of a curve.
pub struct Trend<'a> {
    pub key: &'static str,
    pub place: &'static str,
    pub experiment: Experiment,
    /// The loss, as it is called.
    pub loss: &'static str,
    /// It, of a point.
    pub of: fn(&SweepPoint) -> &Summary,
    /// λ or Nc.
    pub axis: &'static str,
    /// Where a later point lies, less an earlier one: below zero, or above.
    pub side: Side,
    /// The interior points, ascending.
    pub points: &'a [SweepPoint],
}

impl Trend<'_> {
    /// The claim; `None` with fewer than two points that have a seed in common.
    pub fn draft(&self, overlap: Overlap) -> Option<Draft> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        if self.points.len() < 2 {
            return None;
        }
        let ends = self.between(first, last, overlap)?;
        let steps: Vec<Test> = self
            .points
            .windows(2)
            .filter_map(|pair| self.between(&pair[0], &pair[1], overlap))
            .collect();
        let comparisons = (steps.len() + 1) as f64;
        let beyond = |step: &Test| step.p.is_some_and(|p| p * comparisons <= LEVEL);
        let count = |towards: bool| {
            let such = |step: &&Test| beyond(step) && step.is_towards() == towards;
            steps.iter().filter(such).count()
        };
        let verb = match self.side {
            Side::Below => "falls",
            Side::Above => "rises",
        };
        let evidence = format!(
            "{:.4} at {axis} = {}, {:.4} at {axis} = {}; of {} steps between neighbours {} \
             that way beyond chance, {} the other way",
            (self.of)(first).mean,
            first.x,
            (self.of)(last).mean,
            last.x,
            steps.len(),
            goes(count(true)),
            goes(count(false)),
            axis = self.axis,
        );
        Some(Draft {
            key: self.key,
            text: format!(
                "{} {verb} as {} grows (from {} to {})",
                self.loss, self.axis, first.x, last.x
            ),
            place: self.place,
            experiment: self.experiment,
            test: deciding(ends, steps, comparisons),
            evidence,
        })
    }

    /// The later point less the earlier one, under the seeds that both have.
    fn between(&self, earlier: &SweepPoint, later: &SweepPoint, overlap: Overlap) -> Option<Test> {
        let values = later
            .recipes
            .iter()
            .enumerate()
            .filter_map(|(index, recipe)| {
                let same = |other: &crate::experiment::plan::Recipe| other.seed == recipe.seed;
                let before = earlier.recipes.iter().position(same)?;
                Some((self.of)(later).values[index] - (self.of)(earlier).values[before])
            });
        let (loss, axis) = (self.loss, self.axis);
        Test::of(
            format!(
                "{loss} at {axis} = {} minus {loss} at {axis} = {}",
                later.x, earlier.x
            ),
            Unit::Loss,
            values.collect(),
            (self.side, 0.0),
            overlap,
        )
    }
}

fn goes(count: usize) -> String {
    match count {
        1 => "1 goes".to_owned(),
        n => format!("{n} go"),
    }
}

/// The comparison that decides: the ends, unless they lie as the claim says and a step goes the
/// other way beyond chance.
fn deciding(ends: Test, steps: Vec<Test>, comparisons: f64) -> Test {
    if !ends.is_towards() {
        return ends;
    }
    let corrected = |step: Test| {
        let p = (step.p? * comparisons).min(1.0);
        (p <= LEVEL && !step.is_towards()).then_some(Test { p: Some(p), ..step })
    };
    let against = steps.into_iter().filter_map(corrected);
    let p = |test: &Test| test.p.unwrap_or(1.0);
    let worst = against.min_by(|a, b| p(a).total_cmp(&p(b)));
    worst.unwrap_or(ends)
}
