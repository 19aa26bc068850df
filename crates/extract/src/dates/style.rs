//! How a column writes its dates, and what of it a value alone does not tell.
//!
//! Not for: deciding it (`evidence`).

use domain::DateOrder;
use jiff::civil::Date;

use super::calendar::{Calendar, civil, day_of_year, from_days};
use super::month_names::MonthLanguage;

/// The way in which the dates of one column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateStyle {
    pub(crate) order: DateOrder,
    /// Of five, six and seven digits without signs.
    pub(crate) digits: [Digits; 3],
    pub(crate) calendar: Calendar,
    /// Set when `24-MAR-05` begins with its year.
    pub(crate) year_leads_name: bool,
    /// Of names of months, where that matters; none where nothing tells.
    pub(crate) language: Option<MonthLanguage>,
    /// Set when the unit itself has said the order, and not only we.
    pub(crate) order_is_settled: bool,
    /// Set when 1970-01-01 says that there is no date.
    pub(crate) epoch_is_nothing: bool,
    pub(crate) today: Today,
}

impl DateStyle {
    pub(crate) const fn usual(order: DateOrder, today: Today) -> Self {
        Self {
            order,
            digits: Digits::USUAL,
            calendar: Calendar::Gregorian,
            year_leads_name: false,
            language: None,
            order_is_settled: false,
            epoch_is_nothing: false,
            today,
        }
    }
}

/// The day on which a file is read, and which days are likely because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Today {
    pub(crate) year: i32,
    day: i32,
    /// The first and the last day of which nothing needs to be thought.
    usual: (i32, i32),
}

/// Rows of ledgers reach back so far; what is older is looked at twice.
const USUAL_DAYS_BACK: i32 = 30 * 365;
/// An invoice is dated a year ahead by a slip of the pen only.
const AHEAD_DAYS: i32 = 400;
/// A day on which money is due, or somebody leaves, may be settled ten years ahead.
const FAR_AHEAD_DAYS: i32 = 10 * 366;
/// Years by which digits are told apart: extracts reach back ten years and rarely more.
const NEAR_YEARS: std::ops::RangeInclusive<i32> = -15..=2;

/// Years of the invoices that a daily extract brings.
const RECENT_YEARS: std::ops::RangeInclusive<i32> = -4..=1;

impl Today {
    pub(crate) fn new(date: Date) -> Self {
        let year = i32::from(date.year());
        let day = civil(year, date.month().into(), date.day().into()).unwrap_or_default();
        Self { year, day, usual: (day - USUAL_DAYS_BACK, day + AHEAD_DAYS) }
    }

    /// Seen from a column whose days may lie far ahead.
    pub(crate) const fn far_ahead(self) -> Self {
        Self { usual: (self.usual.0, self.day + FAR_AHEAD_DAYS), ..self }
    }

    #[inline]
    pub(crate) const fn is_usual(self, day: i32) -> bool {
        self.usual.0 <= day && day <= self.usual.1
    }

    /// Returns `true` when a date so far ahead is a slip.
    pub(super) const fn is_too_late(self, day: i32) -> bool {
        day > self.usual.1
    }

    pub(super) fn is_near(self, day: i32) -> bool {
        NEAR_YEARS.contains(&(from_days(day).0 - self.year))
    }

    pub(super) fn is_recent(self, day: i32) -> bool {
        RECENT_YEARS.contains(&(from_days(day).0 - self.year))
    }

    pub(super) fn is_near_year(self, year: i32) -> bool {
        NEAR_YEARS.contains(&(year - self.year))
    }
}

/// The meaning of five, six or seven digits without signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    /// Five: a spreadsheet's day number.
    DayNumber,
    /// Five: YYDDD, the day of the year.
    YearDay,
    /// Five: six whose first zero was lost.
    SixLessZero,
    /// Six: YYMMDD.
    YearMonthDay,
    /// Six: DDMMYY.
    DayMonthYear,
    /// Six: MMDDYY.
    MonthDayYear,
    /// Six: CYYDDD, the centuries after 1900, year and day of the year, as JD Edwards writes.
    CenturyYearDay,
    /// Seven: YYYYDDD.
    LongYearDay,
    /// Seven: CYYMMDD, as IBM i writes.
    CenturyYearMonthDay,
    /// Seven: YYYMMDD in years of Taiwan.
    MinguoMonthDay,
    /// Seven: eight whose first zero was lost.
    EightLessZero,
}

