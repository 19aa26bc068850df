//! An amount as it was written, taken apart: signs, brackets, words of debit and credit, currency, digits.
//!
//! Not for: the digits themselves (`decimals`). Invariant: whatever is not understood makes it no amount.

use crate::currencies::Currency;
use crate::debit_credit::{Side, behind_amount, beside_amount};

/// An amount without its signs and its currency.
#[derive(Debug)]
pub(super) struct WrittenAmount<'a> {
    pub(super) is_negative: bool,
    pub(super) side: Option<Side>,
    pub(super) currency: Option<Currency>,
    /// From the first digit to the last, with a decimal sign before or behind; empty for a lone dash.
    pub(super) digits: &'a str,
}

impl<'a> WrittenAmount<'a> {
    /// The parts of an amount in plain characters; none when a sign stands there twice.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let Some((front, digits, back)) = split(text) else {
            let dash = Surroundings::parse(text, Place::Before)?;
            let is_dash = dash.minuses == 1 && dash.signs() == 1;
            let (side, currency) = (None, dash.currency);
            return is_dash.then_some(Self { is_negative: false, side, currency, digits: "" });
        };
        let front = Surroundings::parse(front, Place::Before)?;
        let back = Surroundings::parse(without_dashes_for_decimals(digits, back), Place::Behind)?;
        let closing = front.bracket.and_then(closing_of);
        if closing != back.bracket
            || front.signs() + back.signs() > 1 + usize::from(closing.is_some())
        {
            return None;
        }
        let currency = match (front.currency, back.currency) {
            (Some(one), Some(other)) => Some(agreed(one, other)?),
            (one, other) => one.or(other),
        };
        Some(Self {
            is_negative: front.minuses + back.minuses > 0 || closing.is_some(),
            side: front.side.or(back.side),
            currency,
            digits,
        })
    }
}

/// Text before the digits, the digits, text behind; none without a digit.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let is_decimal_sign = |c: char| matches!(c, '.' | ',' | '\u{66b}');
    let mut first = text.find(|c: char| c.is_ascii_digit())?;
    let mut before = text[..first].chars().rev();
    if let Some(sign) = before.next().filter(|c| is_decimal_sign(*c))
        // The points of `Rs.12` and `S/.12` are none of the digits.
        && !before.next().is_some_and(|c| c.is_alphabetic() || c == '/')
    {
        first -= sign.len_utf8();
    }
    let mut end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    end += text[end..].chars().next().filter(|c| is_decimal_sign(*c)).map_or(0, char::len_utf8);
    Some((&text[..first], &text[first..end], &text[end..]))
}

/// `12,-` and `12.--` are whole amounts whose decimals are dashes, and not negative.
fn without_dashes_for_decimals<'a>(digits: &str, back: &'a str) -> &'a str {
    if !digits.ends_with(['.', ',']) {
        return back;
    }
    back.strip_prefix("--").or_else(|| back.strip_prefix('-')).unwrap_or(back)
}

/// The likelier of two ways to write one currency, as in `$12.00 CAD`; none when they are two.
fn agreed(one: Currency, other: Currency) -> Option<Currency> {
    let is_of = |known: Currency, wide: Currency| known.code().is_some_and(|c| wide.may_be(c));
    if is_of(other, one) { Some(other) } else { (is_of(one, other) || one == other).then_some(one) }
}

const fn closing_of(bracket: char) -> Option<char> {
    match bracket {
        '(' => Some(')'),
        '<' => Some('>'),
        '[' => Some(']'),
        _ => None,
    }
}

/// Where text stands by the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Behind,
}

/// The signs and words on one side of the digits.
#[derive(Debug, Default)]
struct Surroundings {
    minuses: usize,
    pluses: usize,
    bracket: Option<char>,
    side: Option<Side>,
    currency: Option<Currency>,
}

impl Surroundings {
    /// Counts how often it says whether the amount is negative.
    fn signs(&self) -> usize {
        self.minuses
            + self.pluses
            + usize::from(self.bracket.is_some())
            + usize::from(self.side.is_some())
    }

    /// Reads an amount; none when something in it is not understood.
    fn parse(text: &str, place: Place) -> Option<Self> {
        let mut parsed = Self::default();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let behind = |c: char| rest.strip_prefix(c).or_else(|| rest.strip_suffix(c));
            let is_bracket = |c: &char| behind(*c).is_some();
            let brackets = if place == Place::Before { ['(', '<', '['] } else { [')', '>', ']'] };
            if let Some(left) = behind('-') {
                parsed.minuses += 1;
                rest = left.trim();
            } else if let Some(left) = behind('+') {
                parsed.pluses += 1;
                rest = left.trim();
            } else if let Some(bracket) = brackets.into_iter().find(is_bracket) {
                rest = behind(bracket).filter(|_| parsed.bracket.is_none())?.trim();
                parsed.bracket = Some(bracket);
            } else {
                parsed.take_words(rest, place)?;
                break;
            }
        }
        Some(parsed)
    }

    /// A currency, a word of debit or credit, or both.
    fn take_words(&mut self, text: &str, place: Place) -> Option<()> {
        let currency = |text: &str| match place {
            Place::Before => Currency::written_before(text),
            Place::Behind => Currency::written(text),
        };
        let side = |text: &str| match place {
            Place::Before => beside_amount(text),
            Place::Behind => behind_amount(text),
        };
        self.currency = currency(text);
        if self.currency.is_some() {
            return Some(());
        }
        self.side = side(text);
        if self.side.is_some() {
            return Some(());
        }
        let (first, behind) = text.split_at(word_end(text));
        let (before, last) = text.split_at(word_start(text));
        let (word, other) = match (side(first), side(last)) {
            (Some(_), _) => (first, behind),
            (None, Some(_)) => (last, before),
            (None, None) => return None,
        };
        self.side = side(word);
        self.currency = Some(currency(other.trim())?);
        Some(())
    }
}

/// Where the first word ends, with a point behind it.
fn word_end(text: &str) -> usize {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    if text[end..].starts_with('.') { end + 1 } else { end }
}

/// Where the last word begins, which may have a point behind it.
fn word_start(text: &str) -> usize {
    let word = text.strip_suffix('.').unwrap_or(text);
    let before = word.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    before.map_or(0, |(at, c)| at + c.len_utf8())
}
