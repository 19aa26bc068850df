//! What the values of a column tell of how it writes its dates, counted and then decided.
//!
//! Not for: reading a value. Invariant: what is decided follows from the counts of the whole column and of
//! the columns beside it, not from the order of rows.

use std::cmp::Ordering;

use domain::DateOrder;
use domain::problem::Reason;

use super::OrderSign;
use super::calendar::Calendar;
use super::month_names::{MonthLanguage, Word};
use super::style::{DateStyle, Digits, Today};
use super::time::Time;
use super::two_digit_years::{TwoDigitYears, Verdict};

/// Counts over the values of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DateSigns {
    /// The count of each sign, in the order of its variants.
    orders: [u64; OrderSign::COUNT],
    /// The count in dates with two-digit years that are not in front.
    short_orders: [u64; OrderSign::COUNT],
    /// Three numbers of two digits, by [`Shape`].
    two_digit: [Option<Box<TwoDigitYears>>; 3],
    /// Of each meaning of digits: values that are a date by it, such as are near today, and very near.
    digits: [[u64; 3]; Digits::COUNT],
    /// Values of five, six and seven digits.
    digit_values: [u64; 3],
    /// Years that are near today in another calendar, in the order of [`Calendar::OTHERS`].
    other_calendars: [u64; 4],
    /// Names of months: Croatian, of another language, of either.
    languages: [u64; 3],
    /// 1970-01-01, and days before 1995 beside it.
    epochs: u64,
    early_days: u64,
    utc_evenings: u64,
    utc_times: u64,
    /// The first value for which something is to be said of the column.
    examples: Vec<(Reason, String)>,
    /// The first of five, six and seven digits.
    digit_examples: [Option<i32>; 3],
}

/// Where three numbers of two digits were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `24/03/05`
    Signs,
    /// `240305`
    Digits,
    /// `24-MAR-05`
    Name,
}

/// The decision on a column: how it is read, and whether that was in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateDecision {
    pub(crate) style: DateStyle,
    /// The order, where the values tell it.
    pub(crate) order: Option<DateOrder>,
    /// The order that is likelier, where they do not and the unit has settled none.
    pub(crate) likelier: Option<DateOrder>,
    pub(crate) order_is_open: bool,
    pub(crate) has_short_years: bool,
}

impl DateSigns {
    #[inline]
    pub(super) fn count_order(&mut self, sign: OrderSign) {
        self.orders[sign as usize] += 1;
    }

    pub(super) fn count_short_order(&mut self, sign: OrderSign) {
        self.short_orders[sign as usize] += 1;
    }

    pub(super) fn count_two_digit(&mut self, shape: Shape, parts: (i32, i32, i32), today: Today) {
        self.two_digit[shape as usize].get_or_insert_default().count(parts, today);
    }

