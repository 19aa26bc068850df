//! An amount as somebody keys it the second time, in hundredths.
//!
//! Invariant: none of an amount that cannot have the slip.

use super::chance::Chance;

/// With VAT where it was without, or the other way round, at the rate most invoices have.
pub(crate) fn net_for_gross(cents: i64, chance: &mut Chance) -> i64 {
    if chance.percent(50) { (cents * 5 + 3) / 6 } else { cents * 6 / 5 }
}

/// Two neighbouring digits have changed places.
pub(crate) fn transposed(cents: i64, chance: &mut Chance) -> Option<i64> {
    let mut digits = cents.to_string().into_bytes();
    let swaps: Vec<usize> =
        (0..digits.len() - 1).filter(|at| digits[*at] != digits[at + 1]).collect();
    let at = *chance.pick_some(&swaps)?;
    digits.swap(at, at + 1);
    String::from_utf8(digits).ok()?.parse().ok()
}

pub(crate) fn slipped(cents: i64, chance: &mut Chance) -> i64 {
    if chance.percent(50) { cents * 10 } else { cents / 10 }
}

/// One to three in a hundred more or less.
pub(crate) fn nearly(cents: i64, chance: &mut Chance) -> i64 {
    let off = cents * chance.between(10, 30) / 1_000;
    if chance.percent(50) { cents + off } else { cents - off }
}

pub(crate) fn without_pence(cents: i64) -> Option<i64> {
    (cents % 100 != 0).then_some(cents / 100 * 100)
}

pub(crate) fn penny_off(cents: i64, chance: &mut Chance) -> i64 {
    if chance.percent(50) { cents + 1 } else { cents - 1 }
}

/// So many parts, none of which is a small one.
pub(crate) fn parts(cents: i64, count: i64, chance: &mut Chance) -> Vec<i64> {
    let mut left = cents;
    let mut parts = Vec::new();
    for others in (1..count).rev() {
        let even = left / (others + 1);
        let part = even * chance.between(60, 140) / 100;
        parts.push(part);
        left -= part;
    }
    parts.push(left);
    parts
}
