//! Belgium, France, Ireland, Luxembourg, the Netherlands, the United Kingdom.
//!
//! Not for: prefixes and separators ([`super`]). Invariant: every rule has a check digit, but for the
//! British numbers of departments and health authorities (`GD001`, `HA500`), which are all shape.

use super::digits::{Fault, VatResult, check, digits, is_mod_97_10, luhn, number, shape, weighted};

/// The old nine digits are the new ten without the leading zero.
pub(super) fn belgium(text: &str) -> VatResult {
    let text = if text.len() == 9 { format!("0{text}") } else { text.to_owned() };
    let digits = digits::<10>(&text)?;
    shape(digits[0] <= 1 && number(&digits) > 0)?;
    check((number(&digits[..8]) + number(&digits[8..])).is_multiple_of(97))?;
    Ok(text)
}

/// A key of two characters and the company's SIREN; in Monaco 000 and six digits, which has no Luhn sum.
pub(super) fn france(text: &str) -> VatResult {
    const KEY: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, siren) = text.split_at_checked(2).ok_or(Fault::Shape)?;
    let siren = digits::<9>(siren)?;
    let mut places = key.chars().map(|character| KEY.find(character));
    let (Some(Some(first)), Some(Some(second))) = (places.next(), places.next()) else {
        return Err(Fault::Shape);
    };
    let (first, second) = (first as u64, second as u64);
    check(siren[..3] == [0, 0, 0] || luhn(&siren) == 0)?;
    let siren = number(&siren);
    let fits = if first < 10 && second < 10 {
        first * 10 + second == (siren * 100 + 12) % 97
    } else {
        let key = if first < 10 { first * 24 + second - 10 } else { first * 34 + second - 100 };
        (siren + 1 + key / 11) % 11 == key % 11
    };
    check(fits)?;
    Ok(text.to_owned())
}

/// Seven digits and a letter, since 2013 with a second letter; before 1987 the second place was a letter
/// or a sign and counts for nothing.
pub(super) fn ireland(text: &str) -> VatResult {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    shape(text.is_ascii() && matches!(text.len(), 8 | 9))?;
    let (body, letters) = text.split_at(7);
    let places: Vec<u32> = letters
        .chars()
        .map(|letter| LETTERS.chars().zip(0..).find(|(known, _)| *known == letter))
        .map(|found| found.map(|(_, place)| place).ok_or(Fault::Shape))
        .collect::<Result<_, _>>()?;
    let sum = if let Ok(digits) = digits::<7>(body) {
        weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * places.get(1).copied().unwrap_or(0)
    } else {
        let (first, rest) = (digits::<1>(&body[..1])?, digits::<5>(&body[2..])?);
        shape(matches!(body.as_bytes()[1], b'A'..=b'Z' | b'+' | b'*'))?;
        weighted(&rest, &[7, 6, 5, 4, 3]) + 2 * first[0]
    };
    check(places.first() == Some(&(sum % 23)))?;
    Ok(text.to_owned())
}

pub(super) fn luxembourg(text: &str) -> VatResult {
    let digits = digits::<8>(text)?;
    check(number(&digits[..6]) % 89 == number(&digits[6..]))?;
    Ok(text.to_owned())
}

/// Nine digits, `B` and two digits. Companies' nine digits check themselves; people's numbers, since
/// 2020, check as a whole with the prefix. Leading zeros may be missing.
pub(super) fn netherlands(text: &str) -> VatResult {
    const WEIGHTS: [u32; 8] = [9, 8, 7, 6, 5, 4, 3, 2];
    let (holder, unit) = text.rsplit_once('B').ok_or(Fault::Shape)?;
    shape((1..=9).contains(&holder.len()))?;
    let text = format!("{holder:0>9}B{unit}");
    let (holder, unit) = (digits::<9>(text.get(..9).ok_or(Fault::Shape)?)?, digits::<2>(unit)?);
    shape(number(&holder) > 0 && number(&unit) > 0)?;
    let is_company = weighted(&holder, &WEIGHTS) % 11 == holder[8] % 11;
    check(is_company || is_mod_97_10(&format!("NL{text}")))?;
    Ok(text)
}

/// Nine digits, twelve with a branch; `GD` and `HA` for departments and health authorities.
pub(super) fn united_kingdom(text: &str) -> VatResult {
    const WEIGHTS: [u32; 9] = [8, 7, 6, 5, 4, 3, 2, 10, 1];
    if let Some(body) = text.strip_prefix("GD").or_else(|| text.strip_prefix("HA")) {
        let office = match body.strip_prefix("8888") {
            Some(long) => {
                let long = digits::<5>(long)?;
                check(number(&long[..3]) % 97 == number(&long[3..]))?;
                number(&long[..3])
            }
            None => number(&digits::<3>(body)?),
        };
        shape((office < 500) == text.starts_with("GD"))?;
        return Ok(text.to_owned());
    }
    let (holder, branch) = text.split_at_checked(9).ok_or(Fault::Shape)?;
    let holder = digits::<9>(holder)?;
    if !branch.is_empty() {
        digits::<3>(branch)?;
    }
    let remainder = weighted(&holder, &WEIGHTS) % 97;
    // Numbers given out since 2010 are 55 off, so that they cannot meet the older ones.
    let fits = remainder == 0 || (number(&holder[..3]) >= 100 && matches!(remainder, 42 | 55));
    check(fits)?;
    Ok(text.to_owned())
}
