//! Lists that are typed: numbers with commas, spaces or semicolons between them, and ranges.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// The parts of a list, as they were typed.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    parts.filter(|part| !part.is_empty())
}

/// A part of a list as a number or a range of numbers: `7`, `0-4`; `None` if it is neither, or runs
/// backwards.
pub fn range<T: FromStr + PartialOrd + Copy>(part: &str) -> Option<RangeInclusive<T>> {
    let number = |text: &str| text.parse::<T>().ok();
    let (first, last) = match part.split_once(['-', '–']) {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(part)?, number(part)?),
    };
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_is_written() {
        assert_eq!(parts(" 1,, 2;3 ").collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(range::<u8>("5"), Some(5..=5));
        assert_eq!(range::<u64>("0–4"), Some(0..=4));
        for wrong in ["4-2", "five", "-1", "300", ""] {
            assert_eq!(range::<u8>(wrong), None, "{wrong}");
        }
    }
}
