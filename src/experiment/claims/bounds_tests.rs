//! Claims at the edge of what decides them: two points of a curve, sixteen components, a step that
//! is beyond chance or just not.

use super::tests::{figures, found, named, networks, spectrum};
use super::*;
use crate::experiment::findings::NetworkFigures;
use crate::experiment::plan::Recipe;
use crate::training::config::Preset;

/// The probability of being at least as far from zero as `t`, in closed form for four degrees of
/// freedom.
fn two_sided(t: f64) -> f64 {
    let s = 1.0 + t * t / 4.0;
    1.0 - 0.75 * (t / s.sqrt()) * (1.0 - t * t / s / 12.0)
}

/// Lr falls by 0.1 from each Nc to the next, but for the step to 16, which goes up by numbers whose
/// t over five seeds is `t`, corrected for the digits that they share.
fn with_a_step_of(t: f64) -> Claim {
    let spread = 1e-3;
    // −2, −1, … have the variance 2.5; 900 of 4,200 digits are tested.
    let error = spread * f64::sqrt(2.5 * (1.0 / 5.0 + 900.0 / 4_200.0));
    found(
        Experiment::Fig3b,
        5,
        "lr_falls_with_nc",
        |recipe: Recipe| {
            let place = f64::from(recipe.code.ilog2());
            let up = t * error + spread * (recipe.seed as f64 - 2.0);
            let lr = 1.0 - 0.1 * place + if recipe.code >= 16 { 0.1 + up } else { 0.0 };
            figures(recipe, lr, 0.1)
        },
    )
}

/// Six steps and the ends are seven comparisons: p has to be below 0.05 / 7 = 0.00714 for a veto.
#[test]
fn a_step_has_a_veto_where_it_is_beyond_chance_among_all_comparisons() {
    assert!((two_sided(2.776_445_105_197_8) - 0.05).abs() < 1e-9);
    let (open, beyond) = (4.95, 5.2);
    assert!((0.05 / 7.0..0.05 / 6.0).contains(&two_sided(open)));
    assert!((0.04 / 7.0..0.05 / 7.0).contains(&two_sided(beyond)));
    let claim = with_a_step_of(open);
    assert_eq!(claim.measure, "Lr at Nc = 128 minus Lr at Nc = 2");
    let told = "of 6 steps between neighbours 5 go that way beyond chance, 0 go the other way";
    assert!(claim.evidence.contains(told), "{}", claim.evidence);
    let claim = with_a_step_of(beyond);
    assert_eq!(claim.measure, "Lr at Nc = 16 minus Lr at Nc = 8");
    let told = "of 6 steps between neighbours 5 go that way beyond chance, 1 goes the other way";
    assert!(claim.evidence.contains(told), "{}", claim.evidence);
    let p = 7.0 * two_sided(beyond);
    assert!((claim.p.unwrap() / p - 1.0).abs() < 1e-6, "{claim:?} {p}");
}

/// The claims of a sweep over these λ, by their keys.
fn over(lambdas: &[f64]) -> Vec<&'static str> {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::Fig3a], 0, 3);
    plan.lambdas = lambdas.to_vec();
    let findings = networks(&plan, |recipe| figures(recipe, recipe.lambda, 0.1));
    let claims = claims(&plan, &findings);
    claims.iter().map(|claim| claim.key).collect()
}

#[test]
fn two_points_make_a_curve_and_one_does_not() {
    let (trends, constants) = (
        ["lc_falls_with_lambda", "lr_rises_with_lambda"],
        ["lr_constant_over_lambda", "lc_constant_over_lambda"],
    );
    assert_eq!(over(&[0.0, 0.5, 1.0]), [""; 0]);
    // λ = 0.05 is none of those between which the losses are said to be constant.
    assert_eq!(over(&[0.0, 0.05, 0.5, 1.0]), trends);
    assert_eq!(over(&[0.0, 0.1, 0.9, 1.0]), [trends, constants].concat());
}

#[test]
fn many_components_are_more_than_sixteen() {
    let plan = Plan::of(Preset::Quick, &[Experiment::Fig5], 0, 2);
    let under = |components: usize| {
        let cut = |seed: u64| {
            let mut cut = (*spectrum(seed, 14)).clone();
            cut.figures.test.truncate(components);
            cut.into()
        };
        let findings = Findings {
            spectra: vec![cut(0), cut(1)],
            ..Findings::default()
        };
        let claims = claims(&plan, &findings);
        claims.iter().map(|claim| claim.key).collect::<Vec<_>>()
    };
    let all = [
        "dkae_beats_kpca_below_16",
        "kpca_beats_dkae_from_16",
        "dkae_beats_kpca_at_10",
        "kpca_beats_dkae_with_many",
    ];
    assert_eq!(under(17), all);
    assert_eq!(under(16), all[..3]);
    assert_eq!(under(15), [all[0], all[2]]);
}

/// Seeds of earlier versions know no losses on training digits: of the plain autoencoder under one
/// seed, of the dkAE under another. What is left is compared seed by seed.
#[test]
fn overfitting_is_compared_under_the_seeds_that_tell_of_both() {
    let both = [Experiment::Fig3b, Experiment::Table1];
    let plan = Plan::of(Preset::Quick, &both, 0, 5);
    let findings = networks(&plan, |recipe| {
        let mut figures = figures(recipe, 0.02, 0.1);
        let plain = recipe.lambda == 0.0;
        // By 1, 2, … % with alignment, by ten times as much without.
        let excess = (1.0 + recipe.seed as f64) / 100.0 * if plain { 10.0 } else { 1.0 };
        figures.test.lr *= 1.0 + excess;
        let silent = (plain && recipe.seed == 1) || (!plain && recipe.seed == 3);
        NetworkFigures {
            training: figures.training.filter(|_| !silent),
            ..figures
        }
    });
    let claim = named(claims(&plan, &findings), "alignment_lessens_overfitting");
    // −9 % of 1, 3 and 5.
    assert_eq!(claim.values.len(), 3);
    for (value, wanted) in claim.values.iter().zip([-9.0, -27.0, -45.0]) {
        assert!((value - wanted).abs() < 1e-9, "{claim:?}");
    }
}
