//! The pictures of the population, each with its numbers in a table.

use domain::finding::CheckReport;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::Value;
use store::Week;

use crate::http::pages::chart::{BarParts, Chart, ChartParts};
use crate::http::pages::format;
use crate::http::pages::picture::{Picture, as_float};

/// The check whose figures are digits.
const BENFORD: &str = "benford";
/// Fewer amounts look like nothing in particular.
const AMOUNTS_MIN: u64 = 100;

/// The picture of weeks; none before anything was found.
pub(super) fn weeks(weeks: &[Week]) -> Option<Picture> {
    if weeks.iter().all(|week| week.found == 0 && week.decided == 0) {
        return None;
    }
    let bar = |week: &Week| BarParts {
        label: format::short_days(monday(week), monday(week)),
        value: as_float(week.found),
        words: format::count(week.found),
        is_marked: false,
    };
    let decided = weeks.iter().map(|week| as_float(week.decided)).collect();
    Some(Picture {
        title: "Findings by week",
        words: "Bars: found for the first time. Line: decided.".to_owned(),
        chart: Chart::new(&ChartParts {
            bars_name: "Found",
            bars: weeks.iter().map(bar).collect(),
            line: Some(("Decided", decided)),
            ..ChartParts::default()
        })?,
        heads: ["Week from", "Found", "Decided"],
        lines: weeks
            .iter()
            .rev()
            .map(|week| {
                [format::day(monday(week)), format::count(week.found), format::count(week.decided)]
            })
            .collect(),
    })
}

/// The day on which a week begins: it has begun by noon, also where clocks were changed since.
fn monday(week: &Week) -> Date {
    format::today(week.begins + SignedDuration::from_hours(12))
}

/// The first and the last two digits of all amounts; none without enough of them.
pub(super) fn benford(reports: &[CheckReport]) -> Vec<Picture> {
    let Some(report) = reports.iter().find(|report| report.check == BENFORD) else {
        return Vec::new();
    };
    let first = digits(
        &report.figures,
        "first_two",
        "First two digits of the amounts",
        "Amounts that grew by themselves follow the line (Benford’s law). A bar far above it is an amount \
         that is used too often: look for approval limits just above it, or for made-up invoices.",
    );
    let last = digits(
        &report.figures,
        "last_two",
        "Last two digits of the amounts",
        "Pence fall evenly, but for round prices: 00, 50, 99 and what a usual tax makes of them. Another bar \
         that stands out is an amount that repeats.",
    );
    first.into_iter().chain(last).collect()
}

/// The check's own shape: an array of `figure`, `digits`, `seen` and `expected`, a share.
fn digits(figures: &Value, figure: &str, title: &'static str, words: &str) -> Option<Picture> {
    let rows: Vec<(i64, u64, f64)> = figures
        .as_array()?
        .iter()
        .filter(|row| row["figure"] == figure)
        .filter_map(|row| {
            Some((row["digits"].as_i64()?, row["seen"].as_u64()?, row["expected"].as_f64()?))
        })
        .collect();
    let all: u64 = rows.iter().map(|(_, seen, _)| seen).sum();
    if all < AMOUNTS_MIN {
        return None;
    }
    let label = |digits: i64| format!("{digits:02}");
    let percent = |share: f64| format::reader::number(&format!("{:.2}%", share * 100.0));
    let share = |seen: u64| as_float(seen) / as_float(all);
    let bar = |(digits, seen, _): &(i64, u64, f64)| BarParts {
        label: label(*digits),
        value: share(*seen) * 100.0,
        words: percent(share(*seen)),
        is_marked: false,
    };
    let expected = rows.iter().map(|(_, _, expected)| expected * 100.0).collect();
    Some(Picture {
        title,
        words: format!(
            "Bars: how often seen among {}. {words}",
            format::counted(all, "amount", "amounts")
        ),
        chart: Chart::new(&ChartParts {
            bars_name: "Seen",
            bars: rows.iter().map(bar).collect(),
            line: Some(("Expected", expected)),
            unit: "%".to_owned(),
            ..ChartParts::default()
        })?,
        heads: ["Digits", "Seen", "Expected"],
        lines: rows
            .iter()
            .map(|(digits, seen, expected)| {
                [label(*digits), percent(share(*seen)), percent(*expected)]
            })
            .collect(),
    })
}
