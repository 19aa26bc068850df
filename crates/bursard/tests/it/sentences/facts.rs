//! What is so: a finding's rows, and the ledgers it was made of.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use analysis::{Ledgers, Retention, export_csv};
use domain::columns::transactions::PAID;
use domain::finding::{Finding, FindingRow, party};
use domain::invoice_status::says_taken_back;
use domain::{CustomerName, FileType, LedgerName, UnitName};
use jiff::civil::Date;
use store::Store;

use super::template::{cents, holes};

/// A row by its columns.
pub(super) type Row = BTreeMap<String, String>;

/// The rows of a unit's ledgers.
pub(super) struct Ledger {
    pub(super) transactions: Vec<Row>,
    pub(super) suppliers: Vec<Row>,
    /// Places of transactions by their supplier.
    by_supplier: BTreeMap<String, Vec<usize>>,
}

/// A finding and the ledgers it was made of.
pub(super) struct Facts<'a> {
    pub(super) finding: &'a Finding,
    pub(super) ledger: &'a Ledger,
}

impl Ledger {
    pub(super) async fn read(store: &Store, customer: &CustomerName, unit: &UnitName) -> Self {
        let files = store.system().ledger_files().unwrap();
        let ledgers = Ledgers::new(files, Retention::default());
        let rows = async |file_type| {
            let name = LedgerName { customer: customer.clone(), unit: unit.clone(), file_type };
            let Ok(ledger) = ledgers.open(&name).await else { return Vec::new() };
            let text = tokio::task::block_in_place(|| {
                let mut text = Vec::new();
                export_csv(&ledger, &mut text).unwrap();
                String::from_utf8(text).unwrap()
            });
            table(&text)
        };
        let transactions = invoices(rows(FileType::Transactions).await);
        let mut by_supplier: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, row) in transactions.iter().enumerate() {
            by_supplier.entry(row["supplier_ref"].clone()).or_default().push(at);
        }
        Self { suppliers: rows(FileType::Suppliers).await, transactions, by_supplier }
    }

    /// The invoices of a supplier.
    pub(super) fn of_supplier<'l>(&'l self, reference: &str) -> impl Iterator<Item = &'l Row> {
        let places = self.by_supplier.get(reference).into_iter().flatten();
        places.map(|at| &self.transactions[*at])
    }
}

/// The invoices that checks look at: not taken back, and rows of one Unique ID and supplier added up.
fn invoices(rows: Vec<Row>) -> Vec<Row> {
    let mut invoices: BTreeMap<(String, String), Row> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !says_taken_back(&row["status"])) {
        let key = (row["unique_id"].clone(), row["supplier_ref"].clone());
        let Some(known) = invoices.get_mut(&key) else {
            invoices.insert(key, row);
            continue;
        };
        for column in ["base_amount", "invoice_amount"] {
            let amounts = [&*known, &row].map(|row| amount(row, column));
            if let [Some(one), Some(other)] = amounts {
                let sum = one + other;
                let (sign, sum) = (if sum < 0 { "-" } else { "" }, sum.abs());
                known.insert(column.to_owned(), format!("{sign}{}.{:02}", sum / 100, sum % 100));
            }
        }
    }
    invoices.into_values().collect()
}

/// The rows of a CSV file.
fn table(text: &str) -> Vec<Row> {
    let mut records: Vec<Vec<String>> = vec![vec![String::new()]];
    let (mut is_quoted, mut before) = (false, ' ');
    for c in text.chars() {
        let record = records.last_mut().unwrap();
        match c {
            '"' => {
                if !is_quoted && before == '"' {
                    record.last_mut().unwrap().push('"');
                }
                is_quoted = !is_quoted;
            }
            ',' if !is_quoted => record.push(String::new()),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => records.push(vec![String::new()]),
            _ => record.last_mut().unwrap().push(c),
        }
        before = c;
    }
    let mut records = records.into_iter();
    let names = records.next().unwrap();
    let is_whole = |record: &Vec<String>| record.len() == names.len();
    let row = |record: Vec<String>| {
        let texts = record.into_iter().map(|text| match text.strip_prefix('\'') {
            // What a spreadsheet would calculate bears an apostrophe in a CSV.
            Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t']) => rest.to_owned(),
            _ => text,
        });
        names.iter().cloned().zip(texts).collect()
    };
    records.filter(is_whole).map(row).collect()
}

/// An amount of a ledger in cents, rounded as people write it.
pub(super) fn amount(row: &BTreeMap<String, String>, column: &str) -> Option<i64> {
    let text = row.get(column)?;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let ten_thousandths: i64 =
        format!("{}{part:0<4}", whole.trim_start_matches('-')).parse().ok()?;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    Some(sign * (ten_thousandths / 100))
}

/// A day of a row.
pub(super) fn day(row: &BTreeMap<String, String>, column: &str) -> Option<Date> {
    row.get(column)?.parse().ok()
}

pub(super) fn days_between(one: Date, other: Date) -> i64 {
    i64::from((other - one).get_days())
}

