use ndarray::Array2;

use super::*;

const NEVER: &dyn Fn() -> bool = &|| false;

/// A product with H D H, where H = I − 2uuᵀ/‖u‖² and D is diagonal: the spectrum is D's.
fn reflected(values: &[f64]) -> impl Fn(ArrayView2<'_, f32>) -> Array2<f32> + use<> {
    let n = values.len();
    let u = Array1::from_shape_fn(n, |i| (i as f64 * 0.7).sin() + 0.3);
    let values = Array1::from(values.to_vec());
    move |v| {
        let reflect = |x: Array2<f64>| {
            let c = u.dot(&x) * (2.0 / u.dot(&u));
            let outer = Array2::from_shape_fn(x.dim(), |(i, j)| u[i] * c[j]);
            x - outer
        };
        let x = reflect(v.mapv(f64::from)) * values.view().insert_axis(Axis(1));
        reflect(x).mapv(|x| x as f32)
    }
}

fn decaying(n: usize) -> Vec<f64> {
    (0..n).map(|i| 50.0 / (1.0 + i as f64).powf(1.3)).collect()
}

/// Largest relative residual, from the definition.
fn true_residual(pairs: &Eigenpairs, apply: impl Fn(ArrayView2<'_, f32>) -> Array2<f32>) -> f64 {
    let image = apply(pairs.vectors.view()).mapv(f64::from);
    let wanted = pairs.vectors.mapv(f64::from) * &pairs.values;
    let difference = image - wanted;
    let largest = difference
        .columns()
        .into_iter()
        .map(|c| c.dot(&c).sqrt())
        .fold(0.0, f64::max);
    largest / pairs.values[0]
}

#[test]
fn small_decomposition_gives_the_matrix_back() {
    let n = 23;
    let b = Array2::from_shape_fn((n, n), |(i, j)| ((i * 7 + j * 3) as f64).sin());
    let a = &b + &b.t();
    let (values, vectors) = symmetric_eigen(a.view()).unwrap();
    assert!(values.windows(2).into_iter().all(|w| w[0] >= w[1]));
    let back = (&vectors * &values).dot(&vectors.t());
    assert!((&back - &a).iter().all(|d| d.abs() < 1e-11));
    let alone = symmetric_eigenvalues(a.view()).unwrap();
    assert!((&alone - &values).iter().all(|d| d.abs() < 1e-11));
    assert!(
        symmetric_eigenvalues(Array2::zeros((0, 0)).view())
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        symmetric_eigen(Array2::from_elem((2, 2), f64::NAN).view()),
        Err(EigenError::NotFinite)
    );
}

#[test]
fn leading_pairs_have_the_spectrum_and_the_residual_asked_for() {
    for (n, count) in [(900, 32), (400, 100), (40, 40), (5, 9), (1, 1)] {
        let spectrum = decaying(n);
        let apply = reflected(&spectrum);
        let pairs = leading_eigenpairs(n, count, &apply, 3, 1e-4, NEVER).unwrap();
        assert_eq!(pairs.vectors.dim(), (n, count.min(n)));
        assert!(
            true_residual(&pairs, &apply) < 1.1e-4,
            "n = {n}: {}",
            true_residual(&pairs, &apply)
        );
        for (got, wanted) in pairs.values.iter().zip(&spectrum) {
            assert!(
                (got - wanted).abs() < 1e-4 * spectrum[0],
                "n = {n}: {got} for {wanted}"
            );
        }
        let gram = pairs.vectors.t().dot(&pairs.vectors);
        assert!(
            gram.indexed_iter()
                .all(|((i, j), &x)| (x - f32::from(i == j)).abs() < 1e-4)
        );
    }
}

#[test]
fn a_flat_spectrum_needs_restarts_and_still_converges() {
    let spectrum: Vec<f64> = (0..1500).map(|i| 1.0 - 0.5 * i as f64 / 1500.0).collect();
    let apply = reflected(&spectrum);
    let pairs = leading_eigenpairs(1500, 4, &apply, 1, 1e-4, NEVER).unwrap();
    assert!(
        pairs.applications > (4 * 4 + 8 * 32) / 32,
        "no restart was needed"
    );
    assert!(true_residual(&pairs, &apply) < 1.2e-4);
    assert!((pairs.values[0] - 1.0).abs() < 1e-4);
}

#[test]
fn an_operator_of_low_rank_is_completed_by_zeros() {
    let mut spectrum = vec![0.0; 300];
    spectrum[..5].copy_from_slice(&[9.0, 5.0, 5.0, 2.0, 1.0]);
    let pairs = leading_eigenpairs(300, 50, reflected(&spectrum), 1, 1e-4, NEVER).unwrap();
    for (got, wanted) in pairs.values.iter().zip(&spectrum) {
        assert!((got - wanted).abs() < 1e-4, "{got} for {wanted}");
    }
    let zero = leading_eigenpairs(100, 3, |v| Array2::zeros(v.dim()), 1, 1e-4, NEVER).unwrap();
    assert!(zero.values.iter().all(|&x| x == 0.0));
}

#[test]
fn all_pairs_of_a_low_rank_are_found_in_a_space_that_they_almost_fill() {
    for (n, rank) in [(105, 10), (203, 10), (350, 40), (512, 3), (140, 139)] {
        let mut spectrum = vec![0.0; n];
        for (i, value) in spectrum[..rank].iter_mut().enumerate() {
            *value = 40.0 - 30.0 * i as f64 / n as f64;
        }
        let pairs = leading_eigenpairs(n, n, reflected(&spectrum), 1, 1e-5, NEVER).unwrap();
        assert_eq!(pairs.values.len(), n);
        for (got, wanted) in pairs.values.iter().zip(&spectrum) {
            assert!((got - wanted).abs() < 1e-3, "n = {n}: {got} for {wanted}");
        }
        let gram = pairs.vectors.t().dot(&pairs.vectors);
        let unit = |((i, j), &x): ((usize, usize), &f32)| (x - f32::from(i == j)).abs() < 1e-4;
        assert!(gram.indexed_iter().all(unit), "n = {n}");
    }
}

#[test]
fn the_seed_decides_and_cancel_and_nan_end_it() {
    let apply = reflected(&decaying(200));
    let run = |seed| leading_eigenpairs(200, 8, &apply, seed, 1e-4, NEVER).unwrap();
    assert_eq!(run(1).vectors, run(1).vectors);
    assert_ne!(run(1).vectors, run(2).vectors);
    let calls = std::cell::Cell::new(0);
    let counted = |v: ArrayView2<'_, f32>| {
        calls.set(calls.get() + 1);
        apply(v)
    };
    let cancelled = leading_eigenpairs(200, 8, counted, 1, 1e-4, &|| calls.get() == 1);
    assert_eq!(cancelled.unwrap_err(), EigenError::Cancelled);
    assert_eq!(calls.get(), 1);
    let broken = leading_eigenpairs(
        50,
        2,
        |v| Array2::from_elem(v.dim(), f32::NAN),
        1,
        1e-4,
        NEVER,
    );
    assert_eq!(broken.unwrap_err(), EigenError::NotFinite);
}
