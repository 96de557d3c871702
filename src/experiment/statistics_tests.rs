use super::*;

/// What `SciPy` and statsmodels gave once (`tests/reference/statistics.py`).
#[derive(Deserialize)]
struct Reference {
    quantiles: Vec<(usize, f64)>,
    two_sided: Vec<(f64, usize, f64)>,
    corrected: Vec<Corrected>,
    holm: Adjusted,
}

#[derive(Deserialize)]
struct Corrected {
    values: Vec<f64>,
    training: usize,
    test: usize,
    bound: f64,
    interval: [f64; 2],
    p: f64,
}

#[derive(Deserialize)]
struct Adjusted {
    p: Vec<f64>,
    adjusted: Vec<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../tests/reference/statistics.json")).unwrap()
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1e-6), "{a} and {b}");
}

#[test]
fn students_quantiles_and_tails_are_those_of_scipy() {
    let reference = reference();
    for (freedom, wanted) in reference.quantiles {
        near(quantile(freedom).unwrap(), wanted);
    }
    for (t, freedom, wanted) in reference.two_sided {
        near(two_sided(t, freedom).unwrap(), wanted);
    }
    assert_eq!((quantile(0), two_sided(1.0, 0)), (None, None));
    assert_eq!(two_sided(f64::NAN, 3), None);
    near(two_sided(f64::INFINITY, 3).unwrap(), 0.0);
}

#[test]
fn the_corrected_resampled_t_test_is_that_of_scikit_learns_example() {
    for case in reference().corrected {
        let overlap = Overlap::of(case.training, case.test);
        let summary = Summary::of(case.values).unwrap();
        let [low, high] = summary.interval(overlap).unwrap();
        near(low, case.interval[0]);
        near(high, case.interval[1]);
        near(summary.p(case.bound, overlap).unwrap(), case.p);
    }
}

/// By hand: differences −1 and −3 have the mean −2 and s² = 2; with t₀.₉₇₅ = 12.7062 for one degree
/// of freedom and half as many test as training digits the half width is 12.7062 √(2 (1/2 + 1/2)).
#[test]
fn shared_digits_widen_an_interval() {
    let of = |overlap| {
        let paired = Paired::of(&[1.0, 0.0], &[2.0, 3.0], overlap).unwrap();
        paired.interval.unwrap()
    };
    let [low, high] = of(Overlap::of(2, 1));
    near((high - low) / 2.0, 12.706_204_736_174_7 * 2f64.sqrt());
    let [low, high] = of(Overlap::NONE);
    near((high - low) / 2.0, 12.706_204_736_174_7);
}

#[test]
fn holms_correction_is_that_of_statsmodels() {
    let reference = reference().holm;
    for (ours, theirs) in holm(&reference.p).into_iter().zip(reference.adjusted) {
        near(ours, theirs);
    }
    assert!(holm(&[]).is_empty());
}

#[test]
fn one_value_has_no_deviation() {
    let summary = Summary::of(vec![2.0]).unwrap();
    assert_eq!((summary.mean, summary.sd), (2.0, None));
    assert_eq!(summary.interval(Overlap::NONE), None);
    assert_eq!(summary.p(0.0, Overlap::NONE), None);
    assert_eq!(Summary::of(Vec::new()), None);
}

#[test]
fn what_is_not_finite_decides_nothing() {
    let summary = Summary::of(vec![1.0, f64::NAN, 2.0]).unwrap();
    assert_eq!(summary.interval(Overlap::NONE), None);
    assert_eq!(summary.p(0.0, Overlap::NONE), None);
}

#[test]
fn values_without_spread_are_the_bound_or_not() {
    let summary = Summary::of(vec![0.5; 3]).unwrap();
    assert_eq!(summary.p(0.5, Overlap::NONE), Some(1.0));
    assert_eq!(summary.p(0.0, Overlap::NONE), Some(0.0));
}

#[test]
fn a_pair_counts_where_the_first_is_smaller() {
    let paired = Paired::of(&[1.0, 2.0, 3.0], &[2.0, 2.0, 5.0], Overlap::NONE).unwrap();
    near(paired.difference.mean, -1.0);
    assert_eq!(paired.below, 2);
}
