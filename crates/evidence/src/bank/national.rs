//! The check digits inside the national part of an IBAN, where one rule holds for the whole country.
//!
//! Not for: countries whose rule depends on the bank (Germany, the Netherlands), nor the two check
//! digits of the IBAN itself. Invariant: asked only about text that has the country's structure.

/// Returns `true` when the national check digits fit; `None` where the country has none that hold for
/// every bank.
pub(super) fn holds(country: &str, bban: &str) -> Option<bool> {
    match country {
        "BE" => Some(belgium(bban)),
        "BA" | "ME" | "MK" | "PT" | "RS" | "SI" => Some(super::remainder_97(bban) == 1),
        "ES" => Some(spain(bban)),
        "FI" => Some(luhn(bban)),
        "FR" | "MC" => Some(france(bban)),
        "IT" | "SM" => Some(italy(bban)),
        "NO" => norway(bban),
        "PL" => Some(weighted(bban, 0..8, &[3, 9, 7, 1, 3, 9, 7, 1]).is_multiple_of(10)),
        _ => None,
    }
}

fn belgium(bban: &str) -> bool {
    let (account, check) = bban.split_at(10);
    let remainder = super::remainder_97(account);
    check.parse() == Ok(if remainder == 0 { 97 } else { remainder })
}

fn spain(bban: &str) -> bool {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let digit = |sum: u32| match sum % 11 {
        small @ 0..=1 => small,
        rest => 11 - rest,
    };
    digit_at(bban, 8) == digit(weighted(bban, 0..8, &WEIGHTS[2..]))
        && digit_at(bban, 9) == digit(weighted(bban, 10..20, &WEIGHTS))
}

/// The Luhn sum over digits only.
fn luhn(bban: &str) -> bool {
    let sum: u32 = (0..bban.len())
        .map(|from_right| {
            let digit = digit_at(bban, bban.len() - 1 - from_right);
            if from_right % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Letters count as 1 to 9 and again, with S beginning at 2.
fn france(bban: &str) -> bool {
    let value = |range: std::ops::Range<usize>| {
        bban[range].bytes().fold(0_u64, |value, character| {
            let digit = match character {
                b'A'..=b'R' => (character - b'A') % 9 + 1,
                b'S'..=b'Z' => character - b'S' + 2,
                _ => character.wrapping_sub(b'0'),
            };
            value * 10 + u64::from(digit)
        })
    };
    let sum = 89 * value(0..5) + 15 * value(5..10) + 3 * value(10..21);
    value(21..23) == 97 - sum % 97
}

/// The first letter checks the rest: characters in odd places count by a table.
fn italy(bban: &str) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let index = |character: u8| {
        u32::from(match character {
            b'A'..=b'Z' => character - b'A',
            _ => character.wrapping_sub(b'0'),
        })
    };
    let sum: u32 = bban
        .bytes()
        .skip(1)
        .enumerate()
        .map(|(place, character)| match place % 2 {
            0 => ODD[index(character) as usize],
            _ => index(character),
        })
        .sum();
    bban.bytes().next().map(index) == Some(sum % 26)
}

/// `None` for the old giro accounts, which have other rules.
fn norway(bban: &str) -> Option<bool> {
    if bban.starts_with("0000") || &bban[4..6] == "00" {
        return None;
    }
    let sum = weighted(bban, 0..11, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    Some(sum.is_multiple_of(11))
}

fn weighted(text: &str, range: std::ops::Range<usize>, weights: &[u32]) -> u32 {
    range.zip(weights).map(|(at, weight)| digit_at(text, at) * weight).sum()
}

fn digit_at(text: &str, at: usize) -> u32 {
    text.as_bytes().get(at).map_or(0, |digit| u32::from(digit.wrapping_sub(b'0')))
}
