//! Section 4.3: how near P, C and the codes of λ = 0 are to the ideal kernel (Table 1).

use super::AS_NEAR;
use super::test::{Draft, Side, Test, Unit};
use crate::experiment::findings::Findings;
use crate::experiment::plan::{Experiment, Plan, Recipe};
use crate::experiment::statistics::{Overlap, Summary};
use crate::experiment::table1::{Table1, table1};

/// The claims.
pub fn claims(plan: &Plan, findings: &Findings) -> Vec<Draft> {
    let Some(table) = table1(plan, findings) else {
        return Vec::new();
    };
    let [p, plain, c] = &table.lc;
    let nearer = |key, text: &str, (name, other): (&str, &Summary)| {
        draft(
            (key, text.to_owned(), "Section 4.3"),
            Test::of(
                format!("Lc(C, K_I) minus Lc({name}, K_I)"),
                Unit::Loss,
                each(c, other, |c, other| c - other),
                (Side::Below, 0.0),
                findings.overlap(plan),
            ),
            format!("C {:.4}, {name} {:.4}", c.mean, other.mean),
        )
    };
    [
        nearer(
            "c_nearer_ki_than_kae",
            "C is nearer K_I than K_AE (λ = 0) is",
            ("K_AE", plain),
        ),
        nearer("c_nearer_ki_than_p", "C is nearer K_I than P is", ("P", p)),
        as_near(&table, findings.overlap(plan)),
        thanks_to_reconstruction(plan, findings),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn draft(
    (key, text, place): (&'static str, String, &'static str),
    test: Option<Test>,
    evidence: String,
) -> Option<Draft> {
    Some(Draft {
        key,
        text,
        place,
        experiment: Experiment::Table1,
        test: test?,
        evidence,
    })
}

fn each(first: &Summary, second: &Summary, of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let pairs = first.values.iter().zip(&second.values);
    pairs.map(|(&first, &second)| of(first, second)).collect()
}

/// "At least as well as the prior kernel" (Section 4.4).
fn as_near(table: &Table1, overlap: Overlap) -> Option<Draft> {
    let [p, _, c] = &table.lc;
    draft(
        (
            "c_as_near_ki_as_p",
            format!("C is at least as near K_I as P is (to {AS_NEAR} %)"),
            "Section 4.4",
        ),
        Test::of(
            "Lc(C, K_I) above Lc(P, K_I), in % of the latter",
            Unit::PerCent,
            each(c, p, |c, p| 100.0 * (c / p - 1.0)),
            (Side::Below, AS_NEAR),
            overlap,
        ),
        format!("C {:.4}, P {:.4}", c.mean, p.mean),
    )
}

/// The paper's explanation, a hypothesis there: what brings C nearer is that it has to allow a
/// reconstruction. Codes that are aligned alone (λ = 1) would then be further away.
fn thanks_to_reconstruction(plan: &Plan, findings: &Findings) -> Option<Draft> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for &seed in &plan.seeds {
        let dkae = plan.dkae(seed);
        let of = |recipe: &Recipe| findings.network(recipe)?.figures.test.lc_c_ki;
        let alone = Recipe {
            lambda: 1.0,
            ..dkae
        };
        if let (Some(dkae), Some(alone)) = (of(&dkae), of(&alone)) {
            with.push(dkae);
            without.push(alone);
        }
    }
    let (with, without) = (Summary::of(with)?, Summary::of(without)?);
    let lambda = plan.config.training.lambda;
    draft(
        (
            "reconstruction_brings_c_nearer_ki",
            "It is the reconstruction that brings C nearer K_I: codes that are aligned alone (λ = 1) \
             are further"
                .into(),
            "Section 4.3",
        ),
        Test::of(
            format!("Lc(C, K_I) at λ = {lambda} minus the same at λ = 1"),
            Unit::Loss,
            each(&with, &without, |with, without| with - without),
            (Side::Below, 0.0),
            findings.overlap(plan),
        ),
        format!(
            "Lc(C, K_I) {:.4} at λ = {lambda}, {:.4} at λ = 1",
            with.mean, without.mean
        ),
    )
}
