//! The calendar of a unit: on which days its offices are shut.
//!
//! Not for: which days a rule names (`analysis`), or how people write days (`formats`).
//!
//! Invariant: without anything set it is the calendar that checks went by before there was one: Saturdays,
//! Sundays and the bank holidays of England.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;
use crate::schema::Day;

/// Days that one list of a calendar may name: two decades of the holidays of any country.
pub const CALENDAR_DAYS_MAX: usize = 1_000;

/// The days off of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkCalendar {
    /// The days of the week on which nobody works.
    #[serde(skip_serializing_if = "is_usual_weekend")]
    pub weekend: BTreeSet<DayOfWeek>,
    #[serde(skip_serializing_if = "HolidayRule::is_usual")]
    pub holidays: HolidayRule,
    /// Single days off beside those.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<Day>", length(max = CALENDAR_DAYS_MAX))]
    pub off: BTreeSet<Date>,
    /// Single days that are worked on, whatever else is said of them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<Day>", length(max = CALENDAR_DAYS_MAX))]
    pub worked: BTreeSet<Date>,
}

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A rule by which holidays are known for every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRule {
    /// The bank holidays of England.
    #[default]
    England,
    /// No rule: those that are listed are all.
    None,
}

/// Text that names no calendar, no list of days, no day of the week or no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    #[error("“{0}” is no day: write days as 2026-12-24, one a line")]
    NoDay(String),
    #[error("{CALENDAR_DAYS_MAX} days are the most")]
    TooMany,
    #[error("choose days of the week by their names, such as saturday")]
    NoDayOfWeek,
    #[error("choose england or none")]
    NoRule,
    #[error("not a calendar")]
    NoCalendar,
}

impl HolidayRule {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

fn is_usual_weekend(days: &BTreeSet<DayOfWeek>) -> bool {
    *days == WorkCalendar::default().weekend
}

impl Default for WorkCalendar {
    fn default() -> Self {
        Self {
            weekend: BTreeSet::from([DayOfWeek::Saturday, DayOfWeek::Sunday]),
            holidays: HolidayRule::default(),
            off: BTreeSet::new(),
            worked: BTreeSet::new(),
        }
    }
}

impl WorkCalendar {
    /// Returns `true` when nobody has set anything.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Returns `true` when nobody works on a day; `is_holiday` knows the days of a rule.
    pub fn is_off(&self, day: Date, is_holiday: impl Fn(HolidayRule, Date) -> bool) -> bool {
        !self.worked.contains(&day)
            && (self.off.contains(&day)
                || self.weekend.contains(&DayOfWeek::from_date(day))
                || is_holiday(self.holidays, day))
    }

    /// Checks what was sent by a program.
    pub fn verify(&self) -> Result<(), InvalidCalendar> {
        let fits = |days: &BTreeSet<Date>| days.len() <= CALENDAR_DAYS_MAX;
        if fits(&self.off) && fits(&self.worked) { Ok(()) } else { Err(InvalidCalendar::TooMany) }
    }
}

/// Reads days as somebody lists them, one a line.
pub fn listed_days(text: &str) -> Result<BTreeSet<Date>, InvalidCalendar> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let days: BTreeSet<Date> = lines.map(day).collect::<Result<_, _>>()?;
    if days.len() > CALENDAR_DAYS_MAX { Err(InvalidCalendar::TooMany) } else { Ok(days) }
}

fn day(text: &str) -> Result<Date, InvalidCalendar> {
    text.parse().map_err(|_no_day| InvalidCalendar::NoDay(text.to_owned()))
}

/// One line, of small letters, digits, `-`, `,` and `;`, so that it can stand in a statement:
/// `saturday,sunday;england;2026-12-24;`.
impl fmt::Display for WorkCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekend: Vec<&str> = self.weekend.iter().map(|day| day.as_str()).collect();
        let days = |days: &BTreeSet<Date>| {
            days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        };
        let (off, worked) = (days(&self.off), days(&self.worked));
        write!(f, "{};{};{off};{worked}", weekend.join(","), self.holidays.as_str())
    }
}

