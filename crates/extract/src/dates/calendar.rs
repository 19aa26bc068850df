//! Days of our calendar and of others, as days since 1970-01-01.
//!
//! Not for: telling which calendar a column is written in (`evidence`). Invariant: a day that is given out
//! exists in its calendar.

/// The calendar that a column's years are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Calendar {
    #[default]
    Gregorian,
    /// Thailand's: 543 years ahead.
    Buddhist,
    /// Taiwan's: 1911 years behind.
    Minguo,
    /// Saudi Arabia's Umm al-Qura, months of the moon.
    Hijri,
    /// Iran's: the year begins in March.
    Persian,
}

impl Calendar {
    pub(crate) const OTHERS: [Self; 4] = [Self::Buddhist, Self::Minguo, Self::Hijri, Self::Persian];

    /// The day since 1970; none where there is no such day, or none that can be reckoned.
    pub(crate) fn day(self, year: i32, month: i32, day: i32) -> Option<i32> {
        match self {
            Self::Gregorian => civil(year, month, day),
            Self::Buddhist => civil(year - 543, month, day),
            Self::Minguo => civil(year + 1911, month, day),
            Self::Hijri => hijri(year, month, day),
            Self::Persian => persian(year, month, day),
        }
    }
}

/// A day of our calendar, of the years 1 to 9999.
pub(crate) fn civil(year: i32, month: i32, day: i32) -> Option<i32> {
    let exists = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day);
    exists.then(|| days_since_epoch(year, month, day))
}

