//! English bank holidays, by the rules they follow: days on which offices are shut.
//!
//! Not for: single days that were proclaimed once. Source: Banking and Financial Dealings Act 1971 and its
//! usual proclamations; Easter after Meeus, Jones and Butcher.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

/// Returns `true` when offices in England are shut on a weekday.
pub(super) fn is_english_holiday(day: Date) -> bool {
    let year = day.year();
    let monday = |from: Date| {
        let mut day = from;
        while day.weekday() != Weekday::Monday {
            day = day.saturating_add(1.day());
        }
        day
    };
    let easter = easter(year);
    let moved = [
        easter.saturating_sub(2.days()),
        easter.saturating_add(1.day()),
        monday(date(year, 5, 1)),
        monday(date(year, 5, 25)),
        monday(date(year, 8, 25)),
    ];
    moved.contains(&day) || substitutes(year).contains(&day)
}

/// New Year, Christmas and Boxing Day, or the weekdays that stand in for them.
fn substitutes(year: i16) -> [Date; 3] {
    let next_weekday = |day: Date, taken: Option<Date>| {
        let mut day = day;
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || Some(day) == taken {
            day = day.saturating_add(1.day());
        }
        day
    };
    let christmas = next_weekday(date(year, 12, 25), None);
    let boxing = next_weekday(date(year, 12, 26), Some(christmas));
    [next_weekday(date(year, 1, 1), None), christmas, boxing]
}

#[expect(clippy::many_single_char_names, reason = "the names of the published formula")]
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let small = |number: i32| i8::try_from(number).expect("months and days are small");
    date(year, small(n / 31), small(n % 31 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_that_were_kept() {
        for day in [
            "2024-01-01",
            "2024-03-29",
            "2024-04-01",
            "2024-05-06",
            "2024-05-27",
            "2024-08-26",
            "2024-12-25",
            "2024-12-26",
            "2021-12-27",
            "2021-12-28",
            "2022-01-03",
            "2025-04-18",
            "2026-05-25",
        ] {
            assert!(is_english_holiday(day.parse().unwrap()), "{day}");
        }
        for day in ["2024-01-02", "2024-04-02", "2024-12-24", "2025-04-22"] {
            assert!(!is_english_holiday(day.parse().unwrap()), "{day}");
        }
    }
}
