//! VAT numbers with true checksums, one rule a country.
//!
//! Not for: checking what customers send.
//!
//! Invariant: every number made is valid, and two serial numbers give two numbers.

use super::country::Country;

/// A prime below 10^7, the shortest run of free digits among the countries.
const NUMBERS: u64 = 9_999_991;

/// Empty where there is no VAT.
pub(super) fn number(serial: u64, country: Country) -> String {
    let free = (serial + 1) * 7_654_321 % NUMBERS;
    let digits = format!("{free:07}");
    match country {
        Country::Gb => format!("GB{digits}{:02}", (97 - weighted(&digits) % 97) % 97),
        Country::Ie => {
            const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";
            let letter = LETTERS[usize::try_from(weighted(&digits) % 23).expect("it is below 23")];
            format!("IE{digits}{}", char::from(letter))
        }
        Country::De => format!("DE1{digits}{}", mod_11_10(&format!("1{digits}"))),
        Country::Fr => {
            let siren = format!("9{digits}{}", luhn(&format!("9{digits}")));
            let value: u64 = siren.parse().expect("they are nine digits");
            format!("FR{:02}{siren}", (12 + 3 * (value % 97)) % 97)
        }
        Country::Nl => {
            // A sum of 10 has no check digit: the neighbour with the last digit moved has.
            let eight = [2, 1, 3].map(|first| format!("{first}{digits}"));
            let free =
                eight.iter().find(|digits| eleven(digits) != 10).expect("9 × 1 moves the sum");
            format!("NL{free}{}B01", eleven(free))
        }
        Country::Us => String::new(),
    }
}

/// A number with its last digit off.
pub(super) fn wrong_number(serial: u64) -> String {
    let mut number = number(serial, Country::Gb);
    let last = if number.ends_with('7') { "4" } else { "7" };
    number.replace_range(number.len() - 1.., last);
    number
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator {
    digits.bytes().map(|digit| u64::from(digit - b'0'))
}

/// The weights 8, 7, 6 … that Britain and Ireland use.
fn weighted(digits: &str) -> u64 {
    values(digits).zip((2..=8).rev()).map(|(value, weight)| value * weight).sum()
}

/// The Dutch proof of eleven; 10 means that there is no such number.
fn eleven(digits: &str) -> u64 {
    values(digits).zip((2..=9).rev()).map(|(value, weight)| value * weight).sum::<u64>() % 11
}

/// ISO 7064 mod 11,10.
fn mod_11_10(digits: &str) -> u64 {
    let rest = values(digits).fold(10, |product, value| {
        let sum = (product + value) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - rest) % 10
}

fn luhn(digits: &str) -> u64 {
    let sum: u64 = values(digits)
        .rev()
        .enumerate()
        .map(|(place, value)| if place % 2 == 0 { value * 2 % 10 + value / 5 } else { value })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
pub(super) fn is_valid_gb(number: &str) -> bool {
    let digits = number.trim_start_matches("GB");
    let check: u64 = digits[7..].parse().unwrap();
    (weighted(&digits[..7]) + check).is_multiple_of(97)
}

#[cfg(test)]
mod tests {
    use super::{eleven, is_valid_gb, luhn, mod_11_10, number, weighted, wrong_number};
    use crate::country::Country;

    /// Numbers that python-stdnum publishes as valid.
    #[test]
    fn checksums_are_the_countries_own() {
        assert!(is_valid_gb("GB980780684"));
        assert_eq!(weighted("6433435") % 23, 6, "IE6433435F: F is the sixth letter");
        assert_eq!(mod_11_10("13669597"), 6, "DE136695976");
        assert_eq!(luhn("55208131"), 7, "the SIREN 552081317");
        assert_eq!(eleven("00449544"), 5, "NL004495445B01");
    }

    #[test]
    fn numbers_made_are_valid_and_wrong_ones_are_not() {
        for serial in 0..2_000 {
            assert!(is_valid_gb(&number(serial, Country::Gb)));
            assert!(!is_valid_gb(&wrong_number(serial)));
            assert_eq!(number(serial, Country::Nl).len(), "NL123456789B01".len());
        }
    }
}
