//! Axes: where a number lies between the ends, and which numbers are written beside it.
//!
//! A sweep's λ is drawn at √λ, as on the window's slider, because all that happens happens near
//! zero; Nc and m at their logarithm to base two; losses at their logarithm to base ten, on which
//! equal ratios are equally far apart.

use std::ops::{Range, RangeInclusive};

/// An axis.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// From a number to its place; what places there are is in `range`.
    place: fn(f64) -> f64,
    /// The places of the two ends.
    range: Range<f64>,
    /// The numbers written beside it, ascending.
    pub ticks: Vec<f64>,
}

/// What a logarithm is taken of at the least.
const LEAST: f64 = 1e-12;

impl Axis {
    /// From 0 to 1 at √λ, with the numbers `ticks`.
    pub(crate) fn stretched(ticks: Vec<f64>) -> Self {
        Self {
            place: |x| x.max(0.0).sqrt(),
            range: -0.02..1.02,
            ticks,
        }
    }

    /// From the first to the last of `ticks` (ascending) at their logarithm to base two.
    pub(crate) fn doubling(ticks: Vec<f64>) -> Self {
        let log = |x: f64| x.max(LEAST).log2();
        let ends = (ticks.first(), ticks.last());
        let range = match ends {
            (Some(&first), Some(&last)) => log(first)..log(last),
            _ => 0.0..1.0,
        };
        let room = (range.end - range.start).max(1.0) * 0.02;
        Self {
            place: log,
            range: range.start - room..range.end + room,
            ticks,
        }
    }

    /// Around all positive `values` at their logarithm to base ten.
    pub(crate) fn decades(values: impl IntoIterator<Item = f64>) -> Self {
        let positive = |x: &f64| *x > 0.0 && x.is_finite();
        let logs = values.into_iter().filter(positive).map(f64::log10);
        let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        });
        let range = if low <= high {
            // Some room, and enough for two numbers where all values are the same.
            let room = (0.08 * (high - low)).max(0.03);
            low - room..high + room
        } else {
            -2.0..0.0
        };
        let ticks = round_numbers(&range).into_iter().map(|x| 10f64.powf(x));
        Self {
            place: |x| x.max(LEAST).log10(),
            ticks: ticks.collect(),
            range,
        }
    }

    /// From 0 to a little above `high`.
    pub(crate) fn from_zero(high: f64) -> Self {
        let high = if high.is_finite() && high > 0.0 {
            1.05 * high
        } else {
            1.0
        };
        Self {
            place: |x| x,
            range: 0.0..high,
            ticks: even(&(0.0..high)),
        }
    }

    /// Where `x` lies: 0 at the beginning, 1 at the end; what lies beyond is moved to the end.
    pub(crate) fn fraction(&self, x: f64) -> f64 {
        let Range { start, end } = self.range;
        (((self.place)(x) - start) / (end - start)).clamp(0.0, 1.0)
    }

    /// Where the ticks stand, with their numbers: of two that are nearer to one another than
    /// `apart` (a fraction of the axis) the second is left away, unless it is the last.
    pub(crate) fn labels(&self, apart: f64) -> Vec<(f64, String)> {
        let all: Vec<_> = self.ticks.iter().map(|&x| (self.fraction(x), x)).collect();
        let mut kept: Vec<(f64, f64)> = Vec::with_capacity(all.len());
        for (index, &(at, x)) in all.iter().enumerate() {
            let near = |kept: &[(f64, f64)]| kept.last().is_some_and(|k| at - k.0 < apart);
            if index + 1 == all.len() {
                while kept.len() > 1 && near(&kept) {
                    kept.pop();
                }
            }
            if !near(&kept) {
                kept.push((at, x));
            }
        }
        kept.into_iter().map(|(at, x)| (at, plain(x))).collect()
    }
}