impl FromStr for WorkCalendar {
    type Err = InvalidCalendar;
    fn from_str(text: &str) -> Result<Self, InvalidCalendar> {
        let parts: Vec<&str> = text.split(';').collect();
        let [weekend, holidays, off, worked] = parts[..] else {
            return Err(InvalidCalendar::NoCalendar);
        };
        let words = |text: &'_ str| -> Vec<String> {
            text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let days = |text| words(text).iter().map(|word| day(word)).collect::<Result<_, _>>();
        Ok(Self {
            weekend: words(weekend).iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            holidays: holidays.parse()?,
            off: days(off)?,
            worked: days(worked)?,
        })
    }
}

enum_words! {
    DayOfWeek or InvalidCalendar = InvalidCalendar::NoDayOfWeek;
    Monday = "monday",
    Tuesday = "tuesday",
    Wednesday = "wednesday",
    Thursday = "thursday",
    Friday = "friday",
    Saturday = "saturday",
    Sunday = "sunday",
}

impl DayOfWeek {
    fn from_date(day: Date) -> Self {
        match day.weekday() {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }

    /// Its name as people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }
}

enum_words! {
    HolidayRule or InvalidCalendar = InvalidCalendar::NoRule;
    England = "england",
    None = "none",
}

impl HolidayRule {
    /// The rule in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::England => "The bank holidays of England, by the rules they follow",
            Self::None => "Only those listed below",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_calendar_is_one_line_and_read_again() {
        let gulf = WorkCalendar {
            weekend: BTreeSet::from([DayOfWeek::Friday, DayOfWeek::Saturday]),
            holidays: HolidayRule::None,
            off: listed_days("2026-12-02\n\n 2026-12-03 ").unwrap(),
            worked: listed_days("2026-12-04").unwrap(),
        };
        for (calendar, text) in [
            (WorkCalendar::default(), "saturday,sunday;england;;"),
            (gulf, "friday,saturday;none;2026-12-02,2026-12-03;2026-12-04"),
            (WorkCalendar { weekend: BTreeSet::new(), ..WorkCalendar::default() }, ";england;;"),
        ] {
            assert_eq!(calendar.to_string(), text);
            assert_eq!(text.parse(), Ok(calendar.clone()));
            let kept = serde_json::to_value(&calendar).unwrap();
            assert_eq!(serde_json::from_value::<WorkCalendar>(kept).unwrap(), calendar);
        }
        for wrong in ["", "saturday", "sat;england;;", "sunday;wales;;", ";none;24 Dec;", ";;;;;"] {
            assert!(wrong.parse::<WorkCalendar>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_that_is_worked_on_is_never_off() {
        let calendar: WorkCalendar =
            "friday,saturday;england;2026-12-02;2026-12-04,2026-12-25".parse().unwrap();
        let christmas = |rule: HolidayRule, day: Date| {
            rule == HolidayRule::England && (day.month(), day.day()) == (12, 25)
        };
        for (day, is_off) in [
            ("2026-12-02", true),
            ("2026-12-03", false),
            ("2026-12-04", false),
            ("2026-12-05", true),
            ("2026-12-06", false),
            ("2026-12-11", true),
            ("2025-12-25", true),
            ("2026-12-25", false),
        ] {
            assert_eq!(calendar.is_off(day.parse().unwrap(), christmas), is_off, "{day}");
        }
    }

    #[test]
    fn what_is_left_out_is_usual_and_what_is_unknown_is_refused() {
        let read = |value| serde_json::from_value::<WorkCalendar>(value);
        assert_eq!(read(json!({})).unwrap(), WorkCalendar::default());
        let open = read(json!({ "weekend": [], "holidays": "none" })).unwrap();
        assert!(!open.is_usual() && open.weekend.is_empty());
        for wrong in [json!({ "colour": 1 }), json!({ "weekend": ["caturday"] })] {
            assert!(read(wrong).is_err());
        }
        assert_eq!(
            listed_days("24.12.2026").unwrap_err().to_string(),
            "“24.12.2026” is no day: write days as 2026-12-24, one a line"
        );
        let from: Date = "2026-01-01".parse().unwrap();
        let many: Vec<String> =
            from.series(jiff::Span::new().days(1)).take(1_001).map(|day| day.to_string()).collect();
        assert_eq!(listed_days(&many.join("\n")), Err(InvalidCalendar::TooMany));
    }
}
