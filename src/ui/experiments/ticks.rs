//! Where figures stand on the axes of a chart.

use crate::report::axes::logs_of;

/// Ticks at 1, 2 and 5 in each decade, at log₁₀ of them; names at all of them if they are few.
#[must_use]
pub fn log_ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let factors: &[f64] = if high - low < 2.2 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let logs = logs_of(factors, low - 1e-9..=high + 1e-9);
    logs.into_iter()
        .map(|at| (at, short(10f64.powf(at))))
        .collect()
}

/// From zero up to the first of 1, 2, 2.5 and 5 times a power of ten above `most`, with ticks.
#[must_use]
pub fn from_zero(most: f64) -> (f64, Vec<(f64, String)>) {
    let most = if most.is_finite() && most > 0.0 {
        most
    } else {
        1.0
    };
    let decade = 10f64.powf(most.log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let high = steps
        .iter()
        .map(|step| step * decade)
        .find(|high| *high >= most)
        .unwrap_or(10.0 * decade);
    let ticks = (0..=4u8).map(|k| {
        let value = high * f64::from(k) / 4.0;
        (value, short(value))
    });
    (high, ticks.collect())
}

/// A tick's figure, without needless zeros.
#[must_use]
pub fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_where_their_figures_say() {
        for (at, text) in log_ticks(-2.3, 0.0) {
            let value: f64 = text.parse().unwrap();
            assert!((value.log10() - at).abs() < 1e-9, "{text}");
        }
        assert_eq!(log_ticks(-2.0, -1.0).len(), 4, "0.01, 0.02, 0.05, 0.1");
        let small: Vec<String> = log_ticks(-6.0, -3.0)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        assert_eq!(small, ["1e-6", "1e-5", "0.0001", "0.001"]);
    }

    #[test]
    fn an_axis_from_zero_holds_its_values_and_little_more() {
        for most in [0.0031, 0.217, 0.78, 1.0, 1.41] {
            let (high, ticks) = from_zero(most);
            assert!(high >= most && high < 2.0 * most, "{most}: {high}");
            assert_eq!((ticks[0].0, ticks.len()), (0.0, 5));
        }
        assert_eq!(from_zero(0.0).0, 1.0);
    }
}
