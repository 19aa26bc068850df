//! What the rules of the countries are built of: digits, weighted sums, the sums that have names.
//!
//! Not for: which country uses which. Invariant: no arithmetic here can overflow for the lengths that
//! [`super`] lets through.

use jiff::civil::Date;

/// Why a number is none of its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Shape,
    Check,
    /// All fits but the letters at the end are not there.
    Suffix,
}

/// The canonical text after the prefix.
pub(super) type VatResult = Result<String, Fault>;

#[expect(clippy::fn_params_excessive_bools, reason = "the call reads as a claim: check(sum == 0)")]
pub(super) fn shape(holds: bool) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::Shape) }
}

#[expect(clippy::fn_params_excessive_bools, reason = "the call reads as a claim: check(sum == 0)")]
pub(super) fn check(holds: bool) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::Check) }
}

/// Exactly so many digits and nothing else.
pub(super) fn digits<const COUNT: usize>(text: &str) -> Result<[u32; COUNT], Fault> {
    any_digits(text)?.try_into().or(Err(Fault::Shape))
}

/// One digit or more and nothing else.
pub(super) fn any_digits(text: &str) -> Result<Vec<u32>, Fault> {
    shape(!text.is_empty())?;
    text.chars().map(|character| character.to_digit(10).ok_or(Fault::Shape)).collect()
}

pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

pub(super) fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The Luhn sum, its last digit not doubled: 0 for a number that carries its check digit.
pub(super) fn luhn(digits: &[u32]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    sum % 10
}

/// ISO 7064 MOD 11,10 over a number with its check digit.
pub(super) fn is_mod_11_10(digits: &[u32]) -> bool {
    let sum = digits.iter().fold(5, |sum, digit| {
        let carried = if sum == 0 { 10 } else { sum };
        (carried * 2 % 11 + digit) % 10
    });
    sum == 1
}

/// ISO 7064 MOD 97,10 over digits and letters, letters as 10 to 35.
pub(super) fn is_mod_97_10(text: &str) -> bool {
    let remainder = text.chars().filter_map(|character| character.to_digit(36)).fold(
        0_u32,
        |remainder, value| {
            let shift = if value < 10 { 10 } else { 100 };
            (remainder * shift + value) % 97
        },
    );
    remainder == 1
}

/// Returns `true` when there was or will be such a day.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .zip(i8::try_from(day).ok())
        .map(|((year, month), day)| Date::new(year, month, day));
    matches!(date, Some(Ok(_)))
}
