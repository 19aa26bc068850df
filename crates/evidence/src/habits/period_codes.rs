//! Numbers that hold the period they are of, learnt of each party: `11070001` of July 2011, `3409611` of
//! 2011. Two of other periods differ by these, and by no slip.
//!
//! Not for: numbers that are a date and nothing else (`numbers`).
//!
//! Invariant: a code counts only where it goes with the dates of nearly all invoices of the party, at one
//! distance: the year of whoever numbers so may begin in any month.

use super::Habits;
use super::number_forms::Form;
use super::numbers::Numbers;
use crate::days::civil;
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;

/// The place of the period in a number's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodePlace {
    /// `11070001`
    YearAndMonthFirst,
    /// `2011070001`
    CenturyAndMonthFirst,
    /// `00010711`
    MonthAndYearLast,
    /// `3409611`
    YearLast,
}

/// The way in which a party's numbers hold their periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeriodCode {
    place: CodePlace,
    /// Digits of the counts that hold one.
    digits: u8,
    /// Periods from that of the date to that of the number.
    offset: i32,
}

/// A count, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CodedCount {
    period: i32,
    rest: u64,
}

/// The most invoices of a party that its code is learnt from, and the fewest.
const LEARNT_FROM_MAX: usize = 120;
const LEARNT_FROM_MIN: usize = 6;
/// Of its numbers so many in ten hold their periods.
const CODED_OF_TEN: usize = 8;
/// With fewer periods a constant may look like one.
const MONTHS_MIN: usize = 3;
const YEARS_MIN: usize = 2;
/// Digits that a number has beside its period at least.
const REST_DIGITS_MIN: u8 = 2;
/// So far apart in a series are neighbours.
const NEIGHBOURS_MAX: u64 = 9;
/// Invoices of two periods are at least so many days apart, or the one number may be a slip of the other.
const APART_DAYS_MIN: u32 = 8;
const MONTH_DAYS: i64 = 30;
const MONTHS: i32 = 12;
/// Numbers have years of these decades.
const CENTURY: i32 = 2_000;

impl CodePlace {
    const ALL: [Self; 4] = [
        Self::YearAndMonthFirst,
        Self::CenturyAndMonthFirst,
        Self::MonthAndYearLast,
        Self::YearLast,
    ];

    const fn is_of_months(self) -> bool {
        !matches!(self, Self::YearLast)
    }

    /// A month's number stands a month beside its date now and then; a year's does not.
    fn slack(self) -> i32 {
        i32::from(self.is_of_months())
    }

    const fn code_digits(self) -> u8 {
        match self {
            Self::YearAndMonthFirst | Self::MonthAndYearLast => 4,
            Self::CenturyAndMonthFirst => 6,
            Self::YearLast => 2,
        }
    }

    /// The period that a count would hold there, and what is left of it.
    fn read(self, form: Form) -> Option<CodedCount> {
        let rest_digits = form.digits.checked_sub(self.code_digits())?;
        if rest_digits < REST_DIGITS_MIN {
            return None;
        }
        let is_first = matches!(self, Self::YearAndMonthFirst | Self::CenturyAndMonthFirst);
        let split = if is_first { rest_digits } else { self.code_digits() };
        let power = 10_u64.pow(u32::from(split));
        let (head, tail) = (form.count / power, form.count % power);
        let (code, rest) = if is_first { (head, tail) } else { (tail, head) };
        let code = i32::try_from(code).ok()?;
        let (year, month) = match self {
            Self::YearAndMonthFirst => (code / 100, code % 100),
            Self::CenturyAndMonthFirst => ((code / 100).checked_sub(CENTURY)?, code % 100),
            Self::MonthAndYearLast => (code % 100, code / 100),
            Self::YearLast => return Some(CodedCount { period: code, rest }),
        };
        let is_month = (1..=MONTHS).contains(&month) && (0..100).contains(&year);
        is_month.then_some(CodedCount { period: year * MONTHS + month, rest })
    }

    /// The period of a day, counted as those of numbers are.
    fn of_day(self, day: i32) -> i32 {
        let (year, month, _) = civil(day);
        let year = year - CENTURY;
        if self.is_of_months() { year * MONTHS + month } else { year }
    }

    /// The distance from dates to numbers that nearly all of some invoices share; none where they do not.
    fn offset(self, series: &[(Form, i32)]) -> Option<i32> {
        let read = |(form, day): &(Form, i32)| {
            let coded = self.read(*form)?;
            Some((coded.period - self.of_day(*day), coded.period))
        };
        let mut coded: Vec<(i32, i32)> = series.iter().filter_map(read).collect();
        if coded.len() * 10 < series.len() * CODED_OF_TEN {
            return None;
        }
        coded.sort_unstable();
        let middle = coded[coded.len() / 2].0;
        coded.retain(|(offset, _)| offset.abs_diff(middle) <= self.slack().unsigned_abs());
        if coded.len() * 10 < series.len() * CODED_OF_TEN {
            return None;
        }
        let mut periods: Vec<i32> = coded.into_iter().map(|(_, period)| period).collect();
        periods.sort_unstable();
        periods.dedup();
        let enough = if self.is_of_months() { MONTHS_MIN } else { YEARS_MIN };
        (periods.len() >= enough).then_some(middle)
    }
}

