//! Denmark, Estonia, Finland, Latvia, Lithuania, Norway, Sweden.
//!
//! Not for: prefixes and separators ([`super`]). Invariant: every rule has a check digit.

use super::digits::{Fault, VatResult, any_digits, check, digits, is_day, luhn, shape, weighted};

pub(super) fn denmark(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    shape(digits[0] != 0)?;
    check(weighted(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))?;
    Ok(text.to_owned())
}

pub(super) fn estonia(text: &str) -> VatResult {
    let digits = digits::<9>(text)?;
    check(weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))?;
    Ok(text.to_owned())
}

pub(super) fn finland(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    check(weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))?;
    Ok(text.to_owned())
}

/// Companies begin with 4 or more; people with their day of birth, or with 32 since 2017.
pub(super) fn latvia(text: &str) -> VatResult {
    let digits = digits::<11>(text)?;
    if digits[0] > 3 {
        check(weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)?;
        return Ok(text.to_owned());
    }
    if digits[0] != 3 || digits[1] != 2 {
        let pair = |at: usize| digits[at] * 10 + digits[at + 1];
        shape(is_day(1800 + digits[6] * 100 + pair(4), pair(2), pair(0)))?;
    }
    let sum = 1 + weighted(&digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
    check(sum % 11 % 10 == digits[10])?;
    Ok(text.to_owned())
}

/// Nine digits for companies, twelve for those registered for a while; the last but one is always 1.
pub(super) fn lithuania(text: &str) -> VatResult {
    let digits = any_digits(text)?;
    shape(matches!(digits.len(), 9 | 12))?;
    let (body, last) = digits.split_at(digits.len() - 1);
    shape(body.last() == Some(&1))?;
    let sum = |from: u32| -> u32 {
        body.iter().zip(from..).map(|(digit, place)| (1 + place % 9) * digit).sum()
    };
    let remainder = if sum(0) % 11 == 10 { sum(2) % 11 } else { sum(0) % 11 };
    check(last == [remainder % 10])?;
    Ok(text.to_owned())
}

/// The number of the organisation, and `MVA` where it is registered for VAT.
pub(super) fn norway(text: &str) -> VatResult {
    let number = text.strip_suffix("MVA");
    let digits = digits::<9>(number.unwrap_or(text))?;
    check(weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))?;
    number.ok_or(Fault::Suffix)?;
    Ok(text.to_owned())
}

/// The number of the organisation or person, and 01.
pub(super) fn sweden(text: &str) -> VatResult {
    let digits = digits::<12>(text)?;
    shape(digits[10..] == [0, 1])?;
    check(luhn(&digits[..10]) == 0)?;
    Ok(text.to_owned())
}
