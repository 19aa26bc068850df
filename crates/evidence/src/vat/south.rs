//! Bulgaria, Croatia, Cyprus, Greece, Italy, Malta, Portugal, Romania, Spain.
//!
//! Not for: prefixes and separators ([`super`]). Invariant: every rule has a check digit.

use super::digits::{
    Fault, VatResult, any_digits, check, digits, is_day, is_mod_11_10, luhn, number, shape,
    weighted,
};

/// Nine digits for companies; ten for people, foreigners and others, each with a rule of its own.
pub(super) fn bulgaria(text: &str) -> VatResult {
    if let Ok(digits) = digits::<9>(text) {
        let sum = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        let again = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
        check((if sum == 10 { again } else { sum }) % 10 == digits[8])?;
        return Ok(text.to_owned());
    }
    let digits = digits::<10>(text)?;
    let foreigner = weighted(&digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let other = (11 - weighted(&digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    check(is_bulgarian_person(&digits) || digits[9] == foreigner || digits[9] == other)?;
    Ok(text.to_owned())
}

/// The day of birth, months 20 later before 1900 and 40 later since 2000.
fn is_bulgarian_person(digits: &[u32; 10]) -> bool {
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    let (century, month) = match pair(2) {
        month @ 41.. => (2000, month - 40),
        month @ 21.. => (1800, month - 20),
        month => (1900, month),
    };
    is_day(century + pair(0), month, pair(4))
        && weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digits[9]
}

pub(super) fn croatia(text: &str) -> VatResult {
    let digits = digits::<11>(text)?;
    check(is_mod_11_10(&digits))?;
    Ok(text.to_owned())
}

/// Eight digits and a letter; 12 at the beginning is not given out.
pub(super) fn cyprus(text: &str) -> VatResult {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let (body, letter) = text.split_at_checked(8).ok_or(Fault::Shape)?;
    let digits = digits::<8>(body)?;
    let [letter @ b'A'..=b'Z'] = letter.as_bytes() else { return Err(Fault::Shape) };
    shape(!body.starts_with("12"))?;
    let sum: u32 = digits.chunks(2).map(|pair| ODD[pair[0] as usize] + pair[1]).sum();
    check(sum % 26 == u32::from(letter - b'A'))?;
    Ok(text.to_owned())
}

/// The leading zero may be missing.
pub(super) fn greece(text: &str) -> VatResult {
    let text = if text.len() == 8 { format!("0{text}") } else { text.to_owned() };
    let digits = digits::<9>(&text)?;
    let sum = weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]);
    check(sum % 11 % 10 == digits[8])?;
    Ok(text)
}

/// Seven digits, the office that gave it out (a province, or one of four others), a check digit.
pub(super) fn italy(text: &str) -> VatResult {
    let digits = digits::<11>(text)?;
    let office = number(&digits[7..10]);
    shape(number(&digits[..7]) > 0 && matches!(office, 1..=100 | 120 | 121 | 888 | 999))?;
    check(luhn(&digits) == 0)?;
    Ok(text.to_owned())
}

pub(super) fn malta(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    shape(digits[0] != 0)?;
    check(weighted(&digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))?;
    Ok(text.to_owned())
}

pub(super) fn portugal(text: &str) -> VatResult {
    let digits = digits::<9>(text)?;
    shape(digits[0] != 0)?;
    let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    check((11 - sum % 11) % 11 % 10 == digits[8])?;
    Ok(text.to_owned())
}

/// Two to ten digits for companies; the thirteen of the identity card for people.
pub(super) fn romania(text: &str) -> VatResult {
    let digits = any_digits(text)?;
    if digits.len() == 13 {
        romanian_person(&digits)?;
        return Ok(text.to_owned());
    }
    shape((2..=10).contains(&digits.len()) && digits[0] != 0)?;
    let (last, body) = digits.split_last().ok_or(Fault::Shape)?;
    let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let sum = weighted(body, &weights[weights.len() - body.len()..]);
    check(sum * 10 % 11 % 10 == *last)?;
    Ok(text.to_owned())
}

/// Sex and century, the day of birth, the county.
fn romanian_person(digits: &[u32]) -> Result<(), Fault> {
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    let century = match digits[0] {
        3 | 4 => 1800,
        5 | 6 => 2000,
        _ => 1900,
    };
    shape(digits[0] != 0 && is_day(century + pair(1), pair(3), pair(5)))?;
    shape(matches!(pair(7), 1..=48 | 51 | 52 | 70 | 80..=83))?;
    let sum = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    check((if sum == 10 { 1 } else { sum }) == digits[12])
}

/// People have eight digits and a letter, or X, Y, Z and seven digits and a letter; companies a letter,
/// seven digits and a check that may be a digit or a letter.
pub(super) fn spain(text: &str) -> VatResult {
    const PEOPLE: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANIES: &[u8; 10] = b"JABCDEFGHI";
    shape(text.is_ascii() && text.len() == 9)?;
    let body = digits::<7>(&text[1..8])?;
    let (first, last) = (text.as_bytes()[0], text.as_bytes()[8]);
    let person = |first: u32| {
        let value = number(&[[first].as_slice(), &body].concat());
        PEOPLE.iter().zip(0..).any(|(letter, place)| value % 23 == place && *letter == last)
    };
    match first {
        b'0'..=b'9' => check(person(u32::from(first - b'0')))?,
        b'K'..=b'M' => check(person(0))?,
        b'X'..=b'Z' => check(person(u32::from(first - b'X')))?,
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
            let expected = (10 - luhn(&[body.as_slice(), &[0]].concat())) % 10;
            let letter = COMPANIES[expected as usize];
            check(u32::from(last) == u32::from(b'0') + expected || last == letter)?;
        }
        _ => return Err(Fault::Shape),
    }
    Ok(text.to_owned())
}
