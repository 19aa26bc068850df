//! Text to days, and what a date tells of its column.
//!
//! Not for: deciding what a column's order is (`columns`). Only the order of day and month in numbers
//! such as 03/04/2019 is in question; every other shape says what it means.
//!
//! Invariant: a day that is given out exists.

use domain::DateOrder;
use domain::problem::Reason;

/// The evidence one date gives of its column's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderSign {
    /// It reads the same in either order, or says which part is which.
    None,
    DayFirst,
    MonthFirst,
    /// Two numbers up to 12 that differ.
    Either,
}

impl OrderSign {
    /// Looked up, as a branch would be guessed wrong for every second date.
    fn from_parts(first: i32, second: i32) -> Self {
        use OrderSign::{DayFirst, Either, MonthFirst, None};
        /// By what the first and the second number can be: nothing, a month or a day, a day only.
        const SIGNS: [[OrderSign; 3]; 3] =
            [[None; 3], [None, Either, MonthFirst], [None, DayFirst, None]];
        let kind = |number| {
            usize::from((1..=31).contains(&number)) + usize::from((13..=31).contains(&number))
        };
        if first == second { None } else { SIGNS[kind(first)][kind(second)] }
    }
}

/// A date as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Days since 1970-01-01.
    Known(i32),
    /// The same, from a spreadsheet's day number.
    FromDayNumber(i32),
    /// Zeros by which systems say that there is no date.
    EmptyWord,
}

/// An ERP's first plausible year; two-digit years below [`PIVOT`] are in this century.
const YEAR_MIN: i32 = 1900;
const PIVOT: i32 = 70;
/// Spreadsheet day numbers of 1954 and 2119: five digits that are no other date.
const DAY_NUMBERS: std::ops::RangeInclusive<i32> = 20_000..=80_000;
/// 1970-01-01 as a spreadsheet's day number.
const DAY_NUMBER_OF_EPOCH: i32 = 25_569;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads a date that is not empty and has no blanks round it.
#[inline]
pub(crate) fn parse(text: &str, order: DateOrder) -> (Result<Day, Reason>, OrderSign) {
    match Numbers::usual(text.as_bytes()) {
        Some(parts) => parts.day(order),
        None => parse_unusual(text, order),
    }
}

fn parse_unusual(text: &str, order: DateOrder) -> (Result<Day, Reason>, OrderSign) {
    if let Some((parts, rest)) = Numbers::take(text.as_bytes()) {
        if !is_time(rest) {
            return (Err(Reason::NotADate), OrderSign::None);
        }
        return parts.day(order);
    }
    (other_shape(text), OrderSign::None)
}

/// Three numbers with one sign between.
struct Numbers {
    first: i32,
    second: i32,
    third: i32,
    year_is_first: bool,
    third_digits: usize,
}

impl Numbers {
    /// The two shapes nearly all dates have, `29/04/2022` and `2022-04-29`. Takes nothing that
    /// [`Self::take`] would not, and takes it for the same.
    fn usual(text: &[u8]) -> Option<Self> {
        let text: &[u8; 10] = text.try_into().ok()?;
        let year_is_first = text[2].is_ascii_digit();
        let (signs, digits) = if year_is_first {
            ([text[4], text[7]], [0, 1, 2, 3, 5, 6, 8, 9])
        } else {
            ([text[2], text[5]], [0, 1, 3, 4, 6, 7, 8, 9])
        };
        if signs[0] != signs[1] || !matches!(signs[0], b'/' | b'-' | b'.') {
            return None;
        }
        let parts = pairs(digits.map(|place: usize| text[place]))?;
        Some(if year_is_first {
            let [century, year, second, third] = parts;
            let first = century * 100 + year;
            Self { first, second, third, year_is_first, third_digits: 2 }
        } else {
            let [first, second, century, year] = parts;
            let third = century * 100 + year;
            Self { first, second, third, year_is_first, third_digits: 4 }
        })
    }

    /// Takes the numbers off the front; none when the text has another shape.
    fn take(text: &[u8]) -> Option<(Self, &[u8])> {
        let (first, first_digits, rest) = number(text)?;
        let (sign, rest) = separator(rest)?;
        let (second, second_digits, rest) = number(rest)?;
        let (second_sign, rest) = separator(rest)?;
        let (third, third_digits, rest) = number(rest)?;
        let year_is_first = first_digits == 4;
        let fits = sign == second_sign
            && (first_digits <= 2 || year_is_first)
            && second_digits <= 2
            && if year_is_first { third_digits <= 2 } else { matches!(third_digits, 2 | 4) };
        fits.then_some((Self { first, second, third, year_is_first, third_digits }, rest))
    }

    fn day(&self, order: DateOrder) -> (Result<Day, Reason>, OrderSign) {
        if self.year_is_first {
            return (known(self.first, self.second, self.third), OrderSign::None);
        }
        let year = if self.third_digits == 2 { century(self.third) } else { self.third };
        let sign = OrderSign::from_parts(self.first, self.second);
        let (day, month) = match order {
            DateOrder::DayFirst => (self.first, self.second),
            DateOrder::MonthFirst => (self.second, self.first),
        };
        if (self.first, self.second, self.third) == (0, 0, 0) {
            return (Ok(Day::EmptyWord), OrderSign::None);
        }
        let turned = matches!(
            (order, sign),
            (DateOrder::DayFirst, OrderSign::MonthFirst)
                | (DateOrder::MonthFirst, OrderSign::DayFirst)
        );
        let read = if turned { Err(Reason::OtherDateOrder) } else { known(year, month, day) };
        (read, sign)
    }
}

