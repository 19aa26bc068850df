//! Austria, Czechia, Germany, Hungary, Poland, Slovakia, Slovenia, Switzerland.
//!
//! Not for: prefixes and separators ([`super`]). Invariant: every rule has a check digit, but for Czech
//! birth numbers of nine digits (before 1954), where only the day is looked at.

use super::digits::{
    Fault, VatResult, any_digits, check, digits, is_day, is_mod_11_10, luhn, number, shape,
    weighted,
};

pub(super) fn austria(text: &str) -> VatResult {
    let digits = digits::<8>(text.strip_prefix('U').ok_or(Fault::Shape)?)?;
    check((16 - luhn(&digits[..7])) % 10 == digits[7])?;
    Ok(text.to_owned())
}

/// Eight digits for companies; nine that begin with 6 for some; birth numbers for people.
pub(super) fn czechia(text: &str) -> VatResult {
    const WEIGHTS: [u32; 7] = [8, 7, 6, 5, 4, 3, 2];
    let digits = any_digits(text)?;
    match digits[..] {
        [first, _, _, _, _, _, _, last] => {
            shape(first != 9)?;
            let expected = match 11 - weighted(&digits, &WEIGHTS) % 11 {
                11 => 1,
                other => other % 10,
            };
            check(expected == last)?;
        }
        [6, _, _, _, _, _, _, _, last] => {
            let remainder = weighted(&digits[1..], &WEIGHTS) % 11;
            check((18 - (21 - remainder) % 11) % 10 == last)?;
        }
        _ => birth_number(&digits)?,
    }
    Ok(text.to_owned())
}

/// The day of birth, women's months 50 later, 20 more when the numbers of a day run out.
fn birth_number(digits: &[u32]) -> Result<(), Fault> {
    shape(matches!(digits.len(), 9 | 10))?;
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    let year = match (digits.len(), pair(0)) {
        (9, year @ 80..) => 1800 + year,
        (9, year) => 1900 + year,
        (_, year @ ..54) => 2000 + year,
        (_, year) => 1900 + year,
    };
    shape(digits.len() == 10 || year <= 1953)?;
    shape(is_day(year, pair(2) % 50 % 20, pair(4)))?;
    let is_checked =
        digits.len() == 9 || number(&digits[..9]) % 11 % 10 == u64::from(digits[digits.len() - 1]);
    check(is_checked)
}

pub(super) fn germany(text: &str) -> VatResult {
    let digits = digits::<9>(text)?;
    shape(digits[0] != 0)?;
    check(is_mod_11_10(&digits))?;
    Ok(text.to_owned())
}

pub(super) fn hungary(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    check(weighted(&digits, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))?;
    Ok(text.to_owned())
}

pub(super) fn poland(text: &str) -> VatResult {
    let digits = digits::<10>(text)?;
    check(weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9])?;
    Ok(text.to_owned())
}

pub(super) fn slovakia(text: &str) -> VatResult {
    let digits = digits::<10>(text)?;
    if birth_number(&digits).is_err() {
        shape(digits[0] != 0 && matches!(digits[2], 2..=4 | 7..=9))?;
        check(number(&digits).is_multiple_of(11))?;
    }
    Ok(text.to_owned())
}

pub(super) fn slovenia(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    shape(digits[0] != 0)?;
    // A remainder that would ask for 11 is not given out.
    let expected = match 11 - weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 => 0,
        other => other,
    };
    check(expected == digits[7])?;
    Ok(text.to_owned())
}

/// `E`, the nine digits of the company, and VAT in one of the country's languages.
pub(super) fn switzerland(text: &str) -> VatResult {
    let body = text.strip_prefix('E').ok_or(Fault::Shape)?;
    let (company, suffix) = body.split_at_checked(9).ok_or(Fault::Shape)?;
    let digits = digits::<9>(company)?;
    shape(matches!(suffix, "" | "MWST" | "TVA" | "IVA" | "TPV"))?;
    check((11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == digits[8])?;
    if suffix.is_empty() {
        return Err(Fault::Suffix);
    }
    Ok(text.to_owned())
}
