//! What the overview draws, each with its numbers in words for whoever has no script.

use domain::finding::CheckReport;
use serde_json::{Value, json};
use store::Week;

use crate::http::pages::format;

/// The check whose figures are digits.
const BENFORD: &str = "benford";
/// Fewer amounts look like nothing in particular.
const AMOUNTS_MIN: u64 = 100;

/// A chart with its numbers.
pub(super) struct Picture {
    pub(super) title: &'static str,
    /// The way to read it.
    pub(super) words: String,
    /// The chart as `data-chart` wants it.
    pub(super) chart: String,
    pub(super) heads: [&'static str; 3],
    pub(super) lines: Vec<[String; 3]>,
}

/// None before anything was found.
pub(super) fn weeks(weeks: &[Week]) -> Option<Picture> {
    if weeks.iter().all(|week| week.found == 0 && week.decided == 0) {
        return None;
    }
    let labels: Vec<String> =
        weeks.iter().map(|week| week.begins.strftime("%-d %b").to_string()).collect();
    let found: Vec<u64> = weeks.iter().map(|week| week.found).collect();
    let decided: Vec<u64> = weeks.iter().map(|week| week.decided).collect();
    Some(Picture {
        title: "Findings by week",
        words: "Bars: found for the first time. Line: decided.".to_owned(),
        chart: json!({ "labels": labels, "series": [
            { "name": "Found", "values": found },
            { "name": "Decided", "values": decided, "kind": "line" },
        ] })
        .to_string(),
        heads: ["Week from", "Found", "Decided"],
        lines: weeks
            .iter()
            .rev()
            .map(|week| {
                [format::date(week.begins), format::count(week.found), format::count(week.decided)]
            })
            .collect(),
    })
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
    let percent = |share: f64| format!("{:.2}", share * 100.0);
    let share = |seen: u64| percent(as_float(seen) / as_float(all));
    let seen: Vec<String> = rows.iter().map(|(_, seen, _)| share(*seen)).collect();
    let expected: Vec<String> = rows.iter().map(|(_, _, expected)| percent(*expected)).collect();
    let labels: Vec<String> = rows.iter().map(|(digits, _, _)| label(*digits)).collect();
    Some(Picture {
        title,
        words: format!(
            "Bars: how often seen among {}. {words}",
            format::counted(all, "amount", "amounts")
        ),
        chart: json!({ "unit": "%", "labels": labels, "series": [
            { "name": "Seen", "values": seen },
            { "name": "Expected", "values": expected, "kind": "line" },
        ] })
        .to_string(),
        heads: ["Digits", "Seen", "Expected"],
        lines: rows
            .iter()
            .map(|(digits, seen, expected)| {
                [label(*digits), format!("{}%", share(*seen)), format!("{}%", percent(*expected))]
            })
            .collect(),
    })
}

/// For a share; past 2^53 its last digits are not seen.
#[expect(clippy::cast_precision_loss, reason = "a share of it is drawn")]
const fn as_float(count: u64) -> f64 {
    count as f64
}
