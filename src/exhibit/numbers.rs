//! Numbers as people read them: three significant digits, the same width from frame to frame.

use std::time::Duration;

use crate::experiment::ladder::{Dial, Place};

/// A number with three significant digits: `0.0214`, `1.23`, `12.3`, `123`, `1.23e5`; `–` where
/// there is none.
#[must_use]
pub fn three(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0.00".to_owned();
    }
    // Rounding first, so that 0.9996 becomes 1.00 and not 1.000.
    let scientific = format!("{value:.2e}");
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    match exponent {
        -4..=1 => format!("{value:.*}", usize::try_from(2 - exponent).unwrap_or(2)),
        2 => format!("{value:.0}"),
        3..=4 => count(value.round().abs() as usize),
        _ => scientific,
    }
}

/// [`three`] with a sign, for differences.
#[must_use]
pub fn signed(value: f64) -> String {
    if value > 0.0 {
        format!("+{}", three(value))
    } else {
        three(value).replace('-', "−")
    }
}

/// [`three`] of what may be missing.
#[must_use]
pub fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), three)
}

/// λ as short as it is exact: `0.1`, `0.0029`.
#[must_use]
pub fn lambda(value: f64) -> String {
    // Eight digits hold what a person types, and drop what binary fractions add to it.
    let value = format!("{value:.7e}").parse().unwrap_or(value);
    if value == 0.0 || value.abs() >= 1e-6 {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// The setting that a network of a ladder differs by: `λ = 0.25`, `Nc = 32`.
#[must_use]
pub fn place(place: Place) -> String {
    match place.dial {
        Dial::Lambda => format!("λ = {}", lambda(place.value)),
        Dial::Code => format!("Nc = {}", place.value),
    }
}

/// [`place`] behind what was trained so: `trained under λ = 0.25`, `trained with Nc = 32`.
#[must_use]
pub fn trained(at: Place) -> String {
    let by = match at.dial {
        Dial::Lambda => "under",
        Dial::Code => "with",
    };
    format!("trained {by} {}", place(at))
}

/// The numbers of components of a PCK's mixtures: `G = 30`, and `g = 5–30` where they do not begin with 2.
#[must_use]
pub fn sizes(least: usize, most: usize) -> String {
    match least {
        2 => format!("G = {most}"),
        _ if least == most => format!("g = {most}"),
        _ => format!("g = {least}–{most}"),
    }
}

/// A count with its thousands apart: `12,345`.
#[must_use]
pub fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A length of time: `4 s`, `2:05`, `1:02:05`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".to_owned();
    }
    let whole = Duration::from_secs_f64(seconds.min(3.6e8)).as_secs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_significant_digits() {
        let cases = [
            (0.02137, "0.0214"),
            (0.0, "0.00"),
            (1.2345, "1.23"),
            (0.99961, "1.00"),
            (99.96, "100"),
            (12.34, "12.3"),
            (123.4, "123"),
            (4321.0, "4,321"),
            (123_456.0, "1.23e5"),
            (-0.5, "-0.500"),
            (0.000_123_4, "0.000123"),
            (1.234e-7, "1.23e-7"),
            (f64::NAN, "–"),
        ];
        for (value, expected) in cases {
            assert_eq!(three(value), expected, "{value}");
        }
        assert_eq!(signed(0.25), "+0.250");
        assert_eq!(signed(-0.25), "−0.250");
    }

    #[test]
    fn lambda_is_written_exactly() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (0.1 + 0.2, "0.3"),
            (0.0029, "0.0029"),
            (0.000_05, "0.00005"),
            (0.123_456_7, "0.1234567"),
            (2.5e-9, "2.5e-9"),
        ];
        for (value, expected) in cases {
            assert_eq!(lambda(value), expected);
        }
    }

    #[test]
    fn counts_and_times() {
        assert_eq!(count(12), "12");
        assert_eq!(count(123_456), "123,456");
        assert_eq!(duration(4.4), "4 s");
        assert_eq!(duration(125.0), "2:05");
        assert_eq!(duration(3725.0), "1:02:05");
        assert_eq!(duration(f64::INFINITY), "–");
    }
}