impl Facts<'_> {
    pub(super) fn rows(&self, ledger: FileType) -> Vec<&FindingRow> {
        self.finding.rows.iter().filter(|row| row.ledger == ledger).collect()
    }

    /// The fields of the transactions it speaks of.
    pub(super) fn invoices(&self) -> Vec<&BTreeMap<String, String>> {
        self.rows(FileType::Transactions).iter().map(|row| &row.fields).collect()
    }

    /// Returns `true` when some row is of a supplier that is written so.
    pub(super) fn names(&self, written: &str) -> bool {
        self.finding.rows.iter().any(|row| {
            let reference = row.fields.get("supplier_ref").unwrap_or(&row.id);
            let of_id = |name: &String| party(name, reference) == written;
            row.fields.get("supplier_name").is_some_and(of_id)
        }) || self.finding.rows.iter().any(|row| {
            // A supplier has names in several rows of the ledgers.
            let reference = row.fields.get("supplier_ref").unwrap_or(&row.id);
            let mut of = self.ledger.of_supplier(reference).chain(
                self.ledger.suppliers.iter().filter(|one| &one["supplier_ref"] == reference),
            );
            of.any(|one| party(&one["supplier_name"], reference) == written || written == reference)
        })
    }

    /// The amount of an invoice as findings compare it.
    #[expect(clippy::unused_self, reason = "as the others are called")]
    pub(super) fn money(&self, invoice: &BTreeMap<String, String>) -> i64 {
        amount(invoice, "base_amount").or_else(|| amount(invoice, "invoice_amount")).unwrap_or(0)
    }

    /// Returns `true` when a value of its rows has this in it.
    pub(super) fn hold(&self, text: &str) -> bool {
        let mut values = self.finding.rows.iter().flat_map(|row| row.fields.values());
        values.any(|value| value.contains(text))
    }

    pub(super) fn written(&self) -> String {
        let mut text = format!("  [{} {}]\n", self.finding.check, self.finding.kind);
        for row in self.finding.rows.iter().take(6) {
            let shown = [
                "invoice_number",
                "supplier_name",
                "supplier_ref",
                "base_amount",
                "invoice_date",
                "entered_date",
                "paid_date",
            ];
            let fields: Vec<&str> =
                shown.iter().filter_map(|name| row.fields.get(*name)).map(String::as_str).collect();
            writeln!(text, "  {} {}: {}", row.ledger, row.id, fields.join(" | ")).unwrap();
        }
        text
    }

    /// Returns `true` when the answer's percentage is the probability, and its claim holds of the
    /// rows.
    pub(super) fn answer(&self, answer: &str) -> Option<bool> {
        let Some(probability) = self.finding.probability else {
            return Some(answer.starts_with("It may be that "));
        };
        let (percent, _) = answer.split_once('%')?;
        let percent: f64 =
            percent.trim_start_matches("over ").trim_start_matches("under ").parse().ok()?;
        let is_near = (percent / 100.0 - probability).abs() <= 0.01;
        let is_paid = |row: &&BTreeMap<String, String>| is_paid(row);
        let claims_paid = answer.contains("invoice was paid");
        let often =
            holes("{}one invoice was {} {} times{}", answer).map(|holes| holes[2].to_owned());
        let count = self.invoices().len();
        let is_count = often.is_none_or(|often| often == count.to_string());
        Some(is_near && is_count && (!claims_paid || self.invoices().iter().all(is_paid)))
    }

    /// Returns `true` when what is to be held back is not paid, and what is to be asked back is at
    /// risk.
    pub(super) fn next_step(&self, step: &str) -> bool {
        let asked =
            holes("Ask the supplier for {}; if they are one, ask for {} back.", step).or_else(|| {
                holes(
                    "Ask the supplier for {}; if the one bills what the others do, ask for {} back.",
                    step,
                )
            });
        if let Some(asked) = asked {
            let at_risk = self.finding.at_risk.as_ref();
            let at_risk = at_risk.map(|money| money.amount.ten_thousandths() / 100);
            return cents(asked[1]) == at_risk;
        }
        if step.starts_with("Neither has a day of") || step.starts_with("None of them has a day of")
        {
            return !self.invoices().iter().any(|row| is_paid(row));
        }
        let held = step.split_once(" ha").filter(|_| step.contains("no day of payment yet"));
        let Some((numbers, _)) = held else { return !step.is_empty() };
        if let Some(count) = numbers.strip_suffix(" of them") {
            let unpaid = self.invoices().iter().filter(|row| !is_paid(row)).count();
            return count == if unpaid == 1 { "One".to_owned() } else { unpaid.to_string() };
        }
        let unpaid = self.invoices();
        let unpaid: Vec<&str> = unpaid
            .iter()
            .filter(|row| !is_paid(row))
            .map(|row| row.get("invoice_number").map_or("", String::as_str))
            .collect();
        let separators = |text: &str| text.replace(" and ", ", ");
        separators(numbers) == separators(&unpaid.join(", "))
    }
}

fn is_paid(row: &BTreeMap<String, String>) -> bool {
    PAID.iter().any(|column| row.contains_key(*column))
}
