//! Rows of images as one picture: tiles side by side, a pixel of the picture for a pixel of an image.

use ndarray::ArrayView2;

use super::colour::Lut;
use crate::data::ImageShape;
use crate::exhibit::Scale;

/// A picture made of equally large tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The size of a tile.
    pub tile: ImageShape,
    /// Tiles in a row.
    pub columns: usize,
    /// Rows of tiles.
    pub rows: usize,
}

impl Sheet {
    /// Pixels from left to right.
    #[must_use]
    pub fn width(self) -> usize {
        self.columns * self.tile.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(self) -> usize {
        self.rows * self.tile.height
    }

    /// Writes image `images[index]` (N×d, in [0, 1]; beyond is cut) into the tile at `row` and
    /// `column`, four bytes a pixel.
    ///
    /// # Panics
    ///
    /// If the tile lies outside the picture or the image has another size than the tiles.
    pub fn draw(
        self,
        (row, column): (usize, usize),
        images: &ArrayView2<'_, f32>,
        index: usize,
        lut: &Lut,
        out: &mut [u8],
    ) {
        assert!(
            row < self.rows && column < self.columns,
            "a tile of the sheet"
        );
        let image = images.row(index);
        assert_eq!(
            image.len(),
            self.tile.pixels(),
            "an image of the tile's size"
        );
        let scale = Scale {
            low: 0.0,
            high: 1.0,
        };
        let mut values = image.iter();
        for y in 0..self.tile.height {
            let start = (row * self.tile.height + y) * self.width() + column * self.tile.width;
            let (line, _) = out[4 * start..][..4 * self.tile.width].as_chunks_mut::<4>();
            for (pixel, &value) in line.iter_mut().zip(values.by_ref()) {
                *pixel = lut[usize::from(scale.index(value))];
            }
        }
    }
}

/// Which of `count` digits a row of `columns` shows: evenly spread, so that digits sorted by
/// class show every class.
#[must_use]
pub fn spread(count: usize, columns: usize) -> Vec<usize> {
    let shown = columns.min(count);
    (0..shown)
        .map(|column| (2 * column + 1) * count / (2 * shown))
        .collect()
}

/// Which of `count` digits a row of `columns` shows, given their classes in ascending order: the
/// first of every class, then the second of every class, and so on; without classes, evenly spread.
#[must_use]
pub fn one_of_each(labels: Option<&[u8]>, count: usize, columns: usize) -> Vec<usize> {
    let Some(labels) = labels.filter(|labels| labels.len() == count) else {
        return spread(count, columns);
    };
    let mut start = 0;
    let classes: Vec<_> = labels
        .chunk_by(|a, b| a == b)
        .map(|class| {
            let first = start;
            start += class.len();
            first..start
        })
        .collect();
    let most = classes.iter().map(ExactSizeIterator::len).max();
    (0..most.unwrap_or(0))
        .flat_map(|nth| {
            classes
                .iter()
                .filter_map(move |class| class.clone().nth(nth))
        })
        .take(columns)
        .collect()
}

/// The largest whole number of screen pixels a pixel of an image can have, so that `tiles` of
/// them and `gaps` fit into `space`, all in screen pixels; at least 1.
#[must_use]
pub fn magnification(space: f32, gaps: f32, tiles: usize, pixels: usize) -> usize {
    let fits = (space - gaps) / (tiles * pixels).max(1) as f32;
    if fits >= 1.0 { fits as usize } else { 1 }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::super::colour;
    use super::*;

    #[test]
    fn a_tile_lands_in_its_place_and_nowhere_else() {
        let sheet = Sheet {
            tile: ImageShape {
                height: 2,
                width: 3,
            },
            columns: 2,
            rows: 2,
        };
        let images = Array2::from_shape_fn((2, 6), |(_, pixel)| pixel as f32 / 5.0);
        let mut out = vec![7; 4 * sheet.width() * sheet.height()];
        sheet.draw((1, 1), &images.view(), 1, colour::greys(true), &mut out);
        let red = |x: usize, y: usize| out[4 * (y * sheet.width() + x)];
        assert_eq!([red(3, 2), red(4, 2), red(5, 2)], [0, 51, 102]);
        assert_eq!([red(3, 3), red(4, 3), red(5, 3)], [153, 204, 255]);
        assert_eq!(out.iter().filter(|&&byte| byte != 7).count(), 4 * 6);
    }

    #[test]
    fn a_row_reaches_every_class() {
        assert_eq!(spread(100, 10), [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
        assert_eq!(spread(3, 10), [0, 1, 2]);
        assert!(spread(0, 10).is_empty());
    }

    #[test]
    fn a_row_begins_with_one_of_each_class() {
        let labels: Vec<u8> = (0..10)
            .flat_map(|class| vec![class; 2 + usize::from(class)])
            .collect();
        let classes = |columns| -> Vec<u8> {
            let chosen = one_of_each(Some(&labels), labels.len(), columns);
            chosen.into_iter().map(|index| labels[index]).collect()
        };
        assert_eq!(classes(10), (0..10).collect::<Vec<_>>());
        assert_eq!(classes(13), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]);
        // There are two zeros only: the third round begins with a one.
        assert_eq!(classes(22)[20..], [1, 2]);
        assert_eq!(one_of_each(Some(&[5, 5, 6]), 3, 20), [0, 2, 1]);
        assert_eq!(one_of_each(None, 100, 10), spread(100, 10));
        assert!(one_of_each(Some(&[]), 0, 10).is_empty());
    }

    #[test]
    fn digits_are_magnified_by_whole_numbers() {
        assert_eq!(magnification(200.0, 10.0, 2, 28), 3);
        assert_eq!(magnification(20.0, 10.0, 2, 28), 1);
    }
}
