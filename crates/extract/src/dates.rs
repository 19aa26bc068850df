//! Text to days, and what a date tells of its column.
//!
//! Not for: the order of day and month or the meaning of digits in a column (`evidence`), which follow from
//! all of its values. Here is the usual shape, three numbers with a year of four digits, read in one go;
//! every other is read apart (`shapes`).
//!
//! Invariant: a day that is given out exists.

use domain::DateOrder;
use domain::problem::Reason;

mod calendar;
mod evidence;
mod month_names;
mod placeholders;
mod reader;
mod shapes;
mod spelling;
mod style;
mod swapped;
mod time;
mod two_digit_years;
mod written;

pub(crate) use calendar::from_days;
use calendar::{days_in, days_since_epoch};
pub(crate) use evidence::{AllDates, DateDecision, DateSigns};
pub use style::DateStyle;
pub(crate) use style::Today;
pub(crate) use swapped::SwappedDates;

/// The evidence one date gives of its column's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderSign {
    /// It reads the same in either order, or says which part is which.
    None,
    DayFirst,
    MonthFirst,
    /// Two numbers up to 12 that differ.
    Either,
    /// The year is in front, and the day could be a month.
    YearThenSmallDay,
    /// The year is in front, and the day could be none.
    YearThenLargeDay,
}

impl OrderSign {
    pub(crate) const COUNT: usize = Self::YearThenLargeDay as usize + 1;

    /// Looked up, as a branch would be guessed wrong for every second date.
    fn from_parts(first: i32, second: i32) -> Self {
        use OrderSign::{DayFirst, Either, MonthFirst, None};
        /// The signs by what the first and the second number can be: nothing, a month or a day, a day only.
        const SIGNS: [[OrderSign; 3]; 3] =
            [[None; 3], [None, Either, MonthFirst], [None, DayFirst, None]];
        let kind = |number| {
            usize::from((1..=31).contains(&number)) + usize::from((13..=31).contains(&number))
        };
        if first == second { None } else { SIGNS[kind(first)][kind(second)] }
    }

    const fn behind_year(day: i32) -> Self {
        if day <= 12 { Self::YearThenSmallDay } else { Self::YearThenLargeDay }
    }
}

/// A date as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Days since 1970-01-01.
    Known(i32),
    /// A day, and the reason of a note on it.
    Noted(i32, Reason),
    /// No date, by a word, zeros or a day that stands for none.
    Nothing(Reason),
}

/// Reads a date that is not empty and has no blanks round it, and counts what it tells of its column.
#[inline]
pub(crate) fn parse(text: &str, style: &DateStyle, signs: &mut DateSigns) -> Result<Day, Reason> {
    if let Some((day, sign)) = usual(text.as_bytes(), style) {
        signs.count_order(sign);
        return Ok(Day::Known(day));
    }
    shapes::parse(text, style, signs)
}

/// Returns `true` when a text such as `2026-11-23` is a day.
pub(crate) fn is_iso_day(text: &str) -> bool {
    if text.as_bytes().get(4) != Some(&b'-') {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i32>().ok();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let parts = year.zip(month).zip(day);
    parts.is_some_and(|((year, month), day)| calendar::civil(year, month, day).is_some())
}

/// Returns `true` for a month and a year, or a day and a month, as spreadsheets show what they took
/// for a date: `Mar-24`, `3-Mrz`. People write months in capitals where they number by them.
#[cold]
pub(crate) fn is_month_of_spreadsheet(text: &str) -> bool {
    let Some((first, last)) = text.split_once('-') else { return false };
    let is_number =
        |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |part: &str| {
        let mut letters = part.chars();
        let is_capital = letters.next().is_some_and(char::is_uppercase);
        is_capital
            && letters.all(char::is_lowercase)
            && part.chars().count() == 3
            && month_names::word(part).is_some_and(month_names::Word::is_month)
    };
    (is_month(first) && last.len() == 2 && is_number(last)) || (is_number(first) && is_month(last))
}

/// The two shapes nearly all dates have, `29/04/2022` and `2022-04-29`, of the last years. Takes nothing that
/// [`shapes::parse`] would not, and takes it for the same.
#[inline]
fn usual(text: &[u8], style: &DateStyle) -> Option<(i32, OrderSign)> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let year_is_first = text[2].is_ascii_digit();
    let signs = if year_is_first { [text[4], text[7]] } else { [text[2], text[5]] };
    if signs[0] != signs[1] || !matches!(signs[0], b'/' | b'-' | b'.') {
        return None;
    }
    // Shifted in one word: gathered byte by byte the digits would be stored and then waited for.
    let word = u64::from_le_bytes(*text.first_chunk()?);
    let last = u64::from(u16::from_le_bytes(*text.last_chunk()?)) << 48;
    let digits = if year_is_first {
        (word & 0xffff_ffff) | ((word >> 8) & 0xffff_0000_0000)
    } else {
        (word & 0xffff) | ((word >> 8) & 0xffff_0000) | ((word >> 16) & 0xffff_0000_0000)
    };
    let parts = pairs(digits | last)?;
    let (year, month, day, sign) = if year_is_first {
        let [century, year, month, day] = parts;
        (century * 100 + year, month, day, OrderSign::behind_year(day))
    } else {
        let [first, second, century, year] = parts;
        let sign = OrderSign::from_parts(first, second);
        let (day, month) = day_and_month(first, second, sign, style.order).ok()?;
        (century * 100 + year, month, day, sign)
    };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let day = days_since_epoch(year, month, day);
    style.today.is_usual(day).then_some((day, sign))
}

/// Tells of two numbers in front of a year which is the day.
#[inline]
fn day_and_month(
    first: i32,
    second: i32,
    sign: OrderSign,
    order: DateOrder,
) -> Result<(i32, i32), Reason> {
    match (order, sign) {
        (DateOrder::DayFirst, OrderSign::MonthFirst)
        | (DateOrder::MonthFirst, OrderSign::DayFirst)
        | (DateOrder::YearFirst, OrderSign::Either) => Err(Reason::OtherDateOrder),
        (DateOrder::MonthFirst, _) | (DateOrder::YearFirst, OrderSign::MonthFirst) => {
            Ok((second, first))
        }
        _ => Ok((first, second)),
    }
}

/// Eight digits, the first in the lowest byte, as four numbers of two each, worked out side by side in
/// one word.
#[inline]
fn pairs(digits: u64) -> Option<[i32; 4]> {
    const EVERY: u64 = 0x0101_0101_0101_0101;
    // A byte below '0' or above '9' sets its high bit in one of the two.
    let below = digits.wrapping_sub(EVERY * u64::from(b'0'));
    let above = digits.wrapping_add(EVERY * u64::from(0x7f - b'9'));
    if (below | above) & (EVERY << 7) != 0 {
        return None;
    }
    let tens_and_ones = below.wrapping_mul(10).wrapping_add(below >> 8);
    let [a, _, b, _, c, _, d, _] = tens_and_ones.to_le_bytes();
    Some([a, b, c, d].map(i32::from))
}

#[cfg(test)]
mod tests;
