//! The amounts of a supplier as a chart, beside a finding that is about how they are spread.
//!
//! Not for: the whole ledger (`population`).
//!
//! Invariant: the chart is of the ledger as it is now, and says of how many invoices; it is asked for apart,
//! so that no finding waits for it.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::{Path, State};
use domain::document::is_invoice_number;
use domain::finding::Finding;
use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsRequest};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{Amount, FileType, FindingKey};

use super::of_supplier::supplier_reference;
use super::shown::short_title;
use crate::App;
use crate::http::pages::access::{Member, Viewer};
use crate::http::pages::chart::{BarParts, Chart, ChartParts, units};
use crate::http::pages::error::PageError;
use crate::http::pages::filters;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::picture::{Picture, as_float};
use crate::http::pages::respond::{PageResult, html};

/// The check about first digits.
const BENFORD: &str = "benford";
/// Checks about how amounts of a supplier are spread.
const ABOUT_AMOUNTS: [&str; 5] =
    ["spike", "just_below_limit", "split_invoice", "round_amounts", "dormant_then_paid"];
/// Bars beside one another that can be told apart on a screen.
const BARS_MAX: usize = 80;
/// Fewer first digits look like nothing in particular.
const DIGITS_MIN: u64 = 30;

#[derive(Template)]
#[template(path = "finding_distribution.html")]
struct DistributionPage {
    page: Layout,
    finding: String,
    title: String,
    picture: Option<Picture>,
}

/// An invoice of the supplier.
struct Bar {
    label: String,
    day: String,
    amount: Amount,
    currency: Option<String>,
    is_of_finding: bool,
}

impl Bar {
    fn figure(&self) -> String {
        format::figure(self.amount, self.currency.as_deref())
    }
}

/// Returns `true` for a finding that is about how amounts are spread.
pub(super) fn has_distribution(finding: &Finding) -> bool {
    let is_about = finding.check == BENFORD || ABOUT_AMOUNTS.contains(&finding.check.as_str());
    is_about && supplier_reference(finding).is_some()
}

pub(crate) async fn get_distribution(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key)): Path<(String, String, String)>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let found = viewer.store.finding(&viewer.unit, &key).await?.ok_or(PageError::NotFound)?;
    let finding = found.finding;
    let known = KnownChecks::new(&app);
    let picture = match supplier_reference(&finding).filter(|_| has_distribution(&finding)) {
        Some(reference) => picture(&app, &viewer, &finding, reference).await?,
        None => None,
    };
    html(&DistributionPage {
        page: Layout::for_member(&app, &viewer, Section::Findings, "Amounts of the supplier")
            .await?,
        finding: viewer.path(&format!("findings/{key}")),
        title: short_title(&finding, known),
        picture,
    })
}

async fn picture(
    app: &App,
    member: &Member,
    finding: &Finding,
    reference: &str,
) -> Result<Option<Picture>, PageError> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let file_type = FileType::Transactions;
    let filter = RowsFilter { supplier: Some(reference.to_owned()), ..RowsFilter::default() };
    let (of, order) = (member.checked_unit(), RowsOrder::usual(file_type));
    let request = RowsRequest { of, file_type, filter, order, skip: 0, size: SIZE };
    let found = app.browser.rows(&request).await?;
    let own: BTreeSet<&str> = finding
        .rows
        .iter()
        .filter(|row| row.ledger == file_type)
        .map(|row| row.id.as_str())
        .collect();
    let rows: Vec<Bar> = found.rows.iter().filter_map(|row| bar(row, &own)).collect();
    let row_count = rows.len();
    let bars = by_document(rows);
    let invoices = bars.len() as u64;
    let of = if found.total > u64::from(PAGE_SIZE_MAX) {
        format!("the newest {} of its invoices", format::count(invoices))
    } else {
        format!("all of its {}", format::counted(invoices, "invoice", "invoices"))
    };
    let of = of + &added_up(row_count, bars.len());
    Ok(if finding.check == BENFORD { first_digits(&bars, &of) } else { by_invoice(bars, &of) })
}

