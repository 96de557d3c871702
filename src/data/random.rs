//! Seeded choices: independent streams of one seed, and a shuffle whose result never changes.
//!
//! One seed feeds many consumers (the choice of the samples, the split, the noise). Each draws
//! from a stream of its own, so that no two see the same numbers.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// The generator of stream `stream` under `seed`.
///
/// Streams are numbered by whoever owns them; different numbers give unrelated sequences.
#[must_use]
pub fn generator(seed: u64, stream: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(mix(mix(seed) ^ stream))
}

/// Brings `count` items, drawn without replacement, to the front of `items` in random order
/// (Fisher and Yates); all of them if `count` is no less than their number.
///
/// Written out here because the library's shuffle may change from version to version, and the
/// digits compiled into the program have to stay the ones that this picks. The first m of n drawn
/// items are the m that would be drawn alone.
pub fn shuffle<T>(items: &mut [T], count: usize, rng: &mut impl Rng) {
    let last = items.len().saturating_sub(1);
    for position in 0..count.min(last) {
        let other = position + below(items.len() - position, rng);
        items.swap(position, other);
    }
}

/// A number from 0 to `bound` − 1; the bias is below `bound` / 2⁶⁴.
fn below(bound: usize, rng: &mut impl Rng) -> usize {
    let wide = u128::from(rng.next_u64()) * bound as u128;
    usize::try_from(wide >> 64).expect("less than `bound`, which is a usize")
}

/// Spreads neighbouring numbers over all 64 bits (the finaliser of `SplitMix64`).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_is_a_permutation_and_its_start_does_not_depend_on_the_count() {
        let draw = |count| {
            let mut items: Vec<usize> = (0..100).collect();
            shuffle(&mut items, count, &mut generator(5, 1));
            items
        };
        let whole = draw(100);
        let mut sorted = whole.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_ne!(whole, sorted);
        assert_eq!(draw(17)[..17], whole[..17]);
        assert_eq!(draw(1000), whole);
    }

    #[test]
    fn every_place_is_equally_likely() {
        let mut counts = [[0_usize; 4]; 4];
        let mut rng = generator(11, 0);
        for _ in 0..40_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut items, 4, &mut rng);
            for (place, &item) in items.iter().enumerate() {
                counts[item][place] += 1;
            }
        }
        // 10,000 expected; five standard deviations are 433.
        for count in counts.iter().flatten() {
            assert!(count.abs_diff(10_000) < 433, "{counts:?}");
        }
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| generator(seed, stream).next_u64();
        let mut all: Vec<u64> = (0..40)
            .flat_map(|s| (0..40).map(move |t| first(s, t)))
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1600);
    }

    #[test]
    fn nothing_and_a_single_item_are_left_alone() {
        let mut none: [u8; 0] = [];
        shuffle(&mut none, 3, &mut generator(0, 0));
        let mut one = [9];
        shuffle(&mut one, 3, &mut generator(0, 0));
        assert_eq!(one, [9]);
    }
}
