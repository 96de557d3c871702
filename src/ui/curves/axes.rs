//! The axes of the loss plots: ranges that grow in steps, so that a curve stands still while it is
//! drawn; the part of them that is shown; and the numbers beside them.

use egui_plot::{GridInput, GridMark};

use crate::report::axes::{even, logs_of};

/// From and to.
pub(super) type Range = [f64; 2];

/// What is left free at the ends, as a part of the range.
const MARGIN: f64 = 0.015;
/// An axis of steps is at least so long.
const FEWEST: f64 = 50.0;
/// Points between two numbers at the least: from left to right, one above the other where they
/// are equally far apart, and where they grow denser upwards.
const APART: [f64; 3] = [46.0, 30.0, 15.0];
/// The steps between grid lines that egui tells of in so many points.
const SPACING: f64 = 8.0;

/// The smallest of these times a power of ten that is not below `value`.
fn up(value: f64, factors: &[f64]) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    // A power of ten that rounding has made too large is the value itself.
    let found = factors
        .iter()
        .map(|factor| factor * power)
        .find(|&x| x >= value * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

fn with_margin([low, high]: Range) -> Range {
    let room = MARGIN * (high - low);
    [low - room, high + room]
}

/// All steps: up to the next round number, or to the planned end where that is nearer.
pub(super) fn steps(last: f64, planned: f64) -> Range {
    let round = up(last.max(FEWEST), &[1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0]);
    let end = if last <= planned {
        round.min(planned.max(1.0))
    } else {
        round
    };
    with_margin([0.0, end])
}

/// log₁₀ of all losses between two, from a 1, 2 or 5 to a 1, 2 or 5.
pub(super) fn decades([low, high]: Range) -> Range {
    const FACTORS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];
    let (low, high) = (10f64.powf(low), 10f64.powf(high));
    let below = 1.0 / up(1.0 / low, &FACTORS);
    let (low, high) = (below.log10(), up(high, &FACTORS).log10());
    // Where all losses are the same, half a decade shows that they are.
    with_margin([low, high.max(low + 0.5)])
}

/// All losses up to a round number.
pub(super) fn linear(high: f64) -> Range {
    let high = if high > 0.0 { high } else { 1.0 };
    with_margin([0.0, up(high, &[1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0])])
}

/// All of Lc: two kernels are at most √2 apart.
pub(super) fn alignment() -> Range {
    with_margin([0.0, std::f64::consts::SQRT_2])
}

/// `part` magnified by `factor` about `about`, and moved by `by`, within `whole`; `None` if that
/// is all of it.
pub(super) fn zoomed(
    part: Option<Range>,
    whole: Range,
    factor: f64,
    about: f64,
    by: f64,
) -> Option<Range> {
    let [low, high] = part.unwrap_or(whole);
    let most = whole[1] - whole[0];
    let span = ((high - low) / factor).max(most * 1e-4);
    if span >= most * (1.0 - 1e-9) {
        return None;
    }
    let start = about - (about - low) / (high - low) * span + by;
    let start = start.clamp(whole[0], whole[1] - span);
    Some([start, start + span])
}

/// Marks at these places that are written and drawn alike.
fn marks(values: Vec<f64>) -> Vec<GridMark> {
    let gaps = values.windows(2).map(|pair| pair[1] - pair[0]);
    let step_size = gaps.fold(f64::INFINITY, f64::min);
    let step_size = if step_size.is_finite() {
        step_size
    } else {
        1.0
    };
    let mark = |value| GridMark { value, step_size };
    values.into_iter().map(mark).collect()
}

/// Points for a unit of the axis.
fn density(input: &GridInput) -> f64 {
    SPACING / input.base_step_size
}

/// Multiples of 1, 2, 2.5 or 5 times a power of ten that stand `apart` points from one another.
fn multiples(input: &GridInput, apart: f64, least: f64) -> Vec<f64> {
    let (low, high) = input.bounds;
    let rough = apart / density(input);
    if !(low.is_finite() && high.is_finite() && rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let step = up(rough, &[1.0, 2.0, 2.5, 5.0, 10.0]).max(least);
    // 2.5 steps are none.
    let step = if least >= 1.0 { step.ceil() } else { step };
    let first = (low / step).ceil();
    (0..200)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|&x| x <= high)
        .collect()
}

/// Marks on the axis of steps.
pub(super) fn step_marks(input: GridInput) -> Vec<GridMark> {
    let mut values = multiples(&input, APART[0], 1.0);
    values.retain(|&step| step >= 0.0);
    marks(values)
}

