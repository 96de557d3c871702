//! How fast the processor multiplies and adds: the yardstick for every product.
//!
//! A loop that multiplies and adds many times to each number it has loaded meets hardly any memory,
//! so its rate is the limit of the arithmetic units at the clock that they have under full load.
//! It is measured, not looked up: clock and vector width differ from machine to machine, and
//! virtual machines hide them.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Numbers in flight: they fit the first cache, and are far more than the units' latency needs.
const NUMBERS: usize = 2_048;
/// Times that each is multiplied and added to once it is in a register.
const DEPTH: usize = 32;
/// Passes of one burst: about a tenth of a millisecond.
const PASSES: usize = 64;

/// Floating-point operations a second (an addition and a multiplication are two) that all threads
/// of the caller's pool reach together in single precision: the best of the bursts that fit into
/// `time`, added up over the threads.
#[must_use]
pub fn fma_limit(time: Duration) -> f64 {
    rayon::broadcast(|_| one_thread(time)).into_iter().sum()
}

fn one_thread(time: Duration) -> f64 {
    let operations = (2 * NUMBERS * DEPTH * PASSES) as f64;
    let began = Instant::now();
    let mut best = f64::INFINITY;
    let mut numbers = [0.5; NUMBERS];
    while began.elapsed() < time {
        let start = Instant::now();
        for _ in 0..PASSES {
            pass(black_box(&mut numbers), 0.999, 1e-3);
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    operations / best.max(f64::MIN_POSITIVE)
}

/// x ← a·x + b, [`DEPTH`] times for every number.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma",
    "x86_64+avx2+fma"
))]
fn pass(numbers: &mut [f32; NUMBERS], a: f32, b: f32) {
    for number in numbers {
        let mut x = *number;
        for _ in 0..DEPTH {
            x = x.mul_add(a, b);
        }
        *number = x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_does_all_that_is_counted() {
        // x tends to b / (1 − a).
        let (a, b) = (0.9_f32, 0.05_f32);
        let limit = 0.5;
        let mut numbers = [3.0; NUMBERS];
        pass(&mut numbers, a, b);
        let expected = limit + (3.0 - limit) * 0.9_f64.powi(DEPTH as i32);
        assert!(
            numbers
                .iter()
                .all(|&x| (f64::from(x) - expected).abs() < 1e-5)
        );
    }

    #[test]
    fn the_rate_is_that_of_a_processor() {
        let limit = fma_limit(Duration::from_millis(2));
        assert!(limit.is_finite() && limit > 1e7, "{limit}");
    }
}