impl PeriodCode {
    /// Of the numbers of a party that have as many digits as most of them.
    pub(super) fn learn(invoices: &Invoices, numbers: &Numbers, members: &[u32]) -> Option<Self> {
        if members.len() < LEARNT_FROM_MIN {
            return None;
        }
        let stride = members.len().div_ceil(LEARNT_FROM_MAX);
        let read = |at: &u32| (numbers.form(*at as usize), invoices.invoiced[*at as usize]);
        let mut series: Vec<(Form, i32)> = members.iter().step_by(stride).map(read).collect();
        series.retain(|(form, _)| form.shape != 0);
        series.sort_unstable_by_key(|(form, _)| form.digits);
        let longest = series.chunk_by(|x, y| x.0.digits == y.0.digits).max_by_key(|of| of.len())?;
        if longest.len() < LEARNT_FROM_MIN {
            return None;
        }
        let digits = longest[0].0.digits;
        CodePlace::ALL.into_iter().find_map(|place| {
            let offset = place.offset(longest)?;
            Some(Self { place, digits, offset })
        })
    }

    /// A number taken apart, where its period goes with the date of its invoice.
    fn read(self, form: Form, day: i32) -> Option<CodedCount> {
        let coded = self.place.read(form).filter(|_| form.digits == self.digits)?;
        let beside = coded.period - self.place.of_day(day) - self.offset;
        (beside.abs() <= self.place.slack()).then_some(coded)
    }
}

impl Habits {
    /// The likeness of two numbers that hold their periods, where it is another than their digits say: of two
    /// periods they are no slip, and of one the next in a count is no slip either.
    pub fn likeness_of_periods(
        &self,
        invoices: &Invoices,
        (a, b): (usize, usize),
        likeness: NumberLikeness,
    ) -> Option<NumberLikeness> {
        let is_slip = matches!(likeness, NumberLikeness::Transposed | NumberLikeness::Substituted);
        let party = invoices.party[a];
        if !is_slip || party != invoices.party[b] {
            return None;
        }
        let code = self.own[party as usize].as_deref()?.period_code?;
        let [x, y] = [a, b].map(|at| code.read(self.numbers.form(at), invoices.invoiced[at]));
        let (x, y) = (x?, y?);
        if x.period == y.period {
            let are_near = x.rest.abs_diff(y.rest) <= NEIGHBOURS_MAX;
            return (are_near && likeness == NumberLikeness::Substituted)
                .then_some(NumberLikeness::Neighbouring);
        }
        let days = i64::from(invoices.invoiced[b]) - i64::from(invoices.invoiced[a]);
        let of_months = i64::from(y.period - x.period) * MONTH_DAYS;
        let are_apart = code.place.is_of_months()
            && days.unsigned_abs() >= u64::from(APART_DAYS_MIN)
            && days.abs_diff(of_months) <= MONTH_DAYS.unsigned_abs() + 1;
        are_apart.then_some(NumberLikeness::Unrelated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    /// The code of invoices of one party, each by its number and the day since 1 January 2011.
    fn code(rows: impl Iterator<Item = (String, i32)>) -> Option<PeriodCode> {
        let mut invoices = Invoices::default();
        for (number, day) in rows {
            invoices.push(&Invoice {
                number: &number,
                invoiced: 14_975 + day,
                ..Invoice::default()
            });
        }
        Habits::learn(&invoices, 1).own[0].as_deref()?.period_code
    }

    #[test]
    fn a_code_goes_with_the_dates_of_nearly_all() {
        // Its year begins in July: January 2011 is the seventh month of 2010.
        let fiscal = |at: i32| {
            let month = 10 * 12 + 6 + at;
            (format!("{}{:02}{:04}", month / 12, month % 12 + 1, at * 7 + 3), at * 31 + 4)
        };
        let found = code((0..14).map(fiscal)).unwrap();
        assert_eq!(
            (found.place, found.digits, found.offset),
            (CodePlace::YearAndMonthFirst, 8, -6)
        );
        let year = |at: i32| (format!("{}{}", 34_000 + at * 7, 11 + at / 12), at * 30);
        let found = code((0..30).map(year)).unwrap();
        assert_eq!((found.place, found.offset), (CodePlace::YearLast, 0));
        let last =
            |at: i32| (format!("{}{:02}{}", 340 + at, at % 12 + 1, 11 + at / 12), at * 30 + 9);
        let found = code((0..24).map(last)).unwrap();
        assert_eq!(found.place, CodePlace::MonthAndYearLast);
        // Counts, and codes that go with no date.
        assert_eq!(code((0..40).map(|at| ((110_100 + at * 61).to_string(), at * 9))), None);
        assert_eq!(code((0..40).map(|at| (fiscal(at * 17 % 40).0, at * 31))), None);
        assert_eq!(code((0..5).map(fiscal)), None);
    }
}