/// Marks on a linear axis of losses.
pub(super) fn loss_marks(input: GridInput) -> Vec<GridMark> {
    marks(multiples(&input, APART[1], 0.0))
}

/// Marks on a logarithmic axis of losses, at log₁₀ of them: as few as make it readable.
pub(super) fn decade_marks(input: GridInput) -> Vec<GridMark> {
    const FACTORS: [&[f64]; 4] = [
        &[1.0, 2.0, 5.0],
        &[1.0, 3.0],
        &[1.0],
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
    ];
    let (low, high) = input.bounds;
    if !(low.is_finite() && high.is_finite()) || high - low > 40.0 || high <= low {
        return Vec::new();
    }
    let least = APART[2] / density(&input);
    let fits = |values: &Vec<f64>| values.windows(2).all(|pair| pair[1] - pair[0] >= least);
    let sets = FACTORS.iter().map(|factors| logs_of(factors, low..=high));
    let mut sets: Vec<Vec<f64>> = sets.collect();
    let evenly = even(&(10f64.powf(low)..10f64.powf(high)));
    sets.push(
        evenly
            .into_iter()
            .filter(|&x| x > 0.0)
            .map(f64::log10)
            .collect(),
    );
    sets.retain(fits);
    let enough = sets.iter().position(|values| values.len() >= 3);
    let most = (0..sets.len()).max_by_key(|&index| sets[index].len());
    marks(
        enough
            .or(most)
            .map_or_else(Vec::new, |index| sets.swap_remove(index)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(range: Range, expected: Range) -> bool {
        let room = MARGIN * (expected[1] - expected[0]);
        (range[0] - expected[0] + room).abs() < 1e-9 && (range[1] - expected[1] - room).abs() < 1e-9
    }

    #[test]
    fn ranges_grow_in_steps_and_hold_everything() {
        assert!(near(steps(0.0, 1200.0), [0.0, 50.0]));
        assert!(near(steps(100.0, 1200.0), [0.0, 100.0]));
        assert!(near(steps(101.0, 1200.0), [0.0, 150.0]));
        assert!(near(steps(1001.0, 1200.0), [0.0, 1200.0]));
        assert!(near(steps(1201.0, 1200.0), [0.0, 1500.0]));
        let mut distinct: Vec<_> = (1..1200)
            .map(|step| steps(f64::from(step), 1200.0))
            .collect();
        distinct.dedup();
        assert!(distinct.len() < 12, "{}", distinct.len());
        let [low, high] = decades([0.013f64.log10(), 0.87f64.log10()]);
        assert!(near([low, high], [-2.0, 0.0]));
        assert!(near(linear(0.11), [0.0, 0.15]));
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_and_stays_inside() {
        let whole = [0.0, 100.0];
        let part = zoomed(None, whole, 2.0, 30.0, 0.0).unwrap();
        assert_eq!(part, [15.0, 65.0]);
        assert_eq!(
            zoomed(Some(part), whole, 1.0, 0.0, 80.0),
            Some([50.0, 100.0])
        );
        assert_eq!(zoomed(Some(part), whole, 0.1, 30.0, 0.0), None);
        assert_eq!(zoomed(None, whole, 1.0, 30.0, 25.0), None);
    }

    /// An axis of so many points.
    fn input(low: f64, high: f64, points: f64) -> GridInput {
        GridInput {
            bounds: (low, high),
            base_step_size: (high - low) / points * SPACING,
        }
    }

    #[test]
    fn an_axis_has_three_numbers_where_there_is_room() {
        for points in [90.0, 150.0, 400.0] {
            for (low, high) in [
                (-2.0, 0.0),
                (-1.75, -0.05),
                (-2.01, 0.31),
                (-4.0, 0.5),
                (-1.02, -0.8),
            ] {
                let marks = decade_marks(input(low, high, points));
                assert!(marks.len() >= 3, "{low}..{high} on {points}: {marks:?}");
                let least = APART[2] * (high - low) / points;
                assert!(marks.iter().all(|mark| mark.step_size >= least));
            }
            let [low, high] = alignment();
            assert!(loss_marks(input(low, high, points)).len() >= 3);
        }
        for (last, width) in [
            (50.0, 230.0),
            (1200.0, 230.0),
            (3500.0, 300.0),
            (637_000.0, 500.0),
        ] {
            let [low, high] = steps(last, last);
            let marks = step_marks(input(low, high, width));
            assert!(marks.len() >= 3, "{last}: {marks:?}");
            assert!(marks.iter().all(|mark| mark.value.fract() == 0.0));
        }
    }
}
