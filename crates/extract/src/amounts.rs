//! Text to decimal amounts, and what an amount tells of its column.
//!
//! Not for: deciding how a column writes decimals (`columns`). Invariant: an amount that is given out
//! is exact, or marked as rounded; no float is ever involved.

use domain::DecimalStyle;

use crate::fields::{AMOUNT_PRECISION, AMOUNT_SCALE};
use domain::problem::Reason;

/// The evidence one amount gives of its column's decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StyleSign {
    None,
    Point,
    Comma,
    /// `1.234`: thousands, or three decimals behind a point.
    PointAndThreeDigits,
    /// `1,234`.
    CommaAndThreeDigits,
}

/// An amount as it was read, in units of 1/10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    Exact(i128),
    /// It had more than four decimals.
    Rounded(i128),
    /// A lone dash, as accounting formats write zero.
    Dash,
}

impl Amount {
    const fn negated(self) -> Self {
        match self {
            Self::Exact(value) => Self::Exact(-value),
            Self::Rounded(value) => Self::Rounded(-value),
            Self::Dash => Self::Dash,
        }
    }
}

const SCALE: usize = AMOUNT_SCALE.unsigned_abs() as usize;
/// The largest value of the column's type.
const VALUE_MAX: i128 = 10_i128.pow(AMOUNT_PRECISION as u32) - 1;
/// Digits that fit 64 bits whatever they are.
const FAST_DIGITS_MAX: usize = 14;

const SIGNS: [char; 6] = ['£', '$', '€', '¥', '₹', '\u{a4}'];

/// Reads an amount that is not empty and has no blanks round it.
#[inline]
pub(crate) fn parse(text: &str, style: DecimalStyle) -> (Result<Amount, Reason>, StyleSign) {
    if let Some((amount, has_point)) = plain(text.as_bytes(), style) {
        let sign = match (has_point, style) {
            (false, _) => StyleSign::None,
            (true, DecimalStyle::Point) => StyleSign::Point,
            (true, DecimalStyle::Comma) => StyleSign::Comma,
        };
        return (Ok(Amount::Exact(amount.into())), sign);
    }
    parse_decorated(text, style)
}

fn parse_decorated(text: &str, style: DecimalStyle) -> (Result<Amount, Reason>, StyleSign) {
    let Some(stripped) = BareNumber::parse(text) else {
        return (Err(Reason::NotANumber), StyleSign::None);
    };
    if stripped.digits.is_empty() {
        let is_dash = stripped.is_negative || matches!(text, "–" | "—");
        let read = if is_dash { Ok(Amount::Dash) } else { Err(Reason::NotANumber) };
        return (read, StyleSign::None);
    }
    (decimal(&stripped, style), style_sign(stripped.digits))
}

/// The shape nearly all amounts have: a minus or none, digits, and one or two decimals or none.
fn plain(text: &[u8], style: DecimalStyle) -> Option<(i64, bool)> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut value = 0_i64;
    let mut whole = 0;
    while let Some(digit @ b'0'..=b'9') = digits.get(whole) {
        if whole == FAST_DIGITS_MAX {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
        whole += 1;
    }
    let point = if style == DecimalStyle::Point { b'.' } else { b',' };
    let (value, has_point) = match digits[whole..] {
        _ if whole == 0 => return None,
        [] => (value * 10_000, false),
        [sign, a @ b'0'..=b'9'] if sign == point => {
            ((value * 10 + i64::from(a - b'0')) * 1_000, true)
        }
        [sign, a @ b'0'..=b'9', b @ b'0'..=b'9'] if sign == point => {
            (((value * 10 + i64::from(a - b'0')) * 10 + i64::from(b - b'0')) * 100, true)
        }
        _ => return None,
    };
    Some((if is_negative { -value } else { value }, has_point))
}

/// An amount without sign and currency.
#[derive(Debug)]
struct BareNumber<'a> {
    is_negative: bool,
    digits: &'a str,
}

impl<'a> BareNumber<'a> {
    /// Takes signs, parentheses and currencies off both ends; none when a sign stands there twice.
    fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.trim();
        let mut negatives = 0;
        let mut positives = 0;
        loop {
            let before = rest;
            if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
                negatives += 1;
                rest = inner.trim();
            }
            if let Some(behind) = rest.strip_prefix(['-', '\u{2212}']) {
                negatives += 1;
                rest = behind.trim_start();
            } else if let Some(front) = rest.strip_suffix(['-', '\u{2212}']) {
                negatives += 1;
                rest = front.trim_end();
            }
            if let Some(behind) = rest.strip_prefix('+') {
                positives += 1;
                rest = behind.trim_start();
            }
            rest = rest.trim_start_matches(SIGNS).trim_end_matches(SIGNS).trim();
            if let Some((front, is_credit)) = credit_mark(rest) {
                negatives += usize::from(is_credit);
                rest = front;
            }
            rest = without_currency_code(rest);
            if rest == before {
                break;
            }
        }
        (negatives + positives <= 1).then_some(Self { is_negative: negatives == 1, digits: rest })
    }
}