fn bar(row: &LedgerRow, own: &BTreeSet<&str>) -> Option<Bar> {
    let field = |name: &str| row.fields.get(name).filter(|text| !text.is_empty());
    let (amount, currency) = match field("base_amount") {
        Some(amount) => (amount, field("base_amount_currency")),
        None => (field("invoice_amount")?, field("invoice_amount_currency")),
    };
    let amount = amount.parse().ok()?;
    let day = field("invoice_date").and_then(|day| day.parse().ok()).map(format::day);
    Some(Bar {
        label: field("invoice_number").cloned().unwrap_or_else(|| row.id.clone()),
        day: day.unwrap_or_default(),
        amount,
        currency: currency.cloned(),
        is_of_finding: own.contains(row.id.as_str()),
    })
}

/// The words for rows of which several are lines of one invoice: checks may count them one by one.
fn added_up(rows: usize, invoices: usize) -> String {
    if rows == invoices {
        return String::new();
    }
    format!(", added up from {} rows of the ledger", format::count(rows))
}

/// The lines of one invoice as one bar, in the place of the first of them.
fn by_document(bars: Vec<Bar>) -> Vec<Bar> {
    let mut documents: Vec<Vec<Bar>> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for bar in bars {
        let is_numbered = is_invoice_number(&bar.label);
        let place = *places
            .entry((bar.label.clone(), bar.day.clone()))
            .and_modify(|place| {
                if !is_numbered {
                    *place = documents.len();
                }
            })
            .or_insert(documents.len());
        if place == documents.len() {
            documents.push(Vec::new());
        }
        documents[place].push(bar);
    }
    documents.into_iter().filter_map(joined).collect()
}

fn joined(lines: Vec<Bar>) -> Option<Bar> {
    let sum: i128 = lines.iter().map(|line| i128::from(line.amount.ten_thousandths())).sum();
    let is_of_finding = lines.iter().any(|line| line.is_of_finding);
    let first = lines.into_iter().next()?;
    Some(Bar { amount: Amount::nearest(sum), is_of_finding, ..first })
}

/// The share of amounts that begins with each digit, beside Benford’s law; none of too few.
fn first_digits(bars: &[Bar], of: &str) -> Option<Picture> {
    let mut seen = [0_u64; 9];
    for bar in bars {
        let digits = bar.amount.to_string();
        let first = digits.chars().find_map(|digit| digit.to_digit(10).filter(|one| *one > 0));
        if let Some(first) = first {
            seen[first as usize - 1] += 1;
        }
    }
    let all: u64 = seen.iter().sum();
    if all < DIGITS_MIN {
        return None;
    }
    let percent = |share: f64| format::reader::number(&format!("{:.1}%", share * 100.0));
    let lines: Vec<(String, f64, f64)> = (1_u32..=9)
        .zip(seen)
        .map(|(digit, count)| {
            let expected = (1.0 + 1.0 / f64::from(digit)).log10();
            (digit.to_string(), as_float(count) / as_float(all), expected)
        })
        .collect();
    let bar = |(digit, seen, _): &(String, f64, f64)| BarParts {
        label: digit.clone(),
        value: seen * 100.0,
        words: percent(*seen),
        is_marked: false,
    };
    let expected = lines.iter().map(|(_, _, expected)| expected * 100.0).collect();
    Some(Picture {
        title: "First digits of its amounts",
        words: format!(
            "Bars: how often seen, of {of}. Line: how amounts that grew by themselves begin."
        ),
        chart: Chart::new(&ChartParts {
            bars_name: "Seen",
            bars: lines.iter().map(bar).collect(),
            line: Some(("Expected", expected)),
            unit: "%".to_owned(),
            ..ChartParts::default()
        })?,
        heads: ["First digit", "Seen", "Expected"],
        lines: lines
            .into_iter()
            .map(|(digit, seen, expected)| [digit, percent(seen), percent(expected)])
            .collect(),
    })
}

