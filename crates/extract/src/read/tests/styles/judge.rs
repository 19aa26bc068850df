//! What was read against what was written.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::table::WrittenRow;
use super::*;

/// A cell that is not in the ledger as it was in the table.
#[derive(Debug)]
pub(super) struct WrongCell {
    pub(super) row: usize,
    pub(super) field: &'static str,
    pub(super) written: String,
    pub(super) read: Option<String>,
    /// Set when a problem, a note or a doubt tells of it.
    pub(super) is_said: bool,
}

/// For a failure's text.
pub(super) fn shown(cell: &WrongCell) -> String {
    let WrongCell { row, field, written, read, .. } = cell;
    format!("{field} of row {row}: {written} read as {read:?}")
}

/// Doubts of dates as a whole.
const OF_DATES: [Reason; 6] = [
    Reason::DigitDates,
    Reason::MonthOfTwoLanguages,
    Reason::DateOrderAssumed,
    Reason::YearPlaceAssumed,
    Reason::DateOrderFromOthers,
    Reason::HalfSwappedDates,
];
const OF_AMOUNTS: [Reason; 6] = [
    Reason::DecimalStyleAssumed,
    Reason::DecimalStyleSet,
    Reason::CreditsAreInvoices,
    Reason::DebitsAreInvoices,
    Reason::MostlyNegative,
    Reason::WholeAmounts,
];
/// What costs a value that need not be there.
const UNREAD: [Reason; 4] =
    [Reason::NotADate, Reason::NoSuchDay, Reason::OtherDateOrder, Reason::RuinedReference];
const OF_TEXTS: [Reason; 4] = [
    Reason::CodePageGuessed,
    Reason::MixedEncodings,
    Reason::LostLetters,
    Reason::DamagedCharacters,
];

/// Every cell that was read as something else, and every row that is not there.
pub(super) fn wrong_cells(
    rows: &[WrittenRow],
    headers: &[String],
    kept: &CollectingSink,
) -> Vec<WrongCell> {
    let columns: BTreeMap<&str, Vec<String>> =
        frame::FIELDS.iter().map(|field| (*field, kept.column(field))).collect();
    let mut set_aside: Vec<u64> = kept.set_aside().iter().map(|(line, _)| *line).collect();
    set_aside.dedup();
    let missing = rows.iter().filter(|row| !columns["unique_id"].contains(&row.id)).count();
    let are_missing_said = set_aside.len() >= missing;
    let found = |id: &str| columns["unique_id"].iter().position(|read| read == id);
    let mut wrong = Vec::new();
    for (row, written) in rows.iter().enumerate() {
        let place = found(&written.id);
        for (field, value) in values(written) {
            let read = place.map(|place| columns[field][place].clone());
            if read.as_ref() != Some(&value) {
                let is_said =
                    if place.is_some() { is_said(field, headers, kept) } else { are_missing_said };
                wrong.push(WrongCell { row, field, written: value, read, is_said });
            }
        }
    }
    for (at, id) in columns["unique_id"].iter().enumerate() {
        if !rows.iter().any(|row| row.id == *id) {
            let read =
                Some(format!("{id}: {:?}", columns.values().map(|of| &of[at]).collect::<Vec<_>>()));
            let is_said = is_said("unique_id", headers, kept);
            wrong.push(WrongCell {
                row: at,
                field: "unique_id",
                written: "no row".to_owned(),
                read,
                is_said,
            });
        }
    }
    wrong
}

/// As the columns of batches show them.
fn values(row: &WrittenRow) -> Vec<(&'static str, String)> {
    let day = |day| date(1970, 1, 1).until(day).unwrap().get_days().to_string();
    let amount = (i128::from(row.amount) * 100).to_string();
    vec![
        ("unique_id", row.id.clone()),
        ("invoice_number", row.number.clone()),
        ("supplier_ref", row.supplier_ref.clone()),
        ("supplier_name", row.supplier_name.clone()),
        ("invoice_date", day(row.invoice_date)),
        ("entered_date", day(row.entered_date)),
        ("paid_date", row.paid_date.map_or_else(|| "-".to_owned(), day)),
        ("invoice_amount", amount.clone()),
        ("invoice_amount_currency", row.currency.to_owned()),
        ("base_amount", amount),
    ]
}

/// Returns `true` when a note names the column for what it could not read, or a doubt of the file
/// tells to look at fields of this kind.
fn is_said(field: &str, headers: &[String], kept: &CollectingSink) -> bool {
    let header = frame::FIELDS.iter().position(|known| *known == field).map(|at| &headers[at]);
    let of_column = |problem: &&Problem| problem.column.as_ref() == header;
    if kept.problems.iter().filter(of_column).any(|problem| UNREAD.contains(&problem.reason)) {
        return true;
    }
    let of_kind: &[Reason] = match field {
        _ if field.ends_with("_date") => &OF_DATES,
        _ if field.ends_with("_amount") => &OF_AMOUNTS,
        _ => &OF_TEXTS,
    };
    kept.problems.iter().any(|problem| of_kind.contains(&problem.reason))
}
