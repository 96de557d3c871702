//! Altered copies of images: moved by some pixels, with noise on them.
//!
//! A copy depends on the image, its own number and the seed alone: not on the other images, nor
//! on how many copies there are.

use rand::RngExt;
use rand_distr::StandardNormal;
use rand_pcg::Pcg64Mcg;

use super::dataset::DataSet;
use super::error::DataError;
use super::random::generator;

/// How copies differ from their images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alteration {
    /// Pixels by which a copy is moved at the most, along each axis; what comes in is black. A copy
    /// without noise is never where its image is, unless this is 0.
    pub shift: usize,
    /// Standard deviation of Gaussian noise on the copies' pixels in [0, 1], which are then cut to
    /// that range and rounded to bytes.
    pub noise: f64,
}

impl DataSet {
    /// The images `indices`, then `copies` altered copies of each: first one of every image, then
    /// the second ones, and so on, with their images' labels. Bytes of all are kept: `indices.len()`
    /// · (1 + `copies`) · d.
    ///
    /// # Errors
    ///
    /// [`DataError::TooLarge`] for more than 2³² − 1 images.
    ///
    /// # Panics
    ///
    /// If there is no such image.
    pub fn with_copies(
        &self,
        indices: &[usize],
        copies: usize,
        alteration: &Alteration,
        seed: u64,
    ) -> Result<Self, DataError> {
        let d = self.shape().pixels();
        let mut pixels = Vec::with_capacity(indices.len() * (1 + copies) * d);
        for &index in indices {
            pixels.extend_from_slice(self.image(index));
        }
        for copy in 0..copies {
            for (number, &index) in indices.iter().enumerate() {
                // Numbers of copies are below 2³²: no two share a stream.
                let stream = ((copy as u64) << 32) | number as u64;
                let mut rng = generator(seed, stream);
                let start = pixels.len();
                pixels.resize(start + d, 0);
                self.alter(index, alteration, &mut rng, &mut pixels[start..]);
            }
        }
        let labels = self.labels().map(|labels| {
            let once: Vec<u8> = indices.iter().map(|&index| labels[index]).collect();
            once.repeat(1 + copies)
        });
        Self::new(self.name(), self.shape(), pixels, labels)
    }

    /// An altered copy of image `index` into `out`, which is black.
    fn alter(&self, index: usize, alteration: &Alteration, rng: &mut Pcg64Mcg, out: &mut [u8]) {
        let (height, width) = (self.shape().height, self.shape().width);
        let [down, right] = shift(alteration, rng);
        let image = self.image(index);
        let place = |at: usize, by: i64, size: usize| {
            let at = at as i64 + by;
            usize::try_from(at).ok().filter(|&at| at < size)
        };
        for (row, pixels) in image.chunks_exact(width).enumerate() {
            let Some(row) = place(row, down, height) else {
                continue;
            };
            for (column, &pixel) in pixels.iter().enumerate() {
                if let Some(column) = place(column, right, width) {
                    out[row * width + column] = pixel;
                }
            }
        }
        if alteration.noise > 0.0 {
            for pixel in out {
                let normal: f64 = rng.sample(StandardNormal);
                let noisy = f64::from(*pixel) + 255.0 * alteration.noise * normal;
                *pixel = noisy.round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// By how many pixels a copy is moved, down and to the right.
fn shift(alteration: &Alteration, rng: &mut Pcg64Mcg) -> [i64; 2] {
    let most = alteration.shift as i64;
    loop {
        let by = [(); 2].map(|()| rng.random_range(-most..=most));
        if by != [0, 0] || most == 0 || alteration.noise > 0.0 {
            return by;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;

    fn data() -> DataSet {
        let shape = ImageShape {
            height: 5,
            width: 4,
        };
        let pixels = (0..200_u32).map(|i| (i * 37 % 251) as u8 + 1).collect();
        DataSet::new("copied", shape, pixels, Some((0..10).collect())).unwrap()
    }

    #[test]
    fn a_copy_is_its_image_moved_and_black_where_nothing_was() {
        let (data, indices) = (data(), [7, 0, 3]);
        let alteration = Alteration {
            shift: 1,
            noise: 0.0,
        };
        let pool = data.with_copies(&indices, 40, &alteration, 5).unwrap();
        assert_eq!(pool.len(), 3 * 41);
        let mut seen = std::collections::BTreeSet::new();
        for copy in 0..pool.len() {
            let of = indices[copy % 3];
            assert_eq!(pool.labels().unwrap()[copy], data.labels().unwrap()[of]);
            if copy < 3 {
                assert_eq!(pool.image(copy), data.image(of));
                continue;
            }
            let moved = |down: i64, right: i64| -> Vec<u8> {
                let at = |i: i64| [(i / 4) - down, (i % 4) - right];
                let pixel = |[row, column]: [i64; 2]| {
                    let inside = (0..5).contains(&row) && (0..4).contains(&column);
                    if inside {
                        data.image(of)[(row * 4 + column) as usize]
                    } else {
                        0
                    }
                };
                (0..20).map(|i| pixel(at(i))).collect()
            };
            let shifts = (-1..=1).flat_map(|down| (-1..=1).map(move |right| (down, right)));
            let by = shifts
                .filter(|&(down, right)| moved(down, right) == pool.image(copy))
                .collect::<Vec<_>>();
            assert_eq!(by.len(), 1, "copy {copy}");
            seen.insert(by[0]);
        }
        // All eight, and never none.
        assert!(seen.len() == 8 && !seen.contains(&(0, 0)), "{seen:?}");
    }

    #[test]
    fn a_copy_depends_on_the_seed_and_its_number_alone() {
        let alteration = Alteration {
            shift: 2,
            noise: 0.1,
        };
        let make = |indices: &[usize], copies, seed| {
            data()
                .with_copies(indices, copies, &alteration, seed)
                .unwrap()
        };
        let (few, many) = (make(&[1, 2], 1, 9), make(&[1, 2], 3, 9));
        for index in 0..few.len() {
            assert_eq!(few.image(index), many.image(index));
        }
        let alone = make(&[1], 1, 9);
        assert_eq!(alone.image(1), few.image(2));
        assert_ne!(make(&[1], 1, 8).image(1), few.image(2));
    }

    #[test]
    fn noise_has_its_deviation() {
        let shape = ImageShape {
            height: 50,
            width: 50,
        };
        let data = DataSet::new("grey", shape, vec![128; 2_500], None).unwrap();
        let alteration = Alteration {
            shift: 0,
            noise: 0.1,
        };
        let pool = data.with_copies(&[0], 4, &alteration, 1).unwrap();
        let noise: Vec<f64> = (1..5)
            .flat_map(|copy| pool.image(copy))
            .map(|&byte| (f64::from(byte) - 128.0) / 255.0)
            .collect();
        let mean = noise.iter().sum::<f64>() / 1e4;
        let variance = noise.iter().map(|x| x * x).sum::<f64>() / 1e4 - mean * mean;
        // Five standard errors of 10,000 draws.
        assert!(mean.abs() < 5e-3 && (variance.sqrt() - 0.1).abs() < 4e-3);
        assert!(pool.labels().is_none());
    }
}
