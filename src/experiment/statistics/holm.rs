//! Holm's correction for many tests at once.

/// The p values of several tests, each corrected so that under a level α the probability of
/// finding anything that is not there is α at most over all of them, however they depend on each
/// other (Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of
/// Statistics 6, 1979).
///
/// The i-th smallest of m is multiplied by m − i + 1, and is at least as large as the one before;
/// none is above 1. In the order of `p`.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        let left = (p.len() - rank) as f64;
        least = least.max((left * p[index]).min(1.0));
        adjusted[index] = least;
    }
    adjusted
}
