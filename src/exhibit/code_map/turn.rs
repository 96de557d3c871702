//! Orthogonal Procrustes in the plane: the rotation or reflection that brings points nearest to others.
//!
//! R of least ‖A R − B‖ maximises tr(RᵀM), M = `AᵀB`. A rotation by θ has the trace
//! cos θ (M₀₀ + M₁₁) + sin θ (M₀₁ − M₁₀), a reflection cos θ (M₀₀ − M₁₁) + sin θ (M₀₁ + M₁₀); each is largest at the
//! angle of its two sums, and the larger of the two wins (Schönemann 1966, in two dimensions).

/// A rotation of the plane about its origin, or a reflection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn([[f32; 2]; 2]);

impl Default for Turn {
    fn default() -> Self {
        Self::NONE
    }
}

impl Turn {
    /// None at all.
    pub const NONE: Self = Self([[1.0, 0.0], [0.0, 1.0]]);

    /// The one that brings the points `from` nearest to the points `to`, pair by pair; none where there is nothing to
    /// go by.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a sine and a cosine")]
    pub fn nearest(from: &[[f32; 2]], to: &[[f32; 2]]) -> Self {
        let mut m = [[0.0_f64; 2]; 2];
        for (a, b) in from.iter().zip(to) {
            for (row, &a) in m.iter_mut().zip(a) {
                for (sum, &b) in row.iter_mut().zip(b) {
                    *sum += f64::from(a) * f64::from(b);
                }
            }
        }
        let rotated = (m[0][1] - m[1][0], m[0][0] + m[1][1]);
        let reflected = (m[0][1] + m[1][0], m[0][0] - m[1][1]);
        if !(rotated.0 + rotated.1 + reflected.0 + reflected.1).is_finite() {
            return Self::NONE;
        }
        if rotated.0.hypot(rotated.1) >= reflected.0.hypot(reflected.1) {
            let (sin, cos) = rotated.0.atan2(rotated.1).sin_cos();
            let (sin, cos) = (sin as f32, cos as f32);
            Self([[cos, sin], [-sin, cos]])
        } else {
            let (sin, cos) = reflected.0.atan2(reflected.1).sin_cos();
            let (sin, cos) = (sin as f32, cos as f32);
            Self([[cos, sin], [sin, -cos]])
        }
    }

    /// A point turned: x R.
    #[must_use]
    pub fn apply(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [[a, b], [c, d]] = self.0;
        [x * a + y * c, x * b + y * d]
    }

    /// A point turned back: x Rᵀ.
    #[must_use]
    pub fn back(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [[a, b], [c, d]] = self.0;
        [x * a + y * b, x * c + y * d]
    }

    /// R.
    #[must_use]
    pub fn matrix(self) -> [[f32; 2]; 2] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        turns: Vec<[[f64; 2]; 2]>,
    }

    /// The script's `table` of two columns.
    fn points(rows: usize, phase: f64) -> Vec<[f32; 2]> {
        let value = |i: f64, j: f64| {
            (((i + 1.0) * (j + 2.0) * 0.37 + phase).sin() + 0.3 * (1.7 * i + j).cos()) as f32
        };
        let point = |i: usize| [value(i as f64, 0.0), value(i as f64, 1.0)];
        (0..rows).map(point).collect()
    }

    #[test]
    fn agrees_with_scipy() {
        let text = include_str!("../../../tests/reference/code_map.json");
        let wanted: Reference = serde_json::from_str(text).unwrap();
        let (first, second) = (points(12, 0.3), points(12, 1.4));
        let mirrored: Vec<_> = second.iter().map(|&[x, y]| [x, -y]).collect();
        assert_eq!(wanted.turns.len(), 2);
        for (to, wanted) in [second, mirrored].iter().zip(&wanted.turns) {
            let found = Turn::nearest(&first, to).matrix();
            for (found, wanted) in found.iter().flatten().zip(wanted.iter().flatten()) {
                assert!(
                    (f64::from(*found) - wanted).abs() < 1e-5,
                    "{found} for {wanted}"
                );
            }
        }
    }

    #[test]
    fn a_turn_is_found_again_and_undone() {
        let points = points(20, 0.0);
        for turn in [
            Turn([[0.6, 0.8], [-0.8, 0.6]]),
            Turn([[-1.0, 0.0], [0.0, 1.0]]),
            Turn([[0.0, 1.0], [1.0, 0.0]]),
        ] {
            let turned: Vec<_> = points.iter().map(|&p| turn.apply(p)).collect();
            let found = Turn::nearest(&points, &turned);
            for (&point, &wanted) in points.iter().zip(&turned) {
                let (got, back) = (found.apply(point), turn.back(wanted));
                for axis in 0..2 {
                    assert!((got[axis] - wanted[axis]).abs() < 1e-5);
                    assert!((back[axis] - point[axis]).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn with_nothing_to_go_by_nothing_turns() {
        assert_eq!(Turn::nearest(&[], &[]), Turn::NONE);
        assert_eq!(Turn::nearest(&[[0.0; 2]; 3], &[[1.0, 2.0]; 3]), Turn::NONE);
        assert_eq!(Turn::nearest(&[[f32::NAN; 2]], &[[1.0, 2.0]]), Turn::NONE);
    }
}
