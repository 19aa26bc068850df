//! Dates of every shape but the usual: two-digit years, digits alone, times behind, wrappers, other calendars
//! and scripts.
//!
//! Not for: names of months (`written`). Which shape a text has is told from itself alone; what it means in
//! that shape the column's style tells.

use domain::DateOrder;
use domain::problem::Reason;

use super::calendar::{self, Calendar, civil, day_of_week, day_of_year};
use super::evidence::{DateSigns, Shape};
use super::placeholders::is_zero_day;
use super::reader::{Reader, number, separator};
use super::spelling::{cleaned, unwrapped, without_a_day};
use super::style::{DateStyle, Digits, century};
use super::{Day, OrderSign, day_and_month, time, written};

/// Reads any date; see [`super::parse`].
#[cold]
pub(super) fn parse(text: &str, style: &DateStyle, signs: &mut DateSigns) -> Result<Day, Reason> {
    let cleaned = cleaned(text);
    let bare = unwrapped(&cleaned);
    if let Some(read) = without_a_day(bare) {
        return read;
    }
    let mut reader = Reader { style, signs, text };
    if let Some((numbers, rest)) = Numbers::take(bare) {
        let time = time::read(rest).ok_or(Reason::NotADate)?;
        let read = reader.numbers(&numbers);
        if read.is_ok() {
            reader.signs.count_time(time, text);
        }
        return read;
    }
    if let Some(read) = reader.era(bare).or_else(|| reader.ordinal(bare)) {
        return read;
    }
    if let Some(read) = reader.digits(bare) {
        return read;
    }
    written::parse(bare, &mut reader)
}

/// Three numbers with one sign between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    first: i32,
    second: i32,
    third: i32,
    first_digits: usize,
    third_digits: usize,
}

impl Numbers {
    /// Takes the numbers off the front; none when the text has another shape.
    fn take(text: &str) -> Option<(Self, &str)> {
        let (first, first_digits, rest) = number(text)?;
        let (sign, rest) = separator(rest)?;
        let (second, second_digits, rest) = number(rest)?;
        let (second_sign, rest) = separator(rest)?;
        let (third, third_digits, rest) = number(rest)?;
        let year_is_first = matches!(first_digits, 3 | 4);
        let fits = sign == second_sign
            && first_digits <= 4
            && second_digits <= 2
            && if year_is_first { third_digits <= 2 } else { matches!(third_digits, 2..=4) };
        // Hungarian and Korean dates end in a full stop.
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        fits.then_some((Self { first, second, third, first_digits, third_digits }, rest))
    }
}

