//! The days of a sample: counted from the first day of its three years, with England's bank
//! holidays.
//!
//! Not for: other entities' calendars; the organisation is an English one.
//!
//! Invariant: the calendar comes from `until` alone; nothing here knows today.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

/// Days since the first day of the three years; negative before them.
pub(super) type Day = i64;

pub(super) const YEARS: i64 = 3;
/// Suppliers and employees were created up to this long before.
pub(super) const BEFORE: Day = 15 * 366;
/// Due dates and payments lie behind the last day: the longest terms and a payment run.
const AFTER: Day = 150;
/// Longer than Christmas with a weekend on either side.
const HOLIDAY_MAX: Day = 10;

pub(super) struct Calendar {
    dates: Vec<Date>,
    texts: Vec<String>,
    working: Vec<bool>,
    /// The last day, `until`.
    pub(super) last: Day,
}

impl Calendar {
    /// `until` lies between the years 2000 and 2100, so no arithmetic here can overflow.
    pub(super) fn new(until: Date) -> Self {
        let first = until - YEARS.years() + 1.day();
        let last = Day::from(days_between(first, until));
        let dates: Vec<Date> = (-BEFORE..=last + AFTER).map(|day| first + day.days()).collect();
        let texts = dates.iter().map(ToString::to_string).collect();
        let working = dates.iter().map(|date| is_working(*date)).collect();
        Self { dates, texts, working, last }
    }

    pub(super) fn date(&self, day: Day) -> Date {
        self.dates[index(day)]
    }

    /// `2026-09-30`
    pub(super) fn text(&self, day: Day) -> &str {
        &self.texts[index(day)]
    }

    pub(super) fn is_working(&self, day: Day) -> bool {
        self.working[index(day)]
    }

    /// `day`, or the next day on which people work.
    pub(super) fn working(&self, day: Day) -> Day {
        (day..day + HOLIDAY_MAX).find(|day| self.is_working(*day)).expect("a holiday ends")
    }

    /// The first weekly payment run, a Thursday, on or after `day`.
    pub(super) fn payment_run(&self, day: Day) -> Day {
        let thursday = |day: &Day| self.date(*day).weekday() == Weekday::Thursday;
        (day..day + 7).find(thursday).expect("every week has a Thursday")
    }

    /// The day of a date, if the calendar reaches so far.
    pub(super) fn day(&self, date: Date) -> Option<Day> {
        let first = self.dates[index(0)];
        let day = Day::from(days_between(first, date));
        (-BEFORE..=self.last + AFTER).contains(&day).then_some(day)
    }

    /// The file name's stamp: `20260930`.
    pub(super) fn stamp(&self, day: Day) -> String {
        self.text(day).replace('-', "")
    }
}

fn index(day: Day) -> usize {
    usize::try_from(day + BEFORE).expect("no day lies before the calendar")
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_bank_holiday(day)
}

fn is_bank_holiday(day: Date) -> bool {
    let monday = day.weekday() == Weekday::Monday;
    let easter = easter_sunday(day.year());
    match (day.month(), day.day()) {
        (1, 1) | (12, 25 | 26) => true,
        (5, 1..=7 | 25..=31) | (8, 25..=31) => monday,
        _ => day == easter - 2.days() || day == easter + 1.day(),
    }
}

/// The anonymous Gregorian computus.
fn easter_sunday(year: i16) -> Date {
    let (golden, century) = (year % 19, year / 100);
    let correction = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let moon =
        correction - (correction / 28) * (1 - (29 / (correction + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
    date(year, 3, 1) + (27 + i64::from(moon - weekday)).days()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Calendar, easter_sunday, is_working};

    #[test]
    fn easter_is_where_the_church_has_it() {
        for (year, month, day) in [
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2026, 4, 5),
            (2038, 4, 25),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    #[test]
    fn bank_holidays_and_weekends_are_not_worked() {
        for (month, day, working) in [
            (4, 2, true),
            (4, 3, false),
            (4, 6, false),
            (5, 4, false),
            (5, 11, true),
            (8, 31, false),
        ] {
            assert_eq!(is_working(date(2026, month, day)), working, "{day}/{month}");
        }
        assert!(!is_working(date(2026, 9, 26)));
    }

    #[test]
    fn three_years_end_with_the_last_day() {
        let calendar = Calendar::new(date(2026, 9, 30));
        assert_eq!((calendar.text(0), calendar.text(calendar.last)), ("2023-10-01", "2026-09-30"));
        assert_eq!(calendar.day(date(2023, 10, 31)), Some(30));
        assert_eq!(calendar.text(calendar.payment_run(0)), "2023-10-05");
    }
}
