use super::super::reference::{Reference, assert_close, assert_spectrum, table};
use super::*;

const NEVER: &dyn Fn() -> bool = &|| false;

#[test]
fn agrees_with_scikit_learn() {
    let reference = Reference::read().pca;
    let spread = |rows: Array2<f32>| rows * 3.0 + 10.0;
    let pca = Pca::fit(spread(table(30, 9, 0.0)).view(), 3, 1, NEVER).unwrap();
    for (got, wanted) in pca.mean().iter().zip(&reference.mean) {
        assert!((f64::from(*got) - wanted).abs() < 1e-5);
    }
    assert_spectrum(&pca.variances().to_owned(), &reference.variances, 1e-6);
    assert_close(
        &pca.reconstruct(spread(table(4, 9, 0.5)).view()),
        &reference.reconstructions,
        1e-4,
    );
}

#[test]
fn shrinking_is_wieners_filter_by_numpy() {
    let reference = Reference::read().wiener;
    let pca = Pca::fit(table(40, 9, 0.1).view(), 9, 1, NEVER).unwrap();
    let found = pca.shrink(table(5, 9, 0.7).view(), 0.3 * 0.3);
    assert_close(&found, &reference.restored, 1e-5);
    // Without noise nothing is shrunk.
    let rows = table(5, 9, 0.7);
    let difference = pca.shrink(rows.view(), 0.0) - pca.reconstruct(rows.view());
    assert!(difference.iter().all(|x| x.abs() < 1e-6));
}

#[test]
fn all_components_of_many_columns_are_the_covariances_own() {
    let factors = table(140, 12, 0.3) * &Array1::from_shape_fn(12, |j| 0.7_f32.powi(j as i32));
    let rows = factors.dot(&table(12, 530, 0.8)) + 2.0;
    // More than a quarter of the columns at once, and a few by products alone.
    let pca = Pca::fit(rows.view(), 530, 1, NEVER).unwrap();
    assert!((8..140).contains(&pca.components()));
    let few = Pca::fit(rows.view(), 8, 1, NEVER).unwrap();
    let all = pca.variances().to_vec();
    assert_spectrum(&few.variances().to_owned(), &all[..8], 1e-5);
    assert!(
        (&pca.reconstruct(rows.view()) - &rows)
            .iter()
            .all(|d| d.abs() < 1e-2)
    );
}

/// 90 rows of 700 numbers whose variances fall off.
fn wide() -> Array2<f32> {
    let factors = table(90, 12, 0.3) * &Array1::from_shape_fn(12, |j| 0.7_f32.powi(j as i32));
    factors.dot(&table(12, 700, 0.8)) + 2.0
}

#[test]
fn many_columns_take_the_implicit_way_to_the_same_result() {
    let rows = wide();
    let pca = Pca::fit(rows.view(), 8, 1, NEVER).unwrap();
    let mut tiles = Tiles {
        shape: rows.dim(),
        gather: |range: Range<usize>, mut tile: ArrayViewMut2<'_, f32>| {
            tile.assign(&rows.slice(s![range, ..]));
        },
    };
    let mean = tiles.mean();
    let (values, vectors) = symmetric_eigen(tiles.scatter(&mean).view()).unwrap();
    assert_spectrum(
        &pca.variances().to_owned(),
        &(values / 89.0).to_vec()[..8],
        1e-5,
    );
    let axes = narrow(&vectors).slice(s![.., ..8]).to_owned();
    let wanted = (&rows - &mean).dot(&axes).dot(&axes.t()) + &mean;
    assert!(
        (&pca.reconstruct(rows.view()) - &wanted)
            .iter()
            .all(|d| d.abs() < 1e-3)
    );
}

#[test]
fn more_components_than_rank_are_clamped() {
    for rows in [wide(), table(20, 30, 0.1)] {
        let pca = Pca::fit(rows.view(), 500, 1, NEVER).unwrap();
        assert!(pca.components() < 20, "{} components", pca.components());
        assert!(
            (&pca.reconstruct(rows.view()) - &rows)
                .iter()
                .all(|d| d.abs() < 1e-2)
        );
    }
    for d in [7, 600] {
        let same = Pca::fit(Array2::from_elem((25, d), 0.4).view(), 5, 1, NEVER).unwrap();
        assert_eq!(same.components(), 0);
        let back = same.reconstruct(Array2::from_elem((2, d), 0.9).view());
        assert!(back.iter().all(|x| (x - 0.4).abs() < 1e-6));
    }
}

#[test]
fn scores_do_not_correlate_and_have_the_variances() {
    let rows = table(3000, 6, 0.2);
    let pca = Pca::fit(rows.view(), 4, 1, NEVER).unwrap();
    let scores = pca.project(rows.view()).mapv(f64::from);
    let covariance = scores.t().dot(&scores) / 2999.0;
    for ((i, j), &x) in covariance.indexed_iter() {
        let wanted = if i == j { pca.variances()[i] } else { 0.0 };
        assert!((x - wanted).abs() < 1e-5, "[{i}, {j}]: {x} for {wanted}");
    }
}

#[test]
fn errors_are_reported() {
    let rows = table(5, 600, 0.0);
    assert_eq!(
        Pca::fit(rows.view(), 2, 1, &|| true).unwrap_err(),
        BaselineError::Cancelled
    );
    assert!(matches!(
        Pca::fit(rows.slice(s![..0, ..]), 2, 1, NEVER),
        Err(BaselineError::TooFewSamples { .. })
    ));
    let broken = Array2::from_elem((5, 4), f32::NAN);
    assert!(matches!(
        Pca::fit(broken.view(), 2, 1, NEVER),
        Err(BaselineError::Eigen(_))
    ));
}
