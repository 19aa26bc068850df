//! What a report draws: bars by supplier and by check, columns by month.
//!
//! Invariant: a picture is drawn in one currency, and its numbers stand beside it in words.

use std::collections::BTreeMap;

use domain::finding::StoredFinding;
use domain::{Amount, FileType, Money};
use jiff::civil::Date;

use crate::http::pages::format;

/// More are not read.
const SUPPLIERS_SHOWN: usize = 10;
/// Columns that are told apart on a telephone.
const COLUMNS_MAX: usize = 40;
/// The width of a column's place, in the units of the drawing; its height is 100.
const PLACE: usize = 10;

/// One bar, in hundredths of the width.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) percent: String,
    pub(super) at_risk: String,
    pub(super) findings: String,
}

/// One column of a drawing, and what it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) label: String,
    pub(super) at_risk: String,
    pub(super) x: usize,
    pub(super) y: String,
    pub(super) height: String,
}

/// Columns over time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OverTime {
    pub(super) title: &'static str,
    pub(super) width: usize,
    pub(super) columns: Vec<Column>,
    /// The largest, in words.
    pub(super) most: String,
}

/// The time that a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Month,
    Quarter,
    Year,
}

/// The currency that most findings are in; none where most name none.
pub(super) fn main_currency(findings: &[&StoredFinding]) -> Option<String> {
    let mut counts: BTreeMap<Option<&String>, usize> = BTreeMap::new();
    for money in findings.iter().filter_map(|found| found.finding.at_risk.as_ref()) {
        *counts.entry(money.currency.as_ref()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).and_then(|(currency, _)| currency.cloned())
}

/// The money of a finding in ten-thousandths, if it is in this currency.
fn in_currency(found: &StoredFinding, currency: Option<&String>) -> Option<i128> {
    let money = found.finding.at_risk.as_ref()?;
    (money.currency.as_ref() == currency).then(|| money.amount.ten_thousandths().into())
}

fn money(sum: i128, currency: Option<&String>) -> String {
    format::money(&Money { amount: Amount::nearest(sum), currency: currency.cloned() })
}

/// `73.2` of the most, in hundredths; a bar of nothing is drawn as nothing.
pub(super) fn percent(of: i128, most: i128) -> String {
    let tenths = of.max(0) * 1_000 / most.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Suppliers by the money at risk, the most first, the rest as one bar.
pub(super) fn by_supplier(findings: &[&StoredFinding], currency: Option<&String>) -> Vec<Bar> {
    let mut sums: BTreeMap<&str, (&str, i128, u64)> = BTreeMap::new();
    for found in findings {
        let (Some(amount), Some((key, name))) = (in_currency(found, currency), supplier(found))
        else {
            continue;
        };
        let entry = sums.entry(key).or_insert((name, 0, 0));
        entry.1 += amount;
        entry.2 += 1;
    }
    let mut sums: Vec<(&str, i128, u64)> = sums.into_values().collect();
    sums.sort_by_key(|(_, sum, _)| std::cmp::Reverse(*sum));
    let most = sums.first().map_or(0, |(_, sum, _)| *sum);
    let bar = |label: String, sum, findings| Bar {
        label,
        percent: percent(sum, most),
        at_risk: money(sum, currency),
        findings: format::count(findings),
    };
    let (shown, others) = sums.split_at(sums.len().min(SUPPLIERS_SHOWN));
    let mut bars: Vec<Bar> =
        shown.iter().map(|(name, sum, count)| bar((*name).to_owned(), *sum, *count)).collect();
    if !others.is_empty() {
        let label = format::counted(others.len(), "other supplier", "other suppliers");
        let sum: i128 = others.iter().map(|(_, sum, _)| sum).sum();
        let rest = bar(label, sum, others.iter().map(|(.., count)| count).sum());
        // All others together are no bar beside one supplier.
        bars.push(Bar { percent: String::new(), ..rest });
    }
    bars
}

/// The reference and the name of the supplier that a finding speaks of first.
fn supplier(found: &StoredFinding) -> Option<(&str, &str)> {
    let field = |name: &str| {
        found.finding.rows.iter().find_map(|row| row.fields.get(name)).map(String::as_str)
    };
    let own = found.finding.rows.iter().find(|row| row.ledger == FileType::Suppliers);
    let reference = field("supplier_ref").or(own.map(|row| row.id.as_str()));
    let name = field("supplier_name");
    Some((reference.or(name)?, name.or(reference)?))
}

/// Money at risk over time; none with less than two points in time.
pub(super) fn over_time(
    findings: &[&StoredFinding],
    currency: Option<&String>,
) -> Option<OverTime> {
    let dated =
        findings.iter().filter_map(|found| Some((day(found)?, in_currency(found, currency)?)));
    let mut sums: BTreeMap<i32, i128> = BTreeMap::new();
    for (day, amount) in dated {
        *sums.entry(Step::Month.place(day)).or_default() += amount;
    }
    let (first, last) = (*sums.keys().next()?, *sums.keys().next_back()?);
    let months = usize::try_from(last - first).expect("the last is not before the first") + 1;
    let step = match months {
        1 => return None,
        2..=COLUMNS_MAX => Step::Month,
        _ if months <= COLUMNS_MAX * 3 => Step::Quarter,
        _ => Step::Year,
    };
    let mut by_step: BTreeMap<i32, i128> = BTreeMap::new();
    for (month, sum) in sums {
        *by_step.entry(step.of_month(month)).or_default() += sum;
    }
    let (first, last) = (step.of_month(first), step.of_month(last));
    let most = by_step.values().copied().max()?;
    let places: Vec<i32> = (first..=last).collect();
    // Years that somebody mistyped would make the others unreadable.
    let places = &places[places.len().saturating_sub(COLUMNS_MAX)..];
    let column = |(at, place): (usize, &i32)| {
        let sum = by_step.get(place).copied().unwrap_or_default();
        let tenths = sum.max(0) * 1_000 / most.max(1);
        Column {
            label: step.label(*place),
            at_risk: money(sum, currency),
            x: at * PLACE + 1,
            y: format!("{}.{}", (1_000 - tenths) / 10, (1_000 - tenths) % 10),
            height: format!("{}.{}", tenths / 10, tenths % 10),
        }
    };
    let columns: Vec<Column> = places.iter().enumerate().map(column).collect();
    let largest = by_step.iter().max_by_key(|(_, sum)| **sum)?;
    Some(OverTime {
        title: step.title(),
        width: columns.len() * PLACE,
        most: format!("most in {}: {}", step.label(*largest.0), money(*largest.1, currency)),
        columns,
    })
}

/// The day of a finding: when its last invoice was paid or cleared, else entered, else written.
fn day(found: &StoredFinding) -> Option<Date> {
    let row = found.finding.rows.iter().rfind(|row| row.ledger == FileType::Transactions)?;
    let days = ["paid_date", "payment_cleared_date", "entered_date", "invoice_date"];
    days.iter().find_map(|name| row.fields.get(*name)?.parse().ok())
}

impl Step {
    /// The month of a day, counted from the year 0.
    fn place(self, day: Date) -> i32 {
        self.of_month(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    const fn of_month(self, month: i32) -> i32 {
        match self {
            Self::Month => month,
            Self::Quarter => month.div_euclid(3),
            Self::Year => month.div_euclid(12),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Month => "By month",
            Self::Quarter => "By quarter",
            Self::Year => "By year",
        }
    }

    fn label(self, place: i32) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        match self {
            Self::Month => {
                let month = usize::try_from(place.rem_euclid(12)).expect("it is from 0 to 11");
                format!("{} {}", MONTHS[month], place.div_euclid(12))
            }
            Self::Quarter => format!("Q{} {}", place.rem_euclid(4) + 1, place.div_euclid(4)),
            Self::Year => place.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::report::tests::{finding, with_fields};

    #[test]
    fn suppliers_are_bars_and_the_rest_is_one() {
        let found: Vec<StoredFinding> = (0..12)
            .map(|at| {
                let amount = format!("{}.00", 100 - at);
                let found = finding("paid_twice", &[&at.to_string()], Some((&amount, "GBP")), 0.5);
                let (reference, name) = (format!("S{at}"), format!("Supplier {at}"));
                with_fields(found, &[("supplier_ref", &reference), ("supplier_name", &name)])
            })
            .collect();
        let found: Vec<&StoredFinding> = found.iter().collect();
        assert_eq!(main_currency(&found), Some("GBP".to_owned()));
        let bars = by_supplier(&found, Some(&"GBP".to_owned()));
        assert_eq!((bars[0].label.as_str(), bars[0].percent.as_str()), ("Supplier 0", "100.0"));
        assert_eq!(bars[1].percent, "99.0");
        let rest = &bars[SUPPLIERS_SHOWN];
        assert_eq!(
            (rest.label.as_str(), rest.percent.as_str(), rest.at_risk.as_str()),
            ("2 other suppliers", "", "£179.00")
        );
        assert!(by_supplier(&found, Some(&"EUR".to_owned())).is_empty());
    }

    #[test]
    fn time_is_drawn_in_steps_that_can_be_read() {
        let of = |days: &[&str]| {
            let found: Vec<StoredFinding> = days
                .iter()
                .map(|day| {
                    let found = finding("paid_twice", &[day], Some(("50.00", "GBP")), 0.5);
                    with_fields(found, &[("invoice_date", day), ("paid_date", day)])
                })
                .collect();
            let found: Vec<&StoredFinding> = found.iter().collect();
            let drawn = over_time(&found, Some(&"GBP".to_owned()));
            drawn.map(|drawn| {
                let labels = drawn.columns.iter().map(|column| column.label.clone());
                (drawn.title, labels.collect::<Vec<_>>(), drawn.most)
            })
        };
        assert_eq!(of(&["2026-01-05", "2026-01-30"]), None);
        let (title, labels, most) = of(&["2025-12-05", "2026-02-05", "2026-02-06"]).unwrap();
        assert_eq!((title, most.as_str()), ("By month", "most in Feb 2026: £100.00"));
        assert_eq!(labels, ["Dec 2025", "Jan 2026", "Feb 2026"]);
        assert_eq!(of(&["2020-01-05", "2026-02-05"]).unwrap().0, "By quarter");
        let (title, labels, _) = of(&["2002-01-05", "2026-02-05"]).unwrap();
        assert_eq!((title, labels.len()), ("By year", 25));
        assert_eq!(of(&["1902-01-05", "2026-02-05"]).unwrap().1.len(), COLUMNS_MAX);
        assert_eq!(percent(-5, 10), "0.0");
    }
}
