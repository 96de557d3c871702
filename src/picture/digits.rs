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
    fn digits_are_magnified_by_whole_numbers() {
        assert_eq!(magnification(200.0, 10.0, 2, 28), 3);
        assert_eq!(magnification(20.0, 10.0, 2, 28), 1);
    }
}
