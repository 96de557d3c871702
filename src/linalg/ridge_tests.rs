use super::*;
use crate::linalg::Cholesky;

fn problem(n: usize) -> (Array2<f32>, Array2<f32>) {
    let points = Array2::from_shape_fn((n, 6), |(i, j)| ((i * (3 * j + 7)) as f32 * 0.613).sin());
    let targets = Array2::from_shape_fn((n, 9), |(i, j)| match j {
        2 | 7 => 0.0,
        4 => f32::from(u8::from(i == 17)),
        _ => ((i * (j + 1)) as f32 * 0.29).cos() * points[[i, j % 6]],
    });
    (points, targets)
}

/// K + αI from the definition, in `f64`.
fn dense(points: &Array2<f32>, sigma: f64, ridge: f64) -> Array2<f64> {
    Array2::from_shape_fn((points.nrows(), points.nrows()), |(i, j)| {
        let d2: f64 = points
            .row(i)
            .iter()
            .zip(points.row(j))
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum();
        (-d2 / (2.0 * sigma * sigma)).exp() + if i == j { ridge } else { 0.0 }
    })
}

#[test]
fn agrees_with_the_dense_solution() {
    let (points, targets) = problem(700);
    for ridge in [0.5, 0.05] {
        let kernel = GaussianKernel::new(points.view(), 1.3);
        let solution = ridge_solve(&kernel, targets.view(), ridge, 1e-4, 5, &|| false).unwrap();
        assert_eq!(solution.columns, [0, 1, 3, 4, 5, 6, 8]);
        assert!(solution.residual <= 1e-4);
        let system = dense(&points, 1.3, ridge);
        let y = targets.select(Axis(1), &solution.columns).mapv(f64::from);
        let x = solution.weights.mapv(f64::from);
        let true_residual = &y - &system.dot(&x);
        let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!(
            norm(&true_residual) <= 1.5e-4 * norm(&y),
            "{}",
            norm(&true_residual) / norm(&y)
        );
        // ‖X − X*‖ ≤ ‖residual‖ / α.
        let exact = Cholesky::<f64>::new(system.view()).unwrap().solve(y.view());
        assert!(norm(&(&exact - &x)) <= 1.5e-4 * norm(&y) / ridge);
    }
}

#[test]
fn coinciding_points_are_no_obstacle() {
    let points = Array2::from_elem((60, 3), 2.0_f32);
    let targets = Array2::from_elem((60, 2), 0.5_f32);
    let kernel = GaussianKernel::new(points.view(), 1.0);
    let solution = ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 1, &|| false).unwrap();
    // (60 + α) x = 1/2 for each of them.
    assert!(
        solution
            .weights
            .iter()
            .all(|x| (x - 0.5 / 60.5).abs() < 1e-5)
    );
}

#[test]
fn zero_targets_bad_ridges_and_cancel() {
    let (points, targets) = problem(300);
    let kernel = GaussianKernel::new(points.view(), 1.0);
    let solve = |targets: &Array2<f32>, ridge| {
        ridge_solve(&kernel, targets.view(), ridge, 1e-4, 1, &|| false)
    };
    let nothing = solve(&Array2::zeros((300, 4)), 0.5).unwrap();
    assert_eq!((nothing.columns.len(), nothing.iterations), (0, 0));
    for ridge in [0.0, -1.0, f64::NAN] {
        assert!(matches!(solve(&targets, ridge), Err(RidgeError::Ridge(_))));
    }
    let broken = Array2::from_elem((300, 1), f32::NAN);
    assert_eq!(solve(&broken, 0.5).unwrap_err(), RidgeError::NotFinite);
    let cancelled = ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 1, &|| true);
    assert_eq!(cancelled.unwrap_err(), RidgeError::Cancelled);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (points, targets) = problem(500);
    let kernel = GaussianKernel::new(points.view(), 1.0);
    let solve = || {
        ridge_solve(&kernel, targets.view(), 0.5, 1e-4, 3, &|| false)
            .unwrap()
            .weights
    };
    assert_eq!(solve(), solve());
}

#[test]
fn columns_in_groups_have_the_weights_they_have_together() {
    let n = 1_200;
    let (points, _) = problem(n);
    let targets = Array2::from_shape_fn((n, 70), |(i, j)| ((i * (j + 3)) as f32 * 0.017).sin());
    let kernel = GaussianKernel::new(points.view(), 1.3);
    let preconditioner = Nystrom::new(&kernel, 0.5, 300, 5, &|| false);
    let system = System {
        kernel: &kernel,
        ridge: 0.5,
        preconditioner: preconditioner.unwrap_or_else(|_| panic!("the points are finite")),
        cancel: &|| false,
    };
    let together = system.solve(targets.clone(), 7e-7, 1.0).unwrap();
    let mut apart = targets.clone();
    for mut group in apart.axis_chunks_iter_mut(Axis(1), 32) {
        let solved = system.solve(group.to_owned(), 3e-7, 1.0).unwrap();
        group.assign(&solved.weights);
    }
    let difference = (&apart - &together.weights).mapv(f32::abs);
    let largest = difference.iter().copied().fold(0.0, f32::max);
    assert!(largest < 1e-3, "{largest}");
}

#[test]
fn what_small_columns_leave_unused_is_for_the_others() {
    // 1 + 1 + w + w = 8.
    assert!((level(&[7.0, 1.0, 4.0, 1.0], 8.0) - 3.0).abs() < 1e-12);
    assert!(level(&[7.0, 1.0, 4.0, 1.0], 13.0).is_infinite());
    // All alike: the even share.
    assert!((level(&[5.0; 4], 8.0) - 2.0).abs() < 1e-12);
    assert!(level(&[], 0.0).is_infinite());
}
