//! Which number of `24/03/05` is the year, told from a whole column.
//!
//! Not for: reading a date. The year is the number that is near today's in nearly all values while the other
//! is not, or the one that hardly changes while the other runs through the days of a month.

use super::calendar::days_in;
use super::style::{Today, century};

/// Counts over the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TwoDigitYears {
    values: u64,
    /// The count of each number that stood first and last.
    first: [u32; 100],
    last: [u32; 100],
    /// Dates that exist with the year first, the day first and the month first.
    fit: [u64; 3],
    /// Of these, such as are near today.
    near: [u64; 3],
}

/// Days of a month that a column of some length runs through.
const DAYS_SEEN: usize = 8;

/// The verdict on a column: where the year stands, and whether that is beyond doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) is_first: bool,
    pub(super) is_sure: bool,
}

impl Default for TwoDigitYears {
    fn default() -> Self {
        Self { values: 0, first: [0; 100], last: [0; 100], fit: [0; 3], near: [0; 3] }
    }
}

impl TwoDigitYears {
    /// Counts a value of three numbers below 100.
    pub(super) fn count(&mut self, (first, second, third): (i32, i32, i32), today: Today) {
        let index = |number: i32| usize::try_from(number.rem_euclid(100)).expect("below 100");
        self.values += 1;
        self.first[index(first)] = self.first[index(first)].saturating_add(1);
        self.last[index(third)] = self.last[index(third)].saturating_add(1);
        let readings = [(first, second, third), (third, second, first), (third, first, second)];
        for (place, (year, month, day)) in readings.into_iter().enumerate() {
            let year = century(year);
            if (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) {
                self.fit[place] += 1;
                self.near[place] += u64::from(today.is_near_year(year));
            }
        }
    }

    /// Adds the values of another column.
    pub(super) fn add(&mut self, other: &Self) {
        self.values += other.values;
        let sum = |of: &mut [u32; 100], with: &[u32; 100]| {
            of.iter_mut().zip(with).for_each(|(of, with)| *of = of.saturating_add(*with));
        };
        sum(&mut self.first, &other.first);
        sum(&mut self.last, &other.last);
        for place in 0..3 {
            self.fit[place] += other.fit[place];
            self.near[place] += other.near[place];
        }
    }

    pub(super) const fn values(&self) -> u64 {
        self.values
    }

    /// The verdict; none where the year may be either, or there is no value.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let sure = |is_first| Some(Verdict { is_first, is_sure: true });
        let [fit_first, fit_day, fit_month] = self.fit;
        let fit_last = fit_day.max(fit_month);
        if fit_first.max(fit_last) == 0 {
            return None;
        }
        if fit_first * 10 < fit_last * 9 {
            return sure(false);
        }
        if fit_last * 10 < fit_first * 9 {
            return sure(true);
        }
        match (self.nearer(), self.steadier()) {
            (Some((near, _)), Some((steady, _))) if near == steady => sure(near),
            (Some((is_first, is_sure)), _) | (None, Some((is_first, is_sure))) => {
                Some(Verdict { is_first, is_sure })
            }
            (None, None) => None,
        }
    }

    /// The number that is near today's year in nearly all values (`true`: the first), and whether the
    /// other hardly ever is.
    fn nearer(&self) -> Option<(bool, bool)> {
        let [first, day, month] = self.near;
        let last = day.max(month);
        let is_nearly_all = |near: u64| near * 20 >= self.values * 19;
        if is_nearly_all(first) && last * 10 < first * 9 {
            Some((true, last * 10 <= first))
        } else if is_nearly_all(last) && first * 10 < last * 9 {
            Some((false, first * 10 <= last))
        } else {
            None
        }
    }

    /// The number that hardly changes (`true`: the first), and whether the other plainly is a day.
    fn steadier(&self) -> Option<(bool, bool)> {
        let squares = |counts: &[u32; 100]| -> u128 {
            counts.iter().map(|count| u128::from(*count) * u128::from(*count)).sum()
        };
        let distinct = |counts: &[u32; 100]| counts.iter().filter(|count| **count > 0).count();
        let (first, last) = (squares(&self.first), squares(&self.last));
        if first >= last * 2 {
            Some((true, first >= last * 4 && distinct(&self.last) >= DAYS_SEEN))
        } else if last >= first * 2 {
            Some((false, last >= first * 4 && distinct(&self.first) >= DAYS_SEEN))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn verdict(values: impl IntoIterator<Item = (i32, i32, i32)>) -> Option<(bool, bool)> {
        let mut years = TwoDigitYears::default();
        let today = Today::new(date(2026, 11, 30));
        values.into_iter().for_each(|value| years.count(value, today));
        years.verdict().map(|verdict| (verdict.is_first, verdict.is_sure))
    }

    #[test]
    fn the_year_is_near_or_steady() {
        let days = || (0..40).map(|n| (n % 6 + 1, n * 5 % 28 + 1));
        for (said, values, expected) in [
            ("year first", days().map(|(m, d)| (24, m, d)).collect(), Some((true, true))),
            ("day first", days().map(|(m, d)| (d, m, 24)).collect(), Some((false, true))),
            ("month first", days().map(|(m, d)| (m, d, 24)).collect(), Some((false, true))),
            (
                "day first, of long ago",
                days().map(|(m, d)| (d, m, 5)).collect(),
                Some((false, true)),
            ),
            (
                "year first, of long ago",
                days().map(|(m, d)| (5, m, d)).collect(),
                Some((true, true)),
            ),
            ("years to come", vec![(99, 1, 12), (98, 3, 7)], Some((true, true))),
            (
                "ends of months of five years",
                (22..27).flat_map(|y| [(31, 3, y), (30, 4, y)]).collect(),
                Some((false, true)),
            ),
            ("one value that is near as one thing", vec![(24, 3, 5)], Some((true, true))),
            ("one value that is near as another", vec![(5, 3, 24)], Some((false, true))),
            ("one value that may be either", vec![(24, 3, 26)], None),
            ("no date", vec![(99, 99, 99)], None),
        ] {
            let values: Vec<_> = values;
            assert_eq!(verdict(values), expected, "{said}");
        }
    }
}