    pub(super) fn count_digits(&mut self, length: usize, value: i32, today: Today) {
        self.digit_values[length - 5] += 1;
        self.digit_examples[length - 5].get_or_insert(value);
        for meaning in Digits::with_length(length) {
            // Whichever order and whichever six digits: they are told elsewhere.
            let orders = [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter();
            let six = Digits::with_length(6).iter();
            let mut days = orders
                .flat_map(|order| six.clone().map(move |six| meaning.day(value, order, *six)));
            let (mut fits, mut near, mut recent) = (0, 0, 0);
            for day in days.by_ref().flatten() {
                fits = 1;
                near |= u64::from(today.is_near(day));
                recent |= u64::from(today.is_recent(day));
            }
            for (count, more) in self.digits[*meaning as usize].iter_mut().zip([fits, near, recent])
            {
                *count += more;
            }
        }
        if length == 6 {
            let parts = (value / 10_000, value / 100 % 100, value % 100);
            self.count_two_digit(Shape::Digits, parts, today);
        }
    }

    pub(super) fn count_calendar(&mut self, calendar: Calendar) {
        let place = Calendar::OTHERS.iter().position(|other| *other == calendar);
        if let Some(place) = place {
            self.other_calendars[place] += 1;
        }
    }

    pub(super) fn count_word(&mut self, word: Word) {
        let place = match word.language() {
            Some(MonthLanguage::Croatian) => 0,
            Some(MonthLanguage::Other) => 1,
            None => 2,
        };
        self.languages[place] += 1;
    }

    pub(super) fn count_epoch(&mut self) {
        self.epochs += 1;
    }

    pub(super) fn count_early_day(&mut self) {
        self.early_days += 1;
    }

    pub(super) fn count_time(&mut self, time: Time, text: &str) {
        self.utc_times += u64::from(time.is_utc_evening.is_some());
        if time.is_utc_evening == Some(true) {
            self.utc_evenings += 1;
            self.keep_example(Reason::UtcEvenings, text);
        }
    }

    /// Keeps the first value of its kind.
    pub(super) fn keep_example(&mut self, reason: Reason, text: &str) {
        if !self.examples.iter().any(|(known, _)| *known == reason) {
            self.examples.push((reason, text.chars().take(EXAMPLE_CHARS_MAX).collect()));
        }
    }

    fn two_digit(&self, shape: Shape) -> Option<&TwoDigitYears> {
        self.two_digit[shape as usize].as_deref()
    }

    /// Dates with signs between three numbers, or a month's name.
    fn dates(&self) -> u64 {
        self.orders.iter().sum()
    }

    /// The column on its own and beside the others, whose signs `all` has together.
    pub(crate) fn decide(&self, all: &AllDates, usual: DateStyle) -> DateDecision {
        let year_leads = self.year_leads(Shape::Signs, all);
        let year_leads_name = self.year_leads(Shape::Name, all);
        let is_short = self.two_digit(Shape::Signs).is_some();
        let leads = year_leads.is_some_and(|verdict| verdict.is_first);
        // A column that has years of two digits in front has no other numbers worth asking.
        let order = match year_leads {
            None if is_short => None,
            Some(verdict) if !verdict.is_sure => None,
            Some(_) if leads => Some(DateOrder::YearFirst),
            _ => self.last_order(),
        };
        let likelier = if leads { Some(DateOrder::YearFirst) } else { self.last_order() };
        let name = year_leads_name.filter(|verdict| verdict.is_sure || !usual.order_is_settled);
        let settled = usual.order_is_settled && usual.order == DateOrder::YearFirst;
        let [_, day_first, month_first, either, ..] = self.orders;
        let [_, short_day, short_month, short_either, ..] = self.short_orders;
        let either_way = day_first + month_first + either + short_day + short_month + short_either;
        let style = DateStyle {
            digits: self.digits(all, usual.order),
            calendar: self.calendar(),
            year_leads_name: name.map_or(settled, |verdict| verdict.is_first),
            language: self.language(all),
            epoch_is_nothing: self.epoch_is_nothing(),
            ..usual
        };
        let likelier = likelier.filter(|_| !usual.order_is_settled);
        DateDecision {
            style,
            order,
            likelier,
            order_is_open: either_way > 0 || is_short,
            has_short_years: is_short,
        }
    }

    /// Tells by the column's own values where they leave no doubt, else by those of all columns.
    fn year_leads(&self, shape: Shape, all: &AllDates) -> Option<Verdict> {
        let own = self.two_digit(shape)?.verdict();
        if own.is_some_and(|verdict| verdict.is_sure) {
            return own;
        }
        let of_all = all.two_digit[shape as usize].as_deref().and_then(TwoDigitYears::verdict);
        of_all.filter(|verdict| verdict.is_sure).or(own)
    }

    /// Day or month first, by the numbers that can be one only.
    fn last_order(&self) -> Option<DateOrder> {
        let count = |sign: OrderSign| self.orders[sign as usize] + self.short_orders[sign as usize];
        let (day_first, month_first) = (count(OrderSign::DayFirst), count(OrderSign::MonthFirst));
        match day_first.cmp(&month_first) {
            Ordering::Greater => Some(DateOrder::DayFirst),
            Ordering::Less => Some(DateOrder::MonthFirst),
            Ordering::Equal => None,
        }
    }

    fn digits(&self, all: &AllDates, order: DateOrder) -> [Digits; 3] {
        let counts = |meaning: Digits| {
            let [fits, near, recent] = self.digits[meaning as usize];
            let beside = all.digits[meaning as usize];
            (near, recent, fits, beside)
        };
        let best = |among: &[Digits]| {
            // Of equals the first, as the likelier stands before.
            let mut best = among[0];
            for meaning in &among[1..] {
                if counts(*meaning) > counts(best) {
                    best = *meaning;
                }
            }
            best
        };
        let mut six = best(Digits::with_length(6));
        if six != Digits::CenturyYearDay
            && let Some(verdict) = self.year_leads(Shape::Digits, all)
        {
            six = if verdict.is_first {
                Digits::YearMonthDay
            } else if order == DateOrder::MonthFirst {
                best(&[Digits::MonthDayYear, Digits::DayMonthYear])
            } else {
                best(&[Digits::DayMonthYear, Digits::MonthDayYear])
            };
        }
        [best(Digits::with_length(5)), six, best(Digits::with_length(7))]
    }

    /// Another than ours only where nearly every year is of it.
    fn calendar(&self) -> Calendar {
        let dates = self.dates();
        let counted = Calendar::OTHERS.into_iter().zip(self.other_calendars);
        counted
            .filter(|(_, years)| *years > 0 && *years * 20 >= dates * 19)
            .max_by_key(|(_, years)| *years)
            .map_or(Calendar::Gregorian, |(calendar, _)| calendar)
    }

    /// The language of its months, where a name was met that needs it.
    fn language(&self, all: &AllDates) -> Option<MonthLanguage> {
        let [.., of_either] = self.languages;
        let known = language(self.languages).or_else(|| language(all.languages));
        known.filter(|_| of_either > 0)
    }

    /// Where it is frequent, or no other day is anywhere near.
    fn epoch_is_nothing(&self) -> bool {
        const FREQUENT: u64 = 3;
        let dates = self.dates() + self.digit_values.iter().sum::<u64>();
        self.epochs > 0
            && (self.early_days == 0 || (self.epochs >= FREQUENT && self.epochs * 5 >= dates))
    }

    /// The notes on the column as it was read in `style`, with an example each.
    pub(crate) fn notes(&self, style: &DateStyle, all: &AllDates) -> Vec<(Reason, Option<String>)> {
        let example = |reason: Reason| {
            let known = self.examples.iter().find(|(of, _)| *of == reason);
            known.map(|(_, text)| text.clone())
        };
        let mut notes = Vec::new();
        if self.utc_evenings > 0 && self.utc_evenings * 20 >= self.utc_times * 19 {
            notes.push((Reason::UtcEvenings, example(Reason::UtcEvenings)));
        }
        let is_unsure = |shape: Shape| {
            self.two_digit(shape).is_some_and(|years| years.values() > 0)
                && !self.year_leads(shape, all).is_some_and(|verdict| verdict.is_sure)
        };
        let six_are_dates = style.digits[1] != Digits::CenturyYearDay;
        if is_unsure(Shape::Signs)
            || is_unsure(Shape::Name)
            || (six_are_dates && is_unsure(Shape::Digits))
        {
            notes.push((Reason::YearPlaceAssumed, example(Reason::YearPlaceAssumed)));
        }
        for (place, values) in self.digit_values.iter().enumerate() {
            // Day numbers are said of each.
            if *values > 0 && style.digits[place] != Digits::DayNumber {
                let (value, length) = (self.digit_examples[place].unwrap_or_default(), place + 5);
                let pattern = style.digits[place].pattern();
                let text = format!("{value:0length$} as {pattern}");
                notes.push((Reason::DigitDates, Some(text)));
            }
        }
        if let Some(reason) = said_of(style.calendar) {
            notes.push((reason, example(reason)));
        }
        for said_always in [Reason::JapaneseEras, Reason::UnixTimes] {
            if let Some(text) = example(said_always) {
                notes.push((said_always, Some(text)));
            }
        }
        if self.is_half_swapped() {
            notes.push((Reason::HalfSwappedDates, example(Reason::HalfSwappedDates)));
        }
        notes
    }

    /// Returns `true` when a spreadsheet took the dates whose day can be a month for the other order,
    /// made real dates of them, and left the others as text.
    fn is_half_swapped(&self) -> bool {
        const ENOUGH: u64 = 3;
        let count = |sign: OrderSign| self.orders[sign as usize];
        let both = count(OrderSign::Either) + count(OrderSign::None);
        let texts = count(OrderSign::DayFirst) + count(OrderSign::MonthFirst);
        count(OrderSign::YearThenLargeDay) == 0
            && count(OrderSign::YearThenSmallDay) >= ENOUGH
            && texts >= ENOUGH
            && both * 20 <= texts
    }
}

/// An example is a date, and a date is short.
const EXAMPLE_CHARS_MAX: usize = 60;

pub(super) const fn said_of(calendar: Calendar) -> Option<Reason> {
    match calendar {
        Calendar::Gregorian => None,
        Calendar::Buddhist => Some(Reason::BuddhistYears),
        Calendar::Minguo => Some(Reason::MinguoYears),
        Calendar::Hijri => Some(Reason::HijriDates),
        Calendar::Persian => Some(Reason::PersianDates),
    }
}

/// The language of most names of months that tell.
const fn language([croatian, other, _]: [u64; 3]) -> Option<MonthLanguage> {
    if croatian > other {
        Some(MonthLanguage::Croatian)
    } else if other > croatian {
        Some(MonthLanguage::Other)
    } else {
        None
    }
}

/// The signs of all date columns of a file together, for a column that leaves something open.
#[derive(Debug, Default)]
pub(crate) struct AllDates {
    two_digit: [Option<Box<TwoDigitYears>>; 3],
    digits: [u64; Digits::COUNT],
    languages: [u64; 3],
}

impl AllDates {
    pub(crate) fn new<'a>(columns: impl Iterator<Item = &'a DateSigns>) -> Self {
        let mut all = Self::default();
        for signs in columns {
            for (of_all, own) in all.two_digit.iter_mut().zip(&signs.two_digit) {
                if let Some(own) = own {
                    of_all.get_or_insert_default().add(own);
                }
            }
            for (of_all, [_, near, _]) in all.digits.iter_mut().zip(&signs.digits) {
                *of_all += near;
            }
            for (of_all, own) in all.languages.iter_mut().zip(signs.languages) {
                *of_all += own;
            }
        }
        all
    }
}
