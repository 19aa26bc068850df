//! How far apart two invoice dates are, and the slips that put them there.

/// Where the second date stands as seen from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DayLikeness {
    Same,
    /// Day and month have changed places.
    Swapped,
    /// One day and month in the year before or after.
    WrongYear,
    FewDays,
    Week,
    Month,
    Quarter,
    Far,
}

/// Coarser: by which what suppliers usually do is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gap {
    Same,
    Week,
    Month,
    Far,
}

/// A period by which charges are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingPeriod {
    Month,
    Quarter,
    HalfYear,
    Year,
}

impl BillingPeriod {
    /// The period that so many days from one bill to the next are about.
    pub const fn of_days(days: u32) -> Option<Self> {
        match days {
            27..=33 => Some(Self::Month),
            84..=98 => Some(Self::Quarter),
            175..=191 => Some(Self::HalfYear),
            350..=380 => Some(Self::Year),
            _ => None,
        }
    }

    /// The noun in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
            Self::Year => "year",
        }
    }

    const fn adverb(self) -> &'static str {
        match self {
            Self::Month => "monthly",
            Self::Quarter => "quarterly",
            Self::HalfYear => "half-yearly",
            Self::Year => "yearly",
        }
    }
}

/// The days from one bill to the next in words: `every 91 days (quarterly)`.
pub fn every(days: i32) -> String {
    BillingPeriod::of_days(days.unsigned_abs()).map_or_else(
        || format!("every {days} days"),
        |period| format!("every {days} days ({})", period.adverb()),
    )
}

impl DayLikeness {
    pub const ALL: [Self; 8] = [
        Self::Same,
        Self::Swapped,
        Self::WrongYear,
        Self::FewDays,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Far,
    ];

    pub const fn index(self) -> usize {
        self as usize
    }

    /// The likeness of two days since 1970.
    pub fn of(a: i32, b: i32) -> Self {
        let apart = a.abs_diff(b);
        match apart {
            0 => return Self::Same,
            1..=4 => return Self::FewDays,
            360..=370 if is_wrong_year(a, b) => return Self::WrongYear,
            _ if apart <= 335 && could_be_swapped(apart) && is_swapped(a, b) => {
                return Self::Swapped;
            }
            _ => {}
        }
        Self::of_days_apart(apart)
    }

    /// The likeness of two days that nobody types, such as those of payments: neither is a slip of the other.
    pub fn of_untyped(a: i32, b: i32) -> Self {
        Self::of_days_apart(a.abs_diff(b))
    }

    /// The first and the last of the days after a day on which another is so near to it; none where it is on
    /// the same day, or not near.
    pub(crate) const fn days_after(self) -> Option<(i32, i32)> {
        match self {
            Self::FewDays => Some((1, 4)),
            Self::Week => Some((5, 10)),
            _ => None,
        }
    }

    const fn of_days_apart(days: u32) -> Self {
        match days {
            0 => Self::Same,
            1..=4 => Self::FewDays,
            5..=10 => Self::Week,
            11..=35 => Self::Month,
            36..=100 => Self::Quarter,
            _ => Self::Far,
        }
    }
}

impl Gap {
    pub const ALL: [Self; 4] = [Self::Same, Self::Week, Self::Month, Self::Far];

    pub const fn index(self) -> usize {
        self as usize
    }

    pub fn of(a: i32, b: i32) -> Self {
        match a.abs_diff(b) {
            0 => Self::Same,
            1..=10 => Self::Week,
            11..=35 => Self::Month,
            _ => Self::Far,
        }
    }
}

/// Year, month and day of days since 1970, by the proleptic Gregorian calendar.
/// Source: Howard Hinnant, chrono-compatible low-level date algorithms, `civil_from_days`.
pub fn civil(days: i32) -> (i32, i32, i32) {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let small = |value: i64| i32::try_from(value).expect("32 bits of days are few years");
    (small(year), small(month), small(day))
}

/// Returns `true` for days as far apart as dates can be that are each other's with day and month
/// swapped: some 29.4 days for each of the months between them. Rules out most pairs without the
/// calendar.
const fn could_be_swapped(apart: u32) -> bool {
    let months = (apart + 14) / 29;
    (apart * 10).abs_diff(months * 294) <= 40
}

fn is_swapped(a: i32, b: i32) -> bool {
    let ((ya, ma, da), (yb, mb, db)) = (civil(a), civil(b));
    ya == yb && ma == db && da == mb && ma != da
}

fn is_wrong_year(a: i32, b: i32) -> bool {
    let ((ya, ma, da), (yb, mb, db)) = (civil(a), civil(b));
    ya.abs_diff(yb) == 1 && ma == mb && da == db
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_what_the_calendar_says() {
        for day in (-200_000..200_000).step_by(37) {
            let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day);
            let expected = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
            assert_eq!(civil(day), expected);
        }
    }

    #[test]
    fn periods_of_charges_are_named() {
        for (days, words) in [
            (28, "every 28 days (monthly)"),
            (31, "every 31 days (monthly)"),
            (45, "every 45 days"),
            (90, "every 90 days (quarterly)"),
            (92, "every 92 days (quarterly)"),
            (182, "every 182 days (half-yearly)"),
            (365, "every 365 days (yearly)"),
            (400, "every 400 days"),
        ] {
            assert_eq!(every(days), words);
        }
    }

    #[test]
    fn all_swapped_dates_are_found() {
        let since =
            |y, m, d| (jiff::civil::date(y, m, d) - jiff::civil::date(1970, 1, 1)).get_days();
        for year in [2023, 2024] {
            for (one, other) in (1..=12).flat_map(|one| (1..one).map(move |other| (one, other))) {
                let (a, b) = (since(year, one, other), since(year, other, one));
                assert!(could_be_swapped(a.abs_diff(b)), "{one} and {other} of {year}");
            }
        }
    }

    #[test]
    fn days_after_a_day_are_those_so_near_to_it() {
        for likeness in DayLikeness::ALL {
            let Some((first, last)) = likeness.days_after() else { continue };
            for days in 0..40 {
                let is_so = DayLikeness::of_untyped(0, days) == likeness;
                assert_eq!((first..=last).contains(&days), is_so, "{likeness:?} {days}");
            }
        }
    }

    #[test]
    fn slips_of_dates_are_named() {
        use DayLikeness::*;
        let day = |y, m, d| {
            let since = jiff::civil::date(y, m, d) - jiff::civil::date(1970, 1, 1);
            since.get_days()
        };
        for (a, b, likeness) in [
            (day(2024, 3, 4), day(2024, 3, 4), Same),
            (day(2024, 3, 7), day(2024, 7, 3), Swapped),
            (day(2024, 3, 7), day(2023, 3, 7), WrongYear),
            (day(2024, 3, 7), day(2024, 3, 9), FewDays),
            (day(2024, 3, 7), day(2024, 4, 7), Month),
            (day(2024, 3, 7), day(2026, 3, 7), Far),
        ] {
            assert_eq!(DayLikeness::of(a, b), likeness);
            assert_eq!(DayLikeness::of(b, a), likeness);
        }
    }
}