pub(super) const fn days_in(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Howard Hinnant's `days_from_civil`, for years from 0: years begin in March, so that the leap day is
/// their last.
pub(super) const fn days_since_epoch(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Hinnant's `civil_from_days`: year, month and day, for days from year 0.
pub(crate) const fn from_days(days: i32) -> (i32, i32, i32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// The day so many days into a year, from 1.
pub(super) fn day_of_year(year: i32, day: i32) -> Option<i32> {
    let length = if is_leap(year) { 366 } else { 365 };
    (1..=length).contains(&day).then(|| civil(year, 1, 1).map(|first| first + day - 1))?
}

/// A day of an ISO week; Monday is 1.
pub(super) fn day_of_week(year: i32, week: i32, day: i32) -> Option<i32> {
    // The week of 4 January is the first.
    let fourth = civil(year, 1, 4)?;
    // 1970-01-01 was a Thursday.
    let monday = |of: i32| of - (of + 3).rem_euclid(7);
    let first = monday(fourth);
    let weeks = (monday(civil(year + 1, 1, 4)?) - first) / 7;
    ((1..=weeks).contains(&week) && (1..=7).contains(&day))
        .then(|| first + (week - 1) * 7 + day - 1)
}

const HIJRI_FIRST_YEAR: i32 = 1400;
/// 1 Muharram 1400.
const HIJRI_FIRST_DAY: i32 = 3_610;

/// Months of 30 days of each year from 1400, the first month in the lowest bit; the others have 29. As Saudi
/// Arabia publishes them (van Gent's table of the Umm al-Qura calendar).
const HIJRI_LONG_MONTHS: [u16; 101] = [
    0xd4b, 0x52a, 0xa57, 0x4ae, 0x976, 0x56c, 0xb55, 0xaaa, 0xa55, 0x4ad, 0x95d, 0x2da, 0x5d9,
    0xdb2, 0xba4, 0xb4a, 0xa55, 0x2b5, 0x575, 0xb6a, 0xbd2, 0xbc4, 0xb89, 0xa95, 0x52d, 0x5ad,
    0xb6a, 0x6d4, 0xdc9, 0xd92, 0xaa6, 0x956, 0x2ae, 0x56d, 0x36a, 0xb55, 0xaaa, 0x94d, 0x49d,
    0x95d, 0x2ba, 0x5b5, 0x5aa, 0xd55, 0xa9a, 0x92e, 0x26e, 0x55d, 0xada, 0x6d4, 0x6a5, 0x54b,
    0xa97, 0x54e, 0xaae, 0x5ac, 0xba9, 0xd92, 0xb25, 0x64b, 0xcab, 0x55a, 0xb55, 0x6d2, 0xea5,
    0xe4a, 0xa95, 0x52d, 0xaad, 0x36c, 0x759, 0x6d2, 0x695, 0x52d, 0xa5b, 0x4ba, 0x9ba, 0x3b4,
    0xb69, 0xb52, 0xaa6, 0x4b6, 0x96d, 0x2ec, 0x6d9, 0xeb2, 0xd54, 0xd2a, 0xa56, 0x4ae, 0x96d,
    0xd6a, 0xb54, 0xb29, 0xa93, 0x52b, 0xa57, 0x536, 0xab5, 0x6aa, 0xe93,
];

fn hijri(year: i32, month: i32, day: i32) -> Option<i32> {
    let years_before = usize::try_from(year - HIJRI_FIRST_YEAR).ok()?;
    let of_year = *HIJRI_LONG_MONTHS.get(years_before)?;
    if !(1..=12).contains(&month) {
        return None;
    }
    let is_long = |months: u16, month: i32| i32::from(months >> (month - 1) & 1);
    if !(1..=29 + is_long(of_year, month)).contains(&day) {
        return None;
    }
    let long_of = |months: &u16| 12 * 29 + i32::try_from(months.count_ones()).expect("at most 12");
    let before: i32 = HIJRI_LONG_MONTHS[..years_before].iter().map(long_of).sum();
    let in_year: i32 = (1..month).map(|month| 29 + is_long(of_year, month)).sum();
    Some(HIJRI_FIRST_DAY + before + in_year + day - 1)
}

/// Reckons by the cycle of 33 years with 8 leap years, which is right from 1244 to 1472.
fn persian(year: i32, month: i32, day: i32) -> Option<i32> {
    const BEFORE_FIRST_YEAR: i32 = -492_268;
    let new_year = |year: i32| BEFORE_FIRST_YEAR + 365 * (year - 1) + (8 * year + 21) / 33;
    if !(1244..=1472).contains(&year) {
        return None;
    }
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => new_year(year + 1) - new_year(year) - 336,
        _ => return None,
    };
    let before = if month <= 7 { 31 * (month - 1) } else { 186 + 30 * (month - 7) };
    (1..=length).contains(&day).then(|| new_year(year) + before + day - 1)
}

/// Japanese eras by their letter: the year before their first.
const ERAS: [(char, i32); 5] = [('R', 2018), ('H', 1988), ('S', 1925), ('T', 1911), ('M', 1867)];

/// The year before the first of a Japanese era, by the era's letter.
pub(super) fn era(letter: char) -> Option<i32> {
    ERAS.iter().find(|(known, _)| *known == letter).map(|(_, before)| *before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_is_itself() {
        let mut day = days_since_epoch(1900, 1, 1);
        for year in 1900..2300 {
            for month in 1..=12 {
                for date in 1..=days_in(year, month) {
                    assert_eq!(days_since_epoch(year, month, date), day, "{year}-{month}-{date}");
                    assert_eq!(from_days(day), (year, month, date));
                    day += 1;
                }
            }
        }
        assert_eq!(days_since_epoch(1970, 1, 1), 0);
        assert_eq!(from_days(civil(1, 1, 1).unwrap()), (1, 1, 1));
    }

    #[test]
    fn days_of_other_calendars_are_ours() {
        for (calendar, date, ours) in [
            (Calendar::Buddhist, (2567, 3, 5), (2024, 3, 5)),
            (Calendar::Minguo, (113, 3, 5), (2024, 3, 5)),
            (Calendar::Hijri, (1400, 1, 1), (1979, 11, 20)),
            (Calendar::Hijri, (1420, 6, 15), (1999, 9, 25)),
            (Calendar::Hijri, (1445, 1, 5), (2023, 7, 23)),
            (Calendar::Hijri, (1445, 9, 1), (2024, 3, 11)),
            (Calendar::Hijri, (1499, 12, 29), (2076, 11, 26)),
            (Calendar::Persian, (1403, 1, 1), (2024, 3, 20)),
            (Calendar::Persian, (1403, 12, 30), (2025, 3, 20)),
            (Calendar::Persian, (1404, 7, 1), (2025, 9, 23)),
        ] {
            let (year, month, day) = date;
            let read = calendar.day(year, month, day).map(from_days);
            assert_eq!(read, Some(ours), "{calendar:?} {date:?}");
        }
        for (calendar, year, month, day) in [
            (Calendar::Hijri, 1399, 1, 1),
            (Calendar::Hijri, 1445, 13, 1),
            (Calendar::Hijri, 1445, 1, 31),
            (Calendar::Persian, 1404, 12, 30),
            (Calendar::Persian, 1404, 7, 31),
            (Calendar::Buddhist, 2567, 2, 30),
        ] {
            assert_eq!(calendar.day(year, month, day), None, "{calendar:?} {year}-{month}-{day}");
        }
    }

    #[test]
    fn days_of_years_and_weeks() {
        assert_eq!(day_of_year(2024, 366), civil(2024, 12, 31));
        assert_eq!(day_of_year(2023, 366), None);
        assert_eq!(day_of_week(2024, 20, 1), civil(2024, 5, 13));
        assert_eq!(day_of_week(2020, 53, 7), civil(2021, 1, 3));
        assert_eq!(day_of_week(2025, 1, 1), civil(2024, 12, 30));
        assert_eq!(day_of_week(2024, 53, 1), None);
    }
}
