//! The rungs of a ladder: networks from the same start, each trained under its own λ.
//!
//! What a network comes to under a λ depends on where it starts from: one that is steered from
//! λ = 0.1 to 0.9 is not the one that was trained under 0.9. A dial through finished networks is
//! made of the latter, which are those of Fig. 3(a) on a finer grid.

use crate::training::RunConfig;

/// Rungs of a ladder over λ.
pub const RUNGS: usize = 17;

/// λ of the rungs, ascending from 0 to 1, evenly apart in √λ as the slider is; `own`, the run's, takes the
/// place of the one next to it.
#[must_use]
pub fn lambdas(own: f64) -> Vec<f64> {
    let last = (RUNGS - 1) as f64;
    let places = (0..RUNGS).map(|rung| rung as f64 / last);
    let mut all: Vec<f64> = places.map(|s| (s * s * 1e3).round() / 1e3).collect();
    let place = (own.clamp(0.0, 1.0).sqrt() * last).round() as usize;
    // 0 and 1 are on every ladder.
    if place > 0 && place < RUNGS - 1 {
        all[place] = own;
    }
    all
}

/// The settings of a rung: those of the run but for λ.
#[must_use]
pub fn rung(run: &RunConfig, lambda: f64) -> RunConfig {
    let mut config = run.clone();
    config.training.lambda = lambda;
    config
}

/// Whether two runs' ladders are the same: they differ at most in λ and in what is looked at.
#[must_use]
pub fn is_shared(one: &RunConfig, other: &RunConfig) -> bool {
    let common = |config: &RunConfig| {
        let mut config = rung(config, 0.0);
        (config.shown, config.denoising) = (0, crate::training::config::DenoisingConfig::default());
        config
    };
    common(one) == common(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rungs_go_from_0_to_1_and_the_runs_own_is_among_them() {
        for own in [0.1, 0.0, 1.0, 0.003, 0.5, 0.97, 0.9999] {
            let all = lambdas(own);
            assert_eq!((all.len(), all[0], all[RUNGS - 1]), (RUNGS, 0.0, 1.0));
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
            let near = all.iter().map(|λ| (λ.sqrt() - own.sqrt()).abs());
            assert!(near.fold(1.0, f64::min) <= 1.0 / 32.0);
        }
        assert!(lambdas(0.1).contains(&0.1));
    }

    #[test]
    fn another_lambda_shares_the_ladder_and_other_settings_do_not() {
        let run = RunConfig::default();
        assert!(is_shared(&run, &rung(&run, 0.7)));
        let mut other = run.clone();
        other.shown += 50;
        assert!(is_shared(&run, &other));
        other.seed += 1;
        assert!(!is_shared(&run, &other));
        let mut longer = run.clone();
        longer.training.steps += 1;
        assert!(!is_shared(&run, &longer));
    }
}
