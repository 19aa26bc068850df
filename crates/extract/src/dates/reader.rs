//! One value on its way to a day: its column's style, and the signs it leaves.
//!
//! Not for: the shape of its text (`shapes`, `written`).

use domain::problem::Reason;

use super::Day;
use super::calendar::{self, Calendar, civil};
use super::evidence::{DateSigns, said_of};
use super::placeholders::{is_placeholder, is_zero_day};
use super::style::DateStyle;

/// The days from which Unix and DOS count: 1970-01-01 and 1980-01-01.
const EPOCHS: [i32; 2] = [0, 3_652];

/// Reads one value in its column's style.
pub(super) struct Reader<'a> {
    pub(super) style: &'a DateStyle,
    pub(super) signs: &'a mut DateSigns,
    /// The text as it stands in the file.
    pub(super) text: &'a str,
}

impl Reader<'_> {
    /// A day of the calendar in which the column counts its years.
    pub(super) fn day_of_any_calendar(
        &mut self,
        year: i32,
        month: i32,
        day: i32,
    ) -> Result<Day, Reason> {
        let of_calendar = Calendar::OTHERS.into_iter().find(|calendar| {
            calendar.day(year, month, day).is_some_and(|day| self.style.today.is_near(day))
        });
        if let Some(calendar) = of_calendar {
            self.signs.count_calendar(calendar);
            if let Some(reason) = said_of(calendar) {
                self.signs.keep_example(reason, self.text);
            }
        }
        if self.style.calendar != Calendar::Gregorian && of_calendar == Some(self.style.calendar) {
            let day = self.style.calendar.day(year, month, day);
            return day.map(Day::Known).ok_or(Reason::NoSuchDay);
        }
        if self.style.calendar == Calendar::Hijri && (1400..=1500).contains(&year) {
            return self
                .style
                .calendar
                .day(year, month, day)
                .map(Day::Known)
                .ok_or(Reason::NoSuchDay);
        }
        self.day(year, month, day)
    }

    /// A day of our calendar, if it exists and is one.
    pub(super) fn day(&mut self, year: i32, month: i32, day: i32) -> Result<Day, Reason> {
        if (year, month, day) == (0, 0, 0) {
            return Ok(Day::Nothing(Reason::EmptyWords));
        }
        if is_zero_day(year, month, day) {
            return Ok(Day::Nothing(Reason::PlaceholderDate));
        }
        let exists = civil(if year == 0 { 2000 } else { year }, month, day);
        let day = exists.ok_or(Reason::NoSuchDay)?;
        if year == 0 { Err(Reason::YearOutOfRange) } else { self.likely(day) }
    }

    /// Judges a day that may not be of the last years.
    pub(super) fn likely(&mut self, day: i32) -> Result<Day, Reason> {
        if self.style.today.is_usual(day) {
            return Ok(Day::Known(day));
        }
        if is_placeholder(day) {
            return Ok(Day::Nothing(Reason::PlaceholderDate));
        }
        if EPOCHS.contains(&day) {
            self.signs.count_epoch();
            return Ok(if self.style.epoch_is_nothing {
                Day::Nothing(Reason::PlaceholderDate)
            } else {
                Day::Known(day)
            });
        }
        let (year, ..) = calendar::from_days(day);
        match year {
            ..1900 => Err(Reason::YearOutOfRange),
            1900..1950 => Ok(Day::Noted(day, Reason::UnlikelyYear)),
            _ if self.style.today.is_too_late(day) => Ok(Day::Noted(day, Reason::UnlikelyYear)),
            1950..1995 => {
                self.signs.count_early_day();
                Ok(Day::Known(day))
            }
            _ => Ok(Day::Known(day)),
        }
    }
}

/// Up to eight digits and how many.
pub(super) fn number(text: &str) -> Option<(i32, usize, &str)> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let value = bytes[..digits].iter().fold(0, |value, digit| value * 10 + i32::from(digit - b'0'));
    (digits > 0).then(|| (value, digits, &text[digits..]))
}

/// A sign, with blanks round it or not, or blanks alone.
pub(super) fn separator(text: &str) -> Option<(u8, &str)> {
    let behind_blanks = text.trim_start_matches(' ');
    match behind_blanks.as_bytes() {
        [sign @ (b'/' | b'-' | b'.' | b'_' | b'\\'), ..] => {
            Some((*sign, behind_blanks[1..].trim_start_matches(' ')))
        }
        _ if behind_blanks.len() < text.len() => Some((b' ', behind_blanks)),
        _ => None,
    }
}