/// The newest amounts beside one another, the oldest first, with those of the finding apart; none without
/// another to compare with.
fn by_invoice(newest_first: Vec<Bar>, of: &str) -> Option<Picture> {
    let all = newest_first.len();
    let (own, others): (Vec<Bar>, Vec<Bar>) =
        newest_first.into_iter().partition(|bar| bar.is_of_finding);
    if others.is_empty() {
        return None;
    }
    let mut bars = own;
    bars.truncate(BARS_MAX);
    let room = BARS_MAX.saturating_sub(bars.len());
    bars.extend(others.into_iter().take(room));
    bars.sort_by_key(|bar| bar.amount);
    let drawn = if bars.len() == all {
        format::capital(of)
    } else {
        format!("{} of {of}", format::count(bars.len() as u64))
    };
    let drawn_bar = |bar: &Bar| BarParts {
        label: bar.figure(),
        value: units(bar.amount),
        words: bar.label.clone(),
        is_marked: bar.is_of_finding,
    };
    Some(Picture {
        title: "Amounts of its invoices, the smallest first",
        words: format!("{drawn}; those of this finding in another colour."),
        chart: Chart::new(&ChartParts {
            bars_name: "Its other invoices",
            marked_name: Some("This finding"),
            bars: bars.iter().map(drawn_bar).collect(),
            ..ChartParts::default()
        })?,
        heads: ["Invoice", "Dated", "Amount"],
        lines: bars
            .iter()
            .map(|bar| {
                let mark = if bar.is_of_finding { " (this finding)" } else { "" };
                [format!("{}{mark}", bar.label), bar.day.clone(), bar.figure()]
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(amount: &str) -> Bar {
        Bar {
            label: amount.to_owned(),
            day: String::new(),
            amount: amount.parse().unwrap(),
            currency: None,
            is_of_finding: false,
        }
    }

    fn own(amount: &str) -> Bar {
        Bar { is_of_finding: true, ..other(amount) }
    }

    #[test]
    fn first_digits_are_counted_past_signs_and_zeros() {
        let mut bars: Vec<Bar> = (0..29).map(|_| other("-0.0450")).collect();
        assert!(first_digits(&bars, "all").is_none(), "too few");
        bars.push(other("123"));
        let picture = first_digits(&bars, "all").unwrap();
        assert_eq!(picture.lines[3], ["4", "96.7%", "9.7%"].map(str::to_owned));
        assert_eq!(picture.lines[0][1], "3.3%");
    }

    #[test]
    fn an_invoice_of_several_lines_is_one_bar() {
        let line = |label: &str, amount: &str| Bar { label: label.to_owned(), ..other(amount) };
        let bars = by_document(vec![
            line("INV-1", "5"),
            line("INV-2", "7"),
            Bar { is_of_finding: true, ..line("INV-1", "3") },
            line("INV-2", "7"),
            line("REDACTED", "1"),
            line("REDACTED", "2"),
        ]);
        let told: Vec<String> = bars
            .iter()
            .map(|bar| format!("{} {} {}", bar.label, bar.amount, bar.is_of_finding))
            .collect();
        assert_eq!(
            told,
            ["INV-1 8.00 true", "INV-2 14.00 false", "REDACTED 1.00 false", "REDACTED 2.00 false"]
        );
    }

    #[test]
    fn rows_that_were_added_up_are_said() {
        assert_eq!(added_up(7, 7), "");
        assert_eq!(added_up(1_200, 7), ", added up from 1,200 rows of the ledger");
    }

    #[test]
    fn those_of_the_finding_are_always_drawn() {
        let mut bars: Vec<Bar> = (1..200).map(|number| other(&number.to_string())).collect();
        assert!(by_invoice(vec![own("5")], "all").is_none(), "nothing to compare with");
        bars.push(own("9000"));
        let picture = by_invoice(bars, "all").unwrap();
        assert_eq!(picture.lines.len(), BARS_MAX);
        assert!(picture.lines[BARS_MAX - 1][0].ends_with("(this finding)"));
    }
}
