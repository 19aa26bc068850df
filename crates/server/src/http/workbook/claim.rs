//! What a supplier is asked for as a workbook that goes to them: each invoice, what is asked, and why.
//!
//! Not for: what people here said or decided about it.
//!
//! Invariant: it holds nothing that a letter would not: no probability, no account, no comment.

use domain::finding::{ExportedCell, FindingRow, StoredFinding};
use domain::{FileType, MinorDigits, Money};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Header, SheetWriter, Value, ledger_value};

const ITEMS: [Header; 12] = [
    ("No.", 6),
    ("Invoice number", 24),
    ("Our document number", 24),
    ("Invoice date", 14),
    ("Posted on", 14),
    ("Paid on", 14),
    ("Purchase order", 20),
    ("Amount", 14),
    ("Currency", 9),
    ("We ask for", 14),
    ("in", 9),
    ("Our reference", 28),
];
/// The column in which what is asked for begins.
const ASKED: usize = 9;
const REASONS: [Header; 3] = [("No.", 6), ("What it is about", 60), ("Why", 80)];

/// One finding of a claim, with its money that is to come back.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Claim<'a> {
    pub(in crate::http) found: &'a StoredFinding,
    pub(in crate::http) asked: &'a Money,
}

/// The invoices of a claim on one sheet, the reasons on another.
pub(in crate::http) fn claim_workbook(claims: &[Claim<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let writer = SheetWriter::new();
    let numbered = || (1_u32..).zip(claims);
    let sheet = workbook.add_worksheet().set_name("Invoices")?;
    writer.write(sheet, &ITEMS, numbered().flat_map(|(number, claim)| items(number, claim)))?;
    let sheet = workbook.add_worksheet().set_name("Why")?;
    writer.write(sheet, &REASONS, numbered().flat_map(|(number, claim)| reasons(number, claim)))?;
    workbook.save_to_buffer()
}

/// The invoices of one finding; what is asked for stands with the first of them.
fn items(number: u32, claim: &Claim<'_>) -> Vec<Vec<Value>> {
    let rows = claim.found.finding.rows.iter();
    let rows: Vec<&FindingRow> = rows.filter(|row| row.ledger == FileType::Transactions).collect();
    let currency = claim.asked.currency.as_deref();
    // Amounts without a currency beside them are of the ledger's.
    let of_ledger = claim.found.finding.at_risk.as_ref();
    let of_ledger = of_ledger.and_then(|money| money.currency.as_deref());
    let invoices = rows.iter().map(|row| invoice(number, row, of_ledger));
    let mut items: Vec<Vec<Value>> = invoices.collect();
    if items.is_empty() {
        let mut about =
            vec![Value::Text(number.to_string()), Value::text(&claim.found.finding.title)];
        about.extend((2..ITEMS.len()).map(|_| Value::Empty));
        items.push(about);
    }
    let first = items.first_mut().expect("there is at least one");
    first[ASKED] = Value::money(Some(claim.asked));
    first[ASKED + 1] = Value::text(currency.unwrap_or_default());
    first[ASKED + 2] = Value::text(claim.found.finding.key.as_str());
    items
}

/// The cells of an invoice; those that the supplier's paper does not bear are called ours.
fn invoice(number: u32, row: &FindingRow, currency: Option<&str>) -> Vec<Value> {
    let text = |name: &str| row.fields.get(name).filter(|text| !text.is_empty());
    let of = |name: &str| {
        let cell = text(name).map_or(ExportedCell::Empty, |text| ExportedCell::Text(text.clone()));
        ledger_value(name, cell, MinorDigits::default())
    };
    let money = row.billed_money(currency);
    let number_of_paper = row.supplier_number();
    let posted = match text("invoice_date") {
        Some(_) => Value::Empty,
        None => of("entered_date"),
    };
    vec![
        Value::Text(number.to_string()),
        number_of_paper.map_or(Value::Empty, Value::text),
        Value::text(&row.id),
        of("invoice_date"),
        posted,
        of("paid_date"),
        of("po_number"),
        Value::money(money.as_ref()),
        Value::Text(money.and_then(|money| money.currency).unwrap_or_default()),
        Value::Empty,
        Value::Empty,
        Value::Empty,
    ]
}

fn reasons(number: u32, claim: &Claim<'_>) -> Vec<Vec<Value>> {
    let finding = &claim.found.finding;
    let title = || Value::text(&finding.title);
    let explained = finding.explain();
    let reasons = explained.reasons_for.iter().map(|reason| reason.words.clone());
    let rows =
        reasons.map(|words| vec![Value::Text(number.to_string()), title(), Value::Text(words)]);
    rows.collect()
}
