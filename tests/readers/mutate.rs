//! Damage as it happens, and as somebody would do it on purpose: bits, lengths, pieces of other
//! files, numbers that are too large.

use proptest::prelude::*;
use proptest::sample::Index;

/// Lengths that readers stumble over.
const LENGTHS: [u64; 14] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_fff8,
    u64::MAX,
];

/// Texts in the place of a number.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "-1",
    "-0.0",
    "2",
    "1e999",
    "1e-999",
    "99999999999",
    "18446744073709551615",
    "18446744073709551616",
    "4294967296",
    "NaN",
    "null",
    "[]",
];

/// A change of a file.
#[derive(Clone, Debug)]
pub enum Change {
    /// A bit is another.
    Bit(Index, u8),
    /// A byte is another.
    Byte(Index, u8),
    /// The file ends here.
    Cut(Index),
    /// A piece is gone.
    Remove(Index, u8),
    /// A length of 1, 2, 4 or 8 bytes, its end first or last.
    Length(Index, u8, bool, Index),
    /// A piece of another good file stands here, in place of as much or between.
    Splice(Index, Index, Index, u8, bool),
    /// The decimal number that comes next is another.
    Number(Index, Index),
    /// Some bytes stand here twice.
    Repeat(Index, u8),
}

/// Some changes.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = any::<Index>;
    let change = prop_oneof![
        3 => (at(), 0..8_u8).prop_map(|(at, bit)| Change::Bit(at, bit)),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => at().prop_map(Change::Cut),
        1 => (at(), any::<u8>()).prop_map(|(at, count)| Change::Remove(at, count)),
        3 => (at(), 0..4_u8, any::<bool>(), at())
            .prop_map(|(at, width, big, which)| Change::Length(at, width, big, which)),
        2 => (at(), at(), at(), any::<u8>(), any::<bool>())
            .prop_map(|(at, file, from, count, over)| Change::Splice(at, file, from, count, over)),
        3 => (at(), at()).prop_map(|(at, which)| Change::Number(at, which)),
        1 => (at(), any::<u8>()).prop_map(|(at, count)| Change::Repeat(at, count)),
    ];
    proptest::collection::vec(change, 1..5)
}

/// `file` after `changes`, with pieces of `others`.
pub fn apply(file: &[u8], others: &[Vec<u8>], changes: &[Change]) -> Vec<u8> {
    let mut file = file.to_vec();
    for change in changes {
        if file.is_empty() {
            break;
        }
        one(&mut file, others, change);
    }
    file
}

fn one(file: &mut Vec<u8>, others: &[Vec<u8>], change: &Change) {
    let length = file.len();
    let end = |at: usize, count: u8| (at + usize::from(count)).min(length);
    match change {
        Change::Bit(at, bit) => file[at.index(length)] ^= 1 << bit,
        Change::Byte(at, byte) => file[at.index(length)] = *byte,
        Change::Cut(at) => file.truncate(at.index(length)),
        Change::Remove(at, count) => {
            let at = at.index(length);
            file.drain(at..end(at, *count));
        }
        Change::Length(at, width, big, which) => {
            let value = LENGTHS[which.index(LENGTHS.len())];
            let bytes = if *big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            };
            let width = 1 << width;
            let bytes = if *big {
                &bytes[8 - width..]
            } else {
                &bytes[..width]
            };
            // Headers stand at the start more often than not.
            let at = at.index(length);
            let at = if at % 2 == 0 { at % 64 } else { at };
            for (place, &byte) in file.iter_mut().skip(at).zip(bytes) {
                *place = byte;
            }
        }
        Change::Splice(at, other, from, count, over) => {
            let other = &others[other.index(others.len())];
            if other.is_empty() {
                return;
            }
            let from = from.index(other.len());
            let piece = &other[from..(from + usize::from(*count)).min(other.len())];
            let at = at.index(length);
            let to = if *over { end(at, *count) } else { at };
            file.splice(at..to, piece.iter().copied());
        }
        Change::Number(at, which) => {
            let at = at.index(length);
            let digit = |byte: &u8| byte.is_ascii_digit();
            let Some(start) = file[at..].iter().position(digit).map(|more| at + more) else {
                return;
            };
            let more = file[start..].iter().take_while(|byte| digit(byte)).count();
            let number = NUMBERS[which.index(NUMBERS.len())];
            file.splice(start..start + more, number.bytes());
        }
        Change::Repeat(at, count) => {
            let at = at.index(length);
            let piece = file[at..end(at, *count)].to_vec();
            file.splice(at..at, piece);
        }
    }
}
