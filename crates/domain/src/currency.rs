//! Currencies of ISO 4217, and the digits behind the point that each has.
//!
//! Not for: how a currency is written in files (`extract`), signs of currencies on pages, or rates.
//!
//! Invariant: the digits of a currency stand once, in the table beside this file. It is List One of the
//! standard as published on 1 January 2026, without what has no minor unit (gold, rights, codes for tests),
//! and with four codes that ledgers still hold: those that the euro and the Caribbean guilder replaced last,
//! and the offshore renminbi, all of hundredths.

use std::fmt;

const TABLE: &[u8] = include_bytes!("currency/iso_4217.txt");
/// A line of the table: a code, a blank, a digit, the end of the line.
const LINE_BYTES: usize = 6;
const LETTERS: usize = 26;
const CODE_LETTERS: usize = 3;

/// By the place of a code among all of three letters: one more than its digits, and 0 where there is no such
/// currency. Looked up more than once a row.
static DIGITS: [u8; LETTERS.pow(3)] = read(TABLE);

/// The digits behind the point of amounts in a currency; of one that is not known, two, as most have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinorDigits(u8);

impl Default for MinorDigits {
    fn default() -> Self {
        Self(2)
    }
}

impl MinorDigits {
    /// The digits of a currency by its code; the usual ones without a code, and of a code that is not known.
    pub fn of(currency: Option<&str>) -> Self {
        currency.and_then(Self::of_code).unwrap_or_default()
    }

    /// The digits of a code in capitals; none where there is no such currency.
    pub fn of_code(code: &str) -> Option<Self> {
        let letters = <[u8; CODE_LETTERS]>::try_from(code.as_bytes()).ok()?;
        let is_code = letters.iter().all(u8::is_ascii_uppercase);
        let found = is_code.then(|| DIGITS[place(letters)])?;
        found.checked_sub(1).map(Self)
    }

    /// One where there are none, for an amount that has decimals all the same.
    #[must_use]
    pub fn at_least_one(self) -> Self {
        Self(self.0.max(1))
    }

    /// Counts them: from 0 to 4.
    pub const fn count(self) -> u8 {
        self.0
    }
}

/// `2`
impl fmt::Display for MinorDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[expect(clippy::large_stack_arrays, reason = "made while compiling, and kept as a constant")]
const fn read(table: &[u8]) -> [u8; LETTERS.pow(3)] {
    let mut digits = [0; LETTERS.pow(3)];
    let mut at = 0;
    while at < table.len() {
        digits[place([table[at], table[at + 1], table[at + 2]])] = table[at + 4] - b'0' + 1;
        at += LINE_BYTES;
    }
    digits
}

/// The place of three capital letters.
const fn place(letters: [u8; CODE_LETTERS]) -> usize {
    let [a, b, c] = letters;
    ((a - b'A') as usize * LETTERS + (b - b'A') as usize) * LETTERS + (c - b'A') as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_each_code_stands_once() {
        let table = std::str::from_utf8(TABLE).unwrap();
        assert!(table.is_ascii() && table.len().is_multiple_of(LINE_BYTES));
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines.is_sorted() && lines.windows(2).all(|two| two[0][..3] != two[1][..3]));
        for line in lines {
            let (code, digits) = line.split_once(' ').unwrap();
            assert_eq!(MinorDigits::of_code(code).unwrap().to_string(), digits, "{code}");
            assert!(digits.parse::<u8>().unwrap() <= 4, "{code}");
        }
        assert_eq!(DIGITS.iter().filter(|of| **of > 0).count(), table.lines().count());
    }

    #[test]
    fn digits_are_those_of_the_standard() {
        for (code, digits) in [
            ("GBP", Some(2)),
            ("JPY", Some(0)),
            ("ISK", Some(0)),
            ("KWD", Some(3)),
            ("CLF", Some(4)),
            ("CNH", Some(2)),
            ("XAU", None),
            ("XXX", None),
            ("ABC", None),
            ("gbp", None),
            ("GBPX", None),
            ("£", None),
            ("", None),
        ] {
            assert_eq!(MinorDigits::of_code(code).map(MinorDigits::count), digits, "{code}");
            assert_eq!(MinorDigits::of(Some(code)).count(), digits.unwrap_or(2), "{code}");
        }
        assert_eq!(MinorDigits::of(None), MinorDigits::default());
    }
}
