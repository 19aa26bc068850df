//! The digits of an amount: which sign is the decimals', where groups end, and the value.
//!
//! Not for: what stands round the digits (`written`).

use domain::DecimalStyle;
use domain::problem::Reason;

use super::{Amount, DecimalEvidence, is_scientific};
use crate::fields::{AMOUNT_DECIMALS, AMOUNT_PRECISION};

/// The largest value of the column's type.
const VALUE_MAX: i128 = 10_i128.pow(AMOUNT_PRECISION as u32) - 1;

const fn is_thousands_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\'' | '\u{2019}' | '\u{b4}'
    )
}

/// The evidence that a number without sign and currency gives of how its column writes decimals.
pub(super) fn decimal_evidence(digits: &str) -> DecimalEvidence {
    let points = digits.matches('.').count();
    let commas = digits.matches(',').count();
    if points + commas == 0 || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return DecimalEvidence::None;
    }
    let last = if digits.rfind('.') > digits.rfind(',') { '.' } else { ',' };
    let (front, behind) = digits.rsplit_once(last).expect("one of them is there");
    let decimal = if last == '.' { DecimalEvidence::Point } else { DecimalEvidence::Comma };
    let thousands = if last == '.' { DecimalEvidence::Comma } else { DecimalEvidence::Point };
    match (points, commas) {
        (1, 0) | (0, 1) => {
            let could_be_thousands =
                behind.len() == 3 && (1..=3).contains(&front.len()) && !front.starts_with('0');
            match (could_be_thousands, last) {
                (false, _) => decimal,
                (true, '.') => DecimalEvidence::PointAndThreeDigits,
                (true, _) => DecimalEvidence::CommaAndThreeDigits,
            }
        }
        (0, _) | (_, 0) if are_groups(digits, last) => thousands,
        (1, _) if last == '.' => decimal,
        (_, 1) if last == ',' => decimal,
        _ => DecimalEvidence::None,
    }
}

/// Returns `true` when the parts are one to three digits and then groups: threes, or the twos and a
/// three of India.
fn are_groups(digits: &str, sign: char) -> bool {
    let groups: Vec<&str> = digits.split(sign).collect();
    let Some((last, before)) = groups.split_last() else { return false };
    let Some((first, middle)) = before.split_first() else { return false };
    let is_group = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let are_equal = |length: usize| middle.iter().all(|group| group.len() == length);
    groups.iter().all(|group| is_group(group))
        && last.len() == 3
        && (1..=3).contains(&first.len())
        && (are_equal(3) || (first.len() <= 2 && are_equal(2)))
}

/// The amount of digits that stand there without sign and currency.
pub(super) fn read(digits: &str, style: DecimalStyle) -> Result<Amount, Reason> {
    let (point, comma) = match style {
        DecimalStyle::Point => ('.', ','),
        DecimalStyle::Comma => (',', '.'),
    };
    if is_scientific(digits) {
        return Err(Reason::ScientificAmount);
    }
    let is_number = |c: char| c.is_ascii_digit() || is_thousands_blank(c) || ".,".contains(c);
    if !digits.chars().all(is_number) || !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(Reason::NotANumber);
    }
    if digits.contains("..") || digits.contains(",,") {
        return Err(Reason::TwoDecimalPoints);
    }
    let (whole, decimals) = digits.split_once(point).unwrap_or((digits, ""));
    if decimals.contains(point) || decimals.contains(comma) {
        let is_other = matches!(
            (decimal_evidence(digits), style),
            (DecimalEvidence::Point, DecimalStyle::Comma)
                | (DecimalEvidence::Comma, DecimalStyle::Point)
        );
        return Err(if is_other { Reason::OtherDecimalStyle } else { Reason::TwoDecimalPoints });
    }
    let separator = whole.chars().find(|c| *c == comma || is_thousands_blank(*c));
    if let Some(separator) = separator
        && !are_groups(whole, separator)
    {
        let is_other = separator == comma && whole.matches(comma).count() == 1;
        return Err(if is_other { Reason::OtherDecimalStyle } else { Reason::NotANumber });
    }
    magnitude(whole, decimals)
}

fn magnitude(whole: &str, decimals: &str) -> Result<Amount, Reason> {
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotANumber);
    }
    let mut value = 0_i128;
    let kept = decimals.bytes().chain(std::iter::repeat(b'0')).take(AMOUNT_DECIMALS);
    for digit in whole.bytes().filter(u8::is_ascii_digit).chain(kept) {
        value = value * 10 + i128::from(digit - b'0');
        if value > VALUE_MAX {
            return Err(Reason::TooLarge);
        }
    }
    let dropped = decimals.as_bytes().get(AMOUNT_DECIMALS..).unwrap_or_default();
    let is_rounded = dropped.iter().any(|digit| *digit != b'0');
    // Half away from zero, as invoices round.
    value += i128::from(dropped.first().is_some_and(|digit| *digit >= b'5'));
    if value > VALUE_MAX {
        return Err(Reason::TooLarge);
    }
    Ok(if is_rounded { Amount::Rounded(value) } else { Amount::Exact(value) })
}