/// `123.45 CR` is negative, `123.45 DR` is not.
fn credit_mark(text: &str) -> Option<(&str, bool)> {
    let (front, mark) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ends_in_number = front.trim_end().ends_with(|c: char| c.is_ascii_digit() || c == '.');
    match mark.to_ascii_uppercase().as_str() {
        "CR" if ends_in_number => Some((front.trim_end(), true)),
        "DR" if ends_in_number => Some((front.trim_end(), false)),
        _ => None,
    }
}

/// `GBP 12.00` and `12.00 GBP`.
fn without_currency_code(text: &str) -> &str {
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_number = |rest: &str| rest.contains(|c: char| c.is_ascii_digit());
    if let Some((code, rest)) = text.split_at_checked(3)
        && is_code(code)
        && is_number(rest)
        && !rest.starts_with(char::is_alphabetic)
    {
        return rest.trim_start();
    }
    if let Some((rest, code)) = text.split_at_checked(text.len().saturating_sub(3))
        && is_code(code)
        && is_number(rest)
        && !rest.ends_with(char::is_alphabetic)
    {
        return rest.trim_end();
    }
    text
}

const fn is_thousands_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// What a number without sign and currency tells of how its column writes decimals.
fn style_sign(digits: &str) -> StyleSign {
    let points = digits.matches('.').count();
    let commas = digits.matches(',').count();
    if points + commas == 0 || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return StyleSign::None;
    }
    let last = if digits.rfind('.') > digits.rfind(',') { '.' } else { ',' };
    let (front, behind) = digits.rsplit_once(last).expect("one of them is there");
    let decimal = if last == '.' { StyleSign::Point } else { StyleSign::Comma };
    let thousands = if last == '.' { StyleSign::Comma } else { StyleSign::Point };
    match (points, commas) {
        (1, 0) | (0, 1) => {
            let could_be_thousands =
                behind.len() == 3 && (1..=3).contains(&front.len()) && !front.starts_with('0');
            match (could_be_thousands, last) {
                (false, _) => decimal,
                (true, '.') => StyleSign::PointAndThreeDigits,
                (true, _) => StyleSign::CommaAndThreeDigits,
            }
        }
        (0, _) | (_, 0) if are_groups(digits, last) => thousands,
        (1, _) if last == '.' => decimal,
        (_, 1) if last == ',' => decimal,
        _ => StyleSign::None,
    }
}

/// Whether the parts are one to three digits and then groups: threes, or the twos and a three of India.
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

fn decimal(stripped: &BareNumber<'_>, style: DecimalStyle) -> Result<Amount, Reason> {
    let (point, comma) = match style {
        DecimalStyle::Point => ('.', ','),
        DecimalStyle::Comma => (',', '.'),
    };
    let digits = stripped.digits;
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
            (style_sign(digits), style),
            (StyleSign::Point, DecimalStyle::Comma) | (StyleSign::Comma, DecimalStyle::Point)
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
    let amount = magnitude(whole, decimals)?;
    Ok(if stripped.is_negative { amount.negated() } else { amount })
}

fn magnitude(whole: &str, decimals: &str) -> Result<Amount, Reason> {
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotANumber);
    }
    let mut value = 0_i128;
    let kept = decimals.bytes().chain(std::iter::repeat(b'0')).take(SCALE);
    for digit in whole.bytes().filter(u8::is_ascii_digit).chain(kept) {
        value = value * 10 + i128::from(digit - b'0');
        if value > VALUE_MAX {
            return Err(Reason::TooLarge);
        }
    }
    let dropped = decimals.as_bytes().get(SCALE..).unwrap_or_default();
    let is_rounded = dropped.iter().any(|digit| *digit != b'0');
    // Half away from zero, as invoices round.
    value += i128::from(dropped.first().is_some_and(|digit| *digit >= b'5'));
    if value > VALUE_MAX {
        return Err(Reason::TooLarge);
    }
    Ok(if is_rounded { Amount::Rounded(value) } else { Amount::Exact(value) })
}

/// `2.15489E+13`: what a spreadsheet makes of a long number. A plain `12E3` may be a reference and is
/// not taken for one.
pub(crate) fn is_scientific(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(end) = bytes.last_chunk::<4>() else { return false };
    // From the end, as hardly any text ends so.
    let behind_mantissa = match end {
        [_, b'E' | b'e', b'+' | b'-', b'0'..=b'9'] => 3,
        [b'E' | b'e', b'+' | b'-', b'0'..=b'9', b'0'..=b'9'] => 4,
        [b'+' | b'-', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9']
            if matches!(bytes, [.., b'E' | b'e', _, _, _, _]) =>
        {
            5
        }
        _ => return false,
    };
    let mantissa = &bytes[..bytes.len() - behind_mantissa];
    mantissa.iter().any(u8::is_ascii_digit)
        && mantissa.iter().all(|byte| byte.is_ascii_digit() || b".,-".contains(byte))
}

#[cfg(test)]
mod tests;
