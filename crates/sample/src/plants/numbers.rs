//! How an invoice number is miskeyed.
//!
//! Not for: which numbers suppliers give (`numbering`).
//!
//! Invariant: a changed number differs from the one it came from; where a kind of mistake does not
//! apply there is none.

use crate::rng::Rng;

/// Letters that scanners take for digits, and the digits.
const LOOK_ALIKES: [(u8, u8); 7] = [
    (b'0', b'O'),
    (b'1', b'I'),
    (b'1', b'L'),
    (b'5', b'S'),
    (b'8', b'B'),
    (b'2', b'Z'),
    (b'6', b'G'),
];
const SUFFIXES: [&str; 6] = ["-A", "-1", "R", "DUP", " COPY", "/2"];

pub(super) fn change_punctuation(number: &str, rng: &mut Rng) -> Option<String> {
    let bare: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    if bare != number {
        return Some(bare);
    }
    let at = digits(number).nth(rng.index(3))?;
    let mark = *rng.pick(&['-', '/', '.', ' ']);
    (at > 0).then(|| format!("{}{mark}{}", &number[..at], &number[at..]))
}

pub(super) fn change_leading_zeros(number: &str, rng: &mut Rng) -> Option<String> {
    let first = digits(number).next()?;
    let (head, run) = number.split_at(first);
    let dropped = run.trim_start_matches('0');
    if dropped.len() < run.len() && dropped.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("{head}{dropped}"));
    }
    Some(format!("{head}{}{run}", rng.pick(&["0", "00", "000"])))
}

pub(super) fn add_suffix(number: &str, rng: &mut Rng) -> Option<String> {
    // Behind a letter nobody could tell it from the number.
    let ends_in_digit = number.ends_with(|c: char| c.is_ascii_digit());
    ends_in_digit.then(|| format!("{number}{}", rng.pick(&SUFFIXES)))
}

pub(super) fn transpose_digits(number: &str, rng: &mut Rng) -> Option<String> {
    let text = number.as_bytes();
    let pairs: Vec<usize> = digits(number)
        .filter(|at| {
            text.get(at + 1).is_some_and(|next| next.is_ascii_digit() && *next != text[*at])
        })
        .collect();
    let at = one_of(&pairs, rng)?;
    Some(format!(
        "{}{}{}{}",
        &number[..at],
        &number[at + 1..at + 2],
        &number[at..=at],
        &number[at + 2..]
    ))
}

pub(super) fn substitute_digit(number: &str, rng: &mut Rng) -> Option<String> {
    let at = any_digit(number, rng)?;
    let digit = u64::from(number.as_bytes()[at] - b'0');
    let other = (digit + 1 + rng.below(9)) % 10;
    Some(format!("{}{other}{}", &number[..at], &number[at + 1..]))
}

pub(super) fn drop_digit(number: &str, rng: &mut Rng) -> Option<String> {
    // Of a very short number too little would be left to know it by.
    let at = any_digit(number, rng).filter(|_| digits(number).count() >= 4)?;
    Some(format!("{}{}", &number[..at], &number[at + 1..]))
}

pub(super) fn add_digit(number: &str, rng: &mut Rng) -> Option<String> {
    let at = any_digit(number, rng)?;
    Some(format!("{}{}{}", &number[..at], rng.below(10), &number[at..]))
}

pub(super) fn misread_character(number: &str, rng: &mut Rng) -> Option<String> {
    let start = rng.index(LOOK_ALIKES.len());
    let mut pairs = LOOK_ALIKES.iter().cycle().skip(start).take(LOOK_ALIKES.len());
    let (at, letter) = pairs.find_map(|(digit, letter)| {
        number.bytes().rposition(|byte| byte == *digit).map(|at| (at, *letter))
    })?;
    Some(format!("{}{}{}", &number[..at], char::from(letter), &number[at + 1..]))
}

fn digits(number: &str) -> impl Iterator<Item = usize> {
    number.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at)
}

fn any_digit(number: &str, rng: &mut Rng) -> Option<usize> {
    one_of(&digits(number).collect::<Vec<_>>(), rng)
}

fn one_of(places: &[usize], rng: &mut Rng) -> Option<usize> {
    (!places.is_empty()).then(|| *rng.pick(places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    type Change = fn(&str, &mut Rng) -> Option<String>;

    #[test]
    fn a_changed_number_differs_and_is_as_long_as_its_kind_says() {
        let changes: [(Change, std::ops::RangeInclusive<isize>); 8] = [
            (change_punctuation, -2..=1),
            (change_leading_zeros, -6..=3),
            (add_suffix, 1..=5),
            (transpose_digits, 0..=0),
            (substitute_digit, 0..=0),
            (drop_digit, -1..=-1),
            (add_digit, 1..=1),
            (misread_character, 0..=0),
        ];
        let mut rng = Rng::new(1, Stream::Plants);
        for (kind, (change, longer)) in changes.into_iter().enumerate() {
            let mut some = 0;
            for number in
                ["12345", "INV0004711", "AB-00017", "2026/00815", "001.234.1567", "777", "RENT"]
            {
                for _ in 0..40 {
                    let Some(changed) = change(number, &mut rng) else { continue };
                    some += 1;
                    assert_ne!(changed, number, "{kind}");
                    let by = changed.len().cast_signed() - number.len().cast_signed();
                    assert!(longer.contains(&by), "{kind}: {number} became {changed}");
                }
            }
            assert!(some >= 200, "{kind}: {some}");
        }
    }
}