/// Spreadsheet day numbers of 1954 and 2119: five digits that are no other date.
const DAY_NUMBERS: std::ops::RangeInclusive<i32> = 20_000..=80_000;
/// 1970-01-01 as a spreadsheet's day number.
const DAY_NUMBER_OF_EPOCH: i32 = 25_569;

impl Digits {
    pub(super) const COUNT: usize = Self::EightLessZero as usize + 1;

    pub(super) const USUAL: [Self; 3] = [Self::DayNumber, Self::YearMonthDay, Self::LongYearDay];

    /// The meanings of so many digits, the likeliest first.
    pub(super) const fn with_length(length: usize) -> &'static [Self] {
        match length {
            5 => &[Self::DayNumber, Self::YearDay, Self::SixLessZero],
            6 => {
                &[Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear, Self::CenturyYearDay]
            }
            7 => &[
                Self::LongYearDay,
                Self::CenturyYearMonthDay,
                Self::MinguoMonthDay,
                Self::EightLessZero,
            ],
            _ => &[],
        }
    }

    /// The pattern for people.
    pub(crate) const fn pattern(self) -> &'static str {
        match self {
            Self::DayNumber => "a spreadsheet's day number",
            Self::YearDay => "YYDDD, the day of the year",
            Self::SixLessZero => "six digits without their first zero",
            Self::YearMonthDay => "YYMMDD",
            Self::DayMonthYear => "DDMMYY",
            Self::MonthDayYear => "MMDDYY",
            Self::CenturyYearDay => "CYYDDD, the day of the year",
            Self::LongYearDay => "YYYYDDD, the day of the year",
            Self::CenturyYearMonthDay => "CYYMMDD",
            Self::MinguoMonthDay => "YYYMMDD in years of Taiwan",
            Self::EightLessZero => "eight digits without their first zero",
        }
    }

    /// The day, where there is one. `order` is that of eight digits; `six` how six are read.
    pub(super) fn day(self, value: i32, order: DateOrder, six: Self) -> Option<i32> {
        let (front, pair, last) = (value / 10_000, value / 100 % 100, value % 100);
        match self {
            Self::DayNumber => DAY_NUMBERS.contains(&value).then(|| value - DAY_NUMBER_OF_EPOCH),
            Self::YearDay => day_of_year(century(value / 1_000), value % 1_000),
            Self::SixLessZero if six == Self::CenturyYearDay || six == Self::SixLessZero => {
                Self::CenturyYearDay.day(value, order, six)
            }
            Self::SixLessZero => six.day(value, order, six),
            Self::YearMonthDay => civil(century(front), pair, last),
            Self::DayMonthYear => civil(century(last), pair, front),
            Self::MonthDayYear => civil(century(last), front, pair),
            Self::CenturyYearDay => {
                (value / 100_000 <= 1).then(|| day_of_year(1900 + value / 1_000, value % 1_000))?
            }
            Self::LongYearDay => (1900..2100)
                .contains(&(value / 1_000))
                .then(|| day_of_year(value / 1_000, value % 1_000))?,
            Self::CenturyYearMonthDay => {
                (value / 1_000_000 <= 1).then(|| civil(1900 + front, pair, last))?
            }
            Self::MinguoMonthDay => Calendar::Minguo.day(front, pair, last),
            Self::EightLessZero => {
                let (year, first, second) =
                    (value % 10_000, value / 1_000_000, value / 10_000 % 100);
                let day_first = civil(year, second, first);
                let month_first = civil(year, first, second);
                if order == DateOrder::MonthFirst { month_first } else { day_first }
            }
        }
    }
}

/// Two-digit years below it are in this century.
const PIVOT: i32 = 70;

pub(super) const fn century(two_digits: i32) -> i32 {
    if two_digits < PIVOT { 2000 + two_digits } else { 1900 + two_digits }
}
