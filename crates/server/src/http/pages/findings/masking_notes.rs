//! What of a finding's rows is not shown, and why: somebody who sees `hidden` or nothing must not take it for
//! what the ledger holds.
//!
//! Not for: masking (`domain::personal`).

use std::collections::BTreeMap;

use domain::finding::FindingRow;
use domain::{MemberRole, Sensitivity, Visibility};

use crate::http::pages::field_labels;

/// Sentences for below the rows, which are not masked yet; of other columns it is known whether some are.
pub(super) fn masking_notes(
    (rows, hides_others): (&[FindingRow], bool),
    role: MemberRole,
    visibility: Visibility,
) -> Vec<String> {
    let (mut accounts, mut masked, mut absent) = (false, BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let place = |column| row.ledger.reading_place(column);
        absent.extend(row.withheld.iter().map(|column| (column.as_str(), place(column))));
        for (column, value) in &row.fields {
            let sensitivity = row.ledger.sensitivity(column);
            if sensitivity == Sensitivity::Account && visibility != Visibility::Full {
                accounts = true;
            } else if sensitivity.masked(value, visibility) != value.as_str() {
                masked.insert(column.as_str(), place(column));
            }
        }
    }
    let mut sentences = Vec::new();
    if accounts {
        let words = "Bank details show their last digits only. Analysts can show them in full on the supplier’s \
                     page; the audit log records it.";
        sentences.push(words.to_owned());
    }
    if !masked.is_empty() {
        let others = if hides_others { ", other columns of the extract" } else { "" };
        let labels = format!("{}{others}", labels(&masked));
        sentences.push(format!("Hidden from your role, {role}: {labels}."));
    }
    if hides_others && masked.is_empty() {
        sentences.push(format!("Hidden from your role, {role}: other columns of the extract."));
    }
    if !absent.is_empty() {
        let labels = labels(&absent);
        sentences.push(format!("In the ledger, but never shown in findings: {labels}."));
    }
    sentences
}

/// The labels of columns, each with its place on the page of a row, in the order of their places.
fn labels(columns: &BTreeMap<&str, usize>) -> String {
    let mut columns: Vec<(&str, usize)> = columns.iter().map(|(name, at)| (*name, *at)).collect();
    columns.sort_by_key(|(_, place)| *place);
    let labels: Vec<String> =
        columns.into_iter().map(|(name, _)| field_labels::label(name).into_owned()).collect();
    labels.join(", ")
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::*;

    fn notes(rows: &[FindingRow], role: MemberRole) -> Vec<String> {
        masking_notes((rows, false), role, role.visibility())
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let row = |ledger, fields: &[&str], withheld: &[&str]| FindingRow {
            ledger,
            id: "1".to_owned(),
            fields: fields.iter().map(|name| ((*name).to_owned(), "Abcdefgh".to_owned())).collect(),
            withheld: withheld.iter().map(|name| (*name).to_owned()).collect(),
        };
        let invoice = row(FileType::Transactions, &["invoice_number"], &[]);
        assert!(notes(std::slice::from_ref(&invoice), MemberRole::Viewer).is_empty());
        let supplier = row(FileType::Suppliers, &["iban", "telephone", "town"], &[]);
        let person = row(FileType::Employees, &["full_name"], &["iban", "address_line_1"]);
        let rows = [invoice, supplier, person];
        let said = notes(&rows, MemberRole::Viewer);
        assert!(said[0].starts_with("Bank details"), "{said:?}");
        assert_eq!(
            said[1..],
            [
                "Hidden from your role, viewer: Name, Telephone.",
                "In the ledger, but never shown in findings: Address, IBAN.",
            ]
        );
        assert_eq!(notes(&rows, MemberRole::Analyst).len(), 2);
        let role = MemberRole::Auditor;
        let hidden = |rows| masking_notes((rows, true), role, role.visibility());
        let of_none = ["Hidden from your role, auditor: other columns of the extract."];
        assert_eq!(hidden(&rows[..1]), of_none);
        let of_supplier = hidden(&rows[1..2]);
        assert!(of_supplier[1].ends_with("Telephone, other columns of the extract."));
    }
}
