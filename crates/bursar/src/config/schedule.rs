//! When a job is due: a cron expression of five fields in a time zone.
//!
//! Not for: running anything, or knowing what time it is.
//!
//! Invariants: an hour that a change of clocks leaves out is made up right after it; an hour that comes
//! twice counts once. What never comes (30 February) is refused, not waited for.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A leap day comes back within eight years, also round a century that is not leap.
const DAYS_AHEAD: i32 = 8 * 366 + 1;

/// The times at which a job is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    zone: TimeZone,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The reason why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    #[error("a schedule has five fields (minute hour day month weekday), and this has {0}")]
    Fields(usize),
    #[error("\"{part}\" is no {field}: {allowed}")]
    Part { part: String, field: &'static str, allowed: &'static str },
    #[error("there is no time zone \"{0}\"; write it as Europe/London")]
    Zone(String),
    #[error("such a day never comes")]
    Never,
}

/// A set of small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Written as `*`: it does not narrow the days down.
    is_any: bool,
}

/// The rules of a field: its name, its numbers and their names.
struct FieldRules {
    name: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
    allowed: &'static str,
}

const MINUTE: FieldRules = FieldRules {
    name: "minute",
    least: 0,
    most: 59,
    names: &[],
    allowed: "0 to 59, such as 0,30 or */15",
};
const HOUR: FieldRules = FieldRules {
    name: "hour",
    least: 0,
    most: 23,
    names: &[],
    allowed: "0 to 23, such as 2 or 6-18",
};
const DAY: FieldRules = FieldRules {
    name: "day of the month",
    least: 1,
    most: 31,
    names: &[],
    allowed: "1 to 31, or *",
};
const MONTH: FieldRules = FieldRules {
    name: "month",
    least: 1,
    most: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    allowed: "1 to 12 or jan to dec, or *",
};
/// Seven is Sunday once more, as in every cron.
const WEEKDAY: FieldRules = FieldRules {
    name: "weekday",
    least: 0,
    most: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    allowed: "0 to 7 or sun to sat, such as mon-fri, or *",
};

impl Schedule {
    /// Parses a cron expression in a time zone by its IANA name; without one it is the machine's.
    pub fn parse(text: &str, zone: Option<&str>) -> Result<Self, InvalidSchedule> {
        let zone = match zone {
            None => TimeZone::system(),
            Some(name) => {
                TimeZone::get(name).map_err(|_unknown| InvalidSchedule::Zone(name.to_owned()))?
            }
        };
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = parts[..] else {
            return Err(InvalidSchedule::Fields(parts.len()));
        };
        let mut weekdays = Field::parse(weekday, &WEEKDAY)?;
        weekdays.bits |= weekdays.bits >> 7 & 1;
        let schedule = Self {
            text: text.to_owned(),
            zone,
            minutes: Field::parse(minute, &MINUTE)?,
            hours: Field::parse(hour, &HOUR)?,
            days: Field::parse(day, &DAY)?,
            months: Field::parse(month, &MONTH)?,
            weekdays,
        };
        match schedule.next_after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(InvalidSchedule::Never),
        }
    }

    /// The first time it is due after this moment.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let from = self.zone.to_datetime(moment);
        let mut day = from.date();
        let mut after = Some(from.time());
        for _ in 0..DAYS_AHEAD {
            if self.is_on(day) {
                for time in self.times(after) {
                    let due = self.moment(DateTime::from_parts(day, time))?;
                    // An hour that comes twice: its first coming may be past.
                    if due > moment {
                        return Some(due);
                    }
                }
            }
            after = None;
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    fn moment(&self, local: DateTime) -> Option<Timestamp> {
        self.zone.to_timestamp(local).ok()
    }

    /// Returns `true` when a day is one of the schedule; as in every cron, when both day and weekday
    /// are given, either is enough.
    fn is_on(&self, date: Date) -> bool {
        let day = self.days.has(date.day().cast_unsigned());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset().cast_unsigned());
        let is_day =
            if self.days.is_any || self.weekdays.is_any { day && weekday } else { day || weekday };
        is_day && self.months.has(date.month().cast_unsigned())
    }

    /// The times of a day from the minute of `after`, or all there are.
    fn times(&self, after: Option<Time>) -> impl Iterator<Item = Time> {
        let from = after.map_or((0, 0), |time| (time.hour(), time.minute()));
        let all = (0..24_i8).flat_map(|hour| (0..60_i8).map(move |minute| (hour, minute)));
        let (minutes, hours) = (self.minutes, self.hours);
        all.filter(move |&(hour, minute)| {
            (hour, minute) >= from
                && hours.has(hour.cast_unsigned())
                && minutes.has(minute.cast_unsigned())
        })
        .map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.iana_name().unwrap_or("this machine's time");
        write!(f, "{} ({zone})", self.text)
    }
}

impl Field {
    fn parse(text: &str, rules: &FieldRules) -> Result<Self, InvalidSchedule> {
        let mut field = Self { bits: 0, is_any: text.starts_with('*') };
        for part in text.split(',') {
            let range = rules.range(part).ok_or_else(|| InvalidSchedule::Part {
                part: part.to_owned(),
                field: rules.name,
                allowed: rules.allowed,
            })?;
            for number in range {
                field.bits |= 1 << number;
            }
        }
        Ok(field)
    }

    fn has(self, number: u8) -> bool {
        self.bits >> number & 1 == 1
    }
}

impl FieldRules {
    /// The numbers of `*`, `5` or `1-5`, each with `/2` behind it.
    fn range(&self, part: &str) -> Option<Vec<u8>> {
        let (range, step) = match part.split_once('/') {
            None => (part, None),
            Some((range, step)) => (range, Some(step.parse::<u8>().ok().filter(|step| *step > 0)?)),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (self.number(first)?, self.number(last)?),
            None if range == "*" => {
                (self.least, self.most.min(if self.most == 7 { 6 } else { self.most }))
            }
            None => {
                let first = self.number(range)?;
                (first, if step.is_some() { self.most } else { first })
            }
        };
        (first <= last).then(|| (first..=last).step_by(usize::from(step.unwrap_or(1))).collect())
    }

    fn number(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        if let Some(place) = named {
            return u8::try_from(place).ok().map(|place| place + self.least);
        }
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_digits)?;
        (self.least..=self.most).contains(&number).then_some(number)
    }
}

#[cfg(test)]
mod tests;
