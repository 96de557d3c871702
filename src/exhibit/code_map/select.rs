//! Which points of a map somebody has gone round, and how many of each class they are.

/// Which of `points` lie in the box between two corners, ascending; the border belongs to it.
#[must_use]
pub fn in_box(points: &[[f32; 2]], a: [f32; 2], b: [f32; 2]) -> Vec<usize> {
    let within = |point: &[f32; 2]| {
        (0..2).all(|axis| {
            let (low, high) = (a[axis].min(b[axis]), a[axis].max(b[axis]));
            (low..=high).contains(&point[axis])
        })
    };
    positions(points, within)
}

/// Which of `points` lie within the closed line through `corners`, ascending: those from which a ray crosses it an odd
/// number of times.
#[must_use]
pub fn in_loop(points: &[[f32; 2]], corners: &[[f32; 2]]) -> Vec<usize> {
    let within = |&[x, y]: &[f32; 2]| {
        let mut inside = false;
        let mut before = corners.last();
        for corner in corners {
            if let Some(from) = before
                && (from[1] > y) != (corner[1] > y)
            {
                let share = (y - from[1]) / (corner[1] - from[1]);
                inside ^= x < from[0] + share * (corner[0] - from[0]);
            }
            before = Some(corner);
        }
        inside
    };
    positions(points, within)
}

fn positions(points: &[[f32; 2]], within: impl Fn(&[f32; 2]) -> bool) -> Vec<usize> {
    let inside = points.iter().enumerate().filter(|(_, point)| within(point));
    inside.map(|(at, _)| at).collect()
}

/// How many of the `chosen` have each class, ascending by class; none without `labels`.
#[must_use]
pub fn by_class(labels: Option<&[u8]>, chosen: &[usize]) -> Vec<(u8, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for label in chosen.iter().filter_map(|&at| labels?.get(at)) {
        *counts.entry(*label).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [[f32; 2]; 5] = [[0.0, 0.0], [1.0, 1.0], [2.0, 0.5], [3.0, 3.0], [-1.0, 2.0]];

    #[test]
    fn a_box_has_what_lies_between_its_corners_whichever_they_are() {
        for (a, b) in [([0.0, 0.0], [2.0, 1.0]), ([2.0, 0.0], [0.0, 1.0])] {
            assert_eq!(in_box(&POINTS, a, b), [0, 1, 2]);
            assert_eq!(in_box(&POINTS, b, a), [0, 1, 2]);
        }
        assert!(in_box(&POINTS, [5.0, 5.0], [6.0, 6.0]).is_empty());
    }

    #[test]
    fn a_loop_has_what_it_goes_round_dents_and_all() {
        let triangle = [[-0.5, -0.5], [2.5, -0.5], [1.0, 1.5]];
        assert_eq!(in_loop(&POINTS, &triangle), [0, 1]);
        // A dent from above, whose edges go through (1, 0.9), leaves the points (1, 1) and (3, 3) out.
        let dented = [
            [-2.0, -1.0],
            [4.0, -1.0],
            [4.0, 4.0],
            [1.0, 0.9],
            [-2.0, 4.0],
        ];
        assert_eq!(in_loop(&POINTS, &dented), [0, 2, 4]);
        assert!(in_loop(&POINTS, &[]).is_empty());
        assert!(in_loop(&POINTS, &triangle[..2]).is_empty());
    }

    #[test]
    fn classes_are_counted() {
        let labels = [7, 3, 7, 1, 7];
        assert_eq!(by_class(Some(&labels), &[0, 1, 2]), [(3, 1), (7, 2)]);
        assert!(by_class(None, &[0, 1]).is_empty());
        assert!(by_class(Some(&labels), &[]).is_empty());
    }
}
