//! The codes on show on their two leading principal axes, and where another code is among them.

use ndarray::{Array2, ArrayView2};

use crate::baseline::Pca;

/// The plane of the two directions in which the codes on show differ most.
pub struct Plane {
    pca: Pca,
    /// Which way the axes point: 1 or −1 each.
    signs: [f32; 2],
    /// The codes' scores, in the order of the images; the second is 0 where the codes lie on a line.
    pub points: Vec<[f32; 2]>,
}

impl Plane {
    /// Of `codes` (N×Nc). Axes point the way that they pointed in the plane `before`, if that is of as many images:
    /// so the picture of a network that goes on does not jump. `None` if all codes are one.
    #[must_use]
    pub fn of(codes: ArrayView2<'_, f32>, before: Option<&Self>) -> Option<Self> {
        let pca = Pca::fit(codes, 2, 0, &|| false).ok()?;
        if pca.components() == 0 {
            return None;
        }
        let mut points = pairs(&pca.project(codes));
        let before = before.filter(|before| before.points.len() == points.len());
        let signs = [0, 1].map(|axis| {
            let along = match before {
                Some(before) => {
                    let both = points.iter().zip(&before.points);
                    both.map(|(now, then)| now[axis] * then[axis]).sum()
                }
                None => furthest(&points, axis),
            };
            if along < 0.0 { -1.0 } else { 1.0 }
        });
        for point in &mut points {
            *point = turned(*point, signs);
        }
        Some(Self { pca, signs, points })
    }

    /// Where a code (1×Nc) is.
    #[must_use]
    pub fn place(&self, code: ArrayView2<'_, f32>) -> [f32; 2] {
        let places = pairs(&self.pca.project(code));
        let place = places.first().copied().unwrap_or_default();
        turned(place, self.signs)
    }
}

/// The scores of each row, of which there are one or two.
fn pairs(scores: &Array2<f32>) -> Vec<[f32; 2]> {
    let pair = |row: ndarray::ArrayView1<'_, f32>| [row[0], row.get(1).copied().unwrap_or(0.0)];
    scores.outer_iter().map(pair).collect()
}

/// The coordinate of the point that is furthest out along an axis.
fn furthest(points: &[[f32; 2]], axis: usize) -> f32 {
    let along = points.iter().map(|point| point[axis]);
    along.fold(
        0.0,
        |most: f32, one| {
            if one.abs() > most.abs() { one } else { most }
        },
    )
}

fn turned(point: [f32; 2], signs: [f32; 2]) -> [f32; 2] {
    [point[0] * signs[0], point[1] * signs[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes in three dimensions that differ most along the second, then the third.
    fn codes() -> Array2<f32> {
        Array2::from_shape_fn((40, 3), |(i, axis)| {
            // Whole turns, so that no two of the directions go together.
            let turn = i as f32 * std::f32::consts::TAU / 40.0;
            [
                0.01 * turn.sin(),
                5.0 + 3.0 * turn.cos() + 0.5 * (4.0 * turn).cos(),
                (2.0 * turn).sin() + 0.3 * (6.0 * turn).cos(),
            ][axis]
        })
    }

    #[test]
    fn the_plane_is_of_the_two_greatest_variances() {
        let codes = codes();
        let plane = Plane::of(codes.view(), None).unwrap();
        let mean = codes.mean_axis(ndarray::Axis(0)).unwrap();
        for (point, code) in plane.points.iter().zip(codes.outer_iter()) {
            let centred = &code - &mean;
            // The axes are those of the space, up to their direction.
            assert!((point[0].abs() - centred[1].abs()).abs() < 1e-2);
            assert!((point[1].abs() - centred[2].abs()).abs() < 1e-2);
        }
        let seventh = codes.select(ndarray::Axis(0), &[7]);
        let (place, point) = (plane.place(seventh.view()), plane.points[7]);
        assert!((place[0] - point[0]).abs() < 1e-5 && (place[1] - point[1]).abs() < 1e-5);
    }

    #[test]
    fn axes_point_where_they_pointed_before() {
        let codes = codes();
        let first = Plane::of(codes.view(), None).unwrap();
        let turned = codes.mapv(|value| -value);
        let alone = Plane::of(turned.view(), None).unwrap();
        let after = Plane::of(turned.view(), Some(&first)).unwrap();
        for (now, then) in after.points.iter().zip(&first.points) {
            assert!((now[0] - then[0]).abs() < 1e-3 && (now[1] - then[1]).abs() < 1e-3);
        }
        // Whatever came before, the furthest code is on the positive side.
        for plane in [&first, &alone] {
            assert!(furthest(&plane.points, 0) > 0.0 && furthest(&plane.points, 1) > 0.0);
        }
    }

    #[test]
    fn codes_on_a_line_and_codes_that_are_one() {
        let line = Array2::from_shape_fn((9, 1), |(i, _)| i as f32);
        let plane = Plane::of(line.view(), None).unwrap();
        assert!(plane.points.iter().all(|point| point[1] == 0.0));
        assert!((plane.points[8][0] - plane.points[0][0]).abs() > 7.9);
        assert!(Plane::of(Array2::ones((9, 4)).view(), None).is_none());
        assert!(Plane::of(Array2::ones((0, 4)).view(), None).is_none());
    }
}
