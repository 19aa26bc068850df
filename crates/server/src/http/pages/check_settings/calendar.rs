//! The days off of a unit, as the form of the checks has them.
//!
//! Not for: what a calendar is (`domain::calendar`), nor the day on which something is shown.
//!
//! Invariant: a form that does not have the calendar in it leaves the usual one.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::{InvalidCalendar, listed_days};
use domain::{DayOfWeek, HolidayRule, WorkCalendar};
use jiff::civil::Date;

use super::ChecksForm;
use crate::http::pages::error::sentence;

/// The names of the fields that list days.
const OFF: &str = "days_off";
const WORKED: &str = "days_worked";

/// The calendar as the page shows it.
pub(super) struct CalendarCard {
    /// The field of each day of the week, its name, and whether nobody works on it.
    pub(super) week: Vec<(String, &'static str, bool)>,
    /// The value of each rule, its words, and whether it is set.
    pub(super) rules: Vec<(&'static str, &'static str, bool)>,
    pub(super) rules_wrong: Option<String>,
    pub(super) off: DaysField,
    pub(super) worked: DaysField,
}

/// A list of days, one a line.
pub(super) struct DaysField {
    pub(super) name: &'static str,
    pub(super) list: String,
    pub(super) wrong: Option<String>,
}

fn field_of(day: DayOfWeek) -> String {
    format!("weekend_{}", day.as_str())
}

/// The calendar of the form, and why a field of it cannot be followed.
pub(super) fn parse(form: &ChecksForm, wrong: &mut BTreeMap<String, String>) -> WorkCalendar {
    if form.check("calendar").is_empty() {
        return WorkCalendar::default();
    }
    let mut days = |name: &str| -> BTreeSet<Date> {
        listed_days(form.check(name)).unwrap_or_else(|why: InvalidCalendar| {
            wrong.insert(name.to_owned(), sentence(&why.to_string()));
            BTreeSet::new()
        })
    };
    let (off, worked) = (days(OFF), days(WORKED));
    let is_off = |day: &DayOfWeek| !form.check(&field_of(*day)).is_empty();
    let holidays = form.check("holidays").parse::<HolidayRule>();
    WorkCalendar {
        weekend: DayOfWeek::ALL.into_iter().filter(is_off).collect(),
        holidays: holidays.unwrap_or_else(|why: InvalidCalendar| {
            wrong.insert("holidays".to_owned(), sentence(&why.to_string()));
            HolidayRule::default()
        }),
        off,
        worked,
    }
}

/// The calendar as it is set; lists that could not be read as they were typed.
pub(super) fn card(
    calendar: &WorkCalendar,
    typed: Option<(&ChecksForm, &BTreeMap<String, String>)>,
) -> CalendarCard {
    let field = |name: &'static str, days: &BTreeSet<Date>| {
        let wrong = typed.and_then(|(_, wrong)| wrong.get(name).cloned());
        let lines: Vec<String> = days.iter().map(ToString::to_string).collect();
        let list = match typed.filter(|_| wrong.is_some()) {
            Some((form, _)) => form.check(name).to_owned(),
            None => lines.join("\n"),
        };
        DaysField { name, list, wrong }
    };
    let day = |day: DayOfWeek| (field_of(day), day.title(), calendar.weekend.contains(&day));
    let rule = |rule: HolidayRule| (rule.as_str(), rule.title(), rule == calendar.holidays);
    CalendarCard {
        week: DayOfWeek::ALL.into_iter().map(day).collect(),
        rules: HolidayRule::ALL.into_iter().map(rule).collect(),
        rules_wrong: typed.and_then(|(_, wrong)| wrong.get("holidays").cloned()),
        off: field(OFF, &calendar.off),
        worked: field(WORKED, &calendar.worked),
    }
}

/// The days off in a sentence, for where they are not set.
pub(in crate::http::pages) fn sentence_of(calendar: &WorkCalendar) -> String {
    let week: Vec<&str> = calendar.weekend.iter().map(|day| day.title()).collect();
    let mut parts = match week.as_slice() {
        [] => Vec::new(),
        [one] => vec![format!("{one}s")],
        [front @ .., last] => vec![format!("{}s and {last}s", front.join("s, "))],
    };
    if calendar.holidays == HolidayRule::England {
        parts.push("the bank holidays of England".to_owned());
    }
    let count = |days: &BTreeSet<Date>, words: &str| {
        let day = if days.len() == 1 { "day" } else { "days" };
        (!days.is_empty()).then(|| format!("{} {day} {words}", days.len()))
    };
    parts.extend(count(&calendar.off, "more"));
    let is_one = calendar.worked.len() == 1;
    let worked =
        count(&calendar.worked, if is_one { "that is worked on" } else { "that are worked on" });
    let sum = if parts.is_empty() { "none".to_owned() } else { parts.join("; ") };
    match worked {
        Some(worked) => format!("{sum}; without {worked}"),
        None => sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_said_in_a_sentence() {
        for (calendar, words) in [
            ("saturday,sunday;england;;", "Saturdays and Sundays; the bank holidays of England"),
            ("friday;none;2026-12-02;", "Fridays; 1 day more"),
            (
                "thursday,friday,saturday;none;2026-12-02,2026-12-03;2026-12-04,2026-12-05",
                "Thursdays, Fridays and Saturdays; 2 days more; without 2 days that are worked on",
            ),
            (";none;;", "none"),
        ] {
            assert_eq!(sentence_of(&calendar.parse().unwrap()), words);
        }
    }
}
