//! What several runs of the same work took.

use std::time::{Duration, Instant};

use serde::Serialize;

/// The seconds that some work took, several times over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// The middle of the runs, in seconds; the upper of the two middle ones.
    pub median_s: f64,
    /// The quickest run, in seconds.
    pub min_s: f64,
    /// From the first quartile to the third, in seconds.
    pub spread_s: f64,
    /// How many runs there were.
    pub runs: usize,
}

impl Timing {
    /// The summary of `times`; `None` if there are none.
    #[must_use]
    pub fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |part: usize| sorted.get(sorted.len() * part / 4).copied();
        Some(Self {
            median_s: at(2)?,
            min_s: *sorted.first()?,
            spread_s: at(3)? - at(1)?,
            runs: sorted.len(),
        })
    }
}

/// Does `work` `runs` times (at least once) after `warm` times that do not count.
///
/// # Errors
///
/// The first error of `work`.
pub(super) fn timed<E>(
    warm: usize,
    runs: usize,
    mut work: impl FnMut() -> Result<(), E>,
) -> Result<Timing, E> {
    for _ in 0..warm {
        work()?;
    }
    let mut times = Vec::with_capacity(runs.max(1));
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    Ok(Timing::of(&times).expect("there was at least one run"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_the_order_statistics() {
        let times = [7, 1, 3, 9, 5].map(Duration::from_secs);
        let timing = Timing::of(&times).unwrap();
        assert_eq!(
            (timing.median_s, timing.min_s, timing.spread_s),
            (5.0, 1.0, 4.0)
        );
        assert_eq!(timing.runs, 5);
        assert_eq!(Timing::of(&[]), None);
    }

    #[test]
    fn warm_runs_do_not_count_and_errors_end_it() {
        let mut calls = 0;
        let timing = timed::<()>(2, 3, || {
            calls += 1;
            Ok(())
        });
        assert_eq!((timing.unwrap().runs, calls), (3, 5));
        assert_eq!(timed(0, 3, || Err("no")), Err("no"));
    }
}
