//! Text to decimal amounts, and what an amount tells of its column.
//!
//! Not for: deciding how a column writes decimals or signs (`formats`). Invariant: an amount that is
//! given out is exact, or marked as rounded; no float is ever involved.

mod characters;
mod decimals;
mod overpunch;
mod written;

use std::borrow::Cow;

use domain::DecimalStyle;
use domain::problem::Reason;

use crate::currencies::Currency;
use crate::debit_credit::Side;
use written::WrittenAmount;

pub(crate) use overpunch::Overpunch;

/// The evidence one amount gives of its column's decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalEvidence {
    None,
    /// Signs that mean one thing everywhere, as those of Arabic digits.
    Settled,
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

/// A cell with an amount: the amount, and what stands round it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AmountCell {
    /// Negative on the credit side.
    pub(crate) amount: Result<Amount, Reason>,
    pub(crate) evidence: DecimalEvidence,
    pub(crate) side: Option<Side>,
    pub(crate) currency: Option<Currency>,
}

impl AmountCell {
    const fn unread(reason: Reason) -> Self {
        Self { amount: Err(reason), evidence: DecimalEvidence::None, side: None, currency: None }
    }
}

/// Digits that fit 64 bits whatever they are.
const FAST_DIGITS_MAX: usize = 14;

/// The shape nearly all amounts have: a minus or none, digits, and one or two decimals or none. Also
/// whether it has decimals.
#[inline]
pub(crate) fn plain(text: &[u8], style: DecimalStyle) -> Option<(i64, bool)> {
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

/// Reads an amount of any other shape, with no blanks round it. `style_of` says in which style, by what
/// the amount itself tells of it and the currency it stands with.
#[cold]
pub(crate) fn read(
    text: &str,
    style_of: impl FnOnce(DecimalEvidence, Option<Currency>) -> DecimalStyle,
) -> AmountCell {
    let text = characters::plain(text);
    let Some(written) = WrittenAmount::parse(&text) else {
        return AmountCell::unread(Reason::NotANumber);
    };
    let WrittenAmount { is_negative, side, currency, digits } = written;
    if digits.is_empty() {
        return AmountCell {
            amount: Ok(Amount::Dash),
            evidence: DecimalEvidence::None,
            side,
            currency,
        };
    }
    // Signs of decimals that are nobody's thousands.
    let is_settled = digits.contains(['\u{66b}', '\u{66c}']);
    let digits = if is_settled {
        Cow::Owned(digits.replace('\u{66b}', ".").replace('\u{66c}', ","))
    } else {
        Cow::Borrowed(digits)
    };
    let evidence =
        if is_settled { DecimalEvidence::Settled } else { decimals::decimal_evidence(&digits) };
    let style = if is_settled { DecimalStyle::Point } else { style_of(evidence, currency) };
    let amount = decimals::read(&digits, style);
    let is_negative = is_negative || side == Some(Side::Credit);
    let amount = amount.map(|amount| if is_negative { amount.negated() } else { amount });
    AmountCell { amount, evidence, side, currency }
}

/// Returns `true` when the text is an amount in one style or the other.
pub(crate) fn is_amount(text: &str) -> bool {
    [DecimalStyle::Point, DecimalStyle::Comma].into_iter().any(|style| {
        plain(text.as_bytes(), style).is_some() || read(text, |_, _| style).amount.is_ok()
    })
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