/// Eight digits as four numbers of two each, worked out side by side in one word.
fn pairs(digits: [u8; 8]) -> Option<[i32; 4]> {
    const EVERY: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(digits);
    // A byte below '0' or above '9' sets its high bit in one of the two.
    let below = word.wrapping_sub(EVERY * u64::from(b'0'));
    let above = word.wrapping_add(EVERY * u64::from(0x7f - b'9'));
    if (below | above) & (EVERY << 7) != 0 {
        return None;
    }
    let tens_and_ones = below.wrapping_mul(10).wrapping_add(below >> 8).to_le_bytes();
    let [a, _, b, _, c, _, d, _] = tens_and_ones;
    Some([a, b, c, d].map(i32::from))
}

/// Up to eight digits and how many.
fn number(text: &[u8]) -> Option<(i32, usize, &[u8])> {
    let mut value = 0;
    let mut digits = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(digits)
        && digits < 8
    {
        value = value * 10 + i32::from(digit - b'0');
        digits += 1;
    }
    (digits > 0).then(|| (value, digits, &text[digits..]))
}

fn separator(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [sign @ (b'/' | b'-' | b'.'), rest @ ..] => Some((*sign, rest)),
        _ => None,
    }
}

/// Nothing, or a time of day behind `T` or a blank: `0:00`, `14:15:02.123Z`, `2:15 PM`.
fn is_time(rest: &[u8]) -> bool {
    let time = match rest {
        [] => return true,
        [b'T' | b't' | b' ', time @ ..] => time.trim_ascii(),
        _ => return false,
    };
    let has_colon = time.contains(&b':') || time.is_empty();
    has_colon && time.iter().all(|byte| byte.is_ascii_digit() || b":.,+- ZzTtAaPpMm".contains(byte))
}

/// All that is not three numbers: `20190304`, `02-Mar-12`, `Friday, April 29, 2022`, `43831`.
fn other_shape(text: &str) -> Result<Day, Reason> {
    if let Some((value, digits, rest)) = number(text.as_bytes()) {
        match (digits, rest) {
            (8, rest) if is_time(rest) => {
                if value == 0 {
                    return Ok(Day::EmptyWord);
                }
                return known(value / 10_000, value / 100 % 100, value % 100);
            }
            (5, rest) if DAY_NUMBERS.contains(&value) && is_fraction(rest) => {
                return Ok(Day::FromDayNumber(value - DAY_NUMBER_OF_EPOCH));
            }
            (_, []) if value == 0 => return Ok(Day::EmptyWord),
            _ => {}
        }
    }
    if matches!(text, "0000-00-00" | "0000/00/00" | "0000-00-00 00:00:00") {
        return Ok(Day::EmptyWord);
    }
    with_month_name(text)
}

/// `.5`, or nothing: the time of day of a day number.
fn is_fraction(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b'.', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// A month's name, a day and a year in any usual order, with a weekday or not.
fn with_month_name(text: &str) -> Result<Day, Reason> {
    let (mut month, mut year, mut day) = (None, None, None);
    let mut rest = text.as_bytes();
    while let [first, ..] = rest {
        if first.is_ascii_digit() {
            let (value, digits, behind) = number(rest).ok_or(Reason::NotADate)?;
            rest = without_ordinal(behind);
            match digits {
                4 if year.is_none() => year = Some(value),
                1 | 2 if day.is_none() => day = Some(value),
                2 if year.is_none() => year = Some(century(value)),
                _ => return Err(Reason::NotADate),
            }
        } else if first.is_ascii_alphabetic() {
            let end = rest.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            rest = behind;
            match position(word, &MONTHS) {
                Some(found) if month.is_none() => month = Some(found),
                None if position(word, &WEEKDAYS).is_some() => {}
                _ => return Err(Reason::NotADate),
            }
        } else if matches!(first, b' ' | b',' | b'-' | b'/' | b'.') {
            rest = &rest[1..];
        } else {
            return Err(Reason::NotADate);
        }
        let is_complete = year.is_some() && month.is_some() && day.is_some();
        if is_complete && !rest.is_empty() && is_time(rest) {
            break;
        }
    }
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => known(year, month, day),
        _ => Err(Reason::NotADate),
    }
}

fn without_ordinal(text: &[u8]) -> &[u8] {
    let ordinal = ["st", "nd", "rd", "th"].iter().find(|ordinal| {
        text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(ordinal.as_bytes()))
            && !text.get(2).is_some_and(u8::is_ascii_alphabetic)
    });
    if ordinal.is_some() { &text[2..] } else { text }
}

/// Which of the names, from 1, a word is: whole, or its first letters, at least three.
fn position(word: &[u8], names: &[&str]) -> Option<i32> {
    let is_named = |name: &&str| {
        word.len() >= 3
            && name.as_bytes().get(..word.len()).is_some_and(|n| n.eq_ignore_ascii_case(word))
    };
    names.iter().zip(1..).find(|(name, _)| is_named(name)).map(|(_, position)| position)
}

const fn century(two_digits: i32) -> i32 {
    if two_digits < PIVOT { 2000 + two_digits } else { 1900 + two_digits }
}

fn known(year: i32, month: i32, day: i32) -> Result<Day, Reason> {
    if (year, month, day) == (0, 0, 0) {
        return Ok(Day::EmptyWord);
    }
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return Err(Reason::NoSuchDay);
    }
    if !(YEAR_MIN..=9999).contains(&year) {
        return Err(Reason::YearOutOfRange);
    }
    Ok(Day::Known(days_since_epoch(year, month, day)))
}

const fn days_in(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Howard Hinnant's `days_from_civil`, for years from 0: years begin in March, so that the leap day is
/// their last.
const fn days_since_epoch(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests;