/// log₁₀ of `factors` (from 1, below 10) times powers of ten in a range of logarithms, ascending.
pub(crate) fn logs_of(factors: &[f64], decades: RangeInclusive<f64>) -> Vec<f64> {
    #[expect(clippy::cast_possible_truncation, reason = "exponents of an f64")]
    let exponents = decades.start().floor() as i32..=decades.end().ceil() as i32;
    let logs = exponents.flat_map(|exponent| {
        let log = move |factor: &f64| f64::from(exponent) + factor.log10();
        factors.iter().map(log)
    });
    logs.filter(|log| decades.contains(log)).collect()
}

/// log₁₀ of round numbers in a range of logarithms: as few as make an axis readable.
pub(crate) fn round_numbers(decades: &Range<f64>) -> Vec<f64> {
    const FACTORS: [&[f64]; 3] = [
        &[1.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
    ];
    let with = |factors: &[f64]| {
        let mut logs = logs_of(factors, decades.start..=decades.end);
        logs.retain(|log| decades.contains(log));
        logs
    };
    let long = decades.end - decades.start > 4.0;
    let choice = if long { &FACTORS[..1] } else { &FACTORS[1..] };
    let found = choice.iter().map(|factors| with(factors));
    match found.into_iter().find(|ticks| ticks.len() >= 3) {
        Some(ticks) => ticks,
        // A short axis: evenly spaced numbers are round enough.
        None => even(&(10f64.powf(decades.start)..10f64.powf(decades.end)))
            .into_iter()
            .filter(|&x| x > 0.0)
            .map(f64::log10)
            .collect(),
    }
}

/// Multiples of 1, 2 or 5 times a power of ten in `range`, three to eight of them.
pub(crate) fn even(range: &Range<f64>) -> Vec<f64> {
    let rough = (range.end - range.start) / 6.0;
    if !(rough.is_finite() && rough > 0.0) {
        return vec![range.start];
    }
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|f| f * power >= rough)
        .unwrap_or(10.0);
    let step = factor * power;
    let first = (range.start / step).ceil();
    (0..16)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|&x| x <= range.end)
        .collect()
}

/// A number without more decimals than it needs, of at most four significant digits.
pub(crate) fn plain(x: f64) -> String {
    format!("{x:.3e}")
        .parse::<f64>()
        .map_or_else(|_| "–".to_owned(), |x| x.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(range: Range<f64>) -> Vec<String> {
        let ticks = round_numbers(&range);
        ticks.into_iter().map(|x| plain(10f64.powf(x))).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(
            read(-2.1..0.1),
            ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]
        );
        assert_eq!(
            read(-4.5..1.2),
            ["0.0001", "0.001", "0.01", "0.1", "1", "10"]
        );
        // 0.141 to 0.178: no three of the usual ones.
        assert_eq!(read(-0.85..-0.75), ["0.15", "0.16", "0.17"]);
    }

    #[test]
    fn places_run_from_end_to_end() {
        let axis = Axis::stretched(vec![0.0, 0.01, 0.1, 1.0]);
        let places = [0.0, 0.01, 0.25, 1.0].map(|x| axis.fraction(x));
        assert!(places.is_sorted() && (places[2] - 0.5).abs() < 1e-9);
        let axis = Axis::doubling(vec![2.0, 4.0, 8.0]);
        assert!((axis.fraction(4.0) - 0.5).abs() < 1e-9);
        let axis = Axis::decades([0.01, 1.0, f64::NAN, -1.0]);
        assert!((axis.fraction(0.1) - 0.5).abs() < 1e-9);
        assert_eq!(axis.fraction(-1.0), 0.0);
        assert_eq!(Axis::from_zero(0.8).ticks[0], 0.0);
        assert!(!Axis::decades([]).ticks.is_empty());
        assert!(Axis::decades([0.15]).ticks.len() > 1);
    }

    #[test]
    fn numbers_do_not_stand_on_one_another() {
        let axis = Axis::stretched(vec![0.0, 0.0001, 0.25, 0.99, 1.0]);
        let texts: Vec<_> = axis.labels(0.05).into_iter().map(|label| label.1).collect();
        assert_eq!(texts, ["0", "0.25", "1"]);
    }
}
