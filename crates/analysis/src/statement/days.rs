//! How far the day of a line is from that of a row, and what that tells of the two.
//!
//! Not for: how their numbers are alike (`likeness`), nor which row a line gets (`matching`).
//!
//! Invariant: days apart are counted from the day of the row to that of the line.

use evidence::invoice_number::InvoiceNumber;
use jiff::civil::Date;

/// A number that was keyed otherwise, with the same amount, is the same invoice on a day so near: fewer than
/// a week, as many suppliers bill the same each week.
const FEW_DAYS_MAX: i32 = 5;
/// A row whose number is like that of a line, and whose amount is the same, is named to whoever looks for it
/// within so many days.
const DAYS_NAMED_MAX: i32 = 45;
/// A number over another amount is the same invoice within so many days: numbers begin anew with each year.
const DAYS_OF_ONE_YEAR: i32 = 180;
/// Lines of one number and amount with their rows that tell of a usual shift.
const SHIFT_LINES_MIN: usize = 3;
/// Digits, but for leading zeros, of a number that no supplier gives out twice.
const LASTING_DIGITS_MIN: usize = 5;

/// The nearness of two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayLikeness {
    /// Of the same day, or as far from it as the days of a statement usually are.
    Same,
    /// A few days from that.
    Near,
    Far,
    /// One of the days is not known.
    Unknown,
}

impl DayLikeness {
    /// The nearness of days so far apart, on a statement whose days are usually so far from ours.
    pub(super) fn of(apart: Option<i32>, usual: i32) -> Self {
        let Some(apart) = apart else { return Self::Unknown };
        match apart.abs().min((apart - usual).abs()) {
            0 => Self::Same,
            1..=FEW_DAYS_MAX => Self::Near,
            _ => Self::Far,
        }
    }
}

/// The most days that two papers of one number may be apart for them to be one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NumberReach {
    /// Of a word such as `Rent`.
    FewDays,
    /// Of a short number, as suppliers begin anew with each year.
    OneYear,
    /// Of a long one: the days may be those of the invoice and of its payment.
    Always,
}

impl NumberReach {
    pub(super) fn of(number: &InvoiceNumber) -> Self {
        match number.plain.bytes().filter(u8::is_ascii_digit).count() {
            0 => Self::FewDays,
            1..LASTING_DIGITS_MIN => Self::OneYear,
            _ => Self::Always,
        }
    }

    /// Returns `true` for days within reach of one another; also where one of them is not known.
    pub(super) fn has(self, apart: Option<i32>) -> bool {
        match self {
            Self::FewDays => apart.is_none_or(|days| days.abs() <= FEW_DAYS_MAX),
            Self::OneYear => is_of_one_year(apart),
            Self::Always => true,
        }
    }
}

/// A day with its month and its day of the month in each other's place; none where that is no day.
pub(super) fn turned(date: Date) -> Option<Date> {
    Date::new(date.year(), date.day(), date.month()).ok()
}

/// The days from the day of a row to that of a line; none where one of them is not known.
pub(super) fn days_apart(line: Option<Date>, row: Option<Date>) -> Option<i32> {
    line.zip(row).map(|(line, row)| (line - row).get_days())
}

/// Returns `true` where a row so far from a line may be named beside it; also where that is not known.
pub(super) fn may_be_named(apart: Option<i32>) -> bool {
    apart.is_none_or(|days| days.abs() <= DAYS_NAMED_MAX)
}

/// Returns `true` for days of one year's numbers; also where one of them is not known.
pub(super) fn is_of_one_year(apart: Option<i32>) -> bool {
    apart.is_none_or(|days| days.abs() <= DAYS_OF_ONE_YEAR)
}

/// The days by which most lines are apart from their rows, such as those of a statement that says when its
/// invoices are due; 0 where they are not so many, or not so much alike.
pub(super) fn usual_shift(mut apart: Vec<i32>) -> i32 {
    apart.sort_unstable();
    let Some(middle) = apart.get(apart.len() / 2).copied() else { return 0 };
    let alike = apart.iter().filter(|days| (**days - middle).abs() <= FEW_DAYS_MAX).count();
    if alike >= SHIFT_LINES_MIN && 2 * alike > apart.len() { middle } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_usual_where_most_lines_have_it() {
        for (apart, expected) in [
            (vec![], 0),
            (vec![30, 30], 0),
            (vec![30, 30, 30], 30),
            (vec![-3, -5, -9], -5),
            (vec![0, 0, 0, 25], 0),
            (vec![0, 0, 0, 30, 30, 30], 0),
            (vec![0, 20, 40, 60, 80], 0),
        ] {
            assert_eq!(usual_shift(apart.clone()), expected, "{apart:?}");
        }
    }

    #[test]
    fn a_number_reaches_as_far_as_it_is_long() {
        for (number, few, half_a_year, year) in [
            ("Rent", true, false, false),
            ("117", true, true, false),
            ("INV-00117", true, true, false),
            ("24/117", true, true, true),
            ("48790", true, true, true),
        ] {
            let reach = NumberReach::of(&InvoiceNumber::new(number));
            let found = [5, -180, 365].map(|days| reach.has(Some(days)));
            assert_eq!(found, [few, half_a_year, year], "{number}");
            assert!(reach.has(None), "{number}");
        }
    }

    #[test]
    fn a_day_is_turned_where_its_number_is_that_of_a_month() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(turned(day("2026-04-03")), Some(day("2026-03-04")));
        assert_eq!(turned(day("2026-04-13")), None);
    }

    #[test]
    fn days_are_near_one_another_or_the_usual_shift() {
        use DayLikeness::{Far, Near, Same, Unknown};
        for (apart, usual, expected) in [
            (Some(0), 0, Same),
            (Some(5), 0, Near),
            (Some(-5), 0, Near),
            (Some(6), 0, Far),
            (Some(25), 0, Far),
            (Some(30), 30, Same),
            (Some(27), 30, Near),
            (Some(0), 30, Same),
            (Some(15), 30, Far),
            (None, 0, Unknown),
        ] {
            assert_eq!(DayLikeness::of(apart, usual), expected, "{apart:?} {usual}");
        }
    }
}