impl Reader<'_> {
    fn numbers(&mut self, numbers: &Numbers) -> Result<Day, Reason> {
        let Numbers { first, second, third, first_digits, third_digits } = *numbers;
        if first_digits >= 3 {
            self.signs.count_order(OrderSign::behind_year(third));
            return self.day_of_any_calendar(first, second, third);
        }
        if third_digits == 2 && first_digits <= 2 {
            return self.short_numbers(first, second, third);
        }
        if is_zero_day(third, first, second) {
            return Ok(Day::Nothing(Reason::PlaceholderDate));
        }
        let sign = OrderSign::from_parts(first, second);
        self.signs.count_order(sign);
        let (day, month) = day_and_month(first, second, sign, self.style.order)?;
        self.day_of_any_calendar(third, month, day)
    }

    /// Reads three numbers with a two-digit year in front or behind.
    fn short_numbers(&mut self, first: i32, second: i32, third: i32) -> Result<Day, Reason> {
        if is_zero_day(1900 + third, first, second) && third == 0 {
            return Ok(Day::Nothing(Reason::PlaceholderDate));
        }
        self.signs.count_two_digit(Shape::Signs, (first, second, third), self.style.today);
        self.signs.keep_example(Reason::YearPlaceAssumed, self.text);
        let sign = OrderSign::from_parts(first, second);
        self.signs.count_short_order(sign);
        if self.style.order == DateOrder::YearFirst {
            return self.day(century(first), second, third);
        }
        let (day, month) = day_and_month(first, second, sign, self.style.order)?;
        self.day(century(third), month, day)
    }

    /// `R6.3.5`, and what names of eras became; Taiwan's years that are said to be such.
    fn era(&mut self, bare: &str) -> Option<Result<Day, Reason>> {
        let mut letters = bare.chars();
        let letter = letters.next()?;
        let rest = letters.as_str().trim_start_matches(['.', ' ']);
        let before =
            if letter == '民' { 1911 } else { calendar::era(letter.to_ascii_uppercase())? };
        let (year, digits, behind) = number(rest)?;
        let (sign, behind) = separator(behind)?;
        let (month, _, behind) = number(behind)?;
        let (second_sign, behind) = separator(behind)?;
        let (day, _, behind) = number(behind)?;
        if digits > 3 || sign != second_sign || time::read(behind).is_none() {
            return None;
        }
        let reason = if letter == '民' { Reason::MinguoYears } else { Reason::JapaneseEras };
        self.signs.keep_example(reason, self.text);
        self.signs.count_order(OrderSign::None);
        if letter == '民' {
            self.signs.count_calendar(Calendar::Minguo);
        }
        Some(self.day(before + year, month, day))
    }

    /// `2024-065`, the day of the year, and `2024-W10-2`, the day of a week.
    fn ordinal(&mut self, bare: &str) -> Option<Result<Day, Reason>> {
        let (year, 4, rest) = number(bare)? else { return None };
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let read = if let Some(week) = rest.strip_prefix(['W', 'w']) {
            let (week, digits, behind) = number(week)?;
            let (week, day, behind) = match (digits, behind.strip_prefix('-')) {
                (2, Some(behind)) => {
                    let (day, 1, behind) = number(behind)? else { return None };
                    (week, day, behind)
                }
                (3, None) => (week / 10, week % 10, behind),
                _ => return None,
            };
            time::read(behind)?;
            day_of_week(year, week, day)
        } else {
            let (day, 3, behind) = number(rest)? else { return None };
            time::read(behind)?;
            day_of_year(year, day)
        };
        Some(read.ok_or(Reason::NoSuchDay).and_then(|day| self.likely(day)))
    }

    /// Digits without signs, and moments since 1970.
    fn digits(&mut self, bare: &str) -> Option<Result<Day, Reason>> {
        if let Some(moment) = bare.trim_matches(['\\', '/']).strip_prefix("Date(") {
            let end = moment.find(|c: char| !c.is_ascii_digit() && c != '-')?;
            return Some(self.moment(moment[..end].parse().ok()?, 1_000));
        }
        let end = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
        let (digits, rest) = bare.split_at(end);
        let is_whole = is_fraction(rest);
        match digits.len() {
            5..=7 if is_whole => Some(self.few_digits(digits)),
            8 => {
                let (value, ..) = number(digits)?;
                // A table of Python's writes `20240305.0`.
                time::read(if is_whole { "" } else { rest }).map(|time| {
                    let read = self.eight_digits(value);
                    self.signs.count_time(time, self.text);
                    read
                })
            }
            10 if is_whole && digits.starts_with('1') => Some(self.moment(digits.parse().ok()?, 1)),
            13 if is_whole && digits.starts_with('1') => {
                Some(self.moment(digits.parse().ok()?, 1_000))
            }
            // With hours, minutes, seconds and thousandths.
            12 | 14 | 17 => {
                let (value, ..) = number(digits)?;
                let rest = rest.trim_end_matches(['Z', 'z']);
                is_fraction(rest).then(|| self.eight_digits(value))
            }
            _ => None,
        }
    }

    fn few_digits(&mut self, digits: &str) -> Result<Day, Reason> {
        let (value, length, _) = number(digits).ok_or(Reason::NotADate)?;
        self.signs.count_digits(length, value, self.style.today);
        let [.., six, _] = self.style.digits;
        let meaning = self.style.digits[length - 5];
        let day = meaning.day(value, self.style.order, six).ok_or(Reason::NotADate)?;
        if meaning == Digits::DayNumber {
            return Ok(Day::Noted(day, Reason::DayNumbers));
        }
        self.likely(day)
    }

    /// YYYYMMDD, or DDMMYYYY or MMDDYYYY, which no year in front could be.
    fn eight_digits(&mut self, value: i32) -> Result<Day, Reason> {
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
        if civil(year, month, day).is_some()
            || value == 0
            || !(1900..2200).contains(&(value % 10_000))
        {
            self.signs.count_order(OrderSign::behind_year(day));
            return self.day_of_any_calendar(year, month, day);
        }
        let (first, second) = (value / 1_000_000, value / 10_000 % 100);
        let sign = OrderSign::from_parts(first, second);
        self.signs.count_order(sign);
        let (day, month) = day_and_month(first, second, sign, self.style.order)?;
        self.day(value % 10_000, month, day)
    }

    /// Reads a moment: so many units, so many a second, since 1970 in UTC.
    fn moment(&mut self, units: i64, a_second: i64) -> Result<Day, Reason> {
        self.signs.keep_example(Reason::UnixTimes, self.text);
        let seconds = units.div_euclid(a_second);
        let second = seconds.rem_euclid(86_400);
        let minutes = u32::try_from(second / 60).expect("minutes of a day");
        let is_evening = second % 60 == 0 && time::is_midnight_in_the_east(minutes);
        self.signs.count_time(time::Time { is_utc_evening: Some(is_evening) }, self.text);
        let day = i32::try_from(seconds.div_euclid(86_400)).ok().ok_or(Reason::NotADate)?;
        if civil(9999, 12, 31).is_some_and(|last| day > last) {
            return Err(Reason::NotADate);
        }
        self.likely(day)
    }
}

/// `.5`, or nothing: the time of day of a day number.
fn is_fraction(rest: &str) -> bool {
    match rest.strip_prefix(['.', ',']) {
        None => rest.is_empty(),
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
